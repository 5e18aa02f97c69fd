"""Kinds from wording and headings, English and Welsh."""

from __future__ import annotations

import pytest
from arranging_wall import Wall

from digitise.arranging.formats import find_kinds_asked
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
    ("Ring round when the hall is shut", "action"),
    ("To write to the landlord about the damp", "action"),
    ("The chemist should open on Saturdays", "action"),
    ("It was agreed that the minutes would go to everyone", "action"),
    ("It was hard to find, but the garden is brilliant", "strength"),
    ("Lovely garden, but nobody can get in", "problem"),
    ("I was scared of the phone before, not any more", "strength"),
    ("Easy to miss the turning", "problem"),
    ("The stairs exhaust older people", "problem"),
    ("Mae'r lle'n orlawn ac yn ddryslyd", "other"),
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


ASKED = [
    ("Problems & actions", ("action", "problem")),
    ("Rose, thorn, bud", ("idea", "problem", "strength")),
    ("Start / stop / continue", ("action", "problem", "strength")),
    ("Glad, sad, mad", ("problem", "strength")),
    ("Lunch club feedback", ("problem", "strength")),
    ("Problemau a syniadau", ("idea", "problem")),
    ("Quotes by question", ("quote",)),
    ("Connecting Communities: health and isolation", ()),
    ("Good food for Aberdare", ()),
    ("Keep Wales tidy", ()),
]


@pytest.mark.parametrize(("title", "kinds"), ASKED)
def test_kinds_that_a_title_asks_for(title: str, kinds: tuple[str, ...]) -> None:
    assert find_kinds_asked(title) == kinds


def test_wishes_are_read_as_what_was_asked_for_unless_somebody_owns_them() -> None:
    assert judge_kind("Open the hall on Sundays").kind == "action"
    assert judge_kind("Open the hall on Sundays", asked=("idea", "problem"), asked_weight=0.6).kind == "idea"
    assert judge_kind("Open the hall on Sundays", asked=("problem", "strength"), asked_weight=0.6).kind == "problem"
    assert judge_kind("Sue to open the hall on Sundays", asked=("idea", "problem"), asked_weight=0.6).kind == "action"
    told = judge_kind(
        "Open the hall on Sundays", asked=("idea",), asked_weight=0.6, heading="Actions", heading_kind="action", heading_confidence=0.9
    )
    assert told.kind == "action", "a heading over the note outweighs what a title asks for"


def test_a_note_that_says_nothing_clear_follows_its_neighbours_and_no_others() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Getting about", role="heading")
    troubles = ("No buses on Sunday", "Lack of taxis", "Kerbs are too high", "Never a seat at the stop")
    clear = [wall.write(text, under=head) for text in troubles]
    vague = wall.write("Aberdare to Hirwaun", under=head)
    other = wall.write("Mixed", role="heading")
    mixed = [wall.write(text, under=other) for text in ("No buses", "Great volunteers", "Ring the council", "Who pays?", "Lack of space")]
    loose = wall.write("Hirwaun to Rhigos", under=other)
    answer = wall.arrange()
    assert [answer.place(i).kind for i in clear] == ["problem"] * 4
    assert (answer.place(vague).kind, answer.place(vague).kind_confidence) == ("problem", 0.4)
    assert "neighbours" in answer.place(vague).kind_reason
    assert len({answer.place(i).kind for i in mixed}) == 4
    assert answer.place(loose).kind == "other"


def test_a_heading_of_several_kinds_leaves_the_choice_to_the_wording() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Problems and ideas", role="heading")
    trouble = wall.write("No buses on Sunday", under=head)
    wish = wall.write("Run a minibus on Sundays", under=head)
    answer = wall.arrange()
    assert [answer.place(i).kind for i in (trouble, wish)] == ["problem", "idea"]


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


def test_now_next_and_later_head_what_is_to_be_done() -> None:
    wall = Wall()
    wall.sheet("p1")
    now = wall.write("NOW", role="heading")
    talk = wall.write("A talk with the bus company", under=now)
    later = wall.write("Later", role="heading")
    trust = wall.write("A trust for the hall", under=later)
    why = wall.write("Who pays?", under=later)
    wall.sheet("p2")
    alone = wall.write("Now", role="heading")
    quiet = wall.write("A quiet street", under=alone)
    answer = wall.arrange()
    assert [answer.place(i).kind for i in (talk, trust, why)] == ["action", "action", "question"]
    assert answer.place(quiet).kind != "action"
    assert answer.section(talk) == answer.section(trust)
    assert answer.section(talk).title == "NOW / Later"
    assert [(p.title_note_id, p.note_ids) for p in answer.section(talk).parts] == [(now, (talk,)), (later, (trust, why))]


@pytest.mark.parametrize("text", ["Clear roles", "Open conversations about money", "Budget 2026"])
def test_an_adjective_or_a_noun_that_is_also_a_verb_opens_no_order(text: str) -> None:
    assert judge_kind(text).kind != "action"


@pytest.mark.parametrize("text", ["Clear the path", "Open the hall on Sunday", "Slow down", "Book 2 rooms"])
def test_with_a_determiner_or_adverb_behind_it_it_does(text: str) -> None:
    assert judge_kind(text).kind == "action"
