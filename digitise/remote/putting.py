"""Puts files to an address: each is seen there whole or not at all, and one that another has changed meanwhile is left alone."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from digitise.errors import DigitiseError
from digitise.remote.connecting import Remote, is_not_known, is_refused, reach
from digitise.remote.fetching import SMALL_BYTES, do_all
from digitise.remote.listing import PART_PREFIX, RemoteFile, look_up


class ChangedThereError(DigitiseError):
    """A file is no longer as it was when it was looked at: somebody edited it, and their work must not be written over."""


def put_file(remote: Remote, way: str, local: Path) -> None:
    """Put a file, whatever lies there. Raises remote.error."""
    if local.stat().st_size <= SMALL_BYTES:
        put_bytes(remote, way, local.read_bytes())
    else:
        _put(remote, way, lambda path: remote.fs.put_file(str(local), path))


def put_bytes(remote: Remote, way: str, data: bytes) -> None:
    """As `put_file`."""
    _put(remote, way, lambda path: remote.fs.pipe_file(path, data))


def put_guarded(remote: Remote, way: str, data: bytes, before: RemoteFile | None) -> None:
    """Put a file only if what lies there is still as it was. before: as it was listed; None: nothing lay there.

    It is looked up just before, which leaves a moment; S3 judges it once more itself, in one step with writing. Both, because some servers
    that speak its language take the condition and pay no heed to it. Raises ChangedThereError, remote.error.
    """
    now = look_up(remote, way)
    if (now and now.state) != (before and before.state):
        raise _changed(remote, way)
    if not remote.is_conditional or (now is not None and not now.etag):
        put_bytes(remote, way, data)
        return
    condition = {"IfNoneMatch": "*"} if now is None else {"IfMatch": now.etag}
    try:
        reach(remote, way, lambda: _ask_conditionally(remote, way, data, condition))
    except _UnknownError:
        put_bytes(remote, way, data)
    except FileNotFoundError as e:
        # somebody took it away
        raise (_not_there(remote, way, e) if now is None else _changed(remote, way)) from e


class _UnknownError(DigitiseError):
    """The store does not know conditions."""


def _ask_conditionally(remote: Remote, way: str, data: bytes, condition: dict[str, str]) -> None:
    try:
        remote.fs.pipe_file(remote.path(way), data, chunksize=max(len(data), 1 << 20), **condition)
    except Exception as e:
        if is_refused(e):
            # a store that failed after having written refuses the second attempt, so what lies there decides
            if _lies_there(remote, way, data):
                return
            raise _changed(remote, way) from e
        if is_not_known(e):
            raise _UnknownError(remote.show(way), "conditions are not known", "") from e
        raise


def _lies_there(remote: Remote, way: str, data: bytes) -> bool:
    try:
        return bool(remote.fs.cat_file(remote.path(way)) == data)
    except FileNotFoundError:
        return False


def _changed(remote: Remote, way: str) -> ChangedThereError:
    return ChangedThereError(remote.show(way), "was changed there while the event was worked on", "Run the same command again.")


def _not_there(remote: Remote, way: str, e: Exception) -> DigitiseError:
    reason = f"it cannot be written ({type(e).__name__})"
    return remote.error(remote.show(way), reason, "Check that the bucket or folder exists, and its name.")


def _put(remote: Remote, way: str, write: Callable[[str], object]) -> None:
    path = remote.path(way)
    try:
        if remote.is_object_store:
            reach(remote, way, lambda: write(path))
            return
        folder, _, name = path.rpartition("/")
        part = f"{folder}/{PART_PREFIX}{secrets.token_hex(8)}{PurePosixPath(name).suffix}"
        reach(remote, way, lambda: remote.fs.makedirs(folder, exist_ok=True))
        try:
            reach(remote, way, lambda: write(part))
            reach(remote, way, lambda: _move(remote, part, path))
        except BaseException:
            _drop(remote, part)
            raise
    except (FileNotFoundError, FileExistsError) as e:
        raise _not_there(remote, way, e) from e


def _move(remote: Remote, part: str, path: str) -> None:
    try:
        remote.fs.mv(part, path)
    except FileExistsError:  # some servers do not move over a file
        remote.fs.rm_file(path)
        remote.fs.mv(part, path)


def _drop(remote: Remote, path: str) -> None:
    try:
        remote.fs.rm_file(path)
    except Exception:  # the network is gone; the next run sweeps it
        return


def remove_files(remote: Remote, ways: Iterable[str]) -> None:
    """Remove files; one that is gone already is as good. Raises remote.error."""

    def remove(way: str) -> None:
        try:
            reach(remote, way, lambda: remote.fs.rm_file(remote.path(way)))
        except FileNotFoundError:
            return

    do_all(remove, ways)
