"""The way the writing runs, from its lines."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.model import Quad
from digitise.surface import deskew


def line(angle: float, x: float, y: float, length: float = 300, height: float = 30) -> Quad:
    ux, uy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    vx, vy = -uy * height, ux * height
    ex, ey = ux * length, uy * length
    return ((x, y), (x + ex, y + ey), (x + ex + vx, y + ey + vy), (x + vx, y + vy))


@given(st.floats(0.5, 14.0), st.sampled_from([-1, 1]), st.sampled_from([0, 90, 180, -90]))
@settings(deadline=None)
def test_common_direction(small: float, sign: int, quarter: int):
    angle = quarter + sign * small
    found = deskew([line(angle, 100, 100 + 50 * i) for i in range(6)])
    assert math.cos(math.radians(found - angle)) == pytest.approx(1.0, abs=1e-6)


def test_few_lines_say_nothing():
    assert deskew([]) == 0.0
    assert deskew([line(8, 0, 0), line(8, 0, 50)]) == 0.0


def test_single_words_do_not_count():
    assert deskew([line(10, 0, 40 * i, length=30) for i in range(9)]) == 0.0


def test_writing_in_all_directions_is_left_alone():
    assert deskew([line(a, 100, 100) for a in (-14, -3, 9, 90, 91, 14, -9, 180)]) == 0.0


def test_some_notes_on_their_side_do_not_turn_the_picture():
    assert deskew([line(0, 0, 50 * i) for i in range(5)] + [line(90, 700, 50 * i) for i in range(5)]) == 0.0


def test_an_outlier_does_not_sway():
    assert deskew([line(4, 0, 50 * i) for i in range(7)] + [line(-12, 0, 600)]) == pytest.approx(4, abs=0.01)


def test_a_tiny_slant_is_left():
    assert deskew([line(0.2, 0, 50 * i) for i in range(7)]) == 0.0
