"""A tree of files as the walk for events sees it: names, sizes and times, wherever it lies. Folders of this computer are one kind."""

from __future__ import annotations

import os
import stat
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from digitise.intake.sniffing import HEAD_BYTES
from digitise.store import describe_state


class Look(NamedTuple):
    """What is known of a file without opening it."""

    size: int
    mtime_ns: int
    state: str
    """Changes when it is written anew."""
    regular: bool = True
    """Not a pipe or a device."""


class TreeEntry(Protocol):
    """Something in a folder."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    def is_folder(self) -> bool: ...
    def look(self) -> Look | None:
        """None for a link that leads nowhere."""

    def read_head(self) -> bytes:
        """Its first bytes; b'' where it cannot be read."""


class Tree(Protocol):
    """Where events are looked for. Paths are as they are, or will be once fetched, on this computer's disk."""

    def list_folder(self, path: str) -> Sequence[TreeEntry]:
        """What lies in it, hidden or not. Raises OSError."""

    def place(self, path: str) -> Hashable | None:
        """The same for every way that leads to one folder; None where it is not there."""


class FolderTree:
    """Folders of this computer."""

    def list_folder(self, path: str) -> Sequence[TreeEntry]:
        with os.scandir(path) as found:
            return [_DiskEntry(entry) for entry in found]

    def place(self, path: str) -> tuple[int, int] | None:
        return place_of(path)


class _DiskEntry:
    __slots__ = ("_entry", "name", "path")

    def __init__(self, entry: os.DirEntry[str]) -> None:
        self._entry, self.name, self.path = entry, entry.name, entry.path

    def is_folder(self) -> bool:
        try:
            return self._entry.is_dir()
        except OSError:  # a link that leads to itself
            return False

    def look(self) -> Look | None:
        try:
            status = self._entry.stat()
        except OSError:
            return None
        return Look(status.st_size, status.st_mtime_ns, describe_state(status), stat.S_ISREG(status.st_mode))

    def read_head(self) -> bytes:
        try:
            with Path(self.path).open("rb") as stream:
                return stream.read(HEAD_BYTES)
        except OSError:
            return b""


def place_of(path: str | Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - also takes a Path
    except OSError:
        return None
    return status.st_dev, status.st_ino
