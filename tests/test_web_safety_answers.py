"""What strangers may send and what they are told: pages elsewhere, names, headers, limits, faults and the log."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi import Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from web_client import PAGE, PASSWORD, open_client, sign_in

from digitise.web.logs import JsonLines
from digitise.web.security.addresses import allows_host
from digitise.web.security.headers import CONTENT_SECURITY_POLICY
from digitise.web.settings import ServerSettings, WebLimits

LANGUAGE = {"language": "cy", "back": "/"}


@pytest.fixture
def open_house(tmp_path: Path) -> TestClient:
    """A server on this computer alone, without a password."""
    return open_client(tmp_path / "data")


@pytest.fixture
def locked(tmp_path: Path) -> TestClient:
    """A server with a password, and nobody signed in."""
    return open_client(tmp_path / "data", password=PASSWORD)


# ---- pages elsewhere


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "garbage"},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"User-Agent": "Mozilla/5.0 (an old browser)"},
    ],
)
def test_a_page_elsewhere_cannot_press_our_buttons(open_house: TestClient, locked: TestClient, headers: dict[str, str]) -> None:
    assert open_house.post("/language", data=LANGUAGE, headers=headers).status_code == 403
    sign_in(locked)
    assert locked.post("/language", data=LANGUAGE, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}])
def test_our_own_pages_can_and_so_can_programs_without_cookies(open_house: TestClient, headers: dict[str, str]) -> None:
    assert open_house.post("/language", data=LANGUAGE, headers=headers).status_code == 303


def test_with_a_cookie_but_without_an_origin_the_pages_own_token_is_asked_for(locked: TestClient) -> None:
    sign_in(locked)
    token = re.search(r'name="csrf-token" content="(\w+)"', locked.get("/", headers=PAGE).text)
    assert token is not None
    assert f'name="csrf" value="{token[1]}"' in locked.get("/", headers=PAGE).text, "forms carry it, too"
    assert locked.post("/language", data=LANGUAGE).status_code == 403
    assert locked.post("/language", data=LANGUAGE | {"csrf": "0" * 64}).status_code == 403
    assert locked.post("/language", data=LANGUAGE | {"csrf": token[1]}).status_code == 303
    assert locked.post("/language", data=LANGUAGE, headers={"X-CSRF-Token": token[1]}).status_code == 303
    assert locked.post("/language", data=LANGUAGE, headers={"X-CSRF-Token": "é".encode()}).status_code == 403
    # a token does not help who is elsewhere
    assert locked.post("/language", data=LANGUAGE | {"csrf": token[1]}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_name_that_somebody_else_points_here_is_not_answered(tmp_path: Path) -> None:
    for host in ("evil.example", "localhost.evil.example", "evil.example:8765", "", "[::1", "a b"):
        answer = open_client(tmp_path).get("/", headers=PAGE | {"Host": host})
        assert answer.status_code == 421, host
        assert "New event" not in answer.text
    settings = ServerSettings(data=tmp_path, public_url="https://example.org/w", allowed_hosts=("Team.example",))
    for host in (
        "localhost",
        "localhost:8765",
        "127.0.0.1:1",
        "[::1]:8765",
        "192.168.1.5",
        "example.org",
        "EXAMPLE.org:443",
        "team.example",
    ):
        assert allows_host(host, settings), host


# ---- what answers say


def test_every_answer_carries_the_headers(open_house: TestClient) -> None:
    answers = [open_house.get(p, headers=PAGE) for p in ("/", "/nothing", "/static/base.css", "/health", "/api/openapi.json")]
    answers += [open_house.post("/", headers=PAGE), open_house.get("/", headers={"Host": "evil.example"})]
    for answer in answers:
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "camera=(self)" in answer.headers["permissions-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "DENY"
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
        assert "server" not in answer.headers
    assert open_house.get("/", headers=PAGE).headers["cache-control"] == "no-store"


def test_nothing_inline_stands_in_a_template() -> None:
    from importlib import resources  # noqa: PLC0415

    assert "unsafe" not in CONTENT_SECURITY_POLICY and "http" not in CONTENT_SECURITY_POLICY and "*" not in CONTENT_SECURITY_POLICY
    for file in resources.files("digitise.web").joinpath("templates").iterdir():
        text = re.sub(r"\{[{%#].*?[}%#]\}", "", file.read_text(encoding="utf-8"), flags=re.S)
        assert not re.search(r"\sstyle\s*=|<style|\son\w+\s*=\s*[\"']|javascript:", text), file.name
        for script in re.findall(r"<script([^>]*)>", text):
            assert "src=" in script or "application/json" in script, f"{file.name}: an inline script"
        assert not re.search(r"""(src|href|action)=["'](https?:)?//""", text), f"{file.name} asks a stranger"


