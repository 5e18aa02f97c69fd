"""Finds sticky notes and cards in a photo, each with its outline, colour name and confidence.

Flat zones (zones.py) are judged one by one: are they rectangles, of a note's shape, set off from what lies round them on
all sides, coloured, and do they hold whole lines of writing? Then all together (choosing.py). Precision matters as much as
recall: a false note tears a sheet's text apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import order_corners
from digitise.layout.choosing import (
    COVERED_RECTANGULARITY,
    FAINT,
    FULL_RECTANGULARITY,
    ONE_PAD,
    PALE_GROUND,
    SURE,
    WHITE_SIZE,
    WRITTEN_LIGHTNESS,
    Candidate,
    choose,
    compare,
    differ,
    find_lonely,
    find_pale,
    ramp,
    rate,
    shapes_of_known,
    share_hidden,
)
from digitise.layout.colours import WHITE_LIGHTNESS, White, estimate_white, name_colour, name_oklab, to_oklab
from digitise.layout.evidence import Evidence, Patches, gather_evidence
from digitise.layout.inscriptions import cut_joined_lines, read_inscriptions
from digitise.layout.zones import Zone, edge_strength, find_zones
from digitise.model import Colour, Container, Point, Quad

RGBImage = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]

ACCEPT = 0.38
"""Confidence from which a zone is called a sticky. On real photos 9 of 10 true notes that are found score 0.74 or more and 96 of 100 over
0.6; small notes on crowded walls reach down to here, and so do screens and chairs."""
RIMMED = (0.7, 0.95)
"""Share of its outline along which an edge must run for a torn patch's hull to count as a note's form: drawn upon notes show it on
0.95 and more, two notes that hang askew side by side up to 0.8."""
SOLID = 0.8
"""Share of its hull that a patch without bays fills: curled notes and those with a covered corner 0.84 and more, a fat letter H 0.7."""
MAX_ASPECT = 2.6
ASPECT_WIDTH = 0.9
"""Log aspect at which trust falls to 1/e: squares 1, index cards (5:3) 0.72, two squares side by side 0.55."""
MAX_ROUNDNESS = 0.77
"""Area by that of the enclosing circle: squares 0.64, rounded and curled notes up to 0.72, vote dots over 0.85."""
STRENGTH = (0.03, 0.05)
"""Colour strength (see colours.py): paper and boards up to 0.02, the palest pads 0.04."""
CHROMA = (0.018, 0.032)
"""OKLab chroma: the palest blue pad measures 0.035, noise in dark corners of a room 0.02."""
APART = (0.4, 0.85)
FILLED = (0.4, 0.65)
"""Share of a note that has its colour: thick marker writing leaves 0.7, coloured letters on paper fill less than half."""
CLEAR_SEAM = 0.92
"""Seam along this share of a side: it parts two notes even where it is faint. Less than this a piece must stand by itself."""
DRAWN = (0.33, 0.55)
"""Real notes show up to 0.26 where thick writing runs along their edge."""
BROWN_TRUST = 0.5
"""Brown zones are mostly table, floor or cork; brown card is rare."""
SMALL_SIDE_PX = (18.0, 34.0)
"""Zones with a shorter side than this (working px) lose trust: few people can write on them."""

MAX_CUT_ASPECT, FRAME_PX = 4.0, 6.0
"""A note cut off by the photo's frame shows a strip of it; such a strip ends this close to the frame (working px)."""
CUT_GROUND = (0.2, 0.5)
"""Share of a cut note's visible outline on other ground below which it is none; choosing.py asks for more where no others vouch for it."""
ALIKE, ALIKE_STEPS = 0.06, 10
"""Zones whose centres differ by less than this share of their side, and whose areas by less than 1/10 in log, are one."""

PAGE_LINES = 9
"""White pieces that hold as many lines are pages: on cards people write one thought."""
CARD_ASPECT = 1.3
"""Index cards are 3 by 5, 4 by 6 or 5 by 8 inches or A6 and A5: longer than wide by 1.4 and more, seen at a slant by 1.3."""

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
    container: Container = "sticky"
    """'card' and 'paper' only for white ones: coloured pads come in all formats."""


