"""Letter case, doubtful words found again, hostile characters."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from report_demo import make_note

from digitise.phrases import find_phrase
from digitise.report.labels import ENGLISH, WELSH
from digitise.report.wording import (
    capitalise,
    clean_text,
    count_list_marks,
    is_capitals,
    learn_case,
    match_words,
    open_with_capital,
    sentence_case,
    strip_list_mark,
)

RULES = learn_case([make_note("p", 1, "We met Rhys in Llwynypia today")], {"TAF": "Team Around the Family", "Interlink": ""})


@pytest.mark.parametrize(
    ("written", "shown", "language"),
    [
        ("LACK OF BUSES", "Lack of buses", "en"),
        ("NHS AND TAF TO MEET IN CARDIFF", "NHS and TAF to meet in Cardiff", "en"),
        ("ASK INTERLINK AND RHYS", "Ask Interlink and Rhys", "en"),
        ("RCT CBC TO PAY", "RCT CBC to pay", "en"),
        ("NO BUS AFTER 6PM. WHY?", "No bus after 6pm. Why?", "en"),
        ("I'M NOT SURE I CAN", "I'm not sure I can", "en"),
        ("GWASANAETHAU CYMRAEG", "Gwasanaethau Cymraeg", "cy"),
        ("Ask Interlink first", "Ask Interlink first", "en"),
        ("ask NHS", "ask NHS", "en"),
        ("LLWYNYPIA HALL", "Llwynypia hall", "en"),
        ("ROUND 1 - TABLE 2", "Round 1 - Table 2", "en"),
        ("BRING A TABLE TO GROUP 3.", "Bring a table to Group 3.", "en"),
    ],
)
def test_marker_capitals_become_a_sentence_and_names_stay(written: str, shown: str, language: str) -> None:
    assert " ".join(sentence_case(written.split(), RULES, language=language)) == shown


def test_only_letter_case_changes() -> None:
    tokens = ["WHAT'S", "ON", "(FRIDAYS)", "–", "50%", "OFF", "@HUB!"]
    shown = sentence_case(tokens, RULES, language="en")
    assert [t.lower() for t in shown] == [t.lower() for t in tokens]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda t: t.split() == [t]), max_size=12))
def test_sentence_case_keeps_the_number_of_words(tokens: list[str]) -> None:
    shown = sentence_case(tokens, RULES, language=None)
    assert len(shown) == len(tokens)
    assert [t.casefold() for t in shown] == [t.casefold() for t in tokens] or is_capitals(" ".join(tokens))


@given(st.text())
def test_clean_text_can_stand_in_xml(text: str) -> None:
    element = etree.Element("t")
    element.text = clean_text(text)
    assert etree.fromstring(etree.tostring(element)).text in (clean_text(text), None)


@pytest.mark.parametrize(
    ("written", "count", "first"),
    [
        ("• Ask", 1, "Ask"),
        ("-volunteers walk", 0, "Volunteers"),
        ("→ – iPhone users", 2, "iPhone"),
        ("-5 degrees", 0, "-5"),
        (". .", 0, "."),
        ("www.example.org works", 0, "www.example.org"),
        ("mental health", 0, "Mental"),
        ("don't know", 0, "Don't"),
    ],
)
def test_points_open_without_list_marks_and_with_a_capital(written: str, count: int, first: str) -> None:
    tokens = written.split()
    assert count_list_marks(tokens) == count
    assert open_with_capital(strip_list_mark(tokens[count])) == first


def test_words_are_matched_after_a_person_changed_others() -> None:
    note = make_note("p", 1, "no {drop-in|dropin} in RCT")
    matched = match_words(["There", "is", "no", "drop-in", "at", "all", "in", "RCT"], note.words)
    assert [note.words[k].text if k is not None else None for k in matched] == [None, None, "no", "drop-in", None, None, "in", "RCT"]


def test_find_phrase_disregards_case_and_punctuation() -> None:
    assert find_phrase(["Ask", "TfW", "(Cllr", "Rhys)", "soon"], "CLLR RHYS") == range(2, 4)
    assert find_phrase(["Ask", "TfW"], "Rhys") is None
    assert find_phrase([], "") is None


def test_labels_of_both_languages_take_the_same_fields() -> None:
    for name in ENGLISH.__dataclass_fields__:
        english, welsh = getattr(ENGLISH, name), getattr(WELSH, name)
        if isinstance(english, str):
            fields = [{f for _, f, _, _ in string.Formatter().parse(text) if f} for text in (english, welsh)]
            assert fields[0] == fields[1], name
            assert welsh, name
    assert len(ENGLISH.months) == len(WELSH.months) == 12
    assert capitalise("(abc") == "(Abc"
