"""Archives with real files and real processes: what a run makes, what the next one leaves alone, and whom a fault costs what."""

from __future__ import annotations

import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import ACTIONS, PROBLEMS, Run, draw_photo, hash_inputs

from digitise import api
from digitise.batch.keeping import load_record, save_record
from digitise.batch.model import Archive, News, Spot, Trouble
from digitise.batch.planning import BatchChoices, BatchPlan, PlannedEvent
from digitise.batch.running import AHEAD, Round
from digitise.batch.tasks import Read, read_piece
from digitise.batch.watching import watch_inbox
from digitise.piecework import Share
from digitise.store import hash_file, lock_output
from digitise.workers import Call, perform

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

LONG = "ŵ" * 60 + " — café ☕ " + "x" * 60
VOLATILE = {"index.html", "index.xlsx", "index.json", "batch.log", "batch.json", "standing.json", "run.json", "lock"}
"""Files that tell times, and that of the lock."""


def draw_archive(root: Path) -> Path:
    """Three events that can be read, one with a damaged photo beside a good one, one whose settings are wrong."""
    draw_photo(root / "2019" / "Hall" / "a.jpg", PROBLEMS, taken="2019:03:14 10:00:00")
    draw_photo(root / "2019" / "Hall" / "b.jpg", ACTIONS, taken="2019:03:14 11:00:00")
    draw_photo(root / LONG / "a.jpg", ("Ideas", "A walking group"))
    draw_photo(root / "half" / "good.jpg", ("One thing",))
    (root / "half" / "cut.jpg").write_bytes((root / "half" / "good.jpg").read_bytes()[:3000])
    draw_photo(root / "poisoned" / "a.jpg", ("Never read",))
    (root / "poisoned" / "event.toml").write_text("titel = 3\n")
    (root / "half" / "loop").symlink_to(root)
    return root


class Ran:
    """An archive and what a first run made of it."""

    def __init__(self, root: Path) -> None:
        self.archive, self.output = draw_archive(root / "archive"), root / "out"
        self.before = hash_inputs(self.archive)
        self.news: list[News] = []
        self.outcome = run_again(self.archive, self.output, tell=self.news.append)


