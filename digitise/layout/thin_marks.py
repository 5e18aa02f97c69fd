"""Finds ticks, and the strokes and crossed gates of tallies, outside of words."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from digitise.layout.marks import FloatArray, Mark, MarkKind, Mask, View, unpack
from digitise.layout.tallies import Stroke, read_gate

SOLID = 0.6
"""Share of its box that a gate of strokes or a tick covers at most."""


def find_thin(view: View, letters: Mask) -> list[Mark]:
    """Ticks, strokes and gates of strokes outside of words."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(view.drawn, connectivity=8)
    marks: list[Mark] = []
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        if not 0.3 * view.line <= h <= 2.5 * view.line or w > 3 * view.line or area < 8 or (w > 0.35 * h and area > SOLID * w * h):
            continue
        shape = (labels[y : y + h, x : x + w] == i).astype(np.uint8)
        if (letters[y : y + h, x : x + w] & shape).sum() > 0.5 * area:
            continue
        found = _read_thin(shape)
        if found is None:
            continue
        kind, worth, size, segment = found
        inked = (slice(y, y + h), slice(x, x + w))
        colour = np.median(unpack(view.lab[inked][shape > 0]) - unpack(view.ground[inked][shape > 0]), axis=0)
        ends = None if segment is None else Stroke(*((v + o) / view.scale for v, o in zip(segment, (x, y, x, y), strict=True)))
        centre = ((x + w / 2) / view.scale, (y + h / 2) / view.scale)
        marks.append(Mark(kind, centre, size / view.scale, tuple(float(v) for v in colour), worth, ends))  # type: ignore[arg-type]
    return marks


def _read_thin(shape: Mask) -> tuple[MarkKind, int, float, Stroke | None] | None:
    """Kind, worth, size and ends of a piece of ink, or None."""
    ys, xs = np.nonzero(shape)
    points = np.stack([xs, ys], axis=1).astype(np.float32)
    (_, _), sides, _ = cv2.minAreaRect(points)
    width, length = min(sides) + 1, max(sides) + 1
    if length >= 3.2 * width and len(points) >= 0.6 * width * length:
        vx, vy, mx, my = (float(v) for v in cv2.fitLine(points, cv2.DIST_L2, 0, 0.01, 0.01).ravel())
        if abs(vy) >= 0.8:
            along = (points[:, 0] - mx) * vx + (points[:, 1] - my) * vy
            ends = sorted(((mx + t * vx, my + t * vy) for t in (float(along.min()), float(along.max()))), key=lambda p: p[1])
            return "stroke", 1, length, Stroke(*ends[0], *ends[1])
    if (gate := read_gate(shape)) is not None:
        return "stroke", 5, gate.length, gate
    if (size := _read_tick(points, len(points) / length / 2)) is not None:
        return "tick", 1, size, None
    return None


def _read_tick(points: FloatArray, pen: float) -> float | None:
    """Length of a tick: down to the right for a short way, then up to the right for a longer one; None for anything else."""
    low = points[np.argmax(points[:, 1] - 0.2 * points[:, 0])]
    left = points[np.argmin(points[:, 0] + 0.3 * points[:, 1])]
    right = points[np.argmax(points[:, 0] - points[:, 1])]
    short, long = left - low, right - low
    s, n = float(np.linalg.norm(short)), float(np.linalg.norm(long))
    if s < 1 or not 1.35 * s <= n <= 6 * s or short[0] >= 0 or short[1] >= 0 or long[0] < 0.25 * n or -long[1] < 0.35 * n:
        return None
    off = np.minimum(_off(points, low, left), _off(points, low, right))
    return n if float(np.mean(off <= max(1.5, 1.3 * pen))) >= 0.92 else None


def _off(points: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Distance of points from a straight stretch."""
    along = b - a
    t = np.clip((points - a) @ along / max(1e-6, float(along @ along)), 0, 1)
    return cast(FloatArray, np.linalg.norm(points - (a + t[:, None] * along), axis=1))
