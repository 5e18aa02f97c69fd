"""What only the server knows of an event: state.json beside the event folder. Its content all stands in the folder itself."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from pydantic import ValidationError

from digitise.errors import OutputError
from digitise.locking import lock_file
from digitise.model import Frozen
from digitise.store import output_error, write_text
from digitise.web.shelf import EventPlace

_PATIENCE_S = 20.0
"""Longest wait for another request's change of the same event, which takes milliseconds; 60 photos may arrive in the same second."""
_PAUSE_S = 0.01


class UploadLink(Frozen):
    """A link through which everybody in the room may add photos."""

    token: str
    """The secret in its address. Kept as it is, because its QR code is shown again; the file is for the server's eyes only."""
    expires: datetime
    on: bool = True

    def is_open(self, now: datetime) -> bool:
        """Whether photos may be added through it. `now`: with a time zone."""
        return self.on and now < self.expires


class EventState(Frozen):
    """The server's own knowledge of one event. Fields that another room needs are added here, each with a default."""

    created: datetime
    """UTC, as all times in this file."""
    link: UploadLink | None = None
    retention_days: int | None = None
    """Days after the last change when the event is deleted; None: as the server's setting says; 0: it is kept."""
    stopped: bool = False
    """A person has stopped the reading of its photos."""


def read_state(place: EventPlace) -> EventState:
    """An event's state. What is missing or damaged is as for a new event: links are closed, nothing is deleted sooner."""
    try:
        return EventState.model_validate_json(place.state_file.read_bytes())
    except (OSError, ValidationError):
        try:
            made = place.folder.stat().st_mtime
        except OSError:
            made = time.time()
        return EventState(created=datetime.fromtimestamp(made, UTC))


def change_state(place: EventPlace, change: Callable[[EventState], EventState]) -> EventState:
    """Read, change and write the state as one step: of two changes at once none is lost. Gives the new state.

    Raises OutputError where the disk refuses, FileNotFoundError where the event was deleted meanwhile.
    """
    with hold_event(place):
        state = change(read_state(place))
        write_state(place, state)
    return state


def write_state(place: EventPlace, state: EventState) -> None:
    """Write the state whole, for the server's user only. Raises OutputError."""
    write_text(place.state_file, state.model_dump_json(indent=1))
    place.state_file.chmod(0o600)


@contextlib.contextmanager
def hold_event(place: EventPlace) -> Iterator[None]:
    """Be the only one who changes, fills or deletes an event. Not to be taken twice by one caller; change_state takes it itself.

    The lock is the operating system's: it ends with the process, however that ends. Raises FileNotFoundError where the event was
    deleted, also while waiting, OutputError where another does not let go.
    """
    path = place.root / "state.lock"
    until = time.monotonic() + _PATIENCE_S
    try:
        file = path.open("a")  # never makes the folder: an event that was deleted stays deleted
    except FileNotFoundError:
        raise
    except OSError as e:
        raise output_error(path, e) from e
    with file:
        while not lock_file(file):
            if time.monotonic() > until:
                raise OutputError(str(path), "another change of this event does not end", "Try again in a minute.")
            time.sleep(_PAUSE_S)
        if not place.folder.is_dir():
            raise FileNotFoundError(place.id)
        yield
