"""What becomes of a note: in the report or not, of which kind, whose, until when."""

from __future__ import annotations

from digitise.corrections.model import DueEdit, FateEdit, KindEdit, OwnersEdit
from digitise.corrections.notes import BY_PERSON
from digitise.corrections.table import Table


def apply_fates(table: Table) -> None:
    for edit in table.of(FateEdit):
        if edit.note_id not in table.notes:
            # set aside and not found any more is what the person wanted
            if edit.fate != "set aside":
                table.miss(edit, edit.note_id, yours=edit.fate, before=edit.base)
            continue
        placement = table.placements[edit.note_id]
        if placement.fate == edit.fate:
            continue
        if edit.fate == "set aside":
            table.change(edit.note_id, fate="set aside", duplicate_of=None, seen_again=False)
            for row in table.sections:
                row.take_out(edit.note_id)
                if row.title_note_id == edit.note_id:
                    # its words may go on as the section's title; the note itself is out
                    row.title_note_id = None
        else:
            table.change(edit.note_id, fate="reported", duplicate_of=None, seen_again=False, with_sheet=False)
            table.unplaced.append((edit.note_id, None))


def apply_duties(table: Table) -> None:
    for kind in table.of(KindEdit):
        if kind.note_id not in table.notes:
            table.miss(kind, kind.note_id, yours=kind.kind, before=kind.base)
            continue
        now = table.placements[kind.note_id].kind
        if now not in (kind.base, kind.kind):
            table.stale(kind, yours=kind.kind, before=kind.base, now=now, note_id=kind.note_id)
        table.change(kind.note_id, kind=kind.kind, kind_confidence=1.0, kind_reason=BY_PERSON)
    for owners in table.of(OwnersEdit):
        if owners.note_id not in table.notes:
            table.miss(owners, owners.note_id, yours=", ".join(owners.owners), before=", ".join(owners.base))
            continue
        found = _read_owners(table, owners.note_id)
        if owners.note_id not in table.reworded and found not in (owners.base, owners.owners):
            table.stale(owners, yours=", ".join(owners.owners), before=", ".join(owners.base), now=", ".join(found), note_id=owners.note_id)
        table.owners[owners.note_id] = owners.owners
    for due in table.of(DueEdit):
        if due.note_id not in table.notes:
            table.miss(due, due.note_id, yours=due.due or "–", before=due.base or "–")
            continue
        read = _read_due(table, due.note_id)
        if due.note_id not in table.reworded and read not in (due.base, due.due):
            table.stale(due, yours=due.due or "–", before=due.base or "–", now=read or "–", note_id=due.note_id)
        table.dues[due.note_id] = due.due


def _read_owners(table: Table, note_id: str) -> tuple[str, ...]:
    action = next((a for a in table.event.arrangement.actions if a.note_id == note_id), None)
    return action.owners if action else table.placements[note_id].owners


def _read_due(table: Table, note_id: str) -> str | None:
    action = next((a for a in table.event.arrangement.actions if a.note_id == note_id), None)
    return action.due if action else table.placements[note_id].due
