"""A box that somebody drew round a note that was missed: read at once, by the engine that read the photos."""

from __future__ import annotations

import numpy as np

from digitise.errors import UsageError
from digitise.geometry import map_points
from digitise.model import Event, Note, Point
from digitise.reviewing import BoxReading, Review, clip_outline, find_twin, hide_reading, read_box, whole_size
from digitise.web.desk import Desk
from digitise.web.review_marks import WHOLE
from digitise.web.review_model import BoxAsked, BoxRead
from digitise.web.review_view import cut_text, view_words
from digitise.web.shelf import EventPlace


def read_drawn_box(desk: Desk, place: EventPlace, review: Review, asked: BoxAsked, *, threads: int) -> BoxRead:
    """What stands in a box. threads: as workers read photos. Raises UsageError for a box that is none, PhotoError, EngineError."""
    if review.program is None or review.event is None:
        raise UsageError("this event", "nothing has been read of it yet", "Wait until its photos are read.")
    outline = clip_outline(review.event, asked.photo_id, place_outline(review.event, asked))
    source = review.program.sources.get(asked.photo_id)
    if source is None:
        raise UsageError(asked.photo_id, "this photo is not there any more", "Add it again.")
    found = desk.run(read_box, place.folder, source, outline, threads, urgent=True).result()
    return _view_box(hide_reading(found, review.program.rules), asked.photo_id, outline, review.event)


def place_outline(event: Event, asked: BoxAsked) -> tuple[Point, ...]:
    """The drawn outline in photo px. Raises UsageError for a sheet that is not one of the photo."""
    if not asked.sheet_id:
        return asked.outline
    photo = next((p for p in event.photos if p.id == asked.photo_id), None)
    surface = next((s for s in event.surfaces if s.id == asked.sheet_id and s.id.startswith(f"{asked.photo_id}-")), None)
    if photo is not None and asked.sheet_id == photo.id + WHOLE:
        _, _, scale = whole_size(photo)
        return tuple((x / scale, y / scale) for x, y in asked.outline)
    if surface is None:
        raise UsageError(asked.sheet_id, "this sheet is not in the event any more", "Load the page again.")
    back = np.linalg.inv(np.reshape(surface.homography, (3, 3)))
    return tuple(map_points(back, asked.outline))


def _view_box(found: BoxReading, photo_id: str, outline: tuple[Point, ...], event: Event) -> BoxRead:
    note = Note(id="box", photo_id=photo_id, outline=outline, text=found.text, lines=found.lines)
    words = view_words(note, note)
    twin = find_twin(event, photo_id, outline)
    known = (twin.id,) if twin is not None else ()
    return BoxRead(photo_id=photo_id, outline=outline, text=found.text, words=words, pieces=cut_text(found.text, words), known=known)
