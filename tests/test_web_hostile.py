"""Uploads that mean harm, or are merely broken: each is refused in words, and neither the server nor another event takes hurt."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import re
import socket
import stat
import struct
import time
import urllib.parse
import zipfile

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_rooms import (  # noqa: F401
    OFFSET,
    TUS,
    append,
    begin,
    fixture_client,
    fixture_place,
    fixture_to,
    jpeg,
    make_client,
    make_settings,
    metadata,
    new_event,
    open_room,
    send,
    serving,
)

from digitise.config import Limits
from digitise.intake import find_sources, mute_pillow
from digitise.web import door, pacing
from digitise.web.creating import create_event
from digitise.web.details import Details
from digitise.web.keeping import part_of

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

FUZZ = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def names(place):
    return sorted(path.name for path in place.photos.iterdir())


def assert_clean(place):
    """Nothing was taken in and nothing lies about."""
    assert not names(place) and not list(place.incoming.glob("*.part")) and not list(place.records.iterdir())


def zipped(members, *, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def link_in_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("a.jpg")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def claiming(data, size):
    """A ZIP whose directory says that each of its members takes so much when it is unpacked."""
    raw = bytearray(data)
    for at in (found.start() for found in re.finditer(b"PK\1\2", data)):
        raw[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(raw)


NOT_PHOTOS = {
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "photo.jpg": b"<?xml version='1.0'?><svg onload='alert(1)'/>",
    "page.png": b"<!doctype html><script>alert(1)</script>" + b" " * 2000,
    "pdf-behind-page.pdf": b"<html><script>x</script></html>%PDF-1.7" + b" " * 2000,
    "program.jpg": b"MZ" + bytes(3000),
    "shell.jpg": b"#!/bin/sh\nrm -rf /\n",
    "film.jpg": b"\0\0\0\x18ftypmp42" + bytes(5000),
    "raw.dng": b"II*\0" + bytes(3000),
    "next.avif": b"\0\0\0\x1cftypavif" + bytes(3000),
    "letter.docx": zipped([("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]),
    "nothing.jpg": b"\0" * 4000,
}


@pytest.mark.parametrize("name", NOT_PHOTOS)
def test_what_is_no_photo_is_refused_whatever_it_is_called(client, place, to, name):
    answer = send(client, to, name, NOT_PHOTOS[name])
    assert answer.status_code == 415 and answer.json()["error"].endswith(".") and answer.json()["remedy"]
    form = client.post(f"/events/{place.id}/photos/add", files=[("files", (name, NOT_PHOTOS[name]))])
    assert form.status_code == 200 and "notice--bad" in form.text
    assert_clean(place)


BAD_ZIPS = {
    "climbs": zipped([("../../evil.jpg", jpeg()), ("good.jpg", jpeg(1))]),
    "absolute": zipped([("/etc/cron.d/evil.jpg", jpeg())]),
    "drive": zipped([("C:\\evil.jpg", jpeg())]),
    "link": link_in_zip(),
    "bzip2": zipped([("a.jpg", jpeg())], method=zipfile.ZIP_BZIP2),
    "bomb by its own word": claiming(zipped([("a.jpg", bytes(100_000)), ("b.jpg", bytes(100_000))]), 0xFFFFFFFE),
    "no photo": zipped([("readme.txt", b"hello")]),
    "zip in zip": zipped([("inner.txt", zipped([("a.jpg", jpeg())]))]),
    "cut": zipped([("a.jpg", jpeg())])[:-30],
    "directory of nonsense": b"PK\3\4" + os.urandom(3000) + b"PK\5\6" + b"\xff" * 18,
    "many": zipped([(f"{n}.jpg", b"") for n in range(2500)]),
}


@pytest.mark.parametrize("what", BAD_ZIPS)
def test_zips_that_mean_harm_are_refused_whole(client, place, to, what):
    answer = send(client, to, "photos.zip", BAD_ZIPS[what])
    assert answer.status_code in (413, 415), answer.text
    assert "ZIP" in answer.json()["error"]
    assert_clean(place)


def test_a_zip_locked_with_a_password_is_refused(client, place, to):
    data = bytearray(zipped([("a.jpg", jpeg())]))
    data[6] |= 1
    data[data.rfind(b"PK\1\2") + 8] |= 1
    answer = send(client, to, "photos.zip", bytes(data))
    assert answer.status_code == 415 and "password" in answer.json()["error"]
    assert_clean(place)


def test_a_zip_that_unpacks_to_much_costs_the_door_nothing(client, place, to):
    """60 MiB of zeros called a photo: its own word is below the limit, so it is kept, and reading counts as it unpacks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.jpg", "w") as member:
        member.write(jpeg())
        for _ in range(60):
            member.write(bytes(1 << 20))
    began = time.monotonic()
    assert send(client, to, "photos.zip", out.getvalue()).status_code == 204 and time.monotonic() - began < 2
    sources, problems = find_sources(place.folder, limits=Limits(file_mib=20))
    assert not sources and len(problems) == 1


