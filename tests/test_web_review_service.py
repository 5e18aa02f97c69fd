"""The service behind the review page, over its JSON API: what is shown, saved, undone, refused, told to others, and which pictures."""

from __future__ import annotations

import concurrent.futures
import io
import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import httpx
import numpy as np
import pytest
from PIL import Image
from report_demo import make_note
from review_demo import EVENT_ID, WIDTH, make_event
from starlette.testclient import TestClient
from web_client import open_client, serve_here

from digitise import api
from digitise.config import Config
from digitise.corrections import Corrections, load_corrections, save_corrections
from digitise.errors import DigitiseError, PhotoError
from digitise.events import KEPT_EVENT, KeptEvent
from digitise.model import Note, Photo, PhotoResult, Source
from digitise.pipeline import correct_event
from digitise.reviewing import PictureJob, make_pictures, name_crop, name_whole
from digitise.reviewing.asking import SetWording
from digitise.store import STORE_FOLDER, hash_file
from digitise.web.desk import Desk
from digitise.web.review_model import BoxAsked, EditsAsked, ReviewView
from digitise.web.review_service import ReviewConflict, Reviews
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace

HERE = f"/api/events/{EVENT_ID}"
PICTURES = f"/events/{EVENT_ID}/pictures"
NOTE = "n1-1"
"""'Buses stop at {sic|six|sit} in the evening'."""


