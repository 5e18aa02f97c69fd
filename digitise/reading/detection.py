"""Where the writing is: text lines of any direction as quads, at a scale chosen by the height of the letters.

The detector network sees letters of about 15-60 px well; smaller ones it misses, larger ones it breaks up. So no photo is looked
at with a fixed longest side: a first look finds how high the lines are, a second one is taken at the scale
that suits most of them, in overlapping tiles whose probability maps are joined before any box is made.

Boxes from maps: Liao et al., "Real-time scene text detection with differentiable binarization", AAAI 2020.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray
from digitise.reading.curves import Curve, band, chord_box, fit_curve, grow, mean_along, scale_curve, shift

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
SAME_LINE = 0.75
"""Jaccard index from which boxes of two looks are the same line."""
MOST_ENLARGED = 3.0
"""Photos are enlarged at most so much before detection."""
TILE_PX = 1600
"""Longest side of a tile: a first look is one tile."""
TILE_STEP_PX = 32
"""Tiles' sides are multiples of this, as the network wants them, so that they need no padding."""
TILE_OVERLAP_PX = 160
"""Wide enough that a word cut by one tile's edge lies whole in the next."""
PIXEL_THRESHOLD = 0.3
BOX_THRESHOLD = 0.5
"""Mean probability of a line's rectangle. Both thresholds are those the network was published with."""
UNCLIP_RATIO = 1.6
"""The network marks the core of a line; its box is grown by area x ratio / perimeter, as the network was trained."""
SMALLEST_SIDE_PX = 5.0
DOUBLED = 0.2
"""Share of an area's length over which ink lies above ink, from which it is more than one line; a bent line has none."""
CUTS: tuple[tuple[float, float], ...] = ((0.5, 0.0), (0.7, 0.0), (0.85, 0.0), (0.5, 0.06), (0.5, 0.12), (0.5, 0.18))
"""Ways to part an area, tried in turn: threshold, and how much of its edge is taken back, in shares of its rectangle's shorter side."""
BENT_AT = (PIXEL_THRESHOLD, 0.6, 0.8)
"""Thresholds at which an area is tried as one bent line."""
LEAST_PART = 0.04
"""Crumbs smaller than this share of the largest part are left out."""


class TextBox(NamedTuple):
    corners: FloatArray
    """(4, 2), photo px; the first edge runs along the line from left to right (of the photo), before any turn is known."""
    score: float
    core: FloatArray
    """(4, 2), photo px: the marked middle of the line, before it is grown. Grown boxes of neighbouring lines overlap, cores do not."""
    curve: Curve | None = None
    """Of a bent line: its grown centre, photo px. `corners` is then the straight line of the same height between its ends."""

    @property
    def height(self) -> float:
        c = self.corners
        return float((np.linalg.norm(c[3] - c[0]) + np.linalg.norm(c[2] - c[1])) / 2)

    @property
    def width(self) -> float:
        c = self.corners
        return float((np.linalg.norm(c[1] - c[0]) + np.linalg.norm(c[2] - c[3])) / 2)


def find_text(rgb: RgbArray, text_probability: TextProbability) -> list[TextBox]:
    """Text lines of a photo (H, W, 3) uint8, in photo px.

    Two looks may part the same ink into different lines; both ways are given, for the reading to settle (reading/settling.py).
    """
    longest = max(rgb.shape[:2])
    scale = min(FIRST_LOOK_PX / longest, MOST_ENLARGED)
    first = boxes_from_map(_look(rgb, scale, text_probability), scale)
    better = _suitable_scale(first, longest)
    if 1 / SMALLEST_GAIN < better / scale < SMALLEST_GAIN:
        return first
    return merge_looks([(first, scale), (boxes_from_map(_look(rgb, better, text_probability), better), better)])


def _suitable_scale(boxes: Sequence[TextBox], longest: int) -> float:
    """Scale at which the smaller lines of the photo have the height that the detector likes."""
    if not boxes:
        return min(LARGEST_LOOK_PX / longest, 1.0)
    heights = [min(b.height, b.width) for b in boxes]
    return min(GOOD_LINE_PX / float(np.percentile(heights, 25)), LARGEST_LOOK_PX / longest, MOST_ENLARGED)


def merge_looks(looks: Sequence[tuple[Sequence[TextBox], float]]) -> list[TextBox]:
    """One list of the boxes of several looks, each with its scale: where two looks found the same line, the one in which its height suited
    the detector better. Boxes that part the same ink otherwise stay beside each other; reading settles which are right."""
    ranked = sorted(((_unfit(box, scale), box) for boxes, scale in looks for box in boxes), key=lambda pair: pair[0])
    kept: list[TextBox] = []
    lows, highs = np.empty((len(ranked), 2)), np.empty((len(ranked), 2))
    for _, box in ranked:
        low, high = box.corners.min(axis=0), box.corners.max(axis=0)
        n = len(kept)
        near = np.flatnonzero(((lows[:n] < high) & (highs[:n] > low)).all(axis=1))
        if not any(_is_same(box, kept[i]) for i in near):
            lows[n], highs[n] = low, high
            kept.append(box)
    return kept


