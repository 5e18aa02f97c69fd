"""Straightening keeps every point followable, in both directions, and the sheet's true proportions."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from surface_scenes import draw_sheet, paste

from digitise.geometry import map_points, polygon, to_quad
from digitise.model import Quad
from digitise.surface import rectify, rotate
from digitise.surface.rectify import estimate_aspect, picture_size, turn_quarters

offset = st.floats(-60, 60)


@st.composite
def quads(draw: st.DrawFn) -> Quad:
    """Convex quads round a 400 x 300 rectangle."""
    base = [(100, 100), (500, 100), (500, 400), (100, 400)]
    quad = to_quad([(x + draw(offset), y + draw(offset)) for x, y in base])
    assume(polygon(quad).convex_hull.area == pytest.approx(polygon(quad).area))
    return quad


def camera_quad(width: float, height: float, *, tilt: float, pan: float, focal: float, size: tuple[int, int]) -> Quad:
    """A width x height sheet as a pinhole camera sees it (angles in degrees, focal length in photo long sides)."""
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * [width / 2, height / 2, 1]
    a, b = math.radians(tilt), math.radians(pan)
    turn = np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])
    turn = turn @ np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
    seen = corners @ turn.T + [0.05, -0.03, 2.2 * focal]
    return to_quad(seen[:, :2] / seen[:, 2:] * focal * max(size) + np.array(size) / 2)


@given(quads())
@settings(max_examples=60, deadline=None)
def test_corners_map_to_the_picture_corners_and_back(quad: Quad):
    picture, matrix = rectify(np.zeros((500, 600, 3), np.uint8), quad)
    height, width = picture.shape[:2]
    assert np.allclose(map_points(matrix, quad), [(0, 0), (width, 0), (width, height), (0, height)], atol=1e-6 * 1000)
    inside = [(250.0, 250.0), (300.0, 280.0)]
    back = map_points(np.linalg.inv(np.asarray(matrix).reshape(3, 3)), map_points(matrix, inside))
    assert np.allclose(back, inside, atol=1e-4)


def test_pixels_go_where_the_homography_says():
    photo = np.full((400, 500, 3), 30, np.uint8)
    photo[200:204, 300:304] = (255, 0, 0)  # centre (302, 202)
    quad = ((110.0, 90.0), (420.0, 110.0), (440.0, 330.0), (90.0, 310.0))
    picture, matrix = rectify(photo, quad)
    red = np.argwhere(picture[..., 0] > 140) + 0.5
    assert np.allclose(red.mean(axis=0)[::-1], map_points(matrix, [(302.0, 202.0)])[0], atol=0.35)


@pytest.mark.parametrize(("width", "height"), [(1.0, 1.41), (1.6, 1.0), (1.0, 1.0)])
@pytest.mark.parametrize(("tilt", "pan"), [(28, 20), (-30, 25), (20, -30)])
def test_true_proportions_from_perspective(width: float, height: float, tilt: float, pan: float):
    quad = camera_quad(width, height, tilt=tilt, pan=pan, focal=0.8, size=(4000, 3000))
    assert estimate_aspect(quad, (4000, 3000)) == pytest.approx(width / height, rel=0.03)


def test_flat_view_takes_the_means_of_the_sides():
    quad = ((100.0, 100.0), (500.0, 101.0), (500.0, 400.0), (101.0, 400.0))
    assert estimate_aspect(quad, (600, 500)) == pytest.approx(400 / 300, rel=0.01)


def test_size_keeps_detail_up_to_the_cap():
    quad = ((0.0, 0.0), (4000.0, 0.0), (4000.0, 3000.0), (0.0, 3000.0))
    assert picture_size(quad, (4000, 3000)) == (4000, 3000)
    assert picture_size(quad, (4000, 3000), 1000) == (1000, 750)


def test_degenerate_quad_is_refused():
    with pytest.raises(ValueError, match="degenerate"):
        rectify(np.zeros((50, 50, 3), np.uint8), ((1, 1), (1, 1), (1, 1), (1, 1)))


def test_rectified_sheet_looks_like_the_sheet():
    rng = np.random.default_rng(4)
    sheet = draw_sheet((450, 600), rng, stickies=3)
    scene = np.full((900, 900, 3), 60, np.float32)
    quad = np.array([[200, 120], [640, 160], [700, 780], [150, 740]], float)
    paste(scene, sheet, quad)
    picture, _ = rectify(scene.astype(np.uint8), to_quad(quad))
    small = cv2.resize(cv2.GaussianBlur(picture, (0, 0), 4), (45, 60), interpolation=cv2.INTER_AREA).mean(axis=2)
    true = cv2.resize(cv2.GaussianBlur(sheet, (0, 0), 4), (45, 60), interpolation=cv2.INTER_AREA).mean(axis=2)
    assert np.corrcoef(small.ravel(), true.ravel())[0, 1] > 0.95
    assert np.median(picture) > 220


@given(st.floats(-180, 180), st.floats(20, 280), st.floats(20, 180))
@settings(max_examples=60, deadline=None)
def test_rotation_keeps_points_and_lengths(angle: float, x: float, y: float):
    rgb = np.zeros((200, 300, 3), np.uint8)
    picture, matrix = rotate(rgb, angle)
    (a, b), (c, d) = map_points(matrix, [(x, y), (150.0, 100.0)])
    assert math.hypot(a - c, b - d) == pytest.approx(math.hypot(x - 150, y - 100), abs=1e-6)
    assert -1 <= a <= picture.shape[1] + 1 and -1 <= b <= picture.shape[0] + 1


@pytest.mark.parametrize("angle", [90.0, 180.0, -90.0, 12.0])
def test_rotation_makes_slanted_writing_upright(angle: float):
    _, matrix = rotate(np.zeros((200, 300, 3), np.uint8), angle)
    along = (math.cos(math.radians(angle)), math.sin(math.radians(angle)))
    start, end = map_points(matrix, [(150.0, 100.0), (150 + 50 * along[0], 100 + 50 * along[1])])
    assert end[0] - start[0] == pytest.approx(50, abs=1e-6)
    assert end[1] - start[1] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_quarter_turns_move_pixels_exactly(quarters: int):
    rgb = np.zeros((4, 6, 3), np.uint8)
    rgb[1, 4] = 255
    picture, matrix = rotate(rgb, -90.0 * quarters)
    (x, y) = map_points(matrix, [(4.5, 1.5)])[0]
    assert picture[int(y), int(x), 0] == 255 and picture.sum() == 3 * 255
    assert turn_quarters((6, 4), quarters)[1] == (picture.shape[1], picture.shape[0])
