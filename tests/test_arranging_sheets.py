"""Sheets as a whole: titles over many headings, the facilitators' own sheet, questions that lead in, marks that are no points."""

from __future__ import annotations

from datetime import date

import pytest
from arranging_wall import Wall

from digitise.config import Config, Round


def test_what_already_works_is_a_section_under_its_own_words() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("What already works?", role="heading")
    inside = [wall.write(t, under=head) for t in ("Dogs walked after an operation", "Curtains are noticed", "Forty men out of the house")]
    ideas = wall.write("Ideas", role="heading", under=head)
    inside.append(wall.write("Herbs by the surgery", under=ideas))
    answer = wall.arrange()
    assert answer.titles == ["What already works?"]
    assert answer.whole.sections[0].note_ids == tuple(inside)
    assert [answer.place(i).kind for i in inside] == ["strength"] * 3 + ["idea"]


def test_a_title_over_many_headings_names_the_sheet_and_not_their_theme() -> None:
    wall = Wall()
    wall.sheet("p1")
    title = wall.write("A library for the next ten years", role="title")
    heart = wall.write("The heart of the town", role="heading", under=title)
    tea = wall.write("A cup of tea", under=heart)
    worries = wall.write("What worries us", role="heading", under=title)
    books = wall.write("Older books", under=worries)
    steps = wall.write("Next steps", role="heading", under=title)
    knock = wall.write("Friends to knock on every door", under=steps)
    answer = wall.arrange()
    assert [answer.section(i).title for i in (tea, books, knock)] == ["The heart of the town", "What worries us", "Next steps"]


def test_actions_below_one_theme_stay_with_it() -> None:
    wall = Wall()
    wall.sheet("p1")
    title = wall.write("Transport", role="title")
    problems = wall.write("Problerns", role="heading", under=title)  # misread, so it looks like a theme
    wall.write("No buses", under=problems)
    actions = wall.write("Actions", role="heading", under=title)
    ask = wall.write("Ask the council for a bus", under=actions)
    assert wall.arrange().section(ask).title == "Transport"


def test_a_kind_heading_that_stands_under_nothing_belongs_to_the_theme_straight_above_it() -> None:
    wall = Wall()
    wall.sheet("p1")
    theme = wall.write("Mental health", role="heading", outline=((0, 0), (100, 0), (100, 20), (0, 20)))
    wall.write("Nothing open at night", under=theme)
    below = wall.write("What we will do", role="heading", outline=((0, 200), (90, 200), (90, 220), (0, 220)))
    trial = wall.write("Trial a Saturday drop-in", under=below)
    wall.sheet("p2")
    wall.write("Money", role="heading", outline=((0, 0), (100, 0), (100, 20), (0, 20)))
    beside = wall.write("Next steps", role="heading", outline=((200, 0), (300, 0), (300, 20), (200, 20)))
    grants = wall.write("List every grant", under=beside)
    answer = wall.arrange()
    assert answer.section(trial).title == "Mental health"
    assert answer.section(grants).title == "Next steps"


def test_the_facilitators_own_sheet_is_one_section_and_takes_nothing_else() -> None:
    wall = Wall()
    wall.sheet("p1")
    title = wall.write("Health day", role="title")
    what = wall.write("Lonely people in the valley, 14 March", under=title)
    today = wall.write("Today we will", role="heading", under=title)
    share = wall.write("Share what makes people lonely", under=today)
    rules = wall.write("House rules", role="heading", under=title)
    phones = wall.write("Phones on silent", under=rules)
    wall.sheet("p2")
    loose = wall.write("Phones on silent make people lonely")
    answer = wall.arrange(Config(title="Health day"))
    assert {answer.section(i).title for i in (what, share, phones)} == {"Health day"}
    assert {answer.place(i).kind for i in (what, share, phones)} == {"other"}
    assert answer.section(loose).title != "Health day"


def test_a_sheets_question_leads_in_and_is_not_raised() -> None:
    wall = Wall()
    wall.sheet("p1")
    place = wall.write("Round 2 – Table 1", role="heading")
    question = wall.write("What stands in the way?", role="heading", under=place)
    shops = wall.write("Nine empty shops", under=place)
    wall.sheet("p2")
    label = wall.write("Round 2 – Table 2", role="label")
    again = wall.write("what stands in the way?")
    kerb = wall.write("The kerb outside the chemist", under=again)
    asked = wall.write("Why was the youth club sold?", under=again)
    answer = wall.arrange(Config(rounds=(Round(name="Round 2", question="What stands in the way?"),)))
    assert answer.titles == ["What stands in the way?"]
    assert answer.whole.sections[0].title_note_id == question
    assert answer.whole.sections[0].note_ids == (shops, kerb, asked)
    assert (answer.place(kerb).round, answer.place(kerb).table, answer.place(kerb).kind) == ("Round 2", "Table 2", "problem")
    assert answer.place(asked).kind == "question"
    assert {answer.place(i).kind_reason for i in (label, again)} == {"a heading"}


def test_a_heading_too_long_for_one_is_a_point() -> None:
    wall = Wall()
    wall.sheet("p1")
    theme = wall.write("Mental health", role="heading")
    large = wall.write("Nothing is open in the evenings when people feel at their worst", role="heading", under=theme)
    below = wall.write("Families wait months", under=large)
    answer = wall.arrange()
    assert answer.titles == ["Mental health"]
    assert answer.whole.sections[0].note_ids == (large, below)


@pytest.mark.parametrize("mark", ["7", "V", "2056", "oK", "Tea town, 20 June 2026", "Town"])
def test_marks_and_the_events_own_date_stay_with_their_sheet(mark: str) -> None:
    wall = Wall()
    wall.sheet("p1")
    wall.write("Fewer staff")
    beside = wall.write(mark, role="label")
    meant = wall.write("7", container="sticky")
    answer = wall.arrange(Config(title="Tea", place="Old town", date=date(2026, 6, 20)))
    assert (answer.place(beside).fate, answer.place(beside).section_id) == ("reported", None)
    assert answer.place(meant).section_id is not None


def test_few_loose_notes_beside_many_headings_are_other_points() -> None:
    wall = Wall()
    wall.sheet("p1")
    for theme in ("Parks", "Shops", "School"):
        head = wall.write(theme, role="heading")
        for k in range(3):
            wall.write(f"{theme} note {k} on paint", under=head)
    loose = [wall.write("The bus is late"), wall.write("The bus is dear")]
    assert all(wall.arrange().section(i).title_source == "none" for i in loose)


def test_a_heading_told_by_its_wording_takes_what_stands_below_it_in_its_column() -> None:
    def at(x: float, y: float) -> tuple[tuple[float, float], ...]:
        return ((x, y), (x + 80, y), (x + 80, y + 20), (x, y + 20))

    wall = Wall()
    wall.sheet("p1")
    heart = wall.write("The heart of the town", role="heading", outline=at(0, 0))
    tea = wall.write("A cup of tea", under=heart, outline=at(0, 40))
    wall.write("What worries us", outline=at(100, 0))
    books = wall.write("Older books", under=heart, outline=at(100, 40))
    answer = wall.arrange()
    assert (answer.section(tea).title, answer.section(books).title) == ("The heart of the town", "What worries us")
    assert answer.place(books).kind == "problem"
