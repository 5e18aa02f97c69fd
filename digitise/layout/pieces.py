"""From detected lines to pieces: a line that runs over two notes or columns is split, and each piece keeps what was crossed out in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby, islice, pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from shapely import STRtree
from shapely import points as shapely_points

from digitise.geometry import FloatArray, polygon, quad_size
from digitise.model import Line, Point, Quad, Word

COLUMN_GAP = 1.8
"""A gap between words wider than this many line heights is a gap between columns. Line heights here are those of the detector's boxes,
about 1.6 letter heights; marker writing leaves up to one letter height between words."""
MARKED_GAP = 0.7
"""A wide word gap before a list mark is one, too."""
MARKED_JOIN = 0.3
LIST_MARKS = "-–—•*·→↳>▪◦☐"
"""Signs that begin the items of lists. Ticks say something (done) and are none."""
ROUND_MARKS = "•▪◦☐"
"""Those that hardly any sentence has inside."""

Ink = tuple[float, float, float]
"""Mean ink colour, CIE L*a*b* (L 0..100)."""


class Piece(NamedTuple):
    """Part of a line that lies in one place."""

    words: tuple[Word, ...]
    line: Line
    ink: Ink
    struck_out: tuple[Word, ...] = ()
    """Words that the writer crossed out here, and that are no part of `words`."""


def split_lines(
    lines: Sequence[Line], outlines: Sequence[Sequence[Point]], ink_of: Callable[[Quad], Ink]
) -> tuple[list[list[Piece]], list[Piece]]:
    """Words sorted into the outlines (stickies) in which their centres lie, and the pieces that lie in none.

    A detector often reads straight across two neighbouring stickies; the words know better where they are.
    """
    centres = np.asarray([w.quad for line in lines for w in line.words], float).reshape(-1, 4, 2).mean(axis=1)
    holders = iter(holders_at(centres, outlines))
    inside: list[list[Piece]] = [[] for _ in outlines]
    free: list[Piece] = []
    for line in lines:
        parts = [
            (holder, part)
            for holder, words in _runs(line.words, tuple(islice(holders, len(line.words))))
            for part in ([words] if holder is not None else _split_columns(words, quad_size(line.quad)[1], line.struck_out))
        ]
        struck = share_struck_out([words for _, words in parts], line.struck_out)
        for (holder, words), out in zip(parts, struck, strict=True):
            (free if holder is None else inside[holder]).append(Piece(words, line, ink_of(line.quad), out))
    return inside, free


def share_struck_out(parts: Sequence[tuple[Word, ...]], struck_out: Sequence[Word]) -> list[tuple[Word, ...]]:
    """For each part of a line the crossed-out words that stand nearest to it."""
    shared: list[tuple[Word, ...]] = [()] * len(parts)
    for out in struck_out:
        near = [min(polygon(w.quad).distance(polygon(out.quad)) for w in words) for words in parts]
        k = int(np.argmin(near))
        shared[k] = (*shared[k], out)
    return shared


def holders_at(points: FloatArray, outlines: Sequence[Sequence[Point]]) -> list[int | None]:
    """For each point (N, 2) the number of the first outline in which it lies; None for those in none."""
    found: list[int | None] = [None] * len(points)
    if not len(points) or not outlines:
        return found
    inside = STRtree([polygon(o) for o in outlines]).query(shapely_points(points), predicate="within")
    for k, holder in zip(*inside.tolist(), strict=True):
        found[k] = holder if found[k] is None else min(holder, found[k])
    return found


def _runs(words: Sequence[Word], holders: Sequence[int | None]) -> list[tuple[int | None, tuple[Word, ...]]]:
    """Words one after another in the same holder."""
    together = groupby(zip(holders, words, strict=True), key=itemgetter(0))
    return [(holder, tuple(w for _, w in members)) for holder, members in together]


def _split_columns(words: tuple[Word, ...], height: float, struck_out: Sequence[Word] = ()) -> list[tuple[Word, ...]]:
    parts: list[tuple[Word, ...]] = [words[:1]]
    for left, right in pairwise(words):
        gap = _free_gap(left.quad, right.quad, [w.quad for w in struck_out])
        if gap > _widest_gap(right.text) * height:
            parts.append((right,))
        else:
            parts[-1] = (*parts[-1], right)
    return parts


def _free_gap(left: Quad, right: Quad, struck_out: Sequence[Quad]) -> float:
    """Widest empty stretch between two words: what was crossed out there is no room between columns."""
    whole = math.dist(left[1], right[0])
    between = [q for q in struck_out if math.dist(left[1], q[0]) < whole and math.dist(q[1], right[0]) < whole]
    chain = [left, *sorted(between, key=lambda q: math.dist(left[1], q[0])), right]
    return max(math.dist(a[1], b[0]) for a, b in pairwise(chain))


def _widest_gap(right: str) -> float:
    """Widest gap, in line heights, before a word of the same column."""
    if not right or right[0] not in LIST_MARKS:
        return COLUMN_GAP
    # 'a - b' may be a dash in a sentence; '-b' after a gap, and '• b', begin an item
    return MARKED_GAP if len(right) == 1 and right not in ROUND_MARKS else MARKED_JOIN
