"""How much somebody may send: little in forms and JSON, a whole photo in uploads."""

from __future__ import annotations

import re

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from digitise.web.rendering import choose_language
from digitise.web.settings import WebLimits
from digitise.web.wording import say

UPLOAD_TYPES = ("multipart/form-data", "application/offset+octet-stream", "application/octet-stream")
"""tus sends the second."""
MULTIPART_EXTRA_BYTES = 1 << 20
"""Names and boundaries around a file."""


FORMS_OF_FILES = re.compile(r"(/events/[^/]+/photos/add|/u/[^/]+)$")
"""Addresses of the plain forms by which browsers without scripts send all photos in one request. The size of each file is looked at while
it comes (plain_forms.py)."""


def choose_limit(request: Request, limits: WebLimits, *, upload: bool) -> int:
    """Most bytes of a request's body. upload: whether files may come to this address."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if upload and kind in UPLOAD_TYPES:
        many = kind == "multipart/form-data" and FORMS_OF_FILES.search(request.scope["path"])
        return int((limits.event_mib if many else limits.file_mib) * (1 << 20)) + MULTIPART_EXTRA_BYTES
    return int(limits.form_kib * (1 << 10))


def says_too_much(request: Request, limit: int) -> bool:
    """Whether the request itself announces more. Its number may be missing or a lie; `count_body` counts."""
    announced = request.headers.get("content-length", "")
    return announced.isdigit() and int(announced) > limit


def count_body(request: Request, receive: Receive, limit: int) -> Receive:
    """Receives the body and stops the request with 413 where it is longer than `limit` bytes."""
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413, {"error": too_large(request, limit), "remedy": ""})  # type: ignore[arg-type] # shown by answers.py
        return message

    return counting


def too_large(request: Request, limit: int) -> str:
    """The refusal in words."""
    size = f"{limit / (1 << 20):.0f} MB" if limit >= 1 << 20 else f"{limit / (1 << 10):.0f} kB"
    return say(choose_language(request), "common.error_too_large", limit=size)
