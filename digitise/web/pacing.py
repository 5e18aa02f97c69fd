"""The bytes of a request as they come, for as long as they come: whoever sends next to nothing does not hold a connection for ever."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from starlette.requests import ClientDisconnect

from digitise.web.not_taken import NotTakenError

PATIENCE_S = 30.0
"""Within this time ..."""
SLOWEST_BYTES = 4096
"""... at least so many bytes must come: the slowest link on which anybody would send a photo brings a hundred times that."""
LONGEST_S = 1800.0
"""After so long a request ends, however well it goes: our page's 8 MiB at 5 kB/s. What came is kept, and the phone goes on with the next
request, if its link is still open then."""


async def pace(stream: AsyncIterator[bytes], asked_to_end: asyncio.Event, *, longest_s: float | None = None) -> AsyncGenerator[bytes, None]:
    """The chunks of a request's body, until it ends or `asked_to_end` is set. longest_s: None for LONGEST_S. Raises NotTakenError for one
    that comes too slowly, ClientDisconnect where the sender went away."""
    longest_s = LONGEST_S if longest_s is None else longest_s
    asked = asyncio.ensure_future(asked_to_end.wait())
    began = time.monotonic()
    ends, in_window = began + PATIENCE_S, 0
    coming: asyncio.Future[bytes | None] | None = None
    try:
        while True:
            if coming is None:
                coming = asyncio.ensure_future(anext(stream, None))
            waiting: set[asyncio.Future[Any]] = {coming, asked}
            await asyncio.wait(waiting, timeout=max(ends - time.monotonic(), 0.0), return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return
            chunk = b""
            if coming.done():
                came, coming = coming.result(), None
                if came is None:
                    return
                chunk = came
                in_window += len(chunk)
            now = time.monotonic()
            if now >= ends:
                # not whether something comes at this very moment: on a slow link there are pauses between pieces
                if in_window < SLOWEST_BYTES or now - began >= longest_s:
                    raise NotTakenError("slow", status=408)
                ends, in_window = now + PATIENCE_S, 0
            if chunk:
                yield chunk
    finally:
        asked.cancel()
        if coming is not None:
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError, ClientDisconnect):
                await coming
