"""Check and mend while photos are read: what it says, and that new notes come without taking what a person types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from review_demo import EVENT_ID, make_event
from web_browser import CHROMIUM, open_browser, serve_process, visit
from web_client import PAGE, open_client

from digitise.events import KEPT_EVENT
from digitise.store import STORE_FOLDER
from digitise.web.desk import Desk, PhotoProgress, Progress
from digitise.web.desk_model import PhotoState
from digitise.web.review_reading import name_reading

KNOWN = {"aaaa", "bbbb"}


def photo(name: str, state: PhotoState) -> PhotoProgress:
    return PhotoProgress(file=name, id=name, state=state)


@pytest.mark.parametrize(
    ("state", "photos", "known", "named"),
    [
        ("empty", [], set(), ""),
        ("ready", [photo("aaaa", "read")], KNOWN, ""),
        ("reading", [photo("aaaa", "read"), photo("bbbb", "waiting")], set(), "first"),
        ("reading", [photo("aaaa", "read"), photo("cccc", "reading")], KNOWN, "more"),
        ("reading", [photo("aaaa", "read"), photo("bbbb", "waiting"), photo("cccc", "reading")], KNOWN, "again"),
        ("arranging", [photo("aaaa", "read")], KNOWN, "arranging"),
        ("arranging", [photo("aaaa", "read")], set(), "arranging_first"),
        ("stopped", [photo("aaaa", "waiting")], KNOWN, "stopped"),
        ("failed", [photo("aaaa", "failed")], KNOWN, "failed"),
    ],
)
def test_what_goes_on_has_a_name(state: str, photos: list[PhotoProgress], known: set[str], named: str) -> None:
    progress = Progress.model_validate({"revision": 1, "state": state, "photos": photos})
    assert name_reading(progress, known) == named


@pytest.mark.parametrize(("language", "said"), [("en", "0 of 1 done"), ("cy", "0 o 1 wedi")])
def test_a_page_without_notes_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str) -> None:
    folder = make_event(tmp_path)
    (folder / "report" / STORE_FOLDER / KEPT_EVENT).unlink()
    monkeypatch.setattr(Desk, "progress", lambda *_: Progress(revision=1, state="reading", photos=(photo("aaaa", "waiting"),), total=1))
    client = open_client(tmp_path)
    page = client.get(f"/events/{EVENT_ID}/review", headers=PAGE | {"Cookie": f"language={language}"}).text
    told = re.search(r'id="reading" data-state="first">.*?</p>', page, re.DOTALL)
    assert told and said in told[0]
    assert "review_wait.js" in page and "review.js" not in page


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Path]:
    """An event of which nothing is read by itself."""
    folder = make_event(tmp_path / "data")
    (folder.parent / "state.json").write_text('{"created": "2026-03-14T10:00:00Z", "stopped": true}', encoding="utf-8")
    yield folder


def read_anew(folder: Path, *, without: str = "", text: str = "") -> None:
    """As a run leaves it: other words in one note, and another note gone."""
    kept = folder / "report" / STORE_FOLDER / KEPT_EVENT
    found = json.loads(kept.read_text(encoding="utf-8"))
    event = found["event"]
    for note in event["notes"]:
        if text and note["id"] == "n1-3":
            note["text"] = text
    event["notes"] = [n for n in event["notes"] if n["id"] != without]
    event["arrangement"]["placements"] = [p for p in event["arrangement"]["placements"] if p["note_id"] != without]
    for section in event["arrangement"]["sections"]:
        section["note_ids"] = [i for i in section["note_ids"] if i != without]
    part = kept.with_suffix(".part")
    part.write_text(json.dumps(found), encoding="utf-8")
    part.replace(kept)


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
def test_new_notes_come_and_what_is_typed_stays(stopped: Path) -> None:
    data = stopped.parents[2]
    with serve_process(data) as server, open_browser() as browser, visit(browser, expected=("422",)) as page:
        page.goto(f"{server.address}/events/{EVENT_ID}/review?note=n1-1&word=2")
        page.locator("#reading[data-state=stopped]").wait_for()
        page.locator("#word-typed-n1-1-3").press_sequentially("seven")
        read_anew(stopped, text="Community bus for the clinic")
        page.get_by_text("The photos have been read").first.wait_for()
        page.locator("#note-n1-3 .row__text", has_text="Community bus").wait_for()
        assert page.locator("#told", has_text="have been read").count() == 0, "the message is said by itself"
        assert page.locator("#word-typed-n1-1-3").input_value() == "seven"
        assert page.evaluate("document.activeElement.id") == "word-typed-n1-1-3"
        # the note itself goes while words for it are typed: they are shown, not lost
        page.locator("#text-n1-1").press("Control+End")
        page.locator("#text-n1-1").press_sequentially(" and at night")
        read_anew(stopped, without="n1-1")
        page.locator("#messages .notice--bad", has_text="in the evening and at night").wait_for()
