"""Whose a vote mark is: by where it stands from the lines of the notes round it, and by the marks that it was put beside."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from shapely.geometry import Point as ShapelyPoint

from digitise.geometry import polygon, quad_size
from digitise.layout.marks import Mark
from digitise.model import Box, Line, Note, Quad

RIGHT, LEFT, BELOW, ABOVE = 0.35, 1.05, 2.0, 4.5
"""What a line height of distance costs on each side of a line's core: dots follow the words, or stand under them."""
CORE = 0.2
"""The upper and lower edge of a detector's box that is no writing."""
MOST_COST = 2.2
"""Six line heights to the right, 1.1 below the box's core."""
CLEAR = 0.4
"""A mark is one note's alone if the next note costs so much more."""
LONGEST = 14.0
"""A row of marks behind a line is at most so many line heights long."""
ASTRAY_ACROSS = 1.0
"""What such a row may cost by rising or falling away from the line."""
IN_ROW = 2.6
"""Marks of such a row are with their middles at most so many sizes apart."""
LINKED = 1.35
"""Marks whose middles are so many sizes apart were put side by side: what is not clear of one is settled by the other."""


class Place(NamedTuple):
    """Where a mark stands, as one note sees it."""

    cost: float
    line: int
    left: bool
    """Before the line's first letter."""
    beyond: bool = False
    """So far to the right of the line that only a row of marks which begins nearer makes it the note's."""


class Given(NamedTuple):
    """A mark and where it stands by the note that has it."""

    mark: Mark
    place: Place


def reach(note: Note, height: float) -> Box:
    x0, y0, x1, y1 = note.bbox
    wide = LONGEST * height
    return (x0 - 3.5 * height, y0 - 1.5 * height, x1 + (1.5 * height if note.container == "sticky" else wide), y1 + 1.5 * height)


def give(marks: Sequence[Mark], notes: Sequence[Note]) -> tuple[dict[str, list[Given]], int, set[str]]:
    """Marks by note id; how many are nobody's; and the notes that may have one that could be another's."""
    seen = [_places(m, notes) for m in marks]
    owners: dict[int, str] = {}
    for k, places in enumerate(seen):
        ranked = sorted((p.cost, i) for i, p in places.items() if not p.beyond)
        if ranked and (len(ranked) == 1 or ranked[1][0] - ranked[0][0] >= CLEAR):
            owners[k] = ranked[0][1]
    waiting = [k for k in range(len(marks)) if k not in owners]
    while joined := {k: owner for k in waiting if (owner := _beside(k, marks, owners, seen[k])) and owner in seen[k]}:
        owners |= joined
        waiting = [k for k in waiting if k not in owners]
    near = [[i for i, p in seen[k].items() if not p.beyond] for k in waiting]
    doubtful = {i for k, ids in zip(waiting, near, strict=True) for i in sorted(ids, key=lambda i: seen[k][i].cost)[:2]}
    doubtful |= {owner for k in waiting if (owner := _beside(k, marks, owners, seen[k]))}
    given: dict[str, list[Given]] = defaultdict(list)
    for k, note_id in sorted(owners.items()):
        given[note_id].append(Given(marks[k], seen[k][note_id]))
    return given, sum(not ids for ids in near), doubtful


def _beside(k: int, marks: Sequence[Mark], owners: Mapping[int, str], places: Mapping[str, Place]) -> str | None:
    """The note of the nearest mark, if a mark was put beside it or goes on with its row."""
    near = [(float(np.hypot(*np.subtract(marks[k].centre, marks[j].centre))) / max(marks[k].size, marks[j].size), j) for j in owners]
    distance, j = min(near, default=(math.inf, -1))
    in_row = j in owners and owners[j] in places and places[owners[j]].beyond
    return owners[j] if distance <= (IN_ROW if in_row else LINKED) else None


def _places(mark: Mark, notes: Sequence[Note]) -> dict[str, Place]:
    """The notes by which a mark may stand, with what their distance costs."""
    x, y = mark.centre
    inside = [n for n in notes if n.container in ("sticky", "card") and _holds(n, mark)]
    if inside:
        return {n.id: _place_inside(mark, n) for n in inside[:1]}
    found = {}
    for note in notes:
        if note.container in ("sticky", "card") or not note.lines:
            continue
        x0, y0, x1, y1 = reach(note, max(quad_size(line.quad)[1] for line in note.lines))
        if not (x0 <= x <= x1 and y0 <= y <= y1):
            continue
        place = min(_place(mark, line, k) for k, line in enumerate(note.lines))
        if place.cost <= MOST_COST or place.beyond:
            found[note.id] = place
    return found


def _holds(note: Note, mark: Mark) -> bool:
    x, y = mark.centre
    x0, y0, x1, y1 = note.bbox
    edge = 0.3 * mark.size  # a sticker may hang over
    if not (x0 - edge <= x <= x1 + edge and y0 - edge <= y <= y1 + edge):
        return False
    return bool(polygon(note.outline).buffer(edge).contains(ShapelyPoint(x, y)))


def _place_inside(mark: Mark, note: Note) -> Place:
    """On a sticky marks may be anywhere; before a line they are its list mark."""
    nearest = min((_place(mark, line, k) for k, line in enumerate(note.lines)), default=Place(0.0, 0, False))
    return Place(0.0, nearest.line, nearest.left and nearest.cost <= MOST_COST)


def _place(mark: Mark, line: Line, k: int) -> Place:
    quad = words_quad(line)
    tl, tr, br, bl = (np.asarray(p, float) for p in quad)
    width, height = quad_size(quad)
    # along the line and down its letters, which lean where the page is seen from the side
    axes = np.stack([(tr - tl + br - bl) / (2 * max(1e-6, width)), (bl - tl + br - tr) / (2 * max(1e-6, height))], axis=1)
    if abs(np.linalg.det(axes)) < 0.1:
        return Place(np.inf, k, False)
    u, v = (float(c) for c in np.linalg.solve(axes, np.asarray(mark.centre) - (tl + bl) / 2))
    v += height / 2
    above, below = max(0.0, CORE * height - v), max(0.0, v - (1 - CORE) * height)
    across = (ABOVE * above + BELOW * below) / max(1.0, height)
    cost = (RIGHT * max(0.0, u - width) + LEFT * max(0.0, -u)) / max(1.0, height) + across
    # a mark below a line is no list mark of it, wherever its row begins
    return Place(cost, k, u < 0 and across == 0, beyond=cost > MOST_COST and u > width and across <= ASTRAY_ACROSS)


def words_quad(line: Line) -> Quad:
    first, last = line.words[0].quad, line.words[-1].quad
    return (first[0], last[1], last[2], first[3])
