"""Which pictures of an event may be shown, by name: the report's cleaned sheets and walls, and notes and whole photos made when asked for.

A name is only ever looked up among those of the event; no path is made of it. Notes and photos are kept beside the event's folder, under
names that change with what they would show.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from digitise.events import PICTURES
from digitise.model import Event, Note, PhotoResult
from digitise.reviewing import PictureJob, Review, name_crop, name_whole
from digitise.web.shelf import EventPlace

CROPS = "crops"
"""Folder in an event's place, with a folder of pictures for each photo."""


class PictureFile(NamedTuple):
    """A picture that may be shown: where it lies, and how it is made where it is wanting."""

    path: Path
    make: PictureJob | None = None


def find_picture(place: EventPlace, output: Path, review: Review, name: str) -> PictureFile | None:
    """A picture by its name; None for any name that is not one of this event."""
    event, program = review.event, review.program
    if event is None or program is None:
        return None
    if name in {s.picture for s in event.surfaces if s.picture} | {w.picture for w in event.walls}:
        # names in an event come from a file; one that leads elsewhere is none of ours
        return PictureFile(output / PICTURES / name) if Path(name).name == name else None
    photo_id, note = _read_name(event, name)
    photo = next((p for p in event.photos if p.id == photo_id), None)
    if photo is None:
        return None
    covered = program.covered.get(photo.id, ())
    target = place.root / CROPS / photo.id
    path = target / (name_crop(photo, note, covered) if note is not None else name_whole(photo, covered))
    source = program.sources.get(photo.id)
    if path.is_file() or source is None:
        return PictureFile(path)
    mine = tuple(n for n in event.notes if n.photo_id == photo.id)
    wanted: dict[str, Note | None] = {name_crop(photo, n, covered): n for n in mine if len(n.outline) > 2}
    wanted[name_whole(photo, covered)] = None
    return PictureFile(path, PictureJob(place.folder, source, PhotoResult(photo=photo, notes=mine), covered, wanted, target))


def _read_name(event: Event, name: str) -> tuple[str, Note | None]:
    """(photo id, note) of 'note-<id>.jpg' and 'photo-<id>.jpg'; ('', None) for any other name."""
    kind, _, rest = name.partition("-")
    rest, suffix = rest[: -len(".jpg")], rest[-len(".jpg") :]
    if suffix != ".jpg" or kind not in ("note", "photo"):
        return "", None
    if kind == "photo":
        return rest, None
    note = next((n for n in event.notes if n.id == rest and len(n.outline) > 2), None)
    return (note.photo_id, note) if note is not None else ("", None)
