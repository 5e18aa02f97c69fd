"""What a review page shows, and what it may ask for: the models of the JSON API and of the pages' templates.

Ids of notes, sections, sheets and photos are letters, digits and '-': safe in addresses, element ids and data- attributes. All texts are
what people wrote or typed: escape them. Names in `picture` are asked for at /events/{event_id}/pictures/{name}?v={version}.

What is private by event.toml's [privacy] is replaced in all of it, as it is in the report.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from digitise.corrections.model import Id
from digitise.model import Accounting, Action, Chapter, Colour, Container, Fate, Frozen, Kind, Legible, Point, Problem, Role, TitleSource
from digitise.reviewing.asking import Change, Outline, clean_line

ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""One person at one browser tab: made by the page at random (crypto.randomUUID()) and kept in sessionStorage. Undo goes by it."""
JobId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
"""What a page calls one request, made at random: sent again because no answer came, it is not done twice. '' where it may be."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), BeforeValidator(clean_line)]


class WordView(Frozen):
    """One word as read, in reading order."""

    text: str
    start: int
    """Where it stands in NoteView.text, letters from 0; -1 where the note's wording has it no more."""
    doubtful: bool = False
    checked: bool = False
    """A person typed or accepted it."""
    alternatives: tuple[str, ...] = ()
    """What else it may be, the likeliest first."""
    base: str = ""
    """With `nth`, what SetWord asks for to name this word."""
    nth: int = 0


class Piece(Frozen):
    """A stretch of a note's text: the pieces joined are the text. So a template can mark doubtful words without counting letters."""

    text: str
    word: int | None = None
    """Place in NoteView.words, of a doubtful or checked word."""


class EditMark(Frozen):
    """An edit of a person's that is in force."""

    key: str
    """What DropEdit asks for."""
    what: str
    """Its kind, as in corrections.json: wording, word, kind, owners, due, fate, move, split, join, note, title, chapter …"""
    author: str = ""
    from_web: bool = True
    """False: it came from an edited Word report."""


class NoteView(Frozen):
    """One note."""

    id: str
    photo_id: str
    """'' for one that stands on no photo."""
    sheet_id: str
    """SheetView on which it is drawn; '' for none."""
    text: str
    """Its words now, with line breaks; '' where nobody could read it."""
    read: str
    """What the program read; '' of a note that a person added."""
    written: str | None = None
    """What stands on the sheet, where `text` is a rewording for the report."""
    words: tuple[WordView, ...] = ()
    pieces: tuple[Piece, ...] = ()
    doubtful: int = 0
    """Words still in doubt."""
    legible: Legible = "full"
    role: Role = "note"
    container: Container = "none"
    colour: Colour = "none"
    votes: int | None = None
    votes_unsure: bool = False
    """There are dots or ticks beside it that a person should count."""
    said_by: str = ""
    """Id of the note with the name of who says it."""
    leads_to: tuple[str, ...] = ()
    """Ids of the notes to which an arrow is drawn from this one."""
    by_person: bool = False
    kind: Kind = "other"
    kind_reason: str = ""
    """Why, in words."""
    owners: tuple[str, ...] = ()
    due: str = ""
    due_date: date | None = None
    found_owners: tuple[str, ...] = ()
    """What the program found, whatever a person says since."""
    found_due: str = ""
    actions: tuple[int, ...] = ()
    """Numbers of its actions in the register."""
    fate: Fate = "reported"
    with_sheet: bool = False
    """A heading, a page number …: printed with its sheet in the photo record only."""
    duplicate_of: str = ""
    """Id of the note that is printed in its place."""
    seen_again: bool = False
    """A duplicate that is the very same note on another photo."""
    duplicates: tuple[str, ...] = ()
    """Ids of the notes that count as said by this one: seen again, the same words elsewhere, or merged by a person."""
    section_id: str = ""
    """'' where it stands in no section (set aside, duplicate, unreadable, a heading)."""
    crop: str = ""
    """Name of the picture that shows it enlarged; made when first asked for. '' of a note without a place."""
    crop_version: str = ""
    edited: tuple[EditMark, ...] = ()
    checks: tuple[str, ...] = ()
    """Ids of its rows in ReviewView.to_check."""


class Mark(Frozen):
    """A note's outline on a picture."""

    note_id: str
    outline: tuple[Point, ...]
    """Polygon, px of the picture."""


class SheetView(Frozen):
    """A cleaned sheet, or a whole photo, with its notes drawn on it."""

    id: str
    photo_id: str
    what: Literal["sheet", "board", "page", "photo", "whole photo"]
    """whole photo: as it was taken, for notes outside the sheets and for boxes there; made when first asked for."""
    picture: str
    version: str
    width: int
    height: int
    to_photo: tuple[float, ...]
    """9 numbers, row by row: picture px -> photo px, (ax+by+c, dx+ey+f)/(gx+hy+i). BoxAsked can leave that to the server."""
    marks: tuple[Mark, ...] = ()


class PhotoView(Frozen):
    """One photo."""

    id: str
    file: str
    """Name for people."""
    sheets: tuple[SheetView, ...]
    """Its cleaned sheets in order, last the whole photo (of a photo without sheets: one of the two, whichever shows it all)."""
    note_ids: tuple[str, ...] = ()
    """All its notes in reading order."""
    doubtful: int = 0
    """Words in doubt on it."""
    warnings: tuple[str, ...] = ()
    similar_to: str = ""
    part_of: str = ""
    """Id of the photo that shows all of the wall that this one shows, and more."""


class WallView(Frozen):
    """A wall joined from several photos: to look at, not to draw on."""

    id: str
    photo_ids: tuple[str, ...]
    picture: str
    version: str
    width: int
    height: int
    marks: tuple[Mark, ...] = ()


