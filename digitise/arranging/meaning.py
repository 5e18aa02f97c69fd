"""How near notes are: what they mean (a sentence network, as wholes and word by word) joined with the words they share (TF-IDF).

All three are centred on the event's mean: every note of an event on transport is about transport; what sets it apart is the rest.
Another embedder can be put in the place of `embed`; see sentences.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitise.arranging.sentences import Embedder, FloatArray, Meaning, embed, embed_static
from digitise.arranging.wording import fold, plain, strip_bullet

__all__ = ["Embedder", "FloatArray", "embed", "embed_static", "measure_similarity"]

LETTERS_SHARE = 0.5
"""Share of the words that notes have in common, as written; the rest is what they mean: half as wholes, half word by word. Measured on real
notes (docs/arranging.md): between 0.4 and 0.5 nothing changes."""
STATIC_LETTERS_SHARE = 0.6
"""The same where only static word vectors are there."""
MEAN_PRIOR = 4.0
"""Notes' worth of doubt in the mean: of 5 notes 5/9 of it is taken away, of 60 notes 15/16. Changes little from 15 notes on."""
MOST_BY_WORDS = 1500
"""Notes that are compared word by word; in larger events this would take minutes, and adds least."""
_STOP_WORDS_TEXT = """
    a about all also an and any are as at be been being but by can could did do does doing for from get got had has have how i if in
    into is it its just like make me more most much my need needs not of on or our out over own people really should so some such
    than that the their them then there these they thing things this those to too up us very was we well were what when where
    which who why will with would you your y yr yn ac ar i o a am bod fod mae sydd sy oes dim ddim gan gyda ei eu ein eich fel hyn
    neu wedi na nad nid
"""
STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())


def measure_similarity(texts: Sequence[str], *, embed: Embedder = embed, title: str = "") -> FloatArray:
    """How near every pair of texts is: float64 (n, n), symmetric, 1 on the diagonal, -1..1 elsewhere, 0 for two that have no more in
    common than any two. Raises DependencyError when what embeds cannot be loaded."""
    if not texts:
        return np.zeros((0, 0))
    meaning = embed([strip_bullet(plain(t)) for t in texts], title)
    near = centre(meaning.sentences @ meaning.sentences.T)
    share = STATIC_LETTERS_SHARE
    if meaning.states:
        share = LETTERS_SHARE
        near = (near + centre(compare_states(meaning))) / 2 if len(texts) <= MOST_BY_WORDS else near
    joined = (1 - share) * near + share * centre(compare_letters([fold(t) for t in texts]))
    joined = np.clip((joined + joined.T) / 2, -1.0, 1.0)
    np.fill_diagonal(joined, 1.0)
    return np.asarray(joined, float)


def compare_states(meaning: Meaning) -> FloatArray:
    """How well the words of each pair find their like in each other: (n, n), 1 on the diagonal.

    Each word of one note is compared with that of the other which is nearest to it; rare words weigh more ("late interaction", Khattab
    and Zaharia, ColBERT, 2020; weights as in Zhang et al., BERTScore, 2020).
    """
    count = len(meaning.tokens)
    spread: dict[str, int] = {}
    for pieces in meaning.tokens:
        for piece in set(pieces):
            spread[piece] = spread.get(piece, 0) + 1
    rarity = {piece: np.log((1 + count) / (1 + c)) + 1 for piece, c in spread.items()}
    kept = [_keep_content(pieces) for pieces in meaning.tokens]
    mean = np.concatenate(meaning.states).mean(axis=0)
    rows = [state[k] - mean for state, k in zip(meaning.states, kept, strict=True)]
    all_rows = np.concatenate(rows)
    all_rows /= np.maximum(np.linalg.norm(all_rows, axis=1, keepdims=True), 1e-9)
    starts = np.cumsum([0, *(len(r) for r in rows)])
    near = np.zeros((count, count))
    for i, (pieces, k) in enumerate(zip(meaning.tokens, kept, strict=True)):
        products = all_rows[starts[i] : starts[i + 1]] @ all_rows.T
        weights = np.array([rarity[pieces[j]] for j in k])
        near[i] = weights @ np.maximum.reduceat(products, starts[:-1], axis=1) / weights.sum()
    near = (near + near.T) / 2
    np.fill_diagonal(near, 1.0)
    return near


def _keep_content(pieces: Sequence[str]) -> npt.NDArray[np.intp]:
    """Indices of the pieces that carry meaning; all where none does."""
    kept = [j for j, p in enumerate(pieces) if p.startswith("##") or (p.isalnum() and p not in STOP_WORDS)]
    return np.array(kept or range(len(pieces)), np.intp)


def centre(products: FloatArray) -> FloatArray:
    """Inner products (n, n) of rows -> cosines of the rows less their mean. A row at the mean is near to nothing (0).

    The mean of few notes is as much what sets them apart as what they share, so it is shrunk towards nothing.
    """
    share = len(products) / (len(products) + MEAN_PRIOR)
    row = share * products.mean(axis=1, keepdims=True)
    products = products - row - row.T + share**2 * products.mean()
    length = np.sqrt(np.clip(np.diag(products), 0, None))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 1e-6)
    return np.asarray(products * scale[:, None] * scale[None, :], float)


def compare_letters(texts: Sequence[str]) -> FloatArray:
    """Inner products (n, n) of TF-IDF rows of stems, of length 1: counts by their logarithm, stems of few notes weighing more."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - slow import, needed only here

    counts = [Counter(_stems(t)) for t in texts]
    spread = Counter(stem for count in counts for stem in count)
    column = {stem: k for k, stem in enumerate(sorted(spread))}
    rarity = {stem: math.log((1 + len(texts)) / (1 + spread[stem])) + 1 for stem in spread}
    weights = [{stem: (1 + math.log(c)) * rarity[stem] for stem, c in sorted(count.items())} for count in counts]
    lengths = [math.sqrt(sum(w * w for w in row.values())) for row in weights]
    values = [w / length for row, length in zip(weights, lengths, strict=True) for w in row.values()]
    columns = [column[stem] for row in weights for stem in row]
    starts = np.cumsum([0, *(len(row) for row in weights)])
    rows = csr_array((np.array(values, float), np.array(columns, np.int64), starts), shape=(len(texts), max(1, len(column))))
    return np.asarray((rows @ rows.T).toarray(), float)


def _stems(text: str) -> list[str]:
    """Content words cut to a stem, so that 'bus' and 'buses', 'train' and 'training' meet."""
    return [_stem(w) for w in text.split() if w not in STOP_WORDS and len(w) > 1]


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ers", "ies", "ed", "es", "er", "ly", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
