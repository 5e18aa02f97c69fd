"""Lines at known places become the notes that a person sees."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from conftest import share
from hypothesis import given, settings
from hypothesis import strategies as st

from digitise.layout import Sticky, make_notes
from digitise.layout.blocks import BULLET
from digitise.layout.ink import ink_colour, same_ink
from digitise.model import Line, Note, Photo, Point, Quad, Surface, Word

PHOTO = Photo(id="0123456789abcdef", file="a.jpg", sha256="0" * 64, width_px=2000, height_px=1500)
PAPER = np.full((1500, 2000, 3), 240, np.uint8)
MARGIN = 100


def turn(p: Point, angle: float, centre: Point = (1000, 750)) -> Point:
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = p[0] - centre[0], p[1] - centre[1]
    return (centre[0] + c * x - s * y, centre[1] + s * x + c * y)


def write(text: str, x: float, y: float, *, height: float = 40, angle: float = 0, gap: float = 0.35) -> Line:
    """A line whose box has its top left at (x, y) before the page is turned; letters half as wide as the box is high."""
    words = []
    left = x
    for token in text.split(" "):
        right = left + 0.5 * height * len(token)
        corners = [(left, y), (right, y), (right, y + height), (left, y + height)]
        words.append(Word(text=token, confidence=0.95, quad=tuple(turn(p, angle) for p in corners)))  # type: ignore[arg-type]
        left = right + gap * height
    quad: Quad = (words[0].quad[0], words[-1].quad[1], words[-1].quad[2], words[0].quad[3])
    return Line(words=tuple(words), raw=text, confidence=0.95, quad=quad, engine="test")


def notes_of(
    lines: list[Line], stickies: list[Sticky] | None = None, surfaces: list[Surface] | None = None, rgb: np.ndarray = PAPER
) -> list[Note]:
    """Of a photo of the page, or of as much of it as is written on: bare paper takes as long to look at as any other."""
    corners = [p for line in lines for p in line.quad] + [p for s in stickies or [] for p in s.outline]
    width, height = (
        min(most, math.ceil(max((p[k] for p in corners), default=0)) + MARGIN) for k, most in ((0, rgb.shape[1]), (1, rgb.shape[0]))
    )
    photo = PHOTO.model_copy(update={"width_px": width, "height_px": height})
    seen = np.ascontiguousarray(rgb[:height, :width])
    return make_notes(photo=photo, lines=lines, stickies=stickies or [], surfaces=surfaces or [], rgb=seen)


def sticky(x: float, y: float, side: float = 300, colour: str = "yellow") -> Sticky:
    return Sticky(((x, y), (x + side, y), (x + side, y + side), (x, y + side)), colour, 0.9)  # type: ignore[arg-type]


def test_a_flipchart_list() -> None:
    notes = notes_of(
        [
            write("TRANSPORT", 300, 100, height=80),
            write("- No bus after six so people who", 320, 250),
            write("work late cannot get home", 350, 295),
            write("- Taxi is too dear", 320, 350),
            write("- Council to talk to the bus", 320, 405),
            write("company", 350, 450),
        ]
    )
    assert [n.text for n in notes] == [
        "TRANSPORT",
        "No bus after six so people who\nwork late cannot get home",
        "Taxi is too dear",
        "Council to talk to the bus\ncompany",
    ]
    title, *bullets = notes
    assert title.role in ("title", "heading")
    assert [b.role for b in bullets] == ["bullet"] * 3
    assert all(b.under == title.id for b in bullets)
    assert [n.order for n in notes] == [0, 1, 2, 3]
    # a list mark is no word, but the raw reading keeps it
    assert bullets[0].lines[0].raw.startswith("- No")


def test_rows_of_unequal_letters_are_read_from_top_to_bottom() -> None:
    lines = [
        write(f"point {name} here", 300, 200 + 100 * i, height=h)
        for i, (name, h) in enumerate(zip("abcdef", (40, 55, 38, 57, 41, 52), strict=True))
    ]
    assert [n.text for n in notes_of(lines[::-1])] == [f"point {name} here" for name in "abcdef"]


def test_two_columns_are_kept_apart_under_their_own_headings() -> None:
    lines = [write("Problems", 100, 100, height=64), write("Actions", 1100, 100, height=64)]
    for i in range(3):
        # the detector reads straight across both columns
        left, right = write(f"- problem number {i} here", 100, 220 + 90 * i), write(f"- action number {i} there", 1100, 220 + 90 * i)
        words = (*left.words, *right.words)
        quad: Quad = (words[0].quad[0], words[-1].quad[1], words[-1].quad[2], words[0].quad[3])
        lines.append(Line(words=words, raw=f"{left.raw} {right.raw}", confidence=0.95, quad=quad))
    notes = notes_of(lines)
    by_text = {n.text: n for n in notes}
    assert len(notes) == 8
    for i in range(3):
        assert by_text[f"problem number {i} here"].under == by_text["Problems"].id
        assert by_text[f"action number {i} there"].under == by_text["Actions"].id
    order = [n.text for n in notes]
    assert order.index("problem number 2 here") < order.index("Actions")


def test_lists_side_by_side_part_at_their_marks() -> None:
    left, right = ["- open meeting with", "the cabinet"], ["- set up a trust", "to own it"]
    lines = [write(text, 100, 200 + 45 * i) for i, text in enumerate(left)]
    start = lines[0].quad[1][0] + 0.9 * 40
    lines += [write(text, start, 200 + 45 * i) for i, text in enumerate(right)]
    assert {n.text for n in notes_of(lines)} == {"open meeting with\nthe cabinet", "set up a trust\nto own it"}


def test_one_sticky_is_one_note_even_when_a_line_runs_over_two() -> None:
    across = write("evening drop-in", 120, 150)
    other = write("more buses", 620, 150)
    words = (*across.words, *other.words)
    quad: Quad = (words[0].quad[0], words[-1].quad[1], words[-1].quad[2], words[0].quad[3])
    lines = [Line(words=words, raw="evening drop-in more buses", confidence=0.9, quad=quad), write("for carers", 120, 200)]
    notes = notes_of(lines, [sticky(100, 100, 400), sticky(600, 100, 400, "pink")])
    assert {(n.text, n.colour) for n in notes} == {("evening drop-in\nfor carers", "yellow"), ("more buses", "pink")}
    assert all(n.container == "sticky" and n.legible == "full" for n in notes)
    # the raw reading of a line that was cut is made of its own words only
    assert {line.raw for n in notes for line in n.lines} == {"evening drop-in", "for carers", "more buses"}


def test_writing_above_stickies_is_their_heading() -> None:
    notes = notes_of(
        [write("What already works", 100, 60, height=50), write("lunch club", 120, 250), write("walking group", 520, 250)],
        [sticky(100, 180), sticky(500, 180)],
    )
    heading = next(n for n in notes if n.container == "none")
    assert heading.role in ("title", "heading")
    assert [n.under for n in notes if n.container == "sticky"] == [heading.id, heading.id]


def sheet(name: str, x0: float, y0: float, x1: float, y1: float) -> Surface:
    quad: Quad = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return Surface(id=name, quad=quad, what="sheet", confidence=0.9, size_px=(10, 10), homography=(1, 0, 0, 0, 1, 0, 0, 0, 1))


@pytest.mark.parametrize("cards", [False, True])
@pytest.mark.parametrize(("slant", "height"), [(-8, 60), (-8, 40), (8, 40), (-10, 60)])
def test_slanted_headings_head_the_level_stickies_under_them(slant: float, height: float, cards: bool) -> None:
    """cards: whether the card of each heading was taken for a sheet."""
    places = [(300.0, 400.0), (1500.0, 400.0)]
    heads = [write(name, *turn(p, -slant), height=height, angle=slant) for name, p in zip(("Good", "Bad"), places, strict=True)]
    stickies = [sticky(x, y + down) for x, y in places for down in (120, 500)]
    texts = ("long days", "new friends", "early end", "cold room")
    lines = [write(text, s.outline[0][0] + 30, s.outline[0][1] + 120, height=30) for text, s in zip(texts, stickies, strict=True)]
    sheets = [sheet(f"s{i}", x - 40, y - 60, x + 220, y + 110) for i, (x, y) in enumerate(places) if cards]
    notes = {n.text: n for n in notes_of([*heads, *lines], stickies, sheets)}
    name = {n.id: n.text for n in notes.values()}
    assert [name.get(notes[text].under or "") for text in texts] == ["Good", "Good", "Bad", "Bad"]


def test_a_blank_sticky_is_kept_as_a_note_nobody_could_read() -> None:
    (note,) = notes_of([], [sticky(100, 100)])
    assert note.text == "" and note.legible == "no" and note.container == "sticky" and note.confidence == 0


def test_writing_that_could_not_be_read_is_kept_as_a_note_or_marks_its_neighbour() -> None:
    def unread(x: float, y: float) -> Line:
        return Line(words=(), raw="", confidence=0, quad=((x, y), (x + 300, y), (x + 300, y + 40), (x, y + 40)))

    notes = notes_of([write("legible words here", 100, 100), unread(100, 145), unread(1200, 900), unread(1200, 945)])
    read, lost = notes
    assert read.text == "legible words here" and read.legible == "partial"
    assert lost.text == "" and lost.legible == "no" and lost.role == "label"
    assert lost.bbox == (1200, 900, 1500, 985)
    (held,) = notes_of([unread(150, 200)], [sticky(100, 100, 400)])
    assert held.container == "sticky" and held.legible == "no"


@pytest.mark.parametrize("angle", [0, 90, 180, -90, 7])
def test_turned_writing_keeps_its_lines_in_order(angle: float) -> None:
    lines = [write("first line of the note", 600, 600, angle=angle), write("goes on here", 600, 645, angle=angle)]
    (note,) = notes_of(lines[::-1])
    assert note.text == "first line of the note\ngoes on here"


def test_another_pen_begins_another_note() -> None:
    rgb = PAPER.copy()
    lines = [write("children need a place", 100, 100), write("to play after school", 100, 145)]
    for line, colour in zip(lines, ((200, 20, 30), (20, 30, 200)), strict=True):
        (x0, y0), (x1, y1) = line.quad[0], line.quad[2]
        rgb[int(y0) + 12 : int(y1) - 12 : 4, int(x0) : int(x1)] = colour
    assert len(notes_of(lines)) == 1
    assert len(notes_of(lines, rgb=rgb)) == 2
    assert not same_ink(ink_colour(rgb, lines[0].quad), ink_colour(rgb, lines[1].quad))


@pytest.mark.parametrize("angle", [30, 45, -40, 60])
def test_slanted_writing_on_a_level_sheet_is_one_note(angle: float) -> None:
    level = [write(f"another point number {name}", 100, 100 + 120 * i) for i, name in enumerate(["one", "two", "three"])]
    slanted = [
        write(text, 1000, 750 + 45 * i, angle=angle + turn)
        for i, (text, turn) in enumerate([("are we making the", 3), ("drought worse here", -3)])
    ]
    assert "are we making the\ndrought worse here" in [n.text for n in notes_of([*level, *slanted])]


def test_the_ink_of_a_slanted_line_is_its_own() -> None:
    line = write("are we making it worse", 900, 700, angle=40)
    rgb = PAPER.copy()
    for word in line.words:
        (x0, y0), (x1, y1) = (np.asarray(word.quad).mean(axis=0) + d for d in (-6, 6))
        rgb[int(y0) : int(y1), int(x0) : int(x1)] = (20, 30, 200)
    beside = rgb.copy()
    x0, y0 = np.asarray(line.quad).min(axis=0).astype(int)
    beside[y0 : y0 + 90, x0 + 200 : x0 + 500] = (250, 200, 60)  # a sticky inside the line's upright box
    assert same_ink(ink_colour(rgb, line.quad), ink_colour(beside, line.quad))


def test_words_squeezed_in_between_two_rows_do_not_part_them() -> None:
    rows = [write("how can we prepare for floods and", 300, 300), write("droughts in all the communities", 300, 344)]
    (note,) = notes_of([*rows, write("tornado", 800, 344, height=26)])
    assert note.text.startswith("how can we prepare") and note.text.endswith("in all the communities") and "tornado" in note.text


def test_stickies_on_a_photo_turned_by_a_quarter_stand_under_their_heading() -> None:
    centre = (1000.0, 750.0)
    cards = [(400, 300), (800, 300), (1200, 300)]
    lines = [
        write("We like what works", 420, 200, height=60),
        *(write(f"point number {i}", x + 20, y + 60) for i, (x, y) in enumerate(cards)),
    ]
    stickies = [sticky(x, y) for x, y in cards]
    turned = [
        write(" ".join(w.text for w in line.words), line.quad[0][0], line.quad[0][1], height=line.quad[3][1] - line.quad[0][1], angle=90)
        for line in lines
    ]
    outlines = [Sticky(tuple(turn(p, 90, centre) for p in s.outline), s.colour, 0.9) for s in stickies]  # type: ignore[arg-type]
    for notes in (notes_of(lines, stickies), notes_of(turned, outlines)):
        heading = next(n for n in notes if n.text.startswith("We like"))
        assert [n.under for n in notes if n.container == "sticky"] == [heading.id] * 3


def test_names_and_values_are_items_of_their_own() -> None:
    fields = ["Source: a string", "Read: a character", "Move to: a direction"]
    assert [n.text for n in notes_of([write(t, 300, 300 + 45 * i) for i, t in enumerate(fields)])] == fields
    times = [write("we begin at: 10:30 and", 300, 300), write("end about 11:45 there", 300, 345)]
    assert len(notes_of(times)) == 1


def test_columns_that_nearly_touch_are_told_by_their_edges() -> None:
    names = [["rosie", "hanna", "cherry", "stella"], ["lilly", "cassie", "blossom", "mira"]]
    widest = 300 + 20 * max(map(len, names[0]))
    lines = [write(name, x, 300 + 45 * i) for x, column in zip((300, widest + 12), names, strict=True) for i, name in enumerate(column)]
    assert {w for n in notes_of(lines) for w in n.text.split("\n")} == {name for column in names for name in column}


def test_what_is_underlined_ends_there() -> None:
    lines = [write("Anna", 300, 300), write("Mila", 300, 345)]
    assert len(notes_of(lines)) == 1
    rgb = PAPER.copy()
    rgb[338:342, 300:380] = 30  # too short for a rule between items
    assert [n.text for n in notes_of(lines, rgb=rgb)] == ["Anna", "Mila"]


def test_sheets_side_by_side_do_not_share_headings() -> None:
    lines = [write("Housing", 100, 80, height=70), write("Health", 1100, 80, height=70)]
    lines += [write("damp flats in the valley", 120, 300), write("long waits for a doctor", 1120, 300)]
    notes = {n.text: n for n in notes_of(lines, surfaces=[sheet("s1", 0, 0, 1000, 1400), sheet("s2", 1000, 0, 2000, 1400)])}
    assert notes["damp flats in the valley"].under == notes["Housing"].id
    assert notes["long waits for a doctor"].under == notes["Health"].id
    assert notes["Health"].surface_id == "s2"


def test_a_sheet_whose_heading_slants_is_one_although_it_holds_one_sticky_only() -> None:
    slant, places = -10, [(1000.0, 400.0), (1500.0, 400.0)]
    heads = [
        write(name, *turn(p, -slant), height=height, angle=slant)
        for name, p, height in zip(("Good", "Bad"), places, (100, 40), strict=True)
    ]
    lines = [write(text, x + 30, y + 270, height=30) for text, (x, y) in zip(("long days", "early end"), places, strict=True)]
    sheets = [sheet(f"s{i}", x - 50, y - 100, x + 440, y + 600) for i, (x, y) in enumerate(places)]
    notes = {n.text: n for n in notes_of([*heads, *lines], [sticky(x, y + 150) for x, y in places], sheets)}
    assert [notes[text].under for text in ("long days", "early end")] == [notes["Good"].id, notes["Bad"].id]
    assert notes["Good"].under is None and notes["Bad"].under is None


placed = st.tuples(
    st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=8), min_size=1, max_size=5).map(" ".join),
    st.integers(0, 1700),
    st.integers(0, 1400),
    st.sampled_from([24, 40, 70]),
    st.sampled_from([0, 3, 90, 180, -85]),
)


@given(st.lists(placed, max_size=14), st.lists(st.tuples(st.integers(0, 1600), st.integers(0, 1100)), max_size=4))
@settings(max_examples=share(25), deadline=None)
def test_no_word_is_lost_or_doubled_and_headings_have_no_loops(
    lines: list[tuple[str, int, int, int, int]], places: list[tuple[int, int]]
) -> None:
    written = [write(text, x, y, height=h, angle=a) for text, x, y, h, a in lines]
    notes = notes_of(written, [sticky(x, y) for x, y in places])
    assert Counter(w.text for n in notes for w in n.words) == Counter(w.text for line in written for w in line.words)
    assert all(" ".join(n.text.split()) == " ".join(w.text for w in n.words) for n in notes)
    assert sum(n.container == "sticky" for n in notes) == len(places)
    assert len({n.id for n in notes}) == len(notes)
    assert [n.order for n in notes] == list(range(len(notes)))
    under = {n.id: n.under for n in notes}
    for start in under:
        seen: set[str] = set()
        at: str | None = start
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = under[at]


@pytest.mark.parametrize(
    ("text", "is_bullet"),
    [
        ("- go", True),
        ("•go", True),
        ("1. first", True),
        ("2) next", True),
        ("10 people", False),
        ("a) one", True),
        ("-5 degrees", False),
        (". no", True),
        (".no", False),
    ],
)
def test_bullets(text: str, is_bullet: bool) -> None:
    assert bool(BULLET.match(text)) is is_bullet


def test_a_list_mark_that_only_the_first_reading_saw_begins_an_item() -> None:
    lines = [write("Distrustful of", 200, 200), write("new products", 200, 250), write("Busy with children", 200, 300)]
    marked = [line.model_copy(update={"raw": f"• {line.raw}"}) if k != 1 else line for k, line in enumerate(lines)]
    assert [n.text for n in notes_of(marked)] == ["Distrustful of\nnew products", "Busy with children"]


def test_a_title_on_two_rows_is_one() -> None:
    title = [write("Connecting", 200, 200, height=80), write("Communities", 200, 290, height=80)]
    below = [write(text, 200, 450 + 80 * k) for k, text in enumerate(("Older people see nobody", "Buses end at six", "The hall is cold"))]
    assert notes_of([*title, *below])[0].text == "Connecting\nCommunities"
