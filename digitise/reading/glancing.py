"""A quick look at where writing is, at one small scale and without reading it: for a first word about a photo within a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise.reading.detection import MOST_ENLARGED, TextBox, TextProbability, boxes_from_map
from digitise.reading.networks import Networks

RgbArray = npt.NDArray[np.uint8]
Edge = Literal["left", "right", "top", "bottom"]

SIDE_PX = 1280
"""Longest side of the look: 0.55 s on one core, 0.33 s at 960 px and 0.85 s at 1600 px, where hardly more is found."""
AT_EDGE_PX = 1.5
"""Distance, px of the look, of a line's marked core from the edge of the photo below which the line runs on beyond it."""


class QuickLook(NamedTuple):
    """What one small look at a photo tells."""

    heights_px: tuple[float, ...]
    """Of the lines found, photo px."""
    cut_off: tuple[Edge, ...]
    """Edges over which writing runs."""


def look_quickly(rgb: RgbArray, networks: Networks) -> QuickLook:
    """rgb: a photo, (H, W, 3) uint8."""
    return look_with(rgb, networks.text_probability)


def look_with(rgb: RgbArray, text_probability: TextProbability) -> QuickLook:
    scale = min(SIDE_PX / max(rgb.shape[:2]), MOST_ENLARGED)
    size = (max(32, round(rgb.shape[1] * scale)), max(32, round(rgb.shape[0] * scale)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)
    # in px of the look, so that a scale of 1 is given
    boxes = boxes_from_map(text_probability(small), 1.0)
    return QuickLook(tuple(box.height / scale for box in boxes), find_cut_off(boxes, size))


def find_cut_off(boxes: Sequence[TextBox], size: tuple[int, int]) -> tuple[Edge, ...]:
    """Edges that the core of a line touches. size: width and height of the picture in which the boxes were found, px.

    The network marks the core of a line, which keeps away from the line's ends by a good third of its height; where it reaches the edge
    of the photo the line has no end there.
    """
    width, height = size
    gaps: dict[Edge, list[float]] = {"left": [], "right": [], "top": [], "bottom": []}
    for box in boxes:
        (x0, y0), (x1, y1) = box.core.min(axis=0), box.core.max(axis=0)
        for edge, gap in zip(gaps, (x0, width - 1 - x1, y0, height - 1 - y1), strict=True):
            gaps[edge].append(float(gap))
    return tuple(edge for edge, found in gaps.items() if min(found, default=AT_EDGE_PX + 1) <= AT_EDGE_PX)