def find_stickies(rgb: RGBImage, line_quads: Sequence[Quad] = ()) -> list[Sticky]:
    """Sticky notes and cards, best first.

    rgb: uint8 (H, W, 3). line_quads: all lines of writing found in it, photo px; () if it has not been read.
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

    lines = np.array(line_quads, np.float32).reshape(-1, 4, 2) / ratio
    alone = _add_writing(_judge_all(list(find_zones(work, edges, lab)), lab, edges, white), lines)
    sure = _choose_sure(alone)
    alone = [rate(c, hidden=share) for c, share in zip(alone, share_hidden(alone, sure), strict=True)]
    sure = _choose_sure(alone)
    pale = find_pale(alone, sure)
    lonely = find_lonely(alone, sure) if len(lines) else [False] * len(alone)
    judged = zip(alone, lonely, pale, shapes_of_known(alone, sure), strict=True)
    compared = (compare(c, sure, lonely=bool(is_lonely), pale=p, known=shape) for c, is_lonely, p, shape in judged)
    chosen = sorted((c for c in choose([c for c in compared if c.score > FAINT]) if c.score >= ACCEPT), key=lambda c: -c.score)
    return [
        Sticky(order_corners(np.clip(c.corners * ratio, 0, (width, height))), colour, round(min(1.0, c.score), 3), _name_kind(c))
        for c, colour in zip(chosen, _name_pads(chosen, white), strict=True)
    ]


def _judge_all(zones: Sequence[Zone], lab: FloatArray, edges: FloatArray, white: White) -> list[Candidate]:
    if not zones:
        return []
    colours = to_oklab(np.array([z.colour for z in zones]).round().astype(np.uint8), white)
    best: dict[tuple[int, ...], tuple[float, Zone, Candidate]] = {}
    for zone, inside in zip(zones, colours, strict=True):
        c = _judge_form(zone, inside, (edges.shape[1], edges.shape[0]))
        if c is None:
            continue
        # Of zones that are nearly the same, found at other edge strengths, only the best goes on: evidence costs time.
        step = max(2.0, ALIKE * c.side)
        key = (*(round(float(v)) for v in c.centre / step), round(ALIKE_STEPS * math.log(c.area)))
        worth = c.form * max(c.tinted, FAINT) * c.rectangularity * c.oneness
        if key not in best or best[key][0] < worth:
            best[key] = worth, zone, c
    if not best:
        return []
    _, kept, formed = zip(*best.values(), strict=True)
    blobs = [z.blob if z.oneness >= CLEAR_SEAM else None for z in kept]
    patches = Patches(np.stack([c.corners for c in formed]), np.stack([c.tint * c.light for c in formed]), blobs)
    found = gather_evidence(patches, lab, edges)
    judged = [judged for c, e in zip(formed, found, strict=True) if (judged := _judge_ground(c, e)) is not None]
    return _look_past_neighbours(judged, lab, edges)


def _look_past_neighbours(candidates: Sequence[Candidate], lab: FloatArray, edges: FloatArray) -> list[Candidate]:
    """Pale patches judged again by the ground alone: on a crowded wall, what lies a little farther off is the next card."""
    fair = [c for c in candidates if c.form > SURE and c.rectangularity > FULL_RECTANGULARITY]
    pale = [c for c in fair if c.tinted < 1 and c.light > WHITE_LIGHTNESS and c.raised < PALE_GROUND[1]]
    if not pale:
        return list(candidates)
    centres, sides = np.stack([c.centre for c in fair]), np.array([c.long_side for c in fair])
    beside = []
    for c in pale:
        far = np.linalg.norm(centres - c.centre, axis=1)
        near = (far > c.side / 2) & (far < 2.5 * c.long_side) & (np.abs(np.log(sides / c.long_side)) < WHITE_SIZE[1])
        beside.append(np.array([fair[i].corners for i in np.flatnonzero(near)], np.float32).reshape(-1, 4, 2))
    patches = Patches(np.stack([c.corners for c in pale]), np.stack([c.tint * c.light for c in pale]), [None] * len(pale), beside)
    found = gather_evidence(patches, lab, edges)
    raised = {id(c): e.raised for c, e in zip(pale, found, strict=True)}
    return [c._replace(raised=raised.get(id(c), c.raised)) for c in candidates]


def _judge_form(zone: Zone, inside: FloatArray, size: tuple[int, int]) -> Candidate | None:
    """A zone by its form and colour, or None if it cannot be a note. inside: its OKLab colour; size: (width, height) px."""
    light, a, b = (float(v) for v in inside)
    if zone.roundness > MAX_ROUNDNESS or light < WRITTEN_LIGHTNESS[0] or max(zone.rectangularity, zone.hull) < COVERED_RECTANGULARITY:
        return None
    lengths = np.linalg.norm(zone.corners - np.roll(zone.corners, 1, axis=0), axis=1)
    sides = (float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2)
    aspect = max(sides) / max(min(sides), 1.0)
    cut = _is_cut(zone.corners, size)
    if aspect > (MAX_CUT_ASPECT if cut else MAX_ASPECT):
        return None
    strength, chroma = math.hypot(a, b) / light, math.hypot(a, b)
    tinted = ramp(strength, STRENGTH) * ramp(chroma, CHROMA)
    if tinted <= FAINT and light < WHITE_LIGHTNESS:
        return None
    form = (
        (1.0 if cut else _trust_aspect(aspect))
        * (0.4 + 0.6 * ramp(min(sides), SMALL_SIDE_PX))
        * (BROWN_TRUST ** (1 + cut) if tinted > FAINT and name_oklab(light, a, b) == "brown" else 1.0)
    )
    if form <= FAINT:
        return None
    area = sides[0] * sides[1]
    tint = cast(FloatArray, inside / light)
    fill, one = zone.rectangularity, zone.oneness  # how far its hull counts, the ground will tell
    return Candidate(zone.corners, zone.colour, tint, light, area, max(sides), cut, form, tinted, fill, one, 0.0, 0.0, mended=zone.hull)


def _judge_ground(c: Candidate, evidence: Evidence) -> Candidate | None:
    """The candidate in the light of what stands round it, or None if that speaks against a note."""
    form = c.form * ramp(evidence.apart, APART) * ramp(evidence.filled, FILLED) * (1 - 0.9 * ramp(evidence.drawn, DRAWN))
    if c.cut:
        form *= max(_trust_aspect(c.long_side**2 / c.area), ramp(evidence.foreign, CUT_GROUND))
    solid = c.rectangularity if c.rectangularity > SOLID * c.mended else 0.0
    mended = max(solid, c.mended * ramp(evidence.rimmed, RIMMED)) if c.mended else 0.0
    if form <= FAINT or max(c.rectangularity, mended) < COVERED_RECTANGULARITY:
        return None
    return c._replace(form=form, mended=mended, foreign=evidence.foreign, raised=evidence.raised)


def _trust_aspect(aspect: float) -> float:
    return math.exp(-((math.log(aspect) / ASPECT_WIDTH) ** 2)) if aspect <= MAX_ASPECT else 0.0


def _is_cut(corners: FloatArray, size: tuple[int, int]) -> bool:
    """Does a long side lie along the photo's frame, so that the note goes on beyond it? size: (width, height) px."""
    if corners.min() > FRAME_PX and (corners.max(axis=0) < np.array(size) - 1 - FRAME_PX).all():
        return False
    ends = np.stack([corners, np.roll(corners, -1, axis=0)])
    lengths = np.linalg.norm(ends[1] - ends[0], axis=1)
    at_frame = np.any((ends < FRAME_PX).all(axis=0) | (ends > np.array(size) - 1 - FRAME_PX).all(axis=0), axis=1)
    return bool(np.any(at_frame & (lengths > lengths.mean())))


