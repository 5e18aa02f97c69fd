"""Letters with marks that the event's languages do not write, or that the recogniser does not know: ŵ, ŷ, â, ë.

Where it sees one, its network spreads its belief over marked letters of all languages (ø, ā, ę for ŵ), often with the blank ahead of each.
Their columns are masked for decoding, so the letter would go without a trace: 'Dŵr' read 'Dr', and surely. But together they
say plainly that a marked letter stands there: on 1,238 lines of real photos, none of which has one, they reach LEAST_MARK once.
So their belief is shared among the marked letters that people here write, the word lists decide, and the word is marked as doubtful.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatMap = npt.NDArray[np.float32]
Indices = list[int]

LEAST_MARK = 0.2
"""Probability of all marked letters together, at some step of a line, from which one stands in it."""


def is_marked(character: str) -> bool:
    """Whether a character is a letter with a mark over, under or through it."""
    return character.isalpha() and (len(unicodedata.normalize("NFD", character)) > 1 or character in "øØ")


def has_marks(looks: Sequence[FloatMap], characters: Sequence[str]) -> bool:
    """Whether a letter with a mark stands in a line; looks: (T, A) each over `characters`."""
    columns = _marked(characters)
    return bool(columns) and any(len(look) > 0 and look[:, columns].sum(axis=1).max() >= LEAST_MARK for look in looks)


def gather_marks(probabilities: FloatMap, characters: Sequence[str]) -> FloatMap:
    """Probabilities (T, A) with the likeliest marked letter certain at each step where one stands: what the recogniser itself says, were it
    to name one letter. A new array."""
    columns = _marked(characters)
    gathered = probabilities.copy()
    if columns and len(probabilities):
        marks = probabilities[:, columns]
        seen = np.flatnonzero(marks.sum(axis=1) >= LEAST_MARK)
        gathered[seen] = 0
        gathered[seen, np.asarray(columns)[marks[seen].argmax(axis=1)]] = 1
    return gathered


def share_marks(probabilities: FloatMap, characters: Sequence[str], allowed: frozenset[str]) -> FloatMap:
    """Probabilities (T, A) with those of marked letters that are not allowed shared equally by those that are, capitals by capitals.
    A new array; rows keep their sums."""
    shared = probabilities.copy()
    for upper in (False, True):
        columns = [i for i in _marked(characters) if characters[i].isupper() is upper]
        known = [i for i in columns if characters[i] in allowed]
        foreign = [i for i in columns if characters[i] not in allowed]
        if known and foreign:
            shared[:, known] += probabilities[:, foreign].sum(axis=1, keepdims=True) / len(known)
            shared[:, foreign] = 0
    return shared


def _marked(characters: Sequence[str]) -> Indices:
    return [i for i, c in enumerate(characters) if c and is_marked(c)]
