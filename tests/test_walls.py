"""Photos of one wall, from stored features to the report: told, joined, counted once, and known again on a second run."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from overlap_walls import SAID, View, Wall, box_view, draw_wall, photograph, write_notes
from PIL import Image

from digitise import api
from digitise.config import Config, Limits
from digitise.events import place_pictures
from digitise.geometry import map_points
from digitise.model import Event, Note, Photo, PhotoResult, Source, Surface
from digitise.pipeline import build_event
from digitise.report.blocks import Link, Paragraph, Picture, flatten, inline_text, spans
from digitise.report.compose import compose_report
from digitise.store import FEATURES_FILE, load_entry, save_entry, write_arrays
from digitise.surface import find_features
from digitise.walls import Found, Stored, find_walls

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

MISREAD = {"Warm room on Fridays": "Worm roem on Fridoys", "Walk the dog together": "Walk the dag togetner", "Litter picks on Sunday": ""}


@cache
def see_wall() -> Wall:
    """Drawn when it is needed: whoever only collects these tests does not wait for it, nor hold it."""
    return draw_wall()


@cache
def see_views() -> dict[str, View]:
    return {
        "overview": photograph(see_wall(), box_view(0, 0, 3600, 2000, askew=0.06), blur=0.6),
        "near": photograph(see_wall(), box_view(120, 220, 1500, 1250, askew=-0.1), seed=3, uneven=0.5),
        "right": photograph(see_wall(), box_view(1900, 900, 3450, 1990, askew=0.12), seed=4, blur=0.8),
    }


@cache
def see_parts() -> dict[str, View]:
    return {
        "left": photograph(see_wall(), box_view(0, 0, 2350, 1990, askew=0.02), seed=5),
        "right": photograph(see_wall(), box_view(1300, 10, 3600, 1990, askew=-0.03), seed=6, uneven=0.4),
    }


def keep(folder: Path, name: str, view: View, notes: list[Note]) -> Stored:
    """A photo as the store holds it, with its file among the photos."""
    file = folder / f"{name}.jpg"
    Image.fromarray(view.rgb).save(file, quality=92)
    source = Source(path=str(file), file=file.name, sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    height, width = view.rgb.shape[:2]
    photo = Photo(id=source.sha256[:16], file=file.name, sha256=source.sha256, width_px=width, height_px=height)
    notes = [n.model_copy(update={"photo_id": photo.id}) for n in notes]
    whole = ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
    picture = f"{photo.id}-s1.jpg"
    surface = Surface(
        id=f"{photo.id}-s1",
        quad=whole,
        what="photo",
        confidence=0.0,
        size_px=(width, height),
        homography=(1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0),
        picture=picture,
    )
    stored = folder / "report" / ".digitise" / "photos" / photo.id
    stored.mkdir(parents=True)
    Image.fromarray(view.rgb).save(stored / picture)
    write_arrays(find_features(view.rgb)._asdict(), stored / FEATURES_FILE)
    notes = [n.model_copy(update={"surface_id": surface.id}) for n in notes]
    return Stored(source, stored, save_entry(stored, PhotoResult(photo=photo, surfaces=(surface,), notes=tuple(notes)), engine="drawn"))


def keep_all(folder: Path, wall: Wall, views: dict[str, View], misread: dict[str, dict[str, str]] | None = None) -> list[Stored]:
    folder.mkdir(exist_ok=True)
    confidence = {"overview": 0.75, "again": 0.6}
    return [
        keep(folder, n, v, write_notes(wall, v, n, misread=(misread or {}).get(n), confidence=confidence.get(n, 0.9)))
        for n, v in views.items()
    ]


def find(photos: list[Stored], output: Path) -> Found:
    return find_walls(photos, output=output, fingerprint="f", limits=Limits())


def build(photos: list[Stored], found: Found, **settings: object) -> Event:
    results = [p.result for p in photos]
    return build_event(results, Config.model_validate(settings), folder_name="wall", overlaps=found.overlaps, walls=found.walls)


def said(event: Event, fate: str) -> list[str]:
    notes = {n.id: n for n in event.notes}
    return sorted(" ".join(notes[p.note_id].text.split()) for p in event.arrangement.placements if p.fate == fate)


def told(event: Event) -> str:
    return "\n".join(inline_text(b.inlines) for b in flatten(compose_report(event)) if isinstance(b, Paragraph))


@pytest.fixture(scope="module")
def close_ups(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Stored], Found, Path]:
    folder = tmp_path_factory.mktemp("close-ups")
    photos = keep_all(folder, see_wall(), see_views(), {"overview": MISREAD})
    return photos, find(photos, folder / "report"), folder / "report"


def test_each_note_of_an_overview_and_its_close_ups_is_reported_once(close_ups: tuple[list[Stored], Found, Path]) -> None:
    photos, found, _ = close_ups
    event = build(photos, found)
    assert event.accounting.balanced
    reported = said(event, "reported")
    in_close_ups = {" ".join(n.text.split()) for p in photos[1:] for n in p.result.notes}
    assert set(MISREAD) <= in_close_ups
    assert Counter(reported) == Counter([*SAID, "What matters here"])
    again = [p for p in event.arrangement.placements if p.fate == "duplicate"]
    assert all(p.seen_again for p in again)
    assert len(again) == sum(len(p.result.notes) for p in photos[1:])
    assert [p.part_of for p in event.photos] == [None, event.photos[0].id, event.photos[0].id]
    assert event.walls == ()


def test_the_report_says_which_close_up_shows_which_part(close_ups: tuple[list[Stored], Found, Path]) -> None:
    photos, found, _ = close_ups
    for languages, part, better in (
        (("en",), "Shows part of the wall in photo 1, from nearer.", "seen better in photo 2"),
        (("cy",), "Mae’n dangos rhan o’r wal sydd yn llun 1, o agosach.", "i’w weld yn well yn llun 2"),
    ):
        event = build(photos, found, languages=languages)
        assert told(event).count(part) == 2
        links = [i for b in flatten(compose_report(event)) for i in getattr(b, "inlines", ()) if isinstance(i, Link)]
        assert any(better in i.text.replace("\u00a0", " ") for i in links)
        assert "said 2 times" not in str(compose_report(event))


def test_words_of_a_view_that_is_not_printed_are_not_to_be_checked(close_ups: tuple[list[Stored], Found, Path]) -> None:
    photos, found, _ = close_ups

    def doubt(photo: Stored) -> Stored:
        notes = tuple(
            n.model_copy(
                update={
                    "lines": tuple(
                        line.model_copy(update={"words": tuple(w.model_copy(update={"doubtful": True}) for w in line.words)})
                        for line in n.lines
                    )
                }
            )
            for n in photo.result.notes
        )
        return photo._replace(entry=photo.entry.model_copy(update={"result": photo.result.model_copy(update={"notes": notes})}))

    event = build([doubt(p) for p in photos], found)
    doubts = [run.doubt.note_id for span in spans(compose_report(event)) for run in span.runs if run.doubt]
    again = {p.note_id for p in event.arrangement.placements if p.seen_again}
    assert again
    assert set(doubts) == {n.id for n in event.notes if n.words} - again


def test_a_second_run_compares_nothing_again(close_ups: tuple[list[Stored], Found, Path], tmp_path: Path) -> None:
    photos, found, output = close_ups
    store = output / ".digitise" / "overlaps.json"
    kept = json.loads(store.read_text())
    assert len(kept) == 3
    bare = [p._replace(folder=tmp_path / "without-features") for p in photos]
    assert find(bare, output).overlaps == found.overlaps
    assert find_walls(bare, output=output, fingerprint="other code", limits=Limits()).overlaps == ()
    for damaged in ("[1]", store.read_text()[:40]):
        store.write_text(damaged)
        assert find(photos, output).overlaps == found.overlaps
        assert json.loads(store.read_text()) == kept


def test_a_damaged_file_of_features_costs_only_its_photo(tmp_path: Path) -> None:
    photos = keep_all(tmp_path / "event", see_wall(), dict(list(see_views().items())[:2]))
    for rubbish in (b"", b"PK\x03\x04 no archive", (photos[0].folder / FEATURES_FILE).read_bytes()[:2000]):
        (photos[1].folder / FEATURES_FILE).write_bytes(rubbish)
        assert load_entry(photos[1].folder) is None  # a run would read the photo anew
        assert find_walls(photos, output=tmp_path / "out", fingerprint=str(len(rubbish)), limits=Limits()).overlaps == ()


def test_parts_are_joined_into_one_picture_that_the_report_shows(tmp_path: Path) -> None:
    photos = keep_all(tmp_path / "event", see_wall(), see_parts())
    output = tmp_path / "event" / "report"
    found = find(photos, output)
    (wall,) = found.walls
    assert wall.photo_ids == tuple(p.id for p in photos)
    event = build(photos, found)
    assert Counter(said(event, "reported")) == Counter([*SAID, "What matters here"])
    assert event.accounting.balanced
    path = found.pictures[wall.picture]
    with Image.open(path) as opened:
        assert opened.size == wall.size_px
        assert max(opened.size) <= 4000
        assert not opened.getexif()
    # homographies lead from each photo to the picture: a sticky seen by both lands at one place
    both = [t for t in SAID if all(any(t == " ".join(n.text.split()) for n in p.result.notes) for p in photos)]
    assert both
    for text in both:
        spots = []
        for photo, matrix in zip(photos, wall.homographies, strict=True):
            note = next(n for n in photo.result.notes if " ".join(n.text.split()) == text)
            spots.append(np.mean(map_points(matrix, note.outline), axis=0))
        assert np.linalg.norm(spots[0] - spots[1]) < 0.01 * max(wall.size_px)
    pictures = [b for b in flatten(compose_report(event)) if isinstance(b, Picture)]
    assert [p.file for p in pictures].count(wall.picture) == 1
    assert "Photos 1, 2, joined into one picture" in [inline_text(p.caption) for p in pictures]
    place_pictures(output, event, [(p.folder, p.entry) for p in photos], found.pictures)
    assert (output / "pictures" / wall.picture).read_bytes() == path.read_bytes()
    # again: the picture is taken over; with a part gone, it goes too
    written = path.stat().st_mtime_ns
    assert find(photos, output) == found
    assert path.stat().st_mtime_ns == written
    assert find(photos[:1], output).walls == ()
    assert not path.exists()


def test_a_template_filled_in_twice_stays_two_sheets(tmp_path: Path) -> None:
    order = np.random.default_rng(11).permutation(len(SAID))
    other = draw_wall([SAID[i] for i in order], seed=1)
    tmp_path.joinpath("event").mkdir()
    shot = photograph(other, box_view(0, 0, 3600, 2000, askew=-0.05), seed=9)
    photos = [
        keep(tmp_path / "event", "one", see_views()["overview"], write_notes(see_wall(), see_views()["overview"], "one")),
        keep(tmp_path / "event", "two", shot, write_notes(other, shot, "two")),
    ]
    found = find(photos, tmp_path / "out")
    assert found.overlaps == ()
    assert not any(p.seen_again for p in build(photos, found).arrangement.placements)


def test_two_walls_behind_one_chair_stay_two(tmp_path: Path) -> None:
    one, two = draw_wall(seed=21, title="Problems"), draw_wall(tuple(reversed(SAID)), seed=22, title="Hopes")
    chair = draw_wall(("Table four",) * 3, seed=23, title="", ground="carpet").rgb[200:640, 100:1300]
    tmp_path.joinpath("event").mkdir()
    photos = []
    for k, wall in enumerate((one, two)):
        wall.rgb[1500:1940, 1200:2400] = chair
        shot = photograph(wall, box_view(0, 0, 3600, 2000), seed=30 + k)
        photos.append(keep(tmp_path / "event", str(k), shot, write_notes(wall, shot, str(k))))
    assert find(photos, tmp_path / "out").overlaps == ()


def test_the_same_photo_taken_twice_is_one_view_and_no_wall_in_parts(tmp_path: Path) -> None:
    again = photograph(see_wall(), box_view(10, 5, 3600, 1995, askew=0.055), seed=77, uneven=0.2)
    photos = keep_all(tmp_path / "event", see_wall(), {"overview": see_views()["overview"], "again": again}, {"again": MISREAD})
    found = find(photos, tmp_path / "out")
    assert len(found.overlaps) == 1
    assert found.walls == ()
    event = build(photos, found)
    assert Counter(said(event, "reported")) == Counter([*SAID, "What matters here"])
    assert [p.part_of for p in event.photos] == [None, None]
    text = told(event)
    assert "Looks nearly the same as photo 1." in text or "Shows some of the same wall as: Photo 1." in text


@pytest.mark.slow
def test_photographed_walls_through_the_whole_product(tmp_path: Path) -> None:
    """Drawn walls are read by the real engine: overview with close-ups, and the same wall's parts as an event of their own."""
    for name, views in (("close-ups", see_views()), ("parts", see_parts())):
        folder = tmp_path / name
        folder.mkdir()
        for key, view in views.items():
            Image.fromarray(view.rgb).resize((2400, 1800), Image.Resampling.LANCZOS).save(folder / f"{key}.jpg", quality=92)
    outcomes = api.report_events([tmp_path / "close-ups", tmp_path / "parts"], output=tmp_path / "out", jobs=2)
    for outcome, views in zip(outcomes, (see_views(), see_parts()), strict=True):
        assert isinstance(outcome, api.Outcome)
        assert outcome.accounting.balanced
        event = Event.model_validate_json((Path(outcome.output) / "notes.json").read_bytes())
        reported = Counter(" ".join(t.split()).casefold() for t in said(event, "reported"))
        whole = [t.casefold() for t in SAID if any(_shows(view, t) for view in views.values())]
        assert len(whole) >= 28
        assert all(reported[t] <= 1 for t in whole), reported
        assert sum(reported[t] for t in whole) >= 0.6 * len(whole)  # the overview's small stickies are cut apart here and there
        words = Counter(w for t in reported.elements() for w in t.split())
        assert sum((Counter(w for t in whole for w in t.split()) - words).values()) <= 0.05 * sum(len(t.split()) for t in whole)
        assert sum((words - Counter(w for t in (*whole, "what matters here") for w in t.split())).values()) <= 4
        assert sum(p.seen_again for p in event.arrangement.placements) >= 8
        # each event knows its own photos only
        assert {i for o in event.overlaps for i in (o.photo_id, o.other_id)} <= {p.id for p in event.photos}
    parts = Event.model_validate_json((Path(outcomes[1].output) / "notes.json").read_bytes())  # type: ignore[union-attr]
    assert len(parts.walls) == 1
    assert (Path(outcomes[1].output) / "pictures" / parts.walls[0].picture).is_file()  # type: ignore[union-attr]


def _shows(view: View, text: str) -> bool:
    return any(" ".join(n.text.split()) == text for n in write_notes(see_wall(), view, "x"))
