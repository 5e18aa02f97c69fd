"""The photos page: verdicts in words, true counts, removing, small pictures, progress as JSON and as a stream."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import uvicorn
from desk_events import EVENT_ID, add_blurred, add_damaged, add_photo, make_place, pretend_all_is_done
from PIL import Image
from starlette.testclient import TestClient
from web_client import PAGE

from digitise.web.app import create_app
from digitise.web.desk import PhotoProgress, Progress, Verdict
from digitise.web.desk_memory import load_memory, save_memory
from digitise.web.photo_cards import MOST_LISTED, changed_keys, gone_keys, key_of, make_cards, make_head
from digitise.web.progress_stream import format_event
from digitise.web.settings import ServerSettings, WebLimits
from digitise.web.shelf import EventPlace

BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
BROWSER += ["--disable-component-update", "--disable-sync"]
ORIGIN = {"Origin": "http://localhost", **PAGE}
ADDRESS = f"/events/{EVENT_ID}"


def settings(data: Path, **more: object) -> ServerSettings:
    return ServerSettings(data=data, workers=1, limits=WebLimits(free_mib=0), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server with one event of three files: good, blurred, damaged; all looked at and read."""
    place = make_place(tmp_path_factory.mktemp("made") / "data")
    add_photo(place, "good.jpg")
    add_blurred(place, "soft <b>.jpg")
    add_damaged(place, "broken.jpg")
    pretend_all_is_done(place)
    return place.root.parents[1]


@pytest.fixture
def place(made: Path, tmp_path: Path) -> EventPlace:
    """A copy to change."""
    shutil.copytree(made, tmp_path / "data")
    return EventPlace(EVENT_ID, tmp_path / "data" / "events" / EVENT_ID)


@pytest.fixture
def client(place: EventPlace) -> Iterator[TestClient]:
    with TestClient(create_app(settings(place.root.parents[1])), base_url="http://localhost", follow_redirects=False) as client:
        yield client


def test_the_page_says_what_is_wrong_and_how_to_take_it_better(client: TestClient) -> None:
    page = client.get(ADDRESS, headers=PAGE)
    assert page.status_code == 200
    text = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "Ready: check what was read 4 notes were read." in text
    assert "2 photos need a look" in text
    assert "too blurred Hold the phone still, tap on the writing to focus, and take it again." in text
    assert "The file is damaged. Copy it again from the phone or camera." in text or "The file is cut off." in text
    assert "soft &lt;b&gt;.jpg" in page.text and "soft <b>" not in page.text


def test_the_page_speaks_welsh(client: TestClient) -> None:
    page = client.get(ADDRESS, headers={**PAGE, "Accept-Language": "cy"})
    assert "rhy aneglur" in page.text and "Yn barod" in page.text
    assert "too blurred" not in page.text
    assert "r ffeil wedi&#39;i" in page.text and "The file is" not in page.text


def test_the_parts_that_change_can_be_had_alone(client: TestClient) -> None:
    part = client.get(f"{ADDRESS}/photos/part", params={"key": [key_of("good.jpg"), "../..", "0"]}, headers=PAGE)
    assert part.text.count('<li class="card photo') == 1 and 'id="photos-head"' in part.text
    assert client.get(f"{ADDRESS}/photos/part", headers=PAGE).text.count('<li class="card photo') == 3


def test_progress_as_json_is_what_the_page_says(client: TestClient) -> None:
    told = Progress.model_validate(client.get(f"/api/events/{EVENT_ID}/progress").json())
    assert (told.state, told.read, told.total, told.failed) == ("ready", 3, 3, 1)
    soft = next(photo for photo in told.photos if photo.file == "soft <b>.jpg")
    assert [v.code for v in soft.verdicts] == ["blurred"] and "blurred" in soft.warnings[0]
    assert client.get("/api/events/zzzzzzzzzz/progress").status_code == 404


def test_small_pictures_are_new_ones_and_nothing_else_is_served(client: TestClient, place: EventPlace) -> None:
    (name,) = (
        photo["thumbnail"] for photo in client.get(f"/api/events/{EVENT_ID}/progress").json()["photos"] if photo["file"] == "good.jpg"
    )
    answer = client.get(f"{ADDRESS}/seen/{name}")
    assert answer.headers["content-type"] == "image/jpeg"
    picture = Image.open(place.seen / name)
    assert max(picture.size) <= 480 and not picture.getexif()
    record = next(place.seen.glob("*.json")).name
    for wrong in (record, "..%2Fdesk.json", "0000000000000000.jpg", "good.jpg"):
        assert client.get(f"{ADDRESS}/seen/{wrong}").status_code == 404


