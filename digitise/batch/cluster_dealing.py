"""Which worker of a cluster gets which photo: one for each of its threads, no more to a computer than fits into its memory."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import math
from collections.abc import Collection, Sequence
from typing import Any

from digitise.batch.tasks import Piece

BLIND_AFTER = 3
"""Photos in a row that a worker did not find at their place, before their bytes are sent at once."""


@dataclasses.dataclass(eq=False)
class Helper:
    """A worker of the cluster."""

    address: str
    host: str
    threads: int
    limit_mib: float = math.inf
    folder: str = ""
    """Its working directory, which tells a worker from one that was at the same address before."""
    token: str = ""
    """Of a worker that was asked and may be used; '' before."""
    gone: bool = False
    left_out: str = ""
    """Why it is not used."""
    remedy: str = ""
    running: list[Errand] = dataclasses.field(default_factory=list)
    refused: set[str] = dataclasses.field(default_factory=set)
    """Fingerprints of settings under which it would read otherwise."""
    misses: int = 0
    faults: int = 0
    """Photos in a row that went wrong on it and that others have read."""
    has: set[str] = dataclasses.field(default_factory=set)
    """Files of several pages that were sent to it, by hash."""

    @property
    def slots(self) -> int:
        """Photos that it takes at once. Where bytes must be sent, one more, so that it need not wait for them."""
        return self.threads + (self.misses >= BLIND_AFTER)

    def lose(self, until: float = math.inf) -> None:
        """It is gone, and with it what it was reading. until: moment (monotonic) at which it was gone for certain."""
        if self.gone:
            return
        self.gone = True
        begun = sorted((e for e in self.running if e.sent_at < until), key=lambda e: e.sent_at)[: self.threads]
        for errand in self.running:
            errand.lost, errand.blamed = True, errand in begun


@dataclasses.dataclass(eq=False)
class Errand:
    """One photo to be read."""

    piece: Piece
    timeout_s: float
    cost_mib: float
    future: concurrent.futures.Future[Any] = dataclasses.field(default_factory=concurrent.futures.Future)
    tries: int = 0
    """Times that it went wrong, perhaps by its own doing."""
    late: bool = False
    """It took too long: to be tried once more when nothing else waits."""
    shunned: dict[Helper, str] = dataclasses.field(default_factory=dict)
    """Workers on which it went wrong, and how."""
    sent: Any = None
    """Dask's future of it."""
    sent_at: float = math.inf
    """Moment (monotonic) from which a worker may be reading it."""
    asks: bool = False
    """The second reader is to be asked about what was read."""
    lost: bool = False
    """The worker that has it is gone;"""
    blamed: bool = False
    """perhaps by its doing."""
    cancelled: bool = False

    @property
    def lonely(self) -> bool:
        """It is tried once more while its computer reads nothing else."""
        return self.tries > 0

    def start(self) -> bool:
        """Whether it may be begun, or gone on with: nobody has cancelled it."""
        return self.future.running() or self.future.set_running_or_notify_cancel()

    def drop(self) -> None:
        """Nobody wants it any more. Only while no worker has it."""
        if not self.future.cancel():
            self.future.set_exception(concurrent.futures.CancelledError())

    def wait_again(self) -> None:
        """Whatever became of it, it is to be given to a worker anew."""
        self.lost = self.blamed = False
        self.sent, self.sent_at = None, math.inf


def deal(waiting: Sequence[Errand], helpers: Collection[Helper]) -> list[tuple[Errand, Helper]]:
    """What may start now, noted as running; photos that went wrong first, then those that have waited longest.

    One that took too long starts when no other waits, so that none pays for it. A photo for which no computer has room has one held free
    for it, so that small ones do not overtake it for ever.
    """
    dealt: list[tuple[Errand, Helper]] = []
    held: set[str] = set()
    usual = [errand for errand in waiting if not errand.late]
    for errand in sorted(usual or waiting, key=lambda errand: not errand.lonely):
        suiting = [h for h in helpers if h.token and errand.piece.fingerprint not in h.refused]
        fit = [h for h in [h for h in suiting if h not in errand.shunned] or suiting if h.host not in held]
        free = [h for h in fit if len(h.running) < h.slots]
        roomy = [h for h in free if _has_room(h.host, errand, helpers)]
        if roomy:
            helper = min(roomy, key=lambda h: len(h.running) / h.threads)
            helper.running.append(errand)
            dealt.append((errand, helper))
        elif fit and (free or errand.lonely):
            held.add(min(fit, key=lambda h: _load(h.host, helpers)).host)
    return dealt


def is_refused_everywhere(fingerprint: str, helpers: Collection[Helper]) -> bool:
    """Whether all workers that could be used now would read otherwise."""
    left = [h for h in helpers if not h.left_out]
    return bool(left) and all(fingerprint in h.refused for h in left)


def _has_room(host: str, errand: Errand, helpers: Collection[Helper]) -> bool:
    """Whether a computer has the memory for one photo more. One that reads nothing takes any."""
    hosted = [h for h in helpers if h.host == host]
    running = [e for h in hosted for e in h.running]
    if not running:
        return True
    if errand.lonely or any(e.lonely for e in running):
        return False
    return sum(e.cost_mib for e in running) + errand.cost_mib <= sum(h.limit_mib for h in hosted)


def _load(host: str, helpers: Collection[Helper]) -> int:
    return sum(len(h.running) for h in helpers if h.host == host)
