"""The sheets of Connecting Communities: problems with their evidence, actions, two sheets in Welsh."""

from __future__ import annotations

from samples.content import hands
from samples.content.hands import rng_for
from samples.content.shots import act, said
from samples.drawing import marks
from samples.drawing.layer import Layer
from samples.drawing.paper import stain
from samples.drawing.sheets import Faces, Group, Style, Text, list_sheet
from samples.drawing.stickies import sticky_sheet


def welcome(faces: Faces) -> Layer:
    rng = rng_for("cc-welcome")
    style = Style(hands.RHIAN, hands.RHIAN_BLACK, title_xh=2.9, body_xh=1.7, bullet="dash", double_line=True, folds=0)
    sheet = list_sheet(
        rng,
        faces,
        style,
        "welcome",
        "Connecting Communities",
        [
            Group(
                "Today we will",
                said(
                    "other",
                    "Share what makes people feel alone in Cwm Derwen",
                    "Agree what gets in the way of good health",
                    "Decide together who does what, and by when",
                ),
            ),
            Group("House rules", said("other", "One voice at a time, phones on silent", "Siarad Cymraeg? Croeso! Use either language")),
        ],
        title_role="title",
        lead=Text("Health and isolation\nCo-design day, 14 March 2026"),
    )
    marks.draw_icon(sheet.canvas, rng, "people", 1330, 2290, 120, hands.RHIAN, 6)
    marks.draw_icon(sheet.canvas, rng, "hills", 330, 2300, 240, hands.RHIAN.using("green"), 6)
    return sheet


def loneliness(faces: Faces) -> Layer:
    style = Style(hands.RHIAN.using("red"), hands.SIAN, heading_writer=hands.RHIAN, bullet="dot", folds=2)
    return list_sheet(
        rng_for("cc-loneliness"),
        faces,
        style,
        "loneliness",
        "Loneliness and isolation",
        [
            Group(
                "Problems",
                said(
                    "problem",
                    "Older people don't see anyone from Friday to Monday",
                    "New parents feel cut off once the midwife stops calling",
                    "Nobody knows what is on – no single list of groups and clubs",
                ),
                kind="problem",
            ),
            Group(
                "Actions",
                (
                    act("Interlink to map every coffee morning and lunch club by end of March", "Interlink", due="by end of March"),
                    act("Set up a phone buddy scheme for people who live alone (Cwm Derwen Trust)", "Cwm Derwen Trust"),
                    act("Community Connector to visit new parents with the health visitor", "Community Connector"),
                    act("Print the list of groups for every chemist and chip shop"),
                ),
                kind="action",
            ),
        ],
        title_kind="problem",
    )


def mental_health(faces: Faces) -> Layer:
    rng = rng_for("cc-mental")
    style = Style(hands.MARI.using("purple"), hands.TOM, heading_writer=hands.MARI, bullet="dash", boxed_headings=True, title_xh=2.0)
    sheet = list_sheet(
        rng,
        faces,
        style,
        "mental",
        "Mental health support",
        [
            Group(
                "What we heard",
                said(
                    "problem",
                    "Nothing open in the evenings or at weekends when people feel worst",
                    "Families wait months before anyone rings them back",
                    "No drop-in this side of the valley since the hall closed",
                ),
                kind="problem",
            ),
            Group(
                "What we will do",
                (
                    act("Tŷ Gobaith and the surgery to trial a Saturday drop-in", "Tŷ Gobaith", "the surgery"),
                    act("Interlink staff to ask families what a good first call sounds like", "Interlink staff"),
                    act("Ask the health board for waiting times, report back in June (Chair)", "Chair", due="in June"),
                ),
                kind="action",
            ),
        ],
        title_kind="problem",
    )
    marks.draw_icon(sheet.canvas, rng, "heart", 1500, 2290, 150, hands.CERYS, 7)
    stain(rng, sheet.canvas, 1380, 2120, 120)
    return sheet


