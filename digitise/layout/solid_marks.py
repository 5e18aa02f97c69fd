"""Finds dots and stars: filled marks, stuck on or drawn, also where they touch or lie on one another or on a word.

A dot or star is solid: somewhere in it fits a circle wider than the pen. From each such place the colour is followed to the mark's edge, so
that a star on top of another one, or of a word, is still seen alone. What shines or is covered is known by comparison with the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, cast

import cv2
import numpy as np

from digitise.layout.marks import LEAST_CONTRAST, SAME_COLOUR, Bytes, FloatArray, Mark, MarkKind, Mask, View, unpack

SolidKind = Literal["dot", "star"]

DOT_RADIUS = (0.06, 0.8)
"""Radius of the largest circle inside a dot or star, in line heights: the smallest dot people draw on purpose, the largest sticker."""
WIDER_THAN_PEN = 1.45
"""That radius in half widths of the strokes round it: crossings and pooled ends of strokes reach 1.3."""
WIDER_THAN_LETTERS = 2.2
"""The same among words that were read well; stars stuck on a word have 2.6 and more."""
LEAST_RADIUS_PX = 3.0
"""Below this a dot cannot be told from a square or a letter."""
ENDS = (1.1, 0.9)
"""So many radii from a mark's middle the largest circle that fits is at most this much of the one in the middle."""
DOT_FIT, ROUND = 0.88, 0.62
"""Jaccard index of a dot and its ellipse (squares have 0.82), and the narrowest ellipse: a dot seen from the side."""
DOTS_FIT = 0.80
"""The same for dots that touch, against the circles put into them."""
SET_OFF = (1.3, 0.55)
"""So many radii from its middle, this share of a mark's surroundings is bare ground: a dot between two others has 0.6."""
CROWDED = 0.25
"""The same where marks lie on one another."""
APART = 1.4
"""Dots that touch lie with their centres at least so many radii apart."""
ARMS = 5
LARGEST_CORE = 0.35
"""Radius of the largest circle in a star, in line heights; what is more solid can only be a dot."""
STAR_CORE = 0.47
"""Largest circle in a star by the star's radius (0.38 in a thin one, over 0.5 in a fat one)."""
MODELS = 2
"""So many plain ones tell what the others of their sheet look like."""
OFF_CENTRE = 0.6
"""A covered mark's most solid visible place lies so many radii from its middle at most."""
AS_SOLID = (0.55, 1.8)
"""Radius of the circle in something that may be one more mark, by that of one; small photos are blurred by enlarging."""
AS_LARGE = (0.4, 1.6)
"""Area of something that may be one more mark, by that of one."""
COVERED: Mapping[SolidKind, float] = {"dot": 0.92, "star": 0.80}
"""Share of a mark's place that is not bare paper, though other marks lie on it; foil shines, paper dots do not."""
INSIDE: Mapping[SolidKind, float] = {"dot": 0.88, "star": 0.78}
"""Share of its colour's region that is within it."""
STAR_WAVE, STAR_PURE = 0.15, 1.7
"""Fifth harmonic of a star's outline by its mean radius (regular stars have 0.4), and by the next strongest one."""
STAR_FIT = 0.68
"""Jaccard index with a regular star, out to its tips: the letter k has five arms, too, but thin ones."""
MOST_SPOTS = 800
"""More solid places than this are a pattern or a photograph, nobody's votes."""
LARGEST_HOLE = 0.15
"""Of a mark: shine on foil, a letter on a sticker. The hole of an o is larger."""
PROFILE = np.linspace(0, 2 * np.pi, 60, endpoint=False)


class _Spot(NamedTuple):
    x: int
    y: int
    radius: float
    """Of the largest circle that fits in there, px."""


class _Blob(NamedTuple):
    """A region of one colour round a solid place."""

    shape: Mask
    """1 inside; a part of the working picture."""
    origin: tuple[int, int]
    middle: _Spot
    """Where the region itself is most solid."""
    colour: FloatArray


