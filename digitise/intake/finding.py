"""Finds the photos of an event: walks its folders, hashes each file once, leaves copies out, puts the rest in order."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from digitise.config import Limits
from digitise.errors import NoInputError, PhotoError
from digitise.intake.archives import find_in_zip
from digitise.intake.inspecting import Found, inspect, make_sources, refuse_kind, still_stems
from digitise.intake.refusing import check_file_size, over, refusing, to_problem, unreadable
from digitise.intake.sniffing import HEAD_BYTES, claims_photo, is_junk, is_picture, show_name, sniff
from digitise.model import Problem, Source

_Inode = tuple[int, int]


def find_sources(event_dir: Path, *, limits: Limits, exclude: Collection[Path] = ()) -> tuple[list[Source], list[Problem]]:
    """The photos of an event in the order in which they were taken, and what could not be used.

    `event_dir` may also be a single photo, PDF or ZIP. `exclude`: files and folders to leave out (the output folder). Files that are
    plainly not photos (notes, documents, settings, what operating systems leave behind) are passed over in silence; a file that by its
    name or its content claims to be a photo and cannot be used gives a Problem. Raises NoInputError when `event_dir` is missing.
    """
    root = Path(os.path.abspath(event_dir))  # noqa: PTH100 - Path.absolute keeps '..', and resolve would hide the name the person gave
    if not root.exists():
        raise NoInputError(str(event_dir), "does not exist", "Check the spelling, or drag it onto the terminal.")
    found: list[Found] = []
    if root.is_dir():
        seen = {inode for path in exclude if (inode := _inode(path)) is not None}
        for entry in _walk(root, root, seen):
            found += [entry] if isinstance(entry, Problem) else _inspect_file(*entry, limits=limits)
    else:
        found = list(_inspect_file(root, root.name, frozenset(), limits=limits, asked_for=True))
    return _put_in_order(found, root.name, limits)


def find_among(files: Sequence[Path], root: Path, *, limits: Limits) -> tuple[list[Source], list[Problem]]:
    """As `find_sources`, of these files only. root: a folder above them all, for their names."""
    found = [f for path in files for f in _inspect_file(path, _shown(path, root), frozenset(), limits=limits, asked_for=True)]
    return _put_in_order(found, root.name, limits)


def _put_in_order(found: Sequence[Found], name: str, limits: Limits) -> tuple[list[Source], list[Problem]]:
    sources = _leave_out_copies(sorted((f for f in found if isinstance(f, Source)), key=_order))
    problems = sorted((f for f in found if isinstance(f, Problem)), key=lambda p: natural_key(p.file))
    if len(sources) > limits.photos:
        what = f"it has {len(sources)} photos; only the first {limits.photos} are in the report"
        problems.append(to_problem(over(name, what, f"{limits.photos}", "photos", "Make it two events")))
    return sources[: limits.photos], problems


def natural_key(name: str) -> tuple[object, ...]:
    """Sort key by which 'IMG_2' comes before 'IMG_10', and capitals do not matter."""
    parts = re.split(r"(\d+)", name.casefold())
    # digits by length and then as text: a name may hold more of them than int() takes
    key = tuple((len(p.lstrip("0")), p.lstrip("0")) if i % 2 else p for i, p in enumerate(parts))
    return (key, name)


def _order(source: Source) -> tuple[object, ...]:
    """By the time taken; photos without one (scans, messenger copies) behind, by name."""
    name = source.file.rpartition(", page ")[0] or source.file
    return (source.taken or datetime.max, natural_key(name), source.page)


def _leave_out_copies(sources: list[Source]) -> list[Source]:
    """Byte-identical photos once: the first stands for the others and carries their names."""
    first: dict[tuple[str, int], Source] = {}
    copies: dict[tuple[str, int], list[str]] = {}
    for source in sources:
        key = (source.sha256, source.page)
        if key in first:
            copies[key].append(source.file)
        else:
            first[key], copies[key] = source, []
    return [s.model_copy(update={"copies": tuple(copies[key])}) if copies[key] else s for key, s in first.items()]


def _walk(folder: Path, root: Path, seen: set[_Inode]) -> Iterator[tuple[Path, str, frozenset[str]] | Problem]:
    """Files below a folder with their names for people and the stems of the photos beside them. `seen` holds the folders (and
    excluded files) not to be entered (again): a link that leads back into a folder above ends there."""
    inode = _inode(folder)
    if inode is None or inode in seen:
        return
    seen.add(inode)
    try:
        paths = sorted(folder.iterdir())
    except OSError as e:
        name = _shown(folder, root) or root.name
        yield Problem(file=name, reason=f"this folder cannot be read ({e.strerror})", remedy="Change its permissions, or copy it.")
        return
    stems = still_stems(p.name for p in paths)
    for path in paths:
        if is_junk(path.name):
            continue
        if path.is_dir():
            yield from _walk(path, root, seen)
        elif _inode(path) not in seen:
            yield path, _shown(path, root), stems


def _inspect_file(path: Path, file: str, stems: frozenset[str], *, limits: Limits, asked_for: bool = False) -> Iterator[Found]:
    """The photos in one file. `asked_for`: the person named this very file, so that nothing about it is passed over in silence."""
    try:
        with refusing(file):
            yield from _open_file(path, file, stems, limits, asked_for)
    except PhotoError as e:
        yield to_problem(e)


def _open_file(path: Path, file: str, stems: frozenset[str], limits: Limits, asked_for: bool) -> Iterator[Found]:
    vocal = asked_for or claims_photo(path.name)
    try:
        path.name.encode()
        status = path.stat()
        # a pipe named photo.jpg would wait for ever
        if not stat.S_ISREG(status.st_mode):
            raise PhotoError(file, "it is not an ordinary file", "Put the photo itself in its place.")
        stream = path.open("rb")
    except UnicodeEncodeError as e:
        if vocal:
            raise PhotoError(file, "its name holds characters that cannot be read", "Rename the file.") from e
        return
    except (OSError, PhotoError) as e:
        if vocal:
            raise (unreadable(file, e) if isinstance(e, OSError) else e) from e
        return
    with stream:
        kind = sniff(stream.read(HEAD_BYTES), path.name)
        if kind == "zip":
            silent = asked_for
            for entry in find_in_zip(path, file, limits):
                silent = False
                yield entry
            if silent:
                raise PhotoError(file, "there is no photo in this ZIP", "Put the photos into it, or name their folder instead.")
            return
        if not is_picture(kind):
            if vocal:
                check_file_size(file, status.st_size, limits)
            problem = refuse_kind(kind, path.name, file, stems, asked_for=asked_for)
            if problem:
                yield problem
            return
        check_file_size(file, status.st_size, limits)
        stream.seek(0)
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        header = inspect(stream, kind, file, limits)
        yield from make_sources(path=path, file=file, sha256=sha256, header=header)


def _inode(path: Path) -> _Inode | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _shown(path: Path, root: Path) -> str:
    """A path for people, relative to the event: composed accents as people type them, no control characters, no undecodable bytes."""
    name = path.relative_to(root).as_posix()
    return show_name("" if name == "." else name)
