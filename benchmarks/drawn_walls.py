"""Draws photos of sticky notes on walls and tables whose truth is exact: ground, light, slant, curl, overlap, size, number, pads.

Reflectances are lit in linear light (lamp, falling off, shadows), then seen by a camera that takes out part of the lamp's cast, so that
colours change as they do in photographs. Not to be looked at for beauty: every property is there because notes got lost by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Pads = tuple[tuple[str, tuple[int, int, int]], ...]

VIVID: Pads = (
    ("yellow", (252, 232, 92)),
    ("yellow", (250, 236, 140)),
    ("pink", (248, 90, 150)),
    ("green", (160, 214, 96)),
    ("green", (110, 205, 150)),
    ("blue", (95, 190, 226)),
    ("orange", (252, 150, 66)),
    ("purple", (172, 140, 214)),
)
PASTEL: Pads = (
    ("yellow", (250, 244, 176)),
    ("pink", (246, 196, 208)),
    ("green", (196, 232, 190)),
    ("blue", (184, 218, 238)),
    ("purple", (214, 200, 236)),
    ("orange", (250, 206, 164)),
)
CREAM: Pads = (("yellow", (246, 240, 206)), ("white", (247, 246, 241)))
WHITE: Pads = (("white", (248, 248, 246)),)
PADS = {"vivid": VIVID, "pastel": PASTEL, "cream": CREAM, "white": WHITE}

GROUNDS = {
    "board": (228, 230, 230),
    "grey sheet": (188, 186, 186),
    "wall": (214, 206, 190),
    "cork": (176, 132, 88),
    "dark table": (60, 46, 40),
    "wood": (158, 112, 72),
    "brown paper": (182, 148, 108),
    "blue sheet": (128, 164, 206),
}
LAMPS = {
    "daylight": (1.0, 1.0, 1.0),
    "4000 K": (1.0, 0.9, 0.72),
    "3000 K": (1.0, 0.8, 0.48),
    "sky": (0.86, 0.96, 1.0),
}
"""Linear red, green and blue of the light, after the camera has taken out about half of the lamp's cast."""
INKS = ((28, 26, 30), (30, 40, 110), (24, 24, 24), (120, 30, 40))


@dataclass(frozen=True)
class Wall:
    """How a wall is to be drawn."""

    ground: str = "board"
    pads: str = "vivid"
    count: int = 16
    side: tuple[float, float] = (110.0, 120.0)
    """Least and greatest side of a note, px."""
    overlap: float = 0.0
    """Share of a note's side by which notes that stand in a row lie over each other."""
    touching: bool = False
    """Notes in a row touch and are of one pad."""
    curl: float = 0.0
    """How far the lower edge stands off the ground, share of the side."""
    turn: float = 5.0
    """Greatest turn of a note, degrees."""
    slant: float = 0.0
    """Perspective: how much shorter the far side of the wall is, 0..1."""
    lamp: str = "daylight"
    level: float = 0.9
    falloff: float = 0.15
    """How much darker the wall is at its far corner."""
    shadow: float = 0.0
    """Depth of a shadow across the wall."""
    cut: bool = False
    """A row of notes goes on beyond the photo's edge."""
    flags: bool = False
    """Small flags of other colours stand on the notes' corners."""
    distractors: bool = False
    """Marker lettering, drawn boxes and bubbles, filled and not, vote dots."""
    blank: float = 0.1
    """Share of notes without writing."""
    size: tuple[int, int] = (1400, 1050)


class Truth(NamedTuple):
    """A note as drawn."""

    outline: npt.NDArray[np.float32]
    """Corners (4, 2), photo px, clipped to nothing."""
    box: tuple[float, float, float, float]
    """Upright box of what the frame leaves of it."""
    colour: str
    seen: float
    """Share of it that is in the photo and not under other notes."""


class _Placed(NamedTuple):
    """A note to be drawn."""

    centre: Floats
    side: float
    name: str
    colour: tuple[int, int, int]


class _Canvas(NamedTuple):
    """What is drawn on. All is changed in place."""

    picture: npt.NDArray[np.float32]
    """sRGB 0..255 (H, W, 3)."""
    owner: npt.NDArray[np.int16]
    """Number of the uppermost note at each place, 0 for none."""
    view: Floats
    """Homography of the wall's plane to the photo."""
    lines: list[tuple[Floats, int]]
    """Quads of lines of writing, each with the number of its note."""


class Drawn(NamedTuple):
    rgb: npt.NDArray[np.uint8]
    notes: list[Truth]
    lines: list[tuple[tuple[float, float], ...]]
    """Quads of the lines of writing, as a reader would find them: a tenth is missed, ends are some px off."""


