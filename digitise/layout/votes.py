"""Votes beside a note: stickers, drawn dots, stars, ticks and tallies, counted and kept apart from its text.

marks.py says what looks like a vote mark; here it is settled whose it is and whether to believe it. Votes come in numbers: marks of one
kind stand beside several notes or several beside one, and hardly anywhere else. One dot before each item is a list, dots all over
are a pattern. A count that is not sure is None.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from digitise.geometry import bounds, box_overlap, quad_size, union_box
from digitise.layout.ink import ink_colour, same_ink
from digitise.layout.marks import Mark, MarkKind, draw_words, look
from digitise.layout.pieces import Ink
from digitise.layout.solid_marks import find_solid
from digitise.layout.tallies import group_strokes
from digitise.layout.thin_marks import find_thin
from digitise.layout.vote_places import Given, give, reach
from digitise.layout.vote_text import may_be_marks, may_have_votes, read_votes, with_lines, without_marks
from digitise.model import Box, Line, Note, Quad

RgbArray = npt.NDArray[np.uint8]

NEIGHBOURS = 2.5
"""Something unclear matters to a count within so many sizes of its marks."""
LEAST_MARKS = 3
"""Of one kind in a photo; a single star or two dots are decoration."""
MOST_ASTRAY = 0.5
"""Marks that stand beside no note, by those that do: on dotted paper there are more."""
LEAST_SIZE: Mapping[MarkKind, float] = {"dot": 0.12, "star": 0.2, "tick": 0.35, "stroke": 0.4}
"""In line heights; full stops stay below where pens are thin."""
LEAST_PX: Mapping[MarkKind, float] = {"dot": 5.0, "star": 10.0, "tick": 12.0, "stroke": 12.0}
"""Smaller marks (photo px) have no shape."""
SIZES = 1.8
LONGEST_ROW = 12
"""More dots in one even row are a dotted rule."""
LEAST_TALLY = 4
"""Three strokes may be a Roman number; four, or a crossed five, in one place show that the writer tallied."""
WELL_READ = 0.6
"""Confidence from which a word's place is taken for letters."""
BARELY_READ = 0.3
"""Confidence below which a word ('#t' at 0.0001) is no evidence that strokes are letters."""
SURELY_READ = 0.9
"""A star in a word's ink is part of a letter only if that word is sure; stars are seldom mistaken, words with stars in them are."""


@dataclass
class _Tally:
    """What was found beside one note."""

    marks: list[Mark] = field(default_factory=list)
    sure: bool = True


def count_votes(rgb: RgbArray, notes: Sequence[Note], lines: Sequence[Line] = ()) -> list[Note]:
    """The notes of one photo with `votes` and `votes_box`, in the same order; rows of marks that were read as notes are left out.

    rgb: (H, W, 3) uint8. lines: all lines of the photo, for the height of the writing; those of the notes if not given.
    """
    quads = [line.quad for line in (lines or [line for n in notes for line in n.lines]) if line.words]
    voted = [n for n in notes if may_have_votes(n)]
    if not quads or not voted:
        return list(notes)
    height = float(np.median([quad_size(q)[1] for q in quads]))
    view = look(rgb, quads, [reach(n, height) for n in voted], [n.outline for n in notes if n.container == "sticky"])
    letters = draw_words(view, _words_read(notes))
    marks = [*find_solid(view, letters), *find_thin(view, letters)]
    inks = {n.id: ink_colour(rgb, n.lines[0].quad) for n in voted if n.lines}
    tallies = _hand_out(marks, voted, inks, height)
    return _write_down(notes, tallies)


def _words_read(notes: Sequence[Note]) -> list[Quad]:
    words = [w for n in notes for w in n.words]
    return [w.quad for w in words if w.confidence >= WELL_READ and any(c.isalnum() for c in w.text) and not may_be_marks(w)]


