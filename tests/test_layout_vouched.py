"""Sticky notes of poor form are found where sure notes of their pad vouch for them, and nothing else is."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from sticky_drawing import BOARD, PADS, draw_note, draw_wall, f1, fill_polygon, finish, lines_on

from digitise.layout.choosing import SURE, Candidate, rate, shapes_of_known, share_hidden
from digitise.layout.stickies import find_stickies


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


CURLED = np.array([(0, 0), (155, 5), (170, 75), (190, 155), (95, 130), (25, 85)], float)
"""A note of about 160 px that stands off the wall at its foot, seen from the front."""


def draw_curled(wall, colour, *, at=(300, 500), size=1.0):
    fill_polygon(wall, size * CURLED + at + np.array([6, 12]), tuple(0.75 * v for v in BOARD))
    fill_polygon(wall, size * CURLED + at, colour)


def draw_row(wall, names):
    return [draw_note(wall, (160 + 230 * i, 200), 160, PADS[n], seed=i) for i, n in enumerate(names)]


def find_written(wall, written):
    return find_stickies(finish(wall), [q for b in written for q in lines_on(b)])


def test_a_note_that_curls_away_is_vouched_for_by_flat_ones_of_its_pad():
    wall = draw_wall((1250, 900))
    flat = draw_row(wall, ["blue"] * 4)
    draw_curled(wall, PADS["blue"])
    assert f1(find_written(wall, flat), [(b, "") for b in (*flat, (300.0, 500.0, 490.0, 655.0))]) == 1.0


@pytest.mark.parametrize(
    ("names", "colour", "size"),
    [
        (["blue"] * 4, PADS["orange"], 1.0),
        (["blue"] * 2 + ["yellow"] * 2, PADS["blue"], 1.0),
        (["blue"] * 4, tuple(0.6 * v for v in PADS["blue"]), 1.0),
        (["blue"] * 4, PADS["blue"], 1.5),
    ],
    ids=["another colour", "only two of its pad", "much darker", "much larger"],
)
def test_nobody_vouches_for_what_curls_but_is_not_of_a_pad_with_three_sure_notes(names, colour, size):
    wall = draw_wall((1250, 900))
    flat = draw_row(wall, names)
    draw_curled(wall, colour, size=size)
    assert f1(find_written(wall, flat), [(b, "") for b in flat]) == 1.0


def judge_patch(x, *, fill=0.95, mended=0.97, side=40.0, tint=(1.0, 0.0, 0.1)):
    """A patch as it stands once the ground round it has been looked at; a sure note if it fills its rectangle."""
    corners = np.array([(x, 0), (x + side, 0), (x + side, side), (x, side)], np.float32)
    colour, tint = np.array([200, 200, 100], np.float32), np.array(tint, np.float32)
    return rate(Candidate(corners, colour, tint, 0.85, side**2, side, False, 1.0, 1.0, fill, 1.0, 1.0, 1.0, mended=mended))


def test_a_torn_patch_half_over_a_sure_note_of_its_pad_is_not_vouched_for():
    sure = [judge_patch(x) for x in (0, 100, 200)]
    beside, over = (judge_patch(x, fill=0.6) for x in (245, 220))
    assert shapes_of_known([beside, over], sure) == [1.0, 0.0]


def test_a_sure_note_does_not_vouch_for_itself():
    worn = judge_patch(200, fill=0.84)
    two = [judge_patch(x) for x in (0, 100)]
    assert worn.score >= SURE
    assert shapes_of_known([worn], [*two, worn]) == [0.0]
    assert shapes_of_known([worn], [*two, judge_patch(300), worn]) == [1.0]


@pytest.mark.parametrize(("fill", "least", "most"), [(0.7, 0.9, 1.0), (0.59, 0.0, 0.0), (0.5, 0.0, 0.0)])
def test_a_note_over_a_patch_explains_a_missing_corner_but_not_half_of_it(fill, least, most):
    patch, over = judge_patch(0, fill=fill), judge_patch(0, side=25.0, tint=(1.0, 0.1, 0.0))
    (hidden,) = share_hidden([patch], [over])
    assert least <= rate(patch, hidden=hidden).score <= most


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
