"""Judges candidates for sticky notes together: which of those that overlap stand, and what the photo's sure notes tell of the rest.

Pads on one wall come in few sizes, so the sure notes vouch for others of their size; what one note hides of another is not
missing; and where people write on notes, an empty patch of colour far from all of them is something else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise.layout.colours import WHITE_LIGHTNESS
from digitise.layout.inscriptions import Inscription

FloatArray = npt.NDArray[np.float32]

SURE = 0.6
"""Score from which a zone counts as a sure note, whose size the others are compared with."""
QUORUM = 3
"""So many sure notes make a size that others are held to."""

MIN_RECTANGULARITY = 0.70
FULL_RECTANGULARITY = 0.88
"""Patch area by rectangle area: flat notes 0.9 and more, curled ones 0.8, hands, letters and drawings mostly under 0.7."""
KNOWN_RECTANGULARITY = (0.5, 0.75)
"""The same for what has colour, lightness and size of several sure notes: notes of which half stands off the wall keep 0.63."""
COVERED_RECTANGULARITY = 0.6
"""Less than this no note over a patch's corner explains: only sure notes of its pad can vouch for it."""
SAME_LIGHT = 0.25
"""Log lightness within which two notes of one pad lie: a lamp in the ceiling and the floor have the tint of a yellow pad too."""
MAX_HIDDEN = 0.25
"""Largest share of a note that others may hide and it still counts as whole."""
CUT_CORNER = 0.1
"""What the photo's frame may take of the corner of a note that hangs askew, as a share of its rectangle."""
CUT_GROUND = (0.35, 0.6)
"""Share of a cut note's visible outline on other ground: one long side alone makes a third, as tables and margins have."""
CUT_BLANK_TRUST = 0.55
CUT_LIGHTNESS = (0.65, 0.85)
"""What is cut and bears no writing must be as light as a note: at the frame of a photo there is also the room."""
LIGHTNESS = (0.36, 0.55)
"""OKLab lightness beside paper's 0.95; notes in shadow measure 0.5 and more, furniture and floors less."""
WRITTEN_LIGHTNESS = (0.28, 0.42)
"""The same for what carries writing: nobody writes on the floor, and a lamp in the photo makes a wall look dim."""
ONENESS = (0.55, 0.85)
WIDE_LINE = 0.62
"""A line as long as this share of a patch's longer side shows that it is one note: across two, no line fits in one half."""
CROSSED_TRUST = 0.3
"""Trust in a patch all of whose lines run out of it."""
LETTERING = (0.5, 0.8)
"""Share of a patch under a line that runs on beyond it: fills of letters 0.8 and more, notes beside a long line up to 0.4."""
FOREIGN = (0.05, 0.45)
"""A note at the corner of a touching group has half its outline on the ground, one inside it none (its size must tell)."""
LONE_SIDE_PX = (24.0, 48.0)
"""Without other notes to compare with, a zone must have this side (working px): letters and dots are smaller."""
SAME_SIZE = 0.22
"""Log side within which two notes count as of one size: perspective stretches a wall by about that."""
TOO_SMALL, TOO_LARGE = -0.7, 0.9
"""Log side beside the typical sure note: flags, dots and letters; sheets and tables."""
EMPTY_TRUST = 0.4
"""Trust in a patch without writing in a photo with writing, far from any written note: lamps, screens, clothes, fills of drawings. Only
one that is perfect in all else passes."""
PALE_GROUND, WHITE_SIZE, PALE_TRUST = (0.4, 0.7), (0.55, 0.35), 0.9
"""A pale card hangs on other or darker ground all round; its log side is near the typical sure note's."""
PALE_WRITTEN, UNWRITTEN_TRUST = 0.3, 0.65
"""Least share of pale cards that bear writing, and trust in one that bears none: ceiling tiles, windows and lamps are pale and alike."""
ONE_PAD = 0.02
"""Shading-free colour distance within one pad: in even light 0.01."""
FAINT = 0.1
"""Scores up to here are not followed up."""
NEIGHBOUR = 1.5
"""A blank note hangs within this many sides (its own or the other's) of a written one."""
GROUP = 5
"""So many sure notes together are notes even if none could be read: walls seen from afar."""
OVERLAP = 0.3
"""Share of the smaller note that another may cover; layered notes on a wall hide up to a third of each other."""
PARTS_BONUS = 1.3
"""Two or more alike parts are worth more than the whole that they fill nearly."""
PARTS_COVER, PART_SCORE = 0.6, 0.5
"""Parts speak against the whole if those of like size fill this share of it, each with at least this score."""
TINT_APART = 0.06
"""Shading-free colour distance of different pads: canary and lime differ by 0.08, one pad in sun and shadow by 0.03."""


