"""Templates: ours is what its script builds and is readable; house templates are checked, filled and kept."""

from __future__ import annotations

import importlib
import io
import itertools
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from report_demo import demo_event
from test_report_schema import check_package

from digitise.errors import ConfigError
from digitise.model import Event
from digitise.report import check_template, write_docx, write_photo_docx
from digitise.report.colours import measure_contrast
from digitise.report.docx_house import PLAIN_STYLES
from digitise.report.docx_package import list_shipped, open_template, save_package
from digitise.report.docx_placeholders import fill_placeholders
from digitise.report.docx_xml import el, paragraph, run

FOLDER = Path(__file__).parents[1] / "templates"
TEMPLATE = FOLDER / "event-report.docx"
SHIPPED = sorted(FOLDER.glob("*.docx"))


def test_the_shipped_templates_are_what_the_script_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOLDER / "script")
    module = importlib.import_module("build")
    assert set(module.list_templates()) == {path.name for path in SHIPPED}
    for name, (look, kind) in module.list_templates().items():
        save_package(module.build_template(look, kind), tmp_path / name)
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), "run: python templates/script/build.py"


def names_in(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as package:
        return set(package.namelist())


def test_the_template_carries_nothing_of_another_program(tmp_path: Path) -> None:
    write_docx(demo_event(), pictures=tmp_path, template=None, out=tmp_path / "r.docx")
    for path in (TEMPLATE, tmp_path / "r.docx"):
        assert not [n for n in names_in(path) if "thumbnail" in n or "stylesWithEffects" in n or n.startswith("customXml")]
        with zipfile.ZipFile(path) as package:
            assert sum(i.file_size for i in package.infolist() if not i.filename.startswith("word/document")) < 100_000
            assert b"<Application>digitise</Application>" in package.read("docProps/app.xml")
            types = package.read("[Content_Types].xml") + package.read("_rels/.rels") + package.read("word/_rels/document.xml.rels")
            assert not any(word in types for word in (b"thumbnail", b"stylesWithEffects", b"customXml"))


def test_a_house_template_s_thumbnail_does_not_become_the_report_s(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "house.docx"))
    assert "docProps/thumbnail.jpeg" in names_in(tmp_path / "house.docx")
    write_docx(demo_event(), pictures=tmp_path, template=tmp_path / "house.docx", out=tmp_path / "r.docx")
    assert not [n for n in names_in(tmp_path / "r.docx") if "thumbnail" in n]
    with zipfile.ZipFile(tmp_path / "r.docx") as package:
        assert b"thumbnail" not in package.read("_rels/.rels")


@pytest.mark.parametrize("template", SHIPPED, ids=lambda path: path.stem)
def test_text_colours_can_be_read(template: Path) -> None:
    for style in docx.Document(str(template)).styles.element.iter(qn("w:style")):
        colour = style.find(f"{qn('w:rPr')}/{qn('w:color')}")
        shade = style.find(f"{qn('w:pPr')}/{qn('w:shd')}")
        if colour is not None:
            ground = shade.get(qn("w:fill")) if shade is not None else "FFFFFF"
            assert measure_contrast(colour.get(qn("w:val")), ground) >= 4.5, style.get(qn("w:styleId"))


@pytest.mark.parametrize("template", SHIPPED, ids=lambda path: path.stem)
def test_body_text_is_sans_serif_12_point_left_on_a4(template: Path) -> None:
    document = docx.Document(str(template))
    normal = document.styles["Normal"]
    assert normal.font.size.pt == 12
    assert normal.font.name in ("Arial", "Verdana")
    assert normal.paragraph_format.alignment is None
    assert round(document.sections[0].page_width.cm, 1) == 21.0


def test_missing_styles_are_named_with_those_found(tmp_path: Path) -> None:
    document = docx.Document()
    for name in ("Quote", "Caption"):
        document.styles.element.remove(document.styles[name].element)
    document.save(str(tmp_path / "house.docx"))
    with pytest.raises(ConfigError) as error:
        check_template(tmp_path / "house.docx")
    assert "missing: Caption, Quote;" in error.value.reason
    assert "List Bullet" in error.value.reason.split("found:")[1]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_what_is_no_word_document_is_a_config_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.docx").write_bytes(content)
    with pytest.raises(ConfigError, match="not a Word document"):
        check_template(tmp_path / "t.docx")
    with pytest.raises(ConfigError, match="cannot be read"):
        check_template(tmp_path / "none.docx")


