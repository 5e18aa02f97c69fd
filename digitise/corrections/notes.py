"""Edits of the notes themselves: put back, added, split, joined, worded otherwise."""

from __future__ import annotations

from digitise.corrections.model import AddedNote, Edit, FateEdit, JoinEdit, Remembered, SplitEdit, WordEdit, WordingEdit
from digitise.corrections.table import Table
from digitise.corrections.words import PERSON, same_text, settle_word, settle_words
from digitise.geometry import polygon_iou
from digitise.model import Note, Placement

SAME_PLACE_IOU = 0.3
"""As layout.identity has it: outlines that share this much are the same note."""
BY_PERSON = "a person says so"


def apply_notes(table: Table) -> None:
    _put_back(table)
    for added in table.of(AddedNote):
        _add(table, added)
    for split in table.of(SplitEdit):
        _split(table, split)
    for word in table.of(WordEdit):
        _settle(table, word)
    # what stands on the sheet first: the report's own wording is laid over it
    for wording in sorted(table.of(WordingEdit), key=lambda e: (e.of != "sheet", e.note_id)):
        _word(table, wording)
    for join in table.of(JoinEdit):
        _join(table, join)


def _put_back(table: Table) -> None:
    """Notes that a person has edited and that are not found any more, though their photo is there."""
    wanted_by_note: dict[str, list[Edit]] = {}
    for edit in table.corrections.edits:
        if not isinstance(edit, FateEdit) and hasattr(edit, "note_id"):
            wanted_by_note.setdefault(edit.note_id, []).append(edit)
    for remembered in sorted(table.corrections.notes, key=lambda r: r.note_id):
        wanted = wanted_by_note.get(remembered.note_id)
        if remembered.note_id in table.notes or remembered.photo_id not in table.photo_ids or not wanted:
            continue
        _insert(table, _revive(table, remembered), kind=remembered.kind)
        table.unplaced.append((remembered.note_id, remembered.section))
        for edit in wanted:
            table.miss(edit, remembered.note_id, yours=yours(edit), before=remembered.text)


def _revive(table: Table, remembered: Remembered) -> Note:
    return Note(
        id=remembered.note_id,
        photo_id=remembered.photo_id,
        outline=remembered.outline,
        text=remembered.text,
        order=_last_order(table, remembered.photo_id),
        by=PERSON,
    )


def _last_order(table: Table, photo_id: str) -> int:
    return max((n.order for n in table.notes.values() if n.photo_id == photo_id), default=-1) + 1


def yours(edit: Edit) -> str:
    """What an edit asks for, in words."""
    match edit:
        case WordingEdit() | WordEdit() | AddedNote() | JoinEdit():
            return edit.text
        case SplitEdit():
            return " / ".join(edit.parts)
        case _:
            value = getattr(edit, edit.what, None)
            section = getattr(edit, "section", None)
            value = section.title if value is None and section is not None else value
            return ", ".join(value) if isinstance(value, tuple) else str(value or "–")


def _insert(table: Table, note: Note, /, **placement: object) -> None:
    table.notes[note.id] = note
    fields = {"note_id": note.id, "kind_confidence": 1.0, "kind_reason": BY_PERSON} | placement
    table.placements[note.id] = Placement.model_validate(fields)


def _add(table: Table, edit: AddedNote) -> None:
    if edit.note_id in table.notes:
        return
    known = edit.photo_id in table.photo_ids
    if edit.photo_id and not known:
        table.stale(edit, yours=edit.text, reason="no photo", note_id=edit.note_id)
    surface = next((n.surface_id for n in table.notes.values() if n.photo_id == edit.photo_id and n.surface_id), None)
    note = Note(
        id=edit.note_id,
        photo_id=edit.photo_id,
        surface_id=surface if known else None,
        outline=edit.outline,
        text=edit.text,
        order=_last_order(table, edit.photo_id),
        by=PERSON,
    )
    # among the program's own: people's would be compared each with each
    found = [n for n in table.event.notes if edit.outline and n.photo_id == edit.photo_id and _same_place(n, note)]
    _insert(table, note, kind=edit.kind)
    table.unplaced.append((note.id, None))
    table.reworded.add(note.id)
    if edit.owners is not None:
        table.owners[note.id] = edit.owners
    if edit.due is not None:
        table.dues[note.id] = edit.due
    for twin in found:
        # the program has since found what the person had marked: it is one note
        _count_as(table, twin.id, note.id)


