"""Which items are headings.

People set headings off in many ways: size, a line below, a colon, another pen, capitals, a list beneath. No single sign is sure, so all
are weighed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from digitise.layout.blocks import FIELD, SECTION_NAME, begins_small, is_capitals
from digitise.layout.ink import same_ink
from digitise.layout.items import Item
from digitise.model import Box, Role

NUMBERED_NAME = re.compile(
    r"^\W*(?:round|table|group|session|day|theme|challenge|question|topic|step|part|"
    r"rownd|bwrdd|grŵp|sesiwn|diwrnod|thema|her|cwestiwn|pwnc|cam|rhan)\s*\d{1,2}\b",
    re.IGNORECASE,
)
"""How facilitators number their sheets and steps, in English and Welsh."""


LEAST_LETTERS, LEAST_CAPITALS = 3, 2
"""Of a heading; capitals may be an abbreviation (IT, UX)."""
LEAST_CONFIDENCE = 0.35
"""What is read worse heads nothing: arrows, doodles and edges are read so. Bounds from 0.25 to 0.45 give the same on the real photos."""
HEADING = 2.0
"""Weight of signs from which an item is a heading."""
NEARLY_HEADING = 1.5
"""The same where headings of its like stand beside it."""
SIZE_CUE, SIZE_BASE = 1.8, 1.5
"""Letters this many times as large as those that follow weigh so much; half as much below its square root."""
LARGER_HEADING = 1.2
"""A heading stands under another one whose letters are at least this much larger."""
MOST_HEADING_WORDS = 16
USUAL_HEADING_WORDS = 9
"""Headings of published workshop sheets have a median of 3 words, 95 % at most 9; the others are whole questions."""
MOST_STICKY_HEADING_WORDS = 4
MOST_UNDERLINED = 0.25
"""Share of the items on a sheet; where more are underlined, the lines part items."""
FARTHEST_TEXT = 6.0
"""A heading's text begins within this many of its letter heights under it."""
RUNS_ON = 2.5
"""Weight against a heading of running on from what stands under another one: from 2.5 to 4 the same on the real photos."""
SET_OFF, SET_OFF_SIZE = 0.75, 2.0
"""What stands so many of its letter heights under what is above it, or has letters so many times as large, does not run on from it. Half
as far tells half as much. From 0.5 to 1 and from 1.5 to 2 the same on the real photos."""
LEAD_IN_WORDS = 7
"""A line with a colon and so many words is a sentence that leads in to a list more often than a name of it."""
FOLLOWING, LIST_SPAN = 3, 6
"""Items after a heading that are compared with it, and items among which a list's other items are looked for."""
LABEL_WORDS = 3
"""A label with a colon has at most so many words."""
NEXT_CARD = 3.0
"""Writing heads a card that begins within so many of its letter heights below."""
CARD_ROWS = 2
"""Writing over cards in more rows stands on a card itself, whose edge was not found: names of columns have room."""
ROW_SIZE, ROW_TILT = 1.3, 0.08
"""Letters of headings in one row differ less; a row may rise or fall by so much of its length, by hand or by perspective."""
SIBLING_INDENT = 0.7
SIBLING_SIZE = 1.15
"""Items of one list differ less in indent (letter heights) and size."""


def items_above(items: Sequence[Item]) -> list[int | None]:
    """For each item the index of the one straight above it in its column; None at a column's top. Every way up ends.

    A label that hangs beside an item counts as above it, unless the way up from the label leads to that item.
    """
    above = [_item_above(k, items) for k in range(len(items))]
    for k, item in enumerate(items):
        label = next((j for j, other in enumerate(items) if j != k and is_hanging_label(other, item)), None)
        if label is not None and not leads_up(label, k, above):
            above[k] = label
    return above


def leads_up(k: int, to: int, above: Sequence[int | None]) -> bool:
    """Whether one comes to an item on the way up from another one."""
    j = above[k]
    while j is not None and j != to:
        j = above[j]
    return j == to


def _item_above(k: int, items: Sequence[Item]) -> int | None:
    best: tuple[float, int] | None = None
    for j, other in enumerate(items):
        if j == k or not is_above(other.box, items[k].box):
            continue
        gap = max(0.0, items[k].box[1] - other.box[3])
        cost = gap + 0.5 * _misalignment(other.box, items[k].box)
        if best is None or cost < best[0]:
            best = (cost, j)
    return best[1] if best else None


def is_hanging_label(label: Item, item: Item) -> bool:
    """Whether a label with a colon stands straight left of an item: 'Purpose:' and, beside it, what the purpose is."""
    height = max(1.0, label.letter_height)
    return (
        label.text.rstrip().endswith(":")
        and len(label.words) <= LABEL_WORDS
        and abs(label.box[1] - item.box[1]) < height
        and -0.5 * height < item.box[0] - label.box[2] < 2 * height
    )


