"""The bytes of a request as they come, for as long as they come: whoever sends next to nothing does not hold a connection for ever."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator

from starlette.requests import ClientDisconnect

from digitise.web.not_taken import NotTakenError

PATIENCE_S = 30.0
"""Within this time ..."""
SLOWEST_BYTES = 4096
"""... at least so many bytes must come: the slowest link on which anybody would send a photo brings a hundred times that."""


async def pace(stream: AsyncIterator[bytes], asked_to_end: asyncio.Event) -> AsyncGenerator[bytes, None]:
    """The chunks of a request's body, until it ends or `asked_to_end` is set. Raises NotTakenError for one that comes too slowly,
    ClientDisconnect where the sender went away."""
    asked = asyncio.ensure_future(asked_to_end.wait())
    ends, in_window = time.monotonic() + PATIENCE_S, 0
    try:
        while True:
            coming = asyncio.ensure_future(anext(stream, None))
            await asyncio.wait({coming, asked}, timeout=max(ends - time.monotonic(), 0.0), return_when=asyncio.FIRST_COMPLETED)
            if asked.done() or not coming.done():
                coming.cancel()
                with contextlib.suppress(asyncio.CancelledError, ClientDisconnect):
                    await coming
                if asked.done():
                    return
                raise NotTakenError("slow", status=408)
            chunk = coming.result()
            if chunk is None:
                return
            in_window += len(chunk)
            if time.monotonic() >= ends:
                if in_window < SLOWEST_BYTES:
                    raise NotTakenError("slow", status=408)
                ends, in_window = time.monotonic() + PATIENCE_S, 0
            if chunk:
                yield chunk
    finally:
        asked.cancel()
