"""What the next run of a batch notices: answers that came late, templates and readers that lie elsewhere, photos and folders that changed
under its hands."""

from __future__ import annotations

import concurrent.futures
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_server import MODEL, ChatServer, run_server
from conftest import Run, draw_photo
from s3_server import fill, fixture_memory  # noqa: F401
from test_batch import Here, run_again

from digitise import api, runs
from digitise.batch.keeping import load_record
from digitise.batch.model import Outside
from digitise.batch.stamps import is_same_outside, look_outside, stamp_reader
from digitise.batch.tasks import read_piece
from digitise.config import Config, Reading
from digitise.model import Event, PhotoResult
from digitise.remote import Address
from digitise.store import file_state
from digitise.weights import own_parts
from digitise.workers import Call, Died, DiedError

slow = pytest.mark.slow
DOUBTFUL = ("Meet at Zorblyhall",)
GOOD = "Meet at Zorbly hall"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.batch.running.open_pool", lambda share: Here())


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    draw_photo(tmp_path / "archive" / "day" / "a.jpg", DOUBTFUL, size=(600, 160))
    return tmp_path / "archive"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with run_server(answer=lambda _: GOOD, status=503) as running:
        yield running


def counts(outcome: api.BatchOutcome) -> tuple[int, int, int]:
    return outcome.standing.read, outcome.standing.events_written, outcome.standing.events_current


@slow
def test_late_answers_of_the_second_reader_reach_the_report(here: None, archive: Path, tmp_path: Path, server: ChatServer) -> None:
    settings = f'[reading.second_reader]\nurl = "{server.url}"\nmodel = "{MODEL}"\n'
    (archive / "day" / "event.toml").write_text(settings, encoding="utf-8")
    output = tmp_path / "out"
    for _ in range(2):  # however often it is down, it is asked again
        run_again(archive, output)
        record = load_record(output / "day")
        assert record is not None and not record.stamp and not record.content
    server.status = 200
    assert counts(run_again(archive, output)) == (1, 1, 0)
    event = Event.model_validate_json((output / "day" / "notes.json").read_bytes())
    assert [note.text for note in event.notes] == [GOOD]
    assert counts(run_again(archive, output)) == (0, 0, 1), "and then no more"


@slow
def test_a_template_of_another_folder_is_watched(here: None, archive: Path, tmp_path: Path) -> None:
    output, house = tmp_path / "out", tmp_path / "house.docx"
    api.new_template(house, look="usual", kind="event-report")
    (archive / "day" / "event.toml").write_text('[report]\ntemplate = "../../house.docx"\n', encoding="utf-8")
    assert counts(run_again(archive, output)) == (1, 1, 0)
    assert counts(run_again(archive, output)) == (0, 0, 1)
    with zipfile.ZipFile(house, "a") as package:
        package.comment = b"another"
    assert counts(run_again(archive, output)) == (0, 1, 0)
    house.touch()
    for _ in range(2):
        assert counts(run_again(archive, output)) == (0, 0, 1), "what says the same is not written again"


def test_what_lies_elsewhere_is_told_by_its_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "archive" / "day"
    own, house = tmp_path / "own.onnx", tmp_path / "house.docx"
    folder.mkdir(parents=True)
    own.write_bytes(b"network")
    house.write_bytes(b"template")

    def look() -> Outside:
        states = {path: file_state(path) for path in (folder / "../../house.docx", *own_parts(own))}
        return look_outside(folder, Config(reading=Reading(recogniser=str(own))), states)

    outside = look()
    assert is_same_outside(outside, folder, file_state) and not is_same_outside(Outside(), folder, file_state)
    for file in (own, house, own.with_suffix(".txt")):
        before = file.read_bytes() if file.exists() else None
        file.write_bytes(b"something else")
        assert not is_same_outside(outside, folder, file_state)
        outside = look()
        assert before != file.read_bytes() and is_same_outside(outside, folder, file_state)
    stamp_reader.cache_clear()
    monkeypatch.setattr("digitise.batch.stamps.fingerprint_settings", lambda _: "another Tesseract")
    assert not is_same_outside(outside, folder, file_state)
    stamp_reader.cache_clear()


