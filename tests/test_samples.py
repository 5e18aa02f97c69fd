"""The committed sample photos and their truth agree, and drawing is repeatable."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from shapely.geometry import Polygon

from digitise.config import load_config
from digitise.geometry import map_points

sys.path.insert(0, str(Path(__file__).parents[1]))  # samples is not an installed package

from samples.content.valley_sheets import loneliness
from samples.draw import EVENTS
from samples.drawing.fonts import FAMILIES, FontsMissingError, default_cache, load_faces
from samples.drawing.layer import Layer, blank, paste, turn_matrix

SAMPLES = Path(__file__).parents[1] / "samples"
LIMIT_BYTES = 12_000_000
KINDS = {"problem", "action", "strength", "idea", "question", "quote", "other"}
ORIENTATION, EXIF, GPS, TAKEN = 0x0112, 0x8769, 0x8825, 0x9003


def read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def truths(event: str) -> dict[str, dict[str, Any]]:
    return {p.stem: read(p) for p in sorted((SAMPLES / event / "truth").glob("*.json")) if p.stem != "event"}


@pytest.fixture(params=sorted(EVENTS))
def event(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_each_event_has_8_to_12_photos_each_with_truth(event: str) -> None:
    photos = {p.stem for p in (SAMPLES / event).glob("*.jpg")}
    assert 8 <= len(photos) <= 12
    assert photos == set(truths(event))


def test_all_photos_together_stay_small() -> None:
    assert sum(p.stat().st_size for p in SAMPLES.glob("*/*.jpg")) <= LIMIT_BYTES


def test_settings_load_and_name_the_event(event: str) -> None:
    config = load_config(SAMPLES / event / "event.toml")
    assert config.title and config.place and config.aims
    assert bool(config.rounds) == (event == "world-cafe")
    assert bool(config.colours) == (event != "world-cafe")


def test_colour_key_agrees_with_the_kinds_drawn(event: str) -> None:
    key = load_config(SAMPLES / event / "event.toml").colours
    for truth in truths(event).values():
        for note in truth["notes"]:
            if note["container"] == "sticky" and note["text"] and note["colour"] in key and note["role"] == "note":
                assert note["kind"] == key[note["colour"]], note["text"]


def test_sizes_quads_and_outlines_fit_the_photo(event: str) -> None:
    for stem, truth in truths(event).items():
        with Image.open(SAMPLES / event / f"{stem}.jpg") as image:
            stored, orientation = image.size, image.getexif().get(ORIENTATION, 1)
        width, height = truth["size"]
        assert stored == ((height, width) if orientation in (6, 8) else (width, height))
        for surface in truth["surfaces"]:
            assert len(surface["quad"]) == 4
            assert Polygon(surface["quad"]).area > 0.1 * width * height
            assert all(0 <= x <= width and 0 <= y <= height for x, y in surface["quad"])
        for note in truth["notes"]:
            x0, y0, x1, y1 = note["bbox"]
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height
            xs, ys = zip(*note["outline"], strict=True)
            assert (round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys))) == pytest.approx((x0, y0, x1, y1), abs=1)


def test_notes_are_whole(event: str) -> None:
    for truth in truths(event).values():
        ids = [n["id"] for n in truth["notes"]]
        assert len(ids) == len(set(ids))
        roles = {n["id"]: n["role"] for n in truth["notes"]}
        for note in truth["notes"]:
            assert note["under"] is None or roles[note["under"]] in ("heading", "title")
            assert note["kind"] in KINDS
            assert note["text"] or note["container"] == "sticky"
            words = " ".join(note["text"].split()).casefold()
            assert all(owner.casefold() in words for owner in note["owners"])
            assert note["due"] is None or note["due"].casefold() in words


def test_writing_lies_where_the_truth_says(event: str) -> None:
    """Ink is much darker than its paper: inside a note's box of writing there must be contrast."""
    stem, truth = next(iter(truths(event).items()))
    with Image.open(SAMPLES / event / f"{stem}.jpg") as image:
        grey = np.asarray(image.convert("L"), float)
    for note in truth["notes"]:
        x0, y0, x1, y1 = note["bbox"]
        inside = grey[y0:y1, x0:x1]
        assert np.percentile(inside, 90) - np.percentile(inside, 1) > 60, note["text"]


