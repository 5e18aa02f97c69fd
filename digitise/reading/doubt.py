"""How likely a word as read is right: the recogniser's own figures, what the looks agree on and what the word model knows, calibrated.

Networks are too sure of themselves (Guo et al., "On calibration of modern neural networks", 2017), and a fluent wrong word looks no
different from a right one by its letters alone. The weights here are a logistic regression on drawn lines; see benchmarks/calibrate.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from string import ascii_lowercase

from digitise.reading.lexicon import Lexicon, split_letters
from digitise.reading.look_alikes import find_meant_words
from digitise.reading.voting import Evidence

LEAST_SHARE = 0.003
"""Shares are taken as log odds; beyond this they say no more."""
RAREST = -25.0
SIGNS_ONLY = -12.0
"""Word-model figure of a token without letters: numbers are neither known nor unknown."""
MOST_LIKELIER = 8.0
"""How much likelier (natural logarithm) a neighbouring word may be before it says no more: a common word beside one that nobody writes."""
SUREST_UNKNOWN = 0.85
"""A word that no list holds is never surer than this, so that a person looks at it: names matter, and on the real photos 11 of 18 such
words are misread, far more than among the drawn lines. An event's own names belong into its glossary. The same holds of what is a usual
word but for digits in place of letters."""

WEIGHTS: Mapping[str, float] = {
    "constant": -1.24,
    "posterior": 0.37,
    "agreement": 1.79,
    "unlike": -4.71,
    "score": 0.67,
    "rarity": 0.69,
    "neighbour": -0.35,
    "length": 0.42,
}
"""Fitted by benchmarks/calibrate.py on 5,263 words of 2,000 drawn lines (seeds 2026 and 2027, 1,000 each). Tried on 1,186 words of real
handwriting, of another century and with a pen: AUC 0.926, calibration error 0.036."""


def right_probability(text: str, evidence: Evidence, *, score: float, lexicon: Lexicon) -> float:
    """Probability that a word was read right, 0..1. score: mean of the looks' reading scores of its line."""
    features = word_features(text, evidence, score=score, lexicon=lexicon)
    probability = 1 / (1 + math.exp(-sum(WEIGHTS[name] * value for name, value in features.items())))
    unknown = features["rarity"] <= RAREST / 10 or find_meant_words(text, lexicon)
    return min(probability, SUREST_UNKNOWN) if unknown else probability


def word_features(text: str, evidence: Evidence, *, score: float, lexicon: Lexicon) -> dict[str, float]:
    """What the calibration looks at, by name."""
    parts = split_letters(text)
    shares = [lexicon.log_probability(part) if lexicon.is_known(part) else RAREST for part in parts]
    return {
        "constant": 1.0,
        "posterior": _log_odds(evidence.posterior),
        "agreement": evidence.agreement,
        "unlike": evidence.unlike,
        "score": _log_odds(score),
        "rarity": max(min(shares, default=SIGNS_ONLY), RAREST) / 10,
        "neighbour": max((likelier_neighbour(part, lexicon) for part in parts), default=0.0),
        "length": math.log(max(sum(len(part) for part in parts), 1)),
    }


def likelier_neighbour(word: str, lexicon: Lexicon) -> float:
    """How much likelier (natural logarithm, 0 to MOST_LIKELIER) the likeliest word is that differs by one letter or by two that changed
    places: 'feld' beside 'field', 'vien' beside 'view'."""
    own = lexicon.log_probability(word) if lexicon.is_known(word) else RAREST
    best = max((lexicon.log_probability(other) for other in _one_letter_off(word) if lexicon.is_known(other)), default=RAREST)
    return min(max(best - max(own, RAREST), 0.0), MOST_LIKELIER)


def _one_letter_off(word: str) -> Iterator[str]:
    for i in range(len(word) + 1):
        start, end = word[:i], word[i:]
        for letter in ascii_lowercase:
            yield start + letter + end
        if end:
            yield start + end[1:]
            for letter in ascii_lowercase:
                if letter != end[0]:
                    yield start + letter + end[1:]
        if len(end) > 1 and end[0] != end[1]:
            yield start + end[1] + end[0] + end[2:]


def _log_odds(share: float) -> float:
    share = min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    return math.log(share / (1 - share))
