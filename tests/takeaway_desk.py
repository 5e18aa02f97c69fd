"""The report page of a server with one event that was read, arranged and written; no worker has been started."""

from __future__ import annotations

import io
import re
import shutil
import time
import zipfile
from pathlib import Path

import docx
from conftest import Finished
from desk_events import EVENT_ID, look_at_all, make_place
from report_demo import demo_event
from starlette.testclient import TestClient
from web_client import PAGE

from digitise import api
from digitise.web.app import create_app
from digitise.web.desk_memory import EventMemory, save_memory
from digitise.web.desk_opening import refresh_room
from digitise.web.desk_room import Room, stamp_content
from digitise.web.desk_steps import stamp_written
from digitise.web.settings import ServerSettings, WebLimits
from digitise.web.shelf import EventPlace

TITLE = "Iechyd a lles: Tŷ'r Dderwen"
HERE = f"/events/{EVENT_ID}/report"
EVENT = demo_event()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def make_written(finished: Finished, folder: Path) -> Path:
    """The data folder of a server whose one event was read, arranged and written; as the desk leaves it, without a worker."""
    place = make_place(folder / "data", title=TITLE)
    for photo in finished.folder.glob("*.jpg"):
        shutil.copy2(photo, place.photos / photo.name)
    shutil.copytree(finished.folder / "report", place.report)
    api.report_events([place.folder], jobs=0)
    look_at_all(place)
    remember_written(place)
    return place.root.parents[1]


def remember_written(place: EventPlace) -> None:
    """What the desk remembers once all is done."""
    sources = [s for path in sorted(place.photos.iterdir()) for s in api.look_into_file(place.folder, path, path.name).sources]
    survey = api.survey_event(place.folder, sources)
    stamps = {"settings": api.stamp_settings(place.folder), "program": api.stamp_program()}
    room = Room(place, EventMemory(fingerprint=survey.fingerprint, notes=survey.notes, **stamps))
    refresh_room(room)
    n = len(survey.notes)
    room.change(arranged=stamp_content(room), written=stamp_written(room), settled=room.disk, state="ready", read=n, total=n)
    save_memory(place, room.memory)


def copy_written(made: Path, folder: Path) -> EventPlace:
    """A copy to change."""
    shutil.copytree(made, folder / "data")
    return EventPlace(EVENT_ID, folder / "data" / "events" / EVENT_ID)


def settings(place: EventPlace, **more: object) -> ServerSettings:
    return ServerSettings(data=place.root.parents[1], workers=1, limits=WebLimits(free_mib=0), **more)  # type: ignore[arg-type]


def open_desk(place: EventPlace, **more: object) -> TestClient:
    return TestClient(create_app(settings(place, **more)), base_url="http://localhost", follow_redirects=False, headers=PAGE)


def mode_of(client: TestClient) -> str:
    found = re.search(r'data-mode="(\w+)"', client.get(f"{HERE}/part").text)
    assert found
    return found[1]


def wait_ready(client: TestClient) -> None:
    until = time.monotonic() + 90
    while (mode := mode_of(client)) != "ready":
        assert time.monotonic() < until and mode in ("writing", "stale"), mode
        time.sleep(0.2)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL).split())


def text_of(data: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)


def correct(client: TestClient, words: str, into: str) -> None:
    """Change a note's words, as the review page does."""
    review = client.get(f"/api/events/{EVENT_ID}/review").json()
    note = next(n for n in review["notes"] if words in n["text"])
    edits = [{"do": "wording", "note_id": note["id"], "text": into}]
    answer = client.post(f"/api/events/{EVENT_ID}/edits", json={"seen": review["revision"], "client": "anna", "edits": edits})
    assert answer.status_code == 200, answer.text


def send(client: TestClient, to: str, data: bytes, name: str = "report.docx") -> str:
    """Send a document; where its findings stand."""
    answer = client.post(f"{HERE}/{to}", files={"document": (name, data, DOCX)})
    assert answer.status_code == 303, words_of(answer.text)
    return str(answer.headers["location"])


def see(client: TestClient, address: str) -> str:
    """A page, once nothing on it is waited for."""
    until = time.monotonic() + 90
    while "data-waits" in (page := client.get(address).text):
        assert time.monotonic() < until
        time.sleep(0.2)
    return words_of(page)


def edited(data: bytes, old: str, new: str) -> bytes:
    """A report in which somebody replaced a word of a sheet."""
    document = docx.Document(io.BytesIO(data))
    run = next(r for p in document.paragraphs for r in p.runs if old in r.text and p.style.name == "Transcript")
    run.text = run.text.replace(old, new)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()
