"""Drawn walls of stickies and photos of them: overviews, close-ups and parts, with what is written where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from surface_scenes import STICKIES, draw_ground, finish

from digitise.geometry import homography, map_points
from digitise.model import Line, Note, Photo, Quad, Word

SAID = (
    "No bus after six o'clock", "Warm room on Fridays", "Lunch club for carers", "Mend the path lights", "Ask the surgery for times",
    "Young people need a place", "Benches by the river walk", "Share the school hall", "Welsh classes at work", "Food bank is far away",
    "Ring the council twice", "Swap tools and seeds", "Walk the dog together", "Free wifi in the hall", "Repair cafe in March",
    "Lifts to the hospital", "More allotment plots", "Safe crossing at school", "Choir needs a piano", "Notice board in shops",
    "Night shelter in winter", "Cheap bikes for teens", "Story time in Welsh", "Litter picks on Sunday", "Games night for dads",
    "Plant trees on the green", "Phone box library", "Toilets open in summer", "Market stalls for free", "Learn first aid here",
)  # fmt: skip
SIZE = (3600, 2000)
"""Of a drawn wall, px."""
SIDE = 300
"""Of a sticky, px."""


class Wall(NamedTuple):
    """A wall seen square on."""

    rgb: np.ndarray
    """float32 (H, W, 3)."""
    texts: list[tuple[str, Quad]]
    """Each note's text and outline."""


class View(NamedTuple):
    """A photo of a wall."""

    rgb: np.ndarray
    matrix: np.ndarray
    """Wall px -> photo px."""


def draw_wall(
    said: Sequence[str] = SAID, *, seed: int = 1, title: str = "What matters here", columns: int = 6, ground: str = "wall"
) -> Wall:
    """A title over rows of stickies, each with its words, a little askew."""
    rng = np.random.default_rng(seed)
    canvas = np.asarray(cv2.resize(draw_ground(ground, (SIZE[0] // 3, SIZE[1] // 3), rng), SIZE), np.float32)
    texts: list[tuple[str, Quad]] = []
    if title:
        _write(canvas, title, (1200, 60), 110)
        texts.append((title, ((1200.0, 60.0), (2300.0, 60.0), (2300.0, 180.0), (1200.0, 180.0))))
    for k, text in enumerate(said):
        x, y = 150 + (k % columns) * (SIZE[0] - 300) // columns, 260 + (k // columns) * 340
        x, y = x + int(rng.integers(-40, 40)), y + int(rng.integers(-12, 12))
        canvas[y : y + SIDE, x : x + SIDE] = STICKIES[int(rng.integers(len(STICKIES)))]
        for n, part in enumerate(_wrap(text)):
            _write(canvas, part, (x + 14, y + 24 + n * 62), 46)
        texts.append((text, ((x, y), (x + SIDE, y), (x + SIDE, y + SIDE), (x, y + SIDE))))
    return Wall(canvas, texts)


def _wrap(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + len(word) < 11:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _write(canvas: np.ndarray, text: str, at: tuple[int, int], size: int) -> None:
    font = ImageFont.load_default(size)
    width, height = (int(v) for v in font.getbbox(text)[2:])
    ink = Image.new("L", (width + 4, height + 4))
    ImageDraw.Draw(ink).text((2, 2), text, fill=255, font=font)
    alpha = np.asarray(ink, np.float32)[..., None] / 255
    x, y = at
    part = canvas[y : y + alpha.shape[0], x : x + alpha.shape[1]]
    part[:] = part * (1 - alpha[:, : part.shape[1]]) + np.float32(25) * alpha[:, : part.shape[1]]


def photograph(
    wall: Wall, seen: Quad, *, size: tuple[int, int] = (1200, 900), seed: int = 7, blur: float = 0.0, uneven: float = 0.3,
    tint: tuple[float, float, float] = (1.0, 0.97, 0.9),
) -> View:  # fmt: skip
    """A photo whose corners show the wall's places `seen`, with perspective, light, blur, noise and JPEG."""
    width, height = size
    matrix = homography(seen, ((0, 0), (width, 0), (width, height), (0, height)))
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    soft = cv2.GaussianBlur(wall.rgb, (0, 0), max(0.3, 0.35 * (seen[1][0] - seen[0][0]) / width))
    shot = cv2.warpPerspective(soft, np.linalg.inv(half) @ matrix @ half, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if blur:
        shot = cv2.GaussianBlur(shot, (0, 0), blur)
    return View(finish(shot, np.random.default_rng(seed), uneven=uneven, tint=tint), matrix)


def box_view(x0: float, y0: float, x1: float, y1: float, *, askew: float = 0.0) -> Quad:
    """A part of the wall as a camera sees it; `askew` (share of the width) makes its left end come nearer."""
    lean = askew * (y1 - y0) / 2
    return ((x0, y0 + lean), (x1, y0 - lean), (x1, y1 + lean), (x0, y1 - lean))


def write_notes(wall: Wall, view: View, photo_id: str, *, confidence: float = 0.9, misread: dict[str, str] | None = None) -> list[Note]:
    """The notes of a photo as they would be read without fault, but for `misread`; those that are cut off are not among them."""
    height, width = view.rgb.shape[:2]
    notes: list[Note] = []
    for text, outline in wall.texts:
        mapped = map_points(view.matrix, outline)
        if not all(0 <= x <= width and 0 <= y <= height for x, y in mapped):
            continue
        read = (misread or {}).get(text, text)
        (x0, y0), (x1, _), _, (_, y1) = outline
        parts = read.split() or []
        step = (y1 - y0) / max(3, len(parts))
        words = []
        for n, part in enumerate(parts):
            quad = map_points(
                view.matrix,
                ((x0 + 10, y0 + n * step), (x1 - 10, y0 + n * step), (x1 - 10, y0 + (n + 1) * step), (x0 + 10, y0 + (n + 1) * step)),
            )
            words.append(Word(text=part, confidence=confidence, quad=(quad[0], quad[1], quad[2], quad[3])))
        lines = tuple(Line(words=(w,), raw=w.text, confidence=confidence, quad=w.quad) for w in words)
        notes.append(
            Note(
                id=f"{photo_id}-{len(notes)}", photo_id=photo_id, outline=tuple(mapped), container="sticky", text=read, lines=lines,
                legible="full" if read else "no", order=len(notes), confidence=confidence if read else 0.0,
            )
        )  # fmt: skip
    return notes


def describe(photo_id: str, view: View) -> Photo:
    return Photo(id=photo_id, file=f"{photo_id}.jpg", sha256=photo_id * 8, width_px=view.rgb.shape[1], height_px=view.rgb.shape[0])
