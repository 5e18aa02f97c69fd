"""Links through which everybody in the room may add photos: secrets of 256 bits that can be switched off and that expire."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from digitise.store import write_text
from digitise.web.shelf import EventPlace, find_place
from digitise.web.state import UploadLink, change_state, read_state

TOKEN_BYTES = 32
"""256 bits: twice what nobody can guess."""
TOKEN_MAX_CHARS = 128
HOURS_CHOICES = (2, 8, 24, 72, 168)
"""How long a link may hold, as the page offers it: a meeting, a day, a week."""
DEFAULT_HOURS = 8
DAYS_MOST = 92
"""A link for one meeting has no business being open for longer."""


def choose_end(*, hours: int, day: str, now: datetime) -> datetime:
    """When a link is to end: after `hours`, or with the `day` (2026-03-14, in the server's own time zone) where one is named.

    A day that is over, is none or lies too far ahead counts as not named. now: with a time zone.
    """
    try:
        end = datetime.combine(date.fromisoformat(day), time.max).astimezone(UTC)
    except (ValueError, OverflowError):
        end = now
    if now < end <= now + timedelta(days=DAYS_MOST):
        return end
    return now + timedelta(hours=hours if hours in HOURS_CHOICES else DEFAULT_HOURS)


def open_link(data: Path, place: EventPlace, *, expires: datetime) -> UploadLink:
    """A new link for an event; the one before it ends. Raises OutputError, FileNotFoundError where the event is gone."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = UploadLink(token=token, expires=expires)
    former = read_state(place).link
    write_text(_address_file(data, token), place.id)
    change_state(place, lambda state: state.model_copy(update={"link": link}))
    if former:
        close_address(data, former.token)
    return link


def change_link(place: EventPlace, *, on: bool, expires: datetime | None = None) -> UploadLink | None:
    """Switch an event's link on or off, or let it end at another time. The address stays the same; None where there is no link."""

    def changed(link: UploadLink) -> UploadLink:
        return link.model_copy(update={"on": on, "expires": expires or link.expires})

    return change_state(place, lambda state: state.model_copy(update={"link": state.link and changed(state.link)})).link


def find_by_token(data: Path, token: str) -> EventPlace | None:
    """The event that a link belongs to, whether it is open or not; None for a token that never was or was replaced.

    The secret is looked up by its hash, so that how long the answer takes tells nothing about it.
    """
    if not token.isascii() or len(token) > TOKEN_MAX_CHARS:
        return None
    try:
        event_id = _address_file(data, token).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    place = find_place(data, event_id)
    link = place and read_state(place).link
    return place if link and hmac.compare_digest(link.token, token) else None


def close_address(data: Path, token: str) -> None:
    """Forget which event a token belonged to."""
    _address_file(data, token).unlink(missing_ok=True)


def _address_file(data: Path, token: str) -> Path:
    return data / "links" / hashlib.sha256(token.encode()).hexdigest()
