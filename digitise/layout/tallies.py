"""Tallies: strokes side by side, each fifth drawn across four. Pure geometry; where the strokes come from is marks.py's business."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float64]

GATE = 4
"""Strokes that are crossed by the fifth."""
ALIKE = 1.6
"""Strokes of one tally differ in length by less than this factor."""
CLOSE = 0.75
"""Gap between neighbouring strokes of one tally, in stroke lengths; a gate counts for GATE_WIDTH of them."""
GATE_WIDTH = 3.0
"""How far a gate's middle stands from its neighbours, beside a stroke's one: gates are about as wide as high, and a hand leaves room."""
PARALLEL = math.radians(20)
"""Strokes of one tally lean alike; rays and the marks of a dial do not."""
LEVEL = 0.45
"""Neighbouring strokes' middles are at most so far from one level, in stroke lengths."""

EACH_END = 0.06
"""Share of a gate's rows in which all four strokes stand apart, at least, above and below its middle."""
WHOLE = 0.93
"""Share of a stroke's height at which there is ink."""
THIN = 0.07
"""Half the width of what crosses, by its length."""


class Stroke(NamedTuple):
    """A straight stroke, its upper end first for upright ones; px."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def length(self) -> float:
        return math.hypot(self.x1 - self.x0, self.y1 - self.y0)

    @property
    def middle(self) -> tuple[float, float]:
        return ((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)


def group_strokes(strokes: Sequence[Stroke], worths: Sequence[int]) -> list[list[int]]:
    """Indices of the strokes and gates of each tally, left to right; what stands alone is a group of one."""
    order = sorted(range(len(strokes)), key=lambda i: strokes[i].middle[0])
    groups: list[list[int]] = []
    for i in order:
        best = next(
            (g for g in reversed(groups) if _are_parallel(strokes[g[0]], strokes[i]) and _are_neighbours(strokes, worths, g[-1], i)), None
        )
        if best is None:
            groups.append([i])
        else:
            best.append(i)
    return groups


def _are_parallel(a: Stroke, b: Stroke) -> bool:
    (ax, ay), (bx, by) = ((s.x1 - s.x0, s.y1 - s.y0) for s in (a, b))
    return abs(math.atan2(ax * by - ay * bx, ax * bx + ay * by)) <= PARALLEL


def _are_neighbours(strokes: Sequence[Stroke], worths: Sequence[int], left: int, right: int) -> bool:
    a, b = strokes[left], strokes[right]
    shorter, longer = sorted((a.length, b.length))
    if longer > ALIKE * max(1e-6, shorter):
        return False
    (ax, ay), (bx, by) = a.middle, b.middle
    # a gate is known by its middle; half of it lies between there and its neighbour
    room = CLOSE * longer * sum(1.0 if worths[i] == 1 else GATE_WIDTH for i in (left, right)) / 2
    return 0 < bx - ax <= room + 0.02 * longer and abs(by - ay) <= LEVEL * longer


def read_gate(shape: Mask) -> Stroke | None:
    """The middle of a gate of four upright strokes and one across, as one piece of ink, or None.

    shape: (h, w) uint8, 1 in the piece. Four strokes show as four runs of ink in rows near the top and near the bottom, a diagonal as a
    fifth one at either end; through these places go four straight strokes, and what is left is one stroke across them.
    """
    height, width = shape.shape
    if height < 10 or not 0.45 <= width / height <= 3.0:
        return None
    places = {y: _four(_runs(shape[y])) for y in range(height)}
    found = {y: p for y, p in places.items() if p is not None}
    least = max(2, EACH_END * height)
    if sum(y < height / 2 for y in found) < least or sum(y >= height / 2 for y in found) < least:
        return None
    slopes, starts = np.polyfit(list(found), np.asarray(list(found.values())), 1)
    upper, lower = starts, starts + slopes * (height - 1)
    if not _is_even(upper) or not _is_even(lower) or abs(float(np.mean(slopes))) > 0.6 or np.ptp(slopes) > 0.35:
        return None
    rest = _without_strokes(shape, upper, lower)
    if rest is None or not _is_straight(rest):
        return None
    return Stroke(float(np.mean(upper)), 0.0, float(np.mean(lower)), float(height))


def _without_strokes(shape: Mask, upper: FloatArray, lower: FloatArray) -> FloatArray | None:
    """What is left of a gate, (n, 2) as x, y, without its four upright strokes; None where one of them is broken."""
    height, width = shape.shape
    ys = np.arange(height)
    half = max(1.0, 0.5 * float(np.quantile([w for y in range(height) for _, w in _runs(shape[y])], 0.25)))
    rest = shape.astype(bool)
    for top, bottom in zip(upper, lower, strict=True):
        xs = top + (bottom - top) * ys / (height - 1)
        near = np.abs(np.arange(width)[None, :] - xs[:, None]) <= half + 1
        inked = (near & (shape > 0)).any(axis=1)
        if inked[round(0.12 * height) : round(0.88 * height)].mean() < WHOLE:
            return None
        rest &= ~near
    return np.argwhere(rest)[:, ::-1].astype(float)


def _is_straight(points: FloatArray) -> bool:
    """Whether points lie on one straight stroke: across, and no letters' curves."""
    if len(points) < 4:
        return False
    offset = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(offset, full_matrices=False)
    along, off = offset @ axes[0], np.abs(offset @ axes[1])
    return bool(np.quantile(off, 0.9) <= max(1.5, THIN * float(np.ptp(along))) and abs(axes[0][0]) > 0.5)


def _runs(row: npt.NDArray[np.uint8]) -> list[tuple[float, int]]:
    """Middle and width of each run of ink in a row of pixels."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]])))
    return [((a + b - 1) / 2, int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _four(runs: Sequence[tuple[float, int]]) -> list[float] | None:
    """Where four strokes stand in a row of pixels. With a fifth run, the one at an end that breaks the rhythm is left out."""
    places = [p for p, _ in runs]
    if len(places) == GATE + 1:
        places = min((places[1:], places[:-1]), key=lambda p: float(np.std(np.diff(p))))
    return places if len(places) == GATE else None


def _is_even(places: FloatArray) -> bool:
    gaps = np.diff(places)
    return bool(gaps.min() > 1 and gaps.max() <= 2.6 * gaps.min())
