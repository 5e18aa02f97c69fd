"""Sticky notes are found on drawn walls whose truth is known: touching grids, turns, overlaps, lights, grounds; and none where none are."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitise.geometry import bounds, box_iou
from digitise.layout.stickies import ACCEPT, Sticky, find_stickies

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks is not an installed package

from benchmarks.drawn_walls import Wall
from benchmarks.stickies import score_wall

PADS = {
    "yellow": (250, 236, 120),
    "pink": (250, 110, 165),
    "green": (165, 220, 110),
    "blue": (120, 200, 232),
    "orange": (252, 150, 70),
    "purple": (190, 165, 228),
}
BOARD = (232, 232, 228)


def draw_wall(size, ground=BOARD, *, grain=3.0, seed=0):
    """A ground with light falling off to one side and a little grain. size: (width, height)."""
    rng = np.random.default_rng(seed)
    w, h = size
    falloff = np.linspace(1.0, 0.86, w)[None, :, None] * np.linspace(1.0, 0.94, h)[:, None, None]
    wall = np.ones((h, w, 3)) * np.array(ground) * falloff
    return wall + rng.normal(0, grain, (h, w, 1))


def draw_note(wall, centre, side, colour, *, angle=0.0, seed=0, writing=True, shadow=0.18):
    """A note with a soft shadow below it, a slight sheen and scribbled lines; returns its upright box."""
    rng = np.random.default_rng(seed)
    w = h = side
    corners = cv2.boxPoints((centre, (w, h), angle))
    reach = round(0.8 * math.hypot(w, h))
    x0, y0 = max(0, round(centre[0]) - reach), max(0, round(centre[1]) - reach)
    whole, wall = wall, wall[y0 : round(centre[1]) + reach, x0 : round(centre[0]) + reach]
    mask = np.zeros(wall.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round((corners - (x0, y0)) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    cover = mask.astype(np.float32) / 255
    contact = cv2.GaussianBlur(cover, (0, 0), max(0.8, side / 90))  # the dark line where paper lies on paper
    cast = np.roll(cv2.GaussianBlur(cover, (0, 0), max(1.0, side / 30)), (max(1, round(side / 40)), max(1, round(side / 60))), (0, 1))
    wall *= (1 - 0.3 * contact[..., None]) * (1 - shadow * cast[..., None])
    # A note stands off at its lower edge and catches less light there; no two hang quite alike.
    rows = np.clip((np.arange(wall.shape[0]) + y0 - centre[1]) / h + 0.5, 0, 1)[:, None, None]
    light = rng.uniform(0.95, 1.0) * (1.0 - 0.07 * rows**2)
    alpha = cover[..., None]
    wall[:] = wall * (1 - alpha) + np.array(colour) * light * alpha
    if writing:
        turn = cv2.getRotationMatrix2D((0, 0), -angle, 1.0)[:, :2]
        for row in np.linspace(-0.28, 0.3, 4):
            xs = np.linspace(-0.36, 0.36 * rng.uniform(0.3, 1), 24)
            ys = row + rng.uniform(-0.05, 0.05, 24)
            pts = np.stack([xs * w, ys * h], 1) @ turn.T + np.array(centre)
            cv2.polylines(whole, [np.round(pts).astype(np.int32)], False, (45, 40, 60), max(1, round(side / 45)), cv2.LINE_AA)
    return bounds(tuple(map(tuple, corners)))


def finish(wall, *, gains=(1.0, 1.0, 1.0), level=1.0, noise=2.0, blur=0.7, seed=9):
    """What the camera makes of it: cast, exposure, blur, noise, JPEG."""
    picture = cv2.GaussianBlur(wall, (0, 0), blur) * np.array(gains) * level
    picture = picture + np.random.default_rng(seed).normal(0, noise, picture.shape)
    ok, data = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert ok
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def f1(found: list[Sticky], truth, iou=0.6):
    """F1 of boxes, each truth matched at most once."""
    left = list(truth)
    hits = 0
    for s in found:
        best = max(left, key=lambda t: box_iou(t[0], bounds(s.outline)), default=None)
        if best and box_iou(best[0], bounds(s.outline)) >= iou:
            left.remove(best)
            hits += 1
    return 2 * hits / max(len(found) + len(truth), 1)


def colours_right(found, truth):
    pairs = [(s, t) for s in found for t in truth if box_iou(t[0], bounds(s.outline)) >= 0.6]
    return sum(s.colour == t[1] for s, t in pairs) / max(len(pairs), 1)


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


def quad(x0, y0, x1, y1):
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def lines_on(box):
    """The quads of the four lines that draw_note scribbles."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    return [quad(x0 + 0.12 * w, y0 + (r - 0.07) * h, x0 + 0.88 * w, y0 + (r + 0.07) * h) for r in (0.22, 0.41, 0.6, 0.8)]


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


