"""A made-up event for the report's tests: ten photos, sixty notes of all kinds and fates, with pictures drawn here."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from digitise.model import (
    Accounting,
    Action,
    Arrangement,
    Event,
    EventInfo,
    Line,
    Note,
    Photo,
    Placement,
    Problem,
    Section,
    Surface,
    Word,
)

BOX = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
DOUBT = re.compile(r"\{([^}]*)\}")


def make_words(line: str) -> list[Word]:
    """'{vehicels|vehicles}' is a doubtful word with an alternative."""
    words = []
    for token in line.split():
        match = DOUBT.search(token)
        if match:
            reading, *others = match.group(1).split("|")
            words.append(Word(text=DOUBT.sub(reading, token), confidence=0.5, quad=BOX, doubtful=True, alternatives=tuple(others)))
        else:
            words.append(Word(text=token, confidence=0.95, quad=BOX))
    return words


def make_note(photo_id: str, n: int, text: str, *, language: str | None = "en", **more: object) -> Note:
    lines = []
    for row in text.split("\n"):
        words = make_words(row)
        if words:
            raw = " ".join(w.text for w in words)
            lines.append(Line(words=tuple(words), raw=raw, confidence=0.9, quad=BOX, engine="test", language=language))
    plain = "\n".join(line.text for line in lines)
    fields = {"id": f"{photo_id}-n{n:03d}", "photo_id": photo_id, "outline": BOX, "lines": tuple(lines), "text": plain, "order": n} | more
    return Note.model_validate(fields)


def make_photo(k: int, file: str, **more: object) -> Photo:
    sha = f"{k:02d}" + "ab12cd34ef56ab" + "0" * 48
    taken = datetime(2026, 3, 14, 10 + k // 12, 5 * k % 60)
    return Photo.model_validate({"id": sha[:16], "file": file, "sha256": sha, "width_px": 4000, "height_px": 3000, "taken": taken} | more)


def make_surface(photo: Photo, n: int, size: tuple[int, int] = (1200, 1600)) -> Surface:
    name = f"{photo.id}-s{n}.jpg"
    return Surface(id=f"{photo.id}-s{n}", quad=BOX, what="sheet", confidence=0.9, size_px=size, homography=IDENTITY, picture=name)


SHEETS: list[tuple[str, list[tuple[str, str, dict[str, object]]]]] = [
    (
        "IMG_2301.jpg",
        [
            ("MENTAL HEALTH SUPPORT", "heading", {}),
            ("LACK OF SUPPORT FOR FAMILIES", "problem", {}),
            ("NO {DROP-IN|drop-on} PROVISION IN RCT", "problem", {}),
            ("Lack of evening and weekend support", "problem", {}),
            ("Waiting lists are far too long for young people", "problem", {}),
            (
                "Interlink staff to look at existing support for families through TAF by end of March",
                "action",
                {"owners": ("Interlink staff",), "due": "by end of March", "due_date": date(2026, 3, 31)},
            ),
            (
                "RCT CBC and Interlink to work with Llanharan ‘drop in’ and {Pontyclun|Pontycymmer} day centre",
                "action",
                {"owners": ("RCT CBC", "Interlink")},
            ),
            ("Map what each GP surgery already offers", "action", {}),
            ("“You ring and ring and nobody picks up”", "quote", {}),
            ("The Tuesday walking group works really well", "strength", {}),
        ],
    ),
    (
        "IMG_2302.jpg",
        [
            ("ISOLATION + LONELINESS", "heading", {}),
            ("Older people don't see anybody from one week to the next", "problem", {}),
            ("NO BUS AFTER 6PM TO TREHERBERT", "problem", {}),
            ("NOBODY KNOWS WHAT IS ON", "problem", {}),
            (
                "Commission an analysis of what helps against loneliness",
                "action",
                {"owners": ("Public Health Wales",), "due": "Q2", "due_date": date(2026, 6, 30)},
            ),
            ("Age Connects to start a phone circle", "action", {"owners": ("Age Connects",)}),
            ("What about a community minibus?", "idea", {}),
            ("Who pays the drivers?", "question", {}),
            ("Library coffee mornings", "strength", {}),
        ],
    ),
    (
        "IMG_2303.jpg",
        [
            ("Getting about", "heading", {}),
            ("Appointments at the Royal Glamorgan clash with the bus times", "problem", {}),
            ("Taxi cards only work with {two|ten} firms", "problem", {}),
            ("Ask TfW for a later bus on the 132 (Cllr Rhys)", "action", {"owners": ("Cllr Rhys",), "due": "next meeting"}),
            ("Volunteers to drive people to surgery", "action", {"owners": ("Volunteers",)}),
            ("Community car scheme in Ynysybwl", "strength", {}),
            ("Could pharmacies deliver?", "question", {}),
        ],
    ),
    (
        "IMG_2304.jpg",
        [
            ("GWASANAETHAU CYMRAEG", "heading", {"language": "cy"}),
            ("Dim digon o gwnselwyr sy'n siarad Cymraeg", "problem", {"language": "cy"}),
            ("ANODD CAEL APWYNTIAD YN GYMRAEG", "problem", {"language": "cy"}),
            (
                "Menter Iaith i drefnu gweithdy iaith erbyn mis Mai",
                "action",
                {"language": "cy", "owners": ("Menter Iaith",), "due": "erbyn mis Mai"},
            ),
            ("Mae'r côr yn dod â phobl at ei gilydd", "strength", {"language": "cy"}),
        ],
    ),
    (
        "IMG_2305.jpg",
        [
            ("Money and space for groups", "heading", {}),
            ("Short term funding", "problem", {}),
            ("Halls are cold and dear to heat", "problem", {}),
            ("Share one booking list for halls", "action", {"owners": ("VAMT",), "due": "asap"}),
            ("Write one bid together", "action", {"owners": ("Interlink",), "due": "30 April", "due_date": date(2026, 4, 30)}),
            ("Find out who owns the old school", "action", {}),
            ("Repair café could share its room", "idea", {}),
        ],
    ),
]
LOOSE: list[tuple[str, list[tuple[str, str, dict[str, object]]]]] = [
    (
        "day 1/IMG_2310.jpg",
        [
            ("Thank you, this was the first time someone asked us", "quote", {}),
            ("Food bank volunteers are brilliant", "strength", {}),
            ("Is there a list of all groups?", "question", {}),
            ("A directory on paper, not only online", "idea", {}),
            ("lack of support for families", "duplicate", {}),
            ("No support for families!!", "duplicate", {}),
            ("", "unreadable", {"legible": "no"}),
            ("{Gwm|Cwm} … {haal|hall}", "unreadable", {"legible": "partial"}),
            ("Parking", "other", {}),
        ],
    ),
    (
        "day 1/IMG_2311.jpg",
        [("Buses", "duplicate", {}), ("Car park at the hospital costs too much", "problem", {}), ("Jo's phone number", "set aside", {})],
    ),
]
MURAL = ["HEALTH IS MORE THAN HOSPITALS", "WALK + TALK", "KNOW YOUR NEIGHBOUR", "ONE FRONT DOOR", "GARDENS", "LISTEN FIRST"]


def demo_event(*, languages: tuple[str, ...] = ("en", "cy")) -> Event:
    photos: list[Photo] = []
    surfaces: list[Surface] = []
    notes: list[Note] = []
    placements: list[Placement] = []
    sections: list[Section] = []
    actions: list[Action] = []
    leftover: list[str] = []
    for k, (file, rows) in enumerate(SHEETS + LOOSE, 1):
        photo = make_photo(k, file, copies=("IMG_2301 (1).jpg",) if k == 1 else (), warnings=("The photo is blurred.",) if k == 5 else ())
        surface = make_surface(photo, 1)
        photos.append(photo)
        surfaces.append(surface)
        ids: list[str] = []
        head: Note | None = None
        for n, (text, kind, more) in enumerate(rows):
            extra = {key: more[key] for key in ("language", "legible") if key in more}
            role = "heading" if kind == "heading" else "note"
            under = head.id if head else None
            note = make_note(photo.id, n, text, surface_id=surface.id, role=role, under=under, container="sticky", **extra)
            notes.append(note)
            if kind == "heading":
                head = note
                placements.append(Placement(note_id=note.id, kind="other", section_id=f"sec{k}"))
                continue
            fate = kind if kind in ("duplicate", "unreadable", "set aside") else "reported"
            real = kind if fate == "reported" else "other"
            twin = notes[1 if "families" in note.text else 12].id if fate == "duplicate" else None
            placements.append(
                Placement.model_validate(
                    {
                        "note_id": note.id,
                        "fate": fate,
                        "kind": real,
                        "section_id": f"sec{k}" if head else None,
                        "duplicate_of": twin,
                        "owners": more.get("owners", ()),
                        "due": more.get("due"),
                        "round": f"Round {1 + k // 4}" if k <= 5 else None,
                        "table": f"Table {k}" if k <= 5 else None,
                    }
                )
            )
            if fate == "reported":
                (ids if head else leftover).append(note.id)
            if kind == "action":
                fields = {"number": len(actions) + 1, "note_id": note.id, "text": " ".join(note.text.split()), "section_id": f"sec{k}"}
                duties = {key: more[key] for key in ("owners", "due", "due_date") if key in more}
                actions.append(Action.model_validate(fields | duties))
        if head:
            source = "proposed" if k == 5 else "written"
            sections.append(Section(id=f"sec{k}", title=head.text, title_source=source, title_note_id=head.id, note_ids=tuple(ids)))
    mural = make_photo(8, "mural.jpg")
    wall = make_surface(mural, 1, (2400, 1500))
    photos += [mural, make_photo(9, "IMG_2320.jpg", similar_to=photos[0].id), make_photo(10, "IMG_2321.jpg")]
    surfaces += [wall, make_surface(photos[8], 1), make_surface(photos[9], 1), make_surface(photos[9], 2)]
    for n, text in enumerate(MURAL):
        role = "title" if n == 0 else "label"
        notes.append(make_note(mural.id, n, text, surface_id=wall.id, role=role, container="bubble" if n else "none"))
        placements.append(Placement(note_id=notes[-1].id))
    sections.append(Section(id="rest", title="", title_source="none", note_ids=tuple(leftover)))
    fates = [p.fate for p in placements]
    return Event(
        generator="digitise 0.1.0, rapidocr 3.10, PP-OCRv6 small",
        info=EventInfo(
            title="Connecting Communities: health and wellbeing in the Cynon Valley",
            date="14 March 2026",
            place="Aberdare Library",
            organisers=("Interlink RCT", "Rhondda Cynon Taf County Borough Council"),
            aims=("Hear what gets in the way of good health", "Agree actions that groups and services take together"),
            languages=languages,
            glossary={
                "RCT": "Rhondda Cynon Taf",
                "TAF": "Team Around the Family",
                "Treherbert": "",
                "VAMT": "Voluntary Action Merthyr Tydfil",
            },
        ),
        photos=tuple(photos),
        surfaces=tuple(surfaces),
        notes=tuple(notes),
        arrangement=Arrangement(placements=tuple(placements), sections=tuple(sections), actions=tuple(actions)),
        accounting=Accounting(
            seen=len(notes),
            reported=fates.count("reported"),
            duplicates=fates.count("duplicate"),
            unreadable=fates.count("unreadable"),
            set_aside=fates.count("set aside"),
        ),
        problems=(
            Problem(file="IMG_2399.heic", reason="the file is cut off", remedy="Send the photo again from the phone."),
            Problem(file="IMG_2305.jpg", reason="the photo is blurred", remedy="Look at what was read.", severity="warning"),
        ),
    )


def draw_pictures(event: Event, folder: Path) -> Path:
    """Cleaned pictures and note crops, with EXIF to see that it does not get through."""
    folder.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    exif.get_ifd(0x8825)[1] = "N"
    for surface in event.surfaces:
        texts = [n.text for n in event.notes if n.surface_id == surface.id]
        _draw(texts, surface.size_px).save(folder / surface.picture, exif=exif)
    for note in event.notes:
        if note.doubtful or note.legible != "full":
            _draw([note.text or "~~~~ ~~"], (500, 260)).save(folder / f"note-{note.id}.jpg", exif=exif)
    return folder


def _draw(texts: list[str], size: tuple[int, int]) -> Image.Image:
    picture = Image.new("RGB", size, "#fbfaf5")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=max(22, size[0] // 32))
    columns = max(1, size[0] // 560)
    width = size[0] // columns
    for i, text in enumerate(texts):
        x, y = (i % columns) * width + 20, (i // columns) * 220 + 20
        colour = ("#ffe97a", "#ffb3c7", "#b5e8b0", "#a9d4f5")[i % 4]
        draw.rectangle((x, y, x + width - 40, y + 190), fill=colour, outline="#888888")
        words, rows = text.split(), [""]
        for word in words:
            rows = [*rows[:-1], f"{rows[-1]} {word}"] if len(rows[-1]) + len(word) < 26 else [*rows, word]
        draw.multiline_text((x + 14, y + 12), "\n".join(r.strip() for r in rows), fill="#1b2b6b", font=font)
    return picture