def run_again(archive: Path, output: Path, *, tell: Callable[[News], None] = lambda news: None, **choices: Any) -> api.BatchOutcome:
    return api.run_batch(archive, output, grouping=api.Grouping(), choices=api.BatchChoices(**({"workers": 2} | choices)), tell=tell)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Look, do not touch."""
    return Ran(tmp_path_factory.mktemp("batch"))


class Here:
    """Does tasks in this process, whose networks are loaded once for all tests; run_batch itself is the same."""

    is_broken = False

    def __enter__(self) -> Here:
        self.threads = concurrent.futures.ThreadPoolExecutor(1)
        return self

    def __exit__(self, *_: object) -> None:
        self.threads.shutdown()

    def submit(self, call: Call, **_: Any) -> concurrent.futures.Future[Any]:
        return self.threads.submit(perform, call)

    def cancel(self, future: concurrent.futures.Future[Any]) -> None:
        future.cancel()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.batch.running.open_pool", lambda share: Here())
    monkeypatch.setattr("digitise.batch.watching.open_pool", lambda share: Here())


@pytest.fixture
def ran(first: Ran, tmp_path: Path, here: None) -> tuple[Path, Path]:
    """A copy to change."""
    for folder in (first.archive, first.output):
        shutil.copytree(folder, tmp_path / folder.name, symlinks=True)
    (tmp_path / "archive" / "half" / "loop").unlink()
    run_again(tmp_path / "archive", tmp_path / "out")
    return tmp_path / "archive", tmp_path / "out"


def hash_outputs(output: Path) -> dict[str, str]:
    files = (p for p in sorted(output.rglob("*")) if p.is_file() and p.name not in VOLATILE and p.parent != output / ".digitise")
    return {p.relative_to(output).as_posix(): hash_file(p) for p in files}


def test_every_event_gets_its_report(first: Ran) -> None:
    standing = first.outcome.standing
    assert (standing.events, standing.events_written, standing.events_failed) == (4, 3, 1)
    assert (standing.read, standing.failed, standing.photos) == (4, 2, 6)
    names = {p.parent.name for p in first.output.glob("*/report.docx")}
    assert {"2019 - Hall", "half"} < names and len(names) == 3
    assert hash_inputs(first.archive) == first.before


def test_what_failed_is_listed_and_costs_only_itself(first: Ran) -> None:
    assert [(t.event, t.file) for t in first.outcome.troubles] == [("half", "cut.jpg"), ("poisoned", "")]
    assert "titel" in first.outcome.troubles[1].reason and "cut off" in first.outcome.troubles[0].reason
    assert "cut.jpg" in (first.output / "half" / "report.md").read_text("utf-8")
    log = (first.output / "batch.log").read_text("utf-8")
    assert log.count("FAILED") == 2 and "written 2019 - Hall" in log


def test_the_index_tells_all(first: Ran) -> None:
    index = json.loads((first.output / "index.json").read_text("utf-8"))
    states = {event["name"]: event["state"] for event in index["events"]}
    assert set(index["events"][0]["report"]).isdisjoint({"stamp", "content", "outside"}), "what only the program needs"
    assert states["2019 - Hall"] == "written" and states["poisoned"] == "failed" and index["totals"]["photos"] == 4
    page = (first.output / "index.html").read_text("utf-8")
    assert 'href="2019%20-%20Hall/report.html"' in page and "titel" in page
    book = openpyxl.load_workbook(first.output / "index.xlsx")
    rows = list(book["Events"].values)
    assert len(rows) == 5 and rows[0][:3] == ("Event", "Folder", "Photos") and rows[1][1:3] == ("2019 - Hall", 2)
    assert any("cut.jpg" in str(row) for row in book["Problems"].values)


def test_progress_ends_with_nothing_left(first: Ran) -> None:
    last = first.news[-1]
    assert last.what == "end" and last.standing is not None and last.standing.seconds_left == 0
    assert last.standing.done == last.standing.photos
    assert {n.outcome for n in first.news} >= {"read", "failed", "written"}
    assert api.find_standing(first.output).state == "done"


def test_a_second_run_starts_no_process(ran: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    archive, output = ran
    shutil.rmtree(archive / "half")
    shutil.rmtree(archive / "poisoned")
    before = hash_outputs(output)
    monkeypatch.setattr(Here, "submit", lambda *_, **__: pytest.fail("nothing is to do"))
    outcome = run_again(archive, output)
    assert outcome.standing.events_current == 2 and outcome.standing.reused == 3 and not outcome.troubles
    assert hash_outputs(output) == before


def test_what_failed_is_tried_and_told_again(ran: tuple[Path, Path]) -> None:
    archive, output = ran
    outcome = run_again(archive, output)
    assert [(t.event, t.file) for t in outcome.troubles] == [("half", "cut.jpg"), ("poisoned", "")]
    assert outcome.standing.events_written == 0, "a report that would say the same is not written"


def test_a_touched_photo_costs_nothing_a_changed_one_itself_and_its_event(ran: tuple[Path, Path]) -> None:
    archive, output = ran
    shutil.rmtree(archive / "half")
    shutil.rmtree(archive / "poisoned")
    os.utime(archive / "2019" / "Hall" / "a.jpg")
    outcome = run_again(archive, output)
    assert (outcome.standing.read, outcome.standing.events_written, outcome.standing.reused) == (0, 0, 3)
    draw_photo(archive / "2019" / "Hall" / "a.jpg", ("Problems", "The bridge is shut"), taken="2019:03:14 10:00:00")
    outcome = run_again(archive, output)
    assert (outcome.standing.read, outcome.standing.events_written, outcome.standing.reused) == (1, 1, 2)
    assert "bridge" in (output / "2019 - Hall" / "report.md").read_text("utf-8")


def test_a_changed_title_reads_nothing_and_a_lost_report_is_made_again(ran: tuple[Path, Path]) -> None:
    archive, output = ran
    (archive / "2019" / "Hall" / "event.toml").write_text('title = "In the hall"\n')
    (output / "half" / "report.docx").unlink()
    outcome = run_again(archive, output)
    assert (outcome.standing.read, outcome.standing.events_written) == (0, 2)
    assert "In the hall" in (output / "2019 - Hall" / "report.md").read_text("utf-8") and (output / "half" / "report.docx").exists()


@pytest.mark.slow
def test_a_photo_that_takes_too_long_is_listed(ran: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    archive, output = ran
    monkeypatch.undo()
    draw_photo(archive / "2019" / "Hall" / "slow.jpg", ("Slow",))
    outcome = run_again(archive, output, timeout_s=0.02)
    slow = next(t for t in outcome.troubles if t.file == "slow.jpg")
    assert "took longer than 0.02 s" in slow.reason and "--timeout" in slow.remedy
    assert "slow.jpg" in (output / "2019 - Hall" / "report.md").read_text("utf-8"), "the event is made without it, and says so"


def test_two_runs_on_one_folder(run: Run, ran: tuple[Path, Path]) -> None:
    archive, output = ran
    with lock_output(output):
        ended = run("batch", archive, "--output", output)
    assert ended.code == 6 and "another run is writing" in ended.err


def test_the_command(run: Run, ran: tuple[Path, Path], tmp_path: Path) -> None:
    archive, output = ran
    dry = run("batch", archive, "--output", tmp_path / "never", "--dry-run")
    assert dry.code == 0 and "2019 - Hall: 2 files, 2 to read" in dry.out and not (tmp_path / "never").exists()
    ended = run("batch", archive, "--output", output, "--json-lines", "--quiet")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert ended.code == 4 and lines[0]["what"] == "plan" and lines[-1]["what"] == "end" and "Problem: poisoned" in ended.err
    status = run("status", output)
    assert status.code == 0 and status.out.startswith("Finished") and "poisoned" in status.out
    assert run("status", tmp_path).code == 3
    assert run("batch", tmp_path / "nowhere", "--output", output).code == 3
    assert run("batch", archive, "--output", archive).code == 2
    (tmp_path / "empty").mkdir()
    assert run("batch", tmp_path / "empty", "--output", output).code == 3


def test_prune_takes_what_is_gone_and_no_report(run: Run, ran: tuple[Path, Path]) -> None:
    archive, output = ran
    assert "Nothing was removed" in run("prune", output, "--yes").err
    shutil.rmtree(archive / "2019")
    (archive / "half" / "good.jpg").rename(archive / "half" / "kept.jpg")
    ended = run("prune", output, "--yes")
    assert ended.code == 0 and ended.err.count("event is gone") == 1 and "photo is gone" not in ended.err
    assert not (output / "2019 - Hall" / ".digitise" / "photos").exists() and (output / "2019 - Hall" / "report.docx").exists()
    assert list((output / "half" / ".digitise" / "photos").iterdir()), "renaming a photo does not change what stands on it"
    shutil.rmtree(archive)
    ended = run("prune", output, "--yes")
    assert ended.code == 3 and "drive" in ended.err and list((output / "half" / ".digitise" / "photos").iterdir())


def test_a_record_of_a_cut_off_run_is_told(run: Run, ran: tuple[Path, Path]) -> None:
    _, output = ran
    path = output / ".digitise" / "standing.json"
    path.write_text(path.read_text("utf-8").replace('"state":"done"', '"state":"running"').replace('"state": "done"', '"state": "running"'))
    assert run("status", output).out.startswith("Cut off before its end")
    with lock_output(output):
        assert run("status", output).out.startswith("Running")


class Counting:
    """Takes tasks as the pool does and does them in threads; photos are not read, but counted."""

    is_broken = False

    def __init__(self) -> None:
        self.threads = concurrent.futures.ThreadPoolExecutor(2)
        self.lock = threading.Lock()
        self.reading = self.most_reading = self.events = self.most_events = 0

    def submit(self, call: Call, **_: Any) -> concurrent.futures.Future[Any]:
        with self.lock:
            self.reading += call.work is read_piece
            self.most_reading = max(self.most_reading, self.reading)
        return self.threads.submit(self._do, call)

    def _do(self, call: Call) -> Any:
        if call.work is not read_piece:
            return call.work(*call.args)
        time.sleep(0.001)
        with self.lock:
            self.reading -= 1
        return Read(None, 0.0)

    def cancel(self, future: concurrent.futures.Future[Any]) -> None:
        future.cancel()


def test_no_more_is_on_its_way_than_keeps_the_processes_busy(tmp_path: Path) -> None:
    photo = draw_photo(tmp_path / "photo.jpg", ("One",)).read_bytes()
    spots = []
    for event in range(40):
        folder = tmp_path / "archive" / f"{event}"
        folder.mkdir(parents=True)
        for i in range(5):
            (folder / f"{i}.jpg").write_bytes(photo + f"{event} {i}".encode())
        spots.append(Spot(name=f"{event}", folder=str(folder), count=5, stamp="x", growing=True))
    plan = BatchPlan(Archive(spots=tuple(spots)), tuple(PlannedEvent(spot, None, 5) for spot in spots))
    pool = Counting()
    share = Share(jobs=2, threads=1, memory_mib=4000)
    (tmp_path / "out").mkdir()
    waiting: list[int] = []
    batch = Round(plan, tmp_path / "out", pool=pool, share=share, choices=BatchChoices(), tell=lambda _: waiting.append(len(batch._pieces)))  # type: ignore[arg-type]
    outcome = batch.run()
    assert outcome.standing.read == 200 and not outcome.troubles
    assert pool.most_reading <= AHEAD * 2 and max(waiting) <= AHEAD * 2 + 2 * 5
    assert not batch._flying and not batch._pieces and not batch._whole


def test_what_other_machines_read_is_put_to_the_second_reader_by_this_one(tmp_path: Path) -> None:
    draw_photo(tmp_path / "archive" / "a.jpg", ("One",))
    spot = Spot(name="a", folder=str(tmp_path / "archive"), count=1, stamp="x", growing=True)
    plan = BatchPlan(Archive(spots=(spot,)), (PlannedEvent(spot, None, 1),))
    (tmp_path / "out").mkdir()

    class Elsewhere(Counting):
        jobs, failure = 1, None

        def take_troubles(self) -> list[Trouble]:
            return []

        def _do(self, call: Call) -> Any:
            return super()._do(call)._replace(asks=True)

    here, there = Counting(), Elsewhere()
    share = Share(jobs=1, threads=1, memory_mib=4000)
    batch = Round(plan, tmp_path / "out", pool=here, reading=there, share=share, choices=BatchChoices(), tell=lambda _: None)  # type: ignore[arg-type]
    outcome = batch.run()
    assert outcome.standing.read == 1 and (there.most_reading, here.most_reading) == (1, 1)


def test_a_watched_folder(tmp_path: Path, here: None) -> None:
    inbox, output = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    arriving = draw_photo(tmp_path / "a.jpg", PROBLEMS).read_bytes()
    news: list[News] = []
    step = iter(range(10_000))

    def stop(seconds: float) -> bool:
        time.sleep(min(seconds, 0.1))
        n = next(step)
        if n == 1:
            (inbox / "a.jpg").write_bytes(arriving[:3000])
        elif n == 3:
            assert not news, "half a file is not read"
            (inbox / "a.jpg").write_bytes(arriving)
        return any(item.outcome == "written" for item in news) or n > 600

    watch_inbox(
        inbox, output, grouping=api.Grouping(), choices=BatchChoices(workers=1), settle_s=0.5, poll_s=0.1, tell=news.append, stop=stop
    )
    assert (output / "inbox" / "report.docx").exists() and (inbox / "a.jpg").read_bytes() == arriving
    assert not [item for item in news if item.trouble]


def test_a_damaged_record_means_to_look_again(ran: tuple[Path, Path]) -> None:
    archive, output = ran
    event = output / "2019 - Hall"
    record = load_record(event)
    assert record is not None and record.stamp
    save_record(event, record.model_copy(update={"content": "other"}))
    (event / ".digitise" / "batch.json").write_text("{")
    assert load_record(event) is None
    outcome = run_again(archive, output)
    assert outcome.standing.events_written == 1 and outcome.standing.read == 0


def start(archive: Path, output: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "digitise.entry", "batch", str(archive), "--output", str(output), "--workers", "2", "--quiet"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["a photo is read", "pictures are placed", "files are named", "the index is written"])
def test_a_run_that_is_killed_goes_on_to_the_same_bytes(first: Ran, tmp_path: Path, moment: str) -> None:
    sign = {
        "a photo is read": ".digitise/photos/*/result.json",
        "pictures are placed": "pictures/*.jpg",
        "files are named": "notes.json",
        "the index is written": "../index.json",
    }[moment]
    output = tmp_path / "out"
    process = start(first.archive, output)
    until = time.monotonic() + 60
    while not list(output.glob(f"*/{sign}")) and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    outcome = run_again(first.archive, output)
    assert outcome.standing.state == "done" and len(outcome.troubles) == 2
    assert hash_outputs(output) == hash_outputs(first.output)
    assert not list(output.rglob(".part-*")) and hash_inputs(first.archive) == first.before


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nothing(first: Ran, tmp_path: Path) -> None:
    output = tmp_path / "out"
    process = start(first.archive, output)
    killed = False
    until = time.monotonic() + 60
    while process.poll() is None:
        assert time.monotonic() < until
        if not killed and list(output.glob("*/.digitise/photos/*")):
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            workers = [int(pid) for path in Path(f"/proc/{process.pid}/task").glob("*/children") for pid in path.read_text().split()]
            assert children.exists() and workers
            os.kill(max(workers), signal.SIGKILL)
            killed = True
        time.sleep(0.01)
    assert killed and process.returncode == 4
    assert hash_outputs(output) == hash_outputs(first.output)
