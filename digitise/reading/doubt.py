"""How likely a word as read is right: the recogniser's own figures, what the looks agree on and what the word model knows, calibrated.

Networks are too sure of themselves (Guo et al., "On calibration of modern neural networks", 2017), and a fluent wrong word looks no
different from a right one by its letters alone. The weights here are a logistic regression on drawn lines; see benchmarks/calibrate.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from digitise.reading.lexicon import Lexicon
from digitise.reading.voting import Evidence

LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
LEAST_INK = -4.0
LEAST_SHARE = 0.003
"""Shares are taken as log odds; beyond this they say no more."""
RAREST = -25.0
SIGNS_ONLY = -12.0
"""Word-model figure of a token without letters: numbers are neither known nor unknown."""

SUREST_UNKNOWN = 0.85
"""A word that no list holds is never surer than this: the drawn lines have next to no such words, and most of those on real photos are
misread."""

WEIGHTS: Mapping[str, float] = {
    "constant": -5.25,
    "ink": 0.08,
    "posterior": 0.18,
    "agreement": 1.34,
    "raw": 2.12,
    "score": 1.10,
    "rarity": 1.87,
    "unknown": -3.37,
    "length": 2.48,
    "one letter": 2.53,
}
"""Fitted by benchmarks/calibrate.py on 3,528 words of 1,400 drawn lines (seeds 2026 and 2027), before the word model judged spelling.

Fitted again with it, two weights move: constant -6.8, unknown -0.8, because one drawn word in nine is in no list, far more than on walls.
On the real photos that is worse (AUC 0.877 instead of 0.890, calibration error 0.056 instead of 0.036), so all stayed as they were."""


def right_probability(text: str, evidence: Evidence, *, score: float, lexicon: Lexicon) -> float:
    """Probability that a word was read right, 0..1. score: mean of the looks' reading scores of its line."""
    features = word_features(text, evidence, score=score, lexicon=lexicon)
    probability = 1 / (1 + math.exp(-sum(WEIGHTS[name] * value for name, value in features.items())))
    return min(probability, SUREST_UNKNOWN) if features["unknown"] else probability


def word_features(text: str, evidence: Evidence, *, score: float, lexicon: Lexicon) -> dict[str, float]:
    """What the calibration looks at, by name."""
    parts = [part.lower().replace("’", "'") for part in LETTERS.findall(text)]
    unknown = [not lexicon.is_known(part) for part in parts]
    shares = [RAREST if new else lexicon.log_probability(part) for new, part in zip(unknown, parts, strict=True)]
    letters = sum(len(part) for part in parts)
    return {
        "constant": 1.0,
        "ink": max(evidence.ink, LEAST_INK),
        "posterior": _log_odds(evidence.posterior),
        "agreement": evidence.agreement,
        "raw": evidence.raw,
        "score": _log_odds(score),
        "rarity": max(min(shares, default=SIGNS_ONLY), RAREST) / 10,
        "unknown": float(any(unknown)),
        "length": math.log(max(letters, 1)),
        "one letter": float(letters <= 1),
    }


def _log_odds(share: float) -> float:
    share = min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    return math.log(share / (1 - share))
