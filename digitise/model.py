"""The words everything else speaks: photos, surfaces, lines, notes, sections, actions.

All models are frozen, picklable, JSON-able and hold no pixels. Every coordinate is in *photo pixels*: origin at
the top left corner of the photo after its EXIF turn, x to the right, y down. Pixels are derived from
coordinates when needed, so a click on a cleaned picture can always be followed back to the photo.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from digitise.edits_model import EditToCheck, OwnParagraph, OwnPassage
from digitise.frozen import Frozen as Frozen  # noqa: PLC0414 - all others know it from here

SCHEMA_VERSION = 1
"""Version of notes.json. Raised when a field changes meaning or goes away; new optional fields do not raise it."""

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left, as seen by a reader of the text or sheet."""
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""

Severity = Literal["error", "warning"]
SurfaceKind = Literal["sheet", "board", "page", "photo"]
Role = Literal["title", "heading", "note", "bullet", "label", "body", "quote"]
Container = Literal["sticky", "card", "paper", "bubble", "box", "none"]
Colour = Literal["yellow", "orange", "pink", "red", "green", "blue", "purple", "white", "brown", "grey", "none"]
Legible = Literal["full", "partial", "no"]
Kind = Literal["problem", "action", "strength", "idea", "question", "quote", "other"]
Fate = Literal["reported", "duplicate", "unreadable", "set aside"]
ProblemAbout = Literal["", "second reader", "distance"]
TitleSource = Literal["written", "proposed", "edited", "none"]
Chapter = Literal["problems", "said", "other"]
Author = Literal["program", "person"]


class Problem(Frozen):
    """Something that went wrong with one photo or one step, told to the person; never swallowed."""

    file: str
    """Name of the photo as the person knows it, relative to the event folder."""
    reason: str
    remedy: str
    severity: Severity = "error"
    """error: the photo is not in the report. warning: it is, but look at it."""
    about: ProblemAbout = ""
    """second reader: it gave no answer, the next run may. distance: pictures leave this machine; said even where nothing else is."""


class Source(Frozen):
    """One picture to be decoded: a file, one page of a file, or a member of a ZIP."""

    path: str
    """Absolute path of the file on disk."""
    members: tuple[str, ...] = ()
    """Name inside the ZIP; () for a file that lies in the folder itself."""
    page: int = 0
    """0-based page of a PDF or TIFF; 0 otherwise."""
    pages: int = 1
    """How many pages the file has."""
    file: str
    """Name for people, relative to the event folder: 'day 1/IMG_1.jpg', 'photos.zip/IMG_1.jpg', 'scan.pdf, page 2'."""
    sha256: str
    """Hash of the encoded bytes (of the ZIP member, for a member)."""
    taken: datetime | None = None
    """EXIF DateTimeOriginal, local time of the camera, without zone."""
    megapixels: float = 0.0
    """Millions of pixels as the file's header states them; 0 for a PDF's page, whose size is known when it is drawn."""
    copies: tuple[str, ...] = ()
    """Names of byte-identical files that were left out because this one stands for them."""


class Photo(Frozen):
    """A decoded photo."""

    id: str
    """First 16 hex digits of sha256, then '-N' for page N (1-based) of a file with several pages."""
    file: str
    sha256: str
    page: int = 0
    width_px: int
    height_px: int
    taken: datetime | None = None
    copies: tuple[str, ...] = ()
    dhash: str = ""
    """64-bit difference hash (16 hex digits) of the turned photo, for near-identical photos."""
    similar_to: str | None = None
    """Id of an earlier photo of the event that looks nearly the same."""
    part_of: str | None = None
    """Id of a photo that shows all of the wall that this one shows, and more: the overview of a close-up."""
    warnings: tuple[str, ...] = ()
    """Quality notes for people: 'blurred', 'dark', 'letters too small', ... as whole sentences."""
    faces: tuple[Box, ...] = ()
    """Where people's faces are blurred in every picture made of it, photo px."""


class Surface(Frozen):
    """A sheet, board or page found in a photo."""

    id: str
    """Photo id, then '-sN'."""
    quad: Quad
    what: SurfaceKind
    """'photo' when no edge was found with confidence: the whole photo, deskewed at most."""
    confidence: float
    """0..1. Below surface.find.ACCEPT nothing is warped and `what` is 'photo'."""
    size_px: tuple[int, int]
    """Width and height of the cleaned picture."""
    homography: tuple[float, ...]
    """9 numbers, row by row: photo px -> cleaned picture px."""
    picture: str = ""
    """File name of the cleaned picture inside the output folder's pictures/."""