def find_solid(view: View, letters: Mask) -> list[Mark]:
    """Dots and stars; those that others cover, or that shine, by comparison with the ones that are plain to see."""
    spots = [s for s in _find_spots(view) if not letters[s.y, s.x] or s.radius > WIDER_THAN_LETTERS * view.pen]
    if len(spots) > MOST_SPOTS:
        return []
    marks: list[Mark] = []
    missed: list[tuple[_Spot, _Blob]] = []
    for spot in sorted(spots, key=lambda s: -s.radius):
        blob = _follow(view, spot)
        if blob is None:
            continue
        kind, radius = _read_blob(blob, spots)
        if kind is None or _share_bare(view, blob.middle, blob.colour, radius) < SET_OFF[1]:
            missed.append((spot, blob))
        else:
            marks.append(_mark(view, kind, blob.middle, radius, blob.colour))
    marks = _once(marks)
    kinds: tuple[SolidKind, ...] = ("dot", "star")
    for known in kinds:
        sizes = [m.size * view.scale / 2 for m in marks if m.kind == known]
        if len(sizes) >= MODELS:
            marks += _read_again(view, missed, known, float(np.median(sizes)), marks)
    return _once(marks)


def _share_bare(view: View, middle: _Spot, colour: FloatArray, radius: float) -> float:
    """Share of a mark's surroundings that is bare ground; shadows, folds and the edges of sheets have little of it."""
    xs, ys = (np.round(c + SET_OFF[0] * radius * f(PROFILE)).astype(int) for c, f in ((middle.x, np.cos), (middle.y, np.sin)))
    within = (xs >= 0) & (ys >= 0) & (xs < view.lab.shape[1]) & (ys < view.lab.shape[0])
    ring = unpack(view.lab[ys[within], xs[within]])
    core = colour + view.colour(middle.y, middle.x)
    bare = np.linalg.norm(ring - unpack(view.ground[ys[within], xs[within]]), axis=1) < LEAST_CONTRAST
    other = np.linalg.norm(ring - core, axis=1) > LEAST_CONTRAST
    return float((bare & other).sum()) / len(PROFILE)