def is_above(upper: Box, lower: Box) -> bool:
    """Begins and has its middle higher, and shares some columns."""
    if (upper[1] + upper[3]) / 2 >= (lower[1] + lower[3]) / 2 or upper[1] + 0.6 * (upper[3] - upper[1]) > lower[1]:
        return False
    overlap = min(lower[2], upper[2]) - max(lower[0], upper[0])
    return overlap > 0.15 * min(lower[2] - lower[0], upper[2] - upper[0])


def _misalignment(upper: Box, lower: Box) -> float:
    return min(abs(upper[0] - lower[0]), abs(upper[0] + upper[2] - lower[0] - lower[2]) / 2)


def following(k: int, items: Sequence[Item], above: Sequence[int | None], most: int = FOLLOWING) -> list[int]:
    """The next few items down the column from item k, nearest first."""
    found: list[int] = []
    layer = [k]
    while layer and len(found) < most:
        layer = sorted((j for j, a in enumerate(above) if a in layer), key=lambda j: items[j].box[1])
        found += layer
    return found[:most]


def find_headings(items: Sequence[Item], above: Sequence[int | None]) -> list[bool]:
    """Whether the signs of each item add up to a heading; below another heading more is asked of what is not set off from the text.

    Cards have signs of their own (`is_sticky_heading`): none is one here.
    """
    scores = [
        -math.inf if item.container in ("sticky", "card") else heading_score(k, items, above, farthest=FARTHEST_TEXT)
        for k, item in enumerate(items)
    ]
    return [score - RUNS_ON * _runs_on(k, items, above, scores) >= HEADING for k, score in enumerate(scores)]


def _runs_on(k: int, items: Sequence[Item], above: Sequence[int | None], scores: Sequence[float]) -> float:
    """How far an item goes on with what stands under a heading, 0 to 1: no gap above it, and letters no larger than those above.

    What is one of a row of headings does not: names of columns may stand close under the title.
    """
    head = up = above[k]
    while head is not None and scores[head] < HEADING:
        head = above[head]
    if up is None or head is None or _is_vouched_for([scores[j] >= HEADING for j in _row_of(k, items)]):
        return 0.0
    item, last = items[k], items[up]
    gap = (item.box[1] - last.box[3]) / max(1.0, item.letter_height)
    size = math.log(max(1.0, item.letter_height) / max(1.0, last.letter_height)) / math.log(SET_OFF_SIZE)
    return float(np.clip(1 - gap / SET_OFF, 0.0, 1.0) * np.clip(1 - size, 0.0, 1.0))


def heading_score(k: int, items: Sequence[Item], above: Sequence[int | None], *, farthest: float) -> float:
    """Sum of an item's signs for and against a heading; -inf where it cannot be one, as nothing is to be read under it.

    farthest: where its text begins at the latest, in its letter heights under it.
    """
    item = items[k]
    below = [items[j] for j in following(k, items, above)] or _straight_below(item, items)
    if not is_worded(item) or len(item.words) > MOST_HEADING_WORDS or not below:
        return -math.inf
    if below[0].box[1] - item.box[3] > farthest * item.letter_height:
        return -math.inf
    return sum(heading_cues(k, items, above, below).values())


def _straight_below(item: Item, items: Sequence[Item]) -> list[Item]:
    """What stands under an item although it stands nearer to something else: the nearest few."""
    under = [o for o in items if o is not item and is_above(item.box, o.box)]
    return sorted(under, key=lambda o: o.box[1])[:FOLLOWING]


def is_worded(item: Item) -> bool:
    """Whether it says something: a number, a letter, a tally or a doodle read as letters heads nothing, however large it is drawn."""
    letters = sum(c.isalpha() for c in item.text)
    return item.confidence >= LEAST_CONFIDENCE and letters >= (LEAST_CAPITALS if item.text.isupper() else LEAST_LETTERS)


