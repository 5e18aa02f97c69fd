"""What the review page says while photos are read: how far that is, and what it means for what people mend meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from digitise.web.desk import Desk, Progress
from digitise.web.shelf import EventPlace
from digitise.web.wording import say


class Reading(NamedTuple):
    """What goes on with an event's photos."""

    state: str = ""
    """'first', 'more', 'again', 'arranging', 'arranging_first', 'stopped' or 'failed'; '' where nothing goes on."""
    told: str = ""
    """In the visitor's language."""


_UNREAD = ("checking", "waiting", "reading")


def read_reading(desk: Desk, place: EventPlace, known: Collection[str], language: str) -> Reading:
    """known: ids of the photos whose notes the page shows; none before the first run. May block."""
    progress = desk.progress(place)
    state = name_reading(progress, known)
    return Reading(state, say(language, f"review.reading_{state}", read=progress.read, total=progress.total)) if state else Reading()


def name_reading(progress: Progress, known: Collection[str]) -> str:
    """Reading.state."""
    if progress.state in ("empty", "ready"):
        return ""
    if progress.state != "reading":
        return f"{progress.state}_first" if progress.state == "arranging" and not known else progress.state
    if not known:
        return "first"
    return "again" if any(p.id in known and p.state in _UNREAD for p in progress.photos) else "more"
