"""House templates as organisations have them: a .dotx saved by LibreOffice, a cover of text boxes, styles in another language."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from report_demo import demo_event

from digitise.report import check_document, write_docx
from digitise.report.docx_xml import el
from digitise.report.template_check import look_at_template

pytestmark = pytest.mark.slow  # together with its like longer than the fast tests may take

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_WHITE = '<w:rPr><w:color w:val="FFFFFF"/><w:sz w:val="40"/></w:rPr>'
_TITLE = (
    f"<w:txbxContent><w:p><w:r>{_WHITE}<w:t>{{{{ ti</w:t></w:r><w:r>{_WHITE}<w:t>tle }}}}</w:t></w:r></w:p>"
    f'<w:p><w:r>{_WHITE}<w:t xml:space="preserve">Ref. {{{{ reference }}}}</w:t></w:r></w:p></w:txbxContent>'
)


def drawn(fill: str) -> str:
    return (
        f'<w:r {_SPACES}><w:drawing><wp:inline><wp:extent cx="100" cy="100"/><wp:docPr id="900" name="Box" descr="The cover"/><a:graphic>'
        f'<a:graphicData uri="x"><wps:wsp><wps:spPr>{fill}</wps:spPr><wps:txbx>{_TITLE}</wps:txbx></wps:wsp></a:graphicData></a:graphic>'
        f"</wp:inline></w:drawing></w:r>"
    )


def vml(fill: str) -> str:
    return f"<w:r {_SPACES}><w:pict><v:shape {fill}><v:textbox>{_TITLE}</v:textbox></v:shape></w:pict></w:r>"


def house(tmp_path: Path, box: str = "", *, normal: str = "") -> Path:
    """A template of an organisation's own, as a .dotx."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(12)
    for name in ("Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        document.styles[name].font.color.rgb = RGBColor(0, 0, 0)
    if normal:
        document.styles["Normal"].element.get_or_add_rPr().append(el("w:lang", {"w:val": normal, "w:eastAsia": "en-US"}))
        motto = document.styles.add_style("Motto", 1)
        motto.element.get_or_add_rPr().append(el("w:lang", {"w:val": "cy-GB"}))
    if box:
        document.add_paragraph()._p.append(parse_xml(box))
    document.add_paragraph("{{ report }}")
    document.save(str(tmp_path / "house.docx"))
    path = tmp_path / "house.dotx"
    with zipfile.ZipFile(tmp_path / "house.docx") as package, zipfile.ZipFile(path, "w") as copy:
        for info in package.infolist():
            content = package.read(info)
            copy.writestr(
                info, content.replace(b"document.main+xml", b"template.main+xml") if "Content_Types" in info.filename else content
            )
    return path


def contrasts(path: Path) -> list[str]:
    return [f.what for f in check_document(path).findings if f.check == "contrast"]


@pytest.mark.parametrize(
    ("box", "poor"),
    [
        (drawn('<a:solidFill><a:srgbClr val="7A1F5C"/></a:solidFill>'), False),
        (drawn('<a:solidFill><a:schemeClr val="tx2"/></a:solidFill>'), False),
        (drawn('<a:solidFill><a:srgbClr val="EEEEEE"/></a:solidFill>'), True),
        (drawn("<a:gradFill/>"), False),
        (drawn("<a:noFill/>"), True),
        (vml('fillcolor="#7a1f5c"'), False),
        (vml('fillcolor="#eeeeee"'), True),
        (vml('filled="f"'), True),
    ],
)
def test_white_words_of_a_cover_are_judged_on_the_ground_of_their_text_box(box: str, poor: bool, tmp_path: Path) -> None:
    event = demo_event()
    template = house(tmp_path, box)
    assert not [f for f in look_at_template(template, fields=("reference",)) if f.level == "error"]
    out = tmp_path / "report.docx"
    write_docx(event, pictures=tmp_path, template=template, out=out, fields={"reference": "CC/2026/3"})
    words = ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in docx.Document(str(out)).element.body.iter(qn("w:p"))]
    assert event.info.title in words and "Ref. CC/2026/3" in words
    assert bool([c for c in contrasts(out) if "on #FFFFFF" in c or "on #EEEEEE" in c]) == poor


@pytest.mark.parametrize("languages", [("en",), ("cy",), ("cy", "en")])
def test_a_report_is_in_its_own_language_whatever_the_template_was_saved_in(languages: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "report.docx"
    template = house(tmp_path, normal="en-US")
    assert not [f for f in look_at_template(template) if f.subject == "language" and f.level != "ok"]
    write_docx(demo_event(languages=languages), pictures=tmp_path, template=template, out=out)
    styles = docx.Document(str(out)).styles.element
    marked = {s.get(qn("w:styleId")): s.find(f"{qn('w:rPr')}/{qn('w:lang')}") for s in styles.iter(qn("w:style"))}
    told = {name: lang.get(qn("w:val")) for name, lang in marked.items() if lang is not None and lang.get(qn("w:val"))}
    assert told == {"Motto": "cy-GB"}, "what the house's own styles say stays"
    default = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    assert default.get(qn("w:val")) == f"{languages[0]}-GB"
    assert not [f for f in check_document(out).findings if f.check == "language"]


def test_a_template_without_defaults_gets_a_language(tmp_path: Path) -> None:
    document = docx.Document()
    document.styles.element.remove(document.styles.element.find(qn("w:docDefaults")))
    document.add_paragraph("{{ report }}")
    document.save(str(tmp_path / "bare.docx"))
    write_docx(demo_event(), pictures=tmp_path, template=tmp_path / "bare.docx", out=tmp_path / "r.docx")
    assert not [f for f in check_document(tmp_path / "r.docx").findings if f.check == "language"]
