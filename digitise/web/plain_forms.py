"""Files that come by a plain form, from browsers without scripts: each is written to disk as it comes, never held in memory."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import NamedTuple

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from digitise.errors import OutputError
from digitise.intake.sniffing import HEAD_BYTES
from digitise.web.accepting import check_head
from digitise.web.door import MIB, Door, write_chunk
from digitise.web.keeping import Taken, Upload, drop_upload, part_of
from digitise.web.naming import shown_name
from digitise.web.not_taken import NotTakenError
from digitise.web.pacing import pace
from digitise.web.shelf import EventPlace

FILES_MOST = 500
"""More files than anybody picks at once without scripts."""
PARTS_MOST = 20_000
"""Of one form, empty ones among them. A parser in Python takes 6 microseconds for each, on the thread that everybody waits for."""
LONGEST_S = 6 * 3600.0
"""A form cannot be taken up again, and brings all photos of an event."""
_CHECK_EVERY_BYTES = 16 * MIB
"""How often the limits are looked at while a file comes whose length nobody stated."""


class Arrival(NamedTuple):
    """What became of one file of a form: taken or refused."""

    shown: str
    upload_id: str = ""
    taken: Taken | None = None
    refusal: NotTakenError | None = None


class _Parts:
    """The parser's calls, kept until they can be awaited: ('file', name), ('data', bytes) or ('end', '')."""

    def __init__(self, boundary: bytes) -> None:
        self.waiting: list[tuple[str, str, bytes]] = []
        self._field, self._value, self._disposition = b"", b"", b""
        self._count = 0
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers,
                "on_part_data": lambda data, start, end: self.waiting.append(("data", "", data[start:end])),
                "on_part_end": lambda: self.waiting.append(("end", "", b"")),
            },
        )

    def _begin(self) -> None:
        self._count += 1
        if self._count > PARTS_MOST:
            raise FormParserError(f"more than {PARTS_MOST} parts")
        self._field, self._value, self._disposition = b"", b"", b""

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field, self._value = b"", b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        # an empty name: a field for files in which none was picked
        self.waiting.append(("file", options.get(b"filename", b"").decode("utf-8", "replace"), b""))


class _File:
    """One file of a form while it comes."""

    def __init__(self, place: EventPlace, door: Door, upload: Upload) -> None:
        self.place, self.door, self.upload = place, door, upload
        self.size = self.checked = 0

    async def write(self, data: bytes) -> None:
        """Raises NotTakenError as soon as its beginning or its size tells that it cannot be taken."""
        first = self.size == 0
        if self.size + len(data) > self.door.limits.file_mib * MIB or self.size - self.checked > _CHECK_EVERY_BYTES:
            self.checked = self.size
            await run_in_threadpool(self.door.admit, self.place, length=self.size + len(data), started=self.upload)
        await write_chunk(part_of(self.place, self.upload.id), data, at=self.size)
        self.size += len(data)
        if first and len(data) >= HEAD_BYTES:
            check_head(data, self.upload.name)

    async def end(self) -> Taken | None:
        await run_in_threadpool(self.door.admit, self.place, length=self.size, started=self.upload)
        whole = self.upload.model_copy(update={"length": self.size})
        return (await self.door.receive(self.place, whole)).taken


async def receive_form(request: Request, place: EventPlace, door: Door, *, by_room: bool) -> list[Arrival]:
    """Take in all files of a multipart form. What is wrong with one file does not stop the others.

    Raises NotTakenError where the form as a whole cannot be read.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not 0 < len(options.get(b"boundary", b"")) <= 256:
        raise NotTakenError("protocol", status=400)
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and len(stated) < 16:
        # room for all of it, before the first byte
        await run_in_threadpool(door.admit_form, place, length=int(stated))
    async with door.hold(place, f"form {secrets.token_hex(8)}") as asked_to_end:
        return await _receive_parts(request, place, door, _Parts(options[b"boundary"]), asked_to_end, by_room=by_room)


async def _receive_parts(
    request: Request, place: EventPlace, door: Door, parts: _Parts, asked_to_end: asyncio.Event, *, by_room: bool
) -> list[Arrival]:
    arrivals: list[Arrival] = []
    current: _File | None = None
    try:
        async with contextlib.aclosing(pace(request.stream(), asked_to_end, longest_s=LONGEST_S)) as chunks:
            async for chunk in chunks:
                try:
                    parts.parser.write(chunk)
                except FormParserError as e:
                    raise NotTakenError("protocol", status=400) from e
                waiting, parts.waiting = parts.waiting, []
                for what, name, data in waiting:
                    if what == "file" and name:
                        current = await _begin(place, door, name, by_room, arrivals)
                    elif current is not None:
                        current = await _feed(current, what, data, arrivals)
    except ClientDisconnect:
        pass
    finally:
        if current is not None:
            with contextlib.suppress(OSError):
                drop_upload(place, current.upload.id)
    return arrivals


async def _begin(place: EventPlace, door: Door, name: str, by_room: bool, arrivals: list[Arrival]) -> _File | None:
    if len(arrivals) >= FILES_MOST:
        return None
    try:
        return _File(place, door, await run_in_threadpool(door.begin, place, name=name, length=None, by_room=by_room))
    except NotTakenError as e:
        arrivals.append(Arrival(shown_name(name), refusal=e))
    except FileNotFoundError:
        arrivals.append(Arrival(shown_name(name), refusal=NotTakenError("gone", status=404)))
    return None


async def _feed(current: _File, what: str, data: bytes, arrivals: list[Arrival]) -> _File | None:
    """Hand bytes, or the end, to the file that is coming; None when it is done with."""
    upload = current.upload
    try:
        if what == "data":
            await current.write(data)
            return current
        arrivals.append(Arrival(upload.name, upload.id, taken=await current.end()))
    except NotTakenError as e:
        drop_upload(current.place, upload.id)
        arrivals.append(Arrival(upload.name, refusal=e))
    except (OSError, OutputError):
        drop_upload(current.place, upload.id)
        arrivals.append(Arrival(upload.name, refusal=NotTakenError("disk_full", status=507)))
    return None
