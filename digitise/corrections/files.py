"""corrections.json on disk: beside the photos, read strictly, written whole."""

from __future__ import annotations

import contextlib
import json
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from digitise.corrections.model import CORRECTIONS_VERSION, Corrections
from digitise.errors import ConfigError, OutputError
from digitise.locking import lock_file
from digitise.store import atomic_write, output_error

CORRECTIONS_FILE = "corrections.json"
MOST_BYTES = 10_000_000
"""A thousand edits are half a megabyte."""
MOST_EDITS = 10_000
"""An event of 5,000 notes has so many when all are mended twice. Laying them over an event takes 40 s then, and time by their square."""
MOST_LETTERS = 50_000
"""Of one text in it; a sheet full of writing has 2,000. A report takes time by the square of a note's length."""
_MOST_SHOWN = 200
"""Letters of it that a message repeats."""
PATIENCE_S = 10.0
"""Whoever holds the lock reads, compares and writes one file: a tenth of a second."""
_REMEDY = "Put a copy of it back from before, or move it away to make the report without corrections. Nothing was changed."


def corrections_path(event: Path) -> Path:
    """Where an event's corrections are kept: in its folder, beside event.toml; of a single ZIP, PDF or photo, beside that file.

    Not in the output folder, which may be deleted or lie elsewhere: the edits are people's work and belong to the event.
    """
    return event / CORRECTIONS_FILE if event.is_dir() else event.with_name(f"{event.stem}-{CORRECTIONS_FILE}")


def load_corrections(path: Path) -> Corrections:
    """The corrections of an event; none where there is no file. Raises ConfigError for a file that cannot be used."""
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise ConfigError(str(path), "is not an ordinary file", "Put the file itself in its place.")
        if status.st_size > MOST_BYTES:
            raise ConfigError(str(path), f"is larger than {MOST_BYTES // 1_000_000} MB", _REMEDY)
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Corrections()
    except OSError as e:
        raise ConfigError(str(path), f"cannot be read ({e.strerror or e})", _REMEDY) from e
    version = _version(path, data)
    if version > CORRECTIONS_VERSION:
        told = str(version)[:9]
        reason = f"was written by a newer version of digitise (its schema_version is {told}, this one knows {CORRECTIONS_VERSION})"
        raise ConfigError(str(path), reason, "Update digitise, or move the file away to make the report without corrections.")
    try:
        corrections = Corrections.model_validate_json(data)
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:_MOST_SHOWN] or "the whole"
        raise ConfigError(str(path), f"'{where}' is not valid: {first['msg'].lower()}", _REMEDY) from e
    _check_amount(path, corrections)
    return corrections


def _check_amount(path: Path, corrections: Corrections) -> None:
    """Raises ConfigError for more than people write."""
    if max(len(corrections.edits), len(corrections.notes), len(corrections.unmerged), len(corrections.seen)) > MOST_EDITS:
        raise ConfigError(str(path), f"holds more than {MOST_EDITS} edits", _REMEDY)
    heap: list[object] = [corrections.model_dump(mode="json")]
    while heap:
        part = heap.pop()
        if isinstance(part, str) and len(part) > MOST_LETTERS:
            raise ConfigError(str(path), f"holds a text of more than {MOST_LETTERS} letters", _REMEDY)
        heap += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()


def _version(path: Path, data: bytes) -> int:
    try:
        found = json.loads(data)
        version = found["schema_version"]
    except (ValueError, RecursionError, KeyError, TypeError) as e:
        raise ConfigError(str(path), "is damaged, or is no file of corrections", _REMEDY) from e
    if not isinstance(version, int):
        raise ConfigError(str(path), "its schema_version is not a number", _REMEDY)
    return version


@contextlib.contextmanager
def lock_corrections(path: Path) -> Iterator[None]:
    """Hold the file of corrections from reading it to writing it, against anybody else who does so; a run, which only reads, does not.

    A hidden file beside it is locked, because the file itself is exchanged. Raises OutputError when another holds it for long.
    """
    beside = path.with_name(f".{path.name}.lock")
    try:
        handle = beside.open("a")
    except OSError as e:
        raise output_error(path, e) from e
    with handle:
        give_up = time.monotonic() + PATIENCE_S
        while not lock_file(handle):
            if time.monotonic() > give_up:
                raise OutputError(str(path), "another program is writing it", "Try again in a moment.")
            time.sleep(0.005)
        yield


def save_corrections(path: Path, corrections: Corrections) -> None:
    """Write the file whole, UTF-8, one field per line so that two versions can be compared. Raises OutputError, and ConfigError
    for what could not be read again."""
    _check_amount(path, corrections)
    with atomic_write(path) as part:
        part.write_text(corrections.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")


def render_schema() -> str:
    """docs/corrections.schema.json: JSON Schema of corrections.json. A test holds the file to this."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Corrections.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
