"""The register of actions as it follows from a corrected event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from digitise.corrections.table import Table, close_rows
from digitise.model import Action, Arrangement, Section
from digitise.phrases import find_phrase

FindDuties = Callable[[str], tuple[tuple[str, ...], str | None]]
ReadDue = Callable[[str | None], date | None]


def rebuild_actions(table: Table, find: FindDuties, read_due: ReadDue) -> Arrangement:
    """Actions numbered anew by section, then as printed. What nobody touched keeps its owners, date and problems."""
    sections = close_rows(table.sections)
    problems = {i for i, p in table.placements.items() if p.kind == "problem" and p.fate == "reported"}
    actions: list[Action] = []
    for section in sections:
        for note_id in section.note_ids:
            placement = table.placements[note_id]
            if placement.kind != "action" or placement.fate != "reported":
                continue
            for action in _actions_of(table, note_id, find, read_due):
                answered = tuple(i for i in action.problem_note_ids if i in problems)
                update = {"number": len(actions) + 1, "section_id": section.id, "problem_note_ids": answered}
                actions.append(action.model_copy(update=update))
    _keep_duties(table, actions)
    return Arrangement(
        placements=tuple(table.placements[i] for i in table.notes), sections=_without_empty(table, sections), actions=tuple(actions)
    )


def _actions_of(table: Table, note_id: str, find: FindDuties, read_due: ReadDue) -> list[Action]:
    known = [a for a in sorted(table.event.arrangement.actions, key=lambda a: a.number) if a.note_id == note_id]
    if not known or note_id in table.reworded:
        text = " ".join(table.notes[note_id].text.split())
        # of several actions of one note those stay whose words stand there still
        kept = [a for a in known if len(known) > 1 and find_phrase(text.split(), a.text) is not None]
        owners, due = _find_duties(table, note_id, text, find)
        answered = known[0].problem_note_ids if known else ()
        known = kept or [
            Action(number=1, note_id=note_id, text=text, owners=owners, due=due, due_date=read_due(due), problem_note_ids=answered)
        ]
    return [_set_duties(table, action, read_due) for action in known]


def _find_duties(table: Table, note_id: str, text: str, find: FindDuties) -> tuple[tuple[str, ...], str | None]:
    """Owners and date of new words: what is found there, and what the note and those joined with it had whose words stand there still."""
    whose = {note_id, *(i for i, p in table.placements.items() if p.duplicate_of == note_id)}
    known = [a for a in sorted(table.event.arrangement.actions, key=lambda a: a.number) if a.note_id in whose]
    owners, due = find(text)
    tokens = text.split()
    kept = [o for a in known for o in a.owners if find_phrase(tokens, o) is not None]
    dues = (a.due for a in known if a.due and find_phrase(tokens, a.due) is not None)
    # 'Library' is in 'Town Library', whichever of them the words were found to name first
    kept = [o for o in kept if not any(find_phrase(new.split(), o) is not None for new in owners)]
    owners = tuple(o for o in owners if not any(find_phrase(old.split(), o) is not None for old in kept))
    return tuple(dict.fromkeys((*kept, *owners))), due or next(dues, None)


def _set_duties(table: Table, action: Action, read_due: ReadDue) -> Action:
    update: dict[str, object] = {}
    given: list[str] = []
    if action.note_id in table.owners:
        update["owners"] = table.owners[action.note_id]
        given.append("owners")
    if action.note_id in table.dues:
        due = table.dues[action.note_id]
        update |= {"due": due, "due_date": read_due(due)}
        given.append("due")
    return action.model_copy(update={**update, "given": tuple(given)}) if update else action


def _keep_duties(table: Table, actions: list[Action]) -> None:
    """Placements say the same owners and dates as the register."""
    first: dict[str, Action] = {}
    for action in actions:
        first.setdefault(action.note_id, action)
    for note_id in {*table.reworded, *table.owners, *table.dues}:
        if note_id in table.placements:
            found = first.get(note_id)
            owners, due = (found.owners, found.due) if found else (table.owners.get(note_id, ()), table.dues.get(note_id))
            table.change(note_id, owners=owners, due=due)


def _without_empty(table: Table, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Sections that lost all their notes go, unless a person made or named them."""
    had = {s.id for s in table.event.arrangement.sections if not s.note_ids}
    return tuple(s for s in sections if s.note_ids or s.title_source == "edited" or s.id in had)
