"""Uploads that can be taken up again where they broke off: the tus 1.0 protocol (https://tus.io/protocols/resumable-upload), its core with
the creation, termination and expiration extensions. The same for organisers and for people in the room; who may call is settled before.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from digitise.errors import OutputError
from digitise.intake.sniffing import HEAD_BYTES
from digitise.web.accepting import check_head
from digitise.web.door import Door, write_chunk
from digitise.web.keeping import Upload, drop_upload, expires, find_upload, part_of, received
from digitise.web.not_taken import NotTakenError
from digitise.web.pacing import pace
from digitise.web.rendering import choose_language
from digitise.web.shelf import EventPlace

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
OFFSET_TYPE = "application/offset+octet-stream"
CHUNK_BYTES = 256 * 1024
"""What is held in memory of one upload before it is written."""
DRAIN_BYTES = 16 * 2**20
"""What may follow once a file is refused for its first bytes: read and thrown away, because browsers hear an answer only after they have
sent what they were sending. Our own page sends 8 MiB at a time."""
METADATA_MAX_CHARS = 8192
LENGTH_MAX_DIGITS = 15


class Caller(NamedTuple):
    """Who uploads where."""

    place: EventPlace
    door: Door
    by_room: bool
    address: str
    """Path of the uploads; that of one upload is below it."""


def options(caller: Caller) -> Response:
    """What this server can do."""
    most = str(int(caller.door.limits.file_mib * 2**20))
    return _answer(204, {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": most})


async def create(request: Request, caller: Caller) -> Response:
    """Begin an upload: its length and name are known, its bytes come with PATCH."""
    try:
        _check_version(request)
        length = _number(request, "upload-length")
        name = _read_metadata(request.headers.get("upload-metadata", "")).get("filename", "")
        upload = await run_in_threadpool(caller.door.begin, caller.place, name=name, length=length, by_room=caller.by_room)
    except (NotTakenError, OutputError, OSError) as e:
        return _refuse(request, _why_not(e))
    return _answer(201, {"Location": f"{caller.address}/{upload.id}"} | _state(caller, upload))


async def look(request: Request, caller: Caller, upload_id: str) -> Response:
    """How much of an upload has come."""
    try:
        _check_version(request)
        upload = _find(caller, upload_id)
        # whoever asks has lost the connection that is writing, if there is one
        async with caller.door.hold(caller.place, upload_id):
            if received(caller.place, upload) >= upload.length:
                upload = await _finish(caller, upload_id)
    except NotTakenError as e:
        return _refuse(request, e)
    return _answer(200, {"Upload-Length": str(upload.length), "Cache-Control": "no-store"} | _state(caller, upload))


async def append(request: Request, caller: Caller, upload_id: str) -> Response:
    """The next bytes of an upload; with the last of them the file is taken in."""
    try:
        _check_version(request)
        if request.headers.get("content-type") != OFFSET_TYPE:
            raise NotTakenError("protocol", status=415)
        upload = _find(caller, upload_id)
        offset = _number(request, "upload-offset")
        async with caller.door.hold(caller.place, upload_id) as asked_to_end:
            upload = _find(caller, upload_id)
            if offset != received(caller.place, upload):
                raise NotTakenError("offset", status=409)
            if upload.taken is None:
                coming = int(request.headers.get("content-length") or 0)
                if offset + coming > upload.length:
                    raise NotTakenError("too_much", status=413)
                await run_in_threadpool(caller.door.admit, caller.place, length=upload.length, started=upload)
                await _receive(request, caller, upload, offset, asked_to_end)
                if received(caller.place, upload) >= upload.length:
                    upload = await _finish(caller, upload_id)
    except (NotTakenError, OutputError, OSError) as e:
        return _refuse(request, _why_not(e))
    return _answer(204, _state(caller, upload))


async def cancel(request: Request, caller: Caller, upload_id: str) -> Response:
    """Forget an upload that is not complete. A file that was taken in is removed on the photos page, not here."""
    try:
        _check_version(request)
        _find(caller, upload_id)
        async with caller.door.hold(caller.place, upload_id):
            await run_in_threadpool(drop_upload, caller.place, upload_id)
    except NotTakenError as e:
        return _refuse(request, e)
    return _answer(204, {})


async def _receive(request: Request, caller: Caller, upload: Upload, offset: int, asked_to_end: asyncio.Event) -> None:
    """Write the request's bytes as they come. Ends early, keeping what came, when the phone goes away, is too slow or comes back by
    another connection. Raises NotTakenError."""
    part = part_of(caller.place, upload.id)
    at, waiting = offset, bytearray()
    seen = offset >= HEAD_BYTES

    async def flush() -> None:
        nonlocal at
        if waiting:
            chunk = bytes(waiting)
            waiting.clear()
            await write_chunk(part, chunk, at=at)
            at += len(chunk)

    try:
        async with contextlib.aclosing(pace(request.stream(), asked_to_end)) as chunks:
            async for chunk in chunks:
                if at + len(waiting) + len(chunk) > upload.length:
                    drop_upload(caller.place, upload.id)
                    raise NotTakenError("too_much", status=413)
                waiting += chunk
                if len(waiting) >= CHUNK_BYTES or (not seen and len(waiting) >= HEAD_BYTES):
                    await flush()
                if not seen and at >= HEAD_BYTES:
                    await _check_start(caller, upload, chunks)
                    seen = True
    except ClientDisconnect:
        pass
    finally:
        # what has come is kept, however this ends; after a refusal the file is gone
        with contextlib.suppress(FileNotFoundError):
            await flush()


async def _check_start(caller: Caller, upload: Upload, rest: AsyncIterator[bytes]) -> None:
    """Refuse what is no photo by its first bytes, before the rest of it comes."""
    part = part_of(caller.place, upload.id)

    def head() -> bytes:
        with part.open("rb") as file:
            return file.read(HEAD_BYTES)

    try:
        check_head(await run_in_threadpool(head), upload.name)
    except NotTakenError:
        await run_in_threadpool(drop_upload, caller.place, upload.id)
        left = DRAIN_BYTES
        with contextlib.suppress(NotTakenError, ClientDisconnect):
            async for chunk in rest:
                left -= len(chunk)
                if left <= 0:
                    break
        raise


async def _finish(caller: Caller, upload_id: str) -> Upload:
    """Take a complete upload in, unless that was done. Raises NotTakenError."""
    upload = _find(caller, upload_id)
    if upload.taken:
        return upload
    return await caller.door.receive(caller.place, upload)


def _why_not(error: NotTakenError | OutputError | OSError) -> NotTakenError:
    """What kept bytes from being written, as the sender is told."""
    if isinstance(error, NotTakenError):
        return error
    return NotTakenError("gone", status=404) if isinstance(error, FileNotFoundError) else NotTakenError("disk_full", status=507)


def _find(caller: Caller, upload_id: str) -> Upload:
    """An upload of this caller's. What came through the room's link is reached through it only, and the other way round."""
    upload = find_upload(caller.place, upload_id)
    if upload is None or upload.by_room != caller.by_room:
        raise NotTakenError("gone", status=404)
    return upload


def _state(caller: Caller, upload: Upload) -> dict[str, str]:
    headers = {"Upload-Offset": str(received(caller.place, upload))}
    if upload.taken:
        headers["Digitise-Taken"] = "already" if upload.taken.already else "new"
        # people in the room are not told what others' photos are called
        if not upload.by_room:
            headers["Digitise-Name"] = quote(upload.taken.name)
    else:
        headers["Upload-Expires"] = format_datetime(expires(caller.place, upload), usegmt=True)
    return headers


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store"} | headers)


def _refuse(request: Request, e: NotTakenError) -> Response:
    language = choose_language(request)
    headers = {"Tus-Resumable": VERSION, "Tus-Version": VERSION, "Cache-Control": "no-store"}
    if e.status == 503:
        headers["Retry-After"] = "5"
    return JSONResponse({"error": e.error(language), "remedy": e.remedy(language)}, status_code=e.status, headers=headers)


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise NotTakenError("protocol", status=412)


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= LENGTH_MAX_DIGITS):
        raise NotTakenError("protocol", status=400)
    return int(text)


def _read_metadata(header: str) -> dict[str, str]:
    """'filename aGVsbG8=,is_confidential' -> its keys and values, as text. Raises NotTakenError."""
    if len(header) > METADATA_MAX_CHARS:
        raise NotTakenError("protocol", status=400)
    values = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            values[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as e:
            raise NotTakenError("protocol", status=400) from e
    return values
