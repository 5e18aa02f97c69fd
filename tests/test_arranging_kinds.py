"""Kinds from wording and headings, English and Welsh."""

from __future__ import annotations

import pytest

from digitise.arranging.headings import is_same_heading, parse_heading
from digitise.arranging.kinds import judge_kind
from digitise.arranging.wording import shorten

WORDINGS = [
    ("Lack of evening and weekend support", "problem"),
    ("No drop-in for families", "problem"),
    ("Not enough buses", "problem"),
    ("Waiting lists too long", "problem"),
    ("People feel isolated after bereavement", "problem"),
    ("Diffyg trafnidiaeth gyda'r nos", "problem"),
    ("Dim digon o feddygon", "problem"),
    ("Mae'n anodd cael apwyntiad", "problem"),
    ("Interlink to map existing groups", "action"),
    ("Commission an analysis of initiatives that reduce isolation", "action"),
    ("Investigate the outage and the slow alerts", "action"),
    ("We need to train volunteers", "action"),
    ("Trefnu bore coffi bob wythnos", "action"),
    ("Cadeirydd i ysgrifennu at y bwrdd iechyd", "action"),
    ("Lunch club works really well", "strength"),
    ("Great volunteers at the library", "strength"),
    ("Mae'r clwb cinio yn gweithio'n dda", "strength"),
    ("What if we shared a minibus?", "idea"),
    ("Beth am rannu bws mini?", "idea"),
    ("Who runs the food bank?", "question"),
    ("Pwy sy'n rhedeg y banc bwyd?", "question"),
    ("“I have nobody to talk to at the weekend”", "quote"),
    ("Support for families", "other"),
    ("Community garden", "other"),
]


@pytest.mark.parametrize(("text", "kind"), WORDINGS)
def test_wording(text: str, kind: str) -> None:
    judgement = judge_kind(text)
    assert judgement.kind == kind
    assert 0 < judgement.confidence < 1
    assert judgement.reason


def test_a_heading_outweighs_wording_and_agreement_raises_confidence() -> None:
    alone = judge_kind("Not enough buses")
    both = judge_kind("Not enough buses", heading="Problems", heading_kind="problem", heading_confidence=0.95)
    against = judge_kind("Not enough buses", heading="Actions", heading_kind="action", heading_confidence=0.95)
    assert both.kind == "problem"
    assert both.confidence > alone.confidence > against.confidence
    assert against.kind == "action"


HEADINGS = [
    ("PROBLEMS:", "", "problem"),
    ("Problemau", "", "problem"),
    ("Camau gweithredu", "", "action"),
    ("Next steps", "", "action"),
    ("What works", "", "strength"),
    ("Beth sy’n gweithio’n dda?", "", "strength"),
    ("Ideas", "", "idea"),
    ("Syniadau newydd", "", "idea"),
    ("Cwestiynau / Questions", "", "question"),
    ("Problems & actions", "", None),
    ("Transport problems", "Transport", "problem"),
    ("Problems with transport", "Transport", "problem"),
    ("Problemau trafnidiaeth", "Trafnidiaeth", "problem"),
    ("Mental health: what works", "Mental health", "strength"),
    ("Isolation – problems (cont'd)", "Isolation", "problem"),
    ("Round 2, Table 3: Getting out", "Getting out", None),
    ("Rownd 1 – Bwrdd 2: Trafnidiaeth", "Trafnidiaeth", None),
    ("Health and Wellbeing", "Health and Wellbeing", None),
    ("Risk assessment", "Risk assessment", None),
    ("What are the barriers to joining in?", "What are the barriers to joining in?", "problem"),
    ("Table 4", "", None),
]


@pytest.mark.parametrize(("text", "theme", "kind"), HEADINGS)
def test_headings(text: str, theme: str, kind: str | None) -> None:
    heading = parse_heading(text)
    assert (heading.theme, heading.kind) == (theme, kind)


def test_same_headings() -> None:
    assert is_same_heading("MENTAL HEALTH", "Mental heaith:")
    assert is_same_heading("Iechyd Meddwl (parhad)", "iechyd meddwl")
    assert not is_same_heading("Work", "Word")
    assert not is_same_heading("Question 1", "Question 2")
    assert not is_same_heading("Mental health", "Dental care")


def test_proposed_titles_are_short() -> None:
    assert (
        shorten("- Older people cannot get to the surgery because the bus\nleaves at five. And so on")
        == "Older people cannot get to the surgery because the…"
    )
    assert shorten("No shop. Closed in May") == "No shop"
