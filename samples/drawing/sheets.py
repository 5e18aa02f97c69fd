"""Filled sheets: lists with a heading and bullets, stickies, sticky walls under written headings.

What is written is given as Text and Group; how it is written as a Style. Each function returns a Layer whose
notes carry the exact text that was drawn, line breaks included.
"""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from digitise.model import Colour, Kind, Role
from samples.drawing import marks, paper
from samples.drawing.fonts import Face
from samples.drawing.ink import Box, Hand, Rng, Writer, wrap, write_block
from samples.drawing.layer import Drawn, Layer, box_outline

Faces = Mapping[str, Face]
A1_CM = (59.4, 84.1)
SHEET_PPC = 30.0
"""Pixels per cm of a drawn flipchart: a little finer than its photo, so that nothing is enlarged."""


@dataclass(frozen=True)
class Text:
    """One note as its writer means it."""

    text: str
    kind: Kind = "other"
    owners: tuple[str, ...] = ()
    due: str | None = None
    colour: Colour = "yellow"
    angle: float = 0.0
    writer: Writer | None = None
    votes: int = 0
    icon: str | None = None
    role: Role | None = None


@dataclass(frozen=True)
class Group:
    """A written heading and what stands under it. A theme is a section of the report; others stand inside their sheet's."""

    heading: str
    items: tuple[Text, ...]
    theme: bool = False
    kind: Kind = "other"


@dataclass(frozen=True)
class Style:
    """How a sheet is laid out. Lengths in cm."""

    title_writer: Writer
    body_writer: Writer
    heading_writer: Writer | None = None
    size: tuple[float, float] = A1_CM
    ppc: float = SHEET_PPC
    margin: float = 4.5
    title_xh: float = 2.1
    body_xh: float = 1.45
    pitch: float = 2.45
    bullet: str = "dot"
    folds: int = 0
    grid: float = 0.0
    double_line: bool = False
    centred: bool = False
    boxed_headings: bool = False
    perforated: bool = True
    language: str = "en"


@dataclass
class Pen:
    """Where the writing on a sheet has got to: canvas px."""

    layer: Layer
    rng: Rng
    faces: Faces
    style: Style
    key: str
    y: float = 0.0
    count: int = 0
    boxes: list[Box] = field(default_factory=list)

    def hand(self, writer: Writer) -> Hand:
        return Hand(writer, self.faces[writer.face])

    def next_key(self) -> str:
        self.count += 1
        return f"{self.key}-{self.count}"


def open_sheet(rng: Rng, faces: Faces, style: Style, key: str) -> Pen:
    width, height = (round(v * style.ppc) for v in style.size)
    layer = paper.sheet(rng, width, height, folds=style.folds, grid_px=style.grid * style.ppc, perforated=style.perforated)
    layer.language = style.language
    return Pen(layer, rng, faces, style, key, y=style.margin * 0.8 * style.ppc)


def write_heading(
    pen: Pen,
    text: str,
    *,
    role: Role,
    xh_cm: float,
    writer: Writer,
    kind: Kind = "other",
    under: str | None = None,
    section: str | None = None,
    line: str = "single",
    theme: bool = False,
    left: float | None = None,
    width: float | None = None,
) -> Drawn:
    """Write a heading at the pen's place, underlined ('single', 'double', 'box' or 'none'). Lengths in px where given."""
    style, ppc = pen.style, pen.style.ppc
    hand = pen.hand(writer)
    xh = xh_cm * ppc
    left = style.margin * ppc if left is None else left
    width = pen.layer.size[0] - 2 * style.margin * ppc if width is None else width
    lines = wrap(hand, writer.say(text), xh, width)
    pen.y += 1.75 * xh
    boxes = write_block(
        pen.layer.canvas, pen.rng, hand, lines, left, pen.y, xh, pitch=2.2, centre=left + width / 2 if style.centred else None
    )
    stroke_px = max(2.0, 0.13 * ppc)
    if line in ("single", "double"):
        marks.underline(pen.layer.canvas, pen.rng, boxes[-1], writer, stroke_px, double=line == "double")
    if line == "box":
        x0, y0, x1, y1 = np.asarray(box_outline(boxes, 0.5 * xh))[[0, 2]].ravel()
        marks.stroke(pen.layer.canvas, pen.rng, marks.rounded((x0, y0, x1, y1), 0.4 * xh), writer, stroke_px)
    pen.y = max(b[3] for b in boxes) + (0.9 if line != "box" else 1.3) * xh
    key = pen.next_key()
    drawn = Drawn(
        key,
        "\n".join(lines),
        box_outline(boxes, 2),
        role=role,
        kind=kind,
        under=under,
        section=key if theme else section,
        container="box" if line == "box" else "none",
    )
    pen.layer.notes.append(drawn)
    return drawn


