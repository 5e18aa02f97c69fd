"""`digitise template`: what is said of a house template, and that a new one is a good one that makes clean reports."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from hypothesis import given
from hypothesis import strategies as st
from report_demo import demo_event

from digitise import api
from digitise.cli import commands
from digitise.errors import UsageError
from digitise.report import write_docx, write_photo_docx
from digitise.report.colours import measure_contrast
from digitise.report.docx_package import list_shipped
from digitise.report.docx_xml import el, paragraph, run
from digitise.report.template_check import TemplateFinding, look_at_template


def plain(tmp_path: Path) -> tuple[Path, docx.document.Document]:
    """python-docx's own template with body text and colours that can be read."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(12)
    for name in ("Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        document.styles[name].font.color.rgb = RGBColor(0, 0, 0)
    document.add_paragraph("{{ title }}")
    document.add_paragraph("{{ report }}")
    return tmp_path / "house.docx", document


def findings(tmp_path: Path, change: object = None) -> list[TemplateFinding]:
    path, document = plain(tmp_path)
    if callable(change):
        change(document)
    document.save(str(path))
    return look_at_template(path)


def poor(found: list[TemplateFinding]) -> list[tuple[str, str]]:
    return [(f.level, f.subject) for f in found if f.level != "ok"]


@pytest.mark.parametrize("name", sorted(list_shipped()))
def test_nothing_is_wrong_with_what_is_shipped(name: str) -> None:
    assert poor(look_at_template(Path(name))) == []


def test_nothing_is_wrong_with_a_plain_one(tmp_path: Path) -> None:
    assert poor(findings(tmp_path)) == []


def drop_style(document: docx.document.Document) -> None:
    document.styles.element.remove(document.styles["Quote"].element)


def pale_heading(document: docx.document.Document) -> None:
    document.styles["Heading 3"].font.color.rgb = RGBColor(0xBB, 0xBB, 0xBB)


def narrow_page(document: docx.document.Document) -> None:
    document.sections[0].left_margin = document.sections[0].right_margin = Pt(170)


def track_changes(document: docx.document.Document) -> None:
    document.paragraphs[0]._p.append(el("w:ins", {"w:id": "1", "w:author": "x"}, run("new")))


def foreign_style(document: docx.document.Document) -> None:
    document.styles.add_style("Motto", 1).element.get_or_add_rPr().append(el("w:lang", {"w:val": "de-DE"}))


def text_box(document: docx.document.Document) -> None:
    box = el("w:r", None, el("w:pict", None, el("w:txbxContent", None, paragraph(None, run("Call us")))))
    document.element.body.insert(0, paragraph(None, box))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (drop_style, ("error", "styles")),
        (pale_heading, ("warn", "colour")),
        (narrow_page, ("warn", "page")),
        (track_changes, ("warn", "changes")),
        (foreign_style, ("warn", "language")),
        (text_box, ("warn", "layout")),
        (lambda d: setattr(d.styles["Normal"].font, "size", Pt(10)), ("warn", "body text")),
        (lambda d: d.add_paragraph("{{ organizers }}"), ("error", "placeholder")),
        (lambda d: d.add_paragraph("{{ customer }}"), ("warn", "placeholder")),
    ],
    ids=lambda x: getattr(x, "__name__", None),
)
def test_what_is_wrong_is_said(tmp_path: Path, change: object, expected: tuple[str, str]) -> None:
    assert poor(findings(tmp_path, change)) == [expected]


def test_a_colour_is_found_where_it_is_inherited_and_judged_on_its_ground(tmp_path: Path) -> None:
    def change(document: docx.document.Document) -> None:
        base = document.styles.add_style("House Base", 1)
        base.font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
        quote = document.styles["Quote"]
        for colour in list(quote.element.iter(qn("w:color"))):
            colour.getparent().remove(colour)
        quote.base_style = base

    assert poor(findings(tmp_path, change)) == [("warn", "colour")]

    def shaded(document: docx.document.Document) -> None:
        change(document)
        document.styles["House Base"].element.get_or_add_pPr().append(el("w:shd", {"w:val": "clear", "w:fill": "003300"}))

    assert poor(findings(tmp_path, shaded)) == []


@pytest.mark.parametrize("content", [b"", b"no zip"])
def test_what_cannot_be_opened_is_an_error_that_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.docx").write_bytes(content)
    assert poor(look_at_template(tmp_path / "t.docx")) == [("error", "file")]
    assert poor(look_at_template(tmp_path / "none.docx")) == [("error", "file")]


@pytest.mark.parametrize("kind", [api.EVENT_REPORT, api.PHOTO_REPORT])
@pytest.mark.parametrize("look", api.list_template_looks())
def test_a_new_template_explains_itself_and_makes_clean_reports(tmp_path: Path, look: str, kind: str) -> None:
    path = tmp_path / "mine.docx"
    api.new_template(path, look=look, kind=kind)
    assert poor(look_at_template(path)) == []
    texts = [p.text for p in docx.Document(str(path)).paragraphs]
    assert "About this template" in texts and len(list(docx.Document(str(path)).comments)) >= 3
    write = write_docx if kind == api.EVENT_REPORT else write_photo_docx
    write(demo_event(), pictures=tmp_path, template=path, out=tmp_path / "r.docx")
    write(demo_event(), pictures=tmp_path, template=None if look == "usual" else Path(look), out=tmp_path / "s.docx")
    made, usual = (docx.Document(str(tmp_path / n)) for n in ("r.docx", "s.docx"))
    assert [p.text for p in made.paragraphs] == [p.text for p in usual.paragraphs]
    assert len(list(made.comments)) == len(list(usual.comments))


def test_a_new_template_is_the_same_each_time_and_never_overwrites(tmp_path: Path) -> None:
    for name in ("a.docx", "b.docx"):
        api.new_template(tmp_path / name, look="warm", kind=api.EVENT_REPORT)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    with pytest.raises(UsageError, match="there already"):
        api.new_template(tmp_path / "a.docx", look="warm", kind=api.EVENT_REPORT)
    with pytest.raises(UsageError, match="Let it end in"):
        api.new_template(tmp_path / "a.txt", look="warm", kind=api.EVENT_REPORT)
    with pytest.raises(UsageError, match="There are: usual, civic, warm"):
        api.new_template(tmp_path / "c.docx", look="cold", kind=api.EVENT_REPORT)


def test_the_commands_say_what_they_found(tmp_path: Path) -> None:
    path = tmp_path / "mine.docx"
    runner = CliRunner()
    assert runner.invoke(commands, ["template", "new", str(path), "--look", "civic"], standalone_mode=False).return_value == 0
    good = runner.invoke(commands, ["template", "check", str(path)], standalone_mode=False)
    assert good.return_value == 0 and "ok     styles: all there" in good.output
    bad = runner.invoke(commands, ["template", "check", str(tmp_path / "none.docx"), "--json"], standalone_mode=False)
    assert bad.return_value == 8 and '"level": "error"' in bad.output


@given(a=st.from_regex(r"[0-9A-F]{6}", fullmatch=True), b=st.from_regex(r"[0-9A-F]{6}", fullmatch=True))
def test_contrast_is_symmetric_and_in_range(a: str, b: str) -> None:
    assert 1 <= measure_contrast(a, b) == measure_contrast(b, a) <= 21.0001
    assert measure_contrast(a, a) == 1
