"""One picture of a wall that was photographed in parts.

Each place is taken from the photo in whose middle it lies most, with a narrow soft seam: an average of two photos would show
every letter twice where paper curls. Where the photos do not agree about what they both show there is no picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray, map_points
from digitise.surface.clean import clean
from digitise.surface.overlap import local_zoom
from digitise.surface.rectify import warp
from digitise.surface.view import Rgb

MAX_SIDE_PX = 4000
"""Longest side of a joined picture: a page-wide figure has 1,260 px, the rest is for looking closer on the screen."""
SEAM_PX = 8
"""Over so many px one photo turns into the next: less than a letter's stroke at MAX_SIDE_PX."""
MOST_STRETCH = 3.0
"""A photo's far corner may be so much larger in the picture than its near one; beyond it the wall is not flat, or seen too askew."""
LIKE = 0.4
"""Least correlation of two photos' strokes and edges where they overlap."""
LOOK_PX = 1000
"""Long side at which they are compared, softened so that a seam's px or two do not count."""
STROKE_PX, GROUND_PX = 2.0, 10.0
"""Softening at that size; strokes are what differs from the ground round them, so that light and shadow do not count."""
MOST_GAIN = 1.6
"""A photo is made so much brighter or darker at most to meet its neighbour."""
LIGHT_REACH = 0.06
"""Softness of light, of the picture's long side: wider than a sticky, narrower than a lamp's glow on a wall."""
LIGHT_STEP = 8
"""Light is looked at in a picture so many times smaller."""
EMPTY = 255
"""Beyond the photos the picture is white."""


class Piece(NamedTuple):
    """A photo to be joined."""

    load: Callable[[], Rgb]
    """Gives (h, w, 3) uint8; called when its turn comes, so that one picture at a time is held."""
    size_px: tuple[int, int]
    homography: FloatArray
    """3x3: its px -> px of the wall's common plane."""


class Frame(NamedTuple):
    """Where a joined picture lies in the common plane."""

    matrix: FloatArray
    """3x3: px of the common plane -> px of the joined picture."""
    size_px: tuple[int, int]


def join_pictures(pieces: Sequence[Piece], frame: Frame) -> Rgb | None:
    """The joined picture, (H, W, 3) uint8, its light evened out; None where the photos disagree about what they both show."""
    width, height = frame.size_px
    shrink = min(1.0, LOOK_PX / max(width, height))
    small = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    look = np.diag([shrink, shrink, 1.0]) @ frame.matrix
    layers = [_lay(p, look, small) for p in pieces]
    if not _agree(layers):
        return None
    return clean(_blend(pieces, frame, _find_gains(layers)))


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


def _agree(layers: Sequence[Layer]) -> bool:
    """Whether the strokes of each two photos are the same where they overlap."""
    strokes = [_find_strokes(layer.rgb) for layer in layers]
    for k, layer in enumerate(layers):
        for n in range(k + 1, len(layers)):
            both = (layer.weight > 0) & (layers[n].weight > 0)
            if both.any() and _correlate(strokes[k][both], strokes[n][both]) < LIKE:
                return False
    return True


def _find_strokes(rgb: Rgb) -> npt.NDArray[np.float32]:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine, ground = (cv2.GaussianBlur(grey, (0, 0), px) for px in (STROKE_PX, GROUND_PX))
    return np.asarray(fine - ground, np.float32)


def _correlate(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    """Pearson's correlation, -1..1; 0 where one of them is plain."""
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean()) / spread if spread > 0 else 0.0


def _find_gains(layers: Sequence[Layer]) -> list[npt.NDArray[np.float32]]:
    """By what to multiply each photo's red, green and blue so that they are as bright as where they overlap those before them."""
    gains = [np.ones(3, np.float32)]
    for k in range(1, len(layers)):
        ratios = []
        for n in range(k):
            both = (layers[k].weight > 0) & (layers[n].weight > 0)
            if both.any():
                mine, theirs = (np.median(layer.rgb[both], axis=0) for layer in (layers[k], layers[n]))
                ratios.append(gains[n] * (theirs + 1) / (mine + 1))
        gain = np.clip(np.mean(ratios, axis=0), 1 / MOST_GAIN, MOST_GAIN) if ratios else np.ones(3)
        gains.append(np.asarray(gain, np.float32))
    return gains


def _blend(pieces: Sequence[Piece], frame: Frame, gains: Sequence[npt.NDArray[np.float32]]) -> Rgb:
    """Two passes over the pieces, one held at a time: first whose each place is; then strokes with narrow seams upon light with wide ones.

    Two bands of Burt & Adelson, A multiresolution spline with application to image mosaics, ACM Transactions on Graphics 2 (1983).
    """
    matrix, size = frame
    width, height = size
    best = np.zeros((height, width), np.float32)
    owner = np.full((height, width), -1, np.int16)
    for k, piece in enumerate(pieces):
        weight = _lay(piece, matrix, size).weight
        more = weight > best
        best[more], owner[more] = weight[more], k
    fine = np.zeros((height, width, 3), np.float32)
    share = np.zeros((height, width), np.float32)
    light = np.zeros((height, width, 3), np.float32)
    trust = np.zeros((height, width), np.float32)
    for k, piece in enumerate(pieces):
        layer = _lay(piece, matrix, size)
        own = layer.rgb * gains[k]
        ground = _find_light(own, layer.weight)
        mine = np.asarray(cv2.GaussianBlur((owner == k).astype(np.float32), (0, 0), SEAM_PX / 2), np.float32)
        mine[layer.weight <= 0] = 0
        fine += (own - ground) * mine[..., None]
        share += mine
        light += ground * layer.weight[..., None]
        trust += layer.weight
    picture = np.full((height, width, 3), EMPTY, np.float32)
    known = (owner >= 0) & (share > 0)
    picture[known] = fine[known] / share[known][:, None] + light[known] / trust[known][:, None]
    return np.ascontiguousarray(np.clip(np.rint(picture), 0, 255).astype(np.uint8))


def _find_light(rgb: npt.NDArray[np.float32], weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The light and ground of a photo without its strokes and notes, (H, W, 3); what lies outside the photo has no part in it."""
    height, width = weight.shape
    small = (max(1, width // LIGHT_STEP), max(1, height // LIGHT_STEP))
    inside = (weight > 0).astype(np.float32)
    softness = LIGHT_REACH * max(small)
    held = cv2.GaussianBlur(cv2.resize(inside, small, interpolation=cv2.INTER_AREA), (0, 0), softness)
    lit = cv2.GaussianBlur(cv2.resize(rgb * inside[..., None], small, interpolation=cv2.INTER_AREA), (0, 0), softness)
    ground = lit / np.maximum(held, 1e-4)[..., None]
    return np.asarray(cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