class Candidate(NamedTuple):
    """A zone that may be a note."""

    corners: FloatArray
    """Shape (4, 2), in order round it, working px."""
    colour: FloatArray
    """RGB 0..255."""
    tint: FloatArray
    """Shading-free colour (1, a/L, b/L)."""
    light: float
    """OKLab lightness."""
    area: float
    long_side: float
    """Longer side, px: whole even where a neighbour covers the note, or the photo's frame cuts it."""
    cut: bool
    """Does the photo's frame cut it along a long side?"""
    form: float
    """How much it looks like a note in all that is not a field of its own here, 0..1."""
    tinted: float
    """How surely it is coloured, 0..1; white and cream cards are paper like any other."""
    rectangularity: float
    oneness: float
    foreign: float
    """Share of its outline on ground of another colour (see evidence.py)."""
    raised: float
    """Share of its outline on other or darker ground."""
    mended: float = 0.0
    """Rectangularity once the bays are filled that drawings tore into it; 0 for a piece of a larger patch."""
    writing: Inscription = Inscription()
    shape: float = 0.0
    """How much it looks like a note whatever it hangs on, 0..1."""
    score: float = 0.0
    fits: float = 0.0
    """Is it as long as the photo's sure notes are? 0..1."""

    @property
    def centre(self) -> FloatArray:
        return np.asarray(self.corners.sum(axis=0) / 4, np.float32)

    @property
    def side(self) -> float:
        return math.sqrt(self.area)


def ramp(value: float, span: tuple[float, float]) -> float:
    """0 before the span, 1 past it, straight in between; the span may fall."""
    return min(1.0, max(0.0, (value - span[0]) / (span[1] - span[0])))


def rate(c: Candidate, *, hidden: float = 0.0, span: tuple[float, float] = (MIN_RECTANGULARITY, FULL_RECTANGULARITY)) -> Candidate:
    """Fill in shape and score. hidden: share of the patch that lies under other notes; span: rectangularity of no note and of any."""
    met = c.writing.held + c.writing.crossing
    lines = 1 - (1 - CROSSED_TRUST) * c.writing.crossing / met if met else 1.0
    missing = min(hidden, MAX_HIDDEN) + (CUT_CORNER if c.cut else 0.0)
    shape = (
        c.form
        * ramp(c.rectangularity + missing, span)
        * ramp(c.light, WRITTEN_LIGHTNESS if c.writing.held else LIGHTNESS)
        * (1.0 if c.writing.span > WIDE_LINE else 0.5 + 0.5 * ramp(c.oneness, ONENESS))
        * lines
        * (1 - ramp(c.writing.covered, LETTERING))
    )
    return c._replace(shape=shape, score=shape * c.tinted * ramp(c.foreign, FOREIGN))


def shapes_of_known(candidates: Sequence[Candidate], sure: Sequence[Candidate]) -> list[float]:
    """For each patch that several other sure notes vouch for, by their colour, lightness and size, although its own form is poor,
    its shape; for all others 0.

    A drawing that runs over its rim tears a note's patch, and a note that curls leaves half a rectangle. Pieces of larger patches are
    not vouched for, nor strips at the photo's frame, nor what covers one of the sure notes: that is one already.
    """
    shapes = [0.0] * len(candidates)
    if len(sure) < QUORUM:
        return shapes
    low, high = _bounds(sure)
    tints = np.array([s.tint for s in sure])
    sizes, lights = np.log([s.long_side for s in sure]), np.log([s.light for s in sure])
    places = {id(s): i for i, s in enumerate(sure)}
    for k, c in enumerate(candidates):
        if not c.mended or c.cut or c.rectangularity >= FULL_RECTANGULARITY:
            continue
        alike = (np.abs(sizes - math.log(c.long_side)) < SAME_SIZE) & (np.abs(lights - math.log(c.light)) < SAME_LIGHT)
        alike &= np.linalg.norm(tints - c.tint, axis=1) < ONE_PAD
        if (place := places.get(id(c))) is not None:
            alike[place] = False  # none vouches for itself
        if alike.sum() < QUORUM:
            continue
        near = alike & ((low < c.corners.max(axis=0)) & (high > c.corners.min(axis=0))).all(axis=1)
        if all(_overlap(c, sure[i]) <= OVERLAP for i in np.flatnonzero(near).tolist()):
            shapes[k] = rate(c._replace(rectangularity=c.mended), span=KNOWN_RECTANGULARITY).shape
    return shapes


