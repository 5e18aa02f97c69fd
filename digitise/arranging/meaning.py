"""How near notes are in meaning: static word embeddings that come inside a wheel, joined with shared words (TF-IDF).

Both are centred on the event's mean: every note of an event on transport is about transport; what sets it apart is the rest.
Another embedder (a function from texts to rows) can be put in the place of `embed_static`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitise.arranging.wording import fold, plain, strip_bullet
from digitise.errors import DependencyError

FloatArray = npt.NDArray[np.float64]
Embedder = Callable[[Sequence[str]], FloatArray]
"""n texts -> float64 array (n, dimensions), rows not yet centred or scaled."""

TFIDF_SHARE = 0.6
"""Share of shared words in the joined similarity; the rest is the embedding's."""
MEAN_PRIOR = 4.0
"""Notes' worth of doubt in the mean: of 5 notes 5/9 of it is taken away, of 60 notes 15/16. Changes little from 15 notes on."""
_STOP_WORDS_TEXT = """
    a about all also an and any are as at be been being but by can could did do does doing for from get got had has have how i if in
    into is it its just like make me more most much my need needs not of on or our out over own people really should so some such
    than that the their them then there these they thing things this those to too up us very was we well were what when where
    which who why will with would you your y yr yn ac ar i o a am bod fod mae sydd sy oes dim ddim gan gyda ei eu ein eich fel hyn
    neu wedi na nad nid
"""
STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())


def embed_static(texts: Sequence[str]) -> FloatArray:
    """Mean of static word vectors per text: float64 (n, 256). Raises DependencyError when the wheel's weights are missing."""
    model = _load_wordllama()
    return np.asarray(model.embed([t or " " for t in texts], norm=True), float)


@cache
def _load_wordllama() -> Any:
    """The embedding model from inside its wheel, never from the network.

    Version 0.4.0.post1 looks for tokenizer/ beside its code while the wheel ships tokenizers/; given the installed package as
    cache_dir, it finds both folders there. Importing it sets up the root logger, which is undone.
    """
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        import wordllama  # noqa: PLC0415 - 0.2 s that only events with unheaded notes pay

        package = Path(wordllama.__file__).parent
        return wordllama.WordLlama.load(cache_dir=package, dim=256, disable_download=True)
    except (ImportError, FileNotFoundError) as e:
        raise DependencyError(
            "wordllama", f"its word vectors cannot be loaded ({e})", "Reinstall it: pip install --force-reinstall wordllama."
        ) from e
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def measure_similarity(texts: Sequence[str], *, embed: Embedder = embed_static) -> FloatArray:
    """Cosine similarity of every pair of texts: float64 (n, n), symmetric, 1 on the diagonal, -1..1 elsewhere."""
    if not texts:
        return np.zeros((0, 0))
    dense = embed([strip_bullet(plain(t)) for t in texts])
    joined = (1 - TFIDF_SHARE) * _centre(dense @ dense.T) + TFIDF_SHARE * _centre(_compare_words([fold(t) for t in texts]))
    joined = np.clip((joined + joined.T) / 2, -1.0, 1.0)
    np.fill_diagonal(joined, 1.0)
    return np.asarray(joined, float)


def _centre(products: FloatArray) -> FloatArray:
    """Inner products (n, n) of rows -> cosines of the rows less their mean. A row at the mean is near to nothing (0).

    The mean of few notes is as much what sets them apart as what they share, so it is shrunk towards nothing.
    """
    share = len(products) / (len(products) + MEAN_PRIOR)
    row = share * products.mean(axis=1, keepdims=True)
    products = products - row - row.T + share**2 * products.mean()
    length = np.sqrt(np.clip(np.diag(products), 0, None))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 1e-6)
    return np.asarray(products * scale[:, None] * scale[None, :], float)


def _compare_words(texts: Sequence[str]) -> FloatArray:
    """Inner products (n, n) of TF-IDF rows of stems, sublinear counts."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - slow import, needed only here

    vectorizer = TfidfVectorizer(analyzer=_stems, sublinear_tf=True)
    try:
        rows = vectorizer.fit_transform(texts)
    except ValueError:  # no content word at all
        return np.zeros((len(texts), len(texts)))
    return np.asarray((rows @ rows.T).toarray(), float)


def _stems(text: str) -> list[str]:
    """Content words cut to a stem, so that 'bus' and 'buses', 'train' and 'training' meet."""
    return [_stem(w) for w in text.split() if w not in STOP_WORDS and len(w) > 1]


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ers", "ies", "ed", "es", "er", "ly", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
