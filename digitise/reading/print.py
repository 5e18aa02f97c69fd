"""The default engine for Welsh events: the embedded recogniser, and tesseract for the Welsh letters of print.

Tesseract knows ŵ and ŷ, which the embedded network has hardly seen (docs/benchmarks.md, "Engines on print"); of handwriting it
reads next to nothing. Whether a page is print shows in the reading itself: on print the two engines agree, on handwriting never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from digitise.geometry import bounds, box_overlap
from digitise.model import Box, Line, Quad, Word
from digitise.reading.rapid import RapidEngine
from digitise.reading.tesseract import TesseractEngine
from digitise.reading.welsh import UNSEEN

RgbArray = npt.NDArray[np.uint8]

PRINT_CONFIDENCE = 0.95
"""Mean confidence of the embedded engine from which a page may be print; printed pages gave 0.99 and more."""
PRINT_LINES = 8
"""A page of print has at least this many lines; with fewer, agreement says little and there is little to gain."""
AGREEMENT = 0.85
"""Share of words on which both engines agree on print: printed Welsh at 100-300 dpi gave 0.97 and more, the benchmark's handwriting at
most 0.73, and a photo of a printed leaflet that tesseract read only in part 0.75."""
SAME_PLACE = 0.5
"""Share of a word's box that must lie in the other engine's word."""


class PrintAwareEngine:
    """OcrEngine that asks tesseract about ŵ and ŷ on what may be a printed page."""

    name = "auto"

    def __init__(self, first: RapidEngine, second: TesseractEngine) -> None:
        self._first = first
        self._second = second
        self.fingerprint = f"{first.fingerprint}+{second.fingerprint}"

    def read(self, rgb: RgbArray, *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """Lines of writing in a photo (H, W, 3) uint8 by the embedded engine; on print, words with ŵ or ŷ by tesseract."""
        lines = self._first.read(rgb, vocabulary=vocabulary)
        if not may_be_print(lines):
            return lines
        other = self._second.read(rgb)
        return take_unseen(lines, other) if agreement(lines, other) >= AGREEMENT else lines

    def read_closely(self, rgb: RgbArray, quads: Sequence[Quad], lines: Sequence[Line], *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """The lines with those more that the embedded engine finds in notes whose ink they leave over."""
        return self._first.read_closely(rgb, quads, lines, vocabulary=vocabulary)

    def support(self, rgb: RgbArray, quad: Quad, texts: Sequence[str]) -> list[float]:
        """How well the ink inside a quad bears out each text; see reading/support.py."""
        return self._first.support(rgb, quad, texts)


def may_be_print(lines: Sequence[Line]) -> bool:
    """Whether a reading is sure enough to be one of print."""
    sure = [line.confidence for line in lines if line.words]
    return len(sure) >= PRINT_LINES and float(np.mean(sure)) >= PRINT_CONFIDENCE


def agreement(one: Sequence[Line], other: Sequence[Line]) -> float:
    """Bag-of-words F1 of two readings, 0..1; case counts for nothing."""
    a, b = (Counter(word.text.casefold() for line in lines for word in line.words) for lines in (one, other))
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def take_unseen(lines: Sequence[Line], other: Sequence[Line]) -> list[Line]:
    """The first reading with the other's word wherever that has ŵ or ŷ, lies in the same place and otherwise says nearly the same.

    Nothing else is taken over: a page of print may carry handwriting, of which the other reading is worse.
    """
    offered = [(word, bounds(word.quad)) for line in other for word in line.words if set(word.text) & set(UNSEEN)]
    return [_mend(line, offered) for line in lines]


def _mend(line: Line, offered: Sequence[tuple[Word, Box]]) -> Line:
    words = []
    for word in line.words:
        box = bounds(word.quad)
        same = [w for w, place in offered if box_overlap(box, place) >= SAME_PLACE * _area(place) and _nearly(word.text, w.text)]
        words.append(_replace(word, same[0]) if same else word)
    mended = any(new is not old for new, old in zip(words, line.words, strict=True))
    return line.model_copy(update={"words": tuple(words), "engine": f"{line.engine}+tesseract"}) if mended else line


def _replace(word: Word, better: Word) -> Word:
    update = {"text": better.text, "raw": word.raw or word.text, "confidence": better.confidence, "doubtful": better.doubtful}
    alternatives = tuple(a for a in dict.fromkeys((word.text, *word.alternatives)) if a != better.text)
    return word.model_copy(update={**update, "alternatives": alternatives})


def _nearly(one: str, other: str) -> bool:
    """Equal but for the unseen letters and at most as many others."""
    return Levenshtein.distance(one.casefold(), other.casefold()) <= 2 * sum(c in UNSEEN for c in other)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
