"""Arcs drawn glyph by glyph: straightened, read, and each word found in its place."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from curved_writing import draw_arc
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.geometry import bounds
from digitise.reading.curves import Curve, chord_box, grow, place_on_curve, reverse, straighten
from digitise.reading.rapid import RapidEngine


def arc(degrees: float, radius: float, height: float = 40.0, turn: float = 0.0) -> Curve:
    at = np.deg2rad(np.linspace(-degrees / 2, degrees / 2, 17) + turn)
    return Curve(np.column_stack([np.sin(at), -np.cos(at)]) * radius + 500, height)


@given(st.floats(10, 150), st.floats(150, 400), st.floats(-180, 180))
@settings(max_examples=40, deadline=None)
def test_places_along_a_curve_lie_on_it_and_words_share_no_area(degrees: float, radius: float, turn: float) -> None:
    curve = arc(degrees, radius, turn=turn)
    for start, end in ((0.0, 0.2), (0.4, 0.6), (0.9, 1.0)):
        corners = place_on_curve(curve, start, end)
        away = np.linalg.norm(corners - 500, axis=1)
        assert away[:2] == pytest.approx([radius + 20] * 2, abs=2.5)
        assert away[2:] == pytest.approx([radius - 20] * 2, abs=2.5)
    assert curve.length == pytest.approx(np.deg2rad(degrees) * radius, rel=0.02)


@given(st.floats(10, 150), st.floats(150, 400), st.floats(-180, 180))
@settings(max_examples=40, deadline=None)
def test_turning_a_curve_round_turns_its_words_upside_down(degrees: float, radius: float, turn: float) -> None:
    curve = arc(degrees, radius, turn=turn)
    there, back = place_on_curve(curve, 0.2, 0.4), place_on_curve(reverse(curve), 0.6, 0.8)
    assert back == pytest.approx(np.roll(there, 2, axis=0), abs=0.5)


def test_growing_keeps_the_middle() -> None:
    curve = arc(60, 300)
    grown = grow(curve, 30)
    assert grown.height == 70
    assert grown.length == pytest.approx(curve.length + 30, rel=0.01)
    assert grown.points[8] == pytest.approx(curve.points[8], abs=1.0)
    corners = chord_box(curve)
    assert np.linalg.norm(corners[3] - corners[0]) == pytest.approx(40)


def test_a_picture_straightened_along_its_curve_is_level() -> None:
    curve = arc(90, 300)
    y, x = np.mgrid[0:700, 0:1000] + 0.5
    away = np.hypot(x - 500, y - 500)
    picture = np.repeat(np.where(np.abs(away - 300) < 4, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    flat = straighten(picture, curve)
    dark = flat[:, :, 0] < 128
    assert flat.shape[0] == 40
    assert dark[18:22].mean() > 0.9
    assert dark[:14].sum() == dark[26:].sum() == 0


@pytest.fixture(scope="module")
def engine() -> RapidEngine:
    return RapidEngine(languages=("en",), doubtful_below=0.5, threads=2)


@pytest.mark.parametrize(("degrees", "hollow"), [(100, False), (60, True)])
def test_an_arc_title_is_read_and_its_words_are_placed(engine: RapidEngine, degrees: int, hollow: bool) -> None:
    picture, places = draw_arc("Working together for Wales", degrees=degrees, hollow=hollow)
    lines = engine.read(picture)
    words = [word for line in lines for word in line.words]
    assert [word.text for word in words] == ["Working", "together", "for", "Wales"]
    for word, (x, y) in zip(words, places, strict=True):
        x0, y0, x1, y1 = bounds(word.quad)
        assert x0 < x < x1
        assert y0 < y < y1


def test_a_straight_line_beside_an_arc_stays_straight(engine: RapidEngine) -> None:
    picture, _ = draw_arc("Shared vision", degrees=80)
    level, _ = draw_arc("Straight on", degrees=1)
    width = max(picture.shape[1], level.shape[1])
    page: npt.NDArray[np.uint8] = np.full((picture.shape[0] + level.shape[0], width, 3), 255, np.uint8)
    page[: picture.shape[0], : picture.shape[1]] = picture
    page[picture.shape[0] :, : level.shape[1]] = level
    looks = engine.look_at_lines(page)
    assert sorted(look.curve is not None for look in looks) == [False, True]
