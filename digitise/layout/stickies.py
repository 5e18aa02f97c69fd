"""Finds sticky notes and cards in a photo, each with its outline, colour name and confidence.

Flat zones (zones.py) are judged one by one: are they rectangles, of a note's shape, set off from what lies round them on
all sides, and coloured? The best of those that overlap is kept. Precision matters as much as recall: a false note tears
a sheet's text apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import order_corners
from digitise.layout.colours import White, estimate_white, name_colour, to_oklab
from digitise.layout.zones import Zone, edge_strength, find_zones
from digitise.model import Colour, Point, Quad

RGBImage = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]

ACCEPT = 0.35
"""Confidence from which a zone is called a sticky."""

MAX_ROUNDNESS = 0.8
"""Area by that of the enclosing circle: squares 0.64, rounded and curled notes up to 0.72, vote dots over 0.85."""
FAINT = 0.1
"""Scores up to here are not followed up."""
SURE = 0.6
"""Score from which a zone counts as a sure note, whose size others are compared with."""
BROWN_TRUST = 0.5
"""Brown zones are mostly table, floor or cork; brown card is rare."""
LONE_SIDE_PX = (24.0, 48.0)
"""Without other notes to compare with, a zone must have this side (working px): letters and dots are smaller."""

CHROMA = (0.018, 0.032)
"""OKLab chroma: the palest blue pad measures 0.035, noise in dark corners of a room 0.02."""
LIGHTNESS = (0.36, 0.55)
"""OKLab lightness beside paper's 0.95; notes in shadow measure 0.5 and more, furniture and floors less."""
SMALL_SIDE_PX = (18.0, 34.0)
"""Zones with a shorter side than this (working px) lose trust: few people can write on them."""

_WORK_SIDE_PX = 1600
_MAX_ENLARGE = 3.0


class Sticky(NamedTuple):
    """A sticky note or card."""

    outline: tuple[Point, ...]
    """Four corners: top left, top right, bottom right, bottom left; photo px."""
    colour: Colour
    confidence: float
    """0..1; never under ACCEPT."""


class _Candidate(NamedTuple):
    corners: FloatArray
    colour: FloatArray
    area: float
    shape: float
    """How much it looks like a note by itself, 0..1."""
    foreign: float
    """Share of its surroundings that have another colour, 0..1."""
    tint: FloatArray
    """Shading-free colour (a/L, b/L)."""
    score: float = 0.0

    @property
    def side(self) -> float:
        return math.sqrt(self.area)


def find_stickies(rgb: RGBImage, line_quads: Sequence[Quad] = ()) -> list[Sticky]:
    """Sticky notes and cards, best first. rgb: uint8 (H, W, 3)."""
    scale = min(_MAX_ENLARGE, _WORK_SIDE_PX / max(rgb.shape[:2]))
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    work = cast(RGBImage, cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))
    white = estimate_white(work)
    edges = edge_strength(work)
    lab = to_oklab(cast(RGBImage, cv2.GaussianBlur(work, (0, 0), 1.5)), white)
    candidates = [c for z in find_zones(work, edges, lab) if (c := _judge(z, lab, edges, white)) is not None]
    alone = [c._replace(score=c.shape * _ramp(c.foreign, 0.05, 0.45)) for c in candidates]
    sure = [c for c in _choose(alone) if c.score >= SURE]
    together = [_compare(c, sure) for c in alone]
    chosen = _choose([c for c in together if c.score > FAINT])
    ratio = np.array([rgb.shape[1] / size[0], rgb.shape[0] / size[1]], np.float32)
    return [
        Sticky(order_corners(c.corners * ratio), name_colour(c.colour, white), round(min(1.0, c.score), 3))
        for c in sorted(chosen, key=lambda c: -c.score)
        if c.score >= ACCEPT
    ]


def _ramp(value: float, low: float, high: float) -> float:
    """0 under low, 1 over high, straight in between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _judge(zone: Zone, lab: FloatArray, edges: FloatArray, white: White) -> _Candidate | None:
    if zone.rectangularity < 0.72 or zone.roundness > MAX_ROUNDNESS:
        return None
    edge_lengths = np.linalg.norm(zone.corners - np.roll(zone.corners, 1, axis=0), axis=1)
    sides = [float(edge_lengths[0] + edge_lengths[2]) / 2, float(edge_lengths[1] + edge_lengths[3]) / 2]
    aspect = max(sides) / min(sides)
    if aspect > 2.6:
        return None
    inside = to_oklab(zone.colour.round().astype(np.uint8), white)
    strength = float(np.hypot(inside[1], inside[2]) / max(float(inside[0]), 1e-3))
    if strength < 0.035 or inside[0] < 0.35:
        return None
    form = (
        _ramp(zone.rectangularity, 0.70, 0.88)
        * math.exp(-((math.log(aspect) / 0.9) ** 2))
        * _ramp(strength, 0.03, 0.05)
        * _ramp(strength * float(inside[0]), *CHROMA)
        * _ramp(float(inside[0]), *LIGHTNESS)
        * (0.5 + 0.5 * _ramp(zone.oneness, 0.55, 0.85))
        * (0.4 + 0.6 * _ramp(min(sides), *SMALL_SIDE_PX))
        * (BROWN_TRUST if name_colour(zone.colour, white) == "brown" else 1.0)
    )
    if form <= FAINT:
        return None
    apart, foreign, drawn = _evidence(zone.corners, inside, lab, edges)
    shape = form * _ramp(apart, 0.4, 0.85) * (1 - 0.9 * _ramp(drawn, 0.35, 0.6))
    return _Candidate(zone.corners, zone.colour, sides[0] * sides[1], shape, foreign, inside[1:] / inside[0]) if shape > FAINT else None


def _compare(c: _Candidate, sure: list[_Candidate]) -> _Candidate:
    """Judge a candidate again in the light of the photo's sure notes: pads on one wall come in few sizes."""
    if len(sure) < 3:
        return c._replace(score=c.score * _ramp(c.side, LONE_SIDE_PX[0], LONE_SIDE_PX[1]))
    ratios = np.array([math.log(c.side / s.side) for s in sure])
    alike = float((np.abs(ratios) < 0.22).mean())
    fits = _ramp(alike, 0.0, 0.3)
    score = max(c.score, c.shape * 0.8 * fits) * (0.85 + 0.3 * fits)
    typical = float(np.median(ratios))
    if typical < -0.7:
        score *= 0.35
    if typical > 0.9:
        score *= 0.3
    return c._replace(score=score)