def transport(faces: Faces) -> Layer:
    style = Style(hands.BETH, hands.BETH, bullet="dash", title_xh=1.8, body_xh=1.3)
    return sticky_sheet(
        rng_for("cc-transport"),
        faces,
        style,
        "transport",
        "Getting about",
        [
            Group(
                "Problems",
                (
                    Text("Last bus goes at 5.40 so evening groups are out of reach", "problem", colour="pink"),
                    Text("Taxi to the clinic costs £18 each way", "problem", colour="pink"),
                    Text("The ramp at the station is too steep for my scooter", "problem", colour="pink", angle=-6),
                    Text("Pavement on Chapel Hill is broken, people fear a fall", "problem", colour="pink"),
                    Text("Hospital letters never say which bus to catch", "problem", colour="pink"),
                    Text("No shelter at the stop by the flats", "problem", colour="pink"),
                ),
                kind="problem",
            ),
            Group(
                "Actions",
                (
                    act("Valley Wheels to run a late minibus on club nights", "Valley Wheels", due="on club nights", colour="green"),
                    act("Report the pavement and chase every fortnight (Clerk)", "Clerk", due="every fortnight", colour="green"),
                    act("Train six volunteer drivers before the summer", due="before the summer", colour="green"),
                    act("Patient Forum to rewrite the clinic letter with bus times", "Patient Forum", colour="green"),
                    Text("", colour="green"),
                    act("Ask the council for a shelter (Gwen M.)", "Gwen M.", colour="green"),
                ),
                kind="action",
            ),
        ],
        (hands.FELT[0], hands.FELT[2], hands.FELT[4], hands.FELT[7]),
        columns=3,
        title_kind="problem",
        sticky_cm=(15.0, 15.0),
        row_cm=15.9,
    )


def lonely_welsh(faces: Faces) -> Layer:
    style = Style(hands.OWAIN.using("red"), hands.ALED, heading_writer=hands.OWAIN, bullet="dot", language="cy", folds=1)
    return list_sheet(
        rng_for("cc-unigrwydd"),
        faces,
        style,
        "unigrwydd",
        "Unigrwydd yn y cwm",
        [
            Group(
                "Problemau",
                said(
                    "problem",
                    "Mae pobl hŷn yn gaeth i'r tŷ ar ôl y bws olaf",
                    "Dim digon o weithgareddau Cymraeg gyda'r nos",
                    "Teuluoedd ifanc yn symud i ffwrdd a'r stryd yn dawel",
                ),
                kind="problem",
            ),
            Group(
                "Camau gweithredu",
                (
                    act("Menter Derwen i gynnal bore coffi bob dydd Mawrth (Siân)", "Menter Derwen", "Siân", due="bob dydd Mawrth"),
                    act("Y Clerc i ofyn am olau stryd wrth y capel erbyn diwedd mis Mai", "Y Clerc", due="erbyn diwedd mis Mai"),
                    act("Capel Seion i agor y festri fel lle cynnes dros y gaeaf", "Capel Seion", due="dros y gaeaf"),
                ),
                kind="action",
            ),
        ],
        title_kind="problem",
    )


def strengths_welsh(faces: Faces) -> Layer:
    style = Style(hands.ALED.using("green"), hands.ALED, language="cy", title_xh=1.8, body_xh=1.3)
    return sticky_sheet(
        rng_for("cc-gweithio"),
        faces,
        style,
        "gweithio",
        "Beth sy'n gweithio'n dda?",
        [
            Group(
                "",
                (
                    Text("Côr y cwm: canu, sgwrs a gwên bob nos Iau", "strength", colour="yellow"),
                    Text("Mae'r siop yn mynd â neges i dŷ pobl sâl", "strength", colour="yellow"),
                    Text("Grŵp cerdded hamddenol bob bore Sadwrn", "strength", colour="yellow"),
                    Text("Plant yr ysgol yn canu yn y cartref gofal", "strength", colour="yellow", angle=5),
                    Text("Gwirfoddolwyr yn gyrru pobl i'r ysbyty", "strength", colour="yellow"),
                    Text("Cinio dydd Sul yn y clwb rygbi", "strength", colour="yellow"),
                ),
                theme=False,
            ),
            Group(
                "Syniadau",
                (
                    Text("Pobl ifanc i holi'r to hŷn am hen luniau'r cwm", "idea", colour="blue"),
                    Text("Gardd lysiau wrth ymyl y feddygfa", "idea", colour="blue"),
                    Text("Gwersi ffôn a thabled yn y llyfrgell", "idea", colour="blue"),
                    Text("Noson ffilmiau Cymraeg unwaith y mis", "idea", colour="blue"),
                    Text("Bws mini i'r capel a'r farchnad", "idea", colour="blue"),
                ),
                kind="idea",
            ),
        ],
        hands.WELSH_FELT,
        columns=3,
        title_kind="strength",
        sticky_cm=(15.0, 15.0),
        row_cm=15.9,
    )


