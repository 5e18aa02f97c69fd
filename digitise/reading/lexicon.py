"""Which words are likely: word frequencies per language, and the event's own names.

English frequencies come from `wordfreq` (Speer 2022); it has no Welsh, so Welsh forms (with their mutations) come from `simplemma`'s
inflection list, which says that a form exists but not how common it is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Protocol

import wordfreq
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

WELSH_LETTERS = "âêîôûŵŷáéíóúàèìòùäëïöüẁẃẅỳýÿ"
LOANWORD_LETTERS = "éèêçïñô"
"""Letters with marks that English writes in loan words (café, naïve, façade)."""
ONE_LETTER_WORDS = "aioyeuâ"
"""Of single letters only these are words. Word lists count the pieces of contractions (t, s, m), which would break long words up."""
SIGNS = "£€‘’“”–—…°•→←½¼²✓✔"

OWN_WORD = math.log(2e-4)
"""A name from the event's glossary is as likely as a common noun: on this wall it is one."""
WELSH_WORD = math.log(2e-5)
WELSH_SHORT_WORD = math.log(2e-3)
"""Welsh forms of up to three letters are nearly all particles and prepositions (yn, ar, y, a, mae)."""
UNKNOWN_WORD = -11.0
"""An unknown word costs as much as a word seen once in 60,000, and ..."""
UNKNOWN_LETTER = -1.4
"""... this much more per letter. The pair keeps names and acronyms that the ink states clearly, and lets the ink be overruled only
where it wavers."""


class Lexicon(Protocol):
    """Anything that can say how likely a word is."""

    def log_probability(self, word: str) -> float:
        """Natural logarithm of a lower-case word's probability."""
        ...

    def log_prefix(self, start: str) -> float:
        """Natural logarithm of the probability of the likeliest word that begins with `start`; never less than that of `start` as an
        unknown word."""
        ...


class EventLexicon:
    """The words of an event's languages and its own vocabulary."""

    def __init__(self, languages: Iterable[str], vocabulary: Iterable[str] = ()) -> None:
        self._languages = frozenset(languages)
        self._own = frozenset(part for entry in vocabulary for part in _words(entry))
        self._english = english_frequencies() if "en" in self._languages else {}
        self._own_starts = frozenset(w[:i] for w in self._own for i in range(1, len(w) + 1))
        self.log_probability = lru_cache(maxsize=100_000)(self._log_probability)
        self.log_prefix = lru_cache(maxsize=100_000)(self._log_prefix)

    def _log_probability(self, word: str) -> float:
        best = UNKNOWN_WORD + UNKNOWN_LETTER * len(word)
        if word in self._own:
            best = max(best, OWN_WORD)
        frequency = self._english.get(word) or self._english.get(word.replace("'", ""), 0.0)
        if len(word) == 1 and word not in ONE_LETTER_WORDS:
            frequency = 0.0
        if frequency:
            best = max(best, math.log(frequency))
        if "cy" in self._languages and is_welsh(word) and (len(word) > 1 or word in ONE_LETTER_WORDS):
            best = max(best, WELSH_SHORT_WORD if len(word) <= 3 else WELSH_WORD)
        return best

    def _log_prefix(self, start: str) -> float:
        best = UNKNOWN_WORD + UNKNOWN_LETTER * len(start)
        if start in self._own_starts:
            best = max(best, OWN_WORD)
        frequency = english_starts().get(start, 0.0) if self._english else 0.0
        if frequency:
            best = max(best, math.log(frequency))
        if "cy" in self._languages and begins_welsh(start):
            best = max(best, WELSH_SHORT_WORD if len(start) <= 3 else WELSH_WORD)
        return best


def alphabet(languages: Iterable[str]) -> frozenset[str]:
    """Characters that people write in these languages. Anything else that the network proposes is a doodle."""
    letters = {chr(i) for i in range(32, 127)} | set(SIGNS) | set(LOANWORD_LETTERS + LOANWORD_LETTERS.upper())
    if "cy" in set(languages):
        letters |= set(WELSH_LETTERS + WELSH_LETTERS.upper())
    return frozenset(letters)


@cache
def english_frequencies() -> Mapping[str, float]:
    """Word -> share of all words, about 320,000 forms."""
    frequencies: Mapping[str, float] = wordfreq.get_frequency_dict("en")
    return frequencies


@cache
def english_starts() -> Mapping[str, float]:
    """Beginning of a word -> share of the commonest word that begins so; words rarer than one in ten million left out."""
    starts: dict[str, float] = {}
    for word, frequency in english_frequencies().items():
        if frequency < 1e-7:
            continue
        for i in range(1, len(word) + 1):
            if starts.get(word[:i], 0.0) < frequency:
                starts[word[:i]] = frequency
    return starts


@cache
def welsh_forms() -> tuple[str, ...]:
    """All Welsh word forms known, about 400,000, in alphabetical order."""
    return tuple(sorted({form.lower() for form in DefaultDictionaryFactory().get_dictionary("cy")}))


def is_welsh(word: str) -> bool:
    """Whether a Welsh form of that spelling exists (lower case)."""
    forms = welsh_forms()
    place = bisect_left(forms, word)
    return place < len(forms) and forms[place] == word


def begins_welsh(start: str) -> bool:
    """Whether some Welsh form begins so (lower case)."""
    forms = welsh_forms()
    place = bisect_left(forms, start)
    return place < len(forms) and forms[place].startswith(start)


def _words(entry: str) -> list[str]:
    return [w.strip(".,;:!?()'\"").lower() for w in entry.replace("-", " ").split()]
