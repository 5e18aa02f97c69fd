"""Digits read for letters: such words are asked about, codes and quantities are not, and nothing is changed."""

from __future__ import annotations

import numpy as np
import pytest

from digitise.reading.doubt import SUREST_UNKNOWN, right_probability
from digitise.reading.lexicon import EventLexicon
from digitise.reading.look_alikes import find_meant_words
from digitise.reading.looks import Look
from digitise.reading.networks import Emissions
from digitise.reading.rapid import to_line
from digitise.reading.voting import Evidence, weigh_texts

ENGLISH, WELSH = EventLexicon(("en",), ["Llanwern Hub"]), EventLexicon(("cy", "en"))
CHARACTERS = ("", *"abcdefghijklmnopqrstuvwxyz0123456789 ")
SURE = Evidence(posterior=1.0, agreement=1.0, raw=1.0, ink=-0.01, unlike=0.0)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        *[("2one", "zone"), ("5ervice", "service"), ("l0ng", "long"), ("sch00l", "school"), ("1deas,", "ideas"), ("(p1ace)", "place")],
        *[("W1FI", "WIFI"), ("0ur", "our"), ("n0t", "not"), ("9ood", "good"), ("pe0ple's", "people's"), ("L1anwern", "llanwern")],
    ],
)
def test_a_word_with_digits_for_letters_is_known(read: str, meant: str) -> None:
    assert meant in find_meant_words(read, ENGLISH)


def test_welsh_words_count_in_welsh_events() -> None:
    assert find_meant_words("y5gol", WELSH) == ("ysgol",)
    assert find_meant_words("y5gol", ENGLISH) == ()


CODES = (
    "B1 3pm 2nd Q2 CF37 1DL 2x 4th W3C A4 10am 8am 9am 6in 50p S106 COVID19 Covid19 H1N1 CO2 H2O PM10 MP3 PS5 Table5 Table2 Day5 Group8 "
    "5G 20mph 30mins 5min 2hrs 10k 100m 21st 1960s 80s SW1A 2AA LL57 SY23 M25 A470 B4275 X95 KS2 24hr 7days U3A under5s 4x4 F2F 1to1 4way "
    "4part 2026 zone £5 #5ervice a1@b2.org bcdf5h1 one"
)


@pytest.mark.parametrize("code", CODES.split())
def test_codes_and_quantities_are_what_they_are(code: str) -> None:
    assert find_meant_words(code, WELSH) == ()


def test_such_a_word_is_never_surer_than_one_in_no_list() -> None:
    chance = {text: right_probability(text, SURE, score=0.99, lexicon=ENGLISH) for text in ("2one", "zone", "7days", "trxnsparl")}
    assert chance["2one"] <= SUREST_UNKNOWN == chance["trxnsparl"] < 0.94 < min(chance["zone"], chance["7days"])


def test_it_stays_as_it_was_read_and_is_marked_with_the_word() -> None:
    text = "quiet 2one 7days"
    rows = np.full((2 * len(text), len(CHARACTERS)), 1e-6, np.float32)
    rows[1::2, 0] = 1.0
    for i, c in enumerate(text):
        rows[2 * i, CHARACTERS.index(c)] = 1.0
    rows /= rows.sum(axis=1, keepdims=True)
    width = 8.0 * len(rows)
    look = Look(np.array([(0, 0), (width, 0), (width, 40), (0, 40)], float), Emissions(rows, 8.0), 1.0)
    line = to_line(weigh_texts([rows], CHARACTERS, ENGLISH), look, ENGLISH, score=0.99, doubtful_below=0.94, engine="test")
    assert [(w.text, w.doubtful) for w in line.words] == [("quiet", False), ("2one", True), ("7days", False)]
    assert line.words[1].alternatives[0] == "zone"
    assert line.raw == text
