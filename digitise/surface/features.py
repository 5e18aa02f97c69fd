"""A photo's local features: small patches that can be found again on another photo of the same wall.

They are found once, when the photo is decoded, and kept as small arrays, so that photos can be compared later without their pixels.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise.surface.view import Rgb

VIEW_SIDE_PX = 1024
"""Long side at which features are sought. Letters of a sheet are 12-30 px high there, those of an overview 5-12 px: both have
corners. It takes 0.3 s on one core; 1280 px take 0.5 s and join no more of the photos that we have."""
MOST = 1500
"""Features kept: about 200 KB per photo. They are spread over the picture, so that each part of a wall has some."""
CELLS = 8
"""The picture is dealt with in this many rows and columns when features are chosen."""
CONTRAST = 0.02
"""Least contrast of a feature (OpenCV's default is 0.04): pale stickies and pencil keep some."""

Floats = npt.NDArray[np.float32]


class Features(NamedTuple):
    """Features of one photo."""

    points: Floats
    """(N, 2) centres, photo px."""
    descriptors: npt.NDArray[np.uint8]
    """(N, 128) RootSIFT, square roots of each share times 512 and cut at 255; equal patches are near each other."""
    size: npt.NDArray[np.int32]
    """(2,) width and height of the photo, px."""


def find_features(rgb: Rgb) -> Features:
    """The features of a photo (H, W, 3) uint8 RGB: at most MOST, spread over the picture.

    SIFT (Lowe, Distinctive image features from scale-invariant keypoints, IJCV 2004) with RootSIFT descriptors (Arandjelović & Zisserman,
    Three things everyone should know to improve object retrieval, CVPR 2012): of OpenCV's features the one that bears a close-up
    four times as large as the overview.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, VIEW_SIDE_PX / max(height, width))
    target = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = cv2.cvtColor(cv2.resize(rgb, target, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    keypoints, found = cv2.SIFT.create(contrastThreshold=CONTRAST).detectAndCompute(grey, None)
    if not keypoints:
        return Features(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8), np.array([width, height], np.int32))
    points = np.array([k.pt for k in keypoints], np.float32) + np.float32(0.5)
    chosen = _spread(points, np.array([k.response for k in keypoints]), target)
    shares = found[chosen] / np.maximum(found[chosen].sum(axis=1, keepdims=True), 1e-6)
    descriptors = np.minimum(np.sqrt(shares) * 512, 255).astype(np.uint8)
    stretch = np.array([width / target[0], height / target[1]], np.float32)
    return Features(np.ascontiguousarray(points[chosen] * stretch), descriptors, np.array([width, height], np.int32))


def _spread(points: Floats, responses: npt.NDArray[np.float64], size: tuple[int, int]) -> npt.NDArray[np.intp]:
    """Places of the features to keep: each cell's strongest in turn, until there are MOST."""
    cells = np.minimum((points / np.asarray(size, np.float32) * CELLS).astype(int), CELLS - 1) @ np.array([1, CELLS])
    order = np.argsort(-responses, kind="stable")
    rank = np.empty(len(points), int)
    counts = np.zeros(CELLS * CELLS, int)
    for i in order:
        rank[i] = counts[cells[i]]
        counts[cells[i]] += 1
    return np.asarray(np.lexsort((-responses, rank))[:MOST])
