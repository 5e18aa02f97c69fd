"""Finds the events in a tree of files by names, sizes and times alone: nothing but nameless files is opened here.

What a folder holds is looked at again, file by file, in a worker process when its turn comes. The rules are the same for a folder of this
computer and for an address; `trees.py` and `away.py` say how each is listed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from digitise.batch.model import Archive, Grouping, Spot
from digitise.batch.naming import name_outputs
from digitise.batch.sessions import Dated, split_by_gaps
from digitise.batch.trees import FolderTree, Tree, TreeEntry
from digitise.events import PICTURES
from digitise.intake.sniffing import claims_photo, is_junk, is_picture, show_name, sniff, suffix_of
from digitise.model import Problem
from digitise.planning import EVENT_FILE
from digitise.store import STORE_FOLDER

ReadTimes = Callable[[Sequence[str]], Sequence[datetime | None]]
IsSettled = Callable[[str, int, int], bool]
"""Path, size in bytes and time in ns -> whether nobody is writing the file any more."""


class _File(NamedTuple):
    path: str
    name: str
    state: str
    """Size and time; '' for a link that leads nowhere."""
    photo: bool
    settled: bool


class _Folder(NamedTuple):
    path: str
    files: list[_File]
    folders: list[str]


@dataclasses.dataclass
class _Event:
    """An event of which more may be found."""

    parts: tuple[str, ...]
    folder: str
    top: str
    whole: bool = False
    files: tuple[str, ...] = ()
    exclude: list[str] = dataclasses.field(default_factory=list)
    count: int = 0
    growing: bool = False
    digest: hashlib._Hash = dataclasses.field(default_factory=hashlib.sha256)

    def add(self, file: _File) -> None:
        if not file.settled:
            self.exclude.append(file.path)
            self.growing = True
            return
        self.count += file.photo
        # by its way below the archive, which may be moved or fetched to another place
        self.digest.update(f"{file.path.removeprefix(self.top)}\0{file.state}\0".encode("utf-8", "surrogateescape"))


def find_archive(
    root: Path,
    grouping: Grouping,
    *,
    leave_out: Collection[Path],
    read_times: ReadTimes,
    is_settled: IsSettled = lambda path, size, mtime_ns: True,
    tree: Tree = FolderTree(),  # noqa: B008 - holds nothing
) -> Archive:
    """The events below a folder. leave_out: folders that are not entered. read_times: when photos were taken; asked by day only.

    tree: how its folders are listed; `root` is the path of the uppermost there.
    """
    top = os.path.abspath(root)  # noqa: PTH100 - Path.absolute keeps '..', and resolve would hide the name the person gave
    problems: list[Problem] = []
    owners: dict[str, _Event] = {}
    events: list[_Event] = []
    loose: list[_File] = []
    left_out = 0
    for folder in _walk(top, tree, leave_out, is_settled, problems):
        owner = owners.get(os.path.dirname(folder.path)) if folder.path != top else None  # noqa: PTH120 - a million of them
        if any(file.name == EVENT_FILE for file in folder.files):
            if owner is not None:
                owner.exclude.append(folder.path)
            owner = _Event(_parts(folder.path, top), folder.path, top, whole=True)
            events.append(owner)
        if owner is not None:
            owners[folder.path] = owner
            for file in folder.files:
                owner.add(file)
        elif grouping.by == "toml":
            left_out += sum(file.photo for file in folder.files)
        elif grouping.by == "day":
            zips, others = _part_zips([file for file in folder.files if file.photo])
            events += _events_of_zips(zips, top)
            loose += others
        else:
            events += _events_of_folder(folder, top)
    events += _events_of_days(loose, top, grouping, read_times)
    events = [event for event in events if event.count]
    names = name_outputs([event.parts for event in events])
    spots = tuple(_make_spot(name, event) for name, event in zip(names, events, strict=True))
    return Archive(spots=tuple(sorted(spots, key=lambda spot: spot.name)), problems=tuple(problems), left_out=left_out)


def _walk(top: str, tree: Tree, leave_out: Collection[Path], is_settled: IsSettled, problems: list[Problem]) -> Iterator[_Folder]:
    """Folders from the top down, in the order of their names; each once, whatever links lead to it."""
    seen: set[Hashable] = {place for path in leave_out if (place := tree.place(str(path))) is not None}
    waiting = [top]
    while waiting:
        path = waiting.pop()
        place = tree.place(path)
        if place is not None and place in seen:
            continue
        # without a place it cannot be listed either, for want of rights or by the length of its way: that is told below
        seen.add(place)
        if not _is_text(path):
            remedy = "Rename the folder."
            problems.append(Problem(file=_shown(path, top), reason="its name holds characters that cannot be read", remedy=remedy))
            continue
        try:
            found = tree.list_folder(path)
        except OSError as e:
            reason = f"this folder cannot be read ({e.strerror})"
            problems.append(Problem(file=_shown(path, top), reason=reason, remedy="Change its permissions, or copy it."))
            continue
        entries = sorted((e for e in found if not is_junk(e.name) or e.name == STORE_FOLDER), key=lambda e: e.name)
        # pictures that an earlier report made are no photos
        made = {PICTURES, STORE_FOLDER} if any(e.name == STORE_FOLDER for e in entries) else set()
        folder = _Folder(path, [], [])
        for entry in entries:
            if entry.name in made:
                continue
            if entry.is_folder():
                folder.folders.append(entry.path)
            else:
                folder.files.append(_look_at(entry, is_settled))
        waiting += reversed(folder.folders)
        yield folder


def _look_at(entry: TreeEntry, is_settled: IsSettled) -> _File:
    look = entry.look()
    if look is None:
        return _File(entry.path, entry.name, "", claims_photo(entry.name), True)
    photo = claims_photo(entry.name) or (not suffix_of(entry.name) and look.regular and is_picture(sniff(entry.read_head())))
    return _File(entry.path, entry.name, look.state, photo, is_settled(entry.path, look.size, look.mtime_ns))


def _events_of_folder(folder: _Folder, top: str) -> list[_Event]:
    """A folder's own photos are an event. ZIPs that lie beside no photo are one each."""
    photos = [file for file in folder.files if file.photo]
    zips, others = _part_zips(photos)
    if not others:
        return _events_of_zips(zips, top)
    event = _Event(_parts(folder.path, top), folder.path, top, exclude=list(folder.folders))
    for file in folder.files:
        event.add(file)
    return [event]


