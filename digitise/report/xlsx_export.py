"""actions.xlsx: actions, all notes and the photos as sheets to sort and filter, with links to the pictures beside it; and the notes laid
out by theme, to be pasted on an online whiteboard."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from digitise.model import Event
from digitise.report.csv_export import FORMULA_STARTS
from digitise.report.export_rows import ActionRow, NoteRow, PhotoRow, Rows, make_rows
from digitise.report.wording import clean_text
from digitise.store import atomic_write

PICTURES = "pictures"
UNDATED = datetime(1980, 1, 1)
"""Date of a workbook whose photos have none: it must not depend on the day it is written."""
_MOST_CELL = 32_000
"""Characters; Excel takes 32,767 and refuses a file with more."""
_MOST_SHEET_NAME = 31
_FONT, _FONT_PT, _INK, _HEAD = "Arial", 11, "#000000", "#1F4E4A"
"""White on the head's colour has a contrast of 9:1."""

Look = Literal["text", "wide", "date", "time", "number", "share", "link"]
Value = str | int | float | date | datetime | tuple[str, str] | None
"""A link is the name of a picture and what the cell says."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    width: float
    """In characters of the usual face."""
    look: Look
    values: tuple[Value, ...]


def write_xlsx(event: Event, out: Path) -> None:
    """Write the workbook; the same event gives the same bytes. Raises OutputError."""
    with atomic_write(out) as part:
        part.write_bytes(render_xlsx(event, pictures=out.parent / PICTURES))


def render_xlsx(event: Event, *, pictures: Path | None = None) -> bytes:
    """`pictures`: where it is given, there is no link to a picture that is not there."""
    rows = make_rows(event)
    names = (rows.labels.actions, rows.labels.notes, rows.labels.photos, rows.words.whiteboard)
    columns = (_list_actions(rows), _list_notes(rows), _list_photos(rows), _lay_out_board(rows))
    return render_book(event, list(zip(names, columns, strict=True)), pictures=pictures)


def render_book(event: Event, sheets: Sequence[tuple[str, Sequence[Column]]], *, pictures: Path | None = None) -> bytes:
    """A workbook of named sheets. event: for what the file says about itself."""
    buffer = io.BytesIO()
    # strings stay strings, whatever they begin with: people's words never become formulas, links or numbers
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    stamp = max((p.taken for p in event.photos if p.taken), default=UNDATED).replace(microsecond=0, tzinfo=None)
    book.set_properties(
        {
            "title": clean_text(event.info.title)[:255],
            "author": clean_text(", ".join(event.info.organisers))[:255] or "digitise",
            "comments": clean_text(event.generator)[:255],
            "created": stamp,
        }
    )
    looks = _make_looks(book)
    for name, columns in sheets:
        _fill_sheet(book.add_worksheet(name_sheet(name)), columns, looks, pictures)
    book.close()
    return _turn_slashes(buffer.getvalue())


def _turn_slashes(data: bytes) -> bytes:
    """XlsxWriter writes the way to a picture as Windows has it; with '/' all programs and systems find it, as Excel itself writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as copy:
        for info in package.infolist():
            content = package.read(info)
            links = info.filename.startswith("xl/worksheets/_rels/")
            copy.writestr(info, content.replace(f"{PICTURES}\\".encode(), f"{PICTURES}/".encode()) if links else content)
    return buffer.getvalue()


def name_sheet(label: str) -> str:
    """A label as Excel takes it for a sheet: up to 31 characters, without []:*?/\\."""
    plain = clean_text(label).replace(" / ", " – ")
    return "".join("-" if c in "[]:*?/\\" else c for c in plain)[:_MOST_SHEET_NAME].strip(" '")


def _make_looks(book: Any) -> dict[str, Any]:
    plain = {"font_name": _FONT, "font_size": _FONT_PT, "font_color": _INK, "valign": "top"}
    formats = {
        "text": plain,
        "wide": plain | {"text_wrap": True},
        # shown with an apostrophe where it is edited, so that Excel does not take it for a formula then
        "quoted": plain | {"text_wrap": True, "quote_prefix": True},
        "date": plain | {"num_format": "d mmm yyyy", "align": "left"},
        "time": plain | {"num_format": "d mmm yyyy hh:mm", "align": "left"},
        "number": plain | {"num_format": "0"},
        "share": plain | {"num_format": "0 %"},
        "link": plain | {"font_color": "#0B5394", "underline": 1},
        "head": plain | {"bold": True, "font_color": "#FFFFFF", "bg_color": _HEAD, "text_wrap": True, "valign": "vcenter", "border": 1},
    }
    return {name: book.add_format(properties) for name, properties in formats.items()}


def _fill_sheet(sheet: Any, columns: Sequence[Column], looks: dict[str, Any], pictures: Path | None) -> None:
    """Head row frozen, filtered and printed on each page; each value in a cell of its own kind."""
    count = len(columns[0].values)
    for k, column in enumerate(columns):
        sheet.set_column(k, k, column.width)
        sheet.write_string(0, k, column.name, looks["head"])
        for row, value in enumerate(column.values, 1):
            there = not isinstance(value, tuple) or pictures is None or (pictures / value[0]).is_file()
            _write_cell(sheet, (row, k), value if there else None, column.look, looks)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_letters(len(columns) - 1)}{count + 1}"})


