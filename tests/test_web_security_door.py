"""Strangers at the door: proxies that nobody told of, tries that keep organisers out, forms that no page of ours sends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_client import PAGE, PASSWORD, open_client, sign_in

from digitise.errors import UsageError
from digitise.web.security import login_limits
from digitise.web.security.login_limits import LoginLimits
from digitise.web.serving import check_settings
from digitise.web.settings import ServerSettings


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_a_server_without_a_password_serves_nobody_who_comes_through_a_proxy(tmp_path: Path, header: str) -> None:
    client = open_client(tmp_path)
    assert client.get("/", headers=PAGE).status_code == 200
    for headers in (PAGE | {header: "203.0.113.9"}, {header: "203.0.113.9"}):
        answer = client.get("/", headers=headers)
        assert answer.status_code == 403 and "New event" not in answer.text
    told = client.post("/events/new", data={"title": "x"}, headers={header: "203.0.113.9"})
    assert told.status_code == 403 and "password" in told.json()["error"]
    assert not list((tmp_path / "events").glob("*"))


def test_a_further_name_means_others_and_others_mean_a_password(tmp_path: Path) -> None:
    settings = ServerSettings(data=tmp_path, allowed_hosts=("team.example",))
    with pytest.raises(UsageError, match="no password"):
        check_settings(settings)
    client = open_client(tmp_path, allowed_hosts=("team.example",))
    assert client.get("/", headers={"Host": "team.example"}).status_code == 401
    check_settings(ServerSettings(data=tmp_path))


def test_strangers_who_fill_the_bar_keep_no_organiser_out() -> None:
    limits = LoginLimits()
    assert limits.take("192.0.2.10", now=0) == 0
    limits.forgive("192.0.2.10")
    tries = [limits.take(f"198.51.100.{i}", now=1) for i in range(200)]
    assert tries.count(0) == login_limits.MOST_IN_ALL
    assert limits.take("198.51.100.250", now=2) > 0, "another stranger waits"
    assert limits.take("192.0.2.10", now=2) == 0, "who signed in from there before does not"
    assert [limits.take(here, now=2) for here in ("127.0.0.1", "::1", "::ffff:127.0.0.1")] == [0, 0, 0]
    known = [limits.take("192.0.2.10", now=3) for _ in range(10)]
    assert known.count(0) == login_limits.MOST_PER_ADDRESS - 1, "its own bar holds"
    many = [limits.take(f"127.0.{i}.1", now=4) for i in range(50)]
    assert many.count(0) == login_limits.MOST_PER_ADDRESS - 3, "this computer is one address, however it calls itself"
    for i in range(2 * login_limits.MOST_KNOWN):
        limits.forgive(f"10.0.{i // 250}.{i % 250}")
    assert len(limits._known) == login_limits.MOST_KNOWN


def test_a_form_with_more_fields_than_any_of_ours_is_refused_and_no_fault(tmp_path: Path) -> None:
    client = open_client(tmp_path, password=PASSWORD)
    sign_in(client)
    fields = "&".join(f"a{i}=1" for i in range(5000))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Mozilla/5.0"}
    assert client.post("/events/new", content=fields, headers=headers).status_code == 403
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/events/new", headers=PAGE).text)
    assert token
    answer = client.post("/events/new", data={"title": "Ours", "csrf": token.group(1)}, headers={"User-Agent": "Mozilla/5.0"})
    assert answer.status_code == 303
