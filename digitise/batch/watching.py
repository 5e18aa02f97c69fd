"""Watches a folder into which photos arrive: each is read when it is whole, each event written when no more come.

Looking again every few seconds, and not asking the system for notices, works on network drives and with every way of copying.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from digitise.batch.finding import find_archive
from digitise.batch.keeping import save_run
from digitise.batch.log import Tell, open_log
from digitise.batch.model import Grouping, News, RunNote, Trouble, What
from digitise.batch.naming import LOG_FILE
from digitise.batch.places import Places, check_places
from digitise.batch.planning import BatchChoices, check_choices, find_events, share_out
from digitise.batch.running import Round, open_pool
from digitise.errors import DigitiseError
from digitise.store import lock_output, sweep_parts

NO_LINE: tuple[What, ...] = ("plan", "worker", "waiting", "end")
"""In the log: a round every few seconds."""
RETRY_S = 60.0
"""After a round that could not go on, for want of room on the disk."""


class Arrivals:
    """Which files are whole: those whose size and time have not changed for some seconds, by a clock that nobody puts right."""

    def __init__(self, settle_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._settle_s, self._clock = settle_s, clock
        self._before: dict[str, tuple[tuple[int, int], float]] = {}
        self._now: dict[str, tuple[tuple[int, int], float]] = {}

    def begin(self) -> None:
        """Another look at all files; those that are gone are forgotten."""
        self._before, self._now = self._now, {}

    def is_settled(self, path: str, size: int, mtime_ns: int) -> bool:
        state, now = (size, mtime_ns), self._clock()
        known = self._before.get(path)
        since = known[1] if known is not None and known[0] == state else now
        self._now[path] = (state, since)
        # an empty file is one of which nothing has come yet
        return size > 0 and now - since >= self._settle_s

    def was_settled(self, path: str, size: int, mtime_ns: int) -> bool:
        """As the last look saw it, so that two walks of one round agree."""
        known = self._now.get(path)
        return known is not None and known[0] == (size, mtime_ns) and size > 0 and self._clock() - known[1] >= self._settle_s


def watch_inbox(
    inbox: Path,
    output: Path,
    *,
    grouping: Grouping,
    choices: BatchChoices,
    settle_s: float,
    poll_s: float,
    tell: Tell,
    stop: Callable[[float], bool],
) -> None:
    """Read photos as they arrive and keep the events' reports up to date, until `stop`. Photos stay where they are.

    stop: waits for so many seconds, and says whether to end. Raises NoInputError, UsageError, ConfigError, or OutputError where the output
    folder is held by another run or cannot be written at the beginning; a round that fails later is tried again.
    """
    check_places(inbox, output)
    check_choices(choices)
    share = share_out(choices)
    arrivals = Arrivals(settle_s)
    done: object = None
    with lock_output(output), open_log(output / LOG_FILE, tell, leave_out=NO_LINE) as told, open_pool(share) as pool:
        save_run(output, RunNote(archive=str(inbox.absolute()), grouping=grouping, settings=choices.settings))
        wait_s = 0.0
        while not stop(wait_s):
            wait_s = poll_s
            arrivals.begin()
            seen = find_archive(inbox, Grouping(), leave_out=[output], read_times=lambda _: [], is_settled=arrivals.is_settled)
            here = tuple((spot.folder, spot.stamp, spot.growing) for spot in seen.spots)
            if here == done or not here:
                continue
            try:
                sweep_parts(output)
                plan = find_events(Places(inbox, output, output), grouping, choices=choices, pool=pool, is_settled=arrivals.was_settled)
                Round(plan, output, pool=pool, share=share, choices=choices, tell=told).run()
                done = here
            except DigitiseError as e:
                told(News(what="event", outcome="failed", trouble=Trouble(event=e.subject, reason=e.reason, remedy=e.remedy)))
                wait_s = max(poll_s, RETRY_S)
