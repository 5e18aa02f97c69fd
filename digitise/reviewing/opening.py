"""An event opened for review: as the program made it, and with people's corrections laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from digitise.config import Config
from digitise.corrections import Corrections
from digitise.events import KEPT_EVENT, load_kept
from digitise.model import Event, Frozen, Quad, Source
from digitise.pipeline import correct_event
from digitise.privacy import hide_event, hide_texts
from digitise.privacy.replacing import Rules, replaces_anything
from digitise.store import STORE_FOLDER

AnyFrozen = TypeVar("AnyFrozen", bound=Frozen)
Stamp = tuple[int, int, int]
"""Of a file: when it was written, its size, its number on disk. Files here are exchanged whole, so a new one has another stamp."""
NO_FILE: Stamp = (0, 0, 0)


class Program(NamedTuple):
    """What the last run made of an event, before any correction. What is private in it is replaced."""

    event: Event
    sources: Mapping[str, Source]
    """Photo id -> where it lies, relative to the event's folder."""
    covered: Mapping[str, Sequence[Quad]]
    """Photo id -> where words stand, photo px, that no picture may show."""
    rules: Rules
    config: Config
    stamp: Stamp
    """Of the file that the run kept."""
    shown: dict[Frozen, Frozen]
    """Edits that were looked at before, and as others may see them: looking for names again takes longer than all the rest."""


def file_stamp(path: Path) -> Stamp:
    """The stamp of a file; NO_FILE where there is none."""
    try:
        found = path.stat()
    except OSError:
        return NO_FILE
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def open_program(output: Path, config: Config, known: Program | None = None) -> Program | None:
    """The event of the last run; None before the first. known: what an earlier call gave; it is given again if nothing changed."""
    stamp = file_stamp(output / STORE_FOLDER / KEPT_EVENT)
    if known is not None and known.stamp == stamp and known.config == config:
        return known
    kept = load_kept(output)
    if kept is None:
        return None
    hidden = hide_event(kept.event, config.privacy)
    pages = {(source.sha256, source.page): source for source in kept.sources}
    sources = {photo.id: pages[photo.sha256, photo.page] for photo in kept.event.photos if (photo.sha256, photo.page) in pages}
    return Program(hidden.event, sources, hidden.covered, hidden.rules, config, stamp, {})


def correct_program(program: Program, corrections: Corrections) -> Event:
    """The event with corrections laid over it, as a report of it would be made now."""
    return correct_event(program.event, hide_corrections(program, corrections), program.config)


def hide_corrections(program: Program, corrections: Corrections) -> Corrections:
    """What people changed as others may see it; the same as `hide_texts` of the whole."""
    if not replaces_anything(program.config.privacy):
        return corrections
    return corrections.model_copy(
        update={
            "edits": tuple(hide_part(program, e) for e in corrections.edits),
            "notes": tuple(hide_part(program, n) for n in corrections.notes),
            "unmerged": tuple(hide_part(program, u) for u in corrections.unmerged),
        }
    )


def hide_part(program: Program, part: AnyFrozen) -> AnyFrozen:
    """One edit, say, as others may see it."""
    known = program.shown.get(part)
    if known is None:
        known = program.shown[part] = hide_texts(part, program.rules)
    return cast("AnyFrozen", known)
