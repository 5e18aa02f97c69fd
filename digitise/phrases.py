"""Whether a name or a date stands in a text, word by word: 'Ann' does not stand in 'Annual review'."""

from __future__ import annotations

from collections.abc import Sequence


def find_phrase(tokens: Sequence[str], phrase: str) -> range | None:
    """Where a phrase stands in a text, letter case and punctuation aside. None where it does not."""
    wanted = [core for core in map(bare_token, phrase.split()) if core]
    have = [bare_token(token) for token in tokens]
    for start in range(len(have) - len(wanted) + 1):
        if wanted and have[start : start + len(wanted)] == wanted:
            return range(start, start + len(wanted))
    return None


def bare_token(token: str) -> str:
    """Letters and digits of a word, without case."""
    return "".join(c for c in token.casefold() if c.isalnum())
