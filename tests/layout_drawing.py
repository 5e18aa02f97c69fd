"""Pages drawn by the tests of layout: writing and marks, with the lines that a recogniser would give for them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitise.layout import Sticky, make_notes
from digitise.model import Colour, Line, Note, Photo, Point, Quad, Word

INK = (35, 35, 60)
HEIGHT = 46
"""Height of a line's box, px; its capitals are about half as high."""


def paper(width: int = 1600, height: int = 1200) -> np.ndarray:
    return np.full((height, width, 3), 240, np.uint8)


def write(rgb: np.ndarray, text: str, x: int, y: int, *, size: float = 1.0, ink: tuple[int, int, int] = INK) -> Line:
    """Letters whose line box has its top left at (x, y)."""
    words, left = [], x
    for token in text.split(" "):
        shown = token.translate({0x2192: "", 0x21B3: "", 0x2022: ""})
        (w, h), _ = cv2.getTextSize(shown or "-", cv2.FONT_HERSHEY_SIMPLEX, size, 2)
        cv2.putText(rgb, shown, (left, y + round(0.26 * HEIGHT * size) + h), cv2.FONT_HERSHEY_SIMPLEX, size, ink, 3, cv2.LINE_AA)
        words.append(Word(text=token, confidence=0.95, quad=_box(left, y, left + w, y + HEIGHT * size)))
        left += w + round(18 * size)
    quad: Quad = (words[0].quad[0], words[-1].quad[1], words[-1].quad[2], words[0].quad[3])
    return Line(words=tuple(words), raw=text, confidence=0.95, quad=quad, engine="test")


def _box(x0: float, y0: float, x1: float, y1: float) -> Quad:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def turn_page(rgb: np.ndarray, lines: list[Line], degrees: float) -> tuple[np.ndarray, list[Line]]:
    """The page and its lines turned clockwise about its middle, on paper large enough to hold it."""
    h, w = rgb.shape[:2]
    c, s = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    width, height = math.ceil(w * c + h * s), math.ceil(w * s + h * c)
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), -degrees, 1.0)
    turn[:, 2] += ((width - w) / 2, (height - h) / 2)
    turned = cv2.warpAffine(rgb, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(240, 240, 240))

    def move(quad: Quad) -> Quad:
        points = np.asarray(quad) @ turn[:, :2].T + turn[:, 2]
        a, b, c, d = ((float(x), float(y)) for x, y in points)
        return (a, b, c, d)

    moved = [
        line.model_copy(update={"quad": move(line.quad), "words": tuple(w.model_copy(update={"quad": move(w.quad)}) for w in line.words)})
        for line in lines
    ]
    return turned, moved


def notes_of(rgb: np.ndarray, lines: list[Line], stickies: list[Sticky] | None = None) -> list[Note]:
    photo = Photo(id="0123456789abcdef", file="a.jpg", sha256="0" * 64, width_px=rgb.shape[1], height_px=rgb.shape[0])
    return make_notes(photo=photo, lines=lines, stickies=stickies or [], surfaces=[], rgb=rgb)


def sticky(rgb: np.ndarray, x: int, y: int, width: int, height: int, *, colour: Colour = "yellow") -> Sticky:
    """A filled card; write on it afterwards."""
    cv2.rectangle(rgb, (x, y), (x + width, y + height), {"yellow": (250, 230, 120), "pink": (245, 160, 190)}[colour], -1)
    outline: tuple[Point, ...] = _box(x, y, x + width, y + height)
    return Sticky(outline, colour, 0.9)
