"""The library's graphic recording and its two whiteboards."""

from __future__ import annotations

from samples.content import hands
from samples.content.hands import rng_for
from samples.content.shots import act
from samples.drawing import marks, paper
from samples.drawing.free import lighter, put_text
from samples.drawing.ink import Writer
from samples.drawing.layer import Layer
from samples.drawing.sheets import Faces, Pen, Style, Text, open_sheet, write_bullets, write_heading

MURAL_PPC = 16.0
"""Pixels per cm of the drawn mural."""
BOARD_PPC = 22.0
BOARD_PEN = Writer("patrick-hand", "blue", nib=0.10, unrest=1.1, dryness=0.6, tracking=0.05)


def mural(faces: Faces) -> Layer:
    """A graphic recording: banner, boxes, bubbles, icons, arrows; 180 x 96 cm."""
    rng = rng_for("sw-mural")
    black, orange, green, purple = (
        hands.BETH.using("black"),
        hands.RHIAN.using("orange"),
        hands.RHIAN.using("green"),
        hands.RHIAN.using("purple"),
    )
    small = hands.ALED
    style = Style(black, small, size=(180.0, 96.0), ppc=MURAL_PPC, perforated=False)
    pen = open_sheet(rng, faces, style, "mural")
    canvas, ppc = pen.layer.canvas, MURAL_PPC

    def draw(name: str, x: float, y: float, size: float, writer: Writer) -> None:
        marks.draw_icon(canvas, rng, name, x * ppc, y * ppc, size * ppc, writer, 4)

    put_text(
        pen,
        Text("A library for the next ten years"),
        90,
        13,
        120,
        3.6,
        black,
        role="title",
        container="box",
        frame=black,
        wash=lighter(black, "sky"),
        banner=True,
    )
    put_text(pen, Text("Glan Morfa, 20 June 2026"), 90, 24, 60, 1.9, small, role="label")
    heart = put_text(pen, Text("The heart of the town"), 31, 33, 52, 2.4, orange, role="heading", theme=True, line=True)
    put_text(
        pen,
        Text('"It is the only place where I am not a customer."', "quote"),
        30,
        46,
        44,
        1.95,
        small,
        role="quote",
        container="bubble",
        frame=orange,
        tip=(44, 58),
        under=heart.key,
        section=heart.key,
    )
    put_text(pen, Text("Warm, dry, free and open to all", "strength"), 25, 67, 34, 1.95, small, under=heart.key, section=heart.key)
    put_text(pen, Text("A desk, a chat and a cup of tea", "strength"), 25, 81, 36, 1.95, small, under=heart.key, section=heart.key)
    draw("person", 48, 65, 10, orange)
    draw("mug", 53, 82, 8, hands.RHIAN.using("brown"))
    draw("heart", 6, 33, 6, hands.RHIAN.using("red"))
    worry = put_text(pen, Text("What worries us"), 91, 34, 44, 2.4, purple, role="heading", theme=True, line=True)
    put_text(
        pen,
        Text("Fewer staff, shorter days, older books", "problem"),
        91,
        47,
        44,
        1.95,
        small,
        container="box",
        frame=purple,
        under=worry.key,
        section=worry.key,
    )
    put_text(
        pen,
        Text("People who need us most live furthest away", "problem"),
        91,
        61,
        44,
        1.95,
        small,
        container="box",
        frame=purple,
        under=worry.key,
        section=worry.key,
    )
    put_text(
        pen,
        Text('"Will it still be here for my children?"', "quote"),
        91,
        77,
        44,
        1.95,
        small,
        role="quote",
        container="bubble",
        frame=purple,
        tip=(76, 89),
        under=worry.key,
        section=worry.key,
    )
    draw("people", 68, 88, 8, purple)
    go = put_text(pen, Text("Next steps"), 150, 33, 30, 2.5, green, role="heading", theme=True, line=True)
    put_text(
        pen,
        act("Friends to knock on every door in Dock Street", "Friends"),
        150,
        45,
        52,
        1.75,
        small,
        container="box",
        frame=green,
        wash=lighter(green, "mint"),
        under=go.key,
        section=go.key,
    )
    put_text(
        pen,
        act("Council to promise opening hours for three years", "Council"),
        150,
        60,
        52,
        1.75,
        small,
        container="box",
        frame=green,
        wash=lighter(green, "mint"),
        under=go.key,
        section=go.key,
    )
    put_text(
        pen,
        act("Come back in one year and see what we kept", due="in one year"),
        150,
        75,
        52,
        1.75,
        small,
        container="box",
        frame=green,
        wash=lighter(green, "mint"),
        under=go.key,
        section=go.key,
    )
    draw("sun", 168, 22, 11, orange)
    draw("house", 122, 87, 10, black)
    draw("tree", 133, 86, 9, green)
    draw("bulb", 165, 88, 8, orange)
    marks.arrow(canvas, rng, (54 * ppc, 38 * ppc), (66 * ppc, 38 * ppc), black, 6)
    marks.arrow(canvas, rng, (112 * ppc, 35 * ppc), (130 * ppc, 34.5 * ppc), black, 6)
    return pen.layer


