"""Writing by hand: letters that never come out twice the same, in marker ink.

Each letter of a font is turned, stretched and shifted a little, the line bends, an elastic field deforms the
whole line so that equal letters differ, the stroke is widened to the pen's nib, and the ink is uneven.
Canvases are float32 RGB (H, W, 3), 0..1.
"""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from samples.drawing.fonts import Face

Canvas = npt.NDArray[np.float32]
Mask = npt.NDArray[np.float32]
Rng = np.random.Generator
Box = tuple[float, float, float, float]

INKS: Mapping[str, tuple[float, float, float]] = {
    "black": (0.09, 0.09, 0.11),
    "blue": (0.08, 0.18, 0.55),
    "green": (0.04, 0.38, 0.20),
    "red": (0.72, 0.08, 0.10),
    "purple": (0.34, 0.12, 0.48),
    "orange": (0.85, 0.35, 0.05),
    "brown": (0.38, 0.20, 0.10),
    "biro": (0.10, 0.13, 0.38),
    "grey": (0.48, 0.49, 0.52),
    "sky": (0.45, 0.72, 0.90),
    "peach": (0.98, 0.78, 0.55),
    "mint": (0.66, 0.88, 0.70),
}


@dataclass(frozen=True)
class Writer:
    """One person's hand with one pen."""

    face: str
    ink: str = "black"
    nib: float = 0.16
    """How much the pen widens the font's stroke, as a share of the x-height."""
    chisel: bool = False
    """A chisel tip: strokes are thicker in one direction."""
    slant: float = 0.0
    """Shear of the letters; 0.1 leans right."""
    unrest: float = 1.0
    """Scale of every irregularity; 0 is the bare font."""
    caps: bool = False
    """Writes in capitals."""
    tracking: float = 0.0
    """Extra space between letters, as a share of the x-height."""
    dryness: float = 0.15
    """0: fresh pen; 1: nearly empty."""

    def using(self, ink: str) -> Writer:
        return replace(self, ink=ink)

    def say(self, text: str) -> str:
        return text.upper() if self.caps else text


@dataclass(frozen=True)
class Hand:
    """A writer together with the font: what the drawing functions need."""

    writer: Writer
    face: Face

    def size(self, x_height_px: float) -> float:
        return x_height_px / self.face.x_height

    def advance(self, char: str, following: str, size_px: float) -> float:
        """Width of a letter with its kerning to the next, px."""
        font = self.face.font(char, size_px)
        if following and self.face.font(following, size_px) is font:
            return float(font.getlength(char + following) - font.getlength(following))
        return float(font.getlength(char))

    def width(self, text: str, x_height_px: float) -> float:
        size = self.size(x_height_px)
        extra = self.writer.tracking * x_height_px
        gaps = 0.3 * x_height_px * text.count(" ")
        return gaps + sum(self.advance(c, n, size) + extra for c, n in zip(text, [*text[1:], ""][: len(text)], strict=True))


def wrap(hand: Hand, text: str, x_height_px: float, width_px: float) -> list[str]:
    """Break `text` (own line breaks kept) into lines no wider than `width_px`, greedily as a person does."""
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for word in part.split():
            longer = f"{line} {word}".strip()
            if line and hand.width(longer, x_height_px) > width_px:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def noise(rng: Rng, height: int, width: int, cell_px: float) -> Mask:
    """Smooth noise, about N(0, 1), whose bumps are `cell_px` wide."""
    rows, cols = max(2, math.ceil(height / cell_px) + 2), max(2, math.ceil(width / cell_px) + 2)
    grid = rng.standard_normal((rows, cols)).astype(np.float32)
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)


def write_line(canvas: Canvas, rng: Rng, hand: Hand, text: str, x: float, baseline: float, x_height_px: float) -> Box:
    """Write one line on the canvas from (x, baseline). Returns the box of its ink, canvas px."""
    mask, left, base = _letters(rng, hand, text, x_height_px)
    mask = _unsettle(rng, mask, x_height_px, 0.05 * hand.writer.unrest)
    mask = widen(mask, hand.writer.nib * x_height_px, chisel=hand.writer.chisel)
    return stamp(canvas, rng, mask, x - left, baseline - base, hand.writer, x_height_px)


