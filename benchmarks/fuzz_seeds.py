"""What fuzzing begins with: small honest files of each kind, drawn or written here, and one made-up event whose report they are about."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

import pi_heif
from PIL import Image, ImageDraw

from digitise.config import Config
from digitise.corrections import Corrections
from digitise.model import Accounting, Action, Arrangement, Event, EventInfo, Line, Note, Photo, Placement, Problem, Section, Word
from digitise.pipeline import correct_event
from digitise.report import EVENT_REPORT, PHOTO_REPORT, save_base, write_docx
from digitise.report.template_new import list_template_looks, new_template

SIDE_PX = 48
"""Of the pictures: as small as intake takes them with some to spare, so that thousands are decoded in a minute."""
BOX = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
SHEETS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Getting about",
        (("NO BUS AFTER 6PM", "problem"), ("Ask TfW for a later bus by 30 April", "action"), ("Who pays the drivers?", "question")),
    ),
    (
        "Being heard",
        (("“You ring and ring and nobody picks up”", "quote"), ("Walking group works well", "strength"), ("Libary open late", "idea")),
    ),
)
LIMITS = "[limits]\nmegapixels = 2\nfile_mib = 4\npages = 8\nzip_entries = 50\nzip_unpacked_mib = 16\nphotos = 20\n"
"""As an event.toml gives them: low, so that what they allow is decoded quickly, and what gets round them is seen."""


def make_event() -> Event:
    """Two sheets with headings, points of all kinds, an owner and dates, a word in doubt, a point set aside."""
    notes: list[Note] = []
    placements: list[Placement] = []
    sections: list[Section] = []
    actions: list[Action] = []
    photos = tuple(
        Photo(id=f"{k}" * 16, file=f"IMG_{k}.jpg", sha256=f"{k}" * 64, width_px=800, height_px=600) for k in range(1, len(SHEETS) + 1)
    )
    for photo, (title, points) in zip(photos, SHEETS, strict=True):
        section_id = f"sec{photo.id[0]}"
        rows = [(title, "heading"), *points]
        made = [_make_note(photo.id, n, text, role="heading" if kind == "heading" else "note") for n, (text, kind) in enumerate(rows)]
        notes += made
        for note, (_, kind) in zip(made, rows, strict=True):
            duties: dict[str, object] = {"owners": ("TfW",), "due": "by 30 April"} if kind == "action" else {}
            fields: dict[str, object] = {
                "note_id": note.id,
                "kind": "other" if kind == "heading" else kind,
                "section_id": section_id,
            } | duties
            placements.append(Placement.model_validate(fields))
            if kind == "action":
                number, due_date = len(actions) + 1, date(2026, 4, 30)
                action = {"number": number, "note_id": note.id, "text": note.text, "section_id": section_id, "due_date": due_date} | duties
                actions.append(Action.model_validate(action))
        ids = tuple(note.id for note in made[1:])
        sections.append(Section(id=section_id, title=title, title_source="written", title_note_id=made[0].id, note_ids=ids))
    notes.append(_make_note(photos[0].id, 9, "Jo's phone number"))
    placements.append(Placement(note_id=notes[-1].id, fate="set aside"))
    return Event(
        generator="digitise",
        info=EventInfo(title="Bus day", date="14 March 2026", place="Aberdare Library", organisers=("Interlink RCT",), aims=("Listen",)),
        photos=photos,
        surfaces=(),
        notes=tuple(notes),
        arrangement=Arrangement(placements=tuple(placements), sections=tuple(sections), actions=tuple(actions)),
        accounting=Accounting(seen=len(notes), reported=len(notes) - 1, duplicates=0, unreadable=0, set_aside=1),
        problems=(Problem(file="IMG_9.heic", reason="the file is cut off", remedy="Send it again."),),
    )


def _make_note(photo_id: str, n: int, text: str, role: str = "note") -> Note:
    words = tuple(Word(text=word, confidence=0.9, quad=BOX, doubtful=word == "Libary") for word in text.split())
    line = Line(words=words, raw=text, confidence=0.9, quad=BOX, engine="none", language="en")
    fields = {"id": f"{photo_id}-n{n}", "photo_id": photo_id, "outline": BOX, "lines": (line,), "text": text, "order": n, "role": role}
    return Note.model_validate(fields)


def make_report(output: Path, corrections: Corrections | None = None) -> Path:
    """The report of the event in its output folder, with what is kept to read an edited copy back."""
    output.mkdir(parents=True, exist_ok=True)
    event = correct_event(make_event(), corrections or Corrections(), Config())
    out = output / "report.docx"
    write_docx(event, pictures=output / "pictures", template=None, out=out)
    save_base(output, out, event, corrections or Corrections())
    return out


def _draw() -> Image.Image:
    image = Image.new("RGB", (SIDE_PX, SIDE_PX - 8), "grey")
    pen = ImageDraw.Draw(image)
    rng = random.Random(1)
    for _ in range(6):
        pen.line([rng.randrange(SIDE_PX) for _ in range(4)], fill=(rng.randrange(256), 20, 40), width=3)
    return image


def _encode(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    stream = io.BytesIO()
    (image or _draw()).save(stream, kind, **options)
    return stream.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 6, "2026:03:14 10:00:00"
    exif.get_ifd(0x8769).update({0x9003: "2026:03:14 10:00:01", 0x9291: "5"})
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return exif


def make_pictures(_: Path) -> list[bytes]:
    """Each format that is read, plain and with all that may be in one: EXIF, profiles, palettes, deep pixels, several frames."""
    from PIL import ImageCms  # noqa: PLC0415 - only here

    exif, image = _exif(), _draw()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    pages = [image.convert("L"), image.convert("1")]
    return [
        _encode("JPEG", exif=exif, icc_profile=profile),
        _encode("JPEG", image.convert("CMYK"), progressive=True, comment=b"hello"),
        _encode("PNG", exif=exif, icc_profile=profile),
        _encode("PNG", image.convert("P"), transparency=1),
        _encode("PNG", Image.new("I;16", (40, 40), 900)),
        _encode("WEBP", exif=exif),
        _encode("WEBP", image.convert("RGBA"), lossless=True, save_all=True, append_images=[image.convert("RGBA")]),
        _encode("TIFF", exif=exif, save_all=True, append_images=pages, compression="tiff_lzw"),
        _encode("TIFF", image, tiffinfo={254: 0}, compression="raw"),
        _encode("TIFF", Image.new("F", (40, 40), 0.5)),
        _encode("GIF", image.convert("P"), comment=b"hello", save_all=True, append_images=pages),
        _encode("BMP"),
        _encode("BMP", image.convert("P")),
    ]


def make_heifs(_: Path) -> list[bytes]:
    """A HEIC with EXIF, and one with a second picture. pillow_heif, which writes them, is for developers only."""
    import pillow_heif  # noqa: PLC0415 - as above

    made = []
    for count in (1, 2):
        file = cast("pi_heif.HeifFile", pillow_heif.from_pillow(_draw()))
        for _more in range(count - 1):
            file.add_from_pillow(_draw())
        stream = io.BytesIO()
        file.save(stream, exif=_exif().tobytes(), quality=30)
        made.append(stream.getvalue())
    return made


def make_pdfs(_: Path) -> list[bytes]:
    """A scan, and a page by hand with text, a path and a form."""
    page = b"BT /F1 12 Tf 10 10 Td (Hello) Tj ET q 1 0 0 1 5 5 cm 0 0 m 30 30 l S Q /X Do"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 90 90] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> /XObject << /X 7 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /Rotate 90 /MediaBox [0 0 60 90] /Contents [4 0 R 4 0 R] >>",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12 >>\nstream\n0 0 9 9 re f\nendstream",
    ]
    body, places = bytearray(b"%PDF-1.4\n"), []
    for k, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (k, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        table,
        len(parts) + 1,
        len(body),
    )
    return [_encode("PDF"), bytes(body)]


def make_zips(_: Path) -> list[bytes]:
    """A phone's ZIP: folders, photos, what macOS leaves, a text, a stored and a packed member."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("day/", b"")
        archive.writestr("day/a.jpg", _encode("JPEG", exif=_exif()))
        archive.writestr("b.png", _encode("PNG"), zipfile.ZIP_STORED)
        archive.writestr("__MACOSX/._a.jpg", b"\0\5\x16\7")
        archive.writestr("read me.txt", b"hello")
        archive.writestr("café.pdf", make_pdfs(Path())[1])
        archive.comment = b"from a phone"
    return [stream.getvalue()]


