"""Pictures with known content for the tests of intake."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from digitise.config import Limits
from digitise.intake import decode, find_sources

CORNERS = ((220, 30, 30), (30, 180, 30), (40, 40, 220), (240, 240, 240))
"""Colours of the top left, top right, bottom right and bottom left corner: no turn or mirror image of it equals another."""
LIMITS = Limits()
ORIENTATION = 0x0112


def corner_picture(width: int = 120, height: int = 80) -> Image.Image:
    image = Image.new("RGB", (width, height), "grey")
    draw = ImageDraw.Draw(image)
    w, h = width // 2, height // 2
    boxes = ((0, 0, w, h), (w, 0, width, h), (w, h, width, height), (0, h, w, height))
    for box, colour in zip(boxes, CORNERS, strict=True):
        draw.rectangle(box, fill=colour)
    return image


def corners_of(rgb: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Colours in the middle of the four quarters, clockwise from the top left."""
    h, w = rgb.shape[:2]
    spots = ((h // 4, w // 4), (h // 4, 3 * w // 4), (3 * h // 4, 3 * w // 4), (3 * h // 4, w // 4))
    return tuple(tuple(int(c) for c in rgb[y, x]) for y, x in spots)


def assert_upright(rgb: np.ndarray, *, tolerance: int = 30) -> None:
    assert np.abs(np.array(corners_of(rgb)) - np.array(CORNERS)).max() <= tolerance


def wall_picture(seed: int = 0, width: int = 800, height: int = 600) -> Image.Image:
    """A wall with coloured notes and strokes; another seed is another wall."""
    rng = random.Random(seed)
    image = Image.new("RGB", (width, height), (235, 232, 225))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = rng.randrange(width - 130), rng.randrange(height - 110)
        draw.rectangle((x, y, x + 130, y + 110), fill=tuple(rng.randrange(120, 256) for _ in range(3)))
        for row in range(4):
            points = [(x + 10 + 11 * i, y + 20 + 22 * row + rng.randrange(-8, 8)) for i in range(10)]
            draw.line(points, fill=(20, 20, 40), width=3)
    return image


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def exif_with(**tags: object) -> Image.Exif:
    """EXIF of `orientation`, `date_time`, `original`, `subsec`."""
    exif = Image.Exif()
    if "orientation" in tags:
        exif[ORIENTATION] = tags["orientation"]
    if "date_time" in tags:
        exif[0x0132] = tags["date_time"]
    ifd = exif.get_ifd(0x8769)
    if "original" in tags:
        ifd[0x9003] = tags["original"]
    if "subsec" in tags:
        ifd[0x9291] = tags["subsec"]
    return exif


def zip_of(members: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def decode_only(path: Path, limits: Limits = LIMITS) -> tuple[np.ndarray, object]:
    """Pixels and Photo of the only picture found at `path`."""
    sources, problems = find_sources(path, limits=limits)
    assert not problems, problems
    (source,) = sources
    return decode(source, limits=limits)
