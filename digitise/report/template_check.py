"""What a house template is like, seen before a report is made on it: its styles, placeholders, page, colours, language.

Errors keep a report from being made. Warnings make it worse, or less accessible, and say how.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from lxml.etree import _Element

from digitise.errors import ConfigError
from digitise.model import Frozen
from digitise.report.colours import BODY_CONTRAST, LARGE_BOLD_PT, LARGE_CONTRAST, LARGE_PT, is_colour, measure_contrast
from digitise.report.docx_package import (
    REQUIRED_STYLES,
    blaming_template,
    find_style,
    list_roots,
    list_styles,
    missing_styles,
    open_unchecked,
)
from digitise.report.docx_placeholders import EXPLAINED, REPORT_MARK, find_known, list_placeholders
from digitise.report.docx_sheet import STYLES
from digitise.report.docx_xml import EMU_PER_CM

Level = Literal["ok", "warn", "error"]

OWN_STYLES = ("Action Bullet", "Report Table", "Table Head", "Table Text", "Key Figure", "Report Note", "Doubtful Word", "Source Link")
"""Styles of ours that make a report look better where a template has them."""
_TEXT_STYLES = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "Caption", "Quote", *OWN_STYLES)
_LEAST_TEXT_CM, _LEAST_MARGIN_CM = 12.0, 1.25
"""Narrower text breaks tables and pictures; many printers cannot print nearer to the edge."""
_LEAST_BODY_PT = 12.0
"""Of the guidance for accessible documents that public bodies in Wales follow."""
_LANGUAGES = ("en-GB", "cy-GB")
_RESET = frozenset(name.lower() for name in ("Normal", *STYLES))
"""Styles to which a report gives its own language."""


class TemplateFinding(Frozen):
    """One thing looked at."""

    level: Level
    subject: str
    detail: str
    remedy: str = ""


def look_at_template(path: Path, *, fields: Collection[str] = ()) -> list[TemplateFinding]:
    """All that can be said of a template. Never raises for what is wrong with it. fields: the house's own placeholders."""
    try:
        document, _ = open_unchecked(path)
        with blaming_template(path):
            return [
                TemplateFinding(level="ok", subject="file", detail="a Word document without macros"),
                *_look_at_styles(document),
                *_look_at_placeholders(document, fields),
                *_look_at_page(document),
                *_look_at_text(document),
                *_look_at_colours(document),
                *_look_at_language(document),
                *_look_at_pictures(document),
                *_look_at_leftovers(document),
            ]
    except ConfigError as e:
        return [TemplateFinding(level="error", subject="file", detail=e.reason, remedy=e.remedy)]


def _look_at_styles(document: Document) -> Iterator[TemplateFinding]:
    missing = missing_styles(document)
    if missing:
        detail = f"missing: {', '.join(missing)}; found: {', '.join(list_styles(document))}"
        remedy = "Open the template in Word, use each missing style once, and save it again."
        yield TemplateFinding(level="error", subject="styles", detail=detail, remedy=remedy)
    else:
        yield TemplateFinding(level="ok", subject="styles", detail=f"all there: {', '.join(REQUIRED_STYLES)}")
    own = [name for name in OWN_STYLES if find_style(document, name) is None]
    if own:
        detail = f"not there, so standard or plain ones are used instead: {', '.join(own)}"
        yield TemplateFinding(level="ok", subject="styles of digitise", detail=detail)


