"""Blank things to write on: flipchart sheets, stickies, cards, whiteboards, mural paper, tape.

Colours are float RGB 0..1; sizes are given in px of the layer that is made.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np

from digitise.model import Colour
from samples.drawing.ink import INKS, Canvas, Mask, Rng, noise
from samples.drawing.layer import Layer, blank

STICKY_COLOURS: Mapping[Colour, tuple[float, float, float]] = {
    "yellow": (0.98, 0.90, 0.42),
    "orange": (0.98, 0.66, 0.30),
    "pink": (0.97, 0.52, 0.66),
    "green": (0.66, 0.88, 0.45),
    "blue": (0.50, 0.79, 0.93),
    "purple": (0.76, 0.66, 0.90),
    "white": (0.96, 0.96, 0.94),
}


def sheet(rng: Rng, width: int, height: int, *, folds: int = 0, grid_px: float = 0.0, perforated: bool = True, tint: float = 0.0) -> Layer:
    """A flipchart sheet: off-white, fibrous, folded `folds` times, with a printed grid when `grid_px`, torn off at the top."""
    paper = np.empty((height, width, 3), np.float32)
    paper[:] = (0.955, 0.95, 0.935 - tint)
    grain = 0.008 * noise(rng, height, width, 2.0) + 0.004 * noise(rng, height, width, 60.0) + 0.006 * noise(rng, height, width, 900.0)
    paper += grain[..., None]
    if grid_px:
        lines = np.zeros((height, width), np.float32)
        for k in range(1, int(width / grid_px) + 1):
            cv2.line(lines, (round(k * grid_px), 0), (round(k * grid_px), height), 1.0, 1, cv2.LINE_AA)
        for k in range(1, int(height / grid_px) + 1):
            cv2.line(lines, (0, round(k * grid_px)), (width, round(k * grid_px)), 1.0, 1, cv2.LINE_AA)
        paper *= 1 - 0.09 * lines[..., None] * np.array([1.0, 0.7, 0.4], np.float32)
    for k in range(folds):
        across = k % 2 == 0
        _fold(rng, paper, across=across, at=(0.5 if k < 2 else 0.25 if across else 0.75) + rng.normal(0, 0.012))
    buckle = noise(rng, height, width, 0.33 * width)
    slope = cv2.Sobel(cv2.GaussianBlur(buckle, (0, 0), 25), cv2.CV_32F, 1, 1, ksize=5)
    paper *= (1 + 0.02 * slope / (float(np.abs(slope).max()) + 1e-6))[..., None]
    layer = blank(np.clip(paper, 0, 1))
    _wave_edges(rng, layer.alpha, perforated=perforated)
    return layer


def _fold(rng: Rng, paper: Canvas, *, across: bool, at: float) -> None:
    """A crease that was pressed flat again: one side lit, the other in shade."""
    h, w = paper.shape[:2]
    length, depth = (w, h) if across else (h, w)
    centre = at * depth + 3 * np.cumsum(rng.normal(0, 0.03, length))
    d = np.arange(depth, dtype=np.float32)[:, None] - centre[None, :].astype(np.float32)
    shade = -0.10 * np.exp(-((d / 1.6) ** 2)) + 0.035 * np.tanh(d / 6) * np.exp(-((d / 70) ** 2))
    paper *= 1 + (shade if across else shade.T)[..., None]


def _wave_edges(rng: Rng, alpha: Mask, *, perforated: bool) -> None:
    h, w = alpha.shape
    top = 2 + 1.2 * noise(rng, 2, w, 90.0)[0] + (1.5 * (np.arange(w) % 11 < 5) + 0.8 * rng.standard_normal(w) if perforated else 0)
    alpha *= np.clip(np.arange(h, dtype=np.float32)[:, None] - top[None, :].astype(np.float32), 0, 1)
    for side in (alpha[::-1], alpha.T, alpha.T[::-1]):
        edge = 1.5 + 0.8 * noise(rng, 2, side.shape[1], 300.0)[0]
        np.multiply(side, np.clip(np.arange(side.shape[0], dtype=np.float32)[:, None] - edge[None, :], 0, 1), out=side)


def sticky(rng: Rng, width: int, height: int, colour: Colour) -> Layer:
    """A sticky note: held at the top, so its lower edge curls towards the camera and catches light."""
    base = np.asarray(STICKY_COLOURS[colour], np.float32) + rng.normal(0, 0.012, 3).astype(np.float32)
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    v, u = yy / height, xx / width
    curl = rng.uniform(0.3, 1.0)
    side = rng.uniform(-1, 1)
    light = 1 - 0.05 * np.exp(-v / 0.12) + 0.07 * curl * np.clip(v - 0.55, 0, 1) ** 1.5 / 0.3
    light -= 0.16 * curl * np.clip(v - 0.90, 0, 0.1) / 0.1 * (0.6 + 0.4 * side * (2 * u - 1))
    light += 0.006 * noise(rng, height, width, 2.0) + 0.012 * noise(rng, height, width, 0.5 * width)
    layer = blank(np.clip(base * light[..., None], 0, 1))
    bow = curl * 0.014 * height
    bottom = height - 1 - bow * (1 + side * (2 * u[0] - 1)) * 0.5 * (1 + np.cos(np.pi * (2 * u[0] - 1)) * -1) - 0.5
    pinch = 0.010 * width * curl
    left = pinch * v[:, :1] ** 2 + 0.5
    right = width - 1 - pinch * v[:, :1] ** 2
    inside = np.clip(bottom[None, :] - yy, 0, 1) * np.clip(xx - left, 0, 1) * np.clip(right - xx, 0, 1) * np.clip(yy - 0.5, 0, 1)
    layer.alpha = inside.astype(np.float32)
    return layer


def tape(rng: Rng, width: int, height: int) -> Layer:
    """A strip of masking tape with torn ends."""
    paper = np.empty((height, width, 3), np.float32)
    paper[:] = (0.88, 0.81, 0.62)
    paper += (0.02 * noise(rng, height, width, 3.0) + 0.03 * noise(rng, height, max(2, width), 12.0))[..., None]
    layer = blank(np.clip(paper, 0, 1))
    xx = np.arange(width, dtype=np.float32)[None, :]
    left = 3 + 2.2 * rng.standard_normal((height, 1))
    right = width - 4 + 2.2 * rng.standard_normal((height, 1))
    layer.alpha = (0.93 * np.clip(xx - left, 0, 1) * np.clip(right - xx, 0, 1)).astype(np.float32)
    return layer


def tack(rng: Rng, side: int) -> Layer:
    """A lump of blue tack, squashed."""
    yy, xx = np.mgrid[0:side, 0:side].astype(np.float32) - side / 2
    angle = np.arctan2(yy, xx)
    radius = side * (0.36 + 0.05 * np.sin(3 * angle + rng.uniform(0, 6)) + 0.03 * np.sin(5 * angle + rng.uniform(0, 6)))
    distance = np.hypot(xx, yy)
    shade = 1 + 0.25 * (-(xx + yy) / side)
    layer = blank(np.clip(np.array([0.42, 0.62, 0.80], np.float32) * shade[..., None], 0, 1))
    layer.alpha = np.clip(radius - distance, 0, 1).astype(np.float32)
    return layer


def marker_pen(rng: Rng, ink: str) -> Layer:
    """A marker lying about: white barrel, cap in the colour of its ink; 14 x 1.7 cm at 30 px per cm."""
    height, width = 51, 420
    v = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height * 2 - 1
    barrel = 0.55 + 0.42 * np.sqrt(np.clip(1 - v * v, 0, 1)) + 0.15 * np.exp(-(((v + 0.4) / 0.15) ** 2))
    body = np.empty((height, width, 3), np.float32)
    body[:] = (0.88, 0.88, 0.86)
    body[:, 290:] = np.clip(np.asarray(INKS[ink], np.float32) * 1.2 + 0.03, 0, 1)
    body[:, 40:220] *= 0.96 + 0.02 * rng.standard_normal(3).astype(np.float32)
    body[:, 286:291] *= 0.6
    layer = blank(np.clip(body * barrel[..., None], 0, 1))
    mask = np.zeros((height, width), np.float32)
    cv2.rectangle(mask, (8, 2), (width - 16, height - 3), 1.0, -1)
    layer.alpha = cv2.GaussianBlur(cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))), (0, 0), 1.5).astype(np.float32)
    return layer


def whiteboard(rng: Rng, width: int, height: int, frame_px: int) -> Layer:
    """A whiteboard in an aluminium frame, with the smears of earlier meetings and the reflection of a window."""
    board = np.empty((height, width, 3), np.float32)
    board[:] = (0.93, 0.94, 0.945)
    smear = cv2.GaussianBlur(noise(rng, height, width, 90.0), (0, 0), sigmaX=60, sigmaY=8)
    board -= (0.02 * np.clip(smear, 0, 2))[..., None] * np.array([1.0, 0.9, 0.7], np.float32)
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    gleam = np.exp(-(((xx - 0.82 * width) / (0.10 * width)) ** 2 + ((yy - 0.12 * height) / (0.16 * height)) ** 2))
    board += 0.06 * gleam[..., None]
    for inset, tone in ((0, 0.72), (frame_px // 3, 0.80), (2 * frame_px // 3, 0.62)):
        cv2.rectangle(board, (inset, inset), (width - 1 - inset, height - 1 - inset), (tone, tone, tone + 0.01), max(2, frame_px // 3))
    return blank(np.clip(board, 0, 1))


def stain(rng: Rng, paper: Canvas, x: float, y: float, radius: float) -> None:
    """The ring of a mug."""
    h, w = paper.shape[:2]
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    d = np.hypot(xx - x, yy - y) - radius
    patchy = np.clip(0.6 + 0.5 * np.sin(2 * np.arctan2(yy - y, xx - x) + rng.uniform(0, math.tau)), 0.1, 1)
    ring = 0.18 * np.exp(-((d / 5) ** 2)) * patchy + 0.03 * (d < 0)
    paper *= 1 - ring[..., None] * np.array([0.35, 0.6, 0.9], np.float32)
