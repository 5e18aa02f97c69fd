"""What workers do for a batch: look an event over, read one photo, write an event's files. Whatever touches a photo's bytes happens here,
and only what is small travels back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from digitise import intake
from digitise.batch.away import (
    Reference,
    bring_beside,
    bring_outputs,
    bring_spot,
    is_fetched,
    name_sources,
    naming,
    reference_of,
    send_spot,
    settings_folder,
)
from digitise.batch.keeping import drop_record, is_whole, load_record, save_record
from digitise.batch.model import EventRecord, Outside, Spot
from digitise.batch.refusals import Terms, load_refusals
from digitise.batch.stamps import content_with, look_outside, stamp_content
from digitise.check import need_bytes, require_ready
from digitise.config import Config, is_model_file, without_second_reader
from digitise.errors import OutputError
from digitise.events import Plan, no_usable_photo
from digitise.model import Problem, Source
from digitise.piecework import assemble_plan
from digitise.planning import Choices, load_settings, make_plan, outputs_in, refuse_output
from digitise.remote import ChangedThereError
from digitise.runs import Failure, Job, fingerprint_settings, load_known, read_sources, store_folder
from digitise.store import STORE_FOLDER, Entry, check_room, file_state
from digitise.weights import own_parts

MOST_TRIES = 3
"""To put an event's files to an address where somebody edits them at the same time."""


class Piece(NamedTuple):
    """One photo to read."""

    job: Job
    photo_id: str
    reference: Reference | None = None
    """Where a worker of another machine can fetch the file itself; None where it lies in a folder of this computer."""
    fingerprint: str = ""
    """Of the settings under which another machine reads it: without the second reader, which this one asks."""


class SpotSurvey(NamedTuple):
    """An event looked over."""

    plan: Plan
    content: str
    """As `stamp_content` gives it."""
    outside: Outside
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


def survey_spot(spot: Spot, output: Path, choices: Choices, terms: Terms) -> SpotSurvey:
    """An event's photos, each file hashed once, and which of them are to be read. output: the event's own folder.

    Raises NoInputError where no file can be used, ConfigError, DependencyError, EngineError or OutputError.
    """
    with naming(spot, output):
        bring_spot(spot, output)
        return _survey(spot, output, choices, terms)


def _survey(spot: Spot, output: Path, choices: Choices, terms: Terms) -> SpotSurvey:
    intake.mute_pillow()
    folder = settings_folder(spot, output)
    config, template = load_settings(folder, choices)
    states: dict[Path, str] = {}
    if template is not None:
        named = template
        template, states[named] = bring_beside(spot, named)
    if is_model_file(config.reading.recogniser):
        states |= {part: file_state(part) for part in own_parts(Path(config.reading.recogniser))}
    outside = look_outside(folder, config, {path: state for path, state in states.items() if not is_fetched(spot, path, output)})
    require_ready(config, template=template)
    refuse_output(Path(spot.folder), output)
    check_room(output / STORE_FOLDER, need_bytes=0)
    sources, problems = _find(spot, config)
    plan = make_plan(folder, output, config, template, sources=sources, problems=problems)
    if not sources:
        raise no_usable_photo(Path(spot.folder), plan.problems)
    fingerprint = fingerprint_settings(config)
    jobs = [Job(source, config, terms.threads, store_folder(output, source, fingerprint), terms.run) for source in sources]
    elsewhere = fingerprint_settings(without_second_reader(config))
    unread = [Piece(job, intake.photo_id(job.source), reference_of(spot, job.source), elsewhere) for job in jobs if load_known(job) is None]
    given_up = load_refusals(output, [piece.job for piece in unread], terms)
    refused = {
        piece.photo_id: given_up[piece.job.folder.name] for piece in unread if piece.job.folder and piece.job.folder.name in given_up
    }
    todo = [piece for piece in unread if piece.photo_id not in refused]
    check_room(output, need_bytes=need_bytes(len(todo)))
    record = load_record(output)
    if record is not None and not is_whole(output, record):
        record = None
    return SpotSurvey(plan, stamp_content(plan), outside, tuple(todo), len(jobs) - len(unread), record, tuple(refused.items()))


def read_here(job: Job) -> Entry | Failure:
    """Read one photo in this process, unless it is read."""
    ((_, outcome, _),) = read_sources([job], None)
    return outcome


def read_piece(piece: Piece, read: Callable[[Job], Entry | Failure] = read_here) -> Read:
    """Read one photo into its event's store. Raises what is no fault of the photo: EngineError, DependencyError, OutputError.

    read: does the reading, and puts what it gives into the store.
    """
    began = time.monotonic()
    outcome = read(piece.job)
    return Read(outcome.problem if isinstance(outcome, Failure) else None, time.monotonic() - began)


def assemble_spot(spot: Spot, survey: SpotSurvey, failed: Mapping[str, Problem], seconds: float) -> EventRecord:
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


def renew_spot(spot: Spot, survey: SpotSurvey, failed: Mapping[str, Problem]) -> EventRecord:
    """Keep in its record that an event's files say already what they should. Raises OutputError."""
    assert survey.record is not None
    with naming(spot, survey.plan.output):
        stamp = "" if failed or _is_wanting(survey.plan, failed) else spot.stamp
        record = survey.record.model_copy(update={"stamp": stamp, "outside": survey.outside})
        save_record(survey.plan.output, record)
        send_spot(spot, survey.plan.output)
    return record


def _assemble(spot: Spot, survey: SpotSurvey, failed: Mapping[str, Problem], seconds: float) -> EventRecord:
    began = time.monotonic()
    plan = survey.plan
    drop_record(plan.output)
    there = {intake.photo_id(source) for source in plan.sources} - failed.keys()
    outcome = assemble_plan(plan, failed, there=there)
    name_sources(spot, plan.output)
    wanting = _is_wanting(plan, failed)
    record = EventRecord(
        name=spot.name,
        title=outcome.title,
        folder=spot.place,
        stamp="" if failed or wanting else spot.stamp,
        # what the second reader still has to say will change the report, and no stamp tells when it was said
        content="" if wanting else content_with(survey.content, failed),
        outside=survey.outside,
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


def _find(spot: Spot, config: Config) -> tuple[list[Source], list[Problem]]:
    folder = Path(spot.folder)
    if spot.files:
        return intake.find_among([Path(path) for path in spot.files], folder, limits=config.limits)
    exclude = {*(Path(path) for path in spot.exclude), *(outputs_in(folder) if spot.whole else ())}
    return intake.find_sources(folder, limits=config.limits, exclude=exclude)


def _is_wanting(plan: Plan, failed: Mapping[str, Problem]) -> bool:
    """Whether the next run has something to ask the second reader of the photos that were read."""
    if plan.config.reading.second_reader is None:
        return False
    fingerprint = fingerprint_settings(plan.config)
    read = [source for source in plan.sources if intake.photo_id(source) not in failed]
    return any(load_known(Job(source, plan.config, 1, store_folder(plan.output, source, fingerprint))) is None for source in read)


def refuse_dead(file: str, how: str) -> Problem:
    """A photo whose worker did not live through it."""
    if how.startswith("took longer"):
        reason = f"reading it {how}, also when nothing else ran"
        return Problem(file=file, reason=reason, remedy="Make the photo smaller, or allow more with --timeout.")
    reason = f"the process that read it ended twice ({how}), perhaps for want of memory"
    return Problem(file=file, reason=reason, remedy="Make the photo smaller or use fewer --workers; if it happens again, please report it.")
