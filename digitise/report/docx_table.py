"""Tables in Word: one header row that repeats on each page, no merged cells, widths that both Word and LibreOffice keep."""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.report.blocks import Cell, Picture, Run, Table
from digitise.report.docx_sheet import Sheet, build_inlines, build_picture, wrap_in_bookmark
from digitise.report.docx_xml import TWIPS_PER_CM, el, paragraph, run, val

_SMALL_TABLE = 8
"""A table of at most so many rows, without pictures, stands on one page."""
CELL_PADDING_CM = 0.5
"""Left and right together, as the style sets it, with some air; pictures must fit between."""


def build_table(sheet: Sheet, table: Table) -> BaseOxmlElement:
    """w:tbl as wide as the text."""
    widths = [round(share * sheet.text_width_cm * TWIPS_PER_CM) for share in table.widths]
    props = el(
        "w:tblPr",
        None,
        *([val("w:tblStyle", style)] if (style := sheet.style("table")) else []),
        el("w:tblW", {"w:w": str(sum(widths)), "w:type": "dxa"}),
        el("w:tblLayout", {"w:type": "fixed"}),
        el(
            "w:tblLook",
            {
                "w:val": "0420",
                "w:firstRow": "1",
                "w:lastRow": "0",
                "w:firstColumn": "0",
                "w:lastColumn": "0",
                "w:noHBand": "0",
                "w:noVBand": "1",
            },
        ),
        val("w:tblCaption", table.caption),
    )
    grid = el("w:tblGrid", None, *(el("w:gridCol", {"w:w": str(w)}) for w in widths))
    head, text = ("key figure head", "key figure") if table.kind == "figures" else ("table head", "table text")
    rows = [
        _build_row(sheet, table.header_runs or tuple((Run(name, bold=True),) for name in table.header), widths, style=head, header=True)
    ]
    small = len(table.rows) <= _SMALL_TABLE and not any(isinstance(part, Picture) for row in table.rows for cell in row for part in cell)
    for k, cells in enumerate(table.rows):
        anchor = table.row_anchors[k] if table.row_anchors else ""
        keep = small and k < len(table.rows) - 1
        rows.append(_build_row(sheet, cells, widths, style=text, anchor=anchor, keep=keep))
    return el("w:tbl", None, props, grid, *rows)


def _build_row(
    sheet: Sheet, cells: tuple[Cell, ...], widths: list[int], *, style: str, header: bool = False, anchor: str = "", keep: bool = False
) -> BaseOxmlElement:
    # a row is not split over pages: half an action on the next page is read as another one
    props = el("w:trPr", None, el("w:cantSplit"), *([el("w:tblHeader")] if header else []))
    row = el("w:tr", None, props)
    for k, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        children: list[BaseOxmlElement] = []
        for part in cell:
            if isinstance(part, Picture):
                image = build_picture(sheet, part, max_width_cm=width / TWIPS_PER_CM - CELL_PADDING_CM)
                children.append(run(sheet.labels.no_picture) if image is None else image)
            else:
                children += build_inlines(sheet, (part,))
        if anchor and k == 0:
            children = wrap_in_bookmark(sheet, anchor, children)
        together = (el("w:keepNext"),) if header or keep else ()
        size = el("w:tcPr", None, el("w:tcW", {"w:w": str(width), "w:type": "dxa"}))
        row.append(el("w:tc", None, size, paragraph(sheet.style(style), *children, props=together)))
    return row
