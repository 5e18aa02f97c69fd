"""Line pictures as the recogniser sees them: cut out, turned the right way up and, where the reading is uncertain, shown again otherwise.

A recogniser reads the same strokes differently when they are wider, thinner or upright; what it reads alike from several renderings is
likelier to be there. Of sixteen renderings tried the three kept here give on the real photos what all gave together, see
docs/reading.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray
from digitise.reading.curves import Curve, reverse, straighten
from digitise.reading.detection import TextBox
from digitise.reading.networks import Emissions, Networks

RgbArray = npt.NDArray[np.uint8]
FloatMap = npt.NDArray[np.float32]

SURE_UPRIGHT = 0.85
"""A line read at least this well is not tried in other directions."""
STEEP = 3.0
"""A box this many times longer than high whose long side runs down the page is tried both ways up."""
TURN_GAIN = 0.10
"""Another direction must be read this much better (mean character probability) to be believed: short words like 'no' or 'SOS' read
fine upside down."""

LOOKED_AT_AGAIN = (0.60, 0.94)
"""Lines with a score between these are shown again: 43 % of those in the real photos. Above, nothing changes for the better; below,
nothing becomes readable."""
CROWDED = (0.30, 0.65)
"""A line with a score between these is first shown much wider. Where capitals and long tails make a line high, its small letters have
hardly more than a step each: 'GNN will capture some useful (predictive) signal.' is read at 0.49 as it is and at 0.95 so."""
MUCH_WIDER = 1.5
"""It takes the line's place where it is read better by TURN_GAIN: 18 lines of 31 real photos, seven words of one line right."""
WIDER = 1.25
"""Crowded letters are parted: the recogniser has one step per 8 px. Narrower pictures (0.8) lose whole words."""
SLANT = 0.2
"""Shear that sets right-leaning letters upright, px sideways per px down."""
CROP_HEIGHT_PX = 128
"""Line pictures are at most so high: the recogniser is shown 48 px. Cut out at the photo's own size and reduced then, large letters take
most of the time of a crop."""
MARGIN_PX = 8
THINNED_AT_PX = 96
"""Height of the line picture at which strokes lose a pixel on each side."""


class Look(NamedTuple):
    """One line picture as it was shown to the recogniser."""

    corners: FloatArray
    """(4, 2) photo px, first edge along the reading direction."""
    emissions: Emissions
    score: float
    """Mean probability of the most likely characters that are not blank."""
    again: tuple[FloatMap, ...] = ()
    """Character probabilities (T', A) of the same line in other renderings; empty where the first reading was sure or hopeless."""
    curve: Curve | None = None
    """Of a bent line: its centre in the direction of reading; the line's picture was straightened along it."""
    wider: float = 1.0
    """How much wider than the line its picture is."""


def crop_line(rgb: RgbArray, corners: FloatArray, *, wider: float = 1.0) -> RgbArray:
    """Straightened picture of a line, at most CROP_HEIGHT_PX high; corners (4, 2) photo px, the first edge along the reading direction."""
    rgb, corners = _reduce(rgb, corners)
    w = max(4, round(wider * float(max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3])))))
    h = max(4, round(float(max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1])))))
    target = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cast(RgbArray, cv2.warpPerspective(rgb, matrix, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def _reduce(rgb: RgbArray, corners: FloatArray) -> tuple[RgbArray, FloatArray]:
    """The part of a photo in which a high line lies, reduced by area means until the line is CROP_HEIGHT_PX high, and its corners there."""
    height = float(max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1])))
    if height <= CROP_HEIGHT_PX:
        return rgb, corners
    # some px of margin on each side: interpolation looks beyond the corners
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - MARGIN_PX, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + MARGIN_PX, rgb.shape[1::-1])
    if (high - low < MARGIN_PX).any():  # all but outside the photo
        return rgb, corners
    part = rgb[low[1] : high[1], low[0] : high[0]]
    size = np.maximum(np.round((high - low) * CROP_HEIGHT_PX / height).astype(int), 1)
    reduced = cast(RgbArray, cv2.resize(part, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA))
    return reduced, cast(FloatArray, (corners - low) * size / (high - low))


def flatten(rgb: RgbArray, corners: FloatArray, curve: Curve | None) -> tuple[RgbArray, FloatArray]:
    """Where a line is to be cut out of: the photo itself or, for a bent line, its straightened picture, with the line's corners (4, 2)."""
    if curve is None:
        return rgb, corners
    flat = straighten(rgb, curve)
    h, w = flat.shape[:2]
    return flat, np.array([[0, 0], [w, 0], [w, h], [0, h]], float)


