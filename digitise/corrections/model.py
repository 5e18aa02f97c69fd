"""corrections.json as data: one model per kind of edit. Frozen, without pixels, without a clock.

An edit says what a person wants and, as its `base`, what the program said when they wanted it. So a later run can tell
whether the person's decision still answers what the program says now. At most one edit has a given key (`edit_key`): the order
of edits in the file means nothing.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from digitise.edits_model import OwnRun, ParagraphStyle
from digitise.model import Chapter, Fate, Frozen, Kind, Point

CORRECTIONS_VERSION = 1
"""Version of corrections.json. Raised when a field changes meaning or goes away; new optional fields do not raise it."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
"""Of a note or section; ids become names of files and bookmarks, and this file may come from anywhere."""
OwnId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,36}$")]
"""Of something that is a person's."""
PersonsFate = Literal["reported", "set aside"]
InfoField = Literal["title", "date", "place", "organisers"]


class SectionRef(Frozen):
    """A section as a person saw it. Sections are made anew by each run, so its notes say which one is meant."""

    id: Id
    title: str = ""
    note_ids: tuple[str, ...] = ()


class EditBase(Frozen):
    """What all edits have."""

    author: str = ""
    """Who made it, where they gave a name."""
    origin: str = ""
    """Where it came from: '<document id>:<name of the file>' of an imported report, 'web', or '' for an edit made by hand."""

    about: ClassVar[tuple[str, ...]] = ("note_id",)
    """The fields that say what it is about, within its kind: one edit of a kind has a given subject."""

    @property
    def subject(self) -> str:
        parts = (getattr(self, name) for name in self.about)
        return ":".join(part.id if isinstance(part, SectionRef) else str(part) for part in parts)


class WordingEdit(EditBase):
    """A note's words."""

    what: Literal["wording"] = "wording"
    about: ClassVar[tuple[str, ...]] = ("of", "note_id")
    note_id: Id
    of: Literal["sheet", "report"] = "sheet"
    """sheet: this is what stands on the sheet. report: the sheet says what was read, and the report puts it this way."""
    text: str
    """The same words as `base` mean that a person has checked them."""
    base: str


class WordEdit(EditBase):
    """One word that was in doubt, accepted or retyped."""

    what: Literal["word"] = "word"
    about: ClassVar[tuple[str, ...]] = ("note_id", "nth", "base")
    note_id: Id
    base: str
    """The word as the program read it."""
    nth: int = Field(0, ge=0)
    """Which of the note's words that read so, from 0."""
    text: str
    """Equal to `base` where a person accepts the reading."""


class KindEdit(EditBase):
    what: Literal["kind"] = "kind"
    note_id: Id
    kind: Kind
    base: Kind


class OwnersEdit(EditBase):
    what: Literal["owners"] = "owners"
    note_id: Id
    owners: tuple[str, ...]
    base: tuple[str, ...]


class DueEdit(EditBase):
    what: Literal["due"] = "due"
    note_id: Id
    due: str | None
    """In the person's words; None takes the date away."""
    base: str | None


class FateEdit(EditBase):
    """A note taken out of the report, or brought back into it."""

    what: Literal["fate"] = "fate"
    note_id: Id
    fate: PersonsFate
    base: Fate


class MoveEdit(EditBase):
    """A note's place in the report."""

    what: Literal["move"] = "move"
    note_id: Id
    section: SectionRef
    after: str | None = None
    """Id of the note it stands behind, or of the heading of a plan's column for its first place; '' for the section's first, None for its
    last."""
    base: str | None = None
    """Id of the section in which the program had it."""


class TitleEdit(EditBase):
    """A section's heading."""

    what: Literal["title"] = "title"
    about: ClassVar[tuple[str, ...]] = ("section",)
    section: SectionRef
    title: str
    base: str


class ChapterEdit(EditBase):
    """The chapter in which a section stands."""

    what: Literal["chapter"] = "chapter"
    about: ClassVar[tuple[str, ...]] = ("section",)
    section: SectionRef
    chapter: Chapter
    base: Chapter | None = None


class NewSection(EditBase):
    """A section that the program did not make. Its notes come by MoveEdits."""

    what: Literal["new section"] = "new section"
    about: ClassVar[tuple[str, ...]] = ("section_id",)
    section_id: Id
    title: str
    chapter: Chapter | None = None


class SectionMerge(EditBase):
    what: Literal["merge sections"] = "merge sections"
    about: ClassVar[tuple[str, ...]] = ("section",)
    section: SectionRef
    """Goes; its notes come behind those of `into`."""
    into: SectionRef


class OrderEdit(EditBase):
    """The order of the sections. Sections that are not named keep their place behind the one they followed."""

    what: Literal["order"] = "order"
    about: ClassVar[tuple[str, ...]] = ()
    sections: tuple[SectionRef, ...]


