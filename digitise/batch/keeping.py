"""What a batch keeps between runs: a record beside each event's store, and in the output folder what was asked for and how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from digitise.batch.model import EventRecord, RunNote, Standing
from digitise.errors import NoInputError
from digitise.locking import lock_file
from digitise.model import Frozen
from digitise.store import STORE_FOLDER, load_written, output_error, write_text

RECORD_FILE = "batch.json"
RUN_FILE = "run.json"
STANDING_FILE = "standing.json"
Kept = TypeVar("Kept", bound=Frozen)


def save_record(output: Path, record: EventRecord) -> None:
    """Written last of all an event's files: without it, or with an old one, they are made again. Raises OutputError."""
    write_text(output / STORE_FOLDER / RECORD_FILE, record.model_dump_json(indent=1))


def load_record(output: Path) -> EventRecord | None:
    """The record of an event's output folder; None where there is none, or a damaged one."""
    return _load(output / STORE_FOLDER / RECORD_FILE, EventRecord)


def drop_record(output: Path) -> None:
    """Before files change that it speaks of. Raises OutputError."""
    path = output / STORE_FOLDER / RECORD_FILE
    try:
        path.unlink(missing_ok=True)
    except OSError as e:
        raise output_error(path, e) from e


def is_whole(output: Path, record: EventRecord) -> bool:
    """Whether all files are there that were written, edited or not. Looks at no content."""
    return all((output / name).exists() for name in written_names(output, record))


def written_names(output: Path, record: EventRecord) -> set[str]:
    """Files, by their ways below an event's output folder, that must be there for it to be up to date."""
    return {*record.files.values(), *load_written(output)}


def count_stored(output: Path) -> int:
    """Photos of an event that are read under some settings; by names alone."""
    return len({path.parent.name.rpartition("-")[0] for path in (output / STORE_FOLDER / "photos").glob("*/result.json")})


def save_run(output: Path, note: RunNote) -> None:
    write_text(output / STORE_FOLDER / RUN_FILE, note.model_dump_json(indent=1))


def load_run(output: Path) -> RunNote:
    """What the last run was asked to do. Raises NoInputError where there was none."""
    return parse_run(_read(output / STORE_FOLDER / RUN_FILE), str(output))


def parse_run(data: bytes | None, place: str) -> RunNote:
    """Raises NoInputError where there is none."""
    note = _parse(data, RunNote)
    if note is None:
        raise NoInputError(place, "no batch has written here", "Name the folder that 'digitise batch' was given with --output.")
    return note


def save_standing(output: Path, standing: Standing) -> None:
    write_text(output / STORE_FOLDER / STANDING_FILE, standing.model_dump_json(indent=1))


def find_standing(output: Path) -> Standing:
    """How far the run in an output folder is or was; 'cut off' where it ended without a word. Raises NoInputError."""
    load_run(output)
    path = output / STORE_FOLDER / STANDING_FILE
    standing = parse_standing(_read(path))
    # it may have ended between two looks
    if standing.state == "running" and not is_held(output) and (standing := parse_standing(_read(path))).state == "running":
        return standing if is_held(output) else cut_off(standing)
    return standing


def parse_standing(data: bytes | None) -> Standing:
    return _parse(data, Standing) or Standing(events=0, photos=0)


def cut_off(standing: Standing) -> Standing:
    """That of a run which ended without a word."""
    return standing.model_copy(update={"state": "cut off", "seconds_left": None})


def is_held(output: Path) -> bool:
    """Whether a run is writing into the folder now."""
    try:
        with (output / STORE_FOLDER / "lock").open("a") as handle:
            return not lock_file(handle)
    except OSError:
        return False


def _load(path: Path, model: type[Kept]) -> Kept | None:
    return _parse(_read(path), model)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _parse(data: bytes | None, model: type[Kept]) -> Kept | None:
    try:
        return None if data is None else model.model_validate_json(data)
    except ValueError:
        return None
