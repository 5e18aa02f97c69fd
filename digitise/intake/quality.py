"""Is a photo good enough to be read? Says so in sentences that a person with a phone can act on.

Every threshold below was set on 41 real photos of walls, sheets and boards and 60 scanned letters: none of them may be warned about,
and the same photos, blurred or darkened on purpose, must be.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

DARK = "The photo is too dark: switch on the light or the flash and take it again."
BLOWN_OUT = (
    "The photo is blown out, hardly any writing is left in it: turn off the flash, keep windows and lamps behind you, and take it again."
)
EMPTY = "The photo shows hardly anything: check that it is the right one, or take it again."
BLURRED = "The photo is blurred: hold the phone still, tap on the writing to focus, and take it again."
SMALL_LETTERS = "The letters in the photo are very small: go closer, and send photos as files, not through a chat."

NORMAL_SIDE_PX = 1600
"""Longest side at which blur is measured, so that one threshold holds for a 2 and a 50 megapixel photo. Smaller photos stay as they are."""
WINDOW_PX = 15
"""Length, at NORMAL_SIDE_PX, over which an edge may climb: wider than any blur through which something can still be read."""
INK_CONTRAST = 24.0
"""Smallest step of grey that counts as the edge of something; sensor noise stays under 12 after slight smoothing."""
MIN_EDGES = 100
"""Fewer edges than this say nothing about a direction: a sheet with one word has several hundred."""
MIN_BLURRED_WIDTH_PX = 1.9
"""Width of edges (standard deviation of the blur, px at NORMAL_SIDE_PX), in the worse of two directions, from which on a photo counts
as blurred. The 41 photos as they are: 0.83-1.31, median 1.03. Blurred with a Gaussian of 2 px: 1.7-3.6, median 2.2 (35 flagged); of 3 px:
2.3-4.2 (all); shaken by 9 px: 1.6-3.5 (40), by 15 px: 2.3-4.7 (all). The recogniser loses half of a photo's words at 2 px (median of
10 photos) and nearly three quarters at 3 px."""

LIGHT_SIDE_PX = 800
"""Longest side at which light is measured: averages noise away and keeps strokes."""
DARK_LEVEL = 70.0
"""Grey, 0..255, that the brightest twentieth of a photo stays under when it is too dark. Paper in real photos: 162 and more."""
BRIGHT_LEVEL = 110.0
"""Chalk or light pens on a dark board are brighter than this where the photo is well exposed ..."""
BRIGHT_FIELDS = 0.08
"""... in at least this share of LIGHT_FIELDS x LIGHT_FIELDS fields: a lamp or a window in a dark photo fills two or three of the 64."""
LIGHT_FIELDS = 8
PALE_LEVEL = 200.0
"""Median grey above which a photo without contrast is blown out, not merely empty."""
EMPTY_CONTRAST = 40.0
"""Difference between the darkest and brightest spot under which nothing can be seen. Real photos: 98 and more."""
SMALL_LETTER_PX = 16.0
"""Median height of lines of writing, in photo px. Four photos reduced until their lines were 20 px high kept 73-100 % of their words, at
16 px 64-80 %, at 13 px 50-90 %, at 10 px 35-50 %."""

GreyArray = npt.NDArray[np.uint8]


def assess_quality(rgb: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """Warnings, whole sentences with their remedy, about (H, W, 3) uint8 RGB; () for a good photo."""
    grey: GreyArray = np.asarray(cv2.cvtColor(shrink(rgb, NORMAL_SIDE_PX), cv2.COLOR_RGB2GRAY), np.uint8)
    light = shrink(grey, LIGHT_SIDE_PX)
    if float(np.percentile(light, 95)) < DARK_LEVEL and _bright_share(light) < BRIGHT_FIELDS:
        return (DARK,)
    if float(light.max()) - float(light.min()) < EMPTY_CONTRAST:
        return (BLOWN_OUT if float(np.median(light)) >= PALE_LEVEL else EMPTY,)
    width = measure_edge_width(grey)
    return (BLURRED,) if width is not None and width >= MIN_BLURRED_WIDTH_PX else ()


def _bright_share(grey: GreyArray) -> float:
    """Share of fields of a picture (H, W) uint8 that have something bright in them."""
    fields = [part for rows in np.array_split(grey, LIGHT_FIELDS) for part in np.array_split(rows, LIGHT_FIELDS, axis=1)]
    return sum(field.size > 0 and int(field.max()) >= BRIGHT_LEVEL for field in fields) / len(fields)


def letter_warning(median_letter_px: float | None) -> tuple[str, ...]:
    """Warning about letters too small to be read well. `median_letter_px`: median height of the photo's lines of writing in photo px;
    None when there are none."""
    return (SMALL_LETTERS,) if median_letter_px is not None and median_letter_px < SMALL_LETTER_PX else ()


def measure_edge_width(grey: GreyArray) -> float | None:
    """Standard deviation, in px of `grey` (H, W) uint8, of the blur over its edges; None with too few edges to tell.

    An edge of height h that was blurred by a Gaussian of s climbs by at most 0.4 h / s per pixel (1 / sqrt(2 pi) = 0.4), so h and
    the steepest climb give s, whatever the contrast. Upright and level edges are measured apart and the worse counts: a shaken photo is
    sharp along the shake. Only edges with at least half the contrast of the strong ones vote: writing, not shadows.
    """
    smooth = cv2.GaussianBlur(grey, (3, 3), 0.6).astype(np.float32)
    across = np.abs(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=1)) / 2
    down = np.abs(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=1)) / 2
    steepest = np.hypot(across, down)
    widths = []
    for climb, window in ((across, np.ones((1, WINDOW_PX), np.uint8)), (down, np.ones((WINDOW_PX, 1), np.uint8))):
        height = cv2.dilate(smooth, window) - cv2.erode(smooth, window)
        # one vote per edge, at its steepest pixel, and only where it runs square to the direction measured
        votes = (climb >= 0.9 * steepest) & (climb >= 0.999 * cv2.dilate(climb, window)) & (height >= INK_CONTRAST)
        if np.count_nonzero(votes) < MIN_EDGES:
            continue
        heights = height[votes]
        strong = heights >= 0.5 * np.percentile(heights, 90)
        widths.append(float(np.median(0.4 * heights[strong] / climb[votes][strong])))
    return max(widths, default=None)


def shrink(pixels: npt.NDArray[np.uint8], side_px: int) -> npt.NDArray[np.uint8]:
    """Pixels with their longest side at most `side_px`; smaller ones unchanged."""
    scale = side_px / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
