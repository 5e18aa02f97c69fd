"""Line pictures: cut out, sheared, thinned, and shown again only where the reading is uncertain."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from digitise.reading.decoding import greedy_characters
from digitise.reading.detection import TextBox
from digitise.reading.looks import (
    CROWDED,
    LOOKED_AT_AGAIN,
    Look,
    choose_directions,
    crop_line,
    look_again,
    mean_score,
    render_otherwise,
    shear,
    thin_strokes,
)
from digitise.reading.networks import Emissions, Networks

BOX = np.array([[20, 30], [220, 30], [220, 70], [20, 70]], float)


def page(ink: int = 20, paper: int = 235) -> np.ndarray:
    picture = Image.new("RGB", (260, 100), (paper,) * 3)
    ImageDraw.Draw(picture).text((26, 32), "health bus", fill=(ink,) * 3, font=ImageFont.load_default(32))
    return np.asarray(picture)


def inked(picture: np.ndarray, *, dark: bool = True) -> float:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return float((grey < 128).mean() if dark else (grey > 128).mean())


def test_a_wider_crop_shows_the_same_line_stretched() -> None:
    plain, wide = crop_line(page(), BOX), crop_line(page(), BOX, wider=1.25)
    assert plain.shape == (40, 200, 3) and wide.shape == (40, 250, 3)
    assert inked(wide) == pytest.approx(inked(plain), rel=0.1)


def test_shear_sets_leaning_strokes_upright() -> None:
    canvas = np.full((120, 300, 3), 240, np.uint8)
    for x in range(60, 240, 30):  # strokes that lean right by 0.2
        cv2.line(canvas, (x + 4, 40), (x - 4, 80), (10, 10, 10), 3)
    box = np.array([[30, 40], [260, 40], [260, 80], [30, 80]], float)
    columns = [(crop_line(canvas, corners).mean(axis=(0, 2)) < 60).sum() for corners in (box, shear(box, 0.2))]
    assert columns[1] > columns[0]
    assert np.allclose(shear(box, 0.2).mean(axis=0), box.mean(axis=0))


@pytest.mark.parametrize("ink, paper", [(20, 235), (235, 30)], ids=["dark on light", "light on dark"])
def test_strokes_get_thinner_on_either_ground(ink: int, paper: int) -> None:
    plain = crop_line(page(ink, paper), BOX)
    dark = ink < paper
    assert inked(thin_strokes(plain), dark=dark) < 0.95 * inked(plain, dark=dark)


def test_small_letters_in_a_high_line_are_shown_wider_and_read() -> None:
    text, networks = "the model will capture some useful signal", Networks(threads=2)
    picture = Image.new("RGB", (780, 140), "white")
    ImageDraw.Draw(picture).text((8, 40), text, fill="#223", font=ImageFont.load_default(40))
    rgb, line = np.asarray(picture), TextBox(np.array([[0, 0], [780, 0], [780, 140], [0, 140]], float), 1.0, np.zeros((4, 2)))
    plain = choose_directions(rgb, [line], networks)
    (wide,) = look_again(rgb, plain, networks)
    assert plain[0].score < 0.7 and plain[0].wider == 1
    assert wide.score > 0.9 and wide.wider > 1
    assert "".join(c for c, _ in greedy_characters(wide.emissions.probabilities, networks.alphabet)) == text
    assert wide.emissions.step_px * len(wide.emissions.probabilities) == pytest.approx(
        crop_line(rgb, line.corners, wider=1.5).shape[1], rel=0.05
    )


def test_pictures_of_a_few_pixels_can_be_rendered() -> None:
    for picture in render_otherwise(page(), np.array([[5, 5], [6, 5], [6, 6], [5, 6]], float)):
        assert min(picture.shape[:2]) >= 4


class CountingNetworks(Networks):
    """The real networks, counting what they are shown."""

    shown = 0

    def recognise(self, crops: Sequence[np.ndarray]) -> list[Emissions]:
        self.shown += len(crops)
        return super().recognise(crops)


def test_only_uncertain_lines_are_shown_again() -> None:
    networks = CountingNetworks(threads=1)
    (emissions,) = networks.recognise([crop_line(page(), BOX)])
    least, sure = LOOKED_AT_AGAIN
    looks = [Look(BOX, emissions, score) for score in (sure, 0.5 * (least + sure), CROWDED[0] - 0.01)]
    networks.shown = 0
    seen = look_again(page(), looks, networks)
    assert networks.shown == 3 and [len(look.again) for look in seen] == [0, 3, 0]
    assert all(look.emissions is emissions for look in seen)
    assert mean_score(seen[0]) == sure and mean_score(seen[1]) > sure - 0.2
    assert look_again(page(), [], networks) == []
