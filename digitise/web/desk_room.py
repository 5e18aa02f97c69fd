"""One event at the desk, in memory: its files, what is known of them, and how that is told. Belongs to the clerk's thread alone."""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from digitise.api import VERDICTS, Glance, photo_id, stamp_program
from digitise.intake.likeness import SIMILAR_BITS
from digitise.model import Problem, Source
from digitise.web.desk_memory import EventMemory, FileSeen, hash_texts, thumbnail_of
from digitise.web.desk_model import EventState, PhotoProgress, PhotoState, Progress, Reason, Verdict
from digitise.web.shelf import EventPlace

TaskKind = Literal["look", "glance", "survey", "read", "assemble"]
CODES = {sentence: code for code, sentence in VERDICTS.items()}
SHOWN_THUMBNAILS = 6
"""Small pictures shown of a file with several."""
RECENT = 20
"""Readings from which the time left is told."""
NONE_USABLE = "None of the photos can be used."
LEAST_RECENT = 3
"""Fewer say too little: the first one loads the networks."""


@dataclasses.dataclass(eq=False)
class Picture:
    """One picture of a file."""

    source: Source
    id: str
    glance: Glance | None = None
    problem: Problem | None = None
    """Why it cannot be decoded."""
    same_as: str = ""
    bits: int | None = None
    """The difference hash of its glance as a number; None until it is asked for, and for a picture that is like nothing."""

    @property
    def is_checked(self) -> bool:
        return self.glance is not None or self.problem is not None


@dataclasses.dataclass(eq=False)
class File:
    """One file of the event."""

    name: str
    size: int
    mtime_ns: int
    looked: bool = False
    """Whether it is known what is in it."""
    pictures: list[Picture] = dataclasses.field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    told: PhotoProgress | None = None
    """How it was last told; None when that has changed."""
    unsaved: bool = False
    """Something was found in it that is not on disk yet."""

    def to_seen(self, stamp: str) -> FileSeen:
        return FileSeen(
            file=self.name,
            size=self.size,
            mtime_ns=self.mtime_ns,
            stamp=stamp,
            sources=tuple(p.source for p in self.pictures),
            problems=self.problems,
            glances={p.id: p.glance for p in self.pictures if p.glance is not None},
            failed={p.id: p.problem for p in self.pictures if p.problem is not None},
        )

    def take_over(self, seen: FileSeen) -> None:
        """Believe what an earlier server found in it."""
        self.looked, self.problems = True, seen.problems
        self.pictures = [Picture(s, photo_id(s), seen.glances.get(photo_id(s)), seen.failed.get(photo_id(s))) for s in seen.sources]


@dataclasses.dataclass(eq=False)
class Task:
    """Something of the event that a worker does."""

    kind: TaskKind
    future: concurrent.futures.Future[Any]
    file: File | None = None
    picture: Picture | None = None
    stamps: tuple[str, str] = ("", "")
    """Of an assembly: what is arranged, and what is written."""


