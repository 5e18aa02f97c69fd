"""Other readings of a line's words, out of the other texts that ink and word model hold possible."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

OUTER_SIGNS = re.compile(r"^\W+|\W+$")


def other_readings(text: str, others: Sequence[str]) -> list[tuple[str, ...]]:
    """For each word of `text` what the other texts have in its place, in the order of `others`, each once.

    One word may become two ('DRAGON', 'DRUG ON'). Where two become one, or two three, nobody can say which stands for which, and nothing is
    offered. Case, spaces and outer signs alone make no other reading.
    """
    words = text.split(" ") if text else []
    found: list[dict[str, None]] = [{} for _ in words]
    for other in others:
        rivals = other.split(" ")
        for tag, a0, a1, b0, b1 in SequenceMatcher(a=words, b=rivals, autojunk=False).get_opcodes():
            if tag != "replace":
                continue
            if a1 - a0 == b1 - b0:
                pairs = list(zip(range(a0, a1), rivals[b0:b1], strict=True))
            elif a1 - a0 == 1:
                pairs = [(a0, " ".join(rivals[b0:b1]))]
            else:
                continue
            for place, rival in pairs:
                if not same_letters(rival, words[place]):
                    found[place].setdefault(rival)
    return [tuple(readings) for readings in found]


def same_letters(one: str, other: str) -> bool:
    """Whether two readings differ by spaces, case and outer signs at most: nobody has to check 'help.' against 'HELP'."""
    return bare_word(one) == bare_word(other)


def bare_word(text: str) -> str:
    """A reading in lower case without spaces and outer signs; one that has nothing else keeps its signs."""
    closed = text.replace(" ", "").replace("’", "'").casefold()
    return OUTER_SIGNS.sub("", closed) or closed
