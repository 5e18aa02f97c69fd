"""Uploads on disk: those that are under way, each with its record, and the records of files that were taken in.

An upload is incoming/<id>.part with the bytes so far and incoming/<id>.json with what is known of it. How many bytes came is the size of
the part, nothing else: a crash cannot make the two disagree.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import Field, ValidationError

from digitise.model import Frozen
from digitise.store import write_text
from digitise.web.shelf import EventPlace

UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
_ID_BYTES = 16
"""128 bits: the address of an upload is the only thing that proves whose it is."""
UNFINISHED_DAYS = 1.0
"""An upload to which nothing is added for so long is given up: a phone that lost the network at the meeting may go on at home."""
IDLE_S = 600.0
"""Where too many have begun, those at rest for so long make room first."""


class Taken(Frozen):
    """What became of a complete upload."""

    name: str
    """Name in the event's photos folder."""
    already: bool = False
    """The same content was there before, so it was not added again."""


class Upload(Frozen):
    """A file that is coming, or has come."""

    id: str
    name: str
    """As the person knows it; text only."""
    length: int = Field(ge=0)
    created: datetime
    by_room: bool = False
    """It came through the link for everybody in the room."""
    taken: Taken | None = None


class FileRecord(Frozen):
    """A file that was taken in, kept by the hash of its content."""

    name: str
    shown: str
    """As the person who sent it knows it."""
    size: int
    at: datetime
    by_room: bool = False


def make_upload(place: EventPlace, *, name: str, length: int, by_room: bool) -> Upload:
    """A new, empty upload. Raises OutputError, FileNotFoundError where the event is gone."""
    upload = Upload(id=secrets.token_hex(_ID_BYTES), name=name, length=length, created=datetime.now(UTC), by_room=by_room)
    part_of(place, upload.id).touch(mode=0o600, exist_ok=False)
    save_upload(place, upload)
    return upload


def save_upload(place: EventPlace, upload: Upload) -> None:
    write_text(place.incoming / f"{upload.id}.json", upload.model_dump_json())


def find_upload(place: EventPlace, upload_id: str) -> Upload | None:
    """An upload by its id; None for what never was, has expired or was cancelled."""
    if not UPLOAD_ID.fullmatch(upload_id):
        return None
    try:
        upload = Upload.model_validate_json((place.incoming / f"{upload_id}.json").read_bytes())
    except (OSError, ValidationError):
        return None
    return upload if upload.taken or part_of(place, upload_id).exists() else None


def part_of(place: EventPlace, upload_id: str) -> Path:
    """Where the bytes of an upload lie until it is complete."""
    return place.incoming / f"{upload_id}.part"


def received(place: EventPlace, upload: Upload) -> int:
    """Bytes that have come."""
    if upload.taken:
        return upload.length
    try:
        return part_of(place, upload.id).stat().st_size
    except FileNotFoundError:
        return 0


def expires(place: EventPlace, upload: Upload) -> datetime:
    """When it is given up unless more comes."""
    try:
        last = part_of(place, upload.id).stat().st_mtime
    except FileNotFoundError:
        last = upload.created.timestamp()
    return datetime.fromtimestamp(last, UTC) + timedelta(days=UNFINISHED_DAYS)


def drop_upload(place: EventPlace, upload_id: str) -> None:
    """Forget an upload and its bytes; a file that was taken in stays."""
    for path in (part_of(place, upload_id), place.incoming / f"{upload_id}.json"):
        path.unlink(missing_ok=True)


def list_parts(place: EventPlace) -> list[tuple[str, int, float]]:
    """Id, bytes and last change (seconds since 1970) of every upload that is not complete."""
    found = []
    for path in place.incoming.glob("*.part"):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            found.append((path.stem, status.st_size, status.st_mtime))
    return found


def drop_expired(place: EventPlace, *, older_than_s: float = UNFINISHED_DAYS * 86400, empty_only: bool = False) -> int:
    """Forget uploads at rest for so long, and what is known of finished ones. Gives how many parts went."""
    until = time.time() - older_than_s
    old = [upload_id for upload_id, size, changed in list_parts(place) if changed < until and not (empty_only and size)]
    for upload_id in old:
        drop_upload(place, upload_id)
    if not empty_only:
        for path in [*place.incoming.glob("*.json"), *place.incoming.glob(".part-*")]:
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < until and not path.with_suffix(".part").exists():
                    path.unlink()
    return len(old)


def trim_finished(place: EventPlace, *, keep: int) -> None:
    """Forget the oldest records of uploads that are done, where there are more than `keep`; their files stay."""
    names = {path.name for path in place.incoming.iterdir()}
    stems = (name.removesuffix(".json") for name in names if name.endswith(".json"))
    done = [stem for stem in stems if UPLOAD_ID.fullmatch(stem) and f"{stem}.part" not in names]
    if len(done) <= keep:
        return
    changed = {}
    for stem in done:
        path = place.incoming / f"{stem}.json"
        with contextlib.suppress(FileNotFoundError):
            changed[path] = path.stat().st_mtime
    # a quarter more, so that this is not done again for each one that comes
    for path in sorted(changed, key=lambda p: changed[p])[: len(done) - keep * 3 // 4]:
        path.unlink(missing_ok=True)


def load_record(place: EventPlace, sha256: str) -> FileRecord | None:
    """What is known of a file with this content; None where it never came or is gone from the photos."""
    try:
        return FileRecord.model_validate_json((place.records / f"{sha256}.json").read_bytes())
    except (OSError, ValidationError):
        return None


def save_record(place: EventPlace, sha256: str, record: FileRecord) -> None:
    write_text(place.records / f"{sha256}.json", record.model_dump_json())


def list_records(place: EventPlace) -> dict[str, FileRecord]:
    """Name in the photos folder -> its record, for showing people the names they know."""
    found = {}
    for path in place.records.glob("*.json"):
        record = load_record(place, path.stem)
        if record:
            found[record.name] = record
    return found
