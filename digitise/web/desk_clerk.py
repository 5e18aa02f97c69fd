"""The clerk: one thread that knows how far every event is and hands out what is to be done next. Others leave messages.

What is done follows from what lies on disk: files that nobody looked at are looked at, pictures that are not in the store are read, and
when nothing waits and nobody is uploading, the event is arranged and written. So a restart goes on from where the last server was killed.
"""

from __future__ import annotations

import concurrent.futures
import functools
import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from digitise import api
from digitise.errors import ConfigError, DigitiseError
from digitise.web.desk_memory import load_memory
from digitise.web.desk_model import Progress
from digitise.web.desk_opening import refresh_room, save_room
from digitise.web.desk_results import take_result
from digitise.web.desk_room import Room, Task, tell_room
from digitise.web.desk_steps import next_steps, stamp_disk, stamp_written
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace, list_places
from digitise.web.state import read_state

logger = logging.getLogger(__name__)

TICK_S = 0.5
KEPT_S = 1800.0
"""An event that nobody asked about for so long leaves the memory; it is read from disk when somebody does."""
SAVE_EVERY_S = 1.0
TELL_EVERY_S = 0.25
"""A round of messages is told at once; the next one not sooner. To tell an event of 2,000 files takes 20 ms."""

Submit = Callable[..., concurrent.futures.Future[Any]]
Publish = Callable[[str, Progress], None]


