"""Boxes from probability maps drawn with known lines."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.geometry import polygon_iou
from digitise.reading.detection import (
    TILE_OVERLAP_PX,
    TILE_PX,
    TILE_STEP_PX,
    TextBox,
    _tiles,
    boxes_from_map,
    find_text,
    merge_looks,
    upright_corners,
)


def draw_line(probability: np.ndarray, centre: tuple[float, float], size: tuple[float, float], angle: float, value: float = 0.9) -> None:
    cv2.fillConvexPoly(probability, np.round(cv2.boxPoints((centre, size, angle))).astype(np.int32), value)


@given(st.integers(-80, 80), st.floats(0.4, 3))
@settings(max_examples=40, deadline=None)
def test_a_line_at_any_angle_gives_its_box_grown_as_the_network_was_trained(angle: int, scale: float) -> None:
    probability = np.zeros((400, 600), np.float32)
    draw_line(probability, (300, 200), (200, 20), angle)
    (box,) = boxes_from_map(probability, scale)
    grow = 200 * 20 * 1.6 / 220
    wanted = cv2.boxPoints(((300 / scale, 200 / scale), ((200 + grow) / scale, (20 + grow) / scale), angle))
    assert polygon_iou(box.corners.tolist(), wanted.tolist()) > 0.8
    assert box.width > box.height


def test_faint_areas_are_no_lines() -> None:
    probability = np.zeros((200, 400), np.float32)
    draw_line(probability, (200, 100), (200, 20), 0, value=0.4)
    assert boxes_from_map(probability, 1.0) == []


def test_lines_tied_together_by_a_descender_are_parted() -> None:
    probability = np.zeros((300, 900), np.float32)
    for y in (100, 150, 200):
        draw_line(probability, (450, y), (700, 18), 0)
    for x, y in ((300, 125), (600, 175)):
        draw_line(probability, (x, y), (8, 50), 0, value=0.6)
    boxes = boxes_from_map(probability, 1.0)
    assert sorted(round(float(b.corners[:, 1].mean()), -1) for b in boxes) == [100, 150, 200]
    assert all(b.width > 650 and b.height < 60 for b in boxes)


@pytest.mark.parametrize("degrees", [20, 60, 110, 150])
@pytest.mark.parametrize("turn", [0, 35, 180])
def test_an_arc_is_one_line_with_its_curve(degrees: int, turn: int) -> None:
    probability = np.zeros((900, 900), np.float32)
    radius = 700 / np.deg2rad(degrees) / (2 if degrees > 100 else 1)
    at = np.deg2rad(np.linspace(-degrees / 2, degrees / 2, 60) + turn)
    middle = np.array([np.sin(np.deg2rad(turn)), -np.cos(np.deg2rad(turn))]) * radius * np.cos(np.deg2rad(degrees / 4))
    arc = np.column_stack([np.sin(at), -np.cos(at)]) * radius - middle + 450
    cv2.polylines(probability, [np.round(arc * 16).astype(np.int32)], False, 0.9, 16, shift=4)
    (found,) = boxes_from_map(probability, 1.0)
    assert found.curve is not None
    assert found.curve.points[0][0] < found.curve.points[-1][0]
    away = np.abs(np.linalg.norm(found.curve.points - (450 - middle), axis=1) - radius)
    # its ends are lengthened, beyond what is marked
    assert away[1:-1].max() < 6
    assert found.height == pytest.approx(16 * 2.6, rel=0.25)


@given(st.integers(32, 20_000))
def test_tiles_cover_the_side_and_share_enough(length: int) -> None:
    tiles = _tiles(length)
    assert tiles[0][0] == 0
    assert tiles[-1][1] == length
    for (_, end), (start, _) in pairwise(tiles):
        assert end - start >= TILE_OVERLAP_PX
    assert max(end - start for start, end in tiles) <= TILE_PX


@given(st.integers(TILE_PX + 1, 20_000))
def test_tiles_are_no_larger_than_their_number_needs(length: int) -> None:
    tiles = _tiles(length)
    (side,) = {end - start for start, end in tiles}
    needed = (length + (len(tiles) - 1) * TILE_OVERLAP_PX) / len(tiles)
    assert side < needed + 2 * TILE_STEP_PX


@given(st.integers(0, 359), st.floats(2, 12))
def test_corners_start_with_the_edge_along_the_writing(angle: int, ratio: float) -> None:
    p = upright_corners(cv2.boxPoints(((100.0, 100.0), (20 * ratio, 20.0), float(angle))))
    along, down = p[1] - p[0], p[3] - p[0]
    assert np.linalg.norm(along) >= np.linalg.norm(down) - 1e-3
    # a turn from the first edge to the last is clockwise on the page, so the text is not mirrored
    assert along[0] * down[1] - along[1] * down[0] > 0
    assert along[0] > -0.35 * np.linalg.norm(along)


def box(x0: float, y0: float, x1: float, y1: float) -> TextBox:
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)
    return TextBox(corners, 0.9, corners)


def test_of_two_looks_at_the_same_line_the_one_that_suits_its_letters_stays() -> None:
    big, small = box(0, 0, 800, 160), box(0, 400, 300, 430)
    again = [box(4, 3, 802, 161), box(1, 401, 301, 431)]
    merged = merge_looks([([big, small], 0.25), (again, 1.3)])
    assert {id(kept) for kept in merged} == {id(big), id(again[1])}


def test_lines_that_two_looks_part_otherwise_are_left_to_the_reading() -> None:
    whole, halves = box(0, 0, 1000, 60), [box(0, 5, 480, 45), box(500, 5, 1000, 45)]
    assert len(merge_looks([([whole], 0.5), (halves, 1.0)])) == 3


def test_small_writing_on_a_large_photo_is_looked_at_in_full_resolution() -> None:
    shown: list[tuple[int, int]] = []

    def spot_dark(rgb: np.ndarray) -> np.ndarray:
        shown.append(rgb.shape[:2])
        return cv2.blur((rgb[:, :, 0] < 128).astype(np.float32), (9, 3))

    rgb = np.full((3000, 4000, 3), 255, np.uint8)
    for y in range(200, 2800, 100):
        cv2.rectangle(rgb, (500, y), (900, y + 14), (0, 0, 0), -1)
    boxes = find_text(rgb, spot_dark)
    assert len(boxes) == 26
    assert len(shown) > 1
    assert max(max(s) for s in shown) <= TILE_PX
