"""Hands photos to the workers of a Dask cluster, as `Workers` hands them to the processes of one machine.

Dask finds the workers, carries bytes and tells who is there. Which worker gets which photo is decided here, one photo for each of its
threads: so it is known whose death costs which photo, no worker of another version is ever asked, and no more bytes are on their way than
fit. Each photo under way has a thread here, which mostly waits.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import math
import threading
import time
from typing import Any

from digitise.batch.cluster_dealing import BLIND_AFTER, Helper, Ticket, deal, is_refused_everywhere
from digitise.batch.cluster_parcel import (
    Answer,
    Greeting,
    Parcel,
    keep_answer,
    reading_settings,
    stamp_parts,
    tell_difference,
)
from digitise.batch.cluster_worker import Packed, greet, read_parcel
from digitise.batch.model import Trouble
from digitise.batch.tasks import Read, read_piece, refuse_dead
from digitise.errors import DependencyError, DigitiseError, PhotoError
from digitise.intake import read_encoded
from digitise.intake.refusing import to_problem
from digitise.reading import notes_to_ask
from digitise.runs import Failure, Job
from digitise.store import Entry, load_entry
from digitise.workers import MAX_TRIES, Call, Died, DiedError

LOOK_EVERY_S = 1.0
"""How often the scheduler is asked who is there."""
LOST_S = 30.0
"""A scheduler that does not answer for so long is lost."""
FIRST_WORKER_S = 60.0
"""So long a run waits for its first worker;"""
NO_WORKER_S = 120.0
"""and so long, later, for one to come back: a Dask worker that died is there again within seconds, a computer within minutes."""
MOST_BYTES = 256 << 20
"""Photos' bytes on their way to workers that do not see the files; the scheduler holds as much."""
MOST_THREADS = 512
SPARE_S = 300.0
"""What sending may take, and starting a process, beyond the time that two tries of reading may."""
REMEDY = "What is read is kept: start it again, or leave out --scheduler, and run the same command once more."


class LostError(Exception):
    """A worker went away with a photo."""


class RefusedError(Exception):
    """A worker cannot read a photo, which is not the photo's fault."""


