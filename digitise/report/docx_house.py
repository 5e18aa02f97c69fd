"""Styles of ours that a house template need not have: where it has none of that name, a plain one is added, based on the house's own.

They set sizes, spaces and indents only. Face and colour are the house's; whoever wants another look defines the style in the template.
"""

from __future__ import annotations

from typing import NamedTuple

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.report.docx_package import find_style
from digitise.report.docx_xml import TWIPS_PER_CM, el, val


class PlainStyle(NamedTuple):
    """Lengths in cm, sizes and spaces in pt; None: as in the house's Normal."""

    name: str
    size_pt: float | None = None
    bold: bool = False
    before_pt: float = 0
    after_pt: float = 0
    indent_cm: float = 0
    hanging_cm: float = 0
    keep_next: bool = False
    style_id: str = ""
    """Where others name it by that: python-docx does for comments."""


PLAIN_STYLES = (
    PlainStyle("toc 1", bold=True, before_pt=3),
    PlainStyle("toc 2", indent_cm=0.6),
    PlainStyle("Table Head", size_pt=10.5, bold=True),
    PlainStyle("Table Text", size_pt=10.5),
    PlainStyle("Table End", size_pt=6, after_pt=4),
    PlainStyle("Key Figure Head", size_pt=10.5, bold=True),
    PlainStyle("Key Figure", size_pt=22, bold=True, before_pt=2, after_pt=2),
    PlainStyle("Sheet Table Head", size_pt=10, bold=True),
    PlainStyle("annotation text", size_pt=10, style_id="CommentText"),
    PlainStyle("Picture", before_pt=8, after_pt=4),
    PlainStyle("Transcript Heading", bold=True, before_pt=5, after_pt=1, keep_next=True),
    PlainStyle("Transcript", after_pt=1, indent_cm=0.5, hanging_cm=0.4),
    PlainStyle("Transcript 2", after_pt=1, indent_cm=1.0, hanging_cm=0.4),
    PlainStyle("Transcript 3", after_pt=1, indent_cm=1.5, hanging_cm=0.4),
)


def add_plain_styles(document: Document) -> None:
    """Those of PLAIN_STYLES, and a mark for doubtful words, that the document has not."""
    normal = find_style(document, "Normal")
    for plain in PLAIN_STYLES:
        if find_style(document, plain.name) is None:
            document.styles.element.append(_make(plain, normal))
    for name, style_id, look in (
        ("Doubtful Word", "DoubtfulWord", val("w:u", "dotted")),
        ("annotation reference", "CommentReference", val("w:sz", "16")),
    ):
        if find_style(document, name) is None:
            kind = {"w:type": "character", "w:styleId": style_id}
            document.styles.element.append(el("w:style", kind, val("w:name", name), el("w:qFormat"), el("w:rPr", None, look)))


def _make(plain: PlainStyle, normal: str | None) -> BaseOxmlElement:
    own = {"w:customStyle": "1"} if plain.name[0].isupper() else {}
    before, after = (str(round(20 * points)) for points in (plain.before_pt, plain.after_pt))
    spacing = {"w:before": before, "w:after": after, "w:line": "264", "w:lineRule": "auto"}
    indent = {"w:left": str(round(plain.indent_cm * TWIPS_PER_CM)), "w:hanging": str(round(plain.hanging_cm * TWIPS_PER_CM))}
    lines = el("w:pPr", None, *([el("w:keepNext")] if plain.keep_next else []), el("w:spacing", spacing), el("w:ind", indent))
    bold = [el("w:b"), el("w:bCs")] if plain.bold else []
    size = [val(tag, str(round(2 * plain.size_pt))) for tag in ("w:sz", "w:szCs")] if plain.size_pt else []
    return el(
        "w:style",
        {"w:type": "paragraph", **own, "w:styleId": plain.style_id or plain.name.title().replace(" ", "")},
        val("w:name", plain.name),
        *([val("w:basedOn", normal)] if normal else []),
        el("w:qFormat"),
        lines,
        *([el("w:rPr", None, *bold, *size)] if bold or size else []),
    )
