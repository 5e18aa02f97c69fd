"""Marks with which people vote, and the picture in which they are looked for: what is drawn or stuck on, apart from its ground.

solid_marks.py finds dots and stars in it, thin_marks.py ticks and the strokes of tallies; votes.py settles what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import quad_size
from digitise.layout.tallies import Stroke
from digitise.model import Box, Point, Quad

RgbArray = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
MarkKind = Literal["dot", "star", "tick", "stroke", "unsure"]
"""unsure: as solid and as large as the dots or stars round it, but not of their shape."""

LINE_PX = 64.0
"""Height of a line of writing (detector's box) in the working picture: dots of a third of a line are 21 px wide there."""
MOST_PIXELS = 3_000_000
MAX_ENLARGE = 2.0
GROUND = 4.0
"""The ground's colour at a place is the median over so many line heights round it; a sticky is at least that wide."""
EIGHTH = 8
"""The ground is looked for in a picture so many times smaller."""
LEAST_CONTRAST = 24.0
"""Difference from the ground (CIE 1976) of anything drawn or stuck on; grain and folds stay under 12, silver stars on paper reach 30."""
SAME_COLOUR = 26.0
"""Largest difference within one mark: foil and glitter shine, felt pens pool."""
SQUARES = np.arange(256, dtype=np.float32) ** 2
LIGHT_SQUARES = (np.arange(256, dtype=np.float32) * 100 / 255) ** 2


class Mark(NamedTuple):
    """Something that looks like a vote. Photo px."""

    kind: MarkKind
    centre: Point
    size: float
    """Diameter; length of a stroke or tick."""
    colour: tuple[float, float, float]
    """CIE L*a*b* relative to the ground it is on."""
    worth: int = 1
    """5 for a gate of four strokes with a fifth across."""
    stroke: Stroke | None = None
    """Ends of a stroke, or of the middle of a gate."""
    plain: bool = True
    """False where it was known only by comparison with others."""

    @property
    def box(self) -> Box:
        if self.stroke is not None:
            xs, ys = (self.stroke.x0, self.stroke.x1), (self.stroke.y0, self.stroke.y1)
            reach = 0.6 * self.size if self.worth > 1 else 0.1 * self.size
            return (min(xs) - reach, min(ys), max(xs) + reach, max(ys))
        (x, y), r = self.centre, self.size / 2
        return (x - r, y - r, x + r, y + r)


class View(NamedTuple):
    """The working picture."""

    lab: Bytes
    """(H, W, 3), as OpenCV packs it: L times 2.55, a and b plus 128."""
    ground: Bytes
    """The same without anything drawn or stuck on."""
    drawn: Mask
    line: float
    """Height of a line of writing, working px."""
    pen: float
    """Half the width of a stroke."""
    scale: float
    """Working px per photo px."""

    def colour(self, y: int, x: int) -> FloatArray:
        """CIE L*a*b* of the ground at a place."""
        return unpack(self.ground[y, x])


def look(rgb: RgbArray, line_quads: Sequence[Quad], near: Sequence[Box], stickies: Sequence[Sequence[Point]]) -> View:
    height = float(np.median([quad_size(q)[1] for q in line_quads]))
    pixels = rgb.shape[0] * rgb.shape[1]
    scale = min(LINE_PX / max(1.0, height), MAX_ENLARGE, (MOST_PIXELS / pixels) ** 0.5)
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    line = height * scale
    lab = cast(Bytes, cv2.cvtColor(small, cv2.COLOR_RGB2LAB))
    ground = _find_ground(lab, line, [np.asarray(s, np.float32) * scale for s in stickies])
    apart = cv2.absdiff(lab, ground)
    light, *colours = (np.ascontiguousarray(apart[:, :, c]) for c in range(3))
    squares = np.asarray(cv2.LUT(light, LIGHT_SQUARES), np.float32)
    for colour in colours:
        squares += np.asarray(cv2.LUT(colour, SQUARES), np.float32)
    drawn = (squares > LEAST_CONTRAST**2).astype(np.uint8)
    here = np.zeros_like(drawn)
    for x0, y0, x1, y1 in near:
        here[max(0, int(y0 * scale)) : max(0, int(y1 * scale) + 1), max(0, int(x0 * scale)) : max(0, int(x1 * scale) + 1)] = 1
    drawn &= here
    return View(lab, ground, drawn, line, _pen(drawn, line), scale)


def _find_ground(lab: Bytes, line: float, stickies: Sequence[FloatArray]) -> Bytes:
    """The picture without what is written on it: medians over a neighbourhood, which on a sticky does not reach beyond its edge."""
    eighth = cast(Bytes, cv2.resize(lab, None, fx=1 / EIGHTH, fy=1 / EIGHTH, interpolation=cv2.INTER_AREA))
    around = cv2.medianBlur(eighth, 2 * max(1, min(120, round(GROUND * line / 2 / EIGHTH))) + 1)
    ground = cast(Bytes, cv2.resize(around, (lab.shape[1], lab.shape[0]), interpolation=cv2.INTER_LINEAR))
    for outline in stickies:
        x0, y0 = np.maximum(0, np.floor(outline.min(axis=0) / EIGHTH)).astype(int)
        x1, y1 = np.ceil(outline.max(axis=0) / EIGHTH).astype(int) + 1
        part = eighth[y0:y1, x0:x1]
        if part.size == 0:
            continue
        inside = np.zeros(part.shape[:2], np.uint8)
        cv2.fillPoly(inside, [np.round(outline / EIGHTH - (x0, y0)).astype(np.int32)], 1)
        colour = np.median(part[inside > 0], axis=0) if inside.any() else np.median(part.reshape(-1, 3), axis=0)
        paper = np.where((np.abs(part - colour).max(axis=2) < SAME_COLOUR)[:, :, None] & (inside > 0)[:, :, None], part, colour)
        smooth = cv2.GaussianBlur(paper.astype(np.uint8), (0, 0), max(0.8, line / EIGHTH))
        top, left = int(y0 * EIGHTH), int(x0 * EIGHTH)
        target = ground[top : top + smooth.shape[0] * EIGHTH, left : left + smooth.shape[1] * EIGHTH]
        large = cv2.resize(smooth, (smooth.shape[1] * EIGHTH, smooth.shape[0] * EIGHTH), interpolation=cv2.INTER_LINEAR)
        mask = np.zeros(target.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(outline - (left, top)).astype(np.int32)], 1)
        np.copyto(target, large[: target.shape[0], : target.shape[1]], where=(mask > 0)[:, :, None])
    return ground


def unpack(lab: npt.NDArray[np.uint8]) -> FloatArray:
    """OpenCV's bytes as CIE L*a*b*."""
    return cast(FloatArray, lab.astype(np.float32) * (100 / 255, 1, 1) - (0, 128, 128))


def _pen(drawn: Mask, line: float) -> float:
    """Half the width of most strokes, px: the median distance to the edge along the middles of all strokes."""
    inside = cv2.distanceTransform(drawn, cv2.DIST_L2, 3)
    ridge = inside[(inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8))) & (inside >= 1) & (inside < 0.3 * line)]
    return float(np.median(ridge)) if ridge.size else 1.0


def draw_words(view: View, words: Sequence[Quad]) -> Mask:
    """1 inside some words (photo px), 0 elsewhere; of the working picture's size."""
    mask = np.zeros(view.drawn.shape, np.uint8)
    for quad in words:
        cv2.fillPoly(mask, [np.round(np.asarray(quad) * view.scale).astype(np.int32)], 1)
    return mask
