"""`digitise check report.docx`: our own reports pass, and each thing that shuts people out is found where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from conftest import Run
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from PIL import Image
from report_demo import demo_event, draw_pictures
from series_events import make_days

from digitise.errors import NoInputError, UsageError
from digitise.report import check_document, write_docx, write_photo_docx, write_series_docx
from digitise.report.checking import CHECKS
from digitise.report.checking_finding import WHY, Finding
from digitise.series import join_events

LANGUAGES = [("en", "cy"), ("cy", "en"), ("cy",), ("en",)]
Change = Callable[[Document], object]


def found(path: Path) -> list[tuple[str, str]]:
    return [(f.check, f.level) for f in check_document(path).findings]


FAST = {(("cy", "en"), "civic")}
REPORTS = [(languages, look) for languages in LANGUAGES for look in (None, "civic", "warm")]


@pytest.mark.parametrize(("languages", "look"), [p if p in FAST else pytest.param(*p, marks=pytest.mark.slow) for p in REPORTS])
def test_our_own_reports_pass(languages: tuple[str, ...], look: str | None, tmp_path: Path) -> None:
    event = demo_event(languages=languages)
    pictures = draw_pictures(event, tmp_path / "pictures")
    for write in (write_docx, write_photo_docx):
        out = tmp_path / "report.docx"
        write(event, pictures=pictures, template=Path(look) if look else None, out=out)
        assert check_document(out).findings == ()
    write_series_docx(join_events(make_days(languages=languages)), template=Path(look) if look else None, out=out)
    assert check_document(out).findings == ()


@pytest.fixture
def good(tmp_path: Path) -> Document:
    """A document in which nothing is wrong."""
    Image.new("RGB", (60, 40), "white").save(tmp_path / "p.png")
    document = docx.Document()
    document.core_properties.title = "Our day"
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), "en-GB")
    document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}").append(lang)
    for other in document.styles.element.iter(qn("w:lang")):
        other.set(qn("w:val"), "en-GB")
    for name, size in (("Normal", 12), ("Heading 1", 18), ("Heading 2", 15), ("Heading 3", 14), ("Heading 4", 13)):
        document.styles[name].font.size = Pt(size)
        document.styles[name].font.color.rgb = RGBColor(0, 0, 0)
    document.add_paragraph("Our day", style="Title")
    document.add_heading("What we did", 1)
    document.add_paragraph("People came from all the valley, and talked.")
    document.add_picture(str(tmp_path / "p.png"), width=Cm(3))
    next(document.element.body.iter(qn("wp:docPr"))).set("descr", "A white sheet without any words on it")
    document.add_heading("What comes next", 2)
    for text in ("Ring the hall", "Ask for a bus"):
        document.add_paragraph(text, style="List Bullet")
    table = document.add_table(2, 2, style="Table Grid")
    for cell, text in zip([c for row in table.rows for c in row.cells], ("Who", "What", "Sian", "Rings the hall"), strict=True):
        cell.text = text
    mark(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
    return document


def mark(parent: object, tag: str, **values: str) -> object:
    element = OxmlElement(tag)
    for name, value in values.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)  # type: ignore[attr-defined]
    return element


def body(document: Document) -> object:
    return document.element.body


def drop_header_row(document: Document) -> None:
    for element in list(document.element.body.iter(qn("w:tblHeader"))):
        element.getparent().remove(element)


def drop_language(document: Document) -> None:
    for element in list(document.styles.element.iter(qn("w:lang"))):
        element.getparent().remove(element)


def float_picture(document: Document) -> None:
    inline = next(document.element.body.iter(qn("wp:inline")))
    inline.tag = qn("wp:anchor")


def add_link(document: Document, text: str, anchor: str) -> None:
    link = mark(document.paragraphs[2]._p, "w:hyperlink", anchor=anchor)
    run = mark(link, "w:r")
    mark(run, "w:t").text = text  # type: ignore[attr-defined]


def add_coloured(document: Document, rgb: RGBColor, style: str = "Normal") -> None:
    document.add_paragraph(style=style).add_run("pale words").font.color.rgb = rgb


def shade(document: Document) -> None:
    """White letters by the table's cell ground: dark is fine, light is not."""
    cell = document.tables[0].rows[1].cells[0]
    cell.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)
    mark(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill="D0D0D0")


def theme_colour(document: Document) -> None:
    run = document.add_paragraph().add_run("pale words")
    mark(run._r.get_or_add_rPr(), "w:color", val="000000", themeColor="background1", themeShade="BF")


