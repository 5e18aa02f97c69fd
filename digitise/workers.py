"""Worker processes that survive each other: one task at a time each, so that it is known which photo a dying worker held.

`concurrent.futures` gives up the whole pool when one process dies and does not say on which task; here the photo is
tried once more alone (memory may have been short), then given up, and the others go on.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, NamedTuple, TypeVar

from digitise.errors import DigitiseError

Task = TypeVar("Task")
Result = TypeVar("Result")

MAX_TRIES = 2
"""A task whose worker died is tried once more, when nothing else runs; then it is given up."""

GRACE_S = 3.0
"""A worker inside a network run hears of its end when that run is over, mostly within a second."""


class Died(NamedTuple):
    """What stands in for a result when the worker died on the task each time."""

    how: str
    """'killed by signal 9', 'exit code 1'."""


class Workers(Generic[Task, Result]):
    """Up to `jobs` processes that run `work(task)`. Started when first needed and kept until the block ends."""

    def __init__(self, work: Callable[[Task], Result], *, jobs: int) -> None:
        """work: a module-level function (it travels by name)."""
        self._work, self._jobs = work, jobs
        self._processes: dict[Connection, SpawnProcess] = {}

    def __enter__(self) -> Workers[Task, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop soon: each worker may still remove its temporary files."""
        for process in self._processes.values():
            process.terminate()
        for connection, process in self._processes.items():
            process.join(GRACE_S)
            process.kill()
            process.join()
            connection.close()
        self._processes.clear()

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Result | Died]]:
        """Results with their task's place, in the order in which they get ready.

        An exception of `work` is raised here and ends the run. A process that dies costs its own task only.
        """
        waiting = list(range(len(tasks)))[::-1]
        alone: list[int] = []
        tries = [0] * len(tasks)
        busy: dict[Connection, int] = {}
        while waiting or alone or busy:
            while (waiting and len(busy) < self._jobs) or (alone and not busy):
                place = waiting.pop() if waiting else alone.pop()
                connection = next((c for c in self._processes if c not in busy), None) or self._start()
                tries[place] += 1
                try:
                    connection.send(tasks[place])
                except OSError:
                    # it died while idle: no task is to blame
                    tries[place] -= 1
                    self._bury(connection)
                    waiting.append(place)
                    continue
                busy[connection] = place
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                place = busy.pop(ready)
                try:
                    result = ready.recv()
                except (EOFError, OSError):
                    how = self._bury(ready)
                    if tries[place] < MAX_TRIES:
                        alone.append(place)
                    else:
                        yield place, Died(how)
                    continue
                if isinstance(result, _Raised):
                    raise result.error
                yield place, result

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._work), daemon=True)
        # Ctrl-C reaches every process of the terminal; only the parent may act on it. The mask is inherited, so that the child
        # is deaf from its first instruction on, also while it still imports. multiprocessing's own helper process must run before:
        # starting it lets SIGINT through again, and the first worker would hear of Ctrl-C.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
            self._processes[ours] = process
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return ours

    def _bury(self, connection: Connection) -> str:
        process = self._processes.pop(connection)
        connection.close()
        process.join()
        code = process.exitcode or 0
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


class _Raised(NamedTuple):
    error: Exception


def _serve(connection: Connection, work: Callable[[Any], Any]) -> None:
    """The life of one worker process."""
    # as an exception, so that `finally` blocks run and no temporary file stays behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            task = connection.recv()
            connection.send(_attempt(work, task))
    except (EOFError, OSError):
        return


def _attempt(work: Callable[[Any], Any], task: Any) -> Any:
    try:
        return work(task)
    except DigitiseError as e:
        return _Raised(e)
    except Exception as e:
        # a foreign exception may not survive pickling; its words do
        return _Raised(RuntimeError(f"{type(e).__name__}: {e}"))
