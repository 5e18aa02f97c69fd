"""Small pictures of single notes, for a person to read what the program could not."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray, quad_angle, quad_size, union_box
from digitise.model import Note

MARGIN = 0.08
"""Of the note's longer side: enough to see where the writing ends, too little to show the neighbours."""
MOST_MARGIN = 0.5
"""Of the height of the note's first line. A long line has little room above and below before its neighbours begin."""
MAX_SIDE_PX = 900
"""A crop is printed about 6 cm wide at most; 900 px are 380 dots per inch there."""


def crop_name(note_id: str) -> str:
    """File name of a note's crop among the pictures."""
    return f"note-{note_id}.jpg"


def needs_crop(note: Note) -> bool:
    """Whether a person must see the writing itself: nobody could read it, or not all of it, or not surely."""
    return note.legible != "full" or bool(note.doubtful)


def is_shown(note: Note) -> bool:
    """Whether the report shows a note's close-up: for its writing, or for a person to count its votes again."""
    return needs_crop(note) or note.votes_box is not None


class Window(NamedTuple):
    """Which part of a photo a crop shows, and how."""

    left: int
    top: int
    right: int
    bottom: int
    quarters: int
    """Quarter turns, counter-clockwise."""
    scale: float


def cut_note(rgb: npt.NDArray[np.uint8], note: Note, *, with_votes: bool = False) -> npt.NDArray[np.uint8]:
    """The part of the photo (H, W, 3) uint8 RGB that shows a note, turned by quarters so that its first line stands upright.

    with_votes: the votes beside it, too.
    """
    window = note_window((rgb.shape[1], rgb.shape[0]), note, with_votes=with_votes)
    crop = np.ascontiguousarray(np.rot90(rgb[window.top : window.bottom, window.left : window.right], window.quarters))
    if window.scale < 1:
        size = (max(1, round(crop.shape[1] * window.scale)), max(1, round(crop.shape[0] * window.scale)))
        crop = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)
    return crop


def crop_matrix(size_px: tuple[int, int], note: Note, *, with_votes: bool = False) -> FloatArray:
    """3x3: px of a photo of that width and height -> px of the note's crop, as `cut_note` makes it."""
    window = note_window(size_px, note, with_votes=with_votes)
    width, height = window.right - window.left, window.bottom - window.top
    turns = (
        ((1, 0, 0), (0, 1, 0)),
        ((0, 1, 0), (-1, 0, width)),
        ((-1, 0, width), (0, -1, height)),
        ((0, -1, height), (1, 0, 0)),
    )
    turn = np.array((*turns[window.quarters], (0, 0, 1)), float)
    move = np.array(((1, 0, -window.left), (0, 1, -window.top), (0, 0, 1)), float)
    return np.asarray(np.diag((window.scale, window.scale, 1.0)) @ turn @ move)


def note_window(size_px: tuple[int, int], note: Note, *, with_votes: bool = False) -> Window:
    """Which part of a photo of that width and height shows a note, turned by quarters so that its first line stands upright."""
    width, height = size_px
    x0, y0, x1, y1 = union_box([note.bbox, note.votes_box]) if with_votes and note.votes_box else note.bbox
    margin = MARGIN * max(x1 - x0, y1 - y0)
    if note.lines and note.container == "none":
        margin = min(margin, MOST_MARGIN * quad_size(note.lines[0].quad)[1])
    left, top = (int(max(0.0, v - margin)) for v in (x0, y0))
    right, bottom = int(min(width, x1 + margin + 1)), int(min(height, y1 + margin + 1))
    left, top = min(left, width - 1), min(top, height - 1)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    quarters = round(quad_angle(note.lines[0].quad) / 90) % 4 if note.lines else 0
    return Window(left, top, right, bottom, quarters, min(1.0, MAX_SIDE_PX / max(right - left, bottom - top)))
