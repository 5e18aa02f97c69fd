"""Colour names hold under any plausible light: bright or dim, warm or cool."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.layout.colours import DAYLIGHT, White, estimate_white, name_colour

# Pads, cards and marker inks as cameras see them in daylight (sRGB).
SWATCHES = {
    "yellow": [(255, 240, 120), (250, 225, 90), (255, 250, 170), (230, 240, 60), (255, 210, 60)],
    "orange": [(255, 140, 40), (250, 120, 90), (255, 160, 80), (241, 173, 80)],
    "pink": [(255, 100, 170), (255, 60, 150), (250, 190, 205), (255, 140, 150), (240, 110, 180)],
    "red": [(210, 30, 40), (190, 25, 30), (225, 50, 50)],
    "green": [(110, 200, 110), (190, 225, 90), (160, 230, 190), (20, 120, 60)],
    "blue": [(100, 200, 235), (90, 200, 210), (30, 50, 140), (60, 110, 210), (170, 205, 235)],
    "purple": [(190, 170, 230), (180, 140, 210), (110, 60, 170), (128, 0, 128)],
    "brown": [(130, 80, 45), (180, 140, 100), (100, 60, 35)],
    "white": [(250, 250, 248), (225, 225, 225)],
    "grey": [(128, 128, 128), (40, 40, 42)],
}
ALL = [(rgb, name) for name, swatches in SWATCHES.items() for rgb in swatches]


def relight(rgb, gains):
    """sRGB seen under a light that multiplies linear RGB by `gains`."""
    c = np.asarray(rgb, float) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) * np.asarray(gains)
    out = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)
    return np.clip(out * 255, 0, 255).round().astype(np.uint8)


@pytest.mark.parametrize(("rgb", "name"), ALL, ids=[f"{n}-{r}" for r, n in ALL])
def test_swatches_have_the_names_people_give_them(rgb, name):
    assert name_colour(rgb) == name


VIVID = [(rgb, name) for rgb, name in ALL if name in ("yellow", "orange", "pink", "green", "blue", "purple") and max(rgb) < 251]


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(VIVID),
    st.floats(0.12, 1.0),
    st.floats(0.75, 1.0),
    st.floats(0.4, 1.0),
)
def test_the_name_does_not_change_with_the_light_once_white_is_known(swatch, level, green, blue):
    rgb, name = swatch
    gains = np.array([1.0, green, blue]) * level
    paper = np.array([0.85, 0.85, 0.85]) * gains
    assert name_colour(relight(rgb, gains), White(*paper.tolist())) == name_colour(rgb, White(0.85, 0.85, 0.85)) == name


@settings(max_examples=40, deadline=None)
@given(st.floats(0.15, 1.0), st.floats(0.0, 1.0), st.integers(0, 1000))
def test_paper_is_found_among_notes_and_its_light_measured(level, warmth, seed):
    rng = np.random.default_rng(seed)
    gains = np.array([1.0, 1 - 0.12 * warmth, 1 - 0.4 * warmth]) * level
    photo = np.empty((120, 160, 3), np.uint8)
    photo[:] = relight((228, 228, 226), gains)
    photo[:60, 20:140] = relight((255, 240, 120), gains)
    photo[80:, :40] = relight((60, 45, 40), gains)
    photo = np.clip(photo + rng.normal(0, 1.5, photo.shape), 0, 255).astype(np.uint8)
    white = np.array(estimate_white(photo))
    assert white / white.max() == pytest.approx(gains / gains.max(), abs=0.07)
    assert name_colour(photo[5:55, 25:135].reshape(-1, 3), White(*white.tolist())) == "yellow"


def test_cards_lighter_than_a_beige_wall_are_its_white_and_a_lit_corner_of_one_wall_is_not():
    photo = np.full((120, 160, 3), (206, 190, 152), np.uint8)
    photo[10:40, 20:60] = (237, 235, 226)
    assert name_colour(photo[20, 30], estimate_white(photo)) == "white"
    wall = np.full((120, 160, 3), relight((200, 200, 200), (1.0, 0.95, 0.85)), np.uint8)
    wall[:40, :50] = relight((235, 235, 235), (1.0, 0.95, 0.85))
    assert np.array(estimate_white(wall)) == pytest.approx(np.array(estimate_white(wall[60:])), abs=0.01)


@pytest.mark.parametrize("ground", [(182, 148, 108), (176, 132, 88), (250, 244, 176), (128, 164, 206), (246, 196, 208)])
def test_brown_paper_cork_and_pads_are_not_taken_for_white(ground):
    """No lamp makes white paper look like that."""
    photo = np.full((120, 160, 3), ground, np.uint8)
    photo[20:60, 30:80] = (95, 190, 226)
    assert estimate_white(photo) == DAYLIGHT


def test_bright_orange_and_amber_pads_lie_well_on_either_side_of_their_limit():
    for rgb, name in (((255, 160, 80), "orange"), ((255, 170, 60), "orange"), ((255, 190, 60), "yellow"), ((255, 200, 70), "yellow")):
        assert name_colour(rgb) == name
        assert name_colour(np.array(rgb) * 0.97) == name


def test_no_white_is_invented_where_everything_is_coloured():
    assert estimate_white(np.full((50, 50, 3), (255, 90, 160), np.uint8)) == DAYLIGHT
    assert estimate_white(np.zeros((50, 50, 3), np.uint8)) == DAYLIGHT


def test_the_median_is_named_so_that_writing_on_a_note_does_not_matter():
    pixels = np.array([(255, 240, 120)] * 60 + [(30, 30, 60)] * 40)
    assert name_colour(pixels) == "yellow"
