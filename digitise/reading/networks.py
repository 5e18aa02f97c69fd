"""The embedded PP-OCRv6 networks: finding text and recognising it, straight through ONNX Runtime.

The weights lie inside the `rapidocr` wheel. They are opened as files here, not through rapidocr's own loader, because that
loader fetches what it misses from the network, and because tiling and decoding need the networks' raw output
(probability maps and per-character probabilities), which its interface does not give.
"""

from __future__ import annotations

import hashlib
import importlib.util
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from digitise.errors import DependencyError, EngineError

RgbArray = npt.NDArray[np.uint8]
FloatMap = npt.NDArray[np.float32]

DETECTION_MODEL = "PP-OCRv6_det_small.onnx"
RECOGNITION_MODEL = "PP-OCRv6_rec_small.onnx"

CROP_HEIGHT_PX = 48
"""Height of a line picture for the recogniser; fixed by its graph."""
STEP_PX = 8
"""The recogniser gives one character probability per 8 px of the 48 px high line picture."""
DETECTION_STRIDE = 32
"""Sides of the detector's input must be multiples of this."""
NARROWEST_PX = 320
"""Line pictures are padded to at least this width, as the network was trained."""
BATCH_LINES = 8
"""Lines recognised at once. Wider batches only pad short lines to the longest and slow the whole down."""
KEPT_SYMBOLS = "‘’“”–—…€£•→←↑↓✓✔✗☐☑★☆♥°²³½¼×÷≤≥≠≈±"


class Emissions(NamedTuple):
    """What the recogniser says of one line."""

    probabilities: FloatMap
    """(T, A), each row sums to 1 over the kept alphabet; column 0 is the CTC blank."""
    step_px: float
    """Width of one time step, in px of the line picture as given."""


def model_dir() -> Path:
    """Folder of the embedded weights. Raises DependencyError when rapidocr is not installed."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise DependencyError("rapidocr", "the embedded recogniser is not installed", "Install the project again: pip install rapidocr.")
    return Path(spec.origin).parent / "models"


def model_fingerprint() -> str:
    """12 hex digits over the names and sizes of the weights and the version of the runtime that runs them."""
    folder = model_dir()
    parts = [f"{name}:{(folder / name).stat().st_size}" for name in (DETECTION_MODEL, RECOGNITION_MODEL)]
    return hashlib.sha256("|".join([*parts, ort.__version__]).encode()).hexdigest()[:12]


class Networks:
    """Both networks, loaded on first use; one object per process."""

    def __init__(self, *, threads: int = 0) -> None:
        """threads: cores that one network run may use; 0 lets ONNX Runtime choose."""
        self._threads = threads

    def _open(self, name: str) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.log_severity_level = 4
        # the arena keeps the largest buffer ever used: a batch of big photos would hold on to gigabytes
        options.enable_cpu_mem_arena = False
        options.intra_op_num_threads = self._threads
        # threads that spin while they wait take the cores from the other photos' processes
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = model_dir() / name
        if not path.is_file():
            raise DependencyError(str(path), "the embedded recogniser's weights are missing", "Install rapidocr again.")
        try:
            return ort.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])
        except Exception as e:  # onnxruntime's exceptions share no public base class
            raise EngineError(str(path), f"the weights cannot be loaded ({e})", "Install rapidocr again.") from e

    @cached_property
    def _detector(self) -> ort.InferenceSession:
        return self._open(DETECTION_MODEL)

    @cached_property
    def _recogniser(self) -> ort.InferenceSession:
        return self._open(RECOGNITION_MODEL)

    @cached_property
    def _columns(self) -> tuple[npt.NDArray[np.intp], tuple[str, ...]]:
        """Indices of the kept columns and their characters ('' for the blank)."""
        listed = self._recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
        characters = ["", *listed, " "]
        kept = [i for i, c in enumerate(characters) if i == 0 or is_latin_script(c)]
        return np.asarray(kept), tuple(characters[i] for i in kept)

    @property
    def alphabet(self) -> tuple[str, ...]:
        """Character of each emission column; '' is the blank. CJK and other scripts are left out: on Latin-script walls their
        columns only turn doodles into signs."""
        return self._columns[1]

    def text_probability(self, rgb: RgbArray) -> FloatMap:
        """Probability that each pixel belongs to writing.

        rgb: (H, W, 3) uint8. Returns (H, W) float32 in 0..1. Padded to the network's stride, never scaled: the caller chooses the scale.
        """
        h, w = rgb.shape[:2]
        pad_h, pad_w = -h % DETECTION_STRIDE, -w % DETECTION_STRIDE
        if pad_h or pad_w:
            rgb = cast(RgbArray, cv2.copyMakeBorder(rgb, 0, pad_h, 0, pad_w, cv2.BORDER_REPLICATE))
        return _run(self._detector, _to_tensor(rgb)[None])[0, 0, :h, :w]

    def recognise(self, crops: Sequence[RgbArray]) -> list[Emissions]:
        """Character probabilities of line pictures (each (h, w, 3) uint8, upright). Same order as given."""
        columns, _ = self._columns
        order = sorted(range(len(crops)), key=lambda i: crops[i].shape[1] / crops[i].shape[0])
        found: dict[int, Emissions] = {}
        for start in range(0, len(order), BATCH_LINES):
            chosen = order[start : start + BATCH_LINES]
            widths = [max(STEP_PX, round(CROP_HEIGHT_PX * crops[i].shape[1] / crops[i].shape[0])) for i in chosen]
            batch = np.zeros((len(chosen), 3, CROP_HEIGHT_PX, max(*widths, NARROWEST_PX)), np.float32)
            for row, (i, width) in enumerate(zip(chosen, widths, strict=True)):
                interpolation = cv2.INTER_AREA if crops[i].shape[0] > CROP_HEIGHT_PX else cv2.INTER_CUBIC
                shown = cast(RgbArray, cv2.resize(crops[i], (width, CROP_HEIGHT_PX), interpolation=interpolation))
                batch[row, :, :, :width] = _to_tensor(shown)
            output = _run(self._recogniser, batch)
            for row, (i, width) in enumerate(zip(chosen, widths, strict=True)):
                kept = output[row, : -(-width // STEP_PX)][:, columns]
                kept = kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9)
                found[i] = Emissions(kept, STEP_PX * crops[i].shape[1] / width)
        return [found[i] for i in range(len(crops))]


def is_latin_script(character: str) -> bool:
    """Letters of Latin script, and the digits and signs that people write beside them."""
    if len(character) != 1:
        return False
    if character.isascii():
        return character.isprintable()
    return character in KEPT_SYMBOLS or unicodedata.name(character, "").startswith("LATIN ")


def _to_tensor(rgb: RgbArray) -> FloatMap:
    """(H, W, 3) uint8 RGB -> (3, H, W) float32 in -1..1, blue first, as the networks were trained."""
    return np.ascontiguousarray((rgb[:, :, ::-1].astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1))


def _run(session: ort.InferenceSession, tensor: FloatMap) -> FloatMap:
    try:
        output: FloatMap = session.run(None, {session.get_inputs()[0].name: tensor})[0]
    except Exception as e:  # as above
        raise EngineError("text recogniser", f"failed on a picture of shape {tensor.shape} ({e})", "Report this with the photo.") from e
    return output