def make_settings(_: Path) -> list[bytes]:
    """event.toml with all that it may hold."""
    whole = """
title = "Bus day"
date = 2026-03-14
next_meeting = 2026-05-01
quarters = "financial"
place = "Aberdare"
organisers = ["Interlink", "RCT CBC"]
aims = ["Listen"]
languages = ["en", "cy"]
[glossary]
TfW = "Transport for Wales"
[colours]
yellow = "idea"
[reading]
engine = "auto"
recogniser = "small"
doubtful_below = 0.9
[reading.second_reader]
url = "http://127.0.0.1:11434/v1"
model = "m"
api_key_env = "DIGITISE_KEY"
timeout_s = 30.0
most_notes = 4
[report]
template = "event-report"
languages = ["en"]
outputs = ["report"]
fields = { contact = "Jo" }
[privacy]
names = "initials"
phones = "remove"
emails = "remove"
postcodes = "remove"
people = ["Jo Evans"]
allow = ["Aberdare"]
[[rounds]]
name = "Round 1"
question = "What?"
photos = ["IMG_1.jpg", "table*.jpg"]
starts = 10:30:00
ends = 11:00:00
"""
    return [whole.encode(), LIMITS.encode(), b'date = "14 and 15 March"\nlanguages = ["cy"]\n', b'[privacy]\nnames = "remove"\n']


