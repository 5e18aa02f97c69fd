"""Where the words that were read stand in a note's present text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from digitise.model import Word

NOWHERE = -1


def place_words(text: str, words: Sequence[Word]) -> list[int]:
    """For each word where it begins in `text`, letters from 0; NOWHERE where the text has it no more. Words keep their order."""
    found = [(m.group(), m.start()) for m in re.finditer(r"\S+", text)]
    owner = [(token, k) for k, word in enumerate(words) for token in word.text.split()]
    starts = [NOWHERE] * len(words)
    if [t for t, _ in owner] == [t for t, _ in found]:
        pairs = list(zip(owner, found, strict=True))
    else:
        blocks = SequenceMatcher(None, [t for t, _ in owner], [t for t, _ in found], autojunk=False).get_matching_blocks()
        pairs = [(owner[a + i], found[b + i]) for a, b, size in blocks for i in range(size)]
    for (_, k), (_, start) in reversed(pairs):
        starts[k] = start
    return starts


def name_word(words: Sequence[Word], index: int) -> tuple[str, int]:
    """(base, nth) by which a WordEdit names a word of a note as the program read it."""
    base = words[index].text
    return base, sum(base in (w.text, w.raw) for w in words[:index])


def find_word(words: Sequence[Word], base: str, nth: int) -> int | None:
    """The place of the word that (base, nth) names; None where there is none."""
    places = [k for k, w in enumerate(words) if base in (w.text, w.raw)]
    return places[nth] if nth < len(places) else None
