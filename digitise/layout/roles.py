"""What each item is on its sheet: title, heading, bullet, label, body; and which heading it stands under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digitise.layout.headings import (
    LARGER_HEADING,
    USUAL_HEADING_WORDS,
    agree_in_rows,
    find_headings,
    is_above,
    is_sticky_heading,
    is_worded,
    items_above,
    leads_up,
    usual_height,
)
from digitise.layout.items import Item
from digitise.layout.partners import find_sentences, find_speakers, neighbours_in
from digitise.layout.under import find_hub, heading_of
from digitise.model import Role

TITLE_SIZE = 1.55
LONG_TEXT_WORDS = 18
"""From here an item without a bullet is running text; three quarters of published notes have at most 21 words."""
TALLY = re.compile(r"^[\dIl|/+xX✓✔*.\s]{1,6}$")
QUOTED = re.compile(r"^[\"“‘'].*[\"”’']$", re.DOTALL)


def assign_roles(items: Sequence[Item]) -> list[Item]:
    """Roles and headings for all items of a photo. Same order and length as given."""
    result = list(items)
    for group in sorted({i.group for i in items}):
        members = [k for k, item in enumerate(items) if item.group == group]
        for k, item in zip(members, _roles_of_group([items[k] for k in members]), strict=True):
            under, follows, said_by = (None if m is None else members[m] for m in (item.under, item.follows, item.said_by))
            result[k] = replace(item, under=under, follows=follows, said_by=said_by)
    return result


def join_lone_cards(items: Sequence[Item]) -> list[Item]:
    """Items of a sheet on which nothing stands under anything else belong to the wall round it: such a sheet is a heading card, or a
    row of them that was taken for one sheet. A table counts as one item."""
    pages = {i.sheet for i in items for o in items if i.sheet == o.sheet and not _are_one(i, o) and is_above(i.box, o.box)}
    return [i if i.sheet in pages else replace(i, sheet="") for i in items]


def _are_one(item: Item, other: Item) -> bool:
    """Whether they are the same item, or cells of one table."""
    return item is other or (item.cell is not None and other.cell is not None and item.cell[0] == other.cell[0])


def _roles_of_group(items: Sequence[Item]) -> list[Item]:
    usual = usual_height(items)
    above = items_above(items)
    heads = find_headings(items, above)
    roles = agree_in_rows(items, [_own_role(item, items, head) for item, head in zip(items, heads, strict=True)], above)
    hub = find_hub(items) if roles.count("heading") <= 1 else None
    if hub is not None:
        roles[hub] = "heading"
    speakers, sentences = find_speakers(items), find_sentences(items)
    for name, bubble in speakers.items():
        roles[name], roles[bubble] = "label", "quote"
    for k in (k for sentence in sentences for k in sentence):
        roles[k] = "note"
    title = _find_title(items, roles, usual, above)
    if title is not None:
        roles[title] = "title"
    placed = [
        replace(item, role=role, under=heading_of(k, items, roles, above, title=title, hub=hub))
        for k, (item, role) in enumerate(zip(items, roles, strict=True))
    ]
    for k, before in [*speakers.items(), *neighbours_in(sentences)]:
        if title in (k, before):
            continue
        placed[k] = replace(placed[k], follows=before, under=placed[before].under)
        if speakers.get(k) == before and (items[before].tail is not None or QUOTED.match(items[before].text)):
            # a few words in a plain oval need not be said by anybody: only their place beside each other is known
            placed[before] = replace(placed[before], said_by=k)
    return placed


def _own_role(item: Item, items: Sequence[Item], head: bool) -> Role:
    if not item.words or TALLY.match(item.text):
        return "label"
    if item.container in ("sticky", "card"):
        return "heading" if is_sticky_heading(item, items) else "note"
    if head:
        return "heading"
    if item.bulleted and len(item.words) > 1:
        return "bullet"
    return _role_of_text(item)


def _role_of_text(item: Item) -> Role:
    if QUOTED.match(item.text) and len(item.words) >= 3:
        return "quote"
    if len(item.words) >= LONG_TEXT_WORDS:
        return "body"
    return "note" if len(item.words) >= 3 else "label"


def _has_text_below(item: Item, items: Sequence[Item]) -> bool:
    return any(other is not item and is_above(item.box, other.box) for other in items)


def _find_title(items: Sequence[Item], roles: Sequence[Role], usual: float, above: Sequence[int | None]) -> int | None:
    """The sheet's title: among the largest writing, near the top, with text under it."""
    if not items:
        return None
    top, bottom = min(i.box[1] for i in items), max(i.box[3] for i in items)
    best: tuple[float, int] | None = None
    for k, item in enumerate(items):
        if item.container in ("sticky", "card") or roles[k] not in ("heading", "note", "label", "body") or not is_worded(item):
            continue
        depth = (item.box[1] - top) / max(1.0, bottom - top)
        if (
            depth > 0.35
            or item.letter_height < TITLE_SIZE * usual
            or len(item.words) > USUAL_HEADING_WORDS
            or not _has_text_below(item, items)
        ):
            continue
        if best is None or item.letter_height > best[0]:
            best = (item.letter_height, k)
    if best is not None:
        rivals = [items[k].letter_height for k, r in enumerate(roles) if r == "heading" and k != best[1]]
        # columns have headings of one size; the sheet's title is larger than any of them
        if all(best[0] >= LARGER_HEADING * height for height in rivals):
            return best[1]
    # no writing stands out by size alone: a heading that is the topmost thing on the sheet, beside no other and over one, is its title
    topmost = min((k for k in range(len(items)) if items[k].words), key=lambda k: items[k].box[1], default=None)
    if topmost is None or not is_worded(items[topmost]) or roles[topmost] != "heading" or items[topmost].container in ("sticky", "card"):
        return None
    others = [k for k, r in enumerate(roles) if r == "heading" and k != topmost]
    head = items[topmost].box
    beside = [k for k in others if items[k].box[1] < head[3] and (items[k].box[0] > head[2] or items[k].box[2] < head[0])]
    return topmost if not beside and any(leads_up(k, topmost, above) for k in others) else None
