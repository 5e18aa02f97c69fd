"""Lines that people draw from one thing to another: the arms of mind maps.

Ink outside the writing is shared out among the items: it starts at what touches an item or runs round it, and goes on along the strokes,
all items at the same pace. Where the ink of two items meets, a line joins them. It is the geodesic Voronoi diagram of the items on the
drawn strokes (Lantuejoul and Maisonneuve 1984), so a bubble and the arms that touch it need not be told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import cv2
import numpy as np
import numpy.typing as npt

from digitise.layout.strokes import Strokes
from digitise.model import Point

WORK_SIDE_PX = 800
"""Longest side at which lines are followed; a marker's stroke is still 2 px wide."""
FAINTEST_SHARE = 0.2
"""Share of a pixel of that size that must be drawn on."""
TOUCHES = 0.7
"""Ink this near to writing, in letter heights, touches it: arms end a little before the words."""
OUTLINE_TOUCHES = 0.25
"""The same for an outline that is drawn itself."""
RAYS, ENCLOSED = 48, 0.75
"""Directions in which is looked for a line round a word, and the share of them in which there must be one: ovals are drawn open."""
FARTHEST_RING, UNEVEN = 2.0, 2.0
"""A line round a word runs at most so many letter heights from it, and nowhere so many times as far as it does mostly."""
SHORTEST = 0.8
"""An arm is at least so many letter heights long."""
WIDEST = 0.7
"""An arm is at most this wide, in letter heights: what is wider is filled."""

Mask = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint16]


class Node(NamedTuple):
    """An item that arms may join."""

    outline: tuple[Point, ...]
    """Photo px."""
    height: float
    """Of its letters, photo px."""
    drawn_round: bool
    """The outline itself is drawn: a box or a bubble."""


class Connections(NamedTuple):
    """What is joined with what, by number of the node."""

    pairs: frozenset[tuple[int, int]]
    """Smaller number first."""
    enclosed: frozenset[int]
    """Nodes with a line drawn round them."""


def find_connections(strokes: Strokes, nodes: Sequence[Node]) -> Connections:
    """Pairs of nodes that a drawn line joins."""
    if len(nodes) < 2:
        return Connections(frozenset(), frozenset())
    shrink = min(1.0, WORK_SIDE_PX / max(strokes.drawn.shape))
    drawn = cv2.resize(strokes.drawn, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    ink = cast(Mask, cv2.morphologyEx((drawn > 255 * FAINTEST_SHARE).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    scale = strokes.scale * shrink
    outlines = [np.asarray(n.outline, np.float32) * np.float32(scale) for n in nodes]
    own = np.zeros(ink.shape, np.uint16)
    for i, outline in enumerate(outlines):
        cv2.fillPoly(own, [np.round(outline).astype(np.int32)], i + 1)
    ink[own > 0] = 0
    if not ink.any():
        return Connections(frozenset(), frozenset(i for i, n in enumerate(nodes) if n.drawn_round))
    heights = np.array([n.height * scale for n in nodes])
    seeds, enclosed = _seeds(ink, own, nodes, outlines, heights)
    return Connections(_meetings(_spread(seeds, ink), outlines, heights), frozenset(enclosed))


def _seeds(
    ink: Mask, own: Labels, nodes: Sequence[Node], outlines: Sequence[npt.NDArray[np.float32]], heights: npt.NDArray[np.float64]
) -> tuple[Labels, set[int]]:
    """Ink that belongs to a node from the start (its number + 1), and the nodes that have a line round them."""
    distance, nearest = cv2.distanceTransformWithLabels((own == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    owner_of = np.zeros(int(nearest.max()) + 1, np.uint16)
    owner_of[nearest[own > 0]] = own[own > 0]
    owner = owner_of[nearest]
    touching = np.array([OUTLINE_TOUCHES if n.drawn_round else TOUCHES for n in nodes])
    reach = np.concatenate([[0.0], touching * heights])[owner]
    labels = np.where((ink > 0) & (distance <= reach), owner, 0).astype(np.uint16)
    enclosed = {i for i, n in enumerate(nodes) if n.drawn_round}
    _, pieces = cv2.connectedComponents(ink, connectivity=8)
    for i, node in enumerate(nodes):
        if node.drawn_round:
            continue
        ring = _ring(ink, own, i + 1, outlines[i], heights[i])
        if not ring:
            continue
        usual = float(np.median([away for _, _, away in ring]))
        ring = [(x, y, away) for x, y, away in ring if away <= UNEVEN * usual + 2]
        piece = np.bincount([pieces[y, x] for x, y, _ in ring]).argmax()
        if sum(pieces[y, x] == piece for x, y, _ in ring) >= ENCLOSED * RAYS:
            enclosed.add(i)
            for x, y, _ in ring:
                labels[y, x] = i + 1
    return labels, enclosed


def _ring(ink: Mask, own: Labels, label: int, outline: npt.NDArray[np.float32], height: float) -> list[tuple[int, int, float]]:
    """First ink in each direction from a node's middle, near round it and with no other node before it: x, y, and how far out it is."""
    cx, cy = outline.mean(axis=0)
    rows, columns = ink.shape
    found = []
    for angle in np.linspace(0, 2 * np.pi, RAYS, endpoint=False):
        dx, dy = float(np.cos(angle)), float(np.sin(angle))
        outside = 0.0
        x, y = float(cx), float(cy)
        while outside <= FARTHEST_RING * height:
            x, y = x + dx, y + dy
            column, row = round(x), round(y)
            if not (0 <= column < columns and 0 <= row < rows) or own[row, column] not in (0, label):
                break
            if own[row, column] == label:
                continue
            outside += 1.0
            if ink[row, column]:
                found.append((column, row, outside))
                break
    return found


def _spread(seeds: Labels, ink: Mask) -> Labels:
    """The labels spread along the ink, all at the same pace."""
    labels = seeds.copy()
    kernel = np.ones((3, 3), np.uint8)
    free = (ink > 0) & (labels == 0)
    while True:
        grown = cv2.dilate(labels, kernel)
        fresh = free & (grown > 0)
        if not fresh.any():
            return labels
        labels[fresh] = grown[fresh]
        free &= ~fresh


def _meetings(labels: Labels, outlines: Sequence[npt.NDArray[np.float32]], heights: npt.NDArray[np.float64]) -> frozenset[tuple[int, int]]:
    """Pairs of nodes whose ink meets far enough from both to be an arm between them, and not along a broad front."""
    fronts: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one, other in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        for y, x in np.argwhere((one != other) & (one > 0) & (other > 0)):
            pair = (int(min(one[y, x], other[y, x])) - 1, int(max(one[y, x], other[y, x])) - 1)
            fronts.setdefault(pair, []).append((int(x), int(y)))
    found = set()
    for (a, b), front in fronts.items():
        x, y = (float(v) for v in np.median(front, axis=0))
        length = sum(-cv2.pointPolygonTest(outlines[k], (x, y), True) for k in (a, b))
        height = min(heights[a], heights[b])
        if length >= SHORTEST * height and len(front) <= 2 * WIDEST * height + 2:
            found.add((a, b))
    return frozenset(found)
