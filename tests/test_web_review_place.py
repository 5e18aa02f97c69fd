"""Where one goes on in Check and mend: the note beside one that went, what undo brought back, a word that is no writing."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from review_demo import make_event
from starlette.testclient import TestClient
from test_web_review_page import Page, make_client, send

from digitise.corrections import load_corrections


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_event(tmp_path, sheets=(("Getting about", ("Buses stop at {sic|six} \nin the evening", "{Xx|Yy}", "Lifts", "Car")),))


@pytest.fixture
def client(folder: Path, tmp_path: Path) -> TestClient:
    return make_client(tmp_path)


def change(client: TestClient, do: str, at: str, **fields: str) -> tuple[str, str, Page]:
    """The note that is open afterwards, what a screen reader hears, and the page."""
    status, html = send(client, do, at_query=at, **fields)
    page = Page(html)
    part = page.all("div")[0]
    assert (status, part["data-error"]) == (200, ""), html
    return dict(parse_qsl(part["data-query"].lstrip("?"))).get("note", ""), part["data-told"], page


def test_after_a_note_is_set_aside_the_next_one_is_open(client: TestClient) -> None:
    note, told, _ = change(client, "fate", "note=n1-1", note_id="n1-1", fate="set aside")
    assert note == "n1-2"
    assert told.startswith("set aside: “Buses stop")
    # among those set aside, where no other is left
    note, told, _ = change(client, "fate", "note=n1-1&only=aside", note_id="n1-1", fate="reported")
    assert note == ""
    assert "Buses stop" in told


def test_the_last_note_leaves_the_one_before_it_open(client: TestClient) -> None:
    note, _, _ = change(client, "fate", "note=n1-4&only=check", note_id="n1-4", fate="set aside")
    assert note == "n1-2"


def test_one_goes_on_beside_a_note_moved_elsewhere_and_follows_one_moved_by_hand(client: TestClient) -> None:
    change(client, "new section", "", title="Money")
    money = client.get("/api/events/reviewdemo01/review").json()["sections"][1]["id"]
    note, told, _ = change(client, "move", "note=n1-3", note_id="n1-3", section_id=money)
    assert (note, told) == ("n1-4", "Moved to Money, place 1 of 1.")
    assert change(client, "move", "note=n1-1", note_id="n1-1", step="down")[0] == "n1-1"
    assert change(client, "move", "note=n1-1", note_id="n1-1", section_id="s1", after="n1-4")[0] == "n1-1"
    # another note than the open one
    assert change(client, "fate", "note=n1-1", note_id="n1-4", fate="set aside")[0] == "n1-1"


def test_undo_shows_the_note_that_it_brought_back(client: TestClient) -> None:
    change(client, "fate", "note=n1-3", note_id="n1-3", fate="set aside")
    note, told, _ = change(client, "undo", "note=n1-4")
    assert (note, told) == ("n1-3", "Undone: set aside: “Lifts”")
    added, _, _ = change(client, "add", "note=n1-3", text="Benches")
    assert added != "n1-3"
    assert change(client, "undo", f"note={added}")[0] == "", "it is there no more, and nobody is told of a fault"


def test_what_is_no_writing_leaves_the_note(client: TestClient, folder: Path) -> None:
    note, told, page = change(client, "word", "note=n1-1&word=3", note_id="n1-1", base="sic", nth="0", text="")
    assert (note, told) == ("n1-2", "sic is taken out: it is not writing.")
    assert "word-none" in {a.get("id") for a in page.all("button")}
    review = client.get("/api/events/reviewdemo01/review").json()
    notes = {n["id"]: n for n in review["notes"]}
    assert notes["n1-1"]["text"] == "Buses stop at\nin the evening"
    assert notes["n1-1"]["doubtful"] == 0
    assert page.all("div")[0]["data-went"] == ""
    # a note that is nothing else is not in the report: everybody sees it, since the page goes on
    _, told, page = change(client, "word", "note=n1-2&word=0", note_id="n1-2", base="Xx", nth="0", text="")
    went = page.all("div")[0]["data-went"]
    assert (went, told) == ("“Xx” is set aside: without Xx it has no words.", "")
    assert {e.what for e in load_corrections(folder / "corrections.json").edits} == {"wording", "fate"}
    change(client, "undo", "")
    change(client, "undo", "")
    assert not load_corrections(folder / "corrections.json").edits


def test_no_writing_in_a_note_that_is_said_otherwise_goes_from_the_sheet(client: TestClient) -> None:
    change(client, "wording", "", note_id="n1-1", text="No buses after six", of="report")
    change(client, "word", "", note_id="n1-1", base="sic", nth="0", text="", job="one")
    note = next(n for n in client.get("/api/events/reviewdemo01/review").json()["notes"] if n["id"] == "n1-1")
    assert (note["text"], note["written"]) == ("No buses after six", "Buses stop at\nin the evening")
    # asked for once more, because no answer came
    change(client, "word", "", note_id="n1-1", base="sic", nth="0", text="", job="one")
    # what is not there is not said to be taken out
    assert send(client, "word", note_id="n1-1", base="sic", nth="0", text="")[0] == 422
