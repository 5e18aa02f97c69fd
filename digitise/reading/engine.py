"""The one shape that every text recogniser has here, and the choice among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from digitise.config import Reading
from digitise.errors import DependencyError
from digitise.model import Line
from digitise.reading.print import PrintAwareEngine
from digitise.reading.rapid import RapidEngine
from digitise.reading.tesseract import TesseractEngine

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


def make_engine(reading: Reading, languages: Sequence[str], *, threads: int = 0) -> OcrEngine:
    """The engine that the settings ask for. Loading weights waits until the first photo.

    threads: cores that one engine may use; 0 lets it choose. Raises DependencyError when the engine or a language of it is not installed.
    """
    if reading.engine == "tesseract":
        return TesseractEngine(languages=languages, doubtful_below=reading.doubtful_below)
    embedded = RapidEngine(languages=languages, doubtful_below=reading.doubtful_below, threads=threads)
    if reading.engine == "rapidocr" or "cy" not in languages:
        return embedded
    try:
        return PrintAwareEngine(embedded, TesseractEngine(languages=languages, doubtful_below=reading.doubtful_below))
    except DependencyError:  # tesseract is a gain for Welsh print, not a need; 'digitise check' says whether it is there
        return embedded
