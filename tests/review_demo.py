"""A small event as a run leaves it, with photos drawn here: what the tests of the review page open, mend and look at."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from report_demo import IDENTITY, make_note

from digitise.events import KEPT_EVENT, KeptEvent
from digitise.model import Accounting, Arrangement, Event, EventInfo, Note, Photo, Placement, Section, Source, Surface
from digitise.store import STORE_FOLDER

EVENT_ID = "reviewdemo01"
HOSTILE = "<script>alert(1)</script> \"quoted\" & <b>bold</b> {{ 7*7 }} 'one'"
WIDTH, HEIGHT = 1200, 900
TOP, STEP = 60, 120
SHEETS = (
    (
        "Getting about",
        ("Buses stop at {sic|six|sit} in the evening", "Lifts for people who live {alome|alone}", "Community car for the clinic"),
    ),
    ("What already works", ("Tuesday lunch club", "Ring the {surgary|surgery} first\nand then the {clinic|cynic}", HOSTILE)),
    ("Young people", ("A place to meet after school", "Music nights", "Help with {homwork|homework}")),
)
"""Heading and notes of each sheet; '{read|other}' is a word in doubt."""


@cache
def draw_sheet(lines: tuple[str, ...]) -> tuple[bytes, bytes]:
    """A sheet with one line of writing below the other, at known places: as a PNG and as a JPEG. Drawn once: most tests open the same."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    for k, line in enumerate(lines):
        pen.multiline_text((80, TOP + STEP * k), line, fill="black", font=ImageFont.load_default(size=40))
    photo, picture = io.BytesIO(), io.BytesIO()
    image.save(photo, "PNG")
    image.save(picture, "JPEG", quality=80)
    return photo.getvalue(), picture.getvalue()


def make_sheet(folder: Path, k: int, heading: str, texts: Sequence[str]) -> tuple[Photo, Surface, list[Note]]:
    """One photo with its cleaned picture on disk, and its notes. Below them stands a line that no note holds."""
    file = f"IMG_{k}.png"
    plain = [re.sub(r"\{(\w+)\|[^}]*\}", r"\1", text) for text in texts]
    drawn, cleaned = draw_sheet((heading, *plain, "Benches by the river"))
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    (folder / "photos" / file).write_bytes(drawn)
    sha = hashlib.sha256(drawn).hexdigest()
    photo = Photo(id=sha[:16], file=f"photos/{file}", sha256=sha, width_px=WIDTH, height_px=HEIGHT, taken=datetime(2026, 3, 14, 10, k))
    corners = ((0.0, 0.0), (float(WIDTH), 0.0), (float(WIDTH), float(HEIGHT)), (0.0, float(HEIGHT)))
    surface = Surface(
        id=f"{photo.id}-s1",
        quad=corners,
        what="sheet",
        confidence=0.9,
        size_px=(WIDTH, HEIGHT),
        homography=IDENTITY,
        picture=f"{photo.id}-s1.jpg",
    )
    pictures = folder / "report" / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    (pictures / surface.picture).write_bytes(cleaned)
    notes = []
    for n, text in enumerate((heading, *texts)):
        y = float(TOP + STEP * n - 8)
        outline = ((70.0, y), (1000.0, y), (1000.0, y + 100), (70.0, y + 100))
        more = {"outline": outline, "surface_id": surface.id, "role": "heading" if n == 0 else "note", "id": f"n{k}-{n}"}
        notes.append(make_note(photo.id, n, text, **more))
    return photo, surface, notes


def make_event(data: Path, *, sheets: Sequence[tuple[str, Sequence[str]]] = SHEETS, event_id: str = EVENT_ID) -> Path:
    """A server's event on disk, ready to be mended; its folder. The sections are n1, n2 …, the notes of sheet k n<k>-1, n<k>-2 …"""
    folder = data / "events" / event_id / "event"
    made = [make_sheet(folder, k, heading, texts) for k, (heading, texts) in enumerate(sheets, 1)]
    notes = [note for _, _, found in made for note in found]
    sections = tuple(
        Section(
            id=f"s{k}",
            title=found[0].text,
            title_source="written",
            title_note_id=found[0].id,
            note_ids=tuple(n.id for n in found[1:]),
            confidence=0.9,
        )
        for k, (_, _, found) in enumerate(made, 1)
    )
    placements = tuple(
        Placement(note_id=n.id, kind="idea", section_id=section.id, with_sheet=n.id == section.title_note_id)
        for section, (_, _, found) in zip(sections, made, strict=True)
        for n in found
    )
    event = Event(
        generator="test",
        info=EventInfo(title="Getting <about>", place="Cwm Derwen", organisers=("Interlink",)),
        photos=tuple(photo for photo, _, _ in made),
        surfaces=tuple(surface for _, surface, _ in made),
        notes=tuple(notes),
        arrangement=Arrangement(placements=placements, sections=sections, actions=()),
        accounting=Accounting(seen=len(notes), reported=len(notes), duplicates=0, unreadable=0, set_aside=0),
    )
    sources = tuple(Source(path=photo.file, file=photo.file, sha256=photo.sha256) for photo, _, _ in made)
    kept = folder / "report" / STORE_FOLDER / KEPT_EVENT
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(KeptEvent(event=event, sources=sources).model_dump_json(), encoding="utf-8")
    (folder / "event.toml").write_text('title = "Getting <about>"\nplace = "Cwm Derwen"\norganisers = ["Interlink"]\n', encoding="utf-8")
    return folder
