"""From pieces of lines to rows of writing: joined where a line was broken.

Rows are worked on in a frame turned so that the writing runs left to right; a photo has at most four such frames (upright, sideways both
ways, upside down), and every sticky has its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from digitise.geometry import FloatArray, polygon, quad_angle, quad_size
from digitise.layout.pieces import LIST_MARKS, MARKED_JOIN, Ink, Piece, share_struck_out
from digitise.model import Point, Word

COVERED_GAP = 1.8
"""Up to this many line heights where a row above or below runs across the gap."""
COLUMN_EDGE, COLUMN_REACH, COLUMN_ROWS = 0.5, 3.5, 3
"""So many rows within so many row heights above and below make a column where their left edges are so near (row heights)."""
JOIN_GAP = 0.7
"""Two pieces on one base line belong together up to this gap, in line heights."""
SAME_BASELINE = 0.45
"""Largest step between two pieces of one row, in line heights."""
SIZE_RATIO = 1.8
"""Pieces whose heights differ by more are not one row: a detector box round 'a' is lower than one round 'ly', never by this much."""

TALL_LETTERS = frozenset("bdfhkltîôâêûŵŷ")
HANGING_LETTERS = frozenset("gjpqyŷQ")
SMALL_LETTERS = 0.75
HANGING = 0.15
"""Rows with hanging letters are 1.13 to 1.25 times as high as their neighbours without (medians over the real photos)."""
SLANT, SAME_SLANT = 12.0, 12.0
"""Lines turned so many degrees from the page are slanted on purpose; those of one item differ less among themselves."""
LONG_LINE = 1.5
"""Only lines this many times longer than high show their slant."""
END_INSET = 0.3
"""Detector boxes reach so far beyond the writing, in line heights."""

Edge = tuple[Point, Point]
Parted = Callable[[Edge, Edge], bool]


@dataclass(frozen=True)
class Row:
    """A row of writing in its frame; lengths in photo px."""

    pieces: tuple[Piece, ...]
    x0: float
    x1: float
    yc: float
    height: float
    slope: float
    """Change of y per px of x; small, the frame has taken out the common angle."""
    marked: bool = False
    """It begins with a list mark that was seen in the ink."""

    def y_at(self, x: float) -> float:
        return self.yc + self.slope * (x - (self.x0 + self.x1) / 2)

    @property
    def y0(self) -> float:
        return self.yc - self.height / 2

    @property
    def y1(self) -> float:
        return self.yc + self.height / 2

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(w for p in self.pieces for w in p.words)

    @property
    def struck_out(self) -> tuple[Word, ...]:
        return tuple(w for p in self.pieces for w in p.struck_out)

    @cached_property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)

    @property
    def ink(self) -> Ink:
        return self.pieces[0].ink

    @cached_property
    def size(self) -> float:
        """Height of its capitals, whichever letters it has: boxes of rows without tall or hanging letters are lower, not smaller."""
        return self.height / letter_extent(self.text)


def letter_extent(text: str) -> float:
    """How high the writing of `text` is, in heights of its capitals."""
    letters = [c for c in text if c.isalnum()]
    tall = not letters or any(c.isupper() or c.isdigit() or c in TALL_LETTERS for c in letters)
    return (1.0 if tall else SMALL_LETTERS) + (HANGING if any(c in HANGING_LETTERS for c in letters) else 0.0)


class Frame(NamedTuple):
    """A turn of the page that makes writing run left to right."""

    angle: float
    """Degrees, clockwise on the page."""

    def points(self, quad: Sequence[Point]) -> FloatArray:
        c, s = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        turned: FloatArray = np.asarray(quad, float) @ np.array([[c, -s], [s, c]])
        return turned

    def photo_points(self, points: Sequence[Point]) -> list[Point]:
        """Points of this frame, back in the photo."""
        return [(float(x), float(y)) for x, y in Frame(-self.angle).points(points)]


def frame_of(pieces: Sequence[Piece]) -> Frame:
    """The frame in which most of the writing (by length) is level."""
    angles = [quad_angle(p.line.quad) for p in pieces]
    lengths = [sum(quad_size(w.quad)[0] for w in p.words) for p in pieces]
    # the median of directions round the strongest one, so that -179 and 179 are neighbours
    anchor = angles[int(np.argmax(lengths))]
    relative = [(a - anchor + 180) % 360 - 180 for a in angles]
    order = np.argsort(relative)
    total = np.cumsum(np.asarray(lengths)[order])
    middle = relative[order[int(np.searchsorted(total, total[-1] / 2))]]
    return Frame(anchor + float(middle))


class Turned(NamedTuple):
    """Writing of one direction."""

    frame: Frame
    """In which it is level."""
    page: Frame
    """In which the writing round it is level: its own, but for a few slanted lines."""
    pieces: list[Piece]


def sort_into_frames(pieces: Sequence[Piece]) -> list[Turned]:
    """Pieces by direction: the main frame, its quarter turns, and groups of lines that somebody wrote at a slant."""
    if not pieces:
        return []
    main = frame_of(pieces)
    slanted = _slanted_groups(pieces, main)
    apart = {id(p) for group in slanted for p in group}
    quarters: dict[int, list[Piece]] = {}
    for piece in pieces:
        if id(piece) not in apart:
            quarters.setdefault(_quarter(quad_angle(piece.line.quad) - main.angle), []).append(piece)
    pages = {q: main if q == 0 else frame_of(members) for q, members in sorted(quarters.items())}
    sorted_pieces = [Turned(page, page, quarters[q]) for q, page in pages.items()]
    for group in slanted:
        frame = frame_of(group)
        quarter = _quarter(frame.angle - main.angle)
        sorted_pieces.append(Turned(frame, pages.get(quarter, Frame(main.angle + 90.0 * quarter)), group))
    return sorted_pieces


def _quarter(angle: float) -> int:
    """The nearest number of quarter turns."""
    return round((angle % 360) / 90) % 4


def _slanted_groups(pieces: Sequence[Piece], page: Frame) -> list[list[Piece]]:
    """Two or more long lines next to each other that share another slant than the page's and its quarter turns."""

    def turn(piece: Piece) -> float:
        return (quad_angle(piece.line.quad) - page.angle + 180) % 360 - 180

    def slant(piece: Piece) -> float:
        return abs((turn(piece) + 45) % 90 - 45)

    waiting = [p for p in pieces if slant(p) > SLANT and quad_size(p.line.quad)[0] > LONG_LINE * quad_size(p.line.quad)[1]]
    groups = []
    while waiting:
        group = [waiting.pop()]
        for member in group:
            near = [p for p in waiting if abs((turn(p) - turn(member) + 180) % 360 - 180) < SAME_SLANT and _are_neighbours(p, member)]
            group += near
            waiting = [p for p in waiting if all(p is not n for n in near)]
        if len(group) > 1:
            groups.append(group)
    return groups


