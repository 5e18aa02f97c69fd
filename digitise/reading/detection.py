"""Where the writing is: text lines of any direction as quads, at a scale chosen by the height of the letters.

The detector network sees letters of about 15-60 px well; smaller ones it misses, larger ones it breaks up. So no photo is looked
at with a fixed longest side: a first look finds how high the lines are, a second one is taken at the scale
that suits most of them, in overlapping tiles whose probability maps are joined before any box is made.

Boxes from maps: Liao et al., "Real-time scene text detection with differentiable binarization", AAAI 2020.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray

RgbArray = npt.NDArray[np.uint8]
FloatMap = npt.NDArray[np.float32]
TextProbability = Callable[[RgbArray], FloatMap]

FIRST_LOOK_PX = 1600
"""Longest side of the first look, px."""
GOOD_LINE_PX = 40.0
"""Height of a detected line box (letters with their ascenders and margin) at which the detector works best, px."""
LARGEST_LOOK_PX = 5200
SMALLEST_GAIN = 1.25
"""A second look is taken when the suitable scale differs from that of the first by this factor."""
MOST_ENLARGED = 3.0
"""Photos are enlarged at most so much before detection."""
TILE_PX = 1472
TILE_OVERLAP_PX = 160
"""Wide enough that a word cut by one tile's edge lies whole in the next."""
PIXEL_THRESHOLD = 0.3
BOX_THRESHOLD = 0.5
"""Mean probability of a box. Both thresholds are those the network was published with."""
UNCLIP_RATIO = 1.6
"""The network marks the core of a line; its box is grown by area x ratio / perimeter, as the network was trained."""
SMALLEST_SIDE_PX = 5.0


class TextBox(NamedTuple):
    corners: FloatArray
    """(4, 2), photo px; the first edge runs along the line from left to right (of the photo), before any turn is known."""
    score: float

    @property
    def height(self) -> float:
        c = self.corners
        return float((np.linalg.norm(c[3] - c[0]) + np.linalg.norm(c[2] - c[1])) / 2)

    @property
    def width(self) -> float:
        c = self.corners
        return float((np.linalg.norm(c[1] - c[0]) + np.linalg.norm(c[2] - c[3])) / 2)


def find_text(rgb: RgbArray, text_probability: TextProbability) -> list[TextBox]:
    """Text lines of a photo (H, W, 3) uint8, in photo px."""
    longest = max(rgb.shape[:2])
    scale = min(FIRST_LOOK_PX / longest, MOST_ENLARGED)
    first = boxes_from_map(_look(rgb, scale, text_probability), scale)
    better = _suitable_scale(first, longest)
    if 1 / SMALLEST_GAIN < better / scale < SMALLEST_GAIN:
        return first
    return merge_looks(first, boxes_from_map(_look(rgb, better, text_probability), better), scale, better)


def _suitable_scale(boxes: Sequence[TextBox], longest: int) -> float:
    """Scale at which the smaller lines of the photo have the height that the detector likes."""
    if not boxes:
        return min(LARGEST_LOOK_PX / longest, 1.0)
    heights = [min(b.height, b.width) for b in boxes]
    return min(GOOD_LINE_PX / float(np.percentile(heights, 25)), LARGEST_LOOK_PX / longest, MOST_ENLARGED)


def merge_looks(coarse: Sequence[TextBox], fine: Sequence[TextBox], coarse_scale: float, fine_scale: float) -> list[TextBox]:
    """One list of two looks: where they overlap, the look in which the line's height suited the detector better wins."""

    def unfit(box: TextBox, scale: float) -> float:
        return abs(float(np.log(min(box.height, box.width) * scale / GOOD_LINE_PX)))

    ranked = sorted([(unfit(b, coarse_scale), b) for b in coarse] + [(unfit(b, fine_scale), b) for b in fine], key=lambda pair: pair[0])
    kept: list[TextBox] = []
    for _, box in ranked:
        if all(_overlap(box, other) < 0.3 for other in kept):
            kept.append(box)
    return kept