def _evidence(corners: FloatArray, inside: FloatArray, lab: FloatArray, edges: FloatArray) -> tuple[float, float, float]:
    """Share of the outline that is set off (an edge, or another colour outside), and share where the colour outside differs,
    share where a dark line is drawn between two lighter sides."""
    height, width = edges.shape
    centre = corners.mean(axis=0)
    side = float(min(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[1])))
    along = np.linspace(0.08, 0.92, 14, dtype=np.float32)[:, None]
    points, normals = [], []
    for i in range(4):
        a, b = corners[i - 1], corners[i]
        points.append(a + along * (b - a))
        n = np.array([b[1] - a[1], a[0] - b[0]], np.float32)
        n /= max(float(np.linalg.norm(n)), 1e-6)
        normals.append(np.repeat((n if n @ (centre - a) < 0 else -n)[None], len(along), axis=0))
    p, n = np.concatenate(points), np.concatenate(normals)

    reach = max(3.0, 0.04 * side)
    beyond = (max(5.0, 0.08 * side), max(9.0, 0.2 * side), max(14.0, 0.35 * side))
    near = np.linspace(-reach, 2 * reach, 10)
    offsets = np.array([*near, 4 + 2.5 * reach, *beyond], np.float32)
    q = p[None] + n[None] * offsets[:, None, None]
    visible = (q[..., 0] >= 0) & (q[..., 1] >= 0) & (q[..., 0] < width) & (q[..., 1] < height)
    seen = visible[11]
    if not seen.any():
        return 0.0, 0.0, 0.0
    xs, ys = np.clip(q[..., 0].astype(np.intp), 0, width - 1), np.clip(q[..., 1].astype(np.intp), 0, height - 1)
    colours = lab[ys, xs]
    edge = edges[ys[:7], xs[:7]].max(axis=0)
    drawn = colours[:10, :, 0].min(axis=0) < 0.6 * np.minimum(inside[0], colours[10, :, 0])
    delta = (colours[11] - inside) * np.array([0.5, 2.0, 2.0], np.float32)
    apart = (edge > 2.0) | (np.linalg.norm(delta, axis=1) > 0.08)
    inner = inside[1:] / max(float(inside[0]), 0.05)
    differs = max(0.025, 0.3 * float(np.hypot(inner[0], inner[1])))
    change = np.linalg.norm(colours[11:, :, 1:] / np.maximum(colours[11:, :, :1], 0.05) - inner, axis=2)
    foreign = ((change > differs) | ~visible[11:]).all(axis=0)
    return float(apart[seen].mean()), float(foreign[seen].mean()), float(drawn[seen].mean())


def _choose(candidates: list[_Candidate]) -> list[_Candidate]:
    """The set of hardly overlapping candidates that explains most area best: from small to large, each takes the place of
    those under it if it is worth more than they are."""
    order = sorted(_thin(candidates), key=lambda c: c.area)
    if not order:
        return []
    low, high = (np.array([f(c.corners, axis=0) for c in order]) for f in (np.min, np.max))
    kept: list[int] = []
    for i, c in enumerate(order):
        ids = np.array(kept, int)
        near = ids[((low[ids] < high[i]) & (high[ids] > low[i])).all(axis=1)] if kept else ids
        under = [int(j) for j in near if _overlap(c, order[j]) > 0.3]
        other = [j for j in under if order[j].area < 0.4 * c.area and _differ(c, order[j])]
        if sum(order[j].score >= SURE for j in other) >= 3:
            continue
        rivals = [j for j in under if j not in other]
        parts = [order[j] for j in rivals if order[j].area > 0.1 * c.area and order[j].score > 0.5]
        alike = len(parts) >= 2 and max(o.area for o in parts) < 1.6 * min(o.area for o in parts)
        if c.score * c.area > (1.3 if alike else 1.0) * sum(order[j].score * order[j].area for j in rivals):
            kept = [j for j in kept if j not in rivals] + [i]
    return [order[j] for j in kept]


def _thin(candidates: list[_Candidate]) -> list[_Candidate]:
    """One candidate, the best, of each bunch of nearly equal ones."""
    best: dict[tuple[int, ...], _Candidate] = {}
    for c in candidates:
        step = max(3.0, 0.05 * c.side)
        x, y = c.corners.mean(axis=0) / step
        key = (round(float(x)), round(float(y)), round(8 * math.log(c.area)))
        if key not in best or best[key].score < c.score:
            best[key] = c
    return list(best.values())


def _differ(a: _Candidate, b: _Candidate) -> bool:
    return bool(np.hypot(*(a.tint - b.tint)) > 0.06)


def _overlap(a: _Candidate, b: _Candidate) -> float:
    """Shared area by the smaller area."""
    shared, _ = cv2.intersectConvexConvex(a.corners, b.corners)
    return float(shared) / max(min(a.area, b.area), 1.0)