def test_a_zip_bomb_and_macros_are_refused(tmp_path: Path) -> None:
    for name, size, reason in (("word/x.bin", 120_000_000, "too large"), ("word/vbaProject.bin", 10, "macros")):
        buffer = io.BytesIO(TEMPLATE.read_bytes())
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr(name, b"\0" * size)
        (tmp_path / "t.docx").write_bytes(buffer.getvalue())
        with pytest.raises(ConfigError, match=reason):
            check_template(tmp_path / "t.docx")


def test_a_plain_word_template_works_and_keeps_its_own_text(tmp_path: Path) -> None:
    house = docx.Document()
    house.add_paragraph("Our council's letterhead")
    house.sections[0].header.paragraphs[0].text = "{{ title }} – {{ date }}"
    cover = house.add_paragraph("{{ ti")
    cover.add_run("tle }}").bold = True
    house.add_paragraph("{{ report }}")
    house.add_paragraph("Contact us")
    house.save(str(tmp_path / "house.docx"))
    write_docx(demo_event(), pictures=tmp_path, template=tmp_path / "house.docx", out=tmp_path / "r.docx")
    texts = [p.text for p in docx.Document(str(tmp_path / "r.docx")).paragraphs]
    assert texts[0] == "Our council's letterhead"
    assert texts[-1] == "Contact us"
    assert texts.count(demo_event().info.title) == 1
    header = docx.Document(str(tmp_path / "r.docx")).sections[0].header.paragraphs[0].text
    assert header == f"{demo_event().info.title} – 14 March 2026"


def test_a_dotx_works(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(TEMPLATE) as source, zipfile.ZipFile(buffer, "w") as copy:
        for info in source.infolist():
            data = source.read(info).replace(b"wordprocessingml.document.main+xml", b"wordprocessingml.template.main+xml")
            copy.writestr(info, data)
    (tmp_path / "house.dotx").write_bytes(buffer.getvalue())
    check_template(tmp_path / "house.dotx")
    assert open_template(tmp_path / "house.dotx").part.content_type.endswith("document.main+xml")


@pytest.mark.parametrize("name", sorted(list_shipped()))
def test_every_shipped_template_makes_a_report_of_its_own_name(tmp_path: Path, name: str) -> None:
    write_docx(demo_event(), pictures=tmp_path, template=Path(name), out=tmp_path / "r.docx")
    document = docx.Document(str(tmp_path / "r.docx"))
    assert demo_event().info.title in [p.text for p in document.paragraphs]
    with zipfile.ZipFile(tmp_path / "r.docx") as package:
        assert not [n for n in package.namelist() if n.endswith(".xml") and b"{{" in package.read(n)]


def test_a_look_stands_for_its_template_of_each_kind(tmp_path: Path) -> None:
    write_docx(demo_event(), pictures=tmp_path, template=Path("civic"), out=tmp_path / "r.docx")
    write_photo_docx(demo_event(), pictures=tmp_path, template=Path("civic"), out=tmp_path / "p.docx")
    margins = [docx.Document(str(tmp_path / n)).sections[0].left_margin.cm for n in ("r.docx", "p.docx")]
    assert [round(m, 1) for m in margins] == [2.5, 2.0]
    with pytest.raises(ConfigError, match="name a look: civic, warm"):
        check_template(Path("civil"))


def house(tmp_path: Path, *texts: str) -> Path:
    """A plain Word template with these paragraphs, and {{ report }}."""
    document = docx.Document()
    for text in (*texts, "{{ report }}"):
        document.add_paragraph(text)
    document.save(str(tmp_path / "house.docx"))
    return tmp_path / "house.docx"


def report_on(template: Path, **more: object) -> Document:
    write_docx(demo_event(), pictures=template.parent, template=template, out=template.parent / "r.docx", **more)  # type: ignore[arg-type]
    return docx.Document(str(template.parent / "r.docx"))


def text_box(text: str) -> BaseOxmlElement:
    """A paragraph with a text box, as Word writes it: once for new programs and once for old ones."""
    inner = paragraph(None, run(text))
    box = el("w:r", None, el("w:pict", None, el("w:txbxContent", None, inner)))
    return paragraph(None, box)


def test_placeholders_in_text_boxes_tables_and_all_headers_are_filled(tmp_path: Path) -> None:
    template = house(tmp_path)
    document = docx.Document(str(template))
    body = document.element.body
    body.insert(0, text_box("{{ title }} in a box"))
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Place", "{{ place }}"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{ nothing }}", "{{ nothing }}"
    section = document.add_section()
    document.settings.odd_and_even_pages_header_footer = True
    section.even_page_header.is_linked_to_previous = False
    section.even_page_header.paragraphs[0].text = "even: {{ date }}"
    document.save(str(template))
    made = report_on(template, fields={"nothing": ""})
    texts = ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in made.element.body.iter(qn("w:p"))]
    assert f"{demo_event().info.title} in a box" in texts
    assert texts.count(demo_event().info.title) == 0, "a box that prints the title is a cover"
    assert [[c.text for c in row.cells] for row in made.tables[-1].rows] == [["Place", "Aberdare Library"]], "an empty row is gone"
    assert made.sections[-1].even_page_header.paragraphs[0].text == "even: 14 March 2026"


