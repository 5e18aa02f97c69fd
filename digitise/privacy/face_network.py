"""CenterFace at work: where faces are in a picture, straight from the network's maps.

Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019: for every cell of 4 x 4 px the network says how
likely a face's centre lies there, how far beside the cell's middle, and how large the face is (the logarithm of its height and width in
cells). A face is a cell more likely than its eight neighbours.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from digitise.geometry import box_iou, box_overlap
from digitise.model import Box
from digitise.store import hash_file

Rgb = npt.NDArray[np.uint8]
FloatMap = npt.NDArray[np.float32]

NETWORK = Path(__file__).parent / "centerface" / "centerface.onnx"
"""Made by build_tools/centerface.py when the program is built."""
CELL_PX = 4
STRIDE_PX = 32
"""Sides of the network's input are multiples of this."""
OUTPUTS = ("537", "538", "539")
"""Names that the network gives its maps: likelihood (n, 1, h, w), size and place (n, 2, h, w), height before width, y before x."""
SIDES_PX = (640, 2048)
"""Longer sides at which a photo is looked at. The network finds faces 16 px wide and more (score 0.5; 12 px: 0.2). Made smaller to
2048 px, a photo of 12 megapixels shows those that are 32 px wide there, a head 14 m away in a phone's photo; to 640 px, those that fill it.
At 2560 px it takes 1.6 times as long for heads of 20 to 30 px, by which hardly anybody can be known."""
TILE_PX = 1088
"""The larger look is taken in tiles: whole, it would take 0.5 GB of memory, in tiles it takes 150 MB."""
LAP_PX = 128
"""A face in the seam of two tiles is whole in one of them, or wide enough to be found in the smaller look."""
SAME = 0.3
"""Jaccard index from which two finds are one face."""
INSIDE = 0.6
"""Of the smaller find that lies in the larger one, from which they are one face."""


class Face(NamedTuple):
    """A face found."""

    box: Box
    """From forehead to chin, px of the picture as given. May reach beyond its edges."""
    score: float
    """0..1."""


class FaceNetwork:
    """The network, loaded on first use; one object per process."""

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads

    @property
    def is_there(self) -> bool:
        """False in a copy of the program that was not built, such as an unpacked source archive."""
        return NETWORK.is_file()

    @property
    def fingerprint(self) -> str:
        """12 hex digits over its content; '' when it is not there."""
        return hash_file(NETWORK)[:12] if self.is_there else ""

    @functools.cached_property
    def _session(self) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return ort.InferenceSession(str(NETWORK), options, providers=["CPUExecutionProvider"])

    def find(self, rgb: Rgb, *, least: float) -> list[Face]:
        """Upright faces in a picture, (H, W, 3) uint8 RGB, the surest first. least: score below which nothing is a face."""
        found: list[Face] = []
        height, width = rgb.shape[:2]
        for side in SIDES_PX:
            scale = min(1.0, side / max(height, width))
            small = rgb if scale == 1 else np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
            for left, top, tile in cut_tiles(small):
                for face in self._find_in(tile, least=least):
                    x0, y0, x1, y1 = face.box
                    found.append(Face(((x0 + left) / scale, (y0 + top) / scale, (x1 + left) / scale, (y1 + top) / scale), face.score))
            if scale == 1:
                break
        return drop_repeats(found)

    def _find_in(self, tile: Rgb, *, least: float) -> list[Face]:
        height, width = tile.shape[:2]
        padded = np.zeros((math.ceil(height / STRIDE_PX) * STRIDE_PX, math.ceil(width / STRIDE_PX) * STRIDE_PX, 3), np.float32)
        padded[:height, :width] = tile
        maps = self._session.run(OUTPUTS, {"input.1": padded.transpose(2, 0, 1)[None]})
        return decode_faces(*(np.asarray(m[0], np.float32) for m in maps), least=least)


def cut_tiles(picture: Rgb) -> Iterator[tuple[int, int, Rgb]]:
    """Overlapping tiles with their left and top edge; the picture itself where it is hardly larger than one."""
    height, width = picture.shape[:2]
    for top, bottom in _spans(height):
        for left, right in _spans(width):
            yield left, top, picture[top:bottom, left:right]


def _spans(length: int) -> list[tuple[int, int]]:
    """As few stretches as can be, of one length, that lap over each other."""
    if length <= TILE_PX:
        return [(0, length)]
    count = math.ceil((length - LAP_PX) / (TILE_PX - LAP_PX))
    each = math.ceil((length + (count - 1) * LAP_PX) / count)
    starts = [round(i * (length - each) / (count - 1)) for i in range(count)]
    return [(start, start + each) for start in starts]


def decode_faces(likely: FloatMap, size: FloatMap, place: FloatMap, *, least: float) -> list[Face]:
    """Faces from the network's maps. likely: (1, h, w), 0..1. size, place: (2, h, w). Boxes in px of the network's input."""
    heat = likely[0]
    highest = np.asarray(cv2.dilate(heat, np.ones((3, 3), np.uint8)))
    faces: list[Face] = []
    for row, column in np.argwhere((heat >= least) & (heat == highest)):
        half_h, half_w = np.exp(size[:, row, column].astype(float)) * CELL_PX / 2
        y, x = ((place[i, row, column] + cell + 0.5) * CELL_PX for i, cell in enumerate((row, column)))
        faces.append(Face((float(x - half_w), float(y - half_h), float(x + half_w), float(y + half_h)), float(heat[row, column])))
    return faces


def drop_repeats(faces: Sequence[Face]) -> list[Face]:
    """Each face once, the surest find of it; the surest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda f: (-f.score, f.box)):
        if not any(_are_one(face.box, other.box) for other in kept):
            kept.append(face)
    return kept


def _are_one(a: Box, b: Box) -> bool:
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return box_iou(a, b) > SAME or box_overlap(a, b) > INSIDE * smaller


@functools.cache
def open_face_network(threads: int) -> FaceNetwork | None:
    """One per process; None in a copy of the program that has none, which every run says."""
    network = FaceNetwork(threads=threads)
    return network if network.is_there else None
