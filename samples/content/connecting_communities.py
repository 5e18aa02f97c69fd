"""Connecting Communities: a co-design day on health and isolation in a valley. Problems, actions, two sheets in Welsh.

People, places and groups are made up, apart from generic roles and the name Interlink.
"""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.
from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from samples.content import valley_sheets as sheets
from samples.content.shots import COOL, WARM, one_sheet, two_sheets
from samples.drawing.output import Plan
from samples.drawing.scene import Camera, Light, Shot
from samples.drawing.sheets import Faces


def draw_photos(faces: Faces) -> Iterator[Plan]:
    """The event's photos, in the order in which they were taken."""

    def plan(stem: str, minute: int, take: Callable[[], Shot], language: str = "en", orientation: int = 1, budget_kb: int = 380) -> Plan:
        taken = datetime(2026, 3, 14, 15, minute, (int(stem[-2:]) * 7) % 60)
        return Plan(stem, taken, "flipchart", take, language, orientation, budget_kb)

    yield plan(
        "IMG_4101",
        2,
        lambda: one_sheet(
            "cc-welcome",
            sheets.welcome(faces),
            "magnolia",
            Camera(2112, 2816, (0.5, 1), 69, yaw=4, pitch=-3, roll=0.8),
            Light(side=0.14, cast=WARM, vignette=0.25),
            -0.6,
        ),
    )
    yield plan(
        "IMG_4102",
        3,
        lambda: one_sheet(
            "cc-loneliness",
            sheets.loneliness(faces),
            "brick",
            Camera(2112, 2816, (-0.5, 0), 67, yaw=-7, pitch=3, roll=-1.2),
            Light(side=-0.2, down=0.05, cast=WARM),
            0.8,
        ),
    )
    yield plan(
        "IMG_4103",
        4,
        lambda: one_sheet(
            "cc-mental",
            sheets.mental_health(faces),
            "brick",
            Camera(2160, 2880, (0, 1), 68, yaw=5, pitch=4, roll=0.5),
            Light(side=0.12, down=0.16, cast=WARM, blur=0.8),
            -0.4,
        ),
    )
    yield plan(
        "IMG_4104",
        4,
        lambda: one_sheet(
            "cc-mental-again",
            sheets.mental_health(faces),
            "brick",
            Camera(2160, 2880, (2, -1), 72, yaw=-15, pitch=1, roll=-2.0),
            Light(side=-0.05, down=0.1, exposure=0.93, cast=WARM, blur=0.9),
            -0.4,
        ),
    )
    yield plan(
        "IMG_4106",
        7,
        lambda: one_sheet(
            "cc-transport",
            sheets.transport(faces),
            "felt",
            Camera(2304, 3072, (0, 0), 69, yaw=6, pitch=-2, roll=1.4),
            Light(side=0.1, cast=COOL),
            0.5,
            tape=False,
        ),
    )
    yield plan(
        "IMG_4107",
        8,
        lambda: one_sheet(
            "cc-unigrwydd",
            sheets.lonely_welsh(faces),
            "magnolia",
            Camera(2112, 2816, (0, 0.5), 67, yaw=-4, pitch=-5, roll=0.3),
            Light(side=-0.12, down=0.2, cast=WARM),
            1.1,
        ),
        language="cy",
    )
    yield plan(
        "IMG_4108",
        9,
        lambda: one_sheet(
            "cc-gweithio",
            sheets.strengths_welsh(faces),
            "magnolia",
            Camera(2304, 3072, (0, 0), 69, yaw=3, pitch=2, roll=-0.7),
            Light(side=0.22, exposure=0.95, cast=WARM),
            -0.9,
        ),
        language="cy",
    )
    yield plan(
        "IMG_4110",
        12,
        lambda: one_sheet(
            "cc-carers",
            sheets.carers(faces),
            "door",
            Camera(2112, 2816, (0, 0), 68, yaw=8, pitch=0, roll=1.0),
            Light(side=0.18, cast=COOL, blur=0.8),
            0.0,
        ),
        orientation=6,
    )
    yield plan(
        "IMG_4111",
        14,
        lambda: two_sheets(
            "cc-two",
            sheets.digital(faces),
            sheets.young(faces),
            "magnolia",
            Camera(3264, 2448, (0, 0), 133, yaw=5, pitch=-2, roll=0.6),
            Light(side=0.15, cast=WARM),
        ),
        budget_kb=520,
    )
    yield plan(
        "IMG_4112",
        15,
        lambda: one_sheet(
            "cc-works",
            sheets.works(faces),
            "brick",
            Camera(2112, 2816, (0, 1), 70, yaw=-6, pitch=5, roll=-0.6),
            Light(side=-0.16, cast=WARM),
            0.3,
        ),
    )
    yield plan(
        "IMG_4115",
        21,
        lambda: one_sheet(
            "cc-voices",
            sheets.voices(faces),
            "wood",
            Camera(2160, 2880, (0, 0), 70, yaw=2, pitch=12, roll=2.5),
            Light(side=0.05, down=-0.15, cast=WARM),
            -2.0,
            tape=False,
        ),
    )
