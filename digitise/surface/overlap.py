"""Whether two photos show the same flat wall, judged by their features alone, and how one maps onto the other.

A sheet's template, a chair or a grid of stickies looks alike on photos of different things. So a handful of equal patches is not
enough: they must fit one homography, lie all over what both photos should show, and most patches there must be found again.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from digitise.geometry import FloatArray
from digitise.surface.features import Features, Floats

RATIO = 0.8
"""Lowe's ratio: the nearest patch must be this much nearer than the next one."""
REACH = 0.006
"""How far a patch may lie from where the homography puts it, of the photo's long side: curled stickies and lenses bend a wall."""
LEAST_INLIERS = 24
LEAST_SHARE = 0.4
"""Of the cells of the shared part in which both photos have patches, those in which a patch was found again."""
LEAST_AGAIN = 0.07
"""Of the patches of the shared part, of the photo that has fewer there, those that were found again. With 69 drawn and real photos (2,346
pairs) and drawn walls, photos of one wall have a share of 0.72-1.0 and 0.23-0.66 of the patches; a board on two days, its stickies moved,
0.44 and 0.10; one template filled in twice with other words 0.55 and 0.08, two walls behind one chair 0.50 and 0.08, all others that came
so far 0.10-0.36 and 0.02-0.06. Between the first and the last the writing decides: such matches have a low confidence."""
SURELY_AGAIN = 0.2
"""The same, from which nothing more is to be wished for."""
LEAST_AREA = 0.03
"""Of either photo: a smaller shared part is not worth the risk."""
MOST_ZOOM = 6.0
"""A close-up this many times as large as the overview; beyond it the overview holds no letters."""
MOST_ASKEW = 3.0
"""Times by which perspective may enlarge one end of the shared part more than the other; beyond it the homography is a freak."""
CELLS = 10
"""The smaller photo is looked at in this many rows and columns."""
LEAST_IN_CELL = 3
"""Patches that both photos must have in a cell before it counts."""
ALIKE = 200.0
"""Distance of descriptors (each is 512 long) up to which two patches look alike, where they are where they should be."""
Ints = npt.NDArray[np.intp]


class Match(NamedTuple):
    """How one photo maps onto another."""

    homography: FloatArray
    """3x3: px of the first photo -> px of the second."""
    inliers: int
    confidence: float
    """0..1: the share of cells (LEAST_SHARE), less where few patches were found again (SURELY_AGAIN)."""
    area: tuple[float, float]
    """Share of the first and of the second photo that both show."""
    error_px: float
    """Median distance of matched patches, px of the second photo per 1000 px of its long side."""


def match_photos(a: Features, b: Features) -> Match | None:
    """How photo `a` maps onto photo `b`, or None when they may show different things."""
    pairs = _pair(a, b)
    if len(pairs) < LEAST_INLIERS:
        return None
    matrix = _fit(a, b, pairs, cv2.USAC_MAGSAC)
    if matrix is None:
        return None
    pairs = _guide(a, b, matrix)
    if len(pairs) < LEAST_INLIERS:
        return None
    refined = _fit(a, b, pairs, 0)
    if refined is not None:
        matrix, pairs = refined, _guide(a, b, refined)
    return _judge(a, b, matrix, pairs)


def _fit(a: Features, b: Features, pairs: Ints, method: int) -> FloatArray | None:
    """The homography of paired patches, where it is one that photos of a wall can have. method: cv2's; 0 trusts all pairs."""
    reach = REACH * float(b.size.max())
    found, _ = cv2.findHomography(a.points[pairs[:, 0]], b.points[pairs[:, 1]], method, reach, maxIters=3000, confidence=0.999)
    matrix = None if found is None else np.asarray(found, np.float64)
    return matrix if matrix is not None and is_plausible(matrix, a.size, b.size) else None


def is_plausible(matrix: FloatArray, size_a: npt.ArrayLike, size_b: npt.ArrayLike) -> bool:
    """Whether two photos of one flat wall can be so related: not mirrored or folded, no wilder in scale than a close-up."""
    shared = shared_part(matrix, size_a, size_b)
    if shared is None:
        return False
    ring = np.asarray(shared.exterior.coords, float)[:-1]
    zooms = [local_zoom(matrix, p) for p in [*ring, ring.mean(axis=0)]]
    long_a, long_b = float(np.max(np.asarray(size_a))), float(np.max(np.asarray(size_b)))
    zooms = [z * long_a / long_b for z in zooms]
    return min(zooms) >= 1 / MOST_ZOOM and max(zooms) <= MOST_ZOOM and max(zooms) <= MOST_ASKEW * min(zooms)


def local_zoom(matrix: FloatArray, point: npt.ArrayLike) -> float:
    """How many px of the second photo a px of the first becomes at `point`; 0 where the plane is mirrored or behind the camera."""
    x, y = np.asarray(point, float)
    u, v, w = matrix @ np.array([x, y, 1.0])
    if w <= 0:
        return 0.0
    rows = (matrix[:2, :2] - np.outer([u / w, v / w], matrix[2, :2])) / w
    return float(np.sqrt(max(0.0, np.linalg.det(rows))))


