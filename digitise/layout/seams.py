"""Splits a blob of touching notes of one colour along the straight seams between them.

Neighbours on a wall or table touch: a whole column of yellow notes is one yellow blob. What parts them is a straight
line, right across the blob, of faint shadow or of background. Writing makes strong edges too, but its strokes rise and fall:
the signed gradient along a true seam keeps its sign, along a line of writing it cancels out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]
BoxPx = tuple[int, int, int, int]
RotatedRect = tuple[tuple[float, float], tuple[float, float], float]

MIN_PIECE_PX = 18
"""Shortest side of a piece, in working pixels."""
SEAM = 0.65
"""Share of a chord that must be seam or gap for a cut there."""
EDGE = 0.5
"""Signed lightness step (percent per px, averaged over RUN_PX along the seam) that counts as seam. A note that hangs a
shade darker than its neighbour makes 0.6, a shadow line 1-4, noise of a phone photo under 0.3."""
RUN_PX = 9
"""Length over which a seam's gradient is averaged: noise and the strokes of letters cancel out."""
INK = 0.6
"""Pixels darker than this fraction of the blob's median lightness are ink: shadow seams keep 0.65-0.95 of it."""
TIDY = 0.65
"""Share of a blob that note-like pieces must cover for its pieces to be trusted in full: a coloured drawing falls
into crumbs."""
MAX_DEPTH = 7
SLACK_PX = 2
"""A seam may wander by this much from the straight line, in pixels to either side."""


class SeamPiece(NamedTuple):
    corners: FloatArray
    """Shape (4, 2), the picture's px."""
    fill: float
    """Share of the piece that the blob fills, 0..1."""
    strength: float
    """Strength of the weakest seam that parts it off, 0..1."""


class _Piece(NamedTuple):
    box: BoxPx
    strength: float
    last: bool
    """Not cut any further."""


class _Patch(NamedTuple):
    """A blob turned upright. All arrays (h, w)."""

    inside: npt.NDArray[np.bool_]
    ink: npt.NDArray[np.bool_]
    """Writing and its rim: its edges prove no seam."""
    across: FloatArray
    """Signed lightness gradient in x."""
    down: FloatArray
    """Signed lightness gradient in y."""


def split_at_seams(blob: Mask, light: FloatArray, origin: tuple[int, int], rect: RotatedRect) -> Iterator[SeamPiece]:
    """Pieces of a blob of touching notes.

    blob: 0/1 mask, a window at `origin` (x, y) of the picture; light: CIE lightness of the whole picture; rect: the
    blob's smallest rectangle (cv2 form). Pieces of every depth are given, the halves as well as the quarters.
    """
    centre, (width, height), angle = rect
    if angle > 45:
        angle, width, height = angle - 90, height, width
    w, h = max(1, round(width)), max(1, round(height))
    turn = cv2.getRotationMatrix2D(centre, angle, 1.0)
    turn[:, 2] += np.array([w / 2 - centre[0], h / 2 - centre[1]])
    plane = cv2.warpAffine(light, turn, (w, h), borderMode=cv2.BORDER_REPLICATE)
    shift = turn.copy()
    shift[:, 2] += turn[:, :2] @ np.array(origin, float)
    inside = cv2.warpAffine(blob, shift, (w, h), flags=cv2.INTER_NEAREST) > 0
    ink = cv2.dilate((plane < INK * np.median(plane[inside])).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0 if inside.any() else ~inside
    plane = cv2.GaussianBlur(plane, (0, 0), 0.8)
    patch = _Patch(
        inside,
        ink,
        cast(FloatArray, cv2.blur(cv2.Sobel(plane, cv2.CV_32F, 1, 0, scale=0.125), (1, RUN_PX))),
        cast(FloatArray, cv2.blur(cv2.Sobel(plane, cv2.CV_32F, 0, 1, scale=0.125), (RUN_PX, 1))),
    )
    back = cv2.invertAffineTransform(turn)
    pieces = list(_pieces(patch, (0, 0, w, h), 0, 1.0))
    whole = sum(_area(p.box) * float(_fill(inside, p.box)) for p in pieces if p.last)
    tidy = sum(_area(p.box) for p in pieces if p.last and _is_note_like(inside, p.box))
    trust = min(1.0, tidy / max(whole, 1.0) / TIDY)
    for (x0, y0, x1, y1), strength, _ in pieces:
        box = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
        corners = (box @ back[:, :2].T + back[:, 2]).astype(np.float32)
        yield SeamPiece(corners, _fill(inside, (x0, y0, x1, y1)), strength * trust)


def _pieces(patch: _Patch, box: BoxPx, depth: int, strength: float) -> Iterator[_Piece]:
    box = _trim(patch.inside, box)
    x0, y0, x1, y1 = box
    if min(x1 - x0, y1 - y0) < MIN_PIECE_PX:
        return
    window = (slice(y0, y1), slice(x0, x1))
    best_x, at_x = _best_cut(patch.inside[window], patch.ink[window], patch.across[window])
    best_y, at_y = _best_cut(patch.inside[window].T, patch.ink[window].T, patch.down[window].T)
    last = depth >= MAX_DEPTH or max(best_x, best_y) < SEAM
    if depth:
        yield _Piece(box, strength, last)
    if last:
        return
    upright = ((x0, y0, x0 + at_x, y1), (x0 + at_x, y0, x1, y1))
    level = ((x0, y0, x1, y0 + at_y), (x0, y0 + at_y, x1, y1))
    for half in upright if best_x >= best_y else level:
        yield from _pieces(patch, half, depth + 1, min(strength, max(best_x, best_y)))


def _area(box: BoxPx) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _fill(inside: npt.NDArray[np.bool_], box: BoxPx) -> float:
    x0, y0, x1, y1 = box
    return float(inside[y0:y1, x0:x1].mean())


def _is_note_like(inside: npt.NDArray[np.bool_], box: BoxPx) -> bool:
    width, height = box[2] - box[0], box[3] - box[1]
    return max(width, height) < 2.4 * min(width, height) and _fill(inside, box) > 0.82


def _best_cut(inside: npt.NDArray[np.bool_], ink: npt.NDArray[np.bool_], gradient: FloatArray) -> tuple[float, int]:
    """Strength 0..1 and place of the best upright cut."""
    width = inside.shape[1]
    if width < 2 * MIN_PIECE_PX:
        return 0.0, 0
    strength = np.zeros(width, np.float32)
    wide = np.ones((1, 2 * SLACK_PX + 1), np.uint8)
    for sign in (1, -1):
        seam = (sign * gradient > EDGE) & inside & ~ink
        near = cv2.dilate(seam.astype(np.uint8), wide) > 0
        strength = np.maximum(strength, (near | ~inside).mean(axis=0))
    strength[:MIN_PIECE_PX] = 0
    strength[width - MIN_PIECE_PX :] = 0
    at = int(np.argmax(strength))
    return float(strength[at]), at


def _trim(inside: npt.NDArray[np.bool_], box: BoxPx) -> BoxPx:
    """The box without border rows and columns that the blob hardly touches."""
    x0, y0, x1, y1 = box
    part = inside[y0:y1, x0:x1]
    if not part.any():
        return (x0, y0, x0, y0)
    cols, rows = part.mean(axis=0) > 0.3, part.mean(axis=1) > 0.3
    if not cols.any() or not rows.any():
        return (x0, y0, x0, y0)
    cx, cy = np.flatnonzero(cols), np.flatnonzero(rows)
    return (x0 + int(cx[0]), y0 + int(cy[0]), x0 + int(cx[-1]) + 1, y0 + int(cy[-1]) + 1)
