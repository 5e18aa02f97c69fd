"""Photos on their side or on their head."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from digitise.reading.looks import Look
from digitise.reading.networks import Emissions
from digitise.reading.rapid import RapidEngine
from digitise.reading.turning import find_turn, turn_photo, turn_points_back

PAGE = ("More frequent buses", "No cuts", "Warm spaces", "on hold", "Better lighting")


def look(angle: float) -> Look:
    along = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]) * 100
    down = np.array([-along[1], along[0]]) * 0.2
    corners = np.array([[0, 0], along, along + down, down]) + 200
    return Look(corners, Emissions(np.ones((1, 2), np.float32), 8.0), 0.9)


@given(st.integers(0, 3), st.integers(3, 9), st.integers(3, 9), st.data())
def test_points_of_a_turned_photo_find_their_pixel(quarters: int, height: int, width: int, data: st.DataObject) -> None:
    rgb = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    turned = turn_photo(rgb, quarters)
    y, x = data.draw(st.integers(0, turned.shape[0] - 1)), data.draw(st.integers(0, turned.shape[1] - 1))
    ((u, v),) = turn_points_back(np.array([[x + 0.5, y + 0.5]]), quarters, rgb.shape)
    assert (turned[y, x] == rgb[int(v), int(u)]).all()


@pytest.mark.parametrize(("angle", "quarters"), [(0, 0), (12, 0), (90, 1), (80, 1), (180, 2), (-175, 2), (-90, 3)])
def test_most_of_the_writing_says_which_way_is_up(angle: float, quarters: int) -> None:
    assert find_turn([look(angle)] * 3 + [look(angle + 90)], [5.0] * 4) == quarters


def test_a_few_turned_notes_do_not_turn_the_photo() -> None:
    assert find_turn([look(0), look(0), look(90), look(90)], [5.0] * 4) == 0
    assert find_turn([look(90)], [2.0]) == 0
    assert find_turn([], []) == 0


def draw_page() -> npt.NDArray[np.uint8]:
    picture = Image.new("RGB", (450, 380), "#fafafa")
    for i, text in enumerate(PAGE):
        ImageDraw.Draw(picture).text((60, 40 + 60 * i), text, fill="#1c2b6b", font=ImageFont.load_default(27))
    return np.asarray(picture).copy()


@pytest.mark.parametrize("quarters", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_a_turned_page_is_read_as_the_upright_one(quarters: int) -> None:
    page = draw_page()
    turned = turn_photo(page, quarters)
    lines = RapidEngine(languages=("en",), doubtful_below=0.5, threads=2).read(turned)
    assert sorted(line.text for line in lines) == sorted(PAGE)
    for line in lines:
        corners = turn_points_back(np.asarray(line.quad), quarters, page.shape)
        assert corners[1][0] - corners[0][0] > abs(corners[1][1] - corners[0][1]) * 10
        assert corners[:, 1].mean() == pytest.approx(40 + 60 * PAGE.index(line.text) + 15, abs=10)
