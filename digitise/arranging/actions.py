"""The register of actions: numbers in the order of sections, dates, and the problems that each action answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from digitise.arranging.context import Standing
from digitise.arranging.dates import parse_due
from digitise.arranging.meaning import FloatArray
from digitise.arranging.wording import plain, strip_marks
from digitise.model import Action, Note, Placement, Section

ANSWERS_SIMILARITY = 0.2
"""Similarity from which an action answers a problem of its section when the section holds several."""
LIKELY_SIMILARITY = 0.1
LIKELY_LEAD = 0.08
"""Less similarity will do where one problem of the section is clearly nearer than the others."""
MOST_PROBLEMS = 3


class Nearness(NamedTuple):
    """How near notes are in meaning."""

    similarity: FloatArray
    """float64 (n, n)."""
    position: Mapping[str, int]
    """Note id -> row of `similarity`."""

    def between(self, a: str, b: str) -> float:
        return round(float(self.similarity[self.position[a], self.position[b]]), 9)


def number_actions(
    sections: Sequence[Section],
    *,
    placements: Mapping[str, Placement],
    notes: Mapping[str, Note],
    standings: Mapping[str, Standing],
    nearness: Nearness,
    event_date: date | None,
) -> list[Action]:
    """All reported actions, numbered from 1 by section, then as printed."""
    actions: list[Action] = []
    for section in sections:
        problems = [i for i in section.note_ids if placements[i].kind == "problem"]
        for note_id in section.note_ids:
            placement = placements[note_id]
            if placement.kind != "action":
                continue
            actions.append(
                Action(
                    number=len(actions) + 1,
                    note_id=note_id,
                    text=strip_marks(plain(notes[note_id].text)),
                    owners=placement.owners,
                    due=placement.due,
                    due_date=parse_due(placement.due, event_date),
                    section_id=section.id,
                    problem_note_ids=_find_answered(note_id, problems, section, standings, nearness),
                )
            )
    return actions


def _find_answered(
    action_id: str,
    problems: Sequence[str],
    section: Section,
    standings: Mapping[str, Standing],
    nearness: Nearness,
) -> tuple[str, ...]:
    """Problems of the section that an action answers: the only one under the same written heading, else those near in meaning."""
    if not problems:
        return ()
    ranked = sorted(problems, key=lambda p: (-nearness.between(action_id, p), problems.index(p)))
    near = [p for p in ranked if nearness.between(action_id, p) >= ANSWERS_SIMILARITY][:MOST_PROBLEMS]
    if near:
        return tuple(sorted(near, key=problems.index))
    if ranked and nearness.between(action_id, ranked[0]) >= LIKELY_SIMILARITY:
        lead = nearness.between(action_id, ranked[0]) - (nearness.between(action_id, ranked[1]) if len(ranked) > 1 else 0.0)
        if lead >= LIKELY_LEAD:
            return (ranked[0],)
    if section.title_source == "written" and standings[action_id].theme_id is not None:
        same = [p for p in problems if standings[p].theme_id is not None]
        if len(same) == 1:
            return (same[0],)
    return ()
