"""One event's room and the others: whoever holds a link can fill neither the server's hands nor its disk with records."""

from __future__ import annotations

import asyncio
import time

import pytest
from web_rooms import jpeg, make_client, make_settings, new_event, open_room, send

from digitise.web import door, keeping, pacing, plain_forms
from digitise.web.door import Door
from digitise.web.not_taken import NotTakenError
from digitise.web.pacing import pace


def test_one_event_takes_no_more_than_its_share_of_the_hands_that_bring_bytes(tmp_path):
    settings = make_settings(tmp_path)
    client = make_client(settings)
    greedy, other = (new_event(client, title) for title in ("Greedy", "Other"))
    doorway = Door(settings, client.app.state.site.desk)

    async def run() -> None:
        async with Holding(doorway, greedy, door.ACTIVE_MOST_EVENT):
            with pytest.raises(NotTakenError, match="crowded"):
                async with doorway.hold(greedy, "one more"):
                    pass
            async with doorway.hold(other, "another event's"):
                pass
        async with doorway.hold(greedy, "afterwards"):
            pass

    asyncio.run(run())
    assert door.ACTIVE_MOST_EVENT < door.ACTIVE_MOST / 2


class Holding:
    """Many requests that bring bytes at once."""

    def __init__(self, doorway, place, n):
        self._all = [doorway.hold(place, str(k)) for k in range(n)]

    async def __aenter__(self):
        for hold in self._all:
            await hold.__aenter__()

    async def __aexit__(self, *_):
        for hold in self._all:
            await hold.__aexit__(None, None, None)


def test_a_request_that_goes_on_for_ever_just_fast_enough_is_ended(monkeypatch):
    monkeypatch.setattr(pacing, "PATIENCE_S", 0.02)
    monkeypatch.setattr(pacing, "LONGEST_S", 0.2)

    async def drip():
        while True:
            await asyncio.sleep(0.005)
            yield bytes(5000)

    async def run() -> None:
        began = time.monotonic()
        with pytest.raises(NotTakenError, match="slow"):
            async for _ in pace(drip(), asyncio.Event()):
                assert time.monotonic() - began < 5
        assert time.monotonic() - began > 0.15

    asyncio.run(run())


def test_a_slow_link_that_pauses_between_pieces_is_not_too_slow(monkeypatch):
    """It was, wherever no piece came at the very end of a window: a photo over a slow link was cut every 30 s."""
    monkeypatch.setattr(pacing, "PATIENCE_S", 0.1)

    async def pieces():
        for _ in range(8):
            await asyncio.sleep(0.07)
            yield bytes(5000)

    async def run() -> int:
        return sum([len(chunk) async for chunk in pace(pieces(), asyncio.Event())])

    assert asyncio.run(run()) == 40_000


def test_the_same_photo_sent_over_and_over_leaves_a_bounded_number_of_records(tmp_path, monkeypatch):
    monkeypatch.setattr(door, "FINISHED_FACTOR", 2)
    client = make_client(make_settings(tmp_path, limits={"event_files": 10}))
    place = new_event(client)
    to = f"/u/{open_room(tmp_path, place).token}/uploads"
    last = ""
    for _ in range(60):
        answer = send(client, to, "a.jpg", jpeg())
        assert answer.status_code == 204
        last = answer.request.url.path
    assert len(list(place.incoming.glob("*.json"))) <= 21
    assert client.head(last, headers={"Tus-Resumable": "1.0.0"}).headers["digitise-taken"] == "already", "the newest are still known"
    assert keeping.find_upload(place, "0" * 32) is None


def test_a_form_of_millions_of_empty_parts_is_given_up(tmp_path):
    client = make_client(make_settings(tmp_path))
    place = new_event(client)
    body = b"--x\r\nA: b\r\n\r\n\r\n" * (40 * plain_forms.PARTS_MOST) + b"--x--\r\n"
    began = time.monotonic()
    answer = client.post(f"/events/{place.id}/photos/add", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 200 and "did not understand" in answer.text
    assert time.monotonic() - began < 2, "the parser was stopped"
