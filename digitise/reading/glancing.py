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
LEAST_CUT = 2
"""Lines that must run over one edge: one alone may be a smudge or a doodle. Five of 69 photos (the benchmark's and drawn ones) are said to
be cut off, and in all five writing is. Cut on purpose through at least two lines, they are found out in 65 of 78 cases at the left or
right, and in 23 of 67 at the top or bottom, where a line that loses its upper half often is no line any more."""
LEAST_INK = 0.05
"""Share of the edge, along a line, that is of the line's ink."""
INK_STEP = 25.0
"""Least difference of grey between ink and paper."""
EDGE_PX = 2
"""So far from the edge, px of the look, ink is looked for."""


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
    return QuickLook(tuple(box.height / scale for box in boxes), find_cut_off(small, boxes))


def find_cut_off(rgb: RgbArray, boxes: Sequence[TextBox]) -> tuple[Edge, ...]:
    """Edges of a picture, (H, W, 3) uint8 RGB, over which at least LEAST_CUT lines run: their boxes reach it, and so does their ink."""
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)
    height, width = grey.shape
    cut: dict[Edge, int] = {"left": 0, "right": 0, "top": 0, "bottom": 0}
    for box in boxes:
        (x0, y0), (x1, y1) = box.corners.min(axis=0), box.corners.max(axis=0)
        for edge, gap in zip(cut, (x0, width - 1 - x1, y0, height - 1 - y1), strict=True):
            cut[edge] += gap <= 0 and _ink_at_edge(grey, box, edge) > LEAST_INK
    return tuple(edge for edge, lines in cut.items() if lines >= LEAST_CUT)


def _ink_at_edge(grey: npt.NDArray[np.float32], box: TextBox, edge: Edge) -> float:
    """Share, 0..1, of the picture's edge beside a line that is as dark (on a dark board: as bright) as the line's ink."""
    height, width = grey.shape
    x0, y0 = np.clip(np.floor(box.core.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    x1, y1 = np.clip(np.ceil(box.core.max(axis=0)).astype(int) + 1, 1, (width, height))
    inside = grey[y0:y1, x0:x1]
    dark, middle, bright = (float(v) for v in np.percentile(inside, (8, 50, 92)))
    ink = dark if middle - dark > bright - middle else bright
    if abs(ink - middle) < INK_STEP:
        return 0.0
    strips = {
        "left": grey[y0:y1, :EDGE_PX].mean(axis=1),
        "right": grey[y0:y1, -EDGE_PX:].mean(axis=1),
        "top": grey[:EDGE_PX, x0:x1].mean(axis=0),
        "bottom": grey[-EDGE_PX:, x0:x1].mean(axis=0),
    }
    nearer_ink = np.abs(strips[edge] - ink) < np.abs(strips[edge] - middle)
    beyond = (strips[edge] - ink) * (ink - middle) > 0
    return float((nearer_ink | beyond).mean())
