"""The sentence network says what the published one says, text by text, and is made the same way every time."""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
import pytest

from digitise.arranging import sentences
from digitise.arranging.glosses import gloss
from digitise.arranging.meaning import measure_similarity
from digitise.arranging.sentences import embed_sentences, embed_static
from digitise.check import check_all
from digitise.config import Config

ROOT = Path(__file__).parents[1]
TEXTS = ("No bus after six o'clock", "People feel alone at night", "Open the hall on Sundays", "No bus after six o'clock", "x" * 900)


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """build_tools/minilm.py, which is no part of the package."""
    sys.path.insert(0, str(ROOT / "build_tools"))
    return importlib.import_module("minilm")


def draw_weights(build: ModuleType) -> dict[str, Any]:
    """Random weights of the network's shape, with 90 words."""
    rng = np.random.default_rng(0)
    wide = build.WIDTH * 4

    def array(*shape: int) -> Any:
        return (rng.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)

    weights = {f"embeddings.{name}_embeddings.weight": array(rows, build.WIDTH) for name, rows in (("word", 90), ("position", 512))}
    weights["embeddings.token_type_embeddings.weight"] = array(2, build.WIDTH)
    norms = ["embeddings.LayerNorm"]
    for layer in range(build.LAYERS):
        name = f"encoder.layer.{layer}."
        norms += [f"{name}attention.output.LayerNorm", f"{name}output.LayerNorm"]
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            weights |= {f"{name}{part}.weight": array(build.WIDTH, build.WIDTH), f"{name}{part}.bias": array(build.WIDTH)}
        weights |= {f"{name}intermediate.dense.weight": array(wide, build.WIDTH), f"{name}intermediate.dense.bias": array(wide)}
        weights |= {f"{name}output.dense.weight": array(build.WIDTH, wide), f"{name}output.dense.bias": array(build.WIDTH)}
    for norm in norms:
        weights |= {f"{norm}.weight": 1 + array(build.WIDTH), f"{norm}.bias": array(build.WIDTH)}
    return weights


