"""The round trip that a report writer makes: edits of all kinds in a real LibreOffice, read back, and a new report with new photos."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from libreoffice import call, edit_in_libreoffice
from report_demo import demo_event, draw_pictures, make_note, make_photo

from digitise.config import Config
from digitise.corrections import corrections_path, load_corrections
from digitise.events import PICTURES, Plan, write_outputs
from digitise.importing import ImportOutcome, import_report
from digitise.model import Event, Placement, Section
from digitise.pipeline import correct_event
from digitise.report.docx_reading import ReadBlock, Reading, read_docx


def name(photo: int, n: int, place: str = "n") -> str:
    return f"{place}_{photo:02d}ab12cd34ef56ab_n{n:03d}"


def note_id(photo: int, n: int) -> str:
    return f"{photo:02d}ab12cd34ef56ab-n{n:03d}"


EDITS: dict[str, list[str]] = {
    "sections in another order": [
        call("MoveParagraph", "s_sec1", name(2, 7), True),
        call("MoveParagraph", name(1, 1), "s_sec1", True),
        call("MoveParagraph", name(1, 5), name(1, 1), True),
        call("MoveParagraph", name(1, 6), name(1, 5), True),
        call("MoveParagraph", name(1, 7), name(1, 6), True),
        call("MoveParagraph", name(1, 9), name(1, 7), True),
        call("MoveParagraph", name(1, 8), name(1, 9), True),
    ],
    "a doubtful word put right in a sentence": [call("ReplaceIn", name(3, 2), "two", "ten")],
    "an action reworded": [call("ReplaceIn", name(1, 7), "already offers", "can offer")],
    "words typed behind a point": [call("TypeBehind", name(2, 8), " on Thursdays")],
    "a line of the photo record put right": [call("ReplaceIn", name(8, 4, "r"), "GARDENS", "GARDEN")],
    "an owner in the chapter": [call("ReplaceIn", name(5, 3), "VAMT", "Interlink RCT")],
    "an owner in the register": [call("SetCell", name(5, 5, "t"), 3, "Cllr Jones")],
    "a date in the register": [call("SetCell", name(2, 5, "t"), 4, "15 April 2026")],
    "a date in the chapter": [call("ReplaceIn", name(5, 4), "30 April 2026", "31 May 2026")],
    "a point deleted": [call("DeleteParagraph", name(3, 6))],
    "a point moved with its bookmark": [call("MoveParagraph", name(2, 7), name(3, 5), True)],
    "a point moved as plain text": [call("MoveParagraph", name(5, 6), name(2, 8), False)],
    "an idea made an action": [call("MoveParagraph", name(2, 6), name(2, 4), True)],
    "a section renamed": [call("ReplaceIn", "s_sec3", "Getting about", "Transport")],
    "an action typed": [call("NewParagraph", name(3, 4), "Ring the council about the lift", "", "")],
    "a new section with a typed point": [
        call("NewParagraph", name(7, 1), "Our next steps", "Heading 2", ""),
        call("NewParagraphAtText", "Our next steps", "Meet again in June", "List Bullet", ""),
    ],
    "two sections joined": [call("DeleteParagraph", "s_sec4")],
    "a point split in two": [call("SplitAt", name(6, 3), "not only")],
    "two points joined": [call("JoinWithNext", name(3, 3))],
    "a paragraph with a bold word": [
        call("NewParagraphAtText", "Agree actions that groups", "We thank everybody who came, and the library.", "Text body", "everybody")
    ],
    "the title": [call("ReplaceText", "health and wellbeing in the Cynon Valley", "what we heard in Aberdare")],
    "the place": [call("ReplaceText", "Aberdare Library", "Aberdare Library, upstairs")],
    "a sentence of the program's": [call("ReplaceText", "Aims of the event:", "What we wanted:")],
    "a caption": [call("ReplaceText", "Visual minutes, from photo 8", "Drawn live by Anna, from photo 8")],
    "a row typed into the register": [call("NewRow", "a_1", "Publish this report", "Interlink", "by end of May")],
    "a chapter taken out": [call("DropChapterWithTable", "Names and abbreviations", "Team Around the Family")],
    "a tracked change": ["doc.RecordChanges = True", call("ReplaceIn", name(6, 1), "brilliant", "wonderful"), "doc.RecordChanges = False"],
}


def write(event: Event, folder: Path) -> Reading:
    """What `digitise report` does once the photos are read."""
    corrected = correct_event(event, load_corrections(corrections_path(folder)), Config())
    plan = Plan(
        folder=folder,
        output=folder / "report",
        config=Config(),
        template=None,
        sources=(),
        problems=(),
        corrections=load_corrections(corrections_path(folder)),
    )
    draw_pictures(event, plan.output / PICTURES)
    files = write_outputs(corrected, plan)
    return read_docx(plan.output / files["report"])


def with_two_photos(event: Event) -> Event:
    """The same event when two more photos have come in, and one note of the old ones is read otherwise."""
    photos = (*event.photos, make_photo(11, "IMG_2330.jpg"), make_photo(12, "IMG_2331.jpg"))
    new = [
        make_note(photos[-2].id, 0, "Pavements are broken"),
        make_note(photos[-2].id, 1, "Dropped kerbs at every crossing"),
        make_note(photos[-1].id, 0, "Allotments for every street"),
    ]
    again = {note_id(2, 8): "Library coffee evenings"}
    notes = [n.model_copy(update={"text": again.get(n.id, n.text)}) for n in event.notes]
    more = [Placement(note_id=new[0].id, kind="problem", section_id="sec3"), Placement(note_id=new[1].id, kind="idea", section_id="sec3")]
    sections = [
        s.model_copy(update={"note_ids": (*s.note_ids, new[0].id, new[1].id)}) if s.id == "sec3" else s for s in event.arrangement.sections
    ]
    sections.append(Section(id="sec9", title="Green things", title_source="proposed", note_ids=(new[2].id,)))
    arrangement = event.arrangement.model_copy(
        update={
            "placements": (*event.arrangement.placements, *more, Placement(note_id=new[2].id, kind="idea", section_id="sec9")),
            "sections": tuple(sections),
        }
    )
    return event.model_copy(update={"photos": photos, "notes": (*notes, *new), "arrangement": arrangement})


class Book:
    """A reading, asked as a person would: what stands under which heading."""

    def __init__(self, reading: Reading) -> None:
        self.blocks = reading.blocks

    def texts(self) -> list[str]:
        return [block.text.replace("\u00a0", " ") for block in self.blocks]

    def find(self, words: str) -> ReadBlock:
        return next(block for block in self.blocks if words in block.text.replace("\u00a0", " "))

    def has(self, words: str) -> bool:
        return any(words in text for text in self.texts())

    def under(self, heading: str) -> list[str]:
        """Texts from a heading to the next one of its level or above, outside of tables."""
        at = next(k for k, block in enumerate(self.blocks) if block.level and block.text == heading)
        found = []
        for block in self.blocks[at + 1 :]:
            if 0 < block.level <= self.blocks[at].level:
                break
            found += [block.text.replace("\u00a0", " ")] if block.table < 0 else []
        return found

    def row(self, words: str) -> list[str]:
        cell = next(b for b in self.blocks if b.table >= 0 and words in b.text)
        return [b.text for b in self.blocks if (b.table, b.row) == (cell.table, cell.row)]


class After(NamedTuple):
    """What the round trip left."""

    folder: Path
    report: Path
    book: Book
    outcome: ImportOutcome


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> After:
    folder = tmp_path_factory.mktemp("event") / "health-day"
    folder.mkdir()
    write(demo_event(), folder)
    report = folder / "report" / "report.docx"
    steps = [step for steps in EDITS.values() for step in steps]
    edit_in_libreoffice(report, report, steps, tmp_path_factory.mktemp("profile"))
    outcome = import_report(folder, report, output=folder / "report", template=None)
    return After(folder, report, Book(write(with_two_photos(demo_event()), folder)), outcome)


def found(book: Book, edit: str) -> bool:
    """Whether an edit is in the new report, where it belongs."""
    isolation, transport = book.under("Isolation + loneliness"), book.under("Transport")
    said = " ".join(book.texts())
    sections = [b.text for b in book.blocks if b.level == 2]
    wanted = [sections.index(title) for title in ("Isolation + loneliness", "Mental health support", "Transport", "Our next steps")]
    answers = {
        "sections in another order": wanted == sorted(wanted),
        "a doubtful word put right in a sentence": "“Taxi cards only work with ten firms”" in transport[0] and "two firms" not in said,
        "an action reworded": "what each GP surgery can offer" in said and book.has("Map what each GP surgery already offers"),
        "words typed behind a point": any("Library coffee mornings on Thursdays [2]" in t for t in isolation),
        "a line of the photo record put right": book.find("GARDEN").text.startswith("GARDEN") and "GARDENS" not in said,
        "an owner in the chapter": "(Owner: Interlink RCT; Due: asap)" in said and book.row("Share one booking list")[2] == "Interlink RCT",
        "an owner in the register": book.row("Find out who owns")[2] == "Cllr Jones" and "(Owner: Cllr Jones)" in said,
        "a date in the register": book.row("phone circle")[3] == "15 April 2026" and "phone circle (Due: 15 April 2026)" in said,
        "a date in the chapter": book.row("Write one bid")[3] == "31 May 2026" and "Due: 31 May 2026)" in said,
        "a point deleted": "Could pharmacies deliver" not in said and book.row("Set aside")[1] == "2",
        "a point moved with its bookmark": any("Who pays the drivers? [2]" in t for t in transport),
        "a point moved as plain text": any("Repair café could share its room [5]" in t for t in isolation),
        "an idea made an action": book.row("community minibus")[0] == "A2" and isolation[2].startswith("A2"),
        "a section renamed": "Getting about" not in sections,
        "an action typed": any("Ring the council about the lift" in t and t.startswith("A") for t in transport),
        "a new section with a typed point": book.under("Our next steps") == ["Meet again in June"],
        "two sections joined": "Gwasanaethau Cymraeg" not in sections and any("Menter Iaith i drefnu" in t for t in transport),
        "a point split in two": "A directory on paper, [6]" in said and "Not only online [6]" in said,
        "two points joined": any("(Cllr Rhys) Volunteers to drive people to surgery" in t for t in transport),
        "a paragraph with a bold word": book.under("Background and aims")[-1] == "We thank everybody who came, and the library."
        and [r.text for r in book.find("We thank everybody").runs if r.bold] == ["everybody"],
        "the title": book.blocks[0].text == "Connecting Communities: what we heard in Aberdare",
        "the place": book.blocks[1].text == "14 March 2026 · Aberdare Library, upstairs",
        "a sentence of the program's": book.under("Background and aims")[0] == "What we wanted:",
        "a caption": book.has("Figure 1: Drawn live by Anna, from photo 8."),
        "a row typed into the register": book.row("Publish this report")[2:4] == ["Interlink", "by end of May (31 May 2026)"],
        "a chapter taken out": "Names and abbreviations" not in said,
        "a tracked change": "Food bank volunteers are wonderful" in said,
    }
    return answers[edit]


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_is_in_the_new_report(after: After, edit: str) -> None:
    assert found(after.book, edit)


@pytest.mark.slow
def test_new_photos_come_in_and_no_note_is_lost(after: After) -> None:
    assert any("“Pavements are broken” [11]" in t for t in after.book.under("Transport"))
    assert any("Dropped kerbs at every crossing [11]" in t for t in after.book.under("Transport"))
    assert after.book.under("Green things") == ["Allotments for every street [12]"]
    printed = " ".join(" ".join(after.book.texts()).lower().split())
    kept = {"Could pharmacies deliver?", "Library coffee evenings", "Taxi cards only work with two firms", "GARDENS", "Jo's phone number"}
    for note in with_two_photos(demo_event()).notes:
        words = " ".join(note.text.split())
        assert note.text in kept or words.lower() in printed or "directory on paper" in words or "brilliant" in words, note.text


@pytest.mark.slow
def test_a_stale_edit_is_kept_and_shown(after: After) -> None:
    assert after.book.row("Library coffee evenings")[:3] == ["wording: Library coffee mornings on Thursdays"] or after.book.has(
        "the photo is read differently now"
    )
    with zipfile.ZipFile(after.report) as package:
        assert "Library coffee evenings" in package.read("word/comments.xml").decode()


@pytest.mark.slow
def test_nothing_is_left_over_and_the_edited_report_is_kept(after: After) -> None:
    assert not after.outcome.unmerged
    assert "Tracked changes were read as accepted." in after.outcome.remarks
    assert after.outcome.copy_name == "report-edited-1.docx"
    assert Book(read_docx(after.folder / "report" / "report-edited-1.docx")).has("Meet again in June")
    assert not (after.folder / "report" / "report-new.docx").exists()


@pytest.mark.slow
def test_reading_the_same_document_again_changes_nothing(after: After) -> None:
    before = corrections_path(after.folder).read_bytes()
    kept = after.folder / "report" / "report-edited-1.docx"
    again = shutil.copy(kept, after.folder / "report.docx")
    outcome = import_report(after.folder, Path(again), output=after.folder / "report", template=None)
    assert outcome.changes == ()
    assert corrections_path(after.folder).read_bytes() == before


@pytest.mark.slow
def test_the_new_report_saved_by_libreoffice_untouched_has_no_edits(after: After, tmp_path: Path) -> None:
    saved = tmp_path / "saved.docx"
    edit_in_libreoffice(after.report, saved, [], tmp_path / "profile")
    outcome = import_report(after.folder, saved, output=after.folder / "report", template=None, dry_run=True)
    assert (outcome.changes, outcome.unmerged) == ((), ())


def own(book: Book, words: str) -> str:
    """Bookmark of a paragraph that has some words."""
    return next(m.name for m in book.find(words).marks if m.name[0] in "nwx")


@pytest.fixture(scope="module")
def later(after: After, tmp_path_factory: pytest.TempPathFactory) -> After:
    """The new report edited once more: what people wrote before is edited, taken back and settled."""
    folder, book = after.folder, after.book
    steps = [
        call("ReplaceIn", own(book, "We thank everybody"), "and the library", "and the library above all"),
        call("ReplaceIn", own(book, "What we wanted:"), "What we wanted:", "Why we met:"),
        call("ReplaceIn", own(book, "Meet again in June"), "June", "July"),
        call("DeleteParagraph", own(book, "Ring the council about the lift")),
        call("NewParagraph", name(3, 5), "Could pharmacies deliver?", "", ""),
        call("ReplaceIn", "s_sec3", "Transport", "Transport and roads"),
        call("ReplaceIn", name(2, 8), "Thursdays", "Fridays"),
        call("ReplaceIn", name(5, 3), "Interlink RCT", "the library"),
        call("MoveParagraph", name(2, 7), name(2, 8), True),
        call("DeleteRow", next(m.name for b in book.blocks for m in b.marks if m.name.startswith("e_"))),
    ]
    edit_in_libreoffice(after.report, after.report, steps, tmp_path_factory.mktemp("profile"))
    outcome = import_report(folder, after.report, output=folder / "report", template=None)
    return After(folder, after.report, Book(write(with_two_photos(demo_event()), folder)), outcome)


@pytest.mark.slow
def test_edits_are_edited_taken_back_and_settled(later: After) -> None:
    book = later.book
    assert book.under("Background and aims") == [
        "Why we met:",
        "Hear what gets in the way of good health",
        "Agree actions that groups and services take together",
        "We thank everybody who came, and the library above all.",
    ]
    assert book.under("Our next steps") == ["Meet again in July"]
    assert not book.has("Ring the council about the lift")
    assert any("Could pharmacies deliver? [3]" in t for t in book.under("Transport and roads")), "the note itself is back"
    assert any("Library coffee mornings on Fridays" in t for t in book.under("Isolation + loneliness"))
    assert any("Who pays the drivers?" in t for t in book.under("Isolation + loneliness"))
    assert book.row("Share one booking list")[2] == "the library", "as it was typed"
    assert not book.has("Edits to check"), "the row was deleted"
    assert later.outcome.unmerged == ()
    assert book.has("Map what each GP surgery can offer") and book.has("GARDEN"), "earlier edits stay"
