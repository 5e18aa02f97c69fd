"""Takes away what the stores keep of events and photos that are gone. Reports stay: they are people's documents."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from digitise.batch.away import RECORD_WAY
from digitise.batch.keeping import RECORD_FILE, load_record, load_run
from digitise.batch.places import Places, load_run_at, open_places
from digitise.batch.planning import BatchChoices, BatchPool, PlannedEvent, find_events, share_out
from digitise.batch.tasks import list_ids
from digitise.errors import DigitiseError, NoInputError
from digitise.planning import Choices
from digitise.remote import Place, parse_place
from digitise.series import NOTES
from digitise.store import STORE_FOLDER, load_result, lock_output
from digitise.walls import WALLS_FOLDER
from digitise.workers import Call, DiedError, Workers, perform

PHOTOS_FOLDER = "photos"
LIST_TIMEOUT_S = 3600.0
"""For hashing an event's photos over a slow network."""


class Leftover(NamedTuple):
    """A folder of a store that nothing needs any more."""

    event: str
    folder: Path
    """On this disk; of an event at an address, where it would be."""
    size_bytes: int
    whole_event: bool
    """The event itself is gone; else one of its photos."""
    ways: tuple[str, ...] = ()
    """At an address: its files, by their ways below the event's folder."""
    file: str = ""
    """Name that a photo had when it was read, where that is known here."""


def prune_batch(output: Place, *, confirm: Callable[[Sequence[Leftover]], bool]) -> list[Leftover]:
    """Remove stored results of what is gone from the archive, if `confirm` says so of the list. What was removed.

    Raises NoInputError where the archive cannot be seen whole: a drive that is not connected must not cost months of work. OutputError
    while another run is writing.
    """
    note = load_run(output) if isinstance(output, Path) else load_run_at(output)
    archive = parse_place(note.archive)
    if isinstance(archive, Path) and not archive.is_dir():
        raise NoInputError(note.archive, "the archive is not there, so nobody can tell what is gone from it", "Connect its drive first.")
    choices = BatchChoices(workers=1, settings=note.settings)
    with (
        open_places(archive, output) as places,
        lock_output(places.output),
        Workers(perform, jobs=share_out(choices).jobs) as pool,
    ):
        plan = find_events(places, note.grouping, choices=choices, pool=pool)
        if plan.archive.problems:
            problem = plan.archive.problems[0]
            reason = f"{problem.file}: {problem.reason}, so nobody can tell what is gone"
            raise NoInputError(note.archive, reason, problem.remedy)
        if not plan.events:
            raise NoInputError(note.archive, "there is no event in it any more", "If it lies on another drive, connect that first.")
        left = [
            *_of_gone_events(places, {planned.spot.name for planned in plan.events}),
            *_of_gone_photos(places, plan.events, note.settings, pool),
        ]
        if not left or not confirm(left):
            return []
        for leftover in left:
            _remove(places, leftover)
        return left


def _remove(places: Places, leftover: Leftover) -> None:
    if places.there is not None:
        if leftover.whole_event:
            # first: what is not there must not be taken for up to date when the event comes back
            places.remove_outputs(leftover.event, [RECORD_WAY])
        places.remove_outputs(leftover.event, leftover.ways)
    if leftover.whole_event:
        (leftover.folder.parent / RECORD_FILE).unlink(missing_ok=True)
    shutil.rmtree(leftover.folder, ignore_errors=True)


def _of_gone_events(places: Places, names: Collection[str]) -> Iterator[Leftover]:
    """Stores of events that are not in the archive; only where a batch made them."""
    for name, files in sorted(_list_outputs(places).items()):
        if name in names or name == STORE_FOLDER or not any(way.startswith(f"{STORE_FOLDER}/") for way in files):
            continue
        if load_record(places.output / name) is None and NOTES in files:
            continue
        for part in (PHOTOS_FOLDER, WALLS_FOLDER):
            yield from _leftover(places, name, files, f"{STORE_FOLDER}/{part}", whole_event=True)


def _of_gone_photos(places: Places, events: Sequence[PlannedEvent], settings: Choices, pool: BatchPool) -> Iterator[Leftover]:
    """Stored photos that are no longer in their event. An event that is up to date has none."""
    listed = _list_outputs(places)
    for planned in events:
        files = listed.get(planned.spot.name, {})
        stored = sorted({way.split("/")[2] for way in files if way.startswith(f"{STORE_FOLDER}/{PHOTOS_FOLDER}/")})
        if planned.record is not None or not stored:
            continue
        call = Call(list_ids, (planned.spot, places.output / planned.spot.name, settings))
        try:
            ids = pool.submit(call, timeout_s=LIST_TIMEOUT_S).result()
        except (DigitiseError, DiedError):
            continue  # an event that cannot be looked at keeps what it has
        finally:
            places.forget(planned.spot.name, failed=False)
        assert isinstance(ids, frozenset)
        for entry in stored:
            if entry.rpartition("-")[0] not in ids:
                way = f"{STORE_FOLDER}/{PHOTOS_FOLDER}/{entry}"
                known = load_result(places.output / planned.spot.name / way)
                for leftover in _leftover(places, planned.spot.name, files, way, whole_event=False):
                    yield leftover._replace(file=known.photo.file if known is not None else "")


def _list_outputs(places: Places) -> Mapping[str, Mapping[str, int]]:
    """Events' output folders, each with its files and their bytes."""
    if places.there is not None:
        return {name: {way: max(0, file.size) for way, file in files.items()} for name, files in places.list_outputs().items()}
    folders = [folder for folder in places.output.iterdir() if (folder / STORE_FOLDER).is_dir() and folder.name != STORE_FOLDER]
    return {
        folder.name: {p.relative_to(folder).as_posix(): p.stat().st_size for p in folder.rglob("*") if p.is_file()} for folder in folders
    }


def _leftover(places: Places, name: str, files: Mapping[str, int], way: str, *, whole_event: bool) -> Iterator[Leftover]:
    below = tuple(file for file in files if file.startswith(f"{way}/"))
    if below:
        size_bytes = sum(files[file] for file in below)
        yield Leftover(name, places.output / name / way, size_bytes, whole_event, below if places.there is not None else ())