class Word(Frozen):
    """One word as read."""

    text: str
    raw: str = ""
    """What the recogniser itself read, before any language model; '' where equal to text."""
    confidence: float
    """0..1, the probability that the word is right, calibrated (see reading/doubt.py; of tesseract's words: reading/tesseract.py)."""
    quad: Quad
    doubtful: bool = False
    alternatives: tuple[str, ...] = ()
    second_reading: str = ""
    """What the second reader read here, where that is another word; it is also the text or among the alternatives."""
    source: str = ""
    """Who read `text`, where it was not the recogniser: 'second reader: <model>'."""


class Line(Frozen):
    """One line of writing."""

    words: tuple[Word, ...]
    raw: str
    """The recogniser's own reading of the whole line, kept beside any correction."""
    confidence: float
    quad: Quad
    """Corners in the direction of reading: the first two are the line's upper edge, left to right."""
    engine: str = ""
    language: str | None = None
    struck_out: tuple[Word, ...] = ()
    """Words that their writer crossed out, as they were read. No part of `words` or of any note's text."""

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)


class SecondReading(Frozen):
    """A whole note as the second reader read it, without regard to the ink."""

    reader: str
    """Name of its model."""
    text: str


class Note(Frozen):
    """What a person would carry into a report as one item."""

    id: str
    photo_id: str
    surface_id: str | None = None
    outline: tuple[Point, ...]
    """Polygon round the sticky or, without one, round the writing."""
    container: Container = "none"
    colour: Colour = "none"
    role: Role = "note"
    lines: tuple[Line, ...] = ()
    text: str
    """The words with their line breaks; '' when nobody could read them."""
    legible: Legible = "full"
    under: str | None = None
    """Id of the heading note it stands under."""
    said_by: str | None = None
    """Id of the note with the name of who says this one, a speech bubble whose tail ends there or a quotation in a bubble right above."""
    leads_to: tuple[str, ...] = ()
    """Ids of the notes to which an arrow is drawn from this one."""
    level: int = 0
    """Depth in its list: 0, 1 for a sub-item of the item before it, 2 for a sub-item of that."""
    order: int = 0
    """Place in reading order within the photo, from 0."""
    confidence: float = 1.0
    """Mean confidence of its words; 0 without any."""
    second_reading: SecondReading | None = None
    """The answer of the second reader, of notes about which it was asked; never the note's text by itself."""
    votes: int | None = None
    """How many dots, stars, ticks or tally strokes stand beside it; None where none were seen or the count is not sure."""
    votes_box: Box | None = None
    """Where they are; without `votes`, where there are marks that a person should count."""
    by: Author = "program"
    """person: somebody added it, or corrected it and the program does not find it any more. Its outline may be ()."""
    written: str | None = None
    """What stands on the sheet, where a person has put `text` otherwise for the report."""

    @property
    def bbox(self) -> Box:
        xs, ys = [p[0] for p in self.outline] or [0.0], [p[1] for p in self.outline] or [0.0]
        return (min(xs), min(ys), max(xs), max(ys))

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(w for line in self.lines for w in line.words)

    @property
    def doubtful(self) -> tuple[Word, ...]:
        return tuple(w for w in self.words if w.doubtful)