class SplitEdit(EditBase):
    """One note becomes several. The first part keeps the note's id, the others get '<id>-2', '<id>-3' …"""

    what: Literal["split"] = "split"
    note_id: Id
    parts: tuple[str, ...] = Field(min_length=2)
    base: str


class JoinEdit(EditBase):
    """Several notes become one, which keeps the first one's id; the others count as said by it."""

    what: Literal["join"] = "join"
    note_id: Id
    others: tuple[Id, ...] = Field(min_length=1)
    text: str
    base: str


class AddedNote(EditBase):
    """A note that the program did not find: typed by the writer, or marked on a photo."""

    what: Literal["note"] = "note"
    note_id: Id
    text: str
    kind: Kind = "other"
    owners: tuple[str, ...] | None = None
    """None: as its wording says."""
    due: str | None = None
    photo_id: str = ""
    """'' for a note that stands on no photo."""
    outline: tuple[Point, ...] = ()


class InfoEdit(EditBase):
    """A line of the title block; it beats event.toml."""

    what: Literal["info"] = "info"
    about: ClassVar[tuple[str, ...]] = ("field",)
    field: InfoField
    value: str
    """Organisers: parted by commas."""
    base: str


class ParagraphEdit(EditBase):
    """A paragraph of the writer's own."""

    what: Literal["paragraph"] = "paragraph"
    about: ClassVar[tuple[str, ...]] = ("paragraph_id",)
    paragraph_id: OwnId
    style: ParagraphStyle = "body"
    runs: tuple[OwnRun, ...]
    after: tuple[str, ...]
    """What it stands behind: names of places in the report, the nearest first (see Event.own_paragraphs)."""
    section: SectionRef | None = None
    """The section it stands in."""
    order: int = 0
    """Among paragraphs behind the same place."""


class PassageEdit(EditBase):
    """Words of the program's own (an introduction, a caption, a chapter's heading) put otherwise, or taken out."""

    what: Literal["passage"] = "passage"
    about: ClassVar[tuple[str, ...]] = ("under", "nth", "base")
    base: str
    under: str = ""
    """The heading above it, where its words alone do not say which of several it is."""
    nth: int = 0
    """Which of the passages under that heading with the same words, from 0."""
    runs: tuple[OwnRun, ...]
    """() where it was taken out; of a chapter's heading, with the chapter."""
    alone: bool = False
    """Of a chapter's heading that was taken out: what stands under it stays."""


Edit = Annotated[
    WordingEdit
    | WordEdit
    | KindEdit
    | OwnersEdit
    | DueEdit
    | FateEdit
    | MoveEdit
    | TitleEdit
    | ChapterEdit
    | NewSection
    | SectionMerge
    | OrderEdit
    | SplitEdit
    | JoinEdit
    | AddedNote
    | InfoEdit
    | ParagraphEdit
    | PassageEdit,
    Field(discriminator="what"),
]


class Remembered(Frozen):
    """Where a note stands that a person has edited, so that it is known again although a run has missed it."""

    note_id: Id
    photo_id: str
    outline: tuple[Point, ...]
    text: str
    """As the program read it."""
    kind: Kind = "other"
    section: SectionRef | None = None


class Unmerged(Frozen):
    """Something a person wrote that could not be laid over the report. It is listed there until its row is deleted."""

    id: OwnId
    reason: Literal["conflict", "not kept"]
    note_id: str = ""
    where: str = ""
    """Words beside which it stood."""
    yours: str
    other: str = ""
    """What the report says instead."""
    origin: str = ""


class Corrections(Frozen):
    """The whole of corrections.json."""

    schema_version: int = CORRECTIONS_VERSION
    edits: tuple[Edit, ...] = ()
    notes: tuple[Remembered, ...] = ()
    unmerged: tuple[Unmerged, ...] = ()
    seen: tuple[str, ...] = ()
    """Rows of 'Edits to check' that a person has settled; they come back when the program says something else again."""


def edit_key(edit: Edit) -> str:
    """What an edit is about. A later edit with the same key takes the place of the earlier one."""
    return f"{edit.what}:{edit.subject}"


def seen_stamp(check_id: str, reason: str, now: str) -> str:
    """Under which name a settled row is remembered."""
    return own_id("seen", check_id, reason, now)


def own_id(*parts: str) -> str:
    """An id for something of a person's: the same for the same parts, and never one that the program gives."""
    return "own" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


_SEEN_THEN = {"author": True, "origin": True, "base": True}
_REF = {"note_ids", "title"}


def meaning(edit: Edit) -> str:
    """What an edit asks for, whoever asked and whatever the program said then."""
    return edit.model_dump_json(exclude={**_SEEN_THEN, "section": _REF, "into": _REF, "sections": {"__all__": _REF}})
