"""Cleaned pictures: white paper, kept colours, nothing destroyed."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
import pytest
from surface_scenes import draw_ground, draw_sheet, finish

from digitise.surface import clean


def hue(colour: np.ndarray) -> float:
    return colorsys.rgb_to_hsv(*(np.asarray(colour, float) / 255))[0]


def hue_distance(a: np.ndarray, b: tuple[int, int, int]) -> float:
    gap = abs(hue(a) - hue(np.asarray(b)))
    return min(gap, 1 - gap)


@pytest.mark.parametrize("tint", [(1, 1, 1), (1.0, 0.88, 0.7), (0.8, 0.9, 1.0)])
def test_paper_becomes_white_under_uneven_coloured_light(tint: tuple[float, float, float]):
    rng = np.random.default_rng(2)
    photo = finish(draw_sheet((900, 700), rng, stickies=4), rng, uneven=0.55, tint=tint)
    cleaned = clean(photo)
    assert cleaned.shape == photo.shape and cleaned.dtype == np.uint8
    for patch in (cleaned[5:40, 5:40], cleaned[-40:-5, -40:-5], cleaned[5:40, -40:-5], cleaned[-40:-5, 5:40]):
        assert np.median(patch.reshape(-1, 3), axis=0).min() > 240


@pytest.mark.parametrize("colour", [(250, 225, 90), (245, 130, 170), (120, 200, 235), (150, 220, 110), (250, 160, 70)])
def test_large_stickies_keep_their_colour(colour: tuple[int, int, int]):
    rng = np.random.default_rng(3)
    sheet = draw_sheet((900, 700), rng)
    sheet[250:520, 300:620] = colour
    cleaned = clean(finish(sheet, rng, uneven=0.35))
    found = np.median(cleaned[280:490, 330:590].reshape(-1, 3), axis=0)
    assert hue_distance(found, colour) < 0.05
    assert np.ptp(found) > 0.6 * (max(colour) - min(colour))


def test_marker_keeps_colour_and_stays_dark():
    sheet = np.full((600, 800, 3), 238, np.float32)
    for i, ink in enumerate([(20, 50, 150), (170, 30, 40), (10, 110, 60), (25, 25, 30)]):
        cv2.line(sheet, (60, 100 + 110 * i), (740, 110 + 110 * i), ink, 9)
    cleaned = clean(finish(sheet, np.random.default_rng(1), uneven=0.4))
    for i, (name, channel) in enumerate([("blue", 2), ("red", 0), ("green", 1)]):
        stroke = cleaned[100 + 110 * i + 5, 395:405].mean(axis=0)
        assert stroke.argmax() == channel, name
        assert stroke.mean() < 130, name
    assert cleaned[435, 400].mean() < 70


def test_blackboard_stays_dark_with_light_writing():
    board = draw_ground("black", (800, 600), np.random.default_rng(0))
    cv2.putText(board, "CHALK", (120, 330), cv2.FONT_HERSHEY_SIMPLEX, 5, (225, 225, 220), 12, cv2.LINE_AA)
    photo = finish(board, np.random.default_rng(0))
    cleaned = clean(photo)
    assert np.median(cleaned) < 70
    assert np.percentile(cleaned, 99.5) > 200


def test_wall_of_coloured_stickies_is_not_bleached():
    photo = np.full((500, 700, 3), (110, 200, 130), np.uint8)
    photo[40:80, 60:600] = 30
    cleaned = clean(photo)
    assert hue_distance(np.median(cleaned.reshape(-1, 3), axis=0), (110, 200, 130)) < 0.03
    assert np.ptp(np.median(cleaned.reshape(-1, 3), axis=0)) > 60


def test_black_table_round_a_sheet_stays_black():
    rng = np.random.default_rng(6)
    scene = draw_ground("black", (900, 700), rng)
    scene[120:600, 150:760] = draw_sheet((610, 480), rng)
    cleaned = clean(finish(scene, rng))
    assert np.median(cleaned[:80]) < 90
    assert np.median(cleaned[150:180, 170:740]) > 240


@pytest.mark.parametrize("shape", [(1, 1, 3), (9, 2000, 3), (64, 64, 3)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_plain_and_tiny_pictures_survive(shape: tuple[int, int, int], value: int):
    assert clean(np.full(shape, value, np.uint8)).shape == shape


def test_input_is_not_changed():
    rng = np.random.default_rng(5)
    photo = finish(draw_sheet((400, 300), rng), rng)
    before = photo.copy()
    clean(photo)
    assert (photo == before).all()


def test_strips_leave_no_seam():
    rng = np.random.default_rng(7)
    photo = finish(draw_sheet((300, 1400), rng), rng, uneven=0.4)
    cleaned = clean(photo).astype(float)
    jumps = np.abs(np.diff(cleaned.mean(axis=(1, 2))))
    assert jumps[510:514].max() <= np.percentile(jumps, 99) + 1