def _look_at_placeholders(document: Document, fields: Collection[str]) -> Iterator[TemplateFinding]:
    names = list_placeholders(document)
    known = [name for name in names if name in EXPLAINED or name in fields]
    yield TemplateFinding(level="ok", subject="placeholders", detail=", ".join(known) or "none")
    for name in names:
        near = find_known(name, fields)
        if near is None:
            remedy = f"Known: {', '.join([*EXPLAINED, *fields])}. One of your own stands under fields in [report] of event.toml."
            detail = f"{{{{ {name} }}}} is not known and stays as it is"
            yield TemplateFinding(level="warn", subject="placeholder", detail=detail, remedy=remedy)
        elif near != name:
            detail = f"{{{{ {name} }}}} is not known"
            yield TemplateFinding(level="error", subject="placeholder", detail=detail, remedy=f"Did you mean {{{{ {near} }}}}?")
    if REPORT_MARK not in names:
        detail = "there is no {{ report }}: the report is written behind the template's own text"
        yield TemplateFinding(level="warn", subject="placeholder", detail=detail, remedy="Put {{ report }} in a paragraph of its own.")
    if "title" not in names:
        detail = "there is no {{ title }}: the report begins with its title in the style Title"
        yield TemplateFinding(level="ok", subject="placeholder", detail=detail)


def _look_at_page(document: Document) -> Iterator[TemplateFinding]:
    section = document.sections[-1]
    sides = [(side or 0) / EMU_PER_CM for side in (section.page_width, section.page_height)]
    margins = [(m or 0) / EMU_PER_CM for m in (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)]
    text = sides[0] - margins[0] - margins[1]
    page = f"{sides[0]:.1f} × {sides[1]:.1f} cm, text {text:.1f} cm wide"
    if text < _LEAST_TEXT_CM:
        remedy = f"Make the margins smaller: tables and pictures want {_LEAST_TEXT_CM:.0f} cm."
        yield TemplateFinding(level="warn", subject="page", detail=page, remedy=remedy)
    elif min(margins) < _LEAST_MARGIN_CM:
        remedy = "Make it larger: many printers cannot print so near to the edge."
        yield TemplateFinding(level="warn", subject="page", detail=f"{page}; a margin of {min(margins):.1f} cm", remedy=remedy)
    else:
        yield TemplateFinding(level="ok", subject="page", detail=page)


def _look_at_text(document: Document) -> Iterator[TemplateFinding]:
    points = _resolve_points(document, "Normal")
    if points < _LEAST_BODY_PT:
        remedy = f"Set the style Normal to {_LEAST_BODY_PT:.0f} pt, which public bodies ask for in accessible documents."
        yield TemplateFinding(level="warn", subject="body text", detail=f"{points:g} pt", remedy=remedy)
    else:
        yield TemplateFinding(level="ok", subject="body text", detail=f"{points:g} pt")
    style = _style_element(document, "Normal")
    justified = style is not None and any(j.get(qn("w:val")) == "both" for j in style.iter(qn("w:jc")))
    if justified:
        remedy = "Align it left: uneven gaps make it harder to read."
        yield TemplateFinding(level="warn", subject="body text", detail="is justified", remedy=remedy)


def _look_at_colours(document: Document) -> Iterator[TemplateFinding]:
    poor = 0
    for name in _TEXT_STYLES:
        colour, ground = _resolve(document, name, "w:color"), _resolve_ground(document, name)
        if not is_colour(colour):
            continue
        points = _resolve_points(document, name)
        large = points >= LARGE_PT or (points >= LARGE_BOLD_PT and _resolve(document, name, "w:b") not in (None, "0", "false"))
        ratio = measure_contrast(colour or "", ground)
        if ratio < (LARGE_CONTRAST if large else BODY_CONTRAST):
            poor += 1
            detail = f"{name}: {colour} on {ground} has a contrast of {ratio:.1f}:1"
            remedy = f"Make it darker, or its ground lighter: at least {LARGE_CONTRAST if large else BODY_CONTRAST:g}:1."
            yield TemplateFinding(level="warn", subject="colour", detail=detail, remedy=remedy)
    if not poor:
        yield TemplateFinding(level="ok", subject="colours", detail="text can be told from its ground in all styles that a report uses")


