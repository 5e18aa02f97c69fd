"""Where notes stand on the pictures of a review: cleaned sheets, whole photos, joined walls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from digitise.events import PICTURES
from digitise.geometry import map_points
from digitise.model import Event, Note, Photo, Quad, Surface, Wall
from digitise.reviewing import Program, name_whole, whole_size
from digitise.web.review_model import Mark, SheetView, WallView

WHOLE = "-all"
"""Behind a photo's id, the id of its whole picture."""


def picture_version(output: Path, name: str) -> str:
    """Changes whenever a picture of the report does."""
    try:
        found = (output / PICTURES / name).stat()
    except OSError:
        return "0"
    return f"{found.st_mtime_ns:x}-{found.st_size:x}"


def mark_notes(notes: Iterable[Note], matrix: Sequence[float]) -> tuple[Mark, ...]:
    """Outlines on a picture. matrix: 9 numbers, photo px -> picture px."""
    found = (n for n in notes if len(n.outline) > 2)
    return tuple(Mark(note_id=n.id, outline=tuple((round(x, 1), round(y, 1)) for x, y in map_points(matrix, n.outline))) for n in found)


def view_sheets(photo: Photo, surfaces: Sequence[Surface], notes: Sequence[Note], program: Program, output: Path) -> tuple[SheetView, ...]:
    """The pictures of one photo. notes: of this photo."""
    home = {n.id: choose_sheet(n, photo, surfaces) for n in notes}
    sheets = []
    for s in surfaces:
        if s.picture:
            mine = [n for n in notes if home[n.id] == s.id]
            back = tuple(float(v) for v in np.linalg.inv(np.reshape(s.homography, (3, 3))).ravel())
            sheets.append(
                SheetView(
                    id=s.id,
                    photo_id=photo.id,
                    what=s.what,
                    picture=s.picture,
                    version=picture_version(output, s.picture),
                    width=s.size_px[0],
                    height=s.size_px[1],
                    to_photo=back,
                    marks=mark_notes(mine, s.homography),
                )
            )
    if len(sheets) == 1 and sheets[0].what == "photo":
        return tuple(sheets)
    return (*sheets, _view_whole(photo, notes, program.covered.get(photo.id, ())))


def _view_whole(photo: Photo, notes: Sequence[Note], covered: Sequence[Quad]) -> SheetView:
    width, height, scale = whole_size(photo)
    return SheetView(
        id=photo.id + WHOLE,
        photo_id=photo.id,
        what="whole photo",
        picture=f"photo-{photo.id}.jpg",
        version=name_whole(photo, covered).removesuffix(".jpg"),
        width=width,
        height=height,
        to_photo=(1 / scale, 0.0, 0.0, 0.0, 1 / scale, 0.0, 0.0, 0.0, 1.0),
        marks=mark_notes(notes, (scale, 0.0, 0.0, 0.0, scale, 0.0, 0.0, 0.0, 1.0)),
    )


def choose_sheet(note: Note, photo: Photo, surfaces: Sequence[Surface]) -> str:
    """The sheet on which a note is drawn: its own, for one that a person drew the first whose picture shows its middle; else the photo."""
    shown = [s for s in surfaces if s.picture]
    if note.by == "program" and any(s.id == note.surface_id for s in shown):
        return str(note.surface_id)
    x0, y0, x1, y1 = note.bbox
    for s in shown:
        ((x, y),) = map_points(s.homography, [((x0 + x1) / 2, (y0 + y1) / 2)])
        if 0 <= x <= s.size_px[0] and 0 <= y <= s.size_px[1] and note.outline:
            return s.id
    if len(shown) == 1 and shown[0].what == "photo":
        return shown[0].id
    return photo.id + WHOLE


def view_wall(wall: Wall, event: Event, output: Path) -> WallView:
    """A joined wall with the notes that are reported of it."""
    hidden = {p.note_id for p in event.arrangement.placements if p.seen_again}
    marks: list[Mark] = []
    for photo_id, matrix in zip(wall.photo_ids, wall.homographies, strict=True):
        marks += mark_notes((n for n in event.notes if n.photo_id == photo_id and n.id not in hidden), matrix)
    return WallView(
        id=wall.id,
        photo_ids=wall.photo_ids,
        picture=wall.picture,
        version=picture_version(output, wall.picture),
        width=wall.size_px[0],
        height=wall.size_px[1],
        marks=tuple(marks),
    )
