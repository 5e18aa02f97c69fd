"""The language of a Word report: said once for the whole document, so that only words in another language say theirs."""

from __future__ import annotations

from collections.abc import Iterable

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.report.docx_package import find_style
from digitise.report.docx_xml import el


def set_language(document: Document, locale: str, styles: Iterable[str]) -> None:
    """Make `locale` the document's language, and that of these styles and of those that they are based on.

    LibreOffice writes the language of whoever made a template into its style Normal; Word would spell a Welsh report by it, and a screen
    reader pronounce it so. Other styles, a motto's for one, keep theirs.
    """
    _default_language(document).set(qn("w:val"), locale)
    by_id = {str(s.get(qn("w:styleId"))): s for s in document.styles.element.iter(qn("w:style"))}
    todo = {style_id for name in ("Normal", *styles) if (style_id := find_style(document, name))}
    while todo:
        style = by_id.pop(todo.pop(), None)
        if style is None:
            continue
        based = style.find(qn("w:basedOn"))
        if based is not None:
            todo.add(str(based.get(qn("w:val"))))
        for lang in style.iterfind(f"{qn('w:rPr')}/{qn('w:lang')}"):
            lang.attrib.pop(qn("w:val"), None)


def _default_language(document: Document) -> BaseOxmlElement:
    """w:lang of the document's defaults, made where there is none."""
    above = document.styles.element
    for tag in ("w:docDefaults", "w:rPrDefault", "w:rPr"):
        inner = above.find(qn(tag))
        if inner is None:
            inner = el(tag)
            # the defaults come before all styles, and those of letters before those of paragraphs
            above.insert(0, inner)
        above = inner
    lang: BaseOxmlElement | None = above.find(qn("w:lang"))
    if lang is None:
        lang = el("w:lang")
        above.append(lang)
    return lang
