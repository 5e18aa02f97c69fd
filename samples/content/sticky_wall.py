"""A sticky-note wall about the future of a library, with a graphic recording and two whiteboards. The place is made up."""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import numpy as np

from digitise.model import Colour
from samples.content import hands
from samples.content.hands import rng_for
from samples.content.shots import COOL, WARM, act, said
from samples.drawing import marks, paper
from samples.drawing.free import lighter, put_text
from samples.drawing.ink import Writer
from samples.drawing.layer import Layer
from samples.drawing.output import Plan
from samples.drawing.scene import Backdrop, Camera, Item, Light, Shot, take_photo, taped
from samples.drawing.sheets import Faces, Pen, Style, Text, open_sheet, sticky_note, write_bullets, write_heading

WALL_PPC = 58.0
"""Pixels per cm of stickies that are photographed close up."""
MURAL_PPC = 16.0
BOARD_PPC = 22.0
BOARD_PEN = Writer("patrick-hand", "blue", nib=0.10, unrest=1.1, dryness=0.6, tracking=0.05)
Column = tuple[str, Colour, tuple[Text, ...]]


def idea(*texts: str) -> tuple[Text, ...]:
    return said("idea", *texts, colour="yellow")


def trouble(*texts: str) -> tuple[Text, ...]:
    return said("problem", *texts, colour="pink")


def asking(*texts: str) -> tuple[Text, ...]:
    return said("question", *texts, colour="blue")


def good(*texts: str) -> tuple[Text, ...]:
    return said("strength", *texts, colour="orange")


SPACE: tuple[Column, ...] = (
    (
        "Opening hours",
        "white",
        (
            *trouble("Closed on Mondays when the job club needs computers", "Parents can't get here before five"),
            *idea("Keys for trusted groups in the evening"),
            act("Branch manager to trial late Tuesdays until Christmas", "Branch manager", due="until Christmas", colour="green"),
        ),
    ),
    (
        "The building",
        "white",
        (
            *trouble("Rain comes through above the children's corner", "Push chairs get stuck in the front door"),
            act("Friends of the Library to price a ramp", "Friends of the Library", colour="green"),
            *asking("Is the upstairs room safe to use?"),
        ),
    ),
    (
        "Books & more",
        "white",
        (
            *good("Staff who remember what you read last"),
            *idea("Lend tools, tents and cake tins as well"),
            *trouble("Large print shelf has not changed since 2019"),
            *idea("Welsh story bags for new parents"),
        ),
    ),
)
PEOPLE: tuple[Column, ...] = (
    (
        "Children",
        "white",
        (
            *good("Rhyme time is packed and free"),
            *idea("Homework hour with older pupils as helpers"),
            *trouble("No toilet that a toddler can reach"),
            act("School council to choose fifty new comics (Mr Rees)", "School council", "Mr Rees", colour="green"),
        ),
    ),
    (
        "Older people",
        "white",
        (
            *trouble("Screens only: nobody at the desk to ask"),
            *good("Warm in winter and no one hurries you"),
            act("Volunteers to sit at the desk from 10 to 12", "Volunteers", due="from 10 to 12", colour="green"),
            *idea("Memory box with old photos of the docks"),
        ),
    ),
    (
        "Newcomers",
        "white",
        (
            *trouble("Joining form is in English and asks for a bill"),
            act("Write the form again in six languages by September", due="by September", colour="green"),
            *asking("Could we meet here to learn to drive the system?"),
            Text("", colour="yellow"),
        ),
    ),
)
MONEY: tuple[Column, ...] = (
    (
        "Money",
        "white",
        (
            *trouble("Budget for books was cut by a third"),
            *idea("Coffee cart that pays rent"),
            *asking("Who signs the bids?"),
            act("Treasurer to list every grant over £500", "Treasurer", colour="green"),
        ),
    ),
    (
        "Volunteers",
        "white",
        (
            *good("Forty people gave time last year"),
            *trouble("Same six faces at each event"),
            act("Thank you tea in July, led by the Friends", due="in July", colour="green"),
            *idea("A badge for young helpers"),
        ),
    ),
)


def _wall(
    faces: Faces, name: str, columns: Sequence[Column], writers: Sequence[Writer], *, pitch: float = 9.2, column_cm: float = 10.2
) -> list[Item]:
    """Stickies on the bare wall, in columns under cards with a heading; each sticky its own item. Middle at (0, 0)."""
    rng = rng_for(f"sw-{name}")
    items: list[Item] = []
    tallest = max(len(notes) for _, _, notes in columns)
    top = -(tallest * pitch + 6.5) / 2 + 3
    for c, (heading, colour, notes) in enumerate(columns):
        x = (c - (len(columns) - 1) / 2) * column_cm
        head = f"{name}-{c}"
        card = sticky_note(
            rng,
            faces,
            Text(heading, colour=colour),
            hands.GARETH if name != "people" else hands.RHIAN,
            head,
            size=(9.6, 5.0),
            ppc=WALL_PPC,
            under=None,
            section=head,
            role="heading",
            largest=0.21,
        )
        items.append(Item(card, x, top, WALL_PPC, angle=float(rng.normal(0, 1)), thickness=0.3))
        for k, note in enumerate(notes):
            writer = note.writer or writers[(c * 3 + k * 2) % len(writers)]
            layer = sticky_note(rng, faces, note, writer, f"{head}-{k}", size=(8.4, 8.4), ppc=WALL_PPC, under=head, section=head)
            angle = note.angle or float(np.clip(rng.normal(0, 3), -8, 8))
            dx, dy = rng.uniform(-0.35, 0.35, 2)
            items.append(Item(layer, x + float(dx), top + 7.4 + k * pitch + float(dy), WALL_PPC, angle=angle, thickness=0.42))
    return items


