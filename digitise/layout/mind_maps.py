"""Mind maps: what stands at the end of a drawn arm belongs under what the arm comes from, on whichever side of it.

Lists are read down; a mind map is read outwards. So where most of a sheet hangs on arms, these tell what stands under what, not places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from digitise.layout.connectors import Connections
from digitise.layout.headings import is_worded
from digitise.layout.items import Item
from digitise.model import Box, Role

MOST_BRANCH_WORDS = 5
"""Branches of a mind map are named, not told."""
LARGER = 1.2
"""The letters of a branch are so many times as large as those of its twigs, unless it has a line round it and they have none."""
LEAST_TWIGS, LEAST_ARMS = 2, 4
"""A branch has at least so many twigs, a mind map so many arms."""
MOSTLY = 0.5
"""Share of the writing that must hang together by arms: lists and pictures have stray lines, too."""
NEXT_BRANCH = 4.0
"""Writing without an arm belongs to the nearest branch within so many of its letter heights."""
MOST_ITEMS = 90
"""A wall with more is no mind map, and following its lines would take long."""


def may_be_mind_map(items: Sequence[Item]) -> bool:
    """Whether it is worth while to look for arms: some words, most of them not on stickies."""
    free = [i for i in items if _is_node(i)]
    return len(free) > LEAST_ARMS and 2 * len(free) > len(items) and len(items) <= MOST_ITEMS


def hang_on_arms(items: Sequence[Item], connections: Connections) -> list[Item]:
    """The items of a mind map under the branches on which they hang; all items as they are where it is none."""
    twigs: dict[int, list[int]] = {}
    for one, other in sorted(connections.pairs):
        for a, b in ((one, other), (other, one)):
            if _leads(items[a], items[b], a in connections.enclosed, b in connections.enclosed):
                twigs.setdefault(a, []).append(b)
    twigs = {a: bs for a, bs in twigs.items() if len(bs) >= LEAST_TWIGS}
    members = set(twigs).union(*twigs.values())
    free = [k for k, i in enumerate(items) if _is_node(i)]
    if sum(len(bs) for bs in twigs.values()) < LEAST_ARMS or len(members) < MOSTLY * len(free):
        return list(items)
    root = max(twigs, key=lambda k: (items[k].letter_height, len(twigs[k])))
    above = {k: _branch_of(k, items, twigs, root, k in connections.enclosed) for k in free}
    result = list(items)
    for k in free:
        role: Role = "heading" if k in twigs else items[k].role if items[k].role not in ("heading", "title") else _plain_role(items[k])
        result[k] = replace(items[k], role=role, under=None if _is_loop(k, above) else above[k], follows=None)
    return result


def _is_node(item: Item) -> bool:
    return item.container not in ("sticky", "card") and item.cell is None and bool(item.words)


def _leads(branch: Item, twig: Item, branch_enclosed: bool, twig_enclosed: bool) -> bool:
    if not (_is_node(branch) and _is_node(twig) and is_worded(branch)) or len(branch.words) > MOST_BRANCH_WORDS:
        return False
    if branch_enclosed != twig_enclosed:
        return branch_enclosed and LARGER * branch.letter_height > twig.letter_height
    return branch.letter_height >= LARGER * twig.letter_height


def _branch_of(k: int, items: Sequence[Item], twigs: dict[int, list[int]], root: int, enclosed: bool) -> int | None:
    """The branch on which an item hangs: the nearest of those with an arm to it, else the nearest one; of branches, the middle."""
    if k == root:
        return None
    joined = [a for a, bs in twigs.items() if k in bs]
    if joined:
        return min(joined, key=lambda a: _gap(items[a].box, items[k].box))
    if k in twigs:
        return root
    near = min((a for a in twigs if a != k), key=lambda a: _gap(items[a].box, items[k].box))
    is_near = _gap(items[near].box, items[k].box) <= NEXT_BRANCH * items[k].letter_height
    return near if is_near and _leads(items[near], items[k], True, enclosed) else None


def _gap(one: Box, other: Box) -> float:
    across = max(0.0, one[0] - other[2], other[0] - one[2])
    down = max(0.0, one[1] - other[3], other[1] - one[3])
    return math.hypot(across, down)


def _plain_role(item: Item) -> Role:
    return "note" if len(item.words) >= 3 else "label"


def _is_loop(k: int, above: dict[int, int | None]) -> bool:
    seen = {k}
    j = above[k]
    while j is not None:
        if j in seen:
            return True
        seen.add(j)
        j = above.get(j)
    return False
