"""Pictures for the web page: small enough to stand inside it, each once, none with anything in it but pixels."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitise.report.blocks import Block, Picture, Spread, Table
from digitise.report.pictures import fit_picture

MOST_BYTES = 16_000_000
"""Of all pictures of a page together; with base64 a third more. Mail servers commonly refuse more than 25 MB."""
SHARES = (1.0, 0.75, 0.55, 0.4, 0.3)
"""Of the printed size at 200 dpi, tried in turn until all pictures fit: a full page's width is 1,260 px, then 945, 690, 500 and 380."""


@dataclass(frozen=True, slots=True)
class WebPicture:
    address: str
    """data: URI of a JPEG."""
    width: int
    height: int
    """As it is shown, px; 96 to the inch."""


def load_pictures(blocks: Sequence[Block], folder: Path) -> dict[str, WebPicture]:
    """File name -> the picture; those that are missing, or no pictures, are left out."""
    wanted: dict[str, Picture] = {}
    for picture in _list_pictures(blocks):
        known = wanted.get(picture.file)
        if known is None or picture.max_width_cm > known.max_width_cm:
            wanted[picture.file] = picture
    found: dict[str, tuple[bytes, tuple[float, float]]] = {}
    for share in SHARES:
        found = {}
        room = MOST_BYTES
        for name, picture in wanted.items():
            size = {"max_width_cm": picture.max_width_cm * share, "max_height_cm": picture.max_height_cm * share}
            fitted = fit_picture(folder / name, **size)
            if fitted is not None:
                found[name] = (fitted[0], (fitted[1][0] / share, fitted[1][1] / share))
                room -= len(fitted[0])
            if room < 0 and share != SHARES[-1]:
                break
        else:
            break
    return {name: _make_picture(data, size) for name, (data, size) in found.items()}


def _make_picture(data: bytes, size_cm: tuple[float, float]) -> WebPicture:
    width, height = (max(1, round(side * 96 / 2.54)) for side in size_cm)
    return WebPicture(f"data:image/jpeg;base64,{base64.b64encode(data).decode()}", width, height)


def _list_pictures(blocks: Sequence[Block]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Spread):
            yield block.picture
        elif isinstance(block, Table):
            yield from (part for row in block.rows for cell in row for part in cell if isinstance(part, Picture))
