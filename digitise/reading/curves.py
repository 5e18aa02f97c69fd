"""Curved writing: arc titles, banners, sagging lines. The centre of a line is fitted to its marked area, its picture straightened along it.

The detector marks arcs up to half a circle as one area, but the smallest rectangle of such an area is badly filled, so it would be
thrown away as a doodle. The centre is a parabola over the area's own long axis, or the like with steeper ends.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray

RgbArray = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Rectangle = tuple[tuple[float, float], tuple[float, float], float]

LEAST_SAG = 0.5
"""A line is bent when its centre leaves the straight one by this share of its own marked height, a quarter of that of its letters. Less the
recogniser reads as it is; slips of straight lines (ascenders marked at one end) stay below."""
MOST_SAG = 0.45
"""Of its length; more than about half a circle is no longer marked as one line."""
CURVE_POWERS: tuple[tuple[int, ...], ...] = ((0, 1, 2), (0, 1, 2, 4))
"""Terms of the curve, tried in turn: a parabola, and for wide arcs a curve that is steeper at its ends. Neither can wind."""
LEAST_FILLED = 0.7
"""Share of the curve's band that must be marked, and of the marked area that must lie in the band."""
CURVE_POINTS = 17
BAND_QUADS = 6
LEAST_LENGTH = 3.0
"""A bent line must be so many times longer than it is high; a round doodle is not."""


class Curve(NamedTuple):
    """The centre of a bent line."""

    points: FloatArray
    """(n, 2) along the centre, evenly spaced, in the direction of reading; photo px or px of a map."""
    height: float
    """From the upper to the lower edge, square to the centre, px."""

    @property
    def length(self) -> float:
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())


def reverse(curve: Curve) -> Curve:
    """The same line read from its other end: upside down."""
    return Curve(curve.points[::-1].copy(), curve.height)


def shift(curve: Curve, x: float, y: float) -> Curve:
    """The same curve elsewhere: px of a part -> px of the whole."""
    return Curve(curve.points + np.array([x, y]), curve.height)


def chord_box(curve: Curve) -> FloatArray:
    """Corners (4, 2) of the straight line of the same height from end to end, moved to the middle of the curve."""
    p = curve.points
    chord = p[-1] - p[0]
    along = chord / max(1e-9, float(np.linalg.norm(chord)))
    down = np.array([-along[1], along[0]]) * curve.height / 2
    start, end = p.mean(axis=0) - chord / 2, p.mean(axis=0) + chord / 2
    return np.array([start - down, end - down, end + down, start + down])


def band(curve: Curve) -> list[FloatArray]:
    """The area of a curve as BAND_QUADS quads (4, 2), end to end."""
    at = np.linspace(0, 1, BAND_QUADS + 1)
    return [place_on_curve(curve, a, b) for a, b in pairwise(at)]


def scale_curve(curve: Curve, scale: float) -> Curve:
    """Px of a map -> photo px."""
    return Curve((curve.points + 0.5) / scale, curve.height / scale)


def grow(curve: Curve, by: float) -> Curve:
    """Higher by `by` px and longer by as much, half of it at each end along the end's direction."""
    p = curve.points
    head, tail = p[0] - p[1], p[-1] - p[-2]
    longer = np.vstack([p[0] + head / np.linalg.norm(head) * by / 2, p, p[-1] + tail / np.linalg.norm(tail) * by / 2])
    return Curve(_evenly(longer, len(p)), curve.height + by)


def fit_curve(mask: Mask, rectangle: Rectangle) -> Curve | None:
    """The curve of a marked area, mask (H, W) uint8 0/1, inside its smallest rectangle (as cv2.minAreaRect gives it); None when the area is
    straight, or bent in a way that no line of writing is."""
    centre, (w, h), angle = rectangle
    if w < h:
        (w, h), angle = (h, w), angle + 90
    turn = cv2.getRotationMatrix2D(centre, angle, 1.0)
    turn[:, 2] += np.asarray((w / 2 - centre[0], h / 2 - centre[1]))
    level = cv2.warpAffine(mask, turn, (round(w) + 1, round(h) + 1), flags=cv2.INTER_NEAREST) > 0
    thickness = level.sum(axis=0)
    inked = np.flatnonzero(thickness)
    if len(inked) < CURVE_POINTS:
        return None
    rows = np.arange(level.shape[0])[:, None]
    middle = (level * rows).sum(axis=0)[inked] / thickness[inked]
    u = (inked - (w - 1) / 2) / max(1.0, (w - 1) / 2)
    weights = np.sqrt(thickness[inked])
    for powers in CURVE_POWERS:
        basis = np.column_stack([u**k for k in powers])
        terms, *_ = np.linalg.lstsq(basis * weights[:, None], middle * weights, rcond=None)
        slope = sum(k * t * u ** (k - 1) for k, t in zip(powers, terms, strict=True) if k) / max(1.0, (w - 1) / 2)
        # a column cuts a sloping line in more than its height
        height = float(np.median(thickness[inked] / np.sqrt(1 + slope**2)))
        along = np.linspace(-1, 1, 4 * CURVE_POINTS)
        centres = sum(t * along**k for k, t in zip(powers, terms, strict=True))
        sag = float(np.ptp(centres - np.linspace(centres[0], centres[-1], len(centres))))
        if sag < LEAST_SAG * height or sag > MOST_SAG * w or w < LEAST_LENGTH * height:
            return None
        points = np.column_stack([(along + 1) / 2 * (w - 1), centres])
        if _fills(level, points, height):
            back = cv2.invertAffineTransform(turn)
            placed = np.asarray(points @ back[:, :2].T + back[:, 2], float)
            return Curve(_left_to_right(_evenly(placed, CURVE_POINTS)), height)
    return None


