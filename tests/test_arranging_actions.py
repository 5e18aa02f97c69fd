"""Actions as a sheet ties them: rows of 'What / Who / When', arrows and sub-items, and those that answer nothing."""

from __future__ import annotations

from datetime import date

from arranging_wall import Answer, Wall

from digitise.config import Config
from digitise.model import Action

PLAN = (
    ("Problem", "What", "Who", "When"),
    ("No bus on Sunday", "Ask the council for a bus", "Gwen and Tom", "by end of March"),
    ("Library shut at five", "Open the library late", "the trustees", "this autumn"),
    ("Nobody knows what is on", "Print the leaflets again", "Gwen", "asap"),
)


def outline(x: float, y: float, width: float = 200, height: float = 40) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def draw_plan(wall: Wall, columns: tuple[int, ...], *, by_column: bool = False) -> dict[str, str]:
    """Write the plan's columns as cells, row by row or column by column; text -> note id of the last one."""
    places = [(row, k) for row in range(len(PLAN)) for k in range(len(columns))]
    if by_column:
        places.sort(key=lambda place: (place[1], place[0]))
    heads: dict[int, str] = {}
    for k, column in enumerate(columns):
        if not by_column:
            heads[k] = wall.write(PLAN[0][column], role="heading", outline=outline(300 * k, 0))
    ids: dict[str, str] = {}
    for row, k in places:
        text = PLAN[row][columns[k]]
        if row == 0:
            if by_column:
                heads[k] = wall.write(text, role="heading", outline=outline(300 * k, 0))
            continue
        ids[text] = wall.write(text, under=heads[k], outline=outline(300 * k, 100 * row))
    return ids


def action(answer: Answer, note_id: str) -> Action:
    return next(a for a in answer.whole.actions if a.note_id == note_id)


def check_plan(answer: Answer, ids: dict[str, str]) -> None:
    asked, late, leaflets = (action(answer, ids[PLAN[row][1]]) for row in (1, 2, 3))
    assert (asked.owners, asked.due, asked.due_date) == (("Gwen", "Tom"), "by end of March", date(2026, 3, 31))
    assert (late.owners, late.due, late.due_date) == (("trustees",), "this autumn", None)
    assert (leaflets.owners, leaflets.due) == (("Gwen",), "asap")
    assert len(answer.whole.actions) == 3
    cells = [ids[text] for text in ("Gwen and Tom", "the trustees", "this autumn", "asap", "Gwen") if text in ids]
    assert all(answer.place(i).fate == "reported" and answer.place(i).with_sheet for i in cells)
    assert answer.place(ids["asap"]).kind_reason == "when it is due: Print the leaflets again"
    assert not {"Who", "When", "What"} & set(answer.titles)


def test_a_row_of_what_who_when_is_one_action() -> None:
    wall = Wall()
    wall.sheet("p1")
    ids = draw_plan(wall, (1, 2, 3))
    check_plan(wall.arrange(Config(date=date(2026, 3, 14))), ids)


def test_the_columns_may_stand_in_another_order_and_name_the_problem() -> None:
    wall = Wall()
    wall.sheet("p1")
    ids = draw_plan(wall, (2, 0, 1, 3))
    answer = wall.arrange(Config(date=date(2026, 3, 14)))
    check_plan(answer, ids)
    assert [action(answer, ids[row[1]]).problem_note_ids for row in PLAN[1:]] == [(ids[row[0]],) for row in PLAN[1:]]
    assert all(answer.section(ids[row[0]]) == answer.section(ids[row[1]]) for row in PLAN[1:])


def test_columns_without_lines_are_paired_by_their_height() -> None:
    wall = Wall()
    wall.sheet("p1")
    ids = draw_plan(wall, (1, 2, 3), by_column=True)
    check_plan(wall.arrange(Config(date=date(2026, 3, 14))), ids)


def test_who_and_when_alone_or_far_apart_are_no_table() -> None:
    wall = Wall()
    wall.sheet("p1")
    who = wall.write("Who", role="heading", outline=outline(0, 0))
    came = wall.write("Forty people came", under=who, outline=outline(0, 100))
    what = wall.write("Actions", role="heading", outline=outline(0, 900))
    ring = wall.write("Ring the surgery", under=what, outline=outline(0, 1000))
    answer = wall.arrange()
    assert not answer.place(came).with_sheet
    assert action(answer, ring).owners == ()


def test_arrows_and_sub_items_tie_an_action_to_its_problem() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Getting about", role="heading")
    bus = wall.write("No buses on Sunday", under=head)
    ask = wall.write("-> Ask the minister for money", under=head)
    dark = wall.write("Nowhere to sit", under=head)
    paint = wall.write("Build benches with the scouts", under=head, level=1)
    wall.write("The stop is too far away", under=head)
    answer = wall.arrange()
    assert action(answer, ask).problem_note_ids == (bus,)
    assert action(answer, paint).problem_note_ids == (dark,)


def test_a_drawn_arrow_ties_an_action_to_its_problem_whichever_way_it_leads() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Village life", role="heading")
    bus = wall.write("No buses on Sunday", under=head, leads_to=("n4",))
    wall.write("Nowhere to sit", under=head)
    dark = wall.write("The path is too dark", under=head)
    benches = wall.write("Build benches with the scouts", under=head)
    lamps = wall.write("Ask the council for lamps", under=head, leads_to=(dark, "gone"))
    answer = wall.arrange()
    assert action(answer, benches).problem_note_ids == (bus,), "the sheet says so, whatever the words mean"
    assert action(answer, lamps).problem_note_ids == (dark,)


def test_an_arrow_from_a_point_said_before_ties_the_one_that_is_printed() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Village life", role="heading")
    first = wall.write("No buses on Sunday", under=head)
    wall.write("Nowhere to sit", under=head)
    wall.write("No buses on Sunday", under=head, leads_to=("n4",))
    choir = wall.write("Start a choir for carers", under=head)
    answer = wall.arrange()
    assert answer.place("n3").fate == "duplicate"
    assert action(answer, choir).problem_note_ids == (first,)


def test_an_arrow_that_is_the_sheets_list_mark_ties_nothing() -> None:
    wall = Wall()
    wall.sheet("p1")
    head = wall.write("Getting about", role="heading")
    wall.write("-> No buses on Sunday", under=head)
    wall.write("-> Lack of taxis", under=head)
    choir = wall.write("-> Start a choir for carers", under=head)
    assert action(wall.arrange(), choir).problem_note_ids == ()
