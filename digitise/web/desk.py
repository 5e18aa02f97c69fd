"""The desk hands work to worker processes and tells how far it is. A crash of a worker costs one photo, never the server."""

from __future__ import annotations

import concurrent.futures
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal, TypeVar

from digitise.model import Frozen
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace

Result = TypeVar("Result")
PhotoState = Literal["checking", "waiting", "reading", "read", "failed"]
EventState = Literal["empty", "reading", "arranging", "ready", "stopped", "failed"]


class PhotoProgress(Frozen):
    """One file of the event, and how far it is."""

    file: str
    """Name as the person knows it."""
    id: str = ""
    """Photo id, '' until the file was looked at."""
    state: PhotoState
    warnings: tuple[str, ...] = ()
    """The verdict, in whole sentences: () for a good photo."""
    problem: str = ""
    """Why it cannot be used, with the remedy."""
    thumbnail: str = ""
    """Name of its small picture in EventPlace.seen."""
    same_as: str = ""
    """Name of the photo that shows the same."""
    notes: int = 0
    """Notes found on it, once it is read."""


class Progress(Frozen):
    """How far one event is. Two with the same revision are equal."""

    revision: int
    state: EventState
    photos: tuple[PhotoProgress, ...] = ()
    read: int = 0
    total: int = 0
    seconds_left: float | None = None
    """Estimated from the photos of this event read so far; None where that cannot be said yet."""
    message: str = ""
    """What went wrong with the event as a whole."""


class Desk:
    """The worker processes of one server, shared by all events."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings

    def open(self) -> None:
        """Start, and go on with what an earlier server left unfinished."""

    def close(self) -> None:
        """Stop the workers. What they were at is begun again by the next server."""

    def run(self, work: Callable[..., Result], *args: Any, urgent: bool = False) -> concurrent.futures.Future[Result]:
        """Call a module-level function in a worker process. urgent: before photos that wait to be read."""
        raise NotImplementedError

    def look_again(self, place: EventPlace) -> None:
        """Photos were added or removed: check, read and arrange what is new."""

    def progress(self, place: EventPlace) -> Progress:
        """How far the event is now."""
        return Progress(revision=0, state="empty")

    def watch(self, place: EventPlace, *, after: int = -1) -> AsyncIterator[Progress]:
        """Each new state of the event with a revision above `after`, the present one first."""
        raise NotImplementedError

    def stop(self, place: EventPlace) -> None:
        """Stop reading this event; what is read is kept."""

    def go_on(self, place: EventPlace) -> None:
        """Go on after `stop`."""

    def report(self, place: EventPlace) -> concurrent.futures.Future[None]:
        """Write the event's files anew where they are older than its photos, settings or corrections."""
        raise NotImplementedError

    def forget(self, place: EventPlace) -> None:
        """The event is to be deleted: stop everything that touches its folder before this returns."""
