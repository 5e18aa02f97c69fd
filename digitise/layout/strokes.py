"""What is drawn in a photo: the ink of letters, lines and marks, as one mask that the finders of shapes, rules and list marks share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

RgbArray = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

WORK_SIDE_PX = 1600
"""Drawn outlines are at least 3 px wide at this longest side."""
SURROUNDINGS_PX = 31
DARKER, LIGHTER = 10, 40
"""By how much ink differs in lightness (0..255) from the mean of what lies round it."""
DARK_GROUND = 110
"""Lighter ink (chalk) is looked for only on ground darker than this: beside thick dark strokes bare paper is lighter than the mean."""
GROUND_PX = 95


class Pieces(NamedTuple):
    """Connected pieces of ink, at the working size; number 0 is the ground."""

    labels: npt.NDArray[np.int32]
    """(h, w): the number of the piece at each pixel."""
    stats: npt.NDArray[np.int32]
    """(N, 5): left, top, width, height, area, as OpenCV gives them."""
    middles: npt.NDArray[np.float64]
    """(N, 2)"""


@dataclass(frozen=True)
class Strokes:
    """The drawn things of a photo at a working size."""

    rgb: RgbArray
    """(h, w, 3): the photo at the working size."""
    drawn: Mask
    """(h, w): 255 where something is drawn."""
    scale: float
    """Working px per photo px."""

    @cached_property
    def pieces(self) -> Pieces:
        _, labels, stats, middles = cv2.connectedComponentsWithStats(self.drawn, connectivity=8)
        return Pieces(np.asarray(labels, np.int32), np.asarray(stats, np.int32), np.asarray(middles, np.float64))


def find_strokes(rgb: RgbArray) -> Strokes:
    """Ink of a photo (H, W, 3) uint8: what is clearly darker than what lies round it, or much lighter (chalk)."""
    scale = min(1.0, WORK_SIDE_PX / max(rgb.shape[:2]))
    small = cast(RgbArray, cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)) if scale < 1 else rgb
    lightness = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)[:, :, 0]
    drawn = _differing(np.asarray(lightness, np.uint8), DARKER)
    dark_ground = cv2.medianBlur(lightness, GROUND_PX) < DARK_GROUND
    if dark_ground.any():
        drawn[dark_ground & (_differing(np.asarray(255 - lightness, np.uint8), LIGHTER) > 0)] = 255
    return Strokes(small, drawn, scale)


def _differing(lightness: Mask, step: int) -> Mask:
    """255 where a picture is darker by `step` than the mean of its surroundings."""
    channel = np.ascontiguousarray(lightness)
    return cast(Mask, cv2.adaptiveThreshold(channel, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, SURROUNDINGS_PX, step))
