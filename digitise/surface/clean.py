"""Cleaning a picture: even light, white paper, marker colours kept.

The light on a sheet changes slowly; writing, stickies and pictures on it do not. So the paper's own colour is estimated all over the
picture from the places that are paper, and each channel is divided by it (flat-field correction; compare Zhang & He, Whiteboard scanning
and image enhancement, 2007, which takes the brightest pixels of each cell for paper). Stickies and filled areas are no paper: there the
estimate is carried over from the paper round them, so that they keep their colour.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitise.surface.view import Floats, Mask, Rgb, to_lab

SMALL_SIDE = 480
"""Long side at which the light is estimated, px: light has no detail."""
DARK_L = 38.0
"""A picture whose ground is darker than this is a blackboard or a dark room: its light is not evened out."""
PAPER_CHROMA = 11.0
"""Paper differs from the sheet's own tint by less than this (a*b* distance); the palest stickies by 14 and more."""
WARM_TINT, COLD_TINT, OTHER_TINT = 38.0, 26.0, 16.0
"""The ground may be this colourful (chroma) and still be white paper: in lamp light, in shade lit by the sky, in any other colour.
White paper under a 2700 K lamp uncorrected has 35, in blue shade 20; green or pink of 20 is a wall of stickies."""
PAPER_DROP = 9.0
"""Paper is not darker than the smooth light at its place by more than this in L*."""
LEAST_PAPER = 0.22
"""Less paper than this share of the picture: a photo of people or a room, or a wall of stickies; handled with care."""
WHITE = 250.0
"""Value that paper is brought to, of 255."""
MAX_GAIN = 4.5
"""Darkest corners are brightened by no more than this, or noise would show."""
STRIP = 512
"""Rows handled at a time, so that memory stays flat."""


