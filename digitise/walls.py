"""From an event's stored photos to its walls: which photos show the same wall, and the joined pictures of those taken in parts.

Comparing two photos takes tens of milliseconds; what came of it is kept, so that a second run compares only new photos.
"""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from digitise import arranging, intake, surface
from digitise.config import Limits
from digitise.errors import PhotoError
from digitise.model import Overlap, PhotoResult, Source, Wall
from digitise.pipeline import decode_shown
from digitise.store import (
    FEATURES_FILE,
    STORE_FOLDER,
    Entry,
    hash_parts,
    read_arrays,
    write_picture,
    write_text,
)

OVERLAPS_FILE = "overlaps.json"
WALLS_FOLDER = "walls"
HELD = 400
"""Photos whose features are held at once: 200 KB each."""


class Stored(NamedTuple):
    """One photo of the event, as the store keeps it."""

    source: Source
    folder: Path
    entry: Entry

    @property
    def result(self) -> PhotoResult:
        return self.entry.result

    @property
    def id(self) -> str:
        return self.entry.result.photo.id


class Found(NamedTuple):
    """What is known of an event's walls."""

    overlaps: tuple[Overlap, ...]
    walls: tuple[Wall, ...]
    pictures: Mapping[str, Path]
    """Name of a joined picture -> where it lies in the store."""


def find_walls(photos: Sequence[Stored], *, output: Path, fingerprint: str, limits: Limits) -> Found:
    """The walls of an event. photos: in the event's order, each id once. fingerprint: of the code and settings that read them.

    Raises OutputError when the store cannot be written.
    """
    overlaps = find_overlaps(photos, store=output / STORE_FOLDER / OVERLAPS_FILE, fingerprint=fingerprint)
    folder = output / STORE_FOLDER / WALLS_FOLDER
    walls: list[Wall] = []
    pictures: dict[str, Path] = {}
    used: set[Path] = set()
    for group in surface.group_parts(overlaps, [p.id for p in photos]):
        wall, path = _join(group, photos, folder, fingerprint, limits)
        used.add(path.parent)
        if wall is not None:
            walls.append(wall)
            pictures[wall.picture] = path
    for left in set(folder.glob("*")) - used:
        shutil.rmtree(left, ignore_errors=True)
    return Found(tuple(overlaps), tuple(walls), pictures)


def find_overlaps(photos: Sequence[Stored], *, store: Path, fingerprint: str) -> list[Overlap]:
    """Pairs of photos that show the same wall, by their features and by what is written on them.

    store: JSON file of what earlier comparisons gave; a damaged one is made anew.
    """
    by_id = {p.id: p for p in photos}
    marked = intake.mark_similar([p.result.photo for p in photos])
    notes = [note for p in photos for note in p.result.notes]
    known, kept = _load(store), dict[str, object]()

    @functools.lru_cache(maxsize=HELD)
    def features(photo_id: str) -> surface.Features | None:
        return _read_features(by_id[photo_id].folder / FEATURES_FILE)

    overlaps: list[Overlap] = []
    for a, b in arranging.propose_pairs(notes, marked):
        digests = [by_id[i].entry.pictures.get(FEATURES_FILE, "") for i in (a, b)]
        if not all(digests):
            continue
        key = hash_parts(fingerprint, *digests)
        overlap = _recall(known.get(key), a, b) if key in known else _compare(a, b, features(a), features(b))
        kept[key] = overlap.model_dump(mode="json", exclude={"photo_id", "other_id"}) if overlap else None
        if overlap is not None:
            overlaps.append(overlap)
    if kept != known:
        write_text(store, json.dumps(kept, sort_keys=True))
    return arranging.confirm_overlaps(overlaps, notes)


def _load(store: Path) -> dict[str, object]:
    try:
        data = json.loads(store.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _recall(kept: object, photo_id: str, other_id: str) -> Overlap | None:
    if not isinstance(kept, dict):
        return None
    try:
        return Overlap.model_validate({**kept, "photo_id": photo_id, "other_id": other_id})
    except ValueError:
        return None


def _read_features(path: Path) -> surface.Features | None:
    arrays = read_arrays(path)
    if arrays is None or set(arrays) != set(surface.Features._fields):
        return None
    return surface.Features(**cast(dict[str, npt.NDArray[np.float32]], arrays))  # type: ignore[arg-type]


def _compare(photo_id: str, other_id: str, a: surface.Features | None, b: surface.Features | None) -> Overlap | None:
    match = surface.match_photos(a, b) if a is not None and b is not None else None
    if match is None:
        return None
    numbers = tuple(float(v) for v in match.homography.ravel())
    shares = (min(1.0, match.area[0]), min(1.0, match.area[1]))
    return Overlap(photo_id=photo_id, other_id=other_id, homography=numbers, shares=shares, confidence=match.confidence)


def _join(group: surface.Group, photos: Sequence[Stored], folder: Path, fingerprint: str, limits: Limits) -> tuple[Wall | None, Path]:
    """The joined picture of a group, taken over from an earlier run where nothing changed; without one where it does not come out well.

    Its photos are decoded once more: that is rare, and to keep every photo's pixels for it is not worth the room.
    """
    by_id = {p.id: p for p in photos}
    name = f"{group.photo_ids[0]}-w.jpg"
    numbers = json.dumps([m.round(9).tolist() for m in group.matrices])
    path = folder / hash_parts(fingerprint, numbers, *group.photo_ids) / name
    # the plane of the reference photo's own picture: upright, and straight where its sheet was straightened
    base = max(by_id[group.reference].result.surfaces, key=lambda s: s.size_px[0] * s.size_px[1], default=None)
    plane = np.asarray(base.homography, float).reshape(3, 3) if base else np.eye(3)
    pieces: list[surface.Piece] = []
    for photo_id, matrix in zip(group.photo_ids, group.matrices, strict=True):
        photo = by_id[photo_id].result.photo
        load = functools.partial(decode_shown, by_id[photo_id].source, by_id[photo_id].result, limits=limits)
        pieces.append(surface.Piece(load, (photo.width_px, photo.height_px), plane @ matrix))
    frame = surface.frame_pictures(pieces)
    if frame is None:
        return None, path
    refused = path.with_suffix(".txt")
    if not path.is_file():
        picture = None if refused.is_file() else _try_join(pieces, frame)
        if picture is None:
            write_text(refused, "These photos do not agree about what they both show; they stay apart.\n")
            return None, path
        write_picture(picture, path)
    wall = Wall(
        id=name.removesuffix(".jpg"),
        photo_ids=group.photo_ids,
        picture=name,
        size_px=frame.size_px,
        homographies=tuple(tuple(float(v) for v in (frame.matrix @ p.homography).ravel()) for p in pieces),
    )
    return wall, path


def _try_join(pieces: Sequence[surface.Piece], frame: surface.Frame) -> npt.NDArray[np.uint8] | None:
    try:
        return surface.join_pictures(pieces, frame)
    except PhotoError:
        return None  # a photo went away since it was read: the report does without the joined picture
