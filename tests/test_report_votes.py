"""Votes from a drawn photo to notes.json and the report, and how they are printed."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from docx import Document
from PIL import Image
from report_demo import demo_event
from votes_drawing import BLUE, RED, STICKERS, Page

from digitise import api
from digitise.crops import cut_note, is_shown, needs_crop
from digitise.model import Event, Note
from digitise.report.blocks import Block, Table, flatten, inline_text
from digitise.report.compose import compose_report
from digitise.report.csv_export import render_actions_csv
from digitise.report.markdown import render_markdown


def with_votes(event: Event, votes: dict[str, tuple[int | None, bool]]) -> Event:
    box = (5.0, 5.0, 30.0, 9.0)
    more = {i: {"votes": count, "votes_box": box if seen else None} for i, (count, seen) in votes.items()}
    notes = [n.model_copy(update=more.get(n.id, {})) for n in event.notes]
    return event.model_copy(update={"notes": tuple(notes)})


def table_of_votes(blocks: list[Block], caption: str) -> Table | None:
    return next((b for b in flatten(blocks) if isinstance(b, Table) and b.caption == caption), None)


def test_votes_stand_behind_actions_and_points() -> None:
    event = demo_event()
    action = event.arrangement.actions[0]
    other = next(n for n in event.notes if n.id not in {a.note_id for a in event.arrangement.actions} and n.text)
    voted = with_votes(event, {action.note_id: (5, True), other.id: (1, True)})
    text = render_markdown(compose_report(voted))
    assert text.count("(5 votes)") >= 3, "in its chapter, the register and the photo record"
    assert "(1 vote)" in text and "(1 votes)" not in text
    assert "(5 votes)" in render_actions_csv(voted)
    assert "vote" not in render_markdown(compose_report(event)).lower()


def test_votes_are_shown_with_their_pictures() -> None:
    event = demo_event()
    first, second = [n for n in event.notes if n.text][:2]
    voted = with_votes(event, {first.id: (4, True), second.id: (None, True)})
    table = table_of_votes(compose_report(voted), "Votes to check")
    assert table is not None and len(table.rows) == 2
    cells = [[inline_text(cell) for cell in row] for row in table.rows]
    assert {c[2] for c in cells} == {"4", "not sure: please count"}
    assert table_of_votes(compose_report(event), "Votes to check") is None


def test_votes_in_welsh() -> None:
    event = demo_event(languages=("cy",))
    text = render_markdown(compose_report(with_votes(event, {event.arrangement.actions[0].note_id: (3, True)})))
    assert "(pleidleisiau: 3)" in text and "Pleidleisiau i’w gwirio" in text and "votes" not in text


def test_a_close_up_shows_the_votes_too() -> None:
    rgb = np.zeros((200, 400, 3), np.uint8)
    rgb[80:100, 300:320] = (255, 0, 0)
    note = Note(
        id="a", photo_id="p", outline=((20, 80), (120, 80), (120, 110), (20, 110)), text="x", votes=1, votes_box=(300, 80, 320, 100)
    )
    assert (cut_note(rgb, note, with_votes=True)[:, :, 0] > 200).any()
    assert not (cut_note(rgb, note)[:, :, 0] > 200).any()
    assert is_shown(note) and not needs_crop(note)


@pytest.mark.slow
def test_from_a_photo_to_the_report(tmp_path: Path) -> None:
    page = Page(size=(1600, 1100))
    page.write("Ideas", 90, 60)
    items = ("Council to open the hall on Sundays", "More buses in the evening", "A garden for the school", "Paint the bridge")
    counts = (6, 3, 0, 2)
    for k, (text, count) in enumerate(zip(items, counts, strict=True)):
        note = page.write(text, 120, 220 + 170 * k)
        if k != 3:
            page.dots(note, count, colours=STICKERS if k else (BLUE,), radius=13)
    page.dots(page.notes[-1], 2, colours=(RED,), radius=13)
    folder = tmp_path / "event"
    folder.mkdir()
    Image.fromarray(page.photograph()).save(folder / "sheet.jpg", quality=93)
    (outcome,) = api.report_events([folder], jobs=0)
    out = folder / "report"
    assert isinstance(outcome, api.Outcome)
    event = json.loads((out / "notes.json").read_text(encoding="utf-8"))
    found = {n["text"].lower(): n["votes"] for n in event["notes"]}
    for text, count in zip(items, counts, strict=True):
        assert found[text.lower()] == (count or None), found
    crops = [n["id"] for n in event["notes"] if n["votes"]]
    assert all((out / "pictures" / f"note-{i}.jpg").is_file() for i in crops)
    document = Document(str(out / "report.docx"))
    words = "\n".join(p.text for p in document.paragraphs) + "\n".join(c.text for t in document.tables for r in t.rows for c in r.cells)
    assert "(6 votes)" in words and "(3 votes)" in words and "Votes to check" in words
    assert cv2.imread(str(out / "pictures" / f"note-{crops[0]}.jpg")) is not None