def heading_cues(k: int, items: Sequence[Item], above: Sequence[int | None], below: Sequence[Item]) -> dict[str, float]:
    """The signs for and against a heading, each with its weight; below: the next few items down the column, at least one."""
    item = items[k]
    sizes = [o.letter_height for o in below if o.letter_height > 0]
    texts = [o for o in below if o.words]
    on_cards = [o.container in ("sticky", "card") for o in items]
    return {
        "larger than what follows": _larger(item.letter_height, float(np.median(sizes)) if sizes else 0.0, SIZE_CUE, -0.5, 3.0),
        "larger than usual": _larger(item.letter_height, usual_height(items), SIZE_CUE / 2, -0.2, 1.0),
        # where much is underlined, the lines part items and head nothing
        "underlined": 1.3 * (item.underlined and sum(o.underlined for o in items) <= max(1.0, MOST_UNDERLINED * len(items))),
        "colon": (2.0 if len(item.words) < LEAD_IN_WORDS else 1.0) * item.text.rstrip().endswith(":"),
        "section name": 3.0 * bool(SECTION_NAME.match(item.text)),
        "numbered name": 1.5 * (bool(NUMBERED_NAME.match(item.text)) and len(item.words) <= 6),
        "question": 0.8 * (_asks(item) and sum(_asks(o) for o in below) <= len(below) / 2),
        "another pen": 2.2 * (len(texts) > 1 and not any(same_ink(o.ink, item.ink) for o in texts)),
        "list below": (1.5 if _begins_list(item, below[0]) else 1.0)
        * (not item.bulleted and len(item.words) <= 6 and sum(o.bulleted for o in below) > len(below) / 2),
        "cards below": 2.2 * (_heads_cards(item, below[0]) and sum(on_cards) > 1 and item.text.count("\n") < CARD_ROWS),
        "capitals": 0.8 * (bool(is_capitals(item.text)) and sum(is_capitals(o.text) is False for o in below) > len(below) / 2),
        "top of its column": 0.5 * (above[k] is None),
        "items alike below": 0.8 * (_are_alike(below) and not _is_sibling(item, below[0])),
        "long": -0.3 * max(0, len(item.words) - USUAL_HEADING_WORDS),
        "short": 0.4 * (len(item.words) <= 3),
        "shorter than what follows": 0.4 * (len(item.words) < 0.6 * float(np.mean([len(o.words) for o in below]))),
        "list mark": -2.5 * item.bulleted,
        "small letter": -1.5 * begins_small(item.text),
        "full stop": -1.0 * item.text.rstrip().endswith((".", ",")),
        "one of several fields": -2.5 * bool(FIELD.match(item.text) and FIELD.match(below[0].text)),
        "one of a list": -1.2 * _is_one_of_a_list(k, items, above),
    }


def _asks(item: Item) -> bool:
    return item.text.rstrip().endswith("?") and len(item.words) > 2


def _begins_list(item: Item, point: Item) -> bool:
    """Whether a list's first point stands straight under an item, and no farther left: a word within a list stands farther right."""
    return point.bulleted and point.box[1] - item.box[3] < item.letter_height and item.box[0] - point.box[0] < item.letter_height


def _heads_cards(item: Item, below: Item) -> bool:
    """Whether writing stands straight above a card."""
    return (
        item.container not in ("sticky", "card")
        and below.container in ("sticky", "card")
        and below.box[1] - item.box[3] < NEXT_CARD * item.letter_height
    )


def agree_in_rows(items: Sequence[Item], roles: Sequence[Role], above: Sequence[int | None]) -> list[Role]:
    """The roles, those of items that stand in one row and look the same made equal: headings of columns come in rows.

    Half a row of headings vouches for the others that are nearly headings by themselves; a few among many that are none are none either.
    What half a row vouches for does not run on from what is above it (`_runs_on`), so its signs alone are counted.
    """
    agreed = list(roles)
    for k, item in enumerate(items):
        if roles[k] not in ("note", "label", "heading"):
            continue
        row = _row_of(k, items)
        heads = sum(roles[j] == "heading" for j in row)
        if roles[k] == "heading" and 2 * heads < len(row):
            agreed[k] = "note" if len(item.words) >= 3 else "label"
        elif roles[k] != "heading" and heads and 2 * heads >= len(row):
            agreed[k] = "heading" if heading_score(k, items, above, farthest=math.inf) >= NEARLY_HEADING else roles[k]
    return agreed


def _row_of(k: int, items: Sequence[Item]) -> list[int]:
    """An item and those that stand in one row with it and look the same."""
    return [j for j, other in enumerate(items) if j == k or _is_beside(items[k], other)]


def _is_vouched_for(heads: Sequence[bool]) -> bool:
    """Whether several of a row are headings, and half of it at least."""
    return sum(heads) > 1 and 2 * sum(heads) >= len(heads)


def _is_beside(item: Item, other: Item) -> bool:
    """Whether two pieces of writing stand side by side in one row and look the same."""
    small, large = sorted((max(1.0, item.letter_height), max(1.0, other.letter_height)))
    return (
        item.container == other.container
        and item.container not in ("sticky", "card")
        and is_worded(item)
        and is_worded(other)
        and not item.bulleted
        and not other.bulleted
        and max(len(item.words), len(other.words)) <= USUAL_HEADING_WORDS
        and large <= ROW_SIZE * small
        and (gap := max(other.box[0] - item.box[2], item.box[0] - other.box[2])) > 0
        and abs((item.box[1] + item.box[3]) - (other.box[1] + other.box[3])) / 2 < large + min(ROW_TILT * gap, large / 2)
        and is_capitals(item.text) == is_capitals(other.text)
        and item.text.rstrip().endswith(":") == other.text.rstrip().endswith(":")
        and same_ink(item.ink, other.ink)
    )


