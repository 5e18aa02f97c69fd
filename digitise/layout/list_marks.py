"""Marks that begin list items, seen in the ink: dots, dashes, boxes, arrows and stars left of a row.

The recogniser often drops such a mark or reads it as a letter, so a list would run together. A mark counts only where rows below each
other have one in the same column: a lone blot is no list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from digitise.layout.rows import Frame, Row
from digitise.layout.strokes import Strokes

GLUED_MARK = re.compile(r"^[xX×✗#](?=[A-Z][A-Za-z])")
"""Crosses read as letters: XSSSI, XNNRs, #SACs. Hardly any word begins so, and no two in one column."""
REACH = 1.3
"""How far left of a row its mark may stand, in line heights."""
TALLEST, WIDEST = 0.62, 1.3
"""Largest mark, in line heights."""
SMALLEST = 0.12
"""Smallest mark, its longer side; specks of grain are smaller, and ..."""
SAME_SIZE = 2.0
"""... differ among themselves: marks of one list are at most this many times as large as each other."""
MIDDLE = 0.32
"""A mark's middle lies at most this far from the row's middle, in line heights."""
CLEAR = 0.5
"""Nothing else is drawn this far left of a mark, in line heights: a mark stands alone."""
UPRIGHT = 1.8
"""Strokes this many times as high as wide are sides of boxes, brackets or letters."""
AFTER, GAP = 0.1, 0.2
"""A mark ends before the row's first word (or so little after its box begins), this far before the first letter, in line heights."""
SAME_COLUMN = 0.8
"""Marks of one list stand within so many line heights of each other, sideways."""
NEXT_ROWS = 5.0
"""A list's marks follow each other within so many line heights."""


def mark_rows(rows: Sequence[Row], frame: Frame, strokes: Strokes) -> list[Row]:
    """The rows, those that begin with a drawn list mark marked."""
    if not rows:
        return []
    ink = strokes.pieces
    pieces = np.column_stack([ink.middles[1:], ink.stats[1:, :4]]) / strokes.scale
    places = [_mark_of(row, frame, pieces) or _glued_mark(row) for row in rows]
    return [replace(row, marked=True) if places[i] is not None and _has_like(i, rows, places) else row for i, row in enumerate(rows)]


def _glued_mark(row: Row) -> tuple[float, float] | None:
    """A cross that the recogniser took for the first letter of a capitalised word: where it stands, and its longer side."""
    return (row.x0, row.height / 2) if GLUED_MARK.match(row.text) else None


def _mark_of(row: Row, frame: Frame, pieces: npt.NDArray[np.float64]) -> tuple[float, float] | None:
    """Where left of a row a lone mark stands (x in the row's frame) and its longer side; None where there is none.

    pieces: (N, 6): middle x, y and bounds x, y, width, height of each piece of ink, photo px.
    """
    h = row.height
    near = pieces[_near(row, frame, pieces)]
    if not len(near):
        return None
    middles = frame.points([(float(x), float(y)) for x, y in near[:, :2]])
    sizes = near[:, 4:6] if round(frame.angle / 90) % 2 == 0 else near[:, [5, 4]]  # on a page turned by a quarter, widths are heights
    off = middles[:, 1] - np.asarray([row.y_at(x) for x in middles[:, 0]])
    left = row.x0 - middles[:, 0]
    beside = (left > -1.5 * h) & (left < REACH * h) & (np.abs(off) < 0.6 * h)
    speck = (sizes.max(axis=1) < SMALLEST * h) | ~beside
    mark = beside & ~speck & (np.abs(off) < MIDDLE * h) & (sizes[:, 0] < WIDEST * h) & (sizes[:, 1] < TALLEST * h)
    mark &= (left - sizes[:, 0] / 2 > -AFTER * h) & (sizes[:, 1] < UPRIGHT * sizes[:, 0])
    if not mark.any():
        return None
    first = int(np.flatnonzero(mark)[np.argmin(left[mark])])
    rest = beside & ~speck
    rest[first] = False
    if (rest & (left > left[first] - 0.1 * h) & (left < left[first] + CLEAR * h + sizes[first, 0] / 2)).any():
        return None
    # the writing itself begins a gap after the mark
    end = middles[first, 0] + sizes[first, 0] / 2
    others = middles[rest, 0] - sizes[rest, 0] / 2
    after = others[middles[rest, 0] > middles[first, 0]]
    return (float(middles[first, 0]), float(sizes[first].max())) if not len(after) or after.min() - end > GAP * h else None


def _near(row: Row, frame: Frame, pieces: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Pieces whose middle lies about where a mark could be, in photo px."""
    ((x, y),) = frame.photo_points([(row.x0, row.y_at(row.x0))])
    reach = (REACH + 1) * row.height
    return np.asarray((np.abs(pieces[:, 0] - x) < reach) & (np.abs(pieces[:, 1] - y) < reach))


def _has_like(i: int, rows: Sequence[Row], places: Sequence[tuple[float, float] | None]) -> bool:
    """Whether another row near has a mark in the same column."""
    here = places[i]
    return here is not None and any(
        j != i
        and place is not None
        and abs(place[0] - here[0]) < SAME_COLUMN * rows[i].height
        and max(place[1], here[1]) < SAME_SIZE * min(place[1], here[1])
        and abs(rows[j].yc - rows[i].yc) < NEXT_ROWS * rows[i].height
        for j, place in enumerate(places)
    )
