"""Pages that lie on their side: sections of a Word document, whose properties stand in the last paragraph of each."""

from __future__ import annotations

import copy

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.report.docx_sheet import Sheet
from digitise.report.docx_xml import el, paragraph

_FIRST_ONLY = (qn("w:headerReference"), qn("w:footerReference"), qn("w:titlePg"))
"""What later sections inherit from the first: headers, footers; and the cover's own, which they must not repeat."""


def close_section(sheet: Sheet, elements: list[BaseOxmlElement], *, landscape: bool) -> None:
    """End a section of upright or lying pages behind `elements`; what follows begins a new page."""
    if not elements or elements[-1].tag != qn("w:p"):
        elements.append(paragraph(sheet.style("table end")))
    last = elements[-1]
    props = last.find(qn("w:pPr"))
    if props is None:
        props = el("w:pPr")
        last.insert(0, props)
    props.append(_describe_pages(sheet.document, landscape=landscape))
    sheet.sections += 1


def _describe_pages(document: Document, *, landscape: bool) -> BaseOxmlElement:
    """A copy of the document's page set-up, turned by a quarter if need be."""
    own: BaseOxmlElement = copy.deepcopy(document.element.body.sectPr)
    kind = own.find(qn("w:type"))
    if kind is not None:
        own.remove(kind)
    size = own.find(qn("w:pgSz"))
    if landscape and size is not None:
        width, height = (size.get(qn(side)) or "" for side in ("w:w", "w:h"))
        size.set(qn("w:w"), height)
        size.set(qn("w:h"), width)
        size.set(qn("w:orient"), "landscape")
    return own


def share_headers(sheet: Sheet) -> None:
    """Let the sections behind the first take over its headers and footers; only the first has a cover page."""
    if not sheet.sections:
        return
    body = sheet.document.element.body
    for section in list(body.iter(qn("w:sectPr")))[-sheet.sections :]:
        for child in [c for c in section if c.tag in _FIRST_ONLY]:
            section.remove(child)
