"""What each item is on its sheet: title, heading, bullet, label, body; and which heading it stands under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from digitise.layout.blocks import BULLET, SECTION_NAME
from digitise.layout.ink import same_ink
from digitise.layout.rows import Ink
from digitise.model import Box, Colour, Container, Role

HEADING_SIZE = 1.3
"""Writing this much larger than the sheet's usual is a heading; people write headings at least a third larger, or mark them otherwise."""
TITLE_SIZE = 1.55
MOST_UNDERLINED = 0.25
FARTHEST_TEXT = 4.0
"""A heading's text begins within this many of its letter heights under it."""
LARGER_HEADING = 1.2
"""A heading stands under another one whose letters are at least this much larger."""
MOST_HEADING_WORDS = 9
"""Longer items are text, however large: headings of published workshop sheets have a median of 3 words, 95 % at most 9."""
MOST_STICKY_HEADING_WORDS = 4
LONG_TEXT_WORDS = 18
"""From here an item without a bullet is running text; three quarters of published notes have at most 21 words."""
MOST_LIST_HEADING_WORDS = 6
TALLY = re.compile(r"^[\dIl|/+xX✓✔*.\s]{1,6}$")
QUOTED = re.compile(r"^[\"“‘'].*[\"”’']$", re.DOTALL)


@dataclass(frozen=True)
class Item:
    """One note in the making. Boxes in the frame of its sheet (level, photo px)."""

    text: str
    box: Box
    letter_height: float
    ink: Ink
    container: Container
    colour: Colour
    sheet: str
    """Id of the sheet it stands on; '' on none."""
    quarter: int
    """Direction of its writing in quarter turns from upright."""
    underlined: bool = False
    role: Role = "note"
    under: int | None = None
    """Index of the heading in the same list."""

    @property
    def group(self) -> str:
        """Items of one sheet and direction see each other; others do not."""
        return f"{self.sheet}/{self.quarter}"

    @property
    def words(self) -> list[str]:
        return [w for w in self.text.split() if any(c.isalnum() for c in w)]

    @property
    def bulleted(self) -> bool:
        return bool(BULLET.match(self.text))


def assign_roles(items: Sequence[Item]) -> list[Item]:
    """Roles and headings for all items of a photo. Same order and length as given."""
    result = list(items)
    for group in sorted({i.group for i in items}):
        members = [k for k, item in enumerate(items) if item.group == group]
        for k, item in zip(members, _roles_of_group([items[k] for k in members]), strict=True):
            result[k] = replace(item, under=None if item.under is None else members[item.under])
    return result


def join_lone_cards(items: Sequence[Item]) -> list[Item]:
    """Items of a sheet on which nothing stands under anything else belong to the wall round it: such a sheet is a heading card, or a
    row of them that was taken for one sheet."""
    pages = {i.sheet for i in items for o in items if i.sheet == o.sheet and i is not o and _stands_under(o.box, i.box)}
    return [i if i.sheet in pages else replace(i, sheet="") for i in items]


def _roles_of_group(items: Sequence[Item]) -> list[Item]:
    usual = _usual_height(items)
    roles: list[Role] = [_own_role(item, usual, items) for item in items]
    title = _find_title(items, roles, usual)
    if title is not None:
        roles[title] = "title"
    return [replace(item, role=role, under=_find_heading(k, items, roles)) for k, (item, role) in enumerate(zip(items, roles, strict=True))]


def _usual_height(items: Sequence[Item]) -> float:
    """Letter height of running text: the median over words, so that a few big headings do not move it."""
    heights = [i.letter_height for i in items for _ in range(max(1, len(i.words)))]
    return float(np.median(heights)) if heights else 0.0


def _own_role(item: Item, usual: float, items: Sequence[Item]) -> Role:
    if not item.words or TALLY.match(item.text):
        return "label"
    if item.container in ("sticky", "card"):
        return "heading" if _is_sticky_heading(item, items) else "note"
    if item.bulleted and len(item.words) > 1:
        return "bullet"
    if _is_heading(item, usual, items):
        return "heading"
    return _role_of_text(item)


def _role_of_text(item: Item) -> Role:
    if QUOTED.match(item.text) and len(item.words) >= 3:
        return "quote"
    if len(item.words) >= LONG_TEXT_WORDS:
        return "body"
    return "note" if len(item.words) >= 3 else "label"


def _is_heading(item: Item, usual: float, items: Sequence[Item]) -> bool:
    """Few words with text under them, set off by size, a line, a colon or another pen."""
    following = _next_below(item, items)
    if len(item.words) > MOST_HEADING_WORDS or following is None or following.box[1] - item.box[3] > FARTHEST_TEXT * item.letter_height:
        return False
    larger = item.letter_height >= max(HEADING_SIZE * usual, LARGER_HEADING * following.letter_height) > 0
    ends_colon = item.text.rstrip().endswith(":") and len(item.words) <= 6
    named = bool(SECTION_NAME.match(item.text))
    # where much is underlined, the lines part items and head nothing
    underlined = item.underlined and sum(o.underlined for o in items) <= MOST_UNDERLINED * len(items)
    return larger or underlined or ends_colon or named or _heads_list(item, following, items) or _other_ink_than_below(item, items)


def _next_below(item: Item, items: Sequence[Item]) -> Item | None:
    return min((o for o in items if o is not item and _stands_under(o.box, item.box)), key=lambda o: o.box[1], default=None)


def _heads_list(item: Item, following: Item, items: Sequence[Item]) -> bool:
    """Writing with stickies next under it, or few words with list items next under them, says what those are about."""
    if following.container in ("sticky", "card"):
        return sum(o.container in ("sticky", "card") for o in items) > 1
    return following.bulleted and len(item.words) <= MOST_LIST_HEADING_WORDS and following.box[0] > item.box[0] - item.letter_height