def wall_photo(faces: Faces, name: str, shot: str, columns: Sequence[Column], backdrop: Backdrop, camera: Camera, light: Light) -> Shot:
    return take_photo(rng_for(f"sw-photo-{shot}"), backdrop, _wall(faces, name, columns, hands.FELT), camera, light)


def table_photo(faces: Faces) -> Shot:
    """Six late stickies on a black cloth, one of them lying on its side."""
    rng = rng_for("sw-table")
    notes = (
        Text("Could the mobile library stop at the flats again?", "question", colour="blue"),
        Text("Read aloud group for people with poor sight", "idea", colour="yellow", angle=-6),
        Text("Wifi drops when it is busy", "problem", colour="pink", angle=90),
        Text("Repair café, first Sunday of the month", "idea", colour="yellow", angle=4),
        act("Poets' corner: Eleri to ask the college", "Eleri", colour="green", angle=-3),
        Text("The bus stop outside makes it easy", "strength", colour="orange", angle=7),
    )
    items = []
    for k, note in enumerate(notes):
        layer = sticky_note(rng, faces, note, hands.FELT[(k + 1) % 6], f"table-{k}", size=(7.6, 7.6), ppc=70.0, under=None, section=None)
        x, y = (k % 3 - 1) * 9.6 + rng.uniform(-0.5, 0.5), (k // 3 - 0.5) * 9.8 + rng.uniform(-0.5, 0.5)
        items.append(Item(layer, float(x), float(y), 70.0, angle=note.angle, thickness=0.5))
    return take_photo(
        rng_for("sw-photo-table"), "cloth", items, Camera(2400, 1800, (0, 0), 32, yaw=3, pitch=12, roll=-2), Light(side=0.15, cast=WARM)
    )


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
    put_text(pen, Text("Glan Morfa, 20 June 2026"), 90, 24, 60, 1.9, small, role="caption")
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
    draw("heart", 8, 34, 7, hands.RHIAN.using("red"))
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
    marks.arrow(canvas, rng, (115 * ppc, 40 * ppc), (124 * ppc, 40 * ppc), black, 6)
    return pen.layer


def mural_photo(layer: Layer, shot: str, camera: Camera, light: Light) -> Shot:
    rng = rng_for(f"sw-photo-{shot}")
    return take_photo(rng, "magnolia", taped(rng, Item(layer, 0, 0, MURAL_PPC, what="mural paper")), camera, light)


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


def board_photo(layer: Layer, shot: str, camera: Camera, light: Light) -> Shot:
    return take_photo(
        rng_for(f"sw-photo-{shot}"), "magnolia", [Item(layer, 0, 0, BOARD_PPC, what="whiteboard", thickness=0.5)], camera, light
    )


def draw_photos(faces: Faces) -> Iterator[Plan]:
    """The event's photos, in the order in which they were taken."""

    def plan(stem: str, minute: int, take: Callable[[], Shot], kind: str = "sticky", budget_kb: int = 400, orientation: int = 1) -> Plan:
        return Plan(stem, datetime(2026, 6, 20, 16, minute, (minute * 13) % 60), kind, take, budget_kb=budget_kb, orientation=orientation)

    tall = (2112, 2816)
    yield plan(
        "DSC_0311",
        2,
        lambda: wall_photo(
            faces, "space", "space", SPACE, "magnolia", Camera(*tall, (0, 0), 37, yaw=4, pitch=-3, roll=0.8), Light(side=0.12, cast=WARM)
        ),
    )
    yield plan(
        "DSC_0312",
        3,
        lambda: wall_photo(
            faces, "people", "people", PEOPLE, "brick", Camera(*tall, (0, 0), 37, yaw=-5, pitch=3, roll=-1.0), Light(side=-0.15, cast=WARM)
        ),
    )
    yield plan(
        "DSC_0313",
        3,
        lambda: wall_photo(
            faces,
            "people",
            "people-again",
            PEOPLE,
            "brick",
            Camera(2250, 3000, (1, -0.5), 40, yaw=14, pitch=-2, roll=1.5),
            Light(side=0.1, exposure=0.94, cast=WARM, blur=0.9),
        ),
    )
    yield plan(
        "DSC_0315",
        5,
        lambda: wall_photo(
            faces, "money", "money", MONEY, "felt", Camera(1950, 2600, (0, 0), 36, yaw=3, pitch=4, roll=-0.5), Light(side=0.1, cast=COOL)
        ),
        orientation=8,
    )
    yield plan("DSC_0317", 9, lambda: table_photo(faces))
    yield plan(
        "DSC_0320",
        14,
        lambda: mural_photo(mural(faces), "mural", Camera(3264, 1836, (0, 0), 188, yaw=3, pitch=-2, roll=0.3), Light(side=0.1, cast=WARM)),
        "mural",
        560,
    )
    yield plan(
        "DSC_0322",
        18,
        lambda: board_photo(
            plan_board(faces), "plan", Camera(2816, 2112, (0, 0), 160, yaw=-6, pitch=2, roll=0.7), Light(side=-0.15, cast=COOL)
        ),
        "whiteboard",
        360,
    )
    yield plan(
        "DSC_0323",
        19,
        lambda: board_photo(
            parked_board(faces), "parked", Camera(2816, 2112, (0, 0), 162, yaw=5, pitch=-3, roll=-0.6), Light(side=0.18, cast=COOL)
        ),
        "whiteboard",
        360,
    )
