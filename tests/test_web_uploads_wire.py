"""Files come in over real connections that are cut, crowded or end with the server."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse

import httpx
import pytest
from web_rooms import (  # noqa: F401
    OFFSET,
    TUS,
    append,
    begin,
    fixture_client,
    fixture_link,
    fixture_place,
    jpeg,
    make_client,
    make_settings,
    names,
    open_room,
    send,
    serving,
)

from digitise.web.creating import create_event
from digitise.web.details import Details
from digitise.web.keeping import make_upload, part_of

# the wire


def raw_patch(address, at, offset, data, *, announce):
    """Send part of a PATCH and break the connection off."""
    parts = urllib.parse.urlsplit(address)
    wire = socket.create_connection((parts.hostname, parts.port))
    head = f"PATCH {at} HTTP/1.1\r\nHost: {parts.netloc}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
    wire.sendall((head + f"Content-Type: {OFFSET['Content-Type']}\r\nContent-Length: {announce}\r\n\r\n").encode() + data)
    return wire


def offset_of(client, at):
    return int(client.head(at, headers=TUS).headers["upload-offset"])


def test_a_connection_cut_in_the_middle_goes_on_where_it_stopped(tmp_path):
    server = make_settings(tmp_path)
    place = create_event(server, Details(title="Day"))
    data = jpeg(extra=os.urandom(3_000_000))
    with serving(server) as address, httpx.Client(base_url=address) as client:
        at = begin(client, f"/api/events/{place.id}/uploads", "a.jpg", len(data)).headers["location"]
        raw_patch(address, at, 0, data[:700_000], announce=len(data)).close()
        time.sleep(0.3)
        first = offset_of(client, at)
        assert 256 * 1024 <= first <= 700_000
        # this one stays open and silent, as when a phone walks out of reach: the next request takes over
        silent = raw_patch(address, at, first, data[first:1_500_000], announce=len(data) - first)
        time.sleep(0.3)
        began = time.monotonic()
        came = offset_of(client, at)
        assert first < came <= 1_500_000 and time.monotonic() - began < 1
        assert append(client, at, data[came:], offset=came).status_code == 204
        silent.close()
    assert (place.photos / "a.jpg").read_bytes() == data


def test_a_second_connection_takes_over_without_mixing_bytes(tmp_path):
    server = make_settings(tmp_path)
    place = create_event(server, Details(title="Day"))
    data = jpeg(extra=os.urandom(1_000_000))
    with serving(server) as address, httpx.Client(base_url=address) as client:
        at = begin(client, f"/api/events/{place.id}/uploads", "a.jpg", len(data)).headers["location"]
        first = raw_patch(address, at, 0, data[:300_000], announce=len(data))
        time.sleep(0.3)
        came = offset_of(client, at)
        assert came > 200_000 and append(client, at, data[came:], offset=came).status_code == 204
        with contextlib.suppress(OSError):
            first.sendall(b"\0" * 10_000)
        first.close()
    assert (place.photos / "a.jpg").read_bytes() == data


@pytest.mark.slow
def test_twenty_phones_at_once_lose_and_double_nothing(tmp_path):
    server = make_settings(tmp_path)
    place = create_event(server, Details(title="Day"))
    link = open_room(tmp_path, place)
    photos = {n: jpeg(n, extra=os.urandom(60_000)) for n in range(40)}

    def phone(number):
        """Sends three photos, of which its neighbour sends one as well, all under the phone's usual name."""
        with httpx.Client(base_url=address, timeout=30) as client:
            return [send(client, f"/u/{link.token}/uploads", "image.jpg", photos[(2 * number + k) % 40]).status_code for k in range(3)]

    with serving(server) as address, concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(phone, range(20)))
    assert {status for each in statuses for status in each} == {204}
    stored = sorted(path.read_bytes() for path in place.photos.iterdir())
    assert stored == sorted(photos.values()) and not list(place.incoming.glob("*.part"))
    assert all(re.fullmatch(r"image( \(\d+\))?\.jpg", path.name) for path in place.photos.iterdir())


def test_the_server_starts_with_taking_in_what_was_left(tmp_path):
    server = make_settings(tmp_path)
    place = create_event(server, Details(title="Day"))
    upload = make_upload(place, name="a.jpg", length=len(jpeg()), by_room=False)
    part_of(place, upload.id).write_bytes(jpeg())
    (tmp_path / "trash" / "old").mkdir(parents=True)
    with serving(server):
        until = time.monotonic() + 5
        while not names(place) and time.monotonic() < until:
            time.sleep(0.02)
    assert names(place) == ["a.jpg"] and not (tmp_path / "trash" / "old").exists()


@contextlib.contextmanager
def running(data, port):
    """The program itself, as a person starts it; ended without mercy."""
    command = "import sys; from digitise.entry import main; sys.exit(main())"
    arguments = ["serve", "--port", str(port), "--data", str(data), "--limit", "free_mib=0", "--workers", "1"]
    process = subprocess.Popen([sys.executable, "-c", command, *arguments], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/health", timeout=1)
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.slow
def test_a_server_that_is_killed_loses_no_byte_that_had_come(tmp_path):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    place = create_event(make_settings(tmp_path), Details(title="Day"))
    data = jpeg(extra=os.urandom(2_000_000))
    with running(tmp_path, port) as address, httpx.Client(base_url=address) as client:
        at = begin(client, f"/api/events/{place.id}/uploads", "a.jpg", len(data)).headers["location"]
        whole = begin(client, f"/api/events/{place.id}/uploads", "b.jpg", len(jpeg(1))).headers["location"]
        assert append(client, whole, jpeg(1)).status_code == 204
        raw_patch(address, at, 0, data[:1_000_000], announce=len(data))
        time.sleep(1)
    with running(tmp_path, port) as address, httpx.Client(base_url=address) as client:
        came = offset_of(client, at)
        assert came >= 512 * 1024
        assert append(client, at, data[came:], offset=came).status_code == 204
        assert append(client, whole, b"", offset=len(jpeg(1))).status_code == 204
    assert (place.photos / "a.jpg").read_bytes() == data and names(place) == ["a.jpg", "b.jpg"]
