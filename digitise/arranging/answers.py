"""Which problems an action answers: what its sheet says first (rows, arrows, sub-items), then meaning within its section.

A wrong link is worse than none: the register lists an action without one as such, and a reader can follow neither to the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from digitise.arranging.action_tables import Row
from digitise.arranging.context import Standing
from digitise.arranging.meaning import FloatArray
from digitise.arranging.sheets import sheet_of
from digitise.arranging.wording import plain
from digitise.model import Note, Placement, Section

ANSWERS_SIMILARITY = 0.2
"""Similarity from which an action answers a problem of its section when the section holds several."""
LIKELY_SIMILARITY = 0.1
LIKELY_LEAD = 0.08
"""Less similarity will do where one problem of the section is clearly nearer than the others."""
MOST_PROBLEMS = 3
ELSEWHERE_SIMILARITY = 0.16
ELSEWHERE_LEAD = 0.06
"""A sheet of actions whose section holds no problem (the third round of a World Café) may answer those of other sheets; from here on
all links in the drawn samples are right, a little below every sixth is wrong."""
ARROW_FIRST = re.compile(r"\s*(?:[-=–—]+>|>>|[→➔➜➤►▶⇒↳])")
ARROW_LAST = re.compile(r"(?:[-=–—]+>|>>|[→➔➜➤►▶⇒])\s*$")


class Nearness(NamedTuple):
    """How near notes are in meaning."""

    similarity: FloatArray
    """float64 (n, n)."""
    position: Mapping[str, int]
    """Note id -> row of `similarity`."""

    def between(self, a: str, b: str) -> float:
        return round(float(self.similarity[self.position[a], self.position[b]]), 9)


def find_drawn_links(notes: Sequence[Note], placements: Mapping[str, Placement], rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """Action id -> problems that its sheet itself ties it to. `notes` are in reading order.

    Those that an arrow drawn on the photo joins with it, either way; the problem of the same row of a table; the problem right above an
    action that is a sub-item of it, or between the two of which an arrow stands.
    """
    found = _follow_arrows(notes, placements)
    for row in rows:
        problems = tuple(i for i in row.why if _is(placements, i, "problem"))
        if problems and _is(placements, row.what, "action"):
            found.setdefault(row.what, problems)
    problem: Note | None = None
    for before, note in zip((None, *notes), notes, strict=False):
        if before is not None and sheet_of(before) != sheet_of(note):
            problem = None
        if _is(placements, note.id, "problem"):
            problem = note
        elif problem is not None and note.id not in found and _is(placements, note.id, "action"):
            if _is_tied(note, problem, beside=before is problem or (before is not None and before.id in found)):
                found[note.id] = (problem.id,)
            else:
                problem = None
        elif note.level <= (problem.level if problem else 0):
            problem = None
    return found


def _follow_arrows(notes: Sequence[Note], placements: Mapping[str, Placement]) -> dict[str, tuple[str, ...]]:
    """Action id -> the problems at the other end of arrows, in reading order. A problem said already is the one printed in its place."""
    joined = {(note.id, other) for note in notes for other in note.leads_to if other in placements}
    found: dict[str, list[str]] = {}
    for note in notes:
        kept = placements[note.id].duplicate_of or note.id
        if _is(placements, kept, "problem"):
            ends = {b if a == note.id else a for a, b in joined if note.id in (a, b)}
            for action in sorted(i for i in ends if _is(placements, i, "action")):
                found.setdefault(action, []).append(kept)
    return {action: tuple(dict.fromkeys(problems)) for action, problems in found.items()}


def _is_tied(action: Note, problem: Note, *, beside: bool) -> bool:
    """Whether an action is a sub-item of the problem above it, or an arrow leads to it that is no list mark of the sheet."""
    if action.level > problem.level:
        return True
    first, last = ARROW_FIRST.match(plain(action.text)), ARROW_LAST.search(plain(problem.text))
    return beside and bool(last or (first and not ARROW_FIRST.match(plain(problem.text))))


def _is(placements: Mapping[str, Placement], note_id: str, kind: str) -> bool:
    place = placements[note_id]
    return place.kind == kind and place.fate == "reported" and not place.with_sheet


def find_answered_elsewhere(action_id: str, problems: Sequence[str], nearness: Nearness) -> tuple[str, ...]:
    """The one problem of another section that an action clearly answers, where its own section holds none."""
    ranked = sorted(problems, key=lambda p: (-nearness.between(action_id, p), problems.index(p)))
    if not ranked or nearness.between(action_id, ranked[0]) < ELSEWHERE_SIMILARITY:
        return ()
    lead = nearness.between(action_id, ranked[0]) - (nearness.between(action_id, ranked[1]) if len(ranked) > 1 else 0.0)
    return (ranked[0],) if lead >= ELSEWHERE_LEAD else ()


def find_answered(
    action_id: str,
    problems: Sequence[str],
    section: Section,
    standings: Mapping[str, Standing],
    nearness: Nearness,
) -> tuple[str, ...]:
    """Problems of the section that an action answers: those near in meaning, else the only one under the same written heading."""
    if not problems:
        return ()
    ranked = sorted(problems, key=lambda p: (-nearness.between(action_id, p), problems.index(p)))
    near = [p for p in ranked if nearness.between(action_id, p) >= ANSWERS_SIMILARITY][:MOST_PROBLEMS]
    if near:
        return tuple(sorted(near, key=problems.index))
    if nearness.between(action_id, ranked[0]) >= LIKELY_SIMILARITY:
        lead = nearness.between(action_id, ranked[0]) - (nearness.between(action_id, ranked[1]) if len(ranked) > 1 else 0.0)
        if lead >= LIKELY_LEAD:
            return (ranked[0],)
    if section.title_source == "written" and standings[action_id].theme_id is not None:
        same = [p for p in problems if standings[p].theme_id is not None]
        if len(same) == 1:
            return (same[0],)
    return ()
