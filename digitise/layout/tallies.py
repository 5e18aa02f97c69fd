"""Tallies: strokes side by side, each fifth drawn across four. Pure geometry; where the strokes come from is marks.py's business."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]

GATE = 4
"""Strokes that are crossed by the fifth."""
ALIKE = 1.6
"""Strokes of one tally differ in length by less than this factor."""
CLOSE = 0.75
"""Gap between neighbouring strokes of one tally, in stroke lengths; gates stand up to twice as far apart."""
LEVEL = 0.45
"""Neighbouring strokes' middles are at most so far from one level, in stroke lengths."""

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
        best = next((g for g in reversed(groups) if _are_neighbours(strokes, worths, g[-1], i)), None)
        if best is None:
            groups.append([i])
        else:
            best.append(i)
    return groups


def _are_neighbours(strokes: Sequence[Stroke], worths: Sequence[int], left: int, right: int) -> bool:
    a, b = strokes[left], strokes[right]
    shorter, longer = sorted((a.length, b.length))
    if longer > ALIKE * max(1e-6, shorter):
        return False
    (ax, ay), (bx, by) = a.middle, b.middle
    # a gate is known by its middle; half of it lies between there and its neighbour
    room = CLOSE * longer * sum(1.0 if worths[i] == 1 else 1.8 for i in (left, right)) / 2
    return 0 < bx - ax <= room + 0.02 * longer and abs(by - ay) <= LEVEL * longer


def read_gate(shape: Mask) -> Stroke | None:
    """The middle of a gate of four upright strokes and one across, as one piece of ink, or None.

    shape: (h, w) uint8, 1 in the piece. Four strokes show as four runs of ink near the top and near the bottom, in the same places;
    between, something joins them all. A diagonal may show as a fifth run at either end.
    """
    height, width = shape.shape
    if height < 10 or not 0.45 <= width / height <= 3.0:
        return None
    rows = [_runs(shape[y]) for y in range(height)]
    upper = _usual([r for r in rows[round(0.12 * height) : round(0.38 * height)] if len(r) in (GATE, GATE + 1)], round(0.26 * height))
    lower = _usual([r for r in rows[round(0.62 * height) : round(0.88 * height)] if len(r) in (GATE, GATE + 1)], round(0.26 * height))
    if upper is None or lower is None or not _is_even(upper) or not _is_even(lower):
        return None
    shift = float(np.mean(lower) - np.mean(upper))
    if abs(shift) > 0.6 * height or np.abs(np.asarray(lower) - shift - np.asarray(upper)).max() > 0.35 * width / GATE:
        return None
    rest = _without_strokes(shape, upper, lower)
    if rest is None or not _is_straight(rest):
        return None
    x = (float(np.mean(upper)) + float(np.mean(lower))) / 2
    return Stroke(x - shift, 0.0, x + shift, float(height))


def _without_strokes(shape: Mask, upper: Sequence[float], lower: Sequence[float]) -> npt.NDArray[np.float64] | None:
    """What is left of a gate, (n, 2) as x, y, without its four upright strokes; None where one of them is broken."""
    height, width = shape.shape
    ys = np.arange(height)
    half = max(1.5, 0.5 * float(np.median([w for y in range(height) for _, w in _runs(shape[y])])))
    rest = shape.astype(bool)
    for top, bottom in zip(upper, lower, strict=True):
        xs = top + (bottom - top) * (ys / height - 0.25) / 0.5
        near = np.abs(np.arange(width)[None, :] - xs[:, None]) <= 1.3 * half + 1
        inked = (near & (shape > 0)).any(axis=1)
        if inked[round(0.12 * height) : round(0.88 * height)].mean() < WHOLE:
            return None
        rest &= ~near
    return np.argwhere(rest)[:, ::-1].astype(float)


def _is_straight(points: npt.NDArray[np.float64]) -> bool:
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


def _usual(rows: Sequence[Sequence[tuple[float, int]]], of: int) -> list[float] | None:
    """Where four runs stand in most of some rows, or None. With a fifth run, the one at an end that breaks the rhythm is left out."""
    fours = []
    for row in rows:
        places = [p for p, _ in row]
        if len(places) > GATE:
            places = min((places[1:], places[:-1]), key=lambda p: float(np.std(np.diff(p))))
        fours.append(places)
    if len(fours) < max(2, 0.5 * of):
        return None
    return [float(v) for v in np.median(np.asarray(fours), axis=0)]


def _is_even(places: Sequence[float]) -> bool:
    gaps = np.diff(places)
    return bool(gaps.min() > 1 and gaps.max() <= 2.6 * gaps.min())
