"""Tasks on their way to worker processes: what is handed in, what comes back in place of a result, and what waits outside the turns."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import math
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from digitise.errors import DependencyError


class Call(NamedTuple):
    """One module-level function with its arguments: a task for processes that do several kinds of work."""

    work: Callable[..., Any]
    args: tuple[Any, ...]


class Died(NamedTuple):
    """What stands in for a result when the worker died on the task each time."""

    how: str
    """'killed by signal 9', 'exit code 1', 'took longer than 300 s'."""


class DiedError(Exception):
    """What a submitted task's future raises in place of a `Died`."""

    def __init__(self, died: Died) -> None:
        super().__init__(died.how)
        self.died = died


def perform(call: Call) -> Any:
    """The work of processes that take `Call`s."""
    return call.work(*call.args)


class StartError(DependencyError):
    """No worker process can be started, or each ends before it has begun."""


@dataclasses.dataclass(eq=False)
class Ticket:
    """One task on its way."""

    task: Any
    future: concurrent.futures.Future[Any]
    urgent: bool
    timeout_s: float
    cost_mib: float
    group: str = ""
    tries: int = 0
    deadline: float = math.inf
    """Moment (monotonic) from which its worker is asked to end; after that, from which it is killed."""
    stopping: str = ""
    """Why its worker is asked to end: 'cancelled', or what becomes `Died.how`."""


class Aside:
    """Tasks that were begun once already and wait for another time."""

    def __init__(self) -> None:
        self.first: deque[Ticket] = deque()
        """Their process never began: the next one that is free takes them."""
        self.alone: deque[Ticket] = deque()
        """Their process died: to be tried once more when nothing else runs."""
        self.late: deque[Ticket] = deque()
        """They took too long: to be tried once more when nothing else runs or waits."""

    def take(self, future: concurrent.futures.Future[Any] | None = None) -> list[Ticket]:
        """Take one task out, or all."""
        taken = []
        for queued in (self.first, self.alone, self.late):
            for ticket in [t for t in queued if future is None or t.future is future]:
                queued.remove(ticket)
                taken.append(ticket)
        return taken
