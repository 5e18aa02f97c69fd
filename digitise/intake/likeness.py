"""Which photos of an event look nearly the same: taken twice, sent through a messenger, cropped a little."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from digitise.model import Photo

SIMILAR_BITS = 8
"""Most differing bits of 64. Measured on 41 real photos and 150 scanned letters: any two different photos differ by 13 bits or more
(820 pairs), any two letters by 15 or more (11,175 pairs). The same photo at JPEG quality 30, as a messenger sends it (1600 px), or at
400 px: 0-6 bits; brightened by 15 %: at most 9 (40 of 41 within 8); cropped by 1 % a side: at most 6, by 2 %: 39 of 41 within 8; turned by
one degree: 35 of 41 within 8."""


def compute_dhash(rgb: npt.NDArray[np.uint8]) -> str:
    """64-bit difference hash of (H, W, 3) uint8 RGB, 16 hex digits: is each cell of an 8 x 8 grid brighter than its right neighbour?"""
    small = cv2.resize(rgb, (9, 8), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).ravel()
    return np.packbits(bits).tobytes().hex()


def mark_similar(photos: Sequence[Photo]) -> list[Photo]:
    """The photos with `similar_to` filled in: the id of the first earlier photo that looks nearly the same. Nothing is left out."""
    marked: list[Photo] = []
    originals: list[Photo] = []
    for photo in photos:
        same = next((o for o in originals if _is_similar(photo, o)), None)
        if same is None:
            originals.append(photo)
        marked.append(photo.model_copy(update={"similar_to": same.id if same else None}))
    return marked


def _is_similar(a: Photo, b: Photo) -> bool:
    # pages of one file are different pages, however alike two filled-in forms look
    return a.sha256 != b.sha256 and are_alike(a.dhash, b.dhash)


def are_alike(one: str, other: str) -> bool:
    """Whether two photos look nearly the same, by their difference hashes; '' is like nothing."""
    return bool(one and other) and (int(one, 16) ^ int(other, 16)).bit_count() <= SIMILAR_BITS
