"""Files come in: piece by piece, cut off and taken up again, twice without doubling; within limits, and whole after a crash."""

from __future__ import annotations

import itertools
import os
import time
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_rooms import (  # noqa: F401
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
    names,
    new_event,
    send,
)

from digitise.config import Limits
from digitise.intake import find_sources
from digitise.web.door import Door, remove_file
from digitise.web.keeping import UNFINISHED_DAYS, find_upload, list_records, make_upload, part_of
from digitise.web.pages.events import tidy


def test_a_photo_comes_in_one_piece(client, place, to):
    data = jpeg()
    begun = begin(client, to, "Bwrdd 1 – tŷ.JPEG", len(data))
    assert begun.status_code == 201 and begun.headers["tus-resumable"] == "1.0.0" and "upload-expires" in begun.headers
    done = append(client, begun.headers["location"], data)
    assert done.status_code == 204 and done.headers["upload-offset"] == str(len(data)) and done.headers["digitise-taken"] == "new"
    assert names(place) == ["Bwrdd 1 _ tŷ.jpg"] and (place.photos / "Bwrdd 1 _ tŷ.jpg").read_bytes() == data
    assert [record.shown for record in list_records(place).values()] == ["Bwrdd 1 – tŷ.JPEG"]
    (source,), problems = find_sources(place.folder, limits=Limits())
    assert source.file == "photos/Bwrdd 1 _ tŷ.jpg" and not problems


def test_the_server_says_what_it_can(client, to):
    answer = client.options(to)
    assert answer.status_code == 204 and answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,termination,expiration" and int(answer.headers["tus-max-size"]) == 200 << 20


def test_a_photo_comes_in_pieces_and_may_ask_how_far_it_is(client, place, to):
    data = jpeg(extra=b"x" * 5000)
    at = begin(client, to, "a.jpg", len(data)).headers["location"]
    assert append(client, at, data[:2000]).headers["upload-offset"] == "2000"
    asked = client.head(at, headers=TUS)
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("2000", str(len(data))) and not names(place)
    assert append(client, at, data[2000:], offset=1999).status_code == 409
    assert append(client, at, data[2000:], offset=2000).status_code == 204 and names(place) == ["a.jpg"]


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 2400), max_size=5), salt=st.binary(min_size=8, max_size=8))
def test_however_it_is_cut_it_arrives_whole(client, place, to, cuts, salt):
    data = jpeg(extra=bytes(range(256)) * 7 + salt)
    begun = begin(client, to, "a.jpg", len(data))
    assert begun.status_code == 201, begun.text
    at = begun.headers["location"]
    edges = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    for low, high in itertools.pairwise(edges):
        answer = append(client, at, data[low:high], offset=low)
        assert answer.status_code == 204
    assert (place.photos / unquote(answer.headers["digitise-name"])).read_bytes() == data


def test_a_finished_upload_may_be_asked_for_and_sent_again(client, place, to):
    """The answer to the last bytes is lost as easily as any other."""
    data = jpeg()
    at = begin(client, to, "a.jpg", len(data)).headers["location"]
    append(client, at, data)
    asked = client.head(at, headers=TUS)
    assert asked.headers["upload-offset"] == str(len(data)) and asked.headers["digitise-taken"] == "new"
    assert append(client, at, b"", offset=len(data)).status_code == 204 and names(place) == ["a.jpg"]


def test_the_same_content_is_taken_once_whatever_its_name(client, place, to):
    assert send(client, to, "a.jpg", jpeg()).headers["digitise-taken"] == "new"
    again = send(client, to, "copy of a.jpg", jpeg())
    assert again.headers["digitise-taken"] == "already" and again.headers["digitise-name"] == "a.jpg"
    assert send(client, to, "b.jpg", jpeg(1)).headers["digitise-taken"] == "new"
    assert names(place) == ["a.jpg", "b.jpg"] and not list(place.incoming.glob("*.part"))


def test_other_content_under_the_same_name_gets_a_number(client, place, to):
    for n in range(3):
        send(client, to, "IMAGE.jpg" if n else "image.JPG", jpeg(n))
    assert names(place) == ["IMAGE (2).jpg", "IMAGE (3).jpg", "image.jpg"]


def test_a_photo_that_was_removed_can_come_again(client, place, to):
    send(client, to, "a.jpg", jpeg())
    desk = client.app.state.site.desk
    assert remove_file(place, "a.jpg", desk) and not remove_file(place, "a.jpg", desk) and not remove_file(place, "../event.toml", desk)
    assert send(client, to, "a.jpg", jpeg()).headers["digitise-taken"] == "new" and names(place) == ["a.jpg"]


def test_an_upload_can_be_cancelled(client, place, to):
    at = begin(client, to, "a.jpg", 100).headers["location"]
    append(client, at, b"\xff\xd8\xff1")
    assert client.delete(at, headers=TUS).status_code == 204
    assert client.head(at, headers=TUS).status_code == 404 and not list(place.incoming.iterdir())
    data = jpeg()
    done = begin(client, to, "a.jpg", len(data)).headers["location"]
    append(client, done, data)
    assert client.delete(done, headers=TUS).status_code == 204 and names(place) == ["a.jpg"]


