"""Edits of the sections: new, renamed, merged, notes moved, order."""

from __future__ import annotations

from digitise.corrections.model import ChapterEdit, MoveEdit, NewSection, OrderEdit, SectionMerge, SectionRef, TitleEdit
from digitise.corrections.table import SectionRow, Table
from digitise.corrections.words import same_text


def apply_sections(table: Table) -> None:
    for new in table.of(NewSection):
        if table.row(new.section_id) is None:
            _append(table, SectionRow(new.section_id, new.title, "edited", confidence=1.0, chapter=new.chapter))
    for title in table.of(TitleEdit):
        _rename(table, title)
    for merge in table.of(SectionMerge):
        _merge(table, merge)
    for chapter in table.of(ChapterEdit):
        _ensure(table, chapter.section).chapter = chapter.chapter
    _place_new(table)
    _move(table)
    for order in table.of(OrderEdit):
        _sort(table, order)
    for note_id, placement in table.placements.items():
        row = next((row for row in table.sections if note_id in row.note_ids), None)
        if row is not None and placement.section_id != row.id:
            table.change(note_id, section_id=row.id)


def _append(table: Table, row: SectionRow) -> None:
    """A section at the end, before the leftover one."""
    at = next((i for i, r in enumerate(table.sections) if r.source == "none"), len(table.sections))
    table.sections.insert(at, row)


def _ensure(table: Table, ref: SectionRef) -> SectionRow:
    """The section that a person meant. Where this run has none like it, it is made again of those of its notes that are reported."""
    found = table.row(table.resolve(ref) or "")
    if found is not None:
        return found
    row = SectionRow(ref.id, ref.title, "edited" if ref.title else "none", confidence=1.0)
    if not ref.title:
        return table.leftover()
    _append(table, row)
    for note_id in ref.note_ids:
        placement = table.placements.get(note_id)
        if placement is not None and placement.fate == "reported" and not placement.with_sheet:
            table.place(note_id, row.id)
    return row


def _rename(table: Table, edit: TitleEdit) -> None:
    known = table.resolve(edit.section) is not None
    row = _ensure(table, edit.section)
    if known and not same_text(row.title, edit.base) and not same_text(row.title, edit.title) and row.source != "edited":
        table.stale(edit, yours=edit.title, before=edit.base, now=row.title)
    row.title, row.source, row.title_note_id = edit.title, "edited", None


def _merge(table: Table, edit: SectionMerge) -> None:
    """Its notes go behind those of the other. A section that is not there any more has nothing to give."""
    gone = table.row(table.resolve(edit.section) or "")
    into = _ensure(table, edit.into)
    if gone is None or gone is into:
        return
    for note_id in list(gone.note_ids):
        table.place(note_id, into.id)
    if gone.source == "none":
        return
    table.sections.remove(gone)
    table.aliases[gone.id] = table.aliases[edit.section.id] = into.id


def _place_new(table: Table) -> None:
    """Notes that were added, put back or brought back: where they were wanted, else in the leftover section."""
    for note_id, ref in table.unplaced:
        if table.placements[note_id].fate == "reported":
            row = _ensure(table, ref) if ref is not None else table.row(table.placements[note_id].section_id or "")
            table.place(note_id, (row or table.leftover()).id)


def _move(table: Table) -> None:
    """All notes that were moved into a section are put there in the order in which they follow each other."""
    moves = table.of(MoveEdit)
    for edit in moves:
        if edit.note_id not in table.notes:
            table.miss(edit, edit.note_id, yours=edit.section.title)
    todo = {e.note_id: e for e in moves if e.note_id in table.notes and table.placements[e.note_id].fate == "reported"}
    targets = {i: _ensure(table, e.section).id for i, e in todo.items()}
    # first out of where they are, so that nothing is put behind a note that is about to go
    for note_id in todo:
        for row in table.sections:
            row.take_out(note_id)
    placed: set[str] = set()
    while todo:
        # behind a note that itself moves only when that stands; a ring (A behind B behind A) is cut at its first note
        ready = [i for i, e in todo.items() if e.after is None or e.after not in todo or e.after == i] or [min(todo)]
        # two behind the same place: the one that comes first in the file's order of ids stands first, so it is put there last
        for note_id in reversed(ready):
            edit = todo.pop(note_id)
            table.place(note_id, targets[note_id], edit.after)
            placed.add(note_id)


def _sort(table: Table, edit: OrderEdit) -> None:
    """Named sections in the order given; each of the others stays behind the one that it followed."""
    ranks: dict[str, int] = {}
    for k, ref in enumerate(edit.sections):
        section_id = table.resolve(ref)
        if section_id is not None:
            ranks.setdefault(section_id, k)
    groups: list[tuple[int, list[SectionRow]]] = []
    head: list[SectionRow] = []
    tail = [row for row in table.sections if row.source == "none"]
    for row in table.sections:
        if row in tail:
            continue
        if row.id in ranks:
            groups.append((ranks[row.id], [row]))
        elif groups:
            groups[-1][1].append(row)
        else:
            head.append(row)
    table.sections = [*head, *(row for _, group in sorted(groups, key=lambda g: g[0]) for row in group), *tail]
