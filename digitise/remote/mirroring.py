"""An output folder that lies at an address: brought to this disk when something is to be done in it, and put back when it is done.

Files are put back in an order by which whoever is killed in between leaves a state that the next run understands: first the hashes by
which the program knows its own files, then what was costly, then the documents, and last the record without which all of it is looked
at again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from digitise.remote.connecting import Remote
from digitise.remote.fetching import SMALL_BYTES, Wanted, do_all, fetch_files
from digitise.remote.leases import LEASE_WAY
from digitise.remote.listing import PART_PREFIX, RemoteFile, list_files
from digitise.remote.local_names import make_safe
from digitise.remote.putting import ChangedThereError, put_file, put_guarded, remove_files
from digitise.store import ANNOUNCED_FILE, STORE_FOLDER, hash_file, names_written, write_text

__all__ = ["ChangedThereError", "bring_folder", "bring_listed", "is_mirrored", "load_there", "send_folder"]

THERE_FILE = "there.json"
"""In the local store: what lay at the address when it was brought. Not put there."""
PHOTOS = f"{STORE_FOLDER}/photos/"
PICTURES = "pictures/"
HASHES = f"{STORE_FOLDER}/written.json"
ANNOUNCED = f"{STORE_FOLDER}/{ANNOUNCED_FILE}"
_KNOWN_BY = (HASHES, ANNOUNCED)
LARGE_BYTES = 4 * SMALL_BYTES
"""More than a template, a word list or anything else that a person puts beside reports for the program to use."""
_OURS_ALONE = (f"{STORE_FOLDER}/", PICTURES)
"""Belong to the program, as they do on a disk: nobody's edits are looked for there."""
_STAYS_HERE = frozenset({f"{STORE_FOLDER}/lock", f"{STORE_FOLDER}/{THERE_FILE}", LEASE_WAY})


def is_mirrored(way: str) -> bool:
    """Whether a file of an event's output folder is any business of the program: its store, its pictures, and what lies beside these."""
    name = way.rpartition("/")[2]
    # an object may have the name of a folder beside it; here it would stand in its place
    known = way.startswith(_OURS_ALONE) or ("/" not in way and f"{way}/" not in _OURS_ALONE)
    return known and way not in _STAYS_HERE and not name.startswith(PART_PREFIX) and all(make_safe(p) == p for p in way.split("/"))


def bring_folder(remote: Remote, below: str, local: Path) -> None:
    """Make a local folder what lies below an address. What was read here and has not been put there, stays: it is known by its content.

    Raises remote.error, or OutputError where it does not fit on the disk.
    """
    files = [f for f in list_files(remote, below) if is_mirrored(f.way)]
    entries = {f.way.removeprefix(PHOTOS).partition("/")[0] for f in files if f.way.startswith(PHOTOS)}
    _clear(local, keep_entry=lambda name: name not in entries)
    bring_listed(remote, below, local, files)


def bring_listed(remote: Remote, below: str, local: Path, files: Sequence[RemoteFile], *, whole: Collection[str] = ()) -> None:
    """Fetch files of a listing (their ways below `below`), and remember what came for `send_folder`. whole: ways of files that are the
    program's own, however large. Raises as `bring_folder`."""
    prefix = f"{below}/" if below else ""

    def fetch(some: Sequence[RemoteFile], ours: Collection[str]) -> None:
        fetch_files(remote, [Wanted(prefix + f.way, local / f.way, f.size, _head_of(f, ours)) for f in some], local)

    # first what tells which documents are our own: these are known by all their bytes
    fetch([f for f in files if f.way in _KNOWN_BY], ())
    fetch([f for f in files if f.way not in _KNOWN_BY], {*whole, *names_written(local)})
    there = {f.way: [f.size, f.state, f.etag, hash_file(local / f.way)] for f in files if (local / f.way).is_file()}
    write_text(local / STORE_FOLDER / THERE_FILE, json.dumps(there))


def _head_of(file: RemoteFile, ours: Collection[str]) -> int:
    """A large file of somebody's beside the reports is only there to be left alone."""
    return 1 if file.size > LARGE_BYTES and not file.way.startswith(_OURS_ALONE) and file.way not in ours else 0


def _clear(local: Path, *, keep_entry: Callable[[str], bool]) -> None:
    photos = local / PHOTOS
    for path in [p for p in local.glob("*") if p.name != STORE_FOLDER] + [p for p in (local / STORE_FOLDER).glob("*") if p != photos]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != "lock":  # which this process may hold
            path.unlink(missing_ok=True)
    for entry in photos.glob("*"):
        if not (keep_entry(entry.name) and (entry / "result.json").is_file()):
            shutil.rmtree(entry, ignore_errors=True)


def load_there(local: Path) -> dict[str, tuple[RemoteFile, str]]:
    """Way -> the file as it lay at the address, and the SHA-256 of what came."""
    try:
        data = json.loads((local / STORE_FOLDER / THERE_FILE).read_text("utf-8"))
        return {way: (RemoteFile(way, size, state, etag), digest) for way, (size, state, etag, digest) in data.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def send_folder(
    remote: Remote, below: str, local: Path, *, last: str = "", wanted: Callable[[str], bool] = is_mirrored, check: Callable[[], None]
) -> int:
    """Put what is new or changed in a local folder to the address, by content, and take away what is gone. How many files were put.

    last: the file (a way) that says that all is there. It is taken away first, and put when everything else is. '': there is none.
    check: called before anything is changed; raises where this run must not write any more.
    Raises ChangedThereError before a file is touched that was changed there since `bring_folder`; remote.error.
    """
    there = load_there(local)
    here = {p.relative_to(local).as_posix(): p for p in sorted(local.rglob("*")) if p.is_file()}
    here = {way: path for way, path in here.items() if wanted(way)}
    changed = [way for way, path in here.items() if way not in there or hash_file(path) != there[way][1]]
    gone = [way for way in there if way not in here]
    if not changed and not gone:
        return 0
    check()
    prefix = f"{below}/" if below else ""
    if last in there and (gone or changed != [last]):
        remove_files(remote, [prefix + last])
    for group in _in_order(changed, last):
        if group and (group[0].startswith(_OURS_ALONE) or group[0] == last):
            do_all(lambda way: put_file(remote, prefix + way, here[way]), group)
        else:
            for way in group:
                before = there.get(way)
                _put_persons(remote, prefix, way, here[way], before[0] if before else None)
    # documents stay where a person may want them, and the program takes none of its own away
    remove_files(remote, [prefix + way for way in gone if way.startswith(_OURS_ALONE) and way != last])
    if last in changed:
        check()
        put_file(remote, prefix + last, here[last])
    return len(changed)


def _put_persons(remote: Remote, prefix: str, way: str, path: Path, before: RemoteFile | None) -> None:
    put_guarded(remote, prefix + way, path.read_bytes(), before._replace(way=prefix + way) if before else None)


def _in_order(changed: Collection[str], last: str) -> list[list[str]]:
    rest = [way for way in changed if way not in (*_KNOWN_BY, last)]
    groups: list[list[str]] = [
        [way for way in changed if way == ANNOUNCED],
        [way for way in rest if way.startswith(PHOTOS)],
        [way for way in rest if way.startswith(f"{STORE_FOLDER}/") and not way.startswith(PHOTOS)],
        [way for way in rest if way.startswith(PICTURES)],
        [way for way in rest if not way.startswith(_OURS_ALONE)],
        [way for way in changed if way == HASHES],
    ]
    return groups
