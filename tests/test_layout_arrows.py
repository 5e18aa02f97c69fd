"""Arrows drawn from one note to another, and lines that are none."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from layout_drawing import notes_of, paper, sticky, turn_page, write

from digitise.model import Note, Point

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

PEN = (40, 40, 70)


def draw_arrow(
    rgb: np.ndarray, tail: Point, tip: Point, *, bend: float = 0.0, head: str = "open", pen: int = 5, barb: float = 34, seed: int = 0
) -> None:
    """A stroke by hand from tail to tip: bent to one side by a share of its length, a little shaky, with or without a head."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, 24)[:, None]
    start, end = np.asarray(tail, float), np.asarray(tip, float)
    across = np.array([-(end - start)[1], (end - start)[0]])
    shake = np.cumsum(rng.normal(0, 0.8, (24, 2)), axis=0)
    way = start + (end - start) * t + across * bend * 4 * t * (1 - t) + (shake - t * shake[-1])
    cv2.polylines(rgb, [np.round(way).astype(np.int32)], False, PEN, pen, cv2.LINE_AA)
    back = way[-5] - way[-1]
    angle = math.atan2(back[1], back[0])
    barbs = [way[-1] + barb * rng.uniform(0.85, 1.15) * np.array([math.cos(a), math.sin(a)]) for a in (angle - 0.5, angle + 0.5)]
    if head == "open":
        for end_of_barb in barbs:
            cv2.line(rgb, tuple(np.round(end_of_barb).astype(int)), tuple(np.round(way[-1]).astype(int)), PEN, pen, cv2.LINE_AA)
    elif head == "filled":
        cv2.fillPoly(rgb, [np.round([way[-1], *barbs]).astype(np.int32)], PEN, cv2.LINE_AA)
    elif head == "bar":
        side = across / np.linalg.norm(across) * barb
        cv2.line(rgb, tuple(np.round(way[-1] - side).astype(int)), tuple(np.round(way[-1] + side).astype(int)), PEN, pen, cv2.LINE_AA)


def links(notes: list[Note]) -> set[tuple[str, str]]:
    text = {n.id: " ".join(n.text.split()) for n in notes}
    return {(text[n.id], text[i]) for n in notes for i in n.leads_to}


def draw_pair(**arrow: object) -> list[Note]:
    """A problem and what is to be done, written on paper, with a stroke between them."""
    rgb = paper()
    lines = [write(rgb, "No bus after six", 120, 200), write(rgb, "Ask for a later bus", 900, 700)]
    draw_arrow(rgb, (430, 260), (880, 690), **arrow)  # type: ignore[arg-type]
    return notes_of(rgb, lines)


@pytest.mark.parametrize("head", ["open", "filled"])
@pytest.mark.parametrize("bend", [-0.15, 0.0, 0.15])
@pytest.mark.parametrize("pen", [4, 8])
def test_an_arrow_leads_from_one_note_to_another(head: str, bend: float, pen: int) -> None:
    assert links(draw_pair(head=head, bend=bend, pen=pen, seed=pen)) == {("No bus after six", "Ask for a later bus")}


@pytest.mark.parametrize("head", ["none", "bar"])
@pytest.mark.parametrize("bend", [0.0, 0.15])
def test_a_line_without_a_head_says_nothing(head: str, bend: float) -> None:
    assert links(draw_pair(head=head, bend=bend)) == set()


@pytest.mark.parametrize("degrees", [-30, 12, 90, 180])
def test_however_the_sheet_was_held(degrees: float) -> None:
    rgb = paper()
    lines = [write(rgb, "The hall is cold", 160, 300), write(rgb, "Mend the boiler", 1000, 300)]
    draw_arrow(rgb, (455, 325), (970, 325))
    assert links(notes_of(*turn_page(rgb, lines, degrees))) == {("The hall is cold", "Mend the boiler")}


def test_between_stickies_and_past_those_that_it_does_not_reach() -> None:
    rgb = paper()
    places = {"No lights": (100, 100), "Too dear": (100, 700), "Lamps on the path": (1150, 120), "Cheaper tickets": (1150, 720)}
    stickies = [sticky(rgb, x, y, 320, 260) for x, y in places.values()]
    lines = [write(rgb, text, x + 12, y + 100, size=0.9) for text, (x, y) in places.items()]
    draw_arrow(rgb, (440, 230), (1130, 250))
    draw_arrow(rgb, (1130, 850), (440, 830), bend=0.1, seed=2)
    assert links(notes_of(rgb, lines, stickies)) == {("No lights", "Lamps on the path"), ("Cheaper tickets", "Too dear")}


def test_rules_boxes_and_underlines_of_a_sheet_are_no_arrows() -> None:
    rgb = paper()
    lines = [write(rgb, "Problems", 150, 80, size=1.4), write(rgb, "Actions", 950, 80, size=1.4)]
    lines += [write(rgb, text, x, 250 + 150 * k) for x, texts in ((150, ROWS), (950, ROWS[::-1])) for k, text in enumerate(texts)]
    for start, end in (((150, 155), (420, 158)), ((800, 60), (805, 1100)), ((100, 200), (1500, 205)), ((100, 480), (1500, 480))):
        cv2.line(rgb, start, end, PEN, 5, cv2.LINE_AA)
    cv2.rectangle(rgb, (930, 380), (1400, 460), PEN, 5)
    cv2.ellipse(rgb, (350, 720), (290, 60), 0, 20, 350, PEN, 5, cv2.LINE_AA)
    assert links(notes_of(rgb, lines)) == set()


ROWS = ("No bus after six", "Nobody answers the phone", "The path is dark", "Ask for a bus")


def test_a_line_that_crosses_a_note_does_not_begin_there() -> None:
    rgb = paper()
    cards = {"Far away": (60, 420), "In between": (620, 420), "The end": (1200, 420)}
    stickies = [sticky(rgb, x, y, 300, 200) for x, y in cards.values()]
    draw_arrow(rgb, (380, 520), (1180, 520), seed=3)
    stickies[1] = sticky(rgb, 620, 420, 300, 200)  # stuck over the arrow
    lines = [write(rgb, text, x + 20, y + 70) for text, (x, y) in cards.items()]
    assert links(notes_of(rgb, lines, stickies)) == set()


def test_a_chain_of_arrows_keeps_both() -> None:
    rgb = paper()
    cards = {"Far away": (60, 420), "In between": (620, 420), "The end": (1200, 420)}
    stickies = [sticky(rgb, x, y, 300, 200) for x, y in cards.values()]
    draw_arrow(rgb, (375, 520), (605, 520), seed=3)
    draw_arrow(rgb, (935, 520), (1185, 520), seed=4)
    lines = [write(rgb, text, x + 20, y + 70) for text, (x, y) in cards.items()]
    assert links(notes_of(rgb, lines, stickies)) == {("Far away", "In between"), ("In between", "The end")}
