"""What lies on disk of an event, brought into its room: files that came, went or were exchanged, settings that were changed."""

from __future__ import annotations

import concurrent.futures
from typing import Any

from digitise import api
from digitise.web.desk_memory import drop_seen, list_files, load_seen, save_memory, save_seen, thumbnail_of
from digitise.web.desk_room import File, Room
from digitise.web.desk_steps import stamp_disk


def refresh_room(room: Room) -> list[concurrent.futures.Future[Any]]:
    """See which files and settings there are now. Gives tasks that are of no use any more.

    Raises ConfigError where the settings cannot be read.
    """
    place = room.place
    stamp = api.stamp_glances_of(place.folder)
    if stamp != room.glance_stamp:
        room.files, room.glance_stamp = {}, stamp
    there = list_files(place)
    dropped = [f for f in room.files.values() if there.get(f.name) != (f.size, f.mtime_ns)]
    for file in dropped:
        del room.files[file.name]
    for file in dropped:
        kept = {picture.id for picture in room.pictures}
        drop_seen(place, file.to_seen(stamp), keep=kept)
    came = [File(name, size, mtime_ns) for name, (size, mtime_ns) in there.items() if name not in room.files]
    for file in came:
        room.files[file.name] = file
        _recall(room, file)
    _mark_alike(room, came=came, gone={file.name for file in dropped})
    room.disk = stamp_disk(place)
    if room.memory.settled != room.disk and not room.read_only:
        room.unsettle()
        if not _knows_what_is_read(room):
            room.surveyed = False
        elif not room.tasks:
            room.surveyed = True
    else:
        # nothing has changed since all was done: believed, also when it was read by an earlier version of the program
        room.surveyed = True
    files = set(room.files.values())
    useless = [task.future for task in room.tasks if task.file is not None and task.file not in files and task.kind in ("look", "glance")]
    if room.stopped:
        # what is being read may end; what waits for its turn does not begin
        useless += [task.future for task in room.tasks if task.kind == "read" and not task.future.running()]
    return useless


def save_room(room: Room) -> None:
    """Keep on disk what is known."""
    for file in room.files.values():
        if file.unsaved:
            save_seen(room.place, file.to_seen(room.glance_stamp))
            file.unsaved = False
    save_memory(room.place, room.memory)
    room.unsaved = False


def _recall(room: Room, file: File) -> None:
    """What was found in a file before, if it is still the same."""
    seen = load_seen(room.place, file.name)
    if seen is None or seen.size != file.size:
        return
    # copying an event for show changes the files' times
    if not room.read_only and (seen.mtime_ns, seen.stamp) != (file.mtime_ns, room.glance_stamp):
        return
    path = str(room.place.photos / file.name)  # the data may have been moved
    file.take_over(seen.model_copy(update={"sources": tuple(s.model_copy(update={"path": path}) for s in seen.sources)}))
    for picture in file.pictures:
        if picture.glance is not None and not thumbnail_of(room.place, picture.id).is_file():
            picture.glance = None


def _mark_alike(room: Room, *, came: list[File], gone: set[str]) -> None:
    """The photo that another one was the same as may be gone; what came may have been glanced at before. All others stay as they are: an
    event of 2,000 files took 4 s with each that came, while all events waited."""
    for file in room.files.values():
        for picture in file.pictures:
            if picture.same_as in gone:
                picture.same_as, file.told = "", None
                room.mark_alike(file, picture)
    for file in came:
        for picture in file.pictures:
            room.mark_alike(file, picture)


def _knows_what_is_read(room: Room) -> bool:
    """Whether the memory says of every result in the store how many notes it has, under the present program and settings."""
    memory = room.memory
    if not memory.fingerprint or (memory.settings, memory.program) != (api.stamp_settings(room.place.folder), api.stamp_program()):
        return False
    there = api.list_read(room.place.folder, memory.fingerprint)
    needed = {picture.id for picture in room.pictures}
    return (there & needed) == (memory.notes.keys() & needed)
