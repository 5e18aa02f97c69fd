"""Judging proposals: how much of each side is an edge of something plain and light?

A sheet's side is a *step*: paper within, something else without, sharp, along most of its length. A line drawn on the paper has paper
on both sides; a shadow's edge is soft; a table's edge has no paper within. All lengths are view px.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitise.surface.view import Floats, View

SAMPLES = 40
"""Places looked at along each side."""
REACH = 14
"""How far each look goes in and out."""
SHIFT = 4
"""How far from the straight line the edge may lie: a curled or bowed sheet."""
STEP = 4.0
"""Smallest step in L*a*b* that counts as an edge. Noise and JPEG blocks give about 1 after averaging, a white sheet on a white wall 3-8."""
WRITTEN = 0.015
"""Least share of the inside that is ink (real sheets have 0.06 and more). What bears neither writing nor stickies is a bit of wall;
a blank sheet is no loss."""
INK = 7.0
"""Closing strokes over brightens a place by at least this in L* where there is writing."""
CLEAR_STEP = 14.0
"""A step from which on the edge is beyond doubt."""
FRAME = 0.012
"""A side this near to the photo's frame (share of its long side) is the frame: the sheet goes on outside."""
FRAME_QUALITY = 0.8
"""What a side on the frame counts: nothing speaks for or against it."""
FRAME_FACTOR = (1.0, 0.85, 0.6, 0.0, 0.0)
"""Confidence by number of sides on the frame: with fewer true sides, a fold, a glare band or half a wall passes for a sheet."""
FRAMED_AREA = 0.15
"""Least share of the photo of a surface that the frame cuts: smaller ones were bits of wall between furniture."""
SMALL_AREA = 0.15
"""Below this share of the photo confidence falls, by up to a fifth: most of what was wrongly taken for a sheet was small."""
PAPER_SHARE = (0.15, 0.4)
"""Share of the inside of the paper's colour: all wrong below the first, all well from the second. A sheet full of stickies shows 40 %."""
DRAWN = 0.5
"""A side is a drawn line, not an edge, where less than this part of it still shows a step to what lies farther out."""
PLAIN = 9.0
"""Paper within one strip along a side differs less than this in L*a*b*, uneven light included."""
MAX_CHROMA = (30.0, 18.0)
"""More colourful than this is no paper but stickies or a table top: for warm hues (brown paper, tungsten light) and for all others."""
BAR, BAR_STEP, BAR_SHARE, FRAME_REACH = 3, 8.0, 0.7, 22
"""A board's frame is at least BAR view px wide (2 cm of 3 m), differs by BAR_STEP in L*a*b* from the board and from the wall, along
BAR_SHARE of a side, within FRAME_REACH px of it. A sheet's shadow lies on two sides only."""
BAR_L, GREY = 40.0, 14.0
"""Aluminium and plastic are lighter than this in L*, they and the wall less colourful: drawn borders are darker, tables warmer."""
WHITER = -3.0
"""Paper is whiter (L* less chroma) than what it lies on, or at least not darker by more than this: stickies, chairs, doors are not."""


def side_points(quads: Floats, samples: int) -> tuple[Floats, Floats]:
    """Places along the sides, (N, 4, samples, 2), and inward unit normals, (N, 4, 2), of clockwise quads."""
    t = np.linspace(0.04, 0.96, samples, dtype=np.float32)[:, None]
    start, end = quads[:, :, None], np.roll(quads, -1, axis=1)[:, :, None]
    along = (end - start)[:, :, 0]
    normal = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    return (start + t * (end - start)).astype(np.float32), normal.astype(np.float32)


def look_across(planes: Floats, places: Floats, normals: Floats, offsets: Floats) -> Floats:
    """Profiles (N, 4, S, len(offsets), channels): what lies at each offset inward of each place."""
    at = places[..., None, :] + offsets[:, None] * normals[:, :, None, None, :]
    x = np.clip(np.rint(at[..., 0] - 0.5), 0, planes.shape[1] - 1).astype(np.intp)
    y = np.clip(np.rint(at[..., 1] - 0.5), 0, planes.shape[0] - 1).astype(np.intp)
    return np.asarray(planes[y, x], np.float32)


def sift(view: View, quads: Floats, keep: int) -> Floats:
    """The `keep` most promising quads by a cheap look."""
    if len(quads) <= keep:
        return quads
    places, normals = side_points(quads, 10)
    profile = look_across(view.plain, places, normals, np.array([-4, 4], np.float32))
    step = np.linalg.norm(profile[..., 1, :] - profile[..., 0, :], axis=-1)
    hits = np.sqrt(np.clip(step / CLEAR_STEP, 0, 1)).mean(axis=2)
    hits = np.where(_framed(quads, view.size), FRAME_QUALITY, hits)
    score = hits.min(axis=1) + 0.5 * hits.mean(axis=1) + 0.3 * np.sqrt(quad_areas(quads) / (view.size[0] * view.size[1]))
    return quads[np.argsort(-score, kind="stable")[:keep]]


