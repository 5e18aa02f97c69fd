"""What a person may ask for on the review page, one model per kind, in their terms: which note, and what it should be.

They do not say what stood there before: what was on the person's screen is told by the revision that they had seen, and the edit's
`base` is found by `changes.py`. The sizes are bounds against abuse, far above anything that stands on a sheet.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints

from digitise.corrections.model import Id, InfoField, PersonsFate
from digitise.model import Chapter, Frozen, Kind

MOST_TEXT = 4000
MOST_NOTES = 500
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of writing: with them a text looks other than it is."""


def clean_text(value: object) -> object:
    """What people type or paste, without what no document can hold: control characters (a line break stays), halves of letters."""
    if not isinstance(value, str):
        return value
    text = re.sub(r"[\t\v\f]", " ", re.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", value))
    text = _TURNING.sub("", text)
    # Cc: control, Cs: half of a letter, Cn: no letter at all
    return "".join(c for c in text if c == "\n" or (unicodedata.category(c) not in ("Cc", "Cs") and not _is_no_letter(c)))


def _is_no_letter(c: str) -> bool:
    """Noncharacters, U+FFFE and the like, which XML refuses."""
    return ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF


def clean_line(value: object) -> object:
    """The same on one line."""
    text = clean_text(value)
    return " ".join(text.split()) if isinstance(text, str) else text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_TEXT), BeforeValidator(clean_text)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), BeforeValidator(clean_line)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), BeforeValidator(clean_line)]
SectionId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,64}$")]
"""'' is the section without a heading, also where there is none yet."""
Coordinate = Annotated[float, Field(ge=-100_000, le=100_000, allow_inf_nan=False, strict=True)]
Outline = Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(min_length=3, max_length=200)]


def _require_do(schema: dict[str, Any]) -> None:
    """Whoever sends a change says which kind it is, though code here need not."""
    schema["required"] = ["do", *schema.get("required", [])]


class Asked(Frozen):
    """A change that somebody asks for."""

    model_config = ConfigDict(json_schema_extra=_require_do)


class SetWording(Asked):
    """Other words for a note. The same words as it has: somebody has checked them all, and no word is in doubt any more."""

    do: Literal["wording"] = "wording"
    note_id: Id
    text: Text
    of: Literal["sheet", "report"] = "sheet"
    """sheet: this stands on the sheet, it was read wrongly. report: the sheet is read rightly, the report should put it this way."""


class SetWord(Asked):
    """One doubtful word accepted (text is the word itself), replaced, or taken out ('': it is no writing). `base` and `nth` as `WordView`
    gives them."""

    do: Literal["word"] = "word"
    note_id: Id
    base: Annotated[str, Field(min_length=1, max_length=300)]
    nth: int = Field(0, ge=0, le=10_000)
    text: Short


class SetKind(Asked):
    do: Literal["kind"] = "kind"
    note_id: Id
    kind: Kind


class SetOwners(Asked):
    """Who is to do it; () for nobody."""

    do: Literal["owners"] = "owners"
    note_id: Id
    owners: Annotated[tuple[Title, ...], Field(max_length=50)]


class SetDue(Asked):
    """Until when, in the person's words; '' takes the date away."""

    do: Literal["due"] = "due"
    note_id: Id
    due: Short


class SetFate(Asked):
    """Set a note aside, or bring one back that was set aside, is unreadable, or counts as said by another note."""

    do: Literal["fate"] = "fate"
    note_id: Id
    fate: PersonsFate


class SplitNote(Asked):
    """One note becomes several. parts: its text, cut; the first part keeps the note's id."""

    do: Literal["split"] = "split"
    note_id: Id
    parts: Annotated[tuple[Text, ...], Field(min_length=2, max_length=50)]


class MergeNotes(Asked):
    """Notes become one, in the place of the first. text: its words; '' for theirs, one behind the other."""

    do: Literal["merge"] = "merge"
    note_id: Id
    others: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST_TEXT), BeforeValidator(clean_text)] = ""


class AddNote(Asked):
    """A note that was missed. photo_id and outline (photo px) as `BoxRead` gives them; '' and () for one that stands on no photo."""

    do: Literal["add"] = "add"
    text: Text
    kind: Kind = "other"
    photo_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,64}$")] = ""
    outline: Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(max_length=200)] = ()
    section_id: SectionId | None = None
    """None: where the program puts it, the section without a heading."""


class MoveNotes(Asked):
    """Notes put into a section, together and in this order. after: the note they stand behind; '' the section's first, None its last."""

    do: Literal["move"] = "move"
    note_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_NOTES)]
    section_id: SectionId
    after: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,64}$")] | None = None


class AddSection(Asked):
    """A section of the person's own. note_ids: notes to put into it."""

    do: Literal["new section"] = "new section"
    title: Title
    chapter: Chapter | None = None
    note_ids: Annotated[tuple[Id, ...], Field(max_length=MOST_NOTES)] = ()


class RenameSection(Asked):
    do: Literal["rename"] = "rename"
    section_id: Id
    title: Title


class MergeSections(Asked):
    """`section_id` goes; its notes come behind those of `into`."""

    do: Literal["merge sections"] = "merge sections"
    section_id: Id
    into: SectionId


class OrderSections(Asked):
    """The order of all sections that are named. The section without a heading always comes last."""

    do: Literal["order"] = "order"
    section_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_NOTES)]


class SetChapter(Asked):
    """The chapter in which a section stands: problems and actions, what people said, or other points."""

    do: Literal["chapter"] = "chapter"
    section_id: Id
    chapter: Chapter


class SetInfo(Asked):
    """A line of the title block. Organisers: parted by commas."""

    do: Literal["info"] = "info"
    field: InfoField
    value: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), BeforeValidator(clean_line)]


class SettleCheck(Asked):
    """A row of 'edits to check' is settled: it is not shown again unless the program says something else again."""

    do: Literal["settle"] = "settle"
    check_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,36}$")]


class DropEdit(Asked):
    """What the program says holds again. key: of an edit, as `EditMark` and `CheckView` give it."""

    do: Literal["drop"] = "drop"
    key: Annotated[str, Field(min_length=1, max_length=1000)]


Change = Annotated[
    SetWording
    | SetWord
    | SetKind
    | SetOwners
    | SetDue
    | SetFate
    | SplitNote
    | MergeNotes
    | AddNote
    | MoveNotes
    | AddSection
    | RenameSection
    | MergeSections
    | OrderSections
    | SetChapter
    | SetInfo
    | SettleCheck
    | DropEdit,
    Field(discriminator="do"),
]
