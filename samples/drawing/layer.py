"""A piece of paper with what is on it: pixels, and the notes drawn there in the same coordinates.

Placing a layer on another maps pixels and note outlines through one and the same matrix; that is what makes the truth exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import map_points
from digitise.model import Colour, Container, Kind, Point, Role
from samples.drawing.ink import Box, Canvas, Mask

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """One note as drawn. `key` names it within the event; `under` is the key of its heading."""

    key: str
    text: str
    outline: tuple[Point, ...]
    role: Role = "note"
    container: Container = "none"
    colour: Colour = "none"
    kind: Kind = "other"
    owners: tuple[str, ...] = ()
    due: str | None = None
    under: str | None = None
    section: str | None = None
    """Key of the heading that names its section of the report."""


@dataclass
class Layer:
    """Canvas float32 RGB (H, W, 3) 0..1, alpha (H, W) 0..1, notes in canvas px."""

    canvas: Canvas
    alpha: Mask
    notes: list[Drawn] = field(default_factory=list)
    language: str = "en"

    @property
    def size(self) -> tuple[int, int]:
        return self.canvas.shape[1], self.canvas.shape[0]


def blank(canvas: Canvas) -> Layer:
    return Layer(canvas, np.ones(canvas.shape[:2], np.float32))


def box_outline(boxes: list[Box], pad: float = 0.0) -> tuple[Point, ...]:
    """The upright rectangle round some boxes, as an outline."""
    b = np.asarray(boxes, float)
    x0, y0, x1, y1 = b[:, 0].min() - pad, b[:, 1].min() - pad, b[:, 2].max() + pad, b[:, 3].max() + pad
    return ((float(x0), float(y0)), (float(x1), float(y0)), (float(x1), float(y1)), (float(x0), float(y1)))


def turn_matrix(size: tuple[float, float], x: float, y: float, angle_deg: float, scale: float = 1.0) -> Matrix:
    """Matrix that puts a layer of `size` with its centre at (x, y), turned clockwise by `angle_deg`."""
    a = np.deg2rad(angle_deg)
    c, s = np.cos(a) * scale, np.sin(a) * scale
    w, h = size
    return np.asarray([[c, -s, x - c * w / 2 + s * h / 2], [s, c, y - s * w / 2 - c * h / 2], [0, 0, 1]], float)


def move_notes(notes: list[Drawn], matrix: Matrix) -> list[Drawn]:
    return [replace(n, outline=tuple(map_points(matrix, n.outline))) for n in notes]


def paste(
    canvas: Canvas, layer: Layer, matrix: Matrix, *, shadow: float = 0.0, lift: tuple[float, float] = (0.0, 0.0), spread: float = 4.0
) -> None:
    """Draw `layer` onto `canvas` through `matrix` (layer px -> canvas px), with a soft shadow of strength 0..1."""
    h, w = canvas.shape[:2]
    lw, lh = layer.size
    corners = np.asarray(map_points(matrix, [(0, 0), (lw, 0), (lw, lh), (0, lh)]))
    margin = 4 * spread + 4 + max(abs(lift[0]), abs(lift[1]))
    x0, y0 = (max(0, int(v - margin)) for v in corners.min(0))
    x1, y1 = (min(limit, int(v + margin)) for v, limit in zip(corners.max(0), (w, h), strict=True))
    if x1 <= x0 or y1 <= y0:
        return
    local = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]], float) @ matrix
    size = (x1 - x0, y1 - y0)
    alpha = cv2.warpPerspective(layer.alpha, local, size, flags=cv2.INTER_LINEAR)
    colour = cv2.warpPerspective(layer.canvas, local, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    area = canvas[y0:y1, x0:x1]
    if shadow:
        shifted = cv2.warpAffine(alpha, np.array([[1, 0, lift[0]], [0, 1, lift[1]]], float), size)
        area *= 1 - shadow * cv2.GaussianBlur(shifted, (0, 0), spread)[..., None]
    area += alpha[..., None] * (np.clip(colour, 0, 1) - area)


def place(
    parent: Layer, child: Layer, matrix: Matrix, *, shadow: float = 0.35, lift: tuple[float, float] = (2.0, 4.0), spread: float = 4.0
) -> None:
    """Stick a layer onto another: pixels and notes."""
    paste(parent.canvas, child, matrix, shadow=shadow, lift=lift, spread=spread)
    parent.notes.extend(move_notes(child.notes, matrix))
