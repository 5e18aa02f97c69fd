"""Corners to a fraction of a pixel: each side is fitted to the paper's edge along it, and corners are where sides meet.

A corner hidden by a sticky or curled up is so found from its two sides.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitise.surface.judge import look_across, side_points
from digitise.surface.propose import meet
from digitise.surface.view import Floats, View, to_lab

PLACES = 96
"""Places along each side at which the edge is sought."""
ROUNDS = 6
"""Re-weightings of the line fit; it settles in three or four."""


def refine_in_view(view: View, quad: Floats, reach: int) -> Floats:
    """The quad (4, 2, view px) with its sides moved onto the edges within `reach` view px."""
    return refine_sides(view.plain, quad, reach, view.size)


def refine_in_photo(rgb: np.ndarray, quad: Floats, scale: float) -> Floats:
    """The quad (4, 2, photo px), good to a view px or so, fitted to the photo at up to three times the view's size."""
    zoom = min(1.0, 3.0 * scale)
    width, height = round(rgb.shape[1] * zoom), round(rgb.shape[0] * zoom)
    fine = rgb if zoom == 1.0 else cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    lab = to_lab(cv2.medianBlur(fine, 5))
    ratio = np.array([width / rgb.shape[1], height / rgb.shape[0]], np.float32)
    return np.asarray(refine_sides(lab, quad * ratio, 7, (width, height)) / ratio, np.float32)


def refine_sides(lab: Floats, quad: Floats, reach: int, size: tuple[int, int]) -> Floats:
    """Fit each side of `quad` (4, 2) to the strongest paper edge within `reach` px; sides on the frame stay."""
    places, normals = side_points(quad[None], PLACES)
    band = max(3, reach // 2)
    offsets = np.arange(-reach - band, reach + band + 1, dtype=np.float32)
    profile = look_across(lab, places, normals, offsets)[0]
    total = np.concatenate([np.zeros_like(profile[..., :1, :]), np.cumsum(profile, axis=2)], axis=2)
    lines = []
    for k in range(4):
        start, end = quad[k], quad[(k + 1) % 4]
        here = normals[0, k]
        fallback = np.array([here[0], here[1], here @ start], np.float32)
        if _on_frame(start, end, size):
            lines.append(fallback)
            continue
        cut = np.arange(band, len(offsets) - band + 1)
        step = (total[k][:, cut + band] - 2 * total[k][:, cut] + total[k][:, cut - band]) / band
        near = np.exp(-0.5 * ((offsets[cut] - 0.5) / max(reach, 1)) ** 2)
        middle = step[:, np.abs(offsets[cut] - 0.5) <= max(2, reach // 2)]
        strongest = np.take_along_axis(middle, np.linalg.norm(middle, axis=2).argmax(axis=1)[:, None, None], axis=1)[:, 0]
        direction = np.median(strongest, axis=0)
        norm = float(np.linalg.norm(direction))
        if norm < 1.0:
            lines.append(fallback)
            continue
        response = np.maximum(step @ (direction / norm), 0) * near
        best = response.argmax(axis=1)
        found = response.max(axis=1)
        at = places[0, k] + (offsets[cut][best] - 0.5 + _peak(response, best))[:, None] * here
        line = _fit_line(at, np.where(found > 0.3 * norm, found, 0), here)
        lines.append(line if line is not None else fallback)
    stack = np.asarray(lines, np.float32)
    corners = meet(np.roll(stack, 1, axis=0), stack)
    moved = np.abs(corners - quad).max()
    return corners if np.isfinite(moved) and moved < 4 * reach + 2 else quad


def _peak(response: Floats, best: np.ndarray) -> Floats:
    """Sub-pixel place of each maximum, by a parabola through it and its neighbours."""
    i = np.clip(best, 1, response.shape[1] - 2)
    rows = np.arange(len(i))
    left, mid, right = response[rows, i - 1], response[rows, i], response[rows, i + 1]
    bend = left - 2 * mid + right
    return np.asarray(np.where(bend < -1e-6, np.clip(0.5 * (left - right) / np.minimum(bend, -1e-6), -0.5, 0.5), 0.0), np.float32)


def _fit_line(points: Floats, weight: Floats, normal: Floats) -> Floats | None:
    """Robust line (n, c) through weighted points by iteratively re-weighted least squares (Cauchy weights); None with too few points."""
    if (weight > 0).sum() < 0.2 * len(points):
        return None
    w = weight / max(float(weight.max()), 1e-6)
    current = w
    line = None
    for _ in range(ROUNDS):
        centre = (points * current[:, None]).sum(axis=0) / current.sum()
        x, y = (points - centre).T
        along = 0.5 * math.atan2(2 * float((current * x * y).sum()), float((current * (x * x - y * y)).sum()))
        n = np.array([-math.sin(along), math.cos(along)])
        n = n if n @ normal > 0 else -n
        residual = n[0] * x + n[1] * y
        scale = max(1.0, 1.5 * float(np.median(np.abs(residual[w > 0]))))
        current = w / (1 + (residual / scale) ** 2)
        line = np.array([n[0], n[1], n @ centre], np.float32)
    return line if line is not None and abs(float(line[:2] @ normal)) > 0.98 else None


def _on_frame(start: Floats, end: Floats, size: tuple[int, int]) -> bool:
    margin = 0.012 * max(size)
    return any(
        max(abs(start[axis] - edge), abs(end[axis] - edge)) < margin or min((start[axis] - edge) * sign, (end[axis] - edge) * sign) > 0
        for axis in (0, 1)
        for edge, sign in ((0, -1), (size[axis], 1))
    )
