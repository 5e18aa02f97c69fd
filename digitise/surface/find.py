"""Finding sheets, boards and pages in a photo, or declining to.

Two sources of proposals (`propose`), one judge (`judge`), corners fitted to the full photo (`refine`). A wrong quad crops writing away and
warps what is left; a missing one only leaves the photo as it was. So anything under ACCEPT is left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from digitise.geometry import polygon, to_quad
from digitise.model import Quad, SurfaceKind
from digitise.surface.judge import judge, mean_inside, quad_areas, sift
from digitise.surface.propose import propose_quads
from digitise.surface.refine import refine_in_photo, refine_in_view
from digitise.surface.view import Floats, Rgb, View, make_view

ACCEPT = 0.5
"""Least confidence of a found surface. Measured on 70 composites of real sheets in real cluttered photos: at 0.5, 87 % found (mean
overlap 0.89) with 0.10 others per photo, half of those true sheets of the background; at 0.6, 80 % with 0.09; at 0.4, 89 % with 0.17.
Of 41 real photos 11 had a quad at 0.5, wrong by eye in 2 (a panel of a collage, two sheets taken for one); 0.45 would add 3 wrong ones."""
SIFTED = 300
"""Proposals that are judged in full."""
REFINED = 24
"""Best proposals whose sides are fitted and which are judged again."""
SAME = 0.3
"""Two quads that share more than this part of the smaller one are rivals: only the better is kept."""
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
    top = np.argsort(-_rank(view, quads, confidence), kind="stable")[:REFINED]
    refined = np.stack([refine_in_view(view, refine_in_view(view, quads[i], 6), 3) for i in top])
    quads = np.concatenate([quads[top], refined])
    confidence = judge(view, quads)
    kept: list[tuple[Floats, float]] = []
    for i in np.argsort(-_rank(view, quads, confidence), kind="stable"):
        mine = polygon([(float(x), float(y)) for x, y in quads[i]])
        others = [polygon([(float(x), float(y)) for x, y in q]) for q, _ in kept]
        if all(mine.intersection(o).area < SAME * min(mine.area, o.area) for o in others):
            kept.append((quads[i], float(confidence[i])))
    return kept


def _rank(view: View, quads: Floats, confidence: Floats) -> Floats:
    """Confidence, with a mild leaning to the larger of two: a sheet before a box drawn or a card laid on it."""
    area = quad_areas(quads) / (view.size[0] * view.size[1])
    return np.asarray(confidence * area**0.15, np.float32)


def _kind(view: View, quad: Floats) -> SurfaceKind:
    """A dark surface is a blackboard. Paper and whiteboards look alike in the small; without a scale in the photo a page is a sheet."""
    return "board" if mean_inside(view, quad)[0] < 40 else "sheet"
