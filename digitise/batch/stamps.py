"""What tells that an event must be looked at again, without opening any of its files; and, when it was, whether they would say the same."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import digitise
from digitise.batch.model import Outside, Spot
from digitise.config import Config, Privacy, is_model_file
from digitise.corrections import corrections_path
from digitise.errors import DigitiseError
from digitise.events import Plan
from digitise.model import Problem
from digitise.piecework import stamp_program
from digitise.places import settings_file
from digitise.planning import EVENT_FILE, Choices
from digitise.runs import fingerprint_settings
from digitise.store import hash_file, hash_parts

UNWRITING = ("__pycache__", "web", "batch", "remote")
"""Rooms that decide nothing of what is written."""


def stamp_spot(spot: Spot, folder: Path, choices: Choices, state_of: Callable[[Path], str]) -> str:
    """Changes with an event's files, anybody's settings and the program. What else decides is in `Outside`.

    folder: of its settings. state_of: as `file_state`, also of files at an address.
    """
    beside = [settings_file(), choices.template, corrections_path(folder), folder / EVENT_FILE]
    states = [state_of(path) for path in beside if path is not None]
    return hash_parts(spot.stamp, *states, repr(choices), stamp_program(), stamp_package())


def look_outside(folder: Path, config: Config, states: Mapping[Path, str]) -> Outside:
    """What decides about an event and lies elsewhere, as it is now. folder: that of its settings. states: of files that these name, as
    they were before any was opened."""
    reading = config.reading.model_copy(update={"second_reader": None})
    if is_model_file(reading.recogniser):
        reading = reading.model_copy(update={"recogniser": "small"})
    settings = Config(languages=config.languages, reading=reading, privacy=Privacy(keep_faces=config.privacy.keep_faces))
    told = settings.model_dump_json(exclude_defaults=True)
    files = {os.path.relpath(path, folder): state for path, state in states.items()}
    return Outside(files=files, settings=told, reader=stamp_reader(told))


def is_same_outside(outside: Outside, folder: Path, state_of: Callable[[Path], str]) -> bool:
    """Whether all of that is still as it was."""
    alike = all(state_of(folder / way) == state for way, state in outside.files.items())
    return alike and outside.reader == stamp_reader(outside.settings)


@functools.cache
def stamp_reader(settings: str) -> str:
    """Changes with the networks and programs that read under such settings, as they are installed; '' where one of them is missing."""
    try:
        return fingerprint_settings(Config.model_validate_json(settings or "{}"))
    except DigitiseError:
        return ""


@functools.cache
def stamp_package() -> str:
    """Changes with everything in the program that decides what is written."""
    root = Path(digitise.__file__).parent
    digest = hashlib.sha256(digitise.__version__.encode())
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root).parts
        if not set(parts) & set(UNWRITING) and not parts[0].startswith("cli"):
            digest.update("/".join(parts).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def stamp_content(plan: Plan) -> str:
    """Changes with all that decides what is written, but for photos that fail and the second reader's answers."""
    template = ""
    if plan.template is not None:
        try:
            template = hash_file(plan.template)
        except OSError:  # the name of a look that is shipped
            template = str(plan.template)
    # the same wherever the archive lies: paths below the event's folder, and files that are told by their content
    sources = [source.model_copy(update={"path": os.path.relpath(source.path, plan.folder)}) for source in plan.sources]
    plan = plan.model_copy(update={"sources": tuple(sources)})
    told = plan.model_dump_json(exclude={"output": True, "folder": True, "template": True, "config": {"reading": {"recogniser"}}})
    return hash_parts(told, template, fingerprint_settings(plan.config), stamp_package())


def content_with(content: str, failed: Mapping[str, Problem]) -> str:
    """What is written also depends on the photos that failed."""
    return hash_parts(content, *(f"{i} {failed[i].reason}" for i in sorted(failed)))
