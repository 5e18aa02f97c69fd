"""Builds connecting-communities.docx: run `python templates/script/build.py` after a change and commit the result.

In a folder of its own, which is no package, so that the wheel carries the template only.

The look: a deep teal band on the cover, teal headings, amber rules; Arial, which every Word has and LibreOffice replaces by the
metrically equal Liberation Sans. All text colours have a contrast of at least 4.5:1 on their ground (tests/test_report_template.py).
Placeholders in double braces are filled by digitise/report/docx_package.py.
"""

from __future__ import annotations

from pathlib import Path

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from digitise.report.docx_package import save_package
from digitise.report.docx_writer import UNDATED
from digitise.report.docx_xml import el, field, paragraph, run, val

FONT = "Arial"
TEAL, AMBER, INK, GREY = "0F4C4A", "C8641B", "1F2A2A", "4A5555"
PALE, LINE, LINK, DOUBT = "EAF3F2", "A9C2C0", "0B4F8A", "A3123A"
APP_XML = (
    "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>digitise</Application></Properties>'
)
TARGET = Path(__file__).parents[1] / "connecting-communities.docx"


def build_template() -> Document:
    document = docx.Document()
    _replace_foreign_parts(document)
    _drop_styles(document)
    _set_defaults(document)
    _set_page(document)
    _add_text_styles(document)
    _add_list_styles(document)
    _add_table_style(document)
    _add_cover(document)
    _add_header_and_footer(document)
    core = document.core_properties
    core.title, core.author, core.comments, core.language = "Event report", "digitise", "Template of digitise", "en-GB"
    core.created = core.modified = UNDATED
    core.last_modified_by = "digitise"
    return document


def _replace_foreign_parts(document: Document) -> None:
    """What python-docx's own template carries beside the document: styles of Word 2010 a second time, a bibliography, who saved it.

    Its thumbnail goes when the package is saved.
    """
    for rels, names in ((document.part.rels, ("stylesWithEffects", "customXml")), (document.part.package.rels, ("extended-properties",))):
        for key in [k for k, rel in rels.items() if rel.reltype.rsplit("/", 1)[1] in names]:
            del rels[key]
    package = document.part.package
    app = Part(PackURI("/docProps/app.xml"), CONTENT_TYPE.OFC_EXTENDED_PROPERTIES, APP_XML.encode(), package)
    package.relate_to(app, RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)


def _drop_styles(document: Document) -> None:
    """python-docx brings a hundred table and list styles that a writer would only have to look past."""
    keep = {
        *("Normal", "Title", "Subtitle", "heading 1", "heading 2", "heading 3", "List Bullet", "List Bullet 2", "List Bullet 3", "caption", "Quote"),
        *("Table Grid", "Normal Table", "header", "footer", "Default Paragraph Font", "No List", "Strong", "List Number"),
    }
    for style in list(document.styles.element.iter(qn("w:style"))):
        if style.find(qn("w:name")).get(qn("w:val")) not in keep:
            document.styles.element.remove(style)
    for style in document.styles.element.iter(qn("w:style")):
        for name in ("w:link", "w:next"):
            found = style.find(qn(name))
            if found is not None:
                style.remove(found)


def _set_defaults(document: Document) -> None:
    root = document.styles.element
    defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for child in list(defaults):
        defaults.remove(child)
    defaults.append(_fonts())
    defaults.append(el("w:lang", {"w:val": "en-GB", "w:eastAsia": "en-GB", "w:bidi": "ar-SA"}))
    settings = document.settings.element
    for old in settings.findall(qn("w:compat")):
        settings.remove(old)
    mode = {"w:name": "compatibilityMode", "w:uri": "http://schemas.microsoft.com/office/word", "w:val": "15"}
    compat = el("w:compat", None, el("w:compatSetting", mode))
    anchor = next((c for c in settings if c.tag in (qn("w:rsids"), qn("m:mathPr"), qn("w:themeFontLang"), qn("w:clrSchemeMapping"))), None)
    if anchor is None:
        settings.append(compat)
    else:
        anchor.addprevious(compat)


