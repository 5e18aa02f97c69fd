"""Everything drawn that is not writing: underlines, boxes, bubbles, banners, arrows, icons, scribbles.

Strokes are polylines in canvas px that are shaken a little and inked like letters.
"""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from samples.drawing.ink import Box, Canvas, Rng, Writer, stamp

Path = Sequence[tuple[float, float]]
Points = npt.NDArray[np.float64]


def stroke(canvas: Canvas, rng: Rng, path: Path, writer: Writer, width_px: float, *, shake: float = 1.0) -> None:
    """Draw a polyline by hand."""
    points = _shake(rng, _resample(np.asarray(path, float), 6.0), shake * 0.8)
    pad = math.ceil(width_px * 2 + 6)
    x0, y0 = np.floor(points.min(0)).astype(int) - pad
    x1, y1 = np.ceil(points.max(0)).astype(int) + pad
    mask = np.zeros((y1 - y0, x1 - x0), np.float32)
    whole = np.round((points - (x0, y0)) * 16).astype(np.int32)
    cv2.polylines(
        mask, [whole.reshape(-1, 1, 2)], isClosed=False, color=1.0, thickness=max(1, round(width_px)), lineType=cv2.LINE_AA, shift=4
    )
    stamp(canvas, rng, mask, float(x0), float(y0), writer, 12.0)


def fill(canvas: Canvas, rng: Rng, path: Path, writer: Writer) -> None:
    """Colour an area in with the broad side of a light marker: parallel strokes that show."""
    points = np.asarray(path, float)
    pad = 8
    x0, y0 = np.floor(points.min(0)).astype(int) - pad
    x1, y1 = np.ceil(points.max(0)).astype(int) + pad
    mask = np.zeros((y1 - y0, x1 - x0), np.float32)
    cv2.fillPoly(mask, [np.round((points - (x0, y0)) * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    yy, xx = np.mgrid[0 : y1 - y0, 0 : x1 - x0].astype(np.float32)
    band = 0.5 + 0.5 * np.sin((xx * 0.35 + yy) / rng.uniform(5.0, 7.0))
    stamp(canvas, rng, (mask * (0.72 + 0.2 * band)).astype(np.float32), float(x0), float(y0), writer, 20.0)


def _resample(points: Points, step: float) -> Points:
    seg = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(seg)])
    at = np.linspace(0, along[-1], max(2, math.ceil(along[-1] / step)))
    return np.column_stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])])


def _shake(rng: Rng, points: Points, amount: float) -> Points:
    walk = np.cumsum(rng.normal(0, 0.5, points.shape), axis=0)
    trend = np.linspace(0, 1, len(points))[:, None] * walk[-1]
    smooth = walk - trend
    return np.asarray(points + np.clip(smooth, -3, 3) * amount, float)


def underline(canvas: Canvas, rng: Rng, box: Box, writer: Writer, width_px: float, *, double: bool = False) -> None:
    """A line under a heading, a bit too long and not quite level."""
    x0, _, x1, y1 = box
    for k in range(2 if double else 1):
        y = y1 + width_px * (1.6 + 2.2 * k)
        tilt = rng.normal(0, 0.008) * (x1 - x0)
        stroke(
            canvas,
            rng,
            [(x0 - rng.uniform(0, 12), y), ((x0 + x1) / 2, y + rng.normal(0, 2)), (x1 + rng.uniform(0, 16), y + tilt)],
            writer,
            width_px,
        )


def rounded(box: Box, radius: float) -> list[tuple[float, float]]:
    """The closed outline of a box with round corners."""
    x0, y0, x1, y1 = box
    radius = min(radius, (x1 - x0) / 2, (y1 - y0) / 2)
    path = []
    for cx, cy, start in (
        (x1 - radius, y0 + radius, -90),
        (x1 - radius, y1 - radius, 0),
        (x0 + radius, y1 - radius, 90),
        (x0 + radius, y0 + radius, 180),
    ):
        path += [
            (cx + radius * math.cos(math.radians(start + a)), cy + radius * math.sin(math.radians(start + a))) for a in range(0, 91, 15)
        ]
    return [*path, path[0]]


