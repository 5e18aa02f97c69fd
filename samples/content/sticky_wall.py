"""A sticky-note wall about the future of a library, with a graphic recording and two whiteboards. The place is made up."""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import numpy as np

from digitise.model import Colour
from samples.content import hands
from samples.content.hands import rng_for
from samples.content.library_boards import BOARD_PPC, MURAL_PPC, mural, parked_board, plan_board
from samples.content.shots import COOL, WARM, act, said
from samples.drawing.ink import Writer
from samples.drawing.layer import Layer
from samples.drawing.output import Plan
from samples.drawing.scene import Backdrop, Camera, Item, Light, Shot, take_photo, taped
from samples.drawing.sheets import Faces, Text
from samples.drawing.stickies import sticky_note

WALL_PPC = 58.0
"""Pixels per cm of stickies that are photographed close up."""
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


def mural_photo(layer: Layer, shot: str, camera: Camera, light: Light) -> Shot:
    rng = rng_for(f"sw-photo-{shot}")
    return take_photo(rng, "magnolia", taped(rng, Item(layer, 0, 0, MURAL_PPC, what="mural paper")), camera, light)


def board_photo(layer: Layer, shot: str, camera: Camera, light: Light) -> Shot:
    return take_photo(
        rng_for(f"sw-photo-{shot}"), "magnolia", [Item(layer, 0, 0, BOARD_PPC, what="whiteboard", thickness=0.5)], camera, light
    )


def draw_photos(faces: Faces) -> Iterator[Plan]:
    """The event's photos, in the order in which they were taken."""

    def plan(stem: str, minute: int, take: Callable[[], Shot], kind: str = "sticky", budget_kb: int = 400, orientation: int = 1) -> Plan:
        return Plan(stem, datetime(2026, 6, 20, 16, minute, int(stem[-2:])), kind, take, budget_kb=budget_kb, orientation=orientation)

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
