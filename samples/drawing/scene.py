"""The room and the camera: walls and tables, perspective, light, lens and sensor.

A scene is measured in cm on one plane (a wall or a table top). One camera looks at it, so every sheet in the
photo shares one homography up to its own place on the plane.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from digitise.geometry import map_points
from digitise.model import Point, Quad
from samples.drawing import paper
from samples.drawing.ink import Canvas, Rng, noise
from samples.drawing.layer import Drawn, Layer, Matrix, move_notes, paste, turn_matrix

Backdrop = Literal["magnolia", "brick", "felt", "wood", "cloth", "door"]
BASE: dict[Backdrop, tuple[float, float, float]] = {
    "magnolia": (0.83, 0.78, 0.68),
    "brick": (0.80, 0.79, 0.75),
    "felt": (0.30, 0.38, 0.50),
    "wood": (0.62, 0.44, 0.28),
    "cloth": (0.10, 0.10, 0.12),
    "door": (0.55, 0.60, 0.58),
}
FOCAL = 0.9
"""Focal length as a share of the photo's long side: a phone's main camera."""

SHOULDER = 0.72
"""Brightness above which the camera compresses instead of clipping."""


@dataclass(frozen=True)
class Camera:
    """Where the camera points. Lengths in cm on the plane, angles in degrees, picture in px."""

    width_px: int
    height_px: int
    centre: Point
    view_cm: float
    """Width of the plane that the photo shows in its middle."""
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0

    def matrix(self) -> Matrix:
        """Homography: cm on the plane -> photo px."""
        f = FOCAL * max(self.width_px, self.height_px)
        y, p, r = (math.radians(v) for v in (self.yaw, self.pitch, self.roll))
        turn_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
        turn_x = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
        turn_z = np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
        rot = turn_z @ turn_x @ turn_y
        distance = f * self.view_cm / self.width_px
        shift = rot[:, :2] @ -np.asarray(self.centre) + np.array([0, 0, distance])
        lens = np.array([[f, 0, self.width_px / 2], [0, f, self.height_px / 2], [0, 0, 1]])
        matrix = lens @ np.column_stack([rot[:, :2], shift])
        return np.asarray(matrix / matrix[2, 2], float)


@dataclass(frozen=True)
class Item:
    """A layer on the plane: its centre in cm, turned clockwise by `angle` degrees."""

    layer: Layer
    x: float
    y: float
    px_per_cm: float
    angle: float = 0.0
    what: str | None = None
    """Name of the surface in the truth, or None for tape, pens and loose stickies."""
    thickness: float = 0.35
    """How dark its shadow is."""


@dataclass(frozen=True)
class Light:
    """How the room was lit and the photo exposed."""

    side: float = 0.0
    """Brightness falls off across the photo by this share, from left (+) or right (-)."""
    down: float = 0.1
    vignette: float = 0.18
    patches: float = 0.02
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    exposure: float = 1.0
    blur: float = 0.7
    noise: float = 0.010


@dataclass(frozen=True)
class Surface:
    quad: Quad
    what: str
    complete: bool


@dataclass
class Shot:
    """A photo with its truth; `rgb` is uint8 (H, W, 3)."""

    rgb: npt.NDArray[np.uint8]
    surfaces: list[Surface] = field(default_factory=list)
    notes: list[Drawn] = field(default_factory=list)


def take_photo(rng: Rng, backdrop: Backdrop, items: list[Item], camera: Camera, light: Light) -> Shot:
    """Put everything on the plane, look at it through the camera, and expose."""
    view = camera.matrix()
    w, h = camera.width_px, camera.height_px
    canvas = _backdrop(rng, backdrop, view, w, h)
    shot = Shot(np.empty((0, 0, 3), np.uint8))
    px_cm = w / camera.view_cm
    for item in items:
        place: Matrix = np.diag(np.array([1 / item.px_per_cm, 1 / item.px_per_cm, 1.0]))
        size_cm = (item.layer.size[0] / item.px_per_cm, item.layer.size[1] / item.px_per_cm)
        matrix = view @ turn_matrix(size_cm, item.x, item.y, item.angle) @ place
        spread = max(2.0, 0.22 * px_cm)
        paste(canvas, item.layer, matrix, shadow=item.thickness, lift=(0.12 * px_cm, 0.22 * px_cm), spread=spread)
        shot.notes.extend(move_notes(item.layer.notes, matrix))
        if item.what:
            lw, lh = item.layer.size
            corners = map_points(matrix, [(2, 2), (lw - 2, 2), (lw - 2, lh - 2), (2, lh - 2)])
            complete = all(0 <= x <= w and 0 <= y <= h for x, y in corners)
            inside = [(min(max(x, 0.0), float(w)), min(max(y, 0.0), float(h))) for x, y in corners]
            shot.surfaces.append(Surface((inside[0], inside[1], inside[2], inside[3]), item.what, complete))
    shot.rgb = _expose(rng, canvas, light)
    return shot


def _backdrop(rng: Rng, kind: Backdrop, view: Matrix, width: int, height: int) -> Canvas:
    """What is behind the sheets, in photo px: textures made on the plane and seen through the same camera."""
    inverse = np.linalg.inv(view)
    seen = np.asarray(map_points(inverse, [(0, 0), (width, 0), (width, height), (0, height)]))
    (x0, y0), (x1, y1) = seen.min(0), seen.max(0)
    scale = min(10.0, 2600 / max(x1 - x0, y1 - y0))
    w, h = math.ceil((x1 - x0) * scale), math.ceil((y1 - y0) * scale)
    tone = np.zeros((h, w), np.float32)
    plane = np.empty((h, w, 3), np.float32)
    plane[:] = BASE[kind]
    if kind in ("magnolia", "brick", "door"):
        tone += 0.006 * noise(rng, h, w, 2.0) + 0.008 * noise(rng, h, w, 30 * scale)
    if kind == "brick":
        tone += _bricks(rng, h, w, scale)
    if kind == "felt":
        tone += 0.05 * noise(rng, h, w, 1.5) + 0.03 * noise(rng, h, w, 8 * scale)
    if kind == "cloth":
        tone += 0.10 * noise(rng, h, w, 1.6) + 0.25 * np.clip(cv2.GaussianBlur(noise(rng, h, w, 14 * scale), (0, 0), 2 * scale), 0, 2)
    if kind == "wood":
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        bend = 2.5 * scale * noise(rng, h, w, 40 * scale)
        rings = np.sin((yy + bend) / (0.35 * scale)) + 0.5 * np.sin((yy + 1.7 * bend) / (0.12 * scale))
        fibre = cv2.resize(noise(rng, h, max(2, w // 30), 1.6), (w, h))
        tone += 0.035 * rings + 0.05 * fibre + 0.04 * noise(rng, h, w, 30 * scale)
        tone -= 0.25 * np.exp(-((((yy / scale) % 18) / 0.25) ** 2)) + 0 * xx
    plane *= (1 + tone)[..., None]
    if kind == "door":
        edge = round(w * 0.06)
        plane[:, :edge] *= 0.75
        plane[:, edge : edge + 6] *= 0.5
    to_photo = view @ np.array([[1 / scale, 0, x0], [0, 1 / scale, y0], [0, 0, 1]])
    return cv2.warpPerspective(plane, to_photo, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)


def _bricks(rng: Rng, height: int, width: int, scale: float) -> npt.NDArray[np.float32]:
    """Painted brickwork: joints 7.5 cm apart, each brick a shade of its own."""
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32) / scale
    row = np.floor(yy / 7.5)
    along = xx + 11.25 * (row % 2)
    cell = (row.astype(int) % 64, np.floor(along / 22.5).astype(int) % 64)
    shade = rng.normal(0, 0.02, (64, 64)).astype(np.float32)[cell]
    joint = np.minimum(yy % 7.5, along % 22.5)
    rounded: npt.NDArray[np.float32] = (
        shade - 0.16 * np.exp(-(((joint - 0.5) / 0.45) ** 2)) + 0.05 * np.exp(-(((joint - 1.4) / 0.35) ** 2))
    ).astype(np.float32)
    return rounded


def _expose(rng: Rng, canvas: Canvas, light: Light) -> npt.NDArray[np.uint8]:
    """Light, lens, sensor: float canvas -> uint8 photo."""
    h, w = canvas.shape[:2]
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    u, v = xx / w - 0.5, yy / h - 0.5
    level = light.exposure * (1 - light.side * u - light.down * v - light.vignette * (u * u + v * v) * 1.6)
    level *= 1 + light.patches * cv2.GaussianBlur(noise(rng, h, w, 0.9 * w), (0, 0), 9)
    lit = canvas * level[..., None] * np.asarray(light.cast, np.float32)
    lit = cv2.GaussianBlur(lit, (0, 0), light.blur)
    sharp = lit + 0.35 * (lit - cv2.GaussianBlur(lit, (0, 0), 1.6))
    grain = cv2.GaussianBlur(rng.standard_normal((h, w)).astype(np.float32), (0, 0), 0.7) * 1.6
    chroma = cv2.resize(rng.standard_normal((h // 4, w // 4, 3)).astype(np.float32), (w, h))
    amount = light.noise * (0.6 + 0.8 * np.sqrt(np.clip(1 - lit.mean(2), 0.05, 1)))
    sharp += amount[..., None] * (grain[..., None] + 0.4 * chroma)
    curve = np.clip(sharp, 0, 2)
    curve = np.where(curve < SHOULDER, curve, SHOULDER + (1 - SHOULDER) * np.tanh((curve - SHOULDER) / (1 - SHOULDER)))
    rgb: npt.NDArray[np.uint8] = np.round(np.clip(curve, 0, 1) * 255).astype(np.uint8)
    return rgb


def taped(rng: Rng, item: Item) -> list[Item]:
    """The item with strips of masking tape across its upper corners (and lumps of tack at the lower ones)."""
    w, h = item.layer.size[0] / item.px_per_cm, item.layer.size[1] / item.px_per_cm
    a = math.radians(item.angle)
    out = [item]
    for sx, sy in ((-1, -1), (1, -1)):
        dx, dy = sx * (w / 2 - 1.2), sy * (h / 2 - 0.3)
        strip = paper.tape(rng, round(7.5 * 20), round(2.4 * 20))
        x, y = item.x + dx * math.cos(a) - dy * math.sin(a), item.y + dx * math.sin(a) + dy * math.cos(a)
        out.append(Item(strip, x, y, 20.0, angle=float(item.angle + sx * 40 + rng.normal(0, 9)), thickness=0.15))
    return out
