"""What keeps strangers out of the web application: each promise broken on purpose."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import stat
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

from digitise.errors import ConfigError, UsageError
from digitise.web.logs import JsonLines
from digitise.web.security import login_limits, passwords, sessions
from digitise.web.security.addresses import allows_host, is_own_path
from digitise.web.security.headers import CONTENT_SECURITY_POLICY
from digitise.web.security.login_limits import LoginLimits
from digitise.web.serving import check_settings
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


# ---- passwords


@pytest.mark.parametrize("others", [{"host": "0.0.0.0"}, {"host": "192.168.1.5"}, {"host": "::"}, {"public_url": "https://example.org"}])
def test_others_get_in_only_where_a_password_is_set(tmp_path: Path, others: dict[str, str]) -> None:
    settings = ServerSettings(data=tmp_path, **others)
    with pytest.raises(UsageError, match="--set-password"):
        check_settings(settings)
    passwords.set_password(settings, PASSWORD)
    check_settings(settings)


def test_the_password_is_kept_as_a_hash_for_its_owner_alone(tmp_path: Path) -> None:
    path = passwords.set_password(ServerSettings(data=tmp_path / "new"), PASSWORD)
    assert path.read_text().startswith("$argon2id$") and PASSWORD not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(path.parents[1].stat().st_mode) == 0o700


@pytest.mark.parametrize("weak", ["", "short", "x" * 5000])
def test_a_weak_password_is_not_taken(tmp_path: Path, weak: str) -> None:
    with pytest.raises(UsageError):
        passwords.set_password(ServerSettings(data=tmp_path), weak)


def test_the_password_may_come_as_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret.txt"
    file.write_text(PASSWORD + "\n")
    client = open_client(tmp_path / "data", password_file=file)
    assert client.get("/", headers=PAGE).status_code == 303
    sign_in(client)
    assert client.get("/", headers=PAGE).status_code == 200
    file.write_text("x")
    with pytest.raises(ConfigError, match="shorter"):
        check_settings(ServerSettings(data=tmp_path / "data", password_file=file))
    assert client.get("/", headers=PAGE).status_code == 303, "a file that cannot be used lets nobody in"
    file.unlink()
    assert client.get("/", headers=PAGE).status_code == 303


def test_without_its_password_a_public_server_lets_nobody_in(tmp_path: Path) -> None:
    client = open_client(tmp_path / "data", password=PASSWORD, host="0.0.0.0")
    sign_in(client)
    (tmp_path / "data" / "server" / "password").unlink()
    assert client.get("/", headers=PAGE).status_code == 303


# ---- who is asked for it


def test_on_this_computer_the_first_use_needs_no_password(open_house: TestClient) -> None:
    assert open_house.get("/", headers=PAGE).status_code == 200
    assert open_house.get("/login", headers=PAGE).headers["location"] == "/"


def test_every_address_but_those_that_must_be_open_asks_for_the_password(locked: TestClient) -> None:
    from fastapi.routing import APIRoute, iter_route_contexts  # noqa: PLC0415

    open_ones = {"/login", "/language", "/health"}
    seen = set()
    for route in iter_route_contexts(locked.app.routes):  # type: ignore[attr-defined]
        original = route.original_route
        if not isinstance(original, APIRoute):
            continue
        path = re.sub(r"\{[^}]*\}", "aaaaaaaaaa", route.path)
        seen.add(route.path)
        for method in original.methods or ():
            answer = locked.request(method, path, headers={"Origin": "http://localhost"})
            if path in open_ones or path.startswith("/u/"):
                assert answer.status_code != 401, f"{method} {path}"
            else:
                assert answer.status_code == 401, f"{method} {path} answered {answer.status_code} to a stranger"
    assert {"/", "/login", "/health"} <= seen
    assert locked.get("/api/openapi.json").status_code == 401


@pytest.mark.parametrize("path", ["/u/../", "/static/../", "//", "/u/..%2f", "/%2e%2e/", "/static/..%2f..%2fapp.py", "/login/../"])
def test_no_spelling_of_an_address_goes_round_the_password(locked: TestClient, path: str) -> None:
    answer = locked.get(path, headers=PAGE)
    assert answer.status_code in (303, 307, 401, 404)
    assert "New event" not in answer.text and "create_app" not in answer.text


def test_after_signing_in_one_is_where_one_wanted_to_be(locked: TestClient) -> None:
    asked = locked.get("/events/new?x=1", headers=PAGE)
    assert asked.headers["location"] == "/login?next=%2Fevents%2Fnew%3Fx%3D1"
    page = locked.get(asked.headers["location"], headers=PAGE).text
    assert 'value="/events/new?x=1"' in page
    answer = locked.post("/login", data={"password": PASSWORD, "next": "/events/new?x=1"})
    assert answer.headers["location"] == "/events/new?x=1"


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\tx", "/a\r\nSet-Cookie: x=1"]
)
def test_signing_in_and_the_language_lead_nowhere_else(locked: TestClient, path: str) -> None:
    assert not is_own_path(path)
    own = {"Origin": "http://localhost"}
    assert locked.post("/login", data={"password": PASSWORD, "next": path}, headers=own).headers["location"] == "/"
    assert locked.post("/language", data={"language": "cy", "back": path}, headers=own).headers["location"] == "/"


# ---- sessions


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(locked: TestClient) -> None:
    answer = locked.post("/login", data={"password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie and "secure" not in cookie


def test_under_tls_the_cookie_travels_under_tls_only(tmp_path: Path) -> None:
    client = open_client(tmp_path, password=PASSWORD, public_url="https://example.org/w", base_url="https://example.org")
    cookie = client.post("/w/login", data={"password": PASSWORD}).headers["set-cookie"].lower()
    assert "secure" in cookie and "path=/w/" in cookie


def test_a_forged_or_foreign_cookie_opens_nothing(locked: TestClient, tmp_path: Path) -> None:
    other = open_client(tmp_path / "other", password=PASSWORD)
    sign_in(other)
    good_elsewhere = other.cookies[sessions.COOKIE]
    for forged in (good_elsewhere, good_elsewhere[:-2] + "xx", "x", "e30.x.y", "é", "x" * 5000):
        answer = locked.get("/", headers=PAGE | {"Cookie": f"{sessions.COOKIE}={forged}".encode("latin-1", "replace")})
        assert answer.status_code == 303, forged


def test_signing_out_ends_the_session_for_copies_of_its_cookie_and_over_a_restart(locked: TestClient, tmp_path: Path) -> None:
    sign_in(locked)
    copy = locked.cookies[sessions.COOKIE]
    assert locked.post("/logout", headers={"Origin": "http://localhost"}).headers["location"] == "/login"
    assert sessions.COOKIE not in locked.cookies
    again = open_client(tmp_path / "data")
    for client in (locked, again):
        assert client.get("/", headers=PAGE | {"Cookie": f"{sessions.COOKIE}={copy}"}).status_code == 303


def test_a_session_outlives_a_restart_but_not_a_new_password(locked: TestClient, tmp_path: Path) -> None:
    sign_in(locked)
    again = open_client(tmp_path / "data")
    again.cookies = locked.cookies
    assert again.get("/", headers=PAGE).status_code == 200
    passwords.set_password(ServerSettings(data=tmp_path / "data"), "another long password")
    for client in (locked, again):
        assert client.get("/", headers=PAGE).status_code == 303


def test_a_session_ends_by_itself(tmp_path: Path) -> None:
    client = open_client(tmp_path, password=PASSWORD, cookie_days=0.5 / 24 / 3600)
    sign_in(client)
    cookie = client.cookies.get(sessions.COOKIE, "")
    from time import sleep  # noqa: PLC0415

    sleep(1.1)
    assert client.get("/", headers=PAGE | {"Cookie": f"{sessions.COOKIE}={cookie}"}).status_code == 303


# ---- tries


def test_wrong_passwords_are_slowed_down_and_the_right_one_does_not_help_then(locked: TestClient) -> None:
    answers = [locked.post("/login", data={"password": "wrong"}) for _ in range(login_limits.MOST_PER_ADDRESS)]
    assert {a.status_code for a in answers} == {403}
    refused = locked.post("/login", data={"password": PASSWORD}, headers=PAGE)
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= login_limits.WITHIN_S
    assert "minutes" in refused.text


def test_the_tries_are_counted_per_address_together_and_for_a_while() -> None:
    limits = LoginLimits()
    assert [limits.take("10.0.0.1", now=0) for _ in range(5)] == [0] * 5
    assert limits.take("10.0.0.1", now=10) == 290 and limits.take("10.0.0.2", now=10) == 0
    assert limits.take("10.0.0.1", now=301) == 0, "after five minutes"
    # one household with IPv6 has as many addresses as it likes
    assert sum(limits.take(f"2001:db8:1:2::{i:x}", now=400) == 0 for i in range(20)) == 5
    # many addresses at once
    crowd = LoginLimits()
    assert sum(crowd.take(f"10.1.{i // 250}.{i % 250}", now=0) == 0 for i in range(300)) == login_limits.MOST_IN_ALL
    crowd = LoginLimits()
    for i in range(12_000):
        crowd.take(f"10.{i // 65536}.{i // 256 % 256}.{i % 256}", now=float(i * 400))
    assert len(crowd._tries) <= login_limits.MOST_ADDRESSES


def test_the_right_password_forgets_the_wrong_ones(locked: TestClient) -> None:
    for _ in range(3):
        for _ in range(login_limits.MOST_PER_ADDRESS - 1):
            locked.post("/login", data={"password": "wrong"})
        sign_in(locked)


def test_behind_a_proxy_the_visitors_own_address_is_counted(tmp_path: Path) -> None:
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware  # noqa: PLC0415

    client = open_client(tmp_path, password=PASSWORD, public_url="http://localhost")
    app = ProxyHeadersMiddleware(client.app, trusted_hosts=["127.0.0.1"])
    proxied = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1), follow_redirects=False)
    for _ in range(6):
        last = proxied.post("/login", data={"password": "wrong"}, headers={"X-Forwarded-For": "203.0.113.7"})
    assert last.status_code == 429
    other = proxied.post("/login", data={"password": "wrong"}, headers={"X-Forwarded-For": "203.0.113.8"})
    assert other.status_code == 403
    # who is no proxy cannot say so
    direct = TestClient(app, base_url="http://localhost", client=("203.0.113.9", 1), follow_redirects=False)
    tries = [direct.post("/login", data={"password": "x"}, headers={"X-Forwarded-For": f"198.51.100.{i}"}).status_code for i in range(6)]
    assert tries[-1] == 429


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
