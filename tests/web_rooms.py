"""A web application on a folder of its own, for tests that send it events and files."""

from __future__ import annotations

import base64
import contextlib
import io
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from PIL import Image
from starlette.testclient import TestClient

from digitise.web.app import create_app
from digitise.web.creating import create_event
from digitise.web.details import Details
from digitise.web.links import open_link
from digitise.web.settings import ServerSettings, WebLimits
from digitise.web.shelf import EventPlace, list_places
from digitise.web.state import UploadLink

TUS = {"Tus-Resumable": "1.0.0"}
OFFSET = {"Content-Type": "application/offset+octet-stream"}


def make_settings(data: Path, **more: object) -> ServerSettings:
    """Settings of a server that needs no gigabyte of free disk to be tested."""
    limits = {"free_mib": 0.0} | dict(more.pop("limits", {}))  # type: ignore[call-overload]
    return ServerSettings(data=data, limits=WebLimits(**limits), **more)  # type: ignore[arg-type]


def make_client(settings: ServerSettings) -> TestClient:
    """A client without a running desk: nothing is read."""
    app = create_app(settings)
    app.state.site.desk.look_again = lambda place: None
    app.state.site.desk.forget = lambda place: None
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def new_event(client: TestClient, title: str = "Health day", **fields: str) -> EventPlace:
    """An event made through the form, as a person would."""
    settings = client.app.state.site.settings  # type: ignore[attr-defined]
    before = {place.id for place in list_places(settings.data)}
    answer = client.post("/events/new", data={"title": title} | fields)
    assert answer.status_code == 303, answer.text
    (place,) = [place for place in list_places(settings.data) if place.id not in before]
    return place


def open_room(data: Path, place: EventPlace) -> UploadLink:
    """A link for everybody in the room that holds for two hours."""
    return open_link(data, place, expires=datetime.now(UTC) + timedelta(hours=2))


def jpeg(n: int = 0, *, size: tuple[int, int] = (64, 48), extra: bytes = b"") -> bytes:
    """A small photo; another for each n. extra: bytes behind its end."""
    out = io.BytesIO()
    Image.new("RGB", size, (n % 256, n // 256 % 256, 90)).save(out, "JPEG")
    return out.getvalue() + extra


def metadata(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()}"


def begin(client: TestClient, to: str, name: str, length: int):
    return client.post(to, headers=TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(name)})


def append(client: TestClient, at: str, data: bytes, offset: int = 0):
    return client.patch(at, content=data, headers=TUS | OFFSET | {"Upload-Offset": str(offset)})


def send(client: TestClient, to: str, name: str, data: bytes):
    """A whole file; the last answer."""
    begun = begin(client, to, name, len(data))
    return append(client, begun.headers["location"], data) if begun.status_code == 201 else begun


@contextlib.contextmanager
def serving(settings: ServerSettings) -> Iterator[str]:
    """A real server on a free port of this computer; nothing is read. Gives its address."""
    app = create_app(settings)
    app.state.site.desk.open = app.state.site.desk.close = lambda: None
    app.state.site.desk.look_again = lambda place: None
    app.state.site.desk.forget = lambda place: None
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def names(place):
    return sorted(path.name for path in place.photos.iterdir())


def picture(form):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 200, 90)).save(out, form)
    return out.getvalue()


@pytest.fixture(name="client")
def fixture_client(tmp_path):
    return make_client(make_settings(tmp_path))


@pytest.fixture(name="place")
def fixture_place(tmp_path):
    return create_event(make_settings(tmp_path), Details(title="Health day"))


@pytest.fixture(name="to")
def fixture_to(place):
    return f"/api/events/{place.id}/uploads"


@pytest.fixture(name="link")
def fixture_link(place, tmp_path):
    return open_room(tmp_path, place)