def test_words_own_cover_pages_show_the_title_in_other_programs_too(tmp_path: Path) -> None:
    template = house(tmp_path)
    document = docx.Document(str(template))
    path = "/ns1:coreProperties[1]/ns0:title[1]"
    control = el(
        "w:sdt",
        None,
        el("w:sdtPr", None, el("w:dataBinding", {"w:xpath": path})),
        el("w:sdtContent", None, paragraph(None, run("[Title]"))),
    )
    document.element.body.insert(0, control)
    document.save(str(template))
    made = report_on(template)
    assert "".join(t.text or "" for t in made.element.body[0].iter(qn("w:t"))) == demo_event().info.title
    assert "[Title]" not in [p.text for p in made.paragraphs]


def test_a_house_s_own_fields_are_filled(tmp_path: Path) -> None:
    made = report_on(house(tmp_path, "Contact: {{ contact }}", "{{ kind }} {{ unheard_of }}"), fields={"contact": "hello@example.org"})
    assert [p.text for p in made.paragraphs][:2] == ["Contact: hello@example.org", "Event report {{ unheard_of }}"]


def test_a_misspelt_placeholder_is_named_with_the_one_that_is_meant(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"{{ organizers }} is not known. Did you mean {{ organisers }}\?"):
        check_template(house(tmp_path, "{{ organizers }}"))
    check_template(house(tmp_path, "{{ customer }}"))


def test_examples_and_comments_of_a_template_stay_out_of_the_report(tmp_path: Path) -> None:
    template = house(tmp_path, "{{ title }}")
    document = docx.Document(str(template))
    document.add_comment(document.paragraphs[0].runs[0], text="for editors", author="x", initials="x")
    document.add_paragraph("{{ examples }}")
    document.add_paragraph("This is what a heading looks like")
    document.save(str(template))
    made = report_on(template)
    assert "This is what a heading looks like" not in [p.text for p in made.paragraphs]
    comments = [c.text for c in made.comments]
    assert comments and "for editors" not in comments
    ids = {e.get(qn("w:id")) for e in made.element.body.iter(qn("w:commentRangeStart"))}
    assert ids == {str(c.comment_id) for c in made.comments}


def wide_event(folder: Path) -> Event:
    """The made-up event with a mural for a page on its side."""
    event = demo_event()
    photo = event.photos[7]
    surface = next(s for s in event.surfaces if s.id.startswith(photo.id)).model_copy(
        update={"size_px": (3000, 1500), "picture": "wide.jpg"}
    )
    Image.new("RGB", (3000, 1500), "white").save(folder / "wide.jpg")
    return event.model_copy(update={"surfaces": tuple(surface if s.id == surface.id else s for s in event.surfaces)})