def _once(marks: Sequence[Mark]) -> list[Mark]:
    """Each mark once, sure ones first: a star's arms are solid places, too."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: m.kind == "unsure"):
        if all(np.hypot(m.centre[0] - mark.centre[0], m.centre[1] - mark.centre[1]) >= 0.5 * max(m.size, mark.size) for m in kept):
            kept.append(mark)
    return kept


def _find_spots(view: View) -> list[_Spot]:
    """Places where something is wider than the pen, each once."""
    inside = cast(FloatArray, cv2.distanceTransform(view.drawn, cv2.DIST_L2, 5))
    least = max(LEAST_RADIUS_PX, DOT_RADIUS[0] * view.line, WIDER_THAN_PEN * view.pen)
    side = 2 * round(0.8 * least) + 1
    top = (inside >= cv2.dilate(inside, np.ones((side, side), np.uint8))) & (inside >= least) & (inside <= DOT_RADIUS[1] * view.line)
    count, _, _, centres = cv2.connectedComponentsWithStats(top.astype(np.uint8), connectivity=8)
    found = [_Spot(round(x), round(y), float(inside[round(y), round(x)])) for x, y in centres[1:count]]
    return [s for s, ends in zip(found, _do_end(inside, found), strict=True) if s.radius > 0 and ends]


def _do_end(inside: FloatArray, spots: Sequence[_Spot]) -> Sequence[bool]:
    """Which solid places end on all sides: a little way off nothing is as solid, as it is along a thick stroke or in a large patch.

    inside: (H, W) float32, distance to the edge of what is drawn.
    """
    if not spots:
        return []
    at = np.asarray(spots, np.float64)
    xs = np.round(at[:, :1] + ENDS[0] * at[:, 2:] * np.cos(PROFILE)).astype(int).clip(0, inside.shape[1] - 1)
    ys = np.round(at[:, 1:2] + ENDS[0] * at[:, 2:] * np.sin(PROFILE)).astype(int).clip(0, inside.shape[0] - 1)
    ends: list[bool] = (inside[ys, xs].max(axis=1) < ENDS[1] * at[:, 2]).tolist()
    return ends


def _follow(view: View, spot: _Spot) -> _Blob | None:
    """The region in a spot's colour."""
    reach = round((4.2 if spot.radius < LARGEST_CORE * view.line else 1.7) * spot.radius)
    x0, y0 = max(0, spot.x - reach), max(0, spot.y - reach)
    part = unpack(view.lab[y0 : spot.y + reach + 1, x0 : spot.x + reach + 1])
    core = np.median(_centre_colours(view.lab, spot), axis=0)
    colour = core - view.colour(spot.y, spot.x)
    far = np.linalg.norm(part - core, axis=2)
    alike = (far < min(SAME_COLOUR, 0.6 * float(np.linalg.norm(colour)))).astype(np.uint8)
    # a hair line between a star's foil and the word beside it, or one pixel of noise, must not join or part anything
    alike = cast(Mask, cv2.morphologyEx(alike, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    _, labels = cv2.connectedComponents(alike, connectivity=4)
    here = labels[spot.y - y0, spot.x - x0]
    if here == 0:
        return None
    shape = _fill((labels == here).astype(np.uint8))
    inside = cv2.distanceTransform(shape, cv2.DIST_L2, 5)
    near = np.zeros_like(shape)
    cv2.circle(near, (spot.x - x0, spot.y - y0), round(1.2 * spot.radius), 1, -1)
    _, radius, _, (x, y) = cv2.minMaxLoc(inside, near)
    return _Blob(shape, (x0, y0), _Spot(x + x0, y + y0, float(radius)), colour)


def _centre_colours(lab: Bytes, spot: _Spot) -> FloatArray:
    r = max(1, int(0.4 * spot.radius))
    return unpack(lab[max(0, spot.y - r) : spot.y + r + 1, max(0, spot.x - r) : spot.x + r + 1].reshape(-1, 3))


def _fill(blob: Mask) -> Mask:
    """Without small holes."""
    outlines, tree = cv2.findContours(blob, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    largest = LARGEST_HOLE * float(blob.sum())
    holes = [c for c, (_, _, _, parent) in zip(outlines, tree[0], strict=True) if parent >= 0 and cv2.contourArea(c) <= largest]
    return cast(Mask, cv2.drawContours(blob, holes, -1, 1, cv2.FILLED))


def _mark(view: View, kind: MarkKind, spot: _Spot, radius: float, colour: FloatArray) -> Mark:
    light, a, b = (float(v) for v in colour)
    return Mark(kind, ((spot.x + 0.5) / view.scale, (spot.y + 0.5) / view.scale), 2 * radius / view.scale, (light, a, b))


def _read_blob(blob: _Blob, spots: Sequence[_Spot]) -> tuple[SolidKind | None, float]:
    """Kind and radius of the mark in the middle of a region; None for anything else."""
    x0, y0 = blob.origin
    height, width = blob.shape.shape
    others = [_Spot(s.x - x0, s.y - y0, s.radius) for s in spots if 0 <= s.x - x0 < width and 0 <= s.y - y0 < height]
    at = (blob.middle.x - x0, blob.middle.y - y0)
    if radius := _read_dot(blob.shape, at, [s for s in others if blob.shape[s.y, s.x]]):
        return "dot", radius
    if radius := _read_star(blob.shape, at, blob.middle.radius):
        return "star", radius
    return None, 0.0


def _read_again(view: View, missed: Sequence[tuple[_Spot, _Blob]], kind: SolidKind, radius: float, known: Sequence[Mark]) -> list[Mark]:
    """Places that may hold one more mark of a size that is known; 'unsure' where something as solid is none."""
    if radius < LEAST_RADIUS_PX:
        return []
    models = [_draw_model(kind, radius, turn) for turn in (np.arange(0, 2 * np.pi / ARMS, np.pi / 20) if kind == "star" else (0.0,))]
    half = models[0].shape[0] // 2
    reach = half + round(OFF_CENTRE * radius)
    area = float(models[0].sum())
    core = radius if kind == "dot" else STAR_CORE * radius
    middles = [(m.centre[0] * view.scale, m.centre[1] * view.scale) for m in known]
    found = []
    for spot, blob in missed:
        x0, y0 = spot.x - reach, spot.y - reach
        if x0 < 0 or y0 < 0 or spot.x + reach >= view.drawn.shape[1] or spot.y + reach >= view.drawn.shape[0]:
            continue
        taken = any(np.hypot(x - spot.x, y - spot.y) < 0.8 * radius for x, y in middles)
        if taken or not AS_SOLID[0] * core <= spot.radius <= AS_SOLID[1] * core:
            continue
        own = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        _paste(own, blob.shape, blob.origin[0] - x0, blob.origin[1] - y0)
        _leave_out(own, [(x - x0, y - y0) for x, y in middles], reach)
        if not AS_LARGE[0] <= float(own.sum()) / area <= AS_LARGE[1] or _share_bare(view, spot, blob.colour, radius) < CROWDED:
            continue
        drawn = view.drawn[y0 : spot.y + reach + 1, x0 : spot.x + reach + 1].astype(np.float32)
        best = (0.0, (0, 0))
        for model in models:
            covered = cv2.matchTemplate(drawn, model, cv2.TM_CCORR) / float(model.sum())
            inside = cv2.matchTemplate(own, model, cv2.TM_CCORR) / max(1.0, float(own.sum()))
            _, value, _, place = cv2.minMaxLoc(np.minimum(covered - COVERED[kind], inside - INSIDE[kind]))
            best = max(best, (float(value), (int(place[0]), int(place[1]))))
        if best[0] > 0:
            at = _Spot(x0 + best[1][0] + half, y0 + best[1][1] + half, spot.radius)
            found.append(_mark(view, kind, at, radius, blob.colour)._replace(plain=False))
        else:
            found.append(_mark(view, "unsure", spot, radius, blob.colour))
    return found


def _leave_out(own: FloatArray, known: Sequence[tuple[float, float]], middle: int) -> None:
    """Clear what lies nearer to a known mark than to the middle: a mark of the same colour that touches."""
    ys, xs = np.mgrid[: own.shape[0], : own.shape[1]]
    here = (xs - middle) ** 2 + (ys - middle) ** 2
    for x, y in known:
        if 0 < np.hypot(x - middle, y - middle) < own.shape[0]:
            own[(xs - x) ** 2 + (ys - y) ** 2 < here] = 0


def _paste(canvas: FloatArray, shape: Mask, x: int, y: int) -> None:
    """Put a mask into a larger or smaller picture, cut where it hangs over."""
    h, w = canvas.shape
    x0, y0, x1, y1 = max(0, x), max(0, y), min(w, x + shape.shape[1]), min(h, y + shape.shape[0])
    if x0 < x1 and y0 < y1:
        canvas[y0:y1, x0:x1] = shape[y0 - y : y1 - y, x0 - x : x1 - x]


def _draw_model(kind: SolidKind, radius: float, turn: float) -> FloatArray:
    """A disc or a regular five-pointed star, float32, 1 inside."""
    half = int(np.ceil(radius)) + 1
    model = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    if kind == "dot":
        cv2.circle(model, (half, half), round(radius), 1.0, -1)
        return model
    angles = turn + np.arange(2 * ARMS) * np.pi / ARMS
    reach = np.where(np.arange(2 * ARMS) % 2 == 0, radius, 0.42 * radius)
    points = np.stack([half + reach * np.cos(angles), half + reach * np.sin(angles)], axis=1)
    cv2.fillPoly(model, [np.round(points).astype(np.int32)], 1.0)
    return model


def _read_dot(blob: Mask, at: tuple[int, int], spots: Sequence[_Spot]) -> float | None:
    """Radius of the dot at a place of a blob, or None if the blob is no dot and no dots that touch."""
    area = float(blob.sum())
    own = min(spots, key=lambda s: (s.x - at[0]) ** 2 + (s.y - at[1]) ** 2, default=None)
    if own is None:
        return None
    moments = cv2.moments(blob, binaryImage=True)
    cx, cy = moments["m10"] / area, moments["m01"] / area
    spread = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]]) / area
    (minor, major), turns = np.linalg.eigh(spread)
    axes = (2 * float(np.sqrt(max(major, 1e-6))), 2 * float(np.sqrt(max(minor, 1e-6))))
    if axes[1] >= ROUND * axes[0]:
        angle = float(np.degrees(np.arctan2(turns[1, 1], turns[0, 1])))
        ellipse = np.zeros_like(blob)
        cv2.ellipse(ellipse, (round(cx * 16), round(cy * 16)), (round(axes[0] * 16), round(axes[1] * 16)), angle, 0, 360, 1, -1, 8, 4)
        if _jaccard(blob, ellipse) >= DOT_FIT:
            return (axes[0] + axes[1]) / 2
    alike = [s for s in spots if 0.75 < s.radius / own.radius < 1.35]
    if len(alike) < 2 or len(alike) != len(spots):
        return None
    # circles that overlap by half are a thick stroke
    if any(np.hypot(a.x - b.x, a.y - b.y) < APART * own.radius for i, a in enumerate(alike) for b in alike[:i]):
        return None
    circles = np.zeros_like(blob)
    for s in alike:
        cv2.circle(circles, (s.x, s.y), round(s.radius * 1.04), 1, -1)
    return own.radius if _jaccard(blob, circles) >= DOTS_FIT else None