def _unfit(box: TextBox, scale: float) -> float:
    """How far the height of a line at a look's scale was from the height that suits the detector, as a logarithm."""
    return abs(float(np.log(min(box.height, box.width) * scale / GOOD_LINE_PX)))


def _is_same(a: TextBox, b: TextBox) -> bool:
    """Whether two boxes are the same line: their Jaccard index."""
    if (a.curve is None) != (b.curve is None):
        return False
    one, other = a.corners.astype(np.float32), b.corners.astype(np.float32)
    shared = float(cv2.intersectConvexConvex(one, other)[0])
    return shared > SAME_LINE * (cv2.contourArea(one) + cv2.contourArea(other) - shared)


def core_area(box: TextBox) -> float:
    """Area of a core, at least 1 px²."""
    return max(1.0, sum(float(cv2.contourArea(piece)) for piece in _pieces(box)))


def shared_area(a: TextBox, b: TextBox) -> float:
    """Area that two cores share, px²."""
    return sum(float(cv2.intersectConvexConvex(p, q)[0]) for p in _pieces(a) for q in _pieces(b))


def _pieces(box: TextBox) -> list[npt.NDArray[np.float32]]:
    """Convex parts of a core."""
    if box.curve is None:
        return [box.core.astype(np.float32)]
    thickness = float(np.linalg.norm(box.core[3] - box.core[0]))
    return [p.astype(np.float32) for p in band(Curve(box.curve.points, thickness))]