def _board(faces: Faces, name: str) -> Pen:
    rng = rng_for(f"sw-{name}")
    layer = paper.whiteboard(rng, round(150 * BOARD_PPC), round(100 * BOARD_PPC), round(2.2 * BOARD_PPC))
    style = Style(BOARD_PEN, BOARD_PEN, size=(150.0, 100.0), ppc=BOARD_PPC, margin=7.0)
    return Pen(layer, rng, faces, style, name, y=5.0 * BOARD_PPC)


def plan_board(faces: Faces) -> Layer:
    """Three columns: now, next, later."""
    pen = _board(faces, "plan")
    ppc = BOARD_PPC
    top = write_heading(pen, "Our plan", role="title", xh_cm=3.4, writer=BOARD_PEN.using("black"), line="double")
    start = pen.y + 1.0 * ppc
    columns = (
        ("Now", "red", (act("Put the petition on the counter today", due="today"), act("Huw to ring the Gazette about the roof", "Huw"))),
        (
            "Next",
            "green",
            (
                act("Open meeting with the cabinet member in September", due="in September"),
                act("Friends to count visitors for two weeks", "Friends", due="for two weeks"),
            ),
        ),
        ("Later", "blue", (act("Set up a trust that can own the building"), Text("A second branch by the docks?", "idea"))),
    )
    for k, (name, ink, items) in enumerate(columns):
        pen.y = start
        left = (8 + 47 * k) * ppc
        head = write_heading(
            pen, name, role="heading", xh_cm=2.7, writer=BOARD_PEN.using(ink), under=top.key, theme=True, left=left, width=40 * ppc
        )
        write_bullets(pen, items, under=head.key, section=head.key, xh=2.3 * ppc, left=left, width=41 * ppc, mark="dash")
        if k:
            marks.stroke(
                pen.layer.canvas,
                pen.rng,
                [(left - 3 * ppc, start + ppc), (left - 3.4 * ppc, start + 66 * ppc)],
                BOARD_PEN.using("black"),
                5,
            )
    marks.arrow(pen.layer.canvas, pen.rng, (30 * ppc, 92 * ppc), (120 * ppc, 91 * ppc), BOARD_PEN.using("red"), 8, bend=0.02)
    return pen.layer


def parked_board(faces: Faces) -> Layer:
    """Questions that were parked, with votes, and a scribble that somebody crossed out."""
    pen = _board(faces, "parked")
    ppc = BOARD_PPC
    top = write_heading(pen, "Parking place", role="heading", xh_cm=3.2, writer=BOARD_PEN.using("red"), theme=True)
    items = (
        Text("What happens to the archive if we move?", "question", votes=4),
        Text("Does the council know that 300 children come each week?", "question", votes=2),
        Text("Could the post office share our counter?", "idea", votes=5),
        Text("Nobody has asked the night shift workers yet", "problem"),
    )
    pen.y += 1.5 * ppc
    writer = BOARD_PEN.using("black")
    write_bullets(
        pen,
        [Text(t.text, t.kind, votes=t.votes, writer=writer) for t in items],
        under=top.key,
        section=top.key,
        xh=2.9 * ppc,
        left=9 * ppc,
        width=108 * ppc,
        mark="dot",
    )
    marks.draw_icon(pen.layer.canvas, pen.rng, "bus", 130 * ppc, 80 * ppc, 16 * ppc, BOARD_PEN, 6)
    marks.cross_out(pen.layer.canvas, pen.rng, (121 * ppc, 74 * ppc, 139 * ppc, 87 * ppc), BOARD_PEN.using("red"), 7)
    marks.draw_icon(pen.layer.canvas, pen.rng, "smile", 138 * ppc, 14 * ppc, 11 * ppc, BOARD_PEN.using("green"), 6)
    return pen.layer