def bubble(box: Box, tip: tuple[float, float]) -> list[tuple[float, float]]:
    """The outline of a speech bubble round `box` whose tail ends at `tip` below or above it."""
    x0, y0, x1, y1 = box
    outline = rounded(box, 0.35 * (y1 - y0))
    below = tip[1] > y1
    root = min(max(tip[0], x0 + 0.3 * (x1 - x0)), x0 + 0.7 * (x1 - x0))
    edge = y1 if below else y0
    half = 0.06 * (x1 - x0)
    flat = [i for i, (_, y) in enumerate(outline[:-1]) if abs(y - edge) < 1e-6]
    # The straight edge runs between two of these points; the tail goes in between them.
    cut = max(flat) if below and max(flat) - min(flat) < 10 else min(flat)
    if below:
        cut = next(i for i in flat if outline[i][0] > root + half and i + 1 in [*flat, len(outline)] and outline[i + 1][0] < root)
        tail = [(root + half, edge), tip, (root - half, edge)]
        return [*outline[: cut + 1], *tail, *outline[cut + 1 :]]
    return [(root + half, edge), *outline[:-1], (root - half, edge), tip, (root + half, edge)]


def banner(box: Box, tail: float) -> list[tuple[float, float]]:
    """A ribbon behind a title."""
    x0, y0, x1, y1 = box
    m = (y0 + y1) / 2
    return [
        (x0 - tail, y0),
        (x1 + tail, y0),
        (x1 + tail * 0.55, m),
        (x1 + tail, y1),
        (x0 - tail, y1),
        (x0 - tail * 0.55, m),
        (x0 - tail, y0),
    ]


def arrow(
    canvas: Canvas, rng: Rng, start: tuple[float, float], end: tuple[float, float], writer: Writer, width_px: float, *, bend: float = 0.15
) -> None:
    a, b = np.asarray(start), np.asarray(end)
    d = b - a
    normal = np.array([-d[1], d[0]])
    path = [tuple(a + d * t + normal * bend * 4 * t * (1 - t)) for t in np.linspace(0, 1, 14)]
    stroke(canvas, rng, [(float(x), float(y)) for x, y in path], writer, width_px)
    last = np.asarray(path[-1]) - np.asarray(path[-3])
    angle = math.atan2(last[1], last[0])
    size = 5 * width_px + 8
    tips = [(float(b[0] - size * math.cos(angle + s)), float(b[1] - size * math.sin(angle + s))) for s in (0.5, -0.5)]
    stroke(canvas, rng, [tips[0], (float(b[0]), float(b[1])), tips[1]], writer, width_px)


def circle(x: float, y: float, rx: float, ry: float, start: float = 0.0, turn: float = 2 * math.pi + 0.15) -> list[tuple[float, float]]:
    return [(x + rx * math.cos(start + t), y + ry * math.sin(start + t)) for t in np.linspace(0, turn, 40)]


