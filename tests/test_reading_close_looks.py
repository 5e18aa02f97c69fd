"""Notes whose ink was left over are looked at closely: what a photo's first reading overlooks on pale or dark stickies."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from digitise.config import Reading
from digitise.model import Line, Quad, Word
from digitise.reading import CloseReader, make_engine
from digitise.reading.close_looks import keep_known, look_closely, replace_unread, stretch_ink
from digitise.reading.lexicon import EventLexicon
from digitise.reading.networks import Networks
from digitise.reading.rapid import RapidEngine

WORDS = ("more trees", "in the park", "and shade")
STICKY: Quad = ((100.0, 120.0), (460.0, 120.0), (460.0, 480.0), (100.0, 480.0))


def photo(*, ink: str, paper: str) -> np.ndarray:
    picture = Image.new("RGB", (1600, 1200), "#d8d4cb")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((100, 120, 460, 480), fill=paper)
    for row, words in enumerate(WORDS):
        draw.text((130, 160 + 90 * row), words, fill=ink, font=ImageFont.load_default(48))
    shaded = np.asarray(picture).astype(float) * np.linspace(1.0, 0.8, 1600)[None, :, None]
    noisy = shaded + np.random.default_rng(3).normal(0, 2, shaded.shape)
    return cv2.GaussianBlur(np.clip(noisy, 0, 255).astype(np.uint8), (0, 0), 1.2)


@pytest.fixture(scope="module")
def engine() -> CloseReader:
    made = make_engine(Reading(engine="rapidocr"), ("en",), threads=2)
    assert isinstance(made, CloseReader)
    return made


def test_a_pale_pen_on_a_dark_sticky_is_read(engine: CloseReader) -> None:
    rgb = photo(ink="#6b58a6", paper="#7460ad")
    assert isinstance(engine, RapidEngine)
    before = engine.read(rgb)
    assert not any(line.words for line in before), "the look at the whole photo overlooks it"
    found = [line for line in engine.read_closely(rgb, [STICKY], before) if line.words]
    assert sorted(line.text for line in found) == sorted(WORDS)
    for line in found:
        x, y = np.mean(line.quad, axis=0)
        assert 120 < x < 460 and abs(y - (190 + 90 * WORDS.index(line.text))) < 20, "in photo px"
        assert line.language == "en"


def test_ink_that_lines_cover_is_not_looked_at_again() -> None:
    rgb = photo(ink="#202020", paper="#f0e060")
    networks = Networks(threads=2)
    lines = [((120.0, 155.0 + 90 * i), (440.0, 155.0 + 90 * i), (440.0, 225.0 + 90 * i), (120.0, 225.0 + 90 * i)) for i in range(3)]
    assert look_closely(rgb, [STICKY], lines, networks) == []
    (look,) = look_closely(rgb, [STICKY], lines[:2], networks)
    assert abs(look.corners[:, 1].mean() - 370) < 20, "the line that is missing, and none of the others twice"


def test_blank_small_and_outlying_notes_give_nothing() -> None:
    rgb = photo(ink="#f0e060", paper="#f0e060")
    networks = Networks(threads=2)
    small: Quad = ((5.0, 5.0), (40.0, 5.0), (40.0, 40.0), (5.0, 40.0))
    outside: Quad = ((-300.0, -300.0), (-10.0, -300.0), (-10.0, -10.0), (-300.0, -10.0))
    assert look_closely(rgb, [STICKY, small, outside], [], networks) == []


def test_the_paper_goes_whatever_its_colour() -> None:
    grey = stretch_ink(photo(ink="#3c5a50", paper="#4a7068")[120:480, 100:460])
    assert np.median(grey) > 230 and np.percentile(grey, 1) < 30


def test_words_take_the_place_of_a_line_that_could_not_be_read() -> None:
    def line(x: float, text: str) -> Line:
        quad: Quad = ((x, 0.0), (x + 100, 0.0), (x + 100, 30.0), (x, 30.0))
        words = tuple(Word(text=piece, confidence=0.5, quad=quad) for piece in text.split())
        return Line(words=words, raw=text, confidence=0.5, quad=quad)

    kept = replace_unread([line(0, ""), line(200, ""), line(400, "stays")], [line(20, "found"), line(410, "beside")])
    assert [(k.text, k.quad[0][0]) for k in kept] == [("", 200), ("stays", 400), ("found", 20), ("beside", 410)]


def test_only_lines_with_a_usual_word_are_kept() -> None:
    def line(text: str) -> Line:
        words = tuple(Word(text=piece, confidence=0.5, quad=STICKY) for piece in text.split())
        return Line(words=words, raw=text, confidence=0.5, quad=STICKY)

    kept = keep_known([line(t) for t in ("the agenda", "7LLLL", "y", "in 3", "zqxv")], EventLexicon(("en",)))
    assert [k.text for k in kept] == ["the agenda"]
