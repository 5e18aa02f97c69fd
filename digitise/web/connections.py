"""Connections that say nothing: whoever opens many, or never ends the head of a request, must not take the places of everybody else.

uvicorn itself waits for ever for a request's first lines. How fast a body must come is pacing.py's business.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from digitise.web.security.addresses import is_loopback

HEAD_S = 20.0
"""Longest time until the head of a request has come whole, from when the connection is free for one. It fits into one packet or two."""
MOST_PER_ADDRESS = 200
"""Open connections from one address: a browser opens six, and a room behind one router shares an address."""


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with an end to its patience. Always this one: others take heads of requests without a limit on their size."""

    most_per_address = MOST_PER_ADDRESS
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        same = sum(1 for other in self.connections if (getattr(other, "client", None) or ("",))[0] == host)
        if same > self.most_per_address and not is_loopback(host):
            transport.abort()
            return
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._wait_for_head()

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(HEAD_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if (self.cycle is None or self.cycle.response_complete) and not self.transport.is_closing():
            self.transport.abort()


class ProxiedProtocol(PatientProtocol):
    """Behind a proxy all visitors come from its address; it counts them itself."""

    most_per_address = 1 << 30


def choose_protocol(*, proxied: bool) -> type[Any]:
    """The protocol of a server."""
    return ProxiedProtocol if proxied else PatientProtocol
