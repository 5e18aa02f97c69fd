"""Scenes for the surface tests: photos of sheets and boards with exactly known corners, drawn with numpy and OpenCV."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

GROUNDS = ("wood", "wall", "cork", "black", "carpet", "green")
PLAIN_WALLS = {"wall": (205, 198, 184), "white": (222, 221, 217)}
INKS = ((25, 25, 30), (20, 50, 150), (170, 30, 40), (10, 110, 60))
STICKIES = ((250, 225, 90), (245, 130, 170), (120, 200, 235), (150, 220, 110), (250, 160, 70))


class Scene(NamedTuple):
    rgb: np.ndarray
    quads: list[np.ndarray]
    """True corners, (4, 2), TL TR BR BL, photo px with pixel centres at + 0.5."""


def draw_ground(kind: str, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """float32 (H, W, 3) background, 0..255."""
    width, height = size
    y = np.mgrid[0:height, 0:width][0].astype(np.float32)
    coarse = cv2.resize(rng.normal(0, 1, (height // 40 + 2, width // 40 + 2)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    fine = rng.normal(0, 1, (height, width)).astype(np.float32)
    if kind == "wood":
        grain = np.sin(y / 7 + 2 * coarse) * 9 + np.sin(y / 2.3 + coarse) * 4 + np.where(y % 230 < 4, -45, 0)
        return np.clip(np.stack([150 + grain, 105 + grain * 0.8, 65 + grain * 0.6], -1), 0, 255)
    if kind in PLAIN_WALLS:
        return np.asarray(PLAIN_WALLS[kind], np.float32) + (coarse * 1.3 + fine)[..., None]
    if kind == "cork":
        speck = cv2.GaussianBlur(fine, (0, 0), 1.6) * 45 + coarse * 5
        return np.clip(np.stack([176 + speck, 130 + speck, 84 + speck], -1), 0, 255)
    if kind == "black":
        return np.repeat((28 + 5 * coarse + 3 * fine)[..., None], 3, 2)
    if kind == "green":
        return np.clip(np.stack([70 + 4 * coarse, 110 + 6 * coarse, 90 + 4 * coarse], -1) + fine[..., None], 0, 255)
    weave = cv2.GaussianBlur(fine, (0, 0), 1.0) * 22
    return np.clip(np.stack([95 + weave, 98 + weave, 110 + weave], -1), 0, 255)


def draw_sheet(
    size: tuple[int, int], rng: np.random.Generator, *, paper: tuple[int, int, int] = (240, 240, 236), stickies: int = 0
) -> np.ndarray:
    """float32 (h, w, 3): a sheet with marker writing, a drawn box and stickies that stay inside it."""
    width, height = size
    sheet = np.full((height, width, 3), paper, np.float32)
    pen = max(2, width // 160)
    y = int(0.1 * height)
    while y < 0.92 * height:
        x = int(0.07 * width)
        ink = INKS[rng.integers(len(INKS))]
        while x < 0.62 * width + rng.integers(int(0.25 * width)):
            steps = rng.integers(4, 9)
            points = np.column_stack([x + np.arange(steps) * 0.012 * width, y - rng.random(steps) * 0.03 * height]).astype(np.int32)
            cv2.polylines(sheet, [points], False, ink, pen, cv2.LINE_AA)
            x += int((steps * 0.012 + 0.025) * width)
        y += int(0.075 * height)
    cv2.rectangle(sheet, (int(0.55 * width), int(0.6 * height)), (int(0.93 * width), int(0.9 * height)), INKS[0], pen, cv2.LINE_AA)
    for _ in range(stickies):
        side = int(0.14 * width)
        x, y = rng.integers(int(0.05 * width), width - side - 5), rng.integers(int(0.05 * height), height - side - 5)
        sheet[y : y + side, x : x + side] = STICKIES[rng.integers(len(STICKIES))]
        cv2.line(sheet, (x + 9, y + side // 2), (x + side - 9, y + side // 2), INKS[0], pen)
    return sheet


def paste(scene: np.ndarray, picture: np.ndarray, quad: np.ndarray, *, shadow: float = 0.0) -> None:
    """Warp `picture` onto `quad` (continuous coordinates), smooth edges, with a soft shadow round it."""
    h, w = picture.shape[:2]
    size = (scene.shape[1], scene.shape[0])
    matrix = cv2.getPerspectiveTransform(np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) - 0.5, quad.astype(np.float32) - 0.5)
    warped = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(mask, np.rint((quad - 0.5) * 16).astype(np.int32), 255, cv2.LINE_AA, shift=4)
    alpha = mask.astype(np.float32)[..., None] / 255
    if shadow:
        spread = cv2.GaussianBlur(np.roll(mask, (3, 4), (0, 1)).astype(np.float32) / 255, (0, 0), 5)[..., None]
        scene *= 1 - shadow * spread
    scene[:] = scene * (1 - alpha) + warped * alpha


def finish(
    scene: np.ndarray, rng: np.random.Generator, *, uneven: float = 0.25, tint: tuple[float, float, float] = (1, 1, 1)
) -> np.ndarray:
    """Uneven light, colour cast, blur, noise, JPEG."""
    height, width = scene.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.random() * 6.28
    light = 1 - uneven * (0.5 + 0.5 * (x * np.cos(angle) + y * np.sin(angle)) / 1.41) - 0.08 * (x * x + y * y)
    lit = scene * light[..., None] * np.asarray(tint, np.float32)
    lit = cv2.GaussianBlur(lit, (0, 0), 0.8) + rng.normal(0, 2.5, scene.shape)
    bgr = np.clip(lit, 0, 255).astype(np.uint8)[..., ::-1]
    return np.ascontiguousarray(cv2.imdecode(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])[1], cv2.IMREAD_COLOR)[..., ::-1])


def random_quad(rng: np.random.Generator, box: tuple[float, float, float, float], *, wobble: float = 0.06) -> np.ndarray:
    """A perspective-like quad near `box`."""
    x0, y0, x1, y1 = box
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)
    centre = corners.mean(axis=0)
    angle = np.radians(rng.uniform(-7, 7))
    turned = (corners - centre) @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * 0.94
    return centre + turned + rng.uniform(-wobble, wobble, (4, 2)) * min(x1 - x0, y1 - y0) * 0.5


def sheet_scene(
    seed: int, ground: str, *, size: tuple[int, int] = (1200, 900), stickies: int = 4, over_corner: bool = False, curled: bool = False
) -> Scene:
    """One sheet on a ground; on request with a sticky over one of its corners or one corner curled away."""
    rng = np.random.default_rng(seed)
    width, height = size
    scene = draw_ground(ground, size, rng)
    paper = (240, 240, 236) if rng.random() < 0.7 else (232, 222, 200)
    quad = random_quad(rng, (0.2 * width, 0.1 * height, 0.78 * width, 0.92 * height))
    bare = scene.copy()
    paste(scene, draw_sheet((900, 1100), rng, paper=paper, stickies=stickies), quad, shadow=0.25)
    if curled:
        gone = np.zeros(scene.shape[:2], np.uint8)
        away = quad[2] + (quad[2] - quad[0]) * 0.02
        triangle = np.array([away, quad[2] + 0.12 * (quad[1] - quad[2]), quad[2] + 0.12 * (quad[3] - quad[2])])
        cv2.fillConvexPoly(gone, np.rint(triangle).astype(np.int32), 1)
        scene[gone > 0] = bare[gone > 0]
    if over_corner:
        corner = quad[rng.integers(4)]
        side = 0.13 * width
        sticky = np.full((80, 80, 3), STICKIES[rng.integers(len(STICKIES))], np.float32)
        at = corner + rng.uniform(-0.4, 0.4, 2) * side
        paste(scene, sticky, random_quad(rng, (at[0] - side / 2, at[1] - side / 2, at[0] + side / 2, at[1] + side / 2)))
    return Scene(finish(scene, rng), [quad])


def two_sheets(seed: int, ground: str) -> Scene:
    """Two sheets side by side."""
    rng = np.random.default_rng(seed)
    scene = draw_ground(ground, (1200, 900), rng)
    quads = [random_quad(rng, (50, 130, 560, 790), wobble=0.03), random_quad(rng, (640, 110, 1150, 800), wobble=0.03)]
    for quad in quads:
        paste(scene, draw_sheet((900, 1100), rng, stickies=2), quad, shadow=0.25)
    return Scene(finish(scene, rng), quads)


def whiteboard_scene(seed: int, ground: str = "wall") -> Scene:
    """A whiteboard with an aluminium frame; its quad is the white area."""
    rng = np.random.default_rng(seed)
    scene = draw_ground(ground, (1200, 900), rng)
    quad = random_quad(rng, (120, 120, 1080, 740), wobble=0.05)
    outer = quad + (quad - quad.mean(axis=0)) * np.array([0.028, 0.04])
    paste(scene, np.full((50, 50, 3), (150, 152, 156), np.float32), outer, shadow=0.3)
    paste(scene, draw_sheet((1300, 800), rng, paper=(236, 238, 240)), quad)
    return Scene(finish(scene, rng), [quad])


def empty_scene(seed: int, ground: str) -> Scene:
    """No sheet: bare ground, or a few stickies on it."""
    rng = np.random.default_rng(seed)
    scene = draw_ground(ground, (1200, 900), rng)
    for _ in range(int(rng.integers(0, 9))):
        x, y, side = rng.uniform(20, 1000), rng.uniform(20, 700), rng.uniform(90, 190)
        colour = STICKIES[rng.integers(len(STICKIES))]
        paste(scene, np.full((60, 60, 3), colour, np.float32), random_quad(rng, (x, y, x + side, y + side)), shadow=0.2)
    return Scene(finish(scene, rng), [])


def full_scene(seed: int) -> Scene:
    """The sheet fills the photo: nothing to find, though there are boxes drawn on it."""
    rng = np.random.default_rng(seed)
    return Scene(finish(draw_sheet((1200, 900), rng, stickies=5), rng), [])
