"""Words broken by a hyphen at a line's end, joined again: 'pro-' and 'gramme' are one word, 'drop-' and 'in' keep their hyphen."""

from __future__ import annotations

import re
from functools import lru_cache

BROKEN = re.compile(r"([^\W\d_]+)-[ \t]*\n\s*([^\W\d_]+)")
WORD_ZIPF = 3.0
"""Zipf frequency (wordfreq) from which the joined letters are a word: 'subtitle' 3.2, 'programme' 4.6; 'longterm' 2.8, 'coproduced' 1.4."""


def join_hyphens(text: str) -> str:
    """A note's text, its line breaks as they are but for those after a hyphen inside a word.

    Where the two pieces are of one case, the hyphen goes if they make a word and stays if they do not; a line that goes on with a capital
    is left alone.
    """
    return BROKEN.sub(_join, text)


def _join(match: re.Match[str]) -> str:
    first, second = match.groups()
    if not (second.islower() or (first.isupper() and second.isupper())):
        return match.group()
    return first + second if is_word((first + second).lower()) else f"{first}-{second}"


@lru_cache(maxsize=1024)
def is_word(word: str) -> bool:
    """Whether English or Welsh has a word so spelled (lower case)."""
    import simplemma  # noqa: PLC0415 - its word list is loaded on first use only
    from wordfreq import zipf_frequency  # noqa: PLC0415 - the same

    return float(zipf_frequency(word, "en")) >= WORD_ZIPF or bool(simplemma.is_known(word, lang="cy"))
