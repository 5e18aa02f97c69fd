"""Builds notes and photos for the tests of arranging."""

from __future__ import annotations

from dataclasses import dataclass, field

from digitise.arranging import arrange
from digitise.config import Config
from digitise.model import Arrangement, Note, Photo, Placement, Section

OUTLINE = ((0.0, 0.0), (100.0, 0.0), (100.0, 40.0), (0.0, 40.0))


@dataclass
class Wall:
    """A growing event: sheets of notes, written down in reading order."""

    notes: list[Note] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)

    def sheet(self, photo_id: str, *, similar_to: str | None = None) -> None:
        self.photos.append(Photo(id=photo_id, file=f"{photo_id}.jpg", sha256="0" * 64, width_px=10, height_px=10, similar_to=similar_to))

    def write(self, text: str, *, under: str | None = None, **fields: object) -> str:
        """Add a note to the last sheet; returns its id."""
        note_id = f"n{len(self.notes)}"
        order = sum(1 for n in self.notes if n.photo_id == self.photos[-1].id)
        values = {"id": note_id, "photo_id": self.photos[-1].id, "outline": OUTLINE, "text": text, "under": under, "order": order}
        self.notes.append(Note.model_validate(values | fields))
        return note_id

    def arrange(self, config: Config | None = None) -> Answer:
        return Answer(arrange(self.notes, self.photos, config or Config()))


@dataclass
class Answer:
    """An arrangement with look-ups by note id."""

    whole: Arrangement

    def place(self, note_id: str) -> Placement:
        return next(p for p in self.whole.placements if p.note_id == note_id)

    def section(self, note_id: str) -> Section:
        return next(s for s in self.whole.sections if s.id == self.place(note_id).section_id)

    @property
    def titles(self) -> list[str]:
        return [s.title for s in self.whole.sections]
