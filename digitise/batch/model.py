"""What a batch knows: where its events lie, what became of each, how far it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from digitise.model import Frozen, Problem
from digitise.planning import NO_CHOICES, Choices
from digitise.remote import Address

By = Literal["folder", "day", "toml"]
"""What makes an event: a folder with photos, a time without long gaps, or a folder with an event.toml."""
State = Literal["running", "done", "stopped"]
RunState = State | Literal["cut off"]
What = Literal["plan", "photo", "event", "worker", "waiting", "end"]


class Grouping(Frozen):
    """How photos become events."""

    by: By = "folder"
    gap_h: float = 6.0
    """By day: so many hours without a photo end an event. A day with a long lunch stays one, a night parts two; chosen, not measured."""


class Away(Frozen):
    """What a worker needs to know of an event that lies at an address."""

    archive: Address | None = None
    """Of the whole archive; None: its photos are in a folder of this computer."""
    files: tuple[tuple[str, str, int], ...] = ()
    """Of each file: its way below the archive's address, its path once fetched, its size in bytes (-1: not known)."""
    top: str = ""
    """Path of the archive once fetched."""
    outputs: Address | None = None
    """Of all outputs; the event's lie in a folder of its name below. None: they stay on this computer."""
    token: str = ""
    """Of the lease under which this run may write there."""


class Spot(Frozen):
    """One event of the archive, before any of its files is opened."""

    name: str
    """Of its folder below the output folder; no other event has it."""
    folder: str
    """Where its photos and settings lie; a ZIP counts as a folder."""
    whole: bool = False
    """Its photos may lie in subfolders, too."""
    files: tuple[str, ...] = ()
    """By day: these files and no others; `folder` is then the root of the archive."""
    exclude: tuple[str, ...] = ()
    """Files and folders in it that are no part of it."""
    count: int
    """Files in it that look like photos by their names."""
    stamp: str
    """Changes when any of its files is written anew, comes or goes."""
    growing: bool = False
    """More of it is just arriving: its photos are read, its report waits."""
    shown: str = ""
    """The address of its folder, where that is none of this computer."""
    away: Away | None = Field(None, exclude=True, repr=False)
    """Not shown or kept: an address may have a password in it."""

    @property
    def place(self) -> str:
        """Where it lies, for people."""
        return self.shown or self.folder


class Archive(Frozen):
    """The events of a tree of folders."""

    spots: tuple[Spot, ...]
    problems: tuple[Problem, ...] = ()
    """Folders that cannot be read."""
    left_out: int = 0
    """Photos that belong to no event."""


class Outside(Frozen):
    """What decides about an event and lies neither in its folder nor in the program."""

    files: dict[str, str] = Field({})
    """Its house template and its own recogniser: way from the folder of its settings -> state."""
    settings: str = ""
    """Those that choose what reads, as JSON."""
    reader: str = ""
    """What they chose: a fingerprint of the networks and programs that were installed."""


class EventRecord(Frozen):
    """What became of one event; lies in its store and says what its files were made of."""

    name: str
    title: str
    folder: str
    stamp: str
    """The spot's, when the photos were looked at; '' where the next run must look again."""
    content: str
    """Changes with all that decides what is written; '' where the second reader has not answered everything."""
    outside: Outside = Outside()
    files: dict[str, str]
    """As Outcome's."""
    photos: int
    notes: int
    actions: int
    words_to_check: int
    seconds: float
    """Of work in worker processes, in the run that wrote the files."""
    problems: tuple[Problem, ...] = ()


class Trouble(Frozen):
    """Something that failed."""

    event: str
    file: str = ""
    """'' when the whole event failed."""
    reason: str
    remedy: str = ""


class Standing(Frozen):
    """How far a run is."""

    state: RunState = "running"
    events: int
    """In all."""
    events_written: int = 0
    events_current: int = 0
    """Their files were as they should be."""
    events_failed: int = 0
    photos: int
    """In all, as far as it is known."""
    read: int = 0
    reused: int = 0
    failed: int = 0
    seconds: float = 0.0
    photos_per_minute: float | None = None
    """Of those read in this run, lately."""
    seconds_left: float | None = None
    troubles: tuple[Trouble, ...] = ()
    """The first of them."""
    updated: str = ""
    """Date and time, local, by the machine's clock."""

    @property
    def done(self) -> int:
        """Photos about which nothing is left to do."""
        return self.read + self.reused + self.failed


class RunNote(Frozen):
    """What a run was asked to do; kept in the output folder for `status` and `prune`."""

    archive: str
    grouping: Grouping
    settings: Choices = NO_CHOICES
    """What is up to date under these is not up to date under others."""


class News(Frozen):
    """One thing that happened; a line of --json-lines."""

    what: What
    event: str = ""
    file: str = ""
    outcome: Literal["", "read", "reused", "failed", "written", "current"] = ""
    trouble: Trouble | None = None
    standing: Standing | None = None

    @property
    def word(self) -> str:
        """What became of it, for people."""
        return "up to date" if self.outcome == "current" else self.outcome


class BatchOutcome(Frozen):
    """What became of a run."""

    standing: Standing
    troubles: tuple[Trouble, ...]
    index: str
    """Folder of the index."""