def test_photos_were_taken_in_order_and_tell_no_place(event: str) -> None:
    taken = []
    for path in sorted((SAMPLES / event).glob("*.jpg")):
        with Image.open(path) as image:
            exif = image.getexif()
        assert GPS not in exif
        taken.append(datetime.strptime(exif.get_ifd(EXIF)[TAKEN], "%Y:%m:%d %H:%M:%S"))
    assert taken == sorted(taken)
    assert len(set(taken)) == len(taken)


def test_sections_hold_every_problem_and_action_once(event: str) -> None:
    data = read(SAMPLES / event / "truth" / "event.json")
    all_notes = {(stem, n["id"]): n for stem, truth in truths(event).items() for n in truth["notes"]}
    again = {(s["photo"], s["id"]) for s in data["seen_twice"]}
    placed = [(n["photo"], n["id"]) for s in data["sections"] for n in [*s["notes"], *s["actions"]]]
    assert len(placed) == len(set(placed))
    for where, note in all_notes.items():
        if (
            note["kind"] in ("problem", "action")
            and note["role"] not in ("title", "heading")
            and where not in again
            and note["under"] is not None
        ):
            assert where in placed, note["text"]
    for section in data["sections"]:
        for action in section["actions"]:
            assert all_notes[(action["photo"], action["id"])]["owners"] == action["owners"]


def test_samples_hold_what_the_product_must_cope_with() -> None:
    everything = [(event, stem, t) for event in EVENTS for stem, t in truths(event).items()]
    notes = [n for _, _, t in everything for n in t["notes"]]
    assert {n["kind"] for n in notes} == KINDS
    assert sum(t["language"] == "cy" for _, _, t in everything) == 2
    assert set("ŵŷâêô") <= set("".join(n["text"] for n in notes))
    assert any(not n["text"] for n in notes), "a blank sticky"
    assert any(len(t["surfaces"]) == 2 for _, _, t in everything), "two sheets side by side"
    assert {t["kind"] for _, _, t in everything} >= {"flipchart", "sticky", "mural", "whiteboard"}
    assert any(read(SAMPLES / e / "truth" / "event.json")["seen_twice"] for e in EVENTS), "the same sheet twice"
    turns = set()
    for event, stem, _ in everything:
        with Image.open(SAMPLES / event / f"{stem}.jpg") as image:
            turns.add(image.getexif().get(ORIENTATION, 1))
    assert {1, 3, 6, 8} <= turns


def test_readme_names_every_font_with_its_licence() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for family, licence in FAMILIES.items():
        assert f"| {family} | {licence} |" in readme


def test_placing_maps_pixels_and_points_alike() -> None:
    """A black dot's centre, seen in the pixels, is where the matrix says."""
    layer: Layer = blank(np.ones((80, 60, 3), np.float32))
    layer.canvas[50:53, 20:23] = 0
    canvas = np.full((300, 300, 3), 0.5, np.float32)
    matrix = turn_matrix(layer.size, 150.0, 140.0, 25.0, 2.0)
    paste(canvas, layer, matrix)
    ys, xs = np.nonzero(canvas.mean(2) < 0.3)
    ((x, y),) = map_points(matrix, [(21, 51)])
    assert (xs.mean(), ys.mean()) == pytest.approx((x, y), abs=1.0)


@pytest.mark.slow
def test_a_sheet_is_drawn_the_same_twice() -> None:
    try:
        faces = load_faces(default_cache(), install=False)
    except FontsMissingError as e:
        pytest.skip(str(e))
    first, second = loneliness(faces), loneliness(faces)
    assert np.array_equal(first.canvas, second.canvas)
    assert first.notes == second.notes
