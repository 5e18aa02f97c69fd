"""Arrows that people draw from one note to another: from a problem to what is to be done about it.

What is drawn outside the writing and off the notes falls into pieces, and some of them are arrows (arrow_strokes.py). One says something
only where it leads from one note to another over bare paper. A line without a head says nothing: it may part notes as well as join them.

Arrows that touch other ink are missed rather than guessed: on 41 real photos with 1,396 notes five arrows between notes are found, all of
them right, of about thirty that are drawn there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt
from shapely import LineString, Polygon
from shapely import Point as Place

from digitise.geometry import polygon, quad_size
from digitise.layout.arrow_strokes import Arrow, FloatArray, read_arrow
from digitise.layout.strokes import SURROUNDINGS_PX, Strokes
from digitise.model import Note, Quad

ERASED = 1.1
"""Times its size at which a word is taken off the ink."""
EDGE_PX = 6
"""The edge of a sticky, its shadow and the line of a drawn box are within so many px of its outline, at the strokes' size."""
ALONG_PX, MOST_ALONG = 14, 0.5
"""A piece that runs so near to notes with an edge for more than this share of its length is a shadow or a gap between them."""
BRIDGED_PX = 5
"""Gaps in a stroke up to this wide are closed."""
SHORTEST = 2.0
"""Usual letter heights from end to end; shorter ones are list marks, ticks and letters."""
THICKEST = 0.4
"""Its pen is at most so many letter heights wide."""
MOST_PIXELS = 12_000
"""Of one piece: what is larger is a drawing, and would take long to follow."""
FAINTEST = 0.3
"""Contrast to the ground, as a share of the writing's: folds and the paper's own grid are fainter."""
REACH = 2.0
"""An end is at most so many letter heights away from its note."""
LOOKS = 3.0
"""So far ahead of an end must its note be, in letter heights, in the direction of the stroke there."""
APART = 1.5
"""Notes with an arrow between them are so many letter heights apart."""
GOES_ON = 0.6
"""Share of a letter height beyond a note that must be inked where a line goes on there."""
MOST_UNSPANNED = 0.7
"""What an arrow leaves open at both ends, as a share of its length."""

Mask = npt.NDArray[np.uint8]


def link_notes(strokes: Strokes, notes: Sequence[Note]) -> list[Note]:
    """The notes of one photo, each with the ids of those to which an arrow leads from it."""
    leads: dict[str, list[str]] = {}
    for tail, tip in find_arrows(strokes, notes):
        leads.setdefault(notes[tail].id, []).append(notes[tip].id)
    return [n.model_copy(update={"leads_to": tuple(sorted(set(leads[n.id])))}) if n.id in leads else n for n in notes]


def find_arrows(strokes: Strokes, notes: Sequence[Note]) -> list[tuple[int, int]]:
    """Numbers of the notes at the tail and at the tip of each arrow."""
    if len(notes) < 2:
        return []
    scale = strokes.scale
    shapes = [polygon([(x * scale, y * scale) for x, y in n.outline]) for n in notes]
    heights = [max(4.0, _letter_height(n) * scale) for n in notes]
    usual = float(np.median(heights))
    edged = np.zeros(strokes.drawn.shape, np.uint8)
    for note in notes:
        if note.container != "none":
            cv2.fillPoly(edged, [np.round(np.asarray(note.outline) * scale).astype(np.int32)], 1)
    words = [w.quad for n in notes for w in n.words]
    bare = _bare_ink(strokes, words, edged)
    contrast, usual_contrast = _measure_contrast(strokes, words)
    beside = cv2.dilate(edged, np.ones((2 * ALONG_PX + 1, 2 * ALONG_PX + 1), np.uint8))
    found = []
    for left, top, piece in _list_pieces(bare, SHORTEST * usual):
        arrow = read_arrow(piece, usual)
        if arrow is None or arrow.length < SHORTEST * usual or arrow.pen > THICKEST * usual:
            continue
        here = (slice(top, top + piece.shape[0]), slice(left, left + piece.shape[1]))
        columns, rows = arrow.way.astype(int).T
        if beside[here][rows, columns].mean() > MOST_ALONG or np.median(contrast[here][piece]) < FAINTEST * usual_contrast:
            continue
        bare[here][piece] = 0
        corner = np.array((left, top), float)
        moved = arrow._replace(way=arrow.way + corner, tip=arrow.tip + corner)
        ends = _find_ends(moved, shapes, heights, usual)
        if ends is not None:
            found.append((moved, ends))
    return [ends for arrow, ends in found if not _comes_through(arrow, shapes[ends[0]], bare, usual)]


def _letter_height(note: Note) -> float:
    """Of its lines, photo px; of a note that could not be read a third of its smaller side."""
    known = [quad_size(line.quad)[1] for line in note.lines]
    x0, y0, x1, y1 = note.bbox
    return float(np.median(known)) if known else min(x1 - x0, y1 - y0) / 3


