"""Files on disk: atomic writes, and stage results kept by content so that a second run does only what changed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitise.errors import OutputError
from digitise.locking import lock_file
from digitise.model import Frozen, PhotoResult

STORE_FOLDER = ".digitise"
"""Inside the output folder: stored results, the lock and the hashes of what was written. May be deleted at any time."""
FEATURES_FILE = "features.npz"
"""Beside a stored result: by what the photo is compared with others of its event."""
ANNOUNCED_FILE = "writing.json"
"""In the store: hashes of the files that were being put in place last."""
PICTURE_QUALITY = 88
"""JPEG quality of cleaned pictures: from here up, marker edges show no blocks at print size, while files still grow."""


class DiskFullError(OutputError):
    """There is no room left for what is written: what is done next will not fit, either."""


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; on success it is synced and renamed over `path`, on failure removed.

    A reader never sees half a file, and Ctrl-C leaves none behind. Raises OutputError for a full disk or a
    folder that cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".part-{secrets.token_hex(8)}{path.suffix}")
        # as readable as any other file the person makes. The system applies the umask: to ask for it means to change it, and of two
        # threads of a server that do so at once the second would set it to nothing for good
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as e:
        raise output_error(path, e) from e
    try:
        yield part
        with part.open("rb") as f:
            os.fsync(f.fileno())
        part.replace(path)
    except OutputError as e:
        # the person knows the file by its own name, not by the temporary one
        raise (type(e)(str(path), e.reason, e.remedy) if e.subject == str(part) else e) from e
    except OSError as e:
        raise output_error(path, e) from e
    finally:
        part.unlink(missing_ok=True)


def sync_folders(*folders: Path) -> None:
    """Have the names in folders outlast a power cut. `atomic_write` syncs what files hold; that a file got its name is known only when its
    folder is synced, too, and not every file system keeps the order in which names were given.

    Done where an order matters, and not after each file: it costs about as much as a file of its own. What cannot be synced (Windows, some
    network drives) is left as it is. Raises OutputError where the disk says that it failed.
    """
    for folder in folders:
        try:
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            continue
        try:
            os.fsync(handle)
        except OSError as e:
            if e.errno in (errno.EIO, errno.ENOSPC, errno.EDQUOT):
                raise output_error(folder, e) from e
        finally:
            os.close(handle)


def sync_event(output: Path) -> None:
    """All folders of an event's outputs and of its store, before it is noted that they are as they should be. Those of single photos need
    none: what lies there is believed only when all hashes fit."""
    store = output / STORE_FOLDER
    rooms = [room for room in store.iterdir() if room.is_dir()] if store.is_dir() else []
    sync_folders(*rooms, store, output / "pictures", output, output.parent)


def output_error(path: Path, e: OSError) -> OutputError:
    """The operating system's refusal in a person's words."""
    if e.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(str(path), "the disk is full", "Free some space or choose another folder with --output.")
    if e.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutputError(str(path), "this folder cannot be written", "Choose another folder with --output, or change its permissions.")
    return OutputError(str(path), f"cannot be written ({e.strerror or e})", "Choose another folder with --output.")


@contextmanager
def lock_output(output: Path) -> Iterator[None]:
    """Hold the output folder for one run. The operating system lets go of the lock when the process ends, however it ends.

    Raises OutputError when another run holds it, or when the folder cannot be written.
    """
    path = output / STORE_FOLDER / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a")
    except OSError as e:
        raise output_error(output, e) from e
    with handle:
        if not lock_file(handle):
            raise OutputError(
                str(output), "another run is writing into this folder", "Wait until it has ended, or choose another with --output."
            )
        yield


def sweep_parts(output: Path) -> None:
    """Remove temporary files that a run left which was killed in the middle of a write. Only while holding the lock."""
    for part in [*output.glob(".part-*"), *(output / "pictures").glob(".part-*"), *(output / STORE_FOLDER).rglob(".part-*")]:
        part.unlink(missing_ok=True)


def check_room(output: Path, *, need_bytes: int) -> int:
    """Try the output folder, or the folder that it will be made in, before the work begins. Gives the free bytes; leaves nothing there.

    Raises OutputError when it cannot be written or has too little room.
    """
    try:
        nearest = next(folder for folder in (output.absolute(), *output.absolute().parents) if folder.exists())
        with tempfile.TemporaryDirectory(dir=nearest, prefix=".part-"):
            pass
        free_bytes = shutil.disk_usage(nearest).free
    except OSError as e:
        raise output_error(output, e) from e
    if free_bytes < need_bytes:
        reason = f"the disk is nearly full: {free_bytes >> 20} MiB are free, about {max(1, need_bytes >> 20)} MiB are needed"
        raise DiskFullError(str(output), reason, "Free some space or choose another folder with --output.")
    return free_bytes


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex digits."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def file_state(path: Path) -> str:
    """A file's size and time, which change when it is written anew; '' when it is not there."""
    try:
        return describe_state(path.stat())
    except OSError:
        return ""


def describe_state(status: os.stat_result) -> str:
    """As `file_state`, of a file that was looked at already."""
    return f"{status.st_size} {status.st_mtime_ns}"


def hash_parts(*parts: str) -> str:
    """One short name (16 hex digits) for several strings; no two different lists of strings share one by being joined."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def write_picture(rgb: npt.NDArray[np.uint8], path: Path) -> None:
    """Save an RGB picture, (H, W, 3) uint8, as a JPEG without any metadata: a photo's EXIF can name people and places."""
    with atomic_write(path) as part:
        Image.fromarray(rgb).save(part, "JPEG", quality=PICTURE_QUALITY, optimize=True)


