"""The desk with real reading: what workers cost that die, hang, are stopped, and a server that is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_events import (
    add_damaged,
    add_long,
    add_photo,
    answer,
    make_place,
    open_desk,
    open_room,
    steps,
    wait_until,
)

from digitise import api
from digitise.model import Problem
from digitise.web import desk_steps
from digitise.web.desk import Desk
from digitise.web.desk_memory import list_files, load_memory
from digitise.web.desk_opening import refresh_room
from digitise.web.desk_room import tell_room
from digitise.web.shelf import EventPlace
from digitise.web.state import read_state


@pytest.fixture
def place(tmp_path: Path) -> EventPlace:
    return make_place(tmp_path)


# from here on with real reading


@pytest.fixture
def desk(place: EventPlace) -> Iterator[Desk]:
    desk = open_desk(place)
    yield desk
    desk.close()


def reading_worker(desk: Desk, *, attempt: int = 1) -> int:
    """The process that reads a photo now."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for worker in list(desk._pool._processes.values()):
            if (
                worker.ticket is not None
                and worker.ticket.task.work is desk_steps.read_for_desk
                and worker.process.pid
                and worker.ready  # before that its end is no photo's fault
                and worker.ticket.tries == attempt
            ):
                return worker.process.pid
        time.sleep(0.01)
    raise AssertionError("nothing is read")


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()  # a child is listed under the thread that started it
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
def test_photos_are_judged_read_and_arranged(desk: Desk, place: EventPlace) -> None:
    add_photo(place, "a.jpg")
    add_damaged(place, "broken.jpg")
    desk.look_again(place)
    told = wait_until(desk, place, lambda p: p.state == "ready")
    assert (told.read, told.total, told.failed) == (2, 2, 1)
    assert desk.verdict_of(place, "a.jpg").notes >= 2
    words = (place.report / "report.md").read_text()
    assert "No bus after" in words and "broken.jpg" in words
    written = (place.report / "report.docx").stat().st_mtime_ns
    desk.report(place).result(30)
    assert (place.report / "report.docx").stat().st_mtime_ns == written
    (place.folder / "event.toml").write_text('title = "Quite another day"\n')
    desk.report(place).result(60)
    assert "Quite another day" in (place.report / "report.md").read_text()
    add_photo(place, "b.jpg", ("Actions", "Open the hall on Sundays"))
    desk.look_again(place)
    wait_until(desk, place, lambda p: p.state == "ready" and p.total == 3)
    assert "Sundays" in (place.report / "report.md").read_text()


@pytest.mark.slow
def test_a_worker_killed_while_it_reads_costs_nothing_twice_it_costs_one_photo(desk: Desk, place: EventPlace) -> None:
    for n in range(3):
        add_photo(place, f"{n}.jpg", (*WORDS_OF[n], "and more"))
    desk.look_again(place)
    wait_until(desk, place, lambda p: any(photo.state == "reading" for photo in p.photos))
    os.kill(reading_worker(desk), signal.SIGKILL)
    wait_until(desk, place, lambda p: p.read >= 1 or p.state == "ready")
    told = wait_until(desk, place, lambda p: p.state == "ready")
    assert (told.read, told.failed) == (3, 0)
    add_long(place, "poison.jpg")
    desk.look_again(place)
    for attempt in (1, 2):
        os.kill(reading_worker(desk, attempt=attempt), signal.SIGKILL)
    told = wait_until(desk, place, lambda p: p.state == "ready" and p.total == 4)
    assert (told.read, told.failed) == (4, 1)
    assert "killed by signal 9" in desk.verdict_of(place, "poison.jpg").problem
    assert "poison.jpg" in (place.report / "report.md").read_text()


WORDS_OF = (("Problems", "No bus"), ("Actions", "Open the hall"), ("Ideas", "A walking group"))


