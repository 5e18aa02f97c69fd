"""The wire itself: connections that say nothing, and what a running server leaves for other users of the computer to read."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from web_client import serve_here
from web_rooms import make_settings

from digitise.web import connections


def connect(address: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").rstrip("/").partition(":")
    wire = socket.create_connection((host, int(port)))
    wire.settimeout(5)
    return wire


def is_ended(wire: socket.socket) -> bool:
    try:
        return wire.recv(100) == b""
    except ConnectionError:
        return True


def test_who_never_ends_the_head_of_a_request_is_sent_away_and_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 0.6)
    with serve_here(make_settings(tmp_path)) as (_, port):
        address = f"http://127.0.0.1:{port}"
        silent, slow = connect(address), connect(address)
        slow.sendall(b"GET /login HTTP/1.1\r\nHost: localhost\r\n")
        began = time.monotonic()
        while time.monotonic() - began < 0.5:
            slow.sendall(b"X-A: b\r\n")  # something comes all the time
            time.sleep(0.1)
        assert is_ended(silent) and is_ended(slow)
        with httpx.Client(base_url=address) as client:
            for _ in range(3):
                assert client.get("/health").status_code in (200, 503)
            time.sleep(0.3)
            assert client.get("/static/base.css").status_code == 200, "between requests a connection may rest"


def test_one_address_does_not_take_all_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "is_loopback", lambda _: False)
    monkeypatch.setattr(connections.PatientProtocol, "most_per_address", 5)
    with serve_here(make_settings(tmp_path)) as (_, port):
        address = f"http://127.0.0.1:{port}"
        wires = [connect(address) for _ in range(8)]
        time.sleep(0.2)
        for wire in wires:
            wire.settimeout(0.1)
        ended = 0
        for wire in wires:
            try:
                ended += is_ended(wire)
            except TimeoutError:
                continue
        assert ended == 3
        wires[0].close()
        time.sleep(0.1)
        assert httpx.get(f"{address}/static/base.css").status_code == 200
    monkeypatch.undo()
    assert connections.choose_protocol(proxied=True).most_per_address > 10_000


def test_all_that_a_running_server_makes_is_for_its_own_user_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [
        sys.executable,
        "-c",
        "from digitise.entry import main; main()",
        "serve",
        "--data",
        str(data),
        "--port",
        "0",
        "--limit",
        "free_mib=0",
    ]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, umask=0o022)
    try:
        assert server.stderr is not None
        address = server.stderr.readline().split()[-1]
        answer = httpx.post(f"{address}events/new", data={"title": "Private"}, headers={"Origin": address.rstrip("/")})
        assert answer.status_code == 303
        httpx.post(f"{address}{answer.headers['location'].lstrip('/')}/room", data={"do": "new"})
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    made = [data, *data.rglob("*")]
    assert any(path.parent.name == "links" for path in made) and any(path.name == "state.json" for path in made)
    open_to_others = {path.relative_to(data).as_posix() for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert not open_to_others
