"""Reading order: sheet by sheet, region by region, each heading followed by what stands under it.

A region is an item with everything that belongs to it. Siblings are parted by the widest straight gap between them, again and again:
the recursive X-Y cut (Nagy and Seth 1984). Lines of writing stand closer to the next one of their column than to the next column;
regions and cards stand in rows, unless the gap down the page is far wider than those across it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from digitise.geometry import union_box
from digitise.layout.items import Item
from digitise.model import Box

NUMBER = re.compile(r"^\W?(\d{1,2})\s*[.):]")
"""How a numbered item begins."""
COLUMN_GAP, REGION_GAP = 1.5, 2.5
"""A gap down the page parts first when it is this many times as wide as the widest one across: among lines, among regions and cards."""
OVERLAP = 0.5
"""Boxes of regions may overlap by so many letter heights and still be parted: hanging letters reach into the next row."""


class Cut(NamedTuple):
    """The widest gap along one axis."""

    gap: float
    place: float


def reading_order(items: Sequence[Item], places: Sequence[Box] | None = None, sheets: Sequence[Box] | None = None) -> list[int]:
    """Indices in the order in which a person would read.

    places: each item's box in a frame in which its sheet's writing is level, all directions of writing alike; by default the items' own.
    sheets: each item's box in the photo, by which sheets are ordered; by default `places`.
    """
    places = places or [item.box for item in items]
    sheets = sheets or places
    belongs = {k: next((a for a in (i.follows, i.parent) if a is not None), i.under) for k, i in enumerate(items)}
    tables = _tables(items)
    firsts = {cells[0] for cells in tables}
    for cells in tables:
        belongs.update(dict.fromkeys(cells[1:], cells[0]))
    for k, item in enumerate(items):
        if k in _leading_to(k, belongs):
            belongs[k] = item.under
    children: dict[int | None, list[int]] = {}
    for k, above in belongs.items():
        children.setdefault(above, []).append(k)
    regions = _regions(children, places)
    heights = [item.letter_height for item in items if item.letter_height > 0]
    overlap = OVERLAP * float(np.median(heights)) if heights else 0.0

    def arrange(siblings: Sequence[int]) -> list[int]:
        if any(belongs[k] in firsts and items[k].cell is not None for k in siblings):
            return sorted(siblings, key=lambda k: (items[k].cell or (-1, 0, 0), places[k][1]))
        lines = not any(
            any(items[j].follows is None for j in children.get(k, [])) or items[k].container in ("sticky", "card", "box") for k in siblings
        )
        return _by_number(_cut_apart(siblings, regions, places, overlap, COLUMN_GAP if lines else REGION_GAP), items)

    by_sheet: dict[str, list[int]] = {}
    for k in children.get(None, []):
        by_sheet.setdefault(items[k].sheet, []).append(k)
    whole = [union_box([sheets[k] for k, item in enumerate(items) if item.sheet == sheet]) for sheet in by_sheet]
    names = list(by_sheet)
    order: list[int] = []
    for i in _cut_apart(range(len(names)), whole, whole, overlap, REGION_GAP):
        order += _down(arrange(by_sheet[names[i]]), children, arrange)
    return order


def _leading_to(k: int, belongs: dict[int, int | None]) -> list[int]:
    """Indices on the way up from one; it is among them itself where the way is a loop."""
    way: list[int] = []
    above = belongs[k]
    while above is not None and above not in way:
        way.append(above)
        above = belongs[above]
    return way


def _tables(items: Sequence[Item]) -> list[list[int]]:
    """Indices of the cells of each table, row by row."""
    tables: dict[int, list[int]] = {}
    for k, item in enumerate(items):
        if item.cell is not None:
            tables.setdefault(item.cell[0], []).append(k)
    return [sorted(cells, key=lambda k: (items[k].cell or (), items[k].box[1])) for cells in tables.values()]


def _down(roots: Sequence[int], children: dict[int | None, list[int]], arrange: Callable[[Sequence[int]], list[int]]) -> list[int]:
    order: list[int] = []
    stack = list(roots)[::-1]
    while stack:
        k = stack.pop()
        order.append(k)
        stack += arrange(children.get(k, []))[::-1]
    return order


def _regions(children: dict[int | None, list[int]], places: Sequence[Box]) -> list[Box]:
    """Each item's box together with those of all that belong to it."""
    regions = list(places)
    for k in _down(children.get(None, []), children, list)[::-1]:
        regions[k] = union_box([regions[k], *(regions[j] for j in children.get(k, []))])
    return regions


def _cut_apart(indices: Sequence[int], regions: Sequence[Box], places: Sequence[Box], overlap: float, upright: float) -> list[int]:
    """Indices in reading order: parted by gaps between the regions, or between the items where their regions are mixed up."""
    if len(indices) < 2:
        return list(indices)
    for boxes in (regions, places):
        across, down = (_widest_gap([(boxes[k][a], boxes[k][a + 2]) for k in indices], overlap) for a in (1, 0))
        cut, axis = (down, 0) if down is not None and (across is None or down.gap > upright * across.gap) else (across, 1)
        if cut is not None:
            first = [k for k in indices if (boxes[k][axis] + boxes[k][axis + 2]) / 2 < cut.place]
            rest = [k for k in indices if k not in first]
            return [*_cut_apart(first, regions, places, overlap, upright), *_cut_apart(rest, regions, places, overlap, upright)]
    return _rows_first(indices, places)


def _widest_gap(spans: Sequence[tuple[float, float]], overlap: float) -> Cut | None:
    """The widest gap between spans shortened by half of `overlap` at both ends, its width measured there; None where there is none."""
    best: Cut | None = None
    reach: float | None = None
    for start, end in sorted(_shorten(span, overlap / 2) for span in spans):
        if reach is not None and start > reach and (best is None or start - reach > best.gap):
            best = Cut(start - reach, (start + reach) / 2)
        reach = end if reach is None else max(reach, end)
    return best


def _shorten(span: tuple[float, float], by: float) -> tuple[float, float]:
    """A span shorter by so much at both ends, but never by more than a quarter of it."""
    by = min(by, (span[1] - span[0]) / 4)
    return span[0] + by, span[1] - by


def _rows_first(indices: Sequence[int], places: Sequence[Box]) -> list[int]:
    """Row by row; of one row are those whose middle lies beside the row's first one."""
    waiting = sorted(indices, key=lambda k: (places[k][1], places[k][0]))
    ordered: list[int] = []
    while waiting:
        top, bottom = places[waiting[0]][1], places[waiting[0]][3]
        row = [k for k in waiting if top <= (places[k][1] + places[k][3]) / 2 <= bottom] or waiting[:1]
        ordered += sorted(row, key=lambda k: places[k][0])
        waiting = [k for k in waiting if k not in row]
    return ordered


def _by_number(ordered: Sequence[int], items: Sequence[Item]) -> list[int]:
    """Items numbered 1, 2, 3, … without a gap or a double stand in that order, in the places that they have together."""
    numbers = {k: int(m.group(1)) for k in ordered if (m := NUMBER.match(items[k].text))}
    if len(numbers) < 3 or sorted(numbers.values()) != list(range(min(numbers.values()), min(numbers.values()) + len(numbers))):
        return list(ordered)
    by_number = iter(sorted(numbers, key=lambda k: numbers[k]))
    return [next(by_number) if k in numbers else k for k in ordered]
