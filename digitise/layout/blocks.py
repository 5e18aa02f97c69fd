"""From rows to items: which rows one after another are one note, and where the next one begins.

A writer begins a new item with a bullet, after a larger gap, at another indent, or on a new line although the next word would still
have fitted on the one before; a line that begins in lower case goes on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from digitise.geometry import quad_size
from digitise.kind_words import KIND_NOUNS, OPPORTUNITIES
from digitise.layout.pieces import LIST_MARKS, Ink
from digitise.layout.rows import Frame, Parted, Row

MARK = re.compile(rf"^(?:[{re.escape(LIST_MARKS)}](?=\s|$|[^\W\d]|[\"'“‘])|\.(?=\s))\s*")
"""A single mark at the start of an item; a lone full stop is a small dot as the recogniser reads it. Ticks, and marks in a row, say
something (done, three votes) and stay."""
BULLET = re.compile(rf"{MARK.pattern}|^(?:\(?\d{{1,2}}[.):]|\(?[a-h]\))(?=\s|$|[^\W\d]|[\"'“‘])")
"""A mark, a number or a letter that begins an item."""
SECTION_NAME = re.compile(rf"^\W*(?:{'|'.join([*KIND_NOUNS.values(), OPPORTUNITIES])})\W*$", re.IGNORECASE)
"""What facilitators write above lists, in English and Welsh; a heading whatever its size."""
GOES_ON = re.compile(
    r"(?:[,&+/(–-]|\b(?:and|or|but|of|to|the|an?|in|into|for|with|without|by|at|on|from|than|between|about|via|is|are|be|will|can|should|"
    r"must|has|have|how|that|which|who|if|as|we|our|your|their|my|its|this|not|no|more|yn?|ac?|i|o|ar|am|gan|gyda|neu|ein))$",
    re.IGNORECASE,
)
"""Ends of lines that cannot end an item: English and Welsh particles."""
QUESTION_START = re.compile(
    r"^(?:how (?:might|can|could|do|does|should|would)|what (?:if|is|are|do|does|can|could|would)|why (?:is|are|do|does)|"
    r"who (?:is|are|can|will))\b",
    re.IGNORECASE,
)
"""How facilitators' questions begin; hardly any line within an item begins so."""
FIELD = re.compile(r"^[^\s:]+(?: [^\s:]+){0,2}(?<!\d) ?: ?[^:]*[^\W\d]{2}")
"""A name, a colon and what it is, not a time; under another such row it is an item of its own."""
FARTHEST_PITCH = 1.5
"""Rows of one item are at most this many row heights apart (centre to centre); detector boxes of neighbouring rows nearly touch at 1."""
LOOSER_PITCH = 1.25
"""Within an item the pitch is even: a step this much larger than the item's own begins the next one."""
FAR = 3.0
"""Steps beyond this many row heights are all the same: the rows have nothing to do with each other."""
NEARER, FARTHER = 0.8, 1.4
"""A step this much shorter than those to what is above and below is near; one this much longer than the next is far."""
INSERTED = 0.6
"""Words squeezed in between two rows are shorter than the row above by this much."""
MOST_OFF = 1.5
"""Edges and middles of one item's rows differ by fewer row heights."""
SAME_SHAPE = frozenset("cijklopsuvwxz")
"""Letters whose capitals look like them: a first letter of these tells little of a small one."""

# What each sign weighs, for (+) or against (-) one item. Set by hand on the real photos, where notes found stay within one in a hundred
# when any of them moves by a quarter.
NEAR_CUE = 1.0
QUESTION_CUE = 1.5
LOOSE, LOOSE_CUE = 1.25, 4.0
"""From this step on (row heights) rows are loosely set: against, per height more."""
SIZE_CUE = 0.7
"""Against, for each further time that the sizes differ by OTHER_SIZE."""
ALIGN_CUE, OUTDENT_CUE = 1.0, 2.5
"""Against a row set in far from what is above, and against one that begins far left of its item."""
STYLE_CUE = 2.0
SMALL_CUE = 2.0
CAPITAL_CUE = 0.75
INDENT_CUE = 1.0
UNDERLINE_CUE = 3.0
"""Against a row under one that is underlined: headings and the points of some lists are."""
OTHER_SIZE = 1.15
"""Detector boxes of one hand's rows differ by less; from here the size speaks against one item, and ..."""
SIZE_CHANGE = 1.6
"""... from here it settles it: heading and text."""


