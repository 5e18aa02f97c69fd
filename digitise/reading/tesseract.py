"""Tesseract through pytesseract: the second engine, for printed pages."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from itertools import groupby
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytesseract
from PIL import Image

from digitise.errors import DependencyError, EngineError
from digitise.geometry import box_quad, union_box
from digitise.model import Box, Line, Word

RgbArray = npt.NDArray[np.uint8]

TRAINED_DATA = {"en": "eng", "cy": "cym"}
"""Tesseract's names of the languages."""
PAGE_MODE = 3
"""Fully automatic page segmentation: the second engine is there for printed pages; sparse mode (11) loses their order of columns."""
MOST_SIDE_PX = 4000
"""Larger pictures are reduced first: an A4 page at 300 dpi has 3508 px, and a 30-megapixel mural takes tesseract minutes."""
TIMEOUT_S = 300
LEAST_CONFIDENCE = 0.30
"""Words below are specks and drawings."""


class TesseractEngine:
    """OcrEngine on the installed tesseract program."""

    name = "tesseract"

    def __init__(self, *, languages: Sequence[str], doubtful_below: float) -> None:
        """Raises DependencyError when tesseract or one of the languages is not installed."""
        self._languages = check_languages(languages)
        self._doubtful_below = doubtful_below
        self.fingerprint = f"tesseract-{tesseract_version()}-{self._languages}"

    def read(self, rgb: RgbArray, *, vocabulary: Sequence[str] = ()) -> list[Line]:
        """Lines of writing in a photo (H, W, 3) uint8. The vocabulary is not used: tesseract takes none for its LSTM models."""
        del vocabulary
        # one process per photo already runs on every core; tesseract's own threads only get in each other's way
        os.environ["OMP_THREAD_LIMIT"] = "1"
        picture = Image.fromarray(rgb)
        scale = min(1.0, MOST_SIDE_PX / max(picture.size))
        if scale < 1:
            picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
        try:
            data = pytesseract.image_to_data(
                picture,
                lang=self._languages,
                config=f"--psm {PAGE_MODE}",
                output_type=pytesseract.Output.DICT,
                timeout=TIMEOUT_S,
            )
        except pytesseract.TesseractNotFoundError as e:
            raise _not_installed() from e
        except RuntimeError as e:  # pytesseract's timeout is a bare RuntimeError; TesseractError is one, too
            raise EngineError(
                "tesseract", f"failed on a picture of {rgb.shape[1]} x {rgb.shape[0]} px ({e})", "Try the engine 'rapidocr'."
            ) from e
        return _lines(cast(dict[str, list[Any]], data), scale, self._doubtful_below)


def _lines(data: dict[str, list[Any]], scale: float, doubtful_below: float) -> list[Line]:
    """Lines out of tesseract's table; its px divided by `scale` are photo px."""
    keys = list(zip(data["block_num"], data["par_num"], data["line_num"], strict=True))
    kept = [i for i, text in enumerate(data["text"]) if text.strip() and float(data["conf"][i]) >= 100 * LEAST_CONFIDENCE]
    lines = []
    for _, members in groupby(kept, key=lambda i: keys[i]):
        boxes: list[Box] = []
        words: list[Word] = []
        for i in members:
            x, y, w, h = (float(data[key][i]) / scale for key in ("left", "top", "width", "height"))
            box = (x, y, x + w, y + h)
            confidence = round(_right_probability(float(data["conf"][i]) / 100), 4)
            boxes.append(box)
            words.append(
                Word(text=data["text"][i].strip(), confidence=confidence, quad=box_quad(box), doubtful=confidence < doubtful_below)
            )
        lines.append(
            Line(
                words=tuple(words),
                raw=" ".join(w.text for w in words),
                confidence=sum(w.confidence for w in words) / len(words),
                quad=box_quad(union_box(boxes)),
                engine="tesseract",
            )
        )
    return lines


def _right_probability(figure: float) -> float:
    """Tesseract's own figure (0..1) as the probability that a word is right, about as sure as the embedded engine's.

    On 1,439 words of drawn print, blurred and small, those of 0.3 to 0.5 are right in 0.41 of cases, of 0.5 to 0.7 in 0.68, of 0.8 to 0.9
    in 0.91 and beyond in 1.00: the root of the figure is nearer to that than the figure.
    """
    return math.sqrt(figure)


def check_languages(languages: Sequence[str]) -> str:
    """Tesseract's language argument ('eng+cym'). Raises DependencyError naming what is missing."""
    wanted = [TRAINED_DATA[code] for code in languages]
    missing = [code for code in wanted if code not in installed_languages()]
    if missing:
        packages = " ".join(f"tesseract-ocr-{code}" for code in missing)
        raise DependencyError(
            "tesseract", f"the language data for {', '.join(missing)} is not installed", f"Install it: sudo apt-get install {packages}."
        )
    return "+".join(wanted)


def installed_languages() -> list[str]:
    """Codes of the installed trained data. Raises DependencyError when tesseract is not there."""
    try:
        return cast(list[str], pytesseract.get_languages(config=""))
    except pytesseract.TesseractNotFoundError as e:
        raise _not_installed() from e


def tesseract_version() -> str:
    """Version number. Raises DependencyError when tesseract is not there."""
    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, SystemExit) as e:
        raise _not_installed() from e


def _not_installed() -> DependencyError:
    return DependencyError(
        "tesseract", "the program is not installed", "Install it: sudo apt-get install tesseract-ocr, or use the engine 'rapidocr'."
    )
