"""What the bookmarks of a written report stand for: the way back from names to notes, sections, actions and people's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digitise.corrections import Corrections, SectionRef
from digitise.model import Event, Frozen, Note
from digitise.report.docx_reading import Reading
from digitise.report.draft import anchor_name


class Base(Frozen):
    """What the program wrote into one document: the other side of the comparison when it comes back edited."""

    document_id: str
    reading: Reading
    event: Event
    """As printed, corrections included, but without lines and pictures."""
    corrections: Corrections
    """In force then."""


@dataclass(frozen=True)
class Names:
    notes: dict[str, str]
    """Bookmark without a repeat's suffix -> note id."""
    sections: dict[str, str]
    actions: dict[str, str]
    """'a_3' -> note id."""

    def note_at(self, name: str, places: str) -> str | None:
        """The note whose words stand in a bookmark, if it is of one of these places."""
        if not name.startswith(tuple(f"{place}_" for place in places)):
            return None
        return self.notes.get(name) or self.notes.get(re.sub(r"_x\d+$", "", name))


def learn_names(event: Event) -> Names:
    return Names(
        notes={anchor_name(place, note.id): note.id for note in event.notes for place in "nrtdhu"},
        sections={anchor_name("s", section.id): section.id for section in event.arrangement.sections},
        actions={f"a_{action.number}": action.note_id for action in event.arrangement.actions},
    )


def learn_printed(base: Base) -> dict[str, str]:
    """Id of a note or section -> its words as the document printed them: in the chapters, else the register, else the photo record."""
    names = learn_names(base.event)
    printed: dict[str, str] = {}
    for place in ("n", "t", "rdu"):
        for block in base.reading.blocks:
            for mark in block.marks:
                if note_id := names.note_at(mark.name, place):
                    printed.setdefault(note_id, " ".join(block.under(mark).split()))
                elif mark.name in names.sections:
                    printed.setdefault(names.sections[mark.name], " ".join(block.under(mark).split()))
    return {i: words for i, words in printed.items() if words}


def refer_to(event: Event, section_id: str) -> SectionRef:
    """A section of the event, with its notes so that it is known again."""
    section = next((s for s in event.arrangement.sections if s.id == section_id), None)
    if section is None:
        return SectionRef(id=section_id)
    head = (section.title_note_id,) if section.title_note_id else ()
    ids = tuple(dict.fromkeys((*head, *section.note_ids)))
    title = "" if section.title_source == "none" else section.title
    return SectionRef(id=section.id, title=title, note_ids=ids)


def find_note(event: Event, note_id: str) -> Note | None:
    return next((note for note in event.notes if note.id == note_id), None)
