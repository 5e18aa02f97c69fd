"""How well a string of letters is spelled like a word: character n-grams, for names, acronyms and words that no list holds.

Without them a word list's alternative to a known word is anything at all, at so much per letter, and 'typesof' or 'viernnumber' cost no
more than a name. Interpolated estimates after Witten and Bell 1991, as in Chen and Goodman, "An empirical study of smoothing
techniques for language modeling", 1999. The counts are made from word lists when first needed (0.6 s for 95,000 words), nothing is stored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

ORDER = 5
"""Letters that are looked at together, the one judged included. On the real photos 4, 5 and 6 read alike, 3 reads 0.3 points worse."""
_BITS = 6
"""Of one letter in a packed n-gram."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz'âêîôûŵŷáéíóúàèìòùäëïöüçñỳẁẃẅýÿ"
_CODES = {letter: code for code, letter in enumerate(_LETTERS, 2)}
_EDGE = 0
_OTHER = 1
_SIZE = len(_LETTERS) + 2


class CharacterModel:
    """Probabilities of a word's letters, each given the four before it."""

    def __init__(self, words: Iterable[tuple[str, float]]) -> None:
        """words: lower-case words, each with its weight (> 0)."""
        ends, weights = _pack(words)
        # count and total weight per n-gram, and how many different letters follow each beginning
        self._counts: list[dict[int, float]] = []
        self._totals: list[dict[int, tuple[float, int]]] = []
        for order in range(1, ORDER + 1):
            grams, place = np.unique(ends & ((1 << (_BITS * order)) - 1), return_inverse=True)
            counts = np.bincount(place, weights)
            starts, place = np.unique(grams >> _BITS, return_inverse=True)
            followers = np.bincount(place).tolist()
            self._counts.append(dict(zip(grams.tolist(), counts.tolist(), strict=True)))
            totals = zip(np.bincount(place, counts).tolist(), followers, strict=True)
            self._totals.append(dict(zip(starts.tolist(), totals, strict=True)))
        self._log_next = lru_cache(maxsize=500_000)(self._log_next_uncached)

    def log_start(self, start: str) -> float:
        """Natural logarithm of the probability that a word begins with these letters (lower case)."""
        history, total = 0, 0.0
        for letter in start:
            code = _CODES.get(letter, _OTHER)
            total += self._log_next(history, code)
            history = _after(history, code)
        return total

    def log_word(self, word: str) -> float:
        """Natural logarithm of the probability that a word is spelled so and ends here (lower case)."""
        history = 0
        for letter in word:
            history = _after(history, _CODES.get(letter, _OTHER))
        return self.log_start(word) + self._log_next(history, _EDGE)

    def _log_next_uncached(self, history: int, code: int) -> float:
        probability = 1.0 / _SIZE
        for order in range(ORDER):
            start = history & ((1 << (_BITS * order)) - 1)
            seen = self._totals[order].get(start)
            if seen is None:
                break
            total, followers = seen
            count = self._counts[order].get((start << _BITS) | code, 0.0)
            probability = (count + followers * probability) / (total + followers)
        return math.log(probability)


def _after(history: int, code: int) -> int:
    return ((history << _BITS) | code) & ((1 << (_BITS * (ORDER - 1))) - 1)


def _pack(words: Iterable[tuple[str, float]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """For each letter of each word, and for its end: the letter with the four before it in one number, and the word's weight."""
    codes: list[int] = []
    lengths: list[int] = []
    weights: list[float] = []
    for word, weight in words:
        codes += [_EDGE] * (ORDER - 1)
        codes += [_CODES.get(letter, _OTHER) for letter in word]
        codes.append(_EDGE)
        lengths.append(len(word) + ORDER)
        weights.append(weight)
    flat = np.asarray(codes, np.int64)
    packed = np.zeros_like(flat)
    for back in range(ORDER):
        packed[back:] |= flat[: len(flat) - back] << (_BITS * back)
    place = np.arange(len(flat)) - np.repeat(np.cumsum([0, *lengths[:-1]]), lengths)
    judged = place >= ORDER - 1
    return packed[judged], np.repeat(np.asarray(weights, float), lengths)[judged]
