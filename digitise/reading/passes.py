"""Likely words first: they become likelier where the ink wavers elsewhere on the same photo.

A wall has a subject, so its words come back: 'drug', 'device' and 'view' on twenty stickies. The unigram cache of Kuhn and De Mori,
"A cache-based natural language model for speech recognition", 1990, filled from likely words only and used on uncertain lines only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from rapidfuzz import fuzz

from digitise.model import Line, Word
from digitise.reading.lexicon import EventLexicon, Lexicon, split_letters

SURE_WORD = 0.93
"""Confidence from which a word counts as certain for other photos, if it is not marked as doubtful besides."""
LIKELY_WORD = 0.7
"""Confidence from which a word counts as seen in its own photo. With 0.3 to 0.7 word F1 on the real photos is 0.821, with 0.75 to 0.95
it is 0.819."""
SEEN_LETTERS = 4
"""Shorter words are common anyway, or fragments."""
LEAST_SHARE = math.log(1e-6)
"""Rarer words are misreadings as often as not ('vien' for 'view'), and would spread."""
ALIKE = 70
"""Least similarity (rapidfuzz partial ratio, 0..100) of a doubtful word to a seen word for its line to be decoded again. With 50 or 0
three times as many lines are, and the same words change."""

LookT = TypeVar("LookT")


def decode_lines(looks: Sequence[LookT], decode: Callable[[LookT, Lexicon], Line | None], lexicon: EventLexicon) -> list[Line | None]:
    """The line of each look, in order; those with doubtful words are decoded again with what the others say as likely words.

    No word speaks for itself: one that a single line says is no likelier in that line.
    """
    lines = [decode(look, lexicon) for look in looks]
    said = [frozenset[str]() if line is None else seen_words(line, lexicon) for line in lines]
    times = Counter(word for words in said for word in words)
    informed = lexicon.with_seen(times)
    again = []
    for look, line, words in zip(looks, lines, said, strict=True):
        if line is None or not any(may_be_seen(word, times) for word in line.words):
            again.append(line)
            continue
        only_here = {word for word in words if times[word] == 1}
        again.append(decode(look, lexicon.with_seen(times.keys() - only_here) if only_here else informed))
    return again


def seen_words(line: Line, lexicon: EventLexicon) -> frozenset[str]:
    """The words of some length, in lower case, that a line probably says and that are words."""
    found = {part for word in line.words if word.confidence >= LIKELY_WORD for part in split_letters(word.text)}
    long = (part for part in found if len(part) >= SEEN_LETTERS)
    return frozenset(part for part in long if lexicon.is_known(part) and lexicon.log_probability(part) >= LEAST_SHARE)


def may_be_seen(word: Word, seen: Iterable[str]) -> bool:
    """Whether a doubtful word may be one of the seen words, misread, or contain one."""
    if not word.doubtful:
        return False
    forms = {form.lower() for form in (word.text, word.raw) if len(form) >= SEEN_LETTERS}
    others = [s for s in seen if s != word.text.lower()]
    return any(fuzz.partial_ratio(form, other, score_cutoff=ALIKE) for form in forms for other in others)
