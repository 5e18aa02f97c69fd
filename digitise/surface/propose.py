"""Proposals: quads that may be a sheet's outline. Generous on purpose; `judge` decides.

Two independent sources, since each fails where the other works: plain regions (a sheet whose curled edge is no straight line) and
straight lines (a sheet half covered by stickies, or of nearly the colour of the wall).
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from digitise.surface.view import Floats, Lab, Mask, View

MIN_AREA = 0.035
"""Smallest sheet, share of the photo. An A4 page among four on a wall has about 5 %; a 76 mm sticky seldom reaches 3 %."""
LEVELS = 7
"""Grey levels at which the region source cuts each channel; more found no further sheet."""
MAX_LINES = 36
"""Longest lines kept; the number of quads grows with its fourth power."""
FAINT_GAIN = 8.0
"""Lightness about its surroundings is spread by this, so that a white sheet's edge on a white wall (3 in L*) is not lost."""
MAX_LINE_QUADS = 24_000
OPPOSITE_DEG = 32.0
"""Two lines may be opposite sides when their directions differ by less: perspective of a sheet seen from 45 degrees gives about 30."""
CORNER_DEG = (48.0, 132.0)
"""Angles that a sheet's corner shows in photos."""
OUTSIDE = 0.015
"""How far a corner may lie outside the photo, share of its long side; a sheet's corner is sometimes just cut off."""


def propose_quads(view: View) -> Floats:
    """All proposals, (N, 4, 2) float32 view px, clockwise, convex, at least MIN_AREA of the view. May be empty."""
    regions = np.asarray(list(_region_quads(view)), np.float32).reshape(-1, 4, 2)
    lines = find_lines(view)
    return np.concatenate([_keep_sound(regions, view.size), _keep_sound(_line_quads(lines, view.size), view.size)])


# -- regions -------------------------------------------------------------------------------------------------------------------


def _region_quads(view: View) -> Iterator[npt.NDArray[np.float32]]:
    width, height = view.size
    least = MIN_AREA * width * height
    for mask in _masks(view.plain):
        opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            if cv2.contourArea(contour) < least:
                continue
            hull = cv2.convexHull(contour)
            if cv2.contourArea(contour) < 0.6 * cv2.contourArea(hull):
                continue
            yield cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32)
            if len(hull) >= 4:
                yield cv2.approxPolyN(hull, 4, ensure_convex=True).reshape(4, 2).astype(np.float32)


def _masks(lab: Lab) -> Iterator[Mask]:
    """Plain regions: bands of lightness and of each chroma axis, distance from the photo's border colour, and colour clusters."""
    ring = np.concatenate([lab[:4].reshape(-1, 3), lab[-4:].reshape(-1, 3), lab[:, :4].reshape(-1, 3), lab[:, -4:].reshape(-1, 3)])
    from_border = np.linalg.norm(lab - np.median(ring, axis=0), axis=2)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    for plane in (lab[..., 0], -chroma, from_border, lab[..., 0] - 1.5 * chroma):
        for level in np.percentile(plane, np.linspace(8, 90, LEVELS)):
            yield np.where(plane > level, 255, 0).astype(np.uint8)
    samples = lab[::3, ::3].reshape(-1, 3)
    for k in (2, 3, 5):
        cv2.setRNGSeed(1)  # k-means starts at random; the same photo must give the same sheets
        _, _, centres = cv2.kmeans(samples, k, np.empty(0, np.int32), (cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0), 1, cv2.KMEANS_PP_CENTERS)
        nearest = np.argmin((centres**2).sum(axis=1) / 2 - lab @ centres.T, axis=2)
        for i in range(k):
            yield np.where(nearest == i, 255, 0).astype(np.uint8)


# -- lines ---------------------------------------------------------------------------------------------------------------------


def find_lines(view: View) -> Floats:
    """Long straight edges as (N, 3) float32: unit normal and offset of n·p = c, view px; longest first.

    Segments come from LSD (von Gioi et al., LSD: a Fast Line Segment Detector with a False Detection Control, PAMI 2010), run on
    lightness and on the chroma axes, since paper on a table can differ in hue alone.
    """
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
    found = []
    light = view.plain[..., 0]
    faint = np.clip((light - cv2.GaussianBlur(light, (0, 0), 0.04 * max(view.size))) * FAINT_GAIN + 128, 0, 255)
    planes = [light * 2.55, view.lab[..., 0] * 2.55, view.plain[..., 1] * 4 + 128, view.plain[..., 2] * 4 + 128, faint]
    for plane in planes:
        segments = detector.detect(np.clip(plane, 0, 255).astype(np.uint8))[0]
        if segments is not None:
            found.append(np.asarray(segments, np.float32).reshape(-1, 4))
    if not found:
        return np.empty((0, 3), np.float32)
    segments = np.concatenate(found)
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    keep = length > 0.03 * max(view.size)
    return _join_segments(segments[keep], length[keep])


