"""Owners and dates of one wording, for notes that a person worded otherwise or added after the event was arranged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from digitise.arranging.dates import Calendar, find_due, parse_due, parse_event_date
from digitise.arranging.owners import find_owners
from digitise.arranging.wording import fold
from digitise.config import Config
from digitise.model import Photo


def find_duties(text: str, config: Config) -> tuple[tuple[str, ...], str | None]:
    """Owners, and the wording of the date, as `arrange` finds them in a note."""
    known = frozenset(fold(name) for name in (*config.glossary, *config.organisers))
    return find_owners(text, known=known), find_due(text)


def read_due(wording: str | None, photos: Sequence[Photo], config: Config) -> date | None:
    """The day that a person's wording of a date means; a date that stands alone ('15 April 2026') is one, too."""
    days = {photo.taken.date() for photo in photos if photo.taken is not None}
    event = parse_event_date(config.date) if config.date is not None else days.pop() if len(days) == 1 else None
    calendar = Calendar(event, config.next_meeting, config.quarters)
    day = parse_due(wording, calendar)
    return day if day is not None or not wording else parse_due(f"by {wording}", calendar)
