"""Straightening a sheet: from its quad in the photo to an upright rectangle of the sheet's true proportions."""

from __future__ import annotations

import math

import cv2
import numpy as np

from digitise.geometry import FloatArray, homography, quad_size
from digitise.model import Quad
from digitise.surface.view import Rgb

MAX_SIDE_PX = 5000
"""Longest side of a straightened picture: what a 16-megapixel phone photo holds, and 40 cm at 300 dots per inch."""
FOCAL_RANGE = (0.5, 3.0)
"""Focal lengths of phone cameras, in photo long sides: 0.55 is an ultra-wide lens, 2.5 a telephoto. Others: the estimate failed."""
CONVERGENCE = 0.04
"""Opposite sides must differ by this share before perspective tells the focal length; below it the corners' own error decides."""
ASPECT_CHANGE = 1.35
"""An estimated aspect ratio this much off the side means is distrusted."""


def rectify(rgb: Rgb, quad: Quad, *, max_side_px: int = MAX_SIDE_PX) -> tuple[Rgb, tuple[float, ...]]:
    """Straighten one sheet.

    rgb: photo, (H, W, 3) uint8 RGB. quad: photo px, top left corner first.
    Returns the picture (h, w, 3) and the homography photo px -> picture px (9 numbers, row by row). A pixel's centre is at whole
    numbers + 0.5, so the quad maps onto the corners (0, 0) .. (w, h). The picture keeps the photo's detail: its sides are about as
    long as the quad's.
    Raises ValueError for a degenerate quad.
    """
    width, height = picture_size(quad, (rgb.shape[1], rgb.shape[0]), max_side_px)
    matrix = homography(quad, ((0, 0), (width, 0), (width, height), (0, height)))
    return warp(rgb, matrix, (width, height)), tuple(float(v) for v in matrix.ravel())


def picture_size(quad: Quad, photo_size: tuple[int, int], max_side_px: int = MAX_SIDE_PX) -> tuple[int, int]:
    """Width and height of the straightened picture, px: the sheet's aspect ratio at the quad's own area of detail."""
    mean_width, mean_height = quad_size(quad)
    if min(mean_width, mean_height) < 1:
        raise ValueError("degenerate quad")
    aspect = estimate_aspect(quad, photo_size)
    scale = math.sqrt(mean_width * mean_height)
    width, height = scale * math.sqrt(aspect), scale / math.sqrt(aspect)
    shrink = min(1.0, max_side_px / max(width, height))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def estimate_aspect(quad: Quad, photo_size: tuple[int, int]) -> float:
    """Width over height of the rectangle whose picture is `quad`, in a camera with square pixels that looks through the photo's middle.

    Zhang & He, Whiteboard scanning and image enhancement, Digital Signal Processing 17 (2007), section 3. Where the sides hardly
    converge, the focal length comes out absurd, or the result is far off the sides' means, the means stand.
    """
    mean_width, mean_height = quad_size(quad)
    plain = mean_width / mean_height
    centre = np.array([photo_size[0] / 2, photo_size[1] / 2])
    unit = max(photo_size)
    m1, m2, m4, m3 = (np.append((np.asarray(p, float) - centre) / unit, 1.0) for p in quad)
    below2 = float(np.cross(m2, m4) @ m3)
    below3 = float(np.cross(m3, m4) @ m2)
    if abs(below2) < 1e-9 or abs(below3) < 1e-9:
        return plain
    k2 = float(np.cross(m1, m4) @ m3) / below2
    k3 = float(np.cross(m1, m4) @ m2) / below3
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    if min(abs(k2 - 1), abs(k3 - 1)) < CONVERGENCE:
        return plain
    focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    if not FOCAL_RANGE[0] ** 2 <= focal2 <= FOCAL_RANGE[1] ** 2:
        return plain
    wide = math.sqrt((n2[0] ** 2 + n2[1] ** 2) / focal2 + n2[2] ** 2)
    high = math.sqrt((n3[0] ** 2 + n3[1] ** 2) / focal2 + n3[2] ** 2)
    aspect = wide / high
    return aspect if 1 / ASPECT_CHANGE < aspect / plain < ASPECT_CHANGE else plain


def warp(rgb: Rgb, matrix: FloatArray, size: tuple[int, int]) -> Rgb:
    """The photo through a 3x3 homography (photo px -> picture px), `size` = (width, height). Beyond the photo the edge colour goes on."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV puts pixel centres at whole numbers
    pixels = np.linalg.inv(half) @ matrix @ half
    return np.ascontiguousarray(cv2.warpPerspective(rgb, pixels, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def turn_quarters(size: tuple[int, int], quarters: int) -> tuple[FloatArray, tuple[int, int]]:
    """Homography and new (width, height) of turning a picture clockwise by `quarters` quarter turns."""
    width, height = size
    matrix = {
        0: np.eye(3),
        1: np.array([[0, -1, height], [1, 0, 0], [0, 0, 1]], float),
        2: np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]], float),
        3: np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1]], float),
    }[quarters % 4]
    return matrix, (height, width) if quarters % 2 else (width, height)


def rotate(rgb: Rgb, angle_deg: float) -> tuple[Rgb, tuple[float, ...]]:
    """Turn a picture so that writing that runs at `angle_deg` (clockwise from upright, as deskew gives it) runs upright; the canvas grows.

    Quarter turns are exact. New corners take the colour of the nearest edge. Returns picture and homography photo px -> picture px.
    """
    size = (rgb.shape[1], rgb.shape[0])
    quarters = round(-angle_deg / 90)
    matrix, turned = turn_quarters(size, quarters)
    rest = -angle_deg - 90 * quarters
    picture = np.ascontiguousarray(np.rot90(rgb, -quarters % 4))
    if abs(rest) < 1e-6:
        return picture, tuple(float(v) for v in matrix.ravel())
    cos, sin = math.cos(math.radians(rest)), math.sin(math.radians(rest))
    width = math.ceil(turned[0] * abs(cos) + turned[1] * abs(sin))
    height = math.ceil(turned[0] * abs(sin) + turned[1] * abs(cos))
    shift = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    spin = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    back = np.array([[1, 0, -turned[0] / 2], [0, 1, -turned[1] / 2], [0, 0, 1]])
    full = shift @ spin @ back
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    pixels = np.linalg.inv(half) @ full @ half
    picture = np.asarray(
        cv2.warpPerspective(picture, pixels, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
    return picture, tuple(float(v) for v in (full @ matrix).ravel())
