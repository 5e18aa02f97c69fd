"""Quads, boxes and homographies. Pure numpy and shapely; no pixels.

The coordinate rule: photo pixels, origin at the top left corner of the turned photo, x right, y down; a pixel's
centre is at whole numbers + 0.5. Quads run top left, top right, bottom right, bottom left.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from digitise.model import Box, Point, Quad

FloatArray = npt.NDArray[np.float64]

_FAR_PX = 1e7
"""No photo reaches so far."""


def to_quad(points: npt.ArrayLike) -> Quad:
    """A 4x2 array as a Quad, order kept."""
    p = np.asarray(points, float).reshape(4, 2)
    return cast(Quad, tuple((round(float(x), 2), round(float(y), 2)) for x, y in p))


def order_corners(points: npt.ArrayLike) -> Quad:
    """Four corners in any order -> top left, top right, bottom right, bottom left of the picture plane."""
    p = np.asarray(points, float).reshape(4, 2)
    centre = p.mean(axis=0)
    p = p[np.argsort(np.arctan2(p[:, 1] - centre[1], p[:, 0] - centre[0]))]
    return to_quad(np.roll(p, -int(np.argmin(p.sum(axis=1))), axis=0))


def box_quad(box: Box) -> Quad:
    x0, y0, x1, y1 = box
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def bounds(points: Iterable[Point]) -> Box:
    """Smallest upright box round some points."""
    p = np.asarray(list(points), float)
    (x0, y0), (x1, y1) = p.min(axis=0), p.max(axis=0)
    return (float(x0), float(y0), float(x1), float(y1))


def union_box(boxes: Iterable[Box]) -> Box:
    b = np.asarray(list(boxes), float)
    return (float(b[:, 0].min()), float(b[:, 1].min()), float(b[:, 2].max()), float(b[:, 3].max()))


def box_iou(a: Box, b: Box) -> float:
    """Jaccard index of two upright boxes, 0..1."""
    inter = box_overlap(a, b)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inter
    return inter / union if union > 0 else 0.0


def box_overlap(a: Box, b: Box) -> float:
    """Shared area of two upright boxes, px²."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def polygon(points: Sequence[Point]) -> Polygon:
    """A valid shapely polygon (self-crossing outlines are mended)."""
    p = Polygon(points)
    return p if p.is_valid else p.buffer(0)


def _is_outline(points: Sequence[Point]) -> bool:
    """Three points or more, none of them infinite, no number, or so far away that areas overflow."""
    return len(points) > 2 and all(abs(value) < _FAR_PX for point in points for value in point)


def polygon_iou(a: Sequence[Point], b: Sequence[Point]) -> float:
    """Jaccard index of two polygons, 0..1; 0 where one is none, as an outline from a file that somebody sent may be."""
    if not (_is_outline(a) and _is_outline(b)):
        return 0.0
    pa, pb = polygon(a), polygon(b)
    union = pa.union(pb).area
    return float(pa.intersection(pb).area / union) if union > 0 else 0.0


def quad_size(quad: Quad) -> tuple[float, float]:
    """Width and height of a quad: the mean of its opposite sides, px."""
    tl, tr, br, bl = (np.asarray(p) for p in quad)
    width = (np.linalg.norm(tr - tl) + np.linalg.norm(br - bl)) / 2
    height = (np.linalg.norm(bl - tl) + np.linalg.norm(br - tr)) / 2
    return float(width), float(height)


def quad_angle(quad: Quad) -> float:
    """Direction of a line of writing, degrees in (-180, 180]; 0 is upright, positive turns clockwise on the page."""
    tl, tr, br, bl = (np.asarray(p) for p in quad)
    dx, dy = ((tr - tl) + (br - bl)) / 2
    return math.degrees(math.atan2(dy, dx))


def homography(src: Quad, dst: Quad) -> FloatArray:
    """3x3 matrix that maps the corners of `src` to those of `dst`. Raises ValueError for a degenerate quad."""
    rows, rhs = [], []
    for (x, y), (u, v) in zip(src, dst, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        rhs += [u, v]
    try:
        h = np.linalg.solve(np.asarray(rows, float), np.asarray(rhs, float))
    except np.linalg.LinAlgError as e:
        raise ValueError("degenerate quad") from e
    return np.append(h, 1.0).reshape(3, 3)


def map_points(matrix: npt.ArrayLike, points: Iterable[Point]) -> list[Point]:
    """Points through a homography (9 numbers or 3x3)."""
    h = np.asarray(matrix, float).reshape(3, 3)
    p = np.asarray(list(points), float)
    q = np.column_stack([p, np.ones(len(p))]) @ h.T
    q = q[:, :2] / q[:, 2:]
    return [(float(x), float(y)) for x, y in q]
