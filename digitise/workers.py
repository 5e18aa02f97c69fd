"""Worker processes that survive each other: one task at a time each, so that it is known which photo a dying worker held.

`concurrent.futures` gives up the whole pool when one process dies and does not say on which task; here the photo is
tried once more alone (memory may have been short), then given up, and the others go on. Tasks are handed in one by one at any
time (`submit`) or as a batch (`run`). One thread owns the processes; everybody else only leaves messages for it.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import math
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

from digitise.tickets import Aside, Call, Died, DiedError, StartError, Ticket, perform
from digitise.turns import Turns
from digitise.worker_process import Raised, Ready, explain_end, start_process

__all__ = ["Call", "Died", "DiedError", "StartError", "Workers", "perform"]

Task = TypeVar("Task")
Result = TypeVar("Result")

MAX_TRIES = 2
"""A task whose worker died is tried once more, when nothing else runs; then it is given up."""

MAX_STARTS = 3
"""Processes that end before they have begun, one after the other: then no more are started for what waits. No task is to blame."""
START_REMEDY = "Run 'digitise check'; if it finds nothing, close other programs, use fewer --workers, or install the program again."
CROWDED_S = 60.0
"""Where some processes run and another cannot be started, those that run do the work for so long before another start is tried."""

GRACE_S = 3.0
"""A worker inside a network run hears of its end when that run is over, mostly within a second."""


@dataclasses.dataclass(eq=False)
class _Worker:
    process: SpawnProcess
    ticket: Ticket | None = None
    idle_since: float = 0.0
    ready: bool = False
    """It has started: its end may be its task's doing."""