class PhotoResult(Frozen):
    """Everything read from one photo; the unit of work that is stored and reused."""

    photo: Photo
    surfaces: tuple[Surface, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()


class Overlap(Frozen):
    """Two photos of the event that show the same part of a wall."""

    photo_id: str
    """The earlier one of the event."""
    other_id: str
    homography: tuple[float, ...]
    """9 numbers, row by row: px of the first photo -> px of the other."""
    shares: tuple[float, float]
    """0..1: how much of the first photo the other one shows too, and how much of the other one the first."""
    confidence: float
    """0..1: how much of what both should show was found again."""


class Wall(Frozen):
    """A wall that was photographed in parts, with the picture into which they were joined."""

    id: str
    """Id of its first photo, then '-w'."""
    photo_ids: tuple[str, ...]
    """The photos in the picture, in the event's order. Close-ups of a part are not among them."""
    picture: str
    """File name of the joined picture inside the output folder's pictures/."""
    size_px: tuple[int, int]
    """Width and height of the joined picture."""
    homographies: tuple[tuple[float, ...], ...]
    """For each photo 9 numbers, row by row: photo px -> px of the joined picture."""


class Placement(Frozen):
    """What the arranging stage says about one note. One per note: the accounting counts these."""

    note_id: str
    fate: Fate = "reported"
    kind: Kind = "other"
    kind_confidence: float = 0.0
    kind_reason: str = ""
    """Why, in words: 'heading "Actions"', 'colour key: pink', 'wording: X to do Y'."""
    section_id: str | None = None
    with_sheet: bool = False
    """It orders or marks its sheet (a heading, a page number, a doodle's letters) and is printed with it in the photo record only; a
    heading that names a section is that section's title besides."""
    duplicate_of: str | None = None
    """Id of the note that says the same and is printed in its place."""
    seen_again: bool = False
    """A duplicate that is not another person's note: it is that very note, which another photo of the same wall shows better."""
    owners: tuple[str, ...] = ()
    """As written in the note or on its sheet."""
    due: str | None = None
    """The wording of the date, as written."""
    round: str | None = None
    table: str | None = None


class Part(Frozen):
    """One column of a plan inside a section: 'Now', 'Next' or 'Later'."""

    title_note_id: str
    """The heading's note."""
    note_ids: tuple[str, ...]


class Section(Frozen):
    """A theme of the report."""

    id: str
    title: str
    title_source: TitleSource = "proposed"
    """written: the participants' own heading. proposed: made of a note's words. edited: a person's. none: the leftover section."""
    title_note_id: str | None = None
    note_ids: tuple[str, ...] = ()
    """Reported notes, in the order in which they are printed; the heading itself is not among them."""
    confidence: float = 0.0
    chapter: Chapter | None = None
    """Where a person put it: among problems and actions, what people said, or other points; None: where its notes belong."""
    kind: Kind | None = None
    """The kind that its heading names where it names nothing besides: 'What already works'."""
    parts: tuple[Part, ...] = ()
    """The columns of a plan, in order; all their notes are in note_ids, too."""


class Action(Frozen):
    """A co-produced action, with what the note itself says of owner and date."""

    number: int
    note_id: str
    text: str
    owners: tuple[str, ...] = ()
    due: str | None = None
    due_date: date | None = None
    section_id: str | None = None
    problem_note_ids: tuple[str, ...] = ()
    given: tuple[Literal["owners", "due"], ...] = ()
    """Which of these a person gave: they are printed letter by letter as given."""


class Arrangement(Frozen):
    """The result of the arranging stage."""

    placements: tuple[Placement, ...]
    sections: tuple[Section, ...]
    actions: tuple[Action, ...]


class Accounting(Frozen):
    """Nothing is lost: seen == reported + duplicates + unreadable + set_aside, always."""

    seen: int
    reported: int
    duplicates: int
    unreadable: int
    set_aside: int

    @property
    def balanced(self) -> bool:
        return self.seen == self.reported + self.duplicates + self.unreadable + self.set_aside


class EventInfo(Frozen):
    """What the report's title block says; from event.toml or its defaults, never invented."""

    title: str
    date: str = ""
    """As printed; from event.toml, else from the photos' EXIF, else ''."""
    place: str = ""
    organisers: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    glossary: dict[str, str] = Field(default_factory=dict)
    """Names and acronyms of the event, with their meaning ('' where it needs none)."""


class Event(Frozen):
    """notes.json: everything that the report says, and where each word of it comes from."""

    schema_version: int = SCHEMA_VERSION
    generator: str
    """Program and version, engine and model fingerprint."""
    info: EventInfo
    photos: tuple[Photo, ...]
    surfaces: tuple[Surface, ...]
    notes: tuple[Note, ...]
    arrangement: Arrangement
    accounting: Accounting
    problems: tuple[Problem, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    walls: tuple[Wall, ...] = ()
    own_paragraphs: tuple[OwnParagraph, ...] = ()
    own_passages: tuple[OwnPassage, ...] = ()
    edits_to_check: tuple[EditToCheck, ...] = ()

    def note(self, note_id: str) -> Note:
        return next(n for n in self.notes if n.id == note_id)
