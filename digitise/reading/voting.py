"""One text out of several looks at a line, and how far they bear out each of its words.

Every look proposes its best texts; each text is then weighed by all looks: the mean of its CTC log likelihoods (a product of experts,
Hinton 2002) plus the word model's score. That keeps a reading that one look proposed and the others can live with, where a vote
word by word (ROVER, Fiscus 1997) needs a majority.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from digitise.reading.alternatives import bare_word, other_readings, same_letters
from digitise.reading.decoding import SPACE_FLOOR, Decoded, RawCharacters, best_texts, greedy_characters, place_words, text_score
from digitise.reading.lexicon import Lexicon
from digitise.reading.support import log_likelihoods

FloatMap = npt.NDArray[np.float32]

TEXTS_PER_LOOK = 6
INK_WEIGHT = 0.7
"""Exponent of the ink against the word model: the looks err together, so their mean is too sure of itself. Between 0.6 and 0.85 word F1 on
the real photos is the same within 0.2 points."""
LEAST_PROBABILITY = 1e-5
"""Of any character at any step, so that one look that saw something else entirely cannot rule a text out."""
MOST_AGAINST = 30.0
"""A look finds no text less likely than its favourite by more than this (natural logarithm), even one longer than it has steps for."""
MOST_ALTERNATIVES = 3
POSSIBLE = 0.01
"""Share of all weighed texts from which a text's words are offered: of 167 wrong words in the real photos 36 then have the
right one among their other readings, with no limit 38."""
LOST_SPACE = re.compile(r"(?<=[^\W\d_]{2}[,;!?])(?=[^\W\d_]{2})|(?<=[^\W\d_]{3}\))(?=[^\W\d_]{2})|(?<=[^\W\d_]{3})(?=\([^\W\d_]{2})")
"""Where nobody writes on without a gap: after a comma, outside brackets; 'word(s)' and '(re)use' stay."""


class Evidence(NamedTuple):
    """What speaks for one word; each 0..1 except ink. Readings that differ by case, spaces or outer signs count as the same."""

    ink: float
    """Mean over looks of the logarithm of the geometric mean of its letters' probabilities."""
    posterior: float
    """Share of all weighed texts, by their scores, that have this word."""
    agreement: float
    """Share of looks whose own best text has this word."""
    raw: float
    """Share of looks whose most likely characters, before any word model, spell it in this place."""
    unlike: float
    """How far those characters differ from it: edits by its letters, at most 1, mean over looks."""


class Vote(NamedTuple):
    decoded: Decoded
    """Words placed in the first look."""
    evidence: tuple[Evidence, ...]
    """One for each word."""
    alternatives: tuple[tuple[str, ...], ...]
    """For each word up to three other readings: the likeliest of the other texts, and what most looks read there without a word model."""


def weigh_texts(
    looks: Sequence[FloatMap], characters: Sequence[str], lexicon: Lexicon, *, raw: Sequence[RawCharacters] | None = None
) -> Vote:
    """Read one line. looks: one or more (T, A) over the same characters, rows sum to 1, column 0 the blank; the first is the plain one.

    raw: what the recogniser itself reads in each look, where that has characters that are not among these."""
    raw = [greedy_characters(look, characters) for look in looks] if raw is None else raw
    proposed = [[t for t, _ in best_texts(look, characters, lexicon, TEXTS_PER_LOOK)] for look in looks]
    texts = sorted({t for own in proposed for t in own if t})
    if not texts:
        return Vote(place_words("", looks[0], characters, raw=raw[0]), (), ())
    ink = np.array([log_likelihoods(_lift(look, characters.index(" ")), characters, texts) for look in looks])
    ink = np.maximum(ink, ink.max(axis=1, keepdims=True) - MOST_AGAINST)
    scores = INK_WEIGHT * ink.mean(axis=0) + np.array([text_score(t, lexicon) for t in texts])
    posterior = np.exp(scores - scores.max())
    posterior /= posterior.sum()
    texts, proposed = [restore_spaces(t) for t in texts], [[restore_spaces(t) for t in own] for own in proposed]
    text = texts[int(scores.argmax())]
    placed = [place_words(text, look, characters, raw=own) for look, own in zip(looks, raw, strict=True)]
    rivals = other_readings(text, [texts[i] for i in np.argsort(-scores) if posterior[i] >= POSSIBLE])
    bare_texts, bare_own = [_bare_words(t) for t in texts], [_bare_words(own[0]) for own in proposed]
    evidence, alternatives = [], []
    for k, word in enumerate(placed[0].words):
        raws, bare = [p.words[k].raw for p in placed], bare_word(word.text)
        evidence.append(
            Evidence(
                ink=float(np.mean([math.log(max(p.words[k].confidence, 1e-7)) for p in placed])),
                posterior=float(sum(share for share, words in zip(posterior, bare_texts, strict=True) if bare in words)),
                agreement=float(np.mean([bare in words for words in bare_own])),
                raw=float(np.mean([bare_word(raw) == bare for raw in raws])),
                unlike=float(np.mean([min(1.0, Levenshtein.distance(bare_word(raw), bare) / len(bare)) for raw in raws])),
            )
        )
        others = [raw for raw in raws if raw and not same_letters(raw, word.text)]
        raw_first = sorted(set(others), key=lambda raw: (-others.count(raw), others.index(raw)))[:1]
        offered = dict.fromkeys((*rivals[k][: MOST_ALTERNATIVES - len(raw_first)], *raw_first, *rivals[k], *others))
        alternatives.append(tuple(offered)[:MOST_ALTERNATIVES])
    return Vote(placed[0], tuple(evidence), tuple(alternatives))


def _bare_words(text: str) -> frozenset[str]:
    return frozenset(bare_word(word) for word in text.split(" "))


def restore_spaces(text: str) -> str:
    """The text with the spaces that its signs ask for and that the recogniser often leaves out."""
    return LOST_SPACE.sub(" ", text)


def _lift(probabilities: FloatMap, space: int) -> FloatMap:
    """Nothing impossible, and a space wherever there may be a gap, as in decoding."""
    lifted = np.maximum(probabilities, np.float32(LEAST_PROBABILITY))
    lifted[:, space] = np.maximum(lifted[:, space], SPACE_FLOOR * probabilities[:, 0])
    return lifted
