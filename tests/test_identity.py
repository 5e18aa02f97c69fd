"""Note ids hang on places: they survive shaky outlines, cuts and joins, and are never given to another note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitise.layout.identity import assign_ids
from digitise.model import Note, Point

PHOTO = "0123456789abcdef"


def box(x: float, y: float, w: float = 200, h: float = 200) -> tuple[Point, ...]:
    return ((x, y), (x + w, y), (x + w, y + h), (x, y + h))


def note(outline: tuple[Point, ...], name: str = "n", under: str | None = None) -> Note:
    return Note(id=name, photo_id=PHOTO, outline=outline, text=name, under=under)


def wall(shift: float = 0.0) -> list[Note]:
    return [note(box(250 * i + shift, 250 * j - shift), f"{i}{j}") for i in range(4) for j in range(3)]


def known(notes: list[Note]) -> list[tuple[str, tuple[Point, ...]]]:
    return [(n.id, n.outline) for n in notes]


def test_a_first_reading_gives_distinct_ids_that_do_not_depend_on_chance() -> None:
    first, again = assign_ids(PHOTO, wall(), []), assign_ids(PHOTO, wall(), [])
    assert first == again
    assert len({n.id for n in first}) == 12
    assert all(n.id.isalnum() and n.id[0] == "n" for n in first)
    assert {n.id for n in first}.isdisjoint(n.id for n in assign_ids("fedcba9876543210", wall(), []))


@given(st.lists(st.tuples(*[st.floats(-25, 25)] * 4), min_size=12, max_size=12), st.randoms())
def test_shaky_outlines_keep_their_ids_in_any_order(shakes: list[tuple[float, float, float, float]], random: object) -> None:
    first = assign_ids(PHOTO, wall(), [])
    by_text = {n.text: n.id for n in first}
    shaken = [
        note(box(n.bbox[0] + dx, n.bbox[1] + dy, 200 + dw, 200 + dh), n.text) for n, (dx, dy, dw, dh) in zip(wall(), shakes, strict=True)
    ]
    random.shuffle(shaken)  # type: ignore[attr-defined]
    assert {n.text: n.id for n in assign_ids(PHOTO, shaken, known(first))} == by_text


def test_a_note_cut_in_two_leaves_its_id_to_one_half() -> None:
    (whole,) = assign_ids(PHOTO, [note(box(0, 0))], [])
    halves = assign_ids(PHOTO, [note(box(0, 0, h=110), "top"), note(box(0, 110, h=90), "bottom")], known([whole]))
    assert [n.id == whole.id for n in halves] == [True, False]


def test_two_notes_joined_keep_one_of_the_ids() -> None:
    parts = assign_ids(PHOTO, [note(box(0, 0, h=120), "top"), note(box(0, 120, h=80), "bottom")], [])
    (joined,) = assign_ids(PHOTO, [note(box(0, 0))], known(parts))
    assert joined.id == parts[0].id


def test_the_id_of_a_lost_note_is_not_given_to_another() -> None:
    first = assign_ids(PHOTO, [note(box(0, 0))], [])
    # its centre lies in the same cell, its outline shares next to nothing
    (other,) = assign_ids(PHOTO, [note(box(95, 95, 10, 10))], known(first))
    assert other.id != first[0].id


def test_notes_with_one_centre_are_told_apart() -> None:
    a, b = assign_ids(PHOTO, [note(box(0, 0), "outer"), note(box(80, 80, 40, 40), "inner")], [])
    assert a.id != b.id


@pytest.mark.parametrize(("under", "kept"), [("head", True), ("gone", False), (None, False)])
def test_headings_are_followed_to_their_new_ids(under: str | None, kept: bool) -> None:
    head, child = assign_ids(PHOTO, [note(box(0, 0), "head"), note(box(0, 300), "child", under=under)], [])
    assert child.under == (head.id if kept else None)


def test_arrows_are_followed_to_the_new_ids() -> None:
    tail = note(box(0, 0), "tail").model_copy(update={"leads_to": ("tip", "gone")})
    tail, tip = assign_ids(PHOTO, [tail, note(box(0, 300), "tip")], [])
    assert tail.leads_to == (tip.id,)
