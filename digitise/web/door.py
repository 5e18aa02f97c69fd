"""The door for files: limits before the first byte, one writer per upload, the same content once, nothing half taken in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from digitise.config import Limits
from digitise.errors import OutputError
from digitise.store import hash_file
from digitise.web.accepting import check_content
from digitise.web.cards import list_photos
from digitise.web.desk import Desk
from digitise.web.keeping import (
    IDLE_S,
    FileRecord,
    Taken,
    Upload,
    drop_expired,
    drop_upload,
    find_upload,
    list_parts,
    load_record,
    make_upload,
    part_of,
    received,
    save_record,
    save_upload,
    trim_finished,
)
from digitise.web.naming import shown_name, stored_name
from digitise.web.not_taken import NotTakenError
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace, list_places
from digitise.web.state import hold_event

MIB = 2**20
ACTIVE_MOST = 256
"""Most requests that bring bytes at one time: each holds a quarter of a MiB. 20 phones make 60."""
ACTIVE_MOST_EVENT = 96
"""Of one event: whoever holds its link and brings bytes as slowly as is allowed must not keep other events out."""
TAKE_OVER_S = 5.0
"""How long a second request for the same upload waits for the first to end: a phone that lost the network comes back sooner than
the server notices that its first connection is dead."""
FINISHED_FACTOR = 2
"""So many times the most files of an event: records of uploads that are done, which phones ask for until all of theirs have come. The same
photo sent over and over adds no file, but such a record each time."""
TAKEN_IN_AT_ONCE = 4
"""Files put in their places at one time. More would only wait for each other's disk, on threads that people's pages wait for."""
_TOTAL_FRESH_S = 20.0
"""How long the sum over all events is believed before it is counted anew."""


class _Hold:
    """One request that is writing to an upload."""

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        self.asked_to_end = asyncio.Event()
        self.ended = asyncio.Event()


class Door:
    """What comes in is counted and kept apart here. One per server; everything that lasts lies on disk."""

    def __init__(self, settings: ServerSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk
        self._holds: dict[str, _Hold] = {}
        self._taking_in = asyncio.Semaphore(TAKEN_IN_AT_ONCE)
        self._total: tuple[float, int] = (-1e9, 0)

    @property
    def limits(self) -> Limits:
        """The limits that the reading of an upload will have, as far as the door can check them."""
        return Limits(file_mib=self._settings.limits.file_mib)

    def admit(self, place: EventPlace, *, length: int, started: Upload | None = None) -> None:
        """Whether `length` more bytes may come as one file (`started`: which has begun already). Raises NotTakenError."""
        limits = self._settings.limits
        if self._settings.read_only:
            raise NotTakenError("read_only", status=403)
        if length <= 0:
            raise NotTakenError("empty", status=400)
        if length > limits.file_mib * MIB:
            raise NotTakenError("large", status=413, mib=f"{limits.file_mib:.0f}")
        photos = list_photos(place)
        parts = [(upload_id, size) for upload_id, size, _ in list_parts(place) if not started or upload_id != started.id]
        if len(photos) >= limits.event_files:
            raise NotTakenError("many", status=413, n=limits.event_files)
        if sum(map(_size, photos)) + sum(size for _, size in parts) + length > limits.event_mib * MIB:
            raise NotTakenError("event_full", status=413, mib=f"{limits.event_mib:.0f}")
        if self._sum_of_all() + length > limits.total_mib * MIB:
            raise NotTakenError("server_full", status=507)
        if shutil.disk_usage(self._settings.data).free - length < limits.free_mib * MIB:
            raise NotTakenError("disk_full", status=507)

    def admit_form(self, place: EventPlace, *, length: int) -> None:
        """Whether a form of `length` bytes with any number of files may come: as `admit`, but for the size of one file."""
        most = self._settings.limits.file_mib * MIB
        self.admit(place, length=max(1, int(min(length, most))))
        if shutil.disk_usage(self._settings.data).free - length < self._settings.limits.free_mib * MIB:
            raise NotTakenError("disk_full", status=507)

    def begin(self, place: EventPlace, *, name: str, length: int | None, by_room: bool) -> Upload:
        """A new upload, where the limits leave room for it. `length`: None where nobody stated it; such a one is never complete by
        itself. Raises NotTakenError, OutputError, FileNotFoundError."""
        self.admit(place, length=1 if length is None else length)
        most = self._settings.limits.open_uploads
        if len(list_parts(place)) >= most:
            # those that were begun and left first, so that nobody can keep others out by beginning many
            drop_expired(place, older_than_s=IDLE_S, empty_only=True)
            if len(list_parts(place)) >= most:
                raise NotTakenError("too_many_open", status=503, n=most)
        counted, total = self._total
        self._total = (counted, total + (length or 0))
        trim_finished(place, keep=FINISHED_FACTOR * self._settings.limits.event_files)
        never = int(self._settings.limits.file_mib * MIB) + 1
        return make_upload(place, name=shown_name(name), length=never if length is None else length, by_room=by_room)

    @contextlib.asynccontextmanager
    async def hold(self, place: EventPlace, upload_id: str) -> AsyncIterator[asyncio.Event]:
        """Be the only one who writes to an upload; whoever did so before is asked to end. Gives the event by which the next one asks.

        Raises NotTakenError where the other does not end, or too many are writing.
        """
        other = self._holds.get(upload_id)
        if other:
            other.asked_to_end.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(other.ended.wait(), TAKE_OVER_S)
            if upload_id in self._holds:
                raise NotTakenError("busy", status=423)
        of_event = sum(hold.event_id == place.id for hold in self._holds.values())
        if len(self._holds) >= ACTIVE_MOST or of_event >= ACTIVE_MOST_EVENT:
            raise NotTakenError("crowded", status=503)
        mine = self._holds[upload_id] = _Hold(place.id)
        try:
            yield mine.asked_to_end
        finally:
            del self._holds[upload_id]
            mine.ended.set()

    async def receive(self, place: EventPlace, upload: Upload) -> Upload:
        """`take_in`, from the event loop, in its turn. Raises NotTakenError, also where the event is gone or the disk refuses."""
        try:
            async with self._taking_in:
                return await run_in_threadpool(self.take_in, place, upload)
        except FileNotFoundError as e:
            raise NotTakenError("gone", status=404) from e
        except (OSError, OutputError) as e:
            raise NotTakenError("disk_full", status=507) from e

    def take_in(self, place: EventPlace, upload: Upload) -> Upload:
        """Put a complete upload among the event's photos, unless the same content lies there; tell the desk.

        Once done, a second call does nothing. A crash at any point leaves an upload that can be taken in again, with the same end.
        Raises NotTakenError (the upload is then gone), OutputError, FileNotFoundError where the event is gone.
        """
        part = part_of(place, upload.id)
        try:
            kind = check_content(part, upload.name, self.limits)
        except NotTakenError:
            drop_upload(place, upload.id)
            raise
        sha256 = _settle(part)
        with hold_event(place):
            known = find_upload(place, upload.id)
            if known and known.taken:
                return known
            record = load_record(place, sha256)
            if record and (place.photos / record.name).is_file():
                taken = Taken(name=record.name, already=True)
                part.unlink()
            else:
                names = [path.name for path in list_photos(place)]
                if len(names) >= self._settings.limits.event_files:
                    drop_upload(place, upload.id)
                    raise NotTakenError("many", status=413, n=self._settings.limits.event_files)
                name = stored_name(upload.name, kind, names)
                now = datetime.now(UTC)
                record = FileRecord(name=name, shown=upload.name, size=upload.length, at=now, by_room=upload.by_room)
                # first the record, then the file: without its file a record counts for nothing
                save_record(place, sha256, record)
                part.rename(place.photos / name)
                taken = Taken(name=name)
            done = upload.model_copy(update={"taken": taken})
            save_upload(place, done)
            if not taken.already:
                self._desk.look_again(place)
        return done

    def go_on(self, place: EventPlace) -> None:
        """Take in what was complete when an earlier server ended, and forget what has expired."""
        for upload_id, _, _ in list_parts(place):
            upload = find_upload(place, upload_id)
            if upload and upload.taken:
                part_of(place, upload_id).unlink(missing_ok=True)
            elif upload and received(place, upload) >= upload.length:
                with contextlib.suppress(NotTakenError, FileNotFoundError):
                    self.take_in(place, upload)
        drop_expired(place)

    def _sum_of_all(self) -> int:
        counted, total = self._total
        if time.monotonic() - counted > _TOTAL_FRESH_S:
            total = sum(
                _size(path) for place in list_places(self._settings.data) for path in [*list_photos(place), *place.incoming.glob("*.part")]
            )
            self._total = (time.monotonic(), total)
        return total


def remove_file(place: EventPlace, name: str, desk: Desk) -> bool:
    """Remove a file from an event by its name in the photos folder; whether it was there. The same content can come again after that.

    Raises FileNotFoundError where the event is gone.
    """
    with hold_event(place):
        found = next((path for path in list_photos(place) if path.name == name), None)
        if found is None:
            return False
        found.unlink(missing_ok=True)
        desk.look_again(place)
    return True


async def write_chunk(path: Path, chunk: bytes, *, at: int) -> None:
    """Put bytes at their place in a file that exists. Raises FileNotFoundError where its event was deleted."""
    await run_in_threadpool(_write_at, path, chunk, at)


def _write_at(path: Path, chunk: bytes, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(chunk)


def _settle(path: Path) -> str:
    """Have a file's bytes on the disk for certain; gives their SHA-256."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return hash_file(path)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
