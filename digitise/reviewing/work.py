"""The table on which asked changes become edits: the corrections so far, open to change, and the event as it follows from them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from digitise.corrections import Corrections, Edit, Remembered, SectionRef, drop_edit, edit_key
from digitise.corrections.model import meaning
from digitise.corrections.table import LEFTOVER
from digitise.errors import UsageError
from digitise.model import Event, Note, Placement, Section
from digitise.report.docx_names import refer_to
from digitise.reviewing.opening import Program, correct_program

WEB = "web"
"""`origin` of edits made on the review page."""


def make_id() -> str:
    """An id for a note or section of a person's; 48 random bits."""
    return "own" + secrets.token_hex(6)


@dataclass
class Work:
    """Corrections that are being changed."""

    program: Program
    corrections: Corrections
    author: str = ""
    new_id: Callable[[], str] = make_id
    main: set[str] = field(default_factory=set)
    """Keys of the edits that were asked for; others only keep their place beside these."""
    _event: Event | None = None

    def __post_init__(self) -> None:
        self._edits = {edit_key(e): e for e in self.corrections.edits}

    @property
    def event(self) -> Event:
        """The event as it is with the changes made so far."""
        if self._event is None:
            self._event = correct_program(self.program, self.close())
        return self._event

    def edit(self, key: str) -> Edit | None:
        return self._edits.get(key)

    def edits(self) -> Iterator[Edit]:
        return iter(list(self._edits.values()))

    def put(self, edit: Edit, *, main: bool = True) -> None:
        """This edit in place of any other about the same. One that asks for the same as before stays as it was."""
        key = edit_key(edit)
        if main:
            self.main.add(key)
        known = self._edits.get(key)
        if known is None or meaning(known) != meaning(edit):
            self._edits[key] = edit.model_copy(update={"author": self.author, "origin": WEB})
            self._event = None

    def drop(self, key: str, *, main: bool = True) -> None:
        """What the program says holds again."""
        if main:
            self.main.add(key)
        if self._edits.pop(key, None) is not None:
            self._event = None

    def settle(self, *, seen: str = "", unmerged: str = "") -> None:
        """A row of 'edits to check' is settled: remembered as seen, or what it lists is dropped."""
        kept = tuple(u for u in self.corrections.unmerged if u.id != unmerged)
        stamps = tuple(sorted({*self.corrections.seen, *([seen] if seen else [])}))
        self.corrections = self.corrections.model_copy(update={"unmerged": kept, "seen": stamps})
        self._event = None

    def close(self) -> Corrections:
        """The corrections as they are now, with the places of all notes that they are about."""
        edits = tuple(self._edits[key] for key in sorted(self._edits))
        return remember_notes(self.corrections.model_copy(update={"edits": edits}), before=self.corrections, event=self.program.event)

    def note(self, note_id: str) -> Note:
        """Raises UsageError for an unknown one."""
        found = next((n for n in self.event.notes if n.id == note_id), None)
        if found is None:
            raise UsageError(note_id, "this note is not there any more", "Load the page again.")
        return found

    def placement(self, note_id: str) -> Placement:
        return next(p for p in self.event.arrangement.placements if p.note_id == note_id)

    def section(self, section_id: str) -> Section | None:
        """None for the one without a heading, also where it is empty. Raises UsageError for an unknown one."""
        found = next((s for s in self.event.arrangement.sections if s.id == section_id), None)
        if section_id in ("", LEFTOVER) or (found is not None and found.title_source == "none"):
            return None
        if found is None:
            raise UsageError(section_id, "this section is not there any more", "Load the page again.")
        return found

    def refer(self, section_id: str) -> SectionRef:
        """A section as corrections name it. The one without a heading goes by its id alone. Raises UsageError."""
        found = self.section(section_id)
        return refer_to(self.event, found.id) if found is not None else SectionRef(id=LEFTOVER)

    def read(self, note_id: str) -> Note | None:
        """A note as the program made it; None for one that a person made."""
        return next((n for n in self.program.event.notes if n.id == note_id), None)

    def arranged(self, note_id: str) -> Placement | None:
        """What the program says of a note."""
        return next((p for p in self.program.event.arrangement.placements if p.note_id == note_id), None)


def remember_notes(corrections: Corrections, *, before: Corrections, event: Event) -> Corrections:
    """With the places of the program's notes that edits are about, so that they are known again although a later run misses them."""
    known = {r.note_id: r for r in corrections.notes}
    was, now = _subjects(before), _subjects(corrections)
    for note_id in was - now:
        known.pop(note_id, None)
    missing = now - set(known)
    if missing:
        placements = {p.note_id: p for p in event.arrangement.placements}
        known |= {n.id: _remember(event, n, placements[n.id]) for n in event.notes if n.id in missing and len(n.outline) > 2}
    return corrections.model_copy(update={"notes": tuple(known[i] for i in sorted(known))})


def _subjects(corrections: Corrections) -> set[str]:
    return {i for e in corrections.edits for i in (getattr(e, "note_id", ""), *getattr(e, "others", ()))} - {""}


def _remember(event: Event, note: Note, placement: Placement) -> Remembered:
    section = refer_to(event, placement.section_id) if placement.section_id else None
    return Remembered(note_id=note.id, photo_id=note.photo_id, outline=note.outline, text=note.text, kind=placement.kind, section=section)


def without_edit(work: Work, key: str) -> Event:
    """The event as it would be without one edit."""
    return correct_program(work.program, drop_edit(work.close(), key))