@pytest.mark.slow
def test_a_photo_that_hangs_is_given_up_after_its_time(place: EventPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_steps, "READ_TIMEOUT_S", 2.0)
    add_long(place, "a.jpg")
    desk = open_desk(place)
    os.kill(reading_worker(desk), signal.SIGSTOP)
    told = wait_until(desk, place, lambda p: p.state == "failed")
    assert "took longer than 2 s" in told.photos[0].problem
    monkeypatch.setattr(desk_steps, "READ_TIMEOUT_S", 300.0)
    desk.go_on(place)
    assert wait_until(desk, place, lambda p: p.state == "ready").failed == 0
    desk.close()


@pytest.mark.slow
def test_stop_and_go_on_last_over_a_restart(place: EventPlace) -> None:
    for n in range(3):
        add_photo(place, f"{n}.jpg", WORDS_OF[n])
    desk = open_desk(place)
    desk.stop(place)
    assert read_state(place).stopped
    wait_until(desk, place, lambda p: p.state == "stopped")
    desk.close()
    desk = open_desk(place)
    wait_until(desk, place, lambda p: p.state == "stopped")
    time.sleep(1)
    assert desk.progress(place).state == "stopped"
    desk.go_on(place)
    assert wait_until(desk, place, lambda p: p.state == "ready").read == 3
    desk.close()


@pytest.mark.slow
def test_deleting_an_event_stops_its_work_first(desk: Desk, place: EventPlace) -> None:
    for n in range(3):
        add_long(place, f"{n}.jpg")
    desk.look_again(place)
    reading_worker(desk)
    start = time.monotonic()
    desk.forget(place)
    assert time.monotonic() - start < 20
    assert all(worker.ticket is None for worker in desk._pool._processes.values())
    shutil.rmtree(place.root)
    time.sleep(1)
    assert not place.root.exists()


SERVER = """
import sys, time
from pathlib import Path
from digitise.web.desk import Desk
from digitise.web.settings import ServerSettings
if __name__ == "__main__":
    desk = Desk(ServerSettings(data=Path(sys.argv[1]), workers=1))
    desk.open()
    print("open", flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
def test_after_kill_9_of_the_server_the_next_one_goes_on(place: EventPlace, tmp_path: Path) -> None:
    other = make_place(tmp_path, "zyxwvutsrq9")
    for n in range(3):
        add_photo(place, f"{n}.jpg", WORDS_OF[n])
    add_photo(other, "x.jpg")
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    with subprocess.Popen([sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True) as server:
        until = time.monotonic() + 120
        while not (results := list((place.report / ".digitise").glob("photos/*/result.json"))):
            assert time.monotonic() < until and server.poll() is None
            time.sleep(0.02)
        workers = children_of(server.pid)
        server.kill()
    until = time.monotonic() + 10
    while any(is_running(pid) for pid in workers):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert workers
    times = {path: path.stat().st_mtime_ns for path in results}
    desk = open_desk(place)
    told = wait_until(desk, place, lambda p: p.state == "ready")
    assert (told.read, told.failed) == (3, 0)
    assert wait_until(desk, other, lambda p: p.state == "ready").read == 1
    assert {path: path.stat().st_mtime_ns for path in times} == times, "what was read before is not read again"
    desk.close()
    memory = load_memory(place)
    assert memory.settled and len(memory.notes) == 3 and list(list_files(place))


@pytest.mark.slow
def test_the_server_process_does_not_grow_with_the_photos(place: EventPlace) -> None:
    for n in range(400):
        add_photo(place, f"{n}.jpg", (f"Photo number {n}",))
    room = open_room(place)
    problem = Problem(file="x", reason="r", remedy="m")
    for step in [step for step in steps(room) if step.kind == "look"]:
        answer(
            room,
            step,
            api.look_into_file(place.folder, place.photos / str(step.file and step.file.name), str(step.file and step.file.name)),
        )
    before = resident_bytes()
    for _ in range(20):
        for file in room.files.values():
            for picture in file.pictures:
                picture.problem, file.told = problem, None
        tell_room(room, now=0, revision=1)
        refresh_room(room)
    assert resident_bytes() - before < 20 << 20
