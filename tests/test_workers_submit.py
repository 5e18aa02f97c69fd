"""Single tasks handed to workers at any time: order, urgency, hanging and dying tasks, cancelling, memory, idle processes."""

from __future__ import annotations

import concurrent.futures
import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from digitise.turns import Turns
from digitise.workers import DiedError, StartError, Workers


def act(task: tuple[str, str]) -> str:
    """What the worker does; `task` says which and on what. Each task notes itself in the file whose name is given."""
    what, detail = task
    if what == "note":
        path, _, words = detail.partition("|")
        with Path(path).open("a") as log:
            log.write(words + "\n")
        time.sleep(0.02)
    elif what == "hold":
        # until the file is there
        while not Path(detail).exists():
            time.sleep(0.01)
    elif what == "die":
        with Path(detail).open("a") as log:
            log.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "hang":
        Path(detail).touch()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    elif what == "nap":
        Path(detail).touch()
        time.sleep(600)
    elif what == "late once":
        if not Path(detail).exists():
            Path(detail).touch()
            time.sleep(600)
    elif what == "pid":
        return str(os.getpid())
    elif what == "lambda":
        return lambda: None  # type: ignore[return-value]
    return what


def wait_for(path: Path) -> None:
    until = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < until, path
        time.sleep(0.01)


def test_the_urgent_first_then_groups_in_turn() -> None:
    turns: Turns[str] = Turns()
    for i in range(3):
        turns.put(f"large {i}", priority=2, group="large")
    turns.put("small 0", priority=2, group="small")
    turns.put("urgent", priority=0, group="large")
    assert len(turns) == 5
    assert turns.peek(below=0) is None
    assert turns.peek(below=1) == "urgent"
    assert [turns.pop() for _ in range(5)] == ["urgent", "large 0", "small 0", "large 1", "large 2"]
    with pytest.raises(IndexError):
        turns.pop()


def test_events_take_turns_and_the_urgent_come_first(tmp_path: Path) -> None:
    log, gate = tmp_path / "log", tmp_path / "gate"
    with Workers(act, jobs=1) as pool:
        first = pool.submit(("hold", str(gate)))
        late = [pool.submit(("note", f"{log}|a{i}"), priority=2, group="a") for i in range(3)]
        late += [pool.submit(("note", f"{log}|b0"), priority=2, group="b"), pool.submit(("note", f"{log}|urgent"), priority=1, group="b")]
        gate.touch()
        concurrent.futures.wait([first, *late], 20)
    assert log.read_text().split() == ["urgent", "a0", "b0", "a1", "a2"]