def icon(name: str, x: float, y: float, size: float) -> list[list[tuple[float, float]]]:
    """The strokes of a small drawing centred at (x, y), about `size` px wide."""
    r = size / 2

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + px * r, y + py * r) for px, py in points]

    person = [
        circle(x, y - 0.6 * r, 0.25 * r, 0.27 * r),
        at((0, -0.33), (0, 0.3)),
        at((-0.45, -0.1), (0, -0.2), (0.45, -0.12)),
        at((-0.35, 0.95), (0, 0.3), (0.35, 0.95)),
    ]
    drawings: dict[str, list[list[tuple[float, float]]]] = {
        "person": person,
        "people": [[(px + dx, py) for px, py in line] for dx in (-0.9 * r, 0.0, 0.9 * r) for line in person],
        "house": [
            at((-0.8, 0.9), (-0.8, -0.1), (0, -0.9), (0.8, -0.1), (0.8, 0.9), (-0.8, 0.9)),
            at((-0.2, 0.9), (-0.2, 0.3), (0.2, 0.3), (0.2, 0.9)),
        ],
        "heart": [
            at(
                (0, 0.8),
                (-0.75, 0.0),
                (-0.8, -0.4),
                (-0.5, -0.7),
                (-0.2, -0.6),
                (0, -0.3),
                (0.2, -0.6),
                (0.5, -0.7),
                (0.8, -0.4),
                (0.75, 0.0),
                (0, 0.8),
            )
        ],
        "bus": [
            at((-1, 0.5), (-1, -0.5), (0.9, -0.5), (1, 0.1), (1, 0.5), (-1, 0.5)),
            circle(x - 0.55 * r, y + 0.55 * r, 0.2 * r, 0.2 * r),
            circle(x + 0.5 * r, y + 0.55 * r, 0.2 * r, 0.2 * r),
            at((-0.8, -0.3), (-0.3, -0.3), (-0.3, 0.05), (-0.8, 0.05), (-0.8, -0.3)),
            at((0, -0.3), (0.6, -0.3), (0.65, 0.05), (0, 0.05), (0, -0.3)),
        ],
        "bulb": [
            circle(x, y - 0.25 * r, 0.55 * r, 0.6 * r, 2.2, 5.2),
            at((-0.25, 0.35), (-0.2, 0.6), (0.2, 0.6), (0.25, 0.35)),
            at((-0.15, 0.75), (0.15, 0.75)),
        ],
        "sun": [
            circle(x, y, 0.4 * r, 0.4 * r),
            *[at((0.6 * math.cos(a), 0.6 * math.sin(a)), (0.95 * math.cos(a), 0.95 * math.sin(a))) for a in np.arange(0, 6.2, 0.785)],
        ],
        "mug": [
            at((-0.6, -0.5), (-0.55, 0.7), (0.35, 0.7), (0.4, -0.5), (-0.6, -0.5)),
            circle(x + 0.5 * r, y + 0.1 * r, 0.25 * r, 0.3 * r, -1.5, 3.4),
            at((-0.3, -0.7), (-0.2, -0.85), (-0.3, -1.0)),
            at((0.1, -0.7), (0.2, -0.85), (0.1, -1.0)),
        ],
        "tree": [at((-0.1, 0.95), (-0.1, 0.2)), at((0.1, 0.95), (0.1, 0.2)), circle(x, y - 0.35 * r, 0.6 * r, 0.55 * r)],
        "hills": [at((-1, 0.6), (-0.6, -0.1), (-0.35, 0.15), (0.1, -0.6), (0.5, 0.1), (0.7, -0.1), (1, 0.6))],
        "star": [at(*[(math.sin(k * 4 * math.pi / 5) * 0.9, -math.cos(k * 4 * math.pi / 5) * 0.9) for k in range(6)])],
        "smile": [
            circle(x, y, 0.8 * r, 0.8 * r),
            at((-0.3, -0.3), (-0.3, -0.15)),
            at((0.3, -0.3), (0.3, -0.15)),
            circle(x, y + 0.05 * r, 0.45 * r, 0.4 * r, 0.4, 2.3),
        ],
        "spiral": [[(x + r * t / 14 * math.cos(t), y + r * t / 14 * math.sin(t)) for t in np.arange(1, 14, 0.25)]],
    }
    return drawings[name]


def draw_icon(canvas: Canvas, rng: Rng, name: str, x: float, y: float, size: float, writer: Writer, width_px: float) -> None:
    for line in icon(name, x, y, size):
        stroke(canvas, rng, line, writer, width_px)


def cross_out(canvas: Canvas, rng: Rng, box: Box, writer: Writer, width_px: float) -> None:
    """Scribble over something that is no longer meant."""
    x0, y0, x1, y1 = box
    zigzag = [(x0 + (x1 - x0) * k / 9, y0 if k % 2 else y1) for k in range(10)]
    stroke(canvas, rng, zigzag, writer, width_px, shake=2)
    stroke(canvas, rng, [(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2 + rng.normal(0, 6))], writer, width_px)


def dots(canvas: Canvas, rng: Rng, x: float, y: float, count: int, radius: float, colour: tuple[float, float, float]) -> None:
    """Round voting dots stuck in a row."""
    for k in range(count):
        centre = (round((x + k * radius * 2.3 + rng.normal(0, 1.5)) * 16), round((y + rng.normal(0, 2)) * 16))
        cv2.circle(canvas, centre, round(radius * 16), colour, -1, cv2.LINE_AA, 4)