def _hand_out(marks: Sequence[Mark], notes: Sequence[Note], inks: Mapping[str, Ink], height: float) -> dict[str, _Tally]:
    """The believable marks of each note, by note id."""
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    words = {n.id: [bounds(w.quad) for w in n.words if w.confidence >= WELL_READ and not may_be_marks(w)] for n in notes}
    letters = {n.id: [bounds(w.quad) for w in n.words if w.confidence >= BARELY_READ and not may_be_marks(w)] for n in notes}
    surely = {n.id: [bounds(w.quad) for w in n.words if w.confidence >= SURELY_READ] for n in notes}
    dropped: list[Mark] = [m for m in marks if m.kind == "unsure"]
    for kind in ("dot", "star", "tick", "stroke"):
        own = _alike([m for m in marks if m.kind == kind and m.size >= max(LEAST_PX[kind], LEAST_SIZE[kind] * height)])
        if kind == "tick":
            dropped += [m for m in marks if m.kind == kind and m not in own]
        if kind == "stroke":
            groups = _tally_groups(own)
            # one or two strokes beside a gate count, or are an I: nobody can say, so the note's number is not sure
            dropped += [m for m in own if not any(m is kept for group in groups for kept in group)]
            own = [m for group in groups for m in group]
            if all(sum(m.worth for m in group) < LEAST_TALLY for group in groups):
                continue
        given, astray, doubtful = give(own, notes)
        found = {
            i: [g for g in gs if not _is_writing(g.mark, inks.get(i), _taken_for(g.mark, words, surely, letters)[i])]
            for i, gs in given.items()
        }
        if kind == "dot":
            found = _without_thick_writing(found, given, [m for m in marks if m.kind == "unsure"], inks)
        given = _without_bullets(found)
        if not _is_voting(given, astray):
            continue
        for i, gs in given.items():
            tallies[i].marks += [g.mark for g in gs]
        for i in doubtful & set(given):
            tallies[i].sure = False
    _doubt(tallies, dropped, notes, inks, words)
    return {i: t for i, t in tallies.items() if t.marks}


def _taken_for(
    mark: Mark, words: Mapping[str, Sequence[Box]], surely: Mapping[str, Sequence[Box]], letters: Mapping[str, Sequence[Box]]
) -> Mapping[str, Sequence[Box]]:
    """Words inside which such a mark is a letter or part of one: a star hardly ever, a stroke always."""
    if mark.kind == "star" and mark.plain:
        return surely
    return letters if mark.kind in ("tick", "stroke") else words


def _alike(marks: Sequence[Mark]) -> list[Mark]:
    """Those of about the usual size: stickers come from one sheet, and a wall is seen a little slanted."""
    usual = float(np.median([m.size for m in marks])) if marks else 0.0
    return [m for m in marks if usual / SIZES <= m.size <= SIZES * usual]


def _tally_groups(strokes: Sequence[Mark]) -> list[list[Mark]]:
    """Strokes that stand in rows of at least three, or are gates."""
    ends = [m.stroke for m in strokes if m.stroke is not None]
    groups = group_strokes(ends, [m.worth for m in strokes])
    kept = [[strokes[i] for i in g] for g in groups if sum(strokes[i].worth for i in g) >= LEAST_TALLY - 1]
    return kept


def _is_writing(mark: Mark, ink: Ink | None, words: Sequence[Box]) -> bool:
    """Whether a mark is of its note's ink and stands among its words: the dot of an i, a filled loop, a thick crossing."""
    x, y = mark.centre
    return ink is not None and same_ink(ink, mark.colour) and any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in words)


def _without_bullets(given: Mapping[str, Sequence[Given]]) -> dict[str, list[Given]]:
    """Single marks before lines are list marks or a legend, unless people voted on that side; long even rows are rules."""
    before = Counter((i, g.place.line) for i, gs in given.items() for g in gs if g.place.left)
    on_left = any(count > 1 for count in before.values())
    kept = {}
    for i, gs in given.items():
        rest = [g for g in gs if on_left or not g.place.left]
        if rest and not _is_rule([g.mark for g in rest]):
            kept[i] = rest
    return kept


def _without_thick_writing(
    found: Mapping[str, Sequence[Given]], given: Mapping[str, Sequence[Given]], unsure: Sequence[Mark], inks: Mapping[str, Ink]
) -> dict[str, list[Given]]:
    """Dots in their note's own ink are believed where its writing has nothing like them: thick pens fill letters and blot."""
    in_ink = {i: [g for g in gs if i in inks and same_ink(inks[i], g.mark.colour)] for i, gs in found.items()}
    in_letters = sum(i in inks and same_ink(inks[i], g.mark.colour) for i, gs in given.items() for g in gs)
    drawn = sum(map(len, in_ink.values()))
    blots = in_letters - drawn + sum(any(same_ink(ink, m.colour) for ink in inks.values()) for m in unsure)
    if blots <= MOST_ASTRAY * drawn:
        return {i: list(gs) for i, gs in found.items()}
    return {i: [g for g in gs if g not in in_ink[i]] for i, gs in found.items()}


