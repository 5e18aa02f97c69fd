"""Runs a batch: photos of all events over one pool of processes, each event written as soon as its last photo is done.

Only a few events are open at a time: one is looked over when the photos that wait have become few. What is done with is forgotten; it lies
on disk. Whatever fails costs the photo or the event in which it failed; only a full disk ends the run.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import queue
import time
from collections import deque
from pathlib import Path
from typing import Literal, cast

from digitise.batch.cluster import check_scheduler, open_cluster, split_share
from digitise.batch.index import write_index
from digitise.batch.keeping import save_run, save_standing
from digitise.batch.log import Tell, open_log
from digitise.batch.model import BatchOutcome, EventRecord, Grouping, News, RunNote, Trouble, What
from digitise.batch.naming import LOG_FILE
from digitise.batch.open_event import Kind, OpenEvent, Task
from digitise.batch.pacing import Tally
from digitise.batch.places import check_places, open_places
from digitise.batch.planning import (
    IDLE_S,
    BatchChoices,
    BatchPlan,
    BatchPool,
    PlannedEvent,
    check_choices,
    find_events,
    nothing_found,
    share_out,
)
from digitise.batch.pools import ReadingPool
from digitise.batch.refusals import ELSEWHERE, Terms, keep_refusal
from digitise.batch.stamps import content_with
from digitise.batch.tasks import (
    Piece,
    Read,
    SpotSurvey,
    assemble_spot,
    read_piece,
    refuse_dead,
    renew_spot,
    survey_spot,
)
from digitise.check import BASE_NEED_BYTES
from digitise.errors import DigitiseError, OutputError
from digitise.model import Problem
from digitise.piecework import Share, cost_of_reading
from digitise.remote import Place
from digitise.runs import USUAL_MEGAPIXELS, name_run
from digitise.store import DiskFullError, check_room, lock_output, sweep_parts
from digitise.workers import Call, DiedError, StartError, Workers, perform

__all__ = ["BatchChoices", "Round", "plan_batch", "run_batch"]

SURVEY_TIMEOUT_S = (600.0, 5.0)
ASSEMBLE_TIMEOUT_S = (1800.0, 10.0)
"""For an event, and for each of its photos besides: files on a slow network drive are hashed in a second, and 200 photos arranged in two
minutes."""
FIRST, USUAL = range(2)
"""Priorities: what ends an event, or finds the next photos to read, comes before reading."""
AHEAD = 4
"""Photos that wait, and that are with the pool, for each process: enough that none is ever idle."""
STANDING_EVERY_S = 2.0
INDEX_EVERY_S = 60.0
NO_LINE: tuple[What, ...] = ("waiting",)


class Round:
    """One pass over an archive's events."""

    def __init__(
        self,
        plan: BatchPlan,
        output: Path,
        *,
        pool: BatchPool,
        share: Share,
        choices: BatchChoices,
        tell: Tell,
        reading: ReadingPool | None = None,
    ) -> None:
        """pool: does all that needs the archive and the output folder; and reads the photos, unless `reading` does."""
        self._reading = reading
        self._output, self._pool, self._share, self._choices, self._tell = output, pool, share, choices, tell
        self._plan = plan
        self._terms = Terms(name_run(), choices.timeout_s, ELSEWHERE if reading else share.jobs, share.threads, choices.retry)
        self._spots = deque(planned for planned in plan.events if planned.record is None)
        self._pieces: deque[tuple[OpenEvent, Piece]] = deque()
        self._whole: deque[OpenEvent] = deque()
        """Events of which every photo is done."""
        self._flying: dict[concurrent.futures.Future[object], Task] = {}
        self._ready: queue.SimpleQueue[concurrent.futures.Future[object]] = queue.SimpleQueue()
        self._failures: dict[str, str] = {}
        now = time.monotonic()
        self.tally = Tally(began=now, events=len(plan.events), photos=0, unread=sum(planned.unread for planned in plan.events))
        self._standing_saved = self._index_saved = now
        for planned in plan.events:
            self._count_in(planned)
        for problem in plan.archive.problems:
            self._note(_trouble("", problem))

    def run(self) -> BatchOutcome:
        """Do all there is to do. Raises OutputError when the disk is full."""
        self._say(News(what="plan"), with_standing=True)
        state: Literal["done", "stopped"] = "stopped"
        try:
            self._fill()
            while self._flying:
                self._heed_cluster()
                try:
                    self._settle(self._ready.get(timeout=STANDING_EVERY_S))
                except queue.Empty:
                    if self._pool.is_broken:
                        reason = "the part of the program that hands out the work has ended"
                        raise DigitiseError("batch", reason, "Run the same command again, and please report this.") from None
                    self._say(News(what="waiting"), with_standing=True)
                self._fill()
                self._keep_standing()
            write_index(self._output, self._plan.archive.spots, self._failures)
            state = "done"
        finally:
            for future, task in self._flying.items():
                self._pool_for(task.kind).cancel(future)
            standing = self.tally.describe(time.monotonic(), state=state, with_troubles=True)
            save_standing(self._output, standing)
            self._tell(News(what="end", standing=standing))
        troubles = sorted(self.tally.troubles, key=lambda trouble: (trouble.event, trouble.file))
        return BatchOutcome(standing=standing, troubles=tuple(troubles), index=str(self._output))

    def _count_in(self, planned: PlannedEvent) -> None:
        record = planned.record
        if record is None:
            self.tally.photos += planned.spot.count
            return
        bad = [p for p in record.problems if p.severity == "error"]
        self.tally.photos += record.photos + len(bad)
        self.tally.reused += record.photos
        self.tally.failed += len(bad)
        self.tally.current += 1
        for problem in bad:
            self._note(_trouble(planned.spot.name, problem))

    def _fill(self) -> None:
        """Hand the pool as much as keeps it busy, and no more."""
        most = AHEAD * (self._share.jobs if self._reading is None else self._reading.jobs)
        while True:
            if self._whole:
                self._finish(self._whole.popleft())
            elif self._pieces and self._count("read", "ask") < most:
                self._hand_in_photo(*self._pieces.popleft())
            elif self._spots and len(self._pieces) < most and self._count("survey") < 2 and self._count("assemble") < most:
                event = OpenEvent(self._spots.popleft(), Path())
                event.output = self._output / event.spot.name
                args = (event.spot, event.output, self._choices.settings, self._terms)
                fixed, each = SURVEY_TIMEOUT_S
                self._hand_in(Task("survey", event), Call(survey_spot, args), timeout_s=fixed + each * event.spot.count)
            else:
                return

    def _count(self, *kinds: Kind) -> int:
        return sum(task.kind in kinds for task in self._flying.values())

    def _hand_in_photo(self, event: OpenEvent, piece: Piece, kind: Literal["read", "ask"] = "read") -> None:
        megapixels = piece.job.source.megapixels
        timeout_s = self._choices.timeout_s * max(1.0, megapixels / USUAL_MEGAPIXELS)
        self.tally.start_reading(time.monotonic())
        self._hand_in(Task(kind, event, piece), Call(read_piece, (piece,)), priority=USUAL, timeout_s=timeout_s, megapixels=megapixels)

    def _hand_in(self, task: Task, call: Call, *, timeout_s: float, priority: int = FIRST, megapixels: float = 0.0) -> None:
        cost = cost_of_reading(megapixels)
        future = self._pool_for(task.kind).submit(call, priority=priority, timeout_s=timeout_s, cost_mib=cost)
        self._flying[future] = task
        future.add_done_callback(self._ready.put)

    def _settle(self, future: concurrent.futures.Future[object]) -> None:
        """One task is done."""
        task = self._flying.pop(future)
        try:
            result = future.result()
        except concurrent.futures.CancelledError:
            return
        except DiedError as e:
            if task.piece is not None:
                self._refuse(task.event, task.piece, e.died.how)
            else:
                self._give_up(task.event, f"the process that worked on it ended ({e.died.how})", "Run the same command again.")
            return
        except DigitiseError as e:
            self._fail(task.event, e)
            return
        except Exception as e:
            self._give_up(task.event, f"the program failed on it ({e})", "Please report this.")
            return
        if task.kind == "survey":
            self._open(task.event, cast(SpotSurvey, result))
        elif task.piece is not None:
            read = cast(Read, result)
            if read.asks and not task.event.given_up:
                task.event.seconds += read.seconds
                self._hand_in_photo(task.event, task.piece, "ask")
            else:
                self._end_photo(task.event, task.piece, read.problem, read.seconds)
        else:
            self._close(cast(EventRecord, result), "current" if task.kind == "renew" else "written")

    def _open(self, event: OpenEvent, survey: SpotSurvey) -> None:
        """An event was looked over: its photos take the place of what was guessed of them."""
        bad = [p for p in survey.plan.problems if p.severity == "error"]
        event.survey, event.left = survey, len(survey.todo)
        self.tally.photos += len(survey.plan.sources) + len(bad) - event.spot.count
        self.tally.unread += event.left - event.planned.unread
        self.tally.reused += survey.known
        self.tally.failed += len(bad) + len(survey.refused)
        event.failed.update(survey.refused)
        for problem in (*bad, *event.failed.values()):
            self._note(_trouble(event.spot.name, problem))
        self._pieces.extend((event, piece) for piece in survey.todo)
        if not event.left:
            self._whole.append(event)

    def _end_photo(self, event: OpenEvent, piece: Piece, problem: Problem | None, seconds: float) -> None:
        if event.given_up:
            return
        event.left -= 1
        event.seconds += seconds
        self.tally.finish_photo(time.monotonic())
        name, file = event.spot.name, piece.job.source.file
        if problem is None:
            self.tally.read += 1
            self._say(News(what="photo", event=name, file=file, outcome="read"), with_standing=True)
        else:
            event.failed[piece.photo_id] = problem
            self.tally.failed += 1
            trouble = _trouble(name, problem)
            self.tally.troubles.append(trouble)
            self._say(News(what="photo", event=name, file=file, outcome="failed", trouble=trouble), with_standing=True)
        if not event.left:
            self._whole.append(event)

    def _finish(self, event: OpenEvent) -> None:
        """Every photo of an event is done: write its files, unless they say the same already, or more photos are just arriving."""
        survey = event.survey
        assert survey is not None
        if event.spot.growing:
            return
        fixed, each = ASSEMBLE_TIMEOUT_S
        timeout_s = fixed + each * len(survey.plan.sources)
        if survey.record is not None and survey.record.content == content_with(survey.content, event.failed):
            self._hand_in(Task("renew", event), Call(renew_spot, (event.spot, survey, event.failed)), timeout_s=timeout_s)
        else:
            call = Call(assemble_spot, (event.spot, survey, event.failed, event.seconds))
            self._hand_in(Task("assemble", event), call, timeout_s=timeout_s)

    def _close(self, record: EventRecord, outcome: Literal["written", "current"]) -> None:
        if outcome == "written":
            self.tally.written += 1
        else:
            self.tally.current += 1
        self._say(News(what="event", event=record.name, outcome=outcome), with_standing=True)

    def _refuse(self, event: OpenEvent, piece: Piece, how: str) -> None:
        """A photo whose process did not live through it."""
        problem = refuse_dead(piece.job.source.file, how)
        try:
            problem = keep_refusal(event.output, piece.job, problem, self._terms)
        except OutputError as e:
            self._fail(event, e)
        else:
            self._end_photo(event, piece, problem, 0.0)

    def _fail(self, event: OpenEvent, error: DigitiseError) -> None:
        """An error of one event's. Raises it where no other event would escape it."""
        if isinstance(error, DiskFullError | StartError) or (isinstance(error, OutputError) and not self._can_write()):
            raise error
        place = "" if error.subject in (str(event.output), event.spot.folder) else f"{error.subject}: "
        self._give_up(event, f"{place}{error.reason}", error.remedy)

    def _give_up(self, event: OpenEvent, reason: str, remedy: str) -> None:
        """An event that cannot be made fails alone."""
        if event.given_up:
            return
        event.given_up = True
        name = event.spot.name
        self.tally.events_failed += 1
        self.tally.unread -= event.left if event.survey is not None else event.planned.unread
        self.tally.failed += event.left if event.survey is not None else event.spot.count
        self._pieces = deque((other, piece) for other, piece in self._pieces if other is not event)
        for future, task in self._flying.items():
            if task.event is event:
                self._pool_for(task.kind).cancel(future)
        self._failures[name] = f"{reason}. {remedy}"
        trouble = Trouble(event=name, reason=reason, remedy=remedy)
        self.tally.troubles.append(trouble)
        self._say(News(what="event", event=name, outcome="failed", trouble=trouble), with_standing=True)

    def _pool_for(self, kind: Kind) -> BatchPool | ReadingPool:
        return self._pool if self._reading is None or kind != "read" else self._reading

    def _heed_cluster(self) -> None:
        """Note which workers were left out. Raises DependencyError where no photo can be read any more, and one is to be."""
        if self._reading is not None:
            for trouble in self._reading.take_troubles():
                self._note(trouble, "worker")
            if self._reading.failure is not None and (self._pieces or self._spots or self._count("read")):
                raise self._reading.failure

    def _note(self, trouble: Trouble, what: Literal["photo", "worker"] = "photo") -> None:
        self.tally.troubles.append(trouble)
        self._say(News(what=what, event=trouble.event, file=trouble.file, outcome="failed", trouble=trouble))

    def _say(self, news: News, *, with_standing: bool = False) -> None:
        standing = self.tally.describe(time.monotonic()) if with_standing else None
        self._tell(news.model_copy(update={"standing": standing}))

    def _keep_standing(self) -> None:
        now = time.monotonic()
        if now - self._standing_saved >= STANDING_EVERY_S:
            self._standing_saved = now
            save_standing(self._output, self.tally.describe(now, with_troubles=True))
        if now - self._index_saved >= INDEX_EVERY_S:
            self._index_saved = now
            write_index(self._output, self._plan.archive.spots, self._failures)

    def _can_write(self) -> bool:
        """Whether the output folder itself is in order, so that an event's trouble is its own."""
        try:
            check_room(self._output, need_bytes=BASE_NEED_BYTES)
        except OutputError:
            return False
        return True


