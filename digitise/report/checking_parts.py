"""A Word document as the accessibility check sees it: blocks in reading order with the headings above them, and what styles amount to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from lxml.etree import _Element

from digitise.report.docx_opening import W, open_parts

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_BODY_LEVEL = 9
"""Outline level of what is no heading."""
_DEEPEST = 20
"""Styles that are based on one another; more are a ring."""
_PLACE_WORDS = 8


class Place(NamedTuple):
    """A paragraph or table, and where it stands."""

    element: _Element
    path: str
    """The headings above it, 'Photo record > Photo 3'; '' before the first."""
    cells: tuple[_Element, ...]
    """Table cells that it stands in, the outermost first."""


@dataclass(frozen=True)
class Doc:
    parts: dict[str, _Element] = field(repr=False)

    @cached_property
    def body(self) -> _Element:
        body = self.parts["word/document.xml"].find(f"{W}body")
        assert body is not None, "word/document.xml was looked at when it was opened"
        return body

    @cached_property
    def styles(self) -> dict[str, _Element]:
        """By id."""
        root = self.parts.get("word/styles.xml")
        return {str(s.get(f"{W}styleId")): s for s in root.iter(f"{W}style")} if root is not None else {}

    @cached_property
    def defaults(self) -> list[_Element]:
        """What holds where no style says otherwise: w:rPrDefault and w:pPrDefault."""
        root = self.parts.get("word/styles.xml")
        return [] if root is None else [e for e in root.iter(f"{W}rPrDefault", f"{W}pPrDefault")]

    @cached_property
    def usual_paragraph(self) -> str:
        """Id of the style of paragraphs that name none."""
        usual = (i for i, s in self.styles.items() if s.get(f"{W}type") == "paragraph" and s.get(f"{W}default") in ("1", "true"))
        return next(usual, "Normal")

    @cached_property
    def theme(self) -> dict[str, str]:
        """Theme colour -> RRGGBB."""
        root = next((e for name, e in sorted(self.parts.items()) if re.fullmatch(r"word/theme/theme\d*\.xml", name)), None)
        scheme = root.find(f".//{A}clrScheme") if root is not None else None
        colours = {}
        for entry in scheme if scheme is not None else ():
            for value in entry:
                name = str(entry.tag).rpartition("}")[2]
                colours[name] = str(value.get("val") or "") if str(value.tag).endswith("srgbClr") else str(value.get("lastClr") or "")
        return colours

    @property
    def edges(self) -> list[_Element]:
        """Headers and footers."""
        return [e for name, e in sorted(self.parts.items()) if re.fullmatch(r"word/(header|footer)\d*\.xml", name)]

    def chain(self, style_id: str | None) -> Iterator[_Element]:
        """A style and those that it is based on."""
        for _ in range(_DEEPEST):
            style = self.styles.get(style_id or "")
            if style is None:
                return
            yield style
            based = style.find(f"{W}basedOn")
            style_id = based.get(f"{W}val") if based is not None else None

    def style_name(self, style_id: str | None) -> str:
        style = self.styles.get(style_id or "")
        name = style.find(f"{W}name") if style is not None else None
        return str(name.get(f"{W}val")) if name is not None else ""


def open_doc(path: Path) -> Doc:
    """Raises NoInputError or UsageError where `path` is no Word document that may be opened."""
    return Doc(open_parts(path))


def style_of(doc: Doc, paragraph: _Element) -> str:
    """Id of a paragraph's style."""
    found = paragraph.find(f"{W}pPr/{W}pStyle")
    return str(found.get(f"{W}val")) if found is not None else doc.usual_paragraph


def heading_level(doc: Doc, paragraph: _Element) -> int:
    """1 to 9; 0 for what is no heading."""
    own = paragraph.find(f"{W}pPr/{W}outlineLvl")
    if own is not None:
        return _level(own)
    for style in doc.chain(style_of(doc, paragraph)):
        name = _HEADING.fullmatch(doc.style_name(style.get(f"{W}styleId")))
        if name:
            return int(name[1])
        outline = style.find(f"{W}pPr/{W}outlineLvl")
        if outline is not None:
            return _level(outline)
    return 0


def _level(outline: _Element) -> int:
    value = str(outline.get(f"{W}val") or _BODY_LEVEL)
    return int(value) + 1 if value.isdigit() and int(value) < _BODY_LEVEL else 0


def is_listed(doc: Doc, paragraph: _Element) -> bool:
    """Whether it has a bullet or number that Word made."""
    for holder in (paragraph, *doc.chain(style_of(doc, paragraph))):
        number = holder.find(f"{W}pPr/{W}numPr/{W}numId")
        if number is not None:
            return number.get(f"{W}val") != "0"
    return False


def text_of(element: _Element) -> str:
    """What a reader sees of it: no field codes, nothing that tracked changes have taken out."""
    pieces = (e.text or "" if e.tag == f"{W}t" else " " for e in element.iter(f"{W}t", f"{W}tab", f"{W}br") if not _is_gone(e))
    return "".join(pieces)


def _is_gone(element: _Element) -> bool:
    return any(above.tag in (f"{W}del", f"{W}moveFrom") for above in element.iterancestors())


def quote(text: str) -> str:
    """The first words, for a finding."""
    words = text.split()
    return f"“{' '.join(words[:_PLACE_WORDS])}{'…' if len(words) > _PLACE_WORDS else ''}”"


def walk(doc: Doc) -> Iterator[Place]:
    """All paragraphs and tables of the body in reading order; a table comes before what stands in it."""
    stack: list[tuple[int, str]] = []
    yield from _walk(doc, doc.body, (), stack)


def _walk(doc: Doc, holder: _Element, cells: tuple[_Element, ...], stack: list[tuple[int, str]]) -> Iterator[Place]:
    for child in holder:
        if child.tag == f"{W}p":
            level = heading_level(doc, child)
            yield Place(child, _name(stack), cells)
            if level and not cells:
                while stack and stack[-1][0] >= level:
                    stack.pop()
                stack.append((level, " ".join(text_of(child).split())))
        elif child.tag == f"{W}tbl":
            yield Place(child, _name(stack), cells)
            for row in child.iterfind(f"{W}tr"):
                for cell in row.iterfind(f"{W}tc"):
                    yield from _walk(doc, cell, (*cells, cell), stack)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml"):
            yield from _walk(doc, child, cells, stack)


def _name(stack: Sequence[tuple[int, str]]) -> str:
    return " > ".join(text for _, text in stack if text)
