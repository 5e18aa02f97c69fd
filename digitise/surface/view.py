"""A small, ink-free look at a photo, on which sheets are sought.

Sheets are large and plain; writing is thin and dark. At a few hundred pixels, with thin dark strokes closed over,
a photo shows little else than its sheets and what lies round them. Everything here is in *view px*: photo px times `scale`.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]
"""(H, W, 3), RGB."""
Lab = npt.NDArray[np.float32]
"""(H, W, 3), CIE L*a*b*, L 0..100."""
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]
"""(H, W), 0 or 255."""

VIEW_SIDE = 640
"""Long side of the view, px. A sheet's edge stays sharp to a pixel or two; marker strokes are 1-4 px wide and can be closed over."""
STROKE = 7
"""Width of the widest dark stroke that is closed over, view px: about 1 % of the photo, twice a broad marker on a sheet that fills it."""


class View(NamedTuple):
    """A photo at working size."""

    lab: Lab
    """As it is, lightly smoothed."""
    plain: Lab
    """With thin dark strokes closed over."""
    scale: float
    """View px per photo px."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, view px."""
        return self.lab.shape[1], self.lab.shape[0]


def make_view(rgb: Rgb, side: int = VIEW_SIDE) -> View:
    """The view of a photo (H, W, 3 uint8 RGB); its long side is `side` px, or the photo's where that is smaller."""
    scale = min(1.0, side / max(rgb.shape[:2]))
    width, height = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (STROKE, STROKE))
    closed = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    return View(to_lab(cv2.GaussianBlur(small, (0, 0), 0.8)), to_lab(cv2.medianBlur(closed, 3)), scale)


def to_lab(rgb: npt.ArrayLike) -> Lab:
    """uint8 RGB -> float32 CIE L*a*b*."""
    return np.asarray(cv2.cvtColor(np.asarray(rgb, np.float32) / np.float32(255.0), cv2.COLOR_RGB2LAB), np.float32)