def draw_wall(wall: Wall, seed: int) -> Drawn:
    """A photo of a wall; the same seed draws the same."""
    rng = np.random.default_rng(seed)
    width, height = wall.size
    picture = _draw_ground(GROUNDS[wall.ground], wall, rng)
    view = _make_view(wall, rng)
    canvas = _Canvas(picture, np.zeros((height, width), np.int16), view, [])
    if wall.distractors:
        _draw_distractors(canvas, rng)
    outlines: list[npt.NDArray[np.float32]] = []
    names = []
    for number, note in enumerate(_place_notes(wall, rng), 1):
        outlines.append(_draw_note(canvas, number, note, wall, rng))
        names.append(note.name)
    if wall.flags:
        _draw_flags(canvas, outlines, rng)
    owner = canvas.owner
    notes = []
    for number, (outline, name) in enumerate(zip(outlines, names, strict=True), 1):
        x0, y0 = np.maximum(outline.min(axis=0), 0)
        x1, y1 = np.minimum(outline.max(axis=0), (width, height))
        whole = max(cv2.contourArea(outline), 1.0)
        notes.append(Truth(outline, (float(x0), float(y0), float(x1), float(y1)), name, float((owner == number).sum()) / whole))
    seen = [part for line, number in canvas.lines if (part := _cut_to_seen(line, number, owner)) is not None]
    quads = [tuple((float(x), float(y)) for x, y in line) for line in seen if rng.random() > 0.1]
    return Drawn(_photograph(picture, wall, rng), notes, quads)


def _cut_to_seen(line: Floats, number: int, owner: npt.NDArray[np.int16]) -> Floats | None:
    """The part of a line of writing that no other note lies over; None where less than a third is left. number: its note, 0 for none."""
    at = np.linspace(0, 1, 25)
    points = (line[0] + line[3]) / 2 + at[:, None] * ((line[1] + line[2]) - (line[0] + line[3])) / 2
    x, y = (np.clip(points[:, i], 0, owner.shape[1 - i] - 1).astype(int) for i in (0, 1))
    seen = np.flatnonzero(owner[y, x] == number)
    if len(seen) < len(at) / 3:
        return None
    first, last = at[seen[0]], at[seen[-1]]
    top, low = line[1] - line[0], line[2] - line[3]
    return np.stack([line[0] + first * top, line[0] + last * top, line[3] + last * low, line[3] + first * low])