def test_what_is_two_things_at_once_is_kept_as_a_picture_and_never_handed_out(client, place, to):
    both = jpeg() + zipped([("../evil.jpg", b"x")])
    script = b"GIF89a/*" + bytes(200) + b"*/=1;alert(1)"
    assert send(client, to, "evil.html", both).status_code == 204
    assert send(client, to, "evil.js", script).status_code == 204
    assert names(place) == ["evil.gif", "evil.jpg"]
    for path in ("photos/evil.jpg", "event/photos/evil.jpg", "pictures/evil.jpg", "pictures/..%2Fevent%2Fphotos%2Fevil.jpg"):
        answer = client.get(f"/events/{place.id}/{path}")
        assert answer.status_code >= 400 and both not in answer.content
    (_,), problems = find_sources(place.folder, limits=Limits())
    assert [p.file for p in problems] == ["photos/evil.gif"]


def test_a_photo_with_huge_exif_is_taken_and_harmless(client, place, to):
    plain = jpeg()
    segment = b"\xff\xe1\xff\xff" + b"Exif\0\0MM\0*" + b"\xff" * (65533 - 10)
    data = plain[:2] + segment * 100 + plain[2:]
    assert send(client, to, "a.jpg", data).status_code == 204
    mute_pillow()
    began = time.monotonic()
    sources, problems = find_sources(place.folder, limits=Limits())
    assert len(sources) + len(problems) == 1 and time.monotonic() - began < 5


def test_ten_thousand_tiny_files_stop_at_the_limit_and_other_events_go_on(tmp_path):
    client = make_client(make_settings(tmp_path, limits={"event_files": 40}))
    flooded, other = new_event(client), new_event(client, "Other")
    link = open_room(tmp_path, flooded)
    for start in range(0, 1000, 500):
        files = [("files", (f"{n}.jpg", jpeg(n % 256) + str(n).encode())) for n in range(start, start + 500)]
        page = client.post(f"/u/{link.token}", files=files)
        assert page.status_code == 200 and "40" in page.text
    assert len(names(flooded)) == 40 and not list(flooded.incoming.glob("*.part"))
    assert begin(client, f"/u/{link.token}/uploads", "a.jpg", 100).status_code == 413
    assert send(client, f"/api/events/{other.id}/uploads", "a.jpg", jpeg()).status_code == 204


def test_many_uploads_begun_at_once_stop_at_the_limit(tmp_path):
    client = make_client(make_settings(tmp_path, limits={"open_uploads": 20}))
    flooded, other = new_event(client), new_event(client, "Other")
    to = f"/api/events/{flooded.id}/uploads"
    statuses = [begin(client, to, "a.jpg", 1000).status_code for _ in range(50)]
    assert statuses.count(201) == 20 and set(statuses[20:]) == {503}
    assert send(client, f"/api/events/{other.id}/uploads", "a.jpg", jpeg()).status_code == 204


# lies about lengths


def test_more_bytes_than_were_announced_are_not_taken(client, place, to):
    at = begin(client, to, "a.jpg", 100).headers["location"]
    assert append(client, at, jpeg()[:300]).status_code == 413
    assert part_of(place, at.rpartition("/")[2]).stat().st_size == 0

    def pieces():
        for _ in range(50):
            yield b"\xff\xd8\xff" + bytes(1000)

    answer = client.patch(at, content=pieces(), headers=TUS | OFFSET | {"Upload-Offset": "0"})
    assert answer.status_code == 413
    assert client.head(at, headers=TUS).status_code == 404
    assert_clean(place)


