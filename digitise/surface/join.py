"""One picture of a wall that was photographed in parts, made of the cleaned pictures of its sheets.

Each place is taken from the photo in whose middle it lies most, with a narrow soft seam: an average of two photos would show
every letter twice where paper curls. Where the photos do not agree about what they both show there is no picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray, map_points
from digitise.surface.overlap import local_zoom
from digitise.surface.rectify import warp
from digitise.surface.view import Rgb

MAX_SIDE_PX = 4000
"""Longest side of a joined picture: a page-wide figure has 1,260 px, the rest is for looking closer on the screen."""
SEAM_PX = 8
"""Over so many px one photo turns into the next: less than a letter's stroke at MAX_SIDE_PX."""
MOST_STRETCH = 3.0
"""A photo's far corner may be so much larger in the picture than its near one; beyond it the wall is not flat, or seen too askew."""
LIKE = 0.5
"""Least correlation of two photos' writing where they overlap."""
LOOK_PX = 1000
"""Long side at which they are compared, softened so that a seam's px or two do not count."""
INK_FLOOR = 30.0
"""Strength of ink (0..255 below paper) that must be there for a comparison to say something."""
EMPTY = 255
"""Between and beyond the sheets the picture is white."""


class Piece(NamedTuple):
    """A cleaned picture to be joined."""

    load: Callable[[], Rgb]
    """Gives (h, w, 3) uint8; called when its turn comes, so that one picture at a time is held."""
    size_px: tuple[int, int]
    homography: FloatArray
    """3x3: px of this picture -> px of the wall's common plane."""
    photo: int
    """Which photo it comes from: the pieces of one photo are not compared with each other."""


class Frame(NamedTuple):
    """Where a joined picture lies in the common plane."""

    matrix: FloatArray
    """3x3: px of the common plane -> px of the joined picture."""
    size_px: tuple[int, int]


def join_pictures(pieces: Sequence[Piece], frame: Frame) -> Rgb | None:
    """The joined picture, (H, W, 3) uint8, or None where the photos disagree about what they both show."""
    width, height = frame.size_px
    shrink = min(1.0, LOOK_PX / max(width, height))
    small = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    look = np.diag([shrink, shrink, 1.0]) @ frame.matrix
    if not _agree([_lay(p, look, small) for p in pieces], [p.photo for p in pieces]):
        return None
    return _blend(pieces, frame.matrix, frame.size_px)


def frame_pictures(pieces: Sequence[Piece]) -> Frame | None:
    """The frame that holds all pieces, as detailed as the most detailed of them within MAX_SIDE_PX; None where one is stretched too far."""
    corners: list[tuple[float, float]] = []
    zooms: list[float] = []
    for piece in pieces:
        width, height = piece.size_px
        own = [(0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))]
        near = [local_zoom(piece.homography, corner) for corner in own]
        if min(near) <= 0 or max(near) > MOST_STRETCH * min(near):
            return None
        corners += map_points(piece.homography, own)
        zooms.append(float(np.median(near)))
    points = np.asarray(corners, float)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = min(1 / min(zooms), MAX_SIDE_PX / float((high - low).max()))
    width, height = (max(1, round(float(v))) for v in (high - low) * scale)
    return Frame(np.array([[scale, 0, -low[0] * scale], [0, scale, -low[1] * scale], [0, 0, 1]]), (width, height))


class Layer(NamedTuple):
    """A piece in the joined picture's frame."""

    rgb: Rgb
    weight: npt.NDArray[np.float32]
    """(H, W): px to the piece's own edge; 0 outside."""


def _lay(piece: Piece, matrix: FloatArray, size: tuple[int, int]) -> Layer:
    full = matrix @ piece.homography
    rgb = piece.load()
    # a picture that is made much smaller is softened first, or thin strokes break up
    width, height = piece.size_px
    zoom = local_zoom(full, (width / 2, height / 2))
    if 0 < zoom < 0.7:
        shrunk = (max(1, round(width * zoom)), max(1, round(height * zoom)))
        rgb = np.asarray(cv2.resize(rgb, shrunk, interpolation=cv2.INTER_AREA), np.uint8)
        full = full @ np.diag([width / shrunk[0], height / shrunk[1], 1.0])
        width, height = shrunk
    inside = np.full((height, width), 255, np.uint8)
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    mask = cv2.warpPerspective(inside, np.linalg.inv(half) @ full @ half, size, flags=cv2.INTER_NEAREST)
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    weight = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1]
    return Layer(warp(rgb, full, size), np.asarray(weight, np.float32))


def _agree(layers: Sequence[Layer], photos: Sequence[int]) -> bool:
    """Whether the writing of each two photos is the same where they overlap."""
    by_photo: Mapping[int, list[Layer]] = {k: [] for k in photos}
    for layer, photo in zip(layers, photos, strict=True):
        by_photo[photo].append(layer)
    whole = [_merge(own) for own in by_photo.values()]
    for k, (ink_a, weight_a) in enumerate(whole):
        for ink_b, weight_b in whole[k + 1 :]:
            both = (weight_a > 0) & (weight_b > 0)
            a, b = ink_a[both], ink_b[both]
            if not len(a) or max(float(a.max()), float(b.max())) < INK_FLOOR:
                continue
            spread = float(a.std() * b.std())
            if spread <= 0 or float(((a - a.mean()) * (b - b.mean())).mean()) / spread < LIKE:
                return False
    return True


def _merge(layers: Sequence[Layer]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Softened ink and weights of one photo's pieces together."""
    ink = np.zeros(layers[0].weight.shape, np.float32)
    weight = np.zeros_like(ink)
    for layer in layers:
        grey = np.float32(255) - np.asarray(layer.rgb.min(axis=2), np.float32)
        own = np.asarray(cv2.GaussianBlur(grey, (0, 0), 2.0), np.float32)
        better = layer.weight > weight
        ink[better], weight[better] = own[better], layer.weight[better]
    return ink, weight


def _blend(pieces: Sequence[Piece], matrix: FloatArray, size: tuple[int, int]) -> Rgb:
    """Two passes over the pieces, one held at a time: first whose each place is, then the colours with soft seams."""
    width, height = size
    best = np.zeros((height, width), np.float32)
    owner = np.full((height, width), -1, np.int16)
    for k, piece in enumerate(pieces):
        weight = _lay(piece, matrix, size).weight
        more = weight > best
        best[more], owner[more] = weight[more], k
    total = np.zeros((height, width, 3), np.float32)
    share = np.zeros((height, width), np.float32)
    for k, piece in enumerate(pieces):
        layer = _lay(piece, matrix, size)
        mine = np.asarray(cv2.GaussianBlur((owner == k).astype(np.float32), (0, 0), SEAM_PX / 2), np.float32)
        mine[layer.weight <= 0] = 0
        total += layer.rgb * mine[..., None]
        share += mine
    picture = np.full((height, width, 3), EMPTY, np.float32)
    known = (owner >= 0) & (share > 0)
    picture[known] = total[known] / share[known][:, None]
    return np.ascontiguousarray(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