def _are_neighbours(a: Piece, b: Piece) -> bool:
    height = min(quad_size(a.line.quad)[1], quad_size(b.line.quad)[1])
    return bool(polygon(a.line.quad).distance(polygon(b.line.quad)) < height)


def make_rows(pieces: Sequence[Piece], frame: Frame, same_ink: Callable[[Ink, Ink], bool], are_parted: Parted | None = None) -> list[Row]:
    """Pieces on one base line joined, left to right; rows from top to bottom.

    are_parted: whether something drawn stands between two edges that face each other, in photo px.
    """
    singles = sorted((_row((p,), frame) for p in pieces), key=lambda r: r.x0)
    rows: list[Row] = []
    for single in singles:
        best: tuple[float, int] | None = None
        for i, row in enumerate(rows):
            height = (row.height + single.height) / 2
            gap = single.x0 - row.x1
            seam = (row.x1 + single.x0) / 2
            step = abs(row.y_at(seam) - single.y_at(seam))
            ratio = max(row.size, single.size) / min(row.size, single.size)
            widest = JOIN_GAP
            if single.words[0].text.startswith(tuple(LIST_MARKS)):
                widest = MARKED_JOIN
            elif gap > 0 and _begins_column(single, singles):
                widest = 0.0
            elif gap > widest * height and _is_covered(row.x1, single.x0, row, singles):
                widest = COVERED_GAP
            if (
                -0.6 * height <= gap <= widest * height
                and step <= SAME_BASELINE * min(row.height, single.height)
                and ratio <= SIZE_RATIO
                and same_ink(row.ink, single.ink)
                and not (are_parted and are_parted(_end(row, frame, row.x1), _end(single, frame, single.x0)))
            ):
                best = min(best or (math.inf, -1), (step + max(gap, 0.0), i))
        if best is None:
            rows.append(single)
        else:
            rows[best[1]] = _row((*rows[best[1]].pieces, *single.pieces), frame)
    return sorted(rows, key=lambda r: (r.yc, r.x0))


