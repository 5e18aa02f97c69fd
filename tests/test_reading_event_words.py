"""Doubtful words take the reading that other photos of the event say with certainty."""

from __future__ import annotations

from digitise.geometry import box_quad
from digitise.model import Line, Note, Word
from digitise.reading.event_words import mend_from_event, replace_once

QUAD = box_quad((0, 0, 10, 10))


def word(text: str, *alternatives: str, confidence: float = 0.99, raw: str = "", source: str = "") -> Word:
    return Word(text=text, raw=raw, confidence=confidence, quad=QUAD, doubtful=confidence < 0.9, alternatives=alternatives, source=source)


def note(number: int, *words: Word, text: str | None = None) -> Note:
    line = Line(words=words, raw="", confidence=0.9, quad=QUAD)
    return Note(id=f"n{number}", photo_id="p", outline=QUAD, lines=(line,), text=line.text if text is None else text)


SURE = note(0, word("drug"), word("device"), word("Treorchy"), word("vien"), word("of"))


def test_a_doubtful_word_takes_the_reading_that_is_sure_elsewhere_and_stays_doubtful() -> None:
    wrong = note(1, word("report"), word("deuce", "DFUICE", "Device", confidence=0.5, raw="DFUICE"), text="report\ndeuce")
    _, mended = mend_from_event([SURE, wrong], ["en"])
    assert mended.text == "report\nDevice"
    (changed,) = mended.doubtful
    assert (changed.text, changed.raw, changed.alternatives) == ("Device", "DFUICE", ("deuce", "DFUICE"))
    assert mend_from_event([SURE, mended], ["en"])[1] == mended


def test_without_a_raw_reading_of_its_own_the_old_text_is_the_raw_one() -> None:
    (changed,) = mend_from_event([SURE, note(1, word("dry", "drug", confidence=0.4))], ["en"])[1].words
    assert changed.raw == "dry"


def test_names_count_when_the_event_knows_them_and_rare_words_never() -> None:
    doubtful = note(1, word("Trearchy", "Treorchy", confidence=0.5), word("view", "vien", confidence=0.5))
    assert mend_from_event([SURE, doubtful], ["en"], names=["Treorchy Library"])[1].text == "Treorchy view"


def test_what_is_sure_settled_or_altered_by_a_person_stays() -> None:
    stays = [
        note(1, word("deuce", "device")),
        note(2, word("device", "drug", confidence=0.5)),
        note(3, word("deuce", "device", confidence=0.5, source="second reader: m")),
        note(4, word("deuce", "device", confidence=0.5), text="something else"),
        note(5, word("deuce", "device", confidence=0.5), word("deuce", confidence=0.5)),
        note(6, word("dose", "device 2", "of", confidence=0.5)),
    ]
    assert mend_from_event([SURE, *stays], ["en"])[1:] == stays


def test_a_word_is_replaced_where_it_stands_alone_once() -> None:
    assert replace_once("are you\nare", "are", "rare") is None
    assert replace_once("careful are\nyou", "are", "rare") == "careful rare\nyou"
    assert replace_once("what (e.g.", "(e.g.", "e.g.") == "what e.g."
