"""actions.csv, the action register for spreadsheets, and notes.csv, one note per row for online whiteboards."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from digitise.model import Event
from digitise.report.export_rows import make_rows
from digitise.report.wording import clean_text
from digitise.store import atomic_write

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the wide forms of the first: Excel takes them for the same where it is set to Chinese, Japanese or Korean (OWASP, CSV
Injection)."""
BOARD_COLUMNS = ("text", "theme", "kind", "owner", "due", "due_date", "votes", "colour", "round", "table", "photo", "note_id")
"""Of notes.csv, the words first: what takes one column takes that one. Always these names, so that a whiteboard's mapping can be kept."""


def write_actions_csv(event: Event, out: Path) -> None:
    """Write the actions as UTF-8 CSV with a byte order mark, which Excel needs for ŵ and ŷ. Raises OutputError."""
    write_table(render_actions_csv(event), out)


def write_notes_csv(event: Event, out: Path) -> None:
    """Write the notes that the report prints, as write_actions_csv does. Raises OutputError."""
    write_table(render_notes_csv(event), out)


def write_table(text: str, out: Path) -> None:
    """With the byte order mark. Raises OutputError."""
    with atomic_write(out) as part:
        part.write_text(text, encoding="utf-8-sig", newline="")


def render_actions_csv(event: Event) -> str:
    """Columns as in the report's register, with the day as ISO date, the photo's file and the note's id added."""
    rows = make_rows(event)
    labels = rows.labels
    names = (labels.number, labels.action, labels.owner, labels.due, "due_date", labels.theme, labels.file, "note_id")
    cells = [(r.number, r.action, r.owner, r.due, r.day.isoformat() if r.day else "", r.theme, r.file, r.note_id) for r in rows.actions]
    return render_table([tuple(map(clean_text, names)), *cells])


def render_notes_csv(event: Event) -> str:
    """Notes that a chapter of the report prints, each once: no headings of sheets, nothing said twice, unreadable or set aside."""
    cells = [
        (
            row.text,
            row.theme,
            row.kind,
            row.owner,
            row.due,
            row.day.isoformat() if row.day else "",
            str(row.votes or ""),
            row.plain_colour,
            row.round,
            row.table,
            row.file,
            row.note_id,
        )
        for row in make_rows(event).notes
        if row.on_board and row.text
    ]
    return render_table([BOARD_COLUMNS, *cells])


def render_table(rows: Sequence[Sequence[str]]) -> str:
    """Head row and rows as CSV, what a spreadsheet would run made text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for k, row in enumerate(rows):
        writer.writerow(row if k == 0 else [guard_cell(cell) for cell in row])
    return buffer.getvalue()


def guard_cell(text: str) -> str:
    """A cell that a spreadsheet would run as a formula, made text by a leading apostrophe."""
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
