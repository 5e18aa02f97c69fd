"""Small pictures of single notes, for a person to read what the program could not."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import quad_angle, quad_size, union_box
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


def cut_note(rgb: npt.NDArray[np.uint8], note: Note, *, with_votes: bool = False) -> npt.NDArray[np.uint8]:
    """The part of the photo (H, W, 3) uint8 RGB that shows a note, turned by quarters so that its first line stands upright.

    with_votes: the votes beside it, too.
    """
    height, width = rgb.shape[:2]
    x0, y0, x1, y1 = union_box([note.bbox, note.votes_box]) if with_votes and note.votes_box else note.bbox
    margin = MARGIN * max(x1 - x0, y1 - y0)
    if note.lines and note.container == "none":
        margin = min(margin, MOST_MARGIN * quad_size(note.lines[0].quad)[1])
    left, top = (int(max(0.0, v - margin)) for v in (x0, y0))
    right, bottom = int(min(width, x1 + margin + 1)), int(min(height, y1 + margin + 1))
    left, top = min(left, width - 1), min(top, height - 1)
    crop = rgb[top : max(bottom, top + 1), left : max(right, left + 1)]
    quarters = round(quad_angle(note.lines[0].quad) / 90) if note.lines else 0
    crop = np.rot90(crop, quarters)
    scale = MAX_SIDE_PX / max(crop.shape[:2])
    crop = np.ascontiguousarray(crop)
    if scale < 1:
        size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
        crop = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)
    return crop
