"""Tables that people draw: grids of lines both ways. Each cell is one note; the head row or column heads the others.

A grid's cells are the holes of one piece of ink that tile its whole area. What fails a test here is left to boxes and rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import polygon, quad_size, union_box
from digitise.layout.items import Item
from digitise.layout.shapes import BRIDGED_PX
from digitise.layout.strokes import Strokes
from digitise.model import Point, Quad

LEAST_CELL = 0.8
"""Shortest side of a cell, in line heights: squared paper is finer than the writing on it."""
FOUR_SIDED = 0.8
"""Share of its smallest rectangle that a cell fills, seen at a slant too."""
LEAST_CELLS = 4
LEAST_FILLED = 0.75
"""Share of rows times columns for which there is a cell; others are open, joined to their neighbours or beyond the photo."""
TILED = 0.8
"""Share of the grid's area that its cells cover; drawn lines take up the rest."""
LEAST_WRITTEN = 3
"""Cells with writing."""
IN_CELL, MOSTLY = 0.8, 0.8
"""Words within a grid lie in one cell each by this share of their area, but for a few."""
MOST_HEAD_WORDS = 4


class Cell(NamedTuple):
    """One cell of a table, counted from 0."""

    table: int
    row: int
    column: int
    outline: tuple[Point, ...]
    """Photo px."""


def find_tables(strokes: Strokes, word_quads: Sequence[Quad]) -> list[Cell]:
    """Cells of all drawn tables that hold writing; word_quads: words, photo px."""
    if not word_quads:
        return []
    drawn, scale = strokes.drawn, strokes.scale
    height = scale * float(np.median([quad_size(q)[1] for q in word_quads]))
    closed = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((BRIDGED_PX, BRIDGED_PX), np.uint8))
    contours, hierarchy = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    grids: dict[int, list[npt.NDArray[np.float64]]] = {}
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0] if hierarchy is not None else (), strict=True):
        if parent < 0:
            continue
        hull = cv2.convexHull(contour)
        (_, _), (w, h), _ = cv2.minAreaRect(hull)
        if min(w, h) >= LEAST_CELL * height and cv2.contourArea(hull) >= FOUR_SIDED * w * h:
            grids.setdefault(int(parent), []).append(hull[:, 0].astype(np.float64) / scale)
    cells: list[Cell] = []
    for hulls in grids.values():
        places = _rows_and_columns(hulls)
        if places is not None and _holds_writing(hulls, word_quads):
            number = cells[-1].table + 1 if cells else 0
            cells += [Cell(number, r, c, tuple((float(x), float(y)) for x, y in h)) for (r, c), h in zip(places, hulls, strict=True)]
    return sorted(cells, key=lambda cell: cell[:3])


