"""Sub-items: points of a list that are set in under another point, or led to by an arrow from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digitise.layout.headings import items_above
from digitise.layout.items import Item

LEAST_INDENT = 0.8
"""A sub-item begins at least this many letter heights to the right of its point; left edges of one list waver by up to half of one."""
MOST_INDENT = 6.0
"""What begins farther to the right stands in another column."""
NEXT_ROW = 2.5
"""A list's points follow each other within so many letter heights, edge to edge."""
LARGER = 1.2
"""Sub-items are not written larger than their point by more than this."""
ARROW = re.compile(r"^(?:→|↳|->|=>|>)")
LED = re.compile(r"^↳")
"""An arrow from the row above: a sub-item wherever it begins."""
ARROW_INDENT = 0.3
"""An arrow under a point without one leads to a sub-item at this indent already."""


def set_levels(items: Sequence[Item]) -> list[Item]:
    """The items, those that are sub-items with the index of their point and their level. Headings must be known.

    Only points with list marks have sub-items, and only marked items are any: writing without marks is set in for many reasons.
    """
    parents: list[int | None] = [None] * len(items)
    for group in sorted({i.group for i in items}):
        members = [k for k, item in enumerate(items) if item.group == group]
        above = items_above([items[k] for k in members])
        for k in sorted(range(len(members)), key=lambda m: items[members[m]].box[1]):
            parents[members[k]] = _parent_of(members[k], _chain(k, members, above), items, parents)
    return [replace(item, parent=parents[k], level=_depth(k, parents)) for k, item in enumerate(items)]


def _chain(k: int, members: Sequence[int], above: Sequence[int | None]) -> list[int]:
    """Items straight above one in its column, nearest first."""
    chain, j = [], above[k]
    while j is not None:
        chain.append(members[j])
        j = above[j]
    return chain


def _parent_of(k: int, chain: Sequence[int], items: Sequence[Item], parents: Sequence[int | None]) -> int | None:
    """The nearest point above that begins farther left, or that of the nearest one that begins as far right; None where there is none."""
    item, lower = items[k], items[k]
    if not _is_point(item):
        return None
    for j in chain:
        point = items[j]
        height = max(1.0, point.letter_height)
        if not _is_point(point) or point.under != item.under or lower.box[1] - point.box[3] > NEXT_ROW * height:
            return None
        indent = _indent(point, item) / height
        if indent > MOST_INDENT or item.letter_height > LARGER * point.letter_height:
            return None
        if _is_sub_item(item, point, indent):
            return j
        led_away = ARROW.match(point.text) and not ARROW.match(item.text) and parents[j] is not None
        if indent > -LEAST_INDENT and not led_away:
            return parents[j]
        lower = point
    return None


def _is_sub_item(item: Item, point: Item, indent: float) -> bool:
    if ARROW.match(item.text) and not ARROW.match(point.text):
        return indent > ARROW_INDENT or (bool(LED.match(item.text)) and indent > -LEAST_INDENT)
    return indent > LEAST_INDENT


def _indent(point: Item, item: Item) -> float:
    """How far to the right of a point another one begins: with their marks, where both or none of them were read, and without."""
    (edge, start), (other_edge, other_start) = ((i.box[0], i.box[0] if i.start is None else i.start) for i in (point, item))
    both = (start > edge) == (other_start > other_edge)
    return min(other_start - start, other_edge - edge) if both else other_start - start


def _is_point(item: Item) -> bool:
    return item.bulleted and item.role not in ("title", "heading") and item.container not in ("sticky", "card")


def _depth(k: int, parents: Sequence[int | None]) -> int:
    depth, j = 0, parents[k]
    while j is not None:
        depth, j = depth + 1, parents[j]
    return depth
