"""A desk at which an event is reviewed, as a run leaves it, and what its tests ask of it."""

from __future__ import annotations

from pathlib import Path

from report_demo import demo_event

from digitise.events import KEPT_EVENT, KeptEvent
from digitise.model import Event
from digitise.reviewing import Desktop, Review, open_desktop, open_review, save_changes
from digitise.reviewing import asking as ask
from digitise.store import STORE_FOLDER

EVENT = demo_event()
NOTES = {n.id: n for n in EVENT.notes}
PLACED = {i for s in EVENT.arrangement.sections for i in s.note_ids}
REPORTED = [n.id for n in EVENT.notes if n.id in PLACED]
HEADINGS = {p.note_id for p in EVENT.arrangement.placements if p.fate == "reported"} - PLACED
SECTIONS = [s.id for s in EVENT.arrangement.sections if s.title_source != "none"]
DOUBTFUL = next(n for n in EVENT.notes if n.doubtful and n.id in REPORTED)


def lay_out(folder: Path, event: Event = EVENT, settings_text: str = "") -> Desktop:
    """An event folder as a run leaves it."""
    (folder / "event" / "report" / STORE_FOLDER).mkdir(parents=True)
    (folder / "event" / "event.toml").write_text(settings_text, encoding="utf-8")
    kept = KeptEvent(event=event, sources=())
    (folder / "event" / "report" / STORE_FOLDER / KEPT_EVENT).write_text(kept.model_dump_json(), encoding="utf-8")
    return open_desktop(folder / "event", folder / "journal.jsonl")


def save(desk: Desktop, *changes: ask.Change, client: str = "ann", seen: int | None = None) -> Review:
    now = open_review(desk)
    return save_changes(desk, changes, seen=now.revision if seen is None else seen, client=client, author=client.title()).review


def text_of(review: Review, note_id: str) -> str:
    assert review.event is not None
    return next(n.text for n in review.event.notes if n.id == note_id)


def section_of(event: Event | None, note_id: str) -> tuple[str, int]:
    assert event is not None
    return next(((s.id, s.note_ids.index(note_id)) for s in event.arrangement.sections if note_id in s.note_ids), ("", -1))


def fate_of(review: Review, note_id: str) -> str:
    assert review.event is not None
    return next(p.fate for p in review.event.arrangement.placements if p.note_id == note_id)


# any sequence of edits
