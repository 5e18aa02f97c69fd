"""The language of a line, told from its words; unsaid where they do not tell."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

from digitise.model import Line
from digitise.reading.lexicon import english_frequencies, split_letters
from digitise.reading.welsh_words import log_share

UNHEARD = math.log(1e-7)
"""Share by which a word counts in a language that does not have it."""
MARGIN = 4.0
"""How much likelier (natural logarithm) a line must be in one language than in any other; a common word gives 4 to 9."""
KNOWN_SHARE = 0.5
"""Share of the words that the language must have: a line of names and slips is in none."""


def language_of(text: str, languages: Sequence[str], *, names: Collection[str] = ()) -> str | None:
    """The language of a text among those of its event, or None where it is unsure: numbers, names, words of both.

    names: lower-case words that belong to every language.
    """
    words = [word for word in split_letters(text) if word not in names]
    if not words:
        return None
    shares = {language: [log_in(word, language) for word in words] for language in languages}
    best, *others = sorted(languages, key=lambda language: sum(shares[language]), reverse=True)
    known = sum(share > UNHEARD for share in shares[best]) / len(words)
    ahead = all(sum(shares[best]) - sum(shares[other]) >= MARGIN for other in others)
    return best if ahead and known >= KNOWN_SHARE else None


def log_in(word: str, language: str) -> float:
    """Natural logarithm of a lower-case word's share in a language, at least UNHEARD."""
    if language == "cy":
        return max(log_share(word), UNHEARD)
    share = english_frequencies().get(word, 0.0)
    return max(math.log(share), UNHEARD) if share else UNHEARD


def name_languages(lines: Iterable[Line], languages: Sequence[str], *, names: Collection[str] = ()) -> list[Line]:
    """The lines with their languages."""
    return [line.model_copy(update={"language": language_of(line.text, languages, names=names)}) for line in lines]