FAULTS: dict[str, tuple[Change, tuple[str, str]]] = {
    "a level left out": (lambda d: d.add_heading("Deep", 4), ("headings", "error")),
    "an empty heading": (lambda d: d.add_heading("", 1), ("headings", "error")),
    "no title property": (lambda d: setattr(d.core_properties, "title", ""), ("title", "error")),
    "another title": (lambda d: setattr(d.core_properties, "title", "Letter"), ("title", "warn")),
    "no language": (drop_language, ("language", "error")),
    "Welsh marked English": (
        lambda d: d.add_paragraph("Mae angen mwy o fysiau yn y nos i bobl ifanc y cwm"),
        ("language", "warn"),
    ),
    "no alternative text": (lambda d: next(body(d).iter(qn("wp:docPr"))).set("descr", " "), ("pictures", "error")),
    "a file's name": (lambda d: next(body(d).iter(qn("wp:docPr"))).set("descr", "IMG_2301.jpg"), ("pictures", "error")),
    "a number for alternative text": (lambda d: next(body(d).iter(qn("wp:docPr"))).set("descr", "Picture 3"), ("pictures", "error")),
    "a floating picture": (float_picture, ("pictures", "error")),
    "no header row": (drop_header_row, ("tables", "error")),
    "an empty head": (lambda d: setattr(d.tables[0].rows[0].cells[1], "text", ""), ("tables", "error")),
    "merged cells": (lambda d: d.tables[0].rows[1].cells[0].merge(d.tables[0].rows[1].cells[1]), ("tables", "warn")),
    "pale letters": (lambda d: add_coloured(d, RGBColor(0x99, 0x99, 0x99)), ("contrast", "error")),
    "pale letters of a theme": (theme_colour, ("contrast", "error")),
    "white on a light cell": (shade, ("contrast", "error")),
    "small print": (lambda d: setattr(d.styles["Normal"].font, "size", Pt(9)), ("text size", "warn")),
    "typed bullets": (lambda d: [d.add_paragraph(t) for t in ("- one thing", "- another thing")], ("lists", "error")),
    "a link that says nothing": (
        lambda d: [mark(d.paragraphs[0]._p, "w:bookmarkStart", id="7", name="x"), add_link(d, "here", "x")],
        ("links", "error"),
    ),
    "a link to nowhere": (lambda d: add_link(d, "the register", "gone"), ("links", "error")),
    "empty paragraphs": (lambda d: [d.add_paragraph(), d.add_paragraph(), d.add_paragraph("End")], ("spacing", "error")),
    "spaces in a row": (lambda d: d.add_paragraph("Name          Date"), ("spacing", "warn")),
}


def test_a_good_document_passes(good: Document, tmp_path: Path) -> None:
    good.save(str(tmp_path / "good.docx"))
    checked = check_document(tmp_path / "good.docx")
    assert checked.findings == () and checked.ok and checked.passed == tuple(CHECKS)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_nothing_else(fault: str, good: Document, tmp_path: Path) -> None:
    change, wanted = FAULTS[fault]
    change(good)
    good.save(str(tmp_path / "bad.docx"))
    told = found(tmp_path / "bad.docx")
    assert wanted in told
    assert {check for check, _ in told} == {wanted[0]}, told
    assert check_document(tmp_path / "bad.docx").ok == (wanted[1] == "warn")


def test_large_letters_may_be_paler_and_dark_grounds_are_seen(good: Document, tmp_path: Path) -> None:
    add_coloured(good, RGBColor(0x85, 0x85, 0x85), "Heading 1")  # 3.7:1 at 18 pt
    cell = good.tables[0].rows[1].cells[0]
    cell.paragraphs[0].runs[0].font.color.rgb = RGBColor(255, 255, 255)
    mark(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill="0F4C4A")
    good.save(str(tmp_path / "d.docx"))
    assert found(tmp_path / "d.docx") == []


def test_a_finding_says_where_why_and_how_to_mend(good: Document, tmp_path: Path) -> None:
    add_link(good, "here", "gone")
    good.save(str(tmp_path / "d.docx"))
    finding = check_document(tmp_path / "d.docx").findings[0]
    assert finding.where == "What we did"
    assert finding.why and "ScreenTip" in finding.remedy
    assert set(WHY) == set(CHECKS)
    assert all(Finding.make(name, "x", "").remedy.endswith(".") for name in CHECKS)


def test_what_is_no_word_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoInputError):
        check_document(tmp_path / "none.docx")
    (tmp_path / "text.docx").write_text("no zip")
    with pytest.raises(UsageError):
        check_document(tmp_path / "text.docx")


def test_the_command_ends_with_codes_that_scripts_can_use(good: Document, tmp_path: Path, run: Run) -> None:
    good.save(str(tmp_path / "good.docx"))
    done = run("check", str(tmp_path / "good.docx"))
    assert done.code == 0 and done.out.startswith("ok ")
    drop_header_row(good)
    good.save(str(tmp_path / "bad.docx"))
    done = run("check", str(tmp_path / "bad.docx"))
    assert done.code == 4 and "MEND   tables" in done.out and "has no header row" in done.out
    data = json.loads(run("check", "--json", str(tmp_path / "bad.docx")).out)
    assert data["findings"][0]["check"] == "tables" and data["findings"][0]["level"] == "error"
    assert run("check", str(tmp_path / "none.docx")).code == 3
