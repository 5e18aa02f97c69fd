"""Boxes and bubbles that people draw round their words, and lines under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt
from shapely import Polygon

from digitise.geometry import polygon, quad_size
from digitise.layout.colours import estimate_white, name_colour
from digitise.layout.strokes import Strokes
from digitise.layout.tails import find_tail
from digitise.model import Colour, Container, Point, Quad

RgbArray = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Contour = npt.NDArray[np.int32]

BRIDGED_PX = 5
"""Gaps in a hand-drawn outline up to this wide are closed, px at the working size."""
LEAST_SOLID = 0.80
"""Area over the area of the convex hull: bubbles and boxes bulge outwards, the spaces between letters and arrows do not."""
RECTANGLE = 0.86
"""Share of its smallest rectangle that a shape fills from which it is a box; an ellipse fills 0.785."""
LEAST_WRITTEN = 0.08
MOST_WRITTEN = 0.95
"""Share of a shape covered by its lines: a frame round a whole sheet holds less, the loop of a letter more."""
ERASED = 0.8
"""Middle share of a line's height in which its ink is writing for certain."""
MOST_LINES = 6
LARGEST_SHARE = 0.08
"""Of the photo; what is larger is a sheet, a board or a frame round a part of one."""
WITHIN = 0.9
"""Share of a line's area that must lie in a shape."""
UNDERLINE_REACH = 0.45
"""How far below a line its underline is looked for, in line heights."""
UNDERLINE_SHARE = 0.75
"""Share of a line's length that an unbroken stroke under it must have; descenders and the next line's letters are shorter."""


class Shape(NamedTuple):
    """A closed outline drawn round some lines."""

    outline: tuple[Point, ...]
    container: Container
    """'box' or 'bubble'."""
    colour: Colour
    """Of its inside: white on bare paper."""
    tail: Point | None = None
    """Where the tail of a speech bubble ends."""


def find_shapes(strokes: Strokes, line_quads: Sequence[Quad]) -> list[Shape]:
    """Drawn boxes and bubbles that hold writing, innermost only; line_quads: lines outside stickies. Outlines in photo px."""
    if not line_quads:
        return []
    small, drawn, scale = strokes.rgb, strokes.drawn, strokes.scale
    lines = [polygon([(x * scale, y * scale) for x, y in q]) for q in line_quads]
    white = estimate_white(small)
    found: list[tuple[float, tuple[int, ...], Contour, Shape]] = []
    unwritten = _close(_without_writing(drawn, line_quads, scale))
    for closed in (_close(drawn), unwritten):
        for contour, hull, held in _holes(closed, lines):
            (_, _), (w, h), _ = cv2.minAreaRect(contour)
            container: Container = "box" if cv2.contourArea(contour) >= RECTANGLE * w * h else "bubble"
            outline = tuple((float(x) / scale, float(y) / scale) for x, y in cv2.approxPolyDP(hull, 2.0, True)[:, 0])
            colour = name_colour(_inside(small, contour), white)
            found.append((cv2.contourArea(hull), held, contour, Shape(outline, container, colour)))
    return [_with_tail(shape, find_tail(unwritten, contour), scale) for contour, shape in _innermost(found)]


def _with_tail(shape: Shape, tip: Point | None, scale: float) -> Shape:
    """A shape with its tail, tip in working px: whatever has one is a bubble."""
    return shape if tip is None else shape._replace(container="bubble", tail=(tip[0] / scale, tip[1] / scale))


def _close(ink: Mask) -> Mask:
    return cast(Mask, cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((BRIDGED_PX, BRIDGED_PX), np.uint8)))


def _without_writing(drawn: Mask, line_quads: Sequence[Quad], scale: float) -> Mask:
    """The ink without the middles of the lines of writing: letters that touch an outline would tear what it holds."""
    rest = drawn.copy()
    for quad in line_quads:
        corners = np.asarray(quad, float) * scale
        tl, tr, br, bl = corners
        inset = (1 - ERASED) / 2
        core = np.array([tl + (bl - tl) * inset, tr + (br - tr) * inset, br + (tr - br) * inset, bl + (tl - bl) * inset])
        cv2.fillPoly(rest, [np.round(core).astype(np.int32)], 0)
    return rest


def _holes(closed: Mask, lines: Sequence[Polygon]) -> Iterator[tuple[Contour, Contour, tuple[int, ...]]]:
    """Holes in the ink that bulge outwards and hold some lines: outline, its hull, and the lines' numbers."""
    contours, hierarchy = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    smallest = min(line.area for line in lines)
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0] if hierarchy is not None else (), strict=True):
        area = cv2.contourArea(contour)
        if parent < 0 or not smallest <= area <= LARGEST_SHARE * closed.shape[0] * closed.shape[1]:
            continue
        hull = cv2.convexHull(contour)
        shape = polygon([(float(x), float(y)) for x, y in hull[:, 0]])
        if area < LEAST_SOLID * shape.area:
            continue
        held = tuple(i for i, line in enumerate(lines) if shape.intersects(line) and shape.intersection(line).area >= WITHIN * line.area)
        written = sum(lines[i].area for i in held) / shape.area
        if 0 < len(held) <= MOST_LINES and LEAST_WRITTEN <= written <= MOST_WRITTEN:
            yield np.asarray(contour, np.int32), np.asarray(hull, np.int32), held


def _inside(rgb: RgbArray, contour: npt.NDArray[np.int32]) -> RgbArray:
    """Pixels of the ground inside a shape, (N, 3): the lighter half, which is not writing."""
    x, y, w, h = cv2.boundingRect(contour)
    mask = np.zeros((h, w), np.uint8)
    cv2.fillPoly(mask, [contour - np.asarray((x, y), np.int32)], 1)
    pixels = rgb[y : y + h, x : x + w][mask > 0]
    light = pixels.sum(axis=1, dtype=np.int32)
    return cast(RgbArray, pixels[light >= np.median(light)])


def _innermost(found: Sequence[tuple[float, tuple[int, ...], Contour, Shape]]) -> list[tuple[Contour, Shape]]:
    """Each line belongs to the smallest shape that holds it; a shape round other shapes is a frame."""
    taken: set[int] = set()
    shapes = []
    for _, held, contour, shape in sorted(found, key=lambda f: f[0]):
        if taken.isdisjoint(held):
            shapes.append((contour, shape))
            taken.update(held)
    return shapes


def is_underlined(rgb: RgbArray, quad: Quad) -> bool:
    """Whether a stroke runs under a line of writing (corners along the reading direction, photo px)."""
    width, height = quad_size(quad)
    if width < 4 or height < 4:
        return False
    scale = 40 / height
    w, h = max(8, round(width * scale)), round(40 * (1 + UNDERLINE_REACH))
    tl, tr, br, bl = (np.asarray(p, np.float32) for p in quad)
    source = np.array([tl, tr, br + (br - tr) * UNDERLINE_REACH, bl + (bl - tl) * UNDERLINE_REACH], np.float32)
    target = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    strip = cv2.warpPerspective(rgb, cv2.getPerspectiveTransform(source, target), (w, h), flags=cv2.INTER_AREA)
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY)
    dark = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 10)
    # a stroke drawn by hand wavers and slants: what counts is how far one piece of ink reaches, and that it stays flat
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark[round(0.72 * 40) :], connectivity=8)
    return any(stats[i, cv2.CC_STAT_WIDTH] >= UNDERLINE_SHARE * w and stats[i, cv2.CC_STAT_HEIGHT] <= 14 for i in range(1, count))