def test_a_length_that_never_comes_takes_no_room(client, place, to):
    for _ in range(5):
        assert begin(client, to, "a.jpg", 200 << 20).status_code == 201
    assert send(client, to, "b.jpg", jpeg()).status_code == 204
    assert sum(path.stat().st_size for path in place.incoming.glob("*.part")) == 0


def test_an_offset_beyond_what_came_writes_nothing(client, place, to):
    at = begin(client, to, "a.jpg", 10_000_000).headers["location"]
    for offset in (1, 5_000_000, 10_000_000, 10**14):
        assert append(client, at, b"\xff\xd8\xff", offset=offset).status_code == 409
    assert part_of(place, at.rpartition("/")[2]).stat().st_size == 0


def test_names_that_carry_headers_or_markup_stay_text(client, place, to):
    evil = 'a\r\nSet-Cookie: x=1\r\n<img src=x onerror="alert(1)">.jpg'
    begun = client.post(to, headers=TUS | {"Upload-Length": str(len(jpeg())), "Upload-Metadata": metadata(evil)})
    done = append(client, begun.headers["location"], jpeg())
    assert done.status_code == 204 and "set-cookie" not in done.headers
    page = client.post(f"/events/{place.id}/photos/add", files=[("files", (evil, b"hello"))])
    assert "<img src=x" not in page.text


@pytest.mark.parametrize("id_", ["%2e%2e%2fx", "..%2f..%2fstate", "x" * 500, "0" * 31, "G" * 32, "0" * 32, "state.json%00"])
def test_addresses_of_uploads_lead_nowhere_else(client, to, id_):
    for answer in (
        client.head(f"{to}/{id_}", headers=TUS),
        client.delete(f"{to}/{id_}", headers=TUS),
        client.patch(f"{to}/{id_}", content=b"x", headers=TUS | OFFSET | {"Upload-Offset": "0"}),
        client.get(f"/u/{id_}"),
        client.post(f"/api/events/{id_}/uploads", headers=TUS | {"Upload-Length": "5"}),
    ):
        assert 400 <= answer.status_code < 500


# fuzz


@FUZZ
@given(
    length=st.one_of(st.integers(-5, 10**20).map(str), st.text("0123456789 -+e.", max_size=9)),
    meta=st.one_of(st.binary(max_size=60).map(lambda b: b.hex()), st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80)),
    version=st.sampled_from(["1.0.0", "1.0.0", "1.0.0", "", "2"]),
)
def test_the_door_never_falls_over_its_headers(client, to, length, meta, version):
    headers = {"Tus-Resumable": version, "Upload-Length": length, "Upload-Metadata": f"filename {meta}"}
    answer = client.post(to, headers=headers)
    assert answer.status_code in (201, 400, 412, 413) and (answer.status_code == 201 or answer.json()["error"])


@FUZZ
@given(
    data=st.one_of(st.binary(min_size=1, max_size=3000), st.sampled_from([*NOT_PHOTOS.values(), *BAD_ZIPS.values(), jpeg()])),
    flip=st.data(),
)
def test_the_door_never_falls_over_content(client, place, to, data, flip):
    raw = bytearray(data)
    for at in flip.draw(st.lists(st.integers(0, len(raw) - 1), max_size=8)):
        raw[at] ^= 0xFF
    before = len(names(place))
    answer = send(client, to, "a.zip", bytes(raw))
    assert answer.status_code in (204, 413, 415)
    assert len(names(place)) == before + (answer.headers.get("digitise-taken") == "new")
    assert not list(place.incoming.glob("*.part"))


FORM_PARTS = [
    b"--x\r\n",
    b"--x--\r\n",
    b"\r\n",
    b'Content-Disposition: form-data; name="files"; filename="a.jpg"\r\n',
    b"Content-Type: image/jpeg\r\n",
    b"Content-Disposition: ",
    b"\xff\xd8\xff",
    b"\0" * 50,
    b"A" * 5000,
    b": \r\n",
    b"--",
    jpeg(),
]


@FUZZ
@given(body=st.one_of(st.binary(max_size=600), st.lists(st.sampled_from(FORM_PARTS), max_size=14).map(b"".join)))
def test_the_plain_form_never_falls_over(client, place, body):
    answer = client.post(f"/events/{place.id}/photos/add", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code in (200, 303) and not list(place.incoming.glob("*.part"))


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 300, "multipart/mixed; boundary=x"]
)
def test_a_form_of_another_kind_is_refused_in_words(client, place, kind):
    answer = client.post(f"/events/{place.id}/photos/add", content=b"--x--\r\n", headers={"Content-Type": kind})
    assert answer.status_code == 200 and "did not understand" in answer.text


