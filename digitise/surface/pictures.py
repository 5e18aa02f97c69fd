"""From a photo to its pictures for the report: one per sheet, or the whole photo where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from digitise.geometry import FloatArray, homography, map_points, polygon, quad_size
from digitise.model import Quad, Surface
from digitise.surface.clean import clean
from digitise.surface.deskew import deskew
from digitise.surface.find import FoundSurface, find_surfaces
from digitise.surface.rectify import rectify, rotate
from digitise.surface.view import Rgb

LEFT_OUT = 0.25
"""When more than this share of the writing (by area of its lines) lies outside all sheets, the whole photo is shown too."""


class Picture(NamedTuple):
    """A cleaned picture with where it comes from."""

    surface: Surface
    rgb: Rgb


def make_pictures(
    rgb: Rgb, photo_id: str, line_quads: Sequence[Quad] = (), *, found: Sequence[FoundSurface] | None = None, cleaned: bool = True
) -> list[Picture]:
    """Cleaned, upright pictures of a photo's sheets; of the whole photo when there is none or too much writing lies outside them.

    rgb: photo, (H, W, 3) uint8 RGB. line_quads: text lines, photo px, in direction of reading. found: sheets, when already sought.
    cleaned: False leaves the pictures as they are, for callers who want to know only where the sheets are; cleaning takes most of the time.
    At least one picture; ids run '<photo_id>-s1', '-s2', ...
    """
    sheets = find_surfaces(rgb) if found is None else list(found)
    pictures = [_sheet_picture(rgb, f"{photo_id}-s{i}", sheet, line_quads, cleaned=cleaned) for i, sheet in enumerate(sheets, 1)]
    if not sheets or share_outside(line_quads, [s.quad for s in sheets]) > LEFT_OUT:
        pictures.append(_photo_picture(rgb, f"{photo_id}-s{len(sheets) + 1}", line_quads, cleaned=cleaned))
    return pictures


def share_outside(line_quads: Sequence[Quad], quads: Sequence[Quad]) -> float:
    """Share of the writing, by area, whose middle lies in none of the quads; 0 without writing."""
    sheets = [polygon(q) for q in quads]
    total = outside = 0.0
    for line in line_quads:
        outline = polygon(line)
        total += outline.area
        if not any(sheet.contains(outline.centroid) for sheet in sheets):
            outside += outline.area
    return outside / total if total > 0 else 0.0


def _sheet_picture(rgb: Rgb, surface_id: str, sheet: FoundSurface, line_quads: Sequence[Quad], *, cleaned: bool) -> Picture:
    outline = polygon(sheet.quad)
    mine = [q for q in line_quads if outline.contains(polygon(q).centroid)]
    width, height = quad_size(sheet.quad)
    flatten = homography(sheet.quad, ((0, 0), (width, 0), (width, height), (0, height)))
    flat = [_map_quad(flatten, q) for q in mine]
    quarters = round(deskew(flat) / 90) % 4
    quad = _turn_corners(sheet.quad, quarters)
    picture, matrix = rectify(rgb, quad)
    return _picture(surface_id, sheet, quad, clean(picture) if cleaned else picture, matrix)


def _map_quad(matrix: FloatArray, quad: Quad) -> Quad:
    a, b, c, d = map_points(matrix, quad)
    return (a, b, c, d)


def _turn_corners(quad: Quad, quarters: int) -> Quad:
    """The quad as read by somebody who turned by `quarters` quarter turns clockwise with the writing."""
    a, b, c, d = (quad[(i + quarters) % 4] for i in range(4))
    return (a, b, c, d)


def _photo_picture(rgb: Rgb, surface_id: str, line_quads: Sequence[Quad], *, cleaned: bool) -> Picture:
    height, width = rgb.shape[:2]
    turned, matrix = rotate(rgb, deskew(line_quads))
    whole = FoundSurface(((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))), "photo", 0.0)
    return _picture(surface_id, whole, whole.quad, clean(turned) if cleaned else turned, matrix)


def _picture(surface_id: str, sheet: FoundSurface, quad: Quad, rgb: Rgb, matrix: tuple[float, ...]) -> Picture:
    surface = Surface(
        id=surface_id,
        quad=quad,
        what=sheet.what,
        confidence=sheet.confidence,
        size_px=(rgb.shape[1], rgb.shape[0]),
        homography=tuple(np.asarray(matrix, float).tolist()),
    )
    return Picture(surface, rgb)
