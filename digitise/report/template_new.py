"""A template to start from: one of ours, with its placeholders explained in comments and its styles shown on a page for its editors."""

from __future__ import annotations

import copy
from pathlib import Path

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.errors import UsageError
from digitise.report.docx_package import find_style, list_looks, open_template, save_package
from digitise.report.docx_placeholders import EXAMPLES_MARK, EXPLAINED
from digitise.report.docx_xml import el, paragraph, run, val
from digitise.store import atomic_write

USUAL_LOOK = "usual"
_AUTHOR = "digitise"
_SHOWN = (
    ("Heading 1", "Heading 1: chapters, such as ‘Problems and actions’"),
    ("Heading 2", "Heading 2: themes"),
    ("Heading 3", "Heading 3: parts of a theme, and the photos in the photo record"),
    ("Normal", "Normal: sentences of the report. Everything else is based on it, so begin with its face and size."),
    ("List Bullet", "List Bullet: points"),
    ("List Bullet 2", "List Bullet 2: points under a point"),
    ("List Bullet 3", "List Bullet 3: points under one of those"),
    ("Action Bullet", "Action Bullet: actions; without this style they are set as List Bullet"),
    ("Quote", "Quote: what somebody said, word for word"),
    ("Report Note", "Report Note: how the report was made"),
    ("Caption", "Caption: below pictures and above tables"),
    ("Transcript Heading", "Transcript Heading: headings in the photo record"),
    ("Transcript", "Transcript: what was read from a sheet"),
)
"""Style, and a line that is set in it."""


def list_template_looks() -> list[str]:
    return [USUAL_LOOK, *list_looks()]


def new_template(path: Path, *, look: str, kind: str) -> None:
    """Write a template. Raises UsageError where the file is there already or the look is not known, OutputError where it cannot be
    written."""
    if path.suffix.lower() != ".docx":
        raise UsageError(str(path), "is no name for a Word document", "Let it end in .docx.")
    if path.exists():
        raise UsageError(str(path), "is there already", "Give another name, or move it away first.")
    if look not in list_template_looks():
        raise UsageError(look, "is no look", f"There are: {', '.join(list_template_looks())}.")
    document = open_template(None if look == USUAL_LOOK else Path(look), kind=kind)
    _explain_placeholders(document)
    _show_styles(document)
    with atomic_write(path) as part:
        save_package(document, part)


def _explain_placeholders(document: Document) -> None:
    for p in document.paragraphs:
        name = p.text.strip("{} ")
        if name in EXPLAINED and p.text.startswith("{{"):
            comment = document.add_comment(p.runs, text=f"{EXPLAINED[name]} Keep the double braces.", author=_AUTHOR, initials="d")
            # no clock: the same call makes the same file
            del comment._comment_elm.attrib[qn("w:date")]


def _show_styles(document: Document) -> None:
    """A page behind the report's place that says what can be changed, and how it looks."""
    lines: list[tuple[str, str]] = [
        ("Normal", f"{{{{ {EXAMPLES_MARK} }}}}"),
        ("Heading 1", "About this template"),
        ("Normal", "Everything from the line above to the end is for you who edit the template. No report has it."),
        (
            "Normal",
            "Change the look by changing styles: right-click a style in Word’s Styles pane and choose ‘Modify’. Do not rename them. Put "
            "your logo in the header or above the title, with alternative text. When you are done, try: digitise template check FILE.",
        ),
        ("Heading 2", "Placeholders"),
        ("Normal", "These may stand anywhere on the cover, in headers and in footers. A line whose placeholders are empty is left out."),
        *(("List Bullet", f"{name}, in double braces: {text}") for name, text in EXPLAINED.items() if name != EXAMPLES_MARK),
        ("Heading 2", "Styles"),
        *_SHOWN,
    ]
    elements: list[BaseOxmlElement] = []
    for k, (style, text) in enumerate(lines):
        style_id = find_style(document, style)
        if style_id is not None:
            elements.append(paragraph(style_id, run(text), props=(el("w:pageBreakBefore"),) if k == 1 else ()))
    elements += _show_table(document)
    last = document.element.body.find(qn("w:sectPr"))
    for element in elements:
        last.addprevious(element)


def _show_table(document: Document) -> list[BaseOxmlElement]:
    """Two rows in the styles of the report's tables."""
    width = str(4500)
    rows = []
    for k, texts in enumerate((("Report Table", "its header row: Table Head"), ("Table Text", "in the rows"))):
        style = find_style(document, "Table Text" if k else "Table Head", "Normal")
        props = el("w:trPr", None, el("w:cantSplit"), *([] if k else [el("w:tblHeader")]))
        size = el("w:tcPr", None, el("w:tcW", {"w:w": width, "w:type": "dxa"}))
        cells = [el("w:tc", None, copy.deepcopy(size), paragraph(style, run(text))) for text in texts]
        rows.append(el("w:tr", None, props, *cells))
    table_style = find_style(document, "Report Table", "Table Grid")
    look = el("w:tblLook", {"w:val": "0420", "w:firstRow": "1", "w:noVBand": "1"})
    size = el("w:tblW", {"w:w": "9000", "w:type": "dxa"})
    props = el("w:tblPr", None, *([val("w:tblStyle", table_style)] if table_style else []), size, look)
    grid = el("w:tblGrid", None, *(el("w:gridCol", {"w:w": width}) for _ in range(2)))
    return [el("w:tbl", None, props, grid, *rows), paragraph(find_style(document, "Normal"))]
