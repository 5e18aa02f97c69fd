"""One event's trouble is not the others': retention, tidying and workers go on whatever stands in one of them."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from web_rooms import make_client, make_settings, new_event

from digitise.api import FileLook, Glance
from digitise.errors import OutputError
from digitise.model import Source
from digitise.turns import Turns
from digitise.web import desk_clerk, desk_results, retention, review_service
from digitise.web.creating import create_event
from digitise.web.desk import Desk
from digitise.web.desk_memory import EventMemory
from digitise.web.desk_opening import _mark_alike
from digitise.web.desk_results import take_result
from digitise.web.desk_room import File, Picture, Room, Task
from digitise.web.details import Details
from digitise.web.pages import events, review_api
from digitise.web.retention import sweep
from digitise.web.review_model import BoxAsked, BoxRead
from digitise.web.shelf import EventPlace, list_places
from digitise.web.state import change_state, read_state
from digitise.workers import Workers


@pytest.mark.parametrize("days", ["99999999", "9" * 30, "-7"])
def test_a_made_up_retention_period_breaks_neither_its_event_nor_the_sweep(tmp_path, days):
    settings = make_settings(tmp_path)
    client = make_client(settings)
    place = new_event(client, "Kept long")
    other = new_event(client, "Over")
    seen = client.get(f"/events/{place.id}/settings").text.partition('name="seen" value="')[2].partition('"')[0]
    answer = client.post(f"/events/{place.id}/settings", data={"title": "Kept", "retention_days": days, "seen": seen})
    assert answer.status_code in (200, 303)
    for path in (f"/events/{place.id}", f"/events/{place.id}/settings", "/"):
        assert client.get(path).status_code == 200
    # as an earlier version of the program wrote it
    change_state(place, lambda state: state.model_copy(update={"retention_days": 10**11}))
    change_state(other, lambda state: state.model_copy(update={"retention_days": 7}))
    assert client.get(f"/events/{place.id}").status_code == 200
    desk = Desk(settings)
    desk.forget = lambda place: None
    assert sweep(settings, desk, now=datetime.now(UTC) + timedelta(days=30)) == [other.id]
    assert read_state(place).retention_days == 10**11


def test_an_event_that_cannot_be_deleted_keeps_no_other(tmp_path, monkeypatch):
    settings = make_settings(tmp_path, retention_days=1)
    client = make_client(settings)
    first, second = (new_event(client, title) for title in ("One", "Two"))
    real = retention.delete_event

    def delete(data, place, desk):
        if place.id == min(first.id, second.id):
            raise OutputError(place.id, "another change of this event does not end", "")
        real(data, place, desk)

    monkeypatch.setattr(retention, "delete_event", delete)
    desk = Desk(settings)
    desk.forget = lambda place: None
    assert sweep(settings, desk, now=datetime.now(UTC) + timedelta(days=3)) == [max(first.id, second.id)]
    assert [place.id for place in list_places(tmp_path)] == [min(first.id, second.id)]


def test_tidying_goes_on_after_a_fault(monkeypatch):
    calls = []

    def tidy(_site):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("once")

    async def run() -> None:
        monkeypatch.setattr(events, "tidy", tidy)
        monkeypatch.setattr(events, "SWEEP_EVERY_S", 0.01)
        task = asyncio.create_task(events._keep_tidy(None))
        async with asyncio.timeout(5):
            while len(calls) < 3:
                await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(run())


def make_room(tmp_path, files: int) -> Room:
    """An event of glanced-at photos in memory, each unlike the others but the last, which is the same as the first."""
    random = Random(7)
    hashes = [f"{random.getrandbits(64):016x}" for _ in range(files)]
    hashes[-1] = hashes[0]
    room = Room(EventPlace("a" * 16, tmp_path), EventMemory())
    for k, dhash in enumerate(hashes):
        source = Source(path=f"{k}.jpg", file=f"{k}.jpg", sha256=f"{k:064x}")
        glance = Glance(photo_id=f"{k:016x}", width_px=9, height_px=9, dhash=dhash)
        room.files[source.file] = File(source.file, 1, k, looked=True, pictures=[Picture(source, glance.photo_id, glance)])
    return room


def test_a_photo_that_comes_to_a_large_event_does_not_keep_the_clerk_from_all_others(tmp_path):
    """Each photo that came had all pairs of photos compared: 4 s with 2,000, in the one thread that serves every event."""
    room = make_room(tmp_path, 800)
    _mark_alike(room, came=list(room.files.values()), gone=set())
    assert [file.name for file in room.files.values() if file.pictures[0].same_as] == ["799.jpg"]
    assert room.files["799.jpg"].pictures[0].same_as == "0.jpg"
    new = File("new.jpg", 1, 9999)
    room.files[new.name] = new
    compared = []
    room.mark_alike = lambda file, picture: compared.append(file.name)
    _mark_alike(room, came=[new], gone=set())
    assert not compared, "what is known of the others stands"
    del room.files["0.jpg"], room.mark_alike
    _mark_alike(room, came=[], gone={"0.jpg"})
    assert room.files["799.jpg"].pictures[0].same_as == "", "the photo that it was the same as is gone"


def test_an_event_has_no_more_pictures_than_a_report_takes(tmp_path, monkeypatch):
    monkeypatch.setattr(desk_results, "MOST_PICTURES", 10)
    room = make_room(tmp_path, 8)
    pdf = File("pages.pdf", 1, 99)
    room.files[pdf.name] = pdf
    pages = tuple(Source(path="p", file=f"pages.pdf, page {n + 1}", sha256="f" * 64, page=n, pages=200) for n in range(200))
    future: Future[FileLook] = Future()
    future.set_result(FileLook(sources=pages))
    take_result(room, Task("look", future, pdf), now=0.0)
    assert len(pdf.pictures) == 2 and "only the first 10" in pdf.problems[0].reason


def test_a_clerk_that_cannot_save_one_event_serves_the_others(tmp_path, monkeypatch):
    def fail(_room):
        raise UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed")

    monkeypatch.setattr(desk_clerk, "save_room", fail)
    monkeypatch.setattr(desk_clerk, "SAVE_EVERY_S", 0.0)
    settings = make_settings(tmp_path)
    places = [create_event(settings, Details(title=title)) for title in ("One", "Two")]
    desk = Desk(settings)
    desk.open()
    try:
        for place in places:
            desk.go_on(place)
            desk.progress(place)
            assert desk.look_now(place).state == "empty"
        assert desk.is_alive()
    finally:
        desk.close()


def test_one_event_whose_photos_take_for_ever_holds_no_more_than_its_share_of_the_workers():
    turns: Turns[str] = Turns()
    for k in range(4):
        turns.put(f"slow {k}", priority=1, group="slow")
    turns.put("quick 0", priority=1, group="quick")
    assert turns.pop(busy={}) == "slow 0"
    # in plain turns the slow event would come next again as soon as the quick one has had its turn
    turns.put("quick 1", priority=1, group="quick")
    assert turns.pop(busy={"slow": 1}) == "quick 0"
    assert turns.peek(busy={"slow": 1}) == "quick 1" == turns.pop(busy={"slow": 1})
    assert turns.pop(busy={"slow": 1, "quick": 1}) == "slow 1", "nobody else waits"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").exists(), reason="Linux only")
def test_when_memory_runs_out_a_worker_goes_and_not_the_server():
    with Workers(read_oom_score, jobs=1) as pool:
        assert pool.submit("").result() > int(Path("/proc/self/oom_score_adj").read_text(encoding="ascii"))


def read_oom_score(_task: str) -> int:
    return int(Path("/proc/self/oom_score_adj").read_text(encoding="ascii"))


def test_boxes_and_streams_of_reviews_take_no_more_than_their_share(tmp_path, monkeypatch):
    client = make_client(make_settings(tmp_path))
    place, reviews = new_event(client), client.app.state.site.reviews
    begun, go = threading.Semaphore(0), threading.Event()

    def read(*_args, **_more):
        begun.release()
        assert go.wait(20)
        return BoxRead(photo_id="p", outline=(), text="", words=(), pieces=(), known=())

    monkeypatch.setattr(review_service, "read_drawn_box", read)
    monkeypatch.setattr(review_service, "BOX_PATIENCE_S", 0.1)
    box = {"photo_id": "p", "outline": [[0, 0], [9, 0], [9, 9], [0, 9]]}
    with ThreadPoolExecutor(review_service.MOST_BOXES) as pool:
        reading = [pool.submit(reviews.read_box, place, BoxAsked(**box)) for _ in range(review_service.MOST_BOXES)]
        for _ in reading:
            assert begun.acquire(timeout=20)
        answer = client.post(f"/api/events/{place.id}/boxes", json=box)
        assert answer.status_code == 503 and answer.json()["remedy"]
        go.set()
    assert client.post(f"/api/events/{place.id}/boxes", json=box).status_code == 200
    stops = [reviews.listen(place, lambda: None) for _ in range(review_api.MOST_STREAMS)]
    refused = client.get(f"/api/events/{place.id}/live")
    assert refused.status_code == 503 and refused.headers["retry-after"]
    for stop in stops:
        stop()
    assert reviews.count_listeners() == 0
