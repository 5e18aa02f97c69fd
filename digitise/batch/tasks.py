"""What workers do for a batch: look an event over, read one photo, write an event's files. Whatever touches a photo's bytes happens here,
and only what is small travels back."""

from __future__ import annotations

import functools
import hashlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import digitise
from digitise import intake
from digitise.batch.away import (
    Reference,
    bring_beside,
    bring_outputs,
    bring_spot,
    name_sources,
    naming,
    reference_of,
    send_spot,
    settings_folder,
)
from digitise.batch.keeping import drop_record, is_whole, load_record, save_record
from digitise.batch.model import EventRecord, Spot
from digitise.batch.refusals import Terms, load_refusals
from digitise.check import need_bytes, require_ready
from digitise.config import Config, without_second_reader
from digitise.corrections import corrections_path
from digitise.errors import DigitiseError, OutputError
from digitise.events import Plan, no_usable_photo
from digitise.model import Problem, Source
from digitise.piecework import assemble_plan, stamp_program
from digitise.places import settings_file
from digitise.planning import EVENT_FILE, Choices, load_settings, make_plan, outputs_in, refuse_output
from digitise.remote import ChangedThereError
from digitise.runs import Failure, Job, fingerprint_settings, load_known, read_sources, store_folder
from digitise.store import DiskFullError, Entry, check_room, describe_state, file_state, hash_file, hash_parts

CHANGED = "the photo was changed while it was read"
FRESH_NS = 2_000_000_000
"""The coarsest clock of a file system in use (FAT)."""
MOST_TRIES = 3
"""To put an event's files to an address where somebody edits them at the same time."""
UNWRITING = ("__pycache__", "web", "batch", "remote")
"""Rooms that decide nothing of what is written."""


class Piece(NamedTuple):
    """One photo to read."""

    job: Job
    photo_id: str
    state: str
    """Size and time of its file when it was looked at; '' where these may have changed meanwhile."""
    reference: Reference | None = None
    """Where a worker of another machine can fetch the file itself; None where it lies in a folder of this computer."""
    fingerprint: str = ""
    """Of the settings under which another machine reads it: without the second reader, which this one asks."""


class Survey(NamedTuple):
    """An event looked over."""

    plan: Plan
    content: str
    """Changes with all that decides what is written, but for photos that fail."""
    todo: tuple[Piece, ...]
    known: int
    record: EventRecord | None
    """Of an earlier run, where its files are still all there."""
    refused: tuple[tuple[str, Problem], ...] = ()
    """Ids of photos that an earlier run gave up and that are not to be tried, with what to tell of them."""


class Read(NamedTuple):
    """What became of one photo."""

    problem: Problem | None
    seconds: float
    asks: bool = False
    """It was read elsewhere, and the second reader is still to be asked."""


def survey_spot(spot: Spot, output: Path, choices: Choices, terms: Terms) -> Survey:
    """An event's photos, each file hashed once, and which of them are to be read. output: the event's own folder.

    Raises NoInputError where no file can be used, ConfigError, DependencyError, EngineError or OutputError.
    """
    with naming(spot, output):
        bring_spot(spot, output)
        return _survey(spot, output, choices, terms)


def _survey(spot: Spot, output: Path, choices: Choices, terms: Terms) -> Survey:
    intake.mute_pillow()
    folder = settings_folder(spot, output)
    config, template = load_settings(folder, choices)
    if template is not None:
        bring_beside(spot, template)
    require_ready(config, template=template)
    refuse_output(Path(spot.folder), output)
    began_ns = time.time_ns() - FRESH_NS
    sources, problems = _find(spot, config)
    states = {path: _state_before(path, began_ns) for path in {source.path for source in sources}}
    plan = make_plan(folder, output, config, template, sources=sources, problems=problems)
    if not sources:
        raise no_usable_photo(Path(spot.folder), plan.problems)
    fingerprint = fingerprint_settings(config)
    jobs = [Job(source, config, terms.threads, store_folder(output, source, fingerprint), terms.run) for source in sources]
    elsewhere = fingerprint_settings(without_second_reader(config))
    unread = [
        Piece(job, intake.photo_id(job.source), states[job.source.path], reference_of(spot, job.source), elsewhere)
        for job in jobs
        if load_known(job) is None
    ]
    given_up = load_refusals(output, [piece.job for piece in unread], terms)
    refused = {
        piece.photo_id: given_up[piece.job.folder.name] for piece in unread if piece.job.folder and piece.job.folder.name in given_up
    }
    todo = [piece for piece in unread if piece.photo_id not in refused]
    check_room(output, need_bytes=need_bytes(len(todo)))
    record = load_record(output)
    if record is not None and not is_whole(output, record):
        record = None
    return Survey(plan, _stamp_content(plan), tuple(todo), len(jobs) - len(unread), record, tuple(refused.items()))


