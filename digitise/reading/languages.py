"""The language of a line, told from its words; unsaid where they do not tell."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from digitise.model import Line
from digitise.reading.lexicon import english_frequencies, split_letters
from digitise.reading.welsh_words import log_share

UNHEARD = math.log(1e-7)
"""Share by which a word counts in a language that does not have it."""
MARGIN = 4.0
"""How much likelier (natural logarithm) a line must be in one language than in any other; a common word gives 4 to 9."""
KNOWN_SHARE = 0.5
"""Share of the words that the language must have: a line of names and slips is in none."""
STRANGE = -12.0
"""Mean logarithm of its words' English shares below which a line of some words is hardly English, although the English list, gathered from
the web, holds many Welsh words: of 249 such lines as read from 31 photos of English walls 10 lie below, of 24 Welsh sentences all."""
STRANGE_WORDS = 3
MANY_LINES = 3
MANY_SHARE = 0.25
"""So many of a photo's lines must be strange before the Welsh list is asked about them, which costs 0.8 s and 90 MiB; and so many be
Welsh before somebody is told."""


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


def name_languages(lines: Sequence[Line], languages: Sequence[str], *, names: Collection[str] = ()) -> list[Line]:
    """The lines with their languages. An event's settings may forget one of the two, so each is weighed against the other where need be."""
    weighed = dict.fromkeys((*languages, "en"))
    long = [words for line in lines if len(words := [w for w in split_letters(line.text) if w not in names]) >= STRANGE_WORDS]
    strange = sum(_is_strange(words) for words in long)
    if "cy" not in weighed and strange >= MANY_LINES and strange >= MANY_SHARE * len(long):
        weighed["cy"] = None
    return [line.model_copy(update={"language": _name(line.text, tuple(weighed), names)}) for line in lines]


def _name(text: str, languages: Sequence[str], names: Collection[str]) -> str | None:
    words = [word for word in split_letters(text) if word not in names]
    if languages == ("en",) and len(words) >= STRANGE_WORDS and _is_strange(words):
        return None
    return language_of(text, languages, names=names)


def _is_strange(words: Sequence[str]) -> bool:
    return sum(log_in(word, "en") for word in words) < STRANGE * len(words)


def forgotten_language(lines: Sequence[Line], languages: Sequence[str]) -> str | None:
    """A language that many lines are in and that the event's settings leave out; None where there is none."""
    named = [line.language for line in lines if line.language is not None]
    others = [language for language in named if language not in languages]
    if len(others) < MANY_LINES or len(others) < MANY_SHARE * len(named):
        return None
    return max(set(others), key=others.count)