def _bare_ink(strokes: Strokes, words: Sequence[Quad], edged: Mask) -> Mask:
    """Ink that is neither writing nor on a note with an edge."""
    ink = (strokes.drawn > 0).astype(np.uint8)
    for quad in words:
        corners = np.asarray(quad, float) * strokes.scale
        middle = corners.mean(axis=0)
        cv2.fillPoly(ink, [np.round(middle + ERASED * (corners - middle)).astype(np.int32)], 0)
    ink[cv2.dilate(edged, np.ones((2 * EDGE_PX + 1, 2 * EDGE_PX + 1), np.uint8)) > 0] = 0
    return cast(Mask, cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((BRIDGED_PX, BRIDGED_PX), np.uint8)))


def _measure_contrast(strokes: Strokes, words: Sequence[Quad]) -> tuple[FloatArray, float]:
    """How far each pixel's lightness is from that round it, and how far it is for the ink of the writing."""
    lightness = cv2.cvtColor(strokes.rgb, cv2.COLOR_RGB2LAB)[:, :, 0].astype(np.float64)
    contrast = np.abs(cv2.blur(lightness, (SURROUNDINGS_PX, SURROUNDINGS_PX)) - lightness)
    written = np.zeros(strokes.drawn.shape, np.uint8)
    for quad in words:
        cv2.fillPoly(written, [np.round(np.asarray(quad, float) * strokes.scale).astype(np.int32)], 1)
    inked = contrast[(written > 0) & (strokes.drawn > 0)]
    return contrast, float(np.median(inked)) if inked.size else 0.0


def _list_pieces(ink: Mask, shortest: float) -> list[tuple[int, int, npt.NDArray[np.bool_]]]:
    """Pieces of ink that may be arrows by their size, not cut by the picture's edge: left, top, and the piece's own pixels."""
    from scipy.ndimage import find_objects  # noqa: PLC0415 - slow import, needed only here

    _, labels = cv2.connectedComponents(ink, connectivity=8)
    height, width = ink.shape
    pieces = []
    for k, (rows, columns) in enumerate(find_objects(labels), 1):
        inside = rows.start > 0 and columns.start > 0 and rows.stop < height and columns.stop < width
        if inside and math.hypot(rows.stop - rows.start, columns.stop - columns.start) >= 0.6 * shortest:
            piece = labels[rows, columns] == k
            if np.count_nonzero(piece) <= MOST_PIXELS:
                pieces.append((columns.start, rows.start, piece))
    return pieces


def _find_ends(arrow: Arrow, shapes: Sequence[Polygon], heights: Sequence[float], usual: float) -> tuple[int, int] | None:
    """The notes at which an arrow begins and ends; None where it does not lead from one to another."""
    tail = arrow.way[0]
    start, end = (_note_ahead(at, to, shapes, heights, usual) for at, to in ((tail, -arrow.leaving), (arrow.tip, arrow.heading)))
    if start is None or end is None or start == end or shapes[start].distance(shapes[end]) < APART * usual:
        return None
    unspanned = shapes[start].distance(Place(tail)) + shapes[end].distance(Place(arrow.tip))
    return (start, end) if unspanned <= MOST_UNSPANNED * arrow.length else None


def _note_ahead(at: FloatArray, to: FloatArray, shapes: Sequence[Polygon], heights: Sequence[float], usual: float) -> int | None:
    """The nearest note that an arrow's end reaches, in its direction."""
    place, ray = Place(at), LineString([at, at + LOOKS * usual * to])
    gaps = [(shape.distance(place), i) for i, shape in enumerate(shapes)]
    near = [
        (gap, i)
        for gap, i in gaps
        if gap <= REACH * max(usual, heights[i]) and (gap <= 0.3 * usual or ray.intersects(shapes[i].buffer(0.4 * heights[i])))
    ]
    return min(near)[1] if near else None


def _comes_through(arrow: Arrow, shape: Polygon, ink: Mask, usual: float) -> bool:
    """Whether an arrow's line goes on beyond the note at its tail: it only crosses that. ink: what is bare and no arrow."""
    tail, back = arrow.way[0], -arrow.leaving
    x0, y0, x1, y1 = shape.bounds
    crossed = shape.buffer(EDGE_PX).intersection(LineString([tail, tail + (math.hypot(x1 - x0, y1 - y0) + REACH * usual) * back]))
    if crossed.is_empty:
        return False
    beyond = max(float(np.dot(np.asarray(point) - tail, back)) for part in getattr(crossed, "geoms", [crossed]) for point in part.coords)
    rows, columns = np.nonzero(ink)
    away = np.stack([columns, rows], axis=1) - (tail + beyond * back)
    along, aside = away @ back, np.abs(away @ np.array([-back[1], back[0]]))
    there = along[(along >= 2) & (along < usual) & (aside <= EDGE_PX + along / 2)]
    return len(np.unique(there.astype(int))) >= GOES_ON * (usual - 2)
