"""Answers that never end by themselves (live progress): they are ended when the server is, so that it need not wait for them."""

from __future__ import annotations

import anyio


class OpenStreams:
    """The streams of one server. All calls come from its event loop."""

    def __init__(self) -> None:
        self._scopes: set[anyio.CancelScope] = set()

    def add(self, scope: anyio.CancelScope) -> None:
        self._scopes.add(scope)

    def remove(self, scope: anyio.CancelScope) -> None:
        self._scopes.discard(scope)

    def close_all(self) -> None:
        """End them; browsers ask again by themselves when the server is back."""
        for scope in tuple(self._scopes):
            scope.cancel()