def clean(rgb: Rgb) -> Rgb:
    """A picture fit for a report, same size: (H, W, 3) uint8 RGB in and out. Blackboards stay dark; photos of people are only balanced."""
    if min(rgb.shape[:2]) < 8:
        return rgb.copy()
    scale = min(1.0, SMALL_SIDE / max(rgb.shape[:2]))
    size = (max(8, round(rgb.shape[1] * scale)), max(8, round(rgb.shape[0] * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    closed = np.asarray(cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel), np.uint8)
    lab = to_lab(closed)
    if float(np.median(lab[..., 0])) < DARK_L and not _has_paper(lab):
        return _stretch_dark(rgb)
    paper = find_paper(lab)
    share = float((paper > 0).mean())
    if share < LEAST_PAPER / 4:
        return _balance(rgb)
    light = estimate_light(closed, paper)
    gain = np.maximum(WHITE / np.maximum(light, 1.0), 1.0 / 1.05)
    gain = (gain * np.minimum(1.0, MAX_GAIN / gain.max(axis=2, keepdims=True))).astype(np.float32)  # all channels alike: no new tint
    if share < LEAST_PAPER:  # little paper to go by: soften towards one gain for the whole picture
        trust = share / LEAST_PAPER
        gain = gain * trust + np.median(gain, axis=(0, 1)) * (1 - trust)
    return _apply(rgb, gain)


def _has_paper(lab: Floats) -> bool:
    """Whether a mainly dark picture still holds a good area of something light: a sheet on a black table."""
    return float((lab[..., 0] > 60).mean()) > LEAST_PAPER


def find_paper(lab: Floats) -> Mask:
    """Where the picture is bare paper (or board): (h, w), 255 or 0. lab: float32 L*a*b* with thin strokes closed over."""
    light = lab[..., 0]
    bright = light >= np.percentile(light, 50)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    bright &= chroma <= np.percentile(chroma[bright], 60) + 1.0
    tint = np.median(lab[bright], axis=0)[1:]
    if float(np.hypot(*tint)) > _most_tint(float(np.degrees(np.arctan2(tint[1], tint[0])))):
        return np.zeros(light.shape, np.uint8)
    off = np.linalg.norm(lab[..., 1:] - tint, axis=2)
    candidates = (off < PAPER_CHROMA) & (light > 0.45 * np.percentile(light[bright], 50))
    for drop in (2.0 * PAPER_DROP, 1.4 * PAPER_DROP, PAPER_DROP):
        if candidates.sum() < 50:
            break
        smooth = fit_surface(light, candidates)
        candidates = (off < PAPER_CHROMA) & (light > smooth - drop)
    mask = np.where(candidates, 255, 0).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)


def _most_tint(hue_deg: float) -> float:
    """Most chroma of white paper whose tint has this hue (direction in a*b*): light is warm or cold, seldom green or pink."""
    if 45 < hue_deg < 100:
        return WARM_TINT
    return COLD_TINT if -125 < hue_deg < -70 else OTHER_TINT


def fit_surface(values: Floats, where: npt.NDArray[np.bool_]) -> Floats:
    """A smooth (cubic) surface through `values` at `where`, leaning to the brighter ones; same shape."""
    height, width = values.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([x**i * y**j for i in range(4) for j in range(4 - i)], axis=-1)
    step = max(1, int(np.sqrt(where.sum() / 6000)))
    chosen = np.zeros_like(where)
    chosen[::step, ::step] = where[::step, ::step]
    if chosen.sum() < 30:
        chosen = where
    a, b = terms[chosen], values[chosen]
    weight = np.ones(len(b), np.float32)
    coefficients = np.zeros(terms.shape[-1], np.float32)
    for _ in range(4):
        aw = a * weight[:, None]
        coefficients = np.linalg.solve(aw.T @ a + 1e-2 * np.eye(a.shape[1], dtype=np.float32), aw.T @ b)
        residual = b - a @ coefficients
        weight = np.where(residual > 0, 1.0, 1 / (1 + (residual / 4) ** 2)).astype(np.float32)
    return np.asarray(terms @ coefficients, np.float32)


def estimate_light(closed: Rgb, paper: Mask) -> Floats:
    """The paper's colour at every place, float32 (h, w, 3), 0..255: local means over paper, carried over what is not paper.

    Normalised convolution (Knutsson & Westin, CVPR 1993) at shrinking widths: near paper the light follows it closely, far from it roughly.
    """
    weight = (cv2.erode(paper, np.ones((3, 3), np.uint8)) > 0).astype(np.float32)
    if weight.sum() < 20:
        weight = (paper > 0).astype(np.float32)
    values = closed.astype(np.float32) * weight[..., None]
    light = np.broadcast_to(values.sum(axis=(0, 1)) / max(float(weight.sum()), 1.0), values.shape).astype(np.float32)
    for sigma in (120, 60, 30, 14, 7):
        share = _blur(weight, sigma)
        local = _blur(values, sigma) / np.maximum(share, 1e-4)[..., None]
        trust = np.clip(share / 0.25, 0, 1)[..., None]
        light = light * (1 - trust) + local * trust
    return np.asarray(light, np.float32)


def _blur(picture: Floats, sigma: float) -> Floats:
    """Gaussian blur; a wide one is done on a reduced picture, where it costs little and loses nothing."""
    factor = max(1, int(sigma / 4))
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), sigma / factor)
    return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _apply(rgb: Rgb, gain: Floats) -> Rgb:
    """Divide out the light, then tone, colour and sharpness; strip by strip."""
    height, width = rgb.shape[:2]
    out = np.empty_like(rgb)
    tone = _tone_table()
    ys = (np.arange(height, dtype=np.float32) + 0.5) * gain.shape[0] / height - 0.5
    margin = 8
    for top in range(0, height, STRIP):
        first, last = max(0, top - margin), min(height, top + STRIP + margin)
        rows = cv2.remap(
            gain,
            np.broadcast_to((np.arange(width, dtype=np.float32) + 0.5) * gain.shape[1] / width - 0.5, (last - first, width)).copy(),
            np.broadcast_to(ys[first:last, None], (last - first, width)).copy(),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        even = cv2.multiply(rgb[first:last].astype(np.float32), rows)
        part = _finish(np.clip(even, 0, 255).astype(np.uint8), tone)
        out[top : min(height, top + STRIP)] = part[top - first : min(height, top + STRIP) - first]
    return out


def _finish(even: Rgb, tone: npt.NDArray[np.uint8]) -> Rgb:
    """Light noise removal, tone, a little more colour in inks, mild sharpening."""
    quiet = cv2.bilateralFilter(even, 5, 14, 3)
    toned = cv2.LUT(quiet, tone)
    grey = cv2.cvtColor(toned, cv2.COLOR_RGB2GRAY)
    vivid = cv2.addWeighted(toned, 1.2, cv2.merge([grey, grey, grey]), -0.2, 0)
    return np.asarray(cv2.addWeighted(vivid, 1.5, cv2.GaussianBlur(vivid, (0, 0), 1.4), -0.5, 0), np.uint8)


def _tone_table() -> npt.NDArray[np.uint8]:
    """Near-white becomes white, mid tones a little darker so that faint marker stays legible, black stays."""
    x = np.arange(256, dtype=np.float32) / 255
    white = np.clip(x / 0.94, 0, 1)
    return np.clip(255 * (0.55 * white + 0.45 * white**1.9), 0, 255).astype(np.uint8)


def _stretch_dark(rgb: Rgb) -> Rgb:
    """Blackboards and dark pictures: a mild stretch of all channels alike, nothing inverted."""
    sample = rgb[::8, ::8]
    low, high = np.percentile(sample, (0.5, 99.7))
    table = np.clip((np.arange(256) - 0.7 * low) * min(2.0, 245 / max(high - 0.7 * low, 1)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(rgb, table), np.uint8)


def _balance(rgb: Rgb) -> Rgb:
    """Photos without paper: brightness only."""
    high = float(np.percentile(rgb[::8, ::8].max(axis=2), 99))
    table = np.clip(np.arange(256) * min(1.4, 250 / max(high, 1)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(rgb, table), np.uint8)
