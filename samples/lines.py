"""Single lines of drawn handwriting with their text, from easy to illegible: what the reader's confidence is calibrated on.

Real photos are for checking only. Hands, inks and papers are those of the sample events, made worse: letters pushed together,
strokes too thick or too thin, neighbouring lines that reach into the picture, few pixels, blur, noise, JPEG, crops that cut letters off.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt
import wordfreq

from samples.drawing.fonts import Face
from samples.drawing.ink import Canvas, Hand, Rng, Writer, write_line

RgbArray = npt.NDArray[np.uint8]

X_HEIGHT_PX = 36.0
"""Lines are drawn large and reduced afterwards, as a lens does."""
PAPERS = ((0.97, 0.97, 0.95), (0.98, 0.93, 0.55), (0.97, 0.70, 0.75), (0.70, 0.85, 0.95), (0.75, 0.90, 0.65), (0.95, 0.72, 0.45))
INKS = ("black", "black", "blue", "green", "red", "purple", "brown", "biro", "grey", "orange")
NAMES = ("Llanfair", "Cwmbran", "Interlink", "RCT", "NHS", "GPs", "3rd", "2025", "£500", "e.g.", "50%", "Rhondda", "WCVA", "Q3", "Sioned")
"""Tokens that no frequency list favours: walls are full of them."""
NAME_SHARE = 0.05
COINED_SHARE = 0.03
"""Words in no list: places, people and bodies that only the wall knows. Without them the reader would learn that unknown is wrong. In the
sample events one word in 25 is in no list."""
FREQUENCY_EXPONENT = 0.9
"""Words are drawn by their frequency to this power: then they are as rare as those of the sample events (quartiles of the natural logarithm
-10.2, -8.3 and -5.8; of the samples -9.8, -8.1 and -5.6)."""
THINNEST_NIB = 0.06
"""Share of the x-height below which widening has no pixel to widen by."""


class DrawnLine(NamedTuple):
    picture: RgbArray
    """A strip of paper with the line and what its neighbours let hang into it."""
    corners: npt.NDArray[np.float64]
    """(4, 2), px: the box that a detector might have put round the line, not always well."""
    text: str


def draw_lines(faces: Mapping[str, Face], rng: Rng, count: int) -> Iterator[DrawnLine]:
    """`count` lines; the same generator state gives the same lines."""
    words = wordfreq.top_n_list("en", 30_000)
    shares = np.array([wordfreq.word_frequency(w, "en") for w in words]) ** FREQUENCY_EXPONENT
    families = sorted(faces)
    while count:
        text = _sentence(rng, words, shares / shares.sum())
        try:
            yield _draw(rng, faces[families[int(rng.integers(len(families)))]], text)
        except (ValueError, KeyError):  # writing ran off the strip, or a sign that the font has not
            continue
        count -= 1


def _sentence(rng: Rng, words: Sequence[str], shares: npt.NDArray[np.float64]) -> str:
    chosen = []
    for i in rng.choice(len(words), size=1 + rng.poisson(2.2), p=shares):
        kind = rng.random()
        if kind < NAME_SHARE:
            chosen.append(NAMES[int(rng.integers(len(NAMES)))])
        elif kind < NAME_SHARE + COINED_SHARE:
            other = words[int(rng.integers(len(words)))]
            chosen.append(words[i][: rng.integers(2, 5)] + other[-int(rng.integers(2, 5)) :])
        else:
            chosen.append(words[i])
    text = " ".join(chosen)
    style = rng.random()
    text = text.upper() if style < 0.3 else text.title() if style < 0.4 else text[0].upper() + text[1:] if style < 0.7 else text
    ending = rng.random()
    return ("- " if rng.random() < 0.08 else "") + text + ("?" if ending < 0.07 else "." if ending < 0.12 else "," if ending < 0.17 else "")


def _draw(rng: Rng, face: Face, text: str) -> DrawnLine:
    hardness = rng.beta(1.6, 1.3)
    nib = rng.uniform(0, 0.12 + 0.2 * hardness)
    writer = Writer(
        face.family,
        INKS[rng.integers(len(INKS))],
        nib=float(nib) if nib > THINNEST_NIB else 0.0,
        chisel=bool(rng.random() < 0.3),
        slant=float(rng.normal(0, 0.06 + 0.16 * hardness)),
        unrest=float(rng.uniform(0.8, 1.2 + 2.2 * hardness)),
        tracking=float(rng.normal(0.04 - 0.12 * hardness, 0.05)),
        dryness=float(rng.uniform(0.1, 0.5 + hardness)),
    )
    hand = Hand(writer, face)
    xh = X_HEIGHT_PX
    width, height = math.ceil(hand.width(text, xh) * 1.3 + 8 * xh), round(7 * xh)
    canvas: Canvas = np.empty((height, width, 3), np.float32)
    canvas[:] = PAPERS[rng.integers(len(PAPERS))]
    pitch = rng.uniform(1.9, 3.2) * xh
    baseline = 4.2 * xh
    x0, y0, x1, y1 = write_line(canvas, rng, hand, text, 4 * xh, baseline, xh)
    for shift in (-pitch, pitch):
        if rng.random() < 0.6:
            neighbour = text[::-1][: max(2, len(text) - 3)]
            write_line(canvas, rng, hand, neighbour.strip(), 4 * xh + rng.uniform(0, xh), baseline + shift, xh)
    small = float(rng.uniform(8, 30) * (1.2 - 0.6 * hardness) / xh)
    picture = _photograph(rng, canvas, small, hardness)
    # a detector's box: about a third of the letter height round the ink, more or less of it on each side
    margin = xh * np.clip(rng.normal(0.28, 0.12 + 0.12 * hardness, 4), -0.35, 0.9)
    left, top, right, bottom = (x0 - margin[0], y0 - margin[1], x1 + margin[2], y1 + margin[3])
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    middle, turn = corners.mean(axis=0), rng.normal(0, 0.012)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return DrawnLine(picture, ((corners - middle) @ rotation.T + middle) * small, text)


def _photograph(rng: Rng, canvas: Canvas, scale: float, hardness: float) -> RgbArray:
    """Light, few pixels, lens, sensor, JPEG."""
    lit = canvas * np.float32(rng.uniform(0.5, 1.05))
    h, w = lit.shape[:2]
    small = cv2.resize(lit, (max(8, round(w * scale)), max(8, round(h * scale))), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 0.6 + 1.3 * hardness)))
    small = small + rng.normal(0, rng.uniform(0.003, 0.012 + 0.05 * hardness), small.shape)
    eight_bit = np.round(np.clip(small, 0, 1) * 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", eight_bit, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
    return cast(RgbArray, cv2.imdecode(encoded, cv2.IMREAD_COLOR))
