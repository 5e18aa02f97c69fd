"""Notes on several photos of one wall: which are one, which photo shows them best, and that none is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np
import pytest
from conftest import share
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.arranging import arrange, confirm_overlaps, propose_pairs
from digitise.arranging.overlaps import ALL_PAIRS, MOST_BY_WORDS, NEIGHBOURS
from digitise.arranging.seen_again import find_seen_again
from digitise.config import Config
from digitise.geometry import box_quad, map_points
from digitise.model import Arrangement, Line, Note, Overlap, Photo, Placement, Point, Word

ZOOM = np.array([[3.0, 0.1, -300], [-0.05, 3.1, -260], [0.00002, 0, 1]])
"""Wall or overview px -> close-up px."""
SIDE = 100.0


def write(photo: str, text: str, at: Point, *, matrix: np.ndarray | None = None, confidence: float = 0.9, **fields: object) -> Note:
    """A sticky at a place of the wall, as a photo shows it; its words stand in a column."""
    matrix = np.eye(3) if matrix is None else matrix
    (x, y), words = at, text.split()
    step = SIDE / max(3, len(words))
    quads = [tuple(map_points(matrix, box_quad((x + 5, y + k * step, x + 95, y + (k + 0.8) * step)))) for k in range(len(words))]
    read = tuple(Word(text=w, confidence=confidence, quad=q) for w, q in zip(words, quads, strict=True))  # type: ignore[arg-type]
    values = {
        "id": f"{photo}-{x:g}-{y:g}-{text[:3]}",
        "photo_id": photo,
        "outline": tuple(map_points(matrix, box_quad((x, y, x + SIDE, y + SIDE)))),
        "container": "sticky",
        "text": text,
        "lines": tuple(Line(words=(w,), raw=w.text, confidence=confidence, quad=w.quad) for w in read),
        "confidence": confidence if words else 0.0,
        "legible": "full" if words else "no",
    }
    return Note.model_validate(values | fields)


def overlap(a: str = "wall", b: str = "near", matrix: np.ndarray = ZOOM, confidence: float = 0.9) -> Overlap:
    numbers = tuple(float(v) for v in matrix.ravel())
    return Overlap(photo_id=a, other_id=b, homography=numbers, shares=(0.2, 1.0), confidence=confidence)


def photo(photo_id: str, **fields: object) -> Photo:
    base = {"id": photo_id, "file": f"{photo_id}.jpg", "sha256": photo_id * 4, "width_px": 1200, "height_px": 900}
    return Photo.model_validate(base | fields)


def place(answer: Arrangement, note: Note) -> Placement:
    return next(p for p in answer.placements if p.note_id == note.id)


def lay(notes: list[Note], overlaps: Iterable[Overlap]) -> Arrangement:
    ids = dict.fromkeys(n.photo_id for n in notes)
    ordered = [n.model_copy(update={"order": k}) for k, n in enumerate(notes)]
    return arrange(ordered, [photo(i) for i in ids], Config(), overlaps=list(overlaps))


def test_a_note_of_an_overview_is_reported_from_its_close_up() -> None:
    far = write("wall", "Mend tho poth lighls", (200, 100), confidence=0.6)
    near = write("near", "Mend the path lights", (200, 100), matrix=ZOOM)
    other = write("wall", "More buses on Sundays", (700, 500))
    answer = lay([far, other, near], [overlap()])
    assert place(answer, far).model_dump(include={"fate", "duplicate_of", "seen_again"}) == {
        "fate": "duplicate",
        "duplicate_of": near.id,
        "seen_again": True,
    }
    assert [place(answer, n).fate for n in (near, other)] == ["reported", "reported"]


def test_a_blurred_close_up_loses_to_a_sharp_overview() -> None:
    far = write("wall", "Mend the path lights", (200, 100))
    near = write("near", "Mnd tne ligts", (200, 100), matrix=ZOOM, confidence=0.4)
    assert find_seen_again([far, near], [overlap()]) == {near.id: far.id}


def test_what_nobody_could_read_on_one_photo_is_read_on_the_other() -> None:
    far = write("wall", "", (200, 100))
    near = write("near", "Mend the path lights", (200, 100), matrix=ZOOM)
    answer = lay([far, near], [overlap()])
    assert place(answer, far).fate == "duplicate"
    assert place(answer, near).fate == "reported"
    both = lay([far, write("near", "", (200, 100), matrix=ZOOM)], [overlap()])
    assert sorted(p.fate for p in both.placements) == ["duplicate", "unreadable"]


def test_a_place_alone_tells_nothing_where_the_wall_itself_is_not_sure() -> None:
    notes = [write("wall", "", (200, 100)), write("near", "Mend the path lights", (200, 100), matrix=ZOOM)]
    assert find_seen_again(notes, [overlap(confidence=0.9)]) == {notes[0].id: notes[1].id}
    assert find_seen_again(notes, [overlap(confidence=0.3)]) == {}


def test_a_sticky_put_over_another_between_two_photos_is_another_note() -> None:
    notes = [write("wall", "Mend the path lights", (200, 100)), write("near", "Choir needs a piano", (200, 100), matrix=ZOOM)]
    assert find_seen_again(notes, [overlap()]) == {}


def test_two_people_who_say_the_same_stay_two_on_every_photo() -> None:
    places = [(200.0, 100.0), (320.0, 100.0)]
    far = [write("wall", "More buses", at) for at in places]
    near = [write("near", "More buses", at, matrix=ZOOM, confidence=c) for at, c in zip(places, (0.95, 0.3), strict=True)]
    for notes in ([*far, *near], [*near, *far]):
        link = overlap() if notes[0] is far[0] else overlap("near", "wall", np.linalg.inv(ZOOM))
        answer = arrange(
            [n.model_copy(update={"order": k}) for k, n in enumerate(notes)],
            [photo("wall"), photo("near", similar_to="wall")],
            Config(),
            overlaps=[link],
        )
        assert sorted(p.fate for p in answer.placements) == ["duplicate", "duplicate", "duplicate", "reported"]
        assert sum(p.fate == "duplicate" and not p.seen_again for p in answer.placements) == 1, "it was said by two people"
        assert place(answer, far[0]).duplicate_of == near[0].id
        assert place(answer, near[1]).duplicate_of == far[1].id


def test_one_note_that_a_photo_shows_in_two_parts_is_printed_once() -> None:
    whole = write("near", "Ask the surgery to tell waiting times", (200, 100), matrix=ZOOM)
    top = write("wall", "Ask the surgery to", (200, 100), container="none")
    low = write("wall", "tell waiting times", (200, 157), container="none")
    top, low = (
        n.model_copy(update={"lines": lines, "outline": n.outline})
        for n, lines in zip((top, low), _split(write("wall", "Ask the surgery to tell waiting times", (200, 100)), 4), strict=True)
    )
    answer = lay([top, low, whole], [overlap()])
    assert [place(answer, n).fate for n in (top, low, whole)] == ["duplicate", "duplicate", "reported"]
    assert place(answer, top).duplicate_of == place(answer, low).duplicate_of == whole.id


def _split(note: Note, at: int) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    return note.lines[:at], note.lines[at:]


def test_two_stickies_that_one_photo_runs_together_are_two() -> None:
    one, two = write("near", "Warm room", (200, 100), matrix=ZOOM), write("near", "Choir piano", (300, 100), matrix=ZOOM)
    flat = [write("wall", "Warm room", (200, 100)), write("wall", "Choir piano", (300, 100))]
    both = flat[0].model_copy(
        update={
            "id": "both",
            "text": "Warm room\nChoir piano",
            "lines": flat[0].lines + flat[1].lines,
            "outline": box_quad((200, 100, 400, 200)),
        }
    )
    answer = lay([both, one, two], [overlap()])
    assert [place(answer, n).fate for n in (both, one, two)] == ["duplicate", "reported", "reported"]


def test_a_close_up_without_its_heading_keeps_its_theme() -> None:
    head = write("wall", "Young people", (200, 0), role="heading", container="none")
    far = write("wall", "Cheap bikes for teens", (200, 110), under=head.id, confidence=0.5)
    lone = write("wall", "Phone box library", (320, 110), under=head.id)
    near = write("near", "Cheap bikes for teens", (200, 110), matrix=ZOOM)
    answer = lay([head, far, lone, near], [overlap()])
    assert place(answer, near).fate == "reported"
    section = next(s for s in answer.sections if s.id == place(answer, near).section_id)
    assert section.title_note_id == head.id
    assert set(section.note_ids) == {near.id, lone.id}


def test_one_heading_read_in_two_ways_is_one_theme() -> None:
    far_head = write("wall", "Yeung peeple", (200, 0), role="heading", container="none", confidence=0.5)
    far = write("wall", "Cheap bikes for teens", (600, 110), under=far_head.id)
    near_head = write("near", "Young people", (200, 0), role="heading", container="none", matrix=ZOOM)
    near = write("near", "Phone box library", (200, 110), under=near_head.id, matrix=ZOOM)
    answer = lay([far_head, far, near_head, near], [overlap()])
    assert place(answer, far).section_id == place(answer, near).section_id
    assert [s.title for s in answer.sections] == ["Young people"]


def test_one_title_read_in_two_ways_is_one_theme() -> None:
    far_title = write("wall", "Yeung peeple", (200, 0), role="title", container="none", confidence=0.5)
    near_title = write("near", "Young people", (200, 0), role="title", container="none", matrix=ZOOM)
    far, near = write("wall", "Cheap bikes for teens", (600, 110)), write("near", "Phone box library", (200, 110), matrix=ZOOM)
    answer = lay([far_title, far, near_title, near], [overlap()])
    assert place(answer, far_title).duplicate_of == near_title.id
    assert [s.title for s in answer.sections] == ["Young people"]
    assert place(answer, far).section_id == place(answer, near).section_id


def test_links_that_contradict_each_other_make_no_two_notes_of_a_photo_one() -> None:
    one, two = write("wall", "More buses", (200, 100)), write("wall", "More buses", (320, 100))
    far, near = write("far", "More buses", (200, 100)), write("near", "More buses", (200, 100), matrix=ZOOM)
    shifted = ZOOM @ np.array([[1.0, 0, -120], [0, 1, 0], [0, 0, 1]])
    links = [overlap("wall", "far", np.eye(3)), overlap("far", "near", ZOOM), overlap("wall", "near", shifted)]
    found = find_seen_again([one, two, far, near], links)
    kept = {found.get(n.id, n.id) for n in (one, two)}
    assert len(kept) == 2


def test_three_photos_of_a_note_have_one_best_view() -> None:
    nearer = np.diag([1.5, 1.5, 1.0])
    notes = [
        write("wall", "Mend the path", (200, 100), confidence=0.8),
        write("near", "Mend the path", (200, 100), matrix=ZOOM, confidence=0.8),
        write("nearest", "Mend the path", (200, 100), matrix=nearer @ ZOOM, confidence=0.8),
    ]
    links = [overlap(), overlap("near", "nearest", nearer), overlap("wall", "nearest", nearer @ ZOOM)]
    assert find_seen_again(notes, links) == {notes[0].id: notes[2].id, notes[1].id: notes[2].id}
    assert find_seen_again(notes, links[:2]) == {notes[0].id: notes[2].id, notes[1].id: notes[2].id}


WORDS = ("bus", "path", "light", "choir", "piano", "bench", "river", "school", "hall", "welsh", "class", "food", "bank", "tools", "seeds")


@settings(max_examples=share(60), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5)), min_size=1, max_size=14, unique=True),
    st.randoms(use_true_random=False),
    st.sets(st.integers(0, 13)),
    st.booleans(),
)
def test_nothing_is_lost_or_told_twice_whatever_the_walls_hold(
    cells: list[tuple[int, int]], chance: object, gone: set[int], runs_together: bool
) -> None:
    """Three photos of one wall, some notes unread, misread or missing: each note of the wall is printed once."""
    pick = chance.choice  # type: ignore[attr-defined]
    notes: list[Note] = []
    mats = {"wall": np.eye(3), "near": ZOOM, "far": np.diag([0.6, 0.6, 1.0])}
    for k, (column, row) in enumerate(cells):
        text = " ".join(f"{pick(WORDS)}{k}" for _ in range(3))
        for name, matrix in mats.items():
            if k in gone and name == "near":
                continue
            read = "" if name == "far" and pick((True, False)) else text
            notes.append(
                write(name, read, (column * 120.0, row * 120.0), matrix=matrix, confidence=pick((0.5, 0.7, 0.95)), id=f"{name}{k}")
            )
    links = [overlap(), overlap("wall", "far", mats["far"])]
    if runs_together:
        links.append(overlap("near", "far", mats["far"] @ np.linalg.inv(ZOOM)))
    found = find_seen_again(notes, links)
    assert all(kept not in found for kept in found.values())
    kept = {n.id for n in notes} - set(found)
    assert sorted(int("".join(filter(str.isdigit, i))) for i in kept) == sorted(range(len(cells)))
    answer = lay(notes, links)
    assert len(answer.placements) == len(notes)


def test_words_bear_a_wall_out_or_speak_against_it() -> None:
    texts = ("Mend the path lights", "Choir needs a piano", "Benches along the river")
    far = [write("wall", t, (200 + 120 * k, 100)) for k, t in enumerate(texts)]
    near = [write("near", t, (200 + 120 * k, 100), matrix=ZOOM) for k, t in enumerate(texts)]
    others = [
        write("near", t, (200 + 120 * k, 100), matrix=ZOOM) for k, t in enumerate(("Cheap bikes for teens", "Story time Welsh", texts[2]))
    ]
    assert confirm_overlaps([overlap()], [*far, *near]) == [overlap()]
    assert confirm_overlaps([overlap()], [*far, *others]) == []
    # nothing is written where both look: then the features must be sure
    assert confirm_overlaps([overlap(confidence=0.9)], far) == [overlap(confidence=0.9)]
    assert confirm_overlaps([overlap(confidence=0.5)], far) == []
    # where the features leave it open, three words are too few, and nine of nine are enough
    assert confirm_overlaps([overlap(confidence=0.3)], [far[0], near[0]]) == []
    assert len(confirm_overlaps([overlap(confidence=0.3)], [*far, *near])) == 1
    # an overview's tiny letters are read as anything: that speaks neither for nor against
    garbled = [write("wall", "xqj vvw kkz", (200 + 120 * k, 100), confidence=0.3) for k in range(3)]
    assert confirm_overlaps([overlap(confidence=0.9)], [*garbled, *near]) == [overlap(confidence=0.9)]


def test_few_pairs_are_compared_however_many_photos_there_are() -> None:
    photos = [photo(f"p{k:04d}", taken=datetime(2026, 5, 9, 10 + k // 60, k % 60)) for k in range(240)]
    notes = [write(p.id, f"common words rare{k} seldom{k} table{k // 30} group{k // 30}", (0, 0)) for k, p in enumerate(photos)]
    again = photos[200].id
    notes.append(write(again, "rare7 seldom7", (200, 0)))
    pairs = propose_pairs(notes, photos)
    assert (photos[7].id, again) in pairs
    assert (photos[8].id, photos[9].id) in pairs
    assert len(pairs) <= len(photos) * (2 * NEIGHBOURS + MOST_BY_WORDS)
    assert len(set(pairs)) == len(pairs)
    assert all(a < b for a, b in pairs)


def test_in_a_small_event_each_photo_is_compared_with_each() -> None:
    photos = [photo(f"p{k}") for k in range(ALL_PAIRS)]
    assert len(propose_pairs([], photos)) == ALL_PAIRS * (ALL_PAIRS - 1) // 2
    assert propose_pairs([], photos[:1]) == []


@pytest.mark.parametrize("similar", [True, False])
def test_photos_that_look_alike_are_always_compared(similar: bool) -> None:
    photos = [photo(f"p{k:02d}", similar_to="p00" if similar and k == 30 else None) for k in range(40)]
    assert (("p00", "p30") in propose_pairs([], photos)) == similar