def _is_rule(marks: Sequence[Mark]) -> bool:
    if len(marks) <= LONGEST_ROW or any(m.kind == "stroke" for m in marks):
        return False
    middles = np.asarray([m.centre for m in marks])
    spread = np.sqrt(np.linalg.eigvalsh(np.cov(middles.T)))
    return bool(spread[0] < 0.3 * np.median([m.size for m in marks]))


def _is_voting(given: Mapping[str, Sequence[Given]], astray: int) -> bool:
    """Whether the marks of one kind in a photo are votes."""
    counts = [sum(g.mark.worth for g in gs) for gs in given.values()]
    total = sum(counts)
    if total < LEAST_MARKS or astray > MOST_ASTRAY * total:
        return False
    return max(counts) > 1


def _doubt(
    tallies: Mapping[str, _Tally],
    unsure: Sequence[Mark],
    notes: Sequence[Note],
    inks: Mapping[str, Ink],
    words: Mapping[str, Sequence[Box]],
) -> None:
    """A note's count is not sure where something among its marks is as large and as solid, yet no mark: in another colour than its words,
    or, where the dots are drawn with the same pen, outside of them."""
    given, _, _ = give(unsure, [n for n in notes if n.id in tallies])
    for i, gs in given.items():
        ink, marks = inks.get(i), tallies[i].marks
        drawn = ink is not None and all(m.kind == "dot" and same_ink(ink, m.colour) for m in marks)
        for mark, _ in gs:
            close = any(np.hypot(*np.subtract(mark.centre, m.centre)) <= NEIGHBOURS * m.size for m in marks)
            outside = mark.kind == "stroke" or (drawn and not _is_writing(mark, ink, words[i]))
            if close and (ink is None or not same_ink(ink, mark.colour) or outside):
                tallies[i].sure = False


def _count(tally: _Tally) -> int | None:
    """The number of votes; None where it is not sure. Marks of two kinds must agree: a tally beside the stickers it counts."""
    stuck = sum(m.kind in ("dot", "star") for m in tally.marks)
    ticked = sum(m.kind == "tick" for m in tally.marks)
    struck = sum(m.worth for m in tally.marks if m.kind == "stroke")
    counts = {c for c in (stuck, ticked, struck) if c}
    return counts.pop() if tally.sure and len(counts) == 1 else None


def _write_down(notes: Sequence[Note], tallies: Mapping[str, _Tally]) -> list[Note]:
    """Notes with their votes, without what was read of the marks; their order closed up."""
    boxes = [box for t in tallies.values() for box in _covered(t)]
    headed = {n.under for n in notes}
    settled = [_settle(n, tallies.get(n.id), boxes, needed=n.id in headed) for n in notes]
    kept = [n for n in settled if n is not None]
    place = {n.id: k for k, n in enumerate(sorted(kept, key=lambda n: n.order))}
    read = {n.id: read_votes(n) for n in kept if n.votes_box is None}
    # stars behind one note alone may be a hotel's: its words stay, and a person looks
    believed = sum(n.votes is not None for n in read.values()) + len(tallies) > 1
    kept = [_believe(n, read.get(n.id, n), believed=believed) for n in kept]
    return [n.model_copy(update={"order": place[n.id]}) for n in kept]


def _believe(note: Note, read: Note, *, believed: bool) -> Note:
    return read if believed or read.votes_box is None else note.model_copy(update={"votes_box": read.votes_box})


def _covered(tally: _Tally) -> list[Box]:
    """The places that marks take from the writing: each mark's own, and that of each tally's strokes, which hardly cover any, as one."""
    strokes = [m for m in tally.marks if m.kind == "stroke"]
    return [m.box for m in tally.marks if m.kind != "stroke"] + [union_box(m.box for m in g) for g in _tally_groups(strokes)]


def _settle(note: Note, tally: _Tally | None, boxes: Sequence[Box], *, needed: bool) -> Note | None:
    """A note with its votes; None where it is nothing but marks that are another note's.

    needed: other notes stand under it.
    """
    if tally is None and not any(box_overlap(note.bbox, b) > 0 for b in boxes):
        return note
    lines = tuple(cleaned for line in note.lines if (cleaned := without_marks(line, boxes)).words)
    if note.lines and not lines:
        if tally is None and not needed:
            return None
        lines = note.lines
    note = with_lines(note, lines)
    if tally is None:
        return note
    return note.model_copy(update={"votes": _count(tally), "votes_box": union_box(m.box for m in tally.marks)})