def test_a_file_is_removed_when_a_person_says_so(client: TestClient, place: EventPlace) -> None:
    assert client.post(f"{ADDRESS}/photos/remove", data={"file": "../event.toml"}, headers=ORIGIN).status_code == 303
    assert (place.folder / "event.toml").exists()
    answer = client.post(f"{ADDRESS}/photos/remove", data={"file": "broken.jpg"}, headers=ORIGIN)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ADDRESS}?removed=yes#removed")
    assert 'id="removed"' in client.get(f"{ADDRESS}?removed=yes", headers=PAGE).text
    assert not (place.photos / "broken.jpg").exists()
    assert "broken.jpg" not in client.get(ADDRESS, headers=PAGE).text


def test_what_an_earlier_version_has_read_can_be_read_again(place: EventPlace) -> None:
    memory = load_memory(place)
    save_memory(place, memory.model_copy(update={"program": "an earlier one", "fingerprint": "f" * 16}))
    with TestClient(create_app(settings(place.root.parents[1])), base_url="http://localhost", follow_redirects=False) as client:
        page = client.get(ADDRESS, headers=PAGE).text
        assert "Read again with the new version" in page and client.get(f"/api/events/{EVENT_ID}/progress").json()["outdated"] is True
        assert client.post(f"{ADDRESS}/photos/stop", headers=ORIGIN).status_code == 303  # nothing is to be read in this test
        client.post(f"{ADDRESS}/photos/go-on", headers=ORIGIN)
        told = Progress.model_validate(client.get(f"/api/events/{EVENT_ID}/progress").json())
        assert told.state == "reading" and not told.outdated and told.read < told.total


def test_cards_stand_in_the_reports_order_not_as_they_came() -> None:
    morning, noon = datetime(2026, 3, 14, 10), datetime(2026, 3, 14, 12)
    came = (photo(10), photo(2), photo(7, taken=noon), photo(9, taken=morning))
    cards = make_cards(Progress(revision=1, state="ready", photos=came))
    assert [card.photo.file for card in cards] == ["IMG_9.jpg", "IMG_7.jpg", "IMG_2.jpg", "IMG_10.jpg"]


def test_the_page_says_when_the_server_will_delete_the_event(place: EventPlace) -> None:
    kept = settings(place.root.parents[1], retention_days=30)
    with TestClient(create_app(kept), base_url="http://localhost") as client:
        assert "This event will be deleted on" in client.get(ADDRESS, headers=PAGE).text


def test_stopping_is_remembered_by_the_next_server(client: TestClient, place: EventPlace) -> None:
    assert client.post(f"{ADDRESS}/photos/stop", headers=ORIGIN).status_code == 303
    assert json.loads(place.state_file.read_text())["stopped"] is True
    assert client.post(f"{ADDRESS}/photos/remove", data={"file": "x"}, headers={**PAGE, "Origin": "http://evil.example"}).status_code == 403


def test_a_demonstration_shows_all_and_changes_nothing(place: EventPlace) -> None:
    for path in place.photos.iterdir():
        path.touch()  # copied for the demonstration: other times, the same content
    shown = settings(place.root.parents[1], read_only=True)
    with TestClient(create_app(shown), base_url="http://localhost", follow_redirects=False) as client:
        page = client.get(ADDRESS, headers=PAGE).text
        assert "Ready: check what was read" in page and "Remove" not in page and "photos/stop" not in page
        assert client.post(f"{ADDRESS}/photos/remove", data={"file": "good.jpg"}, headers=ORIGIN).status_code == 403


def photo(n: int, **more: object) -> PhotoProgress:
    return PhotoProgress.model_validate({"file": f"IMG_{n}.jpg", "state": "read"} | more)


