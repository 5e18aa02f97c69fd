"""What the desk keeps on disk of an event, so that the next server goes on from there. All of it may be lost: then it is found out anew.

seen/<key>.json is what was found in one file, seen/<photo id>.jpg a picture's small copy, desk.json what became of the event.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path

from pydantic import Field

from digitise.api import Glance
from digitise.errors import OutputError
from digitise.model import Frozen, Problem, Source
from digitise.store import write_text
from digitise.web.shelf import EventPlace

THUMBNAIL = re.compile(r"[0-9a-f]{16}(-\d{1,6})?\.jpg")
"""Names of small pictures."""


class FileSeen(Frozen):
    """What was found in one file. Holds for the very file with this name, size and time only."""

    file: str
    size: int
    mtime_ns: int
    stamp: str
    """By what it was judged; see api.stamp_glances_of."""
    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What in it cannot be used, by its headers."""
    glances: dict[str, Glance] = Field(default_factory=dict)
    """By photo id."""
    failed: dict[str, Problem] = Field(default_factory=dict)
    """Pictures that could not be decoded, by photo id."""


class EventMemory(Frozen):
    """What became of an event so far."""

    fingerprint: str = ""
    """Of the settings under which `notes` and `failed` hold."""
    settings: str = ""
    """api.stamp_settings then."""
    program: str = ""
    """api.stamp_program then."""
    notes: dict[str, int] = Field(default_factory=dict)
    """Notes of each photo that was read, by photo id."""
    warnings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """What reading it showed to be wrong with a photo, besides the first glance."""
    failed: dict[str, Problem] = Field(default_factory=dict)
    """Photos that could not be read. They are tried again when a person asks, or when the program or the settings change."""
    arranged: str = ""
    """Photos and settings by which the event was last arranged."""
    written: str = ""
    """The same, and corrections, of the written files."""
    trouble: str = ""
    """What went wrong then."""
    settled: str = ""
    """The event's files when there was nothing left to do; '' while there is."""
    read: int = 0
    total: int = 0
    state: str = "empty"


def load_memory(place: EventPlace) -> EventMemory:
    try:
        return EventMemory.model_validate_json(_memory_file(place).read_bytes())
    except (OSError, ValueError):
        return EventMemory()


def save_memory(place: EventPlace, memory: EventMemory) -> None:
    """Keep it, as far as the disk allows: nothing is lost with it but time."""
    with contextlib.suppress(OutputError, FileNotFoundError):
        if place.folder.is_dir():
            write_text(_memory_file(place), memory.model_dump_json())


def load_seen(place: EventPlace, file: str) -> FileSeen | None:
    try:
        return FileSeen.model_validate_json(_seen_file(place, file).read_bytes())
    except (OSError, ValueError):
        return None


def save_seen(place: EventPlace, seen: FileSeen) -> None:
    with contextlib.suppress(OutputError, FileNotFoundError):
        if place.folder.is_dir():
            write_text(_seen_file(place, seen.file), seen.model_dump_json())


def drop_seen(place: EventPlace, seen: FileSeen, *, keep: set[str]) -> None:
    """Forget a file that is gone. keep: photo ids that other files have, too."""
    _seen_file(place, seen.file).unlink(missing_ok=True)
    for photo_id in seen.glances.keys() - keep:
        thumbnail_of(place, photo_id).unlink(missing_ok=True)


def thumbnail_of(place: EventPlace, photo_id: str) -> Path:
    return place.seen / f"{photo_id}.jpg"


def list_files(place: EventPlace) -> dict[str, tuple[int, int]]:
    """Name below the photos folder -> size and time (ns) of every file in it, in the order in which they came."""
    found: list[tuple[int, str, int]] = []
    for path in place.photos.rglob("*"):
        name = path.relative_to(place.photos)
        if any(part.startswith(".") for part in name.parts):
            continue
        with contextlib.suppress(OSError):
            status = path.stat()
            if path.is_file():
                found.append((status.st_mtime_ns, name.as_posix(), status.st_size))
    return {name: (size, mtime_ns) for mtime_ns, name, size in sorted(found)}


def _memory_file(place: EventPlace) -> Path:
    return place.root / "desk.json"


def _seen_file(place: EventPlace, file: str) -> Path:
    return place.seen / f"{hashlib.sha256(file.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"


def hash_texts(*texts: str) -> str:
    """A short name for texts, also for names of files that are no good Unicode."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()[:24]
