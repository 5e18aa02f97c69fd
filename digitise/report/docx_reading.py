"""An edited Word document as plain data: paragraphs in order, with the notes' bookmarks, links and styles.

The same reader reads what the program has written and what a person made of it, so that only their edits differ, not the
habits of the program that saved the file. Tracked changes are read as accepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lxml.etree import _Element

from digitise.edits_model import OwnRun
from digitise.errors import UsageError
from digitise.model import Frozen
from digitise.report.docx_opening import OpenDocument, W, open_docx

ID_PROPERTY = "digitise document"
"""Custom property that names what was written; Word and LibreOffice keep such properties when they save."""
AUTHOR = "digitise"
_OURS = re.compile(r"[a-z]_\w{1,38}")
"""Names of the bookmarks that the report's writer makes."""
_LISTED = ("bullet", "list", "transcript")


MOST_PARAGRAPHS = 50_000
"""A report of 5,000 notes has 15,000."""
MOST_LETTERS = 50_000
"""Of one paragraph, as in corrections.json. Paragraphs are compared letter by letter."""


class Mark(Frozen):
    """The part of a bookmark that lies in one paragraph, or a link: text[start:end]."""

    name: str
    start: int
    end: int


class ReadBlock(Frozen):
    """A paragraph, in or outside of a table."""

    text: str
    style: str = ""
    """Name of the style, in small letters."""
    level: int = 0
    """1 to 9 of a heading, else 0."""
    listed: bool = False
    runs: tuple[OwnRun, ...] = ()
    marks: tuple[Mark, ...] = ()
    links: tuple[Mark, ...] = ()
    table: int = -1
    """Which table of the document it stands in, from 0; -1 outside."""
    row: int = 0
    column: int = 0
    behind_deleted: bool = False
    """The end of the paragraph before it was deleted in a tracked change: LibreOffice gives it that one's style, which nobody chose."""

    def mark(self, name: str) -> Mark | None:
        return next((m for m in self.marks if m.name == name), None)

    def under(self, mark: Mark) -> str:
        """The words of a mark."""
        return self.text[mark.start : mark.end]


class Reading(Frozen):
    """The whole document."""

    document_id: str = ""
    blocks: tuple[ReadBlock, ...] = ()
    tracked: bool = False
    """It holds tracked changes."""
    comments: tuple[str, ...] = ()
    """Comments of people."""
    boxes: tuple[str, ...] = ()
    """Words in text boxes, which the report has none of."""
    pictures: int = 0
    footnotes: int = 0


@dataclass
class _Paragraph:
    """A paragraph while it is read."""

    pieces: list[OwnRun] = field(default_factory=list)
    length: int = 0
    starts: dict[str, int] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    links: list[Mark] = field(default_factory=list)
    in_code: int = 0
    """Depth of fields whose instruction, not its result, is being read."""


@dataclass
class _Reader:
    styles: dict[str, str]
    levels: dict[str, int]
    numbered: set[str]
    ended: set[str]
    """Ids of the bookmarks that have an end."""
    blocks: list[ReadBlock] = field(default_factory=list)
    open_marks: dict[str, str] = field(default_factory=dict)
    """Bookmark id -> name, of those that go on into the next paragraph."""
    boxes: list[str] = field(default_factory=list)
    tables: int = 0
    pending: _Paragraph | None = None
    """A paragraph whose end was deleted in a tracked change: the next one goes on with it."""


