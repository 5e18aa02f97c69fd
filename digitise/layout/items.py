"""A note in the making: what is known of it before its role is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from digitise.layout.blocks import BULLET
from digitise.layout.pieces import Ink
from digitise.model import Box, Colour, Container, Point, Role


@dataclass(frozen=True)
class Item:
    """One note in the making. Boxes in the frame of its sheet (level, photo px)."""

    text: str
    box: Box
    letter_height: float
    ink: Ink
    container: Container
    colour: Colour
    sheet: str
    """Id of the sheet it stands on; '' on none."""
    quarter: int
    """Direction of its writing in quarter turns from upright."""
    underlined: bool = False
    marked: bool = False
    """Its first row begins with a list mark that was seen in the ink, read or not."""
    start: float | None = None
    """Where its first letter after any list mark stands; None for the left edge of its box."""
    cell: tuple[int, int, int] | None = None
    """Table, row and column, each from 0, of the drawn table in which it stands."""
    outline: tuple[Point, ...] = ()
    """In the photo, not in the frame of its sheet: frames differ between bubbles and the names beside them."""
    tail: Point | None = None
    """Where the tail of a speech bubble ends, in the photo."""
    confidence: float = 1.0
    """Mean probability that its words are right."""
    role: Role = "note"
    under: int | None = None
    """Index of the heading in the same list."""
    parent: int | None = None
    """Index of the item of which it is a sub-item."""
    follows: int | None = None
    """Index of the item straight after which it is read: of a bubble for its speaker's name, of the begin of a sentence for its rest."""
    said_by: int | None = None
    """Index of the item with the name of who says it."""
    level: int = 0
    """How many items it is a sub-item of, one above the other."""

    @cached_property
    def group(self) -> str:
        """Items of one sheet and direction see each other; others do not."""
        return f"{self.sheet}/{self.quarter}"

    @cached_property
    def words(self) -> list[str]:
        return [w for w in self.text.split() if any(c.isalnum() for c in w)]

    @cached_property
    def bulleted(self) -> bool:
        return self.marked or bool(BULLET.match(self.text))