def _fonts() -> BaseOxmlElement:
    return el("w:rFonts", {"w:ascii": FONT, "w:hAnsi": FONT, "w:eastAsia": FONT, "w:cs": FONT})


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.4)
    section.header_distance, section.footer_distance = Cm(1.3), Cm(1.2)
    section.different_first_page_header_footer = True


def _style(
    document: Document,
    name: str,
    *,
    size: float,
    base: str | None = "Normal",
    bold: bool = False,
    colour: str = INK,
    before: float = 0,
    after: float = 6,
    line: float = 1.15,
    keep_next: bool = False,
    following: str | None = None,
) -> ParagraphStyle:
    """A paragraph style, made or made over."""
    names = [s.name for s in document.styles]
    style = document.styles[name] if name in names else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    for child in (style.element.find(qn("w:pPr")), style.element.find(qn("w:rPr"))):
        if child is not None:
            style.element.remove(child)
    if name != "Normal":
        style.base_style = document.styles[base] if base else None
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, RGBColor.from_string(colour)
    style.font.name = FONT
    style.element.rPr.replace(style.element.rPr.find(qn("w:rFonts")), _fonts())
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), line
    form.keep_with_next, form.widow_control = keep_next, True
    style.hidden, style.quick_style = False, True
    if following:
        style.next_paragraph_style = document.styles[following]
    return style


