"""The World Café's mind map and its harvest."""

from __future__ import annotations

from samples.content import hands
from samples.content.hands import rng_for
from samples.content.shots import act
from samples.drawing import marks
from samples.drawing.free import lighter, put_text
from samples.drawing.layer import Layer
from samples.drawing.sheets import Faces, Style, Text, open_sheet, write_heading
from samples.drawing.stickies import put_stickies

LANDSCAPE = (84.1, 59.4)
TOGETHER = "What can we do together in one year?"


def r3t2(faces: Faces) -> Layer:
    """A mind map on the table's paper: the question in the middle, notes around it."""
    rng = rng_for("wc-r3t2")
    writer = hands.ALED
    style = Style(hands.BETH.using("green"), writer, size=LANDSCAPE, title_xh=1.9, margin=4.0)
    pen = open_sheet(rng, faces, style, "round3-table2")
    top = write_heading(pen, "Round 3 – Table 2", role="heading", xh_cm=1.9, writer=style.title_writer, theme=True)
    middle = put_text(
        pen,
        Text(TOGETHER),
        42,
        33,
        24,
        1.7,
        hands.RHIAN,
        role="heading",
        container="bubble",
        frame=hands.RHIAN,
        wash=lighter(hands.RHIAN, "peach"),
        under=top.key,
        section=top.key,
    )
    notes = (
        (act("Council to unlock the toilets and pay a caretaker", "Council"), 16, 21, 22, hands.SIAN),
        (act("Paint a zebra crossing by the school (Highways)", "Highways"), 67, 14, 26, hands.MARI.using("purple")),
        (Text("A free bus on market day?", "idea"), 71, 33, 20, hands.HUW.using("blue")),
        (
            act("Access group to walk the street with the planners in May", "Access group", due="in May"),
            15,
            46,
            22,
            hands.MARI.using("black"),
        ),
        (Text("Slow zone: twenty is plenty", "idea"), 63, 51, 30, hands.SIAN.using("red")),
    )
    for item, x, y, width, hand in notes:
        put_text(pen, item, x, y, width, 1.5, hand, under=middle.key, section=top.key)
    ppc = style.ppc
    for start, end in (
        ((31, 27), (27, 25)),
        ((52, 26.5), (56, 22)),
        ((57, 33.5), (61, 33.5)),
        ((30, 39), (27, 40.5)),
        ((50, 40), (54, 46)),
    ):
        marks.arrow(pen.layer.canvas, rng, (start[0] * ppc, start[1] * ppc), (end[0] * ppc, end[1] * ppc), hands.RHIAN, 5)
    marks.draw_icon(pen.layer.canvas, rng, "bus", 76.5 * ppc, 41 * ppc, 150, hands.HUW.using("blue"), 5)
    marks.draw_icon(pen.layer.canvas, rng, "spiral", 40 * ppc, 53 * ppc, 120, hands.MARI, 5)
    return pen.layer


def harvest(faces: Faces) -> Layer:
    style = Style(hands.RHIAN, hands.RHIAN, heading_writer=hands.RHIAN_BLACK, size=LANDSCAPE, title_xh=2.7, body_xh=2.15, double_line=True)
    rng = rng_for("wc-harvest")
    pen = open_sheet(rng, faces, style, "harvest")
    top = write_heading(pen, "Harvest", role="title", xh_cm=2.3, writer=hands.RHIAN.using("purple"), line="double", theme=True)
    columns: tuple[tuple[str, tuple[Text, ...]], ...] = (
        (
            "Start now",
            (
                act("Open the toilets, with a rota of shops", colour="green", votes=3),
                act("Market on Fridays too (Traders)", "Traders", due="on Fridays", colour="green"),
                act("One shared poster board by the station", colour="green"),
            ),
        ),
        (
            "Needs money",
            (
                Text("Shop fronts done up in old colours", "idea", colour="yellow", votes=2),
                Text("A part time street manager", "idea", colour="yellow"),
                Text("", colour="yellow"),
            ),
        ),
        (
            "Still asking",
            (
                Text("Who owns the bank building now?", "question", colour="blue"),
                Text("Can rates be paid monthly?", "question", colour="blue"),
                Text("Do we want cars at all on Saturdays?", "question", colour="blue", angle=-5),
            ),
        ),
    )
    start = pen.y
    for k, (name, items) in enumerate(columns):
        pen.y = start
        left = (3.0 + k * 26.5) * style.ppc
        head = write_heading(
            pen, name, role="heading", xh_cm=1.6, writer=hands.RHIAN_BLACK, under=top.key, theme=True, left=left, width=24 * style.ppc
        )
        y0 = pen.y / style.ppc
        area = (3.0 + k * 26.5, y0, 3.0 + k * 26.5 + 25.5, y0 + 31)
        put_stickies(
            rng,
            faces,
            pen.layer,
            items,
            hands.FELT[2:7],
            key=f"harvest-c{k}",
            area=(area[0], area[1], area[2], area[3]),
            columns=2,
            ppc=style.ppc,
            size=(12.8, 12.8),
            under=head.key,
            section=head.key,
            jitter=0.3,
        )
    return pen.layer
