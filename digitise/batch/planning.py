"""What a batch will do: its events, and which of them are as they should be already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, cast

from digitise.batch.away import settings_folder
from digitise.batch.finding import IsSettled, find_archive
from digitise.batch.keeping import count_stored, load_record
from digitise.batch.model import Archive, EventRecord, Grouping, Spot
from digitise.batch.places import Places
from digitise.batch.sessions import read_times
from digitise.batch.stamps import is_same_outside, stamp_spot
from digitise.batch.trees import FolderTree
from digitise.errors import ConfigError, NoInputError
from digitise.piecework import Share, cost_of_reading, share_machine
from digitise.planning import NO_CHOICES, Choices
from digitise.report import look_at_template
from digitise.runs import USUAL_MEGAPIXELS, count_cores
from digitise.workers import Call, DiedError, Workers

READ_TIMEOUT_S = 900.0
"""Reading takes 5 to 20 s for a photo of 12 megapixels on one core; one of 150 took 4 minutes."""
TIMES_AT_ONCE = 200
"""Headers that one task reads: a second's work."""
TIMES_TIMEOUT_S = 600.0
TIME_TIMEOUT_S = 60.0
"""For those, and for a single one."""
IDLE_S = 300.0
"""A worker that has had nothing to do for so long gives its memory back; of use to `watch`."""

BatchPool = Workers[Call, object]


class BatchChoices(NamedTuple):
    """How a batch uses the machine, and settings that beat event.toml."""

    workers: int | None = None
    memory_mib: int | None = None
    timeout_s: float = READ_TIMEOUT_S
    """For a usual photo; larger ones may take longer."""
    retry: bool = False
    """Try again what hung or ended its process in an earlier run."""
    settings: Choices = NO_CHOICES
    scheduler: str = ""
    """Address of a Dask scheduler whose workers read the photos, or 'local' for one on this machine; '': this machine reads."""
    tls: Path | None = None
    """Folder with the certificates for it."""


class PlannedEvent(NamedTuple):
    spot: Spot
    record: EventRecord | None
    """What its files were made of, where they are as they should be; None: there is something to do."""
    unread: int
    """Photos that seem to wait to be read."""


class BatchPlan(NamedTuple):
    archive: Archive
    events: tuple[PlannedEvent, ...]


def check_choices(choices: BatchChoices) -> None:
    """What would befall every event alike is told once, before any work. Raises ConfigError."""
    template = choices.settings.template
    for finding in look_at_template(template) if template is not None else ():
        if finding.level == "error" and finding.subject == "file":
            raise ConfigError(str(template), finding.detail, finding.remedy)


def share_out(choices: BatchChoices) -> Share:
    """Processes, their threads and memory. Usual photos fit; larger ones wait until there is room for them."""
    share = share_machine(choices.workers)
    if choices.memory_mib is None:
        return share
    jobs = max(1, min(share.jobs, int(choices.memory_mib // cost_of_reading(USUAL_MEGAPIXELS))))
    return Share(jobs=jobs, threads=max(1, count_cores() // jobs), memory_mib=choices.memory_mib)


def find_events(
    places: Places,
    grouping: Grouping,
    *,
    choices: BatchChoices,
    pool: BatchPool,
    is_settled: IsSettled = lambda path, size, mtime_ns: True,
) -> BatchPlan:
    """The events of an archive, with what is known of them. Opens no photo, but for the times by day.

    Raises NoInputError where an address cannot be listed.
    """
    tree = places.list_archive()

    def times(paths: Sequence[str]) -> list[datetime | None]:
        return find_times(paths, pool, (lambda some: Call(read_times, (some,))) if tree is None else tree.call_for_times)

    left_out = [places.output] if tree is None else []
    found = find_archive(
        places.archive,
        grouping,
        leave_out=left_out,
        read_times=times,
        is_settled=is_settled,
        tree=tree if tree is not None else FolderTree(),
    )
    spots = tuple(places.give_way(spot) for spot in found.spots)
    found = found.model_copy(update={"spots": spots})
    return BatchPlan(found, tuple(_look_up(spot, places, choices.settings) for spot in spots))


def find_times(
    paths: Sequence[str], pool: BatchPool, call_for: Callable[[Sequence[str]], Call], at_once: int = TIMES_AT_ONCE
) -> list[datetime | None]:
    """When photos were taken, many to a task. Where a process ends over one, each is asked for alone: only that one has none.

    Raises NoInputError where the network fails: without their times, photos would be other events.
    """
    chunks = [paths[i : i + at_once] for i in range(0, len(paths), at_once)]
    futures = [pool.submit(call_for(chunk), timeout_s=TIMES_TIMEOUT_S if at_once > 1 else TIME_TIMEOUT_S) for chunk in chunks]
    found: list[datetime | None] = []
    for chunk, future in zip(chunks, futures, strict=True):
        try:
            found += cast(list[datetime | None], future.result())
        except DiedError:
            found += find_times(chunk, pool, call_for, 1) if at_once > 1 else [None]
    return found


def _look_up(spot: Spot, places: Places, settings: Choices) -> PlannedEvent:
    output = places.output / spot.name
    folder = settings_folder(spot, output)
    spot = spot.model_copy(update={"stamp": stamp_spot(spot, folder, settings, places.state_of)})
    record = load_record(output)
    same = record is not None and record.stamp == spot.stamp and is_same_outside(record.outside, folder, places.state_of)
    if record is not None and same and places.is_whole(spot.name, record):
        return PlannedEvent(spot, record, 0)
    stored = places.count_stored(spot.name)
    return PlannedEvent(spot, None, max(0, spot.count - (count_stored(output) if stored is None else stored)))


def nothing_found(archive: str, plan: BatchPlan) -> NoInputError:
    """The error for an archive without an event."""
    if plan.archive.left_out:
        reason = f"none of its folders has an event.toml; {plan.archive.left_out} photos lie in others"
        return NoInputError(archive, reason, "Write one with 'digitise init', or use --by folder.")
    return NoInputError(archive, "there is no photo in it", "Name the folder below which the events' photos lie.")
