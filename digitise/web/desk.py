"""The desk hands work to worker processes and tells how far it is. A crash of a worker costs one photo, never the server."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from digitise import api
from digitise.errors import DigitiseError
from digitise.web.desk_clerk import Clerk
from digitise.web.desk_memory import load_memory
from digitise.web.desk_model import EventState, PhotoProgress, PhotoState, Progress, Verdict
from digitise.web.desk_tasks import ASSEMBLE, IDLE_S, INTERACTIVE, NICE, RUN_TIMEOUT_S, URGENT_BELOW
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace
from digitise.web.state import change_state

__all__ = ["Desk", "EventState", "PhotoProgress", "PhotoState", "Progress", "Verdict"]

Result = TypeVar("Result")
LOAD_S = 20.0
"""Longest wait for an event to be read from disk, which takes milliseconds unless the disk is very slow."""
END_S = 30.0
"""Longest wait for tasks of a deleted event; workers are killed after seconds."""


class _Watcher(NamedTuple):
    loop: asyncio.AbstractEventLoop
    news: asyncio.Event


class Desk:
    """The worker processes of one server, shared by all events."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        share = api.share_machine(settings.workers)
        self._pool: api.Workers[api.Call, Any] = api.Workers(
            api.perform, jobs=share.jobs, spare=1, urgent_below=URGENT_BELOW, memory_mib=share.memory_mib, idle_s=IDLE_S, nice=NICE
        )
        self._lock = threading.Lock()
        self._told: dict[str, Progress] = {}
        self._watchers: dict[str, set[_Watcher]] = {}
        self._work: dict[concurrent.futures.Future[Any], tuple[Any, ...]] = {}
        """What `run` was asked for and is not done."""
        self._forgotten: set[str] = set()
        self._closed = False
        self._clerk = Clerk(settings, pool=self._pool, share=share, publish=self._publish, is_watched=lambda i: bool(self._watchers.get(i)))

    def open(self) -> None:
        """Start, and go on with what an earlier server left unfinished."""
        self._clerk.start()

    def close(self) -> None:
        """Stop the workers. What they were at is begun again by the next server."""
        with self._lock:
            self._closed = True
            watchers = [watcher for group in self._watchers.values() for watcher in group]
        _ring(watchers)
        self._clerk.close()
        self._pool.close()

    def is_alive(self) -> bool:
        """Whether photos can be read."""
        return self._clerk.is_alive and not self._closed and not self._pool.is_broken

    def run(
        self, work: Callable[..., Result], *args: Any, urgent: bool = False, timeout_s: float = RUN_TIMEOUT_S
    ) -> concurrent.futures.Future[Result]:
        """Call a module-level function in a worker process. urgent: before photos that wait to be read.

        The future raises what `work` raised, or a DigitiseError when its process died or took too long. Work that was given a path of
        an event ends with the event.
        """
        given: concurrent.futures.Future[Result] = concurrent.futures.Future()
        given.set_running_or_notify_cancel()
        task = self._pool.submit(api.Call(work, args), priority=INTERACTIVE if urgent else ASSEMBLE, timeout_s=timeout_s)
        with self._lock:
            self._work[task] = args
        task.add_done_callback(self._work_done)
        task.add_done_callback(lambda done: _pass_on(done, given))
        return given

    def look_again(self, place: EventPlace) -> None:
        """Photos were added or removed, or the settings changed: check, read and arrange what is new."""
        self._forgotten.discard(place.id)
        self._clerk.look_again(place)

    def progress(self, place: EventPlace) -> Progress:
        """How far the event is now."""
        self._clerk.use(place.id)
        told = self._told.get(place.id)
        if told is not None:
            return told
        if not self.is_alive():
            return self.overview(place)
        try:
            return self._clerk.load(place).result(LOAD_S)
        except TimeoutError:
            return self.overview(place)

    def look_now(self, place: EventPlace) -> Progress:
        """How far the event is, after all that was asked for before: of photos just removed nothing is told any more."""
        with contextlib.suppress(TimeoutError):
            if self.is_alive():
                return self._clerk.load(place).result(LOAD_S)
        return self.progress(place)

    def count_watchers(self) -> int:
        """How many `watch` at present."""
        with self._lock:
            return sum(len(group) for group in self._watchers.values())

    def overview(self, place: EventPlace) -> Progress:
        """How far the event is, without its photos: for lists of many events, most of which nobody is using."""
        told = self._told.get(place.id)
        if told is not None:
            return told.model_copy(update={"photos": ()})
        memory = load_memory(place)
        return Progress.model_validate({"revision": 0, "state": memory.state, "read": memory.read, "total": memory.total})

    def verdict_of(self, place: EventPlace, file: str) -> PhotoProgress:
        """What is known of one file (name below the photos folder). One that nobody looked at yet is 'checking'."""
        found = next((photo for photo in self.progress(place).photos if photo.file == file), None)
        return found or PhotoProgress(file=file, state="checking")

    async def watch(self, place: EventPlace, *, after: int = -1) -> AsyncGenerator[Progress, None]:
        """Each new state of the event with a revision above `after`, the present one first. Ends with the desk or the event."""
        watcher = _Watcher(asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._watchers.setdefault(place.id, set()).add(watcher)
        try:
            progress = await asyncio.to_thread(self.progress, place)
            if progress.state == "empty" and self._pool.is_cold and not self._settings.read_only:
                # somebody is about to add photos
                self.run(api.warm_up)
            while not self._closed and place.id not in self._forgotten:
                if progress.revision > after:
                    after = progress.revision
                    yield progress
                await watcher.news.wait()
                watcher.news.clear()
                told = self._told.get(place.id)
                progress = told if told is not None else await asyncio.to_thread(self.progress, place)
        finally:
            with self._lock:
                group = self._watchers.get(place.id, set())
                group.discard(watcher)
                if not group:
                    self._watchers.pop(place.id, None)

    def stop(self, place: EventPlace) -> None:
        """Stop reading this event; what is read is kept."""
        change_state(place, lambda state: state.model_copy(update={"stopped": True}))
        self._clerk.look_again(place)

    def go_on(self, place: EventPlace) -> None:
        """Go on after `stop`, and try again what could not be read."""
        change_state(place, lambda state: state.model_copy(update={"stopped": False}))
        self._clerk.go_on(place)

    def report(self, place: EventPlace) -> concurrent.futures.Future[None]:
        """Write the event's files anew where they are older than its photos, settings or corrections.

        Done when the files are there; photos that wait are read first, unless reading is stopped. Raises DigitiseError where nothing can
        be written.
        """
        return self._clerk.report(place)

    def is_written(self, place: EventPlace) -> bool:
        """Whether the event's files say what its photos, settings and corrections do now. False where nobody can tell."""
        with contextlib.suppress(TimeoutError):
            return self.is_alive() and self._clerk.is_written(place).result(LOAD_S)
        return False

    def forget(self, place: EventPlace) -> None:
        """The event is to be deleted: stop everything that touches its folder before this returns."""
        self._forgotten.add(place.id)
        with self._lock:
            tasks = [task for task, args in self._work.items() if any(_is_within(arg, place) for arg in args)]
        for task in tasks:
            self._pool.cancel(task)
        if self._clerk.is_alive:
            with contextlib.suppress(TimeoutError):
                tasks += self._clerk.forget(place).result(END_S)
        concurrent.futures.wait(tasks, END_S)

    def _work_done(self, task: concurrent.futures.Future[Any]) -> None:
        with self._lock:
            self._work.pop(task, None)

    def _publish(self, event_id: str, progress: Progress) -> None:
        """From the clerk. A revision below 0: the event is not kept in memory any more."""
        with self._lock:
            if progress.revision < 0:
                self._told.pop(event_id, None)
            else:
                self._told[event_id] = progress
            watchers = list(self._watchers.get(event_id, ()))
        _ring(watchers)


def _is_within(arg: object, place: EventPlace) -> bool:
    return arg == place or (isinstance(arg, Path) and arg.is_relative_to(place.root))


def _ring(watchers: list[_Watcher]) -> None:
    for watcher in watchers:
        with contextlib.suppress(RuntimeError):  # its loop has ended
            watcher.loop.call_soon_threadsafe(watcher.news.set)


def _pass_on(done: concurrent.futures.Future[Result], given: concurrent.futures.Future[Result]) -> None:
    if done.cancelled():
        given.set_exception(concurrent.futures.CancelledError())
        return
    error = done.exception()
    if isinstance(error, api.DiedError):
        error = DigitiseError(
            "work", f"the process that did it ended ({error.died.how})", "Try again; if it happens again, please report it."
        )
    if error is not None:
        given.set_exception(error)
    else:
        given.set_result(done.result())
