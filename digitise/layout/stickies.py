"""Finds sticky notes and cards in a photo, each with its outline, colour name and confidence.

Flat zones (zones.py) are judged one by one: are they rectangles, of a note's shape, set off from what lies round them on
all sides, and coloured? Then all together: pads on one wall come in few sizes, so the sure ones vouch for the rest. Of
those that overlap, the set that explains most area best is kept. Precision matters as much as recall: a false note tears
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
from digitise.layout.colours import White, estimate_white, name_colour, name_oklab, to_oklab
from digitise.layout.evidence import gather_evidence
from digitise.layout.zones import Zone, edge_strength, find_zones
from digitise.model import Colour, Point, Quad

RGBImage = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]

ACCEPT = 0.38
"""Confidence from which a zone is called a sticky. On real photos 9 of 10 true notes score 0.74 or more and 97 of 100 over
0.6; small notes on crowded walls reach down to here, and so do screens and chairs."""
SURE = 0.6
"""Score from which a zone counts as a sure note, whose size the others are compared with."""
FAINT = 0.1
"""Scores up to here are not followed up."""
QUORUM = 3
"""So many sure notes make a size that others are held to."""

MIN_RECTANGULARITY = 0.70
FULL_RECTANGULARITY = 0.88
"""Patch area by rectangle area: flat notes 0.9 and more, curled ones 0.8, hands, letters and drawings mostly under 0.7."""
MAX_ASPECT = 2.6
ASPECT_WIDTH = 0.9
"""Log aspect at which trust falls to 1/e: squares 1, index cards (5:3) 0.72, two squares side by side 0.55."""
MAX_ROUNDNESS = 0.77
"""Area by that of the enclosing circle: squares 0.64, rounded and curled notes up to 0.72, vote dots over 0.85."""
STRENGTH = (0.03, 0.05)
"""Colour strength (see colours.py): paper and boards up to 0.02, the palest pads 0.04."""
CHROMA = (0.018, 0.032)
"""OKLab chroma: the palest blue pad measures 0.035, noise in dark corners of a room 0.02."""
LIGHTNESS = (0.36, 0.55)
"""OKLab lightness beside paper's 0.95; notes in shadow measure 0.5 and more, furniture and floors less."""
APART = (0.4, 0.85)
FILLED = (0.4, 0.65)
"""Share of a note that has its colour: thick marker writing leaves 0.7, coloured letters on paper fill less than half."""
CLEAR_SEAM = 0.92
"""Seam along this share of a side: it parts two notes even where it is faint. Less than this a piece must stand by itself."""
FOREIGN = (0.05, 0.45)
"""A note at the corner of a touching group has half its outline on the ground, one inside it none (its size must tell)."""
DRAWN = (0.33, 0.55)
"""Real notes show up to 0.26 where thick writing runs along their edge."""
BROWN_TRUST = 0.5
"""Brown zones are mostly table, floor or cork; brown card is rare."""
SMALL_SIDE_PX = (18.0, 34.0)
"""Zones with a shorter side than this (working px) lose trust: few people can write on them."""
LONE_SIDE_PX = (24.0, 48.0)
"""Without other notes to compare with, a zone must have this side (working px): letters and dots are smaller."""
SAME_SIZE = 0.22
"""Log side within which two notes count as of one size: perspective stretches a wall by about that."""
TOO_SMALL, TOO_LARGE = -0.7, 0.9
"""Log side beside the typical sure note: flags, dots and letters; sheets and tables."""
OVERLAP = 0.3
"""Share of the smaller note that another may cover; layered notes on a wall hide up to a third of each other."""
PARTS_BONUS = 1.3
"""Two or more alike parts are worth more than the whole that they fill nearly."""
PARTS_COVER, PART_SCORE = 0.6, 0.5
"""Parts speak against the whole if those of like size fill this share of it, each with at least this score."""
TINT_APART = 0.06
"""Shading-free colour distance of different pads: canary and lime differ by 0.08, one pad in sun and shadow by 0.03."""

WORK_SIDE_PX = 1600
"""Longer side of the working picture: a note that can be read in a 12 MP photo is over 18 px there."""
MAX_ENLARGE = 3.0


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
    """RGB 0..255."""
    tint: FloatArray
    """Shading-free colour (a/L, b/L)."""
    area: float
    shape: float
    """How much it looks like a note whatever it hangs on, 0..1."""
    score: float

    @property
    def side(self) -> float:
        return math.sqrt(self.area)