def write_bullets(
    pen: Pen, items: Sequence[Text], *, under: str | None, section: str | None, xh: float, left: float, width: float, mark: str
) -> None:
    """Write a list; `xh`, `left`, `width` in px. Wrapped lines hang under their first letter."""
    style = pen.style
    indent = {"none": 0.0, "number": 2.4}.get(mark, 1.7) * xh
    for number, item in enumerate(items, 1):
        writer = item.writer or style.body_writer
        hand = pen.hand(writer)
        lines = wrap(hand, writer.say(item.text), xh, width - indent)
        first = pen.y + 1.7 * xh
        boxes = write_block(pen.layer.canvas, pen.rng, hand, lines, left + indent, first, xh, pitch=style.pitch)
        _draw_bullet(pen, mark, number, left, first, xh, writer, hand)
        if item.votes:
            marks.dots(
                pen.layer.canvas, pen.rng, boxes[-1][2] + 1.2 * xh, boxes[-1][3] - 0.7 * xh, item.votes, 0.42 * xh, (0.86, 0.15, 0.2)
            )
        if item.icon:
            marks.draw_icon(pen.layer.canvas, pen.rng, item.icon, left + width + 1.6 * xh, first - 0.3 * xh, 3.2 * xh, writer, 0.16 * xh)
        pen.y = max(b[3] for b in boxes) + pen.rng.uniform(0.45, 0.75) * xh
        pen.layer.notes.append(
            Drawn(
                pen.next_key(),
                "\n".join(lines),
                box_outline(boxes, 2),
                role=item.role or ("note" if mark == "none" else "bullet"),
                kind=item.kind,
                owners=item.owners,
                due=item.due,
                under=under,
                section=section,
            )
        )


def _draw_bullet(pen: Pen, mark: str, number: int, x: float, baseline: float, xh: float, writer: Writer, hand: Hand) -> None:
    canvas, rng = pen.layer.canvas, pen.rng
    y = baseline - 0.45 * xh
    if mark == "dot":
        marks.stroke(canvas, rng, marks.circle(x + 0.5 * xh, y, 0.12 * xh, 0.12 * xh), writer, 0.26 * xh)
    elif mark == "dash":
        marks.stroke(canvas, rng, [(x, y), (x + 0.9 * xh, y + rng.normal(0, 0.05) * xh)], writer, 0.2 * xh)
    elif mark == "arrow":
        marks.arrow(canvas, rng, (x - 0.2 * xh, y), (x + xh, y), writer, 0.14 * xh, bend=0.0)
    elif mark == "box":
        marks.stroke(canvas, rng, marks.rounded((x, y - 0.6 * xh, x + 1.1 * xh, y + 0.5 * xh), 2), writer, 0.13 * xh)
    elif mark == "star":
        for line in marks.icon("star", x + 0.5 * xh, y, 1.3 * xh):
            marks.stroke(canvas, rng, line, writer, 0.13 * xh)


def list_sheet(
    rng: Rng,
    faces: Faces,
    style: Style,
    key: str,
    title: str,
    groups: Sequence[Group],
    *,
    title_role: Role = "heading",
    title_kind: Kind = "other",
    lead: Text | None = None,
) -> Layer:
    """A flipchart with a title, and groups of bullets under smaller headings ('' for none). Letters shrink until all fits."""
    state = rng.bit_generator.state
    for shrink in (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64):
        rng.bit_generator.state = state
        try:
            return _list_sheet(
                rng,
                faces,
                replace(style, body_xh=style.body_xh * shrink, title_xh=style.title_xh * max(shrink, 0.85)),
                key,
                title,
                groups,
                title_role,
                title_kind,
                lead,
            )
        except ValueError:
            continue
    raise ValueError(f"sheet {key} has too much writing")


def _list_sheet(
    rng: Rng,
    faces: Faces,
    style: Style,
    key: str,
    title: str,
    groups: Sequence[Group],
    title_role: Role,
    title_kind: Kind,
    lead: Text | None,
) -> Layer:
    pen = open_sheet(rng, faces, style, key)
    top = write_heading(
        pen,
        title,
        role=title_role,
        xh_cm=style.title_xh,
        writer=style.title_writer,
        kind=title_kind,
        line="double" if style.double_line else "single",
        theme=True,
    )
    ppc = style.ppc
    left, width = style.margin * ppc, pen.layer.size[0] - 2 * style.margin * ppc
    xh = style.body_xh * ppc
    if lead is not None:
        write_bullets(pen, [lead], under=top.key, section=top.key, xh=xh, left=left, width=width, mark="none")
        pen.y += 0.4 * xh
    for group in groups:
        under, section = top.key, top.key
        if group.heading:
            head = write_heading(
                pen,
                group.heading,
                role="heading",
                xh_cm=style.body_xh * 1.22,
                writer=style.heading_writer or style.title_writer,
                kind=group.kind,
                under=top.key,
                section=top.key,
                theme=group.theme,
                line="box" if style.boxed_headings else "single",
            )
            under, section = head.key, head.key if group.theme else top.key
        write_bullets(
            pen, group.items, under=under, section=section, xh=xh, left=left + 0.3 * xh, width=width - 0.3 * xh, mark=style.bullet
        )
        pen.y += 0.5 * xh
    if pen.y > pen.layer.size[1] - 1.5 * ppc:
        raise ValueError("too much writing")
    return pen.layer
