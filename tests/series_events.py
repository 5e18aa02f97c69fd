"""Three made-up days of one programme, arranged by the product: the same themes under the same or other headings, and some of their own."""

from __future__ import annotations

from datetime import date, datetime

from arranging_wall import OUTLINE

from digitise.arranging import arrange
from digitise.config import Config
from digitise.model import Accounting, Event, EventInfo, Line, Note, Photo, Word

Sheet = tuple[str, tuple[str, ...]]
"""A heading with the notes under it."""
Day = tuple[str, str, date, tuple[Sheet, ...]]
"""Title, place, date and sheets."""
DAYS: tuple[Day, ...] = (
    (
        "Connecting Communities: Upper Cwm",
        "Cwm Hall",
        date(2026, 3, 14),
        (
            (
                "Getting about",
                (
                    "No bus after six",
                    "Appointments clash with the bus times",
                    "Sue Price to ask the bus company for a later bus by end of March",
                    "Volunteers to drive people to the surgery",
                ),
            ),
            (
                "Loneliness",
                (
                    "Older people see nobody from Friday to Monday",
                    "Nobody knows which lunch clubs and coffee mornings there are",
                    "Interlink to map every coffee morning and lunch club by end of April",
                ),
            ),
            ("Damp homes", ("Lack of help with damp and mould in rented homes", "Housing team to inspect the flats in Mill Street (JB)")),
            ("What works", ("The walking group is brilliant",)),
        ),
    ),
    (
        "Connecting Communities: Lower Cwm",
        "Library",
        date(2026, 3, 21),
        (
            (
                "GETTING ABOUT",
                ("NO BUSES ON SUNDAY", "TAXIS ARE TOO DEAR FOR HOSPITAL APPOINTMENTS", "COUNCIL TO REOPEN THE DIAL-A-RIDE BY JUNE"),
            ),
            (
                "Isolated older people",
                (
                    "Older people at home see nobody from one week to the next",
                    "Nobody tells older people about lunch clubs and coffee mornings",
                    "Interlink and Age Alliance to start a coffee morning for older people asap",
                    "Ring older people who live alone",
                ),
            ),
            ("Young people", ("Nothing to do for teenagers in the evening", "Youth forum to paint the old bandstand")),
        ),
    ),
    (
        "Connecting Communities: Cwm Derwen",
        "Neuadd Derwen",
        date(2026, 3, 28),
        (
            ("Getting about (cont.)", ("The 60 never waits for the train", "Clerk to write to the minister for transport by 1 May")),
            ("Iaith", ("Dim digon o feddygon sy'n siarad Cymraeg", "Menter Iaith i drefnu gweithdy erbyn mis Mai")),
            ("Problems", ("Lack of help with damp and mould in rented homes", "Dogs on the playing field")),
        ),
    ),
)


def make_days(*, languages: tuple[str, ...] = ("en", "cy")) -> list[Event]:
    return [make_day(k, day, languages) for k, day in enumerate(DAYS, 1)]


def make_day(k: int, told: Day, languages: tuple[str, ...]) -> Event:
    title, place, day, sheets = told
    photos, notes = [], []
    for s, (heading, texts) in enumerate(sheets):
        photo_id = f"{k:02d}{s:02d}".ljust(16, "a")
        taken = datetime(day.year, day.month, day.day, 11, 5 * s)
        photos.append(Photo(id=photo_id, file=f"IMG_{k}{s}.jpg", sha256=photo_id * 4, width_px=1000, height_px=800, taken=taken))
        head = _make_note(photo_id, 0, heading, None)
        notes += [head, *(_make_note(photo_id, n, text, head.id) for n, text in enumerate(texts, 1))]
    arrangement = arrange(notes, photos, Config(title=title, date=day))
    fates = [p.fate for p in arrangement.placements]
    return Event(
        generator="digitise 0.1.0, test",
        info=EventInfo(title=title, date=f"{day.day} March {day.year}", place=place, organisers=("Interlink", place), languages=languages),
        photos=tuple(photos),
        surfaces=(),
        notes=tuple(notes),
        arrangement=arrangement,
        accounting=Accounting(
            seen=len(notes), reported=fates.count("reported"), duplicates=fates.count("duplicate"), unreadable=0, set_aside=0
        ),
    )


def _make_note(photo_id: str, n: int, text: str, under: str | None) -> Note:
    words = tuple(Word(text=w, confidence=0.95, quad=OUTLINE) for w in text.split())
    line = Line(words=words, raw=text, confidence=0.95, quad=OUTLINE, engine="test")
    role = "note" if under else "heading"
    return Note(id=f"{photo_id}-n{n}", photo_id=photo_id, outline=OUTLINE, lines=(line,), text=text, role=role, under=under, order=n)