def find_stickies(rgb: RGBImage, line_quads: Sequence[Quad] = ()) -> list[Sticky]:
    """Sticky notes and cards, best first.

    rgb: uint8 (H, W, 3). line_quads: lines of writing found in it, photo px; a line never crosses a note's edge.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < 8:
        return []
    scale = min(MAX_ENLARGE, WORK_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    work = cast(RGBImage, cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))
    ratio = np.array([width / size[0], height / size[1]], np.float32)
    white = estimate_white(work)
    edges = edge_strength(work)
    lab = to_oklab(cast(RGBImage, cv2.GaussianBlur(work, (0, 0), 1.5)), white)

    alone = _judge_all(list(find_zones(work, edges, lab)), lab, edges, white)
    lines = [np.asarray(q, np.float32) / ratio for q in line_quads]
    alone = [c._replace(shape=c.shape * (f := _respect_lines(c, lines)), score=c.score * f) for c in alone]
    sure = [c for c in _choose(alone) if c.score >= SURE]
    chosen = _choose([c for c in (_compare(c, sure) for c in alone) if c.score > FAINT])
    return [
        Sticky(order_corners(np.clip(c.corners * ratio, 0, (width, height))), name_colour(c.colour, white), round(min(1.0, c.score), 3))
        for c in sorted(chosen, key=lambda c: -c.score)
        if c.score >= ACCEPT
    ]


def _ramp(value: float, span: tuple[float, float]) -> float:
    """0 under the span, 1 over it, straight in between."""
    return min(1.0, max(0.0, (value - span[0]) / (span[1] - span[0])))


def _judge_all(zones: Sequence[Zone], lab: FloatArray, edges: FloatArray, white: White) -> list[_Candidate]:
    if not zones:
        return []
    colours = to_oklab(np.array([z.colour for z in zones]).round().astype(np.uint8), white)
    return [c for z, inside in zip(zones, colours, strict=True) if (c := _judge(z, inside, lab, edges)) is not None]


def _judge(zone: Zone, inside: FloatArray, lab: FloatArray, edges: FloatArray) -> _Candidate | None:
    """A zone by itself, or None if it cannot be a note. inside: its OKLab colour."""
    light, a, b = (float(v) for v in inside)
    lengths = np.linalg.norm(zone.corners - np.roll(zone.corners, 1, axis=0), axis=1)
    sides = (float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2)
    aspect = max(sides) / max(min(sides), 1.0)
    if zone.roundness > MAX_ROUNDNESS or aspect > MAX_ASPECT or light < LIGHTNESS[0]:
        return None
    form = (
        _ramp(zone.rectangularity, (MIN_RECTANGULARITY, FULL_RECTANGULARITY))
        * math.exp(-((math.log(aspect) / ASPECT_WIDTH) ** 2))
        * _ramp(math.hypot(a, b) / light, STRENGTH)
        * _ramp(math.hypot(a, b), CHROMA)
        * _ramp(light, LIGHTNESS)
        * (0.5 + 0.5 * _ramp(zone.oneness, (0.55, 0.85)))
        * (0.4 + 0.6 * _ramp(min(sides), SMALL_SIDE_PX))
        * (BROWN_TRUST if name_oklab(light, a, b) == "brown" else 1.0)
    )
    if form <= FAINT:
        return None
    evidence = gather_evidence(zone.corners, inside, lab, edges, blob=zone.blob if zone.oneness >= CLEAR_SEAM else None)
    shape = form * _ramp(evidence.apart, APART) * _ramp(evidence.filled, FILLED) * (1 - 0.9 * _ramp(evidence.drawn, DRAWN))
    if shape <= FAINT:
        return None
    return _Candidate(zone.corners, zone.colour, inside[1:] / light, sides[0] * sides[1], shape, shape * _ramp(evidence.foreign, FOREIGN))


def _compare(c: _Candidate, sure: Sequence[_Candidate]) -> _Candidate:
    """Judge a candidate again in the light of the photo's sure notes."""
    if len(sure) < QUORUM:
        return c._replace(score=c.score * _ramp(c.side, LONE_SIDE_PX))
    ratios = np.array([math.log(c.side / s.side) for s in sure])
    fits = _ramp(float((np.abs(ratios) < SAME_SIZE).mean()), (0.0, 0.3))
    score = max(c.score, 0.8 * c.shape * fits) * (0.85 + 0.3 * fits)
    typical = float(np.median(ratios))
    return c._replace(score=score * (0.35 if typical < TOO_SMALL else 0.3 if typical > TOO_LARGE else 1.0))


def _respect_lines(c: _Candidate, lines: Sequence[FloatArray]) -> float:
    """1, or less where lines of writing run across the candidate's edge: down to a half when all of its lines do."""
    low, high = c.corners.min(axis=0), c.corners.max(axis=0)
    inner = crossing = 0
    for quad in lines:
        if (quad.max(axis=0) < low).any() or (quad.min(axis=0) > high).any():
            continue
        start, end = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
        points = start + np.linspace(0.05, 0.95, 13, dtype=np.float32)[:, None] * (end - start)
        share = float(np.mean([cv2.pointPolygonTest(c.corners, (float(x), float(y)), False) >= 0 for x, y in points]))
        inner += share > 0.8
        crossing += 0.2 < share <= 0.8
    return 1 - 0.5 * crossing / (inner + crossing) if crossing else 1.0


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
        under = [int(j) for j in near if _overlap(c, order[j]) > OVERLAP]
        other = [j for j in under if order[j].area < 0.4 * c.area and _differ(c, order[j])]
        if sum(order[j].score >= SURE for j in other) >= QUORUM:
            continue
        rivals = [j for j in under if j not in other]
        parts = [order[j] for j in rivals if order[j].score > PART_SCORE]
        middle = sorted(o.area for o in parts)[len(parts) // 2] if parts else 0.0
        alike = sum(o.area for o in parts if middle / 1.6 < o.area < 1.6 * middle) > PARTS_COVER * c.area and len(parts) >= 2
        if c.score * c.area > (PARTS_BONUS if alike else 1.0) * sum(order[j].score * order[j].area for j in rivals):
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
    return bool(np.hypot(*(a.tint - b.tint)) > TINT_APART)


def _overlap(a: _Candidate, b: _Candidate) -> float:
    """Shared area by the smaller area."""
    shared, _ = cv2.intersectConvexConvex(a.corners, b.corners)
    return float(shared) / max(min(a.area, b.area), 1.0)
