"""The Word file, parsed: identity, accessibility, same bytes, hostile input."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from conftest import share
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image
from report_demo import demo_event, draw_pictures, make_note, make_photo
from test_report_compose import small_event

from digitise.errors import OutputError
from digitise.model import Action, Arrangement, EventInfo, Placement, Section
from digitise.report import compose_report, write_docx
from digitise.report.blocks import Bullet, Heading, Picture, Span, Spread, Table, flatten, spans

EVENT = demo_event()
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_pictures(EVENT, tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> Path:
    out = tmp_path_factory.mktemp("report") / "report.docx"
    write_docx(EVENT, pictures=pictures, template=None, out=out)
    return out


def part(path: Path, name: str) -> etree._Element:
    with zipfile.ZipFile(path) as package:
        return etree.fromstring(package.read(name))


def bookmark_texts(path: Path) -> dict[str, str]:
    """Text between the start and end of each bookmark."""
    opened: dict[str, str] = {}
    texts: dict[str, str] = {}
    for element in part(path, "word/document.xml").iter():
        if element.tag == f"{W}bookmarkStart":
            name = element.get(f"{W}name")
            opened[element.get(f"{W}id")] = name
            texts[name] = ""
        elif element.tag == f"{W}bookmarkEnd":
            opened.pop(element.get(f"{W}id"), None)
        elif element.tag == f"{W}t":
            for name in opened.values():
                texts[name] += element.text or ""
    return texts


def test_every_note_stands_in_its_own_bookmark(report: Path) -> None:
    texts = bookmark_texts(report)
    for span in spans(compose_report(EVENT)):
        assert texts[span.anchor] == span.text
    root = part(report, "word/document.xml")
    starts = [b.get(f"{W}name") for b in root.iter(f"{W}bookmarkStart")]
    ids = [b.get(f"{W}id") for b in root.iter(f"{W}bookmarkStart")]
    assert len(starts) == len(set(starts))
    assert len(ids) == len(set(ids)) == len(list(root.iter(f"{W}bookmarkEnd")))


def test_links_lead_to_bookmarks(report: Path) -> None:
    names = set(bookmark_texts(report))
    targets = [h.get(f"{W}anchor") for h in part(report, "word/document.xml").iter(f"{W}hyperlink")]
    assert targets
    assert set(targets) <= names


def test_figures_are_referred_to_by_fields(report: Path) -> None:
    names = set(bookmark_texts(report))
    codes = [i.text.split() for i in part(report, "word/document.xml").iter(f"{W}instrText") if i.text.strip().startswith("REF ")]
    assert codes and all(code[1] in names and code[2] == "\\h" for code in codes)
    assert {bookmark_texts(report)[code[1]].split("\u00a0")[0] for code in codes} == {"Figure"}


def test_headings_are_real_and_listed_in_the_contents(report: Path) -> None:
    document = docx.Document(str(report))
    styled = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert styled == [(f"Heading {b.level}", b.text) for b in compose_report(EVENT) if isinstance(b, Heading)]
    entries = [
        (p.style.name.lower(), "".join(t.text or "" for t in p._p.iter(qn("w:t"))))
        for p in document.paragraphs
        if p.style.name.lower() in ("toc 1", "toc 2")
    ]
    assert entries == [(f"toc {s[-1]}", text) for s, text in styled if s[-1] in "12"]
    kinds = [f.get(f"{W}fldCharType") for f in document.element.body.iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end")


def test_each_doubtful_word_has_one_comment_at_the_word(report: Path) -> None:
    document = docx.Document(str(report))
    wanted = [w for n in EVENT.notes for w in n.words if w.doubtful]
    comments = list(document.comments)
    assert len(comments) == len(wanted) == 5
    assert {c.author for c in comments} == {"digitise"}
    assert {str(c.timestamp)[:10] for c in comments} == {"2026-03-14"}
    root = document.element.body
    for comment in comments:
        start = next(e for e in root.iter(f"{W}commentRangeStart") if e.get(f"{W}id") == str(comment.comment_id))
        word = "".join(t.text for t in start.getnext().iter(f"{W}t"))
        assert f"“{word}”" in comment.text
    assert any("It may also be: Pontycymmer." in c.text for c in comments)


def test_tables_have_one_header_row_that_repeats_and_no_merged_cells(report: Path) -> None:
    document = docx.Document(str(report))
    assert len(document.tables) == sum(isinstance(b, Table | Spread) for b in compose_report(EVENT))
    for table in document.tables:
        flags = [row._tr.find(f"{W}trPr/{W}tblHeader") is not None for row in table.rows]
        assert flags == [True] + [False] * (len(flags) - 1)
        assert all(row._tr.find(f"{W}trPr/{W}cantSplit") is not None for row in table.rows)
        assert not list(table._tbl.iter(f"{W}gridSpan", f"{W}vMerge"))


def test_pictures_have_alt_text_captions_and_nothing_but_pixels(report: Path) -> None:
    document = docx.Document(str(report))
    shapes = list(document.element.body.iter(qn("wp:docPr")))
    blocks = flatten(compose_report(EVENT))
    in_cells = sum(isinstance(p, Picture) for b in blocks if isinstance(b, Table) for r in b.rows for c in r for p in c)
    assert len(shapes) == sum(isinstance(b, Picture) for b in blocks) + in_cells
    assert all(s.get("descr") for s in shapes)
    assert len({s.get("id") for s in shapes}) == len(shapes)
    codes = [i.text.strip() for i in document.element.body.iter(f"{W}instrText")]
    assert sum(c.startswith("SEQ Figure") for c in codes) == sum(isinstance(b, Picture) for b in blocks)
    with zipfile.ZipFile(report) as package:
        images = [n for n in package.namelist() if n.startswith("word/media/")]
        assert images
        for name in images:
            data = package.read(name)
            assert b"SecretCameraMaker" not in data
            assert not Image.open(io.BytesIO(data)).getexif()
            assert max(Image.open(io.BytesIO(data)).size) <= 1600


def test_language_title_and_runs_of_the_other_language(report: Path) -> None:
    document = docx.Document(str(report))
    assert document.core_properties.title == EVENT.info.title
    assert document.core_properties.language == "en-GB"
    assert part(report, "word/styles.xml").find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang").get(f"{W}val") == "en-GB"
    welsh = {"".join(t.text for t in r.iter(f"{W}t")) for r in document.element.body.iter(f"{W}r") if r.find(f"{W}rPr/{W}lang") is not None}
    assert "Dim digon o gwnselwyr sy'n siarad Cymraeg" in welsh
    assert "Age Connects" not in welsh


def test_a_welsh_report_marks_the_english_words(tmp_path: Path, pictures: Path) -> None:
    write_docx(demo_event(languages=("cy",)), pictures=pictures, template=None, out=tmp_path / "r.docx")
    document = docx.Document(str(tmp_path / "r.docx"))
    langs = {r.find(f"{W}rPr/{W}lang").get(f"{W}val") for r in document.element.body.iter(f"{W}r") if r.find(f"{W}rPr/{W}lang") is not None}
    assert langs == {"en-GB"}
    assert document.core_properties.language == "cy-GB"
    assert "Tudalen" in [t.text.strip() for t in document.sections[0].footer._element.iter(f"{W}t")]


def test_same_event_same_bytes(tmp_path: Path, report: Path, pictures: Path) -> None:
    write_docx(demo_event(), pictures=pictures, template=None, out=tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == report.read_bytes()
    with zipfile.ZipFile(report) as package:
        assert {i.date_time for i in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert len(package.namelist()) == len(set(package.namelist()))


def test_no_path_of_this_machine_is_in_the_report(report: Path, pictures: Path) -> None:
    with zipfile.ZipFile(report) as package:
        text = b"".join(package.read(n) for n in package.namelist())
    assert str(pictures).encode() not in text
    assert b"{{" not in part_text(report)


def part_text(path: Path) -> bytes:
    with zipfile.ZipFile(path) as package:
        return b"".join(package.read(n) for n in package.namelist() if n.endswith(".xml"))


def test_missing_and_broken_pictures_are_said_to_be_missing(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / EVENT.surfaces[0].picture).write_bytes(b"no picture")
    write_docx(EVENT, pictures=folder, template=None, out=tmp_path / "r.docx")
    document = docx.Document(str(tmp_path / "r.docx"))
    texts = [p.findall(f".//{W}t") for p in document.element.body.iter(f"{W}p")]
    missing = sum("".join(t.text or "" for t in runs) == "The picture is not available." for runs in texts)
    crops = sum(isinstance(p, Picture) for b in compose_report(EVENT) if isinstance(b, Table) for r in b.rows for c in r for p in c)
    assert missing == len(EVENT.surfaces) + crops


def test_an_empty_event_makes_a_report(tmp_path: Path) -> None:
    write_docx(small_event(), pictures=tmp_path, template=None, out=tmp_path / "r.docx")
    assert "No notes were found on the photos." in [p.text for p in docx.Document(str(tmp_path / "r.docx")).paragraphs]


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_docx(small_event(), pictures=tmp_path, template=None, out=tmp_path / "file" / "r.docx")


@pytest.mark.slow
def test_a_thousand_notes(tmp_path: Path) -> None:
    photo = make_photo(1, "a.jpg")
    notes = tuple(make_note(photo.id, k, f"note {k} with {{doubt|debt}} " + "x" * (400 if k == 7 else 5)) for k in range(1000))
    placements = tuple(Placement(note_id=n.id, kind="problem") for n in notes)
    event = small_event(photos=(photo,), notes=notes, arrangement=Arrangement(placements=placements, sections=(), actions=()))
    write_docx(event, pictures=tmp_path, template=None, out=tmp_path / "r.docx")
    assert len(bookmark_texts(tmp_path / "r.docx")) >= 2000


HOSTILE = st.text(st.characters(exclude_categories=("Cs",)), max_size=60) | st.sampled_from(
    [
        "\x00\x08\x0b",
        "{{ report }}",
        "{{ title }}",
        "]]>&<w:p/>",
        "مرحبا بكم",
        "שלום",
        "👩‍👩‍👧 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "ŵŷ",
        "a" * 3000,
        "\ufffe\uffff",
        "\\u0000",
        "\n\n",
        "'=1",
    ]
)


@settings(max_examples=share(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(HOSTILE, min_size=1, max_size=5), title=HOSTILE, owner=HOSTILE)
def test_any_text_makes_a_document_that_opens(tmp_path: Path, texts: list[str], title: str, owner: str) -> None:
    photo = make_photo(1, texts[0] or "a.jpg")
    notes = tuple(make_note(photo.id, k, t.replace("{", "(").replace("}", ")")) for k, t in enumerate(texts))
    action = Action(number=1, note_id=notes[0].id, text=texts[0], owners=(owner,), due=owner)
    section = Section(id="s", title=title, title_source="written", title_note_id=notes[-1].id, note_ids=(notes[0].id,))
    arrangement = Arrangement(placements=tuple(Placement(note_id=n.id) for n in notes), sections=(section,), actions=(action,))
    info = EventInfo(title=title, place=owner, organisers=(owner,), aims=(title,), glossary={owner: title})
    event = small_event(info=info, photos=(photo,), notes=notes, arrangement=arrangement)
    write_docx(event, pictures=tmp_path, template=None, out=tmp_path / "r.docx")
    document = docx.Document(str(tmp_path / "r.docx"))
    assert any(p.style.name == "Heading 1" for p in document.paragraphs)
    texts_there = bookmark_texts(tmp_path / "r.docx")
    for span in spans(compose_report(event)):
        assert texts_there[span.anchor].replace("\t", "") == span.text.replace("\t", "").replace("\n", "")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_keeps_every_note_through_saving(report: Path, tmp_path: Path) -> None:
    """The evidence for bookmarks: all of them come back with name and text after LibreOffice has loaded and saved the report."""
    copy = tmp_path / "in" / "report.docx"
    copy.parent.mkdir()
    shutil.copy(report, copy)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for kind, folder in (("docx", tmp_path / "out"), ("pdf", tmp_path)):
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(copy)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    after = bookmark_texts(tmp_path / "out" / "report.docx")
    for span in spans(compose_report(EVENT)):
        assert after[span.anchor] == span.text
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "report.pdf").read_bytes())
    assert 10 <= len(pages) <= 30


def test_actions_are_the_same_in_body_and_register(report: Path) -> None:
    texts = bookmark_texts(report)
    bullets = [b for b in compose_report(EVENT) if isinstance(b, Bullet) and b.kind == "action"]
    for bullet in bullets:
        span = next(i for i in bullet.inlines if isinstance(i, Span))
        assert texts["t" + span.anchor[1:]] == span.text


def test_a_wide_mural_has_a_page_on_its_side_and_the_cover_stays_the_first_page(tmp_path: Path) -> None:
    photo = make_photo(1, "a.jpg")
    surface = EVENT.surfaces[0].model_copy(update={"id": f"{photo.id}-s1", "size_px": (3000, 1500), "picture": "wide.jpg"})
    roles = [("Our town", "title"), ("Now", "heading"), ("“Buses!”", "quote")]
    notes = tuple(make_note(photo.id, k, t, role=r, surface_id=surface.id) for k, (t, r) in enumerate(roles))
    arrangement = Arrangement(placements=tuple(Placement(note_id=n.id) for n in notes), sections=(), actions=())
    event = EVENT.model_copy(update={"photos": (photo,), "surfaces": (surface,), "notes": notes, "arrangement": arrangement})
    Image.new("RGB", (3000, 1500), "white").save(tmp_path / "wide.jpg")
    write_docx(event, pictures=tmp_path, template=None, out=tmp_path / "r.docx")
    sections = docx.Document(str(tmp_path / "r.docx")).sections
    assert [s.page_width > s.page_height for s in sections] == [False, True, False]
    assert [s.different_first_page_header_footer for s in sections] == [True, False, False]
    assert [s.header.is_linked_to_previous for s in sections] == [False, True, True]
    width = next(e for e in docx.Document(str(tmp_path / "r.docx")).element.body.iter(qn("wp:extent")))
    assert 23 < int(width.get("cx")) / 360_000 <= 24.7
