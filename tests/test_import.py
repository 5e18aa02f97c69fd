"""`digitise import`: what is refused and why, what is read from documents that other programs saved, what the command says."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from conftest import Run
from docx.oxml.ns import qn
from report_demo import demo_event, draw_pictures

from digitise.config import Config
from digitise.corrections import Corrections, corrections_path, load_corrections
from digitise.errors import DigitiseError, NoInputError, UsageError
from digitise.events import PICTURES, Plan, write_outputs
from digitise.importing import import_report
from digitise.model import Event
from digitise.pipeline import correct_event
from digitise.report.docx_reading import read_docx

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

EVENT = demo_event()


def write(event: Event, folder: Path) -> Path:
    """What `digitise report` does once the photos are read; returns the report."""
    corrections = load_corrections(corrections_path(folder))
    plan = Plan(folder=folder, output=folder / "report", config=Config(), template=None, sources=(), problems=(), corrections=corrections)
    files = write_outputs(correct_event(event, corrections, Config()), plan)
    return plan.output / files["report"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "day"
    folder.mkdir()
    write(EVENT, folder)
    return folder


@pytest.fixture
def day(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "day"))


def edit(report: Path, change: Callable[[docx.document.Document], None], target: Path | None = None) -> Path:
    document = docx.Document(str(report))
    change(document)
    document.save(str(target or report))
    return target or report


def find(document: docx.document.Document, words: str) -> docx.text.paragraph.Paragraph:
    return next(p for p in document.paragraphs if words in p.text)


def repack(source: Path, target: Path, parts: dict[str, bytes | None]) -> Path:
    """A copy of a package with parts exchanged, added or (None) left out."""
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in package.namelist():
            if name not in parts:
                copy.writestr(name, package.read(name))
        for name, data in parts.items():
            if data is not None:
                copy.writestr(name, data)
    return target


def bring(day: Path, document: Path, **more: object) -> tuple[tuple[str, ...], Corrections]:
    outcome = import_report(day, document, output=day / "report", template=None, **more)  # type: ignore[arg-type]
    return outcome.changes, load_corrections(corrections_path(day))


def test_an_untouched_report_has_no_edits(day: Path) -> None:
    changes, kept = bring(day, day / "report" / "report.docx")
    assert (changes, kept) == ((), Corrections())
    assert not corrections_path(day).exists()


def test_a_report_saved_by_python_docx_untouched_has_no_edits(day: Path) -> None:
    report = edit(day / "report" / "report.docx", lambda document: None)
    assert bring(day, report) == ((), Corrections())


@pytest.mark.parametrize("languages", [("cy",), ("cy", "en")])
def test_reports_in_welsh_and_in_both_languages(languages: tuple[str, ...], tmp_path: Path) -> None:
    report = write(demo_event(languages=languages), tmp_path)
    assert bring(tmp_path, report) == ((), Corrections())

    def change(d: docx.document.Document) -> None:
        run = next(r for p in d.paragraphs for r in p.runs if "VAMT" in r.text)
        run.text = run.text.replace("VAMT", "Menter Iaith")
        bid = find(d, "Write one bid")
        bid.insert_paragraph_before("Share the vans", style=bid.style)
        organisers = next(r for p in d.paragraphs for r in p.runs if "Interlink RCT" in r.text)
        organisers.text = organisers.text.replace("Interlink RCT", "Interlink")

    edit(report, change)
    assert set(bring(tmp_path, report)[0]) == {
        "owner of “Share one booking list for halls”: Menter Iaith",
        "new action: “Share the vans”",
        "organisers: “Interlink RCT, Rhondda Cynon Taf County Borough Council” -> “Interlink, Rhondda Cynon Taf County Borough Council”",
    }


def test_a_dry_run_writes_nothing(day: Path) -> None:
    report = edit(day / "report" / "report.docx", lambda d: find(d, "Parking").runs[0].__setattr__("text", "Parking at the hall"))
    before = {p: p.read_bytes() for p in day.rglob("*") if p.is_file()}
    changes, _ = bring(day, report, dry_run=True)
    assert changes == ("wording: “Parking” -> “Parking at the hall”",)
    assert {p: p.read_bytes() for p in day.rglob("*") if p.is_file()} == before


def test_the_plan_says_the_words_as_they_stood_in_the_document(day: Path) -> None:
    """The sheet says LACK OF SUPPORT FOR FAMILIES; the chapter and the plan do not shout."""

    def change(d: docx.document.Document) -> None:
        run = next(r for p in d.paragraphs for r in p.runs if "Lack of support for families" in r.text)
        run.text = run.text.replace("support", "suport")
        heading = next(p for p in d.paragraphs if p.text == "Mental health support" and p.runs)
        heading.runs[0].text = "Mental health and us"

    changes, _ = bring(day, edit(day / "report" / "report.docx", change))
    assert set(changes) == {
        "wording: “Lack of support for families” -> “Lack of suport for families”",
        "heading: “Mental health support” -> “Mental health and us”",
    }


def test_the_next_report_takes_the_place_of_the_one_that_was_read_back(day: Path) -> None:
    report = edit(day / "report" / "report.docx", lambda d: find(d, "Parking").runs[0].__setattr__("text", "Parking at the hall"))
    edited = report.read_bytes()
    outcome = import_report(day, report, output=day / "report", template=None, author="Anna")
    assert outcome.copy_name == "report-edited-1.docx"
    assert (day / "report" / outcome.copy_name).read_bytes() == edited
    assert write(EVENT, day).name == "report.docx"
    assert "Parking at the hall" in [b.text.replace("\u00a0[6]", "") for b in read_docx(report).blocks]
    (kept,) = load_corrections(corrections_path(day)).edits
    assert kept.author == "Anna"


def test_edits_of_a_document_that_was_edited_further_replace_its_earlier_ones(day: Path) -> None:
    report = day / "report" / "report.docx"
    mine = day / "mine.docx"
    edit(report, lambda d: find(d, "Parking").insert_paragraph_before("A first thought", style="List Bullet"), mine)
    bring(day, mine)
    edit(mine, lambda d: find(d, "A first thought").runs[0].__setattr__("text", "A second thought"))
    _, kept = bring(day, mine)
    assert [e.text for e in kept.edits if e.what == "note"] == ["A second thought"]


def test_a_photo_report_comes_back_too(day: Path) -> None:
    outputs = Config.model_validate({"report": {"outputs": ["report", "photo-report"]}})
    plan = Plan(folder=day, output=day / "report", config=outputs, template=None, sources=(), problems=())
    photos = day / "report" / write_outputs(EVENT, plan)["photo-report"]
    assert bring(day, photos) == ((), Corrections())

    def change(d: docx.document.Document) -> None:
        texts = [t for t in d.element.body.iter(qn("w:t")) if t.text == "GARDENS"]
        texts[0].text = "GARDEN"

    edit(photos, change)
    assert bring(day, photos)[0] == ("wording: “GARDENS” -> “GARDEN”",)


def test_two_people_edit_copies_of_one_report(day: Path) -> None:
    report = day / "report" / "report.docx"
    edit(report, lambda d: find(d, "Parking").runs[0].__setattr__("text", "Parking is dear"), day / "anna.docx")

    def change(d: docx.document.Document) -> None:
        find(d, "Parking").runs[0].text = "Parking is full"
        find(d, "Food bank").runs[0].text = "Food bank helpers are brilliant"

    edit(report, change, day / "ben.docx")
    bring(day, day / "anna.docx")
    outcome = import_report(day, day / "ben.docx", output=day / "report", template=None)
    assert len(outcome.unmerged) == 1 and "Parking is full" in outcome.unmerged[0]
    texts = [b.text for b in read_docx(write(EVENT, day)).blocks]
    assert any("Parking is dear" in t for t in texts) and any("Food bank helpers" in t for t in texts)
    assert "Parking is full" in texts[texts.index("Edits to check") :], "listed, not lost"

    def settle(d: docx.document.Document) -> None:
        table = d.tables[-1]
        for row in table.rows[1:]:
            table._tbl.remove(row._tr)

    edit(report, settle)
    assert import_report(day, report, output=day / "report", template=None).unmerged == ()
    assert "Edits to check" not in [b.text for b in read_docx(write(EVENT, day)).blocks]


def test_what_cannot_be_kept_is_listed(day: Path) -> None:
    report = day / "report" / "report.docx"
    picture = day / "report" / PICTURES / "own.png"
    draw_pictures(EVENT, day / "report" / PICTURES)
    shutil.copy(next((day / "report" / PICTURES).glob("*.jpg")), picture)

    def change(d: docx.document.Document) -> None:
        d.add_picture(str(picture))
        d.tables[0].rows[1].cells[0].paragraphs[0].runs[0].text = "99"
        own = d.add_table(1, 1)
        own.rows[0].cells[0].text = "Written into a table of my own"
        d.add_comment(d.paragraphs[0].runs[0], text="Is this right?", author="Anna")

    edit(report, change)
    outcome = import_report(day, report, output=day / "report", template=None)
    listed = "\n".join(outcome.unmerged)
    assert "99 (beside: 10)" in listed and "Written into a table of my own" in listed and "Is this right?" in listed and "Picture" in listed
    texts = [b.text for b in read_docx(write(EVENT, day)).blocks]
    assert "Is this right?" in texts[texts.index("Edits to check") :]


def test_deleting_only_the_transcript_or_the_row_of_an_action_is_listed(day: Path) -> None:
    report = day / "report" / "report.docx"

    def change(d: docx.document.Document) -> None:
        table = next(t for t in d.tables if any("Write one bid" in c.text for r in t.rows for c in r.cells) and len(t.columns) > 4)
        row = next(r for r in table.rows if "Write one bid" in r.cells[1].text)
        row._tr.getparent().remove(row._tr)

    edit(report, change)
    outcome = import_report(day, report, output=day / "report", template=None)
    assert outcome.edits == 0 and any("Write one bid together" in u for u in outcome.unmerged)


def test_bookmarks_that_ended_inside_a_word_are_read_whole(day: Path) -> None:
    report = day / "report" / "report.docx"

    def change(d: docx.document.Document) -> None:
        run = find(d, "Parking").runs[0]._r
        end = run.getnext()
        assert end.tag == qn("w:bookmarkEnd")
        tail = docx.oxml.parse_xml(run.xml if hasattr(run, "xml") else "")
        run.find(qn("w:t")).text, tail.find(qn("w:t")).text = "Park", "ing"
        end.addnext(tail)

    edit(report, change)
    assert "Parking" in [b.under(m) for b in read_docx(report).blocks for m in b.marks]
    assert bring(day, report)[0] == ()


def test_the_store_was_deleted_but_notes_json_is_there(day: Path) -> None:
    report = edit(day / "report" / "report.docx", lambda d: find(d, "Parking").runs[0].__setattr__("text", "Parking at the hall"))
    shutil.rmtree(day / "report" / ".digitise")
    assert bring(day, report)[0] == ("wording: “Parking” -> “Parking at the hall”",)


def refuse(day: Path, document: Path) -> DigitiseError:
    before = {p: p.read_bytes() for p in day.rglob("*") if p.is_file()}
    with pytest.raises(DigitiseError) as e:
        import_report(day, document, output=day / "report", template=None)
    assert {p: p.read_bytes() for p in day.rglob("*") if p.is_file()} == before, "nothing is written"
    assert str(document) in str(e.value) and e.value.remedy
    return e.value


def test_documents_that_are_no_report_of_this_event(day: Path, tmp_path: Path) -> None:
    report = day / "report" / "report.docx"
    assert isinstance(refuse(day, tmp_path / "gone.docx"), NoInputError)
    plain = tmp_path / "letter.docx"
    docx.Document().save(str(plain))
    assert "none of its bookmarks" in refuse(day, plain).reason
    other = tmp_path / "other"
    other.mkdir()
    photos = [p.model_copy(update={"id": f"ff{p.id[2:]}"}) for p in EVENT.photos]
    notes = [n.model_copy(update={"id": f"q{n.id}", "photo_id": f"ff{n.photo_id[2:]}"}) for n in EVENT.notes]
    places = [
        p.model_copy(update={"note_id": f"q{p.note_id}", "duplicate_of": None, "fate": "reported"}) for p in EVENT.arrangement.placements
    ]
    arrangement = EVENT.arrangement.model_copy(update={"placements": tuple(places), "sections": (), "actions": ()})
    another = EVENT.model_copy(update={"photos": tuple(photos), "notes": tuple(notes), "arrangement": arrangement, "surfaces": ()})
    assert "another event" in refuse(day, write(another, other)).reason
    shutil.rmtree(day / "report" / ".digitise")
    (day / "report" / "notes.json").unlink()
    assert "no report has been written" in refuse(day, report).reason


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda p: p.write_bytes(b"PK\x03\x04 not really"), "damaged"),
        (lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), "password"),
        (lambda p: p.write_bytes(p.read_bytes()[:5000]), "damaged"),
        (lambda p: p.write_bytes(b""), "not a Word document"),
        (lambda p: repack(shutil.copy(p, f"{p}.a"), p, {"word/document.xml": None}), "not a Word document"),
        (lambda p: repack(shutil.copy(p, f"{p}.a"), p, {"word/vbaProject.bin": b"x"}), "macros"),
        (lambda p: repack(shutil.copy(p, f"{p}.a"), p, {"word/document.xml": b"<w:document"}), "no XML"),
        (lambda p: repack(shutil.copy(p, f"{p}.a"), p, {"word/document.xml": b" " * 100_000_001}), "too large"),
        (
            lambda p: repack(
                shutil.copy(p, f"{p}.a"), p, {"word/document.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}
            ),
            "document type",
        ),
    ],
)
def test_damaged_and_hostile_documents(day: Path, tmp_path: Path, damage: Callable[[Path], object], says: str) -> None:
    document = tmp_path / "came-by-mail.docx"
    shutil.copy(day / "report" / "report.docx", document)
    damage(document)
    error = refuse(day, document)
    assert isinstance(error, UsageError) and says in error.reason


def test_a_document_without_its_name_is_compared_with_the_newest_report(day: Path, tmp_path: Path) -> None:
    nameless = repack(day / "report" / "report.docx", tmp_path / "nameless.docx", {})
    document = docx.Document(str(nameless))
    package = document.part.package
    for key in [k for k, rel in package.rels.items() if rel.reltype.endswith("/custom-properties")]:
        del package.rels[key]
    find(document, "Parking").runs[0].text = "Parking at the hall"
    document.save(str(nameless))
    outcome = import_report(day, nameless, output=day / "report", template=None)
    assert outcome.changes == ("wording: “Parking” -> “Parking at the hall”",)
    assert any("lost its name" in r for r in outcome.remarks)


def test_a_damaged_file_of_corrections_stops_before_anything_is_written(day: Path) -> None:
    corrections_path(day).write_text("{", encoding="utf-8")
    with pytest.raises(DigitiseError, match=r"corrections\.json"):
        import_report(day, day / "report" / "report.docx", output=day / "report", template=None)
    assert corrections_path(day).read_text(encoding="utf-8") == "{"


def test_the_command(event: Path, run: Run) -> None:
    report = event / "report" / "report.docx"
    edit(report, lambda d: find(d, "Open the hall").add_run(" and holidays"))
    dry = run("import", event, report, "--dry-run")
    assert dry.code == 0 and "would be new" in dry.err and not corrections_path(event).exists()
    done = run("import", event, report, "--json", "--author", "Anna")
    assert done.code == 0, done.err
    assert json.loads(done.out)["copy_name"] == "report-edited-1.docx"
    assert "report-edited-1.docx" in done.err
    again = run("import", event, report)
    assert "Nothing new" in again.err
    made = run("report", event, "--jobs", "1")
    assert made.code == 0, made.err
    assert "of yours kept" in made.err and "report-new" not in made.err
    assert any("and holidays" in b.text for b in read_docx(report).blocks)
    assert run("import", event, event / "a.jpg").code == 2
    assert run("import", event / "gone", report).code == 3
