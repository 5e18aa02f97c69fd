"""Speech bubbles and their speakers: the tail is found, and the name at its end is tied to what is said; where it is unsure, nothing is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from layout_drawing import INK, notes_of, paper, turn_page, write

from digitise.layout.identity import assign_ids
from digitise.layout.shapes import find_shapes
from digitise.layout.strokes import find_strokes
from digitise.model import Line, Note

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

SAID = ("I cannot get", "home at night")
MIDDLE = (800, 600)
TIPS = {"below": (760, 790), "above": (860, 410), "left": (480, 640), "right": (1130, 560)}
NAMES = {"below": (730, 800), "above": (840, 355), "left": (385, 625), "right": (1145, 535)}
ROOTS = {
    "below": ((750, 708), (800, 710)),
    "above": ((800, 490), (850, 492)),
    "left": ((570, 580), (568, 625)),
    "right": ((1032, 570), (1030, 620)),
}


def bubble(side: str | None, *, rectangle: bool = False, arm: bool = False) -> tuple[np.ndarray, list[Line]]:
    """A bubble with two lines, whose tail (or arm) leaves it at one side."""
    rgb = paper()
    lines = [write(rgb, part, 665, 555 + 48 * r) for r, part in enumerate(SAID)]
    if rectangle:
        cv2.rectangle(rgb, (565, 490), (1035, 710), INK, 4)
    else:
        cv2.ellipse(rgb, MIDDLE, (235, 110), 0, 0, 360, INK, 4)
    if side is not None:
        (first, second), tip = ROOTS[side], TIPS[side]
        cv2.polylines(rgb, [np.array([first, tip, *([] if arm else [second])])], False, INK, 4)
    return rgb, lines


def speakers(notes: list[Note]) -> dict[str, str]:
    text = {n.id: n.text for n in notes}
    return {n.text.replace("\n", " "): text[n.said_by] for n in notes if n.said_by is not None}


@pytest.mark.parametrize("rectangle", [False, True])
@pytest.mark.parametrize("side", TIPS)
def test_the_name_at_the_end_of_the_tail_is_who_says_it(side: str, rectangle: bool) -> None:
    rgb, lines = bubble(side, rectangle=rectangle)
    lines.append(write(rgb, "Gwen", *NAMES[side]))
    notes = notes_of(rgb, lines)
    assert speakers(notes) == {" ".join(SAID): "Gwen"}
    assert [(n.text, n.role, n.container) for n in notes] == [("\n".join(SAID), "quote", "bubble"), ("Gwen", "label", "none")]
    assert speakers(assign_ids("0" * 16, notes, [])) == {" ".join(SAID): "Gwen"}


def test_the_tail_says_which_of_two_labels_is_the_name() -> None:
    rgb, lines = bubble("left")
    lines += [write(rgb, "Gwen", *NAMES["left"]), write(rgb, "Transport", 740, 725)]
    assert speakers(notes_of(rgb, lines)) == {" ".join(SAID): "Gwen"}


@pytest.mark.parametrize("degrees", [-7.0, 6.0])
def test_on_a_crooked_photo_too(degrees: float) -> None:
    rgb, lines = bubble("right")
    lines.append(write(rgb, "Tom Rees", *NAMES["right"]))
    assert speakers(notes_of(*turn_page(rgb, lines, degrees))) == {" ".join(SAID): "Tom Rees"}


@pytest.mark.parametrize("words", ["lonely", "2 people", "Who pays?", "Transport:", "More buses on Sundays too"])
def test_other_words_at_the_end_of_a_tail_are_no_name(words: str) -> None:
    rgb, lines = bubble("right")
    lines.append(write(rgb, words, *NAMES["right"]))
    assert speakers(notes_of(rgb, lines)) == {}


@pytest.mark.parametrize(("mark", "found"), [("", {}), ('"', {'"I cannot get home at night"': "Gwen"})])
def test_without_a_tail_only_a_quotation_has_a_speaker(mark: str, found: dict[str, str]) -> None:
    rgb, _ = bubble(None)
    lines = [write(rgb, part, 665, 555 + 48 * r) for r, part in enumerate((mark + SAID[0], SAID[1] + mark))]
    lines.append(write(rgb, "Gwen", 740, 725))
    assert speakers(notes_of(rgb, lines)) == found


def test_a_name_elsewhere_is_not_taken_for_the_speaker() -> None:
    rgb, lines = bubble("right")
    lines.append(write(rgb, "Gwen", *NAMES["left"]))
    assert speakers(notes_of(rgb, lines)) == {}


def test_two_bubbles_do_not_share_a_name() -> None:
    rgb = paper()
    lines = [write(rgb, "I cannot get home", 160, 290), write(rgb, "nobody told us", 860, 290), write(rgb, "Gwen", 630, 440)]
    for x in (310, 990):
        cv2.ellipse(rgb, (x, 313), (230, 100), 0, 0, 360, INK, 4)
    cv2.polylines(rgb, [np.array([(450, 392), (620, 450), (490, 378)])], False, INK, 4)
    cv2.polylines(rgb, [np.array([(840, 390), (725, 450), (800, 370)])], False, INK, 4)
    assert speakers(notes_of(rgb, lines)) == {}


@pytest.mark.parametrize("side", TIPS)
def test_an_arm_is_no_tail(side: str) -> None:
    rgb, lines = bubble(side, arm=True)
    (shape,) = find_shapes(find_strokes(rgb), [line.quad for line in lines])
    assert shape.tail is None


@pytest.mark.parametrize("side", TIPS)
@pytest.mark.parametrize("size", [0.4, 1.0, 2.0])
def test_the_tip_is_found_at_any_size(side: str, size: float) -> None:
    rgb, lines = bubble(side)
    rgb = cv2.resize(rgb, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    quads = [tuple((x * size, y * size) for x, y in line.quad) for line in lines]
    (shape,) = find_shapes(find_strokes(rgb), quads)  # type: ignore[arg-type]
    assert shape.tail is not None
    assert np.hypot(shape.tail[0] - size * TIPS[side][0], shape.tail[1] - size * TIPS[side][1]) < 15 * size


def test_a_plain_outline_or_two_tails_point_nowhere() -> None:
    for sides in ((None,), ("left", "right")):
        rgb, lines = bubble(sides[0])
        for side in sides[1:]:
            first, second = ROOTS[side]
            cv2.polylines(rgb, [np.array([first, TIPS[side], second])], False, INK, 4)
        (shape,) = find_shapes(find_strokes(rgb), [line.quad for line in lines])
        assert shape.tail is None
