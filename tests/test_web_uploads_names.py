"""What files that come in are called and are taken for; and the form that brings them without scripts."""

from __future__ import annotations

import io
import zipfile

import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from web_rooms import fixture_client, fixture_place, fixture_to, jpeg, make_client, make_settings, names, picture, send  # noqa: F401

from digitise.config import Limits
from digitise.intake import find_sources
from digitise.web.naming import SUFFIXES, shown_name, stored_name


def heic():
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 64), (200, 180, 90))).save(out, format="HEIF")
    return out.getvalue()


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_the_ending_follows_the_content(client, place, to):
    for name, data in {
        "1.jpeg": heic(),
        "2": picture("PNG"),
        "3.jpg": picture("PDF"),
        "4.zip": zipped(**{"a/b.jpg": jpeg()}),
        "5.tiff": picture("TIFF"),
        "6.webp": picture("WEBP"),
    }.items():
        assert send(client, to, name, data).status_code == 204, name
    assert names(place) == ["1.heic", "2.png", "3.pdf", "4.zip", "5.tif", "6.webp"]
    sources, problems = find_sources(place.folder, limits=Limits())
    assert len(sources) == 6 and not problems


@given(name=st.text(max_size=300), taken=st.lists(st.text(max_size=20), max_size=3), kind=st.sampled_from(sorted(SUFFIXES)))
def test_no_name_leads_anywhere(name, taken, kind):
    stored = stored_name(name, kind, taken)
    assert "/" not in stored and "\\" not in stored and not stored.startswith((".", "-")) and stored.endswith(SUFFIXES[kind])
    assert len(stored.encode()) <= 200 and stored.isprintable() and stored.casefold() not in {t.casefold() for t in taken}
    assert shown_name(name).isprintable() and "/" not in shown_name(name)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\Windows\\a.jpg", "..", "con.jpg", "a\0b.jpg", "\u202egpj.exe", " . .jpg", "-rf.jpg"]
)
def test_names_meant_to_hurt_become_harmless(client, place, to, name):
    assert send(client, to, name, jpeg()).status_code == 204
    (stored,) = names(place)
    assert stored in ("passwd.jpg", "a.jpg", "photo.jpg", "con_.jpg", "a_b.jpg", "gpj.jpg", "rf.jpg")
    assert (place.photos / stored).resolve().parent == place.photos.resolve()


# the plain form


def test_a_form_without_scripts_brings_files(client, place):
    files = [("files", ("a.jpg", jpeg(), "image/jpeg")), ("files", ("b.jpg", jpeg(1), "image/jpeg"))]
    answer = client.post(f"/events/{place.id}/photos/add", files=files)
    assert answer.status_code == 303 and answer.headers["location"] == f"/events/{place.id}" and names(place) == ["a.jpg", "b.jpg"]
    mixed = [
        ("files", ("a2.jpg", jpeg(), "image/jpeg")),
        ("files", ("c.jpg", b"hello" * 300, "image/jpeg")),
        ("files", ("d.png", picture("PNG"))),
    ]
    page = client.post(f"/events/{place.id}/photos/add", files=mixed)
    assert page.status_code == 200 and "Already here" in page.text and "not a photo" in page.text
    assert names(place) == ["a.jpg", "b.jpg", "d.png"] and not list(place.incoming.glob("*.part"))


def test_a_form_with_nothing_in_it_says_so(client, place):
    page = client.post(f"/events/{place.id}/photos/add", files=[("files", ("", b"", "application/octet-stream"))])
    assert page.status_code == 200 and "No file was chosen" in page.text
    assert client.post(f"/events/{place.id}/photos/add", data={"files": "x"}).status_code == 200


def test_a_form_that_breaks_off_leaves_nothing_half(client, place):
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + jpeg()[:200]
    client.post(f"/events/{place.id}/photos/add", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert not names(place) and not list(place.incoming.glob("*.part"))