class SectionView(Frozen):
    """A section, in the order of the report. The one without a heading (id 'sec-other', title '') is last, and is listed when empty."""

    id: str
    title: str
    title_source: TitleSource
    chapter: Chapter | None = None
    """Where a person put it; None: where its notes belong."""
    leftover: bool = False
    note_ids: tuple[str, ...] = ()
    """In the order in which they are printed."""
    edited: tuple[EditMark, ...] = ()


class Doubt(Frozen):
    """A doubtful word, for the key that goes from one to the next."""

    note_id: str
    word: int
    """Place in NoteView.words."""


class CheckView(Frozen):
    """A row of 'edits to check': settled by SettleCheck, or the edit taken back by DropEdit."""

    id: str
    reason: Literal["changed", "not found", "no photo", "no place", "conflict", "not kept"]
    note_id: str = ""
    about: str = ""
    yours: str
    before: str = ""
    now: str = ""
    key: str = ""
    """What DropEdit asks for; '' where there is no edit to take back."""


class InfoView(Frozen):
    """The title block."""

    title: str
    date: str = ""
    place: str = ""
    organisers: str = ""
    """Parted by commas."""
    edited: tuple[EditMark, ...] = ()


class OtherChange(Frozen):
    """What somebody else did."""

    revision: int
    who: str
    """Name they gave, or ''."""
    at: str
    """ISO 8601, UTC."""
    from_outside: bool = False
    """Not on this page: an edited report was read back, or the program read new photos."""
    told: tuple[str, ...] = ()
    """In words, one line for each edit."""
    note_ids: tuple[str, ...] = ()
    section_ids: tuple[str, ...] = ()


class ReviewView(Frozen):
    """The whole review of one event, as one person sees it."""

    event_id: str
    ready: bool
    """False: nothing is read and arranged yet; everything else is empty."""
    revision: int
    """Goes up with everything that anybody changes, and with each run of the program. Sent back as `seen` with every edit."""
    info: InfoView
    photos: tuple[PhotoView, ...] = ()
    walls: tuple[WallView, ...] = ()
    sections: tuple[SectionView, ...] = ()
    notes: tuple[NoteView, ...] = ()
    """All notes: photo by photo in reading order, those that people added behind them."""
    set_aside: tuple[str, ...] = ()
    """Ids of notes set aside."""
    unreadable: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    """In the order of photos and reading; of a note seen on several photos only once."""
    accounting: Accounting
    problems: tuple[Problem, ...] = ()
    to_check: tuple[CheckView, ...] = ()
    can_undo: bool = False
    can_redo: bool = False
    undo: str = ""
    """What would be undone, in words."""
    redo: str = ""
    others: tuple[OtherChange, ...] = ()
    """The last few changes of other people, newest first."""

    def note(self, note_id: str) -> NoteView:
        """Raises StopIteration for an unknown one."""
        return next(n for n in self.notes if n.id == note_id)


class EditsAsked(Frozen):
    """Changes made together: all are saved, as one step of undo, or none."""

    seen: int = Field(ge=0, le=2**53, strict=True)
    """The revision that the person saw."""
    client: ClientId
    job: JobId = ""
    author: Name = ""
    edits: Annotated[tuple[Change, ...], Field(min_length=1, max_length=100)]


class StepAsked(Frozen):
    """Undo or redo the client's own last step."""

    client: ClientId
    job: JobId = ""
    author: Name = ""


class Saved(Frozen):
    """After edits, undo or redo."""

    revision: int
    changed: bool
    """False where everything was so already: nothing was saved."""
    told: tuple[str, ...] = ()
    """What was done, in words."""
    note_ids: tuple[str, ...] = ()
    """Notes that are other than before, new ones among them."""
    added: tuple[str, ...] = ()
    """Notes that are new: added, or split off."""
    section_ids: tuple[str, ...] = ()
    can_undo: bool = False
    can_redo: bool = False
    undo: str = ""
    redo: str = ""


class Conflict(Frozen):
    """One thing that somebody else changed since the person saw it."""

    about: str
    """Kind of edit: wording, kind, move …"""
    note_id: str = ""
    section_id: str = ""
    yours: str
    """What the person asked for, in words."""
    theirs: str
    """What the other did, in words."""
    who: str = ""
    at: str = ""
    yours_text: str = ""
    """The bare value: the person's text, owner, title …"""
    theirs_text: str = ""
    """The bare value as it stands now."""


class FieldFault(Frozen):
    """A field of a request that is not what the address takes."""

    where: tuple[str, ...]
    why: str


class Refused(Frozen):
    """Why a request was refused: 409 with `conflicts`, 422 for what makes no sense, else a fault with its remedy."""

    error: str
    remedy: str = ""
    conflicts: tuple[Conflict, ...] = ()
    revision: int | None = None
    """The present one: with it as `seen` the same request is taken, and theirs is replaced."""
    fields: tuple[FieldFault, ...] = ()


class BoxAsked(Frozen):
    """A box that somebody drew round a note that was missed."""

    photo_id: Id
    outline: Outline
    """Photo px; with `sheet_id`: px of that sheet's picture."""
    sheet_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,64}$")] = ""


class BoxRead(Frozen):
    """What was read in it; AddNote then adds the note, with the words as the person leaves them."""

    photo_id: str
    outline: tuple[Point, ...]
    """Photo px, within the photo."""
    text: str
    """'' where nothing could be read."""
    words: tuple[WordView, ...] = ()
    pieces: tuple[Piece, ...] = ()
    known: tuple[str, ...] = ()
    """Ids of notes of the report that stand at the same place already: AddNote is refused there."""