def test_the_desk_is_told_of_new_photos_only(client, place, to):
    told = []
    client.app.state.site.desk.look_again = lambda place: told.append(place.id)
    send(client, to, "a.jpg", jpeg())
    send(client, to, "b.jpg", jpeg())
    assert told == [place.id]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "9" * 40}, 400),
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Metadata": "filename %%%"}, 400),
        ({"Upload-Metadata": "filename " + "A" * 9000}, 400),
    ],
)
def test_broken_headers_are_refused_in_words(client, to, change, status):
    answer = client.post(to, headers=TUS | {"Upload-Length": "100", "Upload-Metadata": metadata("a.jpg")} | change)
    assert answer.status_code == status and answer.json()["error"] and answer.json()["remedy"]


def test_bytes_need_their_own_content_type(client, to):
    at = begin(client, to, "a.jpg", 10).headers["location"]
    assert client.patch(at, content=b"x", headers=TUS | {"Upload-Offset": "0", "Content-Type": "image/jpeg"}).status_code == 415


# limits


def test_limits_are_told_in_words_before_bytes_are_taken(tmp_path):
    client = make_client(make_settings(tmp_path, limits={"file_mib": 0.01, "event_mib": 0.03, "event_files": 3}))
    place = new_event(client)
    to = f"/api/events/{place.id}/uploads"
    assert begin(client, to, "a.jpg", 20_000).status_code == 413
    for n in range(3):
        assert send(client, to, "a.jpg", jpeg(n, extra=b"x" * 8000)).status_code == 204
    many = begin(client, to, "a.jpg", 100)
    assert many.status_code == 413 and "3" in many.json()["error"]
    welsh = client.post(to, headers=TUS | {"Upload-Length": "100", "Accept-Language": "cy"})
    assert "ffeil" in welsh.json()["error"]


def test_an_event_and_all_events_have_a_total(tmp_path):
    client = make_client(make_settings(tmp_path, limits={"event_mib": 0.02, "total_mib": 0.03}))
    first, second = new_event(client), new_event(client, "Other")
    data = jpeg(extra=b"x" * 15_000)
    assert send(client, f"/api/events/{first.id}/uploads", "a.jpg", data).status_code == 204
    assert send(client, f"/api/events/{first.id}/uploads", "b.jpg", data + b"2").status_code == 413
    full = send(client, f"/api/events/{second.id}/uploads", "b.jpg", data)
    assert full.status_code == 507 and "room" in full.json()["error"]


def test_a_full_disk_takes_nothing(tmp_path):
    client = make_client(make_settings(tmp_path, limits={"free_mib": 1e9}))
    place = new_event(client)
    answer = begin(client, f"/api/events/{place.id}/uploads", "a.jpg", 100)
    assert answer.status_code == 507 and "disk" in answer.json()["error"] and not list(place.incoming.iterdir())


def test_uploads_begun_and_left_make_room(tmp_path):
    client = make_client(make_settings(tmp_path, limits={"open_uploads": 3}))
    place = new_event(client)
    to = f"/api/events/{place.id}/uploads"
    for _ in range(3):
        assert begin(client, to, "a.jpg", 100).status_code == 201
    crowded = begin(client, to, "a.jpg", 100)
    assert crowded.status_code == 503 and crowded.headers["retry-after"]
    for part in place.incoming.glob("*.part"):
        os.utime(part, (time.time() - 700,) * 2)
    assert begin(client, to, "a.jpg", 100).status_code == 201


def test_uploads_that_broke_off_expire(client, place, to):
    at = begin(client, to, "a.jpg", 100).headers["location"]
    append(client, at, b"\xff\xd8\xff")
    tidy(client.app.state.site)
    assert client.head(at, headers=TUS).status_code == 200
    for path in place.incoming.iterdir():
        os.utime(path, (time.time() - UNFINISHED_DAYS * 86400 - 60,) * 2)
    tidy(client.app.state.site)
    assert client.head(at, headers=TUS).status_code == 404 and not list(place.incoming.iterdir())


# crashes


def test_what_was_complete_when_the_server_died_is_taken_in_at_the_next_start(client, place):
    data = jpeg()
    upload = make_upload(place, name="a.jpg", length=len(data), by_room=False)
    part_of(place, upload.id).write_bytes(data)
    half = make_upload(place, name="b.jpg", length=len(data), by_room=False)
    part_of(place, half.id).write_bytes(data[:50])
    tidy(client.app.state.site)
    assert names(place) == ["a.jpg"] and find_upload(place, upload.id).taken.name == "a.jpg" and not find_upload(place, half.id).taken


def test_a_crash_while_it_is_put_in_its_place_doubles_nothing(client, place, monkeypatch):
    """Killed between the record and the file, and between the file and the upload's end."""
    data, door = jpeg(), Door(client.app.state.site.settings, client.app.state.site.desk)
    upload = make_upload(place, name="a.jpg", length=len(data), by_room=False)
    part_of(place, upload.id).write_bytes(data)

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("pathlib.Path.rename", die)
        door.take_in(place, upload)
    assert names(place) == []
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("digitise.web.door.save_upload", die)
        door.take_in(place, upload)
    assert names(place) == ["a.jpg"]
    tidy(client.app.state.site)
    to = f"/api/events/{place.id}/uploads"
    assert send(client, to, "a.jpg", data).headers["digitise-taken"] == "already" and names(place) == ["a.jpg"]


def test_an_event_deleted_in_the_middle_ends_the_upload(client, place, to):
    data = jpeg()
    at = begin(client, to, "a.jpg", len(data)).headers["location"]
    append(client, at, data[:100])
    client.post(f"/events/{place.id}/delete", data={"sure": "true"})
    assert append(client, at, data[100:], offset=100).status_code == 404 and not place.root.exists()
