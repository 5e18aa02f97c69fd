"""Words of ours and of people that are not in the report's own language say so: a title, an aim, a name from event.toml.

Participants' notes know their language from the reading. The rest is told by its words, where there are enough of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digitise.report.blocks import Block, Bullet, Cell, Heading, Inline, Paragraph, Picture, Span, Spread, Table
from digitise.report.languages import tell_language

LANGUAGES = ("en", "cy")
LEAST_WORDS = 3
"""Fewer words are names as often as not, and a name is said as well in either."""


def tell_other(text: str, own: str) -> str | None:
    """'en' or 'cy' for a text that is surely in that language and not in the report's own; else None."""
    if sum(any(c.isalpha() for c in word) for word in text.split()) < LEAST_WORDS:
        return None
    told = tell_language(text, LANGUAGES)
    return told if told != own else None


def tell_languages(blocks: Sequence[Block], own: str) -> list[Block]:
    """The blocks with a language at each run and link that has none and is in another one. own: the report's."""
    return [_tell_block(block, own) for block in blocks]


def _tell_block(block: Block, own: str) -> Block:
    told: Block = block
    match block:
        case Heading() | Paragraph() | Bullet():
            told = replace(block, inlines=_tell_inlines(block.inlines, own))
        case Picture():
            told = replace(block, caption=_tell_inlines(block.caption, own))
        case Table():
            told = replace(block, rows=tuple(tuple(_tell_cell(cell, own) for cell in row) for row in block.rows))
        case Spread():
            picture = replace(block.picture, caption=_tell_inlines(block.picture.caption, own))
            bullets = tuple(replace(b, inlines=_tell_inlines(b.inlines, own)) for b in block.bullets)
            told = replace(block, picture=picture, bullets=bullets)
        case _:
            pass
    return told


def _tell_cell(cell: Cell, own: str) -> Cell:
    return tuple(part if isinstance(part, Picture) else _tell_inline(part, own) for part in cell)


def _tell_inlines(inlines: Sequence[Inline], own: str) -> tuple[Inline, ...]:
    return tuple(_tell_inline(inline, own) for inline in inlines)


def _tell_inline(inline: Inline, own: str) -> Inline:
    if isinstance(inline, Span):
        # an event of one language may still have notes in the other
        other = None if any(run.language for run in inline.runs) else tell_other(inline.text, own)
        return replace(inline, runs=tuple(replace(run, language=other) for run in inline.runs)) if other else inline
    other = None if inline.language else tell_other(inline.text, own)
    return replace(inline, language=other) if other else inline
