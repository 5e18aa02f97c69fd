"""Takes away what the stores keep of events and photos that are gone. Reports stay: they are people's documents."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from digitise.batch.keeping import load_record, load_run
from digitise.batch.planning import BatchChoices, BatchPool, PlannedEvent, find_events, share_out
from digitise.batch.tasks import list_ids
from digitise.errors import DigitiseError, NoInputError
from digitise.planning import NO_CHOICES
from digitise.series import NOTES
from digitise.store import STORE_FOLDER, lock_output
from digitise.walls import WALLS_FOLDER
from digitise.workers import Call, DiedError, Workers, perform

PHOTOS_FOLDER = "photos"
LIST_TIMEOUT_S = 3600.0
"""For hashing an event's photos over a slow network."""


class Leftover(NamedTuple):
    """A folder of a store that nothing needs any more."""

    event: str
    folder: Path
    size_bytes: int
    whole_event: bool
    """The event itself is gone; else one of its photos."""


def prune_batch(output: Path, *, confirm: Callable[[Sequence[Leftover]], bool]) -> list[Leftover]:
    """Remove stored results of what is gone from the archive, if `confirm` says so of the list. What was removed.

    Raises NoInputError where the archive cannot be seen whole: a drive that is not connected must not cost months of work. OutputError
    while another run is writing.
    """
    note = load_run(output)
    archive = Path(note.archive)
    if not archive.is_dir():
        raise NoInputError(note.archive, "the archive is not there, so nobody can tell what is gone from it", "Connect its drive first.")
    choices = BatchChoices(workers=1)
    with lock_output(output), Workers(perform, jobs=share_out(choices).jobs) as pool:
        plan = find_events(archive, output, note.grouping, choices=choices, pool=pool)
        if plan.archive.problems:
            problem = plan.archive.problems[0]
            reason = f"{problem.file}: {problem.reason}, so nobody can tell what is gone"
            raise NoInputError(note.archive, reason, problem.remedy)
        if not plan.events:
            raise NoInputError(note.archive, "there is no event in it any more", "If it lies on another drive, connect that first.")
        left = [*_of_gone_events(output, {planned.spot.name for planned in plan.events}), *_of_gone_photos(output, plan.events, pool)]
        if not left or not confirm(left):
            return []
        for leftover in left:
            if leftover.whole_event:
                # what is not there must not be taken for up to date when the event comes back
                (leftover.folder.parent / "batch.json").unlink(missing_ok=True)
            shutil.rmtree(leftover.folder, ignore_errors=True)
        return left


def _of_gone_events(output: Path, names: Collection[str]) -> Iterator[Leftover]:
    """Stores of events that are not in the archive; only where a batch made them."""
    for folder in sorted(output.iterdir()):
        store = folder / STORE_FOLDER
        if folder.name in names or folder.name == STORE_FOLDER or not store.is_dir():
            continue
        if load_record(folder) is None and (folder / NOTES).exists():
            continue
        for part in (store / PHOTOS_FOLDER, store / WALLS_FOLDER):
            if part.is_dir():
                yield Leftover(folder.name, part, _size(part), True)


def _of_gone_photos(output: Path, events: Sequence[PlannedEvent], pool: BatchPool) -> Iterator[Leftover]:
    """Stored photos that are no longer in their event. An event that is up to date has none."""
    for planned in events:
        if planned.record is not None:
            continue
        stored = sorted((output / planned.spot.name / STORE_FOLDER / PHOTOS_FOLDER).glob("*"))
        if not stored:
            continue
        call = Call(list_ids, (planned.spot, output / planned.spot.name, NO_CHOICES))
        try:
            ids = pool.submit(call, timeout_s=LIST_TIMEOUT_S).result()
        except (DigitiseError, DiedError):
            continue  # an event that cannot be looked at keeps what it has
        assert isinstance(ids, frozenset)
        yield from (Leftover(planned.spot.name, p, _size(p), False) for p in stored if p.name.rpartition("-")[0] not in ids)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
