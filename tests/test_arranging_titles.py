"""Lines that say what event this is, lone words that nobody is sure of, columns of a plan: none of them is a theme or a problem."""

from __future__ import annotations

from datetime import date

import pytest
from arranging_wall import OUTLINE, Wall

from digitise.arranging.headings import says_same_kind
from digitise.config import Config
from digitise.model import Line, Word

DAY = Config(title="Connecting Communities: health and isolation", date=date(2026, 3, 14), place="Workmen's Hall")


@pytest.mark.parametrize("head", [("Connecting", "Communities"), ("Connecting\nCommunities",)])
def test_lines_that_together_repeat_the_events_title_are_neither_theme_nor_problem(head: tuple[str, ...]) -> None:
    wall = Wall()
    wall.sheet("p1")
    title = wall.write(head[0], role="title")
    lines = [title]
    for text in head[1:]:
        lines.append(wall.write(text, role="heading", under=title))
    lines += [wall.write(t, under=lines[-1]) for t in ("Health and isolation", "Co-design day, 14 March 2026")]
    point = wall.write("Nobody to talk to at weekends", under=lines[-3])
    answer = wall.arrange(DAY)
    assert "Communities" not in answer.titles
    assert all(answer.place(i).with_sheet and answer.place(i).kind == "other" and answer.place(i).section_id is None for i in lines)
    assert not answer.place(point).with_sheet


def test_a_title_block_ends_with_the_first_line_that_says_anything_else() -> None:
    wall = Wall()
    wall.sheet("p1")
    wall.write("Cysylltu Cymunedau", role="title")
    buses = wall.write("Bysiau", role="heading")
    wall.write("Bws olaf yn gadael am chwech", under=buses)
    meet = wall.write("Cyfarfod eto 14 Mawrth 2026", under=buses)
    answer = wall.arrange(Config(title="Cysylltu Cymunedau", date=date(2026, 3, 14)))
    assert answer.titles == ["Bysiau"]
    assert not answer.place(meet).with_sheet


def test_one_word_of_the_title_may_be_a_theme_and_a_sticky_says_something() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Isolation", role="heading")
    wall.write("Nobody calls", under=head)
    wall.sheet("p2")
    sticky = wall.write("Health and isolation", container="sticky", role="heading")
    answer = wall.arrange(DAY)
    assert "Isolation" in answer.titles
    assert not answer.place(sticky).with_sheet or answer.place(sticky).kind_reason == "a heading"


@pytest.mark.parametrize(
    ("fields", "doubtful", "stray"),
    [
        ({"role": "label"}, True, True),
        ({"role": "note"}, True, True),
        ({"role": "note"}, False, False),
        ({"role": "bullet"}, True, False),
        ({"role": "note", "container": "sticky"}, True, False),
    ],
)
def test_a_lone_doubtful_word_stays_with_its_sheet(fields: dict[str, str], doubtful: bool, stray: bool) -> None:
    wall = Wall()
    wall.sheet("p1")
    line = Line(
        words=(Word(text="WANT", confidence=0.5, quad=OUTLINE, doubtful=doubtful),), raw="WANT", confidence=0.5, quad=OUTLINE, engine="t"
    )
    word = wall.write("WANT", lines=(line,), **fields)
    place = wall.arrange().place(word)
    assert (place.fate, place.with_sheet) == ("reported", stray)


def test_a_doubtful_word_under_a_heading_is_a_point_of_its_list() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Transport", role="heading")
    line = Line(
        words=(Word(text="Buses", confidence=0.5, quad=OUTLINE, doubtful=True),), raw="Buses", confidence=0.5, quad=OUTLINE, engine="t"
    )
    word = wall.write("Buses", lines=(line,), under=head)
    assert not wall.arrange().place(word).with_sheet


def test_columns_of_a_plan_are_one_section_under_the_sheets_title() -> None:
    wall = Wall()
    wall.sheet("p1")
    title = wall.write("Ein cynllun", role="title")
    inside = []
    for head, text in (("Nawr", "Gofyn i'r cyngor am oleuadau"), ("Nesaf", "Trefnu cyfarfod agored"), ("Wedyn", "Sefydlu ymddiriedolaeth")):
        column = wall.write(head, role="heading", under=title)
        inside.append((column, wall.write(text, under=column)))
    money = wall.write("Arian", role="heading")
    cost = wall.write("Rhent yn codi eto", under=money)
    answer = wall.arrange()
    assert answer.titles == ["Ein cynllun", "Arian"]
    assert [(p.title_note_id, *p.note_ids) for p in answer.section(inside[0][1]).parts] == inside
    assert answer.section(cost).parts == ()


def test_headings_of_one_kind_in_two_languages_are_one_section() -> None:
    wall = Wall()
    inside = []
    for head in ("Beth sy'n gweithio'n dda?", "What already works", "What went well"):
        wall.sheet(f"p{len(wall.photos)}")
        inside.append(wall.write(f"The choir on Thursdays {len(inside)}", under=wall.write(head, role="heading")))
    answer = wall.arrange()
    assert answer.titles == ["Beth sy'n gweithio'n dda?", "What went well"]
    assert answer.section(inside[1]).note_ids == tuple(inside[:2])
    assert answer.section(inside[1]).kind == "strength"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Cryfderau", "Strengths", True),
        ("Problemau", "Problems", True),
        ("Syniadau", "Ideas!", True),
        ("Beth aeth yn dda?", "What already works", False),
        ("Beth aeth yn dda?", "What went well", True),
        ("What went well", "Strengths", False),
        ("Problemau trafnidiaeth", "Problems", False),
        ("Cryfderau", "Problems", False),
    ],
)
def test_headings_that_translate_each_other(a: str, b: str, same: bool) -> None:
    assert says_same_kind(a, b) is same
    assert says_same_kind(b, a) is same