def test_many_photos_that_need_a_look_do_not_fill_the_head() -> None:
    bad = tuple(photo(n, verdicts=(Verdict(code="dark"),)) for n in range(MOST_LISTED + 3))
    head = make_head(Progress(revision=1, state="ready", photos=bad, read=len(bad), total=len(bad)))
    assert (len(head.needing_look), head.more) == (MOST_LISTED, 3)


@pytest.mark.parametrize(("seconds", "minutes"), [(None, None), (5.0, 0), (61.0, 2), (600.0, 10)])
def test_time_left_in_minutes(seconds: float | None, minutes: int | None) -> None:
    assert make_head(Progress(revision=1, state="reading", seconds_left=seconds)).minutes_left == minutes


def test_an_event_of_the_stream_names_what_changed() -> None:
    before = Progress(revision=1, state="reading", photos=(photo(1), photo(2, state="waiting"), photo(3)), read=2, total=3)
    now = Progress(revision=5, state="reading", photos=(photo(1), photo(2), photo(4)), read=3, total=3)
    assert changed_keys(before, now) == [key_of("IMG_2.jpg"), key_of("IMG_4.jpg")]
    assert gone_keys(before, now) == [key_of("IMG_3.jpg")]
    lines = format_event(before, now).splitlines()
    assert lines[:2] == ["id: 5", "event: progress"] and json.loads(lines[2].removeprefix("data: "))["read"] == 3
    assert json.loads(format_event(None, now).splitlines()[2].removeprefix("data: "))["changed"] is None


@pytest.fixture
def server(place: EventPlace) -> Iterator[tuple[str, uvicorn.Server]]:
    """A real server on a free port."""
    config = uvicorn.Config(create_app(settings(place.root.parents[1])), port=0, log_level="error", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", server
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def test_the_stream_tells_changes_and_goes_on_after_what_is_known(server: tuple[str, uvicorn.Server], place: EventPlace) -> None:
    address = f"{server[0]}/api/events/{EVENT_ID}/progress"

    async def listen() -> list[dict[str, object]]:
        heard: list[dict[str, object]] = []
        async with httpx.AsyncClient(timeout=20) as client:
            async with client.stream("GET", address, headers={"Accept": "text/event-stream"}) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                revision = ""
                async for line in stream.aiter_lines():
                    revision = line.removeprefix("id: ") if line.startswith("id: ") else revision
                    if not line.startswith("data: "):
                        continue
                    heard.append(json.loads(line.removeprefix("data: ")))
                    if len(heard) == 1:
                        await client.post(
                            f"{server[0]}{ADDRESS}/photos/remove", data={"file": "broken.jpg"}, headers={"Origin": server[0], **PAGE}
                        )
                    elif heard[-1]["gone"]:
                        break
            known = {"Accept": "text/event-stream", "Last-Event-ID": "9" * 16}
            with pytest.raises(httpx.ReadTimeout):
                async with client.stream("GET", address, headers=known, timeout=1) as stream:
                    async for line in stream.aiter_lines():
                        assert not line.startswith("data: "), line
        return heard

    heard = asyncio.run(listen())
    assert heard[0]["changed"] is None and heard[0]["total"] == 3
    assert heard[-1]["gone"] == [key_of("broken.jpg")] and heard[-1]["total"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_in_a_browser_the_page_keeps_itself_true(tmp_path: Path, width: int) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    place = make_place(tmp_path / "data")
    outside = make_place(tmp_path / "phone")
    photos = [add_photo(outside, "good.jpg"), add_blurred(outside, "soft.jpg")]
    config = uvicorn.Config(create_app(settings(tmp_path / "data")), port=0, log_level="error", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/events/{place.id}"
    wrong: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
        page = browser.new_page(viewport={"width": width, "height": 800}, locale="en-GB")
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(address)
        page.evaluate("window.notReloaded = true")
        page.locator("#upload-files").set_input_files(photos)
        page.get_by_text("Hold the phone still").wait_for(timeout=60_000)
        page.get_by_role("heading", name="Ready: check what was read").wait_for(timeout=120_000)
        assert page.locator("li.photo").count() == 2
        card = page.locator("li.photo", has_text="soft.jpg")
        card.locator("summary").click()
        assert page.evaluate("window.notReloaded") is True
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        card.get_by_role("button").click()
        page.locator("li.photo", has_text="soft.jpg").wait_for(state="detached", timeout=20_000)
        browser.close()
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive() and wrong == []
