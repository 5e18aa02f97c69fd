"""The pictures of the review: cleaned sheets and notes enlarged, made in a worker, without what is private; and boxes that are read."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from report_demo import make_note
from review_demo import WIDTH
from review_service import (  # noqa: F401
    HERE,
    NOTE,
    PICTURES,
    DeskHere,
    fixture_client,
    fixture_folder,
    fixture_place,
    look,
    make_reviews,
    post_edit,
)
from starlette.testclient import TestClient
from web_client import open_client

from digitise.errors import PhotoError
from digitise.model import Note, Photo, PhotoResult, Source
from digitise.reviewing import PictureJob, make_pictures, name_crop, name_whole
from digitise.reviewing.asking import SetWording
from digitise.store import hash_file
from digitise.web.desk import Desk
from digitise.web.review_model import BoxAsked, EditsAsked
from digitise.web.shelf import EventPlace


def test_a_cleaned_sheet_is_served_with_its_mark(client: TestClient) -> None:
    sheet = look(client).photos[0].sheets[0]
    answer = client.get(f"{PICTURES}/{sheet.picture}", params={"v": sheet.version})
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    assert Image.open(io.BytesIO(answer.content)).size == (sheet.width, sheet.height)
    again = client.get(f"{PICTURES}/{sheet.picture}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content and again.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    "name",
    [
        "x.jpg",
        "note-gone.jpg",
        "photo-.jpg",
        "note-.jpg",
        "..%2f..%2fevent.toml",
        "%2e%2e",
        "event.json",
        "IMG_1.png",
        "note-n1-1.png",
        "note-n1-1",
    ],
)
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"{PICTURES}/{name}").status_code == 404


def test_notes_are_enlarged_when_asked_for_and_kept(place: EventPlace, tmp_path: Path) -> None:
    desk = DeskHere()
    reviews = make_reviews(tmp_path, desk)
    found = reviews.find_picture(place, f"note-{NOTE}.jpg")
    assert found is not None and found.make is not None and not found.path.exists()
    reviews.make_picture(place, found.make).result()
    assert Image.open(found.path).size[0] > 900 * 0.9
    other = reviews.find_picture(place, "note-n1-2.jpg")
    assert other is not None and other.make is None, "all notes of a photo are cut at once"
    whole = reviews.find_picture(place, f"photo-{reviews.view(place, 'a').photos[0].id}.jpg")
    assert whole is not None and whole.make is None and Image.open(whole.path).size[0] == WIDTH
    reviews.edit(place, EditsAsked(seen=reviews.revision(place), client="a", edits=(SetWording(note_id=NOTE, text="Other"),)))
    assert reviews.find_picture(place, f"note-{NOTE}.jpg") == (found.path, None), "words change no picture"
    assert desk.calls == ["make_pictures"]


def test_pictures_hide_faces_and_private_words(tmp_path: Path) -> None:
    """A drawn photo: noise for a face, and a word that is to stay private."""
    pixels = np.full((600, 800, 3), 255, np.uint8)
    rng = np.random.default_rng(1)
    pixels[100:300, 500:700] = rng.integers(0, 255, (200, 200, 3))
    (tmp_path / "photos").mkdir()
    Image.fromarray(pixels).save(tmp_path / "photos" / "a.png")
    source = Source(
        path="photos/a.png",
        file="photos/a.png",
        sha256=hash_file(tmp_path / "photos" / "a.png"),
    )
    photo = Photo(id="p", file="a.png", sha256=source.sha256, width_px=800, height_px=600, faces=((500.0, 100.0, 700.0, 300.0),))
    note = make_note("p", 0, "Siân", outline=((400.0, 50.0), (780.0, 50.0), (780.0, 350.0), (400.0, 350.0)))
    word = ((420.0, 320.0), (480.0, 320.0), (480.0, 340.0), (420.0, 340.0))
    wanted: dict[str, Note | None] = {name_crop(photo, note, (word,)): note, name_whole(photo, (word,)): None}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.jpg").write_bytes(b"")
    make_pictures(PictureJob(tmp_path, source, PhotoResult(photo=photo, notes=(note,)), (word,), wanted, tmp_path / "out"))
    assert {p.name for p in (tmp_path / "out").iterdir()} == set(wanted), "pictures of what is not there any more go"
    whole = np.asarray(Image.open(tmp_path / "out" / name_whole(photo, (word,))), float)
    face, bar = whole[150:250, 550:650], whole[325:335, 430:470]
    assert face.std() < 25 < pixels[150:250, 550:650].std(), "blurred"
    assert bar.mean() < 90, "covered"
    assert name_crop(photo, note, ()) != name_crop(photo, note, (word,)), "another name when it would look otherwise"


def test_a_photo_that_was_exchanged_is_not_read(place: EventPlace, tmp_path: Path) -> None:
    reviews = make_reviews(tmp_path)
    view = reviews.view(place, "a")
    Image.new("RGB", (WIDTH, 900), "red").save(place.photos / "IMG_1.png")
    with pytest.raises(PhotoError, match="not there any more"):
        reviews.read_box(place, BoxAsked(photo_id=view.photos[0].id, outline=((60, 500), (700, 500), (700, 620), (60, 620))))


@pytest.mark.slow
def test_a_missed_note_is_read_within_its_box_and_added(folder: Path, tmp_path: Path) -> None:
    """With the real workers: the line that no note holds, drawn on the sheet and on the whole photo."""
    with open_client(tmp_path, workers=1) as client:
        view = look(client)
        photo = view.photos[0]
        k = len(photo.note_ids)
        top = 60 + 120 * k - 10
        box = [[60, top], [700, top], [700, top + 80], [60, top + 80]]
        for sheet in (*photo.sheets, None):
            body = {"photo_id": photo.id, "outline": box, "sheet_id": sheet.id if sheet else ""}
            answer = client.post(f"{HERE}/boxes", json=body)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert "river" in found["text"].lower() and "Benches" in found["text"] and not found["known"]
        added = post_edit(
            client, {"do": "add", "text": found["text"], "photo_id": photo.id, "outline": found["outline"], "section_id": "s1"}
        ).json()
        note = look(client).note(added["added"][0])
        assert note.section_id == "s1" and note.sheet_id == photo.sheets[0].id and note.by_person
        assert client.get(f"{PICTURES}/{note.crop}", params={"v": note.crop_version}).status_code == 200
        empty = client.post(f"{HERE}/boxes", json={"photo_id": photo.id, "outline": [[1050, 20], [1190, 20], [1190, 90], [1050, 90]]})
        assert empty.status_code == 200 and empty.json()["text"] == ""
        again = client.post(f"{HERE}/boxes", json={"photo_id": photo.id, "outline": [[70, 172], [1000, 172], [1000, 272], [70, 272]]})
        assert again.json()["known"] == [NOTE]


@pytest.mark.slow
def test_the_desk_makes_pictures_in_a_worker(folder: Path, tmp_path: Path) -> None:
    with open_client(tmp_path, workers=1) as client:
        note = look(client).note(NOTE)
        answer = client.get(f"{PICTURES}/{note.crop}", params={"v": note.crop_version})
        assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg"
        assert isinstance(client.app.state.site.desk, Desk)  # type: ignore[attr-defined]
