"""Drawn lines part rows; grids of squared paper, underlines of single words and the letters themselves do not."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from digitise.geometry import box_quad
from digitise.layout.rules import Rules, are_parted, find_rules
from digitise.layout.strokes import find_strokes
from digitise.model import Quad

INK = (30, 30, 40)
UPPER: Quad = box_quad((200.0, 200.0, 800.0, 250.0))
LOWER: Quad = box_quad((200.0, 300.0, 800.0, 350.0))
MIDDLES = ((200.0, 225.0), (800.0, 225.0)), ((200.0, 325.0), (800.0, 325.0))


def page() -> np.ndarray:
    """Two rows of letters, 50 px high boxes."""
    rgb = np.full((700, 1100, 3), 245, np.uint8)
    for quad in (UPPER, LOWER):
        (x0, _), (x1, _), (_, y1), _ = quad
        for x in range(int(x0) + 5, int(x1) - 30, 34):
            cv2.ellipse(rgb, (x + 12, int(y1) - 25), (11, 15), 0, 0, 360, INK, 4)
    return rgb


def rules_of(rgb: np.ndarray) -> Rules:
    return find_rules(find_strokes(rgb), [UPPER, LOWER])


def parts(rgb: np.ndarray) -> bool:
    return are_parted(rules_of(rgb), *MIDDLES)


def dashes(rgb: np.ndarray, length: int, gap: int) -> None:
    for x in range(200, 800, length + gap):
        cv2.line(rgb, (x, 275), (min(x + length, 800), 275), INK, 4)


def test_rows_with_nothing_between_them_are_not_parted() -> None:
    assert not parts(page())


@pytest.mark.parametrize("slope", [-20, 0, 20])
def test_a_solid_rule_parts_even_when_it_slants(slope: int) -> None:
    rgb = page()
    cv2.line(rgb, (190, 275 - slope), (810, 275 + slope), INK, 4)
    assert parts(rgb)


@pytest.mark.parametrize(("length", "gap"), [(4, 22), (24, 20), (60, 40)])
def test_dots_and_dashes_part(length: int, gap: int) -> None:
    rgb = page()
    dashes(rgb, length, gap)
    assert parts(rgb)


def test_a_wavy_rule_parts() -> None:
    rgb = page()
    wave = [(x, round(275 + 6 * math.sin(x / 9))) for x in range(200, 800, 3)]
    cv2.polylines(rgb, [np.asarray(wave, np.int32)], False, INK, 4)
    assert parts(rgb)


def test_an_underline_under_one_word_does_not_part() -> None:
    rgb = page()
    cv2.line(rgb, (200, 260), (420, 260), INK, 4)
    assert not parts(rgb)


def test_the_faint_grid_of_squared_paper_does_not_part() -> None:
    rgb = np.full((700, 1100, 3), 245, np.uint8)
    for y in range(25, 700, 50):
        cv2.line(rgb, (0, y), (1100, y), (205, 210, 225), 2)
    letters = page()
    rgb[letters < 128] = letters[letters < 128]
    assert not parts(rgb)


def test_columns_are_parted_by_an_upright_rule() -> None:
    rgb = page()
    cv2.line(rgb, (850, 100), (840, 600), INK, 5)
    left, right = ((790.0, 215.0), (790.0, 235.0)), ((900.0, 215.0), (900.0, 235.0))
    assert are_parted(rules_of(rgb), left, right)


def test_a_photo_without_writing_has_no_rules() -> None:
    rgb = page()
    assert not len(find_rules(find_strokes(rgb), []).segments)
