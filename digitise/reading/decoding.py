"""From character probabilities to words: CTC prefix beam search with a word model, and the ink's own view of each word.

Prefix beam search: Hannun et al., "First-pass large vocabulary continuous speech recognition using bi-directional
recurrent DNNs", 2014. The word model only tips the scales where the ink wavers; what the recogniser read by
itself is kept beside it, and a word whose letters the model changed is marked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitise.reading.lexicon import HANDLE_SIGNS, Lexicon

FloatMap = npt.NDArray[np.float32]

BEAM = 20
"""Prefixes kept per step; with 14 word F1 on the real photos is 0.6 points lower, with 60 the same."""
BEAM_DEPTH = 10.0
"""Prefixes whose score falls this far behind are not followed."""
LEAST_PROBABILITY = 1e-3
"""Characters less likely than this at a step are not tried; 1e-4 reads the benchmark the same."""
SPACE_FLOOR = 2e-4
"""A space is always possible at this probability: marker writing often leaves no gap that the network sees."""
WORD_WEIGHT = 0.7
"""Exponent of the word model; the real photos read best between 0.7 and 1.0, and names suffer as it grows."""
WORD_BONUS = 1.0
"""Added per word: each word costs, so that without it words run together. From 0.7 to 1.5 photos and samples read best."""
SIGN_COST = -4.0
"""Word-model score of a digit or sign, so that it is no cheaper than a letter."""
HANDLE_INK = 0.3
"""Least probability of @ or # at a step for it to be tried: a handle may be spelled anyhow, so that a trace of a sign would open that way
round the word model for any word ('rural vs. urban' became '#nuralvs.wrlown'). No other sign is free of it."""
HANDLE_INSIDE = "0123456789_-."
"""What may stand inside an @name or #tag beside letters."""
NEGLIGIBLE = -1e30


Beam = tuple[float, float, float, str]
"""Log probability ending in a blank, log probability ending in the last character, finished words' score, the word being written."""
Beams = dict[str, Beam]
"""Prefix -> its state."""


RawCharacters = list[tuple[str, int]]
"""The recogniser's own characters with the time step of each."""


class DecodedWord(NamedTuple):
    text: str
    raw: str
    """The recogniser's own most likely characters in the same place."""
    confidence: float
    """Geometric mean of the probabilities that the ink gives to the characters of `text`; 0..1."""
    start: int
    """First and last time step of the word, inclusive."""
    end: int


class Decoded(NamedTuple):
    words: tuple[DecodedWord, ...]
    raw: str
    """The recogniser's own most likely line (greedy decoding)."""
    confidence: float
    """Mean of the words' confidences weighted by length; 0 for an empty line."""

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)


def decode_line(probabilities: FloatMap, characters: Sequence[str], lexicon: Lexicon) -> Decoded:
    """Read one line.

    probabilities: (T, A), rows sum to 1, column 0 the blank; characters: what each column stands for ('' for the blank).
    """
    return place_words(beam_search(probabilities, characters, lexicon), probabilities, characters)


def place_words(text: str, probabilities: FloatMap, characters: Sequence[str], *, raw: RawCharacters | None = None) -> Decoded:
    """The words of a line whose text is settled: where each stands, and what the ink says of it. Arguments as for decode_line; raw: what
    the recogniser itself read, where it knows more characters than these."""
    if not len(probabilities):
        return Decoded((), "", 0.0)
    raw_chars = greedy_characters(probabilities, characters) if raw is None else raw
    raw_line = "".join(c for c, _ in raw_chars).strip()
    if not text:
        return Decoded((), raw_line, 0.0)
    columns = {c: i for i, c in enumerate(characters)}
    spans = align(np.log(np.maximum(probabilities, 1e-7)), [columns[c] for c in text])
    words = tuple(_split_words(text, spans, probabilities, columns, raw_chars))
    total = sum(len(w.text) for w in words)
    return Decoded(words, raw_line, sum(w.confidence * len(w.text) for w in words) / total if total else 0.0)


