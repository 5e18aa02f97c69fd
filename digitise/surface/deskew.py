"""The way the writing runs: one angle from the quads of text lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from digitise.geometry import FloatArray, quad_angle, quad_size
from digitise.model import Quad

LEAST_LINES = 3
"""Fewer lines say nothing about a whole picture."""
QUARTER_SHARE = 0.7
"""Share of the writing (by length) that must run one way before a picture is turned by 90 or 180 degrees: some notes may hang sideways."""
LONGER = 1.5
"""Only lines at least this many times as long as high have a direction worth trusting."""
LEAST_DEG, MOST_DEG = 0.4, 15.0
"""A smaller slant is not seen; a larger one is how somebody writes or how stickies hang, not how the camera was held."""
SPREAD_DEG = 4.0
"""Half of the writing must lie this close to the median, else there is no common slant."""


def deskew(line_quads: Sequence[Quad]) -> float:
    """Direction of the writing in degrees, in (-180, 180], positive clockwise; 0.0 when unsure.

    line_quads: corners of text lines in their direction of reading. `rotate` with this angle makes the writing upright.
    """
    sizes = [quad_size(q) for q in line_quads]
    chosen = [(quad_angle(q), w) for q, (w, h) in zip(line_quads, sizes, strict=True) if h > 0 and w >= LONGER * h]
    if len(chosen) < LEAST_LINES:
        return 0.0
    angle, weight = (np.asarray(v, float) for v in zip(*chosen, strict=True))
    weight = weight / weight.sum()
    quarter = 90.0 * _main_quarter(angle, weight)
    slant = (angle - quarter + 180) % 360 - 180
    near = np.abs(slant) <= 45
    if weight[near].sum() < 0.5:
        return 0.0
    median = weighted_median(slant[near], weight[near])
    spread = weighted_median(np.abs(slant[near] - median), weight[near])
    small = median if LEAST_DEG <= abs(median) <= MOST_DEG and spread <= SPREAD_DEG else 0.0
    return math.remainder(quarter + small, 360.0) if quarter != 180 or small else 180.0


def _main_quarter(angle: FloatArray, weight: FloatArray) -> int:
    """0, 1, 2 or 3: quarter turns clockwise in which most of the writing runs; 0 when no way plainly leads."""
    quarters = np.rint(angle / 90).astype(int) % 4
    share = np.bincount(quarters, weights=weight, minlength=4)
    best = int(share.argmax())
    enough = share[best] >= QUARTER_SHARE and np.count_nonzero(quarters == best) >= LEAST_LINES
    return best if enough else 0


def weighted_median(values: FloatArray, weight: FloatArray) -> float:
    """The value with half of the weight on each side."""
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