class ClusterPool:
    """Reads photos on a cluster. Taken from its scheduler are the workers that read as this machine does."""

    def __init__(self, client: Any, address: str, *, threads: int) -> None:
        """client: of Dask, connected. threads: of each reading process."""
        self._client, self._address, self._threads = client, address, threads
        self._ours = stamp_parts()
        self._changed = threading.Condition(threading.RLock())
        # guarded by it
        self._waiting: list[Ticket] = []
        self._helpers: dict[str, Helper] = {}
        self._troubles: list[Trouble] = []
        self._failure: DigitiseError | None = None
        self._closing = False
        self._bytes = 0
        self._door = threading.Lock()  # only one photo's bytes are read at a time, and wait here for room
        self._answered = self._fit = time.monotonic()
        self._ever_fit = False
        self._threads_here = concurrent.futures.ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="cluster")
        self._watcher = threading.Thread(target=self._watch, name="cluster-watch", daemon=True)
        self._watcher.start()

    @property
    def jobs(self) -> int:
        """Photos that it can read at once, as far as is known now."""
        with self._changed:
            return max(1, sum(helper.threads for helper in self._helpers.values() if helper.token))

    @property
    def failure(self) -> DigitiseError | None:
        """Why no photo is read any more: the scheduler is lost, or no worker is left that may be used."""
        return self._failure

    def take_troubles(self) -> list[Trouble]:
        """Workers that were left out since this was asked last."""
        with self._changed:
            troubles, self._troubles = self._troubles, []
            return troubles

    def await_worker(self) -> None:
        """Wait for the first worker. Raises DependencyError where none comes, or none may be used."""
        with self._changed:
            self._changed.wait_for(lambda: self._ever_fit or self._failure is not None)
            if self._failure is not None:
                raise self._failure

    def submit(self, call: Call, *, timeout_s: float, cost_mib: float, priority: int = 0) -> concurrent.futures.Future[Any]:
        """As `Workers.submit`; call: of `read_piece`."""
        (piece,) = call.args
        ticket = Ticket(piece, piece.fingerprint, timeout_s, cost_mib)
        with self._changed:
            self._waiting.append(ticket)
            self._deal()
        return ticket.future

    def cancel(self, future: concurrent.futures.Future[Any]) -> None:
        """As `Workers.cancel`: the worker ends the process that reads it, within a second."""
        if future.cancel() or future.done():
            return
        with self._changed:
            for ticket in [t for helper in self._helpers.values() for t in helper.running if t.future is future]:
                ticket.cancelled = True
                _recall(ticket)

    def close(self) -> None:
        """Let go of the cluster. Futures that are not done are cancelled."""
        with self._changed:
            self._closing = True
            for ticket in self._waiting:
                ticket.future.cancel()
            self._waiting.clear()
            for ticket in [t for helper in self._helpers.values() for t in helper.running]:
                ticket.cancelled = True
                _recall(ticket)
            self._changed.notify_all()
        self._watcher.join()
        self._threads_here.shutdown(cancel_futures=True)

    # who is there

    def _watch(self) -> None:
        while not self._closing:
            try:
                self._call_roll()
            except Exception as e:  # whatever Dask raises about a connection that is going
                self._judge(str(e) or type(e).__name__)
            else:
                self._judge("")
            with self._changed:
                self._changed.wait_for(lambda: self._closing, LOOK_EVERY_S)

    def _call_roll(self) -> None:
        if self._client.status != "running":
            raise ConnectionError(f"the connection is {self._client.status}")
        # not client.scheduler_info: what it gives may be overwritten, without the workers, before it is returned
        found = self._client.sync(self._client.scheduler.identity, n_workers=-1, callback_timeout=LOST_S)["workers"]
        with self._changed:
            self._answered = time.monotonic()
            for address in [a for a in self._helpers if a not in found]:
                self._lose(self._helpers.pop(address))
            for address, info in found.items():
                if address not in self._helpers:
                    limit = info["memory_limit"] / (1 << 20) if info["memory_limit"] else math.inf
                    self._helpers[address] = Helper(address, info["host"], info["nthreads"], limit)
                    self._threads_here.submit(self._examine, self._helpers[address])
            self._deal()

    def _judge(self, wrong: str) -> None:
        """Whether the cluster is still of any use. wrong: why the scheduler did not answer just now."""
        now = time.monotonic()
        with self._changed:
            helpers = list(self._helpers.values())
            if self._closing or self._failure is not None:
                return
            if any(helper.token for helper in helpers):
                self._fit, self._ever_fit = now, True
            patience = NO_WORKER_S if self._ever_fit else FIRST_WORKER_S
            left_out = [helper for helper in helpers if helper.left_out]
            if wrong and (now - self._answered >= LOST_S or self._client.status == "closed"):
                self._fail(f"the Dask scheduler is not reached any more ({wrong})", REMEDY)
            elif left_out and len(left_out) == len(helpers) and (not self._ever_fit or now - self._fit >= patience):
                told = "; ".join(f"{helper.address}: {helper.left_out}" for helper in left_out)
                self._fail(f"none of its workers can be used: {told}", "Install the same version on all machines.")
            elif not wrong and not left_out and now - self._fit >= patience:
                self._fail(f"it has had no worker for {patience:g} s", f"Start one: dask worker {self._address}. {REMEDY}")
            self._changed.notify_all()

    def _fail(self, reason: str, remedy: str) -> None:
        self._failure = DependencyError(self._address, reason, remedy)

    def _examine(self, helper: Helper) -> None:
        """Ask a new worker what it is."""
        try:
            text = self._client.run(greet, workers=[helper.address], on_error="return")[helper.address]
            if isinstance(text, Exception):
                raise text
            greeting = Greeting.model_validate_json(text)
            wrong = tell_difference(greeting.stamps, self._ours)
        except (KeyError, OSError):
            # it went away while it was asked; whoever comes in its place is asked anew
            with self._changed:
                if self._helpers.get(helper.address) is helper:
                    del self._helpers[helper.address]
            return
        except Exception as e:
            wrong = f"the digitise of this machine does not run there ({type(e).__name__}: {e})"
        with self._changed:
            if wrong:
                self._leave_out(helper, wrong)
            else:
                helper.token = greeting.token
            self._judge("")
            self._deal()

    def _leave_out(self, helper: Helper, why: str) -> None:
        if not helper.left_out:
            helper.token, helper.left_out = "", why
            remedy = "Install the same version on all machines; the other workers have read the photos."
            self._troubles.append(Trouble(event="", file=helper.address, reason=f"this worker was left out: {why}", remedy=remedy))

    def _lose(self, helper: Helper) -> None:
        """A worker is gone, and with it what it was reading."""
        for ticket in helper.running:
            ticket.lost = True
            _recall(ticket)

    def _deal(self) -> None:
        """Give out all that may start now. Only while holding the lock."""
        if self._closing or self._failure is not None or self._client.status != "running":
            return
        for ticket in [t for t in self._waiting if is_refused_everywhere(t, self._helpers.values())]:
            self._waiting.remove(ticket)
            reason = "no worker of the cluster reads with this event's settings as this machine does"
            remedy = "Install the same Tesseract and models everywhere, or leave out --scheduler."
            if ticket.future.running() or ticket.future.set_running_or_notify_cancel():
                ticket.future.set_exception(DependencyError(self._address, reason, remedy))
        self._waiting = [t for t in self._waiting if t.future.running() or not t.future.cancelled()]
        for ticket, helper in deal(self._waiting, self._helpers.values()):
            self._waiting.remove(ticket)
            if ticket.future.running() or ticket.future.set_running_or_notify_cancel():
                self._threads_here.submit(self._carry, ticket, helper)
            else:
                helper.running.remove(ticket)

    # one photo; in a thread of its own

    def _carry(self, ticket: Ticket, helper: Helper) -> None:
        """Have a photo read by a worker, and settle what becomes of it."""
        try:
            result = read_piece(ticket.piece, functools.partial(self._read, ticket, helper))
        except Exception as e:
            self._release(ticket, helper)
            self._settle_error(ticket, helper, e)
        else:
            self._release(ticket, helper)
            ticket.future.set_result(result._replace(asks=ticket.asks and result.problem is None))

    def _release(self, ticket: Ticket, helper: Helper) -> None:
        """The worker may take another one."""
        with self._changed:
            if ticket in helper.running:
                helper.running.remove(ticket)
                self._deal()

    def _settle_error(self, ticket: Ticket, helper: Helper, error: Exception) -> None:
        again = isinstance(error, RefusedError)
        if ticket.cancelled or self._closing:
            error = concurrent.futures.CancelledError()
        elif isinstance(error, LostError):
            ticket.tries += 1
            again = ticket.tries < MAX_TRIES
            if not again:
                # of a worker that went away nobody knows why; so it is not remembered against the photo, and the next run tries it
                problem = refuse_dead(ticket.piece.job.source.file, f"the worker {helper.address} was lost")
                ticket.future.set_result(Read(problem, 0.0))
                return
        elif isinstance(error, concurrent.futures.CancelledError):
            again = True  # the connection was cut; when it is there again, or not, is the watcher's business
        if not again or ticket.cancelled or self._closing:
            ticket.future.set_exception(error)
            return
        with self._changed:
            ticket.lost, ticket.sent = False, None
            self._waiting.insert(0, ticket)
            self._deal()

    def _read(self, ticket: Ticket, helper: Helper, job: Job) -> Entry | Failure:
        """A photo's entry, put into its event's store."""
        settings = job.config.reading.second_reader
        assert job.folder is not None
        known = load_entry(job.folder)
        if known is None:
            answer, beside = self._ask(ticket, helper)
            if answer.kind == "failed" and answer.problem is not None:
                return Failure(answer.problem)
            try:
                if answer.entry is None or answer.entry.result.photo.id != ticket.piece.photo_id:
                    raise ValueError("it is about another photo")
                keep_answer(job.folder, answer.entry, beside)
            except ValueError as e:
                raise RuntimeError(f"the answer of {helper.address} is damaged: {e}") from e
            known = answer.entry
        # it answers this machine, which has its address and its key
        ticket.asks = bool(notes_to_ask(known.result.notes, settings))
        return known

    def _ask(self, ticket: Ticket, helper: Helper) -> tuple[Answer, dict[str, bytes]]:
        """What a worker answers to a photo: first by its place, then with its bytes.

        Raises DiedError, LostError, RefusedError, CancelledError, and PhotoError where the file cannot be read here.
        """
        source = ticket.piece.job.source
        several = source.pages > 1 and source.sha256 in helper.has
        if several or helper.misses < BLIND_AFTER:
            answer, beside = self._send(ticket, helper, None)
            if answer.kind != "missing":
                helper.misses = 0
                return answer, beside
            helper.misses += not several
        try:
            with self._door:
                blob = read_encoded(source, limits=ticket.piece.job.config.limits)
                with self._changed:
                    self._changed.wait_for(lambda: not self._bytes or self._bytes + len(blob) <= MOST_BYTES or ticket.cancelled)
                    self._bytes += len(blob)
        except PhotoError as e:
            return Answer(kind="failed", problem=to_problem(e)), {}
        try:
            helper.has |= {source.sha256} if source.pages > 1 else set()
            return self._send(ticket, helper, blob)
        finally:
            with self._changed:
                self._bytes -= len(blob)
                self._changed.notify_all()

    def _send(self, ticket: Ticket, helper: Helper, blob: bytes | None) -> tuple[Answer, dict[str, bytes]]:
        job = ticket.piece.job
        parcel = Parcel(
            token=helper.token,
            source=job.source,
            reference=None if job.source.members else ticket.piece.reference,
            config=reading_settings(job.config),
            fingerprint=ticket.fingerprint,
            threads=self._threads,
            timeout_s=ticket.timeout_s,
        )
        with self._changed:
            if ticket.cancelled or self._closing:
                raise concurrent.futures.CancelledError
            if ticket.lost or not helper.token:
                raise LostError if ticket.lost else RefusedError
            if self._client.status != "running":
                raise concurrent.futures.CancelledError
            ticket.sent = self._client.submit(
                read_parcel, parcel.model_dump_json(), blob, workers=[helper.address], allow_other_workers=False, pure=False, retries=0
            )
        try:
            packed: Packed = ticket.sent.result(MAX_TRIES * ticket.timeout_s * (helper.threads + 1) + SPARE_S)
        except Exception as e:
            _recall(ticket)
            # a worker that Dask calls a killer has died; one that says nothing for so long is as good as dead
            if ticket.lost or type(e).__name__ == "KilledWorker" or isinstance(e, TimeoutError):
                raise LostError from e
            raise
        answer = Answer.model_validate_json(packed[0])
        if answer.kind == "died":
            raise DiedError(Died(answer.how))
        if answer.kind == "stranger":
            raise LostError
        if answer.kind in ("otherwise", "broken"):
            self._note_refusal(ticket, helper, answer)
            raise RefusedError
        return answer, packed[1]

    def _note_refusal(self, ticket: Ticket, helper: Helper, answer: Answer) -> None:
        with self._changed:
            if ticket.cancelled or self._closing:
                return
            if answer.kind == "broken":
                self._leave_out(helper, answer.how)
            elif ticket.fingerprint not in helper.refused:
                helper.refused.add(ticket.fingerprint)
                reason = f"this worker was left out for one event or more: {answer.how}"
                remedy = "Install the same Tesseract and models on all machines."
                self._troubles.append(Trouble(event="", file=helper.address, reason=reason, remedy=remedy))


def _recall(ticket: Ticket) -> None:
    """Tell Dask that nobody wants it any more."""
    if ticket.sent is not None:
        with contextlib.suppress(Exception):
            ticket.sent.cancel(force=True, asynchronous=False)