# the wire


def trickle(address, at, *, length, data):
    """A request that stops in the middle and stays open."""
    parts = urllib.parse.urlsplit(address)
    wire = socket.create_connection((parts.hostname, parts.port))
    wire.settimeout(5)
    head = f"PATCH {at} HTTP/1.1\r\nHost: {parts.netloc}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Length: {length}\r\n"
    wire.sendall(f"{head}Content-Type: {OFFSET['Content-Type']}\r\n\r\n".encode() + data)
    return wire


def test_connections_that_bring_next_to_nothing_are_ended_and_others_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(pacing, "PATIENCE_S", 0.4)
    server = make_settings(tmp_path)
    slow, other = (create_event(server, Details(title=title)) for title in ("Slow", "Other"))
    with serving(server) as address, httpx.Client(base_url=address) as client:
        wires = []
        for _ in range(30):
            at = begin(client, f"/api/events/{slow.id}/uploads", "a.jpg", 5000).headers["location"]
            wires.append(trickle(address, at, length=5000, data=jpeg()[:100]))
        assert send(client, f"/api/events/{other.id}/uploads", "a.jpg", jpeg()).status_code == 204
        for wire in wires:
            answer = wire.recv(200)
            assert answer.startswith(b"HTTP/1.1 408")
            wire.close()
        assert {path.stat().st_size for path in slow.incoming.glob("*.part")} == {100}


def test_too_many_writers_at_once_are_told_to_come_back(tmp_path, monkeypatch):
    monkeypatch.setattr(door, "ACTIVE_MOST", 3)
    server = make_settings(tmp_path)
    place = create_event(server, Details(title="Day"))
    with serving(server) as address, httpx.Client(base_url=address) as client, contextlib.ExitStack() as open_wires:
        to = f"/api/events/{place.id}/uploads"
        for _ in range(3):
            at = begin(client, to, "a.jpg", 5000).headers["location"]
            open_wires.enter_context(trickle(address, at, length=5000, data=b"\xff\xd8\xff"))
        time.sleep(0.2)
        answer = send(client, to, "a.jpg", jpeg())
        assert answer.status_code == 503 and answer.headers["retry-after"] and answer.json()["remedy"]
        assert client.get("/events/new").status_code == 200


def test_a_film_is_refused_by_its_first_bytes(tmp_path):
    """The rest of the request is read and thrown away, so that the browser hears the answer; none of it stays on the disk."""
    server = make_settings(tmp_path)
    place = create_event(server, Details(title="Day"))
    film = NOT_PHOTOS["film.jpg"] + bytes(8 << 20)
    with serving(server) as address, httpx.Client(base_url=address) as client:
        answer = send(client, f"/api/events/{place.id}/uploads", "film.jpg", film)
        assert answer.status_code == 415 and "film" in answer.json()["error"]
    assert_clean(place)


def test_broken_text_in_headers_does_not_stop_the_server(tmp_path):
    server = make_settings(tmp_path)
    place = create_event(server, Details(title="Day"))
    with serving(server) as address, httpx.Client(base_url=address) as client:
        parts = urllib.parse.urlsplit(address)
        for header in (
            b"Upload-Metadata: filename \xff\xfe",
            b"Upload-Length: \xd9\xa1",
            b"Accept-Language: \xff" * 20,
            b"X: " + b"y" * 70_000,
        ):
            with socket.create_connection((parts.hostname, parts.port)) as wire:
                wire.sendall(f"POST /api/events/{place.id}/uploads HTTP/1.1\r\nHost: {parts.netloc}\r\nTus-Resumable: 1.0.0\r\n".encode())
                with contextlib.suppress(ConnectionError):
                    wire.sendall(header + b"\r\nContent-Length: 0\r\n\r\n")
                    assert wire.recv(100).startswith((b"HTTP/1.1 4", b"HTTP/1.1 201", b""))
        name = base64.b64encode("tŷ.jpg".encode()).decode()
        answer = client.post(f"/api/events/{place.id}/uploads", headers=TUS | {"Upload-Length": "9", "Upload-Metadata": f"filename {name}"})
        assert answer.status_code == 201
