"""What stands round an outline: is the patch set off on all sides, is the ground of another colour, is it a drawn box?"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

EDGE = 2.0
"""Edge strength (CIE Lab units per px) that sets a note off: seams between touching notes measure 2-5, paper grain under 1.5."""
CONTRAST = 0.08
"""Weighted OKLab distance that sets a note off without a sharp edge (blurred photos)."""
TINT_STEP, TINT_SHARE = 0.025, 0.3
"""A ground is foreign if its shading-free colour differs by this much, and by this share of the note's own strength:
wood grain varies by 0.03 about its own 0.15, a board differs from the palest pad by 0.03."""
OWN_TINT, OWN_SHARE = 0.03, 0.35
"""Shading-free colour distance within which a place belongs to the patch."""
INK_DIP = 0.6
"""A line is drawn where lightness dips below this fraction of both its sides; shadows keep 0.65 and more."""
DARKER = 0.9
"""Lightness of the ground by that of white paper on it: walls and tables up to 0.88, paper on paper over 0.95."""
_PER_SIDE = 14
_SIBLING_FOREIGN = 0.5
"""Taken for a piece with sister pieces all round it, whose ground cannot be seen."""


class Evidence(NamedTuple):
    """All shares of the outline that lies inside the photo, 0..1."""

    apart: float
    """Set off by an edge, or by another colour outside."""
    foreign: float
    """Another colour outside, near and farther off: what a letter's hole or a drawn box on paper does not have."""
    filled: float
    """Share of the patch itself that has its colour; the rest is writing, or paper between coloured letters."""
    drawn: float
    """A dark line between two lighter sides."""
    raised: float = 0.0
    """Ground of another colour or clearly darker, near and farther off: what white paper lies on."""


def gather_evidence(
    corners: FloatArray, inside: FloatArray, lab: FloatArray, edges: FloatArray, *, blob: FloatArray | None = None
) -> Evidence:
    """Look round a patch.

    corners: (4, 2) px in order round it; inside: its OKLab colour (3,); lab: OKLab picture (H, W, 3); edges: edge
    strength (H, W); blob: corners of the patch it was cut from, if any: sides that face its sisters are
    clear seams and say nothing about the ground.
    """
    height, width = edges.shape
    points, normals, side = _walk(corners)
    reach = max(3.0, 0.04 * side)
    across = np.linspace(-reach, 2 * reach, 10)
    beyond = (max(5.0, 0.08 * side), max(9.0, 0.2 * side), max(14.0, 0.35 * side))
    offsets = np.array([*across, 4 + 2.5 * reach, *beyond], np.float32)
    q = points[None] + normals[None] * offsets[:, None, None]
    x, y = q[..., 0], q[..., 1]
    visible = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    seen = visible[11]
    if not seen.any():
        return Evidence(0.0, 0.0, 0.0, 0.0)
    xs, ys = np.clip(x.astype(np.intp), 0, width - 1), np.clip(y.astype(np.intp), 0, height - 1)
    colours = lab[ys, xs]

    edge = edges[ys[:7], xs[:7]].max(axis=0)
    delta = (colours[11] - inside) * np.array([0.5, 2.0, 2.0], np.float32)
    apart = (edge > EDGE) | (np.linalg.norm(delta, axis=1) > CONTRAST)

    drawn = colours[:10, :, 0].min(axis=0) < INK_DIP * np.minimum(inside[0], colours[10, :, 0])

    tint = inside[1:] / max(float(inside[0]), 0.05)
    strength = float(np.hypot(tint[0], tint[1]))
    step = max(TINT_STEP, TINT_SHARE * strength)
    change = np.linalg.norm(colours[11:, :, 1:] / np.maximum(colours[11:, :, :1], 0.05) - tint, axis=2)
    foreign = ((change > step) | ~visible[11:]).all(axis=0)
    raised = ((change > step) | (colours[11:, :, 0] < DARKER * inside[0]) | ~visible[11:]).all(axis=0)
    facing = seen if blob is None else seen & ~_within(blob, q[11])
    ground = float(foreign[facing].mean()) if facing.any() else _SIBLING_FOREIGN
    apart |= ~facing & seen
    body = lab[_grid(corners, width, height)]
    own = np.linalg.norm(body[:, 1:] / np.maximum(body[:, :1], 0.05) - tint, axis=1) < max(OWN_TINT, OWN_SHARE * strength)
    return Evidence(float(apart[seen].mean()), ground, float(own.mean()), float(drawn[seen].mean()), float(raised[seen].mean()))


def _walk(corners: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Points along the outline (n, 2), outward unit normals (n, 2), and the shorter side in px."""
    start, end = np.roll(corners, 1, axis=0), corners
    along = np.linspace(0.08, 0.92, _PER_SIDE, dtype=np.float32)[None, :, None]
    points = start[:, None] + along * (end - start)[:, None]
    step = end - start
    lengths = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)
    normals = np.stack([step[:, 1], -step[:, 0]], axis=1) / lengths[:, None]
    outward = ((start - corners.mean(axis=0)) * normals).sum(axis=1) > 0
    normals = np.where(outward[:, None], normals, -normals)
    side = float(min(lengths[0] + lengths[2], lengths[1] + lengths[3]) / 2)
    return cast(FloatArray, points.reshape(-1, 2)), cast(FloatArray, np.repeat(normals, _PER_SIDE, axis=0).astype(np.float32)), side


def _grid(corners: FloatArray, width: int, height: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows and columns of 12 x 12 places spread over a quadrilateral."""
    u, v = (g.reshape(-1, 1) for g in np.meshgrid(*(np.linspace(0.06, 0.94, 12, dtype=np.float32),) * 2))
    top = corners[0] * (1 - u) + corners[1] * u
    p = top * (1 - v) + (corners[3] * (1 - u) + corners[2] * u) * v
    return np.clip(p[:, 1], 0, height - 1).astype(np.intp), np.clip(p[:, 0], 0, width - 1).astype(np.intp)


def _within(corners: FloatArray, points: FloatArray) -> npt.NDArray[np.bool_]:
    """Which points lie inside a convex quadrilateral."""
    step = np.roll(corners, -1, axis=0) - corners
    rel = points[:, None] - corners[None]
    turn = step[None, :, 0] * rel[..., 1] - step[None, :, 1] * rel[..., 0]
    return cast(npt.NDArray[np.bool_], (turn >= 0).all(axis=1) | (turn <= 0).all(axis=1))
