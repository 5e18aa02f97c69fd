"""Arms drawn between words, and what hangs on them."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from test_layout_headings import item
from test_layout_notes import notes_of, write

from digitise.layout.connectors import Connections, Node, find_connections
from digitise.layout.mind_maps import hang_on_arms
from digitise.layout.shapes import find_shapes
from digitise.layout.strokes import find_strokes
from digitise.model import Line, Note, Quad

BRANCHES = {"DRUGS": (450, 300), "DEVICES": (1550, 330), "FOOD": (1000, 1200)}
TWIGS = {
    "DRUGS": {"labels": (150, 120), "recalls": (120, 460), "side effects": (420, 80)},
    "DEVICES": {"implants": (1780, 100), "adverse events": (1640, 560)},
    "FOOD": {"allergies": (560, 1330), "imports": (1420, 1300)},
}


def draw_mind_map() -> tuple[np.ndarray, list[Line]]:
    """Ovals drawn a little open, with curved arms to words without any; its lines of writing."""
    rgb = np.full((1500, 2000, 3), 245, np.uint8)
    lines = [write("SAFETY DATA", 850, 640, height=80)]
    cv2.ellipse(rgb, (1080, 680), (330, 120), 0, 10, 355, (40, 60, 40), 8)
    for name, (x, y) in BRANCHES.items():
        lines.append(write(name, x - 100, y - 30, height=60))
        cv2.ellipse(rgb, (x, y), (180, 75), 0, 0, 345, (70, 70, 90), 6)
        arm(rgb, (x, y), (1080, 680), (345, 130))
        for twig, (tx, ty) in TWIGS[name].items():
            lines.append(write(twig, tx - 60, ty - 20, height=36))
            arm(rgb, (x, y), (tx, ty), (90, 30))
    for line in lines:  # some ink where the words are
        for word in line.words:
            (x0, y0), (x1, y1) = word.quad[0], word.quad[2]
            for left in range(int(x0) + 4, int(x1) - 8, 16):
                cv2.line(rgb, (left, int(y0) + 6), (left + 6, int(y1) - 6), (60, 60, 70), 3)
    return rgb, lines


def arm(rgb: np.ndarray, branch: tuple[int, int], end: tuple[int, int], room: tuple[float, float]) -> None:
    """A stroke from a branch's oval to one with half axes `room` round `end`."""
    way = math.atan2(end[1] - branch[1], end[0] - branch[0])
    cv2.line(rgb, edge(branch, (178, 73), way), edge(end, room, way + math.pi), (70, 70, 90), 5)


def edge(middle: tuple[int, int], axes: tuple[float, float], turn: float) -> tuple[int, int]:
    """Where the ray from an oval's middle leaves it."""
    r = axes[0] * axes[1] / math.hypot(axes[1] * math.cos(turn), axes[0] * math.sin(turn))
    return (round(middle[0] + r * math.cos(turn)), round(middle[1] + r * math.sin(turn)))


def headings(notes: list[Note]) -> dict[str, str]:
    text = {n.id: n.text for n in notes}
    return {n.text: text.get(n.under or "", "") for n in notes}


def test_twigs_stand_under_their_branch_on_whichever_side_of_it() -> None:
    rgb, lines = draw_mind_map()
    found = headings(notes_of(lines, rgb=rgb))
    assert found["SAFETY DATA"] == ""
    for branch, twigs in TWIGS.items():
        assert found[branch] == "SAFETY DATA"
        assert {t: found[t] for t in twigs} == dict.fromkeys(twigs, branch)


def nodes(*boxes: tuple[float, float, float, float]) -> list[Node]:
    return [Node(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), 30.0, False) for x0, y0, x1, y1 in boxes]


def test_a_line_joins_what_it_ends_at_and_no_more() -> None:
    rgb = np.full((800, 1200, 3), 245, np.uint8)
    found = nodes((100, 100, 300, 140), (800, 100, 1000, 140), (100, 600, 300, 640), (800, 600, 1000, 640))
    cv2.line(rgb, (310, 120), (790, 120), (40, 40, 40), 5)  # first to second
    cv2.line(rgb, (200, 300), (900, 300), (40, 40, 40), 5)  # a rule that touches nothing
    cv2.ellipse(rgb, (900, 370), (60, 215), 0, -90, 90, (40, 40, 40), 5)  # second to fourth, bent
    connections = find_connections(find_strokes(rgb), found)
    assert connections.pairs == {(0, 1), (1, 3)}
    assert not connections.enclosed


@pytest.mark.parametrize(("open_at", "enclosed"), [((0, 360), True), ((20, 340), True), ((90, 270), False)])
def test_an_oval_encloses_a_word_although_it_is_drawn_open(open_at: tuple[int, int], enclosed: bool) -> None:
    rgb = np.full((600, 900, 3), 245, np.uint8)
    cv2.ellipse(rgb, (450, 300), (140, 60), 0, *open_at, (40, 40, 40), 5)
    connections = find_connections(find_strokes(rgb), nodes((350, 280, 550, 320), (700, 500, 800, 540)))
    assert connections.enclosed == ({0} if enclosed else frozenset())


def test_a_list_with_a_few_stray_lines_is_no_mind_map() -> None:
    items = [item("TRANSPORT", 100, 100, height=60), *(item(f"point number {i}", 120, 200 + 60 * i) for i in range(8))]
    assert hang_on_arms(items, Connections(frozenset({(0, 1), (0, 2), (3, 4)}), frozenset())) == items


def test_letters_that_touch_an_oval_do_not_tear_it() -> None:
    rgb = np.full((600, 900, 3), 245, np.uint8)
    cv2.ellipse(rgb, (450, 300), (150, 70), 0, 0, 360, (40, 40, 40), 5)
    cv2.line(rgb, (450, 222), (450, 378), (40, 40, 40), 6)  # an I from edge to edge
    quad: Quad = ((340.0, 250.0), (560.0, 250.0), (560.0, 350.0), (340.0, 350.0))
    (shape,) = find_shapes(find_strokes(rgb), [quad])
    assert shape.container == "bubble"