def judge(view: View, quads: Floats) -> Floats:
    """Confidence in each of N quads, (N,) float32, 0..1."""
    places, normals = side_points(quads, SAMPLES)
    offsets = np.arange(-REACH, REACH + 1, dtype=np.float32)
    profile = look_across(view.plain, places, normals, offsets)
    total = np.concatenate([np.zeros_like(profile[..., :1, :]), np.cumsum(profile, axis=3)], axis=3)
    shifts = np.arange(-SHIFT, SHIFT + 1)
    centre = REACH + shifts
    inner = (total[..., centre + 5, :] - total[..., centre + 1, :]) / 4
    outer = (total[..., centre, :] - total[..., centre - 4, :]) / 4
    strip = profile[..., REACH + 3 : REACH + 8, :].mean(axis=3)  # just within: paper
    paper = np.median(strip, axis=2)
    ground = _ground(strip)[:, :, :, None]  # the paper's colour at each place, uneven light followed
    response = np.linalg.norm(outer - ground, axis=-1) - np.linalg.norm(inner - ground, axis=-1)  # paper within, something else without
    best = response.max(axis=3)
    where = response.argmax(axis=3) + REACH - SHIFT
    distance = np.linalg.norm(profile - ground, axis=-1)
    before, after = (np.take_along_axis(distance, (where + d)[..., None], axis=3)[..., 0] for d in (-2, 2))
    edge = (best > STEP) & (before - after > 0.55 * best)
    size = np.median(best, axis=2)
    beyond = distance[..., 0:5].mean(axis=3) - distance[..., REACH + 3 : REACH + 8].mean(axis=3) > np.maximum(STEP, 0.3 * size[..., None])
    plain = (distance[..., REACH + 3 : REACH + 8].mean(axis=3) < PLAIN).mean(axis=2)
    support = edge.mean(axis=2)
    clear = np.clip((size - STEP / 2) / (CLEAR_STEP - STEP / 2), 0, 1) ** 0.5
    sides = support * clear * np.clip(plain / 0.75, 0, 1)
    framed = _framed(quads, view.size)
    sides = np.where(framed, FRAME_QUALITY, sides)
    drawn = np.where(framed, False, beyond.mean(axis=2) < DRAWN).sum(axis=1) > np.maximum((~framed).sum(axis=1) - 3, 0)
    share = quad_areas(quads) / (view.size[0] * view.size[1])
    cut_small = framed.any(axis=1) & (share < FRAMED_AREA)
    outside = np.median(profile[..., REACH - 7 : REACH - 2, :].mean(axis=3), axis=2)
    gain = np.where(framed, 0, _whiteness(paper) - _whiteness(outside)).sum(axis=1) / np.maximum((~framed).sum(axis=1), 1)
    whiter = np.clip((gain - WHITER) / 4, 0, 1)
    doubt = np.where(_writes_outside(view, quads, drawn), 0.4, 1.0) * np.where(drawn, 0.85, 1.0) * np.where(cut_small, 0.5, 1.0)
    doubt = doubt * (0.8 + 0.2 * np.clip(share / SMALL_AREA, 0, 1))
    return np.asarray(_combine(sides, framed, paper) * doubt * whiter * _paper_inside(view, quads, paper), np.float32)


def _ground(strip: Floats) -> Floats:
    """Colour of the paper along each side, (N, 4, S, 3): a straight run through the medians of the side's two halves."""
    half = strip.shape[2] // 2
    first, second = np.median(strip[:, :, :half], axis=2), np.median(strip[:, :, half:], axis=2)
    slope = second - first
    slope = np.where((np.linalg.norm(slope, axis=-1) < 2 * PLAIN)[..., None], slope, 0)
    t = (np.arange(strip.shape[2], dtype=np.float32) / max(strip.shape[2] - 1, 1) - 0.5)[:, None] * 2
    return np.asarray(np.median(strip, axis=2)[:, :, None] + slope[:, :, None] * t, np.float32)


def _paper_inside(view: View, quads: Floats, paper: Floats) -> Floats:
    """(N,) 0..1: is the inside mostly of the colour found along the sides, with something on it?"""
    t = (np.arange(16, dtype=np.float32) + 0.5) / 16
    u, v = (g.ravel()[:, None] for g in np.meshgrid(t, t))
    top = quads[:, None, 0] * (1 - u) + quads[:, None, 1] * u
    bottom = quads[:, None, 3] * (1 - u) + quads[:, None, 2] * u
    at = top * (1 - v) + bottom * v
    x = np.clip(at[..., 0], 0, view.size[0] - 1).astype(np.intp)
    y = np.clip(at[..., 1], 0, view.size[1] - 1).astype(np.intp)
    written = cv2.blur(_find_ink(view), (21, 21))[y, x].mean(axis=1)
    off = view.plain[y, x] - paper.mean(axis=1)[:, None]
    share = ((np.hypot(off[..., 1], off[..., 2]) < PLAIN) & (np.abs(off[..., 0]) < 2 * PLAIN)).mean(axis=1)
    blank = (written < WRITTEN) & (share > 0.9)
    return np.asarray(np.clip((share - PAPER_SHARE[0]) / (PAPER_SHARE[1] - PAPER_SHARE[0]), 0, 1) * np.where(blank, 0.4, 1), np.float32)


