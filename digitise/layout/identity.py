"""Stable note ids: the same photo read again keeps its notes' ids, because people's corrections hang on them.

An id belongs to a place on a photo, not to the words read there: the words change whenever the reading gets better.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from digitise.geometry import bounds, box_overlap, polygon_iou
from digitise.model import Note, Point

SAME_PLACE_IOU = 0.3
"""Outlines that share this much are the same note. A note that is cut in two, or joined with a neighbour of its size, shares
0.5 with what it was; shaky outlines share 0.6 and more; neighbours on a wall share next to nothing."""
CELL_PX = 64
"""A new id is made from the centre of the note in cells of this size, so that a first reading without any previous one mostly
gives the same ids too. Smaller than the smallest legible sticky on a phone photo (about 100 px)."""

Known = tuple[str, tuple[Point, ...]]
"""Id and outline of a note of an earlier run."""


def assign_ids(photo_id: str, notes: Sequence[Note], previous: Sequence[Known]) -> list[Note]:
    """The notes of one photo with lasting ids, `under`, `said_by` and `leads_to` rewritten to match.

    A note keeps the id of the previous note whose outline it overlaps most (one to one, best pairs first); any other gets a
    new id that neither a note of this run nor one of the previous run has. Ids hold only letters and digits, 13 characters.
    """
    kept = _match(notes, previous)
    taken = {known_id for known_id, _ in previous}
    ids: list[str] = []
    for i, note in enumerate(notes):
        new = previous[kept[i]][0] if i in kept else _new_id(photo_id, note, taken)
        taken.add(new)
        ids.append(new)
    renamed = {note.id: new for note, new in zip(notes, ids, strict=True)}
    return [
        note.model_copy(
            update={
                "id": new,
                "under": renamed.get(note.under or ""),
                "said_by": renamed.get(note.said_by or ""),
                "leads_to": tuple(renamed[i] for i in note.leads_to if i in renamed),
            }
        )
        for note, new in zip(notes, ids, strict=True)
    ]


def _match(notes: Sequence[Note], previous: Sequence[Known]) -> dict[int, int]:
    """Place of each matched note -> place of its previous note."""
    boxes = [bounds(outline) for _, outline in previous]
    pairs = [
        (polygon_iou(note.outline, previous[j][1]), i, j)
        for i, note in enumerate(notes)
        for j in range(len(previous))
        if box_overlap(note.bbox, boxes[j]) > 0
    ]
    matched: dict[int, int] = {}
    used: set[int] = set()
    for iou, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if iou >= SAME_PLACE_IOU and i not in matched and j not in used:
            matched[i] = j
            used.add(j)
    return matched


def _new_id(photo_id: str, note: Note, taken: set[str]) -> str:
    """An id from photo and place; notes that share a cell are told apart by a running number."""
    x0, y0, x1, y1 = note.bbox
    cell = f"{int((x0 + x1) / 2 // CELL_PX)},{int((y0 + y1) / 2 // CELL_PX)}"
    number = 0
    while True:
        digest = hashlib.sha256(f"{photo_id}|{cell}|{number}".encode()).hexdigest()
        if (new := f"n{digest[:12]}") not in taken:
            return new
        number += 1
