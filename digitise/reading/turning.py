"""Photos that lie on their side or on their head: turned as a whole before their lines are found for good.

Found lines are tried in every direction one by one, but the detector was trained on upright pages: it ties and breaks lines of turned
ones, and short words read fine upside down. Where most of what was read stands the same other way, the photo is turned that way first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray
from digitise.reading.curves import Curve
from digitise.reading.looks import Look

RgbArray = npt.NDArray[np.uint8]

MOST = 0.6
"""Share of the reading (by evidence) that must stand the same other way. A wall with a few turned notes stays as it is."""
LEAST_EVIDENCE = 4.0
"""About eight sure characters; less tells no direction."""


def find_turn(looks: Sequence[Look], weights: Sequence[float]) -> int:
    """Quarters of a turn, counter-clockwise, after which the photo stands upright: 0 to 3. weights: evidence of each look."""
    totals = np.zeros(4)
    for look, weight in zip(looks, weights, strict=True):
        dx, dy = look.corners[1] - look.corners[0]
        # writing that runs down the page is upright after a quarter counter-clockwise
        totals[round(float(np.arctan2(dy, dx)) / (np.pi / 2)) % 4] += max(0.0, weight)
    best = int(totals.argmax())
    return best if totals.sum() >= LEAST_EVIDENCE and totals[best] >= MOST * totals.sum() else 0


def turn_photo(rgb: RgbArray, quarters: int) -> RgbArray:
    """The photo turned counter-clockwise, C-contiguous."""
    return np.ascontiguousarray(np.rot90(rgb, quarters))


def turn_back(look: Look, quarters: int, shape: tuple[int, ...]) -> Look:
    """A look at a turned photo -> px of the photo itself; shape: of the photo itself, (H, W, …)."""
    curve = look.curve
    if curve is not None:
        curve = Curve(turn_points_back(curve.points, quarters, shape), curve.height)
    return look._replace(corners=turn_points_back(look.corners, quarters, shape), curve=curve)


def turn_points_back(points: FloatArray, quarters: int, shape: tuple[int, ...]) -> FloatArray:
    """Points (n, 2) of a photo turned by turn_photo -> px of the photo itself."""
    height, width = shape[:2]
    x, y = points[:, 0], points[:, 1]
    return np.column_stack(((x, y), (width - y, x), (width - x, height - y), (y, height - x))[quarters % 4])
