"""What notes mean, by a small network for English sentences (all-MiniLM-L6-v2) that comes inside the wheel.

Every note is read together with the event's title, and only the note's own tokens are kept ("late chunking", Günther et al. 2024): 'More
branches' says one thing at a workshop on libraries and another in a park. Where the network is missing, static word vectors stand in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitise.errors import DependencyError

FloatArray = npt.NDArray[np.float64]

FOLDER = Path(__file__).parent / "minilm"
MODEL, TOKENIZER = FOLDER / "minilm.onnx", FOLDER / "tokenizer.json"
MOST_TOKENS = 256
"""The network was trained with no longer texts; what is beyond is not looked at."""
MOST_TITLE_TOKENS = 24
BATCH_TOKENS = 4096
"""Tokens computed at once: some 60 MB of memory."""


class Meaning(NamedTuple):
    """What an embedder says of n texts."""

    sentences: FloatArray
    """(n, dimensions): one row per text, not yet centred or scaled."""
    tokens: tuple[tuple[str, ...], ...] = ()
    """The pieces of each text's words; () where the embedder tells nothing of single words."""
    states: tuple[npt.NDArray[np.float32], ...] = ()
    """For each text an array (tokens, dimensions): what each piece means where it stands."""


Embedder = Callable[[Sequence[str], str], Meaning]
"""Texts and the event's title ('' for none) -> what they mean."""


def has_network() -> bool:
    """Whether the network was put into this installation when it was built."""
    return MODEL.is_file() and TOKENIZER.is_file()


def embed(texts: Sequence[str], title: str = "") -> Meaning:
    """By the network where it is there, else by static word vectors. Raises DependencyError when neither can be loaded."""
    return embed_sentences(texts, title) if has_network() else embed_static(texts, title)


def embed_sentences(texts: Sequence[str], title: str = "") -> Meaning:
    """By the network. Raises DependencyError when it cannot be loaded."""
    tokenizer, session = _load_network()
    after = tokenizer.encode(f" ({title})" if title else "", add_special_tokens=False).ids[:MOST_TITLE_TOKENS]
    encoded = tokenizer.encode_batch([t or " " for t in texts])
    room = MOST_TOKENS - len(after) - 1
    own = [e.ids[:-1][:room] for e in encoded]  # with the mark at the beginning, without that at the end
    rows = [[*ids, *after, e.ids[-1]] for ids, e in zip(own, encoded, strict=True)]
    states: list[npt.NDArray[np.float32]] = [np.zeros((0, 0), np.float32)] * len(rows)
    for batch in _make_batches([len(r) for r in rows]):
        (out,) = session.run(None, {"input_ids": np.array([rows[i] for i in batch], np.int64)})
        for i, state in zip(batch, out, strict=True):
            states[i] = state[: len(own[i])]
    means = [s.mean(axis=0) for s in states]
    tokens = tuple(tuple(e.tokens[: len(ids)]) for e, ids in zip(encoded, own, strict=True))
    return Meaning(_scale(np.array(means, float)) if means else np.zeros((0, 0)), tokens, tuple(states))


def _make_batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices of texts of equal length, so that none is filled up: what comes of a text then depends on nothing but itself."""
    by_length: dict[int, list[int]] = {}
    for i, length in enumerate(lengths):
        by_length.setdefault(length, []).append(i)
    batches = []
    for length, found in by_length.items():
        step = max(1, BATCH_TOKENS // length)
        batches += [found[k : k + step] for k in range(0, len(found), step)]
    return batches


def _scale(rows: FloatArray) -> FloatArray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), float)


@cache
def _load_network() -> tuple[Any, Any]:
    """Tokenizer and network, loaded when first needed, once per process: 0.1 s, 60 MB."""
    try:
        import onnxruntime  # noqa: PLC0415 - only events with notes to compare need it
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        tokenizer = Tokenizer.from_file(str(TOKENIZER))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer, onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])
    except Exception as e:  # onnxruntime and tokenizers raise types of their own, and plain Exception
        remedy = "Install the program again, or remove that folder: notes are then compared by static word vectors."
        raise DependencyError(str(MODEL), f"the sentence network cannot be loaded ({e})", remedy) from e


def embed_static(texts: Sequence[str], title: str = "") -> Meaning:
    """Mean of static word vectors per text, (n, 256). Raises DependencyError when the wheel's weights are missing."""
    model = _load_wordllama()
    return Meaning(np.asarray(model.embed([t or " " for t in texts], norm=True), float))


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
