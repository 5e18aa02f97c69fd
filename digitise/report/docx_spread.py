"""A sheet's picture with its transcript beside it: a table of one row under a header row, so that it is read in order."""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.report.blocks import Run, Spread
from digitise.report.docx_sheet import Sheet, build_bullet, build_figure, build_inlines
from digitise.report.docx_table import CELL_PADDING_CM
from digitise.report.docx_xml import TWIPS_PER_CM, el, paragraph, val


def build_spread(sheet: Sheet, spread: Spread) -> BaseOxmlElement:
    """w:tbl as wide as the text, without rules; its row is not split over pages."""
    whole = sheet.text_width_cm * TWIPS_PER_CM
    widths = [round(spread.picture_share * whole), round((1 - spread.picture_share) * whole)]
    figure = build_figure(sheet, spread.picture, max_width_cm=widths[0] / TWIPS_PER_CM - CELL_PADDING_CM, keep=False)
    bullets = [build_bullet(sheet, bullet) for bullet in spread.bullets]
    props = el(
        "w:tblPr",
        None,
        *([val("w:tblStyle", style)] if (style := sheet.style("spread")) else []),
        el("w:tblW", {"w:w": str(sum(widths)), "w:type": "dxa"}),
        el("w:tblLayout", {"w:type": "fixed"}),
        el("w:tblLook", {"w:val": "0020", "w:firstRow": "1", "w:noHBand": "1", "w:noVBand": "1"}),
        val("w:tblCaption", f"{spread.picture.label} {spread.picture.number}"),
    )
    grid = el("w:tblGrid", None, *(el("w:gridCol", {"w:w": str(w)}) for w in widths))
    head = [
        [paragraph(sheet.style("spread head"), *build_inlines(sheet, runs), props=(el("w:keepNext"),))]
        for runs in spread.header_runs or [(Run(text),) for text in spread.header]
    ]
    rows = [_build_row(widths, head, header=True), _build_row(widths, [figure, bullets], header=False)]
    return el("w:tbl", None, props, grid, *rows)


def _build_row(widths: list[int], cells: list[list[BaseOxmlElement]], *, header: bool) -> BaseOxmlElement:
    row = el("w:tr", None, el("w:trPr", None, el("w:cantSplit"), *([el("w:tblHeader")] if header else [])))
    for width, content in zip(widths, cells, strict=True):
        size = el("w:tcPr", None, el("w:tcW", {"w:w": str(width), "w:type": "dxa"}))
        row.append(el("w:tc", None, size, *content))
    return row