def part_labels(rows: Sequence[Row], frame: Frame) -> list[Row]:
    """Rows with a hanging label parted from it: 'Purpose: to show' over rows that begin where 'to show' begins."""
    parted = []
    for row in rows:
        cut = next((i for i, w in enumerate(row.words[:3], 1) if w.text.endswith(":")), 0)
        if any(c.isdigit() for w in row.words[:cut] for c in w.text):  # 'Step 2: …' is a numbered item, '10:30' a time
            cut = 0
        pieces = _cut_pieces(row, cut) if 0 < cut < len(row.words) else None
        if pieces is None:
            parted.append(row)
            continue
        label, rest = (_row(p, frame) for p in pieces)
        hangs = [r for r in rows if r is not row and 0 < r.yc - row.yc < 2 * row.height and r.x0 < row.x1 and r.x1 > row.x0]
        hanging = bool(hangs) and all(r.x0 > (label.x0 + rest.x0) / 2 and abs(r.x0 - rest.x0) < 2 * row.height for r in hangs)
        parted += [label, rest] if hanging else [row]
    return parted


def _cut_pieces(row: Row, cut: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """A row's pieces before and after its word number `cut`."""
    before: list[Piece] = []
    after: list[Piece] = []
    done = 0
    for piece in row.pieces:
        k = min(max(cut - done, 0), len(piece.words))
        parts = (piece.words[:k], piece.words[k:]) if 0 < k < len(piece.words) else (piece.words,)
        struck = share_struck_out(parts, piece.struck_out)
        shared = [piece._replace(words=words, struck_out=out) for words, out in zip(parts, struck, strict=True)]
        before += shared[:1] if k > 0 else []
        after += shared[-1:] if k < len(piece.words) else []
        done += len(piece.words)
    return tuple(before), tuple(after)


def _begins_column(row: Row, rows: Sequence[Row]) -> bool:
    """Whether rows near above and below begin at the same place: words after a gap within a row do not."""
    alike = [
        r
        for r in rows
        if r is not row
        and abs(r.x0 - row.x0) < COLUMN_EDGE * row.height
        and 0.5 < abs(r.yc - row.yc) / row.height < COLUMN_REACH
        and max(r.size, row.size) < SIZE_RATIO * min(r.size, row.size)
    ]
    return len(alike) >= COLUMN_ROWS


def _is_covered(x0: float, x1: float, row: Row, rows: Sequence[Row]) -> bool:
    """Whether a row of that size runs across a gap straight above or below it: gaps between columns go on, gaps between words do not."""
    return any(
        r.x0 < x0
        and r.x1 > x1
        and 0.5 < abs(r.yc - row.yc) / row.height < 1.7
        and max(r.size, row.size) < SIZE_RATIO * min(r.size, row.size)
        for r in rows
    )


def _end(row: Row, frame: Frame, x: float) -> Edge:
    """The writing's left or right edge, a little inside, photo px."""
    inside = float(np.clip(x, row.x0 + END_INSET * row.height, row.x1 - END_INSET * row.height)) if row.x1 - row.x0 > row.height else x
    y, reach = row.y_at(inside), 0.2 * row.height
    top, bottom = frame.photo_points([(inside, y - reach), (inside, y + reach)])
    return top, bottom


def _row(pieces: tuple[Piece, ...], frame: Frame) -> Row:
    quads = [frame.points(w.quad) for p in pieces for w in p.words]
    points = np.concatenate(quads)
    heights = [float(np.linalg.norm(q[3] - q[0]) + np.linalg.norm(q[2] - q[1])) / 2 for q in quads]
    widths = [max(1.0, float(np.linalg.norm(q[1] - q[0]))) for q in quads]
    left, right = (quads[0][0] + quads[0][3]) / 2, (quads[-1][1] + quads[-1][2]) / 2
    run = max(1.0, float(right[0] - left[0]))
    return Row(
        pieces=pieces,
        x0=float(points[:, 0].min()),
        x1=float(points[:, 0].max()),
        yc=float((left[1] + right[1]) / 2),
        height=float(np.average(heights, weights=widths)),
        slope=float(np.clip((right[1] - left[1]) / run, -0.5, 0.5)),
    )
