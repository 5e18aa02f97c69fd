"""Sheets and boards are found where they are, and nothing is found where there is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from shapely.geometry import Polygon, box
from surface_scenes import (
    GROUNDS,
    Scene,
    draw_ground,
    draw_sheet,
    empty_scene,
    finish,
    full_scene,
    paste,
    sheet_scene,
    two_sheets,
    whiteboard_scene,
)

from digitise.geometry import polygon_iou
from digitise.surface import find_surfaces
from digitise.surface.find import ACCEPT


def best_ious(scene: Scene, what: str = "sheet") -> list[float]:
    found = find_surfaces(scene.rgb)
    assert [s.what for s in found] == [what] * len(found)
    assert all(ACCEPT <= s.confidence <= 1 for s in found)
    assert len(found) <= len(scene.quads), f"found {len(found)} of {len(scene.quads)}"
    return [max((polygon_iou([tuple(p) for p in true], s.quad) for s in found), default=0.0) for true in scene.quads]


@pytest.mark.parametrize("ground", ["black"])  # on all of them: test_many_sheets
def test_sheet_on_ground(ground: str):
    assert min(best_ious(sheet_scene(3, ground))) > 0.98


def test_sheet_with_sticky_over_its_corner():
    assert min(best_ious(sheet_scene(104, "wood", over_corner=True, stickies=8))) > 0.98


def test_curled_corner_is_restored_from_its_sides():
    assert min(best_ious(sheet_scene(7, "carpet", curled=True))) > 0.98


def test_corner_order_starts_top_left():
    scene = sheet_scene(5, "cork")
    (found,) = find_surfaces(scene.rgb)
    assert np.abs(np.asarray(found.quad) - scene.quads[0]).max() < 4  # corner by corner, px of 1200
    assert found.what == "sheet"


@pytest.mark.slow
def test_two_sheets_side_by_side():
    scene = two_sheets(1, "wall")
    assert min(best_ious(scene)) > 0.97


@pytest.mark.parametrize("ground", ["white", pytest.param("wall", marks=pytest.mark.slow)])
def test_whiteboard_with_frame_is_a_board(ground: str):
    assert min(best_ious(whiteboard_scene(2, ground), "board")) > 0.96


def test_sheet_cut_by_the_frame_is_given_as_far_as_it_can_be_seen():
    scene = sheet_scene(3, "wood")
    right = int(0.7 * scene.rgb.shape[1])  # the photo ends within the sheet
    (found,) = find_surfaces(np.ascontiguousarray(scene.rgb[:, :right]))
    seen = Polygon(scene.quads[0]).intersection(box(0, 0, right, scene.rgb.shape[0]))
    assert polygon_iou(list(seen.exterior.coords)[:-1], found.quad) > 0.97


@pytest.mark.slow
def test_sheet_seen_at_a_steep_slant():
    quad = np.array([[260.0, 120], [980, 260], [940, 640], [300, 830]])
    scene = draw_ground("carpet", (1200, 900), np.random.default_rng(4))
    paste(scene, draw_sheet((1100, 900), np.random.default_rng(4), stickies=2), quad, shadow=0.2)
    assert min(best_ious(Scene(finish(scene, np.random.default_rng(4)), [quad]))) > 0.97


def test_page_held_in_hands_keeps_its_corners():
    scene = sheet_scene(12, "carpet", stickies=0)
    picture = scene.rgb.copy()
    for a, b in ((0, 3), (1, 2)):  # a thumb on each upright side
        at = 0.45 * scene.quads[0][a] + 0.55 * scene.quads[0][b]
        cv2.ellipse(picture, (round(at[0]), round(at[1])), (70, 30), 0, 0, 360, (205, 160, 135), -1, cv2.LINE_AA)
    assert min(best_ious(Scene(picture, scene.quads))) > 0.96


def test_sheets_taped_side_by_side_are_two():
    rng = np.random.default_rng(6)
    scene = draw_ground("wall", (1200, 900), rng)
    quads = [np.array([[80.0, 120], [590, 110], [595, 800], [75, 790]]), np.array([[612.0, 112], [1120, 118], [1125, 795], [618, 802]])]
    for quad in quads:
        paste(scene, draw_sheet((900, 1100), rng, stickies=1), quad, shadow=0.3)
    assert min(best_ious(Scene(finish(scene, rng), quads))) > 0.95


@pytest.mark.parametrize("ground", ["white"])  # on all of them: test_many_empty_grounds
def test_no_sheet_no_surface(ground: str):
    assert find_surfaces(empty_scene(11, ground).rgb) == []


def test_sheet_that_fills_the_photo_is_not_cut():
    assert find_surfaces(full_scene(1).rgb) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (70, 70, 3), (640, 480, 3)])
def test_plain_and_tiny_pictures(shape: tuple[int, int, int]):
    assert find_surfaces(np.full(shape, 200, np.uint8)) == []


@pytest.mark.slow
def test_noise_holds_no_sheet():
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    assert find_surfaces(noise) == []


@pytest.mark.slow
def test_same_photo_same_answer():
    rgb = sheet_scene(8, "wood", size=(600, 450)).rgb
    assert find_surfaces(rgb) == find_surfaces(rgb)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ground", GROUNDS)
def test_many_sheets(ground: str, seed: int):
    assert min(best_ious(sheet_scene(seed, ground, over_corner=seed % 2 == 1))) > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(300, 306))
@pytest.mark.parametrize("ground", [*GROUNDS, "white"])
def test_many_empty_grounds(ground: str, seed: int):
    assert find_surfaces(empty_scene(seed, ground).rgb) == []
