"""Worker processes: a dying one costs only its own task, errors come through, the end is clean."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from digitise.errors import EngineError
from digitise.workers import Died, Workers


def act(task: tuple[str, str]) -> str:
    """What the worker does; `task` says which and on what."""
    what, detail = task
    match what:
        case "square":
            return str(int(detail) ** 2)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die once":
            if not Path(detail).exists():
                Path(detail).touch()
                os._exit(3)
            return "second time"
        case "refuse":
            raise EngineError("model", "is gone", "Install it.")
        case "break":
            raise ValueError(detail)
        case "sleep":
            time.sleep(float(detail))
    return what


def test_all_results_come_with_their_place() -> None:
    with Workers(act, jobs=2) as pool:
        done = dict(pool.run([("square", str(i)) for i in range(20)]))
    assert done == {i: str(i * i) for i in range(20)}


def test_processes_are_kept_between_runs() -> None:
    with Workers(act, jobs=1) as pool:
        list(pool.run([("square", "1")]))
        (first,) = pool._processes.values()
        list(pool.run([("square", "2")]))
        assert list(pool._processes.values()) == [first]
    assert not first.process.is_alive()


def test_a_dying_process_costs_its_own_task_only(tmp_path: Path) -> None:
    tasks = [("square", "2"), ("die", ""), ("square", "3"), ("die once", str(tmp_path / "mark")), ("square", "4")]
    with Workers(act, jobs=2) as pool:
        done = dict(pool.run(tasks))
    assert done == {0: "4", 1: Died("killed by signal 9"), 2: "9", 3: "second time", 4: "16"}


def test_errors_of_the_task_are_raised_here() -> None:
    with Workers(act, jobs=1) as pool:
        with pytest.raises(EngineError) as caught:
            list(pool.run([("refuse", "")]))
        assert caught.value.remedy == "Install it."
        with pytest.raises(RuntimeError, match="ValueError: of course"):
            list(pool.run([("break", "of course")]))


def test_leaving_early_stops_the_work() -> None:
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Workers(act, jobs=2) as pool:
        for _ in pool.run([("square", "1"), ("sleep", "60"), ("sleep", "60")]):
            raise KeyboardInterrupt
    assert time.monotonic() - start < 20


def _tell_whether_deaf(_: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_the_first_worker_too_is_deaf_to_ctrl_c() -> None:
    script = (
        "from test_workers import _tell_whether_deaf; from digitise.workers import Workers\n"
        "if __name__ == '__main__':\n    with Workers(_tell_whether_deaf, jobs=1) as pool: print(list(pool.run([0])))\n"
    )
    # in a process of its own: only the first worker of all was affected
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=60, check=True)
    assert done.stdout.strip() == "[(0, True)]"
