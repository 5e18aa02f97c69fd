"""The tail of a speech bubble: where it points.

A tail is a wedge. A line that leaves an outline is an arm of a mind map or an arrow, and an outline with two wedges is a star or a splash;
neither says who speaks.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]
Contour = npt.NDArray[np.int32]

AROUND = 1.0
"""How far round a bubble its tail is looked for, in shares of its smaller side."""
BODY = 0.5
"""What a disc of half the smaller side cannot reach is no part of the body: tails are narrower at their root, and the corners of a box
stick out of it by a tenth of that side."""
LEAST_LENGTH = 0.2
"""A tail is at least so long, in shares of the smaller side."""
ONE_TAIL = 0.5
"""Anything else that sticks out reaches at most this share of its length."""
WEDGE, MIDDLE = 2.0, (0.3, 0.6)
"""Width of a tail in widths of the stroke that draws it, between these shares of its length: a stroke by itself has 1, but it may spread at
its root and have a head."""
EVEN_PX = 1.0
"""How far a thin stroke's width may be off, working px."""
BAND_PX = 12
"""Working px outside a hole in which the ink is its outline; pens are 3 to 10 px wide there."""


def find_tail(ink: Mask, hole: Contour) -> tuple[float, float] | None:
    """Tip of the tail of an outline, in the px of `ink`; None where there is no tail, or more than one.

    ink: (h, w), not 0 where something is drawn, without the writing; hole: outline (N, 1, 2) of what the drawn line holds, its own tail
    with it where the line leads round that.
    """
    x, y, w, h = cv2.boundingRect(hole)
    side = min(w, h)
    pad = round(AROUND * side) + BAND_PX
    x0, y0 = max(0, x - pad), max(0, y - pad)
    window = (ink[y0 : y + h + pad, x0 : x + w + pad] > 0).astype(np.uint8)
    inside = np.zeros_like(window)
    cv2.fillPoly(inside, [hole - np.asarray((x0, y0), np.int32)], 1)
    band = _grow(inside, BAND_PX) & ~inside & window
    stroke = max(1.0, float(band.sum()) / cv2.arcLength(hole, True))
    whole = _with_outline(window, _grow(inside, round(stroke) + 2))
    body = _grow((cv2.distanceTransform(whole, cv2.DIST_L2, 5) > BODY * side / 2).astype(np.uint8), BODY * side / 2 + 1)
    count, labels = cv2.connectedComponents(whole & ~body, connectivity=8)
    if not body.any() or count < 2:
        return None
    away = cv2.distanceTransform(1 - body, cv2.DIST_L2, 5)
    lengths = [float(away[labels == i].max()) for i in range(1, count)]
    longest = int(np.argmax(lengths))
    length = lengths.pop(longest)
    middle = (labels == longest + 1) & (away > MIDDLE[0] * length) & (away < MIDDLE[1] * length)
    width = 2 * float(cv2.distanceTransform(whole, cv2.DIST_L2, 5)[middle].max(initial=0.0))
    if (
        not LEAST_LENGTH * side <= length < AROUND * side
        or max(lengths, default=0.0) > ONE_TAIL * length
        or width < WEDGE * stroke + EVEN_PX
    ):
        return None
    tip = np.unravel_index(int(np.argmax(np.where(labels == longest + 1, away, 0))), away.shape)
    return float(tip[1] + x0), float(tip[0] + y0)


def _with_outline(window: Mask, inside: Mask) -> Mask:
    """What an outline holds, the ink of the outline itself and all that this encloses; inside: grown on to the ink."""
    _, labels = cv2.connectedComponents(window, connectivity=8)
    touching = np.unique(labels[inside > 0])
    joined = np.isin(labels, touching[touching > 0]).astype(np.uint8) | inside
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return cast(Mask, cv2.drawContours(np.zeros_like(window), contours, -1, 1, cv2.FILLED))


def _grow(mask: Mask, by: float) -> Mask:
    """A mask with all that lies within so many px of it."""
    return (cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5) <= by).astype(np.uint8)
