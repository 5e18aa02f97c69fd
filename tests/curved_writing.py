"""Draws writing along an arc, glyph by glyph, with the place of each word."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

MARGIN_PX = 120


def draw_arc(
    text: str, *, degrees: float, size: int = 56, hollow: bool = False, ink: str = "#202020", ground: str = "#ffffff"
) -> tuple[npt.NDArray[np.uint8], list[tuple[float, float]]]:
    """A picture (H, W, 3) with `text` along an arc, over a hill or (hollow) through a valley, and the middle of each word."""
    font = ImageFont.load_default(size)
    width = font.getlength(text)
    radius = width / math.radians(degrees)
    rise = radius * (1 - math.cos(math.radians(degrees) / 2))
    picture = Image.new("RGB", (round(width + 2 * MARGIN_PX), round(rise + 2 * MARGIN_PX + size)), ground)
    across, top = picture.width / 2, MARGIN_PX + size
    middle = top + radius if not hollow else picture.height - MARGIN_PX - radius
    places: list[list[tuple[float, float]]] = [[]]
    for i, letter in enumerate(text):
        start, end = font.getlength(text[:i]), font.getlength(text[: i + 1])
        angle = ((start + end) / 2 - width / 2) / radius
        side = 1 if not hollow else -1
        x, y = across + radius * math.sin(angle), middle - side * radius * math.cos(angle)
        glyph = Image.new("L", (3 * size, 3 * size), 0)
        ImageDraw.Draw(glyph).text((1.5 * size, 1.5 * size), letter, fill=255, font=font, anchor="ms")
        glyph = glyph.rotate(-side * math.degrees(angle), Image.Resampling.BICUBIC)
        picture.paste(ink, (round(x - 1.5 * size), round(y - 1.5 * size)), glyph)
        if letter == " ":
            places.append([])
        else:
            up = size * 0.3
            places[-1].append((x + side * up * math.sin(angle), y - up * math.cos(angle)))
    return np.asarray(picture).copy(), [(sum(p[0] for p in w) / len(w), sum(p[1] for p in w) / len(w)) for w in places]