def test_a_body_is_no_longer_than_allowed(tmp_path: Path) -> None:
    client = open_client(tmp_path / "open", limits=WebLimits(form_kib=10, file_mib=0.1))
    assert client.post("/language", data={"language": "cy", "back": "/" + "x" * 20_000}).status_code == 413

    def endless():  # chunked: nothing announced
        for _ in range(100):
            yield b"x" * 1000

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/language", content=endless(), headers=kind)
    assert answer.status_code == 413 and "10 kB" in answer.json()["error"]
    lie = client.post("/language", content=b"x" * 20_000, headers=kind | {"Content-Length": "5"})
    assert lie.status_code in (400, 413)
    # browsers without scripts send all their photos in one form
    many = [("files", (f"{n}.jpg", b"x" * 80_000)) for n in range(20)]
    assert client.post("/u/nobody", files=many).status_code == 404
    assert client.post("/language", files=many).status_code == 413
    full = open_client(tmp_path / "full", limits=WebLimits(file_mib=0.1, event_mib=0.2))
    assert full.post("/u/nobody", files=many).status_code == 413
    # strangers have no use for the room that uploads have
    strange = open_client(tmp_path / "locked", password=PASSWORD, limits=WebLimits(form_kib=10))
    assert strange.post("/login", files={"password": b"x" * 20_000}).status_code == 413


