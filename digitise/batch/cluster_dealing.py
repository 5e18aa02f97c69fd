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
class Ticket:
    """One photo on its way."""

    piece: Piece
    fingerprint: str
    """Of the settings under which it is read."""
    timeout_s: float
    cost_mib: float
    future: concurrent.futures.Future[Any] = dataclasses.field(default_factory=concurrent.futures.Future)
    tries: int = 0
    """Workers that died of it, or with it."""
    sent: Any = None
    """Dask's future of it."""
    asks: bool = False
    """The second reader is to be asked about what was read."""
    lost: bool = False
    """The worker that has it is gone."""
    cancelled: bool = False

    @property
    def lonely(self) -> bool:
        """Its worker died: it is tried once more while its computer reads nothing else."""
        return self.tries > 0


@dataclasses.dataclass(eq=False)
class Helper:
    """A worker of the cluster."""

    address: str
    host: str
    threads: int
    limit_mib: float = math.inf
    token: str = ""
    """Of a worker that was asked and may be used; '' before."""
    left_out: str = ""
    """Why it is not used."""
    running: list[Ticket] = dataclasses.field(default_factory=list)
    refused: set[str] = dataclasses.field(default_factory=set)
    """Fingerprints of settings under which it would read otherwise."""
    misses: int = 0
    has: set[str] = dataclasses.field(default_factory=set)
    """Files of several pages that were sent to it, by hash."""

    @property
    def slots(self) -> int:
        """Photos that it takes at once. Where bytes must be sent, one more, so that it need not wait for them."""
        return self.threads + (self.misses >= BLIND_AFTER)


def deal(waiting: Sequence[Ticket], helpers: Collection[Helper]) -> list[tuple[Ticket, Helper]]:
    """What may start now, noted as running; photos whose worker died first, then those that have waited longest.

    A photo for which no computer has room has one held free for it, so that small ones do not overtake it for ever.
    """
    dealt: list[tuple[Ticket, Helper]] = []
    held: set[str] = set()
    for ticket in sorted(waiting, key=lambda ticket: not ticket.lonely):
        fit = [h for h in helpers if h.token and ticket.fingerprint not in h.refused and h.host not in held]
        free = [h for h in fit if len(h.running) < h.slots]
        roomy = [h for h in free if _has_room(h.host, ticket, helpers)]
        if roomy:
            helper = min(roomy, key=lambda h: len(h.running) / h.threads)
            helper.running.append(ticket)
            dealt.append((ticket, helper))
        elif fit and (free or ticket.lonely):
            held.add(min(fit, key=lambda h: _load(h.host, helpers)).host)
    return dealt


def is_refused_everywhere(ticket: Ticket, helpers: Collection[Helper]) -> bool:
    """Whether all workers that could be used would read the photo otherwise."""
    left = [h for h in helpers if not h.left_out]
    return bool(left) and all(ticket.fingerprint in h.refused for h in left)


def _has_room(host: str, ticket: Ticket, helpers: Collection[Helper]) -> bool:
    """Whether a computer has the memory for one photo more. One that reads nothing takes any."""
    hosted = [h for h in helpers if h.host == host]
    running = [t for h in hosted for t in h.running]
    if not running:
        return True
    if ticket.lonely or any(t.lonely for t in running):
        return False
    return sum(t.cost_mib for t in running) + ticket.cost_mib <= sum(h.limit_mib for h in hosted)


def _load(host: str, helpers: Collection[Helper]) -> int:
    return sum(len(h.running) for h in helpers if h.host == host)
