"""Which of the event's languages a note is in, where the reading does not say: Word spells and screen readers speak by it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import simplemma
from wordfreq import zipf_frequency

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_COMMON_ZIPF = 3.6
"""An English word at least this frequent (about four in a million) speaks for English; rarer ones are names as often as words."""
_LEAST_LEAD = 1
"""Votes by which a language must lead: one word that both languages have decides nothing."""


def tell_language(text: str, languages: Sequence[str]) -> str | None:
    """'en' or 'cy', by whole words known to one language only; None where it is a tie or the event has one language.

    Welsh forms come from simplemma's inflection list, which knows mutated forms; words of one letter (y, a, i, o) count for neither.
    """
    if "cy" not in languages or "en" not in languages:
        return languages[0] if len(languages) == 1 else None
    votes = 0
    for word in _WORD.findall(text.casefold().replace("’", "'")):
        stem = word.split("'")[0]
        if len(stem) < 2:
            continue
        english = zipf_frequency(stem, "en") >= _COMMON_ZIPF
        welsh = bool(re.search("[ŵŷ]", word)) or simplemma.is_known(stem, lang="cy")
        votes += welsh - english
    if abs(votes) < _LEAST_LEAD:
        return None
    return "cy" if votes > 0 else "en"