def _add_writing(candidates: Sequence[Candidate], lines: FloatArray) -> list[Candidate]:
    """The candidates rated, with the lines of writing taken into account. lines: (m, 4, 2), working px."""
    plain = [rate(c) for c in candidates]
    if not len(lines) or not plain:
        return plain
    notes = _choose_sure(plain)
    ids = _number_pads(notes)
    lines = cut_joined_lines(lines, np.stack([c.corners for c in notes]), ids) if notes else lines
    found = read_inscriptions(np.stack([c.corners for c in plain]), lines)
    return [rate(c._replace(writing=w)) for c, w in zip(plain, found, strict=True)]


def _choose_sure(candidates: Sequence[Candidate]) -> list[Candidate]:
    return [c for c in choose([c for c in candidates if c.score > FAINT]) if c.score >= SURE]


def _name_pads(notes: Sequence[Candidate], white: White) -> list[Colour]:
    """The colour name of each note: that of all notes like it, so that a hue between two names does not part a pad."""
    tints = np.array([c.tint for c in notes]).reshape(-1, 3)
    colours = np.array([c.colour for c in notes]).reshape(-1, 3)
    alike = np.linalg.norm(tints[:, None] - tints[None], axis=2) < ONE_PAD
    return [name_colour(colours[mine], white) for mine in alike]


def _name_kind(c: Candidate) -> Container:
    """What a found note is made of."""
    if c.tinted > FAINT:
        return "sticky"
    if c.writing.held >= PAGE_LINES:
        return "paper"
    return "card" if c.long_side**2 > CARD_ASPECT * c.area else "sticky"


def _number_pads(notes: Sequence[Candidate]) -> list[int]:
    """For each note the first one of its colour."""
    return [next(j for j, other in enumerate(notes) if not differ(c, other)) for c in notes]