class DeskHere:
    """The desk's `run`, done in this process: for what is about pixels, not about processes."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def is_alive(self) -> bool:
        return False

    def run(self, work: Callable[..., Any], *args: Any, urgent: bool = False) -> concurrent.futures.Future[Any]:
        assert urgent, "somebody waits for it"
        self.calls.append(work.__name__)
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            future.set_result(work(*args))
        except Exception as e:
            future.set_exception(e)
        return future


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_event(tmp_path)


@pytest.fixture
def client(folder: Path, tmp_path: Path) -> TestClient:
    return open_client(tmp_path)


@pytest.fixture
def place(folder: Path) -> EventPlace:
    return EventPlace(EVENT_ID, folder.parent)


def make_reviews(tmp_path: Path, desk: object | None = None, **settings: Any) -> Reviews:
    return Reviews(desk or DeskHere(), ServerSettings(data=tmp_path, **settings))  # type: ignore[arg-type]


def look(client: TestClient, who: str = "ann") -> ReviewView:
    return ReviewView.model_validate(client.get(f"{HERE}/review", params={"client": who}).json())


def post_edit(client: TestClient, *edits: dict[str, Any], who: str = "ann", seen: int | None = None) -> Any:
    body = {"seen": look(client).revision if seen is None else seen, "client": who, "author": who.title(), "edits": edits}
    return client.post(f"{HERE}/edits", json=body)


def test_a_review_shows_everything_that_can_be_mended(client: TestClient) -> None:
    view = look(client)
    assert view.ready and view.accounting.balanced and view.accounting.seen == len(view.notes)
    note = view.note(NOTE)
    doubt = view.doubts[0]
    word = note.words[doubt.word]
    assert doubt.note_id == NOTE and (word.text, word.alternatives) == ("sic", ("six", "sit"))
    assert note.text[word.start :].startswith("sic")
    assert "".join(piece.text for piece in note.pieces) == note.text
    assert [piece.text for piece in note.pieces if piece.word is not None] == ["sic"]
    sheet, whole = view.photos[0].sheets
    assert note.sheet_id == sheet.id and whole.what == "whole photo"
    assert {m.note_id for m in sheet.marks} == {m.note_id for m in whole.marks} == set(view.photos[0].note_ids)
    assert next(m for m in sheet.marks if m.note_id == NOTE).outline[0] == (70.0, 172.0)
    assert view.sections[-1].leftover and [s.title for s in view.sections[:-1]] == ["Getting about", "What already works", "Young people"]


def test_an_event_that_is_not_read_yet_is_shown_as_such(tmp_path: Path) -> None:
    (tmp_path / "events" / EVENT_ID / "event").mkdir(parents=True)
    client = open_client(tmp_path)
    view = look(client)
    assert not view.ready and not view.notes
    refused = post_edit(client, {"do": "kind", "note_id": NOTE, "kind": "idea"})
    assert refused.status_code == 422 and "Nothing has been read" in refused.json()["error"]


def test_an_edit_is_saved_at_once_and_says_what_became_other(client: TestClient, folder: Path) -> None:
    saved = post_edit(client, {"do": "wording", "note_id": NOTE, "text": "Buses stop at six"}).json()
    assert saved["changed"] and saved["note_ids"] == [NOTE] and saved["can_undo"] and not saved["can_redo"]
    assert [e.origin for e in load_corrections(folder / "corrections.json").edits] == ["web"]
    view = look(client)
    assert view.note(NOTE).text == "Buses stop at six" and view.note(NOTE).read.startswith("Buses stop at sic")
    assert [(m.what, m.author, m.from_web) for m in view.note(NOTE).edited] == [("wording", "Ann", True)]
    again = post_edit(client, {"do": "wording", "note_id": NOTE, "text": "Buses stop at six"}).json()
    assert not again["changed"] and again["revision"] == saved["revision"]


def test_undo_and_redo_survive_a_restart(client: TestClient, tmp_path: Path) -> None:
    post_edit(client, {"do": "word", "note_id": NOTE, "base": "sic", "nth": 0, "text": "six"})
    assert look(client).note(NOTE).text == "Buses stop at six in the evening"
    other = open_client(tmp_path)
    assert look(other).can_undo and not look(other, "bob").can_undo
    assert other.post(f"{HERE}/undo", json={"client": "ann"}).json()["can_redo"]
    assert look(other).note(NOTE).text == "Buses stop at sic in the evening"
    third = open_client(tmp_path)
    assert third.post(f"{HERE}/redo", json={"client": "ann"}).status_code == 200
    assert look(third).note(NOTE).text == "Buses stop at six in the evening"
    refused = third.post(f"{HERE}/undo", json={"client": "bob"})
    assert refused.status_code == 422 and refused.json()["error"] == "There is nothing of yours to be undone."


def test_the_same_thing_changed_by_two_is_a_conflict_that_shows_both(client: TestClient) -> None:
    seen = look(client).revision
    assert post_edit(client, {"do": "wording", "note_id": NOTE, "text": "Ann's words"}, seen=seen).status_code == 200
    assert post_edit(client, {"do": "kind", "note_id": NOTE, "kind": "problem"}, who="bob", seen=seen).status_code == 200
    refused = post_edit(client, {"do": "wording", "note_id": NOTE, "text": "Bob's words"}, who="bob", seen=seen)
    assert refused.status_code == 409
    (conflict,) = refused.json()["conflicts"]
    assert (conflict["about"], conflict["note_id"], conflict["who"]) == ("wording", NOTE, "Ann")
    assert (conflict["yours_text"], conflict["theirs_text"]) == ("Bob's words", "Ann's words")
    view = look(client, "bob")
    assert view.note(NOTE).text == "Ann's words"
    assert [(o.who, o.note_ids) for o in view.others] == [("Ann", (NOTE,))]
    insisted = post_edit(client, {"do": "wording", "note_id": NOTE, "text": "Bob's words"}, who="bob", seen=refused.json()["revision"])
    assert insisted.status_code == 200 and look(client).note(NOTE).text == "Bob's words"


def test_two_tabs_and_two_people_at_once(place: EventPlace, tmp_path: Path) -> None:
    """Each has their own note; all fight for one: whoever was told that it is saved is right, the others know of it."""
    reviews, start = make_reviews(tmp_path), threading.Barrier(4)
    seen, won, lost, faults = reviews.revision(place), list[str](), list[str](), list[BaseException]()

    def work(who: str, own: str) -> None:
        try:
            start.wait()
            for k in range(5):
                text = f"{who} {k}"
                reviews.edit(place, EditsAsked(seen=seen, client=who, edits=(SetWording(note_id=own, text=text),)))
            reviews.edit(place, EditsAsked(seen=seen, client=who, author=who, edits=(SetWording(note_id=NOTE, text=who),)))
            won.append(who)
        except ReviewConflict as e:
            assert len(e.conflicts) == 1
            lost.append(who)
        except BaseException as e:
            faults.append(e)

    names = {"ann-1": "n1-2", "ann-2": "n1-3", "bob": "n2-1", "cat": "n2-2"}
    threads = [threading.Thread(target=work, args=pair) for pair in names.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    view = reviews.view(place, "ann-1")
    assert [view.note(own).text for own in names.values()] == [f"{who} 4" for who in names]
    assert (won, len(lost), view.revision) == ([view.note(NOTE).text], 3, seen + 21)


@pytest.mark.parametrize(
    "edit",
    [
        {"do": "wording", "note_id": "../../etc", "text": "x"},
        {"do": "wording", "note_id": NOTE, "text": "   "},
        {"do": "wording", "note_id": NOTE, "text": "x" * 5000},
        {"do": "kind", "note_id": NOTE, "kind": "nonsense"},
        {"do": "nothing"},
        {"do": "add", "text": "x", "photo_id": "n0", "outline": [[0, 0], [1e9, 0], [0, 5]]},
        {"do": "add", "text": "x", "outline": [["NaN", 0]]},
        {"do": "word", "note_id": NOTE, "base": "sic", "nth": 99, "text": "six"},
        {"do": "drop", "key": ""},
        {"do": "kind", "note_id": NOTE, "kind": "idea", "more": 1},
    ],
)
def test_bad_input_is_refused_and_nothing_is_saved(client: TestClient, folder: Path, edit: dict[str, Any]) -> None:
    refused = post_edit(client, edit)
    assert refused.status_code == 422 and refused.json()["error"]
    assert not (folder / "corrections.json").exists()


@pytest.mark.parametrize("text", ["a\x00b", "tab\tand\x0bmore", "\ud800", "\u202egnp.exe", "\ufffe", "\x1b[31m", "1\r\n2"])
def test_no_letters_break_the_files_of_the_report(client: TestClient, folder: Path, text: str) -> None:
    """What XML cannot hold would cost the whole report."""
    body = json.dumps({"seen": look(client).revision, "client": "a", "edits": [{"do": "wording", "note_id": NOTE, "text": f"x {text} y"}]})
    answer = client.post(f"{HERE}/edits", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        kept = look(client).note(NOTE).text
        assert all(c == "\n" or (c.isprintable() or c == " ") for c in kept), repr(kept)
        assert kept.startswith("x") and kept.endswith("y")


def test_what_the_review_saves_is_what_a_report_prints(client: TestClient, folder: Path) -> None:
    post_edit(client, {"do": "wording", "note_id": "n1-2", "text": "Lifts, put otherwise", "of": "report"})
    post_edit(client, {"do": "rename", "section_id": "s1", "title": "Buses & lifts"})
    post_edit(client, {"do": "move", "note_ids": ["n2-1"], "section_id": "s1", "after": NOTE})
    kept = load_corrections(folder / "corrections.json")
    program = KeptEvent.model_validate_json((folder / "report" / STORE_FOLDER / KEPT_EVENT).read_bytes()).event
    event = correct_event(program, kept, Config())
    view = look(client)
    assert [(s.title, s.note_ids) for s in event.arrangement.sections] == [(s.title, s.note_ids) for s in view.sections if s.note_ids]
    assert [n.text for n in event.notes] == [n.text for n in view.notes]


def test_an_import_beside_the_page_is_seen(client: TestClient, folder: Path) -> None:
    before = look(client)
    edits = Corrections.model_validate(
        {"edits": [{"what": "wording", "note_id": NOTE, "text": "Imported", "base": before.note(NOTE).text}]}
    )
    save_corrections(folder / "corrections.json", edits)
    view = look(client)
    assert view.revision == before.revision + 1 and view.note(NOTE).text == "Imported" and view.others[0].from_outside
    refused = post_edit(client, {"do": "wording", "note_id": NOTE, "text": "Mine"}, seen=before.revision)
    assert refused.status_code == 409 and refused.json()["conflicts"][0]["theirs_text"] == "Imported"


def test_others_are_told_at_once(folder: Path, tmp_path: Path) -> None:
    settings = ServerSettings(data=tmp_path, workers=1)
    with serve_here(settings) as (_, port), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        with client.stream("GET", f"{HERE}/live", params={"client": "bob"}) as stream:
            lines = (line.removeprefix("data: ") for line in stream.iter_lines() if line.startswith('data: {"revision"'))
            first = json.loads(next(lines))
            body = {
                "seen": first["revision"],
                "client": "ann",
                "author": "Ann",
                "edits": [{"do": "kind", "note_id": NOTE, "kind": "problem"}],
            }
            began = time.monotonic()
            saved = client.post(f"{HERE}/edits", json=body).json()
            told = json.loads(next(lines))
            assert time.monotonic() - began < 1.5, "sooner than a look every two seconds"
        assert told == {"revision": saved["revision"], "who": "Ann", "mine": False, "from_outside": False, "from_run": False}
        with client.stream("GET", f"{HERE}/live", params={"client": "ann", "after": first["revision"]}) as stream:
            line = next(line for line in stream.iter_lines() if line.startswith("data: "))
            assert json.loads(line.removeprefix("data: "))["mine"]


def test_an_unknown_event_is_not_there(client: TestClient) -> None:
    for path in ("review", "live"):
        assert client.get(f"/api/events/unknown00000/{path}").status_code == 404
    assert client.post("/api/events/unknown00000/undo", json={"client": "a"}).status_code == 404
    assert client.get("/events/unknown00000/pictures/x.jpg").status_code == 404


def test_a_read_only_server_shows_and_changes_nothing(folder: Path, tmp_path: Path) -> None:
    client = open_client(tmp_path, read_only=True)
    assert look(client).ready
    assert post_edit(client, {"do": "kind", "note_id": NOTE, "kind": "problem"}).status_code == 403
    assert not (folder.parent / "journal.jsonl").exists() and not (folder / "corrections.json").exists()


def test_an_edit_does_not_bring_back_an_event_that_was_deleted(place: EventPlace, tmp_path: Path) -> None:
    reviews = make_reviews(tmp_path)
    seen = reviews.revision(place)
    shutil.rmtree(place.root)
    with pytest.raises(DigitiseError, match="not there any more"):
        reviews.edit(place, EditsAsked(seen=seen, client="a", edits=(SetWording(note_id=NOTE, text="Other"),)))
    assert not place.root.exists()


# pictures


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
        seconds = []
        for _ in range(5):
            began = time.perf_counter()
            client.post(f"{HERE}/boxes", json=body)
            seconds.append(time.perf_counter() - began)
        assert sorted(seconds)[2] < 2.0, seconds
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


@pytest.mark.slow
def test_page_report_and_edited_report_say_the_same(folder: Path, tmp_path: Path) -> None:
    """Read for real, mended on the page, reported by the command line's door, edited in Word, read back, seen on the page."""
    shutil.rmtree(folder / "report")
    (outcome,) = api.report_events([folder], jobs=0)
    assert isinstance(outcome, api.Outcome) and outcome.edits == 0
    client = open_client(tmp_path)
    view = look(client)
    heading, lunch = (next(n for n in view.notes if word in n.text) for word in ("Young people", "Tuesday"))
    section = next(s for s in view.sections if not s.leftover and lunch.id not in s.note_ids)
    post_edit(client, {"do": "wording", "note_id": lunch.id, "text": "Tuesday and Friday lunch club", "of": "report"})
    post_edit(client, {"do": "move", "note_ids": [lunch.id], "section_id": section.id})
    post_edit(client, {"do": "rename", "section_id": section.id, "title": "Food and company"})
    mended = look(client)
    (outcome,) = api.report_events([folder], jobs=0)
    assert isinstance(outcome, api.Outcome) and outcome.reused == 3 and outcome.edits == 3 and outcome.edits_to_check == 0
    assert look(client).revision == mended.revision, "nothing was read: nobody is told of new notes"
    notes = json.loads((folder / "report" / "notes.json").read_text(encoding="utf-8"))
    assert [n["text"] for n in notes["notes"]] == [n.text for n in mended.notes]
    document = docx.Document(str(folder / "report" / "report.docx"))
    found = [p for p in document.paragraphs if "Tuesday and Friday lunch club" in p.text]
    assert found and any("Food and company" in p.text for p in document.paragraphs)
    for paragraph in found:
        for run in paragraph.runs:
            run.text = run.text.replace("Friday", "Saturday")
    document.save(str(tmp_path / "edited.docx"))
    outcome_of_import = api.import_report(folder, tmp_path / "edited.docx")
    assert not outcome_of_import.unmerged
    view = look(client)
    assert view.note(lunch.id).text == "Tuesday and Saturday lunch club" and view.others[0].from_outside
    assert lunch.id in next(s for s in view.sections if s.title == "Food and company").note_ids
    assert view.accounting.balanced and not view.to_check and heading.id in {n.id for n in view.notes}