def read_docx(path: Path) -> Reading:
    """The document as data. Raises NoInputError or UsageError for what cannot be read."""
    opened = open_docx(path, id_property=ID_PROPERTY)
    ended = {str(end.get(f"{W}id")) for end in opened.body.iter(f"{W}bookmarkEnd")}
    reader = _Reader(*_read_styles(opened.styles), ended=ended)
    _read_blocks(reader, opened.body, table=-1, row=0, column=0)
    texts = (*(block.text for block in reader.blocks), *reader.boxes)
    if len(texts) > MOST_PARAGRAPHS or any(len(text) > MOST_LETTERS for text in texts):
        raise UsageError(str(path), "is longer than any report of digitise", "Take out what you pasted into it, and import it again.")
    tracked = any(True for _ in opened.body.iter(f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo"))
    return Reading(
        document_id=opened.document_id,
        blocks=tuple(reader.blocks),
        tracked=tracked,
        comments=_read_comments(opened),
        boxes=tuple(reader.boxes),
        pictures=opened.numbers_of["pictures"],
        footnotes=opened.numbers_of["footnotes"],
    )


def _read_styles(root: _Element | None) -> tuple[dict[str, str], dict[str, int], set[str]]:
    """Style id -> name in small letters, style id -> level of heading, ids of styles that are lists."""
    names: dict[str, str] = {}
    levels: dict[str, int] = {}
    numbered: set[str] = set()
    for style in root.iter(f"{W}style") if root is not None else ():
        style_id, name = str(style.get(f"{W}styleId")), style.find(f"{W}name")
        names[style_id] = str(name.get(f"{W}val")).lower() if name is not None else ""
        if match := re.fullmatch(r"heading (\d)", names[style_id]):
            levels[style_id] = int(match.group(1))
        if any(word in names[style_id] for word in _LISTED) or style.find(f"{W}pPr/{W}numPr") is not None:
            numbered.add(style_id)
    return names, levels, numbered - set(levels)


def _read_comments(opened: OpenDocument) -> tuple[str, ...]:
    if opened.comments is None:
        return ()
    found = [
        "".join(str(t.text or "") for t in comment.iter(f"{W}t"))
        for comment in opened.comments.iter(f"{W}comment")
        if comment.get(f"{W}author") != AUTHOR
    ]
    return tuple(text for text in found if text.strip())


def _read_blocks(reader: _Reader, parent: _Element, *, table: int, row: int, column: int) -> None:
    for child in parent:
        if child.tag == f"{W}p":
            _read_paragraph(reader, child, table=table, row=row, column=column)
        elif child.tag == f"{W}tbl":
            number, reader.tables = reader.tables, reader.tables + 1
            rows = [r for r in child.iter(f"{W}tr") if next(r.iterancestors(f"{W}tbl")) is child]
            for r, tr in enumerate(tr for tr in rows if tr.find(f"{W}trPr/{W}del") is None):
                for c, tc in enumerate(tr.iter(f"{W}tc")):
                    if next(tc.iterancestors(f"{W}tr")) is tr:
                        _read_blocks(reader, tc, table=number, row=r, column=c)
        elif child.tag == f"{W}sdt":
            gallery = child.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
            content = child.find(f"{W}sdtContent")
            if content is not None and (gallery is None or gallery.get(f"{W}val") != "Table of Contents"):
                _read_blocks(reader, content, table=table, row=row, column=column)
        elif child.tag in (f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"):
            _read_blocks(reader, child, table=table, row=row, column=column)
        elif child.tag == f"{W}bookmarkStart":
            # between two paragraphs: it covers what follows
            name, mark_id = str(child.get(f"{W}name")), str(child.get(f"{W}id"))
            if _OURS.fullmatch(name) and mark_id in reader.ended:
                reader.open_marks[mark_id] = name
        elif child.tag == f"{W}bookmarkEnd":
            reader.open_marks.pop(str(child.get(f"{W}id")), None)


def _read_paragraph(reader: _Reader, p: _Element, *, table: int, row: int, column: int) -> None:
    behind_deleted = reader.pending is not None
    paragraph = reader.pending or _Paragraph()
    reader.pending = None
    for mark_id in reader.open_marks:
        paragraph.starts.setdefault(mark_id, paragraph.length)
    props = p.find(f"{W}pPr")
    _read_inlines(reader, paragraph, p)
    if props is not None and any(props.find(f"{W}rPr/{W}{gone}") is not None for gone in ("del", "moveFrom")):
        reader.pending = paragraph
        return
    for mark_id, start in paragraph.starts.items():
        # the rest of the bookmark lies in the next paragraph
        paragraph.marks.append(Mark(name=reader.open_marks[mark_id], start=start, end=paragraph.length))
        if mark_id not in reader.ended:
            # LibreOffice 7.4 begins a bookmark anew in each paragraph over which it goes, and ends it once
            del reader.open_marks[mark_id]
    style_id = _style_of(props)
    style = reader.styles.get(style_id, "")
    if style.startswith(("toc ", "contents ")) or style == "toc heading":
        return
    text = "".join(run.text for run in paragraph.pieces)
    if not text.strip():
        return
    number = props.find(f"{W}numPr/{W}numId") if props is not None else None
    # number 0 takes a paragraph out of the list of its style
    listed = style_id in reader.numbered if number is None else number.get(f"{W}val") != "0"
    reader.blocks.append(
        ReadBlock(
            text=text,
            style=style,
            level=reader.levels.get(style_id, 0),
            listed=listed and style_id not in reader.levels,
            runs=_join_runs(paragraph.pieces),
            marks=tuple(
                sorted((_widen(text, m) for m in paragraph.marks if text[m.start : m.end].strip()), key=lambda m: (m.start, m.name))
            ),
            links=tuple(paragraph.links),
            table=table,
            row=row,
            column=column,
            behind_deleted=behind_deleted,
        )
    )


def _style_of(props: _Element | None) -> str:
    style = props.find(f"{W}pStyle") if props is not None else None
    return str(style.get(f"{W}val")) if style is not None else ""


def _read_inlines(reader: _Reader, paragraph: _Paragraph, parent: _Element) -> None:
    for child in parent:
        if child.tag == f"{W}r":
            _read_run(reader, paragraph, child)
        elif child.tag == f"{W}bookmarkStart":
            name, mark_id = str(child.get(f"{W}name")), str(child.get(f"{W}id"))
            if _OURS.fullmatch(name):
                reader.open_marks[mark_id] = name
                paragraph.starts[mark_id] = paragraph.length
        elif child.tag == f"{W}bookmarkEnd":
            mark_id = str(child.get(f"{W}id"))
            if mark_id in paragraph.starts:
                start = paragraph.starts.pop(mark_id)
                paragraph.marks.append(Mark(name=reader.open_marks.pop(mark_id), start=start, end=paragraph.length))
        elif child.tag == f"{W}hyperlink":
            start = paragraph.length
            _read_inlines(reader, paragraph, child)
            target = child.get(f"{W}anchor")
            if target and paragraph.length > start:
                paragraph.links.append(Mark(name=target, start=start, end=paragraph.length))
        elif child.tag in (f"{W}del", f"{W}moveFrom", f"{W}pPr"):
            continue
        elif child.tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            if content is not None:
                _read_inlines(reader, paragraph, content)
        elif len(child) and child.tag in (f"{W}ins", f"{W}moveTo", f"{W}smartTag", f"{W}customXml", f"{W}fldSimple", f"{W}dir", f"{W}bdo"):
            _read_inlines(reader, paragraph, child)


def _read_run(reader: _Reader, paragraph: _Paragraph, r: _Element) -> None:
    props = r.find(f"{W}rPr")
    bold, italic = _is_on(props, "b"), _is_on(props, "i")
    text = ""
    for child in r:
        tag = child.tag
        if tag == f"{W}fldChar":
            kind = child.get(f"{W}fldCharType")
            paragraph.in_code += (kind == "begin") - (kind == "separate" and paragraph.in_code > 0)
            if kind == "end" and paragraph.in_code:
                paragraph.in_code -= 1
        elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            words = " ".join(str(t.text or "") for box in child.iter(f"{W}txbxContent") for t in box.iter(f"{W}t"))
            reader.boxes += [words] if words.strip() else []
        elif paragraph.in_code:
            continue
        elif tag == f"{W}t":
            text += child.text or ""
        elif tag in (f"{W}tab", f"{W}ptab"):
            text += "\t"
        elif tag in (f"{W}br", f"{W}cr"):
            text += "" if child.get(f"{W}type") in ("page", "column") else "\n"
        elif tag == f"{W}noBreakHyphen":
            text += "-"
    if text:
        paragraph.pieces.append(OwnRun(text=text, bold=bold, italic=italic))
        paragraph.length += len(text)


def _is_on(props: _Element | None, name: str) -> bool:
    found = props.find(f"{W}{name}") if props is not None else None
    return found is not None and found.get(f"{W}val") not in ("0", "false", "none", "off")


def _join_runs(pieces: list[OwnRun]) -> tuple[OwnRun, ...]:
    joined: list[OwnRun] = []
    for piece in pieces:
        if joined and (joined[-1].bold, joined[-1].italic) == (piece.bold, piece.italic):
            joined[-1] = piece.model_copy(update={"text": joined[-1].text + piece.text})
        else:
            joined.append(piece)
    return tuple(joined)


def _widen(text: str, mark: Mark) -> Mark:
    """A bookmark that ends or begins inside a word is taken to mean the whole word.

    LibreOffice 7.4 moves a bookmark's end by one letter at each save where a comment stands before it in the same paragraph.
    """
    start, end = mark.start, mark.end
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    return mark.model_copy(update={"start": start, "end": end})
