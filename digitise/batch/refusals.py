"""Photos that hung, or that ended their process: remembered, so that the next run lists them at once and does not pay for them again.

A damaged photo is found out in a moment and needs no memory. What is remembered holds for the photo's content, for all that decides what is
read from it, and as long as a run gives it no more time and no more room than the run that gave it up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from digitise.model import Frozen, Problem
from digitise.runs import Job
from digitise.store import STORE_FOLDER, write_text

REFUSED_FOLDER = "refused"
"""In the event's store; a file for each photo, named as the photo's place in the store: by content and settings."""
ELSEWHERE = 1 << 20
"""Stands for the number of photos beside it where other machines read, which may have less memory: a run without them tries again."""
AGAIN = " Until then it is not tried again, unless with --retry."


class Terms(NamedTuple):
    """What a run grants each photo."""

    run: str
    """Its name."""
    timeout_s: float
    jobs: int
    """Photos that are read beside it at most, and itself: the fewer, the more memory for each."""
    threads: int
    retry: bool = False
    """Nothing is remembered."""


class Refusal(Frozen):
    """What is remembered of one photo."""

    reason: str
    remedy: str
    timeout_s: float
    jobs: int


def keep_refusal(output: Path, job: Job, problem: Problem, terms: Terms) -> Problem:
    """Remember a photo that was given up. output: the event's own folder. Gives what is to be told. Raises OutputError."""
    told = problem.model_copy(update={"remedy": problem.remedy + AGAIN})
    if job.folder is not None:
        refusal = Refusal(reason=told.reason, remedy=told.remedy, timeout_s=terms.timeout_s, jobs=terms.jobs)
        write_text(_folder(output) / f"{job.folder.name}.json", refusal.model_dump_json())
    return told


def load_refusals(output: Path, jobs: Sequence[Job], terms: Terms) -> dict[str, Problem]:
    """Name of a photo's place in the store -> what to tell of it, for those that are not to be tried. What no job asks for is forgotten."""
    asked = {job.folder.name: job for job in jobs if job.folder is not None}
    found: dict[str, Problem] = {}
    for path in sorted(_folder(output).glob("*.json")):
        job = asked.get(path.stem)
        refusal = None if terms.retry or job is None else _load(path)
        if job is None or refusal is None or terms.timeout_s > refusal.timeout_s or terms.jobs < refusal.jobs:
            with contextlib.suppress(OSError):  # it is looked at again
                path.unlink()
        else:
            found[path.stem] = Problem(file=job.source.file, reason=refusal.reason, remedy=refusal.remedy)
    return found


def _folder(output: Path) -> Path:
    return output / STORE_FOLDER / REFUSED_FOLDER


def _load(path: Path) -> Refusal | None:
    try:
        return Refusal.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None
