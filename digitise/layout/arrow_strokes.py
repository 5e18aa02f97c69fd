"""Whether a piece of ink is an arrow: one stroke, the longest of all shortest ways along its ink, with a head at one end.

Near a head the ink spreads to both sides, and it is widest behind the tip.
"""

from __future__ import annotations

import math
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

SLENDER = 6.0
"""An arrow is so many times as long as its pen is wide."""
STRAIGHT, UNSTEADY = 0.7, 0.015
"""From end to end it is this share of the length of its stroke, which strays at most this share of it from a curve that bends once."""
BESIDE_WAY_PX = 9
"""The shortest way along a stroke keeps to its inner edges, so its middle is sought as far to both sides as this reaches."""
HEAD_SHARE = 0.4
HEAD_PENS, HEAD_HEIGHTS = 9.0, 1.3
"""A head is at most this share of its arrow's length, and at most so many times its pen's width or a letter's height long."""
WIDE_HEAD = 3.0
"""A head is at least so many pen widths across."""
CROOKED = 0.4
"""The stroke runs straight to the tip: it is off by this share of the head's depth at most."""
UNEVEN = 0.3
"""The shorter barb reaches out this share of the longer one at least."""
POINTED = 0.35
"""A head is widest behind its tip by this share of a barb's reach: the bar at the end of a T is not."""
BLUNT = 3.5
"""Its depth is at most so many times the longer barb's reach."""
MOST_BESIDE = 0.06
"""Share of the ink behind the head that may lie off the stroke."""

FloatArray = npt.NDArray[np.float64]


class Arrow(NamedTuple):
    """One arrow, px of the picture in which it was read."""

    way: FloatArray
    """(n, 2): pixels from its tail to its head, x and y."""
    tip: FloatArray
    heading: FloatArray
    """Unit vector in which it points."""
    leaving: FloatArray
    """Unit vector in which it leaves its tail."""
    length: float
    pen: float
    """Width of its stroke."""


