"""Other readings of a line's words, out of the other texts that ink and word model hold possible."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


def other_readings(text: str, others: Sequence[str]) -> list[tuple[str, ...]]:
    """For each word of `text` what the other texts have in its place, in the order of `others`, each once.

    One word may become two ('DRAGON', 'DRUG ON'). Where two become one, or two three, nobody can say which stands for which, and nothing is
    offered. Case and spaces alone make no other reading.
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
    """Whether two readings differ by spaces and case at most."""
    return one.replace(" ", "").casefold() == other.replace(" ", "").casefold()
