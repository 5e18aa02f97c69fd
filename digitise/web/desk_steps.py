"""What is to be done next for one event. Decides only; the clerk hands it out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from digitise import api
from digitise.model import Problem, Source
from digitise.web.desk_memory import hash_texts, list_files, thumbnail_of
from digitise.web.desk_room import File, Picture, Room, TaskKind, stamp_content
from digitise.web.desk_tasks import (
    ASSEMBLE,
    ASSEMBLE_TIMEOUT_S,
    GLANCE,
    GLANCE_TIMEOUT_S,
    READ,
    READ_TIMEOUT_S,
)
from digitise.web.keeping import list_parts
from digitise.web.shelf import EventPlace

DEBOUNCE_S = 2.0
"""Quiet after the last photo before the event is arranged."""
STALLED_S = 30.0
"""An upload to which nothing came for so long is not waited for: a phone in a pocket must not keep the report back."""


class Step(NamedTuple):
    """One task for a worker."""

    kind: TaskKind
    call: api.Call
    priority: int
    timeout_s: float
    cost_mib: float = 0.0
    file: File | None = None
    picture: Picture | None = None
    stamps: tuple[str, str] = ("", "")
    """Of an assembly: what is arranged, and what is written."""


def next_steps(room: Room, *, share: api.Share, run: str, now: float) -> Iterator[Step]:
    """Tasks that should be begun now. now: monotonic. run: the server's name."""
    yield from _steps_of_looking(room)
    if room.trouble or not room.files:
        return
    if not room.surveyed:
        if not room.has_task("survey", "assemble"):
            sources = [picture.source for picture in room.pictures]
            yield Step("survey", api.Call(api.survey_event, (room.place.folder, sources)), GLANCE, GLANCE_TIMEOUT_S)
        return
    if room.has_task("assemble"):
        # it clears the store of what the event no longer needs, which could be a photo that is being read
        return
    if not room.stopped:
        yield from _steps_of_reading(room, share=share, run=run)
    if not room.has_task("look", "glance", "read") and _is_assembly_due(room, now):
        yield _assembly(room)


def _steps_of_looking(room: Room) -> Iterator[Step]:
    looking = {task.file for task in room.tasks if task.kind == "look"}
    glancing = {task.picture for task in room.tasks if task.kind == "glance"}
    folder = room.place.folder
    for file in room.files.values():
        if not file.looked and file not in looking:
            path = room.place.photos / file.name
            yield Step("look", api.Call(api.look_into_file, (folder, path, file.name)), GLANCE, GLANCE_TIMEOUT_S, file=file)
        for picture in file.pictures:
            if not picture.is_checked and picture not in glancing:
                call = api.Call(api.glance_at_photo, (folder, picture.source, thumbnail_of(room.place, picture.id)))
                cost = api.cost_of_glance(picture.source.megapixels)
                yield Step("glance", call, GLANCE, GLANCE_TIMEOUT_S, cost, file, picture)


def _steps_of_reading(room: Room, *, share: api.Share, run: str) -> Iterator[Step]:
    """As many as keep the workers busy; the rest stay here, where they can be stopped."""
    under_way = sum(task.kind == "read" for task in room.tasks)
    for file, picture in room.list_unread()[: max(0, 2 * share.jobs - under_way)]:
        call = api.Call(read_for_desk, (room.place.folder, picture.source, share.threads, run))
        yield Step("read", call, READ, READ_TIMEOUT_S, api.cost_of_reading(_megapixels(picture)), file, picture)


def _is_assembly_due(room: Room, now: float) -> bool:
    if now < room.again_at or not room.is_checked or (not room.is_read and not room.stopped):
        return False
    if not room.memory.notes.keys() & {picture.id for picture in room.pictures}:
        return False
    if room.reports:
        return True
    return (
        room.is_read
        and room.memory.arranged != stamp_content(room)
        and now >= room.changed_at + DEBOUNCE_S
        and not is_uploading(room.place)
    )


def _assembly(room: Room) -> Step:
    failed: dict[str, Problem] = {p.id: problem for p in room.pictures if (problem := room.find_problem(p)) is not None}
    call = api.Call(api.assemble_event, (room.place.folder, failed))
    return Step("assemble", call, ASSEMBLE, ASSEMBLE_TIMEOUT_S, stamps=(stamp_content(room), stamp_written(room)))


def read_for_desk(folder: Path, source: Source, threads: int, run: str) -> api.PhotoRead:
    """Runs in a worker process."""
    return api.read_photo(folder, source, threads=threads, run=run)


def _megapixels(picture: Picture) -> float:
    glance = picture.glance
    return glance.width_px * glance.height_px / 1e6 if glance is not None else picture.source.megapixels


def stamp_disk(place: EventPlace) -> str:
    """Changes when the event's photos or settings do."""
    return hash_texts(api.stamp_settings(place.folder), *(f"{name} {size} {mtime}" for name, (size, mtime) in list_files(place).items()))


def stamp_written(room: Room) -> str:
    """Changes when the event's files would come out otherwise."""
    return hash_texts(stamp_content(room), api.stamp_edits(room.place.folder))


def is_uploading(place: EventPlace) -> bool:
    """Whether bytes are coming in for this event."""
    newest = max((changed for _, _, changed in list_parts(place)), default=0.0)
    return time.time() - newest < STALLED_S
