"""Hands photos to the workers of a Dask cluster, as `Workers` hands them to the processes of one machine.

Dask finds the workers, carries bytes and tells who is there. Which worker gets which photo is decided here, one photo for each of its
threads: so it is known whose death costs which photo, no worker of another version is ever asked, and no more bytes are on their way than
fit. Each photo under way has a thread here, which mostly waits.
"""

from __future__ import annotations

import concurrent.futures
import functools
import math
import threading
import time
from typing import Any

from digitise.batch.cluster_carrying import AgainError, Carrier, lost, recall, shun
from digitise.batch.cluster_dealing import Errand, Helper, deal, is_refused_everywhere
from digitise.batch.cluster_parcel import Answer, DamagedError, Greeting, keep_answer, stamp_parts, tell_difference
from digitise.batch.cluster_worker import greet
from digitise.batch.model import Trouble
from digitise.batch.tasks import Read, read_piece
from digitise.errors import DependencyError, DigitiseError
from digitise.reading import notes_to_ask
from digitise.runs import Failure, Job
from digitise.store import Entry, load_entry
from digitise.workers import MAX_TRIES, Call, Died, DiedError

LOOK_EVERY_S = 1.0
"""How often the scheduler is asked who is there."""
LOST_S = 30.0
"""A scheduler that does not answer for so long is lost."""
GREET_S = 30.0
"""For a worker to say what it is: loading the program from a network drive takes seconds."""
FIRST_WORKER_S = 60.0
"""So long a run waits for its first worker;"""
NO_WORKER_S = 120.0
"""and so long, later, for one to come back, or an event for one that suits it: a Dask worker that died is there again within seconds, a
computer within minutes."""
MOST_THREADS = 512
MOST_FAULTS = 3
"""Photos in a row that went wrong on a worker and that others have read: then it is the worker."""
REMEDY = "What is read is kept: start it again, or leave out --scheduler, and run the same command once more."
SAME_VERSION = "Install the same version on all machines."
MEND = "See to that machine, then start its worker anew."


