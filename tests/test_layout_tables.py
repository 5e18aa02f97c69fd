"""Drawn tables: each cell one note, in rows, under the head of its column or row."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from layout_drawing import INK, notes_of, paper, turn_page, write

from digitise.layout.strokes import find_strokes
from digitise.layout.tables import find_tables
from digitise.model import Line, Note

PLAN = [
    ["What", "Who", "When"],
    ["ask the council for a bus", "Gwen and Tom", "before June"],
    ["open the library late", "the trustees", "this autumn"],
    ["print the leaflets again", "youth club", "next week"],
]


def draw(
    cells: list[list[str]], *, skew: int = 0, left: int = 120, top: int = 200, open_at: int | None = None
) -> tuple[np.ndarray, list[Line]]:
    """A grid with a text of one or two lines in each cell; skew: how far the lines drift across the table, px."""
    rgb, lines = paper(1700, 1200), []
    widths = [620, 420, 360, 360][: len(cells[0])]
    edges = [left + sum(widths[:c]) for c in range(len(widths) + 1)]
    high = 150
    for r in range(len(cells) + 1):
        y = top + high * r
        cv2.line(rgb, (left - 6, y - skew * (r % 2)), (edges[-1] + 6, y + skew), INK, 5)
    for c, x in enumerate(edges):
        if c != open_at:
            cv2.line(rgb, (x + skew // 2, top - skew), (x - skew // 2, top + high * len(cells) + skew), INK, 5)
    for r, row in enumerate(cells):
        for c, text in enumerate(row):
            for i, part in enumerate(text.split("\n")):
                lines.append(write(rgb, part, edges[c] + 40, top + high * r + 40 + 48 * i))
    return rgb, lines


def across(lines: list[Line]) -> Line:
    """One line as a detector reads it straight over several cells."""
    words = tuple(w for line in lines for w in line.words)
    quad = (words[0].quad[0], words[-1].quad[1], words[-1].quad[2], words[0].quad[3])
    return Line(words=words, raw=" ".join(line.raw for line in lines), confidence=0.9, quad=quad, engine="test")


def heads(notes: list[Note]) -> dict[str, str]:
    name = {n.id: n.text for n in notes}
    return {n.text: name[n.under] for n in notes if n.under}


@pytest.mark.parametrize(("size", "skew", "degrees"), [((2, 3), 8, 0), ((2, 3), 6, -8), ((3, 3), 0, 8), ((4, 3), 0, 0)])
def test_each_cell_is_a_note_under_the_head_of_its_column(size: tuple[int, int], skew: int, degrees: float) -> None:
    cells = [row[: size[1]] for row in PLAN[: size[0]]]
    rgb, lines = draw(cells, skew=skew)
    notes = notes_of(*turn_page(rgb, lines[::-1], degrees))
    assert [n.text for n in notes] == [text for row in cells for text in row]
    assert [n.role for n in notes[:3]] == ["heading"] * 3
    assert heads(notes) == {text: cells[0][c] for row in cells[1:] for c, text in enumerate(row)}


def test_words_read_straight_across_cells_go_to_their_own() -> None:
    rgb, lines = draw(PLAN)
    rows = [across(lines[3 * r : 3 * r + 3]) for r in range(4)]
    assert [n.text for n in notes_of(rgb, rows)] == [text for row in PLAN for text in row]


def test_two_lines_in_a_cell_are_one_note_and_a_heading_heads_the_table() -> None:
    cells = [["Problem", "Answer"], ["no bus\non Sunday", "lifts from\nneighbours"], ["Damp homes\nin winter", "A grant for\nwindows"]]
    rgb, lines = draw(cells)
    lines.append(write(rgb, "Getting about", 120, 60, size=2.2))
    title, *notes = notes_of(rgb, lines)
    assert title.text == "Getting about"
    assert title.role in ("title", "heading")
    assert [n.text for n in notes] == [text for row in cells for text in row]
    assert notes[0].under == notes[1].under == title.id
    assert {n.text: n.under for n in notes[2:]} == {text: notes[c].id for row in cells[1:] for c, text in enumerate(row)}


def test_a_head_column_heads_its_rows() -> None:
    cells = [["Who", "everybody who lives here"], ["Where", "in the old library hall"], ["When", "on the first of June"]]
    rgb, lines = draw(cells)
    notes = notes_of(rgb, lines)
    assert [n.text for n in notes] == [text for row in cells for text in row]
    assert heads(notes) == {row[1]: row[0] for row in cells}


def test_empty_cells_lose_nothing() -> None:
    cells = [["", "Now", "Later"], ["Housing and homes", "mend the roofs soon", ""], ["Buses and trains", "", "a Sunday bus service"]]
    rgb, lines = draw([[t or " " for t in row] for row in cells])
    lines = [line for line in lines if line.raw.strip()]
    notes = notes_of(rgb, lines)
    assert [n.text for n in notes] == [text for row in cells for text in row if text]
    assert heads(notes)["mend the roofs soon"] == "Now"
    assert heads(notes)["a Sunday bus service"] == "Later"


def test_text_before_and_after_a_table_stays_outside_it() -> None:
    rgb, lines = draw(PLAN[:3])
    before, after = write(rgb, "We met on Monday evening.", 120, 90), write(rgb, "All agreed to come again.", 120, 760)
    texts = [n.text for n in notes_of(rgb, [after, *lines, before])]
    assert texts == [before.raw, *(t for row in PLAN[:3] for t in row), after.raw]


@pytest.mark.parametrize("drawn", ["squared paper", "one box", "boxes apart", "columns only"])
def test_what_is_no_table(drawn: str) -> None:
    rgb = paper()
    lines = [write(rgb, f"words number {i}", 150 + 500 * (i % 2), 150 + 200 * (i // 2)) for i in range(6)]
    if drawn == "squared paper":
        for at in range(20, 1600, 30):
            cv2.line(rgb, (at, 0), (at, 1200), (150, 150, 170), 2)
            cv2.line(rgb, (0, at), (1600, at), (150, 150, 170), 2)
    if drawn == "one box":
        cv2.rectangle(rgb, (100, 100), (1100, 700), INK, 5)
    if drawn == "boxes apart":
        for line in lines:
            (x0, y0), (x1, y1) = line.quad[0], line.quad[2]
            cv2.rectangle(rgb, (int(x0) - 30, int(y0) - 30), (int(x1) + 30, int(y1) + 30), INK, 5)
    if drawn == "columns only":
        for x in (100, 600, 1100):
            cv2.line(rgb, (x, 100), (x, 700), INK, 5)
    assert find_tables(find_strokes(rgb), [w.quad for line in lines for w in line.words]) == []
