"""Who gets in: passwords, sessions, and how often somebody may try."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_client import PAGE, PASSWORD, open_client, sign_in

from digitise.errors import ConfigError, UsageError
from digitise.web.security import login_limits, passwords, sessions
from digitise.web.security.addresses import is_own_path
from digitise.web.security.login_limits import LoginLimits
from digitise.web.serving import check_settings
from digitise.web.settings import ServerSettings


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
