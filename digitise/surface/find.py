"""Finding sheets, boards and pages in a photo, or declining to.

Two sources of proposals (`propose`), one judge (`judge`), corners fitted to the full photo (`refine`). A wrong quad crops writing away and
warps what is left; a missing one only leaves the photo as it was. So anything under ACCEPT is left out.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitise.geometry import polygon, to_quad
from digitise.model import Quad, SurfaceKind
from digitise.surface.judge import has_frame, judge, mean_inside, quad_areas, sift
from digitise.surface.propose import propose_quads
from digitise.surface.refine import refine_in_photo, refine_in_view
from digitise.surface.view import Floats, Rgb, View, make_view

ACCEPT = 0.5
"""Least confidence of a found surface. Measured on 70 composites of real sheets in real cluttered photos: at 0.5, 87 % found (mean
overlap 0.89) with 0.10 others per photo, half of those true sheets of the background; at 0.6, 80 % with 0.09; at 0.4, 89 % with 0.17.
Of 41 real photos 11 had a quad at 0.5, wrong by eye in 2 (a panel of a collage, two sheets taken for one); 0.45 would add 3 wrong ones."""
SIFTED = 200
"""Proposals that are judged in full."""
REFINED, NEARLY_PX = 16, 4.0
"""Best proposals whose sides are fitted and which are judged again; of those whose corners differ by less (view px), the best only."""
BLACK = 40.0
"""A surface darker than this in L* is a blackboard."""
SAME = 0.3
"""Two quads that share more than this part of the smaller one are rivals: only the better is kept."""
HALF, AS_SURE, SLACK, FILL = 0.7, 0.9, 0.05, 0.85
"""Two sheets side by side against one quad round both: share of it that each has at most, confidence by its own that each has at least,
share that may lie over or outside, and share that they fill. A fold is no edge: its halves are not as sure as their whole."""
LEAST_PX = 64
"""Photos smaller than this on a side hold no sheet worth finding."""


class FoundSurface(NamedTuple):
    """A sheet or board in a photo."""

    quad: Quad
    """Photo px; top left first, as the photo is held (not as the writing runs)."""
    what: SurfaceKind
    confidence: float
    """0..1, at least ACCEPT."""


def find_surfaces(rgb: Rgb) -> list[FoundSurface]:
    """Sheets, pages and boards of a photo (H, W, 3 uint8 RGB), largest first; [] when none is sure."""
    if min(rgb.shape[:2]) < LEAST_PX:
        return []
    view = make_view(rgb)
    candidates = rank_quads(view)
    found = []
    for quad, confidence in candidates:
        if confidence < ACCEPT:
            continue
        ratio = np.array([view.size[0] / rgb.shape[1], view.size[1] / rgb.shape[0]], np.float32)
        full = refine_in_photo(rgb, np.asarray(quad / ratio, np.float32), view.scale)
        full = np.clip(full, 0, np.array([rgb.shape[1], rgb.shape[0]], np.float32))
        found.append(FoundSurface(to_quad(full), _kind(view, quad), round(float(confidence), 3)))
    return sorted(found, key=lambda s: -polygon(s.quad).area)


def rank_quads(view: View) -> list[tuple[Floats, float]]:
    """The best quads that do not contest each other, (4, 2) view px with confidence, best first; below ACCEPT too."""
    quads = sift(view, propose_quads(view), SIFTED)
    if not len(quads):
        return []
    confidence = judge(view, quads)
    top = _pick_different(quads[np.argsort(-_rank(view, quads, confidence), kind="stable")])
    quads = np.concatenate([top, np.stack([refine_in_view(view, refine_in_view(view, q, 6), 3) for q in top])])
    confidence = judge(view, quads)
    confidence = np.where(_are_joined(quads, confidence), 0, confidence).astype(np.float32)
    kept: list[tuple[Floats, float]] = []
    for i in np.argsort(-_rank(view, quads, confidence), kind="stable"):
        mine = polygon([(float(x), float(y)) for x, y in quads[i]])
        others = [polygon([(float(x), float(y)) for x, y in q]) for q, _ in kept]
        if all(mine.intersection(o).area < SAME * min(mine.area, o.area) for o in others):
            kept.append((quads[i], float(confidence[i])))
    return kept


def _are_joined(quads: Floats, confidence: Floats) -> npt.NDArray[np.bool_]:
    """Which quads go round two sheets that hang side by side: both are as sure as the whole, and fill it. (n,)"""
    likely = np.flatnonzero(confidence >= ACCEPT)
    outlines = {int(i): polygon([(float(x), float(y)) for x, y in quads[i]]) for i in likely}
    joined = np.zeros(len(quads), bool)
    for i, whole in outlines.items():
        halves = [
            part
            for j, part in outlines.items()
            if part.area < HALF * whole.area
            and confidence[j] > AS_SURE * confidence[i]
            and whole.intersection(part).area > (1 - SLACK) * part.area
        ]
        joined[i] = any(
            a.intersection(b).area < SLACK * whole.area and a.area + b.area > FILL * whole.area
            for a, b in itertools.combinations(halves, 2)
        )
    return joined


def _pick_different(quads: Floats) -> Floats:
    """The first REFINED of the quads that are not nearly one of those before, (n, 4, 2)."""
    picked = quads[:1]
    for quad in quads[1:]:
        if len(picked) == REFINED:
            break
        if np.abs(picked - quad).max(axis=(1, 2)).min() > NEARLY_PX:
            picked = np.concatenate([picked, quad[None]])
    return picked


def _rank(view: View, quads: Floats, confidence: Floats) -> Floats:
    """Confidence, with a mild leaning to the larger of two: a sheet before a box drawn or a card laid on it."""
    area = quad_areas(quads) / (view.size[0] * view.size[1])
    return np.asarray(confidence * area**0.15, np.float32)


def _kind(view: View, quad: Floats) -> SurfaceKind:
    """Dark surfaces are blackboards, framed ones whiteboards; others are sheets: without a scale in the photo a page is one too."""
    return "board" if mean_inside(view, quad)[0] < BLACK or has_frame(view, quad) else "sheet"
