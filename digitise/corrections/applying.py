"""The corrections laid over an event: pure, in a fixed order by kind of edit, so that their order in the file means nothing.

First the notes (split, joined, added, words), then what becomes of them (fate, kind, owners, due), then the sections (new, renamed,
merged, moves, order), last the actions, which follow from all that. An edit is never lost: one that finds nothing to be laid over
is listed in `Event.edits_to_check`, and a note that the program does not find any more is put back from what is remembered of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from digitise.corrections.actions import rebuild_actions
from digitise.corrections.duties import apply_duties, apply_fates
from digitise.corrections.model import Corrections, InfoEdit, ParagraphEdit, PassageEdit, edit_key, own_id
from digitise.corrections.notes import apply_notes
from digitise.corrections.sections import apply_sections
from digitise.corrections.table import Table, open_table
from digitise.edits_model import OwnParagraph, OwnPassage
from digitise.model import Event, EventInfo


class Duties(NamedTuple):
    """How the program finds owners and dates in a wording; given by the caller, because stages stand above this module."""

    find: Callable[[str], tuple[tuple[str, ...], str | None]]
    """Wording -> owners and the wording of the date."""
    read_due: Callable[[str | None], date | None]


def apply_corrections(event: Event, corrections: Corrections, duties: Duties) -> Event:
    """The event as people want it. `event` is as the program made it, without any correction. Accounting is left to the caller."""
    if not corrections.edits and not corrections.unmerged:
        return event
    table = open_table(event, corrections)
    apply_notes(table)
    apply_fates(table)
    apply_duties(table)
    apply_sections(table)
    _apply_info(table)
    for unmerged in corrections.unmerged:
        table.tell(unmerged.id, unmerged.reason, note_id=unmerged.note_id, about=unmerged.where, yours=unmerged.yours, now=unmerged.other)
    arrangement = rebuild_actions(table, duties.find, duties.read_due)
    return event.model_copy(
        update={
            "info": table.info,
            "notes": tuple(table.notes.values()),
            "arrangement": arrangement,
            "own_paragraphs": _paragraphs(table),
            "own_passages": _passages(corrections),
            "edits_to_check": tuple(table.to_check.values()),
        }
    )


def _apply_info(table: Table) -> None:
    for edit in table.of(InfoEdit):
        now = print_info(table.info, edit.field)
        if now not in (edit.base, edit.value):
            table.stale(edit, before=edit.base, now=now, yours=edit.value)
        value = tuple(name.strip() for name in edit.value.split(",") if name.strip()) if edit.field == "organisers" else edit.value
        table.info = table.info.model_copy(update={edit.field: value})


def print_info(info: EventInfo, field: str) -> str:
    """A line of the title block as one text."""
    value = getattr(info, field)
    return value if isinstance(value, str) else ", ".join(value)


def _paragraphs(table: Table) -> tuple[OwnParagraph, ...]:
    found: list[OwnParagraph] = []
    for edit in sorted(table.of(ParagraphEdit), key=lambda e: (e.after, e.order, e.paragraph_id)):
        after = edit.after
        section_id = table.resolve(edit.section) if edit.section else None
        if section_id:
            # the section may have another id by now; its bookmark is made of that
            after = (*(f"section:{section_id}" if edit.section and name == f"section:{edit.section.id}" else name for name in after),)
        found.append(OwnParagraph(id=edit.paragraph_id, style=edit.style, runs=edit.runs, after=after))
    return tuple(found)


def _passages(corrections: Corrections) -> tuple[OwnPassage, ...]:
    return tuple(
        OwnPassage(id=own_passage_id(e), base=e.base, under=e.under, nth=e.nth, runs=e.runs, alone=e.alone)
        for e in sorted((e for e in corrections.edits if isinstance(e, PassageEdit)), key=edit_key)
    )


def own_passage_id(edit: PassageEdit) -> str:
    """Under which id the event and the report know a passage."""
    return own_id("passage", edit.under, str(edit.nth), edit.base)
