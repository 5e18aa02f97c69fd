"""From the folders that a person names to plans that can run: settings, template, output folder and photos, all checked before any work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from digitise import intake
from digitise.check import need_bytes, require_ready, warn_of_faces
from digitise.config import Config, EngineName, Language, load_config
from digitise.corrections import corrections_path, load_corrections
from digitise.errors import NoInputError, UsageError
from digitise.events import PICTURES, Plan, event_name
from digitise.model import Problem, Source
from digitise.places import settings_file
from digitise.reading import warn_of_distance
from digitise.store import STORE_FOLDER, check_room

EVENT_FILE = "event.toml"
REPORT_FOLDER = "report"


class Choices(NamedTuple):
    """Settings given with the call; each, where given, beats event.toml."""

    template: Path | None = None
    engine: EngineName | None = None
    languages: tuple[Language, ...] = ()
    keep_faces: bool = False


NO_CHOICES = Choices()


def plan_events(folders: Sequence[Path], output: Path | None, choices: Choices) -> list[Plan]:
    """Check every event before any work is done."""
    plans: list[Plan] = []
    for folder in folders:
        if not folder.exists():
            raise NoInputError(str(folder), "does not exist", "Check the name of the folder with the photos.")
        config, template = load_settings(folder, choices)
        require_ready(config, template=template)
        target = output_of(folder, output, several=len(folders) > 1, taken=[plan.output for plan in plans])
        refuse_output(folder, target)
        sources, problems = intake.find_sources(folder, limits=config.limits, exclude=outputs_in(folder) | {target})
        if sources:
            check_room(target, need_bytes=need_bytes(len(sources)))
        plans.append(make_plan(folder, target, config, template, sources=sources, problems=problems))
    return plans


def make_plan(
    folder: Path, output: Path, config: Config, template: Path | None, *, sources: Sequence[Source], problems: Sequence[Problem]
) -> Plan:
    """One event ready to run, with what must be said before it and people's edits. Raises ConfigError where these cannot be read."""
    return Plan(
        folder=folder,
        output=output,
        config=config,
        template=template,
        sources=tuple(sources),
        problems=(*problems, *warn_before(config)),
        corrections=load_corrections(corrections_path(folder)),
    )


def warn_before(config: Config) -> list[Problem]:
    """What a person may want to stop for: pictures that will leave this machine, faces that will be seen."""
    return [*warn_of_distance(config.reading.second_reader), *warn_of_faces(config)]


def output_of(folder: Path, output: Path | None, *, several: bool, taken: Sequence[Path]) -> Path:
    """Where an event's files go. Two events of one name get folders of their own."""
    if output is None:
        return folder / REPORT_FOLDER if folder.is_dir() else folder.with_name(f"{folder.stem}-{REPORT_FOLDER}")
    if not several:
        return output
    name = event_name(folder)
    target, number = output / name, 2
    while target in taken:
        target, number = output / f"{name}-{number}", number + 1
    return target


def outputs_in(folder: Path) -> set[Path]:
    """What earlier runs made inside the event: their pictures are not new photos. Photos that lie beside them are."""
    # not Path.rglob, which ends with an error at a folder whose way is too long
    markers = [Path(top) / STORE_FOLDER for top, folders, _ in os.walk(folder) if STORE_FOLDER in folders]
    return {*markers, *(marker.parent / PICTURES for marker in markers)}


def refuse_output(folder: Path, target: Path) -> None:
    """Refuse to write among the photos or above them, where the report's pictures and the photos could not be told apart."""
    event, output = folder.resolve(), target.resolve()
    if event.is_dir() and (output == event or output in event.parents):
        reason = "the report cannot be written into the folder of the photos or one above it"
        raise UsageError(str(target), reason, "Leave --output out, or name a folder of its own.")


def load_settings(folder: Path, choices: Choices) -> tuple[Config, Path | None]:
    """An event's settings, and its house template as a path."""
    config = override(load_config(folder / EVENT_FILE if folder.is_dir() else None, own=settings_file()), choices)
    if choices.template is not None:
        return config, choices.template
    return config, folder / config.report.template if config.report.template else None


def override(config: Config, choices: Choices) -> Config:
    if choices.engine:
        config = config.model_copy(update={"reading": config.reading.model_copy(update={"engine": choices.engine})})
    if choices.languages:
        config = config.model_copy(update={"languages": choices.languages})
    if choices.keep_faces:
        config = config.model_copy(update={"privacy": config.privacy.model_copy(update={"keep_faces": True})})
    return config
