"""What lines of writing say about patches of colour: paper carries its lines whole; a letter's fill is crossed by its line.

A note holds the lines written on it. A line that runs on beyond a patch makes the patch a part of something: of a larger
note, of a letter filled with marker. Text recognition also joins lines of neighbours; such lines are cut first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

HELD, TOUCHED = 0.8, 0.2
"""Share of a line's length inside a patch from which the patch holds it, and from which they meet: boxes of lines are some
pixels too long."""
TALLER = 1.6
"""A note is at least this much taller than a line that it shares with its neighbour; a filled letter is as tall as its line."""
_STEPS, _CELLS = 21, 8


class Inscription(NamedTuple):
    """The writing on one patch."""

    held: int = 0
    """Lines that lie in it."""
    crossing: int = 0
    """Lines that run across its edge."""
    span: float = 0.0
    """Longest line held, by the patch's longer side."""
    covered: float = 0.0
    """Share of its area under lines that run on beyond it."""


def read_inscriptions(patches: FloatArray, lines: FloatArray) -> list[Inscription]:
    """The writing on each patch. patches: corners (n, 4, 2); lines: corners (m, 4, 2) from the first letter's top on; px."""
    if not len(lines) or not len(patches):
        return [Inscription()] * len(patches)
    along, lengths = _walk_lines(lines)
    low, high = lines.min(axis=1), lines.max(axis=1)
    meets = ((low[None] < patches.max(axis=1)[:, None]) & (high[None] > patches.min(axis=1)[:, None])).all(axis=2)
    return [
        _read(patch, lines[near], along[near], lengths[near]) if near.any() else Inscription()
        for patch, near in zip(patches, meets, strict=True)
    ]


def cut_joined_lines(lines: FloatArray, notes: FloatArray, ids: Sequence[int]) -> FloatArray:
    """The lines, (m', 4, 2), those that join neighbouring notes cut into one piece for each.

    notes: corners (n, 4, 2) of sure notes; ids: two notes with different ids are surely two even if nothing lies between them.
    """
    if not len(lines) or len(notes) < 2:
        return lines
    along, _ = _walk_lines(lines)
    heights = np.linalg.norm(lines[:, 3] - lines[:, 0], axis=1)
    sides = np.sqrt(np.linalg.norm(notes[:, 1] - notes[:, 0], axis=1) * np.linalg.norm(notes[:, 2] - notes[:, 1], axis=1))
    low, high = notes.min(axis=1), notes.max(axis=1)
    pieces: list[FloatArray] = []
    for line, points, height in zip(lines, along, heights, strict=True):
        near = (low < points.max(axis=0)).all(axis=1) & (high > points.min(axis=0)).all(axis=1) & (sides > TALLER * height)
        on = [(int(i), inside) for i in np.flatnonzero(near) if (inside := lies_within(notes[i], points)).mean() >= TOUCHED]
        taken = np.zeros(len(points), np.int32)
        for _, inside in on:
            taken += inside
        apart = len(on) > 1 and (len({ids[i] for i, _ in on}) > 1 or _has_gap(taken > 0))
        pieces.extend(_cut(line, inside) for _, inside in on) if apart else pieces.append(line)
    return np.stack(pieces)


def lies_within(patch: FloatArray, points: FloatArray) -> BoolArray:
    """Which points (..., 2) lie in a convex quadrilateral (4, 2)."""
    step = np.roll(patch, -1, axis=0) - patch
    rel = points[..., None, :] - patch
    turn = step[:, 0] * rel[..., 1] - step[:, 1] * rel[..., 0]
    return cast(BoolArray, (turn >= 0).all(axis=-1) | (turn <= 0).all(axis=-1))


def _walk_lines(lines: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points along each line's middle (m, _STEPS, 2) and its length (m,)."""
    start, end = (lines[:, 0] + lines[:, 3]) / 2, (lines[:, 1] + lines[:, 2]) / 2
    at = np.linspace(0.05, 0.95, _STEPS, dtype=np.float32)[None, :, None]
    points = start[:, None] + at * (end - start)[:, None]
    return points.astype(np.float32), cast(FloatArray, np.linalg.norm(end - start, axis=1))


def _read(patch: FloatArray, lines: FloatArray, along: FloatArray, lengths: FloatArray) -> Inscription:
    share = lies_within(patch, along).mean(axis=1)
    held, crossing = share >= HELD, (share >= TOUCHED) & (share < HELD)
    sides = np.linalg.norm(patch - np.roll(patch, 1, axis=0), axis=1)
    longer = max(float(sides[0] + sides[2]), float(sides[1] + sides[3]), 2.0) / 2
    beyond = lines[~held & (share > 0)]
    covered = 0.0
    if len(beyond):
        u, v = (g.reshape(-1, 1) for g in np.meshgrid(*(np.linspace(0.06, 0.94, _CELLS, dtype=np.float32),) * 2))
        cells = (patch[0] * (1 - u) + patch[1] * u) * (1 - v) + (patch[3] * (1 - u) + patch[2] * u) * v
        covered = float(np.any([lies_within(line, cells) for line in beyond], axis=0).mean())
    return Inscription(int(held.sum()), int(crossing.sum()), float(lengths[held].max() / longer) if held.any() else 0.0, covered)


def _has_gap(taken: BoolArray) -> bool:
    """Is there a stretch of the line between its notes that lies on none?"""
    at = np.flatnonzero(taken)
    return bool((~taken[at[0] : at[-1]]).any())


def _cut(line: FloatArray, inside: BoolArray) -> FloatArray:
    at = np.flatnonzero(inside)
    u = np.array([at[0], at[-1]], np.float32) / (len(inside) - 1) * 0.9 + 0.05
    top, bottom = (a + u[:, None] * (b - a) for a, b in ((line[0], line[1]), (line[3], line[2])))
    return np.stack([top[0], top[1], bottom[1], bottom[0]]).astype(np.float32)
