"""What a batch will do: its events, and which of them are as they should be already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, cast

from digitise.batch.finding import IsSettled, find_archive
from digitise.batch.keeping import count_stored, is_whole, load_record
from digitise.batch.model import Archive, EventRecord, Grouping, Spot
from digitise.batch.sessions import read_times
from digitise.batch.tasks import stamp_spot
from digitise.errors import NoInputError, UsageError
from digitise.piecework import Share, cost_of_reading, share_machine
from digitise.planning import NO_CHOICES, Choices
from digitise.runs import USUAL_MEGAPIXELS, count_cores
from digitise.workers import Call, DiedError, Workers

READ_TIMEOUT_S = 900.0
"""Reading takes 5 to 20 s for a photo of 12 megapixels on one core; one of 150 took 4 minutes."""
TIMES_AT_ONCE = 200
"""Headers that one task reads: a second's work."""
TIMES_TIMEOUT_S = 600.0
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


def share_out(choices: BatchChoices) -> Share:
    """Processes, their threads and memory. Usual photos fit; larger ones wait until there is room for them."""
    share = share_machine(choices.workers)
    if choices.memory_mib is None:
        return share
    jobs = max(1, min(share.jobs, int(choices.memory_mib // cost_of_reading(USUAL_MEGAPIXELS))))
    return Share(jobs=jobs, threads=max(1, count_cores() // jobs), memory_mib=choices.memory_mib)


def check_places(archive: Path, output: Path) -> None:
    """Raises NoInputError or UsageError."""
    if not archive.exists():
        raise NoInputError(str(archive), "does not exist", "Check the name of the folder with the events.")
    if not archive.is_dir():
        raise NoInputError(str(archive), "is not a folder", "Name the folder with the events; for one ZIP or PDF use 'digitise report'.")
    inside, outside = archive.resolve(), output.resolve()
    if outside == inside or outside in inside.parents:
        reason = "the reports cannot be written into the archive's own folder or one above it"
        raise UsageError(str(output), reason, "Name a folder of its own with --output.")
    if output.exists() and not output.is_dir():
        raise UsageError(str(output), "is a file", "Name a folder with --output.")


def find_events(
    archive: Path,
    output: Path,
    grouping: Grouping,
    *,
    choices: BatchChoices,
    pool: BatchPool,
    is_settled: IsSettled = lambda path, size, mtime_ns: True,
) -> BatchPlan:
    """The events of an archive, with what is known of them. Opens no photo, but for the times by day."""

    def times(paths: Sequence[str]) -> list[datetime | None]:
        chunks = [paths[i : i + TIMES_AT_ONCE] for i in range(0, len(paths), TIMES_AT_ONCE)]
        futures = [pool.submit(Call(read_times, (chunk,)), timeout_s=TIMES_TIMEOUT_S) for chunk in chunks]
        found: list[datetime | None] = []
        for chunk, future in zip(chunks, futures, strict=True):
            try:
                found += cast(list[datetime | None], future.result())
            except DiedError:
                found += [None] * len(chunk)
        return found

    found = find_archive(archive, grouping, leave_out=[output], read_times=times, is_settled=is_settled)
    return BatchPlan(found, tuple(_look_up(spot, output / spot.name, choices.settings) for spot in found.spots))


def _look_up(spot: Spot, output: Path, settings: Choices) -> PlannedEvent:
    spot = spot.model_copy(update={"stamp": stamp_spot(spot, output, settings)})
    record = load_record(output)
    if record is not None and record.stamp == spot.stamp and is_whole(output, record):
        return PlannedEvent(spot, record, 0)
    return PlannedEvent(spot, None, max(0, spot.count - count_stored(output)))
