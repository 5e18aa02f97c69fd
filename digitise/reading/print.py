"""The default engine for Welsh events: the embedded recogniser, and tesseract for pages that turn out to be print.

Tesseract knows ŵ and ŷ, which the embedded network has hardly seen (docs/benchmarks.md, "Engines on print"); of handwriting it
reads next to nothing. Whether a page is print shows in the reading itself: on print the two engines agree, on handwriting never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitise.model import Line
from digitise.reading.rapid import RapidEngine
from digitise.reading.tesseract import TesseractEngine

RgbArray = npt.NDArray[np.uint8]

PRINT_CONFIDENCE = 0.95
"""Mean confidence of the embedded engine from which a page may be print; printed pages gave 0.99 and more."""
PRINT_LINES = 8
"""A page of print has at least this many lines; with fewer, agreement says little and there is little to gain."""
AGREEMENT = 0.85
"""Share of words on which both engines agree on print: printed Welsh at 100-300 dpi gave 0.97 and more, the benchmark's handwriting at
most 0.73, and a photo of a printed leaflet that tesseract read only in part 0.75."""


class PrintAwareEngine:
    """OcrEngine that asks tesseract for a second reading of what may be a printed page."""

    name = "auto"

    def __init__(self, first: RapidEngine, second: TesseractEngine) -> None:
        self._first = first
        self._second = second
        self.fingerprint = f"{first.fingerprint}+{second.fingerprint}"

    def read(self, rgb: RgbArray, *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """Lines of writing in a photo (H, W, 3) uint8, all by the engine that suits the page."""
        lines = self._first.read(rgb, vocabulary=vocabulary)
        if not may_be_print(lines):
            return lines
        other = self._second.read(rgb)
        return other if agreement(lines, other) >= AGREEMENT else lines


def may_be_print(lines: Sequence[Line]) -> bool:
    """Whether a reading is sure enough to be one of print."""
    sure = [line.confidence for line in lines if line.words]
    return len(sure) >= PRINT_LINES and float(np.mean(sure)) >= PRINT_CONFIDENCE


def agreement(one: Sequence[Line], other: Sequence[Line]) -> float:
    """Bag-of-words F1 of two readings, 0..1; case counts for nothing."""
    a, b = (Counter(word.text.casefold() for line in lines for word in line.words) for lines in (one, other))
    return 2 * (a & b).total() / max(1, a.total() + b.total())
