"""Stickies with writing that fits, and sheets full of them."""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.
from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from digitise.model import Kind, Role
from samples.drawing import marks, paper
from samples.drawing.ink import Box, Hand, Rng, Writer, wrap, write_block
from samples.drawing.layer import Drawn, Layer, place, turn_matrix
from samples.drawing.sheets import Faces, Group, Style, Text, open_sheet, write_heading


def sticky_note(
    rng: Rng,
    faces: Faces,
    item: Text,
    writer: Writer,
    key: str,
    *,
    size: tuple[float, float],
    ppc: float,
    under: str | None,
    section: str | None,
    role: Role = "note",
    largest: float = 0.115,
) -> Layer:
    """A sticky with writing as large as fits, up to an x-height of `largest` of its height. `size` in cm."""
    width, height = round(size[0] * ppc), round(size[1] * ppc)
    layer = paper.sticky(rng, width, height, item.colour)
    hand = Hand(writer, faces[writer.face])
    lines, xh = _fit(hand, writer.say(item.text), width * 0.87, height * 0.84, largest * height)
    if item.text:
        pitch = 2.3
        block = (len(lines) - 1) * pitch * xh + 2.0 * xh
        top = max(0.07 * height, min(0.14 * height, (height - block) / 2)) if len(lines) > 3 else (height - block) / 2.4
        widest = max(hand.width(line, xh) for line in lines)
        left = max(0.055 * width, min((width - widest) / 2, 0.12 * width)) * rng.uniform(0.9, 1.05)
        write_block(layer.canvas, rng, hand, lines, left, top + 1.5 * xh, xh, pitch=pitch)
    if item.votes:
        marks.dots(layer.canvas, rng, 0.62 * width, 0.92 * height, item.votes, 0.03 * width, (0.86, 0.15, 0.2))
    corners = ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
    layer.notes.append(
        Drawn(
            key,
            "\n".join(lines) if item.text else "",
            corners,
            role=role,
            container="sticky",
            colour=item.colour,
            kind=item.kind,
            owners=item.owners,
            due=item.due,
            under=under,
            section=section,
        )
    )
    return layer


def _fit(hand: Hand, text: str, width: float, height: float, largest: float) -> tuple[list[str], float]:
    """Lines and x-height (px) of the largest writing that fits into a box."""
    for share in np.arange(1.0, 0.42, -0.04):
        xh = float(largest * share)
        lines = wrap(hand, text, xh, width)
        if max(hand.width(line, xh) for line in lines) <= width and (len(lines) - 1) * 2.3 * xh + 2.1 * xh <= height:
            return lines, xh
    raise ValueError(f"too long for a sticky: {text!r}")


def scatter(rng: Rng, count: int, columns: int, area: Box, *, jitter: float) -> Iterator[tuple[float, float]]:
    """Centres for `count` stickies in rows within `area`, put up by hand."""
    rows = -(-count // columns)
    x0, y0, x1, y1 = area
    for k in range(count):
        row, column = divmod(k, columns)
        x = x0 + (column + 0.5) * (x1 - x0) / columns
        y = y0 + (row + 0.5) * (y1 - y0) / rows
        yield x + rng.uniform(-jitter, jitter), y + rng.uniform(-jitter, jitter)


def put_stickies(
    rng: Rng,
    faces: Faces,
    parent: Layer,
    items: Sequence[Text],
    writers: Sequence[Writer],
    *,
    key: str,
    area: Box,
    columns: int,
    ppc: float,
    size: tuple[float, float] = (10.0, 10.0),
    under: str | None,
    section: str | None,
    tilt: float = 3.0,
    jitter: float = 0.7,
) -> None:
    """Stick notes onto a layer within `area` (cm of the layer), each in the hand of one of the writers in turn."""
    for k, (item, (x, y)) in enumerate(zip(items, scatter(rng, len(items), columns, area, jitter=jitter), strict=True), 1):
        writer = item.writer or writers[k % len(writers)]
        note = sticky_note(rng, faces, item, writer, f"{key}-{k}", size=size, ppc=ppc, under=under, section=section)
        angle = item.angle if item.angle else float(np.clip(rng.normal(0, tilt), -8, 8))
        place(parent, note, turn_matrix(note.size, x * ppc, y * ppc, angle), shadow=0.38, lift=(0.06 * ppc, 0.16 * ppc), spread=0.2 * ppc)


def sticky_sheet(
    rng: Rng,
    faces: Faces,
    style: Style,
    key: str,
    title: str,
    groups: Sequence[Group],
    writers: Sequence[Writer],
    *,
    columns: int,
    title_kind: Kind = "other",
    sticky_cm: tuple[float, float] = (12.5, 12.5),
    row_cm: float = 13.6,
) -> Layer:
    """A flipchart with a written title and, under each written heading, rows of stickies."""
    pen = open_sheet(rng, faces, style, key)
    top = write_heading(
        pen,
        title,
        role="heading",
        xh_cm=style.title_xh,
        writer=style.title_writer,
        kind=title_kind,
        line="double" if style.double_line else "single",
        theme=True,
    )
    for number, group in enumerate(groups, 1):
        under, section = top.key, top.key
        if group.heading:
            head = write_heading(
                pen,
                group.heading,
                role="heading",
                xh_cm=style.body_xh * 1.1,
                writer=style.heading_writer or style.title_writer,
                kind=group.kind,
                under=top.key,
                section=top.key,
                theme=group.theme,
            )
            under, section = head.key, head.key if group.theme else top.key
        rows = -(-len(group.items) // columns)
        y0 = pen.y / style.ppc + 0.2
        area = (1.5, y0, style.size[0] - 1.5, y0 + rows * row_cm)
        put_stickies(
            rng,
            faces,
            pen.layer,
            group.items,
            writers,
            key=f"{key}-g{number}",
            area=area,
            columns=columns,
            ppc=style.ppc,
            size=sticky_cm,
            under=under,
            section=section,
            jitter=0.45,
            tilt=2.4,
        )
        pen.y = (area[3] + 0.4) * style.ppc
    if pen.y > pen.layer.size[1]:
        raise ValueError(f"sheet {key} has too many stickies: {pen.y / style.ppc:.0f} cm")
    return pen.layer