def _rows_and_columns(hulls: Sequence[npt.NDArray[np.float64]]) -> list[tuple[int, int]] | None:
    """Row and column of each cell; None where the cells make no grid."""
    if len(hulls) < LEAST_CELLS:
        return None
    whole = cv2.convexHull(np.concatenate(hulls).astype(np.float32))
    if sum(cv2.contourArea(h.astype(np.float32)) for h in hulls) < TILED * cv2.contourArea(whole):
        return None
    tilts = [(cv2.minAreaRect(h.astype(np.float32))[2] + 45) % 90 - 45 for h in hulls]
    angle = np.radians(float(np.median(tilts)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    level = [h @ turn for h in hulls]
    rows, columns = (_count_off([(float(p[:, axis].min()), float(p[:, axis].max())) for p in level]) for axis in (1, 0))
    places = list(zip(rows, columns, strict=True))
    cells = (max(rows) + 1) * (max(columns) + 1)
    if min(max(rows), max(columns)) < 1 or len(set(places)) < len(places) or len(places) < LEAST_FILLED * cells:
        return None
    return places


def _count_off(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Numbers of the rows (or columns) in which spans lie: a new one begins at a middle beyond the end of the last one's middle part."""
    numbers, number, reach = [0] * len(spans), -1, -np.inf
    for k in sorted(range(len(spans)), key=lambda k: spans[k][0] + spans[k][1]):
        middle, half = (spans[k][0] + spans[k][1]) / 2, (spans[k][1] - spans[k][0]) / 2
        if middle > reach:
            number, reach = number + 1, middle + half
        numbers[k] = number
    return numbers


def _holds_writing(hulls: Sequence[npt.NDArray[np.float64]], word_quads: Sequence[Quad]) -> bool:
    cells = [polygon([(float(x), float(y)) for x, y in h]) for h in hulls]
    whole = polygon([(float(x), float(y)) for x, y in cv2.convexHull(np.concatenate(hulls).astype(np.float32))[:, 0]])
    written: set[int] = set()
    inside = whole_words = 0
    for word in map(polygon, word_quads):
        if not whole.contains(word.centroid):
            continue
        inside += 1
        best = max(range(len(cells)), key=lambda k: cells[k].intersection(word).area)
        if cells[best].intersection(word).area >= IN_CELL * word.area:
            whole_words += 1
            written.add(best)
    return len(written) >= LEAST_WRITTEN and whole_words >= MOSTLY * inside


def stand_ins(items: Sequence[Item]) -> tuple[list[Item], list[int]]:
    """Items with each table as one, at the place of its first cell; and the index that each item has among them."""
    result: list[Item] = []
    index: list[int] = []
    tables: dict[int, int] = {}
    for item in items:
        if item.cell is None:
            index.append(len(result))
            result.append(item)
            continue
        table = item.cell[0]
        if table not in tables:
            tables[table] = len(result)
            cells = [i for i in items if i.cell is not None and i.cell[0] == table]
            whole = replace(item, box=union_box([i.box for i in cells]), text="\n".join(i.text for i in cells), container="card")
            result.append(replace(whole, underlined=False, quarter=0, letter_height=float(np.median([i.letter_height for i in cells]))))
        index.append(tables[table])
    return result, index


def put_back(items: Sequence[Item], arranged: Sequence[Item], index: Sequence[int]) -> list[Item]:
    """Roles and headings of all items, from those of the items with stand-ins for the tables; cells get theirs from their table."""
    first = {at: k for k, at in reversed(list(enumerate(index)))}
    result = []
    for k, item in enumerate(items):
        whole = arranged[index[k]]
        above = None if whole.under is None else first[whole.under]
        before = None if whole.follows is None else first[whole.follows]
        said_by = None if whole.said_by is None else first[whole.said_by]
        placed = (
            replace(whole, under=above, follows=before, said_by=said_by)
            if item.cell is None
            else replace(_in_table(k, items, above), sheet=whole.sheet)
        )
        result.append(placed)
    return result


def _in_table(k: int, items: Sequence[Item], above: int | None) -> Item:
    """A cell's item with its role and heading: that of its column or row, else the one above the table (`above`)."""
    item = items[k]
    assert item.cell is not None
    table, row, column = item.cell
    cells = [i for i in items if i.cell is not None and i.cell[0] == table]
    share, axis = min((_share_of_words([c for c in cells if c.cell and c.cell[a] == 0], cells), a) for a in (1, 2))
    if share > 1:
        return replace(item, role="note" if item.words else "label", under=above)
    if item.cell[axis] == 0:
        return replace(item, role="heading" if item.words else "label", under=above)
    place = (table, 0, column) if axis == 1 else (table, row, 0)
    head = next((j for j, i in enumerate(items) if i.cell == place and i.words), above)
    return replace(item, role="bullet" if item.bulleted else "note" if len(item.words) >= 3 else "label", under=head)


def _share_of_words(edge: Sequence[Item], cells: Sequence[Item]) -> float:
    """How long the names in the first row (or column) of a table are against what else is written; inf where they are no names."""
    names = [len(i.words) for i in edge if i.words]
    others = [len(i.words) for i in cells if i.words and i not in edge]
    if len(names) <= 1 or max(names) > MOST_HEAD_WORDS or not others:
        return math.inf
    return float(np.mean(names)) / max(1.0, float(np.mean(others)))
