"""Which heading each item stands under.

It is found by walking up: every item has an item above it in its column, and takes that one's heading unless that one is a heading itself.
Columns need no edges for this, only neighbours. In a mind map everything stands under its middle.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digitise.geometry import union_box
from digitise.layout.headings import LARGER_HEADING, MOST_HEADING_WORDS, is_above, is_hanging_label, usual_height
from digitise.layout.items import Item
from digitise.layout.levels import MOST_INDENT
from digitise.model import Role

REACH_LEFT = 3.0
"""Nobody looks for a heading farther to the right than this, in its letter heights, but straight above."""
TOUCHING = 0.5
"""What begins within so many letter heights under a heading stands under it, whatever else is near."""
OUT_OF_CHAIN = 4.0
OUT_OF_COLUMN = 4.0
"""What it costs, in letter heights, that one of the two views speaks against a heading."""
HUB_ITEMS = 4
"""A mind map has at least so many items round its middle."""
CENTRAL = 0.3
"""The hub lies so near the middle of everything, in shares of its width and height."""


def heading_of(
    k: int,
    items: Sequence[Item],
    roles: Sequence[Role],
    above: Sequence[int | None],
    *,
    title: int | None,
    hub: int | None = None,
) -> int | None:
    """Index of the heading that item k stands under; a heading stands under a larger one, or the title.

    Two views are weighed with distance: the heading up the chain of neighbours, and the columns that a row of headings makes. The title
    is weighed with them where the chain leads to it, and heads what is left.
    """
    if k == title:
        return None
    if hub is not None and k != hub and roles[k] not in ("heading", "title"):
        return hub
    item, next_above = items[k], above[k]
    if next_above is not None and roles[next_above] == "heading" and is_hanging_label(items[next_above], item):
        is_larger_heading = roles[k] == "heading" and item.letter_height > items[next_above].letter_height  # perhaps the label's own
        if not is_larger_heading:
            return next_above
    chained = _up_the_chain(k, items, roles, above)
    if chained == title and _is_set_in(k, items, roles, title):
        chained = None
    unit = max(1.0, usual_height(items))
    best: tuple[float, int] | None = None
    for j, role in enumerate(roles):
        head = items[j]
        may_head = role == "heading" or (role == "title" and j == chained)
        if not may_head or j == k or item.box[1] < head.box[1] + 0.3 * (head.box[3] - head.box[1]):
            continue
        if roles[k] == "heading" and head.letter_height < LARGER_HEADING * item.letter_height:
            continue
        left, right = column_of(j, items, roles)
        in_column = left <= (item.box[0] + item.box[2]) / 2 <= right or left <= item.box[0] <= right
        touching = is_above(head.box, item.box) and item.box[1] - head.box[3] < TOUCHING * head.letter_height
        if not (in_column or j == chained):
            continue
        distance = max(0.0, item.box[1] - head.box[3]) + 0.5 * abs(item.box[0] - head.box[0])
        cost = distance + unit * (OUT_OF_CHAIN * (j != chained and not touching) + OUT_OF_COLUMN * (not in_column))
        if best is None or cost < best[0]:
            best = (cost, j)
    if best is not None:
        return best[1]
    return title if title is not None and items[title].box[1] < item.box[3] else None


def _up_the_chain(k: int, items: Sequence[Item], roles: Sequence[Role], above: Sequence[int | None]) -> int | None:
    least = LARGER_HEADING * items[k].letter_height if roles[k] == "heading" else 0.0
    j = above[k]
    while j is not None:
        if roles[j] in ("heading", "title") and items[j].letter_height >= least:
            return j
        j = above[j]
    return None


def _is_set_in(k: int, items: Sequence[Item], roles: Sequence[Role], title: int | None) -> bool:
    """Whether an item is set in under a heading so short that it begins beyond its end: the way up passes by, and leads to the title."""
    item = items[k]
    return any(
        role == "heading"
        and j != k
        and (title is None or items[title].box[3] <= items[j].box[3])
        and items[j].box[3] <= item.box[1] + 0.3 * item.letter_height
        and 0 <= item.box[0] - items[j].box[0] < MOST_INDENT * items[j].letter_height
        for j, role in enumerate(roles)
    )


def find_hub(items: Sequence[Item]) -> int | None:
    """The middle of a mind map: the only drawn box or bubble of a few words with items on all its sides. None where there is no such."""
    boxed = [k for k, i in enumerate(items) if i.container in ("box", "bubble") and 0 < len(i.words) <= MOST_HEADING_WORDS]
    if len(boxed) != 1:
        return None
    x0, y0, x1, y1 = items[boxed[0]].box
    others = [i.box for k, i in enumerate(items) if k != boxed[0] and i.words]
    sides = (
        any((b[0] + b[2]) / 2 < x0 for b in others),
        any((b[0] + b[2]) / 2 > x1 for b in others),
        any(b[3] < (y0 + y1) / 2 for b in others),
        any(b[1] > (y0 + y1) / 2 for b in others),
    )
    if not all(sides) or len(others) < HUB_ITEMS:
        return None
    left, top, right, bottom = union_box(others)
    central = abs((x0 + x1) - (left + right)) < CENTRAL * (right - left) and abs((y0 + y1) - (top + bottom)) < CENTRAL * (bottom - top)
    return boxed[0] if central else None


def column_of(j: int, items: Sequence[Item], roles: Sequence[Role]) -> tuple[float, float]:
    """Horizontal reach of a heading: to the next heading on its right and the last one on its left, at about its height."""
    head = items[j]
    height = head.box[3] - head.box[1]
    left, right = head.box[0] - REACH_LEFT * head.letter_height, np.inf
    for m, role in enumerate(roles):
        if role != "heading" or m == j or abs(items[m].box[1] - head.box[1]) > 3 * height:
            continue
        other = items[m].box
        if other[0] >= head.box[2] - 0.2 * height:
            right = min(right, other[0] - 0.3 * height)
        elif other[2] <= head.box[0] + 0.2 * height:
            left = max(left, head.box[0] - 1.5 * height)
    return float(left), float(right)
