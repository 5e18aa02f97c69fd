"""The web application for tests: called in this process, as a browser or a phone would call it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from digitise.web.app import create_app
from digitise.web.security.passwords import set_password
from digitise.web.serving import make_server
from digitise.web.settings import ServerSettings

PASSWORD = "three green words"
PAGE = {"Accept": "text/html,application/xhtml+xml"}
"""What a browser asks for when it opens a page."""


def open_client(data: Path, *, base_url: str = "http://localhost", password: str | None = None, **settings: Any) -> TestClient:
    """A client of a fresh application over `data`. With a password, nobody is signed in yet."""
    wanted = ServerSettings(data=data, **settings)
    if password is not None:
        set_password(wanted, password)
    return TestClient(create_app(wanted), base_url=base_url, follow_redirects=False)


def sign_in(client: TestClient, password: str = PASSWORD) -> None:
    """Sign in, as the form does."""
    answer = client.post("/login", data={"password": password}, headers={"Origin": str(client.base_url).rstrip("/")})
    assert answer.status_code == 303, answer.text


@contextlib.contextmanager
def serve_here(settings: ServerSettings, *, port: int = 0) -> Iterator[tuple[uvicorn.Server, int]]:
    """A real server in a thread, and its port. Besides its pages it has /ticking, a stream without end."""
    app = create_app(settings)

    async def tick() -> AsyncIterator[bytes]:
        while True:
            yield b"data: tick\n\n"
            await asyncio.sleep(0.2)

    app.add_api_route("/ticking", lambda: StreamingResponse(tick(), media_type="text/event-stream"), response_model=None)
    ready = threading.Event()
    server = make_server(app, settings, ready=ready.set)
    with socket.create_server(("127.0.0.1", port)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert ready.wait(30), "the server did not start"
            yield server, listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(60)
            assert not thread.is_alive()