def compute(weights: dict[str, Any], ids: list[int]) -> Any:
    """BERT as published, in 32-bit numbers: states (tokens, 384) of one text."""
    erf = np.vectorize(__import__("math").erf)

    def norm(x: Any, name: str) -> Any:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def times(x: Any, name: str) -> Any:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    table, places = weights["embeddings.word_embeddings.weight"], weights["embeddings.position_embeddings.weight"]
    x = norm(table[ids] + places[: len(ids)] + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}."
        parts = (times(x, f"{name}attention.self.{p}").reshape(len(ids), 12, 32).transpose(1, 0, 2) for p in ("query", "key", "value"))
        query, key, value = parts
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(32)
        share = np.exp(scores - scores.max(-1, keepdims=True))
        seen = (share / share.sum(-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(ids), 384)
        x = norm(x + times(seen, f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm")
        wide = times(x, f"{name}intermediate.dense")
        x = norm(x + times(wide * 0.5 * (1 + erf(wide / np.sqrt(2))), f"{name}output.dense"), f"{name}output.LayerNorm")
    return x


def test_the_graph_computes_bert(build: ModuleType) -> None:
    weights = draw_weights(build)
    model = build.make_model(weights)
    assert model == build.make_model(weights), "the same weights give the same bytes"
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    texts = [[1, 5, 9, 33, 2], [7, 7, 80, 3, 41]]
    (states,) = session.run(None, {"input_ids": np.array(texts, np.int64)})
    for ids, state in zip(texts, states, strict=True):
        truth = compute(weights, ids)
        cosines = (state * truth).sum(1) / np.linalg.norm(state, axis=1) / np.linalg.norm(truth, axis=1)
        assert cosines.min() > 0.99


def test_weights_are_read_as_they_were_written(build: ModuleType) -> None:
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    header = json.dumps({"__metadata__": {}, "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
    data = len(header).to_bytes(8, "little") + header + rows.tobytes()
    assert np.array_equal(build.read_safetensors(data)["a"], rows)


def test_8_bits_are_within_half_a_step(build: ModuleType) -> None:
    matrix = np.random.default_rng(1).standard_normal((40, 7)).astype(np.float32)
    small, scale = build.shrink(matrix)
    assert np.abs((small.astype(np.float32) - build.ZERO) * scale - matrix).max() <= scale.max() / 2 + 1e-6


def test_the_installed_network_is_the_one_that_was_reviewed(build: ModuleType) -> None:
    assert hashlib.sha256(sentences.MODEL.read_bytes()).hexdigest() == build.MODEL_SHA256
    assert hashlib.sha256(sentences.TOKENIZER.read_bytes()).hexdigest() == build.TOKENIZER_SHA256


def test_it_says_what_the_published_weights_say() -> None:
    """Cosines of the whole texts as the published 32-bit weights give them, computed once by `compute` above."""
    texts = (
        "There is no bus to the hospital after six o'clock.",
        "Evening transport to the clinic is poor",
        "Older people feel lonely at weekends",
        "Open a café on Saturdays for people who live alone",
    )
    published = [[1, 0.398, 0.101, 0.252], [0.398, 1, 0.307, 0.337], [0.101, 0.307, 1, 0.452], [0.252, 0.337, 0.452, 1]]
    tokenizer, session = sentences._load_network()
    rows = [session.run(None, {"input_ids": np.array([tokenizer.encode(t).ids])})[0][0].mean(axis=0) for t in texts]
    unit = np.array([r / np.linalg.norm(r) for r in rows])
    assert np.abs(unit @ unit.T - published).max() < 0.03


def test_an_embedding_depends_on_its_text_and_the_title_only() -> None:
    together, alone = embed_sentences(TEXTS, "Our town"), [embed_sentences([t], "Our town") for t in TEXTS]
    for i, one in enumerate(alone):
        assert np.allclose(together.sentences[i], one.sentences[0], atol=1e-5)
        assert len(together.tokens[i]) == len(together.states[i]) <= sentences.MOST_TOKENS
    assert np.array_equal(together.sentences[0], together.sentences[3])
    assert not np.allclose(together.sentences[0], embed_sentences(TEXTS[:1], "Trees").sentences[0], atol=0.01)
    assert embed_sentences([]).sentences.shape[0] == 0


@pytest.mark.parametrize("embed", [embed_sentences, embed_static])
def test_what_means_the_same_is_nearer_than_what_does_not(embed: sentences.Embedder) -> None:
    near = measure_similarity(
        ["The doctor has a long waiting list", "Weeks to see a GP", "Repair the swings", "Playground is broken"], embed=embed
    )
    assert near[0, 1] > max(near[0, 2], near[0, 3])
    assert near[2, 3] > max(near[2, 0], near[2, 1])


def test_without_the_network_static_word_vectors_stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sentences, "MODEL", tmp_path / "minilm.onnx")
    assert not sentences.has_network()
    assert np.array_equal(sentences.embed(TEXTS, "Our town").sentences, embed_static(TEXTS).sentences)
    (finding,) = (f for f in check_all(Config(), template=None, output=tmp_path) if f.name == "themes")
    assert not finding.ok
    assert not finding.needed
    assert "build_tools/minilm.py" in finding.remedy


@pytest.mark.parametrize(
    ("welsh", "words"),
    [
        ("Dim bws ar ôl chwech", {"no", "bus", "six"}),
        ("Rhestr aros hir i weld y meddyg", {"list", "waiting", "long", "doctor"}),
        ("Mae angen trwsio'r siglenni yn y parc", {"need", "repair", "park"}),
        ("Gwirfoddolwyr i ymweld â chymdogion unig", {"volunteer", "neighbour", "lonely"}),
    ],
)
def test_welsh_words_are_known_in_their_forms(welsh: str, words: set[str]) -> None:
    assert words <= set(gloss(welsh).casefold().split())


@pytest.mark.parametrize("english", ["A bench in the park to sit on", "Help for carers", "Problem with the bins", "Cost of food", ""])
def test_english_stays_as_it_is(english: str) -> None:
    assert gloss(english) == english


def test_a_point_made_in_welsh_and_english_is_near() -> None:
    pairs = [
        ("No bus after six in the evening", "Dim bws ar ôl chwech"),
        ("Three weeks to see a doctor", "Rhestr aros hir i weld y meddyg"),
        ("Repair the swings in the park", "Mae angen trwsio'r siglenni yn y parc"),
        ("A lunch club for older people", "Clwb cinio i'r henoed ar y Sul"),
        ("Welsh lessons at lunchtime", "Gwersi Cymraeg amser cinio"),
    ]
    texts = [english for english, _ in pairs] + [welsh for _, welsh in pairs]
    near = measure_similarity([gloss(t) for t in texts])[: len(pairs), len(pairs) :]
    assert near.argmax(axis=1).tolist() == list(range(len(pairs)))
