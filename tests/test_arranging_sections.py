"""Sections: written headings first, meaning second; every note in its place."""

from __future__ import annotations

from datetime import date

import pytest
from arranging_wall import Wall

from digitise.arranging.nearby import find_islands
from digitise.config import Config, Round


def make_health_day() -> tuple[Wall, dict[str, str]]:
    """Two sheets on two themes: problems on one, actions on the other; one sheet in Welsh."""
    wall, ids = Wall(), {}
    wall.sheet("p1")
    title = wall.write("ISOLATION", role="title")
    problems = wall.write("Problems", role="heading", under=title)
    ids["lonely"] = wall.write("Older people feel lonely\nat the weekend", under=problems)
    ids["bus"] = wall.write("The last bus leaves at five", under=problems)
    wall.sheet("p2")
    again = wall.write("Isolation (cont.)", role="title")
    actions = wall.write("Next steps", role="heading", under=again)
    ids["cafe"] = wall.write("Interlink to open a weekend café for lonely older people by end of March", under=actions)
    wall.sheet("p3")
    welsh = wall.write("Iechyd meddwl", role="title")
    rhwystrau = wall.write("Rhwystrau:", role="heading", under=welsh)
    ids["aros"] = wall.write("Rhestr aros hir", under=rhwystrau)
    camau = wall.write("Camau gweithredu", role="heading", under=welsh)
    ids["clerc"] = wall.write("Clerc i gysylltu â'r bwrdd iechyd erbyn 3 Ebrill", under=camau)
    ids |= {"title": title, "problems": problems, "again": again}
    return wall, ids


def test_sheets_of_one_theme_join_and_gather_problems_and_actions() -> None:
    wall, ids = make_health_day()
    answer = wall.arrange(Config(date=date(2026, 3, 14), languages=("en", "cy")))
    assert answer.titles == ["ISOLATION", "Iechyd meddwl"]
    isolation = answer.whole.sections[0]
    assert isolation.note_ids == (ids["lonely"], ids["bus"], ids["cafe"])
    assert (isolation.title_source, isolation.title_note_id) == ("written", ids["title"])
    assert answer.place(ids["again"]).section_id == isolation.id
    assert answer.place(ids["problems"]).section_id is None


def test_kind_headings_set_kinds_in_both_languages() -> None:
    wall, ids = make_health_day()
    answer = wall.arrange()
    assert [answer.place(ids[i]).kind for i in ("lonely", "bus", "cafe", "aros", "clerc")] == [
        "problem",
        "problem",
        "action",
        "problem",
        "action",
    ]
    assert answer.place(ids["bus"]).kind_reason == 'heading "Problems"'
    assert answer.place(ids["bus"]).kind_confidence > 0.7


def test_actions_are_numbered_by_section_and_linked_to_their_problem() -> None:
    wall, ids = make_health_day()
    first, second = wall.arrange(Config(date=date(2026, 3, 14))).whole.actions
    assert (first.number, first.note_id, first.owners, first.due) == (1, ids["cafe"], ("Interlink",), "by end of March")
    assert first.due_date == date(2026, 3, 31)
    assert first.problem_note_ids == (ids["lonely"],)
    assert (second.owners, second.due, second.due_date) == (("Clerc",), "erbyn 3 Ebrill", date(2026, 4, 3))
    assert second.problem_note_ids == (ids["aros"],), "the only problem under the same heading"


def test_theme_and_kind_in_one_heading() -> None:
    wall = Wall()
    wall.sheet("p1")
    a = wall.write("Transport problems", role="heading")
    bus = wall.write("Buses stop at six", under=a)
    wall.sheet("p2")
    b = wall.write("Transport – actions", role="heading")
    ring = wall.write("Ring the bus company", under=b)
    answer = wall.arrange()
    assert answer.titles == ["Transport"]
    assert (answer.place(bus).kind, answer.place(ring).kind) == ("problem", "action")