def write_arrays(arrays: Mapping[str, npt.NDArray[np.generic]], path: Path) -> None:
    """Save named arrays in one compressed file."""
    with atomic_write(path) as part, part.open("wb") as f:
        np.savez_compressed(f, allow_pickle=False, **arrays)


def read_arrays(path: Path) -> dict[str, npt.NDArray[np.generic]] | None:
    """Arrays as `write_arrays` saved them; None where the file is missing, damaged or not ours. Nothing in it is run."""
    try:
        with np.load(path, allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
        return None


class Entry(Frozen):
    """What the store keeps of one photo."""

    result: PhotoResult
    engine: str
    """Fingerprint of the engine that read it."""
    pictures: dict[str, str]
    """File name -> SHA-256 of each picture, and of the photo's features, that lies beside the entry."""


def entry_folder(output: Path, photo_id: str, fingerprint: str) -> Path:
    """Where the store keeps one photo as read under one set of settings."""
    return output / STORE_FOLDER / "photos" / f"{photo_id}-{fingerprint}"


def load_entry(folder: Path) -> Entry | None:
    """A stored result, or None when there is none or when any of its files is damaged: it is then made again."""
    try:
        entry = _parse_entry(folder)
        plain = all(Path(name).name == name for name in (*entry.pictures, *(s.picture for s in entry.result.surfaces if s.picture)))
        whole = plain and all(hash_file(folder / name) == digest for name, digest in entry.pictures.items())
    except (OSError, ValueError):
        return None
    return entry if whole else None


def load_result(folder: Path) -> PhotoResult | None:
    """What a stored result says, without a look at its pictures: for counting, not for reports. None as for `load_entry`."""
    try:
        return _parse_entry(folder).result
    except (OSError, ValueError):
        return None


def _parse_entry(folder: Path) -> Entry:
    return Entry.model_validate_json((folder / "result.json").read_bytes())


def save_entry(folder: Path, result: PhotoResult, *, engine: str) -> Entry:
    """Keep a result whose pictures already lie in `folder`. result.json is written last: without it there is no entry."""
    beside = sorted((*folder.glob("*.jpg"), *folder.glob("*.npz")))
    entry = Entry(result=result, engine=engine, pictures={p.name: hash_file(p) for p in beside})
    write_text(folder / "result.json", entry.model_dump_json())
    return entry


def drop_other_entries(output: Path, keep: Collection[Path]) -> None:
    """Remove entries that the event no longer needs, so that the store does not grow for ever."""
    kept = {p.name for p in keep}
    for folder in (output / STORE_FOLDER / "photos").glob("*"):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file atomically."""
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8")


def place_picture(source: Path, target: Path) -> None:
    """Copy a stored picture to where the person sees it, unless the same already lies there."""
    if not target.is_file() or hash_file(target) != hash_file(source):
        with atomic_write(target) as part:
            shutil.copyfile(source, part)


def load_written(output: Path) -> dict[str, str]:
    """File name -> SHA-256 of the outputs as this program last wrote them; {} when unknown."""
    return _load_hashes(output / STORE_FOLDER / "written.json")


def names_written(output: Path) -> set[str]:
    """Names of files that may be as this program wrote them, or was about to; a person may have edited them since."""
    return {*load_written(output), *_load_hashes(output / STORE_FOLDER / ANNOUNCED_FILE)}


def announce_written(output: Path, parts: Mapping[str, Path]) -> None:
    """Say which files are about to get their names: a run that is killed between that and `save_written` leaves files which the next
    one must know for its own, or it would take them for a person's and write beside them."""
    hashes = {name: hash_file(part) for name, part in parts.items()}
    write_text(output / STORE_FOLDER / ANNOUNCED_FILE, json.dumps(hashes, indent=1, sort_keys=True))
    sync_folders(output / STORE_FOLDER)


def _load_hashes(path: Path) -> dict[str, str]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in data.items()} if isinstance(data, dict) else {}


def save_written(output: Path, names: Collection[str]) -> None:
    """Remember the outputs as they lie there now, so that a later run sees whether a person has edited one."""
    sync_folders(*{(output / name).parent for name in names})
    hashes = load_written(output) | {name: hash_file(output / name) for name in names}
    hashes = {name: digest for name, digest in hashes.items() if (output / name).exists()}
    write_text(output / STORE_FOLDER / "written.json", json.dumps(hashes, indent=1, sort_keys=True))


def _is_ours(path: Path, digests: Collection[str | None]) -> bool:
    """Whether a file still is as it was written. What cannot be looked into (locked, a folder of that name) is another's."""
    try:
        return hash_file(path) in digests
    except OSError:
        return False


def free_name(output: Path, name: str) -> str:
    """The name to write an output under: `name`, unless a file that this program did not write, or that a person has since
    edited, stands there. Then 'report-new.docx', 'report-new-2.docx', and so on: a person's own work is never written over.
    """
    written, announced = load_written(output), _load_hashes(output / STORE_FOLDER / ANNOUNCED_FILE)
    path = Path(name)
    candidate, number = name, 1
    while (output / candidate).exists() and not _is_ours(output / candidate, (written.get(candidate), announced.get(candidate))):
        candidate = f"{path.stem}-new{path.suffix}" if number == 1 else f"{path.stem}-new-{number}{path.suffix}"
        number += 1
    return candidate
