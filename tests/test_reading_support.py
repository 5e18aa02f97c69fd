"""The ink's word on texts that others offer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from digitise.config import Reading
from digitise.model import Quad
from digitise.reading import OcrEngine, make_engine
from digitise.reading.support import IMPOSSIBLE, InkWitness, log_likelihoods

ALPHABET = ("", "a", "b", " ")
QUAD: Quad = ((70.0, 60.0), (760.0, 60.0), (760.0, 160.0), (70.0, 160.0))


def collapse(path: tuple[int, ...]) -> str:
    """What a path of columns spells under CTC: repeats joined, blanks removed."""
    return "".join(ALPHABET[c] for c, _ in itertools.groupby(path))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.text("ab ", max_size=4), st.integers(0, 10_000))
def test_likelihood_is_the_sum_over_all_paths(steps: int, text: str, seed: int) -> None:
    p = np.random.default_rng(seed).dirichlet(np.ones(len(ALPHABET)), steps).astype(np.float32)
    paths = itertools.product(range(len(ALPHABET)), repeat=steps)
    total = sum(float(np.prod([p[t, c] for t, c in enumerate(path)])) for path in paths if collapse(path) == text)
    (found,) = log_likelihoods(p, ALPHABET, [text])
    if total == 0:
        assert found == IMPOSSIBLE
    else:
        assert found == pytest.approx(np.log(total), rel=1e-3, abs=1e-3)


def test_what_cannot_be_written_is_impossible() -> None:
    p = np.full((3, 4), 0.25, np.float32)
    assert log_likelihoods(p, ALPHABET, ["zebra", "ababab", "á"])[:2] == [IMPOSSIBLE, IMPOSSIBLE]
    assert log_likelihoods(p, ALPHABET, ["á"]) == log_likelihoods(p, ALPHABET, ["a"]), "an unknown mark counts as the bare letter"
    assert log_likelihoods(np.zeros((0, 4), np.float32), ALPHABET, ["", "a"]) == [0.0, IMPOSSIBLE]


@pytest.fixture(scope="module")
def engine() -> OcrEngine:
    return make_engine(Reading(), ("en",), threads=1)


def test_the_ink_knows_what_is_written(engine: OcrEngine) -> None:
    picture = Image.new("RGB", (900, 240), "#f2efe6")
    ImageDraw.Draw(picture).text((90, 80), "Transport to the clinic", fill="#1c2b6b", font=ImageFont.load_default(54))
    assert isinstance(engine, InkWitness)
    offers = ["Transport to the clinic", "Transport to the cinema", "Transport to tho clinic", "Please buy our product"]
    right, wrong, slip, invention = engine.support(np.asarray(picture), QUAD, offers)
    assert right > -1
    assert right > slip + 3 and slip > wrong > invention
    assert invention < right - 60
