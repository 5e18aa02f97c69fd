"""Writing that stands anywhere on a sheet: in boxes, bubbles and banners, as on murals, mind maps and whiteboards."""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.

from __future__ import annotations

from dataclasses import replace

from digitise.model import Container, Point, Role
from samples.drawing import marks
from samples.drawing.ink import Box, Writer, wrap, write_block
from samples.drawing.layer import Drawn, box_outline
from samples.drawing.sheets import Pen, Text


def put_text(
    pen: Pen,
    item: Text,
    x: float,
    y: float,
    width: float,
    xh: float,
    writer: Writer,
    *,
    role: Role = "note",
    container: Container = "none",
    frame: Writer | None = None,
    wash: Writer | None = None,
    tip: Point | None = None,
    banner: bool = False,
    under: str | None = None,
    section: str | None = None,
    theme: bool = False,
    line: bool = False,
    pitch: float = 2.4,
) -> Drawn:
    """Write centred lines with their middle at (x, y), all in cm, in a container that is drawn and washed with colour first."""
    ppc, rng, canvas = pen.style.ppc, pen.rng, pen.layer.canvas
    hand, size = pen.hand(writer), xh * ppc
    lines = wrap(hand, writer.say(item.text), size, width * ppc)
    widest = max(hand.width(text, size) for text in lines) * 1.06
    high = (len(lines) - 1) * pitch * size + 2.0 * size
    cx, cy = x * ppc, y * ppc
    around: Box = (cx - widest / 2 - 1.1 * size, cy - high / 2 - 0.8 * size, cx + widest / 2 + 1.1 * size, cy + high / 2 + 0.8 * size)
    if banner:
        path = marks.banner(around, 2.6 * size)
    elif tip is not None:
        path = marks.bubble(around, (tip[0] * ppc, tip[1] * ppc))
    else:
        path = marks.rounded(around, 0.5 * size)
    if wash is not None:
        marks.fill(canvas, rng, path, wash)
    if frame is not None:
        marks.stroke(canvas, rng, path, frame, max(2.0, 0.16 * ppc))
    boxes = write_block(canvas, rng, hand, lines, 0.0, cy - high / 2 + 1.45 * size, size, pitch=pitch, centre=cx)
    if line:
        marks.underline(canvas, rng, boxes[-1], frame or writer, max(2.0, 0.12 * ppc))
    outline = tuple(
        (float(px), float(py))
        for px, py in ((around[0], around[1]), (around[2], around[1]), (around[2], around[3]), (around[0], around[3]))
    )
    key = pen.next_key()
    drawn = Drawn(
        key,
        "\n".join(lines),
        outline if container != "none" else box_outline(boxes, 2),
        role=role,
        container=container,
        kind=item.kind,
        owners=item.owners,
        due=item.due,
        under=under,
        section=key if theme else section,
    )
    pen.layer.notes.append(drawn)
    if item.votes:
        marks.dots(canvas, rng, boxes[-1][2] + 1.0 * size, boxes[-1][3] - 0.6 * size, item.votes, 0.45 * size, (0.15, 0.35, 0.8))
    return drawn


def lighter(writer: Writer, ink: str) -> Writer:
    """The same person with a pale, broad marker for washes."""
    return replace(writer, ink=ink, dryness=0.1)