def read_here(job: Job) -> Entry | Failure:
    """Read one photo in this process, unless it is read."""
    ((_, outcome, _),) = read_sources([job], None)
    return outcome


def read_piece(piece: Piece, read: Callable[[Job], Entry | Failure] = read_here) -> Read:
    """Read one photo into its event's store. Raises what is no fault of the photo: EngineError, DependencyError, OutputError.

    read: does the reading, and puts what it gives into the store.
    """
    began = time.monotonic()
    path = Path(piece.job.source.path)
    if piece.state and file_state(path) != piece.state:
        return Read(_tell_changed(piece.job.source), 0.0)
    outcome = read(piece.job)
    problem = outcome.problem if isinstance(outcome, Failure) else None
    if problem is None and file_state(path) != piece.state and _is_other(path, piece) and piece.job.folder is not None:
        # what was read is not what its name in the store says
        (piece.job.folder / "result.json").unlink(missing_ok=True)
        problem = _tell_changed(piece.job.source)
    return Read(problem, time.monotonic() - began)


def assemble_spot(spot: Spot, survey: Survey, failed: Mapping[str, Problem], seconds: float) -> EventRecord:
    """Write an event's files from what is read of it, then its record. failed: photos that could not be read, by id.

    Raises as run_event does.
    """
    with naming(spot, survey.plan.output):
        for _ in range(MOST_TRIES):
            record = _assemble(spot, survey, failed, seconds)
            try:
                send_spot(spot, survey.plan.output)
            except ChangedThereError:
                # somebody edited a report there meanwhile: with their file here, it is written beside it
                bring_outputs(spot, survey.plan.output)
                continue
            return record
        reason = "somebody keeps changing its files there while they are written"
        raise OutputError(str(survey.plan.output), reason, "Run the same command again when nobody works on them.")


def renew_spot(spot: Spot, survey: Survey, record: EventRecord) -> EventRecord:
    """Keep the record of an event whose files say already what they should; where they lie at an address, there. Raises OutputError."""
    with naming(spot, survey.plan.output):
        save_record(survey.plan.output, record)
        send_spot(spot, survey.plan.output)
    return record


def _assemble(spot: Spot, survey: Survey, failed: Mapping[str, Problem], seconds: float) -> EventRecord:
    began = time.monotonic()
    plan = survey.plan
    drop_record(plan.output)
    there = {intake.photo_id(source) for source in plan.sources} - failed.keys()
    outcome = assemble_plan(plan, failed, there=there)
    name_sources(spot, plan.output)
    retry = bool(failed) or _is_wanting(plan)
    record = EventRecord(
        name=spot.name,
        title=outcome.title,
        folder=spot.place,
        stamp="" if retry else spot.stamp,
        content=content_with(survey.content, failed),
        files=outcome.files,
        photos=outcome.photos,
        notes=outcome.accounting.seen,
        actions=outcome.actions,
        words_to_check=outcome.words_to_check,
        seconds=round(seconds + time.monotonic() - began, 1),
        problems=outcome.problems,
    )
    save_record(plan.output, record)
    return record


def list_ids(spot: Spot, output: Path, choices: Choices) -> frozenset[str]:
    """Ids of the photos that are in an event now. Raises as `survey_spot` does."""
    intake.mute_pillow()
    with naming(spot, output):
        bring_spot(spot, output)
        config, _ = load_settings(settings_folder(spot, output), choices)
        return frozenset(intake.photo_id(source) for source in _find(spot, config)[0])


