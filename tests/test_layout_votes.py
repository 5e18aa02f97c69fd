"""Votes beside notes are counted as drawn; list marks, letters and patterns are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from votes_drawing import BLACK, BLUE, GREEN, RED, SIZE, STICKERS, Page, make_word

from digitise.layout.tallies import Stroke, group_strokes
from digitise.layout.votes import count_votes
from digitise.model import Note

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

TEXTS = ("More buses in the evening", "A garden for the school", "Open the library late", "Paint the old bridge")


def page_of(**more: object) -> tuple[Page, list[Note]]:
    page = Page(**more)  # type: ignore[arg-type]
    return page, [page.write(text, 90, 100 + 130 * k) for k, text in enumerate(TEXTS)]


def votes_on(page: Page) -> list[int | None]:
    return [n.votes for n in count_votes(page.photograph(), page.notes)]


def test_stickers_of_four_colours() -> None:
    page, notes = page_of()
    for note, count in zip(notes, (3, 5, 0, 7), strict=True):
        page.dots(note, count, colours=STICKERS)
    found = count_votes(page.photograph(), page.notes)
    assert [n.votes for n in found] == [3, 5, None, 7]
    assert [n.text for n in found] == list(TEXTS)
    box = found[0].votes_box
    x, y = page.end_of(notes[0])
    assert box is not None and box == pytest.approx((x + 14, y - 15, x + 96, y + 15), abs=6)
    assert found[2].votes_box is None


@pytest.mark.parametrize("colour", STICKERS)
def test_stickers_of_one_colour_that_touch(colour: tuple[int, int, int]) -> None:
    page, notes = page_of()
    for note, count in zip(notes, (2, 6, 1, 4), strict=True):
        page.dots(note, count, colours=(colour,), gap=1.85)
    assert votes_on(page) == [2, 6, 1, 4]


def test_stickers_under_a_note_and_in_two_rows() -> None:
    page, notes = page_of()
    for k in range(4):
        page.dot(110 + 34 * k, 168, 12, RED)
    x, y = page.end_of(notes[2])
    for k in range(6):
        page.dot(x + 30 + 30 * (k % 3), y - 15 + 30 * (k // 3), 12, BLUE)
    assert votes_on(page) == [4, None, 6, None]


def test_dots_drawn_with_the_pen_that_wrote() -> None:
    page, notes = page_of()
    for note, count in zip(notes, (4, 0, 2, 3), strict=True):
        page.dots(note, count, colours=(BLACK,), radius=9, gap=3.0)
    assert votes_on(page) == [4, None, 2, 3]


def test_stars_also_before_the_line_and_on_one_another() -> None:
    page = Page()
    notes = [page.write(text, 190, 100 + 150 * k) for k, text in enumerate(TEXTS)]
    page.stars(notes[0], 3)
    page.stars(notes[1], 2, colours=(RED, RED))
    for k, (x, y) in enumerate(((125, 408), (155, 436), (118, 442))):
        page.star(x, y, 22, STICKERS[k], 0.5 * k)
    assert votes_on(page) == [3, 2, 3, None]
    # one more beside them, too far off for the note to claim it
    page.star(90, 470, 22, RED)
    assert votes_on(page) == [3, 2, None, None]


def test_a_star_whose_tip_shines_and_one_that_covers_another() -> None:
    page, notes = page_of()
    page.stars(notes[0], 4)
    x, y = page.end_of(notes[1])
    page.star(x + 40, y, 22, BLUE)
    page.star(x + 72, y + 6, 22, RED, 0.6)
    cv2.circle(page.rgb, (round(x + 40), round(y - 18)), 6, page.paper, -1)
    assert votes_on(page)[:2] == [4, 2]


@pytest.mark.parametrize("level", [False, True])
def test_tallies_with_crossed_fives(level: bool) -> None:
    page, notes = page_of()
    for note, count in zip(notes, (5, 13, 4, 0), strict=True):
        page.tally(note, count, level=level)
    assert votes_on(page) == [5, 13, 4, None]


def test_three_strokes_alone_may_be_a_number() -> None:
    page, notes = page_of()
    page.tally(notes[0], 3)
    assert votes_on(page) == [None] * 4
    page.tally(notes[1], 6)
    assert votes_on(page) == [3, 6, None, None]


def test_ticks_in_rows() -> None:
    page, notes = page_of()
    for note, count in zip(notes, (3, 1, 0, 2), strict=True):
        page.ticks(note, count)
    assert votes_on(page) == [3, 1, None, 2]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("draw", ["dots", "stars", "tally", "ticks"])
def test_pages_seen_from_the_side(draw: str, seed: int) -> None:
    page, notes = page_of()
    counts = [int(c) for c in np.random.default_rng(seed).permutation([8, 5, 0, 3])]
    for note, count in zip(notes, counts, strict=True):
        getattr(page, draw)(note, count)
    found = count_votes(*page.photograph_askew(seed))
    right = [n.votes == (count or None) for n, count in zip(found, counts, strict=True)]
    unsure = [n.votes is None and n.votes_box is not None for n in found]
    assert all(r or u for r, u in zip(right, unsure, strict=True)), "no count is wrong"
    assert sum(right) >= 3


def test_votes_on_stickies() -> None:
    page = Page(size=(1200, 700))
    for k, (colour, count) in enumerate((((250, 225, 90), 3), ((240, 130, 170), 0), ((120, 200, 120), 5))):
        x0 = 60 + 380 * k
        cv2.rectangle(page.rgb, (x0, 100), (x0 + 320, 420), colour, -1)
        page.write("Benches", x0 + 40, 160)
        word = page.notes.pop().words[0]
        outline = ((x0, 100), (x0 + 320, 100), (x0 + 320, 420), (x0, 420))
        page.add([word], container="sticky", outline=outline)
        for i in range(count):
            page.dot(x0 + 60 + 45 * i, 300 + 30 * (i % 2), 13, BLUE if k == 0 else RED)
    assert votes_on(page) == [3, None, 5]


def test_bullets_and_a_key_of_stickers_are_no_votes() -> None:
    page, notes = page_of()
    for note, colour in zip(notes, (BLACK, BLACK, RED, GREEN), strict=True):
        page.dot(60, page.end_of(note)[1], 11, colour)
    assert votes_on(page) == [None] * 4
    page.dots(notes[1], 4)
    assert votes_on(page) == [None, 4, None, None]


def test_dots_of_letters_and_stops_are_no_votes() -> None:
    page = Page()
    for k, text in enumerate(("iii jijij iii...", "Mississippi.", "aeo B8 @ & %", "to do...")):
        page.write(text, 90, 100 + 130 * k)
    assert votes_on(page) == [None] * 4


def test_dotted_paper_and_a_dotted_rule_are_no_votes() -> None:
    page = Page()
    for y in range(20, 1000, 48):
        for x in range(20, 1400, 48):
            page.dot(x, y, 10, (150, 190, 230))
    for k, text in enumerate(TEXTS):
        page.write(text, 90, 100 + 130 * k)
    assert votes_on(page) == [None] * 4
    page, _ = page_of()
    for x in range(90, 900, 34):
        page.dot(x, 172, 8, BLACK)
    assert votes_on(page) == [None] * 4


def test_one_lonely_sticker_is_decoration() -> None:
    page, notes = page_of()
    page.dots(notes[1], 1)
    page.dots(notes[2], 1)
    assert votes_on(page) == [None] * 4


def test_squares_and_triangles_are_no_dots() -> None:
    page, notes = page_of()
    for note in notes:
        x, y = (round(v) for v in page.end_of(note))
        for k in range(3):
            left = x + 20 + 40 * k
            cv2.rectangle(page.rgb, (left, y - 12), (left + 24, y + 12), RED, -1)
    assert votes_on(page) == [None] * 4


def test_what_cannot_be_told_apart_is_left_to_a_person() -> None:
    page, notes = page_of()
    page.dots(notes[0], 3)
    page.dots(notes[1], 3)
    x, y = (round(v) for v in page.end_of(notes[1]))
    # something as large and as red as a sticker among the stickers, torn
    cv2.fillPoly(page.rgb, [np.array([(x + 110, y - 14), (x + 134, y - 4), (x + 122, y + 3), (x + 136, y + 12), (x + 108, y + 12)])], RED)
    found = count_votes(page.photograph(), page.notes)
    assert (found[0].votes, found[1].votes) == (3, None)
    assert found[1].votes_box is not None


def test_stickers_between_two_notes_are_nobodys() -> None:
    page = Page()
    notes = [page.write("More buses", 90, 100), page.write("A garden", 90, 156), page.write("Open late", 90, 500)]
    page.dots(notes[2], 4)
    page.dot(200, 154, 12, RED)
    assert votes_on(page) == [None, None, 4]


@pytest.mark.parametrize("read", ["***", "* * *", "oooo"])
def test_marks_that_were_read_as_words_leave_the_text(read: str) -> None:
    page, notes = page_of()
    x, y = page.end_of(notes[0])
    words = [*page.notes[0].words, make_word(read, x + 12, y - SIZE / 2, 120, 0.5)]
    page.notes[0] = page.notes[0].model_copy(
        update={"lines": (page.notes[0].lines[0].model_copy(update={"words": tuple(words), "raw": f"{TEXTS[0]} {read}"}),)}
    )
    page.notes[0] = page.notes[0].model_copy(update={"text": f"{TEXTS[0]} {read}"})
    for k in range(3):
        page.star(x + 40 + 40 * k, y, 21, RED)
    page.stars(notes[1], 2)
    found = count_votes(page.photograph(), page.notes)[0]
    assert (found.text, found.votes) == (TEXTS[0], 3)
    assert found.lines[0].raw.endswith(read)
    assert all(w.text in TEXTS[0].split() for w in found.words)


def test_a_row_of_marks_that_was_read_as_a_note_is_left_out() -> None:
    page, notes = page_of()
    for note in notes[:2]:
        page.dots(note, 3)
    x, y = page.end_of(notes[0])
    page.add([make_word("•••", x + 12, y - SIZE / 2, 100, 0.6)], role="label")
    found = count_votes(page.photograph(), page.notes)
    assert [n.text for n in found] == list(TEXTS)
    assert [n.votes for n in found] == [3, 3, None, None]
    assert [n.order for n in found] == [0, 1, 2, 3]


@pytest.mark.parametrize(("signs", "count"), [("★★★", 3), ("* * *", 3), ("✓✓", 2), ("IIII", 4), ("x x x", 3)])
def test_signs_that_were_read_as_such_are_counted(signs: str, count: int) -> None:
    page = Page()
    page.write("Longer hours", 90, 100, read=signs)
    page.write("Cheaper buses", 90, 300, read="★★")
    found, other = count_votes(page.photograph(), page.notes)
    assert (found.text, found.votes, other.text, other.votes) == ("Longer hours", count, "Cheaper buses", 2)
    assert found.votes_box is not None and found.votes_box[0] > page.notes[0].words[1].quad[1][0]


@pytest.mark.parametrize("signs", ["★★★", "x x x", "IIII"])
def test_signs_behind_one_note_alone_may_be_its_words(signs: str) -> None:
    page = Page()
    page.write("King Henry", 90, 100, read=signs)
    page.write("Cheaper buses", 90, 300)
    found, _ = count_votes(page.photograph(), page.notes)
    assert (found.text, found.votes) == (f"King Henry {signs}", None)
    assert found.votes_box is not None


@pytest.mark.parametrize("text", ["s***", "0800****", "B★★"])
def test_signs_inside_a_word_are_no_votes(text: str) -> None:
    page = Page()
    page.write("They are", 90, 100, read=text)
    page.write("Cheaper buses", 90, 300, read="★★")
    page.write("Longer hours", 90, 500, read="★★★")
    found, *others = count_votes(page.photograph(), page.notes)
    assert (found.text, found.votes, found.votes_box) == (f"They are {text}", None, None)
    assert [n.votes for n in others] == [2, 3]


def test_the_first_dot_of_a_row_below_a_note_is_no_list_mark() -> None:
    page = Page()
    for k, text in enumerate(TEXTS):
        note = page.write(text, 90, 80 + 230 * k)
        for j in range(k + 2):
            # the row begins a little left of the words
            page.dot(note.lines[0].quad[0][0] - 8 + 30 * j, note.lines[0].quad[3][1] + 22, 12, RED)
    assert [n.votes for n in count_votes(page.photograph(), page.notes)] == [2, 3, 4, 5]


def test_strokes_left_over_beside_a_gate_make_a_count_unsure() -> None:
    page, notes = page_of()
    page.tally(notes[0], 5)
    page.tally(notes[1], 5)
    x, y = page.end_of(notes[1])
    # one more, so far off that it may be a letter
    cv2.line(page.rgb, (round(x + 120), round(y - 17)), (round(x + 120), round(y + 17)), (25, 25, 35), 4, cv2.LINE_AA)
    assert [n.votes for n in count_votes(page.photograph(), page.notes)] == [5, None, None, None]


@pytest.mark.parametrize("text", ["Phase III", "see note *", "rated **", "10 x 10", "Ask us.", "A II", "all", "www"])
def test_words_that_look_like_signs_stay(text: str) -> None:
    page = Page()
    page.write("Plan", 90, 100, read=text)
    (note,) = count_votes(page.photograph(), page.notes)
    assert (note.text, note.votes) == (f"Plan {text}", None)


def test_writing_that_was_not_found_and_empty_photos() -> None:
    assert count_votes(np.full((300, 400, 3), 255, np.uint8), []) == []
    page = Page()
    page.write("Plan", 90, 100)
    blank = page.notes[0].model_copy(update={"lines": (), "text": "", "legible": "no"})
    assert count_votes(page.photograph(), [blank]) == [blank]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(1, 23), min_size=1, max_size=3),
    st.floats(15, 90),
    st.floats(-0.25, 0.25),
    st.integers(0, 2**32 - 1),
)
def test_strokes_of_several_tallies_are_told_apart(counts: list[int], length: float, slant: float, seed: int) -> None:
    """Tallies on rows of their own, drawn by an uneven hand: every stroke in one group, every group one tally."""
    rng = np.random.default_rng(seed)
    strokes: list[Stroke] = []
    worths: list[int] = []
    rows: list[int] = []
    for row, count in enumerate(counts):
        x = 100.0
        fives, ones = divmod(count, 5)
        for worth in [5] * fives + [1] * ones:
            size = length * rng.uniform(0.9, 1.1)
            middle = x + rng.uniform(-0.03, 0.03) * length + (0.6 * length if worth == 5 else 0)
            y = 3 * length * row + rng.uniform(-0.1, 0.1) * length
            strokes.append(Stroke(middle + slant * size / 2, y - size / 2, middle - slant * size / 2, y + size / 2))
            worths.append(worth)
            rows.append(row)
            x += 1.3 * length if worth == 5 else 0.35 * length
    groups = group_strokes(strokes, worths)
    assert sorted(i for g in groups for i in g) == list(range(len(strokes)))
    assert sorted(sum(worths[i] for i in g) for g in groups) == sorted(counts)
    assert all(len({rows[i] for i in g}) == 1 for g in groups)
