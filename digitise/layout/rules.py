"""Lines that people draw between things: solid, dashed, dotted and wavy rules, and the sides of boxes.

Graphic recorders and facilitators part columns and items by such lines. They are kept as straight segments; whether two rows of
writing are parted is then a question of geometry: do the lines of sight from one to the other cross a rule?
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt
from shapely import STRtree, linestrings

from digitise.geometry import FloatArray, quad_size
from digitise.layout.strokes import Pieces, Strokes
from digitise.model import Point, Quad

RgbArray = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

LEAST_LENGTH = 2.2
"""Shortest rule, in line heights of the sheet: longer than any stroke of a letter (T-bars of drawn titles belong to larger lines)."""
WAVE = 0.22
"""A drawn line that stays within this many line heights of a straight one is straight; waves and wobbles do."""
CORE = 0.5
"""Middle share of a line box's height that writing fills for certain; ink there is letters, not rules."""
DASH_GAP = 1.3
"""Dashes and dots up to this many line heights apart make one rule."""
DASH_SIZE = 2.2
"""Longest dash, in line heights; longer strokes are rules of their own."""
LEAST_DASHES = 3
FAINTEST = 0.55
"""A rule is drawn at least this strongly, measured by the writing's own contrast: the grid of squared paper, folds and wood are fainter."""
STRETCH_PX = 3
"""Width in which a rule's ink is looked at, px of the working size."""
BESIDE = (0.2, 0.35)
"""How far beside a stretch, in line heights, there must be hardly any ink: letters that touch make a straight edge, but they are higher."""
MOST_BESIDE = 0.35
FLAT = 0.45
"""A dashed rule is at most this many line heights thick."""
SIGHT_LINES = 7
MOSTLY = 0.6
"""Share of the lines of sight that must be crossed: an underline under one word of a row does not part it from the next one."""


