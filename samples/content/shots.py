"""Words and camera set-ups that the sample events share."""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.

from __future__ import annotations

from digitise.model import Colour, Kind
from samples.content.hands import rng_for
from samples.drawing.layer import Layer
from samples.drawing.paper import marker_pen
from samples.drawing.scene import Backdrop, Camera, Item, Light, Shot, take_photo, taped
from samples.drawing.sheets import SHEET_PPC, Text

WARM, COOL = (1.03, 1.0, 0.93), (0.97, 1.0, 1.04)
"""Lamp light and window light."""


def act(text: str, *owners: str, due: str | None = None, colour: Colour = "yellow", angle: float = 0.0, votes: int = 0) -> Text:
    """An action with its owners and date as they stand in the text."""
    return Text(text, "action", owners, due, colour, angle, votes=votes)


def said(kind: Kind, *texts: str, colour: Colour = "yellow") -> tuple[Text, ...]:
    return tuple(Text(t, kind, colour=colour) for t in texts)


def one_sheet(
    name: str,
    layer: Layer,
    backdrop: Backdrop,
    camera: Camera,
    light: Light,
    angle: float,
    *,
    tape: bool = True,
    pens: tuple[tuple[float, float, str], ...] = (),
) -> Shot:
    """A photo of one flipchart sheet, taped to a wall or lying on a table with pens (x, y in cm, ink) about it."""
    rng = rng_for(f"photo-{name}")
    item = Item(layer, 0.0, 0.0, SHEET_PPC, angle=angle, what="flipchart sheet")
    items = taped(rng, item) if tape else [item]
    items += [Item(marker_pen(rng, ink), x, y, 30.0, angle=float(rng.uniform(-35, 35)), thickness=0.6) for x, y, ink in pens]
    return take_photo(rng, backdrop, items, camera, light)


def two_sheets(
    name: str, left: Layer, right: Layer, backdrop: Backdrop, camera: Camera, light: Light, *, gap_cm: float = 4.6, tape: bool = True
) -> Shot:
    """Two sheets side by side; the camera looks between them."""
    rng = rng_for(f"photo-{name}")
    items: list[Item] = []
    for layer, side in ((left, -1), (right, 1)):
        shift = side * (layer.size[0] / SHEET_PPC + gap_cm) / 2
        item = Item(layer, shift, float(rng.normal(0, 0.8)), SHEET_PPC, angle=float(rng.normal(0, 0.8)), what="flipchart sheet")
        items += taped(rng, item) if tape else [item]
    return take_photo(rng, backdrop, items, camera, light)