def greedy_characters(probabilities: FloatMap, characters: Sequence[str]) -> RawCharacters:
    """Most likely character per step with repeats and blanks removed, each with its time step."""
    best = probabilities.argmax(axis=1)
    return [(characters[c], t) for t, c in enumerate(best) if c != 0 and (t == 0 or best[t - 1] != c)]


def beam_search(probabilities: FloatMap, characters: Sequence[str], lexicon: Lexicon) -> str:
    """Most likely text under ink and word model together."""
    return best_texts(probabilities, characters, lexicon, 1)[0][0]


def best_texts(probabilities: FloatMap, characters: Sequence[str], lexicon: Lexicon, count: int) -> list[tuple[str, float]]:
    """The most likely texts under ink and word model together, best first, with their log scores; '' where nothing is likelier."""
    space = characters.index(" ")
    least = np.array([HANDLE_INK if c and c in HANDLE_SIGNS else LEAST_PROBABILITY for c in characters])
    beams: Beams = {"": (0.0, NEGLIGIBLE, 0.0, "")}
    ranks = {"": 0.0}
    for row in probabilities:
        blank = math.log(row[0]) if row[0] > LEAST_PROBABILITY else NEGLIGIBLE
        if row[0] > 1 - LEAST_PROBABILITY:
            beams = {text: (_add(pb, pc) + blank, NEGLIGIBLE, done, word) for text, (pb, pc, done, word) in beams.items()}
            continue
        tried = [(characters[i], math.log(float(row[i]))) for i in np.flatnonzero(row > least).tolist() if i != 0]
        if row[space] <= LEAST_PROBABILITY < row[0]:
            # a space may stand where the network sees a gap, never in place of a letter
            tried.append((" ", math.log(max(float(row[space]), SPACE_FLOOR * float(row[0])))))
        grown = _grow(beams, ranks, blank, tried, lexicon)
        # an unfinished word counts as the likeliest one it can become: else joined words, whose cost comes later, crowd out split ones
        ranks = {text: _add(pb, pc) + done + _start_score(word, lexicon) for text, (pb, pc, done, word) in grown.items()}
        beams = {text: grown[text] for text in sorted(ranks, key=ranks.__getitem__, reverse=True)[:BEAM]}
    found: dict[str, float] = {}
    for text, (pb, pc, done, word) in beams.items():
        score = _add(pb, pc) + done + _word_score(word, lexicon)
        found[text.strip()] = max(score, found.get(text.strip(), -math.inf))
    return sorted(found.items(), key=lambda item: item[1], reverse=True)[:count]


def _grow(beams: Beams, ranks: Mapping[str, float], blank: float, tried: Sequence[tuple[str, float]], lexicon: Lexicon) -> Beams:
    """All prefixes one time step later, but for those that fall hopelessly behind.

    ranks: the scores by which the prefixes were chosen; blank: log probability of the blank; tried: characters with theirs.
    """
    grown: Beams = {}
    # no score grows from step to step, so what is far behind with its character alone stays behind
    least = max(ranks[text] for text in beams) + max([blank, *(log_p for _, log_p in tried)]) - BEAM_DEPTH
    for text, (pb, pc, done, word) in beams.items():
        last, rank, either = text[-1:], ranks[text], _add(pb, pc)
        if rank + blank >= least:
            _merge(grown, text, (either + blank, NEGLIGIBLE, done, word))
        for char, log_p in tried:
            if rank + log_p < least:
                continue
            begun = either
            if char == last:
                _merge(grown, text, (NEGLIGIBLE, pc + log_p, done, word))
                begun = pb
            if begun > NEGLIGIBLE / 2 and not (char == " " and (not text or last == " ")):
                _merge(grown, text + char, (NEGLIGIBLE, begun + log_p, *_continue_word(done, word, char, lexicon)))
    return grown


def text_score(text: str, lexicon: Lexicon) -> float:
    """The word model's share of a text's score in best_texts."""
    done, word = 0.0, ""
    for char in text:
        done, word = _continue_word(done, word, char, lexicon)
    return done + _word_score(word, lexicon)