def test_a_spare_process_takes_the_urgent_while_the_others_are_busy(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with Workers(act, jobs=1, spare=1, urgent_below=1) as pool:
        long = pool.submit(("hold", str(gate)), priority=1)
        second = pool.submit(("pid", ""), priority=1)
        assert pool.submit(("urgent", ""), priority=0).result(20) == "urgent"
        assert not long.done() and not second.done()
        gate.touch()
        assert second.result(20)


def test_a_hanging_task_is_killed_and_the_rest_go_on(tmp_path: Path) -> None:
    with Workers(act, jobs=1) as pool:
        pool.submit(("warm", "")).result(20)
        hanging, after = pool.submit(("nap", str(tmp_path / "started")), timeout_s=0.5), pool.submit(("after", ""))
        with pytest.raises(DiedError, match=r"took longer than 0\.5 s"):
            hanging.result(20)
        assert after.result(20) == "after"


@pytest.mark.slow
def test_a_late_task_is_tried_once_more_when_nothing_else_waits(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Workers(act, jobs=2, again_when_late=True) as pool:
        pool.submit(("warm", "")).result(20)
        late = pool.submit(("late once", str(tmp_path / "mark")), timeout_s=0.5)
        others = [pool.submit(("note", f"{log}|{i}")) for i in range(60)]
        late.add_done_callback(lambda _: log.open("a").write("late\n"))
        assert late.result(20) == "late once" and all(f.done() for f in others)
        hanging = pool.submit(("nap", str(tmp_path / "started")), timeout_s=0.4)
        with pytest.raises(DiedError, match="took longer"):
            hanging.result(20)
        (tmp_path / "mark").unlink()
        pool.submit(("warm", "")).result(20)  # its process was ended, and to start another takes longer on a busy machine
        waiting = pool.submit(("late once", str(tmp_path / "mark")), timeout_s=0.3)
        gate = pool.submit(("hold", str(tmp_path / "gate")))
        wait_for(tmp_path / "mark")
        time.sleep(1)
        pool.cancel(waiting)
        with pytest.raises(concurrent.futures.CancelledError):
            waiting.result(20)
        (tmp_path / "gate").touch()
        assert gate.result(20)
    assert log.read_text().split()[-1] == "late"


def test_no_task_is_blamed_when_processes_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "half_installed.py").write_text("def act(task):\n    return task\n")
    work = importlib.import_module("half_installed").act
    with Workers(work, jobs=2) as pool:
        assert pool.submit("x").result(20) == "x"
    (tmp_path / "half_installed.py").rename(tmp_path / "gone.py")
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
    with Workers(work, jobs=2) as pool:
        futures = [pool.submit(f"{i}") for i in range(20)]
        for future in futures:
            with pytest.raises(StartError, match="exit code 1"):
                future.result(30)
        (tmp_path / "gone.py").rename(tmp_path / "half_installed.py")
        assert pool.submit("again").result(20) == "again", "what was mended meanwhile works"


def test_where_no_more_processes_can_be_had_those_that_run_do_the_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with Workers(act, jobs=3) as pool:
        pid = pool.submit(("pid", "")).result(20)
        monkeypatch.setattr("digitise.workers.start_process", lambda *_, **__: (_ for _ in ()).throw(OSError(11, "no more processes")))
        assert {f.result(20) for f in [pool.submit(("pid", "")) for _ in range(12)]} == {pid}
    with Workers(act, jobs=1) as pool, pytest.raises(StartError, match="no more processes"):
        pool.submit(("pid", "")).result(20)


@pytest.mark.slow
def test_a_task_deaf_to_sigterm_is_killed_after_a_grace(tmp_path: Path) -> None:
    with Workers(act, jobs=1) as pool:
        start = time.monotonic()
        with pytest.raises(DiedError):
            pool.submit(("hang", str(tmp_path / "started")), timeout_s=1).result(30)
        assert time.monotonic() - start < 12
        assert pool.submit(("after", "")).result(20) == "after"


def test_a_dying_task_is_tried_twice_and_no_other_pays(tmp_path: Path) -> None:
    with Workers(act, jobs=2) as pool:
        others = [pool.submit(("fine", "")) for _ in range(6)]
        with pytest.raises(DiedError, match="killed by signal 9"):
            pool.submit(("die", str(tmp_path / "tries"))).result(20)
        assert [f.result(20) for f in others] == ["fine"] * 6
    assert (tmp_path / "tries").read_text() == "xx"


def test_cancelling_stops_waiting_and_running_tasks(tmp_path: Path) -> None:
    with Workers(act, jobs=1) as pool:
        running, waiting = pool.submit(("nap", str(tmp_path / "started"))), pool.submit(("waiting", ""))
        wait_for(tmp_path / "started")
        (worker,) = pool._processes.values()
        pool.cancel(waiting)
        pool.cancel(running)
        with pytest.raises(concurrent.futures.CancelledError):
            running.result(20)
        assert waiting.cancelled()
        assert not worker.process.is_alive()
        assert pool.submit(("after", "")).result(20) == "after"


def test_tasks_that_cost_too_much_together_run_one_after_the_other(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with Workers(act, jobs=3, memory_mib=100) as pool:
        first = pool.submit(("hold", str(gate)), cost_mib=60)
        cheap = pool.submit(("pid", ""), cost_mib=10)
        assert cheap.result(20)
        dear, behind = pool.submit(("pid", ""), cost_mib=150), pool.submit(("pid", ""), cost_mib=1)
        time.sleep(0.2)
        assert not dear.done() and not behind.done()  # small ones must not keep a large one waiting for ever
        gate.touch()
        assert first.result(20) and dear.result(20) and behind.result(20)


def test_idle_processes_are_ended() -> None:
    with Workers(act, jobs=1, idle_s=0.3) as pool:
        pid = int(pool.submit(("pid", "")).result(20))
        until = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        assert int(pool.submit(("pid", "")).result(20)) != pid


def test_a_pool_says_when_it_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    with Workers(act, jobs=1) as pool:
        assert not pool.is_broken
        monkeypatch.setattr(pool, "_choose", lambda: 1 / 0)
        monkeypatch.setattr("threading.excepthook", lambda _: None)
        pool.submit(("never", ""))
        assert pool._thread is not None
        pool._thread.join(10)
        assert pool.is_broken
    assert not pool.is_broken


def test_what_cannot_travel_costs_only_itself() -> None:
    with Workers(act, jobs=1) as pool:
        with pytest.raises(Exception, match=r"lambda|pickle"):
            pool.submit((lambda: None, "")).result(20)  # type: ignore[arg-type]
        with pytest.raises(RuntimeError, match=r"lambda|pickle"):
            pool.submit(("lambda", "")).result(20)
        assert pool.submit(("after", "")).result(20) == "after"


def test_closing_cancels_what_is_left(tmp_path: Path) -> None:
    with Workers(act, jobs=1) as pool:
        running, waiting = pool.submit(("nap", str(tmp_path / "started"))), pool.submit(("waiting", ""))
        wait_for(tmp_path / "started")
    assert waiting.cancelled()
    with pytest.raises(concurrent.futures.CancelledError):
        running.result(0)
    assert pool.submit(("late", "")).cancelled()


def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "import sys; from test_workers_submit import act; from digitise.workers import Workers\n"
        "if __name__ == '__main__':\n    pool = Workers(act, jobs=1)\n"
        "    print(pool.submit(('pid', '')).result(), flush=True)\n    pool.submit(('nap', sys.argv[1])).result()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "mark")], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        wait_for(tmp_path / "mark")
        parent.kill()
    until = time.monotonic() + 10
    while (Path("/proc") / str(pid)).exists() and "Z" not in (Path("/proc") / str(pid) / "stat").read_text().split()[2]:
        assert time.monotonic() < until
        time.sleep(0.05)
