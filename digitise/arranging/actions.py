"""The register of actions: numbers in the order of sections, dates, and the problems that each action answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitise.arranging.answers import Nearness, find_answered, find_answered_elsewhere
from digitise.arranging.context import Standing
from digitise.arranging.dates import Calendar, parse_due
from digitise.arranging.wording import plain, strip_marks
from digitise.model import Action, Note, Placement, Section


def number_actions(
    sections: Sequence[Section],
    *,
    placements: Mapping[str, Placement],
    notes: Mapping[str, Note],
    standings: Mapping[str, Standing],
    nearness: Nearness,
    drawn: Mapping[str, tuple[str, ...]],
    calendar: Calendar,
) -> list[Action]:
    """All reported actions, numbered from 1 by section, then as printed. drawn: see find_drawn_links."""
    actions: list[Action] = []
    everywhere = [i for s in sections for i in s.note_ids if placements[i].kind == "problem"]
    for section in sections:
        problems = [i for i in section.note_ids if placements[i].kind == "problem"]
        for note_id in section.note_ids:
            placement = placements[note_id]
            if placement.kind != "action":
                continue
            if problems:
                found = find_answered(note_id, problems, section, standings, nearness)
            else:
                found = find_answered_elsewhere(note_id, everywhere, nearness)
            actions.append(
                Action(
                    number=len(actions) + 1,
                    note_id=note_id,
                    text=strip_marks(plain(notes[note_id].text)),
                    owners=placement.owners,
                    due=placement.due,
                    due_date=parse_due(placement.due, calendar),
                    section_id=section.id,
                    problem_note_ids=drawn.get(note_id) or found,
                )
            )
    return actions
