"""How often a point was said: once for each writing of it, however many photos show it."""

from __future__ import annotations

import pytest

from digitise.config import Config
from digitise.geometry import box_quad
from digitise.model import Note, Photo, PhotoResult
from digitise.pipeline import build_event
from digitise.report.draft import open_draft


def write(note_id: str, photo: str, text: str, x: float) -> Note:
    return Note(id=note_id, photo_id=photo, outline=box_quad((x, 0, x + 90, 40)), text=text, order=int(x))


def make_result(photo_id: str, look: str, texts: tuple[str, ...]) -> PhotoResult:
    photo = Photo(id=photo_id, file=f"{photo_id}.jpg", sha256="0" * 64, width_px=900, height_px=40, dhash=look)
    return PhotoResult(photo=photo, notes=tuple(write(f"{photo_id}{k}", photo_id, t, 100.0 * k) for k, t in enumerate(texts)))


ONE = ("More buses", "More buses please", "Mend the swings")
OTHER = ("More buses", "A warm room in winter", "Who has the key?", "Lights on the path")


@pytest.mark.parametrize(("look", "texts", "times"), [("0" * 16, ONE, 2), ("f" * 16, OTHER, 3)])
def test_each_writing_counts_once(look: str, texts: tuple[str, ...], times: int) -> None:
    results = [make_result("a", "0" * 16, ONE), make_result("b", look, texts)]
    event = build_event(results, Config(title="A day"), folder_name="day")
    assert event.accounting.balanced
    first = next(n.id for n in event.notes if n.text == "More buses")
    assert open_draft(event).repeats[first] + 1 == times