def _write_cell(sheet: Any, place: tuple[int, int], value: Value, look: Look, looks: dict[str, Any]) -> None:
    row, k = place
    if value is None or value == "":
        sheet.write_blank(row, k, None, looks["wide"])
    elif isinstance(value, date):
        sheet.write_datetime(row, k, value, looks[look])
    elif isinstance(value, int | float):
        sheet.write_number(row, k, value, looks[look])
    elif isinstance(value, tuple):
        sheet.write_url(row, k, f"external:{PICTURES}/{value[0]}", looks["link"], string=value[1])
    else:
        text = value if len(value) <= _MOST_CELL else f"{value[:_MOST_CELL]}…"
        sheet.write_string(row, k, text, looks["quoted" if text.lstrip().startswith(FORMULA_STARTS) else look])


def _letters(k: int) -> str:
    """Column 0 is A, 26 is AA."""
    return (_letters(k // 26 - 1) if k >= 26 else "") + chr(ord("A") + k % 26)


def _list_actions(rows: Rows) -> list[Column]:
    labels, words, actions = rows.labels, rows.words, rows.actions
    return name_columns(
        (labels.number, 7, "text", [r.number for r in actions]),
        (labels.action, 55, "wide", [r.action for r in actions]),
        (labels.owner, 24, "wide", [r.owner or labels.no_owner for r in actions]),
        (labels.due, 24, "wide", [r.due or labels.no_due for r in actions]),
        (words.due_date, 13, "date", [r.day for r in actions]),
        (labels.answers, 38, "wide", [r.problem for r in actions]),
        (labels.theme, 28, "wide", [r.theme for r in actions]),
        (words.photo_number, 9, "number", [r.photo for r in actions]),
        (labels.file, 20, "wide", [r.file for r in actions]),
        (labels.picture, 12, "link", [_link(rows, r) for r in actions]),
        (words.note_id, 24, "text", [r.note_id for r in actions]),
    )


def _list_notes(rows: Rows) -> list[Column]:
    labels, words, notes = rows.labels, rows.words, rows.notes
    return name_columns(
        (labels.note, 55, "wide", [r.text for r in notes]),
        (words.kind, 14, "text", [r.kind for r in notes]),
        (labels.theme, 28, "wide", [r.theme for r in notes]),
        (labels.owner, 20, "wide", [r.owner for r in notes]),
        (labels.due, 20, "wide", [r.due for r in notes]),
        (words.due_date, 13, "date", [r.day for r in notes]),
        (labels.votes_counted, 8, "number", [r.votes for r in notes]),
        (words.colour, 10, "text", [r.colour for r in notes]),
        (words.written_on, 12, "text", [r.written_on for r in notes]),
        (labels.round, 14, "wide", [r.round for r in notes]),
        (labels.table_no, 14, "wide", [r.table for r in notes]),
        (words.photo_number, 9, "number", [r.photo for r in notes]),
        (labels.file, 20, "wide", [r.file for r in notes]),
        (labels.picture, 12, "link", [_link(rows, r) for r in notes]),
        (words.confidence, 12, "share", [r.confidence for r in notes]),
        (labels.words_to_check, 22, "wide", [r.doubtful for r in notes]),
        (words.fate, 20, "wide", [r.fate for r in notes]),
        (labels.printed_as, 34, "wide", [r.printed_as for r in notes]),
        (labels.as_read, 40, "wide", [r.as_read for r in notes]),
        (words.note_id, 24, "text", [r.note_id for r in notes]),
    )


def _list_photos(rows: Rows) -> list[Column]:
    labels, words = rows.labels, rows.words
    most = max((len(r.pictures) for r in rows.photos), default=0)
    named = [f"{clean_text(labels.picture)} {k + 1}" if most > 1 else labels.picture for k in range(most)]
    return name_columns(
        (words.photo_number, 9, "number", [r.number for r in rows.photos]),
        (labels.file, 28, "wide", [r.file for r in rows.photos]),
        (words.taken, 20, "time", [r.taken for r in rows.photos]),
        (words.note_count, 12, "number", [r.notes for r in rows.photos]),
        (words.remarks, 60, "wide", [r.remarks for r in rows.photos]),
        *((name, 22, "link", [_link_sheet(rows, r, k) for r in rows.photos]) for k, name in enumerate(named)),
    )


def _lay_out_board(rows: Rows) -> list[Column]:
    """A column for each theme, in order of its first note, with its title as the head; loose notes last."""
    themes: dict[str, list[Value]] = {}
    for row in rows.notes:
        if row.on_board and row.text:
            themes.setdefault(row.theme, []).append(row.text)
    loose = themes.pop("", [])
    columns = [*themes.items(), *([(rows.labels.other_points, loose)] if loose or not themes else [])]
    most = max(len(texts) for _, texts in columns)
    return name_columns(*((name, 32.0, "wide", [*texts, *[None] * (most - len(texts))]) for name, texts in columns))


def _link(rows: Rows, row: ActionRow | NoteRow) -> Value:
    return (row.picture, clean_text(rows.labels.photo.format(number=row.photo))) if row.picture else None


def _link_sheet(rows: Rows, row: PhotoRow, k: int) -> Value:
    if k >= len(row.pictures):
        return None
    one = len(row.pictures) == 1
    text = rows.labels.photo.format(number=row.number) if one else rows.labels.sheet_of.format(sheet=k + 1, number=row.number)
    return row.pictures[k], clean_text(text)


def name_columns(*columns: tuple[str, float, Look, Sequence[Value]]) -> list[Column]:
    """Name, width, look and values of each column, with nothing in them that no file may hold."""
    plain = [tuple(clean_text(v) if isinstance(v, str) else v for v in values) for _, _, _, values in columns]
    return [Column(clean_text(name), width, look, values) for (name, width, look, _), values in zip(columns, plain, strict=True)]
