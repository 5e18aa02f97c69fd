"""How far a run is, how fast it goes and when it will end. What an earlier run read costs nothing and counts for no speed."""

from __future__ import annotations

import dataclasses
from collections import deque
from datetime import datetime

from digitise.batch.model import RunState, Standing, Trouble

RECENT = 200
"""Photos by which the speed is judged: archives have easy and hard stretches."""
MOST_TROUBLES = 50
"""Kept in the standing, which is written every few seconds; the log and the index have all."""


@dataclasses.dataclass
class Tally:
    """Counts of one run; all times are monotonic seconds, so that a clock which is put right changes nothing."""

    began: float
    events: int
    photos: int
    unread: int
    """Photos that this run must still read, as far as it is known or guessed."""
    written: int = 0
    current: int = 0
    events_failed: int = 0
    read: int = 0
    reused: int = 0
    failed: int = 0
    troubles: list[Trouble] = dataclasses.field(default_factory=list)
    moments: deque[float] = dataclasses.field(default_factory=lambda: deque(maxlen=RECENT + 1))
    """When photos were done, the beginning of the first before them."""

    def start_reading(self, now: float) -> None:
        """The first photo is about to be read."""
        if not self.moments:
            self.moments.append(now)

    def finish_photo(self, now: float) -> None:
        """A photo was read, or could not be."""
        self.moments.append(now)
        self.unread = max(0, self.unread - 1)

    def per_second(self) -> float | None:
        """Photos done in a second; None before there is anything to judge by."""
        if len(self.moments) < 2 or self.moments[-1] <= self.moments[0]:
            return None
        return (len(self.moments) - 1) / (self.moments[-1] - self.moments[0])

    def describe(self, now: float, *, state: RunState = "running", with_troubles: bool = False) -> Standing:
        rate = self.per_second()
        left = 0.0 if state == "done" else self.unread / rate if rate is not None else None
        return Standing(
            state=state,
            events=self.events,
            events_written=self.written,
            events_current=self.current,
            events_failed=self.events_failed,
            photos=self.photos,
            read=self.read,
            reused=self.reused,
            failed=self.failed,
            seconds=round(now - self.began, 1),
            photos_per_minute=None if rate is None else round(60 * rate, 2),
            seconds_left=None if left is None else round(left, 1),
            troubles=tuple(self.troubles[:MOST_TROUBLES]) if with_troubles else (),
            updated=datetime.now().astimezone().isoformat(timespec="seconds"),
        )
