"""Sure lines first: what they say becomes likelier where the ink wavers elsewhere on the same photo.

A wall has a subject, so its words come back: 'drug', 'device' and 'view' on twenty stickies. The unigram cache of Kuhn and De Mori,
"A cache-based natural language model for speech recognition", 1990, filled from certain words only and used on uncertain lines only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from rapidfuzz import fuzz

from digitise.model import Line, Word
from digitise.reading.lexicon import EventLexicon, split_letters

SURE_WORD = 0.95
"""Confidence from which a word counts as seen. On the real photos 0.9 and 0.98 gain as much within 0.2 points."""
SEEN_LETTERS = 4
"""Shorter words are common anyway, or fragments."""
LEAST_SHARE = math.log(1e-6)
"""Rarer words are misreadings as often as not ('vien' for 'view'), and would spread."""
ALIKE = 70
"""Least similarity (rapidfuzz partial ratio, 0..100) of a doubtful word to a seen word for its line to be decoded again. With 50 or 0
three times as many lines are, and the same words change."""

LookT = TypeVar("LookT")


def decode_lines(looks: Sequence[LookT], decode: Callable[[LookT, EventLexicon], Line | None], lexicon: EventLexicon) -> list[Line | None]:
    """The line of each look, in order; those with doubtful words are decoded again with what the others say as likely words."""
    lines = [decode(look, lexicon) for look in looks]
    seen = sure_words((line for line in lines if line is not None), lexicon)
    if not seen:
        return lines
    informed = lexicon.with_seen(seen)
    return [
        decode(look, informed) if line is not None and any(may_be_seen(word, seen) for word in line.words) else line
        for look, line in zip(looks, lines, strict=True)
    ]


def sure_words(lines: Iterable[Line], lexicon: EventLexicon) -> frozenset[str]:
    """The words of some length, in lower case, that lines surely say and that are words."""
    found = (
        part
        for line in lines
        for word in line.words
        if word.confidence >= SURE_WORD and not word.doubtful
        for part in split_letters(word.text)
    )
    long = {part for part in found if len(part) >= SEEN_LETTERS}
    return frozenset(part for part in long if lexicon.is_known(part) and lexicon.log_probability(part) >= LEAST_SHARE)


def may_be_seen(word: Word, seen: Iterable[str]) -> bool:
    """Whether a doubtful word may be one of the seen words, misread, or contain one."""
    if not word.doubtful:
        return False
    forms = {form.lower() for form in (word.text, word.raw) if len(form) >= SEEN_LETTERS}
    others = [s for s in seen if s != word.text.lower()]
    return any(fuzz.partial_ratio(form, other, score_cutoff=ALIKE) for form in forms for other in others)
