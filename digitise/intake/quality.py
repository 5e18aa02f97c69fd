"""Is a photo good enough to be read? Says so in sentences that a person with a phone can act on."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

DARK_LEVEL = 40.0
BRIGHT_LEVEL = 250


def assess_quality(rgb: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """Warnings about (H, W, 3) uint8 RGB; () for a good photo."""
    grey = cv2.cvtColor(cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    if float(np.percentile(grey, 95)) < DARK_LEVEL:
        return ("The photo is too dark: turn on a light or the flash and take it again.",)
    if float(np.mean(grey >= BRIGHT_LEVEL)) > 0.98:
        return ("The photo is blown out: take it again without flash and not against a window.",)
    return ()


def letter_warning(median_letter_px: float | None) -> tuple[str, ...]:
    """Warning about letters too small to read; `median_letter_px`: median height of the letters in photo px, None when none were found."""
    if median_letter_px is None or median_letter_px >= 14:
        return ()
    return ("The letters are very small in this photo: go closer and take it again.",)
