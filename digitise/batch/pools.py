"""The face of a pool that reads photos elsewhere, such as on a cluster; of processes on this machine that is `Workers`."""

from __future__ import annotations

import concurrent.futures
from typing import Protocol

from digitise.batch.model import Trouble
from digitise.errors import DigitiseError
from digitise.workers import Call


class ReadingPool(Protocol):
    """Where photos are read, if not in the pool of processes that does all the rest."""

    @property
    def jobs(self) -> int:
        """Photos that it can read at once; may change."""

    @property
    def failure(self) -> DigitiseError | None:
        """Why it reads no more, and the run must end."""

    def take_troubles(self) -> list[Trouble]:
        """What went wrong with no photo, since this was asked last."""

    def submit(self, call: Call, *, priority: int, timeout_s: float, cost_mib: float) -> concurrent.futures.Future[object]:
        """As `Workers.submit`."""

    def cancel(self, future: concurrent.futures.Future[object]) -> None:
        """As `Workers.cancel`."""
