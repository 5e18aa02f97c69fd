"""One event's trouble is not the others': retention, tidying and workers go on whatever stands in one of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from web_rooms import make_client, make_settings, new_event

from digitise.errors import OutputError
from digitise.web import retention
from digitise.web.desk import Desk
from digitise.web.pages import events
from digitise.web.retention import sweep
from digitise.web.shelf import list_places
from digitise.web.state import change_state, read_state


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
