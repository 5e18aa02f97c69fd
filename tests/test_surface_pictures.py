"""From a photo to its pictures: each followable back to the photo, none of the writing lost."""

from __future__ import annotations

import numpy as np
import pytest
from surface_scenes import draw_sheet, empty_scene, finish, sheet_scene

from digitise.geometry import map_points, polygon_iou
from digitise.model import Quad
from digitise.surface import FoundSurface, make_pictures

QUAD: Quad = ((200.0, 150.0), (600.0, 170.0), (580.0, 700.0), (190.0, 690.0))


def photo() -> np.ndarray:
    rng = np.random.default_rng(0)
    return finish(draw_sheet((900, 800), rng), rng)


def lines(direction: tuple[int, int], origin: tuple[float, float] = (300, 300)) -> list[Quad]:
    """Five text lines that run along `direction`."""
    ux, uy = direction
    out: list[Quad] = []
    for i in range(5):
        x, y = origin[0] - uy * 40 * i, origin[1] + ux * 40 * i
        a, b = (x, y), (x + 150 * ux, y + 150 * uy)
        out.append((a, b, (b[0] - uy * 25, b[1] + ux * 25), (a[0] - uy * 25, a[1] + ux * 25)))
    return out


@pytest.mark.slow
def test_where_nobody_wants_pictures_they_are_not_cleaned(monkeypatch: pytest.MonkeyPatch):
    scene = sheet_scene(3, "wood")
    (cleaned,) = make_pictures(scene.rgb, "abc")

    def refuse(_: np.ndarray) -> np.ndarray:
        raise AssertionError("cleaned for nobody")

    monkeypatch.setattr("digitise.surface.pictures.clean", refuse)
    (plain,) = make_pictures(scene.rgb, "abc", cleaned=False)
    assert plain.surface == cleaned.surface and plain.rgb.shape == cleaned.rgb.shape


def test_one_picture_per_sheet_with_ids_and_sizes():
    scene = sheet_scene(3, "wood")
    (picture,) = make_pictures(scene.rgb, "abc")
    assert picture.surface.id == "abc-s1" and picture.surface.what == "sheet"
    assert picture.surface.size_px == (picture.rgb.shape[1], picture.rgb.shape[0])
    width, height = picture.surface.size_px
    assert np.allclose(
        map_points(picture.surface.homography, picture.surface.quad), [(0, 0), (width, 0), (width, height), (0, height)], atol=0.01
    )
    assert polygon_iou(picture.surface.quad, [tuple(p) for p in scene.quads[0]]) > 0.97


@pytest.mark.slow
def test_whole_photo_where_there_is_no_sheet():
    scene = empty_scene(11, "wood")
    (picture,) = make_pictures(scene.rgb, "abc")
    assert picture.surface.what == "photo" and picture.surface.confidence == 0
    assert picture.surface.size_px == (1200, 900)
    assert picture.surface.homography == (1, 0, 0, 0, 1, 0, 0, 0, 1)


@pytest.mark.parametrize(("direction", "first"), [((1, 0), 0), ((0, 1), 1), ((-1, 0), 2), ((0, -1), 3)])
def test_sheet_is_turned_to_be_read(direction: tuple[int, int], first: int):
    sheet = FoundSurface(QUAD, "sheet", 0.9)
    origin = {(1, 0): (280, 300), (0, 1): (450, 300), (-1, 0): (500, 550), (0, -1): (280, 550)}[direction]
    writing = lines(direction, origin)
    (picture,) = make_pictures(photo(), "p", writing, found=[sheet])
    assert picture.surface.quad[0] == QUAD[first]
    for line in writing:
        start, end = map_points(picture.surface.homography, line[:2])
        assert end[0] - start[0] > 100 and abs(end[1] - start[1]) < 20


def test_writing_outside_the_sheet_brings_the_whole_photo():
    sheet = FoundSurface(QUAD, "sheet", 0.9)
    outside = lines((1, 0), (650, 300))
    pictures = make_pictures(photo(), "p", lines((1, 0)) + outside, found=[sheet])
    assert [p.surface.what for p in pictures] == ["sheet", "photo"]
    assert [p.surface.id for p in pictures] == ["p-s1", "p-s2"]
    assert len(make_pictures(photo(), "p", lines((1, 0)), found=[sheet])) == 1


def test_whole_photo_is_turned_upright():
    (picture,) = make_pictures(photo(), "p", lines((0, 1), (700, 200)), found=[])
    assert picture.surface.size_px == (800, 900)
