"""Sticky notes are found on drawn walls whose truth is known: touching grids, turns, overlaps, lights, grounds; and none where none are."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from sticky_drawing import BOARD, PADS, colours_right, draw_note, draw_wall, f1, finish, lines_on, quad

from digitise.geometry import bounds, box_iou
from digitise.layout.stickies import ACCEPT, find_stickies

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks is not an installed package

from benchmarks.drawn_walls import Wall
from benchmarks.stickies import score_wall


def touching_grid(wall, at, side, *, rows, columns, name):
    rng = np.random.default_rng(0)
    return [
        (
            draw_note(
                wall,
                (at[0] + c * side, at[1] + r * side),
                side * rng.uniform(0.99, 1.03),
                PADS[name],
                angle=rng.uniform(-2, 2),
                seed=7 * r + c,
            ),
            name,
        )
        for r in range(rows)
        for c in range(columns)
    ]


def test_a_grid_of_twenty_touching_notes_of_one_colour_is_split():
    wall = draw_wall((1200, 1000))
    truth = touching_grid(wall, (250, 180), 170, rows=4, columns=5, name="yellow")
    found = find_stickies(finish(wall))
    assert f1(found, truth) >= 0.9
    assert {s.colour for s in found} == {"yellow"}


@pytest.mark.parametrize(
    "ground", [BOARD, (205, 205, 215), (58, 48, 44), (176, 132, 88), (120, 150, 190)], ids=["board", "paper", "table", "cork", "sheet"]
)
def test_notes_of_all_colours_on_any_ground(ground):
    wall = draw_wall((870, 600), ground, grain=5.0)
    truth = []
    for i, (name, rgb) in enumerate(PADS.items()):
        centre = (150 + 280 * (i % 3), 160 + 270 * (i // 3))
        truth.append((draw_note(wall, centre, 135, rgb, angle=(-14, 6, 22, -3, 10, 35)[i], seed=i), name))
    found = find_stickies(finish(wall))
    assert f1(found, truth) >= 0.9
    assert colours_right(found, truth) >= 0.8


@pytest.mark.parametrize(
    ("gains", "level"), [((1.0, 0.9, 0.72), 0.95), ((1.0, 0.93, 0.8), 0.55), ((0.9, 0.97, 1.0), 0.8)], ids=["warm", "dim", "cool"]
)
def test_colours_keep_their_names_in_other_light(gains, level):
    wall = draw_wall((870, 600))
    truth = [
        (draw_note(wall, (150 + 280 * (i % 3), 160 + 270 * (i // 3)), 135, rgb, angle=i * 5 - 12, seed=i), name)
        for i, (name, rgb) in enumerate(PADS.items())
    ]
    found = find_stickies(finish(wall, gains=gains, level=level))
    assert f1(found, truth) == 1.0
    assert colours_right(found, truth) == 1.0


def test_overlapping_notes_of_different_colours_are_told_apart():
    wall = draw_wall((1200, 800))
    names = ["yellow", "pink", "blue", "green"]
    truth = [(draw_note(wall, (250 + 150 * i, 300 + 40 * (i % 2)), 190, PADS[n], angle=4 * i - 6, seed=i), n) for i, n in enumerate(names)]
    found = find_stickies(finish(wall))
    assert f1(found, truth, iou=0.5) >= 0.85


@pytest.mark.parametrize(("size", "side"), [((640, 480), 26), ((1300, 900), 380)], ids=["small", "large"])
def test_small_and_large_notes(size, side):
    wall = draw_wall(size)
    truth = [
        (draw_note(wall, (size[0] * (0.2 + 0.3 * c), size[1] * (0.25 + 0.5 * r)), side, PADS[n], seed=r + c), n)
        for r, row in enumerate((("yellow", "pink", "blue"), ("green", "yellow", "orange")))
        for c, n in enumerate(row)
    ]
    assert f1(find_stickies(finish(wall)), truth) >= 0.9


@pytest.mark.slow
def test_a_wall_of_seventy():
    wall = draw_wall((1400, 1050))
    rng = np.random.default_rng(4)
    names = list(PADS)
    truth = []
    for i in range(70):
        n = names[int(rng.integers(len(names)))]
        centre = (77 + 137 * (i % 10) + rng.uniform(-10, 10), 77 + 144 * (i // 10) + rng.uniform(-10, 10))
        truth.append((draw_note(wall, centre, 105, PADS[n], angle=rng.uniform(-8, 8), seed=i), n))
    assert f1(find_stickies(finish(wall)), truth) >= 0.95


def test_nothing_is_found_where_there_are_no_notes():
    wall = draw_wall((1400, 1000))
    rng = np.random.default_rng(2)
    for i, rgb in enumerate(PADS.values()):  # vote dots
        cv2.circle(wall, (120 + 60 * i, 120), 22, rgb, -1, cv2.LINE_AA)
    for i, rgb in enumerate(PADS.values()):  # filled bubbles with a drawn outline, as on graphic recordings
        centre = (200 + 210 * i, 330)
        cv2.ellipse(wall, centre, (85, 50), 0, 0, 360, rgb, -1, cv2.LINE_AA)
        cv2.ellipse(wall, centre, (85, 50), 0, 0, 360, (25, 25, 25), 6, cv2.LINE_AA)
    for i, rgb in enumerate(PADS.values()):  # filled boxes with a drawn outline
        cv2.rectangle(wall, (90 + 210 * i, 470), (250 + 210 * i, 590), rgb, -1)
        cv2.rectangle(wall, (90 + 210 * i, 470), (250 + 210 * i, 590), (25, 25, 25), 6)
    for row in range(4):  # writing in red and blue marker, and an empty drawn box
        xs = np.linspace(150, 900, 90)
        pts = np.stack([xs, 680 + 60 * row + rng.uniform(-16, 16, 90)], 1)
        cv2.polylines(wall, [pts.astype(np.int32)], False, [(200, 30, 40), (40, 70, 190)][row % 2], 6, cv2.LINE_AA)
    cv2.rectangle(wall, (1000, 660), (1250, 900), (30, 30, 30), 5)
    assert find_stickies(finish(wall)) == []


@pytest.mark.parametrize("shape", [(90, 120, 3), (1, 1, 3), (3, 900, 3)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_empty_pictures_hold_no_notes(shape, value):
    assert find_stickies(np.full(shape, value, np.uint8)) == []


def test_outlines_run_clockwise_inside_the_photo_with_confidence_over_the_threshold():
    wall = draw_wall((900, 700))
    draw_note(wall, (20, 350), 180, PADS["pink"])
    draw_note(wall, (450, 350), 220, PADS["yellow"], angle=20)
    found = find_stickies(finish(wall))
    assert len(found) == 2
    for s in found:
        assert ACCEPT <= s.confidence <= 1
        tl, tr, br, bl = (np.array(p) for p in s.outline)
        assert np.cross([*(tr - tl), 0], [*(br - tr), 0])[2] > 0
        assert tl[0] < br[0] and tl[1] < br[1] and bl[1] > tl[1]
        x0, y0, x1, y1 = bounds(s.outline)
        assert x0 >= 0 and y0 >= 0 and x1 <= 900 and y1 <= 700


def test_a_line_of_writing_that_crosses_a_fold_keeps_the_note_whole():
    wall = draw_wall((900, 700))
    box = draw_note(wall, (450, 350), 260, PADS["green"], writing=False)
    wall[220:480, 446:452] *= 0.8
    line = ((350.0, 330.0), (550.0, 330.0), (550.0, 370.0), (350.0, 370.0))
    found = find_stickies(finish(wall), [line])
    assert len(found) == 1
    assert box_iou(bounds(found[0].outline), box) > 0.8


def test_fills_of_letters_along_a_line_are_no_notes():
    wall = draw_wall((1400, 900))
    for i in range(6):
        draw_note(wall, (250 + 150 * i, 300), 110, PADS["yellow"], writing=False, shadow=0.0)
    photo = finish(wall)
    assert len(find_stickies(photo)) == 6
    assert find_stickies(photo, [quad(180, 240, 1070, 360)]) == []


def test_an_empty_patch_far_from_the_written_notes_is_trusted_less_than_a_blank_note_among_them():
    wall = draw_wall((1600, 1000))
    boxes = [draw_note(wall, (150 + 170 * i, 200), 150, PADS["green"], seed=i, writing=i != 2) for i in range(4)]
    far = draw_note(wall, (1450, 850), 150, PADS["green"], writing=False)
    found = find_stickies(finish(wall), [q for i, b in enumerate(boxes) if i != 2 for q in lines_on(b)])
    trust = {i: s.confidence for s in found for i, b in enumerate([*boxes, far]) if box_iou(b, bounds(s.outline)) > 0.8}
    assert set(trust) >= {0, 1, 2, 3}
    assert trust.get(4, 0.0) < 0.6 * trust[2]


def test_text_recognition_that_joins_lines_of_neighbours_does_not_part_them():
    wall = draw_wall((1300, 700))
    boxes = [draw_note(wall, (260 + 260 * i, 350), 200, PADS[n], seed=i) for i, n in enumerate(("yellow", "pink", "blue"))]
    joined = [quad(boxes[0][0] + 20, y, boxes[2][2] - 20, y + 26) for y in (295, 335, 375)]
    assert f1(find_stickies(finish(wall), joined), [(b, "") for b in boxes]) == 1.0


def test_a_strip_of_a_note_at_the_frame_is_found_beside_whole_ones():
    wall = draw_wall((1200, 800))
    boxes = [draw_note(wall, (200 + 260 * i, 300), 200, PADS["pink"], seed=i) for i in range(4)]
    strips = [draw_note(wall, (200 + 260 * i, 840), 200, PADS["pink"], seed=i, writing=False) for i in range(3)]
    cut = [(x0, y0, x1, 800.0) for x0, y0, x1, _ in strips]
    found = find_stickies(finish(wall), [q for b in boxes for q in lines_on(b)])
    assert f1(found, [(b, "") for b in (*boxes, *cut)]) >= 0.9


def test_white_cards_are_found_on_a_coloured_wall_beside_coloured_notes_and_not_alone():
    def draw(names):
        wall = draw_wall((1400, 700), (176, 150, 118))
        return wall, [
            draw_note(wall, (180 + 260 * i, 350), 200, (*PADS[n],) if n else (246, 246, 244), seed=i) for i, n in enumerate(names)
        ]

    wall, boxes = draw(["yellow", None, "pink", "green", None])
    found = find_stickies(finish(wall), [q for b in boxes for q in lines_on(b)])
    assert f1(found, [(b, "") for b in boxes]) == 1.0
    assert sum(s.colour == "white" for s in found) == 2
    wall, boxes = draw([None] * 2)
    assert find_stickies(finish(wall), [q for b in boxes for q in lines_on(b)]) == []


def test_white_cards_alone_are_found_when_several_are_alike_and_written_on():
    wall = draw_wall((1400, 700), (150, 110, 75))
    boxes = [draw_note(wall, (180 + 230 * i, 350), 200, (246, 246, 244), seed=i) for i in range(5)]
    found = find_stickies(finish(wall), [q for b in boxes[:3] for q in lines_on(b)])
    assert f1(found, [(b, "") for b in boxes]) == 1.0
    assert {s.colour for s in found} == {"white"}
    assert find_stickies(finish(wall), []) == []  # nobody has written on them: tiles or windows


def test_a_card_keeps_its_corner_under_a_flag():
    wall = draw_wall((1300, 700), (150, 110, 75))
    boxes = [draw_note(wall, (230 + 280 * i, 330), 210, PADS["purple"], seed=i) for i in range(4)]
    for i in range(4):
        draw_note(wall, (230 + 280 * i + 65, 430), 90, PADS["orange"], seed=i, writing=False)
    found = [s for s in find_stickies(finish(wall), [q for b in boxes for q in lines_on(b)[:3]]) if s.colour == "purple"]
    assert f1(found, [(b, "") for b in boxes], iou=0.8) == 1.0


def test_small_flags_on_the_corners_of_large_notes_are_notes_too():
    wall = draw_wall((1050, 910))
    truth = []
    for k in range(16):
        centre = (140 + 252 * (k % 4), 120 + 224 * (k // 4))
        truth.append((draw_note(wall, centre, 175, PADS["blue"], seed=k), "blue"))
        if k % 5 == 0:
            truth.append((draw_note(wall, (centre[0] + 60, centre[1] + 66), 56, PADS["orange"], seed=k, writing=False), "orange"))
    found = find_stickies(finish(wall))
    assert f1(found, truth) == 1.0 and colours_right(found, truth)


FEW = {"count": 8, "size": (1000, 750)}


@pytest.mark.parametrize(
    "wall",
    [
        Wall(pads="pastel", ground="cork", **FEW),
        pytest.param(Wall(pads="pastel", ground="blue sheet", **FEW), marks=pytest.mark.slow),
        pytest.param(Wall(ground="brown paper", **FEW), marks=pytest.mark.slow),
        Wall(pads="cream", ground="grey sheet"),
        Wall(pads="white", ground="dark table", **FEW),
        Wall(overlap=0.25, **FEW),
        pytest.param(Wall(lamp="3000 K", ground="wall", level=0.5, **FEW), marks=pytest.mark.slow),
        Wall(curl=0.5, slant=0.3, **FEW),
    ],
    ids=["pastel-cork", "pastel-blue", "brown", "cream", "white", "covered", "lamp", "curled"],
)
def test_drawn_walls(wall):
    score, _ = score_wall(wall, 0)
    assert score.f1 >= 0.9
    assert score.named >= 0.95 * score.hits


@pytest.mark.slow
def test_white_pieces_are_cards_or_pages_by_shape_and_writing():
    wall = draw_wall((1400, 900), (150, 110, 75))
    cards, pages, lines = [], [], []
    for i in range(4):
        x = 60 + 330 * i
        cards.append((x, 80, x + 270, 250))
        pages.append((x, 340, x + 270, 700))
        for x0, y0, x1, y1 in (cards[-1], pages[-1]):
            wall[y0:y1, x0:x1] = (244, 244, 242)
            rows = 3 if y1 - y0 < 200 else 12
            for y in np.linspace(y0 + 20, y1 - 20, rows):
                wall[int(y) - 3 : int(y) + 3, x0 + 30 : x1 - 40 : 6] = (40, 40, 60)
                lines.append(quad(x0 + 25, float(y) - 7, x1 - 35, float(y) + 7))
    found = find_stickies(finish(wall), lines)
    kinds = {s.container for s in found for c in cards if box_iou(c, bounds(s.outline)) > 0.8}
    assert kinds == {"card"}
    assert {s.container for s in found for p in pages if box_iou(p, bounds(s.outline)) > 0.8} == {"paper"}


@pytest.mark.slow
def test_a_twelve_megapixel_photo_takes_seconds_not_minutes():
    wall = draw_wall((4000, 3000))
    touching_grid(wall, (600, 500), 400, rows=5, columns=6, name="yellow")
    photo = finish(wall)
    start = time.process_time()
    find_stickies(photo)
    assert time.process_time() - start < 5
