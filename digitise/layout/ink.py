"""The colour of the ink of a line, to tell writers and headings apart."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import bounds
from digitise.layout.pieces import Ink
from digitise.model import Quad

RgbArray = npt.NDArray[np.uint8]

INK_SHARE = 0.12
"""Strokes cover about this share of a line's box; the pixels farthest from the paper's colour are taken for ink."""
PAPER_GRAIN = 10.0
"""Pixels nearer than this to the paper's colour (CIE 1976 difference) are paper: grain, shadow, JPEG blocks."""
OTHER_INK = 26.0
"""Distance in the a*b* plane from which two inks are two pens. Black, grey and faded pens stay below 15 of each other; black and red
or blue and red markers on white differ by 30 and more."""


def ink_colour(rgb: RgbArray, quad: Quad) -> Ink:
    """Mean L*a*b* of the strokes inside a line's box, relative to the paper there, so that a coloured note or a warm lamp cancels out."""
    x0, y0, x1, y1 = bounds(quad)
    h, w = rgb.shape[:2]
    left, top = max(0, int(x0)), max(0, int(y0))
    part = rgb[top : min(h, int(y1) + 1), left : min(w, int(x1) + 1)]
    if part.size < 30:
        return (0.0, 0.0, 0.0)
    step = max(1, int(math.sqrt(part.shape[0] * part.shape[1] / 20_000)))
    part = np.ascontiguousarray(part[::step, ::step])
    # the box round a slanted line holds what else is there: stickies, other pens
    within = np.zeros(part.shape[:2], np.uint8)
    cv2.fillConvexPoly(within, np.round((np.asarray(quad) - (left, top)) / step).astype(np.int32), 1)
    if within.sum() < 30:
        return (0.0, 0.0, 0.0)
    lab = cv2.cvtColor(part.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[within > 0]
    paper = np.median(lab, axis=0)
    distance = np.linalg.norm(lab - paper, axis=1)
    ink = lab[distance >= max(float(np.quantile(distance, 1 - INK_SHARE)), PAPER_GRAIN)]
    if not len(ink):
        return (0.0, 0.0, 0.0)
    light, a, b = (ink - paper).mean(axis=0)
    return (float(light), float(a), float(b))


def same_ink(one: Ink, other: Ink) -> bool:
    return math.hypot(one[1] - other[1], one[2] - other[2]) < OTHER_INK