def test_unheaded_notes_are_grouped_by_meaning_and_singletons_are_left_over() -> None:
    wall = Wall()
    wall.sheet("p1")
    buses = [wall.write(t) for t in ("Evening buses are cancelled", "No buses on Sunday", "Bus fares are too high for families")]
    parks = [wall.write(t) for t in ("Park benches are broken", "Repair the park playground", "Litter in the park")]
    wall.write("Welsh lessons at lunchtime")
    answer = wall.arrange()
    assert {answer.place(i).section_id for i in buses}.isdisjoint({answer.place(i).section_id for i in parks})
    assert len({answer.place(i).section_id for i in buses}) == len({answer.place(i).section_id for i in parks}) == 1
    section = answer.section(buses[0])
    assert section.title_source == "proposed"
    assert section.title_note_id in buses
    last = answer.whole.sections[-1]
    assert (last.title_source, last.title, len(last.note_ids)) == ("none", "", 1)


def test_a_note_clearly_near_a_written_section_joins_it_and_others_do_not() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Dental care", role="heading")
    for t in ("No NHS dentist takes new patients", "Dentist appointments take months"):
        wall.write(t, under=head)
    other = wall.write("Allotments", role="heading")
    for t in ("Waiting list for an allotment plot", "Water tap at the allotment is broken"):
        wall.write(t, under=other)
    wall.sheet("p2")
    near = wall.write("Travelling dentist for dental care in villages")
    far = wall.write("Choir rehearsals clash with football")
    answer = wall.arrange()
    assert answer.section(near).title == "Dental care"
    assert answer.section(far).title_source == "none"


def test_the_events_own_title_is_no_theme() -> None:
    wall = Wall()
    wall.sheet("p1")
    title = wall.write("Connecting Communities", role="title")
    head = wall.write("Parks", role="heading", under=title)
    inside = wall.write("Benches are broken", under=head)
    loose = wall.write("Choir rehearsals clash with football", under=title)
    answer = wall.arrange(Config(title="Connecting Communities: health and isolation"))
    assert answer.section(inside).title == "Parks"
    assert answer.section(loose).title_source == "none"


def test_a_title_over_the_whole_wall_does_not_swallow_it() -> None:
    wall = Wall()
    wall.sheet("p1")
    title = wall.write("Our town in 2030", role="title")
    for i in range(7):
        wall.write(f"Bus route {i} through the valley", under=title)
        wall.write(f"Playground number {i} for toddlers", under=title)
    assert wall.arrange().titles != ["Our town in 2030"]


def test_rounds_and_tables_from_headings_and_settings() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Round 2 – Table 3", role="title")
    a = wall.write("Warm spaces", under=head)
    wall.sheet("p2")
    b = wall.write("Cold spaces")
    answer = wall.arrange(Config(rounds=(Round(name="Rownd 1", photos=("p2*",)),)))
    assert (answer.place(a).round, answer.place(a).table) == ("Round 2", "Table 3")
    assert (answer.place(b).round, answer.place(b).table) == ("Rownd 1", None)
    assert answer.place(head).section_id is None


def test_a_rounds_question_gives_theme_and_kind_where_the_sheets_do_not() -> None:
    wall = Wall()
    wall.sheet("p1")
    first = wall.write("Round 1 – Table 1", role="title")
    a = wall.write("Nine empty shops", under=first)
    wall.sheet("p2")
    second = wall.write("Round 1 – Table 2", role="title")
    asked = wall.write("WHAT STANDS IN THE WAY", role="heading", under=second)
    b = wall.write("Toilets since the flood", under=asked)
    answer = wall.arrange(Config(rounds=(Round(name="Round 1", question="What stands in the way of a better street?"),)))
    assert answer.place(a).kind == "problem"
    assert answer.section(a).title == "What stands in the way of a better street?"
    assert answer.place(b).table == "Table 2"


def test_house_rules_are_no_actions_and_quotations_stay_quotations() -> None:
    wall = Wall()
    wall.sheet("p1")
    rules = wall.write("House rules", role="title")
    rule = wall.write("Use either language", under=rules)
    wall.sheet("p2")
    quote = wall.write("Will it still be here for my children?", role="quote", colour="pink")
    answer = wall.arrange(Config(colours={"pink": "problem"}))
    assert (answer.place(rule).kind, answer.section(rule).title) == ("other", "House rules")
    assert answer.place(quote).kind == "quote"


def test_colour_key_sets_kinds() -> None:
    wall = Wall()
    wall.sheet("p1")
    pink = wall.write("Community garden", colour="pink")
    green = wall.write("Community kitchen", colour="green")
    answer = wall.arrange(Config(colours={"pink": "problem", "green": "strength"}))
    assert (answer.place(pink).kind, answer.place(green).kind) == ("problem", "strength")
    assert answer.place(pink).kind_reason == "colour key: pink"


