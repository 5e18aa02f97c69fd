"""How far an event is, as pages and scripts see it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from digitise.model import Frozen

PhotoState = Literal["checking", "waiting", "reading", "read", "failed"]
EventState = Literal["empty", "reading", "arranging", "ready", "stopped", "failed"]


class Verdict(Frozen):
    """What is wrong with one picture."""

    code: str
    """One of api.VERDICTS; the wording has 'photos.verdict_<code>'."""
    part: str = ""
    """Which of a file's pictures: 'page 2', 'IMG_1.jpg'; '' for a file with one."""


class Reason(Frozen):
    """Why a picture cannot be used, with the remedy, as the library words it."""

    text: str
    part: str = ""
    """Which of a file's pictures, as above."""


class PhotoProgress(Frozen):
    """One file of the event, and how far it is. A PDF, TIFF or ZIP is one file with several pictures."""

    file: str
    """Name as the person knows it."""
    id: str = ""
    """Photo id, '' until the file was looked at; of the first picture."""
    state: PhotoState
    warnings: tuple[str, ...] = ()
    """The verdict, in whole sentences: () for a good photo."""
    problem: str = ""
    """Why it cannot be used, with the remedy."""
    reasons: tuple[Reason, ...] = ()
    """The same as `problem`, one by one."""
    thumbnail: str = ""
    """Name of its small picture in EventPlace.seen."""
    same_as: str = ""
    """Name of the photo that shows the same."""
    notes: int = 0
    """Notes found on it, once it is read."""
    verdicts: tuple[Verdict, ...] = ()
    """The same as `warnings`, for pages that say it in the visitor's language."""
    pictures: int = 1
    """How many it holds."""
    pictures_read: int = 0
    pictures_failed: int = 0
    taken: datetime | None = None
    """When it was taken, as far as it says; the report has photos in this order."""
    thumbnails: tuple[str, ...] = ()
    """Of the first few pictures of a file with several."""


class Progress(Frozen):
    """How far one event is. Two with the same revision are equal."""

    revision: int
    state: EventState
    photos: tuple[PhotoProgress, ...] = ()
    read: int = 0
    """Pictures that are done: read, or found to be of no use."""
    total: int = 0
    """Pictures in all files, as far as these were looked into."""
    seconds_left: float | None = None
    """Estimated from the photos of this event read so far; None where that cannot be said yet."""
    message: str = ""
    """What went wrong with the event as a whole."""
    failed: int = 0
    """Pictures that cannot be used; part of `read`."""
    outdated: bool = False
    """An earlier version of the program has read it; to go on reads it again."""
