"""Accessibility of a document's pictures and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.etree import _Element

from digitise.report.checking_finding import Finding
from digitise.report.checking_parts import WP, Doc, Place, V, quote, text_of
from digitise.report.docx_opening import W

_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_FILE_NAME = re.compile(r"\S*\.(?:jpe?g|png|gif|webp|tiff?|bmp|heic|svg|emf|wmf)", re.IGNORECASE)
_NO_WORDS = re.compile(r"(?:picture|image|photo|graphic|figure|img|dsc|llun)[\s_-]*\d*", re.IGNORECASE)
_LONGEST_ALT = 400
"""Letters; a longer one cannot be skipped or gone back in, and belongs into the text."""


def check_pictures(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    """Of the body, of headers and of footers."""
    paragraphs = [(p.element, p.path) for p in places if p.element.tag == f"{W}p"]
    paragraphs += [(p, "header or footer") for edge in doc.edges for p in edge.iter(f"{W}p")]
    for paragraph, path in paragraphs:
        for shape in paragraph.iter(f"{WP}inline", f"{WP}anchor"):
            name = _naming(shape)
            yield from _check_alt(name, (name.get("descr") if name is not None else None) or "", path)
            if shape.tag == f"{WP}anchor":
                yield Finding.make("pictures", f"{_call(name)} floats beside the text", path)
        for old in paragraph.iter(f"{V}shape", f"{V}rect"):
            if next(old.iter(f"{V}imagedata"), None) is not None:
                yield from _check_alt(None, old.get("alt") or "", path)
            if "position:absolute" in (old.get("style") or "").replace(" ", ""):
                yield Finding.make("pictures", "a drawing floats beside the text", path)
        if paragraph.find(f"{W}pPr/{W}framePr") is not None:
            yield Finding.make("pictures", f"{quote(text_of(paragraph))} stands in a floating frame", path)
        if next(paragraph.iter(f"{W}txbxContent"), None) is not None:
            yield Finding.make("pictures", "words stand in a text box", path)


def _naming(shape: _Element) -> _Element | None:
    return shape.find(f"{WP}docPr")


def _call(name: _Element | None) -> str:
    return f"the picture “{name.get('name')}”" if name is not None and name.get("name") else "a picture"


def _check_alt(name: _Element | None, alt: str, path: str) -> Iterator[Finding]:
    alt = alt.strip()
    decorative = name is not None and any(d.get("val") in ("1", "true") for d in name.iter(_DECORATIVE))
    if not alt and not decorative:
        yield Finding.make("pictures", f"{_call(name)} has no alternative text", path)
    elif _FILE_NAME.fullmatch(alt) or _NO_WORDS.fullmatch(alt):
        yield Finding.make("pictures", f"the alternative text {quote(alt)} says nothing of what is seen", path)
    elif len(alt) > _LONGEST_ALT:
        yield Finding.make("pictures", f"the alternative text {quote(alt)} has {len(alt)} letters", path, warn=True)


def check_tables(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    """The first row marked as the head, no empty heads, no merged cells, no table in a table."""
    for place in places:
        if place.element.tag != f"{W}tbl":
            continue
        rows = list(place.element.iterfind(f"{W}tr"))
        start = quote(text_of(rows[0])) if rows else "nothing"
        called = f"the table that begins with {start}"
        if place.cells:
            yield Finding.make("tables", f"{called} stands in another table", place.path, warn=True)
        if not rows:
            yield Finding.make("tables", "a table without rows", place.path)
            continue
        head = rows[0].find(f"{W}trPr/{W}tblHeader")
        if head is None or head.get(f"{W}val") in ("0", "false", "off"):
            yield Finding.make("tables", f"{called} has no header row", place.path)
        else:
            cells = list(rows[0].iterfind(f"{W}tc"))
            if any(not text_of(cell).strip() and next(cell.iter(f"{W}drawing"), None) is None for cell in cells):
                yield Finding.make("tables", f"{called} has an empty head", place.path)
        if _is_merged(place.element):
            yield Finding.make("tables", f"{called} has merged or split cells", place.path, warn=True)


def _is_merged(table: _Element) -> bool:
    for row in table.iterfind(f"{W}tr"):
        for cell in row.iterfind(f"{W}tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            if cell.find(f"{W}tcPr/{W}vMerge") is not None or (span is not None and span.get(f"{W}val") not in (None, "1")):
                return True
    return False