def share_hidden(candidates: Sequence[Candidate], sure: Sequence[Candidate]) -> list[float]:
    """For each patch the share of it under smaller sure notes of other pads, 0..1; 0 where they cannot explain all that it lacks."""
    if not sure:
        return [0.0] * len(candidates)
    low, high = _bounds(sure)
    areas = np.array([o.area for o in sure])
    shares: list[float] = []
    for c in candidates:
        total = 0.0
        if COVERED_RECTANGULARITY <= c.rectangularity < FULL_RECTANGULARITY:  # others need no excuse, or have none
            over = ((low < c.corners.max(axis=0)) & (high > c.corners.min(axis=0))).all(axis=1) & (areas < 0.5 * c.area)
            hiding = [o for o, is_over in zip(sure, over.tolist(), strict=True) if is_over and differ(c, o)]
            total = sum(float(cv2.intersectConvexConvex(c.corners, o.corners)[0]) for o in hiding)
        shares.append(total / max(c.area, 1.0))
    return shares


def find_lonely(candidates: Sequence[Candidate], sure: Sequence[Candidate]) -> npt.NDArray[np.bool_]:
    """Which candidates hold no writing, and have near them no written note, none that hangs together with one, and no large group."""
    lonely = np.array([not c.writing.held and not c.writing.crossing for c in candidates], np.bool_)
    if not sure:
        return lonely
    near = _are_near(sure, sure)
    group = np.arange(len(sure))
    while (joined := np.where(near, group[None, :], len(sure)).min(axis=1)).tolist() != group.tolist():
        group = joined
    written = {int(group[i]) for i, c in enumerate(sure) if c.writing.held}
    sizes = np.bincount(group, minlength=len(sure))
    company = [c for c, g in zip(sure, group, strict=True) if int(g) in written or sizes[g] >= GROUP]
    return lonely & ~_are_near(candidates, company).any(axis=1) if company else lonely


def find_pale(candidates: Sequence[Candidate], sure: Sequence[Candidate]) -> list[float]:
    """How surely each candidate is a note although it is hardly coloured, 0..1: white and cream cards are paper like any other.

    They lie on darker or other ground all round, and others of their size and tint do so too, or they are as large as the sure notes;
    and people have written on some of them.
    """
    grounds = [ramp(c.raised, PALE_GROUND) if c.tinted < 1 and c.light > WHITE_LIGHTNESS else 0.0 for c in candidates]
    pale = [c._replace(score=c.shape * ground) for c, ground in zip(candidates, grounds, strict=True)]
    peers = [c for c in choose([c for c in pale if c.score > FAINT]) if c.score >= SURE]
    if sum(c.writing.held > 0 for c in peers) < PALE_WRITTEN * len(peers) or not peers:
        return [0.0] * len(candidates)
    known = shapes_of_known(pale, peers)
    pale = [c._replace(score=max(c.score, shape * ground)) for c, shape, ground in zip(pale, known, grounds, strict=True)]
    sizes, tints = (np.array(v) for v in ([math.log(c.long_side) for c in peers], [c.tint for c in peers]))
    typical = float(np.median([math.log(c.long_side) for c in sure])) if len(sure) >= QUORUM else None
    trusts = []
    for c in pale:
        if c.score <= FAINT:
            trusts.append(0.0)
            continue
        size = math.log(c.long_side)
        alike = (np.abs(sizes - size) < SAME_SIZE) & (np.linalg.norm(tints - c.tint, axis=1) < TINT_APART / 2)
        support = ramp(float(alike.sum()), (QUORUM - 1.5, QUORUM))
        if typical is not None:
            support = max(support, ramp(abs(size - typical), WHITE_SIZE))
        written = 1.0 if c.writing.held and not c.writing.crossing else UNWRITTEN_TRUST
        trusts.append(PALE_TRUST * c.score * support * written)
    return trusts


