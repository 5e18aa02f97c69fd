"""The index of a batch: its events with their counts and troubles, to be opened in a browser or as a workbook, or read by a program."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import xlsxwriter

from digitise.batch.keeping import load_record
from digitise.batch.model import EventRecord, Spot
from digitise.batch.naming import INDEX_STEM
from digitise.counts import count_of
from digitise.model import Problem
from digitise.store import announce_written, atomic_write, free_name, save_written, write_text

HEADS = ("Event", "Folder", "Photos", "Notes", "Actions", "Words to check", "Seconds", "Problems", "State")
WIDTHS = (40, 40, 9, 9, 9, 16, 10, 10, 60)
MOST_CELL = 32_000
"""Characters of a cell; Excel refuses a file with more than 32,767."""
STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; padding: .5rem 0 }
th[scope=row], td:last-child { min-width: 12rem; overflow-wrap: anywhere }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #767676 }
td.number { text-align: right; font-variant-numeric: tabular-nums }
thead th { background: #1f4e4a; color: #fff }
a { color: #0b5394 }
ul { margin: 0; padding-left: 1.2rem }
@media print { thead th { color: #000; background: none } }
"""


class Row(NamedTuple):
    """One event of the index."""

    name: str
    record: EventRecord | None
    failure: str
    """Why it could not be made this time, and what to do; '' where nothing went wrong."""

    @property
    def title(self) -> str:
        return self.record.title if self.record else self.name

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.record.problems if self.record else ()

    @property
    def state(self) -> str:
        if self.failure:
            return f"Failed: {self.failure}" + (" The files are of an earlier run." if self.record else "")
        return "Report written" if self.record else "Not done yet"


def write_index(output: Path, spots: Sequence[Spot], failures: Mapping[str, str]) -> None:
    """Write index.html, index.xlsx and index.json. failures: names of events that failed -> why. One that a person edited is left alone.

    Records are read one by one from the events' stores: a run over years of events does not keep them. Raises OutputError.
    """
    rows = [Row(spot.name, load_record(output / spot.name), failures.get(spot.name, "")) for spot in spots]
    write_text(output / f"{INDEX_STEM}.json", render_json(rows))
    names = {suffix: free_name(output, f"{INDEX_STEM}.{suffix}") for suffix in ("html", "xlsx")}
    with atomic_write(output / names["html"]) as page, atomic_write(output / names["xlsx"]) as book:
        page.write_text(render_html(rows), encoding="utf-8")
        _write_book(rows, book)
        # a run killed while these get their names must know them for its own the next time
        announce_written(output, {names["html"]: page, names["xlsx"]: book})
    save_written(output, names.values())


def render_json(rows: Sequence[Row]) -> str:
    """The index for programs."""
    events = []
    for row in rows:
        record = row.record.model_dump(mode="json", exclude={"stamp", "content", "outside", "name"}) if row.record else None
        events.append({"name": row.name, "state": _code(row), "failure": row.failure or None, "report": record})
    return json.dumps({"events": events, "totals": _totals(rows)}, ensure_ascii=False, indent=1)


def render_html(rows: Sequence[Row]) -> str:
    """The index as one page without scripts; it finds the reports beside it."""
    totals = _totals(rows)
    told = ", ".join(count_of(int(totals[what]), what.removesuffix("s")) for what in ("events", "photos", "notes", "actions")) + "."
    body = "\n".join(_render_row(row) for row in rows)
    heads = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in HEADS)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>Reports of the archive</title>\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Reports of the archive</h1>\n"
        f'<div class="wide" tabindex="0" role="region" aria-label="Events">\n<table>\n<caption>{told}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n</main>\n</body>\n</html>\n"
    )


def _render_row(row: Row) -> str:
    title = html.escape(row.title)
    if row.record and "web-page" in row.record.files:
        title = f'<a href="{_link(row)}">{title}</a>'
    numbers = "".join(f'<td class="number">{value if value is not None else ""}</td>' for value in _numbers(row))
    listed = "".join(f"<li>{html.escape(_as_line(problem))}</li>" for problem in row.problems)
    state = html.escape(row.state) + (f"<ul>{listed}</ul>" if listed else "")
    return f'<tr><th scope="row">{title}</th><td>{html.escape(row.name)}</td>{numbers}<td>{state}</td></tr>'


def _link(row: Row) -> str:
    assert row.record is not None
    return quote(f"{row.name}/{row.record.files['web-page']}")


def _write_book(rows: Sequence[Row], path: Path) -> None:
    # strings stay strings, whatever they begin with: names of folders never become formulas
    # nor is anything written elsewhere, where a killed run would leave it
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    head = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E4A", "text_wrap": True})
    plain = book.add_format({"valign": "top"})
    wrapped = book.add_format({"valign": "top", "text_wrap": True})
    events = book.add_worksheet("Events")
    problems = book.add_worksheet("Problems")
    for sheet, heads, widths in ((events, HEADS, WIDTHS), (problems, ("Event", "File", "Problem", "Remedy"), (44, 40, 60, 60))):
        for k, (name, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(k, k, width)
            sheet.write_string(0, k, name, head)
        sheet.freeze_panes(1, 0)
    for i, row in enumerate(rows, 1):
        events.write_string(i, 0, _cell(row.title), wrapped)
        events.write_string(i, 1, _cell(row.name), wrapped)
        for k, value in enumerate(_numbers(row), 2):
            if value is not None:
                events.write_number(i, k, value, plain)
        events.write_string(i, len(HEADS) - 1, _cell(row.state), wrapped)
    events.autofilter(0, 0, max(1, len(rows)), len(HEADS) - 1)
    line = 1
    for row in rows:
        told = [(p.file, p.reason, p.remedy) for p in row.problems] + ([("", row.failure, "")] if row.failure else [])
        for cells in told:
            for k, text in enumerate((row.title, *cells)):
                problems.write_string(line, k, _cell(text), wrapped)
            line += 1
    book.close()


def _numbers(row: Row) -> tuple[float | int | None, ...]:
    r = row.record
    if r is None:
        return (None,) * 5 + (int(bool(row.failure)),)
    return r.photos, r.notes, r.actions, r.words_to_check, r.seconds, len(r.problems) + bool(row.failure)


def _totals(rows: Sequence[Row]) -> dict[str, float | int]:
    made = [row.record for row in rows if row.record]
    return {
        "events": len(rows),
        "failed": sum(bool(row.failure) for row in rows),
        "photos": sum(r.photos for r in made),
        "notes": sum(r.notes for r in made),
        "actions": sum(r.actions for r in made),
        "problems": sum(len(r.problems) for r in made),
        "seconds": round(sum(r.seconds for r in made), 1),
    }


def _code(row: Row) -> str:
    return "failed" if row.failure else "written" if row.record else "waiting"


def _as_line(problem: Problem) -> str:
    return f"{problem.file}: {problem.reason}. {problem.remedy}"


def _cell(text: str) -> str:
    """Text as a workbook takes it: no control characters, not too long."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)[:MOST_CELL]