@dataclass(frozen=True)
class Block:
    """Rows that make one item."""

    rows: tuple[Row, ...]

    @property
    def x0(self) -> float:
        return min(r.x0 for r in self.rows)

    @property
    def x1(self) -> float:
        return max(r.x1 for r in self.rows)

    @property
    def y0(self) -> float:
        return min(r.y0 for r in self.rows)

    @property
    def y1(self) -> float:
        return max(r.y1 for r in self.rows)

    @property
    def height(self) -> float:
        """Height of its rows, the middle one."""
        return float(np.median([r.height for r in self.rows]))

    @property
    def text(self) -> str:
        return "\n".join(r.text for r in self.rows)

    @property
    def bulleted(self) -> bool:
        return begins_item(self.rows[0])


def begins_item(row: Row) -> bool:
    """Whether a row begins with a list mark, a number, a letter or an @name, read or seen."""
    first = row.pieces[0]
    # a closer look that read the words better may have lost the mark before them
    lost = bool(MARK.match(first.line.raw)) and first.words[0] == first.line.words[0]
    return row.marked or lost or row.text.startswith("@") or bool(BULLET.match(row.text))


def make_blocks(
    rows: Sequence[Row],
    same_ink: Callable[[Ink, Ink], bool],
    frame: Frame,
    are_parted: Parted | None = None,
    is_underlined: Callable[[Row], bool] = lambda _row: False,
) -> list[Block]:
    """Rows of one frame, from top to bottom, gathered into items.

    are_parted: whether something drawn stands between two edges that face each other, in photo px.
    """
    usual = _usual_step(rows)
    blocks: list[list[Row]] = []
    for row in sorted(rows, key=lambda r: (r.yc, r.x0)):
        nearest: tuple[float, list[Row], int] | None = None
        for block in blocks:
            end = len(block) - (len(block) > 1 and _is_inserted(block[-1], block[-2], row))
            step = _step(block[end - 1], row)
            if step is not None and (nearest is None or step < nearest[0]):
                nearest = (step, block, end)
        if (
            nearest is not None
            and (sign := weigh_going_on(nearest[1][: nearest[2]], row, rows, usual, same_ink)) > 0
            and (sign > UNDERLINE_CUE or not is_underlined(nearest[1][nearest[2] - 1]))
            and not _is_ruled_off(nearest[1][nearest[2] - 1], row, frame, are_parted)
        ):
            nearest[1].append(row)
        else:
            blocks.append([row])
    return [Block(tuple(b)) for b in blocks]


def _is_inserted(row: Row, above: Row, below: Row) -> bool:
    """Whether a row was squeezed in between two others: less than a line apart they would have no room for it."""
    step = _step(above, below)
    return step is not None and row.x1 - row.x0 < INSERTED * (above.x1 - above.x0) and above.y_at(row.x0) < row.yc < below.y_at(row.x0)


def _is_ruled_off(upper: Row, lower: Row, frame: Frame, are_parted: Parted | None) -> bool:
    """Whether a drawn line runs between two rows, along most of what they share."""
    x0, x1 = max(upper.x0, lower.x0), min(upper.x1, lower.x1)
    if are_parted is None or x1 <= x0:
        return False
    above, below = (tuple(frame.photo_points([(x0, r.y_at(x0)), (x1, r.y_at(x1))])) for r in (upper, lower))
    return are_parted((above[0], above[1]), (below[0], below[1]))


