"""Our words in two languages at once, Welsh first.

A label in both languages is one string that holds both, between signs of the private use area, so that it can be filled in and passed
on like any other. When a report is composed its runs are parted, so that each has its own language; a longer sentence becomes a paragraph
of each language. Where a plain string is wanted both are joined by ' / ', with what they have in common said once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from digitise.report.blocks import (
    FIGURE,
    Block,
    Bullet,
    Cell,
    Contents,
    Doubt,
    Heading,
    Inline,
    Link,
    Paragraph,
    Picture,
    Run,
    Span,
    Spread,
    Table,
    TitleBlock,
)

_OPEN, _MID, _CLOSE = "\ue0f0", "\ue0f1", "\ue0f2"
_INNERMOST = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_MID}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_JOINT = " / "
_LONG = 60
"""Characters of a sentence from which it has a paragraph for each language."""


def pair(first: str, second: str) -> str:
    """One string that says the same in two languages."""
    return first if first == second else f"{_OPEN}{first}{_MID}{second}{_CLOSE}"


def is_paired(text: str) -> bool:
    return _OPEN in text


def say_in(text: str, side: int) -> str:
    """The text in the first (0) or second (1) language."""
    while is_paired(text) and (changed := _INNERMOST.sub(lambda m: m.group(side + 1), text)) != text:
        text = changed
    return re.sub(f"[{_OPEN}{_MID}{_CLOSE}]", "", text)


def map_sides(text: str, change: Callable[[str], str]) -> str:
    """The text with each of its languages changed, 'idea' to 'Idea' say."""
    return pair(change(say_in(text, 0)), change(say_in(text, 1))) if is_paired(text) else change(text)


def join_sides(text: str) -> str:
    """'Ffigur / Figure 3': both languages in one string, what they share said once."""
    if not is_paired(text):
        return text
    start, first, second, end = _part_common(say_in(text, 0), say_in(text, 1))
    return f"{start}{first}{_JOINT if first and second else ''}{second}{end}"


def _part_common(first: str, second: str) -> tuple[str, str, str, str]:
    """What both begin with, what is left of each, what both end with. Words are shared only where no number is left: 'Sheet 1 of photo 3'
    is not 'Sheet 1 of photo' in one language."""
    start = _shared(first, second)
    a, b = first[len(start) :], second[len(start) :]
    end = _shared(a[::-1], b[::-1])[::-1]
    a, b = a[: len(a) - len(end)], b[: len(b) - len(end)]
    if any(c.isdigit() for c in a + b) or not a.strip() or not b.strip():
        signs = re.match(r"[^\w]*", start)
        start = signs.group() if signs else ""
        signs = re.search(r"[^\w]*$", end)
        end = signs.group() if signs else ""
        a = first[len(start) : len(first) - len(end)]
        b = second[len(start) : len(second) - len(end)]
    while end.startswith(")") and min(side.count("(") - side.count(")") for side in (a, b)) > 0:
        # each language closes the brackets that it opened
        a, b, end = a + ")", b + ")", end[1:]
    return start, a, b, end


def _shared(a: str, b: str) -> str:
    """The common beginning, up to the end of a word."""
    k = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    while 0 < k < max(len(a), len(b)) and a[k - 1].isalnum():
        k -= 1
    return a[:k]


def part_languages(blocks: Sequence[Block], language: str) -> list[Block]:
    """The blocks with no paired string left. language: the second one; the first is the report's own."""
    return [part for block in blocks for part in _part_block(block, language)]


def _part_block(block: Block, language: str) -> list[Block]:
    parted: list[Block] = [block]
    match block:
        case Paragraph() if _is_long(block):
            parted = [replace(block, inlines=tuple(_on_side(i, side, language) for i in block.inlines)) for side in (0, 1)]
        case Heading() | Paragraph() | Bullet():
            parted = [replace(block, inlines=_part_inlines(block.inlines, language))]
        case Picture():
            parted = [_part_picture(block, language)]
        case Table():
            parted = [_part_table(block, language)]
        case Spread():
            parted = [_part_spread(block, language)]
        case TitleBlock():
            words = (block.title, block.subtitle, block.organisers, block.date, block.place)
            parted = [TitleBlock(*map(join_sides, words))]
        case Contents():
            parted = [Contents(join_sides(block.heading))]
    return parted


