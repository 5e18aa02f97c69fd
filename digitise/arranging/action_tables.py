"""'What / Who / When': a table or columns in which each row is one action with its owner and date, or the problem that it answers.

Layout tells the head of each cell, not its row. In a drawn table the cells follow each other row by row; columns without lines are read
one after the other, and their rows are what stands at the same height.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from digitise.arranging.dates import is_due
from digitise.arranging.meaning import FloatArray
from digitise.arranging.owners import split_owners
from digitise.arranging.sheets import sheet_of
from digitise.arranging.wording import fold, is_readable, one_line, shorten, strip_marks
from digitise.model import Note, Placement

Column = Literal["why", "what", "who", "when"]
_HEADS: dict[Column, str] = {
    "why": r"(?:the )?(?:why|problems?|issues?|challenges?|concerns?|barriers?|needs?|problem|problemau|heriau|rhwystrau|mater)",
    "what": r"(?:the )?(?:what|actions?|action points?|tasks?|steps?|to do|what will we do|what needs doing|beth|gweithred|camau|tasg)",
    "who": r"(?:by )?(?:who|whom|owners?|leads?|lead officer|name|who will do it|responsible|responsibility|pwy|gan bwy|perchennog|enw)",
    "when": r"(?:by )?(?:when|date|due|due date|deadline|timescale|time|erbyn pryd|pryd|dyddiad)",
}
SAME_HEIGHT = 0.5
"""Share of the lower of two notes that lies at the other's height, where columns have no lines."""


class Row(NamedTuple):
    """One action as its table has it."""

    what: str
    """Id of the note that says what is to be done."""
    why: tuple[str, ...]
    who: tuple[str, ...]
    when: tuple[str, ...]
    """Ids of the notes in the other columns."""


def find_columns(notes: Sequence[Note]) -> dict[str, Column]:
    """Heads of such columns, by note id: on a sheet that has 'What' and at least one of the others beside it."""
    by_sheet: dict[object, dict[str, Column]] = {}
    tops = {n.id: n for n in notes}
    for note in notes:
        column = _name_column(note)
        if column is not None:
            by_sheet.setdefault(sheet_of(note), {})[note.id] = column
    found: dict[str, Column] = {}
    for heads in by_sheet.values():
        what = [i for i, column in heads.items() if column == "what"]
        beside = {i: c for i, c in heads.items() if c != "what" and any(_is_beside(tops[i], tops[w]) for w in what)}
        if beside:
            found.update({w: "what" for w in what if any(_is_beside(tops[i], tops[w]) for i in beside)})
            found.update(beside)
    return found


def _name_column(note: Note) -> Column | None:
    if note.role not in ("title", "heading", "label", "note") or not is_readable(note.text):
        return None
    key = fold(note.text.replace("?", " "))
    return next((column for column, heads in _HEADS.items() if re.fullmatch(heads, key)), None)


def _is_beside(a: Note, b: Note) -> bool:
    """Whether two heads stand in one row: the way from one to the other is more across than down."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = a.bbox, b.bbox
    return abs(ax0 + ax1 - bx0 - bx1) > 2 * abs(ay0 + ay1 - by0 - by1)


def find_rows(notes: Sequence[Note], columns: Mapping[str, Column]) -> list[Row]:
    """The rows of all such tables; `notes` are in reading order."""
    by_sheet: dict[object, list[Note]] = {}
    for note in notes:
        if note.under in columns and note.id not in columns and is_readable(note.text):
            by_sheet.setdefault(sheet_of(note), []).append(note)
    rows: list[Row] = []
    for cells in by_sheet.values():
        heads = [columns[n.under or ""] for n in cells]
        by_column = sum(a != b for a, b in pairwise(heads)) < len(set(heads))
        rows += _pair_by_height(cells, columns) if by_column and heads.count("what") > 1 else _follow_rows(cells, columns, notes)
    return rows


def _follow_rows(cells: Sequence[Note], columns: Mapping[str, Column], notes: Sequence[Note]) -> list[Row]:
    """Cells row by row: a new row begins where the columns begin anew."""
    order = {n.id: k for k, n in enumerate(notes)}
    groups: list[list[Note]] = []
    last = -1
    for cell in cells:
        place = order.get(cell.under or "", -1)
        if not groups or place <= last:
            groups.append([])
        groups[-1].append(cell)
        last = place
    return [row for group in groups if (row := _make_row(group, columns))]


def _pair_by_height(cells: Sequence[Note], columns: Mapping[str, Column]) -> list[Row]:
    groups = [[n] for n in cells if columns[n.under or ""] == "what"]
    for cell in cells:
        if columns[cell.under or ""] == "what" or not groups:
            continue
        best = max(groups, key=lambda group: _share_height(group[0], cell))
        if _share_height(best[0], cell) >= SAME_HEIGHT:
            best.append(cell)
    return [row for group in groups if (row := _make_row(group, columns))]


def _share_height(a: Note, b: Note) -> float:
    both = min(a.bbox[3], b.bbox[3]) - max(a.bbox[1], b.bbox[1])
    return both / max(1.0, min(a.bbox[3] - a.bbox[1], b.bbox[3] - b.bbox[1]))


def _make_row(group: Sequence[Note], columns: Mapping[str, Column]) -> Row | None:
    named: dict[Column, list[str]] = {"why": [], "what": [], "who": [], "when": []}
    for note in group:
        named[columns[note.under or ""]].append(note.id)
    return Row(named["what"][0], tuple(named["why"]), tuple(named["who"]), tuple(named["when"])) if named["what"] else None


def tie_rows(similarity: FloatArray, rows: Sequence[Row], position: Mapping[str, int]) -> FloatArray:
    """Similarities in which an action is to all others what the problem of its row is to them, so that both get into one theme."""
    tied = similarity.copy()
    for row in rows:
        if row.why and row.what in position and row.why[0] in position:
            action, problem = position[row.what], position[row.why[0]]
            tied[action, :], tied[:, action] = tied[problem, :].copy(), tied[:, problem].copy()
            tied[action, action] = tied[action, problem] = tied[problem, action] = 1.0
    return tied


def fill_in(placements: Mapping[str, Placement], rows: Sequence[Row], notes: Mapping[str, Note]) -> dict[str, Placement]:
    """Placements of the rows' notes: an action has the owners and the date of its row; their cells are printed with it and its sheet."""
    filled: dict[str, Placement] = {}
    for row in rows:
        place = placements[row.what]
        if place.kind != "action" or place.fate != "reported":
            continue
        owners = [o for i in row.who if not is_due(notes[i].text) for o in split_owners(strip_marks(one_line(notes[i].text)))]
        due = next((strip_marks(one_line(notes[i].text)) for i in row.when), place.due)
        update = {"owners": tuple(dict.fromkeys(owners)) or place.owners, "due": due}
        filled[row.what] = place.model_copy(update=update)
        for name, ids in (("who does it", row.who), ("when it is due", row.when)):
            reason = f"{name}: {shorten(notes[row.what].text)}"
            filled |= {i: placements[i].model_copy(update={"kind_reason": reason, "section_id": None}) for i in ids}
    return filled
