"""Events at the desk for tests: drawn photos in a server's folder; one whose photos were looked at and read before, without a worker."""

from __future__ import annotations

import concurrent.futures
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from conftest import draw_photo
from PIL import Image, ImageFilter

from digitise import api
from digitise.errors import PhotoError
from digitise.model import Problem
from digitise.web.desk import Desk, Progress
from digitise.web.desk_memory import EventMemory, FileSeen, list_files, save_memory, save_seen, thumbnail_of
from digitise.web.desk_opening import refresh_room
from digitise.web.desk_results import take_result
from digitise.web.desk_room import Room, Task
from digitise.web.desk_steps import Step, next_steps, stamp_disk
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace

EVENT_ID = "abcdefghij1"
WORDS = ("Problems", "No bus after six o'clock", "People feel alone at night")


def make_place(data: Path, event_id: str = EVENT_ID, *, title: str = "Health day") -> EventPlace:
    """An event without photos."""
    place = EventPlace(event_id, data / "events" / event_id)
    for folder in (place.photos, place.incoming, place.seen):
        folder.mkdir(parents=True)
    (place.folder / "event.toml").write_text(f'title = "{title}"\n', encoding="utf-8")
    return place


def add_photo(place: EventPlace, name: str, lines: Sequence[str] = WORDS) -> Path:
    return draw_photo(place.photos / name, lines)


def add_long(place: EventPlace, name: str) -> Path:
    """A photo that takes seconds to read: whoever looks for the process that reads it comes in time."""
    lines = [f"Line {n} asks for a bus that runs after six and on Sundays" for n in range(36)]
    return draw_photo(place.photos / name, lines, size=(700, 1660))


def add_blurred(place: EventPlace, name: str) -> Path:
    """A photo that nobody can read."""
    path = draw_photo(place.photos / name, ("Not to be read",) * 3)
    Image.open(path).filter(ImageFilter.GaussianBlur(9)).save(path)
    return path


def add_damaged(place: EventPlace, name: str) -> Path:
    """A file that begins as a photo does and breaks off."""
    path = draw_photo(place.photos / name, WORDS)
    path.write_bytes(path.read_bytes()[:700])
    return path


def look_at_all(place: EventPlace) -> None:
    """What workers find at first sight in every file, found here and kept where the desk looks for it."""
    stamp = api.stamp_glances_of(place.folder)
    for name, (size, mtime_ns) in list_files(place).items():
        look = api.look_into_file(place.folder, place.photos / name, name)
        glances: dict[str, api.Glance] = {}
        failed: dict[str, Problem] = {}
        for source in look.sources:
            photo = api.photo_id(source)
            try:
                glances[photo] = api.glance_at_photo(place.folder, source, thumbnail_of(place, photo))
            except PhotoError as e:
                failed[photo] = Problem(file=name, reason=e.reason, remedy=e.remedy)
        seen = FileSeen(
            file=name,
            size=size,
            mtime_ns=mtime_ns,
            stamp=stamp,
            sources=look.sources,
            problems=look.problems,
            glances=glances,
            failed=failed,
        )
        save_seen(place, seen)


def pretend_all_is_done(place: EventPlace) -> None:
    """As an earlier server leaves an event when nothing is left to do; two notes for each photo. There is no report."""
    look_at_all(place)
    ids = [path.stem for path in place.seen.glob("*.jpg")]
    save_memory(place, EventMemory(notes=dict.fromkeys(ids, 2), settled=stamp_disk(place), state="ready", read=len(ids), total=len(ids)))


def wait_until(desk: Desk, place: EventPlace, is_so: Callable[[Progress], bool], *, seconds: float = 120) -> Progress:
    """The first progress for which it is so."""
    until = time.monotonic() + seconds
    while not is_so(progress := desk.progress(place)):
        assert time.monotonic() < until, progress
        time.sleep(0.05)
    return progress


SHARE = api.Share(jobs=2, threads=1, memory_mib=8000)


def open_room(place: EventPlace, **memory: object) -> Room:
    """The event as a fresh server sees it."""
    room = Room(place, EventMemory.model_validate(memory))
    refresh_room(room)
    return room


def steps(room: Room) -> list[Step]:
    return list(next_steps(room, share=SHARE, run="run", now=time.monotonic() + 60))


def answer(room: Room, step: Step, result: object) -> None:
    """As if a worker had done the step."""
    future: concurrent.futures.Future[object] = concurrent.futures.Future()
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
    take_result(room, Task(step.kind, future, step.file, step.picture, step.stamps), now=time.monotonic())


def open_desk(place: EventPlace, **more: object) -> Desk:
    desk = Desk(ServerSettings(data=place.root.parents[1], workers=1, **more))  # type: ignore[arg-type]
    desk.open()
    return desk