def _part_zips(photos: Sequence[_File]) -> tuple[list[_File], list[_File]]:
    zips = [file for file in photos if suffix_of(file.name) == ".zip"]
    return zips, [file for file in photos if suffix_of(file.name) != ".zip"]


def _events_of_zips(zips: Sequence[_File], top: str) -> list[_Event]:
    events = []
    for file in zips:
        *parents, _ = _parts(file.path, top)
        event = _Event((*parents, Path(file.name).stem), file.path, top)
        event.add(file)
        events.append(event)
    return events


def _events_of_days(loose: Sequence[_File], top: str, grouping: Grouping, read_times: ReadTimes) -> list[_Event]:
    """Photos without a time are events by their folders."""
    if not loose:
        return []
    settled = [file for file in loose if file.settled]
    times = dict(zip((file.path for file in settled), read_times([file.path for file in settled]), strict=True))
    dated = [Dated(file.path, taken) for file in settled if (taken := times[file.path]) is not None]
    groups: dict[tuple[str, ...], list[str]] = {(name,): paths for name, paths in split_by_gaps(dated, grouping.gap_h)}
    for file in settled:
        if times[file.path] is None:
            groups.setdefault((*_parts(os.path.dirname(file.path), top), "without a date"), []).append(file.path)  # noqa: PTH120
    by_path = {file.path: file for file in settled}
    events = []
    for parts, paths in groups.items():
        # any photo that is still arriving may belong to any of them
        event = _Event(parts, top, top, files=tuple(paths), growing=len(settled) < len(loose))
        for path in paths:
            event.add(by_path[path])
        events.append(event)
    return events


def _make_spot(name: str, event: _Event) -> Spot:
    return Spot(
        name=name,
        folder=event.folder,
        whole=event.whole,
        files=event.files,
        exclude=tuple(event.exclude),
        count=event.count,
        stamp=event.digest.hexdigest()[:16],
        growing=event.growing,
    )


def _parts(path: str, top: str) -> tuple[str, ...]:
    """The way from the archive to a path; of the archive itself, its own name."""
    relative = os.path.relpath(path, top)
    return (os.path.basename(top) or "archive",) if relative == "." else Path(relative).parts  # noqa: PTH119


def _is_text(path: str) -> bool:
    """Whether a name can be written down: on Linux it may be any bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(path: str, top: str) -> str:
    return show_name("/".join(_parts(path, top)))