def _look(rgb: RgbArray, scale: float, text_probability: TextProbability) -> FloatMap:
    """Probability map of the photo at `scale`, from overlapping tiles joined by their maximum."""
    h, w = rgb.shape[:2]
    size = (max(32, round(w * scale)), max(32, round(h * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = rgb if scale == 1 else cast(RgbArray, cv2.resize(rgb, size, interpolation=interpolation))
    joined = np.zeros(scaled.shape[:2], np.float32)
    for y, below in _tiles(scaled.shape[0]):
        for x, right in _tiles(scaled.shape[1]):
            tile = np.ascontiguousarray(scaled[y:below, x:right])
            part = joined[y:below, x:right]
            np.maximum(part, text_probability(tile), out=part)
    return joined


def _tiles(length: int) -> list[tuple[int, int]]:
    """Start and end of the tiles along a side: as few as TILE_PX allows, of one length, at least TILE_OVERLAP_PX shared by neighbours."""
    count = max(1, -(-(length - TILE_OVERLAP_PX) // (TILE_PX - TILE_OVERLAP_PX)))
    if count == 1:
        return [(0, length)]
    side = -(-(length + (count - 1) * TILE_OVERLAP_PX) // count)
    side = min(length, -(-side // TILE_STEP_PX) * TILE_STEP_PX)
    starts = [round(i * (length - side) / (count - 1)) for i in range(count)]
    return [(start, start + side) for start in starts]


def boxes_from_map(probability: FloatMap, scale: float) -> list[TextBox]:
    """Rotated boxes round the lines of a probability map; corners divided by `scale` into photo px."""
    boxes = []
    for core in line_cores(probability):
        if core.curve is not None:
            boxes.append(_bent_box(core.curve, core, scale))
            continue
        centre, (w, h), angle = core.rectangle
        grow = w * h * UNCLIP_RATIO / (w + h) + 2 * core.shrunk
        w, h = w + grow, h + grow
        if min(w, h) < SMALLEST_SIDE_PX:
            continue
        corners = upright_corners(cv2.boxPoints((centre, (w, h), angle)))
        middle = cv2.boxPoints(core.rectangle).astype(float)
        boxes.append(TextBox((corners + 0.5) / scale, core.score, (middle + 0.5) / scale))
    return boxes


def _bent_box(curve: Curve, core: Core, scale: float) -> TextBox:
    length, height = curve.length, curve.height
    grown = scale_curve(grow(curve, length * height * UNCLIP_RATIO / (length + height) + 2 * core.shrunk), scale)
    return TextBox(chord_box(grown), core.score, chord_box(scale_curve(curve, scale)), grown)


class Core(NamedTuple):
    """The marked middle of one line."""

    rectangle: tuple[tuple[float, float], tuple[float, float], float]
    """Centre, size and angle as cv2.minAreaRect gives them."""
    score: float
    shrunk: float
    """How far its edge was taken back to part it from its neighbours, px."""
    curve: Curve | None = None
    """Centre of a bent line, px of the map."""


def line_cores(probability: FloatMap) -> list[Core]:
    """Connected areas of a probability map, parted where several lines run into one.

    On crowded walls descenders and words between the lines tie neighbouring lines together. Such an area has rows of ink one above
    the other and its rectangle is badly filled; it is cut at rising thresholds, then by taking its edge back, until its parts are lines.
    """
    # two pixels wide, as the network was published: gaps of one pixel between words are no gaps
    marked = cv2.dilate((probability > PIXEL_THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    return [core for area in _areas(marked) for core in _part(probability, area, 0)]


class _Area(NamedTuple):
    mask: npt.NDArray[np.uint8]
    """1 inside, cut to its bounds."""
    x: int
    y: int


def _areas(mask: npt.NDArray[np.bool_], x: int = 0, y: int = 0) -> list[_Area]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found = []
    for label in range(1, len(stats)):
        left, top, w, h, area = (int(v) for v in stats[label])
        if min(w, h) >= 2 and area >= SMALLEST_SIDE_PX:
            part = (labels[top : top + h, left : left + w] == label).astype(np.uint8)
            found.append(_Area(part, x + left, y + top))
    return found


def _is_several_lines(mask: npt.NDArray[np.uint8], rectangle: tuple[tuple[float, float], tuple[float, float], float]) -> bool:
    """Whether, with the area turned level, much of its length has two runs of ink one above the other."""
    centre, (w, h), angle = rectangle
    if w < h:
        (w, h), angle = (h, w), angle + 90
    turn = cv2.getRotationMatrix2D(centre, angle, 1.0)
    turn[:, 2] += np.asarray((w / 2 - centre[0], h / 2 - centre[1]))
    level = cv2.warpAffine(mask, turn, (round(w) + 1, round(h) + 1), flags=cv2.INTER_NEAREST)
    padded = np.pad(level, ((1, 0), (0, 0))).astype(np.int8)
    runs = (np.diff(padded, axis=0) == 1).sum(axis=0)
    inked = runs > 0
    return bool(inked.any()) and float((runs[inked] > 1).mean()) > DOUBLED


def _part(probability: FloatMap, area: _Area, level: int, shrunk: float = 0.0) -> list[Core]:
    points = cv2.findNonZero(area.mask)
    (cx, cy), (w, h), angle = cv2.minAreaRect(points)
    centre, w, h = (cx, cy), w + 1, h + 1  # pixel centres to pixel edges
    here = probability[area.y : area.y + area.mask.shape[0], area.x : area.x + area.mask.shape[1]]
    score = _mean_inside(probability, cv2.boxPoints(((centre[0] + area.x, centre[1] + area.y), (w, h), angle)))
    if min(w, h) < SMALLEST_SIDE_PX - 2:
        return []
    bent = _bend(probability, area, here) if level == 0 else None
    if bent is not None:
        return [bent]
    if score < BOX_THRESHOLD:
        if level == len(CUTS) or not _is_several_lines(area.mask, (centre, (w, h), angle)):
            return []
        threshold, taken = CUTS[level]
        inside = (here > threshold) & (area.mask > 0)
        back = taken * min(w, h)
        if back:
            inside = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 3) > back
        parts = _areas(inside, area.x, area.y)
        largest = max((int(a.mask.sum()) for a in parts), default=0)
        parts = [a for a in parts if a.mask.sum() >= LEAST_PART * largest]
        if len(parts) > 1:
            return [core for a in parts for core in _part(probability, a, level + 1, shrunk + back)]
        return _part(probability, area, level + 1, shrunk)
    return [Core(((centre[0] + area.x, centre[1] + area.y), (w, h), angle), score, shrunk)]


def _bend(probability: FloatMap, area: _Area, here: FloatMap) -> Core | None:
    """The area as one bent line. The network smears the hollow side of an arc, so its surer middle is tried, too."""
    for threshold in BENT_AT:
        mask = ((here > threshold) & (area.mask > 0)).astype(np.uint8)
        points = cv2.findNonZero(mask)
        if points is None:
            return None
        (cx, cy), (w, h), angle = cv2.minAreaRect(points)
        rectangle = ((cx, cy), (w + 1, h + 1), angle)
        curve = fit_curve(mask, rectangle)
        if curve is None:
            continue
        curve = shift(curve, area.x, area.y)
        score = mean_along(probability, curve)
        if score >= BOX_THRESHOLD:
            return Core(((cx + area.x, cy + area.y), (w + 1, h + 1), angle), score, 0.0, curve)
    return None


def _mean_inside(probability: FloatMap, points: npt.ArrayLike) -> float:
    """Mean of the map inside a convex polygon."""
    p = np.asarray(points, float)
    h, w = probability.shape
    x0, y0 = np.clip(np.floor(p.min(axis=0)).astype(int), 0, (w - 1, h - 1))
    x1, y1 = np.clip(np.ceil(p.max(axis=0)).astype(int), 0, (w - 1, h - 1))
    mask = np.zeros((y1 - y0 + 1, x1 - x0 + 1), np.uint8)
    cv2.fillPoly(mask, [np.round(p - (x0, y0)).astype(np.int32)], 1)
    return float(cv2.mean(probability[y0 : y1 + 1, x0 : x1 + 1], mask)[0])


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
