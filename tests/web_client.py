"""The web application for tests: called in this process, as a browser or a phone would call it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from digitise.web.app import create_app
from digitise.web.security.passwords import set_password
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
