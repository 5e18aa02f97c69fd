"""A known model from the network or from a copy on disk, whole or not at all.

The only place from which the program fetches anything, and only for `digitise models get`. What arrives is believed by nothing but
the checksum in weights.py, so that mirrors, proxies and plain http do no harm. A part that has arrived is kept, and the next try goes
on from it.
"""

from __future__ import annotations

import http.client
import io
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from digitise import __version__
from digitise.errors import DependencyError, OutputError, UsageError
from digitise.locking import lock_file
from digitise.store import hash_file, output_error
from digitise.weights import KnownModel, fetched_path, part_path, require_fetchable

TIMEOUT_S = 30
"""Longest wait for a server to answer or to go on, not for the whole file."""
CHUNK_BYTES = 1 << 18
LARGEST_BYTES = 1 << 30
"""A server that never ends must not fill the disk; the largest known model is a tenth of it."""
ELSEWHERE = "or copy the file from another computer and name it: --from FILE"
ROOM = "Free some space or change the folder's permissions; the variable XDG_DATA_HOME names another place."


class Progress(NamedTuple):
    """How far a model has arrived. The first one is told before the first byte."""

    source: str
    path: Path
    """Where it will lie."""
    done_bytes: int
    total_bytes: int | None
    """None where the server does not say."""


Tell = Callable[[Progress], None]


class _Stream(NamedTuple):
    """A file as it comes in."""

    source: str
    body: io.BufferedIOBase
    start: int
    """Its first byte's place in the whole."""
    total_bytes: int | None


def fetch_model(name: str, *, source: str | None = None, tell: Tell = lambda progress: None) -> Path:
    """Put a known model where `find_weights` looks for it, unless it is there and whole already; returns its path.

    source: web address of the file, or path of a copy; also of the folder that holds it under its own name. None: where its makers keep it.
    Raises UsageError for an unknown name or source, DependencyError for what is wrong outside, OutputError for what is wrong here.
    """
    recogniser, known = require_fetchable(name)
    path = fetched_path(recogniser)
    place = _locate(source, known)
    with _own_words(path):
        if path.is_file() and hash_file(path) == known.sha256:
            return path
        with _hold_part(path) as part:
            with _open_source(place, part) as stream:
                _receive(stream, part, path, tell)
            _require_whole(part_path(path), known, place)
            part_path(path).replace(path)
    return path


def remove_model(name: str) -> Path:
    """Take a fetched model away, whole or in part. Raises UsageError when there is none, OutputError when it cannot be removed."""
    recogniser, _ = require_fetchable(name)
    path = fetched_path(recogniser)
    there = [p for p in (path, part_path(path)) if p.exists()]
    if not there:
        raise UsageError(f"model '{name}'", "is not installed", "Nothing is to be done; 'digitise models' shows what there is.")
    with _own_words(path):
        for file in there:
            file.unlink()
    return path


def _locate(source: str | None, known: KnownModel) -> str | Path:
    """The web address (str) or the file (Path) that is meant."""
    if source is None:
        return known.url
    if source.startswith(("http://", "https://")):
        return source if source.endswith(".onnx") else f"{source.rstrip('/')}/{known.file}"
    path = Path(source) / known.file if Path(source).is_dir() else Path(source)
    if not path.is_file():
        remedy = f"Name a web address (https://…), or {known.file} or its folder on this computer."
        raise UsageError(str(path), "is neither a web address nor a file", remedy)
    return path


@contextmanager
def _own_words(path: Path) -> Iterator[None]:
    """What the disk refuses becomes an error that names the model's place."""
    try:
        yield
    except OSError as e:
        raise OutputError(str(path), output_error(path, e).reason, ROOM) from e