def _fills(level: npt.NDArray[np.bool_], points: FloatArray, height: float) -> bool:
    """Whether the curve's band and the marked area are much the same."""
    inside = np.zeros(level.shape, np.uint8)
    cv2.polylines(inside, [np.round(points).astype(np.int32)], False, 1, max(1, round(height)))
    both = float((level & (inside > 0)).sum())
    return both >= LEAST_FILLED * float(inside.sum()) and both >= LEAST_FILLED * float(level.sum())


def mean_along(probability: npt.NDArray[np.float32], curve: Curve) -> float:
    """Mean of a map inside the curve's band."""
    thick = max(1, round(curve.height))
    x0, y0 = np.maximum(np.floor(curve.points.min(axis=0)).astype(int) - thick, 0)
    x1, y1 = np.ceil(curve.points.max(axis=0)).astype(int) + thick
    here = probability[y0 : y1 + 1, x0 : x1 + 1]
    inside = np.zeros(here.shape, np.uint8)
    cv2.polylines(inside, [np.round(curve.points - (x0, y0)).astype(np.int32)], False, 1, thick)
    return float(cv2.mean(here, inside)[0])


def straighten(rgb: RgbArray, curve: Curve) -> RgbArray:
    """Straightened picture of a bent line, (height, length, 3); curve in photo px, in the direction of reading."""
    width, height = max(4, round(curve.length)), max(4, round(curve.height))
    points, normals = _sample(curve, (np.arange(width) + 0.5) / width)
    offset = ((np.arange(height) + 0.5) / height - 0.5) * curve.height
    # -0.5: cv2 puts pixel centres at whole numbers, photo px at halves
    x = points[None, :, 0] + normals[None, :, 0] * offset[:, None] - 0.5
    y = points[None, :, 1] + normals[None, :, 1] * offset[:, None] - 0.5
    shown = cv2.remap(rgb, x.astype(np.float32), y.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return cast(RgbArray, shown)


def place_on_curve(curve: Curve, start: float, end: float) -> FloatArray:
    """Corners (4, 2) in photo px of what lies between two places along the straightened picture, 0..1 of its length."""
    points, normals = _sample(curve, np.asarray([start, end]))
    half = normals * curve.height / 2
    return np.array([points[0] - half[0], points[1] - half[1], points[1] + half[1], points[0] + half[0]])


def _sample(curve: Curve, at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points (n, 2) on the centre at 0..1 of its length, and unit normals (n, 2) that point down the page of an upright line."""
    p = curve.points
    known = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    known /= known[-1]
    points = np.column_stack([np.interp(at, known, p[:, 0]), np.interp(at, known, p[:, 1])])
    tangents = np.gradient(p, known, axis=0)
    along = np.column_stack([np.interp(at, known, tangents[:, 0]), np.interp(at, known, tangents[:, 1])])
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    return points, np.column_stack([-along[:, 1], along[:, 0]])


def _evenly(points: FloatArray, count: int) -> FloatArray:
    """`count` points at equal steps along a broken line (n, 2)."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    known = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, known[-1], count)
    return np.column_stack([np.interp(at, known, points[:, 0]), np.interp(at, known, points[:, 1])])


def _left_to_right(points: FloatArray) -> FloatArray:
    d = points[-1] - points[0]
    backwards = d[0] < -abs(d[1]) * 0.3 or (abs(d[0]) <= abs(d[1]) * 0.3 and d[1] < 0)
    return points[::-1].copy() if backwards else points