def carers(faces: Faces) -> Layer:
    style = Style(hands.GARETH.using("blue"), hands.DEWI, heading_writer=hands.DEWI.using("red"), bullet="arrow", title_xh=1.9, grid=2.5)
    return list_sheet(
        rng_for("cc-carers"),
        faces,
        style,
        "carers",
        "Unpaid carers",
        [
            Group(
                "What gets in the way",
                said(
                    "problem",
                    "Carers miss their own check-ups because nobody can sit in",
                    "Young carers fall behind at school and tell no one",
                    "Forms are long, and the help line is never free",
                ),
                kind="problem",
            ),
            Group(
                "Next steps",
                (
                    act("Carers' Hub to pilot a sitting service from 1 May", "Carers' Hub", due="from 1 May"),
                    act("School nurse will start a lunchtime group for young carers", "School nurse"),
                    act("Nerys: write a one page guide to the forms", "Nerys"),
                    act("Bring carers to the next meeting & pay their travel", due="the next meeting"),
                ),
                kind="action",
            ),
        ],
        title_kind="problem",
    )


def digital(faces: Faces) -> Layer:
    style = Style(hands.LLINOS.using("green"), hands.HUW, heading_writer=hands.LLINOS, bullet="dot", title_xh=1.8, body_xh=1.6)
    return list_sheet(
        rng_for("cc-digital"),
        faces,
        style,
        "digital",
        "Left out online",
        [
            Group(
                "Problems",
                said("problem", "You need an app to see a doctor and Mam has no smartphone", "Broadband drops out above the chapel"),
                kind="problem",
            ),
            Group(
                "Actions",
                (
                    act("Library to lend tablets with data for six weeks", "Library"),
                    act("Digital Companions to sit in the surgery on Mondays", "Digital Companions", due="on Mondays"),
                ),
                kind="action",
            ),
        ],
        title_kind="problem",
    )


def young(faces: Faces) -> Layer:
    style = Style(
        hands.CERYS, hands.SIAN.using("blue"), heading_writer=hands.CERYS.using("black"), bullet="star", title_xh=2.0, body_xh=1.6
    )
    return list_sheet(
        rng_for("cc-young"),
        faces,
        style,
        "young",
        "Young people",
        [
            Group(
                "Problems",
                said("problem", "Nowhere warm to go after school that is free", "Exam stress + no one to talk to at night"),
                kind="problem",
            ),
            Group(
                "Actions",
                (
                    act("Youth Forum to reopen the boxing gym on Tuesdays", "Youth Forum", due="on Tuesdays"),
                    act("Town Council to fund a youth worker for one year (Cllr Price)", "Town Council", "Cllr Price"),
                ),
                kind="action",
            ),
        ],
        title_kind="problem",
    )


def works(faces: Faces) -> Layer:
    style = Style(hands.RHIAN.using("green"), hands.HUW.using("blue"), heading_writer=hands.RHIAN.using("green"), bullet="dash")
    rng = rng_for("cc-works")
    sheet = list_sheet(
        rng,
        faces,
        style,
        "works",
        "What already works",
        [
            Group(
                "",
                said(
                    "strength",
                    "The Men's Shed gets forty men out of the house each week",
                    "Pharmacy drivers notice when a curtain stays shut",
                    "The rugby club opens its doors to everyone on match days",
                    "Volunteers walk dogs for people after an operation",
                    "The foodbank café: nobody asks you why you came",
                ),
            ),
        ],
        title_kind="strength",
    )
    marks.draw_icon(sheet.canvas, rng, "smile", 1480, 300, 170, hands.RHIAN.using("orange"), 8)
    marks.draw_icon(sheet.canvas, rng, "house", 400, 2180, 210, hands.RHIAN, 7)
    marks.cross_out(sheet.canvas, rng, (290, 2090, 510, 2280), hands.RHIAN_BLACK, 8)
    marks.draw_icon(sheet.canvas, rng, "mug", 1180, 2190, 170, hands.RHIAN.using("brown"), 7)
    return sheet


def voices(faces: Faces) -> Layer:
    style = Style(hands.TOM.using("blue"), hands.MARI.using("black"), heading_writer=hands.TOM.using("red"), bullet="none", title_xh=2.0)
    return list_sheet(
        rng_for("cc-voices"),
        faces,
        style,
        "voices",
        "In people's own words",
        [
            Group(
                "",
                (
                    Text('"I talk to the telly more than I talk to my family."', "quote", role="quote"),
                    Text('"It was a wave from the bus driver that kept me going."', "quote", role="quote"),
                    Text('"We don\'t want a service, we want a reason to go out."', "quote", role="quote"),
                ),
            ),
            Group(
                "Questions we still have",
                said("question", "Who pays once the grant runs out in 2027?", "How do we reach people who never come to events?"),
                kind="question",
            ),
        ],
        title_kind="quote",
    )
