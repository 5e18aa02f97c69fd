"""The review of events for one server: views, edits, undo. All of it may block: call it from plain `def` routes."""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import TypeVar

from digitise.errors import DigitiseError, ExitCode, UsageError
from digitise.piecework import share_machine
from digitise.reviewing import (
    ChangedSinceError,
    Desktop,
    Done,
    PictureJob,
    Review,
    find_done,
    list_undoable,
    make_pictures,
    open_desktop,
    open_review,
    redo_change,
    save_changes,
    undo_change,
    warm_reader,
)
from digitise.web.desk import Desk
from digitise.web.review_boxes import read_drawn_box
from digitise.web.review_changes import compare_events, view_clash
from digitise.web.review_model import BoxAsked, BoxRead, Conflict, EditsAsked, Refused, ReviewView, Saved, StepAsked
from digitise.web.review_pictures import PictureFile, find_picture
from digitise.web.review_telling import name_texts, tell_steps, tell_together
from digitise.web.review_view import Shown, for_client, view_review
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace
from digitise.web.state import hold_event

Outcome = TypeVar("Outcome")
MOST_OPEN = 24
"""Events kept in memory; one of 60 photos takes about 10 MB. The others are read from disk again when somebody comes."""
MOST_BOXES = 10
"""Drawn boxes that are read at one time. Each keeps one of the forty threads that answer people while a worker reads it."""
BOX_PATIENCE_S = 5.0
JOURNAL = "journal.jsonl"
WARM_S = 240.0
"""So long a worker stays ready, which goes when it has had nothing to do for five minutes (desk_tasks.IDLE_S)."""


class ReviewConflict(DigitiseError):  # noqa: N818 - it is what the page shows, not a fault
    """Somebody else changed the same: 409. Nothing was saved."""

    exit_code = ExitCode.USAGE

    def __init__(self, subject: str, reason: str, remedy: str, conflicts: tuple[Conflict, ...] = (), revision: int = 0) -> None:
        super().__init__(subject, reason, remedy)
        self.conflicts = conflicts
        self.revision = revision

    def refused(self) -> Refused:
        return Refused(
            error=self.reason[:1].upper() + self.reason[1:] + ".", remedy=self.remedy, conflicts=self.conflicts, revision=self.revision
        )


