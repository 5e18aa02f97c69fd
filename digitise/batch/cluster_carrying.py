"""Takes one photo to a worker of a cluster and brings the answer back: first by its place, then with its bytes."""

from __future__ import annotations

import concurrent.futures
import contextlib
import math
import threading
import time
from typing import Any

from digitise.batch.cluster_dealing import BLIND_AFTER, Errand, Helper
from digitise.batch.cluster_parcel import Answer, DamagedError, Parcel, reading_settings
from digitise.batch.cluster_worker import read_parcel
from digitise.batch.tasks import Read, refuse_dead
from digitise.errors import PhotoError
from digitise.intake import read_encoded
from digitise.intake.refusing import to_problem
from digitise.model import Problem
from digitise.workers import DiedError

MOST_BYTES = 256 << 20
"""Photos' bytes on their way to workers that do not see the files; the scheduler holds as much."""
SPARE_S = 300.0
"""What sending may take, and starting a process, beyond the time that reading may, and reading what the worker had before."""


class AgainError(Exception):
    """A photo was not read, and is to be given to a worker once more."""

    def __init__(self, outcome: Read | DiedError | None = None) -> None:
        """outcome: what becomes of the photo when it was tried often enough; None where this was no try, as it is not the photo's fault."""
        super().__init__()
        self.outcome = outcome


class Carrier:
    """The way to the workers, of which only so much may be under way."""

    def __init__(self, client: Any, changed: threading.Condition, *, threads: int) -> None:
        """client: of Dask. changed: guards errands and helpers. threads: of each reading process."""
        self._client, self._changed, self._threads = client, changed, threads
        self._bytes = 0  # guarded by `changed`
        self._door = threading.Lock()  # only one photo's bytes are read at a time, and wait here for room

    def ask(self, errand: Errand, helper: Helper) -> tuple[Answer, dict[str, bytes]]:
        """What a worker answers to a photo. Raises AgainError, DamagedError and CancelledError."""
        source = errand.piece.job.source
        several = source.pages > 1 and source.sha256 in helper.has
        if several or helper.misses < BLIND_AFTER:
            answer, beside = self._send(errand, helper, None)
            if answer.kind != "missing":
                helper.misses = 0
                return answer, beside
            helper.misses += not several
            errand.sent_at = math.inf  # the worker has nothing of it
        try:
            with self._door:
                blob = read_encoded(source, limits=errand.piece.job.config.limits)
                with self._changed:
                    self._changed.wait_for(lambda: not self._bytes or self._bytes + len(blob) <= MOST_BYTES or errand.cancelled)
                    self._bytes += len(blob)
        except PhotoError as e:
            return Answer(kind="failed", problem=to_problem(e)), {}
        try:
            helper.has |= {source.sha256} if source.pages > 1 else set()
            answer, beside = self._send(errand, helper, blob)
            if answer.kind == "missing":
                raise DamagedError("it asks for what it was sent")
            return answer, beside
        finally:
            with self._changed:
                self._bytes -= len(blob)
                self._changed.notify_all()

    def _send(self, errand: Errand, helper: Helper, blob: bytes | None) -> tuple[Answer, dict[str, bytes]]:
        job = errand.piece.job
        parcel = Parcel(
            token=helper.token,
            source=job.source,
            reference=None if job.source.members else errand.piece.reference,
            config=reading_settings(job.config),
            fingerprint=errand.piece.fingerprint,
            threads=self._threads,
            timeout_s=errand.timeout_s,
        )
        with self._changed:
            if errand.cancelled or self._client.status != "running":
                raise concurrent.futures.CancelledError
            if errand.lost or not helper.token:
                raise lost(errand, helper)
            errand.sent = self._client.submit(
                read_parcel, parcel.model_dump_json(), blob, workers=[helper.address], allow_other_workers=False, pure=False, retries=0
            )
            errand.sent_at = time.monotonic()
        try:
            packed = errand.sent.result(errand.timeout_s * (helper.threads + 1) + SPARE_S)
        except concurrent.futures.CancelledError as e:
            if errand.lost:
                raise lost(errand, helper) from e
            raise
        except Exception as e:
            recall(errand)
            # a worker that Dask calls a killer has died; one that says nothing for so long is as good as dead
            errand.blamed |= type(e).__name__ == "KilledWorker" or isinstance(e, TimeoutError)
            if errand.lost or errand.blamed:
                raise lost(errand, helper) from e
            raise shun(errand, helper, f"the program failed on it on {helper.address} ({type(e).__name__}: {e})") from e
        return _unpack(packed)


def lost(errand: Errand, helper: Helper) -> AgainError:
    """The worker went away. Nobody knows why: so it is not remembered against the photo, and the next run tries it."""
    problem = refuse_dead(errand.piece.job.source.file, f"the worker {helper.address} was lost")
    return AgainError(Read(problem, 0.0) if errand.blamed else None)


def shun(errand: Errand, helper: Helper, why: str, remedy: str = "Please report this.") -> AgainError:
    """It went wrong on a worker, by the photo's fault or the worker's: another one is to try."""
    errand.shunned[helper] = why
    return AgainError(Read(Problem(file=errand.piece.job.source.file, reason=why, remedy=remedy), 0.0))


def recall(errand: Errand) -> None:
    """Tell Dask that nobody wants it any more."""
    if errand.sent is not None:
        with contextlib.suppress(Exception):
            errand.sent.cancel(force=True, asynchronous=False)


def _unpack(packed: Any) -> tuple[Answer, dict[str, bytes]]:
    """What a worker sent. Raises DamagedError."""
    try:
        text, beside = packed
        if not all(isinstance(name, str) and isinstance(data, bytes) for name, data in beside.items()):
            raise TypeError("no files")
        answer = Answer.model_validate_json(text)
    except (ValueError, TypeError, AttributeError) as e:
        raise DamagedError(str(e)) from e
    if answer.problem is None and answer.kind in ("failed", "fault"):
        raise DamagedError("it does not say why")
    return answer, beside
