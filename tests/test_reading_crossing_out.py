"""Crossed-out words are told from underlined, ruled and plain ones, and leave the text but not the record."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from digitise.model import Quad
from digitise.reading.crossing_out import find_struck_out
from digitise.reading.rapid import RapidEngine

FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "")
WORDS = ("COMMUNITY", "FATHER", "HEEHEE", "transport", "levelling", "gypsy", "mmmmm")


def is_struck_out(rgb: np.ndarray, quad: Quad) -> bool:
    return find_struck_out(rgb, [quad]) == [True]


def draw_word(text: str, font_name: str, *, size: int = 48, ink: str = "#222233", ground: str = "#ffffff") -> tuple[Image.Image, Quad]:
    """A word on paper and its quad, with the margin that found lines have."""
    font = ImageFont.truetype(font_name, size) if font_name else ImageFont.load_default(size)
    picture = Image.new("RGB", (800, 260), ground)
    pen = ImageDraw.Draw(picture)
    pen.text((200, 90), text, fill=ink, font=font)
    x0, y0, x1, y1 = pen.textbbox((200, 90), text, font=font)
    m = 0.3 * (y1 - y0)
    return picture, ((x0 - m, y0 - m), (x1 + m, y0 - m), (x1 + m, y1 + m), (x0 - m, y1 + m))


def pixels(picture: Image.Image) -> npt.NDArray[np.uint8]:
    return np.asarray(picture).copy()


def letter_middle(picture: Image.Image) -> float:
    """Row with as much ink above as below it."""
    dark = (np.abs(pixels(picture).astype(int) - pixels(picture)[0, 0]).sum(axis=2) > 150).sum(axis=1)
    return float(np.searchsorted(np.cumsum(dark), dark.sum() / 2))


def draw_stroke(picture: Image.Image, kind: str, quad: Quad, ink: str = "#222233") -> None:
    pen, y = ImageDraw.Draw(picture), letter_middle(picture)
    x0, x1, end = quad[0][0] + 6, quad[1][0] - 6, picture.width
    if kind == "straight":
        pen.line((x0, y, x1, y + 2), fill=ink, width=4)
    elif kind == "bent":
        bow = [(x0 + (x1 - x0) * t, y + 4 * np.sin(3 * t)) for t in np.linspace(0, 1, 20)]
        pen.line(bow, fill=ink, width=4)
    elif kind == "underline":
        pen.line((x0, quad[2][1] - 10, x1, quad[2][1] - 10), fill=ink, width=4)
    elif kind == "overline":
        pen.line((x0, quad[0][1] + 10, x1, quad[0][1] + 10), fill=ink, width=4)
    elif kind == "rule":
        pen.line((0, y, end, y), fill=ink, width=4)
    elif kind == "hyphen":
        pen.line((x0 - 60, y, x0 - 5, y), fill=ink, width=4)


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("kind", ["straight", "bent"])
def test_a_stroke_through_the_middle_crosses_a_word_out(word: str, font: str, kind: str) -> None:
    picture, quad = draw_word(word, font)
    draw_stroke(picture, kind, quad)
    assert is_struck_out(pixels(picture), quad)


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("kind", ["nothing", "underline", "overline", "rule", "hyphen"])
def test_other_lines_do_not(word: str, font: str, kind: str) -> None:
    picture, quad = draw_word(word, font)
    draw_stroke(picture, kind, quad)
    assert not is_struck_out(pixels(picture), quad)


def test_light_ink_on_dark_is_judged_alike() -> None:
    picture, quad = draw_word("transport", FONTS[0], ink="#f4f4f4", ground="#203028")
    assert not is_struck_out(pixels(picture), quad)
    draw_stroke(picture, "straight", quad, ink="#f4f4f4")
    assert is_struck_out(pixels(picture), quad)


def test_a_blank_place_is_no_crossed_out_word() -> None:
    assert not is_struck_out(np.full((100, 300, 3), 240, np.uint8), ((10, 10), (200, 10), (200, 60), (10, 60)))


def test_a_crossed_out_word_leaves_the_text_but_stays_on_record() -> None:
    font = ImageFont.truetype(FONTS[0], 54)
    picture = Image.new("RGB", (1300, 260), "#ffffff")
    pen = ImageDraw.Draw(picture)
    pen.text((80, 90), "We want fewer better buses", fill="#222233", font=font)
    x0, x1 = (80 + font.getlength(before) for before in ("We want ", "We want fewer"))
    pen.line((x0 - 4, 127, x1 + 4, 127), fill="#222233", width=4)
    (line,) = RapidEngine(languages=("en",), doubtful_below=0.5, threads=2).read(pixels(picture))
    assert line.text == "We want better buses"
    (out,) = line.struck_out
    assert x0 - 30 < out.quad[0][0] < out.quad[1][0] < x1 + 30
    assert len(line.raw.replace(" ", "")) > len("Wewantbetterbuses")
