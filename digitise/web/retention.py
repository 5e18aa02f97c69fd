"""How long events are kept: when one will be deleted by itself, and the sweep that does it."""

from __future__ import annotations

import contextlib
import logging
from datetime import UTC, datetime, timedelta

from digitise.corrections import corrections_path
from digitise.errors import OutputError
from digitise.web.deleting import delete_event
from digitise.web.desk import Desk
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace, list_places
from digitise.web.state import EventState, read_state

RETENTION_CHOICES = (7, 30, 90, 180, 365, 730)
"""Days that the settings page offers."""
LONGEST_DAYS = 36500
"""A hundred years stand for ever; longer times lie beyond what a calendar holds."""

logger = logging.getLogger(__name__)


def last_change(place: EventPlace, state: EventState) -> datetime:
    """When a person last added, removed or mended something, UTC. Files that the program writes by itself do not count, the journal among
    them: it tells of new readings, too."""
    touched = [place.settings_file, place.photos, corrections_path(place.folder)]
    times = [state.created.timestamp()]
    for path in touched:
        with contextlib.suppress(OSError):
            times.append(path.stat().st_mtime)
    return datetime.fromtimestamp(max(times), UTC)


def deletion_time(place: EventPlace, state: EventState, *, retention_days: int) -> datetime | None:
    """When the event will be deleted unless somebody changes it before; None: never."""
    days = retention_days if state.retention_days is None else state.retention_days
    return last_change(place, state) + timedelta(days=min(days, LONGEST_DAYS)) if days else None


def sweep(settings: ServerSettings, desk: Desk, *, now: datetime | None = None) -> list[str]:
    """Delete events whose time is over. Gives their ids."""
    if settings.read_only:
        return []
    now = now or datetime.now(UTC)
    gone = []
    for place in list_places(settings.data):
        until = deletion_time(place, read_state(place), retention_days=settings.retention_days)
        if until is None or until > now:
            continue
        try:
            delete_event(settings.data, place, desk)
        except (OSError, OutputError) as e:
            # somebody is changing it, or the disk refuses: the next sweep comes, and the other events do not wait for it
            logger.warning("an event whose time is over could not be deleted", extra={"fields": {"error": type(e).__name__}})
            continue
        gone.append(place.id)
    if gone:
        logger.info("events deleted by their retention period", extra={"fields": {"count": len(gone)}})
    return gone
