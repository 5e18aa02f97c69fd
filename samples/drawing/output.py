"""Files of a drawn event: JPEGs with camera data, one truth file per photo, and the intended sections."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from digitise.geometry import bounds
from samples.drawing.layer import Drawn
from samples.drawing.scene import Shot

TURNS = {1: 0, 3: 2, 6: 1, 8: 3}
"""EXIF orientation -> quarter turns anticlockwise from the upright picture to the stored one."""


@dataclass(frozen=True)
class Photo:
    """A finished photo of an event."""

    stem: str
    taken: datetime
    kind: str
    shot: Shot
    language: str = "en"
    orientation: int = 1
    budget_kb: int = 380
    """Largest file in kB; quality falls until it fits."""


@dataclass(frozen=True)
class Plan:
    """A photo that is still to be taken: all of a Photo but its pixels."""

    stem: str
    taken: datetime
    kind: str
    take: Callable[[], Shot]
    language: str = "en"
    orientation: int = 1
    budget_kb: int = 380

    def finish(self) -> Photo:
        return Photo(self.stem, self.taken, self.kind, self.take(), self.language, self.orientation, self.budget_kb)


def encode(photo: Photo) -> bytes:
    """JPEG bytes with DateTimeOriginal and the orientation tag; no place."""
    stored = np.ascontiguousarray(np.rot90(photo.shot.rgb, TURNS[photo.orientation]))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Sample", "Drawn phone"
    exif[0x0112] = photo.orientation
    stamp = photo.taken.strftime("%Y:%m:%d %H:%M:%S")
    exif[0x0132] = stamp
    exif.get_ifd(0x8769).update({0x9003: stamp, 0x9004: stamp})
    for quality in range(90, 40, -4):
        buffer = io.BytesIO()
        Image.fromarray(stored).save(buffer, "JPEG", quality=quality, exif=exif, optimize=True)
        if buffer.tell() <= photo.budget_kb * 1000:
            return buffer.getvalue()
    raise ValueError(f"{photo.stem} does not fit into {photo.budget_kb} kB")


def truth(photo: Photo) -> dict[str, Any]:
    """The photo's truth in the benchmark's format, with kind, owners, due, outline and key for each note."""
    height, width = photo.shot.rgb.shape[:2]
    ids = {note.key: number for number, note in enumerate(photo.shot.notes, 1)}
    if len(ids) != len(photo.shot.notes):
        raise ValueError(f"{photo.stem}: a note key is used twice")
    return {
        "photo": f"{photo.stem}.jpg",
        "kind": photo.kind,
        "size": [width, height],
        "language": photo.language,
        "surfaces": [{"quad": _rounded(s.quad), "what": s.what, "complete": s.complete} for s in photo.shot.surfaces],
        "notes": [_note(n, ids, width, height, photo.stem) for n in photo.shot.notes],
    }


def _note(note: Drawn, ids: dict[str, int], width: int, height: int, stem: str) -> dict[str, Any]:
    x0, y0, x1, y1 = bounds(note.outline)
    if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
        raise ValueError(
            f"{stem}: note {note.key} {note.text!r} reaches out of the photo: {x0:.0f} {y0:.0f} {x1:.0f} {y1:.0f} in {width}x{height}"
        )
    return {
        "id": ids[note.key],
        "key": note.key,
        "bbox": [round(v) for v in (x0, y0, x1, y1)],
        "outline": _rounded(note.outline),
        "text": note.text,
        "role": note.role,
        "container": note.container,
        "colour": note.colour,
        "script": "hand",
        "legible": "full",
        "under": ids.get(note.under or ""),
        "kind": note.kind,
        "owners": list(note.owners),
        "due": note.due,
    }


def _rounded(points: Iterable[tuple[float, float]]) -> list[list[float]]:
    return [[round(x, 1), round(y, 1)] for x, y in points]


def sections(photos: Iterable[tuple[str, list[Drawn]]]) -> dict[str, Any]:
    """The report's intended sections: heading -> its notes and actions; and which notes are seen twice.

    `photos`: stem and notes of each photo in the order in which they were taken. A note counts where it is first seen.
    """
    first: dict[str, dict[str, Any]] = {}
    drawn: dict[str, Drawn] = {}
    again: list[dict[str, Any]] = []
    for stem, notes in photos:
        for number, note in enumerate(notes, 1):
            here = {"photo": stem, "id": number}
            if note.key in first:
                again.append({**here, "same_as": first[note.key]})
            else:
                first[note.key], drawn[note.key] = here, note
    out: dict[str, dict[str, Any]] = {}
    for key, note in drawn.items():
        if note.section is None or note.role == "label" or not note.text:
            continue
        head = drawn[note.section]
        entry = out.setdefault(
            note.section, {"heading": " ".join(head.text.split()), "at": first[note.section], "notes": [], "actions": []}
        )
        if key == note.section or note.role in ("title", "heading"):
            continue
        item = {**first[key], "kind": note.kind, "text": " ".join(note.text.split())}
        if note.kind == "action":
            entry["actions"].append({**item, "owners": list(note.owners), "due": note.due})
        else:
            entry["notes"].append(item)
    return {"sections": [s for s in out.values() if s["notes"] or s["actions"]], "seen_twice": again}


def write_json(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