def choose_directions(rgb: RgbArray, boxes: Sequence[TextBox], networks: Networks) -> list[Look]:
    """Each box read as it lies; those read badly also upside down, squarish and steep ones also sideways."""
    looks = _look(rgb, [(b.corners, b.curve) for b in boxes], networks)
    retries: list[tuple[int, FloatArray, Curve | None]] = []
    for i, (box, look) in enumerate(zip(boxes, looks, strict=True)):
        if look.score >= SURE_UPRIGHT:
            continue
        retries.append((i, np.roll(box.corners, 2, axis=0), None if box.curve is None else reverse(box.curve)))
        if box.width < 1.5 * box.height and box.curve is None:
            retries += [(i, np.roll(box.corners, 1, axis=0), None), (i, np.roll(box.corners, 3, axis=0), None)]
    for (i, _, _), other in zip(retries, _look(rgb, [(c, curve) for _, c, curve in retries], networks), strict=True):
        steep = _is_steep(boxes[i])
        if other.score > looks[i].score + (0.0 if steep else TURN_GAIN):
            looks[i] = other
    return looks


def look_again(rgb: RgbArray, looks: Sequence[Look], networks: Networks) -> list[Look]:
    """The same lines; the uncertain ones with what the recogniser says of their other renderings."""
    looks = _widen_crowded(rgb, looks, networks)
    least, sure = LOOKED_AT_AGAIN
    uncertain = [i for i, look in enumerate(looks) if least <= look.score < sure]
    shown = [picture for i in uncertain for picture in render_otherwise(*flatten(rgb, looks[i].corners, looks[i].curve), looks[i].wider)]
    read = [emissions.probabilities for emissions in networks.recognise(shown)]
    each = len(read) // max(1, len(uncertain))
    seen = list(looks)
    for k, i in enumerate(uncertain):
        seen[i] = looks[i]._replace(again=tuple(read[k * each : (k + 1) * each]))
    return seen


def _widen_crowded(rgb: RgbArray, looks: Sequence[Look], networks: Networks) -> list[Look]:
    """The same lines, those that are read badly as they are and clearly better when much wider as they are then."""
    least, most = CROWDED
    crowded = [i for i, look in enumerate(looks) if least <= look.score < most]
    seen = list(looks)
    wide = _look(rgb, [(looks[i].corners, looks[i].curve) for i in crowded], networks, wider=MUCH_WIDER)
    for i, other in zip(crowded, wide, strict=True):
        if other.score > looks[i].score + TURN_GAIN:
            seen[i] = other
    return seen


def render_otherwise(rgb: RgbArray, corners: FloatArray, wider: float = 1.0) -> list[RgbArray]:
    """The line wider, with thinner strokes, and with its slant removed. wider: of all of them, as the line is shown already."""
    plain = crop_line(rgb, corners, wider=wider)
    return [crop_line(rgb, corners, wider=wider * WIDER), thin_strokes(plain), crop_line(rgb, shear(corners, SLANT), wider=wider)]


def shear(corners: FloatArray, amount: float) -> FloatArray:
    """The box with its upper edge moved along the line by half of `amount` heights and its lower edge back by as much."""
    along = corners[1] - corners[0] + corners[2] - corners[3]
    height = float(np.linalg.norm(corners[3] - corners[0] + corners[2] - corners[1])) / 2
    step = along / max(float(np.linalg.norm(along)), 1e-9) * height * amount / 2
    return cast(FloatArray, corners + np.array([step, step, -step, -step]))


def thin_strokes(picture: RgbArray) -> RgbArray:
    """A line picture (h, w, 3) at THINNED_AT_PX with strokes a pixel thinner on each side, dark on light or light on dark."""
    h, w = picture.shape[:2]
    size = (max(4, round(w * THINNED_AT_PX / h)), THINNED_AT_PX)
    enlarged = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if h > THINNED_AT_PX else cv2.INTER_CUBIC)
    grey = cv2.cvtColor(enlarged, cv2.COLOR_RGB2GRAY)
    # writing covers less than half of its picture
    low, middle, high = np.percentile(grey, (5, 50, 95))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    return cast(RgbArray, cv2.dilate(enlarged, kernel) if middle >= (low + high) / 2 else cv2.erode(enlarged, kernel))


def reading_score(probabilities: FloatMap) -> float:
    """Mean probability of the most likely characters that are not blank; 0 for none. probabilities: (T, A), column 0 the blank."""
    best = probabilities.argmax(axis=1)
    inked = probabilities.max(axis=1)[best != 0]
    return float(inked.mean()) if inked.size else 0.0


def mean_score(look: Look) -> float:
    """Mean reading score of a line over all its renderings."""
    return float(np.mean([look.score, *(reading_score(p) for p in look.again)]))


def _is_steep(box: TextBox) -> bool:
    d = box.corners[1] - box.corners[0]
    return bool(abs(d[1]) > abs(d[0])) and box.width > STEEP * box.height


def _look(rgb: RgbArray, places: Sequence[tuple[FloatArray, Curve | None]], networks: Networks, *, wider: float = 1.0) -> list[Look]:
    emissions = networks.recognise([crop_line(*flatten(rgb, corners, curve), wider=wider) for corners, curve in places])
    return [
        Look(corners, e, reading_score(e.probabilities), curve=curve, wider=wider)
        for (corners, curve), e in zip(places, emissions, strict=True)
    ]
