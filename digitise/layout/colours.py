"""Names colours the way people at a workshop do: 'the pink notes', 'written in blue'.

Works in OKLab (Ottosson 2020), for two reasons. Its hue stays put along blue, where CIE Lab turns dark blue ink into
purple. And it has no offset: shading multiplies L, a and b by one number, so the ratio chroma/lightness ("colour
strength" below) and the hue of a note are the same in the light of the window and in the shadow of its neighbour.

The light's own cast is divided out first: `estimate_white` looks for the paper, board or wall.
"""

from __future__ import annotations

import math
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.model import Colour

RGBImage = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]


class White(NamedTuple):
    """Linear RGB of what a white sheet looks like in a photo, each 0..1. (1, 1, 1): the camera got it right."""

    red: float = 1.0
    green: float = 1.0
    blue: float = 1.0


DAYLIGHT = White()

PAPER_LUMINANCE = 0.85
"""Reflectance of white paper; a found white is put there, so that 'dark' means darker than the paper, not a dim room."""

_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]],
    np.float32,
)
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]],
    np.float32,
)

# Hue angles in degrees where one name ends and the next begins. Sticky pads measured on photos and swatches:
# hot pink 337-12, salmon 21, red marker 26, coral 34-40, orange 45-75, amber 76-87, canary yellow 95-110 (neon 113),
# lime 115-124, green 140-162, turquoise 195, sky blue 200-226, blue ink 247-268, lavender 300-310, magenta 345.
_PINK_FROM, _RED_FROM, _ORANGE_FROM, _YELLOW_FROM, _GREEN_FROM, _BLUE_FROM, _PURPLE_FROM = 324.0, 15.0, 33.0, 75.5, 114.0, 180.0, 285.0

_PURPLE_TO_PINK, DEEP_PURPLE_LIGHTNESS = (324.0, 342.0), 0.5
"""Dark, this hue is purple ink or card (lightness 0.42); light, it is a hot pink pad in bluish light (0.68-0.87)."""

NEUTRAL_STRENGTH = 0.028
"""Colour strength under which paper counts as colourless: copy paper and boards measure up to 0.02 once balanced, the
palest blue pad 0.035."""
WHITE_LIGHTNESS = 0.78
"""OKLab lightness over which a colourless thing is white and not grey: paper in half shadow is 0.8, cardboard grey 0.7."""
PINK_LIGHTNESS = 0.66
"""Between 15 and 33 degrees pink and red differ in lightness: salmon pads 0.76, red pads and ink 0.45-0.6."""
BROWN_LIGHTNESS, BROWN_STRENGTH = 0.56, 0.135
"""Brown is dark or dull orange: kraft card and cork have strength 0.11-0.125 (lightness up to 0.72), orange pads 0.2."""
DULL_BROWN_LIGHTNESS = 0.76
WOOD_LIGHTNESS, WOOD_STRENGTH = 0.63, 0.2
"""Varnished wood: strength 0.15-0.2 at lightness 0.5-0.6; orange pads keep 0.19-0.25 at 0.64-0.8."""

_WHITE_SIDE_PX = 240
_CAST_WARM, _CAST_OTHER = 0.11, 0.05
"""Colour strength of a cast that lamps plausibly leave on white paper: bulbs up to 0.11 towards yellow and orange, other lights less."""
_BRIGHT_SHARE = 0.72
"""Paper is at least this fraction as light (OKLab L) as the lightest things in the photo."""
_LIGHTER, _OTHER_CAST = 1.08, 0.035
"""White cards on a beige wall are 1.18 times as light, with a cast 0.08 apart; lit and shaded paper have one cast."""
_PAPER_SHARE = 0.02
"""Smallest share of the photo that may speak for its white."""


def to_oklab(rgb: npt.NDArray[np.uint8], white: White = DAYLIGHT) -> FloatArray:
    """sRGB uint8, shape (..., 3) -> OKLab float32 of the same shape: L 0..1, a and b about -0.3..0.3."""
    return _linear_to_oklab(_balance(_to_linear(rgb), white))


def estimate_white(rgb: RGBImage) -> White:
    """The colour of white paper in this photo's light; DAYLIGHT where nothing in the photo can vouch for it."""
    scale = min(1.0, _WHITE_SIDE_PX / max(rgb.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in rgb.shape[:2])
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA).reshape(-1, 3)
    linear = _to_linear(cast(RGBImage, small))
    lab = _linear_to_oklab(linear)
    light = np.maximum(lab[:, 0], 1e-3)
    a, b = lab[:, 1] / light, lab[:, 2] / light
    strength = np.hypot(a, b)
    warm = (b > 0) & (np.abs(a) < b)
    plausible = strength < np.where(warm, _CAST_WARM, _CAST_OTHER)
    bright = light >= _BRIGHT_SHARE * np.percentile(light, 98)
    keep = plausible & bright & (light > 0.3)
    if keep.sum() < _PAPER_SHARE * len(light):
        return DAYLIGHT
    paper = _find_common_cast(a, b, keep)
    # A beige wall or table can fill the photo; white paper on it is lighter, and of another cast.
    lighter = keep & (light > _LIGHTER * np.median(light[paper])) if paper.any() else keep
    if lighter.sum() >= _PAPER_SHARE * len(light):
        other = _find_common_cast(a, b, lighter)
        if np.hypot(np.median(a[other]) - np.median(a[paper]), np.median(b[other]) - np.median(b[paper])) > _OTHER_CAST:
            paper = other
    if paper.sum() < _PAPER_SHARE * len(light):
        return DAYLIGHT
    red, green, blue = (float(v) for v in np.median(linear[paper], axis=0))
    return White(red, green, blue) if min(red, green, blue) > 0.01 else DAYLIGHT


