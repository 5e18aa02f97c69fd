"""Runs over many photos: what is already known is reused, the rest is read in parallel, a bad photo costs only itself."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import secrets
import shutil
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
from threadpoolctl import threadpool_limits

import digitise
from digitise import intake
from digitise.config import Config, Reading
from digitise.config import SecondReader as SecondReaderSettings
from digitise.errors import DigitiseError, PhotoError
from digitise.model import PhotoResult, Problem, Source
from digitise.pipeline import ask_second_reader, process_photo, vocabulary
from digitise.privacy import FaceNetwork, open_face_network
from digitise.reading import OcrEngine, SecondReaderClient, make_engine, notes_to_ask, recogniser_stamp
from digitise.store import Entry, entry_folder, hash_parts, load_entry, save_entry
from digitise.workers import Died, Workers

PRIVACY_CODE = ("privacy/faces.py", "privacy/face_network.py", "privacy/drawn.py")
READING_CODE = ("intake", "surface", "reading", "layout", *PRIVACY_CODE, "pipeline.py", "crops.py", "geometry.py", "model.py", "frozen.py")
"""The parts of this package that decide what is read from a photo; a change in any of them makes stored results stale."""

JOB_MEMORY_MIB = 1300
MEGAPIXEL_MEMORY_MIB = 6
"""What one process may need at its peak, MiB, with its networks, and for each megapixel of its photo: measured 680 in all at 6 megapixels,
near 1000 at 12 and 1998 at 150."""
USUAL_MEGAPIXELS = 33.0
"""Taken for pages of a PDF and for smaller photos."""

READING_PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "pi-heif", "pillow", "pypdfium2", "rapidocr", "simplemma", "wordfreq")
"""Others' packages that decide it, too: a new version of one may read the same photo differently."""

UNREAD_SETTINGS: dict[str, Any] = {"recogniser": True, "backend": True, "second_reader": {"api_key_env", "timeout_s", "most_notes"}}
"""Settings of [reading] that do not make stored results stale. The engine's fingerprint holds the recogniser's content and the backend;
the second reader by its address and model, and answers that are wanting are asked for without reading the photo again."""


class Job(NamedTuple):
    """One photo to read; travels to a worker process."""

    source: Source
    config: Config
    threads: int
    folder: Path | None
    """The photo's place in the store; None keeps nothing and makes no pictures."""
    run: str = ""
    """Name of the run it belongs to: what a process learns of the second reader holds for one run only."""


class Failure(NamedTuple):
    """What stands in for the result of a photo that cannot be used."""

    problem: Problem
    internal: bool = False
    """True when the program is to blame, not the photo."""
    trace: str = ""


class Step(NamedTuple):
    """One photo done; what a progress bar shows."""

    event: str
    file: str
    done: int
    total: int
    reused: bool


Pool = Workers[Job, "Entry | Failure"]
Tell = Callable[[Step], None]


def name_run() -> str:
    """A name that no other run has."""
    return secrets.token_hex(8)


