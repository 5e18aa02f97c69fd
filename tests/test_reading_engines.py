"""Both engines on drawn writing with known words."""

from __future__ import annotations

import pickle
import socket
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from digitise.config import Reading
from digitise.errors import DependencyError
from digitise.geometry import quad_angle
from digitise.model import Line
from digitise.reading import OcrEngine, make_engine
from digitise.reading.decoding import Decoded, DecodedWord
from digitise.reading.lexicon import EventLexicon
from digitise.reading.networks import Emissions
from digitise.reading.rapid import Look, RapidEngine, to_line
from digitise.reading.tesseract import check_languages
from digitise.reading.voting import Evidence, Vote

WORDS = ("Transport to the clinic", "No evening support", "Interlink to ring the council")


def draw(lines: Sequence[str], *, turn: int = 0, ink: str = "#1c2b6b", paper: str = "#f2efe6") -> np.ndarray:
    picture = Image.new("RGB", (550, 310), paper)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(27)
    for i, line in enumerate(lines):
        pen.text((45, 40 + 75 * i), line, fill=ink, font=font)
    return np.asarray(picture.rotate(-turn, expand=True, fillcolor=paper))


def texts(lines: Sequence[Line]) -> str:
    return " / ".join(line.text for line in sorted(lines, key=lambda line: line.quad[0][1]))


@pytest.fixture(scope="module")
def engine() -> OcrEngine:
    return make_engine(Reading(), ("en",), threads=2)


def test_reads_offline_with_words_in_their_places(engine: OcrEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    lines = engine.read(draw(WORDS))
    assert texts(lines) == " / ".join(WORDS)
    first = min(lines, key=lambda line: line.quad[0][1])
    assert first.raw == WORDS[0] and first.engine == "rapidocr"
    starts = [w.quad[0][0] for w in first.words]
    assert starts == sorted(starts) and len(starts) == 4
    assert starts[0] == pytest.approx(45, abs=15)
    assert all(0.8 < w.confidence <= 1 and not w.doubtful for w in first.words)


@pytest.mark.parametrize("turn", [12, *(pytest.param(turn, marks=pytest.mark.slow) for turn in (90, 180, 270))])
def test_turned_writing_is_read_and_its_direction_told(engine: OcrEngine, turn: int) -> None:
    lines = engine.read(draw(WORDS, turn=turn))
    assert sorted(line.text for line in lines) == sorted(WORDS)
    for line in lines:
        assert (quad_angle(line.quad) - turn + 180) % 360 - 180 == pytest.approx(0, abs=5)


def test_light_writing_on_a_dark_board_is_read(engine: OcrEngine) -> None:
    assert texts(engine.read(draw(WORDS, ink="#f4f4f0", paper="#20302a"))) == " / ".join(WORDS)


def test_small_letters_on_a_large_photo_are_read(engine: OcrEngine) -> None:
    page = Image.new("RGB", (4000, 400), "#f2efe6")  # how far a photo is reduced hangs on its longer side alone
    page.paste(Image.fromarray(draw(WORDS)), (3000, 50))
    assert texts(engine.read(np.asarray(page))) == " / ".join(WORDS)


@pytest.mark.parametrize(
    ("text", "sure", "width", "told"),
    [
        ("care", 0.9, 400, "words"),
        ("care", 0.55, 400, "unread"),
        ("care", 0.55, 50, "unread"),
        ("v*1", 0.55, 50, "nothing"),
        ("care", 0.2, 400, "nothing"),
    ],
    ids=["clear", "blurred", "a short word", "an icon", "a drawing"],
)
def test_writing_too_poor_to_believe_is_told_without_words(text: str, sure: float, width: int, told: str) -> None:
    engine = RapidEngine(languages=("en",), doubtful_below=0.8, threads=2)
    characters = engine._networks.alphabet
    probabilities = np.full((16, len(characters)), (1 - sure) / (len(characters) - 1), np.float32)
    probabilities[:, 0] = 0
    for step, char in zip(range(0, 16, 4), text, strict=False):
        probabilities[step, characters.index(char)] = sure
        probabilities[step + 1 : step + 4] = 0
        probabilities[step + 1 : step + 4, 0] = 1
    corners = np.array([[0, 0], [width, 0], [width, 40], [0, 40]], float)
    line = engine.decode(Look(corners, Emissions(probabilities, width / 16), sure), EventLexicon(("en",)))
    assert ("nothing" if line is None else "words" if line.words else "unread") == told
    if line is not None and not line.words:
        assert line.raw == "" and line.confidence == 0 and line.quad[2] == (width, 40)


def test_words_that_nobody_uses_are_marked_unless_the_event_names_them(engine: OcrEngine) -> None:
    rgb = draw(["Zolpher Quibblewick", "the bus and the clinic"])
    marked = {w.text for line in engine.read(rgb) for w in line.words if w.doubtful}
    assert marked == {"Zolpher", "Quibblewick"}
    assert not any(w.doubtful for line in engine.read(rgb, vocabulary=["Zolpher Quibblewick"]) for w in line.words)


def test_signs_alone_are_nothing_to_check() -> None:
    texts_read = ("-", "2", "maybe")
    words = tuple(DecodedWord(text, text, 0.5, k, k) for k, text in enumerate(texts_read))
    evidence = Evidence(ink=-0.7, posterior=0.5, agreement=0.5, raw=0.5, unlike=0.5)
    vote = Vote(Decoded(words, "- 2 maybe", 0.5), (evidence,) * 3, ((),) * 3)
    look = Look(np.array([[0, 0], [90, 0], [90, 20], [0, 20]], float), Emissions(np.ones((9, 2), np.float32) / 2, 10.0), 0.7)
    line = to_line(vote, look, EventLexicon(("en",)), score=0.7, doubtful_below=0.94, engine="rapidocr")
    assert [w.text for w in line.words if w.doubtful] == ["2", "maybe"]


def test_an_empty_sheet_and_a_tiny_picture_give_nothing(engine: OcrEngine) -> None:
    assert engine.read(np.full((600, 800, 3), 240, np.uint8)) == []
    assert engine.read(np.full((33, 40, 3), 240, np.uint8)) == []


def test_welsh_letters_survive() -> None:
    words = ("Cymorth gyda'r tŷ a dŵr", "Gwirfoddolwyr ym mhob cymuned")
    picture = Image.new("RGB", (550, 210), "#f2efe6")
    font = ImageFont.truetype("DejaVuSans.ttf", 30)
    for i, line in enumerate(words):
        ImageDraw.Draw(picture).text((30, 30 + 75 * i), line, fill="#1c2b6b", font=font)
    lines = make_engine(Reading(engine="rapidocr"), ("cy", "en"), threads=2).read(np.asarray(picture))
    assert texts(lines) == " / ".join(words)
    # the network does not know these letters: the word list gave them, so a person is asked to look
    assert {w.text for line in lines for w in line.words if w.doubtful} >= {"tŷ", "dŵr"}


def test_tesseract_reads_print_with_boxes_and_confidence() -> None:
    lines = make_engine(Reading(engine="tesseract"), ("en", "cy")).read(draw(WORDS))
    assert texts(lines) == " / ".join(WORDS)
    assert all(line.engine == "tesseract" and 0 < line.confidence <= 1 for line in lines)


def test_tesseract_gives_photo_px_also_for_pictures_it_sees_reduced() -> None:
    page = Image.new("RGB", (6000, 1300), "#f2efe6")
    page.paste(Image.fromarray(draw(WORDS)).resize((2200, 1240)), (3000, 30))
    lines = make_engine(Reading(engine="tesseract"), ("en",)).read(np.asarray(page))
    assert texts(lines) == " / ".join(WORDS)
    assert min(line.quad[0][0] for line in lines) == pytest.approx(3000 + 4 * 45, abs=25)


def test_missing_tesseract_language_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(DependencyError) as caught:
        check_languages(("en", "cy"))
    assert "tesseract-ocr-cym" in caught.value.remedy


def test_missing_tesseract_is_a_dependency_error_that_pickles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "/no/such/tesseract")
    with pytest.raises(DependencyError) as caught:
        make_engine(Reading(engine="tesseract"), ("en",))
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args


