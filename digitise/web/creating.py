"""A new event: its place is made whole beside the others and then renamed in, so that nobody ever sees half of one."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from digitise.store import output_error, write_text
from digitise.web.details import Details, write_details
from digitise.web.not_taken import NotTakenError
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace, list_places
from digitise.web.state import EventState, write_state

_ID_BYTES = 8
"""64 bits: two events never share one, and an address is short enough to be read out."""


def create_event(settings: ServerSettings, details: Details) -> EventPlace:
    """Make an event. Raises DetailsError for what is wrong with its details, NotTakenError where there are too many, OutputError."""
    if settings.read_only:
        raise NotTakenError("read_only", status=403)
    if len(list_places(settings.data)) >= settings.limits.events:
        raise NotTakenError("too_many_events", status=507, n=settings.limits.events)
    event_id = secrets.token_hex(_ID_BYTES)
    making = EventPlace(event_id, settings.data / "making" / event_id)
    made = EventPlace(event_id, settings.data / "events" / event_id)
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        for folder in (making.root.parent, made.root.parent, making.root):
            # for the server's own user: photos of people are in there
            folder.mkdir(mode=0o700, exist_ok=True)
        making.photos.mkdir(parents=True)
        for folder in (making.incoming, making.records):
            folder.mkdir()
        write_text(making.settings_file, "# Settings of this event for digitise. docs/event-toml.md says what else can stand here.\n")
        write_details(making, details)
        write_state(making, EventState(created=datetime.now(UTC)))
        making.root.rename(made.root)
    except OSError as e:
        raise output_error(made.root, e) from e
    return made
