"""What pages say of an event in their heads, read from its own settings."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from digitise.web.retention import deletion_time, last_change
from digitise.web.shelf import EventPlace
from digitise.web.state import read_state

_SETTINGS_MAX_BYTES = 1 << 20
"""An event.toml larger than this is none that a person wrote."""


class EventCard(NamedTuple):
    """One event, as a page's head shows it."""

    id: str
    title: str
    """'' for an event whose settings cannot be read or name none; pages then say so in the visitor's language."""
    when: str
    """Its day as the organiser wrote it; an ISO date is left as it is."""
    place: str
    photos: int
    """Files that were taken in; a ZIP counts as one."""
    created: datetime
    changed: datetime
    deletes_on: datetime | None
    """When it will be deleted by itself; None: never."""


def describe_event(place: EventPlace, *, retention_days: int = 0) -> EventCard:
    """An event's card. `retention_days`: the server's setting (ServerSettings.retention_days), for events without one of their own."""
    settings = read_settings(place.settings_file)
    state = read_state(place)
    return EventCard(
        id=place.id,
        title=_text(settings.get("title")),
        when=_text(settings.get("date")),
        place=_text(settings.get("place")),
        photos=len(list_photos(place)),
        created=state.created,
        changed=last_change(place, state),
        deletes_on=deletion_time(place, state, retention_days=retention_days),
    )


def list_photos(place: EventPlace) -> list[Path]:
    """The files that were taken in, by name."""
    try:
        return sorted(path for path in place.photos.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def read_settings(path: Path) -> dict[str, object]:
    """An event.toml, unchecked; {} where it is missing or is no TOML: whoever needs it right reads it with config.load_config."""
    try:
        if path.stat().st_size > _SETTINGS_MAX_BYTES:
            return {}
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else ""
