"""Asked changes of where things stand, as edits: notes moved, sections made, named, merged and sorted, the title block."""

from __future__ import annotations

from digitise.corrections import ChapterEdit, InfoEdit, MoveEdit, NewSection, OrderEdit, SectionMerge, TitleEdit
from digitise.corrections.applying import print_info
from digitise.corrections.table import LEFTOVER
from digitise.corrections.words import same_text
from digitise.errors import UsageError
from digitise.model import Event
from digitise.reviewing.asking import AddSection, MergeSections, MoveNotes, OrderSections, RenameSection, SetChapter, SetInfo
from digitise.reviewing.work import Work, without_edit


def move_notes(work: Work, asked: MoveNotes) -> None:
    moved = tuple(dict.fromkeys(asked.note_ids))
    for note_id in moved:
        work.note(note_id)
        if work.placement(note_id).fate != "reported":
            raise UsageError(note_id, "this note is not in the report by itself, so it cannot be moved", "Restore it first.")
    target = work.refer(asked.section_id)
    rows = {s.id: [i for i in s.note_ids if i not in moved] for s in work.event.arrangement.sections}
    row = rows.setdefault(target.id, [])
    at = 0 if asked.after == "" else row.index(asked.after) + 1 if asked.after in row else len(row)
    if rows == {s.id: list(s.note_ids) for s in work.event.arrangement.sections} and not moved:
        return
    row[at:at] = moved
    column = _column_head(work.event, target.id, asked.after)
    for note_id in moved:
        arranged = work.arranged(note_id)
        before = _before(row, note_id)
        edit = MoveEdit(
            note_id=note_id,
            section=target,
            after=column if column and note_id == moved[0] else before,
            base=arranged.section_id if arranged else None,
        )
        work.put(edit)
    _keep_places(work, rows, main=set(moved))


def _column_head(event: Event, section_id: str, after: str | None) -> str | None:
    """`after`, where it is the heading of a plan's column: the note is wanted at the column's first place."""
    section = next((s for s in event.arrangement.sections if s.id == section_id), None)
    return after if section is not None and any(part.title_note_id == after for part in section.parts) else None


def _before(row: list[str], note_id: str) -> str:
    """The note behind which one stands; '' for the first."""
    at = row.index(note_id)
    return row[at - 1] if at else ""


def _keep_places(work: Work, rows: dict[str, list[str]], *, main: set[str]) -> None:
    """Notes that were moved before stay where they are: each is said to stand behind the one that it stands behind now."""
    now = {s.id: list(s.note_ids) for s in work.event.arrangement.sections}
    if all(now.get(section_id, []) == row for section_id, row in rows.items()):
        return
    for section_id, row in rows.items():
        for note_id in row:
            edit = work.edit(f"move:{note_id}")
            if isinstance(edit, MoveEdit) and note_id not in main:
                before = _before(row, note_id)
                if edit.section.id == section_id and edit.after != before:
                    work.put(edit.model_copy(update={"after": before}), main=False)


def add_section(work: Work, asked: AddSection) -> None:
    section_id = work.new_id()
    work.put(NewSection(section_id=section_id, title=asked.title, chapter=asked.chapter))
    if asked.note_ids:
        move_notes(work, MoveNotes(note_ids=asked.note_ids, section_id=section_id))


def rename_section(work: Work, asked: RenameSection) -> None:
    section = work.section(asked.section_id)
    if section is None:
        ids = next((s.note_ids for s in work.event.arrangement.sections if s.title_source == "none"), ())
        add_section(work, AddSection(title=asked.title, note_ids=ids))
        return
    made = work.edit(f"new section:{section.id}")
    if isinstance(made, NewSection):
        work.put(made.model_copy(update={"title": asked.title}))
        return
    if same_text(section.title, asked.title) and section.title == asked.title:
        return
    key = f"title:{section.id}"
    known = work.edit(key)
    plain = next((s.title for s in without_edit(work, key).arrangement.sections if s.id == section.id), None) if known else section.title
    if plain == asked.title:
        work.drop(key)
        return
    base = known.base if isinstance(known, TitleEdit) else section.title
    work.put(TitleEdit(section=work.refer(section.id), title=asked.title, base=base))


def merge_sections(work: Work, asked: MergeSections) -> None:
    gone, into = work.refer(asked.section_id), work.refer(asked.into)
    if gone.id == into.id:
        raise UsageError(asked.section_id, "a section cannot be merged with itself", "Pick another section.")
    if gone.id == LEFTOVER:
        ids = next((s.note_ids for s in work.event.arrangement.sections if s.title_source == "none"), ())
        if ids:
            move_notes(work, MoveNotes(note_ids=ids, section_id=into.id))
        return
    work.put(SectionMerge(section=gone, into=into))


def order_sections(work: Work, asked: OrderSections) -> None:
    wanted = [i for i in dict.fromkeys(asked.section_ids) if work.section(i) is not None]
    now = [s.id for s in work.event.arrangement.sections if s.title_source != "none"]
    if wanted and [i for i in now if i in wanted] != wanted:
        # all of them are named, so that those that were named before keep the place that they have now
        rest = iter(wanted)
        work.put(OrderEdit(sections=tuple(work.refer(next(rest) if i in wanted else i) for i in now)))


def set_chapter(work: Work, asked: SetChapter) -> None:
    section = work.section(asked.section_id)
    if section is None:
        raise UsageError(asked.section_id, "the points without a section have no chapter of their own", "Make a section of them first.")
    if section.chapter == asked.chapter:
        return
    known = work.edit(f"chapter:{section.id}")
    base = known.base if isinstance(known, ChapterEdit) else section.chapter
    work.put(ChapterEdit(section=work.refer(section.id), chapter=asked.chapter, base=base))


def set_info(work: Work, asked: SetInfo) -> None:
    if asked.field == "title" and not asked.value:
        raise UsageError("title", "the report needs a title", "Type one.")
    base = print_info(work.program.event.info, asked.field)
    if asked.value == base:
        work.drop(f"info:{asked.field}")
    else:
        work.put(InfoEdit(field=asked.field, value=asked.value, base=base))