def shared_part(matrix: FloatArray, size_a: npt.ArrayLike, size_b: npt.ArrayLike) -> Polygon | None:
    """The part of photo a, px of a, that photo b shows too; None without any, or where the horizon of the plane crosses photo a."""
    width, height = (float(v) for v in np.asarray(size_a))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    depth = corners @ matrix[2, :2] + matrix[2, 2]
    if np.linalg.det(matrix) == 0 or depth.min() <= 0:
        return None
    back = np.linalg.inv(matrix)
    wide, high = (float(v) for v in np.asarray(size_b))
    other = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], float)
    mapped = (np.column_stack([corners, np.ones(4)]) @ matrix.T)[:, :2] / depth[:, None]
    there = Polygon(mapped)
    if not there.is_valid:
        return None
    part = there.intersection(Polygon(other))
    if part.is_empty or not isinstance(part, Polygon):
        return None
    ring = np.asarray(part.exterior.coords, float)
    home = np.column_stack([ring, np.ones(len(ring))]) @ back.T
    return Polygon(home[:, :2] / home[:, 2:])


def _pair(a: Features, b: Features) -> Ints:
    """(N, 2) places of patches that are each other's nearest, and clearly so."""
    if min(len(a.points), len(b.points)) < 2:
        return np.zeros((0, 2), np.intp)
    gap = _distances(a, b)
    near = np.argpartition(gap, 1, axis=1)[:, :2]
    first = np.take_along_axis(gap, near, axis=1)
    best = np.where(first[:, 0] <= first[:, 1], near[:, 0], near[:, 1])
    low, high = first.min(axis=1), first.max(axis=1)
    places = np.arange(len(a.points))
    mutual = gap.argmin(axis=0)[best] == places
    keep = mutual & (low < RATIO**2 * high)
    return np.column_stack([places[keep], best[keep]])


def _distances(a: Features, b: Features) -> Floats:
    """(len a, len b) squared distances of descriptors."""
    da, db = a.descriptors.astype(np.float32), b.descriptors.astype(np.float32)
    gap = (da * da).sum(axis=1)[:, None] + (db * db).sum(axis=1)[None, :] - 2 * da @ db.T
    return np.asarray(np.maximum(gap, 0), np.float32)


def _guide(a: Features, b: Features, matrix: FloatArray) -> Ints:
    """(N, 2) pairs of patches that lie where the homography says and look alike: more than the blind search finds."""
    mapped = _map(matrix, a.points)
    side = float(b.size.max())
    inside = np.flatnonzero(((mapped > -0.02 * side) & (mapped < b.size + 0.02 * side)).all(axis=1))
    if not len(inside) or not len(b.points):
        return np.zeros((0, 2), np.intp)
    away = ((mapped[inside, None, :] - b.points[None, :, :]) ** 2).sum(axis=2)
    gap = _distances(Features(a.points[inside], a.descriptors[inside], a.size), b)
    gap[away > (REACH * side) ** 2] = np.inf
    best = gap.argmin(axis=1)
    low = gap[np.arange(len(inside)), best]
    keep = (low < ALIKE**2) & (gap.argmin(axis=0)[best] == np.arange(len(inside)))
    return np.column_stack([inside[keep], best[keep]])


def _map(matrix: npt.NDArray[np.float64], points: npt.ArrayLike) -> FloatArray:
    p = np.asarray(points, np.float64).reshape(-1, 2)
    q = np.column_stack([p, np.ones(len(p))]) @ matrix.T
    return np.asarray(q[:, :2] / q[:, 2:], np.float64)


def _judge(a: Features, b: Features, matrix: FloatArray, pairs: Ints) -> Match | None:
    """The measured match, or None where too little of the shared part was found again."""
    shared = shared_part(matrix, a.size, b.size)
    if shared is None or len(pairs) < LEAST_INLIERS:
        return None
    area_a = shared.area / float(a.size[0] * a.size[1])
    there = _map(matrix, np.asarray(shared.exterior.coords))
    area_b = Polygon(there).area / float(b.size[0] * b.size[1])
    away = np.linalg.norm(_map(matrix, a.points[pairs[:, 0]]) - b.points[pairs[:, 1]], axis=1)
    share, again = _find_again(a, b, matrix, pairs, shared)
    if share < LEAST_SHARE or again < LEAST_AGAIN or min(area_a, area_b) < LEAST_AREA:
        return None
    confidence = share * min(1.0, again / SURELY_AGAIN)
    return Match(matrix, len(pairs), confidence, (area_a, area_b), float(np.median(away)) * 1000 / float(b.size.max()))


def _find_again(a: Features, b: Features, matrix: FloatArray, pairs: Ints, shared: Polygon) -> tuple[float, float]:
    """Of the shared part: the share of the cells, where both photos have patches, that hold a pair; and the share of patches in pairs."""
    x0, y0, x1, y1 = shared.bounds
    step = max(x1 - x0, y1 - y0, 1e-6) / CELLS
    back = _map(np.asarray(np.linalg.inv(matrix), np.float64), b.points)
    theirs = back[((back >= 0) & (back <= a.size)).all(axis=1)]

    def count(points: npt.ArrayLike) -> Ints:
        edges = np.arange(CELLS + 1) * step
        p = np.asarray(points, float)
        return np.asarray(np.histogram2d(p[:, 0] - x0, p[:, 1] - y0, bins=(edges, edges))[0], np.intp)

    inside = _map(matrix, a.points)
    mine = a.points[((inside >= 0) & (inside <= b.size)).all(axis=1)]
    both = np.minimum(count(mine), count(theirs)) >= LEAST_IN_CELL
    held = count(a.points[pairs[:, 0]]) > 0
    return float((both & held).sum() / max(1, both.sum())), len(pairs) / max(1, min(len(mine), len(theirs)))
