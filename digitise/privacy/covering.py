"""Words that were replaced, painted over in pictures: a picture shows what the text no longer says."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import map_points, quad_size
from digitise.model import Quad

Rgb = npt.NDArray[np.uint8]

BAR = (60, 60, 64)
"""Dark grey: nobody takes it for paper or ink."""
WIDER, HIGHER = 0.35, 0.25
"""Of the word's height: the edges of words are known to within a third of a letter, and tails of letters reach below the line."""


def cover_words(picture: Rgb, words: Sequence[Quad], matrix: npt.ArrayLike) -> Rgb:
    """The picture with bars over the words. words: quads, photo px; matrix: 9 numbers, photo px -> picture px."""
    covered = picture.copy()
    for quad in words:
        outline = map_points(matrix, widen(quad))
        cv2.fillPoly(covered, [np.round(np.asarray(outline)).astype(np.int32)], BAR)
    return covered


def widen(quad: Quad) -> Quad:
    """A word's quad with room round it, in its own direction of reading."""
    corners = np.asarray(quad, float)
    across, height = quad_size(quad)
    along = _unit(corners[1] + corners[2] - corners[0] - corners[3]) * WIDER * min(across, height)
    down = _unit(corners[3] + corners[2] - corners[0] - corners[1]) * HIGHER * height
    a, b, c, d = corners + np.array((-along - down, along - down, along + down, -along + down))
    return ((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1]))


def _unit(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    length = float(np.hypot(*vector))
    return vector / length if length > 0 else vector