def _draw_ground(colour: tuple[int, int, int], wall: Wall, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """sRGB 0..255 float32 (H, W, 3)."""
    width, height = wall.size
    fine = rng.normal(0, 1, (height, width)).astype(np.float32)
    coarse = cv2.resize(rng.normal(0, 1, (height // 60 + 2, width // 60 + 2)).astype(np.float32), wall.size, interpolation=cv2.INTER_CUBIC)
    if wall.ground == "cork":
        grain = cv2.GaussianBlur(fine, (0, 0), 1.6) * 42 + coarse * 5
    elif wall.ground in ("wood", "dark table"):
        rows = np.mgrid[0:height, 0:width][0].astype(np.float32)
        grain = (np.sin(rows / 9 + 2 * coarse) * 9 + np.where(rows % 260 < 3, -30, 0)) * (0.4 if wall.ground == "dark table" else 1.0)
    else:
        grain = 1.2 * coarse + fine
    return np.clip(np.array(colour, np.float32) + grain[..., None], 0, 255).astype(np.float32)


def _make_view(wall: Wall, rng: np.random.Generator) -> Floats:
    """Homography of the wall's plane, in px of the photo, to the photo."""
    width, height = wall.size
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    if not wall.slant:
        return np.eye(3)
    squeeze = wall.slant / 2 * height
    seen = flat.copy()
    far = (1, 2) if rng.random() < 0.5 else (0, 3)
    seen[far[0], 1] += squeeze
    seen[far[1], 1] -= squeeze
    seen[:, 0] = width / 2 + (seen[:, 0] - width / 2) * (1 - wall.slant / 3)
    return np.asarray(cv2.getPerspectiveTransform(flat, seen))


def _place_notes(wall: Wall, rng: np.random.Generator) -> list[_Placed]:
    """The notes in the order in which they are put up."""
    width, height = wall.size
    pads = PADS[wall.pads]
    largest = wall.side[1]
    step = largest * (1 - wall.overlap) if wall.overlap else largest * (1.0 if wall.touching else 1.16)
    down = largest * (1.0 if wall.touching else 1.22)
    columns = max(1, min(int((width - largest) / step) + 1, math.ceil(math.sqrt(wall.count * 1.6))))
    rows = math.ceil(wall.count / columns)
    x0 = rng.uniform(0.6 * largest, max(0.6 * largest + 1, width - (columns - 1) * step - 0.6 * largest))
    y0 = rng.uniform(0.6 * largest, max(0.6 * largest + 1, height - (rows - 1) * down - 0.6 * largest))
    if wall.cut:
        y0 = rng.uniform(-0.2, 0.1) * largest
    placed = []
    for i in range(wall.count):
        row, column = divmod(i, columns)
        jitter = 0.0 if wall.touching else 0.04 * largest
        centre = np.array([x0 + column * step, y0 + row * down]) + rng.uniform(-jitter, jitter, 2)
        name, colour = pads[(row if wall.touching else int(rng.integers(len(pads)))) % len(pads)]
        placed.append(_Placed(centre, float(rng.uniform(*wall.side)), name, colour))
    return placed


def _draw_note(canvas: _Canvas, number: int, note: _Placed, wall: Wall, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Put one note into the picture; returns its corners (4, 2)."""
    picture, owner, view, _ = canvas
    centre, side, _, colour = note
    angle = math.radians(rng.uniform(-1.5, 1.5) if wall.touching else rng.uniform(-wall.turn, wall.turn))
    spin = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    curl = wall.curl * rng.uniform(0.4, 1.0)
    bend = rng.uniform(-0.5, 0.5) * curl

    def place(u: Floats, v: Floats) -> Floats:
        """Places on the note (0..1 across and down) in the photo; the lower edge stands off, nearer to the camera, and bows."""
        lift = curl * v**2
        x = (u - 0.5) * (1 + 0.35 * lift) + bend * v**2
        y = v - 0.5 - 0.45 * lift - 0.25 * curl * v**2 * (2 * u - 1) ** 2
        flat = np.stack([x, y], axis=-1) * side @ spin.T + centre
        return np.asarray(cv2.perspectiveTransform(flat.reshape(1, -1, 2).astype(np.float64), view)[0])

    t = np.linspace(0, 1, 13)
    zero, one = np.zeros_like(t), np.ones_like(t)
    rim = np.concatenate([place(t, zero), place(one, t), place(t[::-1], one), place(zero, t[::-1])])
    height, width = owner.shape
    reach = 0.5 * side
    x0, y0 = (int(max(0, v)) for v in rim.min(axis=0) - reach)
    x1, y1 = int(min(width, rim[:, 0].max() + reach)), int(min(height, rim[:, 1].max() + reach))
    corners = place(np.array([0.0, 1, 1, 0]), np.array([0.0, 0, 1, 1])).astype(np.float32)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return corners
    window = picture[y0:y1, x0:x1]
    mask = np.zeros(window.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round((rim - (x0, y0)) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    cover = mask.astype(np.float32)[..., None] / 255
    contact = cv2.GaussianBlur(cover, (0, 0), max(0.8, side / 90))[..., None]
    far = max(1, round(side * (0.02 + 0.12 * curl)))
    cast = np.roll(cv2.GaussianBlur(cover, (0, 0), max(1.0, side * (0.02 + 0.05 * curl))), (far, far // 2), (0, 1))[..., None]
    window *= (1 - 0.25 * contact) * (1 - (0.14 + 0.2 * curl) * cast)
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    down = ((x - corners[0, 0]) * -math.sin(angle) + (y - corners[0, 1]) * math.cos(angle)) / side
    shade = rng.uniform(0.95, 1.0) * (1 + rng.choice([-1, 1]) * 0.5 * curl * np.clip(down, 0, 1) ** 2 - 0.05 * np.clip(down, 0, 1) ** 2)
    window[:] = window * (1 - cover) + np.array(colour, np.float32) * shade[..., None] * cover
    owner[y0:y1, x0:x1][mask > 127] = number
    if rng.random() >= wall.blank:
        _write_on(canvas, number, place, side, rng)
    return corners


def _write_on(canvas: _Canvas, number: int, place: Callable[[Floats, Floats], Floats], side: float, rng: np.random.Generator) -> None:
    """Scribble two to five lines. place: maps places on the note (0..1 across and down) to the photo."""
    height, width = canvas.owner.shape
    ink = INKS[int(rng.integers(len(INKS)))]
    pen = max(1, round(side / 48))
    rows = rng.integers(2, 6)
    pitch = 0.74 / rows
    for row in range(rows):
        v = 0.15 + pitch * (row + 0.5)
        height_of_letters = min(0.6 * pitch, 0.2)
        last = rng.uniform(0.55, 0.9)
        steps = max(6, round((last - 0.1) / (0.35 * height_of_letters)))  # letters are about 0.7 as wide as high, two strokes each
        u = np.linspace(0.1, last, steps)
        stroke = place(u, v + rng.uniform(-0.5, 0.5, steps) * height_of_letters)
        gaps = np.flatnonzero(rng.random(steps - 1) < 0.16)
        for part in np.split(stroke, gaps + 1):
            cv2.polylines(canvas.picture, [np.round(part * 16).astype(np.int32)], False, ink, pen, cv2.LINE_AA, 4)
        half = 0.55 * height_of_letters
        quad = place(np.array([u[0], u[-1], u[-1], u[0]]) + np.array([-0.02, 0.02, 0.02, -0.02]), v + np.array([-half, -half, half, half]))
        if quad.min() > 0 and (quad < (width, height)).all():
            canvas.lines.append((quad + rng.normal(0, 0.01 * side, 2), number))


def _draw_flags(canvas: _Canvas, outlines: list[npt.NDArray[np.float32]], rng: np.random.Generator) -> None:
    """Small flags of a bright pad on lower right corners; they are no notes of their own (a label), but hide some of a note."""
    for outline in outlines:
        if rng.random() < 0.5:
            side = 0.24 * float(np.linalg.norm(outline[1] - outline[0]))
            quad = cv2.boxPoints((tuple(outline[2] - 0.12 * (outline[2] - outline[0])), (2.0 * side, side), float(rng.uniform(-12, 12))))
            cv2.fillConvexPoly(canvas.picture, np.round(quad).astype(np.int32), (255, 96, 60), cv2.LINE_AA)
            cv2.fillConvexPoly(canvas.owner, np.round(quad).astype(np.int32), 0)


def _draw_distractors(canvas: _Canvas, rng: np.random.Generator) -> None:
    """What workshop sheets hold besides notes: lettering in marker, boxes and bubbles with and without a fill, dots."""
    picture, lines = canvas.picture, canvas.lines
    height, width = picture.shape[:2]
    markers = ((200, 40, 50), (40, 80, 190), (30, 130, 70), (25, 25, 25))
    fills = ((250, 200, 90), (150, 210, 240), (190, 230, 150), (245, 170, 190))
    for i in range(5):  # along the foot of the picture
        x, y = width * (0.06 + 0.19 * i), height * rng.uniform(0.86, 0.93)
        box = ((int(x), int(y - 0.05 * height)), (int(x + 0.13 * width), int(y + 0.05 * height)))
        ink = markers[int(rng.integers(4))]
        if i % 2:
            cv2.rectangle(picture, *box, fills[int(rng.integers(4))], -1)
            cv2.rectangle(picture, *box, (25, 25, 25), 5, cv2.LINE_AA)
        else:
            middle = (int(x + 0.065 * width), int(y))
            cv2.ellipse(picture, middle, (int(0.07 * width), int(0.05 * height)), 0, 0, 360, fills[int(rng.integers(4))], -1, cv2.LINE_AA)
            cv2.ellipse(picture, middle, (int(0.07 * width), int(0.05 * height)), 0, 0, 360, ink, 4, cv2.LINE_AA)
        xs = np.linspace(x + 0.02 * width, x + 0.11 * width, 24)
        points = np.stack([xs, y + rng.uniform(-12, 12, 24)], axis=1)
        cv2.polylines(picture, [points.astype(np.int32)], False, (25, 25, 25), 3, cv2.LINE_AA)
        lines.append((np.array([[xs[0], y - 16], [xs[-1], y - 16], [xs[-1], y + 16], [xs[0], y + 16]]), 0))
    for i in range(8):  # vote dots, and letters of filled outlines along the head
        cv2.circle(picture, (int(width * 0.5 + 34 * i), int(0.03 * height)), 12, fills[i % 4], -1, cv2.LINE_AA)
        left = int(width * 0.05 + 70 * i)
        cv2.rectangle(picture, (left, int(0.012 * height)), (left + 36, int(0.065 * height)), markers[1], -1)
    lettering = np.array([[width * 0.04, 4], [width * 0.45, 4], [width * 0.45, 0.075 * height], [width * 0.04, 0.075 * height]])
    lines.append((lettering, 0))


def _photograph(picture: Floats, wall: Wall, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """What the camera makes of it: light, lens, noise, JPEG."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    light = 1 - wall.falloff * (x * 0.7 + y * 0.3) - 0.5 * wall.falloff * ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2
    if wall.shadow:
        edge = 1 / (1 + np.exp(-((x + 0.35 * y) - rng.uniform(0.5, 0.9)) / 0.02))
        light = light * (1 - wall.shadow * edge)
    linear = np.power(np.clip(picture, 0, 255) / 255, 2.2) * light[..., None] * np.array(LAMPS[wall.lamp], np.float32) * wall.level
    seen = 255 * np.power(np.clip(linear, 0, 1), 1 / 2.2)
    noise = 1.5 + 2.5 * (1 - wall.level)
    seen = cv2.GaussianBlur(seen, (0, 0), 0.8) + rng.normal(0, noise, seen.shape)
    ok, data = cv2.imencode(".jpg", np.clip(seen, 0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not ok:
        raise RuntimeError("the drawn wall could not be saved as JPEG")
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1], np.uint8)
