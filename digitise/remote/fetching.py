"""Brings files of an address onto this disk: several at once, each whole under its name or not at all, and never more than fits."""

from __future__ import annotations

import concurrent.futures
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from digitise.errors import DigitiseError, OutputError
from digitise.remote.connecting import Remote, reach
from digitise.remote.listing import read_head
from digitise.store import DiskFullError, atomic_write, output_error

AT_ONCE = 8
"""Requests on their way: latency, not bandwidth, is what small files cost."""
SMALL_BYTES = 16 << 20
"""Fetched by one request, through memory."""
ROOM_BYTES = 256 << 20
"""Left free on the disk beside what is fetched."""
Item = TypeVar("Item")
Gain = TypeVar("Gain")


class Wanted(NamedTuple):
    """A file to fetch."""

    way: str
    local: Path
    size: int
    """Bytes, as listed; -1: not known."""
    head: int = 0
    """Only so many of its first bytes, for what is no photo: the rest of the file is a hole that takes no room. 0: all."""


def check_room_for(folder: Path, need_bytes: int) -> None:
    """Raises OutputError where files to be fetched do not fit on the disk."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free_bytes = shutil.disk_usage(folder).free
    except OSError as e:
        raise output_error(folder, e) from e
    if free_bytes < need_bytes + ROOM_BYTES:
        raise _no_room(folder, need_bytes, free_bytes)


def _no_room(folder: Path, need_bytes: int, free_bytes: int) -> OutputError:
    reason = f"its files need {(need_bytes + ROOM_BYTES) >> 20} MiB on this computer's disk, and {free_bytes >> 20} MiB are free"
    return OutputError(str(folder), reason, "Free some space, or name a folder on another disk in DIGITISE_WORK.")


def fetch_files(remote: Remote, wanted: Sequence[Wanted], folder: Path) -> None:
    """Fetch files to their places below a folder; one that is gone meanwhile is passed over.

    Raises remote.error, and OutputError where they do not fit.
    """
    need_bytes = sum(min(w.size, w.head) if w.head else max(0, w.size) for w in wanted)
    check_room_for(folder, need_bytes)
    try:
        do_all(lambda one: _fetch(remote, one), wanted)
    except DiskFullError as e:
        # another event was fetched at the same time: that ends this one, and not the run
        raise _no_room(folder, need_bytes, 0) from e


def do_all(work: Callable[[Item], Gain], items: Iterable[Item]) -> list[Gain]:
    """Do something for each of many, a few at once; after the first failure nothing more is begun."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        futures = [threads.submit(work, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                future.cancel()
            raise


def _fetch(remote: Remote, one: Wanted) -> None:
    path = remote.path(one.way)
    try:
        if one.head and one.size > one.head:
            data = read_head(remote, one.way, one.head)
            with atomic_write(one.local) as part, part.open("wb") as stream:
                stream.write(data)
                stream.truncate(one.size)
            return
        if 0 <= one.size <= SMALL_BYTES:
            # one byte more shows a file that has grown; a range spares S3 the question for its size. An empty file has no range
            data = reach(remote, one.way, lambda: remote.fs.cat_file(path, start=0, end=one.size + 1)) if one.size else b""
            _check_size(remote, one, len(data))
            with atomic_write(one.local) as part:
                part.write_bytes(data)
            return
        with atomic_write(one.local) as part:
            try:
                reach(remote, one.way, lambda: remote.fs.get_file(path, str(part)))
            except FileNotFoundError as e:  # which must not be taken for a trouble of this disk
                raise _GoneError(remote.show(one.way), "is gone", "") from e
            _check_size(remote, one, part.stat().st_size)
    except (FileNotFoundError, _GoneError):
        return


class _GoneError(DigitiseError):
    """The file was there when it was listed."""


def _check_size(remote: Remote, one: Wanted, size: int) -> None:
    if one.size >= 0 and size != one.size:
        reason = f"{size} bytes came of {one.size}: it was changed while it was fetched, or the network cut it off"
        raise remote.error(remote.show(one.way), reason, "Run the same command again.")