def _trouble(event: str, problem: Problem) -> Trouble:
    return Trouble(event=event, file=problem.file, reason=problem.reason, remedy=problem.remedy)


def plan_batch(archive: Place, output: Place, *, grouping: Grouping, choices: BatchChoices) -> BatchPlan:
    """What `run_batch` would do; writes nothing. Raises NoInputError, UsageError, ConfigError or DependencyError."""
    check_places(archive, output)
    check_choices(choices)
    check_scheduler(choices.scheduler, choices.tls)
    with open_places(archive, output, dry=True) as places, open_pool(share_out(choices)) as pool:
        return find_events(places, grouping, choices=choices, pool=pool)


def run_batch(archive: Place, output: Place, *, grouping: Grouping, choices: BatchChoices, tell: Tell) -> BatchOutcome:
    """Make the report of every event of an archive, and an index of them. Both may be folders or addresses.

    tell: called for everything that happens. Raises NoInputError where there is no event, UsageError, ConfigError, DependencyError, and
    OutputError where the output is held by another run, cannot be written or is full; all else stands in the outcome's troubles.
    """
    check_places(archive, output)
    check_choices(choices)
    check_scheduler(choices.scheduler, choices.tls)
    share, elsewhere = split_share(choices.scheduler, share_out(choices))
    with contextlib.ExitStack() as stack:
        places = stack.enter_context(open_places(archive, output))
        stack.enter_context(lock_output(places.output))
        told = stack.enter_context(open_log(places.output / LOG_FILE, tell, places.hear, leave_out=NO_LINE))
        pool = stack.enter_context(open_pool(share))
        sweep_parts(places.output)
        plan = find_events(places, grouping, choices=choices, pool=pool)
        if not plan.events and not plan.archive.problems:
            raise nothing_found(places.shown_archive, plan)
        places.forget_others({planned.spot.name for planned in plan.events})
        save_run(places.output, RunNote(archive=places.shown_archive, grouping=grouping, settings=choices.settings))
        reading = None
        if choices.scheduler and any(planned.record is None for planned in plan.events):
            reading = stack.enter_context(open_cluster(choices.scheduler, choices.tls, share=elsewhere))
        outcome = Round(plan, places.output, pool=pool, share=share, choices=choices, tell=told, reading=reading).run()
        return outcome.model_copy(update={"index": str(output)})


def open_pool(share: Share) -> BatchPool:
    return Workers(perform, jobs=share.jobs, memory_mib=share.memory_mib, idle_s=IDLE_S, again_when_late=True)
