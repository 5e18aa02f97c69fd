"""The review of a small drawn event over its JSON API, for tests of what is shown, saved and pictured."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review_demo import EVENT_ID, make_event
from starlette.testclient import TestClient
from web_client import open_client

from digitise.web.review_model import ReviewView
from digitise.web.review_service import Reviews
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace

HERE = f"/api/events/{EVENT_ID}"
PICTURES = f"/events/{EVENT_ID}/pictures"
NOTE = "n1-1"
"""'Buses stop at {sic|six|sit} in the evening'."""


class DeskHere:
    """The desk's `run`, done in this process: for what is about pixels, not about processes."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def is_alive(self) -> bool:
        return False

    def run(self, work: Callable[..., Any], *args: Any, urgent: bool = False) -> concurrent.futures.Future[Any]:
        assert urgent, "somebody waits for it"
        self.calls.append(work.__name__)
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            future.set_result(work(*args))
        except Exception as e:
            future.set_exception(e)
        return future


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    return make_event(tmp_path)


@pytest.fixture(name="client")
def fixture_client(folder: Path, tmp_path: Path) -> TestClient:
    return open_client(tmp_path)


@pytest.fixture(name="place")
def fixture_place(folder: Path) -> EventPlace:
    return EventPlace(EVENT_ID, folder.parent)


def make_reviews(tmp_path: Path, desk: object | None = None, **settings: Any) -> Reviews:
    return Reviews(desk or DeskHere(), ServerSettings(data=tmp_path, **settings))  # type: ignore[arg-type]


def look(client: TestClient, who: str = "ann") -> ReviewView:
    return ReviewView.model_validate(client.get(f"{HERE}/review", params={"client": who}).json())


def post_edit(client: TestClient, *edits: dict[str, Any], who: str = "ann", seen: int | None = None) -> Any:
    body = {"seen": look(client).revision if seen is None else seen, "client": who, "author": who.title(), "edits": edits}
    return client.post(f"{HERE}/edits", json=body)