def _merge(beams: Beams, text: str, new: Beam) -> None:
    """Add another path to the same prefix."""
    old = beams.get(text)
    beams[text] = new if old is None else (_add(old[0], new[0]), _add(old[1], new[1]), new[2], new[3])


def _continue_word(done: float, word: str, char: str, lexicon: Lexicon) -> tuple[float, str]:
    """Finished score and current word after one more character."""
    if char.isalpha() or (char in "'’" and word) or (word[:1] in HANDLE_SIGNS and word and char in HANDLE_INSIDE):
        return done, word + ("'" if char == "’" else char.lower())
    closed = done + _word_score(word, lexicon)
    if char == " ":
        return closed, ""
    # after @ and # stands a name, which need not be spelled like a word
    return closed + WORD_WEIGHT * SIGN_COST, char if char in HANDLE_SIGNS else ""


def _word_score(word: str, lexicon: Lexicon) -> float:
    word = word.rstrip("'")
    return WORD_BONUS + WORD_WEIGHT * lexicon.log_probability(word) if word else 0.0


def _start_score(word: str, lexicon: Lexicon) -> float:
    return WORD_BONUS + WORD_WEIGHT * lexicon.log_prefix(word) if word else 0.0


def _add(a: float, b: float) -> float:
    """log(exp a + exp b)."""
    if a < b:
        a, b = b, a
    return a if b <= NEGLIGIBLE / 2 else a + math.log1p(math.exp(b - a))


def align(log_probabilities: npt.NDArray[np.floating], labels: Sequence[int]) -> list[tuple[int, int]]:
    """First and last time step of each label on the most likely CTC path (Viterbi).

    log_probabilities: (T, A). Labels that do not fit into T steps get the last step.
    """
    steps = len(log_probabilities)
    extended = [0]
    for label in labels:
        extended += [label, 0]
    n = len(extended)
    score = np.full(n, -np.inf)
    score[:2] = log_probabilities[0, extended[:2]]
    came = np.zeros((steps, n), np.int8)
    labels_at = np.asarray(extended)
    skips = np.zeros(n, bool)
    skips[2:] = (labels_at[2:] != 0) & (labels_at[2:] != labels_at[:-2])
    for t in range(1, steps):
        stay = score
        one = np.concatenate([[-np.inf], score[:-1]])
        two = np.where(skips, np.concatenate([[-np.inf, -np.inf], score[:-2]]), -np.inf)
        options = np.stack([stay, one, two])
        came[t] = options.argmax(axis=0)
        score = options.max(axis=0) + log_probabilities[t, labels_at]
    place = n - 1 if score[n - 1] >= score[n - 2] else n - 2
    spans: list[list[int]] = [[] for _ in labels]
    for t in range(steps - 1, -1, -1):
        if place % 2:
            spans[place // 2].append(t)
        place -= int(came[t, place])
    return [(min(s), max(s)) if s else (steps - 1, steps - 1) for s in spans]


def _split_words(
    text: str,
    spans: Sequence[tuple[int, int]],
    probabilities: FloatMap,
    columns: dict[str, int],
    raw_chars: Sequence[tuple[str, int]],
) -> list[DecodedWord]:
    words = []
    place = 0
    bounds: list[tuple[int, int, int, int]] = []
    for piece in text.split(" "):
        if piece:
            bounds.append((place, place + len(piece), spans[place][0], spans[place + len(piece) - 1][1]))
        place += len(piece) + 1
    for k, (a, b, start, end) in enumerate(bounds):
        ink = [
            max(float(probabilities[s : e + 1, columns[text[i]]].max()), 1e-7) for i, (s, e) in zip(range(a, b), spans[a:b], strict=True)
        ]
        left = -1 if k == 0 else (bounds[k - 1][3] + start) / 2
        right = len(probabilities) if k + 1 == len(bounds) else (end + bounds[k + 1][2]) / 2
        raw = "".join(c for c, t in raw_chars if left < t <= right).strip()
        words.append(DecodedWord(text[a:b], raw, math.exp(sum(map(math.log, ink)) / len(ink)), start, end))
    return words