def content_with(content: str, failed: Mapping[str, Problem]) -> str:
    """What is written also depends on the photos that failed."""
    return hash_parts(content, *(f"{i} {failed[i].reason}" for i in sorted(failed)))


def stamp_spot(spot: Spot, output: Path, choices: Choices, state_of: Callable[[Path], str] = file_state) -> str:
    """Changes when an event must be looked at again: its files, anybody's settings, or the program. Opens none of its files.

    state_of: as `file_state`, also of files at an address.
    """
    folder = settings_folder(spot, output)
    beside = [settings_file(), choices.template, corrections_path(folder), folder / EVENT_FILE]
    states = [state_of(path) for path in beside if path is not None]
    return hash_parts(spot.stamp, *states, repr(choices), stamp_program(), stamp_package())


@functools.cache
def stamp_package() -> str:
    """Changes with everything in the program that decides what is written."""
    root = Path(digitise.__file__).parent
    digest = hashlib.sha256(digitise.__version__.encode())
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root).parts
        if not set(parts) & set(UNWRITING) and not parts[0].startswith("cli"):
            digest.update("/".join(parts).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _find(spot: Spot, config: Config) -> tuple[list[Source], list[Problem]]:
    folder = Path(spot.folder)
    if spot.files:
        return intake.find_among([Path(path) for path in spot.files], folder, limits=config.limits)
    exclude = {*(Path(path) for path in spot.exclude), *(outputs_in(folder) if spot.whole else ())}
    return intake.find_sources(folder, limits=config.limits, exclude=exclude)


def _stamp_content(plan: Plan) -> str:
    template = ""
    if plan.template is not None:
        try:
            template = hash_file(plan.template)
        except OSError:  # the name of a look that is shipped
            template = str(plan.template)
    # the same wherever the archive lies: paths below the event's folder, and files that are told by their content
    sources = [source.model_copy(update={"path": os.path.relpath(source.path, plan.folder)}) for source in plan.sources]
    plan = plan.model_copy(update={"sources": tuple(sources)})
    told = plan.model_dump_json(exclude={"output": True, "folder": True, "template": True, "config": {"reading": {"recogniser"}}})
    return hash_parts(told, template, fingerprint_settings(plan.config), stamp_package())


def _is_wanting(plan: Plan) -> bool:
    """Whether the next run has something to ask the second reader."""
    if plan.config.reading.second_reader is None:
        return False
    fingerprint = fingerprint_settings(plan.config)
    return any(load_known(Job(s, plan.config, 1, store_folder(plan.output, s, fingerprint))) is None for s in plan.sources)


def _is_other(path: Path, piece: Piece) -> bool:
    """Whether a file's content is no longer what was found. That of a ZIP's member is hashed where it is unpacked."""
    try:
        return not piece.job.source.members and hash_file(path) != piece.job.source.sha256
    except OSError:
        return True


def _state_before(path: str, moment_ns: int) -> str:
    """A file's state; '' where it was written after a moment, so that its time may not change when it is written again."""
    try:
        status = os.stat(path)  # noqa: PTH116 - one habit with finding.py
    except OSError:
        return ""
    return describe_state(status) if status.st_mtime_ns < moment_ns else ""


def _tell_changed(source: Source) -> Problem:
    return Problem(file=source.file, reason=CHANGED, remedy="Run the same command again when nothing writes into the folder any more.")


def refuse_dead(file: str, how: str) -> Problem:
    """A photo whose worker did not live through it."""
    if how.startswith("took longer"):
        reason = f"reading it {how}, also when nothing else ran"
        return Problem(file=file, reason=reason, remedy="Make the photo smaller, or allow more with --timeout.")
    reason = f"the process that read it ended twice ({how}), perhaps for want of memory"
    return Problem(file=file, reason=reason, remedy="Make the photo smaller or use fewer --workers; if it happens again, please report it.")


def is_full(error: DigitiseError) -> bool:
    """Whether an error is about a full disk, which no other event would escape."""
    return isinstance(error, DiskFullError)
