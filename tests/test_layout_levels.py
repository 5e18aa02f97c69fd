"""Sub-items of lists: found by their indent or an arrow, read right after their point, set in in the report."""

from __future__ import annotations

import cv2
import pytest
from layout_drawing import INK, notes_of, paper, turn_page, write

LIST = [
    ("- Transport to the hospital", 100),
    ("- no bus on Sunday", 190),
    ("- taxi is too dear", 190),
    ("- ask the council", 280),
    ("- Somewhere warm to meet", 100),
    ("- the old library", 190),
]


def written(rows: list[tuple[str, int]], pitch: int = 62) -> tuple[object, list[object]]:
    rgb = paper()
    return rgb, [write(rgb, text, x, 150 + pitch * i) for i, (text, x) in enumerate(rows)]


def levels(rows: list[tuple[str, int]], degrees: float = 0) -> list[tuple[str, int]]:
    rgb, lines = written(rows)
    return [(n.text, n.level) for n in notes_of(*turn_page(rgb, lines, degrees))]  # type: ignore[arg-type]


@pytest.mark.parametrize("degrees", [0, 8, -8, 90, 180])
def test_points_set_in_are_sub_items(degrees: float) -> None:
    assert levels(LIST, degrees) == [
        ("Transport to the hospital", 0),
        ("no bus on Sunday", 1),
        ("taxi is too dear", 1),
        ("ask the council", 2),
        ("Somewhere warm to meet", 0),
        ("the old library", 1),
    ]


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("degrees", [8, -8])
def test_points_set_in_in_a_drawn_box_are_sub_items_however_it_slants(degrees: float, beside: bool) -> None:
    """beside: whether other writing on the page slants as much."""
    rgb = paper(2400, 1800)
    rows = [("- Transport to town", 0), ("- no bus on Sunday", 1), ("- taxi is too dear", 1), ("- Somewhere to meet", 0), ("- the hall", 1)]
    lines = [write(rgb, text, 200 + 40 * depth, 250 + 62 * i) for i, (text, depth) in enumerate(rows)]
    cv2.rectangle(rgb, (150, 220), (640, 600), INK, 4)
    lines += [write(rgb, text, 900, 250 + 62 * i) for i, text in enumerate(("What we heard from", "all who came to the hall")) if beside]
    boxed = [n for n in notes_of(*turn_page(rgb, lines, degrees)) if n.container == "box"]
    assert [n.level for n in boxed] == [depth for _, depth in rows]


def test_a_list_that_stands_on_its_side_in_a_box_keeps_the_heading_over_the_box() -> None:
    rgb = paper(1800, 2400)
    lines = [write(rgb, f"- point number {i}", 200, 250 + 62 * i) for i in range(5)]
    cv2.rectangle(rgb, (150, 220), (600, 600), INK, 4)
    rgb, lines = turn_page(rgb, lines, 90)
    top = min(p[1] for line in lines for p in line.quad)
    left = min(p[0] for line in lines for p in line.quad)
    words = [write(rgb, f"much else is said on row {i} of this page of ours", 200, 900 + 62 * i) for i in range(4)]
    heading = write(rgb, "Barriers", round(left), round(top) - 190, size=2.2)
    notes = notes_of(rgb, [heading, *lines, *words])
    name = {n.id: n.text for n in notes}
    assert {name.get(n.under or "") for n in notes if n.container == "box"} == {"Barriers"}


def test_a_ragged_left_edge_makes_no_sub_items() -> None:
    rows = [("- Transport", 100), ("- Somewhere warm", 112), ("- A place to meet", 96), ("- Help with forms", 118)]
    assert [level for _, level in levels(rows)] == [0, 0, 0, 0]


def test_slowly_drifting_points_are_one_list() -> None:
    assert {level for _, level in levels([(f"- point number {i}", 100 + 14 * i) for i in range(6)])} == {0}


def test_writing_without_list_marks_has_no_levels() -> None:
    rows = [("Transport to town.", 100), ("No bus on Sunday.", 190), ("Taxi is too dear.", 280)]
    assert {level for _, level in levels(rows)} == {0}


def test_an_arrow_leads_to_a_sub_item() -> None:
    rows = [("- Buses stop at six", 100), ("→ ask the council", 116), ("- Nowhere to meet", 100), ("↳ open the library", 100)]
    assert [level for _, level in levels(rows)] == [0, 1, 0, 1]


def test_a_list_of_arrows_is_one_list() -> None:
    assert {level for _, level in levels([(f"→ point number {i}", 100 + 12 * (i % 2)) for i in range(4)])} == {0}


def test_sub_items_keep_the_heading_of_their_point_and_follow_it_in_two_columns() -> None:
    rgb = paper()
    lines = [write(rgb, "Barriers", 100, 60, size=2.2)]
    for column, place in ((100, "left"), (850, "right")):
        for i, (indent, depth) in enumerate([(0, "point"), (90, "detail"), (90, "remark"), (0, "other")]):
            lines.append(write(rgb, f"- {place} {depth} {i}", column + indent, 260 + 62 * i))
    heading, *points = notes_of(rgb, lines)
    assert heading.text == "Barriers"
    assert {n.under for n in points} == {heading.id}
    wanted = [f"{place} {text}" for place in ("left", "right") for text in ("point 0", "detail 1", "remark 2", "other 3")]
    assert [n.text for n in points] == wanted
    assert [n.level for n in points] == [0, 1, 1, 0] * 2