def _has_text_below(item: Item, items: Sequence[Item]) -> bool:
    return any(other is not item and _stands_under(other.box, item.box) for other in items)


def _stands_under(lower: Box, upper: Box) -> bool:
    """Below, and sharing some of its columns."""
    height = upper[3] - upper[1]
    if lower[1] < upper[1] + 0.6 * height:
        return False
    overlap = min(lower[2], upper[2]) - max(lower[0], upper[0])
    return overlap > 0.15 * min(lower[2] - lower[0], upper[2] - upper[0])


def _other_ink_than_below(item: Item, items: Sequence[Item]) -> bool:
    """A short line in another pen than the several items that follow straight under it."""
    below = [o for o in items if o.container == "none" and _stands_under(o.box, item.box)]
    below = sorted(below, key=lambda o: o.box[1])[:3]
    return len(item.words) <= 5 and len(below) >= 2 and not any(same_ink(o.ink, item.ink) for o in below)


def _is_sticky_heading(item: Item, items: Sequence[Item]) -> bool:
    """A sticky of few words at the head of a column is its heading where it is set off: by much larger letters, or by a colour that
    most often stands at the heads of columns on this wall."""
    cards = [o for o in items if o.container in ("sticky", "card")]
    if len(item.words) > MOST_STICKY_HEADING_WORDS or not _heads_column(item, cards):
        return False
    usual = _usual_height([o for o in cards if o is not item])
    if usual > 0 and item.letter_height >= HEADING_SIZE * usual:
        return True
    alike = [o for o in cards if o.colour == item.colour]
    heads = [o for o in alike if len(o.words) <= MOST_STICKY_HEADING_WORDS and _heads_column(o, cards)]
    return len(alike) < len(cards) / 3 and len(heads) > len(alike) / 2


def _heads_column(item: Item, cards: Sequence[Item]) -> bool:
    """At least two cards under it, and none above."""
    below = sum(_stands_under(o.box, item.box) for o in cards if o is not item)
    above = any(_stands_under(item.box, o.box) for o in cards if o is not item)
    return below >= 2 and not above


def _find_title(items: Sequence[Item], roles: Sequence[Role], usual: float) -> int | None:
    """The sheet's title: among the largest writing, near the top, with text under it."""
    if not items:
        return None
    top, bottom = min(i.box[1] for i in items), max(i.box[3] for i in items)
    best: tuple[float, int] | None = None
    for k, item in enumerate(items):
        if item.container in ("sticky", "card") or roles[k] not in ("heading", "note", "label", "body") or not item.words:
            continue
        depth = (item.box[1] - top) / max(1.0, bottom - top)
        if (
            depth > 0.35
            or item.letter_height < TITLE_SIZE * usual
            or len(item.words) > MOST_HEADING_WORDS
            or not _has_text_below(item, items)
        ):
            continue
        if best is None or item.letter_height > best[0]:
            best = (item.letter_height, k)
    if best is not None:
        rivals = [items[k].letter_height for k, r in enumerate(roles) if r == "heading" and k != best[1]]
        # columns have headings of one size; the sheet's title is larger than any of them
        return best[1] if all(best[0] >= LARGER_HEADING * height for height in rivals) else None
    # no writing stands out by size: a heading that is the topmost thing on the sheet and heads no column beside others is its title
    topmost = min((k for k in range(len(items)) if items[k].words), key=lambda k: items[k].box[1], default=None)
    if topmost is None or roles[topmost] != "heading" or items[topmost].container in ("sticky", "card"):
        return None
    others = [items[k] for k, r in enumerate(roles) if r == "heading" and k != topmost]
    head = items[topmost].box
    beside = [o for o in others if o.box[1] < head[3] and (o.box[0] > head[2] or o.box[2] < head[0])]
    return topmost if others and not beside else None


def _find_heading(k: int, items: Sequence[Item], roles: Sequence[Role]) -> int | None:
    """Index of the heading that item k stands under; a heading stands under a larger one, or the title."""
    if roles[k] == "title":
        return None
    item = items[k]
    title = next((j for j, r in enumerate(roles) if r == "title"), None)
    best: tuple[float, int] | None = None
    for j, role in enumerate(roles):
        if role != "heading" or j == k:
            continue
        head = items[j]
        if roles[k] == "heading" and head.letter_height < LARGER_HEADING * item.letter_height:
            continue
        if item.box[1] < head.box[1] + 0.3 * (head.box[3] - head.box[1]):
            continue
        left, right = _column_of(j, items, roles)
        centre = (item.box[0] + item.box[2]) / 2
        if not (left <= centre <= right or left <= item.box[0] <= right):
            continue
        distance = item.box[1] - head.box[3] + 0.5 * abs(item.box[0] - head.box[0])
        if best is None or distance < best[0]:
            best = (distance, j)
    return best[1] if best is not None else title


def _column_of(j: int, items: Sequence[Item], roles: Sequence[Role]) -> tuple[float, float]:
    """Horizontal reach of a heading: to the next heading on its right and the last one on its left, at about its height."""
    head = items[j]
    height = head.box[3] - head.box[1]
    left, right = -np.inf, np.inf
    for m, role in enumerate(roles):
        if role != "heading" or m == j or abs(items[m].box[1] - head.box[1]) > 3 * height:
            continue
        other = items[m].box
        if other[0] >= head.box[2] - 0.2 * height:
            right = min(right, other[0] - 0.3 * height)
        elif other[2] <= head.box[0] + 0.2 * height:
            left = max(left, head.box[0] - 1.5 * height)
    return float(left), float(right)