def _letters(rng: Rng, hand: Hand, text: str, xh: float) -> tuple[Mask, int, int]:
    """The line's letters as a mask, with the place of its origin in it (left px, baseline px)."""
    writer, size, unrest = hand.writer, hand.size(xh), hand.writer.unrest
    half = math.ceil(size * 1.3)
    left, base = half, half + math.ceil(size * 0.4)
    width = math.ceil(hand.width(text, xh) * 1.2 + 0.3 * xh * text.count(" ") + 3 * half)
    mask = np.zeros((base + half + math.ceil(size * 0.2), width), np.float32)
    pen_x, drift = float(left), 0.0
    slope = rng.normal(0, 0.006) * unrest
    phase, wave = rng.uniform(0, 6.3), rng.uniform(6, 14) * xh
    for char, following in zip(text, [*text[1:], ""], strict=True):
        step = hand.advance(char, following, size) + writer.tracking * xh
        if char == " ":
            pen_x += step * (1 + max(-0.1, rng.normal(0.15, 0.15)) * unrest) + 0.22 * xh
            continue
        drift = 0.75 * drift + rng.normal(0, 0.025) * xh * unrest
        y = base + drift + slope * (pen_x - left) + math.sin(phase + pen_x / wave) * 0.06 * xh * unrest
        patch = Image.new("L", (2 * half, 2 * half))
        ImageDraw.Draw(patch).text((half * 0.6, half * 1.2), char, font=hand.face.font(char, size), fill=255, anchor="ls")
        angle = rng.normal(0, 0.03) * unrest
        grow_x, grow_y = np.clip(1 + rng.normal(0, (0.045, 0.05)) * unrest, 0.85, 1.18)
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        shape = turn @ np.array([[grow_x, -(writer.slant + rng.normal(0, 0.02) * unrest)], [0, grow_y]])
        x0, y0 = int(pen_x) - half, int(y) - half
        target = np.array([pen_x - x0, y - y0])
        offset = target - shape @ np.array([half * 0.6, half * 1.2])
        letter = cv2.warpAffine(
            np.asarray(patch, np.float32) / 255, np.column_stack([shape, offset]), (2 * half, 2 * half), flags=cv2.INTER_LINEAR
        )
        top, lft = max(y0, 0), max(x0, 0)
        area = mask[top : y0 + 2 * half, lft : x0 + 2 * half]
        np.maximum(area, letter[top - y0 : top - y0 + area.shape[0], lft - x0 : lft - x0 + area.shape[1]], out=area)
        pen_x += step * (1 + rng.normal(0, 0.025) * unrest)
    return mask, left, base


def _unsettle(rng: Rng, mask: Mask, xh: float, strength: float) -> Mask:
    """Bend the strokes: bumps about a letter wide, `strength` x-heights deep."""
    h, w = mask.shape
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    depth = np.float32(strength * xh)
    dx = noise(rng, h, w, 0.9 * xh) * depth
    dy = noise(rng, h, w, 0.9 * xh) * depth
    return cv2.remap(mask, xx + dx, yy + dy, cv2.INTER_LINEAR).astype(np.float32)


def widen(mask: Mask, nib_px: float, *, chisel: bool) -> Mask:
    """Widen strokes to the nib; a chisel widens along one diagonal only."""
    if nib_px < 0.8:
        return mask
    side = 2 * math.ceil(nib_px / 2) + 3
    kernel = np.zeros((side * 8, side * 8), np.uint8)
    axes = (round(nib_px * 4), round(nib_px * (1.6 if chisel else 4)))
    cv2.ellipse(kernel, (side * 4, side * 4), axes, -50 if chisel else 0, 0, 360, 1, -1)
    small = cv2.resize(kernel.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA) > 0.4
    return cv2.dilate(mask, small.astype(np.uint8)).astype(np.float32)


def stamp(canvas: Canvas, rng: Rng, mask: Mask, x: float, y: float, writer: Writer, xh: float) -> Box:
    """Lay ink through `mask` whose corner stands at (x, y). Returns the box of the ink, canvas px."""
    x0, y0 = round(x), round(y)
    h, w = mask.shape
    soft = cv2.GaussianBlur(mask, (0, 0), 0.55)
    inner = cv2.erode(soft, np.ones((3, 3), np.uint8))
    density = 0.88 + 0.05 * noise(rng, h, w, 1.6 * xh) + 0.08 * (soft - inner) + 0.03 * rng.standard_normal((h, w)).astype(np.float32)
    streaks = cv2.resize(noise(rng, h, max(2, w // 6), 2.0), (w, h)) + noise(rng, h, w, 3 * xh)
    density -= np.float32(writer.dryness) * np.clip(streaks - 0.6, 0, 1.2) * 0.5
    amount = soft * np.clip(density, 0.35, 1.0)
    ch, cw = canvas.shape[:2]
    top, left, bottom, right = max(y0, 0), max(x0, 0), min(y0 + h, ch), min(x0 + w, cw)
    if top >= bottom or left >= right:
        raise ValueError("writing falls off the paper")
    ink = np.asarray(INKS[writer.ink], np.float32)
    canvas[top:bottom, left:right] *= 1 - amount[top - y0 : bottom - y0, left - x0 : right - x0, None] * (1 - ink)
    ys, xs = np.nonzero(soft > 0.3)
    if xs.size and (xs.min() + x0 < 0 or xs.max() + x0 >= cw or ys.min() + y0 < 0 or ys.max() + y0 >= ch):
        raise ValueError("writing falls off the paper")
    return (float(xs.min() + x0), float(ys.min() + y0), float(xs.max() + x0 + 1), float(ys.max() + y0 + 1))


def write_block(
    canvas: Canvas,
    rng: Rng,
    hand: Hand,
    lines: Sequence[str],
    x: float,
    baseline: float,
    xh: float,
    *,
    pitch: float = 2.5,
    centre: float | None = None,
) -> list[Box]:
    """Write lines under each other; `pitch` in x-heights; `centre` centres them on that x. One ink box per line."""
    boxes = []
    for k, line in enumerate(lines):
        start = x if centre is None else centre - hand.width(line, xh) / 2
        ragged = rng.normal(0, 0.12) * xh * hand.writer.unrest
        boxes.append(write_line(canvas, rng, hand, line, start + ragged, baseline + k * pitch * xh, xh))
    return boxes
