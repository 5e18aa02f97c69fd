"""Names a written document, so that it is known again when it comes back edited: a custom property, which Word and LibreOffice keep."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from digitise.report.blocks import Block
from digitise.report.docx_reading import ID_PROPERTY

_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_CONTENT = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""The one format that custom properties have."""

_EMPTY = f'<Properties xmlns="{_CUSTOM}" xmlns:vt="{_TYPES}"/>'.encode()


def document_id(blocks: Sequence[Block]) -> str:
    """16 hex digits over all that a report says: the same report has the same name, on any machine."""
    return hashlib.sha256(repr(list(blocks)).encode()).hexdigest()[:16]


def name_document(document: Document, blocks: Sequence[Block]) -> None:
    """Write the name into the document, beside the custom properties of its template."""
    package = document.part.package
    known = next((rel.target_part for rel in package.rels.values() if rel.reltype == _RELATION), None)
    root = etree.fromstring(known.blob) if known is not None else etree.fromstring(_EMPTY)
    for entry in [e for e in root if e.get("name") == ID_PROPERTY]:
        root.remove(entry)
    number = max((int(e.get("pid") or 1) for e in root), default=1) + 1
    entry = etree.SubElement(root, f"{{{_CUSTOM}}}property", {"fmtid": _FORMAT, "pid": str(number), "name": ID_PROPERTY})
    etree.SubElement(entry, f"{{{_TYPES}}}lpwstr").text = document_id(blocks)
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if known is not None:
        known._blob = data
    else:
        package.relate_to(Part(PackURI("/docProps/custom.xml"), _CONTENT, data, package), _RELATION)
