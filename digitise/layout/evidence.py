"""What stands round outlines: is each patch set off on all sides, is the ground of another colour, is it a drawn box?

All patches of a photo are looked at in one go: a crowded wall has over a thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from digitise.layout.inscriptions import lies_within

FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]
Places = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]

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
PAPER_STRENGTH = 0.08
"""Colour strength of ground that is drawn on: paper and boards in mixed light up to 0.06. Wood in a note's shadow is dark, not drawn."""
DARKER = 0.93
"""Lightness of the ground by that of white paper on it: walls and tables up to 0.88, paper on paper over 0.95."""
_PER_SIDE = 14
_SIBLING_FOREIGN = 0.5
"""Taken for a piece with sister pieces all round it, whose ground cannot be seen."""
_BATCH = 256
"""Patches looked at together: keeps the arrays in the processor's cache."""
_CELLS = 12


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
    raised: float
    """Ground of another colour or clearly darker, near and farther off: what white paper lies on."""
    rimmed: float
    """An edge runs along it: where drawings tear a note's patch, its rim is still seen."""


class Patches(NamedTuple):
    """Patches to be looked round."""

    corners: FloatArray
    """(n, 4, 2) px, in order round each."""
    colours: FloatArray
    """Their OKLab colours, (n, 3)."""
    blobs: Sequence[FloatArray | None]
    """For each the corners of the patch it was cut from, if any: sides that face its sisters are clear seams, and no ground."""
    beside: Sequence[FloatArray] = ()
    """For each the patches (k, 4, 2) near it that are no ground either; () for none at all."""


def gather_evidence(patches: Patches, lab: FloatArray, edges: FloatArray) -> list[Evidence]:
    """Look round patches. lab: OKLab picture (H, W, 3); edges: edge strength (H, W)."""
    found: list[Evidence] = []
    for i in range(0, len(patches.corners), _BATCH):
        part = slice(i, i + _BATCH)
        batch = Patches(patches.corners[part], patches.colours[part], patches.blobs[part], patches.beside[part])
        found.extend(_look_round(batch, lab, edges))
    return found


def _look_round(batch: Patches, lab: FloatArray, edges: FloatArray) -> list[Evidence]:
    patches, inside, blobs, beside = batch
    height, width = edges.shape
    points, normals, side = _walk(patches)
    reach = np.maximum(3.0, 0.04 * side)
    across = np.linspace(-1, 2, 10, dtype=np.float32)[:, None] * reach
    beyond = [np.maximum(least, share * side) for least, share in ((5.0, 0.08), (9.0, 0.2), (14.0, 0.35))]
    offsets = np.concatenate([across, (4 + 2.5 * reach)[None], np.stack(beyond)])  # (14, n)
    q = points[None] + normals[None] * offsets[:, :, None, None]  # (14, n, points, 2)
    visible = (q[..., 0] >= 0) & (q[..., 1] >= 0) & (q[..., 0] < width) & (q[..., 1] < height)
    seen = visible[11]
    at = _to_places(q, width, height)
    colours = lab[at]

    edge = edges[at[0][:7], at[1][:7]].max(axis=0)
    delta = (colours[11] - inside[:, None]) * np.array([0.5, 2.0, 2.0], np.float32)
    apart = (edge > EDGE) | (np.linalg.norm(delta, axis=-1) > CONTRAST)

    light = inside[:, :1]
    tint = inside[:, 1:] / np.maximum(light, 0.05)
    strength = np.linalg.norm(tint, axis=1)[:, None]
    outside = colours[11:]
    change = np.linalg.norm(outside[..., 1:] / np.maximum(outside[..., :1], 0.05) - tint[:, None], axis=-1)
    bare = np.linalg.norm(outside[..., 1:], axis=-1) < PAPER_STRENGTH * np.maximum(outside[..., 0], 0.05)
    on_paper = (bare | (change < OWN_TINT))[0]
    drawn = (colours[:10, ..., 0].min(axis=0) < INK_DIP * np.minimum(light, colours[10, ..., 0])) & on_paper
    differs = (change > np.maximum(TINT_STEP, TINT_SHARE * strength)) | ~visible[11:]
    for i, others in enumerate(beside):
        for other in others:
            differs[1:, i] |= lies_within(other, q[12:, i])
    foreign = differs.all(axis=0)
    raised = (differs | (outside[..., 0] < DARKER * light)).all(axis=0)
    facing = seen.copy()
    for i, blob in enumerate(blobs):
        if blob is not None:
            facing[i] &= ~lies_within(blob, q[11, i])
    apart |= ~facing & seen
    body = lab[_spread(patches, width, height)]
    distance = np.linalg.norm(body[..., 1:] / np.maximum(body[..., :1], 0.05) - tint[:, None], axis=-1)
    own = distance < np.maximum(OWN_TINT, OWN_SHARE * strength)
    return [
        Evidence(*(float(v) for v in values)) if any_seen else Evidence(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for any_seen, *values in zip(
            seen.any(axis=1),
            _share(apart, seen),
            _share(foreign, facing, _SIBLING_FOREIGN),
            own.mean(axis=1),
            _share(drawn, seen),
            _share(raised, seen),
            _share(edge > EDGE, seen),
            strict=True,
        )
    ]


def _share(true: BoolArray, among: BoolArray, otherwise: float = 0.0) -> FloatArray:
    """Share of each row's places that is true; otherwise where it has none."""
    count = among.sum(axis=1)
    return cast(FloatArray, np.where(count > 0, (true & among).sum(axis=1) / np.maximum(count, 1), otherwise))


def _walk(patches: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points along the outlines (n, p, 2), outward unit normals (n, p, 2), and the shorter sides in px (n,)."""
    start, end = np.roll(patches, 1, axis=1), patches
    along = np.linspace(0.08, 0.92, _PER_SIDE, dtype=np.float32)[:, None]
    step = end - start
    points = start[:, :, None] + along * step[:, :, None]
    lengths = np.maximum(np.hypot(step[..., 0], step[..., 1]), 1e-6)
    normals = np.stack([step[..., 1], -step[..., 0]], axis=-1) / lengths[..., None]
    outward = ((start - patches.mean(axis=1, keepdims=True)) * normals).sum(axis=-1) > 0
    normals = np.where(outward[..., None], normals, -normals)
    side = np.minimum(lengths[:, 0] + lengths[:, 2], lengths[:, 1] + lengths[:, 3]) / 2
    n = len(patches)
    return points.reshape(n, -1, 2), cast(FloatArray, np.repeat(normals, _PER_SIDE, axis=1)), cast(FloatArray, side)


def _spread(patches: FloatArray, width: int, height: int) -> Places:
    """Rows and columns of places spread over quadrilaterals, each (n, _CELLS squared)."""
    u, v = (g.reshape(-1, 1) for g in np.meshgrid(*(np.linspace(0.06, 0.94, _CELLS, dtype=np.float32),) * 2))
    top, low = (patches[:, None, i] * (1 - u) + patches[:, None, j] * u for i, j in ((0, 1), (3, 2)))
    return _to_places((top * (1 - v) + low * v).astype(np.float32), width, height)


def _to_places(points: FloatArray, width: int, height: int) -> Places:
    x, y = points[..., 0].astype(np.intp), points[..., 1].astype(np.intp)
    return np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
