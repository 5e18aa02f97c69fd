"""What a worker's answer changes in what is known of an event."""

from __future__ import annotations

import concurrent.futures
import logging

from digitise import api
from digitise.config import Limits
from digitise.errors import DigitiseError, NoInputError, PhotoError
from digitise.intake.refusing import over, to_problem
from digitise.model import Problem, Source
from digitise.web.desk_room import File, Picture, Room, Task

logger = logging.getLogger(__name__)

BUSY_S = 3.0
"""Pause before the event is arranged again when somebody else was writing into its folder ..."""
BUSY_TRIES = 40
"""... so often."""
MOST_PICTURES = Limits().photos
"""Of one event, pages and members of ZIPs counted."""
TAKE_LOOK = "Try again, or make the photo smaller; if it happens again, please report it."


def take_result(room: Room, task: Task, *, now: float) -> None:
    """Bring a finished task's answer into its room. now: monotonic."""
    error = None if task.future.cancelled() else task.future.exception()
    if task.future.cancelled() or isinstance(error, concurrent.futures.CancelledError):
        return
    if task.file is not None:
        if room.files.get(task.file.name) is not task.file:
            return  # it was removed or exchanged meanwhile
        task.file.told = None
    match task.kind:
        case "look" if task.file is not None:
            _take_look(room, task, task.file, error)
        case "glance" if task.file is not None and task.picture is not None:
            _take_glance(room, task, task.file, task.picture, error)
        case "survey":
            _take_survey(room, task, error)
        case "read" if task.picture is not None:
            _take_reading(room, task, task.picture, error, now)
        case _:
            _take_assembly(room, task, error, now)


def _take_look(room: Room, task: Task, file: File, error: BaseException | None) -> None:
    if _is_for_event(room, error):
        return
    file.looked = True
    if error is not None:
        file.problems = (_explain(file.name, error),)
    else:
        look: api.FileLook = task.future.result()
        sources, too_many = _bound_pictures(room, file, look.sources)
        file.problems = (*look.problems, *too_many)
        file.pictures = [Picture(source, api.photo_id(source)) for source in sources]
    file.unsaved = room.unsaved = True


def _bound_pictures(room: Room, file: File, sources: tuple[Source, ...]) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """As many of a file's pictures as the event may still have: 2,000 PDFs of 200 pages would keep the clerk from all other events."""
    before = sum(len(other.pictures) for other in room.files.values() if other is not file)
    if before + len(sources) <= MOST_PICTURES:
        return sources, ()
    what = f"it has {before + len(sources)} photos; only the first {MOST_PICTURES} are in the report"
    return sources[: max(0, MOST_PICTURES - before)], (
        to_problem(over(file.name, what, f"{MOST_PICTURES}", "photos", "Make it two events")),
    )


def _take_glance(room: Room, task: Task, file: File, picture: Picture, error: BaseException | None) -> None:
    if _is_for_event(room, error):
        return
    if error is not None:
        picture.problem = _explain(picture.source.file, error)
    else:
        picture.glance = task.future.result()
        room.mark_alike(file, picture)
    file.unsaved = room.unsaved = True


def _take_survey(room: Room, task: Task, error: BaseException | None) -> None:
    if error is not None:
        room.trouble = _explain_trouble(error)
        return
    survey: api.Survey = task.future.result()
    memory, same = room.memory, room.memory.fingerprint == survey.fingerprint
    room.surveyed = True
    room.change(
        fingerprint=survey.fingerprint,
        settings=api.stamp_settings(room.place.folder),
        program=api.stamp_program(),
        notes=survey.notes,
        warnings=memory.warnings if same else {},
        failed=memory.failed if same else {},
    )
    room.tell_all_anew()


def _take_reading(room: Room, task: Task, picture: Picture, error: BaseException | None, now: float) -> None:
    memory = room.memory
    if isinstance(error, api.DiedError):
        how = f"the process that read it ended ({error.died.how}), perhaps for want of memory"
        room.change(failed=memory.failed | {picture.id: Problem(file=picture.source.file, reason=how, remedy=TAKE_LOOK)})
    elif error is not None:
        room.trouble = _explain_trouble(error)
        return
    else:
        read: api.PhotoRead = task.future.result()
        if read.fingerprint != memory.fingerprint:
            room.surveyed = False  # the settings were changed while it was read
            return
        if read.problem is not None:
            room.change(failed=memory.failed | {picture.id: read.problem})
        else:
            room.change(notes=memory.notes | {picture.id: read.notes}, warnings=memory.warnings | {picture.id: read.warnings})
        if not read.reused:
            room.moments.append(now)
    room.changed_at = now
    for file in room.files.values():
        if any(other.id == picture.id for other in file.pictures):
            file.told = None


def _take_assembly(room: Room, task: Task, error: BaseException | None, now: float) -> None:
    if isinstance(error, DigitiseError) and "another run" in error.reason and room.tries < BUSY_TRIES:
        room.tries, room.again_at = room.tries + 1, now + BUSY_S
        return
    room.tries = 0
    reports, room.reports = room.reports, []
    if error is None:
        room.change(arranged=task.stamps[0], written=task.stamps[1], trouble="")
        for report in reports:
            report.set_result(None)
        return
    told = _explain_trouble(error)
    if isinstance(error, NoInputError | api.DiedError):
        # it would come out the same again: remembered until something changes
        room.change(arranged=task.stamps[0], trouble=told)
    else:
        room.trouble = told
    for report in reports:
        report.set_exception(error if isinstance(error, DigitiseError) else DigitiseError("report", told, "Try again."))


def _is_for_event(room: Room, error: BaseException | None) -> bool:
    """Whether an error is about more than one file, such as settings that cannot be read or a full disk."""
    if not isinstance(error, DigitiseError) or isinstance(error, PhotoError | NoInputError):
        return False
    room.trouble = _explain_trouble(error)
    return True


def _explain(file: str, error: BaseException) -> Problem:
    if isinstance(error, PhotoError | NoInputError):
        return Problem(file=file, reason=error.reason, remedy=error.remedy)
    if isinstance(error, api.DiedError):
        return Problem(file=file, reason=f"the process that looked at it ended ({error.died.how})", remedy=TAKE_LOOK)
    logger.error("a first glance failed", exc_info=error)
    return Problem(file=file, reason="the program failed on it", remedy="Try again; if it happens again, please report it.")


def _explain_trouble(error: BaseException) -> str:
    """In words for the event's page, without paths of the server."""
    if isinstance(error, DigitiseError):
        return f"{error.reason[:1].upper()}{error.reason[1:]}. {error.remedy}"
    if isinstance(error, api.DiedError):
        return f"The process that arranged the event ended ({error.died.how}). Try again; if it happens again, please report it."
    logger.error("work for an event failed", exc_info=error)
    return "The program failed. Try again; if it happens again, please report it."
