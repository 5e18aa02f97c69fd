"""An event's progress as server-sent events: what changed since the last one, told when it changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from digitise.web.desk import Desk, Progress
from digitise.web.photo_cards import changed_keys, gone_keys
from digitise.web.shelf import EventPlace

RETRY_MS = 3000
"""After which a browser whose stream broke off asks again."""
HEARTBEAT_S = 15.0
"""Proxies close connections on which nothing is said for a minute or so."""
PACE_S = 0.4
"""Least time between two events: twenty photos may be looked at within a second."""


async def stream_progress(desk: Desk, place: EventPlace, *, after: int) -> AsyncIterator[str]:
    """The text of an event stream. after: the revision that the page shows already; -1: none."""
    yield f"retry: {RETRY_MS}\n\n"
    states = desk.watch(place, after=after)
    before: Progress | None = None
    pending = asyncio.ensure_future(anext(states, None))
    try:
        while True:
            done, _ = await asyncio.wait({pending}, timeout=HEARTBEAT_S)
            if not done:
                yield ": still here\n\n"
                continue
            now = pending.result()
            if now is None:
                return
            yield format_event(before, now)
            before = now
            await asyncio.sleep(PACE_S)
            pending = asyncio.ensure_future(anext(states, None))
    finally:
        pending.cancel()
        # the generator must have ended before it can be closed
        await asyncio.wait({pending}, timeout=1)
        await states.aclose()


def format_event(before: Progress | None, now: Progress) -> str:
    """One event. changed: keys of the cards to be shown anew; null: all of them."""
    told = now.model_dump(mode="json", exclude={"photos"})
    told["changed"] = None if before is None else changed_keys(before, now)
    told["gone"] = [] if before is None else gone_keys(before, now)
    return f"id: {now.revision}\nevent: progress\ndata: {json.dumps(told)}\n\n"
