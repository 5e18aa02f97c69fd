"""The one shape that every text recogniser has here, and the choice among them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from digitise.config import Reading, is_model_file
from digitise.errors import DependencyError
from digitise.model import Line, Quad
from digitise.reading.backends import choose_backend
from digitise.reading.print import PrintAwareEngine
from digitise.reading.rapid import RapidEngine
from digitise.reading.recognisers import load_recogniser
from digitise.reading.tesseract import TesseractEngine
from digitise.weights import find_weights, own_files

RgbArray = npt.NDArray[np.uint8]


class OcrEngine(Protocol):
    """Finds and reads the writing of one photo."""

    name: str
    fingerprint: str
    """Changes whenever the engine could read the same pixels differently: program, weights, version."""

    def read(self, rgb: RgbArray, *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """Lines of writing in photo px, in no particular order.

        rgb: (H, W, 3) uint8, EXIF turn applied. vocabulary: names and acronyms of the event, to be believed like
        dictionary words. Raises EngineError when recognition fails.
        """
        ...


@runtime_checkable
class CloseReader(Protocol):
    """An engine that can look again at notes in which it left ink over."""

    def read_closely(self, rgb: RgbArray, quads: Sequence[Quad], lines: Sequence[Line], *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """`lines` and those found besides, in photo px; words take the place of a line that could not be read.

        quads: notes, as layout found them; lines: as `read` gave them.
        """
        ...


def make_engine(reading: Reading, languages: Sequence[str], *, threads: int = 0) -> OcrEngine:
    """The engine that the settings ask for. Loading weights waits until the first photo.

    threads: cores that one engine may use; 0 lets it choose. Raises DependencyError when the engine, its recogniser, its backend or a
    language of it is not installed, ConfigError when a recogniser of the person's own is not there.
    """
    if reading.engine == "tesseract":
        return TesseractEngine(languages=languages, doubtful_below=reading.doubtful_below)
    embedded = RapidEngine(
        languages=languages,
        doubtful_below=reading.doubtful_below,
        recogniser=reading.recogniser,
        threads=threads,
        backend=reading.backend,
    )
    if reading.engine == "rapidocr" or "cy" not in languages:
        return embedded
    try:
        return PrintAwareEngine(embedded, TesseractEngine(languages=languages, doubtful_below=reading.doubtful_below))
    except DependencyError:  # tesseract is a gain for Welsh print, not a need; 'digitise check' says whether it is there
        return embedded


def check_recogniser(reading: Reading) -> str:
    """Whether the recogniser that the settings name can read; in words, which it is. Tries out one of the person's own.

    Raises DependencyError, EngineError or ConfigError, saying what to do.
    """
    weights, backend = find_weights(reading.recogniser), choose_backend(reading.backend)
    if weights.choice != "own":
        return weights.choice
    found = load_recogniser(weights, threads=1, backend=backend)
    return f"{weights.path}: lines {found.height_px} px high, a step every {found.step_px:g} px, {len(found.alphabet) - 1} characters"


def recogniser_stamp(reading: Reading) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of an own recogniser's files: whoever keeps an engine learns from it when they have been exchanged."""
    files = own_files(Path(reading.recogniser)) if is_model_file(reading.recogniser) else []
    return tuple((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
