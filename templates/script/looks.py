"""The looks of the templates: faces, colours, and what the cover is like. A house look of your own begins with another entry here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Look:
    """Colours as RRGGBB. On white, `main`, `ink`, `grey`, `link` and `doubt` have a contrast of at least 4.5:1."""

    font: str
    main: str
    accent: str
    ink: str
    grey: str
    pale: str
    line: str
    link: str
    doubt: str
    cover: Literal["band", "letterhead", "rule"]
    """A band behind the title; a letterhead above it; a heavy rule over it."""


LOOKS = {
    # deep teal and amber: the one used unless another is named
    "": Look("Arial", "0F4C4A", "C8641B", "1F2A2A", "4A5555", "EAF3F2", "A9C2C0", "0B4F8A", "A3123A", "band"),
    # a council's or health board's: navy on white, a letterhead of two cells, thin rules
    "civic": Look("Arial", "1B3766", "6E7F9E", "1D2433", "4C5568", "EEF2F8", "B4BFD2", "1A4FA3", "9B1239", "letterhead"),
    # a community charity's: plum and green, a wide-set face
    "warm": Look("Verdana", "5B2350", "2F7A4E", "2A2128", "5C4F59", "F7EFF4", "D3B9CB", "23527C", "A3123A", "rule"),
}