class Clerk:
    """Knows all events that are in use. Every method may be called from any thread; the work is done in the clerk's own."""

    def __init__(
        self,
        settings: ServerSettings,
        *,
        pool: api.Workers[api.Call, Any],
        share: api.Share,
        publish: Publish,
        is_watched: Callable[[str], bool],
    ) -> None:
        self._settings, self._pool, self._share, self._publish, self._is_watched = settings, pool, share, publish, is_watched
        self._run = secrets.token_hex(8)
        self._messages: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._rooms: dict[str, Room] = {}
        self._gone: set[str] = set()
        """Events that are being deleted: nothing of them is touched any more."""
        self._closing = False
        self._saved_at = 0.0
        # never smaller than that of an earlier server, so that a page that was open then sees what is new
        self._revision = int(time.time() * 1000) * 100
        self._thread = threading.Thread(target=self._work, name="clerk", daemon=True)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()
        if not self._settings.read_only:
            for place in list_places(self._settings.data):
                self._post(functools.partial(self._begin, place))

    def close(self) -> None:
        """End the thread. What is known is saved."""
        if self._thread.is_alive():
            self._post(self._end)
            self._thread.join()

    def look_again(self, place: EventPlace) -> None:
        self._post(functools.partial(self._look_again, place))

    def go_on(self, place: EventPlace) -> None:
        self._post(functools.partial(self._go_on, place))

    def load(self, place: EventPlace) -> concurrent.futures.Future[Progress]:
        """The event's progress, once it is known."""
        future: concurrent.futures.Future[Progress] = concurrent.futures.Future()
        self._post(functools.partial(self._load, place, future))
        return future

    def report(self, place: EventPlace) -> concurrent.futures.Future[None]:
        future: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._post(functools.partial(self._report, place, future))
        return future

    def is_written(self, place: EventPlace) -> concurrent.futures.Future[bool]:
        """Whether the files are as they would be written now. Nothing is looked into or begun for it."""
        future: concurrent.futures.Future[bool] = concurrent.futures.Future()
        self._post(functools.partial(self._tell_written, place, future))
        return future

    def forget(self, place: EventPlace) -> concurrent.futures.Future[list[concurrent.futures.Future[Any]]]:
        """Let go of an event. Gives the tasks that are still to end."""
        future: concurrent.futures.Future[list[concurrent.futures.Future[Any]]] = concurrent.futures.Future()
        self._post(functools.partial(self._forget, place, future))
        return future

    def use(self, event_id: str) -> None:
        """Somebody asked about an event."""
        room = self._rooms.get(event_id)
        if room is not None:
            room.used_at = time.monotonic()

    def _post(self, message: Callable[[], None]) -> None:
        self._messages.put(message)

    # all below runs in the clerk's thread

    def _work(self) -> None:
        while not self._closing:
            self._take_messages()
            for room in list(self._rooms.values()):
                try:
                    self._advance(room)
                except Exception:
                    logger.exception("the clerk failed on an event")
                    room.trouble = "The program failed. Try again; if it happens again, please report it."
            self._save(all_of_it=self._closing)

    def _take_messages(self) -> None:
        """Wait for a message, then take all that are there; with work under way, look at the clock now and then."""
        busy = any(room.needs_clock for room in self._rooms.values())
        try:
            message = self._messages.get(timeout=TICK_S if busy else KEPT_S / 10)
        except queue.Empty:
            self._drop_unused()
            return
        until = time.monotonic() + TELL_EVERY_S
        while True:
            try:
                message()
            except Exception:
                logger.exception("the clerk failed on a message")
            try:
                message = self._messages.get(timeout=0 if time.monotonic() >= until else 0.01)
            except queue.Empty:
                return

    def _begin(self, place: EventPlace) -> None:
        """An event that an earlier server left: taken up if there is something to do."""
        memory = load_memory(place)
        if place.id not in self._gone and (not memory.settled or memory.settled != stamp_disk(place)):
            self._open(place)

    def _open(self, place: EventPlace) -> Room:
        room = self._rooms.get(place.id)
        if room is None:
            room = Room(place, load_memory(place), used_at=time.monotonic(), read_only=self._settings.read_only)
            self._rooms[place.id] = room
            self._refresh(room)
        return room

    def _refresh(self, room: Room) -> None:
        """See what lies on disk now."""
        room.stopped = read_state(room.place).stopped
        try:
            for future in refresh_room(room):
                self._pool.cancel(future)
        except ConfigError as e:
            room.trouble = f"{e.reason[:1].upper()}{e.reason[1:]}. {e.remedy}"
        room.changed_at = time.monotonic()

    def _look_again(self, place: EventPlace) -> None:
        self._gone.discard(place.id)
        if not place.folder.is_dir():
            return
        if place.id in self._rooms:
            self._rooms[place.id].trouble = ""
            self._refresh(self._rooms[place.id])
        else:
            self._open(place)

    def _go_on(self, place: EventPlace) -> None:
        if place.id in self._gone or not place.folder.is_dir():
            return
        room = self._open(place)
        room.forgive()
        self._refresh(room)

    def _load(self, place: EventPlace, future: concurrent.futures.Future[Progress]) -> None:
        if place.id in self._gone or not place.folder.is_dir():
            future.set_result(Progress(revision=0, state="empty"))
            return
        try:
            room = self._open(place)
            future.set_result(self._tell(room))
        except Exception as e:
            future.set_exception(e)

    def _report(self, place: EventPlace, future: concurrent.futures.Future[None]) -> None:
        if place.id in self._gone or not place.folder.is_dir():
            future.cancel()
            return
        room = self._open(place)
        room.trouble = ""
        self._refresh(room)
        there = (place.report / "notes.json").is_file()
        if there and (self._settings.read_only or (room.memory.settled and room.memory.written == stamp_written(room))):
            future.set_result(None)
            return
        if self._settings.read_only:
            future.set_exception(DigitiseError(place.id, "nothing can be written on this server", "It only shows its events."))
            return
        if room.memory.program != api.stamp_program():
            # what was read by an earlier version of the program is read anew before anything is written from it
            room.surveyed = False
        room.unsettle()
        room.reports.append(future)

    def _tell_written(self, place: EventPlace, future: concurrent.futures.Future[bool]) -> None:
        if place.id in self._gone or not (place.report / "notes.json").is_file():
            future.set_result(False)
            return
        try:
            room = self._open(place)
            future.set_result(room.disk == stamp_disk(place) and room.memory.written == stamp_written(room))
        except Exception as e:
            future.set_exception(e)

    def _forget(self, place: EventPlace, future: concurrent.futures.Future[list[concurrent.futures.Future[Any]]]) -> None:
        self._gone.add(place.id)
        room = self._rooms.pop(place.id, None)
        tasks = [task.future for task in room.tasks] if room is not None else []
        for task in tasks:
            self._pool.cancel(task)
        for report in room.reports if room is not None else []:
            report.cancel()
        self._revision += 1
        self._publish(place.id, Progress(revision=self._revision, state="empty"))
        future.set_result(tasks)

    def _advance(self, room: Room) -> None:
        """Hand out what can be begun, and tell how far the event is."""
        if not self._settings.read_only:
            for step in list(next_steps(room, share=self._share, run=self._run, now=time.monotonic())):
                future = self._pool.submit(
                    step.call, priority=step.priority, group=room.place.id, timeout_s=step.timeout_s, cost_mib=step.cost_mib
                )
                task = Task(step.kind, future, step.file, step.picture, step.stamps)
                room.tasks.add(task)
                if step.file is not None:
                    step.file.told = None
                future.add_done_callback(functools.partial(self._hear, room, task))
        self._settle(room)
        self._tell(room)

    def _hear(self, room: Room, task: Task, _: concurrent.futures.Future[Any]) -> None:
        """A task has ended; said in the pool's thread."""
        self._post(functools.partial(self._finish, room, task))

    def _finish(self, room: Room, task: Task) -> None:
        room.tasks.discard(task)
        if not self._closing and self._rooms.get(room.place.id) is room:
            take_result(room, task, now=time.monotonic())

    def _settle(self, room: Room) -> None:
        """See whether anything is left to do; whoever waits for a report that nobody can write hears of it."""
        finished = room.is_finished and not room.tasks
        is_read = not room.files or (room.surveyed and (room.is_read or (room.stopped and room.is_checked)))
        if room.reports and not room.tasks and (room.trouble or (is_read and not room.has_notes)):
            reason = room.trouble or "there is no photo that can be used"
            for report in room.reports:
                report.set_exception(DigitiseError(room.place.id, reason.rstrip("."), "Look at the event's photos."))
            room.reports = []
        if finished and not room.reports and room.memory.settled != room.disk:
            room.change(settled=room.disk)

    def _tell(self, room: Room) -> Progress:
        """Publish how far the event is, where that is news."""
        for task in room.tasks:
            if task.kind == "read" and task.file is not None:
                task.file.told = None  # it may have begun
        before = room.published
        now = tell_room(room, now=time.monotonic(), revision=before.revision if before is not None else 0)
        if before is not None and now.model_copy(update={"seconds_left": before.seconds_left}) == before:
            return before
        self._revision += 1
        room.published = now.model_copy(update={"revision": self._revision})
        self._publish(room.place.id, room.published)
        if (now.state, now.read, now.total) != (room.memory.state, room.memory.read, room.memory.total):
            room.change(state=now.state, read=now.read, total=now.total)
        return room.published

    def _save(self, *, all_of_it: bool) -> None:
        if self._settings.read_only or (time.monotonic() - self._saved_at < SAVE_EVERY_S and not all_of_it):
            return
        for room in self._rooms.values():
            if room.unsaved:
                try:
                    save_room(room)
                except Exception:
                    # it is found out anew by the next server; the clerk, whom all events need, goes on
                    logger.exception("the clerk could not save an event")
                    room.unsaved = False
                self._saved_at = time.monotonic()

    def _drop_unused(self) -> None:
        now = time.monotonic()
        for event_id, room in list(self._rooms.items()):
            idle = not room.tasks and not room.reports and (room.memory.settled or not room.files or room.stopped)
            if idle and now - room.used_at > KEPT_S and not room.unsaved and not self._is_watched(event_id):
                del self._rooms[event_id]
                self._publish(event_id, Progress(revision=-1, state="empty"))

    def _end(self) -> None:
        self._closing = True
