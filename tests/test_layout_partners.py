"""Bubbles with their speakers' names, words on stickies inside sentences, words along arrows: nothing lost, read in order."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from layout_drawing import INK, notes_of, paper, sticky, turn_page, write

from digitise.layout import Sticky
from digitise.layout.items import Item
from digitise.layout.order import reading_order
from digitise.model import Line, Note

SAID = [(120, ("I cannot get", "home at night"), "Gwen"), (800, ("the drop-in", "saved my life"), "Tom Rees")]


def bubbles() -> tuple[np.ndarray, list[Line]]:
    rgb = paper()
    lines = [write(rgb, "What people said", 100, 40, size=2)]
    for x, said, name in SAID:
        lines += [write(rgb, part, x + 60, 270 + 48 * r) for r, part in enumerate(said)]
        cv2.ellipse(rgb, (x + 190, 315), (240, 110), 0, 0, 360, INK, 4)
        cv2.polylines(rgb, [np.array([(x + 150, 421), (x + 130, 470), (x + 200, 423)])], False, INK, 4)
        lines.append(write(rgb, name, x + 60, 480))
    return rgb, lines


def told(notes: list[Note]) -> list[tuple[str, str]]:
    return [(n.text, n.role) for n in notes]


def test_speakers_follow_what_they_said() -> None:
    rgb, lines = bubbles()
    lines += [write(rgb, f"- other point number {i}", 150, 720 + 62 * i) for i in range(3)]
    heading, *notes = notes_of(rgb, lines[::-1])
    spoken = [pair for _, said, name in SAID for pair in (("\n".join(said), "quote"), (name, "label"))]
    assert told(notes) == [*spoken, *((f"other point number {i}", "bullet") for i in range(3))]
    assert {n.under for n in notes} == {heading.id}


def test_a_name_over_a_list_may_be_a_heading() -> None:
    rgb, lines = bubbles()
    lines += [write(rgb, f"- a point about transport {i}", 190, 550 + 62 * i) for i in range(3)]
    roles = dict(told(notes_of(rgb, lines)))
    assert roles["I cannot get\nhome at night"] == "note"
    assert roles["the drop-in\nsaved my life"] == "quote"


@pytest.mark.parametrize("below", ["Transport:", "lonely", "2 people", "Who pays?"])
def test_other_words_under_a_bubble_are_no_speaker(below: str) -> None:
    rgb = paper()
    lines = [write(rgb, "I cannot get home", 160, 290), write(rgb, below, 200, 440)]
    cv2.ellipse(rgb, (340, 313), (280, 100), 0, 0, 360, INK, 4)
    notes = {n.text: n for n in notes_of(rgb, lines)}
    assert set(notes) == {"I cannot get home", below}
    assert notes["I cannot get home"].role != "quote"


def sentence(before: str, word: str, after: str) -> tuple[np.ndarray, list[Line], list[Sticky]]:
    rgb = paper()
    lines = [write(rgb, "Our promise", 100, 60, size=2), write(rgb, before, 100, 260)]
    x = int(lines[1].quad[1][0]) + 25
    stickies = [sticky(rgb, x, 230, 200, 110)]
    lines += [write(rgb, word, x + 40, 262), write(rgb, after, x + 240, 260)]
    lines += [write(rgb, f"- another point here {i}", 100, 480 + 62 * i) for i in range(2)]
    return rgb, lines, stickies


def test_a_word_on_a_sticky_is_read_within_its_sentence() -> None:
    rgb, lines, stickies = sentence("We want more", "buses", "on Sundays too")
    heading, *notes = notes_of(rgb, lines[::-1], stickies)
    assert [n.text for n in notes] == ["We want more", "buses", "on Sundays too", "another point here 0", "another point here 1"]
    assert [n.container for n in notes[:3]] == ["none", "sticky", "none"]
    assert {n.under for n in notes} == {heading.id}
    assert [n.role for n in notes[:3]] == ["note"] * 3


def sentence_of(*parts: str) -> tuple[np.ndarray, list[Line], list[Sticky]]:
    """A heading and a sentence under it, every other part of which is on a sticky."""
    rgb = paper()
    lines, stickies, x = [write(rgb, "Our promise", 100, 60, size=2)], [], 100
    for i, part in enumerate(parts):
        if i % 2:
            stickies.append(sticky(rgb, x, 230, 60 + 24 * len(part), 110))
        lines.append(write(rgb, part, x + 30 * (i % 2), 262))
        x = int(stickies[-1].outline[1][0] if i % 2 else lines[-1].quad[1][0]) + 25
    lines += [write(rgb, f"- another point here {i}", 100, 480 + 62 * i) for i in range(2)]
    return rgb, lines, stickies


@pytest.mark.parametrize("parts", [("Streets for the", "children"), ("We need", "safer", "streets for", "children"), ("We need a", "park")])
def test_a_sentence_may_end_on_a_sticky(parts: tuple[str, ...]) -> None:
    rgb, lines, stickies = sentence_of(*parts)
    heading, *notes = notes_of(rgb, lines[::-1], stickies)
    assert [n.text for n in notes[: len(parts)]] == list(parts)
    assert [n.role for n in notes[: len(parts)]] == ["note"] * len(parts)
    assert {n.under for n in notes} == {heading.id}


def test_writing_on_both_sides_of_a_sticky_is_not_always_a_sentence() -> None:
    rgb, lines, stickies = sentence("Keep going.", "buses", "Stop this now")
    texts = [n.text for n in notes_of(rgb, lines, stickies)]
    assert sorted(texts) == sorted(["Our promise", "Keep going.", "buses", "Stop this now", *(f"another point here {i}" for i in range(2))])


def test_single_words_on_a_row_of_stickies_are_read_along_it() -> None:
    rgb = paper()
    lines, stickies = [write(rgb, "Our promise", 100, 60, size=2)], []
    for i, word in enumerate(["Everyone", "deserves", "warm", "homes"]):
        y = 250 + 9 * (i % 2)
        stickies.append(sticky(rgb, 100 + 330 * i, y, 300, 110, colour="pink" if i % 2 else "yellow"))
        lines.append(write(rgb, word, 115 + 330 * i, y + 35))
    heading, *notes = notes_of(rgb, lines[::-1], stickies[::-1])
    assert [n.text for n in notes] == ["Everyone", "deserves", "warm", "homes"]
    assert {n.container for n in notes} == {"sticky"}
    assert {n.under for n in notes} == {heading.id}


@pytest.mark.parametrize("degrees", [0, 8])
def test_words_on_an_arrow_are_read_between_its_ends(degrees: float) -> None:
    rgb = paper()
    lines = [write(rgb, "no bus at night", 100, 500), write(rgb, "leads to", 560, 465), write(rgb, "lonely people", 1000, 500)]
    cv2.arrowedLine(rgb, (420, 525), (980, 525), INK, 5)
    assert [n.text for n in notes_of(*turn_page(rgb, lines[::-1], degrees))] == [line.raw for line in lines]


def test_words_along_a_slanting_arrow_are_kept_beside_level_ones() -> None:
    base = paper()
    _, (slanted,) = turn_page(base, [write(base, "which leads to", 600, 560)], -35)
    rgb = paper(2000, 2000)
    level = [write(rgb, "no bus at night", 100, 1500), write(rgb, "lonely people", 1300, 500)]
    assert sorted(n.text for n in notes_of(rgb, [*level, slanted])) == ["lonely people", "no bus at night", "which leads to"]


def test_a_loop_of_partners_loses_nothing() -> None:
    one = Item("a", (0, 0, 10, 10), 10, (0, 0, 0), "none", "none", "", 0, follows=1)
    other = Item("b", (20, 0, 30, 10), 10, (0, 0, 0), "none", "none", "", 0, follows=0)
    assert sorted(reading_order([one, other])) == [0, 1]
