"""The service behind the review page, over its JSON API: what is shown, saved, undone, refused, told to others, and which pictures."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
from review_demo import EVENT_ID
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
from web_client import open_client, serve_here

from digitise import api
from digitise.config import Config
from digitise.corrections import Corrections, load_corrections, save_corrections
from digitise.errors import DigitiseError
from digitise.events import KEPT_EVENT, KeptEvent
from digitise.pipeline import correct_event
from digitise.reviewing.asking import SetWording
from digitise.store import STORE_FOLDER
from digitise.web.review_model import EditsAsked
from digitise.web.review_service import ReviewConflict
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace


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
