#!/usr/bin/env python3
"""How long people wait on the review page: an edit saved and shown again, as a person makes it, and a drawn box read.

A server on this computer, in another thread, over its real port. The event is made up: as many photos and notes as asked for, a sixth
of the words in doubt. Edits of all kinds follow each other, so that at the end some hundreds are in force, and half of them come from a
second person. `page` is the part of the page that is swapped in after an edit, `review` the whole review as JSON. Boxes are read on a
photo given: first the one for which a worker must be started, then those for which it is warm.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from digitise import api
from digitise.events import KEPT_EVENT, KeptEvent
from digitise.model import Accounting, Action, Arrangement, Event, EventInfo, Line, Note, Photo, Placement, Quad, Section, Surface, Word
from digitise.store import STORE_FOLDER
from digitise.web.app import create_app
from digitise.web.settings import ServerSettings

EVENT = "benchmark000"
WORDS = (
    "the community needs better transport support for young people Interlink to ring council",
    "by end of May families evening bus",
)
TOKENS = [token for line in WORDS for token in line.split()]
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
THEMES = 20


def make_event(photos: int, notes: int, rng: random.Random) -> Event:
    """An event of that many photos with that many notes in all."""
    taken = [Photo(id=f"{k:016x}", file=f"IMG_{k}.jpg", sha256=f"{k:064x}", width_px=4000, height_px=3000) for k in range(photos)]
    full = box(0, 0, 4000, 3000)
    sheets = [
        Surface(
            id=f"{p.id}-s0", quad=full, what="sheet", confidence=0.9, size_px=(2000, 1500), homography=IDENTITY, picture=f"{p.id}-s0.jpg"
        )
        for p in taken
    ]
    made = [make_note(taken[k % photos], k // photos, rng) for k in range(notes)]
    made.sort(key=lambda n: (n.photo_id, n.order))
    placements = [
        Placement(note_id=n.id, kind=rng.choice(("problem", "action", "idea")), section_id=f"sec-{k % THEMES}") for k, n in enumerate(made)
    ]
    sections = [
        Section(id=f"sec-{t}", title=f"Theme {t}", note_ids=tuple(n.id for k, n in enumerate(made) if k % THEMES == t))
        for t in range(THEMES)
    ]
    texts = {n.id: n.text for n in made}
    doing = (p for p in placements if p.kind == "action")
    actions = [Action(number=k, note_id=p.note_id, text=texts[p.note_id], section_id=p.section_id) for k, p in enumerate(doing, 1)]
    return Event(
        generator="benchmark",
        info=EventInfo(title="Made up"),
        photos=tuple(taken),
        surfaces=tuple(sheets),
        notes=tuple(made),
        arrangement=Arrangement(placements=tuple(placements), sections=tuple(sections), actions=tuple(actions)),
        accounting=Accounting(seen=notes, reported=notes, duplicates=0, unreadable=0, set_aside=0),
    )


def box(x0: float, y0: float, x1: float, y1: float) -> Quad:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def make_note(photo: Photo, order: int, rng: random.Random) -> Note:
    area = box(100, 100 + 380 * order, 1900, 400 + 380 * order)
    words = [
        Word(text=w, confidence=0.9, quad=area, doubtful=rng.random() < 1 / 6, alternatives=("other",)) for w in rng.choices(TOKENS, k=10)
    ]
    line = Line(words=tuple(words), raw=" ".join(w.text for w in words), confidence=0.9, quad=area)
    return Note(
        id=f"{photo.id}-n{order}", photo_id=photo.id, surface_id=f"{photo.id}-s0", outline=area, lines=(line,), text=line.raw, order=order
    )


def ask_anything(view: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """An edit as a person makes it."""
    notes = [n for n in view["notes"] if n["fate"] == "reported" and n["section_id"]]
    note, other = rng.sample(notes, 2)
    sections = [s["id"] for s in view["sections"] if not s["leftover"]]
    doubt = rng.choice(view["doubts"])
    word = next(n for n in view["notes"] if n["id"] == doubt["note_id"])["words"][doubt["word"]]
    kinds: list[dict[str, Any]] = [
        {"do": "word", "note_id": doubt["note_id"], "base": word["base"], "nth": word["nth"], "text": rng.choice([word["text"], "bus"])},
        {"do": "wording", "note_id": note["id"], "text": " ".join(rng.choices(TOKENS, k=10))},
        {"do": "kind", "note_id": note["id"], "kind": rng.choice(("problem", "idea", "question"))},
        {"do": "owners", "note_id": note["id"], "owners": ["Interlink"]},
        {"do": "move", "note_ids": [note["id"]], "section_id": rng.choice(sections), "after": rng.choice(("", None))},
        {"do": "split", "note_id": note["id"], "parts": ["one half", "the other half"]},
        {"do": "merge", "note_id": note["id"], "others": [other["id"]]},
        {"do": "fate", "note_id": note["id"], "fate": "set aside"},
        {"do": "rename", "section_id": rng.choice(sections), "title": " ".join(rng.choices(TOKENS, k=3))},
        {"do": "order", "section_ids": rng.sample(sections, len(sections))},
        {"do": "add", "text": " ".join(rng.choices(TOKENS, k=6)), "section_id": rng.choice(sections)},
    ]
    return rng.choices(kinds, weights=[6, 4, 2, 1, 4, 1, 1, 1, 1, 1, 1])[0]


@contextmanager
def serve(data: Path) -> Iterator[httpx.Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ServerSettings(data=data, port=port)
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def timed(client: httpx.Client, method: str, path: str, **more: Any) -> tuple[httpx.Response, float]:
    began = time.perf_counter()
    answer = client.request(method, path, **more)
    return answer, (time.perf_counter() - began) * 1000


def time_edits(data: Path, event: Event, rounds: int, rng: random.Random) -> dict[str, list[float]]:
    """Milliseconds: of the edit, of the page or the review after it, and of edit and page together, by kind of edit."""
    store = data / "events" / EVENT / "event" / "report" / STORE_FOLDER
    store.mkdir(parents=True)
    (store / KEPT_EVENT).write_text(KeptEvent(event=event, sources=()).model_dump_json(), encoding="utf-8")
    found: dict[str, list[float]] = defaultdict(list)
    with serve(data) as client:
        view, first = timed(client, "GET", f"/api/events/{EVENT}/review")
        found["opened for the first time"].append(first)
        for k in range(rounds):
            who = ("ann", "bob")[k % 2]
            change = ask_anything(view.json(), rng)
            body = {"seen": view.json()["revision"], "client": who, "edits": [change]}
            if k % 10 == 9:
                saved, edit = timed(client, "POST", f"/api/events/{EVENT}/undo", json={"client": who})
                change = {"do": "undo"}
            else:
                saved, edit = timed(client, "POST", f"/api/events/{EVENT}/edits", json=body)
            _, page = timed(client, "GET", f"/events/{EVENT}/review", headers={"X-Part": "1", "Accept": "text/html"})
            view, whole = timed(client, "GET", f"/api/events/{EVENT}/review", params={"client": who})
            if saved.status_code == 200:
                found[f"edit: {change['do']}"].append(edit)
                found["edit"].append(edit)
                found["page"].append(page)
                found["review"].append(whole)
                found["edit and page"].append(edit + page)
    return found


def time_boxes(data: Path, photo: Path, most: int) -> list[float]:
    """Milliseconds of each box, drawn round the notes of a photo that was read before; the first one has no worker yet."""
    folder = data / "events" / EVENT / "event"
    (folder / "photos").mkdir(parents=True)
    shutil.copy(photo, folder / "photos")
    api.report_events([folder], jobs=0)
    with serve(data) as client:
        view = client.get(f"/api/events/{EVENT}/review").json()
        whole = view["photos"][0]["sheets"][-1]
        ms = []
        for mark in itertools.islice(itertools.cycle(whole["marks"]), most):
            body = {"photo_id": view["photos"][0]["id"], "sheet_id": whole["id"], "outline": mark["outline"]}
            answer, took = timed(client, "POST", f"/api/events/{EVENT}/boxes", json=body)
            if answer.status_code == 200:
                ms.append(took)
    return ms


def show(name: str, ms: list[float]) -> None:
    ordered = sorted(ms)
    last = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    sys.stdout.write(f"{name:<28}{len(ms):>5}{statistics.median(ms):>9.0f}{last:>9.0f}{ordered[-1]:>9.0f}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--notes", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=300, help="edits")
    parser.add_argument("--photo", type=Path, help="a photo of notes on which boxes are read")
    parser.add_argument("--boxes", type=int, default=15)
    args = parser.parse_args()
    rng = random.Random(5)
    sys.stdout.write(f"{'milliseconds':<28}{'n':>5}{'median':>9}{'95 %':>9}{'worst':>9}\n")
    with tempfile.TemporaryDirectory() as data:
        found = time_edits(Path(data), make_event(args.photos, args.notes, rng), args.rounds, rng)
    for name in sorted(found, key=lambda n: (n.startswith("edit:"), n)):
        show(name, found[name])
    if args.photo:
        with tempfile.TemporaryDirectory() as data:
            boxes = time_boxes(Path(data), args.photo, args.boxes)
        show("box, no worker yet", boxes[:1])
        show("box", boxes[1:])


if __name__ == "__main__":
    main()
