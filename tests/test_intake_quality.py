"""Warnings about photos: said when a photo is spoilt, not said of good ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from intake_drawing import wall_picture

from digitise.intake import assess_quality, letter_warning
from digitise.intake.quality import SMALL_LETTER_PX, measure_edge_width


def wall(seed=0, width=1600, height=1200):
    rgb = np.asarray(wall_picture(seed, width, height)).copy()
    noise = np.random.default_rng(seed).normal(0, 3, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("size", [(800, 600), (1600, 1200), (3200, 2400)])
def test_a_sharp_photo_gets_no_warning_and_a_blurred_one_does(size):
    sharp = wall(1, *size)
    assert assess_quality(sharp) == ()
    (warning,) = assess_quality(cv2.GaussianBlur(sharp, (0, 0), 3 * max(1, size[0] / 1600)))
    assert "blurred" in warning and "take it again" in warning


def test_a_shaken_photo_is_blurred_though_sharp_along_the_shake():
    sharp = wall(2)
    assert any("blurred" in w for w in assess_quality(cv2.blur(sharp, (15, 1))))
    assert any("blurred" in w for w in assess_quality(cv2.blur(sharp, (1, 15))))


def test_edge_width_is_that_of_the_blur_whatever_the_contrast():
    edges = np.full((600, 600), 60, np.uint8)
    edges[:, 100::200] = 60
    for x in range(0, 600, 120):
        edges[:, x : x + 60] = 200
        edges[x : x + 60, :] = 200
    for sigma in (2.0, 3.0):
        blurred = cv2.GaussianBlur(edges, (0, 0), sigma)
        faint = (blurred.astype(float) * 0.4 + 100).astype(np.uint8)
        assert measure_edge_width(blurred) == pytest.approx(sigma, rel=0.15)
        assert measure_edge_width(faint) == pytest.approx(sigma, rel=0.25)
    assert measure_edge_width(np.full((100, 100), 128, np.uint8)) is None


def test_dark_blown_out_and_empty_photos():
    good = wall(3)
    assert "too dark" in assess_quality((good * 0.2).astype(np.uint8))[0]
    assert "too dark" in assess_quality(np.zeros((50, 60, 3), np.uint8))[0]
    assert "blown out" in assess_quality(np.full((50, 60, 3), 255, np.uint8))[0]
    assert "hardly anything" in assess_quality(np.full((50, 60, 3), 120, np.uint8))[0]


def blackboard(chalk: int) -> np.ndarray:
    board = np.full((1200, 1600, 3), 34, np.uint8)
    for row in range(4):
        cv2.putText(board, "No bus after six", (150, 250 + 250 * row), cv2.FONT_HERSHEY_SIMPLEX, 4, (chalk,) * 3, 9)
    return board


def test_a_blackboard_is_not_too_dark_but_a_lamp_in_the_dark_is():
    board = blackboard(190)
    assert np.percentile(cv2.cvtColor(board, cv2.COLOR_RGB2GRAY), 90) < 70, "hardly a twentieth of it is chalk"
    assert assess_quality(board) == ()
    assert "too dark" in assess_quality(blackboard(66))[0]
    night = (wall(4) * 0.2).astype(np.uint8)
    cv2.circle(night, (800, 300), 110, (255, 250, 230), -1)
    assert "too dark" in assess_quality(night)[0]


def test_one_word_on_a_white_page_is_not_blown_out():
    page = np.full((1200, 900, 3), 255, np.uint8)
    cv2.putText(page, "Hello", (300, 600), cv2.FONT_HERSHEY_SIMPLEX, 2, (20, 20, 20), 4)
    assert assess_quality(page) == ()


def test_letter_warning():
    assert letter_warning(None) == () and letter_warning(SMALL_LETTER_PX) == ()
    assert "go closer" in letter_warning(SMALL_LETTER_PX - 1)[0]
