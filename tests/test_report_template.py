"""Templates: ours is what its script builds and is readable; house templates are checked, filled and kept."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from report_demo import demo_event

from digitise.errors import ConfigError
from digitise.report import check_template, write_docx
from digitise.report.docx_package import DEFAULT_TEMPLATE, open_template, save_package

TEMPLATE = Path(__file__).parents[1] / "templates" / DEFAULT_TEMPLATE


def contrast(a: str, b: str) -> float:
    """WCAG 2.2 contrast ratio of two RRGGBB colours."""

    def luminance(rgb: str) -> float:
        parts = [int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_shipped_template_is_what_the_script_builds(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("build_template", TEMPLATE.parent / "script" / "build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    save_package(module.build_template(), tmp_path / "t.docx")
    assert (tmp_path / "t.docx").read_bytes() == TEMPLATE.read_bytes(), "run: python templates/script/build.py"


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


def test_text_colours_can_be_read() -> None:
    for style in docx.Document(str(TEMPLATE)).styles.element.iter(qn("w:style")):
        colour = style.find(f"{qn('w:rPr')}/{qn('w:color')}")
        shade = style.find(f"{qn('w:pPr')}/{qn('w:shd')}")
        if colour is not None:
            ground = shade.get(qn("w:fill")) if shade is not None else "FFFFFF"
            assert contrast(colour.get(qn("w:val")), ground) >= 4.5, style.get(qn("w:styleId"))


def test_body_text_is_sans_serif_12_point_left_on_a4() -> None:
    document = docx.Document(str(TEMPLATE))
    normal = document.styles["Normal"]
    assert normal.font.size.pt == 12
    assert normal.font.name == "Arial"
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
