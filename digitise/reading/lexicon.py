"""Which words are likely: word frequencies per language, and the event's own names.

English frequencies come from `wordfreq` (Speer 2022); it has no Welsh, see welsh_words.py. What no list holds is judged by its letters,
see ngrams.py.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Protocol

import wordfreq

from digitise.reading.ngrams import CharacterModel
from digitise.reading.welsh_words import NEVER, UNSEEN, log_share, log_start_share, welsh_forms

WELSH_LETTERS = "âêîôûŵŷáéíóúàèìòùäëïöüẁẃẅỳýÿ"
LOANWORD_LETTERS = "éèêçïñô"
"""Letters with marks that English writes in loan words (café, naïve, façade)."""
ONE_LETTER_WORDS = "aioyeuâ"
"""Of single letters only these are words. Word lists count the pieces of contractions (t, s, m), which would break long words up."""
SIGNS = "£€‘’“”–—…°•→←½¼²✓✔"

OWN_WORD = math.log(2e-4)
"""A name from the event's glossary is as likely as a common noun: on this wall it is one."""
SEEN_WORD = math.log(1 / 400)
"""A word read with certainty elsewhere on the same wall, which has some hundreds of words. From 1/1800 to 1/150 word F1 on the real photos
is the same within 0.2 points."""
UNKNOWN_WORD = -8.0
"""Logarithm of the share of words that no list holds, times the weight of spelling against frequency. On the real photos word F1 is
within 0.4 points from -5 to -11."""
HANDLE_LETTER = -1.4
"""Cost of each letter of an @name or #tag, which need not be spelled like a word: what the ink says stands unless it wavers."""
HANDLE_SIGNS = "@#"
LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
ENGLISH_SPELLING_LEAST = 1e-7
WELSH_SPELLING_STEP = 4
"""Spelling is learnt from the 90,000 English words not rarer than one in ten million and from every fourth Welsh form: rarer and more ones
take a second longer and change nothing."""


class Lexicon(Protocol):
    """Anything that can say how likely a word is."""

    def log_probability(self, word: str) -> float:
        """Natural logarithm of a lower-case word's probability."""
        ...

    def log_prefix(self, start: str) -> float:
        """Natural logarithm of the probability of the likeliest word that begins with `start`; never less than that of `start` as an
        unknown word."""
        ...

    def is_known(self, word: str) -> bool:
        """Whether a list or the event holds the lower-case word."""
        ...


class EventLexicon:
    """The words of an event's languages and its own vocabulary."""

    def __init__(self, languages: Iterable[str], vocabulary: Iterable[str] = ()) -> None:
        """vocabulary: names and terms as people write them."""
        self._languages = frozenset(languages)
        self._vocabulary = tuple(vocabulary)
        self._english = english_frequencies() if "en" in self._languages else {}
        names = {part for entry in self._vocabulary for part in _words(entry)}
        # people leave the marks of 'Tŷ Gobaith' out, and so does the recogniser
        self._own = dict.fromkeys(names | {_without_marks(name) for name in names}, OWN_WORD)
        self._own_starts = _starts(self._own, OWN_WORD)
        self._spelling = [spelling_model(language) for language in sorted(self._languages)]
        self.log_probability = lru_cache(maxsize=100_000)(self._log_probability)
        self.log_prefix = lru_cache(maxsize=100_000)(self._log_prefix)

    @property
    def names(self) -> frozenset[str]:
        """The lower-case words of the event's own vocabulary."""
        return frozenset(self._own)

    def with_seen(self, words: Iterable[str]) -> Lexicon:
        """This lexicon with words (lower case) that were read elsewhere on the same wall."""
        return SeenLexicon(self, words)

    def is_known(self, word: str) -> bool:
        """Whether a list or the event holds the lower-case word."""
        return self._log_known(word) > NEVER

    def _log_probability(self, word: str) -> float:
        if word[:1] in HANDLE_SIGNS:
            return HANDLE_LETTER * (len(word) - 1)
        return max(self._log_known(word), UNKNOWN_WORD + max(model.log_word(word) for model in self._spelling))

    def _log_known(self, word: str) -> float:
        # a glossary that has 'kids' must not cost "kid's" its apostrophe
        best = max(self._own.get(word, NEVER), self._own.get(word.replace("'", ""), NEVER))
        if len(word) == 1 and word not in ONE_LETTER_WORDS:
            return best
        frequency = self._english.get(word) or self._english.get(word.replace("'", ""), 0.0)
        if frequency:
            best = max(best, math.log(frequency))
        if "cy" in self._languages or not UNSEEN.isdisjoint(word):  # ŵ and ŷ stand in Welsh words only
            best = max(best, log_share(word))
        return best

    def _log_prefix(self, start: str) -> float:
        if start[:1] in HANDLE_SIGNS:
            return HANDLE_LETTER * (len(start) - 1)
        best = UNKNOWN_WORD + max(model.log_start(start) for model in self._spelling)
        best = max(best, self._own_starts.get(start, best), self._own_starts.get(start.replace("'", ""), best))
        frequency = english_starts().get(start, 0.0) if self._english else 0.0
        if frequency:
            best = max(best, math.log(frequency))
        if "cy" in self._languages or not UNSEEN.isdisjoint(start):
            best = max(best, log_start_share(start))
        return best


class SeenLexicon:
    """A lexicon with words (lower case) that were read elsewhere on the same wall. It asks the other one about all else, so what that has
    worked out already stays known."""

    def __init__(self, lexicon: Lexicon, seen: Iterable[str]) -> None:
        self._lexicon = lexicon
        self._seen = dict.fromkeys(seen, SEEN_WORD)
        self._starts = _starts(self._seen, SEEN_WORD)

    def log_probability(self, word: str) -> float:
        return max(self._lexicon.log_probability(word), self._seen.get(word, NEVER), self._seen.get(word.replace("'", ""), NEVER))

    def log_prefix(self, start: str) -> float:
        return max(self._lexicon.log_prefix(start), self._starts.get(start, NEVER), self._starts.get(start.replace("'", ""), NEVER))

    def is_known(self, word: str) -> bool:
        return word in self._seen or word.replace("'", "") in self._seen or self._lexicon.is_known(word)


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
def spelling_model(language: str) -> CharacterModel:
    """How the words of a language are spelled, from its list; English words weigh by the square root of their frequency."""
    if language == "cy":
        return CharacterModel((form, 1.0) for form in welsh_forms()[::WELSH_SPELLING_STEP] if form.isalpha())
    return CharacterModel(
        (word, math.sqrt(share)) for word, share in english_frequencies().items() if share >= ENGLISH_SPELLING_LEAST and word.isalpha()
    )


def split_letters(text: str) -> list[str]:
    """The words of letters in a text, in lower case, with straight apostrophes."""
    return [part.lower().replace("’", "'") for part in LETTERS.findall(text)]


def _starts(words: Iterable[str], score: float) -> dict[str, float]:
    """Every beginning of the words, with the score."""
    return {word[:i]: score for word in words for i in range(1, len(word) + 1)}


def _words(entry: str) -> list[str]:
    return [w.strip(".,;:!?()'\"").lower() for w in entry.replace("-", " ").split()]


def _without_marks(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
