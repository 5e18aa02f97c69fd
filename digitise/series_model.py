"""Several events in one report: the events as they were, and which of their themes are the same."""

from __future__ import annotations

from digitise.model import Event, EventInfo, Frozen


class ThemePart(Frozen):
    """One event's part of a shared theme."""

    event: int
    """Place of the event in the series, from 0."""
    section_id: str | None
    """The section that is the theme there; None where only loose notes belong to it."""
    note_ids: tuple[str, ...] = ()
    """Notes of that event that stand in no section and say the same."""


class SharedTheme(Frozen):
    """A theme that was raised at two events or more."""

    title: str
    written: bool
    """The events' participants gave it the same heading; else it was matched by what its notes say."""
    parts: tuple[ThemePart, ...]
    """In the order of the events."""


class Series(Frozen):
    """A series of events."""

    info: EventInfo
    events: tuple[Event, ...]
    shared: tuple[SharedTheme, ...] = ()

    @property
    def whole(self) -> Event:
        """All events as one, for what a document says about itself: title, organisers, photos."""
        photos = tuple(photo for event in self.events for photo in event.photos)
        return self.events[0].model_copy(update={"info": self.info, "photos": photos})
