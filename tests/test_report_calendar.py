"""Capitals of days, months and owners; brackets round an owner."""

from __future__ import annotations

import pytest

from digitise.phrases import find_phrase
from digitise.report.calendar_words import set_calendar
from digitise.report.owner_words import set_owner
from digitise.report.wording import CaseRules, sentence_case


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("to trial a saturday drop-in", "to trial a Saturday drop-in"),
        ("first sunday, of the month", "first Sunday, of the month"),
        ("closed on mondays", "closed on Mondays"),
        ("Cinio dydd sul yn y clwb", "Cinio dydd Sul yn y clwb"),
        ("bob nos iau", "bob nos Iau"),
        ("erbyn diwedd mis mai", "erbyn diwedd mis Mai"),
        ("by 14 march", "by 14 March"),
        ("in may 2027", "in May 2027"),
        ("people may march on", "people may march on"),
        ("mae llun ar y wal", "mae llun ar y wal"),
        ("dweud mai hi yw hi", "dweud mai hi yw hi"),
        ("(january)", "(January)"),
    ],
)
def test_days_and_months_have_their_capital(written: str, shown: str) -> None:
    assert " ".join(set_calendar(written.split())) == shown


@pytest.mark.parametrize(
    ("text", "owner", "ending", "shown"),
    [
        ("Report back in June (chair)", "chair", "June(chair)", "Report back in June (Chair)"),
        ("Ring the hall (Clerk", "Clerk", "hall(Clerk", "Ring the hall (Clerk)"),
        ("Ring the hall Clerk)", "Clerk", "hallClerk)", "Ring the hall (Clerk)"),
        ("Chase every fortnight clerk", "clerk", "everyfortnightccierk)", "Chase every fortnight (Clerk)"),
        ("Ask for a shelter (Gwen M.)", "Gwen M", "(GwenM.)", "Ask for a shelter (Gwen M.)"),
        ("Ask for a shelter Gwen M.)", "Gwen M", "GwenM.)", "Ask for a shelter (Gwen M.)"),
        ("Ask the surgery to help", "surgery", "surgerytohelp", "Ask the Surgery to help"),
        ("Ask volunteers to sit", "volunteers", "volunteerstosit", "Ask volunteers to sit"),
        ("Talk to everyone", "everyone", "Talktoeveryone", "Talk to everyone"),
        ("Rhoi gwybod i'r cyngor (clerc", "clerc", "cyngor(clerc", "Rhoi gwybod i'r cyngor (Clerc)"),
    ],
)
def test_an_owner_has_a_capital_and_both_brackets(text: str, owner: str, ending: str, shown: str) -> None:
    tokens = text.split()
    assert " ".join(set_owner(tokens, find_phrase(tokens, owner), owner, ending)) == shown
    assert tokens == text.split()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Wifi drops when It is busy", "Wifi drops when it is busy"),
        ("Lle cynnes Yn y gaeaf", "Lle cynnes yn y gaeaf"),
        ("Ask the Friends Of The Library", "Ask the Friends Of The Library"),
        ("No bus. It is late", "No bus. It is late"),
        ("Call the IT desk", "Call the IT desk"),
    ],
)
def test_a_word_of_grammar_has_no_capital_in_mid_sentence(written: str, shown: str) -> None:
    assert " ".join(sentence_case(written.split(), CaseRules({}, frozenset()), language=None)) == shown
