"""How well the ink bears out a given text: the probability that the recogniser's own emissions give it.

This is the CTC likelihood (Graves et al., "Connectionist temporal classification", 2006, section 4.1): the sum over all ways in which the
text can be laid over the time steps. It lets somebody else's reading of a line be weighed against the recogniser's, on the same
ink, without believing either.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from digitise.model import Quad

RgbArray = npt.NDArray[np.uint8]
FloatMap = npt.NDArray[np.float32]

FLOOR = 1e-7
"""Least probability of a character at a step: the networks' own figures below are noise."""
IMPOSSIBLE = -1e9
"""Log probability of a text that does not fit: longer than the writing has steps for, or with characters unknown to the recogniser."""
SAME_SIGN = str.maketrans("’‘“”–—…", "''\"\"--.")
"""Signs that writing does not tell apart."""


@runtime_checkable
class InkWitness(Protocol):
    """An engine that can say how well the ink bears out texts that others offer."""

    def support(self, rgb: RgbArray, quad: Quad, texts: Sequence[str]) -> list[float]:
        """Natural logarithm of each text's probability, given the writing inside `quad` (photo px, first edge along the reading direction).

        rgb: (H, W, 3) uint8, the photo. Only differences between texts for the same quad mean something. IMPOSSIBLE for a text that the
        recogniser cannot write.
        """
        ...


def log_likelihoods(probabilities: FloatMap, characters: Sequence[str], texts: Sequence[str]) -> list[float]:
    """CTC log likelihood of each text.

    probabilities: (T, A), rows sum to 1, column 0 the blank; characters: what each column stands for ('' for the blank).
    """
    columns = {c: i for i, c in enumerate(characters) if c}
    logs = np.log(np.maximum(probabilities, FLOOR))
    labels = [_labels(text, columns) for text in texts]
    known = [found for found in labels if found is not None]
    totals = iter(_forward(logs, known))
    return [IMPOSSIBLE if found is None else next(totals) for found in labels]


def _labels(text: str, columns: dict[str, int]) -> list[int] | None:
    """Columns of a text's characters; None when one is unknown. A letter whose mark the recogniser does not know counts as the bare one."""
    labels = []
    for c in unicodedata.normalize("NFC", text):
        known = next((columns[o] for o in (c, c.translate(SAME_SIGN), unicodedata.normalize("NFD", c)[0]) if o in columns), None)
        if known is None:
            return None
        labels.append(known)
    return labels


def _forward(logs: npt.NDArray[np.floating], texts: Sequence[Sequence[int]]) -> list[float]:
    """Forward algorithm over blank, label, blank, … for all texts at once; logs (T, A)."""
    if not len(logs) or not texts:
        return [0.0 if not labels else IMPOSSIBLE for labels in texts]
    lengths = np.array([len(labels) for labels in texts])
    # shorter texts are filled up with blanks; nothing flows back from there
    extended = np.zeros((len(texts), 2 * int(lengths.max()) + 1), np.intp)
    for row, labels in zip(extended, texts, strict=True):
        row[1 : 2 * len(labels) : 2] = labels
    skips = np.full(extended.shape, -np.inf)
    skips[:, 2:][(extended[:, 2:] != 0) & (extended[:, 2:] != extended[:, :-2])] = 0.0
    score = np.full(extended.shape, -np.inf)
    score[:, :2] = logs[0][extended[:, :2]]
    edge = np.full((len(texts), 2), -np.inf)
    for row in logs[1:]:
        behind = np.hstack([edge, score])
        score = np.logaddexp(np.logaddexp(score, behind[:, 1:-1]), behind[:, :-2] + skips) + row[extended]
    at = np.arange(len(texts))
    ends = np.where(lengths > 0, score[at, np.maximum(2 * lengths - 1, 0)], -np.inf)
    totals = np.logaddexp(score[at, 2 * lengths], ends)
    return [float(max(total, IMPOSSIBLE)) for total in totals]