@pytest.mark.parametrize("text", ["", " \n ", "⟨?⟩", "— ⟨?⟩ —"])
def test_blank_notes_are_unreadable(text: str) -> None:
    wall = Wall()
    wall.sheet("p1")
    blank = wall.write(text)
    assert wall.arrange().place(blank).fate == "unreadable"


def test_one_sheet_on_two_photos_is_counted_once() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Parks", role="heading")
    first = wall.write("Mend the broken bench", under=head)
    twice = [wall.write("Dogs", under=head), wall.write("Dogs", under=head)]
    wall.sheet("p2", similar_to="p1")
    head2 = wall.write("Parks", role="heading")
    copy = wall.write("Mend the broken bnch", under=head2, confidence=0.7)
    copies = [wall.write("Dogs", under=head2), wall.write("Dogs", under=head2)]
    answer = wall.arrange()
    assert [answer.place(i).fate for i in (first, *twice)] == ["reported", "reported", "duplicate"]
    assert answer.place(copy).duplicate_of == first
    assert {answer.place(i).duplicate_of for i in (twice[1], *copies)} == {twice[0]}, "'Dogs' was said twice, and is printed once"
    assert answer.place(head2).fate == "duplicate"
    assert len(answer.whole.actions) == 1


def test_a_long_wording_written_twice_is_a_duplicate_and_numbers_tell_notes_apart() -> None:
    wall = Wall()
    wall.sheet("p1")
    first = wall.write("More buses in the evening please")
    other = wall.write("Open the library until 6 in winter")
    wall.sheet("p2")
    same = wall.write("more buses in the evening, please!")
    eight = wall.write("Open the library until 8 in winter")
    answer = wall.arrange()
    assert answer.place(same).duplicate_of == first
    assert answer.place(other).fate == answer.place(eight).fate == "reported"


def test_a_point_that_several_made_is_printed_once_under_its_own_heading() -> None:
    wall = Wall()
    wall.sheet("p1")
    like = wall.write("What do you like?", role="heading")
    first = wall.write("The park", under=like)
    same = [wall.write(t, under=like) for t in ("the PARK", "• Park, please")]
    voted = wall.write("The park", under=like, votes=3)
    doubtful = wall.write("The ⟨?⟩ park", under=like)
    mend = wall.write("What must be mended?", role="heading")
    other = wall.write("The park", under=mend)
    there, back = wall.write("Bus from the school to the park", under=mend), wall.write("Bus from the park to the school", under=mend)
    answer = wall.arrange()
    assert [answer.place(i).duplicate_of for i in same] == [first, first]
    assert {answer.place(i).section_id for i in same} == {answer.place(first).section_id}
    assert {answer.place(i).fate for i in (voted, doubtful, other, there, back)} == {"reported"}


def make_island(wall: Wall, texts: tuple[str, ...], x: float) -> list[str]:
    """Stickies one below another, 120 px from middle to middle."""
    corners = ((0, 0), (100, 0), (100, 100), (0, 100))
    return [wall.write(t, outline=tuple((x + cx, 120 * k + cy) for cx, cy in corners), container="sticky") for k, t in enumerate(texts)]


def test_notes_that_stand_together_stay_together() -> None:
    wall = Wall()
    wall.sheet("p1")
    left = make_island(wall, ("Evening buses are cancelled", "Nowhere to sit", "Fares"), 0)
    right = make_island(wall, ("Buses are late", "Benches", "Litter everywhere", "Dark paths"), 600)
    answer = wall.arrange()
    assert len({answer.place(i).section_id for i in left}) == len({answer.place(i).section_id for i in right}) == 1
    assert answer.place(left[0]).section_id != answer.place(right[0]).section_id
    assert all(0.4 <= s.confidence <= 0.9 for s in answer.whole.sections)


def test_on_an_even_wall_place_says_nothing() -> None:
    wall = Wall()
    wall.sheet("p1")
    notes = [i for k in range(3) for i in make_island(wall, tuple(f"Note {k}{j}" for j in range(3)), 120 * k)]
    by_id = {n.id: n for n in wall.notes}
    assert find_islands([by_id[i] for i in notes]) == {}
