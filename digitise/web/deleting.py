"""An event is deleted whole: its work stops, its place is renamed away in one step, then emptied. What a crash leaves is swept."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from pathlib import Path

from digitise.web.desk import Desk
from digitise.web.links import close_address
from digitise.web.shelf import EventPlace
from digitise.web.state import hold_event, read_state


def delete_event(data: Path, place: EventPlace, desk: Desk) -> None:
    """Delete everything of an event. Whoever holds a file of it open keeps what he holds; nobody finds it any more.

    Uploads that are under way find their folder gone and end.
    """
    link = read_state(place).link
    desk.forget(place)
    trash = data / "trash"
    trash.mkdir(mode=0o700, parents=True, exist_ok=True)
    gone = trash / f"{place.id}-{secrets.token_hex(4)}"
    # one rename: an event is there whole, or not at all
    with contextlib.suppress(FileNotFoundError), hold_event(place):
        place.root.rename(gone)
    if link:
        close_address(data, link.token)
    shutil.rmtree(gone, ignore_errors=True)


def clear_leftovers(data: Path) -> None:
    """Remove what deletions and creations left that were interrupted. Only while no other server runs on the same folder."""
    bare = [folder for folder in (data / "events").glob("*") if not (folder / "event").is_dir()]
    for folder in [*(data / "trash").glob("*"), *(data / "making").glob("*"), *bare]:
        shutil.rmtree(folder, ignore_errors=True)
