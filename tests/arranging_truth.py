"""The samples' exact truth as notes, and how much of it an arrangement puts where the truth has it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from digitise.arranging.headings import is_same_heading, parse_heading
from digitise.arranging.wording import fold
from digitise.config import load_config
from digitise.geometry import box_quad
from digitise.model import Event, Line, Note, Photo, PhotoResult, Surface, Word
from digitise.pipeline import build_event

SAMPLES = Path(__file__).parents[1] / "samples"
EVENTS = ("connecting-communities", "sticky-wall", "world-cafe")
SAME_NOTE = 70
"""rapidfuzz ratio from which a note as read is the note of the truth."""


class Missed(NamedTuple):
    """One thing of the truth that the event does not have in its place."""

    what: str
    """'section', 'kind', 'owner' or 'due'."""
    text: str
    wanted: str
    got: str


def read_truth(name: str) -> Event:
    """A sample event as the product makes it when every photo is read without a mistake."""
    folder = SAMPLES / name
    truths = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted((folder / "truth").glob("*.json")) if p.stem != "event"}
    results = [_result(stem, truth, _first_look(truths, stem)) for stem, truth in truths.items()]
    return build_event(results, load_config(folder / "event.toml"), folder_name=name)


def _first_look(truths: dict[str, Any], stem: str) -> str:
    """A hash that photos of the same sheets share: the pixels of drawn photos are not decoded here."""
    keys = {n["key"] for n in truths[stem]["notes"]}
    first = next(s for s, t in truths.items() if keys & {n["key"] for n in t["notes"]})
    return f"{list(truths).index(first) * 0x1111111111111111 % (1 << 64):016x}"


def _result(stem: str, truth: dict[str, Any], look: str) -> PhotoResult:
    width, height = truth["size"]
    photo = Photo(id=stem, file=truth["photo"], sha256="0" * 64, width_px=width, height_px=height, dhash=look)
    quads = [s["quad"] for s in truth["surfaces"]] or [box_quad((0, 0, width, height))]
    surfaces = tuple(
        Surface(
            id=f"{stem}-s{k}",
            quad=quad,
            what="sheet" if truth["surfaces"] else "photo",
            confidence=1.0,
            size_px=(width, height),
            homography=(1, 0, 0, 0, 1, 0, 0, 0, 1),
            picture=f"{stem}-s{k}.jpg",
        )
        for k, quad in enumerate(quads, 1)
    )
    return PhotoResult(photo=photo, surfaces=surfaces, notes=tuple(_note(stem, n, k, surfaces) for k, n in enumerate(truth["notes"])))


def _note(stem: str, note: dict[str, Any], order: int, surfaces: tuple[Surface, ...]) -> Note:
    x0, y0, x1, y1 = note["bbox"]
    quad = box_quad((x0, y0, x1, y1))
    centre = (x0 + x1) / 2
    on = next((s for s in surfaces if min(p[0] for p in s.quad) <= centre <= max(p[0] for p in s.quad)), surfaces[0])
    lines = tuple(
        Line(words=tuple(Word(text=w, confidence=1.0, quad=quad) for w in line.split()), raw=line, confidence=1.0, quad=quad)
        for line in note["text"].split("\n")
        if line
    )
    return Note(
        id=f"{stem}-{note['id']}",
        photo_id=stem,
        surface_id=on.id,
        outline=tuple(map(tuple, note["outline"])),
        container=note["container"],
        colour=note["colour"],
        role=note["role"],
        lines=lines,
        text=note["text"],
        legible=note["legible"] if note["text"] else "no",
        under=f"{stem}-{note['under']}" if note["under"] else None,
        order=order,
    )


def compare(event: Event, name: str) -> tuple[Counter[str], list[Missed]]:
    """How many sections, kinds, owners and dates of an event's truth were looked for, and those that are not right.

    Notes are found by photo and wording, so that an event as read can be compared as well as one made of the truth. A section is right
    when its title is the sheet's heading or, for the sheet of a round and table, when the note carries both.
    """
    truth = json.loads((SAMPLES / name / "truth" / "event.json").read_text(encoding="utf-8"))
    looked: Counter[str] = Counter()
    missed: list[Missed] = []
    for section in truth["sections"]:
        for item in (*section["notes"], *section["actions"]):
            found = find_note(event, item)
            for what, right, want, got in _check(event, section["heading"], item, found):
                looked[what] += 1
                if not right:
                    missed.append(Missed(what, item["text"], want, got))
    return looked, missed


def _check(event: Event, heading: str, item: dict[str, Any], note: Note | None) -> list[tuple[str, bool, str, str]]:
    """What was looked for, whether it is right, what the truth has, what the event has."""
    placements = {p.note_id: p for p in event.arrangement.placements}
    place = placements.get(note.id) if note else None
    if place and place.duplicate_of:
        place = placements[place.duplicate_of]
    titles = {s.id: s.title for s in event.arrangement.sections}
    title = titles.get(place.section_id or "", "") if place else "(not found)"
    wanted = parse_heading(heading)
    by_table = bool(place and wanted.round and (place.round, place.table) == (wanted.round, wanted.table))
    action = next((a for a in event.arrangement.actions if place and a.note_id == place.note_id), None)
    kind = item["kind"]
    checks = [
        ("section", by_table or is_same_heading(title, heading), heading, title),
        (f"kind {kind}", bool(place) and place.kind == kind, kind, place.kind if place else ""),  # type: ignore[union-attr]
    ]
    if kind == "action":
        owners = action.owners if action else ()
        checks.append(("owner", sorted(map(_bare, owners)) == sorted(map(_bare, item["owners"])), str(item["owners"]), str(owners)))
        due = (action.due if action else None) or ""
        checks.append(("due", fold(due).removeprefix("on ") == fold(item["due"] or "").removeprefix("on "), item["due"] or "-", due or "-"))
    return checks


def _bare(owner: str) -> str:
    """'the surgery' and 'surgery' are one owner."""
    return fold(owner).removeprefix("the ").removeprefix("y ")


def find_note(event: Event, item: dict[str, Any]) -> Note | None:
    photos = {p.id for p in event.photos if Path(p.file).stem == item["photo"]}
    rated = [(fuzz.ratio(fold(n.text), fold(item["text"])), n) for n in event.notes if n.photo_id in photos]
    score, best = max(rated, key=lambda r: r[0], default=(0.0, None))
    return best if score >= SAME_NOTE else None
