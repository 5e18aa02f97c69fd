"""Work that the report page waits for: writing the files anew, looking at documents, taking over edits. At most one of a kind at a time."""

from __future__ import annotations

import concurrent.futures
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Literal, NamedTuple

from digitise.errors import DigitiseError, OutputError
from digitise.web.shelf import EventPlace
from digitise.web.site import Site
from digitise.web.takeaway_documents import (
    Finding,
    StoredDocument,
    drop_content,
    drop_finding,
    explain_error,
    load_finding,
    make_finding,
    path_of,
    save_finding,
)
from digitise.web.takeaway_template import template_fields
from digitise.web.takeaway_work import import_document, look_at_template, plan_import

logger = logging.getLogger(__name__)

TEMPLATE_TIMEOUT_S = 60.0
"""A template is looked at in half a second."""
DOCUMENT_TIMEOUT_S = 240.0
"""A report of 60 photos is compared in some seconds; one of 5,000 notes in a minute."""
BUSY_S = 2.0
"""Pause before edits are tried again while the report is being written ..."""
BUSY_TRIES = 90
"""... so often."""
MOST_JOBS = 8
"""Documents that are looked at at one time, of all events."""
PATIENCE_S = 4.0
"""A form waits so long for its answer; then a page says that it goes on."""

WritingState = Literal["idle", "running", "failed"]


class Writing(NamedTuple):
    """Whether the files are being written."""

    state: WritingState
    why: str = ""
    """Of 'failed': the program's own sentences (English)."""


class Jobs:
    """What goes on for the report pages of one server. Nothing in it needs to outlive the server: all is found again from the disk."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._writing: dict[str, concurrent.futures.Future[None]] = {}
        self._steps: dict[tuple[str, str, str], threading.Event] = {}

    def write(self, place: EventPlace) -> None:
        """Have the files written anew, unless that goes on already."""
        with self._lock:
            now = self._writing.get(place.id)
            if now is None or now.done():
                self._writing[place.id] = self._site.desk.report(place)

    def writing(self, place: EventPlace) -> Writing:
        """Whether that goes on, or went wrong the last time."""
        with self._lock:
            future = self._writing.get(place.id)
        if future is None:
            return Writing("idle")
        if not future.done():
            return Writing("running")
        with contextlib.suppress(concurrent.futures.CancelledError):
            error = future.exception()
            if isinstance(error, DigitiseError):
                return Writing("failed", f"{error.reason[:1].upper()}{error.reason[1:]}. {error.remedy}")
            if error is not None:
                return Writing("failed")
        return Writing("idle")

    def wait(self, place: EventPlace, seconds: float = PATIENCE_S) -> None:
        """Wait a little for the files, which are often written in a second."""
        with self._lock:
            future = self._writing.get(place.id)
        if future is not None:
            concurrent.futures.wait([future], seconds)

    def look(self, place: EventPlace, stored: StoredDocument, *, patience_s: float = 0.0) -> Finding | None:
        """What is in a document; None while that is not known yet. Asking begins it, also after a server was ended meanwhile."""
        return self._step(place, stored, "look", lambda: self._look(place, stored), patience_s)

    def bring(self, place: EventPlace, stored: StoredDocument, *, apart: bool, patience_s: float = 0.0) -> Finding | None:
        """Take over the edits of a document that was looked at. apart: beside those of an earlier document of its name."""
        earlier = load_finding(place, stored.token, "bring")
        if earlier is not None and earlier.error:
            drop_finding(place, stored.token, "bring")
        return self._step(place, stored, "bring", lambda: self._bring(place, stored, apart=apart), patience_s)

    def is_bringing(self, place: EventPlace, stored: StoredDocument) -> bool:
        """Whether its edits are being taken over."""
        with self._lock:
            return (place.id, stored.token, "bring") in self._steps

    def _step(
        self, place: EventPlace, stored: StoredDocument, step: Literal["look", "bring"], work: Callable[[], Finding], patience_s: float
    ) -> Finding | None:
        key = (place.id, stored.token, step)
        found = load_finding(place, stored.token, step)
        if found is not None:
            return found
        with self._lock:
            ended = self._steps.get(key)
            if ended is None:
                if len(self._steps) >= MOST_JOBS:
                    return None  # whoever asks again begins it
                ended = self._steps[key] = threading.Event()
                threading.Thread(target=self._perform, args=(place, key, work, ended), daemon=True).start()
        ended.wait(patience_s)
        return load_finding(place, stored.token, step)

    def _perform(self, place: EventPlace, key: tuple[str, str, str], work: Callable[[], Finding], ended: threading.Event) -> None:
        _, token, step = key
        try:
            try:
                finding = work()
            except concurrent.futures.CancelledError:
                return  # the server ends
            except Exception as e:
                if not isinstance(e, DigitiseError):
                    logger.exception("work on a document failed")
                finding = explain_error(e)
            with contextlib.suppress(OSError, OutputError):
                save_finding(place, token, "look" if step == "look" else "bring", finding)
        finally:
            with self._lock:
                self._steps.pop(key, None)
            ended.set()

    def _look(self, place: EventPlace, stored: StoredDocument) -> Finding:
        path, desk = path_of(place, stored), self._site.desk
        if stored.purpose == "template":
            looked = desk.run(look_at_template, path, template_fields(place), urgent=True, timeout_s=TEMPLATE_TIMEOUT_S)
            return make_finding(looked.result())
        return Finding(outcome=desk.run(plan_import, place.folder, path, urgent=True, timeout_s=DOCUMENT_TIMEOUT_S).result())

    def _bring(self, place: EventPlace, stored: StoredDocument, *, apart: bool) -> Finding:
        path, site = path_of(place, stored, apart=apart), self._site

        def bring() -> Finding:
            outcome = site.desk.run(import_document, place.folder, path, urgent=True, timeout_s=DOCUMENT_TIMEOUT_S).result()
            return Finding(outcome=outcome)

        for _ in range(BUSY_TRIES):
            try:
                finding = site.reviews.change_outside(place, client_of(stored), bring)
            except DigitiseError as e:
                if "another run" not in e.reason:
                    raise
            else:
                drop_content(place, stored.token)
                self.write(place)
                return finding
            if not site.desk.is_alive():
                raise concurrent.futures.CancelledError
            time.sleep(BUSY_S)
        return Finding(error="busy")


def client_of(stored: StoredDocument) -> str:
    """Whose step of undo the taking over is."""
    return f"import-{stored.token}"
