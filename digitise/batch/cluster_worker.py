"""What a worker of a Dask cluster does: takes a parcel, has a process of its own read the photo, and gives the answer back.

Reading happens in a child of the Dask worker: a photo that crashes, eats all memory or never ends costs that child, and the worker itself
stays to say so. `Workers` does for one Dask worker what it does for a whole machine without Dask.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import errno
import functools
import multiprocessing
import os
import secrets
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from distributed import get_worker

from digitise.batch.away import Reference, fetch_reference
from digitise.batch.cluster_parcel import Answer, Greeting, Parcel, stamp_parts
from digitise.batch.planning import IDLE_S
from digitise.config import Config
from digitise.errors import DigitiseError, PhotoError
from digitise.intake import read_encoded
from digitise.intake.sniffing import suffix_of
from digitise.model import Problem, Source
from digitise.runs import Failure, Job, fingerprint_settings, read_job
from digitise.store import DiskFullError, Entry
from digitise.workers import Call, DiedError, StartError, Workers, perform

TOKEN = secrets.token_hex(8)
"""Of this process."""
LOOK_EVERY_S = 0.5
"""How often a worker looks whether anybody still wants what it is reading."""
KEPT_BYTES = 1 << 30
"""Of PDFs and TIFFs with several pages, each of which is a photo, so that a file travels once."""
OWN_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""Of the machine, whatever the photo is."""
LONGEST_SUFFIX = 8
"""Of a file's name that is kept, for it may stand in a message; the rest of the name is a stranger's, and may be no file's name here."""
_door = threading.Lock()
Packed = tuple[str, dict[str, bytes]]
"""An answer as JSON, and the files that go with it."""


class Otherwise(NamedTuple):
    """What stands in for a result where this machine would read otherwise than the one that runs the batch."""

    reason: str


def greet() -> str:
    """A `Greeting` as JSON."""
    return Greeting(stamps=stamp_parts(), token=TOKEN).model_dump_json()


def read_parcel(text: str, blob: bytes | None) -> Packed:
    """Read one photo. text: a `Parcel` as JSON; blob: the bytes of its file, where they were sent."""
    parcel = Parcel.model_validate_json(text)
    if parcel.token != TOKEN:
        return _pack(Answer(kind="stranger", alive_s=time.time() - psutil.Process().create_time()))
    worker: Any = get_worker()
    key = worker.get_current_task()
    scratch = Path(worker.local_directory)
    try:
        with tempfile.TemporaryDirectory(dir=scratch, prefix="parcel-", ignore_cleanup_errors=True) as name:
            source = place_photo(parcel, blob, Path(name), kept=scratch / "digitise-kept")
            if source is None:
                return _pack(Answer(kind="missing"))
            job = Job(source, parcel.config, parcel.threads, Path(name) / "entry")
            call = Call(read_checked, (job, parcel.fingerprint))
            pool = readers(worker.state.nthreads)
            future = pool.submit(call, timeout_s=parcel.timeout_s)
            while not concurrent.futures.wait([future], LOOK_EVERY_S).done:
                task = worker.state.tasks.get(key)
                if task is None or task.state == "cancelled":
                    pool.cancel(future)
            return _pack_result(future.result(), Path(name) / "entry")
    except concurrent.futures.CancelledError:
        return _pack(Answer(kind="unwanted"))
    except DiedError as e:
        return _pack(Answer(kind="died", how=e.died.how))
    except Exception as e:
        return _pack(explain_fault(e, parcel.source.file))


def readers(count: int) -> Workers[Call, Any]:
    """This Dask worker's own processes for reading, as many as it has threads; they end with it."""
    with _door:
        return _readers(count)


@functools.cache
def _readers(count: int) -> Workers[Call, Any]:
    # Dask marks its workers as daemons, which may have no children. These end when their parent does, however that ends
    multiprocessing.current_process().daemon = False
    # whether a photo is tried once more, and where, is for the machine that runs the batch to say: it knows what runs beside
    return Workers(perform, jobs=count, idle_s=IDLE_S, max_tries=1)


def read_checked(job: Job, fingerprint: str) -> Entry | Failure | Otherwise:
    """Read a photo, if this machine reads as the one that runs the batch would: same networks, same Tesseract. In a child process."""
    try:
        own = _fingerprint(job.config.model_dump_json())
    except DigitiseError as e:
        return Otherwise(f"{e.subject}: {e.reason}")
    if own != fingerprint:
        return Otherwise("its networks or its Tesseract are others than here")
    return read_job(job)