def _step(upper: Row, lower: Row) -> float | None:
    """How far `lower` lies under `upper`, centre to centre, in row heights; None when it does not lie straight under it."""
    overlap = min(upper.x1, lower.x1) - max(upper.x0, lower.x0)
    height = (upper.height + lower.height) / 2
    if overlap < 0.25 * min(upper.x1 - upper.x0, lower.x1 - lower.x0):
        return None
    x = (max(upper.x0, lower.x0) + min(upper.x1, lower.x1)) / 2
    step = (lower.y_at(x) - upper.y_at(x)) / height
    return step if 0.3 < step < FARTHEST_PITCH else None


def weigh_going_on(block: Sequence[Row], row: Row, rows: Sequence[Row], usual: float, same_ink: Callable[[Ink, Ink], bool]) -> float:
    """How much speaks for (+) or against (-) `row`, the next one under the block, going on with its item; -inf where a sign settles it.

    rows: all of the sheet; usual: their usual distance, as _usual_step gives it.
    """
    last = block[-1]
    if begins_item(row) or SECTION_NAME.match(row.text) or SECTION_NAME.match(last.text) or not same_ink(last.ink, row.ink):
        return -math.inf
    if max(last.size, row.size) / min(last.size, row.size) > SIZE_CHANGE:
        return -math.inf
    if FIELD.match(block[0].text) and FIELD.match(row.text):
        return -math.inf
    if row.x0 < block[0].x0 - 1.2 * row.height and begins_item(block[0]):
        return -math.inf
    cues = (
        _spacing(block, row, usual),
        _nearness(block, row, rows),
        _case(block, row, rows),
        _style(last, row),
        _indent(block, row),
        _alignment(block, row),
        -QUESTION_CUE * bool(QUESTION_START.match(row.text)),
        _fit(last, row, rows),
        _size(last, row),
        _ending(last.text),
    )
    return sum(cues)


def _spacing(block: Sequence[Row], row: Row, usual: float) -> float:
    """Rows closer than is usual on this sheet belong together, rows farther apart do not."""
    step = _step(block[-1], row) or 1.0
    if len(block) > 1 and step > LOOSER_PITCH * float(np.median([_step(a, b) or 1.0 for a, b in pairwise(block)])):
        return -3.0
    return float(np.clip(6.0 * (usual - step), -2.0, 1.0)) + 0.5 - LOOSE_CUE * max(0.0, step - LOOSE)


def _nearness(block: Sequence[Row], row: Row, rows: Sequence[Row]) -> float:
    """Two rows that stand apart from what is above and below are near each other; one that is nearer to what follows is not."""
    step = _step(block[-1], row) or 1.0
    above = min((s for r in rows if (s := _far_step(r, block[0])) is not None), default=FAR)
    below = min((s for r in rows if (s := _far_step(row, r)) is not None), default=FAR)
    others = min(above, below)
    return NEAR_CUE if step < NEARER * others else -NEAR_CUE if step > FARTHER * below else 0.0


def _far_step(upper: Row, lower: Row) -> float | None:
    """Distance from one row to another one under it, centre to centre, in row heights; None when it is farther than counts."""
    if min(upper.x1, lower.x1) <= max(upper.x0, lower.x0):
        return None
    step = (lower.yc - upper.yc) / ((upper.height + lower.height) / 2)
    return step if 0.3 < step < FAR else None


def _style(last: Row, row: Row) -> float:
    """Capitals and small letters are not mixed from row to row within an item."""
    styles = {is_capitals(last.text), is_capitals(row.text)}
    return -STYLE_CUE if styles == {True, False} else 0.0


def _indent(block: Sequence[Row], row: Row) -> float:
    """A row set in from a list item's begin goes on with it."""
    return INDENT_CUE if begins_item(block[0]) and row.x0 > block[0].x0 + 0.4 * row.height else 0.0