def _join_segments(segments: Floats, length: Floats) -> Floats:
    """Collinear segments joined to lines, strongest (most edge along it) first."""
    lines: list[tuple[float, npt.NDArray[np.float32]]] = []
    left = np.argsort(-length)
    while len(left) and len(lines) < 3 * MAX_LINES:
        s = segments[left[0]]
        p, q = s[:2], s[2:]
        normal = np.array([q[1] - p[1], p[0] - q[0]], np.float32) / max(float(np.hypot(*(q - p))), 1e-6)
        offset = float(normal @ (p + q)) / 2
        ends = segments[left].reshape(-1, 2, 2) @ normal - offset
        reach = 2.0 + 0.004 * np.abs((segments[left].reshape(-1, 2, 2) - (p + q) / 2) @ np.array([-normal[1], normal[0]])).max(axis=1)
        mine = np.abs(ends).max(axis=1) < reach
        mine[0] = True
        members = left[mine]
        if mine.sum() > 1:  # refit to all members
            points = segments[members].reshape(-1, 2)
            weight = np.repeat(length[members], 2)
            centre = (points * weight[:, None]).sum(axis=0) / weight.sum()
            spread = ((points - centre) * weight[:, None]).T @ (points - centre)
            refit = np.linalg.eigh(spread)[1][:, 0].astype(np.float32)
            normal, offset = refit, float(refit @ centre)
        lines.append((float(length[members].sum()), np.array([normal[0], normal[1], offset], np.float32)))
        left = left[~mine]
    lines.sort(key=lambda item: -item[0])
    return np.asarray([line for _, line in lines[:MAX_LINES]], np.float32).reshape(-1, 3)


def _line_quads(lines: Floats, size: tuple[int, int]) -> Floats:
    """Every quad that two pairs of opposite lines enclose; the photo's own frame counts as four more lines."""
    width, height = size
    frame = np.array([[1, 0, 0], [1, 0, width], [0, 1, 0], [0, 1, height]], np.float32)
    lines = np.concatenate([lines.reshape(-1, 3), frame])
    angle = np.degrees(np.arctan2(lines[:, 1], lines[:, 0])) % 180
    first, second = np.triu_indices(len(lines), 1)
    turn = np.abs(angle[first] - angle[second])
    turn = np.minimum(turn, 180 - turn)
    centre = np.array([width / 2, height / 2], np.float32)
    side = lines[:, :2] @ centre - lines[:, 2]
    flip = np.sign((lines[first, :2] * lines[second, :2]).sum(axis=1))
    apart = np.abs(side[first] - flip * side[second])
    opposite = (turn < OPPOSITE_DEG) & (apart > 0.12 * min(size))
    pairs = np.column_stack([first[opposite], second[opposite]])
    if len(pairs) < 2:
        return np.empty((0, 4, 2), np.float32)
    pairs = pairs[:600]
    one, other = np.triu_indices(len(pairs), 1)
    cross = np.abs(angle[pairs[one, 0]] - angle[pairs[other, 0]])
    cross = np.minimum(cross, 180 - cross)
    distinct = (pairs[one][:, :, None] != pairs[other][:, None, :]).all(axis=(1, 2))
    good = (cross > CORNER_DEG[0]) & distinct
    one, other = one[good], other[good]
    a, b, c, d = (lines[i] for i in (pairs[one, 0], pairs[one, 1], pairs[other, 0], pairs[other, 1]))
    return np.stack([meet(a, c), meet(a, d), meet(b, d), meet(b, c)], axis=1)


def meet(a: Floats, b: Floats) -> Floats:
    """Where lines n·p = c cross; (N, 3) and (N, 3) -> (N, 2). Parallel lines give huge numbers, which no check lets through."""
    det = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    det = np.where(np.abs(det) < 1e-6, 1e-6, det)
    return np.stack([(a[:, 2] * b[:, 1] - a[:, 1] * b[:, 2]) / det, (a[:, 0] * b[:, 2] - a[:, 2] * b[:, 0]) / det], axis=1).astype(
        np.float32
    )


def _keep_sound(quads: Floats, size: tuple[int, int]) -> Floats:
    """Convex quads of sensible angles and area inside the view, turned clockwise with the top left corner first."""
    if not len(quads):
        return quads.reshape(-1, 4, 2)
    width, height = size
    x, y = quads[..., 0], quads[..., 1]
    area = 0.5 * (x * np.roll(y, -1, 1) - np.roll(x, -1, 1) * y).sum(axis=1)
    quads = np.where((area < 0)[:, None, None], quads[:, ::-1], quads)
    margin = OUTSIDE * max(size)
    inside = ((quads > -margin) & (quads < np.array([width + margin, height + margin], np.float32))).all(axis=(1, 2))
    ahead = np.roll(quads, -1, axis=1) - quads
    back = np.roll(quads, 1, axis=1) - quads
    cosine = (ahead * back).sum(axis=2) / np.maximum(np.linalg.norm(ahead, axis=2) * np.linalg.norm(back, axis=2), 1e-6)
    corner = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    turn = ahead[..., 0] * np.roll(ahead, -1, 1)[..., 1] - ahead[..., 1] * np.roll(ahead, -1, 1)[..., 0]
    sound = inside & (turn > 0).all(axis=1) & ((corner > CORNER_DEG[0]) & (corner < CORNER_DEG[1])).all(axis=1)
    sound &= np.abs(area) > MIN_AREA * width * height
    quads = quads[sound][:MAX_LINE_QUADS]
    start = np.argmin(quads.sum(axis=2), axis=1) if len(quads) else np.empty(0, int)
    order = (start[:, None] + np.arange(4)) % 4
    return np.take_along_axis(quads, order[..., None], axis=1).astype(np.float32)