@pytest.mark.parametrize("at_the_end", [False, True], ids=["in its section", "ends its section"])
def test_a_report_in_the_middle_of_a_template_keeps_its_section_and_those_around(tmp_path: Path, at_the_end: bool) -> None:
    """A cover and a back page with sections and headers of their own; Word keeps a section's page set-up in its last paragraph."""
    house = docx.Document()
    house.add_paragraph("{{ title }}")
    house.sections[0].left_margin = Cm(5)
    house.add_section()
    inside = house.sections[1]
    inside.left_margin = Cm(2)
    inside.header.is_linked_to_previous = False
    inside.header.paragraphs[0].text = "inside"
    house.add_paragraph("{{ report }}")
    if not at_the_end:
        house.add_paragraph("Contact us")
    house.add_section()
    house.sections[2].header.is_linked_to_previous = False
    house.sections[2].header.paragraphs[0].text = "back"
    house.add_paragraph("Back page")
    if at_the_end:
        # python-docx ends a section with an empty paragraph; Word with the one that stands there
        mark = next(p for p in house.paragraphs if p.text == "{{ report }}")._p
        after = mark.getnext()
        mark.get_or_add_pPr().append(after.pPr.find(qn("w:sectPr")))
        after.getparent().remove(after)
    house.save(str(tmp_path / "house.docx"))
    write_docx(wide_event(tmp_path), pictures=tmp_path, template=tmp_path / "house.docx", out=tmp_path / "r.docx")
    made = docx.Document(str(tmp_path / "r.docx"))
    sides = [s.page_width > s.page_height for s in made.sections]
    assert sides[0] is False and sides[-1] is False and sides.count(True) == 2, "the mural and the action register"
    assert [round(s.left_margin.cm) for s in made.sections] == [5, *[2] * (len(sides) - 2), round(made.sections[-1].left_margin.cm)]
    headers = [s.header.paragraphs[0].text if not s.header.is_linked_to_previous else None for s in made.sections]
    assert headers[1] == "inside" and headers[-1] == "back" and set(headers[2:-1]) == {None}
    texts = [p.text for p in made.paragraphs]
    assert texts[-1] == "Back page" and "{{ report }}" not in texts


def test_lying_pages_of_a_template_stay_as_they_are(tmp_path: Path) -> None:
    document = docx.Document(str(house(tmp_path)))
    section = document.sections[0]
    section.page_width, section.page_height = section.page_height, section.page_width
    document.save(str(tmp_path / "house.docx"))
    write_docx(wide_event(tmp_path), pictures=tmp_path, template=tmp_path / "house.docx", out=tmp_path / "r.docx")
    assert {s.page_width > s.page_height for s in docx.Document(str(tmp_path / "r.docx")).sections} == {True}


@given(
    pieces=st.lists(st.sampled_from(["{{ title }}", "{{date}}", "{{  place }}", "{{ unknown }}", " and ", "{ {", "}}", "x"]), max_size=6),
    cuts=st.lists(st.integers(0, 60), max_size=8),
    values=st.fixed_dictionaries({k: st.sampled_from(["", "T", "{{ title }}", "a b"]) for k in ("title", "date", "place")}),
)
def test_placeholders_are_filled_however_word_has_split_them(pieces: list[str], cuts: list[int], values: dict[str, str]) -> None:
    text = "".join(pieces)
    ends = [0, *sorted(min(c, len(text)) for c in cuts), len(text)]
    p = paragraph(None, *(run(text[a:b]) for a, b in itertools.pairwise(ends)))
    body = el("w:body", None, p, paragraph(None, run("stays")))
    fill_placeholders(body, values)
    expected = re.sub(r"\{\{\s*(title|date|place)\s*\}\}", lambda m: values[m[1]], text)
    had = bool(re.search(r"\{\{\s*(title|date|place)\s*\}\}", text))
    left = ["".join(t.text or "" for t in q.iter(qn("w:t"))) for q in body]
    assert left == (["stays"] if had and not expected.strip() else [expected, "stays"])
    assert had is False or not expected.strip() or len(list(p.iter(qn("w:r")))) == len(ends) - 1, "every run keeps its place and style"


def test_a_template_s_own_styles_win_and_plain_ones_are_added_for_the_others(tmp_path: Path) -> None:
    template = house(tmp_path, "{{ title }}")
    document = docx.Document(str(template))
    document.styles.add_style("Table Text", 1).font.size = Pt(9)
    document.save(str(template))
    made = report_on(template)
    names = [style.name for style in made.styles]
    assert names.count("Table Text") == 1 and made.styles["Table Text"].font.size.pt == 9
    assert {plain.name for plain in PLAIN_STYLES} <= set(names)
    assert "Table Text" in {p.style.name for p in made.tables[1].rows[1].cells[0].paragraphs}
    check_package(tmp_path / "r.docx")
    # what is added has neither face nor colour
    added = next(e for e in made.styles.element if e.get(qn("w:styleId")) == "Transcript")
    assert not list(added.iter(qn("w:rFonts"), qn("w:color")))