def _alignment(block: Sequence[Row], row: Row) -> float:
    """Rows of an item share their left edge or their middle."""
    x0, x1 = block[0].x0, max(r.x1 for r in block)
    off = min(abs(row.x0 - x0), abs(row.x0 - block[-1].x0), abs(row.x0 + row.x1 - x0 - x1) / 2)
    if off <= MOST_OFF * row.height:
        return 0.0
    return -OUTDENT_CUE if row.x0 < x0 else -ALIGN_CUE


def _usual_step(rows: Sequence[Row]) -> float:
    """Median distance from a row to the next one straight under it, in row heights; 1 where there is none."""
    steps = [min(found) for upper in rows if (found := [s for lower in rows if (s := _step(upper, lower)) is not None])]
    return float(np.median(steps)) if steps else 1.0


def _case(block: Sequence[Row], row: Row, rows: Sequence[Row]) -> float:
    """In writing with small letters a line that goes on begins small, and a capital begins an item; in a title each word has one."""
    if begins_lower(row.text):
        return SMALL_CUE if begins_small(row.text) else SMALL_CUE / 4
    mixed = sum(any(c.islower() for c in r.text) for r in (*block, row)) > len(block) / 2
    if not mixed or not begins_upper(row.text) or _is_title(block, row, rows):
        return 0.0
    return -CAPITAL_CUE


def _is_title(block: Sequence[Row], row: Row, rows: Sequence[Row]) -> bool:
    """Whether rows at the top of a sheet are larger than is usual below them."""
    usual = float(np.median([r.size for r in rows]))
    return min(block[-1].size, row.size) > OTHER_SIZE * usual and block[0].yc <= min(r.yc for r in rows)


def _fit(last: Row, row: Row, rows: Sequence[Row]) -> float:
    """A new line begun although the next word would have fitted is a new item, the more so the more room was left."""
    room = room_left(last, row, rows)
    return 0.5 if room is None else -1.5 - min(1.0, 0.1 * room / row.height)


def _size(last: Row, row: Row) -> float:
    """The more the sizes differ, the less they are one item."""
    ratio = abs(math.log(max(last.size, 1.0) / max(row.size, 1.0)))
    return -SIZE_CUE * max(0.0, ratio / math.log(OTHER_SIZE) - 1)


def _ending(text: str) -> float:
    """A line that ends in a joining word or sign goes on; one that ends a sentence does not."""
    if ends_sentence(text):
        return -1.5
    return 2.0 if GOES_ON.search(text) else 0.0


def room_left(last: Row, row: Row, rows: Sequence[Row]) -> float | None:
    """How much room (px) the first word of `row` would have left at the end of `last`; None where it would not have fitted.

    The right edge of a column is where its rows of that size reach; a centred row tells nothing, so both rows must begin at the same place.
    """
    if abs(last.x0 - row.x0) > 1.0 * row.height:
        return None
    column = [r for r in rows if min(r.x1, last.x1) - max(r.x0, last.x0) > 0 and abs(r.x0 - last.x0) < 2.5 * row.height]
    reach = max((r.x1 for r in column if max(r.size, row.size) / min(r.size, row.size) < OTHER_SIZE), default=last.x1)
    room = reach - last.x1 - 1.6 * row.height - quad_size(row.words[0].quad)[0]
    return room if room > 0 else None


def is_capitals(text: str) -> bool | None:
    """Whether a row is written in capitals; None for too few letters to tell."""
    letters = [c for c in text if c.isalpha()]
    return None if len(letters) < 4 else sum(c.isupper() for c in letters) > 0.7 * len(letters)


def begins_lower(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and letters[0].islower() and text[0] not in "\"'“‘(["


def begins_small(text: str) -> bool:
    """Whether the first letter is small for certain: some capitals differ from their small letters in size only."""
    return begins_lower(text) and next(c for c in text if c.isalpha()) not in SAME_SHAPE


def begins_upper(text: str) -> bool:
    return text[:1].isupper()


def ends_sentence(text: str) -> bool:
    return text.rstrip("\"'”’)").endswith((".", "!", "?")) and not text.endswith("..")
