"""Walls of sticky notes drawn by the tests of layout, with the notes' boxes, and the measure of what was found on them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitise.geometry import bounds, box_iou
from digitise.layout.stickies import Sticky

PADS = {
    "yellow": (250, 236, 120),
    "pink": (250, 110, 165),
    "green": (165, 220, 110),
    "blue": (120, 200, 232),
    "orange": (252, 150, 70),
    "purple": (190, 165, 228),
}
BOARD = (232, 232, 228)


def draw_wall(size, ground=BOARD, *, grain=3.0, seed=0):
    """A ground with light falling off to one side and a little grain. size: (width, height)."""
    rng = np.random.default_rng(seed)
    w, h = size
    falloff = np.linspace(1.0, 0.86, w)[None, :, None] * np.linspace(1.0, 0.94, h)[:, None, None]
    wall = np.ones((h, w, 3)) * np.array(ground) * falloff
    return wall + rng.normal(0, grain, (h, w, 1))


def draw_note(wall, centre, side, colour, *, angle=0.0, seed=0, writing=True, shadow=0.18):
    """A note with a soft shadow below it, a slight sheen and scribbled lines; returns its upright box."""
    rng = np.random.default_rng(seed)
    w = h = side
    corners = cv2.boxPoints((centre, (w, h), angle))
    reach = round(0.8 * math.hypot(w, h))
    x0, y0 = max(0, round(centre[0]) - reach), max(0, round(centre[1]) - reach)
    whole, wall = wall, wall[y0 : round(centre[1]) + reach, x0 : round(centre[0]) + reach]
    mask = np.zeros(wall.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round((corners - (x0, y0)) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    cover = mask.astype(np.float32) / 255
    contact = cv2.GaussianBlur(cover, (0, 0), max(0.8, side / 90))  # the dark line where paper lies on paper
    cast = np.roll(cv2.GaussianBlur(cover, (0, 0), max(1.0, side / 30)), (max(1, round(side / 40)), max(1, round(side / 60))), (0, 1))
    wall *= (1 - 0.3 * contact[..., None]) * (1 - shadow * cast[..., None])
    # A note stands off at its lower edge and catches less light there; no two hang quite alike.
    rows = np.clip((np.arange(wall.shape[0]) + y0 - centre[1]) / h + 0.5, 0, 1)[:, None, None]
    light = rng.uniform(0.95, 1.0) * (1.0 - 0.07 * rows**2)
    alpha = cover[..., None]
    wall[:] = wall * (1 - alpha) + np.array(colour) * light * alpha
    if writing:
        turn = cv2.getRotationMatrix2D((0, 0), -angle, 1.0)[:, :2]
        for row in np.linspace(-0.28, 0.3, 4):
            xs = np.linspace(-0.36, 0.36 * rng.uniform(0.3, 1), 24)
            ys = row + rng.uniform(-0.05, 0.05, 24)
            pts = np.stack([xs * w, ys * h], 1) @ turn.T + np.array(centre)
            cv2.polylines(whole, [np.round(pts).astype(np.int32)], False, (45, 40, 60), max(1, round(side / 45)), cv2.LINE_AA)
    return bounds(tuple(map(tuple, corners)))


def finish(wall, *, gains=(1.0, 1.0, 1.0), level=1.0, noise=2.0, blur=0.7, seed=9):
    """What the camera makes of it: cast, exposure, blur, noise, JPEG."""
    picture = cv2.GaussianBlur(wall, (0, 0), blur) * np.array(gains) * level
    picture = picture + np.random.default_rng(seed).normal(0, noise, picture.shape)
    ok, data = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert ok
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])


def f1(found: list[Sticky], truth, iou=0.6):
    """F1 of boxes, each truth matched at most once."""
    left = list(truth)
    hits = 0
    for s in found:
        best = max(left, key=lambda t: box_iou(t[0], bounds(s.outline)), default=None)
        if best and box_iou(best[0], bounds(s.outline)) >= iou:
            left.remove(best)
            hits += 1
    return 2 * hits / max(len(found) + len(truth), 1)


def colours_right(found, truth):
    pairs = [(s, t) for s in found for t in truth if box_iou(t[0], bounds(s.outline)) >= 0.6]
    return sum(s.colour == t[1] for s, t in pairs) / max(len(pairs), 1)


def quad(x0, y0, x1, y1):
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def lines_on(box):
    """The quads of the four lines that draw_note scribbles."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    return [quad(x0 + 0.12 * w, y0 + (r - 0.07) * h, x0 + 0.88 * w, y0 + (r + 0.07) * h) for r in (0.22, 0.41, 0.6, 0.8)]


def fill_polygon(wall, points, colour):
    cv2.fillPoly(wall, [np.round(np.asarray(points) * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