def compare(c: Candidate, sure: Sequence[Candidate], *, lonely: bool, pale: float, known: float) -> Candidate:
    """Judge a candidate again in the light of the photo's sure notes.

    lonely: see find_lonely; pale: see find_pale; known: see shapes_of_known.
    """
    score, fits = c.score, 0.0
    if len(sure) < QUORUM:
        score *= ramp(c.side, LONE_SIDE_PX)
        if c.cut:  # a strip at the frame is a note's only beside others
            score *= ramp(c.foreign, CUT_GROUND) * c.area / c.long_side**2
    else:
        score = max(score, known * c.tinted * ramp(c.foreign, FOREIGN))
        ratios = math.log(c.long_side) - np.log([s.long_side for s in sure])
        fits = ramp(float((np.abs(ratios) < SAME_SIZE).mean()), (0.0, 0.3))
        tinted = c.tinted
        if 0 < tinted < 1 and any(np.linalg.norm(c.tint - s.tint) < ONE_PAD for s in sure):
            tinted = 1.0  # a pale note of a sure note's pad
            score *= tinted / max(c.tinted, FAINT)
        typical = float(np.median(ratios))
        score = max(score, 0.8 * c.shape * tinted * fits) * (0.85 + 0.3 * fits)
        if (np.abs(ratios) < SAME_SIZE).sum() < QUORUM:  # else a size of its own: flags on cards
            score *= 0.35 if typical < TOO_SMALL else 0.3 if typical > TOO_LARGE else 1.0
        if c.cut:
            score *= max(fits, ramp(c.foreign, CUT_GROUND)) * (1.0 if c.writing.held or c.writing.crossing else CUT_BLANK_TRUST)
    if lonely:  # of a note that the frame cuts, the frame may have cut the writing
        score *= max(EMPTY_TRUST, fits * ramp(c.light, CUT_LIGHTNESS) if c.cut else 0.0)
    return c._replace(score=max(score, pale), fits=fits)


def choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The set of hardly overlapping candidates that explains most area best: from small to large, each takes the place of
    those under it if it is worth more than they are."""
    order = sorted(thin(candidates), key=lambda c: c.area)
    if not order:
        return []
    low, high = _bounds(order)
    kept: list[int] = []
    for i, c in enumerate(order):
        ids = np.array(kept, int)
        near = ids[((low[ids] < high[i]) & (high[ids] > low[i])).all(axis=1)] if kept else ids
        under = [int(j) for j in near if _overlap(c, order[j]) > OVERLAP]
        other = [j for j in under if order[j].area < 0.4 * c.area and differ(c, order[j])]
        if sum(order[j].score >= SURE for j in other) >= QUORUM:
            continue
        rivals = [j for j in under if j not in other]
        parts = [order[j] for j in rivals if order[j].score > PART_SCORE]
        middle = sorted(o.area for o in parts)[len(parts) // 2] if parts else 0.0
        alike = sum(o.area for o in parts if middle / 1.6 < o.area < 1.6 * middle) > PARTS_COVER * c.area and len(parts) >= 2
        alike = alike and min(p.fits for p in parts) >= c.fits
        if c.score * c.area > (PARTS_BONUS if alike else 1.0) * sum(order[j].score * order[j].area for j in rivals):
            kept = [j for j in kept if j not in rivals] + [i]
    return [order[j] for j in kept]


def thin(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate, the best, of each bunch of nearly equal ones."""
    best: dict[tuple[int, ...], Candidate] = {}
    for c in candidates:
        step = max(3.0, 0.05 * c.side)
        x, y = c.centre / step
        key = (round(float(x)), round(float(y)), round(8 * math.log(c.area)))
        if key not in best or best[key].score < c.score:
            best[key] = c
    return list(best.values())


def differ(a: Candidate, b: Candidate) -> bool:
    """Are they of different pads?"""
    return bool(np.linalg.norm(a.tint - b.tint) > TINT_APART)


def _bounds(candidates: Sequence[Candidate]) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest x and y of each, (n, 2) px both."""
    corners = np.array([c.corners for c in candidates], np.float32)
    return corners.min(axis=1), corners.max(axis=1)


def _overlap(a: Candidate, b: Candidate) -> float:
    """Shared area by the smaller area."""
    shared, _ = cv2.intersectConvexConvex(a.corners, b.corners)
    return float(shared) / max(min(a.area, b.area), 1.0)


def _are_near(some: Sequence[Candidate], others: Sequence[Candidate]) -> npt.NDArray[np.bool_]:
    """Which gaps are at most NEIGHBOUR sides? (n, m)"""
    (at, side), (others_at, others_side) = ((np.array([c.centre for c in cs]), np.array([c.side for c in cs])) for cs in (some, others))
    distance = np.hypot(*np.moveaxis(at[:, None] - others_at[None], 2, 0))
    longer = np.maximum(side[:, None], others_side[None])
    return np.asarray(distance - (side[:, None] + others_side[None]) / 2 < NEIGHBOUR * longer, np.bool_)
