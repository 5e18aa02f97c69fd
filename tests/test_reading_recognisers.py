"""Recognisers out of ONNX files: a small one that is made here and really reads, and many that cannot be used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from colour_code import draw_coded, make_recogniser
from conftest import Run
from onnx import TensorProto
from PIL import Image

from digitise import api
from digitise.config import Reading
from digitise.errors import ConfigError
from digitise.model import PhotoResult
from digitise.reading import check_recogniser, make_engine
from digitise.reading.networks import Networks
from digitise.reading.recognisers import load_recogniser
from digitise.weights import EMBEDDED_FILE, embedded_file, find_weights

WORDS = ("stone", "eats", "notes")


def best_path(network: Networks, line: np.ndarray) -> str:
    """The likeliest letter of each step, repeats and blanks left out."""
    (found,) = network.recognise([line])
    assert found.probabilities.sum(axis=1) == pytest.approx(1, abs=1e-4)
    letters = [network.alphabet[i] for i in found.probabilities.argmax(axis=1)]
    return "".join(a for a, b in zip(letters, ["", *letters], strict=False) if a != b)


def draw_line(tmp_path: Path, word: str) -> np.ndarray:
    return np.asarray(Image.open(draw_coded(tmp_path / "line.png", [word])))[30:120]


@pytest.mark.parametrize(("height", "step"), [(32, 4), (48, 8), (64, 5)])
@pytest.mark.parametrize("lines", ["lines", 1])
@pytest.mark.parametrize("probabilities", [True, False])
def test_height_and_step_are_found_out(height: int, step: int, lines: int | str, probabilities: bool, tmp_path: Path) -> None:
    path = make_recogniser(tmp_path / "own.onnx", height_px=height, step_px=step, lines=lines, probabilities=probabilities)
    network = Networks(weights=find_weights(str(path)), threads=1)
    assert (network._recogniser.height_px, network._recogniser.step_px) == (height, pytest.approx(step, rel=0.02))
    pictures = [draw_line(tmp_path, word) for word in WORDS]
    assert [best_path(network, picture) for picture in pictures] == list(WORDS)
    (found,) = network.recognise([pictures[0]])
    width = len(found.probabilities) * found.step_px
    assert width == pytest.approx(pictures[0].shape[1], abs=3 * found.step_px), "steps lie over the whole line"


def test_many_lines_at_once_come_back_in_their_order(tmp_path: Path) -> None:
    network = Networks(weights=find_weights(str(make_recogniser(tmp_path / "own.onnx"))), threads=1)
    words = ["stone", "a", "eats", "notes", "tea", "sea", "so", "onset", "ten", "eat", "seat"]
    pictures = [draw_line(tmp_path, word)[:, : 120 + 62 * len(word)] for word in words]
    together = network.recognise(pictures)
    for picture, found, word in zip(pictures, together, words, strict=True):
        (alone,) = network.recognise([picture])
        assert found.probabilities == pytest.approx(alone.probabilities, abs=1e-5)
        assert best_path(network, picture) == word


@pytest.mark.parametrize(
    ("text", "alphabet"),
    [
        ("s\nt\no\nn\ne\na", ("", *"stonea", " ")),
        ("s\r\nt\r\no\r\nn\r\ne\r\na\r\n", ("", *"stonea", " ")),
        ("\ufeffs\nt\no\nn\ne", ("", *"stone", " ")),
        ("s\n自\no\nn\ne\na", ("", *"sonea", " ")),
        ("s\n\u2028\no\nn\ne\na", ("", *"sonea", " ")),
    ],
    ids=["plain", "of Windows", "the last column is the space", "other scripts are left out", "a character that ends lines elsewhere"],
)
def test_the_alphabet_may_stand_in_a_file_beside_it(text: str, alphabet: tuple[str, ...], tmp_path: Path) -> None:
    path = make_recogniser(tmp_path / "own.onnx", stated="")
    (tmp_path / "own.txt").write_text(text, encoding="utf-8", newline="")
    assert load_recogniser(find_weights(str(path))).alphabet == alphabet


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"second_input": True}, "2 inputs (lines, more)"),
        ({"element": TensorProto.FLOAT16}, "tensor(float16), not tensor(float)"),
        ({"channels": 1}, "the shape (any, 1, 32, any)"),
        ({"stated_height": "height"}, "the shape (any, 3, any, any)"),
        ({"width": 320}, "the shape (any, 3, 32, 320)"),
        ({"lines": 4}, "it must take any number of lines, or one"),
        ({"round_widths": True}, "cannot read a line 32 px high and 333 px wide"),
        ({"turned": True}, "for 2 lines it gives float32 (80, 2, 7) instead of"),
        ({"summed": True}, "1 steps for a line 320 px wide and 1 for 640 px"),
        ({"broken": True}, "not finite"),
        ({"stated": ""}, "neither in its metadata ('character') nor in own.txt"),
        ({"stated": "a\nb\nc"}, "7 columns for an alphabet of 3 characters, instead of 4 (with the blank) or 5"),
        ({"stated": "自\n山\n1\n2\n3\n4"}, "no letter of Latin script"),
    ],
)
def test_what_cannot_be_used_is_told_with_what_was_found(wrong: dict[str, object], words: str, tmp_path: Path) -> None:
    path = make_recogniser(tmp_path / "own.onnx", **wrong)  # type: ignore[arg-type]
    with pytest.raises(ConfigError) as caught:
        check_recogniser(Reading(recogniser=str(path)))
    assert caught.value.subject == str(path)
    assert words in caught.value.reason
    assert "(lines, 3, fixed height, any width)" in caught.value.remedy and "docs/event-toml.md" in caught.value.remedy


def test_an_alphabet_that_is_no_text(tmp_path: Path) -> None:
    path = make_recogniser(tmp_path / "own.onnx", stated="")
    (tmp_path / "own.txt").write_bytes(b"\xff\xfe\x00s")
    with pytest.raises(ConfigError, match=r"own\.txt, cannot be read as UTF-8"):
        check_recogniser(Reading(recogniser=str(path)))


def test_files_that_are_no_models(tmp_path: Path) -> None:
    whole = make_recogniser(tmp_path / "whole.onnx").read_bytes()
    (tmp_path / "folder.onnx").mkdir()
    (tmp_path / "empty.onnx").touch()
    (tmp_path / "page.onnx").write_text("<html>Please log in</html>")
    (tmp_path / "cut.onnx").write_bytes(whole[: len(whole) // 2])
    for name, words in [
        ("none.onnx", "there is no such file"),
        ("folder.onnx", "is a folder"),
        ("empty.onnx", "cannot be loaded as an ONNX model"),
        ("page.onnx", "cannot be loaded as an ONNX model"),
        ("cut.onnx", "cannot be loaded as an ONNX model"),
    ]:
        with pytest.raises(ConfigError, match=words) as caught:
            check_recogniser(Reading(recogniser=str(tmp_path / name)))
        assert caught.value.subject == str(tmp_path / name)


def test_weights_outside_the_file_belong_to_it(tmp_path: Path) -> None:
    path = make_recogniser(tmp_path / "own.onnx", data_file=True)
    before = find_weights(str(path)).sha256
    network = Networks(weights=find_weights(str(path)), threads=1)
    assert best_path(network, draw_line(tmp_path, "stone")) == "stone"
    data = tmp_path / "own.onnx.data"
    data.write_bytes(data.read_bytes()[:-1] + b"\x01")
    assert find_weights(str(path)).sha256 != before
    data.unlink()
    with pytest.raises(ConfigError, match="cannot be loaded"):
        check_recogniser(Reading(recogniser=str(path)))


def test_the_fingerprint_follows_the_content_not_the_place(tmp_path: Path) -> None:
    def fingerprint(path: Path) -> str:
        return make_engine(Reading(recogniser=str(path)), ("en",)).fingerprint

    first = make_recogniser(tmp_path / "a" / "own.onnx", stated="")
    (tmp_path / "a" / "own.txt").write_text("s\nt\no\nn\ne\na")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert fingerprint(first) == fingerprint(tmp_path / "b" / "own.onnx")
    (tmp_path / "b" / "own.txt").write_text("s\nt\no\nn\na\ne")
    other = make_recogniser(tmp_path / "c" / "own.onnx", step_px=5)
    assert len({make_engine(Reading(), ("en",)).fingerprint, *map(fingerprint, (first, tmp_path / "b" / "own.onnx", other))}) == 4


def test_the_embedded_network_reads_the_same_as_a_file_of_ones_own(tmp_path: Path) -> None:
    shutil.copy(embedded_file(EMBEDDED_FILE), tmp_path / "copy.onnx")
    line = np.asarray(Image.open(draw_coded(tmp_path / "line.png", ["stone"])))[30:120]
    (own,) = Networks(weights=find_weights(str(tmp_path / "copy.onnx")), threads=1).recognise([line])
    network = Networks(threads=1)
    (built_in,) = network.recognise([line])
    assert (own.probabilities == built_in.probabilities).all() and own.step_px == built_in.step_px
    assert network._recogniser.step_px == 8 and best_path(network, line).replace(" ", "") == "HHHHH"


@pytest.mark.slow
def test_an_event_is_read_with_a_recogniser_of_ones_own(run: Run, tmp_path: Path) -> None:
    event = tmp_path / "event"
    draw_coded(event / "wall.png", WORDS)
    make_recogniser(event / "nets" / "ours.onnx", stated="")
    (event / "nets" / "ours.txt").write_text("s\nt\no\nn\ne\na")
    (event / "event.toml").write_text('[reading]\nrecogniser = "nets/ours.onnx"\n')
    ended = run("report", event)
    assert ended.code == 0 and "1 photo (1 read, 0 reused" in ended.err
    notes = json.loads((event / "report" / "notes.json").read_text())
    assert "rapidocr-own-" in notes["generator"]
    assert " ".join(note["text"] for note in notes["notes"]).lower().split() == list(WORDS)

    moved = event.rename(tmp_path / "moved")
    (outcome,) = api.report_events([moved], jobs=0)
    assert isinstance(outcome, api.Outcome) and outcome.reused == 1, "the recogniser counts by its content, not by its place"
    (moved / "nets" / "ours.txt").write_text("s\no\nt\nn\ne\na")
    (outcome,) = api.report_events([moved], jobs=0)
    assert isinstance(outcome, api.Outcome) and outcome.read == 1, "o and t have changed places"
    assert "sotne" in (moved / "report" / "report.md").read_text().lower()

    checked = run("check", moved)
    assert checked.code == 0 and "ours.onnx: lines 32 px high, a step every 4 px, 7 characters" in checked.out


@pytest.mark.slow
def test_a_wrong_recogniser_is_told_before_the_first_photo_of_any_event(run: Run, tmp_path: Path) -> None:
    event = tmp_path / "event"
    draw_coded(event / "wall.png", ["stone"])
    other = tmp_path / "other"
    draw_coded(other / "wall.png", ["stone"])
    make_recogniser(other / "ours.onnx", turned=True)
    (other / "event.toml").write_text('[reading]\nrecogniser = "ours.onnx"\n')
    ended = run("report", event, other)
    assert ended.code == 8 and str(other / "ours.onnx") in ended.err and "Traceback" not in ended.err
    assert not (event / "report").exists() and not (other / "report").exists()
    assert run("check", other).code == 8
    assert run("report", other, "--engine", "tesseract").code != 8, "not needed, not looked at"


def test_the_persons_settings_choose_for_photos_of_no_event(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    make_recogniser(tmp_path / "config" / "digitise" / "ours.onnx")
    (tmp_path / "config" / "digitise" / "settings.toml").write_text('[reading]\nrecogniser = "ours.onnx"\n')
    photo = draw_coded(tmp_path / "photos" / "wall.png", ["stone"])
    (result,) = api.read_photos([photo], config=api.own_config(), jobs=0)
    assert isinstance(result, PhotoResult) and [note.text.lower() for note in result.notes] == ["stone"]
    checked = run("check", photo.parent)
    assert str(tmp_path / "config" / "digitise" / "settings.toml") in checked.out and "rapidocr-own-" in checked.out
    (photo.parent / "event.toml").write_text('[reading]\nrecogniser = "small"\n')
    assert "rapidocr-small-" in run("check", photo.parent).out, "event.toml wins"