def _find_ink(view: View) -> Floats:
    """1 where there is a thin dark stroke."""
    return np.asarray(view.plain[..., 0] - view.lab[..., 0] > INK, np.float32)


def _writes_outside(view: View, quads: Floats, asked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """(N,): does a good part of the fine writing lie outside? Then the quad is a box drawn on a larger sheet. Looked at where `asked`."""
    ink = _find_ink(view)
    total = float(ink.sum())
    answer = np.zeros(len(quads), bool)
    for i in np.flatnonzero(asked):
        quad = quads[i]
        mask = np.zeros(ink.shape, np.uint8)
        cv2.fillConvexPoly(mask, np.rint(quad + 0.03 * (quad - quad.mean(axis=0))).astype(np.int32), 1)
        within = float(ink[mask > 0].sum())
        answer[i] = total - within > 0.25 * total
    return answer


def _whiteness(lab: Floats) -> Floats:
    return np.asarray(lab[..., 0] - np.hypot(lab[..., 1], lab[..., 2]), np.float32)


def _combine(sides: Floats, framed: npt.NDArray[np.bool_], paper: Floats) -> Floats:
    """One confidence from four sides and the colour along them. The weakest side rules: three good sides make many a table a sheet."""
    mean = paper.mean(axis=1)
    chroma = np.hypot(mean[:, 1], mean[:, 2])
    hue = np.degrees(np.arctan2(mean[:, 2], mean[:, 1]))
    limit = np.where((hue > 45) & (hue < 100), *MAX_CHROMA)
    hue_spread = np.linalg.norm(paper[..., 1:] - paper[..., 1:].mean(axis=1, keepdims=True), axis=2).max(axis=1)
    light_spread = paper[..., 0].max(axis=1) - paper[..., 0].min(axis=1)
    same = np.clip(1.6 - hue_spread / 12, 0, 1) * np.clip(1.8 - light_spread / 30, 0, 1)
    paperlike = np.clip((limit - chroma) / 6, 0, 1)
    whole = 0.6 * sides.min(axis=1) + 0.4 * np.prod(np.maximum(sides, 1e-6), axis=1) ** 0.25
    return np.asarray(whole * np.array(FRAME_FACTOR)[framed.sum(axis=1)] * same * paperlike, np.float32)


def _framed(quads: Floats, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """(N, 4): which sides lie on the photo's frame."""
    margin = FRAME * max(size)
    near = np.stack(
        [quads[..., 0] < margin, quads[..., 1] < margin, quads[..., 0] > size[0] - margin, quads[..., 1] > size[1] - margin], axis=-1
    )
    return np.asarray((near & np.roll(near, -1, axis=1)).any(axis=-1))


def quad_areas(quads: Floats) -> Floats:
    """(N,): areas, px²."""
    x, y = quads[..., 0], quads[..., 1]
    return np.asarray(0.5 * np.abs((x * np.roll(y, -1, 1) - np.roll(x, -1, 1) * y).sum(axis=1)), np.float32)


def mean_inside(view: View, quad: Floats) -> Floats:
    """Median L*a*b* inside a quad (4, 2)."""
    mask = np.zeros(view.plain.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(quad).astype(np.int32), 255)
    inside = view.plain[mask > 0]
    return np.asarray(np.median(inside, axis=0) if len(inside) else np.zeros(3), np.float32)


def has_frame(view: View, quad: Floats) -> bool:
    """Does a grey bar run along the outside of at least three sides of a quad (4, 2), with a pale wall beyond it?"""
    places, normals = side_points(quad[None], SAMPLES)
    profile = look_across(view.lab, places, normals, np.arange(-FRAME_REACH, 6, dtype=np.float32))[0]
    inside = np.median(profile[:, :, -3:], axis=2)
    beyond = np.median(profile[:, :, :4], axis=2)
    band = profile[:, :, 4 : FRAME_REACH - 1]
    apart = np.minimum(*(np.linalg.norm(band - c[:, :, None], axis=-1) for c in (inside, beyond))) > BAR_STEP
    chroma = np.hypot(profile[..., 1], profile[..., 2])
    apart &= (band[..., 0] > BAR_L) & (chroma[:, :, 4 : FRAME_REACH - 1] < GREY) & (np.median(chroma[:, :, :4], axis=2) < GREY)[:, :, None]
    wide = cv2.erode(apart.reshape(-1, apart.shape[2]).astype(np.uint8), np.ones((1, BAR), np.uint8)).reshape(apart.shape).any(axis=2)
    near = _framed(quad[None], view.size)[0]
    return bool(((wide.mean(axis=1) > BAR_SHARE) & ~near).sum() >= 3)
