"""Where events lie on disk. Inside an event's place there is an ordinary event folder, as the command line knows it.

DATA/events/<id>/
  event/            event.toml, photos/, corrections.json, report/: 'digitise report' works on it, too
  incoming/         uploads that are not complete yet
  files/            one record for each file that was taken in, named by the hash of its content
  documents/        Word files that people sent back, until they are taken over or forgotten
  seen/             small pictures of the uploads, made anew without their metadata
  state.json        what only the server knows of it
DATA/links/<hash>   which event an upload link belongs to
DATA/making/        events that are being made; DATA/trash/ those that are being deleted
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

EVENT_ID = re.compile(r"[a-z0-9]{10,32}")


class EventPlace(NamedTuple):
    """Where one event lies. Only names are made here; nothing is read."""

    id: str
    root: Path

    @property
    def folder(self) -> Path:
        """The event folder."""
        return self.root / "event"

    @property
    def photos(self) -> Path:
        return self.folder / "photos"

    @property
    def report(self) -> Path:
        """The output folder."""
        return self.folder / "report"

    @property
    def incoming(self) -> Path:
        return self.root / "incoming"

    @property
    def records(self) -> Path:
        return self.root / "files"

    @property
    def settings_file(self) -> Path:
        """The event's own settings: its title, date and all that its report is made by."""
        return self.folder / "event.toml"

    @property
    def seen(self) -> Path:
        return self.root / "seen"

    @property
    def state_file(self) -> Path:
        return self.root / "state.json"


def find_place(data: Path, event_id: str) -> EventPlace | None:
    """An event that exists; None for any other id. A name that came over the network never becomes a path unchecked."""
    if not EVENT_ID.fullmatch(event_id):
        return None
    place = EventPlace(event_id, data / "events" / event_id)
    return place if place.folder.is_dir() else None


def list_places(data: Path) -> list[EventPlace]:
    """All events, in no order that means anything."""
    folders = sorted((data / "events").glob("*"))
    return [place for folder in folders if (place := find_place(data, folder.name)) is not None]
