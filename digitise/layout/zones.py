"""Cuts a photo into flat zones: patches of even colour that an edge runs round.

A sticky note is such a patch, whatever its colour and whatever it hangs on, and the shadow line between two touching
notes of one pad is such an edge. No single threshold fits both a strong edge on a dark table and that faint shadow line,
so zones are taken at several edge strengths and bridge widths; the caller picks those that look like notes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.layout.seams import RotatedRect, split_at_seams

FloatArray = npt.NDArray[np.float32]
RGBImage = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
BoxKey = tuple[int, ...]

EDGE_LEVELS = ((1.5, (1,)), (2.5, (2,)), (4.0, (1, 2, 4)), (7.0, (2,)))
"""Edge strengths (CIE Lab units per px) that bound a zone, each with its bridge widths: a zone is cut where it is narrower
than 2 r + 1, which closes gaps in an edge of up to that width. Shadow lines between touching notes measure 2-5, a note's edge
on a board 4-15, paper grain and JPEG noise under 1.5. Weak edges have few gaps; wide bridges there cut notes to pieces.
Two more pairs cost a tenth of the time and found no more notes."""
MIN_SIDE_PX = 16
"""Smallest zone side looked at, in working pixels."""
MAX_SHARE = 0.5
"""Largest share of the photo: what is larger is a sheet or a table."""
MIN_RECT_FILL = 0.45
"""Smallest share of its rectangle that a zone fills; a note seen at a steep slant leaves half of it."""
_MIN_FILL = 0.25
"""Smallest share of its upright box that a zone fills; ink may take away much before the holes are filled."""
COLOUR_BRIDGE_PX = (2, 5)
MIN_LIGHTNESS = 0.35
MIN_STRENGTH = 0.016
"""Colour strength from which a frequent colour has a mask: cream pads measure 0.02-0.04 on white balanced paper (up to 0.01)."""
COLOUR_REACH, COLOUR_SHARE, PALE_SHARE = 0.022, 0.3, 0.6
"""How far a colour's mask reaches in (a/L, b/L): by this, or a share of its strength if that is more, but not on to white."""
MERGED_PENALTY = 0.45
MAX_SLANT = 0.42
"""Largest cosine between neighbouring sides: corners of 65-115 degrees."""
STROKE_SHARE, MAX_STROKE_PX = 0.04, 12
"""Writing that runs over a note's edge leaves bays in its patch; bays up to twice this share of its side are closed."""
SAME_BOX_PX = 2
"""Parts found at two edge strengths whose boxes agree to this and that fill them alike are one."""
PEAK_SHARE = 0.0002
MAX_COLOURS = 12
_LIGHTNESS_WEIGHT = 0.7
"""Lightness counts less than colour: folds and shadows are lightness only."""


class Zone(NamedTuple):
    """A patch of even colour, its holes filled."""

    corners: FloatArray
    """Corners of the smallest rectangle round it, shape (4, 2), working px."""
    rectangularity: float
    """Area of the patch by the area of that rectangle, 0..1."""
    roundness: float
    """Area of the patch by the area of the smallest circle round it: disc 1, square 0.64."""
    colour: FloatArray
    """Median RGB of its even part, 0..255."""
    oneness: float = 1.0
    """How surely this is one thing, 0..1: for a piece of a larger patch the strength of the weakest seam that parts it
    off, for a patch with a seam across it less than 1."""
    blob: FloatArray | None = None
    """For a piece: corners of the patch that it was cut from, shape (4, 2)."""
    hull: float = 0.0
    """Area of the patch's convex hull by that of the rectangle, 0..1: what runs over a note's rim tears bays into the patch only.
    0 for a piece, which owes its straight sides to the cut."""


