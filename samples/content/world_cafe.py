"""A World Café about a high street: three rounds, three tables, and a harvest at the end. The town is made up."""

# ruff: noqa: PLR0917 - drawing calls read as "canvas, chance, what, where, with which pen"; names would only make them longer.

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from digitise.model import Kind
from samples.content import hands
from samples.content.cafe_specials import LANDSCAPE, TOGETHER, harvest, r3t2
from samples.content.hands import rng_for
from samples.content.shots import COOL, WARM, act, one_sheet, said, two_sheets
from samples.drawing.layer import Layer
from samples.drawing.output import Plan
from samples.drawing.paper import stain
from samples.drawing.scene import Camera, Light, Shot
from samples.drawing.sheets import Faces, Group, Style, Text, list_sheet
from samples.drawing.stickies import sticky_sheet

LOVE = "What do you love about our high street?"
BLOCK = "What stands in the way?"


def _table(faces: Faces, where: str, style: Style, question: str, items: tuple[Text, ...], kind: Kind = "other") -> Layer:
    key = where.replace(" – ", "-").replace(" ", "").lower()
    return list_sheet(
        rng_for(f"wc-{key}"), faces, style, key, where, [Group("", items)], title_kind=kind, lead=Text(question, "other", role="heading")
    )


def r1t1(faces: Faces) -> Layer:
    style = Style(hands.GARETH, hands.SIAN.using("blue"), bullet="dash", size=LANDSCAPE, title_xh=2.7, body_xh=2.15, folds=1)
    sheet = _table(
        faces,
        "Round 1 – Table 1",
        style,
        LOVE,
        (
            *said(
                "strength",
                "The butcher still knows every customer by name",
                "Saturday market: music, cheese and gossip",
                "You can get shoes mended, keys cut and hair done in one street",
            ),
            Text('"My gran bought her wedding hat in that shop."', "quote", role="quote"),
        ),
    )
    stain(rng_for("wc-mug"), sheet.canvas, 2120, 1480, 125)
    return sheet


def r1t2(faces: Faces) -> Layer:
    style = Style(hands.BETH.using("red"), hands.MARI.using("black"), bullet="dot", size=LANDSCAPE, title_xh=2.7, body_xh=2.15)
    return _table(
        faces,
        "Round 1 – Table 2",
        style,
        LOVE,
        said(
            "strength",
            "Flat pavements from the station to the library",
            "Benches where neighbours stop and talk",
            "The river walk starts right behind the bank",
            "Free parking after three on weekdays",
        ),
    )


def r1t3(faces: Faces) -> Layer:
    style = Style(hands.RHIAN, hands.RHIAN, size=LANDSCAPE, title_xh=1.9, body_xh=1.5)
    return sticky_sheet(
        rng_for("wc-r1t3"),
        faces,
        style,
        "round1-table3",
        "Round 1 – Table 3",
        [
            Group(
                LOVE,
                (
                    Text("Film nights in the old chapel, always full", "strength", colour="orange"),
                    Text("The skate ramp that we built ourselves", "strength", colour="orange"),
                    Text("Chips on the wall with my mates", "strength", colour="orange", angle=-7),
                    Text("The museum lets us play the organ", "strength", colour="yellow"),
                    Text("Bunting and lanterns in December", "strength", colour="yellow"),
                    Text("Every shop puts up our posters", "strength", colour="yellow", angle=90),
                    Text("Good coffee & no one rushes you", "strength", colour="orange"),
                    Text("Carnival week brings everyone home", "strength", colour="yellow"),
                ),
            )
        ],
        hands.FELT[:5],
        columns=4,
        sticky_cm=(17.0, 17.0),
        row_cm=18.6,
    )


def r2t1(faces: Faces) -> Layer:
    style = Style(hands.GARETH.using("red"), hands.HUW, bullet="arrow", size=LANDSCAPE, title_xh=2.7, body_xh=2.15)
    return _table(
        faces,
        "Round 2 – Table 1",
        style,
        BLOCK,
        said(
            "problem",
            "Nine empty shops and owners who live far away",
            "Rates are due before the first sale is made",
            "Online is cheaper and comes to your door",
            "Shops shut at five when people get off the train",
        ),
    )


def r2t2(faces: Faces) -> Layer:
    style = Style(hands.BETH, hands.IFAN, bullet="dash", title_xh=2.2, body_xh=2.1)
    return _table(
        faces,
        "Round 2 – Table 2",
        style,
        BLOCK,
        said(
            "problem",
            "No dropped kerb outside the chemist",
            "Toilets locked since the flood, so older people stay home",
            "Cars race through at night",
            "Buses + trains never meet",
        ),
    )


def r2t3(faces: Faces) -> Layer:
    style = Style(hands.CERYS, hands.MARI.using("blue"), bullet="dot", title_xh=2.2, body_xh=2.0, grid=2.5)
    return _table(
        faces,
        "Round 2 – Table 3",
        style,
        BLOCK,
        (
            *said("problem", "Security guards move us on for standing still", "Nothing to do under ten pounds"),
            *said("question", "Who decides what goes in the empty bank?", "Why was the youth club sold?"),
        ),
    )


