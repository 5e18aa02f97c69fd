"""Events by time: photos of a long row parted where nobody took one for hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple

from digitise.config import Limits
from digitise.intake.inspecting import inspect
from digitise.intake.refusing import refusing
from digitise.intake.sniffing import HEAD_BYTES, is_picture, sniff


class Dated(NamedTuple):
    """A photo and when it was taken, by its camera's clock."""

    path: str
    taken: datetime


def split_by_gaps(photos: Sequence[Dated], gap_h: float) -> list[tuple[str, list[str]]]:
    """Names and photos of the sessions, in the order of time: a day's first session has the day's name, others their beginning's, too."""
    gap = timedelta(hours=gap_h)
    sessions: list[list[Dated]] = []
    for photo in sorted(photos, key=lambda p: (p.taken, p.path)):
        if sessions and photo.taken - sessions[-1][-1].taken <= gap:
            sessions[-1].append(photo)
        else:
            sessions.append([photo])
    named: dict[str, list[str]] = {}
    for session in sessions:
        begins = session[0].taken
        name = begins.date().isoformat()
        if name in named:
            name = f"{name} from {begins:%H.%M}"
        named.setdefault(name, []).extend(photo.path for photo in session)
    return list(named.items())


def read_times(paths: Sequence[str]) -> list[datetime | None]:
    """When photos were taken, by their headers; None for those that do not say so, and for what is no photo. Runs in a worker."""
    return [_read_time(Path(path)) for path in paths]


def _read_time(path: Path) -> datetime | None:
    try:
        with path.open("rb") as stream:
            return judge_time(stream, path.name)
    except Exception:  # whatever is wrong with the file is told when it is read
        return None


def judge_time(stream: IO[bytes], name: str) -> datetime | None:
    """When a photo was taken, by its header; None where it does not say so, and for what is no photo. Raises where it is damaged."""
    with refusing(name):
        kind = sniff(stream.read(HEAD_BYTES), name)
        if not is_picture(kind) or kind == "pdf":
            return None
        stream.seek(0)
        return inspect(stream, kind, name, Limits()).taken
