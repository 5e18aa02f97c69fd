"""Cuts a photo into flat zones: patches of even colour that an edge runs round.

A sticky note is such a patch, whatever its colour and whatever it hangs on, and the shadow line between two touching
notes of one pad is such an edge. No single threshold fits both a strong edge on a dark table and that faint shadow line,
so zones are taken at several edge strengths and bridge widths; the caller picks those that look like notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]

EDGE_LEVELS = (1.5, 2.5, 4.0, 7.0)
"""Edge strength (CIE Lab units per px) that bounds a zone. Shadow lines between touching notes measure 2-5, a note's edge
on a board 4-15, paper grain and JPEG noise under 1.5."""
BRIDGE_PX = (1, 2, 4)
"""A zone is cut where it is narrower than 2 r + 1: closes gaps in an edge of up to that width."""
MIN_SIDE_PX = 16
"""Smallest zone side looked at, in working pixels."""
MAX_SHARE = 0.5
"""Largest share of the photo: what is larger is a sheet or a table."""
_MIN_FILL = 0.25
"""Smallest share of its upright box that a zone fills; ink may take away much before the holes are filled."""
_LIGHTNESS_WEIGHT = 0.7
"""Lightness counts less than colour: folds and shadows are lightness only."""


class Zone(NamedTuple):
    """A patch of even colour, its holes filled."""

    corners: FloatArray
    """Corners of the smallest rectangle round it, shape (4, 2), working px."""
    rectangularity: float
    """Area of the patch by the area of that rectangle, 0..1."""
    colour: FloatArray
    """Median RGB of its even part, 0..255."""


def edge_strength(rgb: npt.NDArray[np.uint8]) -> FloatArray:
    """Colour gradient per pixel, CIE Lab units per px. rgb: uint8 (H, W, 3) -> float32 (H, W)."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), 1.0)
    total = np.zeros(lab.shape[:2], np.float32)
    for channel, weight in ((0, _LIGHTNESS_WEIGHT), (1, 1.0), (2, 1.0)):
        plane = np.ascontiguousarray(lab[..., channel])
        dx, dy = (cv2.Sobel(plane, cv2.CV_32F, x, y, ksize=3, scale=0.125) for x, y in ((1, 0), (0, 1)))
        total += weight * (dx * dx + dy * dy)
    return cast(FloatArray, np.sqrt(total))


def find_zones(rgb: npt.NDArray[np.uint8], edges: FloatArray) -> Iterator[Zone]:
    """All zones at all levels, many of them overlapping. rgb: uint8 (H, W, 3), working scale."""
    for level in EDGE_LEVELS:
        even = (edges < level).astype(np.uint8)
        for reach in BRIDGE_PX:
            yield from _components(rgb, cv2.erode(even, np.ones((2 * reach + 1,) * 2, np.uint8)), reach)


def _components(rgb: npt.NDArray[np.uint8], mask: npt.NDArray[np.integer], reach: int) -> Iterator[Zone]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    x, y, w, h, area = (stats[:, i] for i in range(5))
    box = w.astype(np.int64) * h
    keep = (np.minimum(w, h) + 2 * reach >= MIN_SIDE_PX) & (area >= _MIN_FILL * box) & (box <= MAX_SHARE * mask.size)
    grow = np.ones((2 * reach + 3,) * 2, np.uint8)
    pad = 2 * reach + 3
    for i in np.flatnonzero(keep[1:count]) + 1:
        window = (slice(y[i], y[i] + h[i]), slice(x[i], x[i] + w[i]))
        part = labels[window] == i
        filled = cv2.dilate(np.pad(part.astype(np.uint8), pad), grow)
        contours, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(int(x[i] - pad), int(y[i] - pad)))
        outline = max(contours, key=cv2.contourArea)
        rect = cv2.minAreaRect(outline)
        if min(rect[1]) < MIN_SIDE_PX:
            continue
        pixels = rgb[window][part]
        colour = np.median(pixels[:: max(1, len(pixels) // 400)], axis=0).astype(np.float32)
        yield Zone(cv2.boxPoints(rect), cv2.contourArea(outline) / (rect[1][0] * rect[1][1]), colour)
