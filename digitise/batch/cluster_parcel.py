"""What travels between the machine that runs a batch and a cluster: parcels and answers as JSON, photos and pictures as bytes.

A parcel names the photo by its path, which the worker uses where it sees the same bytes there, or by its address, from which it fetches
them; else the bytes themselves go with it. An answer holds what the store keeps of the photo; the machine that runs the batch puts it
there, as reading it itself would have done.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import digitise
from digitise.batch.away import Reference
from digitise.batch.stamps import stamp_package
from digitise.config import Config, Privacy, without_second_reader
from digitise.model import Frozen, Problem, Source
from digitise.piecework import stamp_program
from digitise.runs import READING_PACKAGES
from digitise.store import Entry, atomic_write, write_text

FORMAT = "2"
"""Of parcels and answers; another number for another shape, so that no two versions misunderstand each other."""
PROGRAM = "digitise"


class Greeting(Frozen):
    """What a worker says of itself."""

    stamps: dict[str, str]
    """As `stamp_parts` gives them there."""
    token: str
    """Of the worker's process: another one at the same address has another."""


class Parcel(Frozen):
    """One photo to read."""

    token: str
    """Of the worker that is meant."""
    source: Source
    """As the machine that runs the batch knows it."""
    reference: Reference | None = None
    """Where its file can be fetched, if the archive is at an address. Not of a member of a ZIP, for which all of that would be fetched."""
    config: Config
    """As `reading_settings` gives it."""
    fingerprint: str
    """Of these settings; the worker's own must be the same, or it would read otherwise."""
    threads: int
    timeout_s: float


class Answer(Frozen):
    """What became of a parcel. Pictures and features travel beside it, by their names."""

    kind: Literal["read", "failed", "missing", "died", "fault", "unwanted", "otherwise", "unfit", "stranger"]
    """failed: the photo cannot be used. missing: no such file there, send its bytes. died: the process that read it did not live
    through it. fault: it went wrong, by the photo's fault or the worker's. unwanted: it was stopped, as nobody waited for it any more.
    otherwise: this worker would read otherwise. unfit: the worker cannot work. stranger: it is not the one that was meant."""
    entry: Entry | None = None
    problem: Problem | None = None
    how: str = ""
    alive_s: float = 0.0
    """Of a stranger: how long it has been there."""


class DamagedError(ValueError):
    """What a worker answered is no answer, or not to what it was asked."""


def stamp_parts() -> dict[str, str]:
    """All that must be the same on every machine, part by part, so that a difference can be named."""
    parts = {name: importlib.metadata.version(name) for name in READING_PACKAGES}
    return {PROGRAM: f"{digitise.__version__} {FORMAT}{stamp_program()[:8]}{stamp_package()[:8]}", **parts}


def tell_difference(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """In what a worker differs, in words; '' where it does not."""
    differing = [name for name in sorted({*theirs, *ours}) if theirs.get(name) != ours.get(name)]
    told = [f"{name} is {theirs.get(name, 'missing')} there and {ours.get(name, 'missing')} here" for name in differing if name != PROGRAM]
    if PROGRAM in differing:
        there, here = (stamps.get(PROGRAM, "missing").split(" ")[0] for stamps in (theirs, ours))
        told.insert(0, f"digitise is {there} there and {here} here" if there != here else f"digitise {here} has other code there than here")
    return ", ".join(told)


def reading_settings(config: Config) -> Config:
    """What of an event's settings decides how a photo is read, but for the second reader's answers; nothing else leaves the machine."""
    config = without_second_reader(config)
    return Config(
        languages=config.languages,
        reading=config.reading,
        limits=config.limits,
        glossary=config.glossary,
        organisers=config.organisers,
        privacy=Privacy(keep_faces=config.privacy.keep_faces),
    )


def keep_answer(folder: Path, photo_id: str, entry: Entry | None, beside: Mapping[str, bytes]) -> Entry:
    """Put what a worker has read where reading it here would have put it. Raises OutputError and DamagedError."""
    if entry is None or entry.result.photo.id != photo_id:
        raise DamagedError("it is about another photo")
    for name, data in beside.items():
        if Path(name).name != name or hashlib.sha256(data).hexdigest() != entry.pictures.get(name):
            raise DamagedError(f"the file {name!r} is not what the answer says")
    if beside.keys() != entry.pictures.keys():
        raise DamagedError("files are wanting")
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in beside.items():
        with atomic_write(folder / name) as part:
            part.write_bytes(data)
    write_text(folder / "result.json", entry.model_dump_json())
    return entry