@dataclasses.dataclass(eq=False)
class Room:
    """One event."""

    place: EventPlace
    memory: EventMemory
    files: dict[str, File] = dataclasses.field(default_factory=dict)
    disk: str = ""
    """Names, sizes and times of the event's files and settings when they were last looked at."""
    glance_stamp: str = ""
    stopped: bool = False
    surveyed: bool = False
    trouble: str = ""
    """Why nothing can be done for the whole event: broken settings, a full disk. Until a person does something."""
    tasks: set[Task] = dataclasses.field(default_factory=set)
    reports: list[concurrent.futures.Future[None]] = dataclasses.field(default_factory=list)
    moments: collections.deque[float] = dataclasses.field(default_factory=lambda: collections.deque(maxlen=RECENT))
    """When the last photos were read (monotonic)."""
    changed_at: float = -math.inf
    """When there was last something new to arrange."""
    again_at: float = -math.inf
    """Not before that the event is arranged once more."""
    tries: int = 0
    published: Progress | None = None
    used_at: float = 0.0
    unsaved: bool = False
    read_only: bool = False
    """Nothing is looked at again: what an earlier server knew is shown."""

    @property
    def pictures(self) -> Iterator[Picture]:
        return itertools.chain.from_iterable(file.pictures for file in self.files.values())

    def has_task(self, *kinds: TaskKind) -> bool:
        return any(task.kind in kinds for task in self.tasks)

    def find_problem(self, picture: Picture) -> Problem | None:
        """Why a picture is of no use; None while that is not said."""
        return picture.problem or (None if picture.id in self.memory.notes else self.memory.failed.get(picture.id))

    def list_unread(self) -> list[tuple[File, Picture]]:
        """Pictures that should be read and are not. The same picture twice is read once."""
        under_way = {task.picture.id for task in self.tasks if task.kind == "read" and task.picture is not None}
        found: dict[str, tuple[File, Picture]] = {}
        for file in self.files.values():
            for picture in file.pictures:
                if picture.glance is not None and picture.id not in self.memory.notes and self.find_problem(picture) is None:
                    found.setdefault(picture.id, (file, picture))
        return [pair for name, pair in found.items() if name not in under_way]

    @property
    def is_checked(self) -> bool:
        return all(file.looked for file in self.files.values()) and all(picture.is_checked for picture in self.pictures)

    @property
    def is_read(self) -> bool:
        """Whether nothing is left to be looked at or read."""
        return self.is_checked and self.surveyed and not self.list_unread() and not self.has_task("read")

    @property
    def has_notes(self) -> bool:
        """Whether any of its pictures was read."""
        return any(picture.id in self.memory.notes for picture in self.pictures)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do: all is read and arranged, or nothing can be."""
        return (
            bool(self.files) and not self.trouble and self.is_read and (not self.has_notes or self.memory.arranged == stamp_content(self))
        )

    @property
    def needs_clock(self) -> bool:
        """Whether something may have to be done without a new message."""
        waits = bool(self.files) and not self.trouble and not self.memory.settled and self.is_read and not self.read_only
        return bool(self.tasks or self.reports) or self.unsaved or waits

    def change(self, **values: Any) -> None:
        """Change what is remembered of the event."""
        self.memory = self.memory.model_copy(update=values)
        self.unsaved = True

    def unsettle(self) -> None:
        if self.memory.settled:
            self.change(settled="")

    def forgive(self) -> None:
        """A person asks to try again what went wrong."""
        self.trouble = ""
        self.change(failed={}, trouble="", arranged="" if self.memory.trouble else self.memory.arranged)
        for file in self.files.values():
            if file.problems and not file.pictures:
                file.looked, file.problems = False, ()
            for picture in file.pictures:
                picture.problem = None
        self.unsettle()
        self.tell_all_anew()

    def tell_all_anew(self) -> None:
        for file in self.files.values():
            file.told = None

    def mark_alike(self, file: File, picture: Picture) -> None:
        """Find the photo that came before and shows the same, and those that came after; pages of one file are different pages."""
        came_before = True
        if picture.glance is None:
            return
        bits = _bits_of(picture)
        for other in self.files.values():
            if other is file:
                came_before = False
                continue
            alike = next((p for p in other.pictures if _shows_same(p, picture, bits)), None)
            if alike is not None and came_before:
                picture.same_as = other.name
                return
            if alike is not None and not alike.same_as:
                alike.same_as, other.told = file.name, None


def _shows_same(other: Picture, picture: Picture, bits: int | None) -> bool:
    """Whether a picture shows the same as one that was glanced at, whose `bits` these are. Asked for each pair: hashes are read once."""
    if other.glance is None:
        return False
    if other.id == picture.id:
        return True
    others = other.bits if other.bits is not None else _bits_of(other)
    return bits is not None and others is not None and (bits ^ others).bit_count() <= SIMILAR_BITS


def _bits_of(picture: Picture) -> int | None:
    if picture.bits is None and picture.glance is not None and picture.glance.dhash:
        picture.bits = int(picture.glance.dhash, 16)
    return picture.bits


def stamp_content(room: Room) -> str:
    """Changes when there is something new to arrange: photos, settings, or what was read of them."""
    read = sorted(room.memory.notes.keys() & {picture.id for picture in room.pictures})
    failed = sorted(p.id for p in room.pictures if room.find_problem(p) is not None)
    return hash_texts(room.disk, room.memory.fingerprint, *read, "failed", *failed)


def tell_file(room: Room, file: File) -> PhotoProgress:
    """How far one file is."""
    reading = {task.picture.id for task in room.tasks if task.kind == "read" and task.picture is not None and task.future.running()}
    states = [_state_of(room, picture, reading) for picture in file.pictures]
    problems = [*file.problems, *(p for picture in file.pictures if (p := room.find_problem(picture)) is not None)]
    several = len(file.pictures) > 1
    verdicts = [
        Verdict(code=code, part=_part(file, picture) if several else "") for picture in file.pictures for code in _codes_of(room, picture)
    ]
    reasons = tuple(dict.fromkeys(_reason_of(problem, file) for problem in problems))
    thumbnails = [thumbnail_of(room.place, p.id).name for p in file.pictures if p.glance is not None]
    return PhotoProgress(
        file=file.name,
        id=file.pictures[0].id if file.pictures else "",
        state=_join_states(states) if file.looked else "checking",
        warnings=tuple(f"{v.part}: {VERDICTS[v.code]}" if v.part else VERDICTS[v.code] for v in verdicts if v.code in VERDICTS),
        problem=" ".join(f"{r.part}: {r.text}" if r.part else r.text for r in reasons),
        reasons=reasons,
        thumbnail=thumbnails[0] if thumbnails else "",
        same_as=next((p.same_as for p in file.pictures if p.same_as), ""),
        notes=sum(room.memory.notes.get(p.id, 0) for p in file.pictures),
        verdicts=tuple(verdicts),
        pictures=max(1, len(file.pictures)),
        pictures_read=states.count("read"),
        pictures_failed=states.count("failed") + (len(file.problems) if not file.pictures else 0),
        taken=min((p.source.taken for p in file.pictures if p.source.taken is not None), default=None),
        thumbnails=tuple(thumbnails[:SHOWN_THUMBNAILS]) if several else (),
    )


def tell_room(room: Room, *, now: float, revision: int) -> Progress:
    """How far the event is."""
    for file in room.files.values():
        if file.told is None:
            file.told = tell_file(room, file)
    photos = [file.told for file in room.files.values() if file.told is not None]
    failed = sum(photo.pictures_failed for photo in photos)
    read = failed + sum(photo.pictures_read for photo in photos)
    state = _state_of_room(room)
    return Progress(
        revision=revision,
        state=state,
        photos=tuple(photos),
        read=read,
        total=sum(photo.pictures for photo in photos),
        seconds_left=_seconds_left(room, now) if state == "reading" else None,
        message=room.trouble or ((room.memory.trouble or NONE_USABLE) if state == "failed" else ""),
        failed=failed,
        outdated=state == "ready" and room.memory.program not in ("", stamp_program()),
    )


def _state_of_room(room: Room) -> EventState:
    if not room.files:
        return "empty"
    if room.trouble:
        return "failed"
    if not room.is_read:
        return "stopped" if room.stopped and room.is_checked else "reading"
    if room.memory.settled:
        return "failed" if room.memory.trouble or not room.has_notes else "ready"
    return "arranging"


def _state_of(room: Room, picture: Picture, reading: set[str]) -> PhotoState:
    if not picture.is_checked:
        return "checking"
    if room.find_problem(picture) is not None:
        return "failed"
    if picture.id in room.memory.notes:
        return "read"
    return "reading" if picture.id in reading else "waiting"


def _join_states(states: Sequence[PhotoState]) -> PhotoState:
    """Of a file with several pictures: what is still under way first."""
    order: tuple[PhotoState, ...] = ("checking", "reading", "waiting", "read")
    return next((state for state in order if state in states), "failed")


def _codes_of(room: Room, picture: Picture) -> list[str]:
    first = list(picture.glance.verdicts) if picture.glance is not None else []
    later = [CODES[sentence] for sentence in room.memory.warnings.get(picture.id, ()) if sentence in CODES]
    return list(dict.fromkeys([*first, *later]))


def _part(file: File, picture: Picture) -> str:
    """Which picture of its file: 'page 2' of 'scan.pdf, page 2'."""
    return picture.source.file.removeprefix(file.name).lstrip(",/ ")


def _reason_of(problem: Problem, file: File) -> Reason:
    part = problem.file.removeprefix(file.name).lstrip(",/ ") if problem.file.startswith(file.name) else ""
    reason = problem.reason[:1].upper() + problem.reason[1:]
    return Reason(text=f"{reason}. {problem.remedy}", part=part)


def _seconds_left(room: Room, now: float) -> float | None:
    """From the pace of the last readings, however many went on at the same time."""
    if len(room.moments) < LEAST_RECENT or not room.is_checked:
        return None
    pace = (room.moments[-1] - room.moments[0]) / (len(room.moments) - 1)
    left = len(room.list_unread()) + sum(task.kind == "read" for task in room.tasks)
    return max(1.0, pace * left - (now - room.moments[-1]))
