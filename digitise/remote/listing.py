"""What lies at an address: names, sizes and what tells that a file was written anew. Nothing is opened."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from digitise.remote.connecting import Remote, reach

STATE_KEYS = ("ETag", "etag", "md5Hash", "content_md5", "crc32c", "CRC", "generation", "mtime", "LastModified", "last_modified")
OTHER_STATE_KEYS = ("modified", "updated", "created", "date_time")
"""What backends call it, the surest first. Where one tells nothing, only the size is known: docs/addresses.md says so."""
PART_PREFIX = ".part-"


class RemoteFile(NamedTuple):
    """One file of a place."""

    way: str
    """Below the place, '/' between folders. Anybody's: parts may be empty, '..' or longer than a disk takes."""
    size: int
    """Bytes; -1 where the place does not say."""
    state: str
    """Changes when it is written anew."""
    etag: str = ""
    """As S3 gives it, for conditional writes."""


def list_files(remote: Remote, below: str = "") -> list[RemoteFile]:
    """All files below a place, in the order of their ways; none where nothing is there. One request for 1000 files of an object store.

    Ways begin below `below`. Files that were never put whole are not among them. Raises remote.error, also where a single folder cannot be
    looked into: what is not seen must not be taken for gone.
    """
    return list_parts(remote, below)[0]


def list_parts(remote: Remote, below: str = "") -> tuple[list[RemoteFile], list[RemoteFile]]:
    """As `list_files`, and behind these the files that were being put when a run was killed. Object stores have none of those."""
    files = _list(remote, below)
    parts = [] if remote.is_object_store else [file for file in files if _is_part(file)]
    return [file for file in files if not _is_part(file)], parts


def _is_part(file: RemoteFile) -> bool:
    return file.way.rpartition("/")[2].startswith(PART_PREFIX)


def _list(remote: Remote, below: str) -> list[RemoteFile]:
    top = remote.path(below)
    remote.fs.invalidate_cache()
    try:
        # object stores have no folders, and give all names below one at once
        found = reach(remote, below, lambda: remote.fs.find(top, detail=True)) if remote.lists_at_once else _walk(remote, below, top)
    except FileNotFoundError:
        return []
    prefix = f"{top}/" if top and not top.endswith("/") else top
    files = []
    for name, info in found.items():
        way = name.removeprefix(prefix) if name.startswith(prefix) else name.lstrip("/").removeprefix(prefix.lstrip("/"))
        # object stores mark folders by names that end so; a file that is the place itself has no way below it
        if way and not way.endswith("/") and name != top:
            files.append(describe(way, info))
    return sorted(files)


def _walk(remote: Remote, below: str, top: str) -> dict[str, Mapping[str, Any]]:
    """All files below a folder, by their paths. fsspec's own walk passes over folders that cannot be listed, and has no depth it can bear.

    Raises FileNotFoundError where `top` is not there; one below it that is gone meanwhile is as good as empty.
    """
    found: dict[str, Mapping[str, Any]] = {}
    waiting = [top]
    while waiting:
        path = waiting.pop()
        try:
            infos = reach(remote, below, partial(remote.fs.ls, path, detail=True))
        except FileNotFoundError:
            if path == top:
                raise
            continue
        for info in infos:
            name = str(info["name"])
            if info["type"] != "directory":
                found[name] = info
            elif name.rstrip("/") != path.rstrip("/"):
                waiting.append(name)
    return found


def describe(way: str, info: Mapping[str, Any]) -> RemoteFile:
    """A file as a backend describes it."""
    size = info.get("size")
    mark = next((info[key] for key in (*STATE_KEYS, *OTHER_STATE_KEYS) if info.get(key) is not None), "")
    etag = info.get("ETag")
    return RemoteFile(way, size if isinstance(size, int) else -1, f"{size} {mark}", etag if isinstance(etag, str) else "")


def look_up(remote: Remote, way: str) -> RemoteFile | None:
    """One file as it is there now; None where it is not. Raises remote.error."""

    path = remote.path(way)

    def ask() -> Mapping[str, Any] | None:
        remote.fs.invalidate_cache()
        if remote.is_conditional or remote.address.protocol == "zip":
            info: Mapping[str, Any] = remote.fs.info(path)
            return info
        # some backends describe a single file in other words than in a listing, and the two are to be compared
        found: list[Mapping[str, Any]] = remote.fs.ls(path.rpartition("/")[0], detail=True)
        return next((one for one in found if str(one["name"]).rstrip("/") == path), None)

    try:
        info = reach(remote, way, ask)
    except FileNotFoundError:
        return None
    return describe(way, info) if info is not None and info.get("type") == "file" else None


def read_small(remote: Remote, way: str) -> bytes | None:
    """A small file, whole; None where it is not there. Raises remote.error."""
    try:
        data: bytes = reach(remote, way, lambda: remote.fs.cat_file(remote.path(way)))
    except FileNotFoundError:
        return None
    return data


def read_head(remote: Remote, way: str, most: int) -> bytes:
    """The first bytes of a file. Raises remote.error, FileNotFoundError."""
    data: bytes = reach(remote, way, lambda: remote.fs.cat_file(remote.path(way), start=0, end=most))
    return data[:most]