def test_in_demo_mode_nothing_changes(tmp_path: Path) -> None:
    client = open_client(tmp_path, password=PASSWORD, read_only=True)
    sign_in(client)
    own = {"Origin": "http://localhost"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/events/new", "/api/events/aaaaaaaaaa/edits", "/u/token", "/"):
            answer = client.request(method, path, headers=own)
            assert answer.status_code == 403 and "demonstration" in answer.json()["error"], f"{method} {path}"
    assert "demonstration" in client.get("/", headers=PAGE).text
    assert client.post("/language", data=LANGUAGE, headers=own).status_code == 303
    assert not (tmp_path / "events").exists()


# ---- faults and the log


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A server whose list of events breaks with words that must not get out."""
    from digitise.web.pages import front  # noqa: PLC0415

    def fail(_data: Path) -> None:
        raise RuntimeError("cannot open /srv/ann/photos/Ann Jones.jpg")

    monkeypatch.setattr(front, "list_places", fail)
    return open_client(tmp_path)


def test_a_fault_of_the_program_shows_no_trace(faulty: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "digitise.web")
    page = faulty.get("/", headers=PAGE)
    data = faulty.get("/")
    assert page.status_code == data.status_code == 500
    for answer in (page, data):
        assert "Ann" not in answer.text and "Traceback" not in answer.text and "RuntimeError" not in answer.text
        assert answer.headers["x-request-id"] in answer.text, "by which the line in the log is found"
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    lines = [json.loads(JsonLines().format(r)) for r in caplog.records]
    faults = [line for line in lines if line["event"] == "fault"]
    assert faults[0]["error"] == "RuntimeError" and faults[0]["request_id"] == page.headers["x-request-id"]
    assert any("front.py" in place for place in faults[0]["where"])
    assert "Ann" not in json.dumps(lines) and "/srv" not in json.dumps(lines)


def test_the_log_knows_patterns_of_addresses_but_nobodys_data(open_house: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    open_house.get("/?name=Ann", headers=PAGE | {"User-Agent": "Ann's phone"})
    open_house.get("/u/s3cret-t0ken-of-the-room", headers=PAGE)
    open_house.get("/events/aaaaaaaaaa/nothing/Ann.jpg", headers=PAGE)
    open_house.get("/static/base.css")
    open_house.post("/language", data={"language": "cy", "back": "/u/s3cret"}, headers={"Origin": "http://localhost"})
    lines = [json.loads(JsonLines().format(r)) for r in caplog.records if r.name.startswith("digitise.web")]
    assert [line["route"] for line in lines if line["route"] in ("/", "/static", "/language")] == ["/", "/static", "/language"]
    assert {"time", "level", "event", "request_id", "method", "route", "status", "ms"} <= set(lines[0])
    text = json.dumps(lines)
    assert "Ann" not in text and "s3cret" not in text and "testclient" not in text


def test_a_visitor_who_goes_away_is_no_fault(open_house: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    async def read_all(request: Request) -> None:
        await request.body()

    open_house.app.add_api_route("/slow", read_all, methods=["POST"])  # type: ignore[attr-defined]
    told: list[dict[str, object]] = []

    async def call() -> None:
        messages = iter([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}])

        async def receive() -> dict[str, object]:
            return next(messages)

        async def send(message: dict[str, object]) -> None:
            told.append(message)

        headers = [(b"host", b"localhost"), (b"content-type", b"application/octet-stream")]
        scope = {"type": "http", "method": "POST", "path": "/slow", "query_string": b"", "headers": headers, "scheme": "http"}
        await open_house.app(scope | {"server": ("localhost", 80), "client": ("127.0.0.1", 1)}, receive, send)

    caplog.set_level(logging.INFO, "digitise.web")
    asyncio.run(call())
    assert [json.loads(JsonLines().format(r))["status"] for r in caplog.records] == [499]


class Sent(NamedTuple):
    """A request whose parts need not be what a browser would send."""

    method: str
    path: str
    query: bytes
    headers: dict[str, bytes]
    body: bytes


NAMES = (
    *("host", "origin", "sec-fetch-site", "cookie", "content-type", "content-length", "accept", "accept-language", "user-agent"),
    *("x-csrf-token", "hx-request"),
)
PATHS = ("/", "/login", "/language", "/logout", "/health", "/static/base.css", "/u/x", "/events/new", "/api/openapi.json")
ANY_REQUEST = st.builds(
    Sent,
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "BREW"]),
    path=st.one_of(st.sampled_from(PATHS), st.text(max_size=30).map("/".__add__)),
    query=st.binary(max_size=50),
    headers=st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=60), max_size=6),
    body=st.binary(max_size=200),
)


def answer_raw(app: ASGIApp, sent: Sent) -> int:
    """The status of the answer. Its workers were never started, so /health says 503."""
    told: list[int] = []
    messages = iter([{"type": "http.request", "body": sent.body, "more_body": False}])

    async def receive() -> MutableMapping[str, Any]:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(int(message.get("status", 0)))

    headers = [(name.encode(), value) for name, value in sent.headers.items()]
    scope = {"type": "http", "method": sent.method, "path": sent.path, "query_string": sent.query, "headers": headers, "scheme": "http"}
    asyncio.run(app(scope | {"server": ("localhost", 80), "client": ("127.0.0.1", 1)}, receive, send))
    return told[0] if told else 499  # the visitor seemed gone


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=ANY_REQUEST, ours=st.booleans())
def test_whatever_is_sent_is_answered_without_a_fault(locked: TestClient, sent: Sent, ours: bool) -> None:
    known = {"host": b"localhost", "origin": b"http://localhost"} if ours else {}
    assert answer_raw(locked.app, sent._replace(headers=sent.headers | known)) in {*range(200, 500), 503}


def test_what_other_libraries_log_is_kept_without_its_values() -> None:
    record = logging.LogRecord("PIL", logging.WARNING, "x.py", 1, "cannot read %s", ("Ann.jpg",), None)
    assert "Ann" not in JsonLines().format(record)


def test_nothing_is_sent_to_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://203.0.113.1:4318")
    app = open_client(tmp_path).app
    assert not app._native_telemetry.enabled()  # type: ignore[attr-defined]