PRINT = (
    "Mae pobl hŷn yn gaeth i'r tŷ ar ôl y bws olaf",
    "Dim digon o weithgareddau Cymraeg gyda'r nos",
    "Teuluoedd ifanc yn symud i ffwrdd",
    "Menter Derwen i gynnal bore coffi bob dydd Mawrth",
    "Y Clerc i ofyn am olau stryd wrth y capel",
    "Grŵp cerdded newydd i bobl sy'n byw ar eu pen eu hunain",
    "Capel Seion i agor y festri fel lle cynnes",
    "Cludiant i'r feddygfa ar ddydd Llun",
    "Tai llaith yn y cwm a neb yn ateb y ffôn",
)


def draw_print() -> np.ndarray:
    page = Image.new("RGB", (1700, 1000), "white")
    font = ImageFont.truetype("DejaVuSerif.ttf", 44)
    for i, line in enumerate(PRINT):
        ImageDraw.Draw(page).text((80, 60 + 96 * i), line, fill="black", font=font)
    return np.asarray(page)


@pytest.mark.slow
def test_by_default_the_welsh_letters_of_print_are_tesseracts_and_all_else_stays() -> None:
    auto = make_engine(Reading(), ("cy", "en"), threads=2)
    embedded = make_engine(Reading(engine="rapidocr"), ("cy", "en"), threads=2).read(draw_print())
    lines = auto.read(draw_print())
    assert [line.quad for line in lines] == [line.quad for line in embedded]
    taken = [w for line in lines if line.engine == "rapidocr+tesseract" for w in line.words]
    assert {"hŷn", "tŷ", "Grŵp"} <= {w.text for w in taken if not w.doubtful}
    assert all(
        set("ŵŷ") & set(w.text)
        for line, old in zip(lines, embedded, strict=True)
        for w, o in zip(line.words, old.words, strict=True)
        if w != o
    )
    assert {line.engine for line in auto.read(draw(WORDS))} == {"rapidocr"}


def test_engines_have_fingerprints_that_tell_them_apart(engine: OcrEngine) -> None:
    other = make_engine(Reading(engine="tesseract"), ("en",))
    assert engine.fingerprint != other.fingerprint
    assert engine.fingerprint == make_engine(Reading(), ("en",)).fingerprint