def _find_common_cast(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating], keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which of the pixels to keep share the most frequent cast. a, b: shading-free colours (N,)."""
    # A neutral cast wins over a coloured one of like size: pale yellow notes fill walls too.
    edges = np.arange(-0.12, 0.1201, 0.01)
    counts, _, _ = np.histogram2d(a[keep], b[keep], bins=(edges, edges))
    counts = cv2.GaussianBlur(counts.astype(np.float32), (3, 3), 0)
    centres = (edges[:-1] + edges[1:]) / 2
    weight = np.exp(-np.hypot(centres[:, None], centres[None, :]) / 0.035)
    i, j = np.unravel_index(int(np.argmax(counts * weight)), counts.shape)
    return cast(npt.NDArray[np.bool_], keep & (np.hypot(a - centres[i], b - centres[j]) < 0.015))


def name_colour(pixels: npt.ArrayLike, white: White = DAYLIGHT) -> Colour:
    """Name of a sticky's, card's or ink's colour. pixels: sRGB, shape (3,) or (N, 3), 0..255; their median is named.

    Black ink is 'grey': the model has no darker name.
    """
    values = np.asarray(pixels, np.float32).reshape(-1, 3)
    rgb = np.clip(np.median(values, axis=0), 0, 255).round().astype(np.uint8)
    light, a, b = (float(v) for v in to_oklab(rgb, white))
    return name_oklab(light, a, b)


def colour_strength(pixels: npt.ArrayLike, white: White = DAYLIGHT) -> float:
    """Chroma by lightness of the median pixel; the same in light and shadow. 0 is colourless, 0.1 pastel, 0.3 vivid."""
    values = np.asarray(pixels, np.float32).reshape(-1, 3)
    light, a, b = (float(v) for v in to_oklab(np.median(values, axis=0).round().astype(np.uint8), white))
    return math.hypot(a, b) / max(light, 1e-3)


def name_oklab(light: float, a: float, b: float) -> Colour:
    """Name of a balanced OKLab colour (see to_oklab)."""
    strength = math.hypot(a, b) / max(light, 1e-3)
    hue = math.degrees(math.atan2(b, a)) % 360
    if strength < NEUTRAL_STRENGTH or light < 0.12:
        return "white" if light > WHITE_LIGHTNESS else "grey"
    if _RED_FROM <= hue < _ORANGE_FROM:
        return "pink" if light > PINK_LIGHTNESS else ("brown" if strength < BROWN_STRENGTH else "red")
    if _ORANGE_FROM <= hue < 90 and (
        (light < BROWN_LIGHTNESS and hue < 85)
        or (strength < BROWN_STRENGTH and light < DULL_BROWN_LIGHTNESS)
        or (light < WOOD_LIGHTNESS and strength < WOOD_STRENGTH and hue < _YELLOW_FROM)
    ):
        return "brown"
    if _PURPLE_TO_PINK[0] <= hue < _PURPLE_TO_PINK[1]:
        return "purple" if light < DEEP_PURPLE_LIGHTNESS else "pink"
    names: tuple[tuple[float, Colour], ...] = (
        (_RED_FROM, "pink"),
        (_YELLOW_FROM, "orange"),
        (_GREEN_FROM, "yellow"),
        (_BLUE_FROM, "green"),
        (_PURPLE_FROM, "blue"),
        (_PINK_FROM, "purple"),
    )
    return next((name for end, name in names if hue < end), "pink")


def _to_linear(rgb: npt.NDArray[np.uint8]) -> FloatArray:
    """sRGB 0..255 -> linear light 0..1."""
    ramp = np.arange(256, dtype=np.float32) / 255
    table = np.where(ramp <= 0.04045, ramp / 12.92, ((ramp + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return table[rgb]


def _balance(linear: FloatArray, white: White) -> FloatArray:
    if white == DAYLIGHT:
        return linear
    return cast(FloatArray, linear * np.float32(PAPER_LUMINANCE) / np.asarray(white, np.float32))


def _linear_to_oklab(linear: FloatArray) -> FloatArray:
    return cast(FloatArray, np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T)
