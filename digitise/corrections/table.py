"""The table on which one event is corrected: its notes, placements and sections, open to change while `apply_corrections` runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from digitise.corrections.model import Corrections, Edit, EditBase, SectionRef, edit_key, own_id, seen_stamp
from digitise.edits_model import EditToCheck
from digitise.model import Chapter, Event, EventInfo, Kind, Note, Part, Placement, Section, TitleSource

Reason = Literal["changed", "not found", "no photo", "no place", "conflict", "not kept"]
LEFTOVER = "sec-other"
"""Id of the section without a heading, as the arranging stage names it."""
SAME_SECTION = 0.5
"""Share of a section's remembered notes from which another section is taken for it: with more than half there is but one such."""
AnyEdit = TypeVar("AnyEdit", bound=EditBase)


@dataclass
class SectionRow:
    """A section that can be changed."""

    id: str
    title: str
    source: TitleSource
    title_note_id: str | None = None
    note_ids: list[str] = field(default_factory=list)
    confidence: float = 0.0
    chapter: Chapter | None = None
    kind: Kind | None = None
    parts: list[tuple[str, list[str]]] = field(default_factory=list)
    """The columns of a plan: note of the heading, notes below it."""

    def take_out(self, note_id: str) -> None:
        for ids in (self.note_ids, *(ids for _, ids in self.parts)):
            if note_id in ids:
                ids.remove(note_id)

    def put(self, note_id: str, after: str | None) -> None:
        """Behind `after`, also in its column of a plan, and behind a column's heading; at the first place for '', at the last for None."""
        column = next((ids for head, ids in self.parts if after in ids or after == head), None)
        first = column[0] if column and after not in column else None
        place = self.note_ids.index(first) if first in self.note_ids else None
        if place is None:
            place = 0 if after == "" else self.note_ids.index(after) + 1 if after in self.note_ids else len(self.note_ids)
        self.note_ids.insert(place, note_id)
        if column is not None:
            column.insert(column.index(after) + 1 if after in column else 0, note_id)


@dataclass
class Table:
    corrections: Corrections
    notes: dict[str, Note]
    """The program's own first, in their order."""
    placements: dict[str, Placement]
    sections: list[SectionRow]
    info: EventInfo
    event: Event
    photo_ids: set[str]
    photo_of: dict[str, str] = field(default_factory=dict)
    """Photos of the notes that are remembered."""
    reworded: set[str] = field(default_factory=set)
    """Notes whose action takes its wording, owners and date anew."""
    unplaced: list[tuple[str, SectionRef | None]] = field(default_factory=list)
    """Notes that are new in the report, with the section where they are wanted; None is the leftover section."""
    owners: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dues: dict[str, str | None] = field(default_factory=dict)
    to_check: dict[str, EditToCheck] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """Section id of an edit -> id of the section of this run that it means."""

    def of(self, kind: type[AnyEdit]) -> list[AnyEdit]:
        """The edits of one kind, in an order that does not depend on that of the file."""
        return sorted((e for e in self.corrections.edits if isinstance(e, kind)), key=lambda e: e.subject)

    def tell(
        self, edit_id: str, reason: Reason, *, note_id: str = "", about: str = "", yours: str = "", before: str = "", now: str = ""
    ) -> None:
        """List an edit that should be looked at."""
        if seen_stamp(edit_id, reason, now) in self.corrections.seen:
            return
        told = EditToCheck(id=edit_id, reason=reason, note_id=note_id, about=about, yours=yours, before=before, now=now)
        self.to_check.setdefault(edit_id, told)

    def stale(self, edit: Edit, *, yours: str, before: str = "", now: str = "", reason: Reason = "changed", note_id: str = "") -> None:
        """List an edit of whose subject the program says something else than when it was made."""
        self.tell(check_id(edit), reason, note_id=note_id, about=edit.what, yours=yours, before=before, now=now)

    def miss(self, edit: Edit, note_id: str, *, yours: str, before: str = "") -> None:
        """List an edit of a note that is not there."""
        photo = self.photo_of.get(note_id, "")
        reason: Reason = "no photo" if photo and photo not in self.photo_ids else "not found"
        self.stale(edit, yours=yours, before=before, reason=reason, note_id=note_id)

    def row(self, section_id: str) -> SectionRow | None:
        return next((row for row in self.sections if row.id == section_id), None)

    def leftover(self) -> SectionRow:
        """The section without a heading; made where there is none."""
        row = next((row for row in self.sections if row.source == "none"), None)
        if row is None:
            row = SectionRow(LEFTOVER, "", "none")
            self.sections.append(row)
        return row

    def resolve(self, ref: SectionRef) -> str | None:
        """Id of the section of this run that a person meant; None when there is none."""
        if ref.id in self.aliases:
            return self.aliases[ref.id]
        row = self.row(ref.id)
        if row is not None:
            return row.id
        members = {i for i in ref.note_ids if i in self.notes}
        if not members:
            return None
        best = max(self.sections, key=lambda row: len(members & {*row.note_ids, row.title_note_id}), default=None)
        if best is None or best.source == "none" or len(members & {*best.note_ids, best.title_note_id}) <= SAME_SECTION * len(members):
            return None
        self.aliases[ref.id] = best.id
        return best.id

    def place(self, note_id: str, section_id: str, after: str | None = None) -> None:
        """Put a reported note into a section: behind `after`, at the first place for '', at the last for None."""
        for row in self.sections:
            row.take_out(note_id)
        row = self.row(section_id) or self.leftover()
        row.put(note_id, after)
        self.change(note_id, section_id=row.id, with_sheet=False)

    def change(self, note_id: str, **update: object) -> None:
        self.placements[note_id] = self.placements[note_id].model_copy(update=update)


def check_id(edit: Edit) -> str:
    """The id under which an edit is listed as one to be checked."""
    return own_id("edit", edit_key(edit))


def open_table(event: Event, corrections: Corrections) -> Table:
    placements = {p.note_id: p for p in event.arrangement.placements}
    return Table(
        corrections=corrections,
        notes={n.id: n for n in event.notes},
        placements={n.id: placements.get(n.id, Placement(note_id=n.id)) for n in event.notes},
        sections=[_open_row(s) for s in event.arrangement.sections],
        info=event.info,
        event=event,
        photo_ids={photo.id for photo in event.photos},
        photo_of={r.note_id: r.photo_id for r in reversed(corrections.notes)},
    )


def _open_row(section: Section) -> SectionRow:
    return SectionRow(
        section.id,
        section.title,
        section.title_source,
        section.title_note_id,
        list(section.note_ids),
        section.confidence,
        kind=section.kind,
        parts=[(part.title_note_id, list(part.note_ids)) for part in section.parts],
    )


def close_rows(rows: Iterable[SectionRow]) -> tuple[Section, ...]:
    """The sections as the event holds them."""
    return tuple(
        Section(
            id=row.id,
            title=row.title,
            title_source=row.source,
            title_note_id=row.title_note_id,
            note_ids=tuple(row.note_ids),
            confidence=row.confidence,
            chapter=row.chapter,
            kind=row.kind,
            parts=tuple(Part(title_note_id=head, note_ids=tuple(ids)) for head, ids in row.parts if ids),
        )
        for row in rows
    )