class ClusterPool:
    """Reads photos on a cluster. Taken from its scheduler are the workers that read as this machine does."""

    def __init__(self, client: Any, address: str, *, threads: int) -> None:
        """client: of Dask, connected. threads: of each reading process."""
        self._client, self._address = client, address
        self._ours = stamp_parts()
        self._changed = threading.Condition(threading.RLock())
        self._carrier = Carrier(client, self._changed, threads=threads)
        # guarded by `changed`
        self._waiting: list[Errand] = []
        self._carried: list[Errand] = []
        """Those that have a thread."""
        self._helpers: dict[str, Helper] = {}
        self._refused_since: dict[str, float] = {}
        """Fingerprint of settings under which no worker that is there reads as this machine does -> moment (monotonic)."""
        self._troubles: list[Trouble] = []
        self._failure: DigitiseError | None = None
        self._closing = False
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
        errand = Errand(piece, timeout_s, cost_mib)
        with self._changed:
            self._waiting.append(errand)
            self._deal()
        return errand.future

    def cancel(self, future: concurrent.futures.Future[Any]) -> None:
        """As `Workers.cancel`: the worker ends the process that reads it, within a second."""
        if future.cancel() or future.done():
            return
        with self._changed:
            for errand in [e for e in self._waiting if e.future is future]:
                self._waiting.remove(errand)
                errand.drop()
            self._recall([e for e in self._carried if e.future is future])

    def close(self) -> None:
        """Let go of the cluster. Futures that are not done are cancelled."""
        with self._changed:
            self._closing = True
            for errand in self._waiting:
                errand.drop()
            self._waiting.clear()
            self._recall(self._carried)
        self._watcher.join()
        self._threads_here.shutdown(cancel_futures=True)
        for errand in self._carried:  # whose thread had not begun
            errand.drop()

    def _recall(self, errands: list[Errand]) -> None:
        for errand in errands:
            errand.cancelled = True
            recall(errand)
        self._changed.notify_all()

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
            for helper in list(self._helpers.values()):
                if helper.address not in found:
                    self._lose(helper)
                elif found[helper.address]["local_directory"] != helper.folder:
                    # started anew: it gets what the one before had, and says for how long it has been there
                    del self._helpers[helper.address]
            for address, info in found.items():
                if address not in self._helpers:
                    limit = info["memory_limit"] / (1 << 20) if info["memory_limit"] else math.inf
                    helper = Helper(address, info["host"], info["nthreads"], limit, info["local_directory"])
                    self._helpers[address] = helper
                    # nobody waits for its end: a worker that is stuck may take long to say nothing
                    threading.Thread(target=self._examine, args=(helper,), name="cluster-examine", daemon=True).start()
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
            hopeless = not self._ever_fit and len(left_out) == len(helpers) > 0
            if wrong and (now - self._answered >= LOST_S or self._client.status == "closed"):
                self._fail(f"the Dask scheduler is not reached any more ({wrong})", REMEDY)
            elif left_out and (hopeless or now - self._fit >= patience):
                told = "; ".join(f"{helper.address}: {helper.left_out}" for helper in left_out)
                remedies = " ".join(dict.fromkeys(helper.remedy for helper in left_out))
                self._fail(f"none of its workers can be used: {told}", remedies)
            elif not wrong and now - self._fit >= patience:
                self._fail(f"it has had no worker that answers for {patience:g} s", f"Start one: dask worker {self._address}. {REMEDY}")
            self._changed.notify_all()

    def _fail(self, reason: str, remedy: str) -> None:
        self._failure = DependencyError(self._address, reason, remedy)

    def _examine(self, helper: Helper) -> None:
        """Ask a new worker what it is."""
        token = wrong = ""
        try:
            text = self._client.run(greet, workers=[helper.address], on_error="return", callback_timeout=GREET_S)[helper.address]
            if isinstance(text, Exception):
                raise text
            greeting = Greeting.model_validate_json(text)
            token, wrong = greeting.token, tell_difference(greeting.stamps, self._ours)
        except (KeyError, OSError):
            # it went away while it was asked, or says nothing; it is asked anew, or whoever comes in its place
            with self._changed:
                self._lose(helper)
            return
        except Exception as e:
            wrong = f"the digitise of this machine does not run there ({type(e).__name__}: {e})"
        with self._changed:
            if wrong:
                self._leave_out(helper, wrong, SAME_VERSION)
            else:
                helper.token = token
            self._judge("")
            self._deal()

    def _leave_out(self, helper: Helper, why: str, remedy: str) -> None:
        """Give a worker no photo any more. Only while holding the lock."""
        if not helper.left_out:
            helper.token, helper.left_out, helper.remedy = "", why, remedy
            self._note(helper, f"this worker was left out: {why}", f"{remedy} The other workers read the photos.")

    def _note(self, helper: Helper, reason: str, remedy: str) -> None:
        self._troubles.append(Trouble(event="", file=helper.address, reason=reason, remedy=remedy))

    def _lose(self, helper: Helper, until: float = math.inf) -> None:
        """A worker is gone. until: as `Helper.lose`. Only while holding the lock."""
        if self._helpers.get(helper.address) is helper:
            del self._helpers[helper.address]
        helper.lose(until)
        for errand in helper.running:
            recall(errand)

    def _deal(self) -> None:
        """Give out all that may start now. Only while holding the lock."""
        if self._closing or self._failure is not None or self._client.status != "running":
            return
        self._refuse_unsuited()
        self._waiting = [e for e in self._waiting if e.future.running() or not e.future.cancelled()]
        for errand, helper in deal(self._waiting, self._helpers.values()):
            self._waiting.remove(errand)
            if errand.start():
                self._carried.append(errand)
                self._threads_here.submit(self._carry, errand, helper)
            else:
                helper.running.remove(errand)

    def _refuse_unsuited(self) -> None:
        """Photos for which no worker is there that suits, and has not been for long."""
        now = time.monotonic()
        for fingerprint in {errand.piece.fingerprint for errand in self._waiting} | self._refused_since.keys():
            if is_refused_everywhere(fingerprint, self._helpers.values()):
                self._refused_since.setdefault(fingerprint, now)
            else:
                self._refused_since.pop(fingerprint, None)
        for errand in [e for e in self._waiting if now - self._refused_since.get(e.piece.fingerprint, now) >= NO_WORKER_S]:
            self._waiting.remove(errand)
            reason = "no worker of the cluster reads with this event's settings as this machine does"
            remedy = "Install the same Tesseract and models everywhere, or leave out --scheduler."
            if errand.start():
                errand.future.set_exception(DependencyError(self._address, reason, remedy))

    # one photo; in a thread of its own

    def _carry(self, errand: Errand, helper: Helper) -> None:
        """Have a photo read by a worker, and settle what becomes of it."""
        outcome: Read | Exception | None
        try:
            read = read_piece(errand.piece, functools.partial(self._read, errand, helper))
            outcome = read._replace(asks=errand.asks and read.problem is None)
        except AgainError as e:
            errand.tries += e.outcome is not None
            outcome = e.outcome if errand.tries >= MAX_TRIES else None
        except concurrent.futures.CancelledError:
            outcome = None  # the connection was cut; when it is there again, or not, is the watcher's business
        except Exception as e:
            outcome = e
        with self._changed:
            helper.running.remove(errand)
            self._carried.remove(errand)
            if errand.cancelled and not isinstance(outcome, Read):
                outcome = concurrent.futures.CancelledError()
            if outcome is None:
                errand.wait_again()
                self._waiting.insert(0, errand)
            self._deal()
        if isinstance(outcome, Exception):
            errand.future.set_exception(outcome)
        elif outcome is not None:
            errand.future.set_result(outcome)

    def _read(self, errand: Errand, helper: Helper, job: Job) -> Entry | Failure:
        """A photo's entry, put into its event's store."""
        assert job.folder is not None
        known = load_entry(job.folder)
        if known is None:
            try:
                answer, beside = self._carrier.ask(errand, helper)
                if answer.kind == "failed" and answer.problem is not None:
                    return Failure(answer.problem)
                self._heed(errand, helper, answer)
                known = keep_answer(job.folder, errand.piece.photo_id, answer.entry, beside)
            except DamagedError as e:
                why = f"what it answered is damaged ({e})"
                with self._changed:
                    self._leave_out(helper, why, MEND)
                raise shun(errand, helper, f"{helper.address}: {why}") from e
            self._credit(errand, helper)
        # it answers this machine, which has its address and its key
        errand.asks = bool(notes_to_ask(known.result.notes, job.config.reading.second_reader))
        return known

    def _heed(self, errand: Errand, helper: Helper, answer: Answer) -> None:
        """Raise AgainError where a photo was not read, and note whose fault that is."""
        if answer.kind == "read":
            return
        with self._changed:
            if answer.kind == "died":
                errand.late = answer.how.startswith("took longer")
                raise AgainError(DiedError(Died(answer.how)))
            if answer.kind == "fault" and answer.problem is not None:
                raise shun(errand, helper, answer.problem.reason, answer.problem.remedy)
            if answer.kind == "stranger":
                # whoever was there when the photo was sent
                self._lose(helper, time.monotonic() - answer.alive_s)
                raise lost(errand, helper)
            if answer.kind == "otherwise" and errand.piece.fingerprint not in helper.refused:
                helper.refused.add(errand.piece.fingerprint)
                reason = f"this worker was left out for one event or more: {answer.how}"
                self._note(helper, reason, "Install the same Tesseract and models on all machines.")
            elif answer.kind == "unfit":
                self._leave_out(helper, answer.how, MEND)
            raise AgainError

    def _credit(self, errand: Errand, helper: Helper) -> None:
        """A worker has read a photo that went wrong on others."""
        with self._changed:
            helper.faults = 0
            for other, why in errand.shunned.items():
                other.faults += other is not helper
                if other.faults >= MOST_FAULTS:
                    self._leave_out(other, f"{MOST_FAULTS} photos in a row went wrong there that others have read: {why}", MEND)