def count_jobs(jobs: int | None, sources: Sequence[Source]) -> tuple[int, int]:
    """Processes, and threads for each, so that together they use the machine's cores once.

    jobs: as asked for; None: one per core, at most one per photo and no more than fit into memory, whichever read the largest photos at
    the same time. 0: none, read in this process.
    """
    cores = count_cores()
    wanted = max(1, min(cores, len(sources), _count_fitting(sources))) if jobs is None else jobs
    return wanted, max(1, cores // max(1, wanted))


def count_cores() -> int:
    """Cores that this process may use; all of the machine's where the system (macOS, Windows) does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _count_fitting(sources: Sequence[Source]) -> int:
    """How many of the photos, the largest first, can be read at the same time in the memory that is free."""
    left = free_memory_mib()
    for place, megapixels in enumerate(sorted((max(s.megapixels, USUAL_MEGAPIXELS) for s in sources), reverse=True)):
        left -= JOB_MEMORY_MIB + round(MEGAPIXEL_MEMORY_MIB * megapixels)
        if left < 0:
            return place
    return len(sources)


def free_memory_mib() -> int:
    """Memory that new processes may take without swapping, MiB; plenty where the system does not say."""
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        return int(lines["MemAvailable"].split()[0]) >> 10
    except (OSError, KeyError, ValueError):
        return 1 << 20


def read_sources(jobs: Sequence[Job], pool: Pool | None) -> Iterator[tuple[int, Entry | Failure, bool]]:
    """Results with their place in `jobs` and whether they were reused, in the order in which they get ready.

    pool: None reads in this process. Raises what is not one photo's fault: EngineError, DependencyError, OutputError.
    """
    if pool is None and jobs:
        # also where all is known: what follows in this process, comparing and writing, keeps to its share, too
        _prepare_process(jobs[0].threads)
    todo: list[int] = []
    for place, job in enumerate(jobs):
        known = load_known(job)
        if known is not None:
            yield place, known, True
        else:
            todo.append(place)
    if pool is None:
        for place in todo:
            yield place, read_job(jobs[place]), False
        return
    for i, outcome in pool.run([jobs[place] for place in todo]):
        file = jobs[todo[i]].source.file
        yield todo[i], _explain_death(file, outcome) if isinstance(outcome, Died) else outcome, False


def load_known(job: Job) -> Entry | None:
    """A photo's stored result under its present name; None where it must be read, or the second reader is still to be asked."""
    known = load_entry(job.folder) if job.folder else None
    if known is None or notes_to_ask(known.result.notes, job.config.reading.second_reader):
        return None
    return _rename(known, job.source)


def read_job(job: Job) -> Entry | Failure:
    """Read one photo and keep the result. Runs in a worker process, or in this one."""
    try:
        _prepare_process(job.threads)
        engine = _engine_for(job.config, job.threads)
        return _ask(job, _read(job, engine), engine)
    except PhotoError as e:
        return Failure(Problem(file=job.source.file, reason=e.reason, remedy=e.remedy))
    except DigitiseError:
        raise
    except MemoryError:
        remedy = "Use --jobs 1, close other programs, or make the photo smaller."
        return Failure(Problem(file=job.source.file, reason="there was not enough memory to read it", remedy=remedy))
    except Exception as e:
        # a fault of ours on one photo must not cost the person the other ninety-nine
        reason = f"the program failed on it ({type(e).__name__}: {e})"
        problem = Problem(file=job.source.file, reason=reason, remedy="Please report this, with the photo if you may share it.")
        return Failure(problem, internal=True, trace=traceback.format_exc())


def _read(job: Job, engine: OcrEngine) -> Entry:
    """The photo's own reading: a stored one to which only answers of the second reader are wanting, or a new one."""
    if job.folder is None:
        return Entry(result=process_photo(job.source, config=job.config, engine=engine), engine=engine.fingerprint, pictures={})
    known = load_entry(job.folder)
    if known is not None:
        return _rename(known, job.source)
    # whatever lies there is damaged or of another run that was cut off
    shutil.rmtree(job.folder, ignore_errors=True)
    faces = None if job.config.privacy.keep_faces else open_face_network(job.threads)
    result = process_photo(job.source, config=job.config, engine=engine, pictures=job.folder, faces=faces)
    return save_entry(job.folder, result, engine=engine.fingerprint)


def _ask(job: Job, entry: Entry, engine: OcrEngine) -> Entry:
    """The entry with the second reader's answers, where the person has one. Those that failed stay wanting for the next run."""
    settings = job.config.reading.second_reader
    if settings is None or not notes_to_ask(entry.result.notes, settings):
        return entry
    client = _second_reader(settings, job.run)
    result = ask_second_reader(job.source, entry.result, config=job.config, engine=engine, second=client)
    answered = any(note.second_reading for note in result.notes)
    readers = f"{engine.fingerprint}, second reader {settings.model}" if answered else engine.fingerprint
    if job.folder is None:
        return entry.model_copy(update={"result": result, "engine": readers})
    return save_entry(job.folder, result, engine=readers)


def fingerprint_settings(config: Config) -> str:
    """16 hex digits over all that decides what is read from a photo: code, engine, models, languages, local names, limits."""
    engine = _engine_for(config, 1).fingerprint
    settings = config.reading.model_dump_json(exclude=UNREAD_SETTINGS), ",".join(config.languages), config.limits.model_dump_json()
    packages = [f"{name} {importlib.metadata.version(name)}" for name in READING_PACKAGES]
    faces = "kept" if config.privacy.keep_faces else f"blurred by {FaceNetwork().fingerprint}"
    return hash_parts(fingerprint_code(), engine, *packages, *settings, *vocabulary(config), faces)


def store_folder(output: Path, source: Source, fingerprint: str) -> Path:
    """Where the store keeps this photo as read under these settings."""
    return entry_folder(output, intake.photo_id(source), fingerprint)


def result_of(outcome: Entry | Failure) -> PhotoResult | Problem:
    """The part of an outcome that a caller wants."""
    return outcome.problem if isinstance(outcome, Failure) else outcome.result


def _rename(entry: Entry, source: Source) -> Entry:
    """A stored result under the file's present name: renaming or copying a photo does not change what stands on it."""
    result = entry.result
    photo = result.photo.model_copy(update={"file": source.file, "copies": source.copies})
    problems = tuple(p.model_copy(update={"file": source.file}) for p in result.problems)
    return entry.model_copy(update={"result": result.model_copy(update={"photo": photo, "problems": problems})})


def _explain_death(file: str, died: Died) -> Failure:
    remedy = "Use --jobs 1 or make the photo smaller; if it happens again, please report it."
    reason = f"the process that read it ended twice ({died.how}), perhaps for want of memory"
    return Failure(Problem(file=file, reason=reason, remedy=remedy), internal=True)


def ready_engine(config: Config, threads: int) -> OcrEngine:
    """This process's engine, for reading a part of a photo besides: warm, where photos were read here with as many threads."""
    _prepare_process(threads)
    return _engine_for(config, threads)


def _engine_for(config: Config, threads: int) -> OcrEngine:
    reading = config.reading.model_copy(update={"second_reader": None})  # no part of the engine
    return _engine(reading, config.languages, threads, recogniser_stamp(reading))


@functools.cache
def _engine(reading: Reading, languages: tuple[str, ...], threads: int, _stamp: tuple[object, ...]) -> OcrEngine:
    """One engine per process and setting: loading its networks takes longer than reading a small photo.

    _stamp: of the files that the setting names; when they have been exchanged, another engine is made.
    """
    return make_engine(reading, languages, threads=threads)


@functools.lru_cache(maxsize=1)
def _second_reader(settings: SecondReaderSettings, _run: str) -> SecondReaderClient:
    """One per process and run: a server that is out of order is found out once, and gets another chance in the next run."""
    return SecondReaderClient(settings)


@functools.lru_cache(maxsize=1)
def _prepare_process(threads: int) -> None:
    """Keep the numeric libraries of this process to its share of the cores; without it, four workers run sixteen threads.

    The last number holds: a process that wrote a report on one core may read the next photo on two.
    """
    cv2.setNumThreads(threads)
    threadpool_limits(threads)
    # scipy brings a library of its own, which looks here when something first needs it
    os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
    intake.mute_pillow()


@functools.cache
def fingerprint_code() -> str:
    """A hash of the parts of this package that decide what is read from a photo."""
    root = Path(digitise.__file__).parent
    files = sorted(f for part in READING_CODE for f in ([root / part] if part.endswith(".py") else (root / part).rglob("*")))
    digest = hashlib.sha256()
    for file in files:
        if file.is_file() and file.suffix != ".pyc":
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
