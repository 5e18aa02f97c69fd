"""The networks at work: finding text and recognising it, straight through ONNX Runtime or OpenVINO.

The embedded weights lie inside the `rapidocr` wheel. They are opened as files here, not through rapidocr's own loader, because that
loader fetches what it misses from the network, and because tiling and decoding need the networks' raw output
(probability maps and per-character probabilities), which its interface does not give.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import groupby
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.errors import DependencyError, DigitiseError, EngineError
from digitise.reading.backends import Backend, Session, backend_version, open_session
from digitise.reading.recognisers import Recogniser, load_recogniser, run_lines
from digitise.store import hash_file, hash_parts
from digitise.weights import Weights, embedded_file, find_weights

RgbArray = npt.NDArray[np.uint8]
FloatMap = npt.NDArray[np.float32]

DETECTION_MODEL = "PP-OCRv6_det_small.onnx"

DETECTION_STRIDE = 32
"""Sides of the detector's input must be multiples of this."""
NARROWEST_PX = 160
"""Line pictures are at least this wide, else padded."""
BLANK_PX = 48
"""Padding behind each line: without any the last letter is read worse. On the lines of the real photos word F1 is 0.796 with none, 0.803
with 16 or 32 px, 0.805 with 48 to 96; padded to the longest of eight and to 320 px, as the network was published, it is 0.799."""
WIDTH_STEP_PX = 16
"""Padded widths are multiples of this, and only lines of one width go together: the network takes time by the width, and no line is read
differently for what else is on the photo."""


class Emissions(NamedTuple):
    """What the recogniser says of one line."""

    probabilities: FloatMap
    """(T, A), each row sums to 1 over the kept alphabet; column 0 is the CTC blank."""
    step_px: float
    """Width of one time step, in px of the line picture as given."""


def networks_fingerprint(weights: Weights, backend: Backend) -> str:
    """Which recogniser, which backend where it is not the usual one, and 12 hex digits over the content of both networks and the version
    of what runs them."""
    digest = hash_parts(hash_file(embedded_file(DETECTION_MODEL)), weights.sha256, backend_version(backend))
    return "-".join([weights.choice, *([backend] if backend != "onnxruntime" else []), digest[:12]])


class Networks:
    """Both networks, loaded on first use."""

    def __init__(self, *, weights: Weights | None = None, threads: int = 0, backend: Backend = "onnxruntime") -> None:
        """weights: the recogniser's; None: the embedded one. threads: cores that one network run may use; 0 lets the backend choose."""
        self._weights = weights
        self._threads = threads
        self._backend = backend

    @cached_property
    def _detector(self) -> Session:
        path = embedded_file(DETECTION_MODEL)
        try:
            return open_session(path, threads=self._threads, backend=self._backend)
        except DependencyError:
            raise
        except Exception as e:  # onnxruntime's exceptions share no public base class, nor do OpenVINO's
            raise EngineError(str(path), f"the weights cannot be loaded ({e})", "Install rapidocr again.") from e

    @cached_property
    def _recogniser(self) -> Recogniser:
        return load_recogniser(self._weights or find_weights("small"), threads=self._threads, backend=self._backend)

    @property
    def alphabet(self) -> tuple[str, ...]:
        """Character of each emission column; '' is the blank. CJK and other scripts are left out: on Latin-script walls their
        columns only turn doodles into signs."""
        return self._recogniser.alphabet

    def text_probability(self, rgb: RgbArray) -> FloatMap:
        """Probability that each pixel belongs to writing.

        rgb: (H, W, 3) uint8. Returns (H, W) float32 in 0..1. Padded to the network's stride, never scaled: the caller chooses the scale.
        """
        h, w = rgb.shape[:2]
        pad_h, pad_w = -h % DETECTION_STRIDE, -w % DETECTION_STRIDE
        if pad_h or pad_w:
            rgb = cast(RgbArray, cv2.copyMakeBorder(rgb, 0, pad_h, 0, pad_w, cv2.BORDER_REPLICATE))
        tensor = _to_tensor(rgb)[None]
        try:
            output = self._detector.run(tensor)
        except DigitiseError:
            raise
        except Exception as e:  # as above
            raise _failed("text finder", tensor, e) from e
        return output[0, 0, :h, :w]

    def recognise(self, crops: Sequence[RgbArray]) -> list[Emissions]:
        """Character probabilities of line pictures (each (h, w, 3) uint8, upright). Same order as given."""
        recogniser = self._recogniser
        height, step = recogniser.height_px, recogniser.step_px
        widths = [max(math.ceil(step), round(height * crop.shape[1] / crop.shape[0])) for crop in crops]
        padded = [max(NARROWEST_PX, -(-(width + BLANK_PX) // WIDTH_STEP_PX) * WIDTH_STEP_PX) for width in widths]
        found: dict[int, Emissions] = {}
        for chosen in _batches(padded, recogniser.batch_lines):
            batch = np.zeros((len(chosen), 3, height, padded[chosen[0]]), np.float32)
            for row, i in enumerate(chosen):
                interpolation = cv2.INTER_AREA if crops[i].shape[0] > height else cv2.INTER_CUBIC
                shown = cast(RgbArray, cv2.resize(crops[i], (widths[i], height), interpolation=interpolation))
                batch[row, :, :, : widths[i]] = _to_tensor(shown)
            try:
                output = run_lines(recogniser, batch)
            except Exception as e:  # as above
                raise _failed("text recogniser", batch, e) from e
            for row, i in enumerate(chosen):
                found[i] = Emissions(output[row, : math.ceil(widths[i] / step)].copy(), step * crops[i].shape[1] / widths[i])
        return [found[i] for i in range(len(crops))]


@lru_cache(maxsize=2)
def open_networks(weights: Weights, *, threads: int, backend: Backend) -> Networks:
    """One object for all engines of a process, whatever languages and bounds these have: an archive's events may differ in them, and each
    would load the same 30 MB again and hold memory of its own for what they work out."""
    return Networks(weights=weights, threads=threads, backend=backend)


def _batches(widths: Sequence[int], most: int) -> list[list[int]]:
    """Indices of pictures of the same width, at most so many together."""
    order = sorted(range(len(widths)), key=widths.__getitem__)
    same = [list(group) for _, group in groupby(order, key=widths.__getitem__)]
    return [group[start : start + most] for group in same for start in range(0, len(group), most)]


def _to_tensor(rgb: RgbArray) -> FloatMap:
    """(H, W, 3) uint8 RGB -> (3, H, W) float32 in -1..1, blue first, as the networks were trained."""
    return np.ascontiguousarray((rgb[:, :, ::-1].astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1))


def _failed(network: str, tensor: FloatMap, e: Exception) -> EngineError | MemoryError:
    if "allocate memory" in str(e):
        return MemoryError(str(e))
    return EngineError(network, f"failed on a picture of shape {tensor.shape} ({e})", "Report this with the photo.")
