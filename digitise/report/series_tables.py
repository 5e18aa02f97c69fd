"""The tables of a series, as a workbook and as CSV: one register of all actions; in the workbook all notes besides, by event.

They print what the series' report prints. Pictures stay with each event, so there are no links to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from digitise.report.compose_series import name_events, number_actions
from digitise.report.csv_export import render_table, write_table
from digitise.report.export_rows import ActionRow, NoteRow, make_rows, one_line
from digitise.report.labels import choose_labels
from digitise.report.labels_exports import choose_export_labels
from digitise.report.series_labels import choose_series_labels
from digitise.report.wording import clean_text
from digitise.report.xlsx_export import Column, name_columns, render_book
from digitise.series_model import Series
from digitise.store import atomic_write


class _Action(NamedTuple):
    """An action of one event's register, with what the series says of it."""

    row: ActionRow
    event: str
    number: str
    """In the series' report."""


class _Note(NamedTuple):
    """A note of one event, with what the series says of it."""

    row: NoteRow
    event: str
    common: str
    """The common problem to which it belongs; '' for none."""


def write_series_xlsx(series: Series, out: Path) -> None:
    """Write the workbook; the same series gives the same bytes. Raises OutputError."""
    with atomic_write(out) as part:
        part.write_bytes(render_series_xlsx(series))


def write_series_csv(series: Series, out: Path) -> None:
    """Write the action register as UTF-8 CSV with a byte order mark, as actions.csv. Raises OutputError."""
    write_table(render_series_csv(series), out)


def render_series_xlsx(series: Series) -> bytes:
    words = choose_series_labels(series.info.languages)
    labels = choose_labels(series.info.languages)
    actions, notes = _list_rows(series)
    return render_book(series.whole, [(words.register, _list_actions(series, actions)), (labels.notes, _list_notes(series, notes))])


def render_series_csv(series: Series) -> str:
    """Columns as in actions.csv, with the event and the action's number in that event's own report added."""
    labels, words = choose_labels(series.info.languages), choose_series_labels(series.info.languages)
    names = (labels.number, labels.action, labels.owner, labels.due, "due_date", labels.theme, words.event, words.source)
    cells = [
        (t.number, r.action, r.owner, r.due, r.day.isoformat() if r.day else "", r.theme, t.event, r.number, r.file, r.note_id)
        for t in _list_rows(series)[0]
        for r in (t.row,)
    ]
    return render_table([(*map(clean_text, names), clean_text(labels.file), "note_id"), *cells])


def _list_rows(series: Series) -> tuple[list[_Action], list[_Note]]:
    """All actions in the order of their numbers, and all notes event by event."""
    numbers = number_actions(series)
    short = choose_labels(series.info.languages).action_short
    common = _find_common(series)
    actions: list[_Action] = []
    notes: list[_Note] = []
    for k, (event, name) in enumerate(zip(series.events, map(one_line, name_events(series)), strict=True)):
        rows = make_rows(event, languages=series.info.languages)
        ordered = sorted(event.arrangement.actions, key=lambda a: a.number)
        actions += [_Action(r, name, short.format(number=numbers[k, a.number])) for a, r in zip(ordered, rows.actions, strict=True)]
        notes += [_Note(r, name, common.get((k, r.note_id), "") if r.on_board else "") for r in rows.notes]
    return actions, notes


def _find_common(series: Series) -> dict[tuple[int, str], str]:
    """Event and note -> title of the common problem to which it belongs."""
    found: dict[tuple[int, str], str] = {}
    for theme in series.shared:
        for part in theme.parts:
            section = next((s for s in series.events[part.event].arrangement.sections if s.id == part.section_id), None)
            for note_id in (*(section.note_ids if section else ()), *part.note_ids):
                found[part.event, note_id] = one_line(theme.title)
    return found


def _list_actions(series: Series, told: Sequence[_Action]) -> list[Column]:
    labels, words = choose_labels(series.info.languages), choose_series_labels(series.info.languages)
    names = choose_export_labels(series.info.languages)
    return name_columns(
        (labels.number, 7, "text", [t.number for t in told]),
        (labels.action, 55, "wide", [t.row.action for t in told]),
        (labels.owner, 24, "wide", [t.row.owner or labels.no_owner for t in told]),
        (labels.due, 24, "wide", [t.row.due or labels.no_due for t in told]),
        (names.due_date, 13, "date", [t.row.day for t in told]),
        (labels.answers, 38, "wide", [t.row.problem for t in told]),
        (labels.theme, 28, "wide", [t.row.theme for t in told]),
        (words.event, 28, "wide", [t.event for t in told]),
        (words.source, 10, "text", [t.row.number for t in told]),
        (names.photo_number, 9, "number", [t.row.photo for t in told]),
        (labels.file, 20, "wide", [t.row.file for t in told]),
        (names.note_id, 24, "text", [t.row.note_id for t in told]),
    )


def _list_notes(series: Series, told: Sequence[_Note]) -> list[Column]:
    labels, words = choose_labels(series.info.languages), choose_series_labels(series.info.languages)
    names = choose_export_labels(series.info.languages)
    return name_columns(
        (labels.note, 55, "wide", [t.row.text for t in told]),
        (words.event, 28, "wide", [t.event for t in told]),
        (names.kind, 14, "text", [t.row.kind for t in told]),
        (words.common, 28, "wide", [t.common for t in told]),
        (labels.theme, 28, "wide", [t.row.theme for t in told]),
        (labels.votes_counted, 8, "number", [t.row.votes for t in told]),
        (labels.round, 14, "wide", [t.row.round for t in told]),
        (labels.table_no, 14, "wide", [t.row.table for t in told]),
        (names.photo_number, 9, "number", [t.row.photo for t in told]),
        (labels.file, 20, "wide", [t.row.file for t in told]),
        (names.fate, 20, "wide", [t.row.fate for t in told]),
        (names.note_id, 24, "text", [t.row.note_id for t in told]),
    )