def _insert(style: ParagraphStyle, *elements: BaseOxmlElement) -> None:
    """Paragraph properties that python-docx has no words for, put where the schema wants them."""
    order = ["keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers", "pBdr", "shd", "tabs"]
    order += ["suppressAutoHyphens", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl"]
    props = style.element.get_or_add_pPr()
    for element in elements:
        rank = order.index(element.tag.rsplit("}", 1)[1])
        later = next((c for c in props if order.index(c.tag.rsplit("}", 1)[1]) > rank), None)
        if later is None:
            props.append(element)
        else:
            later.addprevious(element)


def _border(side: str, colour: str, eighths: int, space: int) -> BaseOxmlElement:
    return el(f"w:{side}", {"w:val": "single", "w:sz": str(eighths), "w:space": str(space), "w:color": colour})


def _borders(*sides: BaseOxmlElement) -> BaseOxmlElement:
    return el("w:pBdr", None, *sides)


def _shade(fill: str) -> BaseOxmlElement:
    return el("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill})


def _add_text_styles(document: Document) -> None:
    _style(document, "Normal", size=12, after=7)
    band = [("top", 14), ("left", 14), ("bottom", 14), ("right", 14)]
    for name, size, bold in (("Title", 30, True), ("Subtitle", 15, False)):
        before = 48 if name == "Title" else 0
        style = _style(document, name, size=size, bold=bold, colour="FFFFFF", before=before, after=6, line=1.1)
        # the band's outer edge, 14 pt beyond the text, stands on the page's margin
        style.paragraph_format.left_indent = style.paragraph_format.right_indent = Pt(15)
        _insert(style, _borders(*(_border(side, TEAL, 8, space) for side, space in band)), _shade(TEAL))
    organisers = _style(document, "Cover Organisers", size=13, bold=True, colour=TEAL, before=26, after=30)
    _insert(organisers, _borders(_border("bottom", AMBER, 18, 8)))
    for level, points, before, after in ((1, 20, 26, 10), (2, 15, 18, 5), (3, 12.5, 10, 3)):
        colour = TEAL if level < 3 else INK
        style = _style(
            document,
            f"Heading {level}",
            size=points,
            bold=True,
            colour=colour,
            before=before,
            after=after,
            keep_next=True,
            following="Normal",
        )
        _insert(style, val("w:outlineLvl", str(level - 1)))
        if level == 1:
            _insert(style, _borders(_border("bottom", AMBER, 12, 4)))
    contents = _style(document, "TOC Heading", size=15, bold=True, colour=TEAL, before=16, after=6, keep_next=True)
    del contents
    _style(document, "toc 1", size=11.5, bold=True, before=3, after=0, line=1.1)
    toc = _style(document, "toc 2", size=11.5, after=0, line=1.1)
    toc.paragraph_format.left_indent = Cm(0.6)
    _style(document, "Caption", size=10.5, colour=GREY, before=3, after=8)
    _style(document, "Picture", size=12, before=8, after=4, line=1.0)
    quote = _style(document, "Quote", size=12, after=7)
    quote.paragraph_format.left_indent, quote.paragraph_format.right_indent = Cm(0.8), Cm(0.8)
    _insert(quote, _borders(_border("left", AMBER, 24, 10)))
    note = _style(document, "Report Note", size=11, after=5, line=1.2)
    note.paragraph_format.left_indent = note.paragraph_format.right_indent = Pt(9)
    _insert(note, _borders(*(_border(side, PALE, 4, 8) for side in ("top", "left", "bottom", "right"))), _shade(PALE))
    for name in ("Header", "Footer"):
        _style(document, name, size=10, colour=GREY, after=0, line=1.0)
    for name, colour, kind in (("Hyperlink", LINK, "single"), ("Source Link", LINK, "none"), ("Doubtful Word", DOUBT, "dotted")):
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.element.append(el("w:rPr", None, val("w:color", colour), el("w:u", {"w:val": kind})))
    _style(document, "annotation text", size=10, after=0, line=1.0).element.set(qn("w:styleId"), "CommentText")
    reference = document.styles.add_style("annotation reference", WD_STYLE_TYPE.CHARACTER)
    reference.element.set(qn("w:styleId"), "CommentReference")
    reference.element.append(el("w:rPr", None, val("w:sz", "16")))


def _add_list_styles(document: Document) -> None:
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    lists = [
        ("List Bullet", "•", TEAL, 0.75, 3.0),
        ("List Bullet 2", "–", TEAL, 1.5, 3.0),
        ("List Bullet 3", "–", TEAL, 2.25, 3.0),
        ("Action Bullet", "▪", AMBER, 0.75, 5.0),
    ]
    for number, (_, sign, colour, indent, _) in enumerate(lists, 1):
        left = str(round(indent * 567))
        level = el(
            "w:lvl",
            {"w:ilvl": "0"},
            val("w:start", "1"),
            val("w:numFmt", "bullet"),
            val("w:lvlText", sign),
            val("w:lvlJc", "left"),
            el("w:pPr", None, el("w:ind", {"w:left": left, "w:hanging": str(round(0.55 * 567))})),
            el("w:rPr", None, _fonts(), val("w:color", colour)),
        )
        numbering.append(el("w:abstractNum", {"w:abstractNumId": str(number)}, val("w:multiLevelType", "singleLevel"), level))
    for number in range(1, len(lists) + 1):
        numbering.append(el("w:num", {"w:numId": str(number)}, val("w:abstractNumId", str(number))))
    for number, (name, _, _, indent, after) in enumerate(lists, 1):
        style = _style(document, name, size=12, after=after)
        _insert(style, el("w:numPr", None, val("w:numId", str(number))))
        style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Cm(indent), Cm(-0.55)
    # without a sign of ours: dashes and bullets of the writing itself are part of a transcript
    for name, inset in (("Transcript", 0.5), ("Transcript 2", 1.0), ("Transcript 3", 1.5)):
        style = _style(document, name, size=10.5, after=1, line=1.1)
        style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Cm(inset), Cm(-0.4)
    _style(document, "Transcript Heading", size=10.5, bold=True, before=5, after=1, keep_next=True)


def _add_table_style(document: Document) -> None:
    _style(document, "Table Text", size=10.5, after=0, line=1.1)
    _style(document, "Table End", size=6, after=4, line=1.0)
    head = _style(document, "Table Head", size=10.5, after=0, line=1.1)
    _style(document, "Key Figure Head", size=11, after=0, line=1.1)
    _style(document, "Key Figure", size=26, bold=True, colour=TEAL, before=2, after=2, line=1.0)
    for style in (head, document.styles["Key Figure Head"]):
        # the table style sets white on teal; a colour here would win over it
        for colour in style.element.rPr.findall(qn("w:color")):
            style.element.rPr.remove(colour)
        style.base_style = None
    style_element = _bare_table_style(document, "Report Table")
    sides = [el(f"w:{side}", {"w:val": "single", "w:sz": "6", "w:space": "0", "w:color": LINE}) for side in ("top", "bottom", "insideH")]
    cells = [el(f"w:{side}", {"w:w": str(w), "w:type": "dxa"}) for side, w in (("top", 55), ("left", 100), ("bottom", 55), ("right", 100))]
    header = el(
        "w:tblStylePr",
        {"w:type": "firstRow"},
        el("w:rPr", None, el("w:b"), el("w:bCs"), val("w:color", "FFFFFF")),
        el("w:tcPr", None, _shade(TEAL), val("w:vAlign", "bottom")),
    )
    style_element.append(el("w:tblPr", None, el("w:tblBorders", None, *sides), el("w:tblCellMar", None, *cells)))
    style_element.append(header)
    # a sheet beside its transcript: no rules, a quiet header
    _style(document, "Sheet Table Head", size=10, bold=True, colour=TEAL, after=0, line=1.0)
    sheet_element = _bare_table_style(document, "Sheet Table")
    cells = [el(f"w:{side}", {"w:w": str(w), "w:type": "dxa"}) for side, w in (("top", 50), ("left", 60), ("bottom", 30), ("right", 140))]
    pale = el("w:tblStylePr", {"w:type": "firstRow"}, el("w:tcPr", None, _shade(PALE)))
    sheet_element.append(el("w:tblPr", None, el("w:tblCellMar", None, *cells)))
    sheet_element.append(pale)


def _bare_table_style(document: Document, name: str) -> BaseOxmlElement:
    element: BaseOxmlElement = document.styles.add_style(name, WD_STYLE_TYPE.TABLE).element
    for child in list(element):
        if child.tag not in (qn("w:name"), qn("w:basedOn"), qn("w:uiPriority"), qn("w:qFormat")):
            element.remove(child)
    return element


def _add_cover(document: Document) -> None:
    body = document.element.body
    for child in list(body.iterchildren(qn("w:p"))):
        body.remove(child)
    ids = {name: document.styles[name].style_id for name in ("Title", "Subtitle", "Cover Organisers", "Normal")}
    lines = [("Title", "{{ title }}"), ("Subtitle", "{{ subtitle }}"), ("Cover Organisers", "{{ organisers }}"), ("Normal", "{{ report }}")]
    for k, (name, text) in enumerate(lines):
        body.insert(k, paragraph(ids[name], run(text)))


def _add_header_and_footer(document: Document) -> None:
    section = document.sections[0]
    header, footer = section.header, section.footer
    header.is_linked_to_previous = footer.is_linked_to_previous = False
    section.first_page_header.is_linked_to_previous = section.first_page_footer.is_linked_to_previous = False
    head, foot = header.paragraphs[0]._p, footer.paragraphs[0]._p
    head.append(run("{{ title }}"))
    for part in (run("{{ page }} "), *field("PAGE", "1"), run(" / "), *field("NUMPAGES", "1")):
        foot.append(part)
    head.get_or_add_pPr().append(_borders(_border("bottom", LINE, 6, 4)))


def main() -> None:
    save_package(build_template(), TARGET)


if __name__ == "__main__":
    main()