@slow
def test_a_zip_that_is_written_while_its_photos_are_read(here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, output = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    first, second = (draw_photo(tmp_path / f"{name}.jpg", (name,), size=(600, 160)) for name in ("Tomatoes", "Bicycles"))
    process = runs.process_photo

    def pack(photo: Path) -> None:
        with zipfile.ZipFile(archive / "day.zip", "w") as package:
            package.write(photo, "a.jpg")

    def process_another(*args: Any, **rest: Any) -> PhotoResult:
        pack(second)
        return process(*args, **rest)

    pack(first)
    monkeypatch.setattr(runs, "process_photo", process_another)
    outcome = run_again(archive, output)
    assert [trouble.file for trouble in outcome.troubles if trouble.file] == ["day.zip/a.jpg"]
    assert not list(output.glob("*/.digitise/photos/*/result.json")), "nothing is kept under another photo's name"
    monkeypatch.setattr(runs, "process_photo", process)
    assert not run_again(archive, output).troubles
    assert "Bicycles" in (output / "day" / "report.md").read_text("utf-8")


class Dying(Here):
    """Processes that do not live through photos of one event."""

    def submit(self, call: Call, **how: Any) -> concurrent.futures.Future[Any]:
        if call.work is not read_piece or "/day/" not in call.args[0].job.source.path:
            return super().submit(call, **how)
        died: concurrent.futures.Future[Any] = concurrent.futures.Future()
        died.set_exception(DiedError(Died("killed by signal 9")))
        return died


@slow
@pytest.mark.parametrize("what", ["the store", "the record", "what is remembered"])
def test_an_event_whose_store_cannot_be_written_fails_alone(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A file in a folder's place, or the other way round, refuses also those who may do everything."""
    monkeypatch.setattr("digitise.batch.running.open_pool", lambda share: Dying() if what == "what is remembered" else Here())
    output = tmp_path / "out"
    draw_photo(archive / "other" / "a.jpg", ("One",), size=(600, 160))
    store = output / "day" / ".digitise"
    if what == "the record":
        (store / "batch.json" / "x").mkdir(parents=True)
    else:
        place = store if what == "the store" else store / "refused"
        place.parent.mkdir(parents=True)
        place.write_text("")
    outcome = run_again(archive, output)
    assert outcome.standing.state == "done"
    assert (outcome.standing.events_failed, outcome.standing.events_written) == (1, 1)
    (trouble,) = outcome.troubles
    assert trouble.event == "day" and "cannot be written" in trouble.reason and "report this" not in trouble.remedy


@slow
def test_a_template_that_two_events_at_an_address_share(here: None, archive: Path, tmp_path: Path, memory: Address) -> None:
    """It lies among the photos of one of them, which leave this disk when that one is done."""
    output = tmp_path / "out"
    api.new_template(tmp_path / "house.docx", look="usual", kind="event-report")
    fill(memory, "house.docx", content=(tmp_path / "house.docx").read_bytes())
    fill(memory, "a.jpg", content=draw_photo(tmp_path / "a.jpg", ("One",), size=(600, 160)).read_bytes())
    fill(memory, "day/a.jpg", content=(archive / "day" / "a.jpg").read_bytes())
    fill(memory, "day/event.toml", content=b'[report]\ntemplate = "../house.docx"\n')
    assert counts(run_again(memory, output)) == (2, 2, 0)
    assert counts(run_again(memory, output)) == (0, 0, 2)
    fill(memory, "house.docx", content=(tmp_path / "house.docx").read_bytes() + b"\0")
    assert counts(run_again(memory, output)) == (0, 1, 1)


def test_what_every_event_lacks_is_told_once_and_a_plan_is_read_by_programs(run: Run, archive: Path, tmp_path: Path) -> None:
    for more in ((), ("--dry-run",)):
        ended = run("batch", archive, "--output", tmp_path / "out", "--template", "civc", *more)
        assert ended.code == 8 and ended.err.count("civc") == 1 and not (tmp_path / "out").exists()
    (planned,) = run("batch", archive, "--output", tmp_path / "out", "--dry-run", "--json-lines").out.splitlines()
    assert json.loads(planned) == {"name": "day", "folder": str(archive / "day"), "files": 1, "to_read": 1, "up_to_date": False}
