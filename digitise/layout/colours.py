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
_PINK_FROM, _RED_FROM, _ORANGE_FROM, _GREEN_FROM, _BLUE_FROM, _PURPLE_FROM = 324.0, 15.0, 33.0, 114.0, 180.0, 285.0

_YELLOW_FROM, _BRIGHT_YELLOW_FROM, _BRIGHT = 75.5, 72.5, (0.8, 0.88)
"""Where orange ends, for dull and for bright pads, and the OKLab lightness between which the limit moves. On photos bright orange pads
measure up to 67 and bright amber ones from 78.6 on; duller orange goes up to 72-75."""

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
_LOCUS_SLOPE, _LOCUS = 0.45, (-0.16, 0.1)
"""Lamps and daylight lie along a line: where blue falls by a share (in log), red rises by 0.45 of it, both beside green. White paper and
boards of 41 photos lie from 0.09 below to 0.05 above it; the palest yellow, green and blue pads 0.27 and more below, the palest pink and
purple ones 0.3 above, brown paper 0.13, cork and wood 0.3 above."""
_WARMEST, _COOLEST = -0.75, 0.3
"""Log of blue by green in white paper: the cameras left -0.28 to 0.07 of the lamp's cast; a bulb that no camera corrected makes -0.7."""
_NEUTRAL = 0.5
"""How fast belief in a cast falls with its strength: of two plausible whites the less coloured one is likelier."""
_CAST_STEP, _SAME_CAST = 0.05, 0.09
_BRIGHT_SHARE = 0.72
"""Paper is at least this fraction as light (OKLab L) as the lightest things in the photo."""
_LIGHTER, _OTHER_CAST = 1.08, 0.2
"""White cards on a beige wall are 1.18 times as light, with a cast 0.4 apart; lit and shaded paper have one cast."""
_PAPER_SHARE = 0.02
"""Smallest share of the photo that may speak for its white."""


def to_oklab(rgb: npt.NDArray[np.uint8], white: White = DAYLIGHT) -> FloatArray:
    """sRGB uint8, shape (..., 3) -> OKLab float32 of the same shape: L 0..1, a and b about -0.3..0.3."""
    shape = (-1, 1, 3) if rgb.ndim != 3 else rgb.shape  # OpenCV takes pictures only
    return _linear_to_oklab(_to_linear(rgb, white).reshape(shape)).reshape(rgb.shape)


def estimate_white(rgb: RGBImage) -> White:
    """The colour of white paper in this photo's light; DAYLIGHT where nothing in the photo can vouch for it."""
    scale = min(1.0, _WHITE_SIDE_PX / max(rgb.shape[:2]))
    height, width = (max(1, round(side * scale)) for side in rgb.shape[:2])
    small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA).reshape(-1, 3)
    linear = _to_linear(cast(RGBImage, small))
    light = _linear_to_oklab(linear[None])[0, :, 0]
    logs = np.log(linear + 1e-3)
    red, blue = logs[:, 0] - logs[:, 1], logs[:, 2] - logs[:, 1]
    off = red + _LOCUS_SLOPE * blue
    lamplike = (off > _LOCUS[0]) & (off < _LOCUS[1]) & (blue > _WARMEST) & (blue < _COOLEST)
    keep = lamplike & (light >= _BRIGHT_SHARE * np.percentile(light, 98)) & (light > 0.3)
    if keep.sum() < _PAPER_SHARE * len(light):
        return DAYLIGHT
    paper = _find_common_cast(red, blue, keep)
    # A beige wall or table can fill the photo; white paper on it is lighter, and of another cast.
    lighter = keep & (light > _LIGHTER * np.median(light[paper])) if paper.any() else keep
    if lighter.sum() >= _PAPER_SHARE * len(light):
        other = _find_common_cast(red, blue, lighter)
        if np.hypot(np.median(red[other]) - np.median(red[paper]), np.median(blue[other]) - np.median(blue[paper])) > _OTHER_CAST:
            paper = other
    if paper.sum() < _PAPER_SHARE * len(light):
        return DAYLIGHT
    r, g, b = (float(v) for v in np.median(linear[paper], axis=0))
    return White(r, g, b) if min(r, g, b) > 0.01 else DAYLIGHT


