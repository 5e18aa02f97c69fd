"""An event done piece by piece, for a door that stays open: what is known of it, one photo read, all that is read put together.

`report_events` does the same in one go. Each function here is one task for a worker process and gives back only what is small; photos'
results lie in the event's store, where the next process finds them.
"""

from __future__ import annotations

import functools
import importlib.metadata
from collections.abc import Collection, Mapping
from pathlib import Path

from digitise import intake
from digitise.config import Config
from digitise.events import Outcome, Plan, no_usable_photo, run_event
from digitise.glances import FileLook, Glance, glance_at, look_into, stamp_glances
from digitise.model import Frozen, Problem, Source
from digitise.places import settings_file
from digitise.planning import EVENT_FILE, NO_CHOICES, REPORT_FOLDER, load_settings, plan_events
from digitise.runs import (
    JOB_MEMORY_MIB,
    MEGAPIXEL_MEMORY_MIB,
    READING_PACKAGES,
    USUAL_MEGAPIXELS,
    Failure,
    Job,
    count_cores,
    fingerprint_code,
    fingerprint_settings,
    free_memory_mib,
    read_sources,
    store_folder,
)
from digitise.store import STORE_FOLDER, file_state, hash_parts, load_result

GLANCE_MEMORY_MIB = 400
"""What a process needs for a glance besides the photo itself: the program, one network and its maps."""


class Survey(Frozen):
    """What is known of an event's photos under its present settings."""

    fingerprint: str
    """Of all that decides what is read from a photo."""
    notes: dict[str, int]
    """Id of each photo that was read -> how many notes it has."""


class PhotoRead(Frozen):
    """What became of one photo."""

    photo_id: str
    fingerprint: str
    """Of the settings under which it was read."""
    notes: int = 0
    warnings: tuple[str, ...] = ()
    problem: Problem | None = None
    """Why it could not be read."""
    reused: bool = False
    """It was read before."""


class Share(Frozen):
    """How worker processes share a machine."""

    jobs: int
    threads: int
    memory_mib: int


def share_machine(workers: int | None) -> Share:
    """Processes that read, threads of each, and the memory that they and one more for glances may take together.

    workers: as asked for; None: one for each core, as far as memory allows.
    """
    cores, free = count_cores(), free_memory_mib()
    each, glance = cost_of_reading(USUAL_MEGAPIXELS), cost_of_glance(USUAL_MEGAPIXELS)
    jobs = max(1, min(cores, int((free - glance) // each))) if workers is None else workers
    # usual photos never wait for memory: so many processes were chosen, or asked for
    return Share(jobs=jobs, threads=max(1, cores // jobs), memory_mib=max(free, round(jobs * each + glance)))


def cost_of_reading(megapixels: float) -> float:
    """Memory, MiB, that a process needs to read such a photo."""
    return JOB_MEMORY_MIB + MEGAPIXEL_MEMORY_MIB * max(megapixels, USUAL_MEGAPIXELS)


def cost_of_glance(megapixels: float) -> float:
    """Memory, MiB, that a process needs for a first glance at it."""
    return GLANCE_MEMORY_MIB + MEGAPIXEL_MEMORY_MIB * max(megapixels, USUAL_MEGAPIXELS)


@functools.cache
def stamp_program() -> str:
    """Changes with everything in the program that decides what is read from a photo."""
    return hash_parts(fingerprint_code(), *(f"{name} {importlib.metadata.version(name)}" for name in READING_PACKAGES))


def stamp_settings(folder: Path) -> str:
    """Changes when an event's settings, or the person's own, are written anew. Looks at no content."""
    return hash_parts(*(file_state(path) for path in (folder / EVENT_FILE, settings_file()) if path is not None))


def stamp_edits(folder: Path) -> str:
    """Changes when people's edits, or a template or anything else that lies beside event.toml, are written anew. Looks at no content."""
    beside = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return hash_parts(*(f"{path.name} {file_state(path)}" for path in beside))


def look_into_file(folder: Path, path: Path, file: str) -> FileLook:
    """The pictures in one of an event's files, by its headers. Raises ConfigError."""
    return look_into(path, file, _config_of(folder).limits)


def glance_at_photo(folder: Path, source: Source, thumbnail: Path) -> Glance:
    """The first glance at one of an event's pictures. Raises PhotoError, ConfigError."""
    config = _config_of(folder)
    return glance_at(source, limits=config.limits, thumbnail=thumbnail, hide_faces=not config.privacy.keep_faces)


def stamp_glances_of(folder: Path) -> str:
    """Changes whenever an event's files would be judged otherwise. Raises ConfigError."""
    config = _config_of(folder)
    return stamp_glances(config.limits, hide_faces=not config.privacy.keep_faces)


def survey_event(folder: Path, sources: Collection[Source]) -> Survey:
    """Which photos are read already. Raises ConfigError, EngineError or DependencyError."""
    fingerprint = fingerprint_settings(_config_of(folder))
    notes: dict[str, int] = {}
    for source in sources:
        result = load_result(store_folder(folder / REPORT_FOLDER, source, fingerprint))
        if result is not None:
            notes[result.photo.id] = len(result.notes)
    return Survey(fingerprint=fingerprint, notes=notes)


def list_read(folder: Path, fingerprint: str) -> frozenset[str]:
    """Ids of the photos that were read under such settings, by the names in the store; quick."""
    found = (folder / REPORT_FOLDER / STORE_FOLDER / "photos").glob(f"*-{fingerprint}/result.json")
    return frozenset(path.parent.name.removesuffix(f"-{fingerprint}") for path in found)


def read_photo(folder: Path, source: Source, *, threads: int, run: str) -> PhotoRead:
    """Read one of an event's photos into its store, unless it is there. run: a name for all that one server does.

    Raises ConfigError, EngineError, DependencyError or OutputError; what is wrong with the photo stands in the result.
    """
    config = _config_of(folder)
    fingerprint = fingerprint_settings(config)
    job = Job(source, config, threads, store_folder(folder / REPORT_FOLDER, source, fingerprint), run)
    ((_, outcome, reused),) = read_sources([job], None)
    name = intake.photo_id(source)
    if isinstance(outcome, Failure):
        return PhotoRead(photo_id=name, fingerprint=fingerprint, problem=outcome.problem)
    result = outcome.result
    return PhotoRead(photo_id=name, fingerprint=fingerprint, notes=len(result.notes), warnings=result.photo.warnings, reused=reused)


def assemble_event(folder: Path, failed: Mapping[str, Problem]) -> Outcome:
    """Write an event's outputs from what is read of it; a photo that is not read yet is left out.

    failed: photos that could not be read, by id; the report lists them. Raises as run_event does.
    """
    (plan,) = plan_events([folder], None, NO_CHOICES)
    fingerprint = fingerprint_settings(plan.config)
    return assemble_plan(plan, failed, there=list_read(folder, fingerprint))


def assemble_plan(plan: Plan, failed: Mapping[str, Problem], *, there: Collection[str]) -> Outcome:
    """As `assemble_event`, of an event that is planned already. there: ids of the photos that are read."""
    names = {intake.photo_id(source): source for source in plan.sources}
    problems = [problem.model_copy(update={"file": names[i].file}) for i, problem in failed.items() if i in names and i not in there]
    plan = plan.model_copy(update={"sources": tuple(s for i, s in names.items() if i in there), "problems": (*plan.problems, *problems)})
    if not plan.sources:
        raise no_usable_photo(plan.folder, plan.problems)
    return run_event(plan, pool=None, threads=1, tell=lambda step: None)


def _config_of(folder: Path) -> Config:
    return load_settings(folder, NO_CHOICES)[0]