def r3t1(faces: Faces) -> Layer:
    style = Style(hands.GARETH.using("green"), hands.SIAN, bullet="box", size=LANDSCAPE, title_xh=2.7, body_xh=2.15)
    return _table(
        faces,
        "Round 3 – Table 1",
        style,
        TOGETHER,
        (
            act("Chamber of Trade to open two empty shops as pop-ups by Easter", "Chamber of Trade", due="by Easter"),
            act("Late opening on the last Thursday of each month (Meinir)", "Meinir", due="the last Thursday of each month"),
            act("Market traders will share one card reader from June", "Market traders", due="from June"),
            act("Write to every absent owner with a fair offer"),
        ),
    )


def r3t3(faces: Faces) -> Layer:
    style = Style(hands.RHIAN.using("red"), hands.DEWI.using("black"), bullet="star", size=LANDSCAPE, title_xh=2.7, body_xh=2.15)
    return _table(
        faces,
        "Round 3 – Table 3",
        style,
        TOGETHER,
        (
            act("Youth Council to run a games room in the bank", "Youth Council"),
            act("Ffion and Jac: film the traders and show it in the chapel", "Ffion", "Jac"),
            act("Ask the theatre for two pound tickets at the next committee", due="at the next committee"),
            Text("Teen staff on the carnival float", "idea"),
        ),
    )


def draw_photos(faces: Faces) -> Iterator[Plan]:
    """The event's photos, in the order in which they were taken."""

    def plan(
        stem: str, hour: int, minute: int, take: Callable[[], Shot], kind: str = "flipchart", budget_kb: int = 380, orientation: int = 1
    ) -> Plan:
        return Plan(stem, datetime(2026, 5, 9, hour, minute, (minute * 23) % 60), kind, take, orientation=orientation, budget_kb=budget_kb)

    wide = (2816, 2112)
    yield plan(
        "20260509_103112",
        10,
        31,
        lambda: one_sheet(
            "r1t1",
            r1t1(faces),
            "wood",
            Camera(*wide, (0, 0), 92, yaw=3, pitch=14, roll=-2),
            Light(side=0.1, down=-0.1, cast=WARM),
            1.5,
            tape=False,
            pens=((34, 33.2, "red"),),
        ),
    )
    yield plan(
        "20260509_103240",
        10,
        32,
        lambda: one_sheet(
            "r1t2",
            r1t2(faces),
            "cloth",
            Camera(2880, 2160, (0, 1), 93, yaw=-6, pitch=10, roll=1.5),
            Light(side=-0.15, cast=WARM, blur=0.8),
            -1.0,
            tape=False,
        ),
    )
    yield plan(
        "20260509_103355",
        10,
        33,
        lambda: one_sheet(
            "r1t3",
            r1t3(faces),
            "wood",
            Camera(3000, 2250, (0, 0), 91, yaw=4, pitch=6, roll=0.6),
            Light(side=0.12, cast=WARM),
            0.0,
            tape=False,
        ),
        "sticky",
    )
    yield plan(
        "20260509_111502",
        11,
        15,
        lambda: one_sheet(
            "r2t1",
            r2t1(faces),
            "wood",
            Camera(*wide, (0, 0), 92, yaw=-8, pitch=12, roll=2),
            Light(side=-0.2, down=0.12, exposure=0.95, cast=WARM),
            -1.2,
            tape=False,
            pens=((-30, -33, "black"),),
        ),
        orientation=3,
    )
    yield plan(
        "20260509_111640",
        11,
        16,
        lambda: two_sheets(
            "r2t23",
            r2t2(faces),
            r2t3(faces),
            "magnolia",
            Camera(3264, 2448, (0, 0), 132, yaw=-5, pitch=2, roll=-0.8),
            Light(side=-0.15, cast=COOL),
        ),
        budget_kb=500,
    )
    yield plan(
        "20260509_115821",
        11,
        58,
        lambda: one_sheet(
            "r3t1", r3t1(faces), "cloth", Camera(*wide, (0, 0), 93, yaw=7, pitch=9, roll=-1.2), Light(side=0.18, cast=COOL), 0.8, tape=False
        ),
    )
    yield plan(
        "20260509_115903",
        11,
        59,
        lambda: one_sheet(
            "r3t2",
            r3t2(faces),
            "wood",
            Camera(2880, 2160, (0, 0), 92, yaw=-3, pitch=8, roll=1),
            Light(side=-0.1, cast=WARM),
            0.4,
            tape=False,
        ),
    )
    yield plan(
        "20260509_120015",
        12,
        0,
        lambda: one_sheet(
            "r3t3",
            r3t3(faces),
            "wood",
            Camera(*wide, (0, 0), 94, yaw=5, pitch=13, roll=-0.5),
            Light(side=0.15, down=-0.05, cast=WARM),
            -0.8,
            tape=False,
            pens=((-38, 33.5, "blue"), (-20, 34, "green")),
        ),
    )
    yield plan(
        "20260509_121530",
        12,
        15,
        lambda: one_sheet(
            "harvest", harvest(faces), "brick", Camera(3000, 2250, (0, 0), 91, yaw=4, pitch=-3, roll=0.5), Light(side=0.12, cast=WARM), 0.3
        ),
        "sticky",
    )