def _find_common_cast(red: FloatArray, blue: FloatArray, keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which of the pixels to keep share the likeliest frequent cast. red, blue: log of red and blue by green (N,)."""
    reds, blues = (np.arange(low, high + _CAST_STEP, _CAST_STEP) for low, high in ((-0.3, 0.5), (_WARMEST, _COOLEST)))
    counts, _, _ = np.histogram2d(red[keep], blue[keep], bins=(reds, blues))
    counts = cv2.GaussianBlur(counts.astype(np.float32), (3, 3), 0)
    u, v = ((edges[:-1] + edges[1:]) / 2 for edges in (reds, blues))
    weight = np.exp(-np.abs(u[:, None] + _LOCUS_SLOPE * v) / _LOCUS[1] - np.hypot(u[:, None], v) / _NEUTRAL)
    i, j = np.unravel_index(int(np.argmax(counts * weight)), counts.shape)
    return cast(npt.NDArray[np.bool_], keep & (np.hypot(red - u[i], blue - v[j]) < _SAME_CAST))


def name_colour(pixels: npt.ArrayLike, white: White = DAYLIGHT) -> Colour:
    """Name of a sticky's, card's or ink's colour. pixels: sRGB, shape (3,) or (N, 3), 0..255; their median is named.

    Black ink is 'grey': the model has no darker name.
    """
    values = np.asarray(pixels, np.float32).reshape(-1, 3)
    rgb = np.clip(np.median(values, axis=0), 0, 255).round().astype(np.uint8)
    light, a, b = (float(v) for v in to_oklab(rgb, white))
    return name_oklab(light, a, b)


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
        or (light < WOOD_LIGHTNESS and strength < WOOD_STRENGTH and hue < _yellow_from(light))
    ):
        return "brown"
    if _PURPLE_TO_PINK[0] <= hue < _PURPLE_TO_PINK[1]:
        return "purple" if light < DEEP_PURPLE_LIGHTNESS else "pink"
    names: tuple[tuple[float, Colour], ...] = (
        (_RED_FROM, "pink"),
        (_yellow_from(light), "orange"),
        (_GREEN_FROM, "yellow"),
        (_BLUE_FROM, "green"),
        (_PURPLE_FROM, "blue"),
        (_PINK_FROM, "purple"),
    )
    return next((name for end, name in names if hue < end), "pink")


def _yellow_from(light: float) -> float:
    """Hue angle at which yellow begins for a colour of this lightness."""
    share = min(1.0, max(0.0, (light - _BRIGHT[0]) / (_BRIGHT[1] - _BRIGHT[0])))
    return _YELLOW_FROM + share * (_BRIGHT_YELLOW_FROM - _YELLOW_FROM)


def _to_linear(rgb: npt.NDArray[np.uint8], white: White = DAYLIGHT) -> FloatArray:
    """sRGB 0..255 -> linear light 0..1, white paper at PAPER_LUMINANCE."""
    values = np.arange(256, dtype=np.float32) / 255
    table = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)
    if white == DAYLIGHT:
        return table[rgb]
    tables = table[:, None] * (np.float32(PAPER_LUMINANCE) / np.asarray(white, np.float32))
    return np.stack([tables[:, i][rgb[..., i]] for i in range(3)], axis=-1)


def _linear_to_oklab(linear: FloatArray) -> FloatArray:
    """Linear RGB picture (H, W, 3) -> OKLab. Done by OpenCV: three times as fast as numpy's matrix products and roots."""
    cones = cv2.pow(cv2.transform(linear, _TO_LMS), 1 / 3)
    return cast(FloatArray, cv2.transform(cones, _TO_LAB))