def _same_place(a: Note, b: Note) -> bool:
    return len(a.outline) > 2 and len(b.outline) > 2 and polygon_iou(a.outline, b.outline) >= SAME_PLACE_IOU


def _count_as(table: Table, note_id: str, kept: str) -> None:
    """Let one note be said by another."""
    for row in table.sections:
        row.take_out(note_id)
    table.change(note_id, fate="duplicate", duplicate_of=kept, seen_again=True)


def _split(table: Table, edit: SplitEdit) -> None:
    note = table.notes.get(edit.note_id)
    if note is None:
        table.miss(edit, edit.note_id, yours=yours(edit), before=edit.base)
        return
    if not same_text(note.text, edit.base):
        table.stale(edit, yours=yours(edit), before=edit.base, now=note.text, note_id=note.id)
    table.notes[note.id] = note.model_copy(update={"text": edit.parts[0], "lines": settle_words(note, " ".join(edit.parts))})
    table.reworded.add(note.id)
    placement = table.placements[note.id]
    before = note.id
    for k, part in enumerate(edit.parts[1:], 2):
        # no lines: what was read stays with the first part, so that no word is counted twice
        piece = table.notes[note.id].model_copy(update={"id": f"{note.id}-{k}", "text": part, "lines": (), "by": PERSON})
        _insert(table, piece, **placement.model_dump(exclude={"note_id", "owners", "due"}))
        table.reworded.add(piece.id)
        row = next((row for row in table.sections if before in row.note_ids), None)
        if row is not None:
            row.put(piece.id, before)
        elif placement.fate == "reported" and not placement.with_sheet:
            # cut off a heading, which stands in no section's list itself
            table.unplaced.append((piece.id, None))
        before = piece.id


def _settle(table: Table, edit: WordEdit) -> None:
    note = table.notes.get(edit.note_id)
    settled = settle_word(note, read=edit.base, nth=edit.nth, text=edit.text) if note else None
    if note is None:
        table.miss(edit, edit.note_id, yours=edit.text, before=edit.base)
    elif settled is None:
        if edit.text not in note.text.split():
            table.stale(edit, yours=edit.text, before=edit.base, now=note.text, note_id=note.id)
    else:
        table.notes[note.id] = settled
        if settled.text != note.text:
            table.reworded.add(note.id)


def _word(table: Table, edit: WordingEdit) -> None:
    note = table.notes.get(edit.note_id)
    if note is None:
        table.miss(edit, edit.note_id, yours=edit.text, before=edit.base)
        return
    read = next((n.text for n in table.event.notes if n.id == edit.note_id), edit.base)
    if not same_text(read, edit.base) and not same_text(read, edit.text):
        table.stale(edit, yours=edit.text, before=edit.base, now=read, note_id=note.id)
    lines = settle_words(note, edit.text)
    written = note.written or note.text if edit.of == "report" else None
    legible = {"legible": "full"} if note.legible != "full" and edit.text.strip() else {}
    table.notes[note.id] = note.model_copy(update={"text": edit.text, "lines": lines, "written": written, **legible})
    if not same_text(note.text, edit.text):
        table.reworded.add(note.id)
    if table.placements[note.id].fate == "unreadable" and edit.text.strip():
        # somebody could read it after all
        table.change(note.id, fate="reported")
        table.unplaced.append((note.id, None))


def _join(table: Table, edit: JoinEdit) -> None:
    note = table.notes.get(edit.note_id)
    if note is None:
        table.miss(edit, edit.note_id, yours=edit.text, before=edit.base)
        return
    others = [i for i in edit.others if i in table.notes and i != note.id]
    now = " / ".join(n.text for i in (note.id, *edit.others) if (n := next((n for n in table.event.notes if n.id == i), None)))
    if now and not same_text(now, edit.base):
        table.stale(edit, yours=edit.text, before=edit.base, now=now, note_id=note.id)
    written = note.written or note.text
    table.notes[note.id] = note.model_copy(update={"text": edit.text, "written": written})
    table.reworded.add(note.id)
    for other in others:
        _count_as(table, other, note.id)
        table.change(other, seen_again=False)
