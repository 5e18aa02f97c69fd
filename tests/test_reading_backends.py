"""What runs the networks: one that is asked for must be there, must read the same, and must tell nobody."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from colour_code import draw_coded, make_recogniser
from conftest import ACTIONS, draw_photo
from PIL import Image

from digitise import api
from digitise.config import Config, Reading
from digitise.errors import DependencyError, ExitCode
from digitise.model import PhotoResult
from digitise.reading import check_recogniser, make_engine
from digitise.reading.backends import choose_backend, open_session
from digitise.reading.networks import DETECTION_MODEL, Networks, open_networks
from digitise.runs import fingerprint_settings
from digitise.weights import EMBEDDED_FILE, embedded_file, find_weights

MAY_READ_OTHERWISE = 2e-4
"""Probabilities of two backends, which add up in other orders; 5e-5 is seen."""
needs_openvino = pytest.mark.skipif(importlib.util.find_spec("openvino") is None, reason="the extra [openvino] is not installed")
OPENVINO = Config(reading=Reading(backend="openvino"))

TELL_TALE = """
import sys, threading
told = []
sys.addaudithook(lambda event, args: told.append(event) if event.startswith(("socket.", "urllib.", "http.")) else None)
from digitise.reading.backends import open_session
from digitise.weights import EMBEDDED_FILE, embedded_file
open_session(embedded_file(EMBEDDED_FILE), threads=1, backend=sys.argv[1])
print(told, [t.name for t in threading.enumerate()], "openvino_telemetry.main" in sys.modules)
"""
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG")
"""No others: within what calls itself a build server, makers of libraries ask for no reports."""


def test_without_a_wish_onnx_runtime_reads() -> None:
    assert choose_backend("auto") == choose_backend("onnxruntime") == "onnxruntime"
    assert fingerprint_settings(Config()) == fingerprint_settings(Config(reading=Reading(backend="onnxruntime"))), "nothing is read again"


def test_openvino_that_is_not_there_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "openvino" else find(name, *rest))
    for ask in (lambda: make_engine(OPENVINO.reading, ("en",)), lambda: check_recogniser(OPENVINO.reading)):
        with pytest.raises(DependencyError, match=r"OpenVINO: is not installed.*digitise\[openvino\]") as refused:
            ask()
        assert refused.value.exit_code == ExitCode.DEPENDENCY


def test_openvino_that_is_broken_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    networks = Networks(threads=1, backend="openvino")
    with pytest.raises(DependencyError, match=r"OpenVINO: cannot be loaded.*digitise\[openvino\]"):
        networks.text_probability(np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(DependencyError, match="OpenVINO"):
        networks.recognise([np.zeros((48, 200, 3), np.uint8)])


def test_engines_of_one_process_share_their_networks() -> None:
    english, both = (make_engine(Reading(engine="rapidocr"), languages, threads=3) for languages in (("en",), ("cy", "en")))
    assert english._networks is both._networks  # type: ignore[attr-defined]
    assert open_networks(find_weights("small"), threads=2, backend="onnxruntime") is not english._networks  # type: ignore[attr-defined]


@needs_openvino
def test_both_backends_state_the_same_of_a_network_and_give_the_same_numbers() -> None:
    rng = np.random.default_rng(6)
    for name, shape in ((DETECTION_MODEL, (1, 3, 96, 160)), (EMBEDDED_FILE, (3, 3, 48, 208))):
        ours, theirs = (open_session(embedded_file(name), threads=1, backend=b) for b in ("onnxruntime", "openvino"))
        assert theirs.metadata == ours.metadata
        assert [(i.name, i.kind, len(i.shape)) for i in theirs.inputs] == [(i.name, i.kind, len(i.shape)) for i in ours.inputs]
        tensor = rng.uniform(-1, 1, shape).astype(np.float32)
        first = theirs.run(tensor)
        kept = first.copy()
        assert np.abs(first - ours.run(tensor)).max() < MAY_READ_OTHERWISE
        theirs.run(-tensor)
        assert np.array_equal(first, kept), "a result is not overwritten by the next run"


@needs_openvino
def test_a_photo_reads_the_same_and_is_stored_apart(tmp_path: Path) -> None:
    photo = draw_photo(tmp_path / "a.jpg", ACTIONS)
    texts = []
    for config in (Config(), OPENVINO):
        (result,) = api.read_photos([photo], config=config, jobs=0)
        assert isinstance(result, PhotoResult)
        texts.append([(note.text, note.role) for note in result.notes])
    assert texts[0] == texts[1] and texts[0]
    assert fingerprint_settings(Config()) != fingerprint_settings(OPENVINO)
    assert "openvino" in make_engine(OPENVINO.reading, ("en",)).fingerprint


@needs_openvino
def test_openvino_takes_a_recogniser_of_ones_own(tmp_path: Path) -> None:
    own = make_recogniser(tmp_path / "own.onnx", height_px=32, step_px=4, lines=1, probabilities=False)
    line = np.asarray(Image.open(draw_coded(tmp_path / "line.png", ["notes"])))[30:120]
    read = []
    for backend in ("onnxruntime", "openvino"):
        networks = Networks(weights=find_weights(str(own)), threads=1, backend=backend)  # type: ignore[arg-type]
        (found,) = networks.recognise([line])
        read.append(found.probabilities)
    assert np.abs(read[0] - read[1]).max() < MAY_READ_OTHERWISE


@pytest.mark.parametrize("backend", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_loading_networks_tells_nobody(backend: str, tmp_path: Path) -> None:
    """Both libraries report their use to their makers when nobody stops them; both then leave a number of this computer at home."""
    env = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | {"HOME": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", TELL_TALE, backend], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[] ['MainThread'] False"
    assert not list(tmp_path.rglob("*"))