class OpenedEvent:
    """One event in memory."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.review: Review | None = None
        self.shown: Shown | None = None
        self.warmed = -WARM_S
        self.pictures: dict[str, concurrent.futures.Future[None]] = {}
        """Photo id -> its pictures, while they are made."""


class Reviews:
    """`site.reviews`: the opened events of one server, kept in memory as long as nothing changes on disk."""

    def __init__(self, desk: Desk, settings: ServerSettings) -> None:
        self._desk = desk
        self._keep = not settings.read_only
        self._threads = share_machine(settings.workers).threads
        self._opened: OrderedDict[str, OpenedEvent] = OrderedDict()
        self._lock = threading.Lock()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._boxes = threading.BoundedSemaphore(MOST_BOXES)

    def view(self, place: EventPlace, client: str, language: str = "en") -> ReviewView:
        """The event as it is now, for one person: can_undo, `others` and the language are theirs. ready=False: nothing is read yet.

        Raises ConfigError for damaged settings or corrections.
        """
        desktop = self._desktop(place)
        with self._holding(place) as opened:
            review = self._refresh(desktop, opened)
            if opened.shown is None or opened.shown.review is not review:
                opened.shown = Shown(review, view_review(place.id, review, desktop.output, opened.shown))
            view = opened.shown.view
            self._warm_reader(place, opened)
        return for_client(view, review, client, language)

    def edit(self, place: EventPlace, asked: EditsAsked, language: str = "en") -> Saved:
        """Save changes. Raises ReviewConflict (409) and UsageError (422); then nothing is saved."""
        desktop = self._desktop(place)

        def save(known: Review | None) -> Done:
            return save_changes(desktop, asked.edits, seen=asked.seen, client=asked.client, job=asked.job, author=asked.author, known=known)

        return self._change(place, asked.client, language, save)

    def find_done(self, place: EventPlace, client: str, job: str, language: str = "en") -> Saved | None:
        """What came of a request that was done before; None for a new one."""
        done = find_done(self.latest(place), client, job)
        return _view_saved(done, client, language) if done is not None else None

    def undo(self, place: EventPlace, asked: StepAsked, language: str = "en") -> Saved:
        """Take the client's last step back. Raises ReviewConflict where somebody changed the same since, UsageError where there is none."""
        desktop = self._desktop(place)

        def undo(known: Review | None) -> Done:
            return undo_change(desktop, client=asked.client, job=asked.job, author=asked.author, known=known)

        return self._change(place, asked.client, language, undo)

    def redo(self, place: EventPlace, asked: StepAsked, language: str = "en") -> Saved:
        """Do again what the client undid last. Raises as undo does."""
        desktop = self._desktop(place)

        def redo(known: Review | None) -> Done:
            return redo_change(desktop, client=asked.client, job=asked.job, author=asked.author, known=known)

        return self._change(place, asked.client, language, redo)

    def change_outside(self, place: EventPlace, client: str, change: Callable[[], Outcome]) -> Outcome:
        """Have `change` write the corrections by another way, an import, as a step of the client's that can be undone. Others wait."""
        desktop = self._desktop(place)
        with self._holding(place) as opened:
            before = self._refresh(desktop, opened)
            try:
                return change()
            finally:
                opened.review = open_review(desktop, before, client=client)
                self._tell_listeners(place)

    def revision(self, place: EventPlace) -> int:
        """The present revision; what changed outside since is entered first."""
        return self.latest(place).revision

    def latest(self, place: EventPlace) -> Review:
        """The review as it is now."""
        desktop = self._desktop(place)
        with self._holding(place) as opened:
            return self._refresh(desktop, opened)

    def listen(self, place: EventPlace, hear: Callable[[], None]) -> Callable[[], None]:
        """Have `hear` called, in any thread, whenever somebody changed something here. Gives what ends it."""
        with self._lock:
            self._listeners.setdefault(place.id, []).append(hear)

        def stop() -> None:
            with self._lock:
                left = [h for h in self._listeners.get(place.id, []) if h is not hear]
                if left:
                    self._listeners[place.id] = left
                else:
                    self._listeners.pop(place.id, None)

        return stop

    def count_listeners(self) -> int:
        """How many `listen` at present."""
        with self._lock:
            return sum(len(group) for group in self._listeners.values())

    def forget(self, place: EventPlace) -> None:
        """The event is deleted: nothing of it stays in memory."""
        with self._lock:
            self._opened.pop(place.id, None)

    def read_box(self, place: EventPlace, asked: BoxAsked) -> BoxRead:
        """Read a drawn box at once. Raises UsageError for a box that is none, PhotoError, what the desk raises, and TimeoutError where too
        many are being read."""
        if not self._boxes.acquire(timeout=BOX_PATIENCE_S):
            raise TimeoutError
        try:
            return read_drawn_box(self._desk, place, self.latest(place), asked, threads=self._threads)
        finally:
            self._boxes.release()

    def find_picture(self, place: EventPlace, name: str) -> PictureFile | None:
        """A picture by its name; None for any name that is not one of this event."""
        return find_picture(place, self._desktop(place).output, self.latest(place), name)

    def make_picture(self, place: EventPlace, job: PictureJob) -> concurrent.futures.Future[None]:
        """Have the pictures of a photo made; whoever asks meanwhile waits for the same."""
        photo_id = job.result.photo.id
        with self._holding(place) as opened:
            running = opened.pictures.get(photo_id)
            if running is None or running.done():
                running = opened.pictures[photo_id] = self._desk.run(make_pictures, job, urgent=True)
            return running

    def _warm_reader(self, place: EventPlace, opened: OpenedEvent) -> None:
        """Somebody looks: a worker gets ready for the first box that they draw."""
        now = time.monotonic()
        if self._keep and now - opened.warmed > WARM_S and opened.review is not None and opened.review.event and self._desk.is_alive():
            opened.warmed = now
            self._desk.run(warm_reader, place.folder, self._threads)

    def _desktop(self, place: EventPlace) -> Desktop:
        return open_desktop(place.folder, place.root / JOURNAL, keep=self._keep)

    @contextlib.contextmanager
    def _holding(self, place: EventPlace) -> Iterator[OpenedEvent]:
        with self._lock:
            opened = self._opened.setdefault(place.id, OpenedEvent())
            self._opened.move_to_end(place.id)
            while len(self._opened) > MOST_OPEN:
                self._opened.popitem(last=False)
        with opened.lock:
            yield opened

    def _refresh(self, desktop: Desktop, opened: OpenedEvent) -> Review:
        opened.review = open_review(desktop, opened.review)
        return opened.review

    def _change(self, place: EventPlace, client: str, language: str, change: Callable[[Review | None], Done]) -> Saved:
        with self._holding(place) as opened:
            try:
                # held against its deletion: what is saved must not bring its folder back
                with hold_event(place):
                    done = change(opened.review)
            except ChangedSinceError as e:
                raise _as_conflict(e, language) from e
            except FileNotFoundError as e:
                raise UsageError(place.id, "this event is not there any more", "Go back to the list of events.") from e
            opened.review = done.review
        if done.entry is not None:
            self._tell_listeners(place)
        return _view_saved(done, client, language)

    def _tell_listeners(self, place: EventPlace) -> None:
        with self._lock:
            listeners = list(self._listeners.get(place.id, ()))
        for hear in listeners:
            hear()


def _as_conflict(e: ChangedSinceError, language: str) -> ReviewConflict:
    review = e.review
    conflicts = tuple(view_clash(clash, review, language) for clash in e.clashes) if review is not None else ()
    return ReviewConflict(e.subject, e.reason, e.remedy, conflicts, review.revision if review is not None else 0)


def _view_saved(done: Done, client: str, language: str) -> Saved:
    review = done.review
    texts = name_texts(review)
    undo, redo = list_undoable(review.journal.entries, client)
    changed = compare_events(done.before, review.event) if review.event is not None else ((), (), ())
    return Saved(
        revision=review.revision,
        changed=done.entry is not None,
        told=tuple(tell_steps(done.entry.steps, review, texts, language)) if done.entry is not None else (),
        note_ids=changed[0],
        added=changed[1],
        section_ids=changed[2],
        can_undo=bool(undo),
        can_redo=bool(redo),
        undo=tell_together(undo[-1].steps, review, texts, language) if undo else "",
        redo=tell_together(redo[-1].steps, review, texts, language) if redo else "",
    )