@contextmanager
def _hold_part(path: Path) -> Iterator[BinaryIO]:
    """The part that has arrived, open for more and locked against a second fetch at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with part_path(path).open("ab") as part:
        if not lock_file(part):
            raise OutputError(str(path), "is being fetched already", "Wait until that has ended.")
        try:
            yield part
        finally:
            if part.tell() == 0:
                part_path(path).unlink(missing_ok=True)


@contextmanager
def _open_source(place: str | Path, part: BinaryIO) -> Iterator[_Stream]:
    if isinstance(place, Path):
        try:
            body = place.open("rb")
        except OSError as e:
            raise DependencyError(str(place), f"cannot be read ({e.strerror or e})", "Change its permissions, or name another.") from e
        with body:
            yield _Stream(str(place), body, 0, place.stat().st_size)
        return
    response = _ask(place, start=part.tell())
    with response:
        total = response.headers.get("Content-Length", "")
        start = part.tell() if response.status == http.HTTPStatus.PARTIAL_CONTENT else 0
        yield _Stream(place, response, start, start + int(total) if total.isdecimal() else None)


def _ask(url: str, *, start: int) -> http.client.HTTPResponse:
    """The server's answer: the rest of the file from `start` on, or the whole. Proxies are taken from the environment."""
    headers = {"User-Agent": f"digitise/{__version__}"} | ({"Range": f"bytes={start}-"} if start else {})
    # a fresh opener: the module's own keeps the proxies of its first use
    opener = urllib.request.build_opener()
    try:
        response: http.client.HTTPResponse = opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT_S)
    except urllib.error.HTTPError as e:
        e.close()
        if start and e.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _ask(url, start=0)  # what is there is no part of that file
        raise DependencyError(url, f"the server answered {e.code} {e.reason}", f"Try again later, {ELSEWHERE}.") from e
    except (OSError, http.client.HTTPException, ValueError) as e:
        raise _no_way(url, e) from e
    wanted = f"bytes {start}-"
    if response.status == http.HTTPStatus.PARTIAL_CONTENT and not response.headers.get("Content-Range", "").startswith(wanted):
        response.close()
        raise DependencyError(url, "the server sent another part than was asked for", f"Try again, {ELSEWHERE}.")
    return response


def _no_way(url: str, e: Exception) -> DependencyError:
    reason = getattr(e, "reason", None) or str(e) or type(e).__name__
    remedy = f"Check the network (and HTTPS_PROXY, where there is a proxy) and try again, {ELSEWHERE}."
    return DependencyError(url, f"the server cannot be reached ({reason})", remedy)


def _receive(stream: _Stream, part: BinaryIO, path: Path, tell: Tell) -> None:
    """Write all that comes into `part`. Raises DependencyError when it ends too early or never, OSError when the disk refuses."""
    total = stream.total_bytes
    tell(Progress(stream.source, path, stream.start, total))
    free_bytes = shutil.disk_usage(path.parent).free
    if total is not None and free_bytes < total - stream.start:
        reason = f"the disk is nearly full: {free_bytes >> 20} MiB are free, {_mib(total - stream.start)} are needed"
        raise OutputError(str(path), reason, ROOM)
    part.truncate(stream.start)
    done = stream.start
    while chunk := _read(stream):
        done += len(chunk)
        if done > LARGEST_BYTES:
            raise DependencyError(
                stream.source, f"more than {_mib(LARGEST_BYTES)} arrived, which is no such model", f"Try again, {ELSEWHERE}."
            )
        part.write(chunk)
        tell(Progress(stream.source, path, done, total))
    part.flush()
    os.fsync(part.fileno())
    if total is not None and done < total:
        reason = f"the connection ended after {_mib(done)} of {_mib(total)}"
        raise DependencyError(stream.source, reason, f"Run the same command again, it goes on from there; {ELSEWHERE}.")


def _read(stream: _Stream) -> bytes:
    try:
        # not read(): that waits for a whole chunk, and loses what came of it when the connection breaks
        return stream.body.read1(CHUNK_BYTES)
    except (OSError, http.client.HTTPException) as e:
        reason = f"the connection broke ({getattr(e, 'reason', None) or e or type(e).__name__})"
        raise DependencyError(stream.source, reason, f"Run the same command again, it goes on from there; {ELSEWHERE}.") from e


def _require_whole(part: Path, known: KnownModel, place: str | Path) -> None:
    """Compare the checksum; what does not match is thrown away."""
    digest = hash_file(part)
    if digest != known.sha256:
        part.unlink()
        reason = f"what came is not {known.file}: its SHA-256 begins with {digest[:12]} instead of {known.sha256[:12]}; it was thrown away"
        raise DependencyError(str(place), reason, f"Perhaps it was a login page, or broken on the way. Try again, {ELSEWHERE}.")


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):.1f} MiB"
