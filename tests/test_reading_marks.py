"""Letters with marks that the settings do not expect: never lost in silence, and Welsh is noticed where the settings forget it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import draw_photo
from PIL import Image, ImageDraw, ImageFont

from digitise import api
from digitise.model import Line, PhotoResult, Word
from digitise.reading.languages import forgotten_language, name_languages
from digitise.reading.marks import LEAST_MARK, gather_marks, has_marks, is_marked, share_marks
from digitise.reading.rapid import RapidEngine

CHARACTERS = ("", *"abdrøāŵâÂ", " ")
QUAD = ((0.0, 0.0), (9.0, 0.0), (9.0, 3.0), (0.0, 3.0))


@pytest.mark.parametrize(("character", "marked"), [("ŵ", True), ("ø", True), ("É", True), ("w", False), ("'", False), ("½", False)])
def test_what_a_marked_letter_is(character: str, marked: bool) -> None:
    assert is_marked(character) is marked


def test_marked_letters_count_together() -> None:
    row = np.zeros((2, len(CHARACTERS)), np.float32)
    row[0, 0], row[1] = 1, 0
    row[1, [0, CHARACTERS.index("ø"), CHARACTERS.index("ā"), CHARACTERS.index("Â")]] = 0.7, 0.1, 0.14, 0.06
    assert has_marks([row], CHARACTERS) and not has_marks([row[:1]], CHARACTERS) and not has_marks([row[:0]], CHARACTERS)
    assert CHARACTERS[gather_marks(row, CHARACTERS)[1].argmax()] == "ā", "though the blank was ahead of each"
    shared = share_marks(row, CHARACTERS, frozenset("abdrŵâÂ "))
    assert np.allclose(shared.sum(axis=1), 1) and shared[1, CHARACTERS.index("ŵ")] == pytest.approx(0.12)
    assert shared[1, CHARACTERS.index("ā")] == 0 and shared[1, CHARACTERS.index("Â")] == pytest.approx(0.06)
    row[1] *= LEAST_MARK / 0.31
    assert not has_marks([row], CHARACTERS)


def read(text: str, *, languages: tuple[str, ...], size: int = 56) -> list[Word]:
    picture = Image.new("RGB", (1000, 3 * size), "white")
    ImageDraw.Draw(picture).text((60, size), text, fill="#1c2244", font=ImageFont.load_default(size))
    engine = RapidEngine(languages=languages, doubtful_below=0.8, threads=2)
    return [word for line in engine.read(np.asarray(picture)) for word in line.words]


def test_a_welsh_letter_in_an_english_event_is_read_and_marked() -> None:
    words = read("Dŵr a llifogydd", languages=("en",))
    assert words[0].text == "Dŵr" and words[0].doubtful and words[0].raw not in ("", "Dr")


@pytest.mark.parametrize("text", ["Zoë wrote it", "a naïve plan", "more cafés here"])
def test_a_marked_letter_is_never_dropped_in_silence(text: str) -> None:
    truth = next(word for word in text.split() if any(map(is_marked, word)))
    bare = {word.text for word in read(text, languages=("en",)) if not word.doubtful}
    assert bare <= {truth, *(word for word in text.split() if word != truth)}


@pytest.mark.parametrize("languages", [("en",), ("cy",), ("cy", "en")])
def test_languages_are_weighed_against_each_other_whatever_the_settings_say(languages: tuple[str, ...]) -> None:
    welsh = ["Mae angen mwy o gymorth", "Cefnogi pobl ifanc yn lleol", "Mwy o goed ar y stryd", "Beth sy'n gweithio'n dda"]
    english = ["No bus after six in the evening", "What works well here"]
    named = name_languages([line_of(text) for text in [*welsh, *english]], languages)
    assert [line.language for line in named] == ["cy"] * 4 + ["en"] * 2
    assert forgotten_language(named, languages) == ("cy" if languages == ("en",) else None)


def test_one_strange_line_is_no_other_language() -> None:
    lines = [line_of(text) for text in ("LiDAR canopy height", *["the bus to the clinic"] * 5)]
    assert [line.language for line in name_languages(lines, ("en",))] == [None, *["en"] * 5]


def test_a_welsh_wall_in_an_english_event_is_told(tmp_path: Path) -> None:
    photo = draw_photo(tmp_path / "wal.jpg", ("Mae angen mwy o gymorth", "Cefnogi pobl ifanc yn lleol", "Mwy o goed ar y stryd"))
    (result,) = api.read_photos([photo], jobs=0)
    assert isinstance(result, PhotoResult)
    (problem,) = result.problems
    assert problem.severity == "warning" and "seem to be Welsh" in problem.reason and '["en", "cy"]' in problem.remedy


def line_of(text: str) -> Line:
    words = tuple(Word(text=piece, confidence=0.9, quad=QUAD) for piece in text.split())
    return Line(words=words, raw=text, confidence=0.9, quad=QUAD)