class Rules(NamedTuple):
    """All rules of a photo."""

    segments: npt.NDArray[np.float64]
    """(N, 2, 2): end points, photo px."""
    tree: STRtree

    def cross(self, sights: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which of the lines of sight (N, 2, 2; photo px) cross a rule."""
        crossed = np.zeros(len(sights), bool)
        if len(self.segments) and len(sights):
            crossed[self.tree.query(linestrings(sights), predicate="intersects")[0]] = True
        return crossed


def no_rules() -> Rules:
    return Rules(np.zeros((0, 2, 2)), STRtree([]))


def find_rules(strokes: Strokes, line_quads: Sequence[Quad]) -> Rules:
    """Rules drawn in a photo; line_quads: the lines of writing (photo px), whose strokes are no rules and whose height is the measure."""
    if not line_quads:
        return no_rules()
    small, drawn, scale = strokes.rgb, strokes.drawn, strokes.scale
    height = scale * float(np.median([quad_size(q)[1] for q in line_quads]))
    cores = _line_cores(small.shape[:2], line_quads, scale, share=CORE)
    boxes = _line_cores(small.shape[:2], line_quads, scale, share=1.0)
    contrast = _contrast(small, height)
    inked = contrast[(drawn > 0) & (cores > 0)]
    faintest = FAINTEST * float(np.quantile(inked, 0.75)) if inked.size else 0.0
    segments = [*_solid(drawn, cores, boxes, height), *_dashed(strokes.pieces, cores, height)]
    segments = [s for s in segments if _strength(contrast, drawn, s) >= faintest]
    if not segments:
        return no_rules()
    array = np.asarray(segments, np.float64) / scale
    return Rules(array, STRtree(linestrings(array)))


def _contrast(rgb: RgbArray, height: float) -> FloatArray:
    """How much darker than its surroundings each pixel is, in grey levels (H, W)."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = 2 * max(2, round(height)) + 1
    return cast(FloatArray, cv2.blur(grey, (side, side)) - grey)


def _strength(contrast: FloatArray, drawn: Mask, segment: tuple[Point, Point]) -> float:
    """Contrast of the ink along a stretch: its upper quartile, for the edges of strokes are pale."""
    ends = np.round(np.asarray(segment)).astype(int)
    left, top = np.maximum(ends.min(axis=0) - STRETCH_PX, 0).tolist()
    right, bottom = (ends.max(axis=0) + STRETCH_PX + 1).tolist()
    ink = drawn[top : max(0, bottom), left : max(0, right)]
    if not ink.size:
        return 0.0
    stretch = np.zeros(ink.shape, np.uint8)
    a, b = (ends - (left, top)).tolist()
    cv2.line(stretch, a, b, 255, STRETCH_PX)
    inked = contrast[top:bottom, left:right][(stretch > 0) & (ink > 0)]
    return float(np.quantile(inked, 0.75)) if inked.size else 0.0


def _line_cores(shape: tuple[int, ...], line_quads: Sequence[Quad], scale: float, *, share: float) -> Mask:
    """255 in the middle `share` of the height of each line of writing."""
    mask = np.zeros(shape[:2], np.uint8)
    for quad in line_quads:
        tl, tr, br, bl = (np.asarray(p, float) * scale for p in quad)
        inset = (1 - share) / 2
        core = [tl + (bl - tl) * inset, tr + (br - tr) * inset, br - (br - tr) * inset, bl - (bl - tl) * inset]
        cv2.fillPoly(mask, [np.round(core).astype(np.int32)], 255)
    return mask


def _solid(drawn: Mask, cores: Mask, boxes: Mask, height: float) -> list[tuple[Point, Point]]:
    """Long straight stretches of the outlines of all ink, outside the middles of lines of writing."""
    contours, _ = cv2.findContours(drawn, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    found = []
    for contour in contours:
        if len(contour) < LEAST_LENGTH * height:
            continue
        corners = cv2.approxPolyDP(contour, max(1.5, WAVE * height), True)[:, 0].astype(float)
        for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if np.linalg.norm(b - a) < LEAST_LENGTH * height or _share_at(cores, a, b) > 0.3:
                continue
            if _share_at(boxes, a, b) < 0.5 or _is_thin(drawn, a, b, height):
                found.append(((float(a[0]), float(a[1])), (float(b[0]), float(b[1]))))
    return found


def _share_at(mask: Mask, a: FloatArray, b: FloatArray) -> float:
    """Share of a stretch that lies in a mask."""
    points = np.linspace(a, b, 24).round().astype(int)
    return float((mask[points[:, 1].clip(0, mask.shape[0] - 1), points[:, 0].clip(0, mask.shape[1] - 1)] > 0).mean())


def _is_thin(drawn: Mask, a: FloatArray, b: FloatArray, height: float) -> bool:
    """Whether there is hardly any ink on both sides of a stretch, which letters would leave."""
    along = (b - a) / np.linalg.norm(b - a)
    across = np.asarray((-along[1], along[0]))
    steps = [d * height for d in np.linspace(*BESIDE, 3)]
    return all(np.mean([_share_at(drawn, a + sign * d * across, b + sign * d * across) for d in steps]) < MOST_BESIDE for sign in (-1, 1))


def _dashed(ink: Pieces, cores: Mask, height: float) -> list[tuple[Point, Point]]:
    """Rows of dashes or dots: small pieces of ink outside the lines of writing, in a straight row."""
    labels, stats = ink.labels, ink.stats
    if len(stats) < LEAST_DASHES:
        return []
    touched = np.unique(labels[cores > 0])
    longest = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    small = (longest <= DASH_SIZE * height) & (stats[:, cv2.CC_STAT_AREA] >= 3)
    small[0] = False
    small[touched] = False
    pieces = small[labels].astype(np.uint8)
    found = []
    for kernel in (np.ones((1, max(3, round(DASH_GAP * height))), np.uint8), np.ones((max(3, round(DASH_GAP * height)), 1), np.uint8)):
        joined = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, kernel)
        n, groups, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for i in range(1, n):
            x, y, w, h = (int(v) for v in boxes[i, :4])
            if max(w, h) < LEAST_LENGTH * height:
                continue
            inside = (groups[y : y + h, x : x + w] == i) & (pieces[y : y + h, x : x + w] > 0)
            if len(np.unique(labels[y : y + h, x : x + w][inside])) < LEAST_DASHES:
                continue
            ys, xs = np.nonzero(inside)
            (cx, cy), (rw, rh), angle = cv2.minAreaRect(np.stack([xs, ys], axis=1).astype(np.float32))
            if rw < rh:
                rw, rh, angle = rh, rw, angle + 90
            if rh > FLAT * height or rw < LEAST_LENGTH * height:
                continue
            d = np.asarray((np.cos(np.radians(angle)), np.sin(np.radians(angle)))) * rw / 2
            found.append(((float(x + cx - d[0]), float(y + cy - d[1])), (float(x + cx + d[0]), float(y + cy + d[1]))))
    return found


def are_parted(rules: Rules, upper: tuple[Point, Point], lower: tuple[Point, Point]) -> bool:
    """Whether a rule lies between two edges that face each other (photo px): the middle line of one row and that of the next.

    Lines of sight are drawn between the edges, evenly along both; a rule that most of them cross parts the two.
    """
    t = np.linspace(0.1, 0.9, SIGHT_LINES)[:, None]
    (a, b), (c, d) = np.asarray(upper, float), np.asarray(lower, float)
    sights = np.stack([a + (b - a) * t, c + (d - c) * t], axis=1)
    return bool(rules.cross(sights).mean() >= MOSTLY)
