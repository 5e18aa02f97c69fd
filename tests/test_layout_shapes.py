"""Drawn boxes, bubbles and underlines."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from digitise.layout import make_notes
from digitise.layout.shapes import find_shapes, is_underlined
from digitise.layout.strokes import find_strokes
from digitise.model import Line, Photo, Quad, Word

PHOTO = Photo(id="0123456789abcdef", file="a.jpg", sha256="0" * 64, width_px=1200, height_px=900)
INK = (40, 40, 120)


def paper() -> np.ndarray:
    return np.full((900, 1200, 3), 238, np.uint8)


def write(rgb: np.ndarray, text: str, x: int, y: int, size: float = 1.0) -> Line:
    """Letters with their top left at (x, y), and the line that a recogniser would give for them."""
    (w, h), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 2)
    cv2.putText(rgb, text, (x, y + h), cv2.FONT_HERSHEY_SIMPLEX, size, INK, 2, cv2.LINE_AA)
    quad: Quad = ((x - 4, y - 4), (x + w + 4, y - 4), (x + w + 4, y + h + below), (x - 4, y + h + below))
    return Line(words=(Word(text=text, confidence=0.9, quad=quad),), raw=text, confidence=0.9, quad=quad)


def test_a_box_and_a_bubble_round_words() -> None:
    rgb = paper()
    boxed, bubbled = [write(rgb, "lunch club", 150, 150), write(rgb, "for all", 150, 190)], [write(rgb, "who pays?", 700, 200)]
    write(rgb, "loose words", 200, 600)
    cv2.rectangle(rgb, (120, 120), (400, 250), INK, 4)
    cv2.ellipse(rgb, (790, 212), (170, 90), 0, 0, 360, INK, 4)
    shapes = find_shapes(find_strokes(rgb), [line.quad for line in (*boxed, *bubbled)])
    assert sorted((s.container, s.colour) for s in shapes) == [("box", "white"), ("bubble", "white")]
    notes = {n.text: n.container for n in make_notes(photo=PHOTO, lines=[*boxed, *bubbled], stickies=[], surfaces=[], rgb=rgb)}
    assert notes == {"lunch club\nfor all": "box", "who pays?": "bubble"}


def test_a_filled_box_has_its_colour() -> None:
    rgb = paper()
    cv2.rectangle(rgb, (120, 120), (420, 220), (170, 225, 170), -1)
    cv2.rectangle(rgb, (120, 120), (420, 220), (30, 90, 40), 4)
    line = write(rgb, "next steps", 160, 150)
    (shape,) = find_shapes(find_strokes(rgb), [line.quad])
    assert shape.colour == "green"


@pytest.mark.parametrize("drawn", ["frame", "open", "nothing"])
def test_a_frame_round_the_sheet_an_open_line_or_nothing_is_no_box(drawn: str) -> None:
    rgb = paper()
    line = write(rgb, "words on paper", 400, 400)
    if drawn == "frame":
        cv2.rectangle(rgb, (20, 20), (1180, 880), INK, 5)
    if drawn == "open":
        cv2.polylines(rgb, [np.array([(380, 460), (380, 380), (700, 380)], np.int32)], False, INK, 4)
    assert find_shapes(find_strokes(rgb), [line.quad]) == []


def test_no_lines_no_shapes() -> None:
    assert find_shapes(find_strokes(paper()), []) == []


def test_underlines_count_and_descenders_do_not() -> None:
    rgb = paper()
    plain, lined = write(rgb, "spaghetti joy", 100, 100, 1.5), write(rgb, "Transport", 100, 300, 1.5)
    x0, x1, y = int(lined.quad[0][0]), int(lined.quad[1][0]), int(lined.quad[2][1])
    cv2.line(rgb, (x0 + 5, y + 2), (x1 - 5, y + 6), INK, 4)
    assert is_underlined(rgb, lined.quad)
    assert not is_underlined(rgb, plain.quad)