def read_arrow(piece: npt.NDArray[np.bool_], usual: float) -> Arrow | None:
    """The arrow that a connected piece of ink (h, w) is, or None. usual: letter height, px."""
    pixels, way, length = _longest_way(piece)
    depth = cv2.distanceTransform(np.pad(piece, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    middle = way[len(way) // 4 : 3 * len(way) // 4].astype(int)
    if len(middle) < 6:
        return None
    inmost = cv2.dilate(depth, np.ones((BESIDE_WAY_PX, BESIDE_WAY_PX), np.uint8))
    pen = 2 * float(np.median(inmost[middle[:, 1], middle[:, 0]]))
    if length < SLENDER * pen:
        return None
    if np.linalg.norm(way[-1] - way[0]) < STRAIGHT * length or _unevenness(way) > max(UNSTEADY * length, pen):
        return None
    heads = [(*found, one) for one in (way, way[::-1]) if (found := _find_head(pixels, one, pen, length, usual)) is not None]
    if not heads:
        return None
    _, tip, heading, one = max(heads, key=lambda head: head[0])
    return Arrow(one, tip, heading, _direction(one[0], one[len(one) // 4]), length, pen)


def _longest_way(piece: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray, float]:
    """The piece's pixels, those of the longest of all shortest ways along them, and its length.

    Its ends are found as those of a tree are: what is farthest from any pixel, and what is farthest from that.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow import, needed only here
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415 - the same

    ys, xs = np.nonzero(piece)
    number = np.full((piece.shape[0] + 2, piece.shape[1] + 2), -1)
    number[ys + 1, xs + 1] = np.arange(len(xs))
    starts, stops, steps = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        near = number[ys + 1 + down, xs + 1 + right]
        starts.append(np.flatnonzero(near >= 0))
        stops.append(near[near >= 0])
        steps.append(np.full(len(stops[-1]), math.hypot(down, right)))
    joined = coo_array((np.concatenate(steps), (np.concatenate(starts), np.concatenate(stops))), shape=(len(xs), len(xs))).tocsr()
    first = int(np.argmax(dijkstra(joined, directed=False, indices=0)))
    away, before = dijkstra(joined, directed=False, indices=first, return_predecessors=True)
    here = int(np.argmax(away))
    length, chain = float(away[here]), [here]
    while chain[-1] != first:
        chain.append(int(before[chain[-1]]))
    pixels = np.stack([xs, ys], axis=1).astype(np.float64)
    return pixels, pixels[chain], length


def _unevenness(way: FloatArray) -> float:
    """How far the middle of a way, where no head is, strays from a curve that bends once and evenly: root mean square, px."""
    middle = way[len(way) // 10 : 9 * len(way) // 10]
    at = np.linspace(-1, 1, len(middle))
    smooth = np.polynomial.polynomial.polyval(at, np.polynomial.polynomial.polyfit(at, middle, 2)).T
    return float(np.sqrt(np.mean(np.sum((middle - smooth) ** 2, axis=1))))


def _direction(start: FloatArray, end: FloatArray) -> FloatArray:
    return (end - start) / max(1e-6, float(np.linalg.norm(end - start)))


def _find_head(pixels: FloatArray, way: FloatArray, pen: float, length: float, usual: float) -> tuple[float, FloatArray, FloatArray] | None:
    """How far the shorter barb reaches out in pen widths, the tip and the direction, where `way` ends in an arrowhead."""
    room = min(HEAD_SHARE * length, max(HEAD_PENS * pen, HEAD_HEIGHTS * usual))
    near = pixels[np.linalg.norm(pixels - way[-1], axis=1) <= room]
    tip, ahead, straight = _aim(near, way, pen)
    back, aside = (tip - near) @ ahead, (near - tip) @ np.array([-ahead[1], ahead[0]])
    left, right = float(aside.max()), float(-aside.min())
    short, long = min(left, right), max(left, right)
    at = (float(back[np.argmax(aside)]), float(back[np.argmin(aside)]))
    deep = max(at)
    broad = left + right >= WIDE_HEAD * pen and short >= max(UNEVEN * long, 1.2 * pen)
    pointed = min(at) >= POINTED * short and deep <= BLUNT * long and length >= 1.6 * deep + 2 * pen
    if not (straight and broad and pointed and _is_bare(pixels, way, tip, 1.25 * math.hypot(deep, long) + pen, pen)):
        return None
    behind, beside = (tip - pixels) @ ahead, np.abs((pixels - tip) @ np.array([-ahead[1], ahead[0]]))
    neck = beside[(behind > deep + 1.5 * pen) & (behind < deep + max(3 * pen, length / 4))]
    return (short / pen, tip, ahead) if len(neck) >= 2 * pen and np.median(neck) <= 1.6 * pen + 0.2 * deep else None


def _aim(near: FloatArray, way: FloatArray, pen: float) -> tuple[FloatArray, FloatArray, bool]:
    """Tip of a head, the direction in which it points, and whether the stroke runs straight to it. near: pixels about the way's end.

    The tip is what lies farthest ahead: first in the direction of the whole stroke, then in that which a bent one has at its end.
    """
    ahead = _direction(way[int(0.45 * len(way))], way[int(0.72 * len(way))])
    tip = _farthest(near, ahead)
    aside, back = (near - tip) @ np.array([-ahead[1], ahead[0]]), (tip - near) @ ahead
    deep = float(max(back[np.argmax(aside)], back[np.argmin(aside)]))
    gaps = np.linalg.norm(way - tip, axis=1)
    start = int(np.argmin(np.abs(gaps[: int(0.8 * len(way))] - 2.0 * deep)))
    ahead = _direction(way[start], tip)
    tip = _farthest(near, ahead)
    off = np.abs((way[start : int(np.argmin(gaps))] - tip) @ np.array([-ahead[1], ahead[0]])).max(initial=0.0)
    inked = float(np.linalg.norm(near - tip, axis=1).min()) <= pen / 2 + 2 and float(gaps.min()) <= deep
    return tip, ahead, inked and off <= max(pen, CROOKED * deep)


def _farthest(pixels: FloatArray, ahead: FloatArray) -> FloatArray:
    forward = pixels @ ahead
    return cast(FloatArray, pixels[forward >= forward.max() - 1.5].mean(axis=0))


def _is_bare(pixels: FloatArray, way: FloatArray, tip: FloatArray, head: float, pen: float) -> bool:
    """Whether there is little beside the stroke, farther than `head` from the tip."""
    beyond = pixels[np.linalg.norm(pixels - tip, axis=1) > head]
    return len(beyond) > 0 and float(np.mean(_off(beyond, way) > 1.2 * pen)) <= MOST_BESIDE


def _off(pixels: FloatArray, way: FloatArray) -> FloatArray:
    """Distance of pixels from the nearest one of a way."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - slow import, needed only here

    return cast(FloatArray, cKDTree(way).query(pixels)[0])
