"""List marks seen in the ink, ink on light and dark ground, labels parted from their text, slanted groups."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from layout_drawing import HEIGHT, INK, notes_of, paper, turn_page, write

from digitise.layout.blocks import BULLET
from digitise.layout.list_marks import mark_rows
from digitise.layout.pieces import LIST_MARKS, split_lines
from digitise.layout.rows import Row, frame_of, make_rows, part_labels, sort_into_frames
from digitise.layout.strokes import find_strokes
from digitise.model import Line

Draw = Callable[[np.ndarray, int, int], None]
TEXTS = ["more buses here", "warm homes soon", "open the library", "mend our roofs"]


def dot(rgb: np.ndarray, x: int, y: int) -> None:
    cv2.circle(rgb, (x, y), 6, INK, -1)


def dash(rgb: np.ndarray, x: int, y: int) -> None:
    cv2.line(rgb, (x - 12, y), (x + 10, y + 1), INK, 4)


def box(rgb: np.ndarray, x: int, y: int) -> None:
    cv2.rectangle(rgb, (x - 10, y - 10), (x + 10, y + 10), INK, 3)


def arrow(rgb: np.ndarray, x: int, y: int) -> None:
    cv2.arrowedLine(rgb, (x - 18, y), (x + 14, y), INK, 4, tipLength=0.4)


def speck(rgb: np.ndarray, x: int, y: int) -> None:
    cv2.circle(rgb, (x, y), 1, INK, -1)


def page(draw: Draw | None, marked: tuple[int, ...] = (0, 1, 2, 3)) -> tuple[np.ndarray, list[Line]]:
    """Rows of one list whose marks were not read."""
    rgb, lines = paper(900, 600), []
    for i, text in enumerate(TEXTS):
        y = 150 + 58 * i
        lines.append(write(rgb, text, 220, y))
        if draw is not None and i in marked:
            draw(rgb, 190, y + HEIGHT // 2)
    return rgb, lines


def marks(rgb: np.ndarray, lines: list[Line]) -> list[bool]:
    return [row.marked for row in mark_rows(*rows_of(lines), find_strokes(rgb))]


def rows_of(lines: list[Line]) -> tuple[list[Row], object]:  # type: ignore[type-arg]
    _, pieces = split_lines(lines, [], lambda _quad: (0.0, 0.0, 0.0))
    frame = frame_of(pieces)
    return make_rows(pieces, frame, lambda _a, _b: True), frame


@pytest.mark.parametrize("draw", [dot, dash, box, arrow])
@pytest.mark.parametrize("degrees", [0, 6, 90, 180])
def test_drawn_marks_begin_items(draw: Draw, degrees: float) -> None:
    rgb, lines = turn_page(*page(draw), degrees)
    assert marks(rgb, lines) == [True] * 4
    assert [(n.text, n.role) for n in notes_of(rgb, lines)] == [(text, "bullet") for text in TEXTS]


def test_a_row_without_a_mark_goes_on() -> None:
    rgb, lines = page(dot, (0, 2))
    assert marks(rgb, lines) == [True, False, True, False]


@pytest.mark.parametrize(("draw", "marked"), [(None, ()), (speck, (0, 1, 2, 3)), (dot, (1,))])
def test_bare_margins_specks_and_a_lone_blot_are_no_marks(draw: Draw | None, marked: tuple[int, ...]) -> None:
    assert marks(*page(draw, marked)) == [False] * 4


def test_dots_of_letters_are_no_marks() -> None:
    """The box of each row begins a letter late, so that the first letter, an i, stands left of it with its dot."""
    rgb, lines = paper(), []
    for i in range(3):
        write(rgb, "i", 190, 150 + 58 * i)
        lines.append(write(rgb, "n the library", 208, 150 + 58 * i))
    assert marks(rgb, lines) == [False] * 3


def test_a_line_down_the_margin_is_no_mark() -> None:
    rgb, lines = page(None)
    cv2.line(rgb, (190, 100), (190, 500), INK, 5)
    assert marks(rgb, lines) == [False] * 4


def test_light_strokes_are_seen_on_dark_ground_and_dark_ones_on_light() -> None:
    for ground, ink in ((35, 230), (235, 40)):
        rgb = np.full((600, 800, 3), ground, np.uint8)
        cv2.line(rgb, (100, 300), (700, 300), (ink, ink, ink), 6)
        drawn = find_strokes(rgb).drawn
        assert (drawn[299:302, 120:680] > 0).all()
        assert not drawn[:250].any()


def test_paper_beside_thick_strokes_is_not_drawn() -> None:
    rgb = np.full((600, 800, 3), 240, np.uint8)
    cv2.rectangle(rgb, (100, 100), (700, 240), (20, 20, 20), -1)
    assert not find_strokes(rgb).drawn[250:].any()


def test_large_photos_are_looked_at_smaller() -> None:
    strokes = find_strokes(np.full((2400, 3200, 3), 240, np.uint8))
    assert strokes.scale == 0.5
    assert strokes.drawn.shape == (1200, 1600)


@pytest.mark.parametrize(
    ("first", "hangs", "parted"),
    [
        ("Purpose: to show what works", True, True),
        ("Purpose: to show what works", False, False),
        ("Step 2: to show what works", True, False),
        ("10:30: coffee and a talk", True, False),
    ],
)
def test_hanging_labels_are_parted(first: str, hangs: bool, parted: bool) -> None:
    rgb = paper()
    lines = [write(rgb, first, 100, 150)]
    begin = lines[0].words[2 if first.startswith("Step") else 1].quad[0][0]
    lines.append(write(rgb, "and what does not", int(begin) if hangs else 100, 200))
    rows, frame = rows_of(lines)
    texts = [r.text for r in part_labels(rows, frame)]  # type: ignore[arg-type]
    label = first.split(" ", maxsplit=1)[0]
    assert (texts[0] == label) is parted
    assert " ".join(texts) == f"{first} and what does not"


def test_lines_slanted_on_purpose_stand_in_their_own_frame() -> None:
    rgb = paper()
    level = [write(rgb, f"level writing number {i}", 100, 100 + 60 * i) for i in range(4)]
    slanted = [write(paper(), f"slanted writing {i}", 900, 600 + 60 * i) for i in range(2)]
    _, slanted = turn_page(paper(), slanted, -25)
    _, pieces = split_lines([*level, *slanted], [], lambda _quad: (0.0, 0.0, 0.0))
    groups = [[p.line.raw for p in turned.pieces] for turned in sort_into_frames(pieces)]
    assert sorted(map(sorted, groups)) == [[line.raw for line in level], [line.raw for line in slanted]]


def test_one_slanted_line_alone_stays_with_the_page() -> None:
    rgb = paper()
    level = [write(rgb, f"level writing number {i}", 100, 100 + 60 * i) for i in range(4)]
    _, (slanted,) = turn_page(paper(), [write(paper(), "slanted writing", 900, 600)], -25)
    _, pieces = split_lines([*level, slanted], [], lambda _quad: (0.0, 0.0, 0.0))
    (only,) = sort_into_frames(pieces)
    assert len(only.pieces) == 5


@pytest.mark.parametrize("sign", LIST_MARKS)
def test_every_sign_of_a_list_parts_lines_and_begins_items(sign: str) -> None:
    rgb = paper()
    line = write(rgb, f"Species {sign}Habitats", 200, 200)
    gap = 0.5 * (line.quad[2][1] - line.quad[1][1])
    words = (line.words[0], line.words[1].model_copy(update={"quad": tuple((x + gap, y) for x, y in line.words[1].quad)}))
    _, pieces = split_lines([line.model_copy(update={"words": words})], [], lambda _quad: (0.0, 0.0, 0.0))
    assert [p.words[0].text for p in pieces] == ["Species", f"{sign}Habitats"]
    assert BULLET.match(f"{sign}Habitats")


def test_a_round_mark_within_a_row_begins_an_item_and_a_dash_does_not() -> None:
    for sign, parts in (("•", 2), ("☐", 2), ("-", 1), ("→", 1)):
        rgb = paper()
        line = write(rgb, f"Species {sign} Habitats", 200, 200)
        assert len(split_lines([line], [], lambda _quad: (0.0, 0.0, 0.0))[1]) == parts
