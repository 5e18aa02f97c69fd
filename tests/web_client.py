"""The web application for tests: called in this process, as a browser or a phone would call it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import argon2
import uvicorn
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from digitise.web.app import create_app
from digitise.web.security.passwords import PASSWORD_FILE, make_own_folder
from digitise.web.serving import make_server
from digitise.web.settings import ServerSettings

PASSWORD = "three green words"
PAGE = {"Accept": "text/html,application/xhtml+xml"}
"""What a browser asks for when it opens a page."""


def open_client(data: Path, *, base_url: str = "http://localhost", password: str | None = None, **settings: Any) -> TestClient:
    """A client of a fresh application over `data`. With a password, nobody is signed in yet."""
    wanted = ServerSettings(data=data, **settings)
    if password is not None:
        keep_cheaply(wanted, password)
    return TestClient(create_app(wanted), base_url=base_url, follow_redirects=False)


def keep_cheaply(settings: ServerSettings, password: str) -> None:
    """Set a password, hashed with a thousandth of the usual work."""
    make_own_folder(settings)
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    (settings.own_folder / PASSWORD_FILE).write_text(cheap.hash(password), encoding="utf-8")


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