def _jaccard(one: Mask, other: Mask) -> float:
    return float((one & other).sum()) / max(1.0, float((one | other).sum()))


def _read_star(blob: Mask, at: tuple[int, int], core: float) -> float | None:
    """Radius of the five-pointed star with a place in its middle, or None.

    The outline's distance from the middle, direction by direction, waves five times round a star: its Fourier series says so whatever
    way the star is turned, and although one arm is covered.
    """
    steps = np.arange(0.5, 4.2 * core, 0.5)
    xs = np.round(at[0] + np.outer(np.cos(PROFILE), steps)).astype(int)
    ys = np.round(at[1] + np.outer(np.sin(PROFILE), steps)).astype(int)
    within = (xs >= 0) & (ys >= 0) & (xs < blob.shape[1]) & (ys < blob.shape[0])
    solid = within & (blob[ys.clip(0, blob.shape[0] - 1), xs.clip(0, blob.shape[1] - 1)] > 0)
    reach = np.where(solid.all(axis=1), steps[-1], steps[np.argmin(solid, axis=1)])
    tips = float(np.quantile(reach, 0.9))
    series = np.fft.rfft(np.minimum(reach, 1.15 * tips))
    waves = np.abs(series)
    rest = max(waves[1:ARMS].max(), waves[ARMS + 1 : 2 * ARMS].max())
    if waves[ARMS] < STAR_PURE * rest or waves[ARMS] < STAR_WAVE / 2 * waves[0]:
        return None
    turn = -float(np.angle(series[ARMS])) / ARMS
    model = _draw_model("star", tips, turn)
    half = model.shape[0] // 2
    own = np.zeros_like(model)
    _paste(own, blob, half - at[0], half - at[1])
    fit = float((own * model).sum() / np.maximum(own, model).sum())
    return tips if fit >= STAR_FIT else None