def edge_strength(rgb: RGBImage) -> FloatArray:
    """Colour gradient per pixel, CIE Lab units per px. rgb: uint8 (H, W, 3) -> float32 (H, W)."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), 1.0)
    total = np.zeros(lab.shape[:2], np.float32)
    for channel, weight in ((0, _LIGHTNESS_WEIGHT), (1, 1.0), (2, 1.0)):
        plane = np.ascontiguousarray(lab[..., channel])
        dx, dy = (cv2.Sobel(plane, cv2.CV_32F, x, y, ksize=3, scale=0.125) for x, y in ((1, 0), (0, 1)))
        total += weight * (dx * dx + dy * dy)
    return cast(FloatArray, np.sqrt(total))


def find_zones(rgb: RGBImage, edges: FloatArray, lab: FloatArray) -> Iterator[Zone]:
    """All zones at all levels, many of them overlapping. rgb: uint8 (H, W, 3), working scale; lab: its OKLab."""
    known: set[BoxKey] = set()
    for level, bridges in EDGE_LEVELS:
        even = (edges < level).astype(np.uint8)
        for reach in bridges:
            yield from _components(rgb, cast(Mask, cv2.erode(even, _square(reach))), reach, known)
    lightness = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) * (100 / 255)
    for mask in _colour_masks(lab):
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _square(2))
        known = set()
        for reach in COLOUR_BRIDGE_PX:
            yield from _components(rgb, cast(Mask, cv2.erode(closed, _square(reach))), reach, known, split=lightness)


def _square(reach: int) -> Mask:
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)


def _pad(mask: Mask, by: int) -> Mask:
    return cast(Mask, cv2.copyMakeBorder(mask, by, by, by, by, cv2.BORDER_CONSTANT, value=0))


def _colour_masks(lab: FloatArray) -> Iterator[Mask]:
    """One mask per frequent colour of the photo, in shading-free coordinates (a/L, b/L)."""
    light = np.maximum(lab[..., 0], 0.05)
    a, b = lab[..., 1] / light, lab[..., 2] / light
    usable = (light > MIN_LIGHTNESS) & (np.hypot(a, b) > MIN_STRENGTH)
    step = 0.01
    bins = np.arange(-0.5, 0.5001, step)
    counts, _, _ = np.histogram2d(a[usable][::4], b[usable][::4], bins=(bins, bins))
    counts = cv2.GaussianBlur(counts.astype(np.float32) * 4, (0, 0), 1.2)
    peaks = (counts == cv2.dilate(counts, np.ones((5, 5), np.uint8))) & (counts > PEAK_SHARE * lab.shape[0] * lab.shape[1])
    places = np.argwhere(peaks)
    for i, j in places[np.argsort(-counts[peaks])][:MAX_COLOURS]:
        at_a, at_b = bins[i] + step / 2, bins[j] + step / 2
        strength = float(np.hypot(at_a, at_b))
        reach = min(max(COLOUR_REACH, COLOUR_SHARE * strength), PALE_SHARE * strength)
        yield (((a - at_a) ** 2 + (b - at_b) ** 2 < reach * reach) & usable).astype(np.uint8)


def _components(rgb: RGBImage, mask: Mask, reach: int, known: set[BoxKey], split: FloatArray | None = None) -> Iterator[Zone]:
    """The mask's connected parts, grown back by `reach` and filled; with `split` (lightness) also their pieces.

    known: boxes of parts that have been seen already and are not looked at again; new ones are added.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 4, cv2.CV_32S, cv2.CCL_WU)  # the fastest
    x, y, w, h, area = (stats[:, i] for i in range(5))
    box = w.astype(np.int64) * h
    keep = (np.minimum(w, h) + 2 * reach >= MIN_SIDE_PX) & (area >= _MIN_FILL * box) & (box <= MAX_SHARE * mask.size)
    pad = 2 * reach + 3
    grown = reach + 1 if split is None else reach
    boxes = np.stack([x - reach, y - reach, x + w + reach, y + h + reach], axis=1) // SAME_BOX_PX
    fills = (10 * area / np.maximum(box, 1)).astype(int)
    for i in np.flatnonzero(keep[1:count]) + 1:
        key = (*boxes[i].tolist(), int(fills[i]))
        if key in known:
            continue
        known.add(key)
        window = (slice(y[i], y[i] + h[i]), slice(x[i], x[i] + w[i]))
        part = labels[window] == i
        # A disc, not a square: growing must not give a vote dot corners.
        grow = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grown + 1, 2 * grown + 1))
        filled = cast(Mask, cv2.dilate(_pad(part.view(np.uint8), pad), grow))
        if split is not None:
            stroke = min(MAX_STROKE_PX, round(STROKE_SHARE * min(w[i], h[i])))
            filled = _pad(filled, stroke)
            closed = cast(Mask, cv2.morphologyEx(filled, cv2.MORPH_CLOSE, _square(stroke)))
            filled = closed[stroke : -stroke or None, stroke : -stroke or None]
        origin = (int(x[i] - pad), int(y[i] - pad))
        contours, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=origin)
        outline = max(contours, key=cv2.contourArea)
        rect = cast(RotatedRect, cv2.minAreaRect(outline))
        if min(rect[1]) < MIN_SIDE_PX or (split is None and cv2.contourArea(outline) < MIN_RECT_FILL * rect[1][0] * rect[1][1]):
            continue
        thinning = max(1, int(math.sqrt(area[i] / 400)))
        pixels = rgb[window][::thinning, ::thinning][part[::thinning, ::thinning]]
        colour = np.median(pixels if len(pixels) else rgb[window][part], axis=0).astype(np.float32)
        oneness = 1.0
        if split is not None and min(rect[1]) >= 2 * MIN_SIDE_PX:
            cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED, offset=(-origin[0], -origin[1]))
            for piece in split_at_seams(filled, split, origin, rect):
                yield Zone(piece.corners, piece.fill, 0.64, colour, piece.strength, cast(FloatArray, cv2.boxPoints(rect)))
                if piece.fill > 0.8:
                    oneness = min(oneness, 1 - MERGED_PENALTY * piece.strength)
        radius = cv2.minEnclosingCircle(outline)[1]
        hull, size = cast(npt.NDArray[np.int32], cv2.convexHull(outline)), cv2.contourArea(outline)
        corners, fill = _fit_corners(hull, size, rect)
        mended = min(1.0, cv2.contourArea(hull) / max(abs(cv2.contourArea(corners)), 1.0))
        yield Zone(corners, fill, size / (np.pi * radius * radius), colour, oneness, hull=mended)


def _fit_corners(hull: npt.NDArray[np.int32], area: float, rect: RotatedRect) -> tuple[FloatArray, float]:
    """The rectangle or, for a note seen at a slant, the free quadrilateral round a patch, and how much of it the patch fills.

    hull: the patch's convex hull, (n, 1, 2) px; area: of the patch, px; rect: the smallest rectangle round it.
    """
    box = cast(FloatArray, cv2.boxPoints(rect))
    fill = area / max(rect[1][0] * rect[1][1], 1.0)
    if len(hull) < 4:
        return box, fill
    quad = cv2.approxPolyN(hull, 4, ensure_convex=True).reshape(-1, 2).astype(np.float32)
    size = abs(cv2.contourArea(quad))
    if len(quad) != 4 or size < 1 or area / size < fill + 0.02:
        return box, fill
    edges = np.roll(quad, -1, axis=0) - quad
    edges /= np.maximum(np.linalg.norm(edges, axis=1, keepdims=True), 1e-6)
    slant = np.abs((edges * np.roll(edges, -1, axis=0)).sum(axis=1)).max()
    return (quad, min(1.0, area / size)) if slant < MAX_SLANT else (box, fill)
