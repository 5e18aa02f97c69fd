"""Pages that lie on their side: sections of a Word document, whose properties stand in the last paragraph of each."""

from __future__ import annotations

import copy
from typing import cast

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from lxml.etree import _Element

from digitise.report.docx_sheet import Sheet
from digitise.report.docx_xml import EMU_PER_CM, el, paragraph

_FIRST_ONLY = (qn("w:headerReference"), qn("w:footerReference"), qn("w:titlePg"))
"""What later sections inherit from the first: headers, footers; and the cover's own, which they must not repeat."""


def find_page(document: Document, mark: _Element | None) -> BaseOxmlElement:
    """The page set-up (w:sectPr) of the section in which the report is written: that of its mark, else the document's last."""
    if mark is not None:
        for element in (mark, *mark.itersiblings()):
            found = element.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
            if found is not None:
                return cast(BaseOxmlElement, found)
    return cast(BaseOxmlElement, document.element.body.get_or_add_sectPr())


def measure_text(sheet: Sheet, *, landscape: bool) -> tuple[float, float]:
    """Width and height of the text on an upright or a lying page, cm; the margins stay with their sides."""
    section = Section(sheet.page, sheet.document.part)  # type: ignore[arg-type]
    width, height = (side or 0 for side in (section.page_width, section.page_height))
    if landscape and width < height:
        width, height = height, width
    beside = (section.left_margin or 0) + (section.right_margin or 0)
    above = (section.top_margin or 0) + (section.bottom_margin or 0)
    return (width - beside) / EMU_PER_CM, (height - above) / EMU_PER_CM


def close_section(sheet: Sheet, elements: list[BaseOxmlElement], *, landscape: bool) -> None:
    """End a section of upright or lying pages behind `elements`; what follows begins a new page."""
    if not elements or elements[-1].tag != qn("w:p"):
        elements.append(paragraph(sheet.style("table end")))
    last = elements[-1]
    props = last.find(qn("w:pPr"))
    if props is None:
        props = el("w:pPr")
        last.insert(0, props)
    sheet.added.append(_describe_pages(sheet.page, landscape=landscape))
    props.append(sheet.added[-1])


def _describe_pages(page: BaseOxmlElement, *, landscape: bool) -> BaseOxmlElement:
    """A copy of a page set-up, turned by a quarter if need be; a house template's own lying pages stay as they are."""
    own: BaseOxmlElement = copy.deepcopy(page)
    kind = own.find(qn("w:type"))
    if kind is not None:
        own.remove(kind)
    size = own.find(qn("w:pgSz"))
    if landscape and size is not None:
        width, height = (size.get(qn(side)) or "0" for side in ("w:w", "w:h"))
        if int(width) < int(height):
            size.set(qn("w:w"), height)
            size.set(qn("w:h"), width)
            size.set(qn("w:orient"), "landscape")
    return own


def share_headers(sheet: Sheet) -> None:
    """Let the report's sections behind the first take over its headers and footers; only the first has a cover page."""
    for section in [*sheet.added[1:], sheet.page] if sheet.added else []:
        for child in [c for c in section if c.tag in _FIRST_ONLY]:
            section.remove(child)
