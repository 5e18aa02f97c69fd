"""The report as a small tree of blocks, before it is Word or Markdown.

Every writer prints the same blocks, so the files cannot say different things. A `Span` is a stretch of text that
comes from one note; its `anchor` is the name under which the note is found again in an edited document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ParagraphKind = Literal["body", "quote", "note", "lead"]
BulletKind = Literal["point", "action", "transcript", "transcript heading"]
TableKind = Literal["plain", "figures"]
FIGURE = "f_"
"""Beginning of the anchors of figures; such a bookmark holds the 'Figure 3' of a caption, and a link to it says the same."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a word should be checked: what was read and what else it may be."""

    note_id: str
    reading: str
    alternatives: tuple[str, ...]
    reader: str = ""
    """The second reader, where the word is its own."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style. `language` is 'en' or 'cy' where it is known, None for the report's own."""

    text: str
    bold: bool = False
    language: str | None = None
    doubt: Doubt | None = None
    italic: bool = False
    remark: str = ""
    """What to say beside it to those who edit the report."""


@dataclass(frozen=True, slots=True)
class Link:
    """A cross-reference inside the report; `target` is the anchor of a span, heading or picture."""

    text: str
    target: str
    tip: str = ""
    quiet: bool = False
    """A reference to where something comes from: it is there for those who look for it, and does not stand out."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A note's words. `anchor` is unique in the report."""

    anchor: str
    note_id: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


Inline = Run | Link | Span


@dataclass(frozen=True, slots=True)
class TitleBlock:
    title: str
    subtitle: str
    """Date and place, as printed."""
    organisers: str
    date: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of headings of levels 1 and 2; the writers make it from the headings that they print."""

    heading: str


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    """1 to 3."""
    inlines: tuple[Inline, ...]
    anchor: str = ""

    @property
    def text(self) -> str:
        return inline_text(self.inlines)


@dataclass(frozen=True, slots=True)
class Paragraph:
    inlines: tuple[Inline, ...]
    kind: ParagraphKind = "body"


@dataclass(frozen=True, slots=True)
class Bullet:
    inlines: tuple[Inline, ...]
    kind: BulletKind = "point"
    level: int = 0
    """0, 1 for a point under the one before, 2 for one under that."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the pictures folder. Without `caption` it stands inside a table cell."""

    file: str
    alt: str
    max_width_cm: float
    max_height_cm: float
    caption: tuple[Inline, ...] = ()
    label: str = ""
    """'Figure', in the report's language."""
    number: int = 0
    anchor: str = ""


Cell = tuple[Inline | Picture, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row and no merged cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    """Shares of the text width, summing to 1."""
    caption: str
    """For readers of the page where it has a number, else for screen readers only: the heading above says the same."""
    label: str = ""
    """'Table', in the report's language."""
    number: int = 0
    kind: TableKind = "plain"
    row_anchors: tuple[str, ...] = ()
    """One anchor per row, or ()."""
    header_runs: tuple[tuple[Run, ...], ...] = ()
    """The header's words with their languages, where they are in two; else ()."""
    caption_runs: tuple[Run, ...] = ()
    """The caption's words in the same way."""


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


@dataclass(frozen=True, slots=True)
class PageTurn:
    """Pages from here on stand upright or lie on their side; a new page begins."""

    landscape: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """A picture with its transcript beside it; programs without pages print one after the other."""

    picture: Picture
    bullets: tuple[Bullet, ...]
    header: tuple[str, str]
    """What stands in the two columns, for readers who hear the table."""
    picture_share: float
    """Of the text width."""
    header_runs: tuple[tuple[Run, ...], ...] = ()


Block = TitleBlock | Contents | Heading | Paragraph | Bullet | Picture | Table | PageBreak | PageTurn | Spread


def flatten(blocks: Sequence[Block]) -> list[Block]:
    """Blocks in the order of reading, one column."""
    flat: list[Block] = []
    for block in blocks:
        flat += [block.picture, *block.bullets] if isinstance(block, Spread) else [block]
    return flat


def inline_text(inlines: tuple[Inline | Picture, ...]) -> str:
    """What a reader sees, without styles. Pictures count as nothing."""
    return "".join("" if isinstance(i, Picture) else i.text for i in inlines)


def spans(blocks: Sequence[Block]) -> list[Span]:
    """All spans in printing order."""
    found: list[Span] = []
    for block in flatten(blocks):
        if isinstance(block, Table):
            parts = [part for row in block.rows for cell in row for part in cell]
        elif isinstance(block, Heading | Paragraph | Bullet):
            parts = list(block.inlines)
        elif isinstance(block, Picture):
            parts = list(block.caption)
        else:
            parts = []
        found += [part for part in parts if isinstance(part, Span)]
    return found