def _look_at_language(document: Document) -> Iterator[TemplateFinding]:
    lang = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    value = lang.get(qn("w:val")) if lang is not None else None
    detail = f"{value or 'none'}; a report sets that of its event"
    yield TemplateFinding(level="ok", subject="language", detail=detail)
    for style in document.styles.element.iter(qn("w:style")):
        own = style.find(f"{qn('w:rPr')}/{qn('w:lang')}")
        other = own.get(qn("w:val")) if own is not None else None
        named = style.find(qn("w:name"))
        name = str(named.get(qn("w:val"))) if named is not None else str(style.get(qn("w:styleId")))
        if other and other not in _LANGUAGES and name.lower() not in _RESET:
            remedy = "Take the language out of the style, so that spelling and screen readers go by the report's."
            yield TemplateFinding(level="warn", subject="language", detail=f"the style {name} is {other}", remedy=remedy)
    yield TemplateFinding(level="ok", subject="title property", detail="a report sets it to its event's title")


def _look_at_pictures(document: Document) -> Iterator[TemplateFinding]:
    for root in list_roots(document):
        for shape in root.iter(qn("wp:docPr")):
            if not (shape.get("descr") or "").strip():
                detail = f"{shape.get('name') or 'a picture'} has no alternative text"
                remedy = "Right-click it in Word, choose 'View Alt Text', and say what it shows or mark it as decorative."
                yield TemplateFinding(level="warn", subject="picture", detail=detail, remedy=remedy)
    if any(next(root.iter(qn("w:txbxContent"), qn("wp:anchor")), None) is not None for root in list_roots(document)):
        detail = "there are text boxes or floating pictures"
        remedy = "Screen readers may read them out of order or not at all: put what matters in line with the text."
        yield TemplateFinding(level="warn", subject="layout", detail=detail, remedy=remedy)


def _look_at_leftovers(document: Document) -> Iterator[TemplateFinding]:
    body = document.element.body
    if next(body.iter(qn("w:ins"), qn("w:del"), qn("w:moveFrom")), None) is not None:
        detail = "there are tracked changes, which every report would have"
        remedy = "Accept or reject all changes in Word (Review), and save it again."
        yield TemplateFinding(level="warn", subject="changes", detail=detail, remedy=remedy)
    if document.settings.element.find(qn("w:attachedTemplate")) is not None:
        detail = "it names a template on another computer; reports leave that out"
        yield TemplateFinding(level="ok", subject="attached template", detail=detail)


def _style_element(document: Document, name: str) -> BaseOxmlElement | None:
    style_id = find_style(document, name)
    return next((s for s in document.styles.element.iter(qn("w:style")) if s.get(qn("w:styleId")) == style_id), None) if style_id else None


def _chain(document: Document, name: str) -> Iterator[_Element]:
    """A style and those that it is based on, then the document's defaults."""
    style: _Element | None = _style_element(document, name)
    seen: set[str] = set()
    while style is not None and (style_id := str(style.get(qn("w:styleId")))) not in seen:
        seen.add(style_id)
        yield style
        based = style.find(qn("w:basedOn"))
        above = based.get(qn("w:val")) if based is not None else None
        style = next((s for s in document.styles.element.iter(qn("w:style")) if s.get(qn("w:styleId")) == above), None)
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}")
    if defaults is not None:
        yield defaults


def _resolve(document: Document, name: str, tag: str) -> str | None:
    """The value of a text property of a style, inherited if need be; '1' for one that is merely there."""
    for style in _chain(document, name):
        found = style.find(f"{qn('w:rPr')}/{qn(tag)}")
        if found is not None:
            return str(found.get(qn("w:val")) or "1")
    return None


def _resolve_points(document: Document, name: str) -> float:
    """Size of a style's letters; 10, as in Word, where none is said, or it is no number."""
    size = _resolve(document, name, "w:sz") or ""
    return int(size) / 2 if size.isascii() and size.isdigit() and len(size) < 6 else 10.0


def _resolve_ground(document: Document, name: str) -> str:
    for style in _chain(document, name):
        for props in ("w:pPr", "w:rPr"):
            shade = style.find(f"{qn(props)}/{qn('w:shd')}")
            if shade is not None and is_colour(shade.get(qn("w:fill"))):
                return str(shade.get(qn("w:fill")))
    return "FFFFFF"