def _overlap(a: TextBox, b: TextBox) -> float:
    """Shared area over the smaller one's area."""
    area, _ = cv2.intersectConvexConvex(a.corners.astype(np.float32), b.corners.astype(np.float32))
    return float(area) / max(1.0, min(a.width * a.height, b.width * b.height))


def _look(rgb: RgbArray, scale: float, text_probability: TextProbability) -> FloatMap:
    """Probability map of the photo at `scale`, from overlapping tiles joined by their maximum."""
    h, w = rgb.shape[:2]
    size = (max(32, round(w * scale)), max(32, round(h * scale)))
    scaled = rgb if scale == 1 else cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    joined = np.zeros(scaled.shape[:2], np.float32)
    for y in _tile_starts(scaled.shape[0]):
        for x in _tile_starts(scaled.shape[1]):
            tile = np.ascontiguousarray(scaled[y : y + TILE_PX, x : x + TILE_PX])
            part = joined[y : y + TILE_PX, x : x + TILE_PX]
            np.maximum(part, text_probability(tile), out=part)
    return joined


def _tile_starts(length: int) -> list[int]:
    """Where tiles begin along a side; evenly spread, at least TILE_OVERLAP_PX shared by neighbours."""
    if length <= TILE_PX:
        return [0]
    count = -(-(length - TILE_OVERLAP_PX) // (TILE_PX - TILE_OVERLAP_PX))
    return [round(i * (length - TILE_PX) / (count - 1)) for i in range(count)]


def boxes_from_map(probability: FloatMap, scale: float) -> list[TextBox]:
    """Rotated boxes round the connected areas of a probability map; corners divided by `scale` into photo px."""
    mask = cv2.dilate((probability > PIXEL_THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours:
        centre, (w, h), angle = cv2.minAreaRect(contour)
        if min(w, h) < SMALLEST_SIDE_PX - 2:
            continue
        score = _mean_inside(probability, cv2.boxPoints((centre, (w, h), angle)))
        if score < BOX_THRESHOLD:
            continue
        grow = 2 * w * h * UNCLIP_RATIO / (2 * (w + h))
        w, h = w + grow, h + grow
        if min(w, h) < SMALLEST_SIDE_PX:
            continue
        corners = upright_corners(cv2.boxPoints((centre, (w, h), angle)))
        boxes.append(TextBox((corners + 0.5) / scale, score))
    return boxes


def upright_corners(points: npt.ArrayLike) -> FloatArray:
    """Rectangle corners ordered so that the first edge is the long side's direction nearest to left-to-right; for
    near-vertical lines the first edge runs downwards."""
    p = np.asarray(points, float)
    if np.linalg.norm(p[1] - p[0]) < np.linalg.norm(p[2] - p[1]):
        p = np.roll(p, -1, axis=0)
    # p[0]->p[1] is now a long side; for squarish boxes prefer the horizontal one
    sides = p[1] - p[0], p[2] - p[1]
    if np.linalg.norm(sides[0]) < 1.5 * np.linalg.norm(sides[1]) and abs(sides[0][0]) < abs(sides[1][0]):
        p = np.roll(p, -1, axis=0)
    d = p[1] - p[0]
    if d[0] < -abs(d[1]) * 0.3 or (abs(d[0]) <= abs(d[1]) * 0.3 and d[1] < 0):
        p = np.roll(p, 2, axis=0)
    # minAreaRect gives corners clockwise on the page, so p[3] lies below p[0]
    return p


def _mean_inside(probability: FloatMap, points: npt.ArrayLike) -> float:
    p = np.asarray(points, float)
    h, w = probability.shape
    x0, y0 = np.clip(np.floor(p.min(axis=0)).astype(int), 0, (w - 1, h - 1))
    x1, y1 = np.clip(np.ceil(p.max(axis=0)).astype(int), 0, (w - 1, h - 1))
    mask = np.zeros((y1 - y0 + 1, x1 - x0 + 1), np.uint8)
    cv2.fillPoly(mask, [np.round(p - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(probability[y0 : y1 + 1, x0 : x1 + 1], mask)[0])