class Workers(Generic[Task, Result]):
    """Up to `jobs` processes that run `work(task)`. Started when first needed and kept until the block ends."""

    def __init__(
        self,
        work: Callable[[Task], Result],
        *,
        jobs: int,
        spare: int = 0,
        urgent_below: int = 0,
        memory_mib: float = math.inf,
        idle_s: float = math.inf,
        nice: int = 0,
        again_when_late: bool = False,
        max_tries: int = MAX_TRIES,
    ) -> None:
        """work: a module-level function (it travels by name).

        spare: so many processes more, for urgent tasks only, so that these need not wait for a long one. Urgent is what has a priority
        number below `urgent_below`. memory_mib: what tasks that run together may cost in all; one that costs more runs when no other
        does. idle_s: a process that had nothing to do for so long is ended and gives its memory back. nice: added to the processes'
        niceness. again_when_late: a task that took too long is tried once more, too, but only when nothing else runs or waits, so that
        no other pays for it: the machine may have been overloaded, or a network drive slow. max_tries: 1 gives a task up whose process
        died.
        """
        self._work, self._jobs, self._spare, self._urgent_below = work, jobs, spare, urgent_below
        self._memory_mib, self._idle_s, self._nice = memory_mib, idle_s, nice
        self._again_when_late, self._max_tries = again_when_late, max_tries
        self._processes: dict[Connection, _Worker] = {}
        self._lock = threading.Lock()
        # guarded by the lock
        self._waiting: Turns[Ticket] = Turns()
        self._stopped: list[concurrent.futures.Future[Any]] = []
        self._closing = self._woken = False
        self._thread: threading.Thread | None = None
        self._bell, self._ring = Pipe(duplex=False)
        # only the thread touches these and the processes
        self._aside = Aside()
        self._failed_starts = 0
        self._crowded_until = -math.inf

    def __enter__(self) -> Workers[Task, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop soon: each worker may still remove its temporary files. Futures that are not done are cancelled."""
        with self._lock:
            self._closing = True
            self._wake()
            thread = self._thread
        if thread is not None:
            thread.join()

    def submit(
        self, task: Task, *, priority: int = 0, group: str = "", timeout_s: float = math.inf, cost_mib: float = 0.0
    ) -> concurrent.futures.Future[Result]:
        """Hand in one task. Lower priority numbers come first; of one priority the group with the fewest tasks under way, else each
        in turn.

        The future raises what `work` raised, DiedError when the worker died each time or had to be killed after timeout_s, StartError
        when no worker can be started, and CancelledError after `cancel`. Its callbacks run in the pool's own thread and must be quick.
        """
        ticket = Ticket(task, concurrent.futures.Future(), priority < self._urgent_below, timeout_s, cost_mib, group)
        with self._lock:
            if self._closing:
                ticket.future.cancel()
                return ticket.future
            self._waiting.put(ticket, priority=priority, group=group)
            if self._thread is None:
                self._thread = threading.Thread(target=self._dispatch, name="workers", daemon=True)
                self._thread.start()
            self._wake()
        return ticket.future

    def cancel(self, future: concurrent.futures.Future[Result]) -> None:
        """Stop a task, also a running one: its process is ended. Nothing of it runs any more once the future is done."""
        if not future.cancel() and not future.done():
            with self._lock:
                self._stopped.append(future)
                self._wake()

    @property
    def is_broken(self) -> bool:
        """Whether tasks are taken that nobody will ever do: the pool's own thread has ended by a fault of the program."""
        return self._thread is not None and not self._thread.is_alive() and not self._closing

    @property
    def is_cold(self) -> bool:
        """Whether the next task must wait for a process to start."""
        return not self._processes

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Result | Died]]:
        """Results with their task's place, in the order in which they get ready.

        An exception of `work` is raised here and ends the run. A process that dies costs its own task only.
        """
        ready: queue.SimpleQueue[tuple[int, concurrent.futures.Future[Result]]] = queue.SimpleQueue()
        futures = []
        try:
            for place, task in enumerate(tasks):
                futures.append(self.submit(task))
                futures[-1].add_done_callback(functools.partial(_put, ready, place))
            for _ in tasks:
                place, future = ready.get()
                try:
                    yield place, future.result()
                except DiedError as e:
                    yield place, e.died
        finally:
            for future in futures:
                self.cancel(future)

    def _wake(self) -> None:
        """Have the thread look again. Only while holding the lock."""
        if not self._woken:
            self._woken = True
            self._ring.send_bytes(b"!")

    # all below runs in the pool's own thread

    def _dispatch(self) -> None:
        while True:
            with self._lock:
                closing, stopped, self._stopped = self._closing, self._stopped, []
            if closing:
                break
            for future in stopped:
                self._stop(future)
            while (ticket := self._choose()) is not None:
                self._begin(ticket)
            for ready in wait([self._bell, *self._processes], self._seconds_to_wait()):
                assert isinstance(ready, Connection)
                if ready is self._bell:
                    with self._lock:
                        self._bell.recv_bytes()
                        self._woken = False
                else:
                    self._collect(ready)
            self._watch_clock()
        self._end()

    def _choose(self) -> Ticket | None:
        """The next task that may start now."""
        running = [worker.ticket for worker in self._processes.values() if worker.ticket is not None]
        crowded = len(running) == len(self._processes) > 0 and time.monotonic() < self._crowded_until
        usual = sum(not ticket.urgent for ticket in running)
        lonely = any(ticket.tries > 1 for ticket in running)
        if self._aside.alone and not (usual or lonely or crowded) and len(running) < self._jobs + self._spare:
            return self._aside.alone.popleft()
        may_usual = not self._aside.alone and not lonely and usual + max(0, len(running) - usual - self._spare) < self._jobs
        if crowded or (not may_usual and len(running) >= self._jobs + self._spare):
            return None
        if self._aside.first and may_usual:
            return self._aside.first.popleft()
        below = None if may_usual else self._urgent_below
        busy = Counter(ticket.group for ticket in running)
        with self._lock:
            while (ticket := self._waiting.peek(below=below, busy=busy)) is not None:
                if running and sum(t.cost_mib for t in running) + ticket.cost_mib > self._memory_mib and not ticket.future.cancelled():
                    return None
                self._waiting.pop(below=below, busy=busy)
                if ticket.future.set_running_or_notify_cancel():
                    return ticket
        return self._aside.late.popleft() if self._aside.late and not running else None

    def _begin(self, ticket: Ticket) -> None:
        """Give a task to a worker: to the one that worked last, so that those not needed get their rest."""
        while True:
            idle = [(w.idle_since, c) for c, w in self._processes.items() if w.ticket is None]
            try:
                connection = max(idle, key=lambda pair: pair[0])[1] if idle else self._start()
            except OSError as e:
                self._miss_start(ticket, e.strerror or str(e))
                return
            try:
                connection.send(ticket.task)
            except (BrokenPipeError, ConnectionError):
                was_ready = self._processes[connection].ready
                how = self._bury(connection)
                if was_ready:
                    continue  # it died while idle: no task is to blame
                self._miss_start(ticket, how)
                return
            except Exception as e:  # a task that cannot travel
                ticket.future.set_exception(e)
                return
            break
        ticket.tries += 1
        ticket.deadline = time.monotonic() + ticket.timeout_s
        self._processes[connection].ticket = ticket

    def _collect(self, connection: Connection) -> None:
        """A worker has something to say, or has died."""
        worker = self._processes[connection]
        try:
            result = connection.recv()
        except (EOFError, OSError):
            how = self._bury(connection)
            if worker.ticket is None:
                return
            if worker.ready or worker.ticket.stopping:
                self._give_up(worker.ticket, how)
            else:
                worker.ticket.tries -= 1
                self._miss_start(worker.ticket, how)
            return
        except Exception as e:  # a result that cannot be unpacked here
            result = Raised(e)
        if isinstance(result, Ready):
            worker.ready, self._failed_starts = True, 0
            return
        ticket, worker.ticket, worker.idle_since = worker.ticket, None, time.monotonic()
        if ticket is None:
            return
        if ticket.stopping:
            # it was ready just before it heard that it should end, which it may do at any moment now
            worker.process.kill()
            self._bury(connection)
        if ticket.stopping == "cancelled":
            ticket.future.set_exception(concurrent.futures.CancelledError())
        elif isinstance(result, Raised):
            ticket.future.set_exception(result.error)
        else:
            ticket.future.set_result(result)

    def _give_up(self, ticket: Ticket, how: str) -> None:
        if ticket.stopping == "cancelled":
            ticket.future.set_exception(concurrent.futures.CancelledError())
        elif ticket.tries >= self._max_tries or (ticket.stopping and not self._again_when_late):
            ticket.future.set_exception(DiedError(Died(ticket.stopping or how)))
        elif ticket.stopping:
            ticket.stopping = ""
            self._aside.late.append(ticket)
        else:
            self._aside.alone.append(ticket)

    def _miss_start(self, ticket: Ticket, how: str) -> None:
        """A process ended before it had begun, or the system gave none: its task goes to another, as long as there is hope."""
        self._failed_starts += 1
        if self._failed_starts < MAX_STARTS:
            self._begin(ticket)
            return
        self._failed_starts = 0
        if self._processes:
            self._crowded_until = time.monotonic() + CROWDED_S
            self._aside.first.append(ticket)
            return
        error = StartError("worker processes", f"they cannot be started ({how})", START_REMEDY)
        for set_aside in (ticket, *self._aside.take()):
            set_aside.future.set_exception(error)
        with self._lock:
            while self._waiting.peek() is not None:
                waiting = self._waiting.pop().future
                if waiting.set_running_or_notify_cancel():
                    waiting.set_exception(error)

    def _stop(self, future: concurrent.futures.Future[Any]) -> None:
        """End the process that runs a task which was cancelled."""
        for ticket in self._aside.take(future):
            ticket.future.set_exception(concurrent.futures.CancelledError())
        for worker in self._processes.values():
            if worker.ticket is not None and worker.ticket.future is future and not worker.ticket.stopping:
                _ask_to_end(worker, "cancelled")

    def _watch_clock(self) -> None:
        now = time.monotonic()
        for connection, worker in list(self._processes.items()):
            if worker.ticket is None:
                if now - worker.idle_since >= self._idle_s:
                    worker.process.terminate()
                    self._bury(connection)
            elif now >= worker.ticket.deadline:
                if worker.ticket.stopping:
                    worker.process.kill()
                else:
                    _ask_to_end(worker, f"took longer than {worker.ticket.timeout_s:g} s")

    def _seconds_to_wait(self) -> float | None:
        moments = [w.ticket.deadline if w.ticket is not None else w.idle_since + self._idle_s for w in self._processes.values()]
        soonest = min(moments, default=math.inf)
        return None if soonest == math.inf else max(0.0, soonest - time.monotonic())

    def _start(self) -> Connection:
        connection, process = start_process(self._work, nice=self._nice)
        self._processes[connection] = _Worker(process, idle_since=time.monotonic())
        return connection

    def _bury(self, connection: Connection) -> str:
        """Forget a process that has ended or is about to. How it ended, in words."""
        process = self._processes.pop(connection).process
        connection.close()
        process.join(GRACE_S)
        process.kill()
        process.join()
        return explain_end(process.exitcode or 0)

    def _end(self) -> None:
        for worker in self._processes.values():
            worker.process.terminate()
        latest = time.monotonic() + GRACE_S
        for connection, worker in self._processes.items():
            worker.process.join(max(0.0, latest - time.monotonic()))
            worker.process.kill()
            worker.process.join()
            connection.close()
        left = [*self._aside.take(), *(w.ticket for w in self._processes.values() if w.ticket is not None)]
        self._processes.clear()
        with self._lock:
            while self._waiting.peek() is not None:
                self._waiting.pop().future.cancel()
        for ticket in left:
            ticket.future.set_exception(concurrent.futures.CancelledError())


def _ask_to_end(worker: _Worker, why: str) -> None:
    assert worker.ticket is not None
    worker.ticket.stopping, worker.ticket.deadline = why, time.monotonic() + GRACE_S
    worker.process.terminate()


def _put(
    ready: queue.SimpleQueue[tuple[int, concurrent.futures.Future[Result]]], place: int, future: concurrent.futures.Future[Result]
) -> None:
    ready.put((place, future))