def fill_polygon(wall, points, colour):
    cv2.fillPoly(wall, [np.round(np.asarray(points) * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)


def draw_wheel(wall, centre, side, ink=(25, 25, 30)):
    """A black wheel whose spokes reach nearly to the rim of a note, so that no even patch of it is a rectangle."""
    cv2.circle(wall, centre, round(0.2 * side), ink, 14, cv2.LINE_AA)
    for spoke in np.arange(0.2, 2 * math.pi, math.pi / 4):
        step = np.array([math.cos(spoke), math.sin(spoke)])
        ends = [np.round(centre + r * side * step).astype(int).tolist() for r in (0.24, 0.45 / np.abs(step).max())]
        cv2.line(wall, ends[0], ends[1], ink, 6, cv2.LINE_AA)


def test_cream_notes_with_drawings_up_to_their_rim_are_vouched_for_by_written_ones_of_their_pad():
    wall, colour = draw_wall((1250, 900), (190, 188, 190)), (250, 243, 200)
    written = [draw_note(wall, (160 + 230 * i, 200), 160, colour, seed=i) for i in range(5)]
    drawn = []
    for i in range(3):
        drawn.append(draw_note(wall, (160 + 230 * i, 650), 160, colour, seed=i, writing=False))
        draw_wheel(wall, (160 + 230 * i, 650), 160)
    found = find_stickies(finish(wall), [q for b in written for q in lines_on(b)])
    assert f1(found, [(b, "") for b in (*written, *drawn)], iou=0.8) == 1.0


def test_a_note_that_curls_away_is_vouched_for_by_flat_ones_of_its_pad():
    wall = draw_wall((1250, 900))
    flat = [draw_note(wall, (160 + 230 * i, 200), 160, PADS["blue"], seed=i) for i in range(4)]
    curled = np.array([(300, 500), (455, 505), (470, 575), (490, 655), (395, 630), (325, 585)])
    fill_polygon(wall, curled + np.array([6, 12]), tuple(0.75 * v for v in BOARD))
    fill_polygon(wall, curled, PADS["blue"])
    box = (300.0, 500.0, 490.0, 655.0)
    lines = [q for b in flat for q in lines_on(b)]
    found = find_stickies(finish(wall), lines)
    assert f1(found, [(b, "") for b in (*flat, box)]) == 1.0
    # Nobody vouches for the same patch in a colour of its own.
    fill_polygon(wall, curled, PADS["orange"])
    assert f1(find_stickies(finish(wall), lines), [(b, "") for b in flat]) == 1.0


def test_shapes_in_the_colour_and_size_of_the_notes_are_none_if_their_form_is_quite_another():
    wall = draw_wall((1250, 900))
    flat = [draw_note(wall, (160 + 230 * i, 200), 160, PADS["green"], seed=i) for i in range(4)]
    bars = [(0, 0), (50, 0), (50, 55), (110, 55), (110, 0), (160, 0), (160, 160), (110, 160), (110, 105), (50, 105), (50, 160), (0, 160)]
    fill_polygon(wall, np.array(bars) + np.array([120, 550]), PADS["green"])
    fill_polygon(wall, np.array([(400, 720), (480, 550), (560, 720)]), PADS["green"])
    cv2.circle(wall, (760, 640), 80, PADS["green"], cv2.FILLED, cv2.LINE_AA)
    cv2.line(wall, (900, 560), (1060, 720), PADS["green"], 40, cv2.LINE_AA)
    found = find_stickies(finish(wall), [q for b in flat for q in lines_on(b)])
    assert f1(found, [(b, "") for b in flat]) == 1.0


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