@functools.lru_cache(maxsize=64)
def _fingerprint(settings: str) -> str:
    return fingerprint_settings(Config.model_validate_json(settings))


def place_photo(parcel: Parcel, blob: bytes | None, folder: Path, *, kept: Path) -> Source | None:
    """Where the photo is to be read: in place where this machine sees the same bytes, or in a file made of those that were sent, kept
    from an earlier parcel or fetched from the archive's address.

    None where it has none of these. Raises OSError.
    """
    source = parcel.source
    if blob is None and _sees(source, parcel.config):
        return source
    suffix = suffix_of(source.members[0] if source.members else source.path)
    path = folder / f"photo{suffix if len(suffix) <= LONGEST_SUFFIX and suffix[1:].isalnum() else ''}"
    if source.pages > 1:
        if not _link_kept(blob, kept / source.sha256, path):
            blob = _fetch(parcel.reference, folder)
            if blob is None or not _link_kept(blob, kept / source.sha256, path):
                return None
    else:
        blob = _fetch(parcel.reference, folder) if blob is None else blob
        if blob is None:
            return None
        path.write_bytes(blob)
    return source.model_copy(update={"path": str(path), "members": ()})


def _fetch(reference: Reference | None, folder: Path) -> bytes | None:
    """A photo's file from the archive's address; None where there is none, or this machine cannot reach it."""
    if reference is None:
        return None
    try:
        fetched = fetch_reference(reference, folder)
        data = fetched.read_bytes()
        fetched.unlink()
    except (DigitiseError, OSError):
        return None
    return data


def _sees(source: Source, config: Config) -> bool:
    """Whether this machine has the same bytes at the same place."""
    try:
        if not Path(source.path).is_file():
            return False
        read_encoded(source, limits=config.limits)
    except (OSError, PhotoError):
        return False
    return True


def _link_kept(blob: bytes | None, place: Path, path: Path) -> bool:
    """Have a file of several pages at `path`, from the bytes or from an earlier parcel's. Whether it is there now."""
    if blob is not None:
        place.parent.mkdir(exist_ok=True)
        part = place.with_name(f".part-{secrets.token_hex(8)}")
        part.write_bytes(blob)
        part.replace(place)
        _make_room(place.parent)
    try:
        path.hardlink_to(place)
        os.utime(place)
    except FileNotFoundError:
        return False
    except OSError:  # a file system without hard links
        shutil.copyfile(place, path)
    return True


def _make_room(kept: Path) -> None:
    """Forget what was not asked for longest, but for the newest."""
    with contextlib.suppress(OSError):
        files = sorted(kept.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        total = 0
        for place, file in enumerate(files):
            total += file.stat().st_size
            if place and total > KEPT_BYTES:
                file.unlink(missing_ok=True)


def _pack_result(result: Entry | Failure | Otherwise, folder: Path) -> Packed:
    if isinstance(result, Otherwise):
        return _pack(Answer(kind="otherwise", how=result.reason))
    if isinstance(result, Failure):
        return _pack(Answer(kind="failed", problem=result.problem))
    packed = _pack(Answer(kind="read", entry=result), {name: (folder / name).read_bytes() for name in result.pictures})
    Answer.model_validate_json(packed[0])  # what cannot be told is this photo's fault, not the worker's
    return packed


def explain_fault(error: Exception, file: str) -> Answer:
    """Whose fault it may be that a photo was not read."""
    if isinstance(error, (StartError, DiskFullError)) or (isinstance(error, OSError) and error.errno in OWN_FAULTS):
        return Answer(kind="unfit", how=str(error))
    if isinstance(error, DigitiseError):
        return Answer(kind="fault", problem=Problem(file=file, reason=f"{error.subject}: {error.reason}", remedy=error.remedy))
    reason = f"the program failed on it ({type(error).__name__}: {error})"
    return Answer(kind="fault", problem=Problem(file=file, reason=reason, remedy="Please report this."))


def _pack(answer: Answer, beside: dict[str, bytes] | None = None) -> Packed:
    return answer.model_dump_json(), beside or {}