def _part_spread(spread: Spread, language: str) -> Spread:
    bullets = tuple(replace(b, inlines=_part_inlines(b.inlines, language)) for b in spread.bullets)
    header = (join_sides(spread.header[0]), join_sides(spread.header[1]))
    runs = tuple(_part_runs(Run(name), language) for name in spread.header)
    return replace(spread, picture=_part_picture(spread.picture, language), bullets=bullets, header=header, header_runs=runs)


def _part_picture(picture: Picture, language: str) -> Picture:
    alt, label = join_sides(picture.alt), join_sides(picture.label)
    return replace(picture, alt=alt, label=label, caption=_part_inlines(picture.caption, language))


def _part_table(table: Table, language: str) -> Table:
    rows = tuple(tuple(_part_cell(cell, language) for cell in row) for row in table.rows)
    runs = tuple(_part_runs(Run(name, bold=True), language) for name in table.header)
    header = tuple(map(join_sides, table.header))
    said = _part_runs(Run(table.caption), language)
    caption, label = join_sides(table.caption), join_sides(table.label)
    return replace(table, header=header, header_runs=runs, rows=rows, caption=caption, caption_runs=said, label=label)


def _part_cell(cell: Cell, language: str) -> Cell:
    parts: list[Inline | Picture] = []
    for part in cell:
        parts += [_part_picture(part, language)] if isinstance(part, Picture) else _part_inlines((part,), language)
    return tuple(parts)


def _is_long(paragraph: Paragraph) -> bool:
    """A whole sentence or more, all ours."""
    if any(isinstance(i, Span) for i in paragraph.inlines):
        return False
    return any(len(i.text) > 2 * _LONG for i in paragraph.inlines if is_paired(i.text))


def _on_side(inline: Inline, side: int, language: str) -> Inline:
    if isinstance(inline, Span):
        return inline
    text, own = say_in(inline.text, side), language if side else inline.language
    if isinstance(inline, Link):
        return replace(inline, text=text, language=own, tip=say_in(inline.tip, side))
    return replace(inline, text=text, language=own)


def _part_inlines(inlines: Sequence[Inline], language: str) -> tuple[Inline, ...]:
    parts: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Span):
            parts.append(replace(inline, runs=tuple(r for run in inline.runs for r in _part_runs(run, language))))
        elif isinstance(inline, Run):
            parts += _part_runs(inline, language)
        else:
            parts += _part_link(inline, language)
    return tuple(parts)


def _part_runs(run: Run, language: str) -> tuple[Run, ...]:
    if run.doubt is not None:
        others = tuple(map(join_sides, run.doubt.alternatives))
        reading = join_sides(run.doubt.reading)
        return (replace(run, doubt=Doubt(run.doubt.note_id, reading, others, run.doubt.reader)),)
    if not is_paired(run.text):
        return (run,)
    start, first, second, end = _part_common(say_in(run.text, 0), say_in(run.text, 1))
    pieces = ((start + first + (_JOINT if first and second else ""), run.language), (second, language), (end, run.language))
    return tuple(replace(run, text=text, language=lang) for text, lang in pieces if text)


def _part_link(link: Link, language: str) -> tuple[Link, ...]:
    """As many links as there are languages: all lead to the same place. A reference to a figure is one, as its caption is."""
    if link.target.startswith(FIGURE):
        return (replace(link, text=join_sides(link.text), tip=join_sides(link.tip)),)
    runs = _part_runs(Run(link.text, language=link.language), language)
    if len(runs) > 1 and not any(c.isalpha() for c in runs[-1].text):
        # a number that both share would be a link of its own, which says nothing of where it leads
        runs = (*runs[:-2], replace(runs[-2], text=runs[-2].text + runs[-1].text))
    tip = join_sides(link.tip)
    return tuple(replace(link, text=run.text, language=run.language, tip=tip) for run in runs)
