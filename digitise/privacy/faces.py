"""People's faces in a photo: found, told from drawn ones and from writing, and blurred for good."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import polygon, quad_size
from digitise.model import Box, Line, Quad
from digitise.privacy.drawn import looks_drawn
from digitise.privacy.face_network import FaceNetwork

Rgb = npt.NDArray[np.uint8]

LEAST_SCORE = 0.35
"""Of a photographed face. On the 41 real photos 4 of the 5 people behind the boards have 0.43 to 0.75; the fifth, turned away, has
0.34. Below stand drawn figures too dark to be told from people (0.30) and pieces of print (0.29)."""
LEAST_DRAWN = 0.8
"""Of one that looks drawn. Drawn faces reach 0.73; a photographed face that passes for drawn, in flat light, mostly more than 0.8."""
LEAST_WRITTEN = 0.6
"""Of one in which writing stands. What is neither face nor drawing but takes writing for eyes and mouth reaches 0.4."""
WRITTEN_SHARE = 0.15
"""Of a box that lines of writing cover, from which writing stands in it."""
SURE_LINE = 0.6
SURE_LETTERS = 3
"""Confidence and letters of a line from which it is writing: hair and collars are read as a sign or two."""
ROUND = 1.45
"""Size of what is blurred, by the face's box: just over the root of two, so that the ellipse has the box's corners in it."""
CELLS = 4
"""Colours across a blurred face."""
LEVELS = 16
"""Steps of each colour: 4 x 4 cells of 12 bits are all that is left of a face, whatever its size."""


def find_faces(rgb: Rgb, lines: Sequence[Line], *, network: FaceNetwork, quarters: int = 0) -> tuple[Box, ...]:
    """Boxes, photo px, of people's faces that pictures must not show; the surest first.

    rgb: photo, (H, W, 3) uint8 RGB. lines: what is written on it. quarters: quarter turns clockwise in which its writing stands, which is
    how people stand, too. Drawn faces are left alone unless they are as sure as a photographed one ever is.
    """
    upright = np.ascontiguousarray(np.rot90(rgb, quarters))
    quads = writing_quads(lines)
    found: list[Box] = []
    for face in network.find(upright, least=LEAST_SCORE):
        box = _turn_back(face.box, quarters, rgb.shape[1], rgb.shape[0])
        if face.score < LEAST_DRAWN and looks_drawn(rgb, box):
            continue
        if face.score < LEAST_WRITTEN and _covered(box, quads) > WRITTEN_SHARE:
            continue
        # whole pixels: the last decimals differ between processors, and notes.json has them
        found.append((float(round(box[0])), float(round(box[1])), float(round(box[2])), float(round(box[3]))))
    return tuple(found)


def writing_quads(lines: Sequence[Line]) -> list[Quad]:
    """Where lines stand that are surely writing, which a blur must not touch."""
    return [line.quad for line in lines if _is_writing(line)]


def _is_writing(line: Line) -> bool:
    return line.confidence >= SURE_LINE and sum(c.isalnum() for c in line.text) >= SURE_LETTERS


def blur_faces(rgb: Rgb, faces: Sequence[Box], writing: Sequence[Quad] = ()) -> Rgb:
    """The photo with each face beyond recognition; `rgb` itself without any. Writing is left readable where it is not on a face itself.

    writing: quads of lines, photo px.
    """
    if not faces:
        return rgb
    blurred = rgb.copy()
    keep = np.zeros(rgb.shape[:2], np.uint8)
    for quad in writing:
        cv2.fillPoly(keep, [np.round(np.asarray(quad)).astype(np.int32)], 1)
    for box in faces:
        _blur(blurred, rgb, box, keep)
    return blurred


def _blur(blurred: Rgb, rgb: Rgb, box: Box, keep: npt.NDArray[np.uint8]) -> None:
    """Few colours in place of a face. Pixels are made of those cells alone: nothing of the picture shines through."""
    height, width = rgb.shape[:2]
    x0, y0, x1, y1 = box
    middle, half = ((x0 + x1) / 2, (y0 + y1) / 2), ((x1 - x0) / 2, (y1 - y0) / 2)
    left, top = (int(max(0, m - ROUND * h)) for m, h in zip(middle, half, strict=True))
    right, bottom = int(min(width, middle[0] + ROUND * half[0] + 1)), int(min(height, middle[1] + ROUND * half[1] + 1))
    if right <= left or bottom <= top:
        return
    part = rgb[top:bottom, left:right]
    cells = np.asarray(cv2.resize(part, (min(CELLS, part.shape[1]), min(CELLS, part.shape[0])), interpolation=cv2.INTER_AREA), np.int32)
    step = 256 // LEVELS
    cells = (cells // step * step + step // 2).astype(np.uint8)
    soft = np.asarray(cv2.resize(cells, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR), np.uint8)
    y, x = np.mgrid[top:bottom, left:right]
    ellipse = ((x + 0.5 - middle[0]) / max(half[0], 1)) ** 2 + ((y + 0.5 - middle[1]) / max(half[1], 1)) ** 2 <= ROUND**2
    core = (x + 1 > x0) & (x < x1) & (y + 1 > y0) & (y < y1)
    hide = ellipse & (core | (keep[top:bottom, left:right] == 0))
    blurred[top:bottom, left:right][hide] = soft[hide]


def _covered(box: Box, quads: Sequence[Quad]) -> float:
    """Share of a box that quads cover, 0..1."""
    x0, y0, x1, y1 = box
    whole = polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    return sum(float(whole.intersection(polygon(q)).area) for q in quads if min(quad_size(q)) > 0) / max(1e-9, float(whole.area))


def _turn_back(box: Box, quarters: int, width: int, height: int) -> Box:
    """A box of a photo that np.rot90 turned so often, in px of the photo itself, whose size is given."""
    x0, y0, x1, y1 = box
    turned = (
        (x0, y0, x1, y1),
        (width - y1, x0, width - y0, x1),
        (width - x1, height - y1, width - x0, height - y0),
        (y0, height - x1, y1, height - x0),
    )
    return turned[quarters % 4]