def make_corrections(_: Path) -> list[bytes]:
    """One edit of each kind, about notes and sections that are there."""
    notes = [n.id for n in make_event().notes]
    section, other = ({"id": f"sec{k}", "title": SHEETS[k - 1][0], "note_ids": notes[4 * k - 4 : 4 * k]} for k in (1, 2))
    edits: list[dict[str, object]] = [
        {"what": "wording", "note_id": notes[1], "of": "report", "text": "No bus at night", "base": "NO BUS AFTER 6PM"},
        {"what": "word", "note_id": notes[7], "base": "Libary", "text": "Library"},
        {"what": "kind", "note_id": notes[3], "kind": "idea", "base": "question"},
        {"what": "owners", "note_id": notes[2], "owners": ["Cllr Rhys"], "base": ["TfW"]},
        {"what": "due", "note_id": notes[2], "due": "1 May 2026", "base": "by 30 April"},
        {"what": "fate", "note_id": notes[6], "fate": "set aside", "base": "reported"},
        {"what": "move", "note_id": notes[5], "section": section, "after": notes[1], "base": "sec2"},
        {"what": "title", "section": section, "title": "Buses", "base": "Getting about"},
        {"what": "chapter", "section": other, "chapter": "other"},
        {"what": "new section", "section_id": "ownsec", "title": "More", "chapter": "said"},
        {"what": "order", "sections": [other, section]},
        {"what": "split", "note_id": notes[3], "parts": ["Who pays?", "The drivers"], "base": "Who pays the drivers?"},
        {"what": "join", "note_id": notes[5], "others": [notes[6]], "text": "Both", "base": ""},
        {"what": "note", "note_id": "ownnote", "text": "Ask Jo", "kind": "action", "owners": ["Jo"], "photo_id": "1" * 16, "outline": BOX},
        {"what": "info", "field": "organisers", "value": "A, B", "base": "Interlink RCT"},
        {"what": "paragraph", "paragraph_id": "own1", "style": "body", "runs": [{"text": "Hello", "bold": True}], "after": ["start"]},
        {"what": "passage", "base": "Summary", "runs": [{"text": "In short"}]},
    ]
    merge: list[dict[str, object]] = [{"what": "merge sections", "section": other, "into": section}]
    notes_kept = [{"note_id": f"{'1' * 16}-n7", "photo_id": "1" * 16, "outline": BOX, "text": "gone", "section": section}]
    back: list[dict[str, object]] = [{"what": "wording", "note_id": f"{'1' * 16}-n7", "text": "back", "base": "gone"}]
    unmerged = [{"id": "own2", "reason": "conflict", "yours": "mine", "other": "theirs", "where": "here"}]
    return [
        Corrections.model_validate({"edits": found, "notes": kept, "unmerged": unmerged, "seen": ["own3"]}).model_dump_json().encode()
        for found, kept in ((edits, []), (merge, []), (back, notes_kept))
    ]


def make_notes(_: Path) -> list[bytes]:
    """notes.json of the event."""
    return [make_event().model_dump_json().encode()]


def make_documents(folder: Path) -> list[bytes]:
    """The report as it was written."""
    return [make_report(folder / "seed").read_bytes()]


def make_templates(folder: Path) -> list[bytes]:
    """A template of each kind that the program makes."""
    made = []
    for k, kind in enumerate((EVENT_REPORT, PHOTO_REPORT)):
        new_template(folder / f"{k}.docx", look=list_template_looks()[k], kind=kind)
        made.append((folder / f"{k}.docx").read_bytes())
    return made


MakeSeeds = Callable[[Path], list[bytes]]