def _are_alike(below: Sequence[Item]) -> bool:
    return len(below) > 1 and all(_is_sibling(below[0], o) for o in below[1:])


def _larger(height: float, other: float, weight: float, least: float, most: float) -> float:
    if height <= 0 or other <= 0:
        return 0.0
    return float(np.clip(weight * math.log(height / other) / math.log(SIZE_BASE), least, most))


def _is_one_of_a_list(k: int, items: Sequence[Item], above: Sequence[int | None]) -> bool:
    """Whether it goes on with a list: one of its like above it, and another one near. What begins a column may look like what follows."""
    before, j = 0, above[k]
    for _ in range(LIST_SPAN):
        if j is None:
            break
        before += _is_sibling(items[k], items[j])
        j = above[j]
    after = sum(_is_sibling(items[k], items[j]) for j in following(k, items, above, LIST_SPAN))
    return before > 0 and before + after >= 2


def _is_sibling(item: Item, other: Item) -> bool:
    small, large = sorted((max(1.0, item.letter_height), max(1.0, other.letter_height)))
    return (
        other.container == item.container
        and large <= SIBLING_SIZE * small
        and abs(other.box[0] - item.box[0]) < SIBLING_INDENT * large
        and is_capitals(other.text) == is_capitals(item.text)
        and same_ink(item.ink, other.ink)
    )


def usual_height(items: Sequence[Item]) -> float:
    """Letter height of running text: the median over words, so that a few big headings do not move it."""
    heights = [i.letter_height for i in items for _ in range(max(1, len(i.words))) if i.letter_height > 0]
    return float(np.median(heights)) if heights else 0.0


def is_sticky_heading(item: Item, items: Sequence[Item]) -> bool:
    """A sticky of few words at the head of a column is its heading where it is set off: by much larger letters, unless it has a name of
    its own in still larger ones, or by a colour that most often stands at the heads of columns on this wall."""
    cards = [o for o in items if o.container in ("sticky", "card")]
    if len(item.words) > MOST_STICKY_HEADING_WORDS or not _heads_column(item, cards):
        return False
    others = [o for o in cards if o is not item]
    # few words are written larger than many, to fill the sticky: the measure is others of few words, where there are such
    usual = usual_height([o for o in others if len(o.words) <= MOST_STICKY_HEADING_WORDS] or others)
    if usual > 0 and item.letter_height >= 1.3 * usual and not _tells_size_nothing(item, items, cards):
        return True
    alike = [o for o in cards if o.colour == item.colour]
    heads = [o for o in alike if len(o.words) <= MOST_STICKY_HEADING_WORDS and _heads_column(o, cards)]
    return len(alike) < len(cards) / 3 and (len(heads) > 1 or len(alike) == 1) and len(heads) >= 0.8 * len(alike)


def _tells_size_nothing(item: Item, items: Sequence[Item], cards: Sequence[Item]) -> bool:
    """Whether a card's large letters tell nothing, as larger writing over it is the name of its column.

    A name stands over one column, and most that begin beside it with letters as large have theirs; a title stands over several of them,
    or over the middle one only.
    """
    beside = [c for c in cards if c.box[1] < item.box[3] and c.box[3] > item.box[1] and c.letter_height * ROW_SIZE >= item.letter_height]
    over = {id(c): {j for j, o in enumerate(items) if _is_written_over(o, c)} for c in beside if _heads_column(c, cards)}
    columns = Counter(j for names in over.values() for j in names)
    named = {c for c, names in over.items() if any(columns[j] == 1 for j in names)}
    return id(item) in named and 2 * len(named) > len(over)


def _is_written_over(name: Item, card: Item) -> bool:
    """Whether larger writing heads a card."""
    return (
        _heads_cards(name, card)
        and is_above(name.box, card.box)
        and is_worded(name)
        and len(name.words) <= USUAL_HEADING_WORDS
        and name.letter_height >= LARGER_HEADING * card.letter_height
    )


def _heads_column(item: Item, cards: Sequence[Item]) -> bool:
    """At least two cards under it, and none above."""
    below = sum(is_above(item.box, o.box) for o in cards if o is not item)
    above = any(is_above(o.box, item.box) for o in cards if o is not item)
    return below >= 2 and not above
