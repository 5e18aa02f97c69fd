"""A closer look at notes whose ink no line covers: pale pens on coloured paper, pencil, stickies in the shade.

The detector overlooks writing that stands out little from its ground, even enlarged; with the ground taken away and the contrast stretched
it sees it. That costs as much again as the whole photo, so only notes are shown in which ink was left over, and of what is read there
only lines with a known word are kept: folds and shadows are stretched, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import FloatArray, bounds
from digitise.model import Line, Quad
from digitise.reading.decoding import FloatMap
from digitise.reading.detection import TextBox, boxes_from_map
from digitise.reading.lexicon import Lexicon, split_letters
from digitise.reading.looks import Look, choose_directions, look_again
from digitise.reading.networks import Networks
from digitise.reading.passes import LEAST_SHARE

RgbArray = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

SIDE_PX = 640
"""Longest side of a note's picture here, px: its lines are then about as high as the detector likes."""
LEAST_SIDE_PX = 100
"""Smaller notes were enlarged as much by the look at the whole photo."""
MOST_NOTES = 12
"""Notes of one photo that are looked at closely, those with the most ink left over first; each costs about 0.3 s on one core."""
LEFT_OVER = 0.3
"""Share of a note's ink outside all lines from which it is looked at: most such notes of real photos have lost words."""
MIDDLE = 0.86
"""Share of the note's sides within which ink counts: its edge, its curl and its shadow are no ink."""
GROUND = 0.35
"""Side of the window whose median is the paper, in shares of the note: wider than any stroke."""
PAPER_LIGHTER = 4.0
"""Ink may be lighter than the paper by this (L of L*a*b*, 0..255), more is glare."""
LEAST_CONTRAST = 8.0
"""Colour distance over which contrast is stretched at least: paper grain stays grain."""
COVERED = 0.3
"""A box that shares this much of itself with a line was read already."""
KNOWN_LETTERS = 3
"""A kept line has a known word of so many letters."""


class _Close(NamedTuple):
    picture: RgbArray
    """The note with its ground taken away, black ink on white, all three channels alike."""
    x: float
    """Its left upper corner in the photo, px."""
    y: float
    scale: float
    """Px of the picture per px of the photo."""
    left_over: float
    """Share of its ink that no line covers."""


def look_closely(rgb: RgbArray, notes: Sequence[Quad], lines: Sequence[Quad], networks: Networks) -> list[Look]:
    """New lines in notes, photo px, as the recogniser reads them; rgb (H, W, 3) uint8; lines: those found already."""
    close = [view for note in notes if (view := _view(rgb, note, lines)) is not None and view.left_over >= LEFT_OVER]
    looks: list[Look] = []
    for view in sorted(close, key=lambda v: -v.left_over)[:MOST_NOTES]:
        boxes = boxes_from_map(networks.text_probability(view.picture), 1.0)
        known = [(np.asarray(line, float) - (view.x, view.y)) * view.scale for line in lines]
        new = [box for box in boxes if box.curve is None and not any(_covers(line, box) for line in known)]
        if new:
            read = look_again(view.picture, choose_directions(view.picture, new, networks), networks)
            looks += [look._replace(corners=look.corners / view.scale + (view.x, view.y)) for look in read]
    return looks


def keep_known(lines: Sequence[Line], lexicon: Lexicon) -> list[Line]:
    """The lines that say a word of some letters that the lexicon holds and that is not among its rarest: 'llll' is in every list."""

    def is_usual(word: str) -> bool:
        return len(word) >= KNOWN_LETTERS and lexicon.is_known(word) and lexicon.log_probability(word) >= LEAST_SHARE

    return [line for line in lines if any(is_usual(part) for word in line.words for part in split_letters(word.text))]


def replace_unread(lines: Sequence[Line], found: Sequence[Line]) -> list[Line]:
    """All lines but for those without words in whose place something was found."""
    places = [np.asarray(line.quad, float) for line in found]
    return [*(line for line in lines if line.words or line.struck_out or not any(_shares(line.quad, p) for p in places)), *found]


def _view(rgb: RgbArray, note: Quad, lines: Sequence[Quad]) -> _Close | None:
    x0, y0, x1, y1 = bounds(note)
    left, top = max(0, int(x0)), max(0, int(y0))
    part = rgb[top : int(y1) + 1, left : int(x1) + 1]
    if min(part.shape[:2], default=0) < 2 or max(part.shape[:2]) < LEAST_SIDE_PX:
        return None
    scale = SIDE_PX / max(part.shape[:2])
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    shown = cast(RgbArray, cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))
    grey = stretch_ink(shown)
    inside = _fill(grey.shape, [_middle(note)], left, top, scale)
    covered = _fill(grey.shape, [np.asarray(line, float) for line in lines], left, top, scale)
    ink = (grey < 128) & (inside > 0)
    over = float((ink & (covered == 0)).sum()) / max(1, int(ink.sum()))
    return _Close(np.ascontiguousarray(np.dstack([grey] * 3)), left, top, scale, over)


def stretch_ink(rgb: RgbArray) -> Mask:
    """A note (h, w, 3) as grey (h, w): what differs from the paper round it in colour or by being darker is black, paper white."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)
    h, w = lab.shape[:2]
    small = cv2.resize(lab, (max(4, w // 4), max(4, h // 4)), interpolation=cv2.INTER_AREA)
    window = max(3, round(GROUND * min(small.shape[:2])) | 1)
    paper = cv2.resize(cv2.medianBlur(small, window), (w, h), interpolation=cv2.INTER_LINEAR)
    away = lab.astype(np.float32) - cv2.GaussianBlur(paper, (0, 0), 3).astype(np.float32)
    distance: FloatMap = np.where(away[..., 0] <= PAPER_LIGHTER, np.linalg.norm(away, axis=2), 0).astype(np.float32)
    low, high = np.percentile(distance, (50, 99.5))
    return cast(Mask, 255 - np.clip((distance - low) / max(high - low, LEAST_CONTRAST) * 255, 0, 255).astype(np.uint8))


def _middle(note: Quad) -> FloatArray:
    corners = np.asarray(note, float)
    centre = corners.mean(axis=0)
    return cast(FloatArray, centre + MIDDLE * (corners - centre))


def _fill(shape: tuple[int, ...], quads: Sequence[FloatArray], left: float, top: float, scale: float) -> Mask:
    mask = np.zeros(shape[:2], np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(mask, np.round((quad - (left, top)) * scale).astype(np.int32), 1)
    return mask


def _shares(quad: Quad, place: FloatArray) -> bool:
    """Whether a place takes much of a quad, or lies in it with much of itself."""
    one, other = np.asarray(quad, np.float32), place.astype(np.float32)
    return float(cv2.intersectConvexConvex(one, other)[0]) >= COVERED * min(float(cv2.contourArea(one)), float(cv2.contourArea(other)))


def _covers(line: FloatArray, box: TextBox) -> bool:
    one, other = line.astype(np.float32), box.corners.astype(np.float32)
    return float(cv2.intersectConvexConvex(one, other)[0]) >= COVERED * float(cv2.contourArea(other))
