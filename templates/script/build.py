"""Builds the templates: run `python templates/script/build.py` after a change and commit the results.

In a folder of its own, which is no package, so that the wheel carries the templates only. One event report and one photo report for each
look. Arial is on every computer with Word, and LibreOffice replaces it by the metrically equal Liberation Sans; Verdana by DejaVu Sans.
All text colours have a contrast of at least 4.5:1 on their ground (tests/test_report_template.py).
Placeholders in double braces are filled by digitise/report/docx_placeholders.py.
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
from docx.section import _Footer, _Header
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from looks import LOOKS, Look

from digitise.report.docx_package import EVENT_REPORT, PHOTO_REPORT, save_package
from digitise.report.docx_writer import UNDATED
from digitise.report.docx_xml import el, field, paragraph, run, val

APP_XML = (
    "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>digitise</Application></Properties>'
)
FOLDER = Path(__file__).parents[1]


def build_template(look: Look, kind: str) -> Document:
    document = docx.Document()
    _replace_foreign_parts(document)
    _drop_styles(document)
    _set_defaults(document, look)
    _set_page(document, kind)
    _add_text_styles(document, look)
    _add_cover_styles(document, look, kind)
    _add_list_styles(document, look)
    _add_table_style(document, look)
    _add_cover(document)
    _add_headers_and_footers(document, look, kind)
    core = document.core_properties
    core.title, core.author = "Event report" if kind == EVENT_REPORT else "Photo report", "digitise"
    core.comments, core.language = "Template of digitise", "en-GB"
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
        *(
            "Normal",
            "Title",
            "Subtitle",
            "heading 1",
            "heading 2",
            "heading 3",
            "List Bullet",
            "List Bullet 2",
            "List Bullet 3",
            "caption",
            "Quote",
        ),
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


def _set_defaults(document: Document, look: Look) -> None:
    root = document.styles.element
    defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for child in list(defaults):
        defaults.remove(child)
    defaults.append(_fonts(look))
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


def _fonts(look: Look) -> BaseOxmlElement:
    return el("w:rFonts", {"w:ascii": look.font, "w:hAnsi": look.font, "w:eastAsia": look.font, "w:cs": look.font})


def _set_page(document: Document, kind: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    # photos are to be large; a report is to be read
    section.left_margin = section.right_margin = Cm(2.5 if kind == EVENT_REPORT else 2.0)
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.4)
    section.header_distance, section.footer_distance = Cm(1.3), Cm(1.2)
    section.different_first_page_header_footer = True


def _style(
    document: Document,
    look: Look,
    name: str,
    *,
    size: float,
    base: str | None = "Normal",
    bold: bool = False,
    colour: str | None = None,
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
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, RGBColor.from_string(colour or look.ink)
    style.font.name = look.font
    style.element.rPr.replace(style.element.rPr.find(qn("w:rFonts")), _fonts(look))
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


def _add_text_styles(document: Document, look: Look) -> None:
    _style(document, look, "Normal", size=12, after=7)
    for level, points, before, after in ((1, 20, 26, 10), (2, 15, 18, 5), (3, 12.5, 10, 3)):
        colour = look.main if level < 3 else look.ink
        style = _style(
            document,
            look,
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
            _insert(style, _borders(_border("bottom", look.accent, 12 if look.cover == "band" else 6, 4)))
    contents = _style(document, look, "TOC Heading", size=15, bold=True, colour=look.main, before=16, after=6, keep_next=True)
    del contents
    _style(document, look, "toc 1", size=11.5, bold=True, before=3, after=0, line=1.1)
    toc = _style(document, look, "toc 2", size=11.5, after=0, line=1.1)
    toc.paragraph_format.left_indent = Cm(0.6)
    _style(document, look, "Caption", size=10.5, colour=look.grey, before=3, after=8)
    _style(document, look, "Picture", size=12, before=8, after=4, line=1.0)
    quote = _style(document, look, "Quote", size=12, after=7)
    quote.paragraph_format.left_indent, quote.paragraph_format.right_indent = Cm(0.8), Cm(0.8)
    _insert(quote, _borders(_border("left", look.accent, 24, 10)))
    note = _style(document, look, "Report Note", size=12, after=5, line=1.2)
    note.paragraph_format.left_indent = note.paragraph_format.right_indent = Pt(9)
    _insert(note, _borders(*(_border(side, look.pale, 4, 8) for side in ("top", "left", "bottom", "right"))), _shade(look.pale))
    for name in ("Header", "Footer"):
        _style(document, look, name, size=10, colour=look.grey, after=0, line=1.0)
    for name, colour, kind in (
        ("Hyperlink", look.link, "single"),
        ("Source Link", look.link, "none"),
        ("Doubtful Word", look.doubt, "dotted"),
    ):
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.element.append(el("w:rPr", None, val("w:color", colour), el("w:u", {"w:val": kind})))
    _style(document, look, "annotation text", size=10, after=0, line=1.0).element.set(qn("w:styleId"), "CommentText")
    reference = document.styles.add_style("annotation reference", WD_STYLE_TYPE.CHARACTER)
    reference.element.set(qn("w:styleId"), "CommentReference")
    reference.element.append(el("w:rPr", None, val("w:sz", "16")))


def _add_cover_styles(document: Document, look: Look, kind: str) -> None:
    """The cover of an event report has a page of its own; that of a photo report is a heading on its first page."""
    whole = kind == EVENT_REPORT
    size, above = (30, 48) if whole else (22, 0)
    text = {"size": 15 if whole else 13, "after": 6, "line": 1.1}
    if look.cover == "band":
        title = _style(document, look, "Title", size=size, bold=True, colour="FFFFFF", before=above, after=6, line=1.1)
        subtitle = _style(document, look, "Subtitle", colour="FFFFFF", **text)
        for style in (title, subtitle):
            # the band's outer edge, 14 pt beyond the text, stands on the page's margin
            style.paragraph_format.left_indent = style.paragraph_format.right_indent = Pt(15)
            _insert(style, _borders(*(_border(side, look.main, 8, 14) for side in ("top", "left", "bottom", "right"))), _shade(look.main))
        organisers = _style(document, look, "Cover Organisers", size=13, bold=True, colour=look.main, before=26, after=30 if whole else 12)
        _insert(organisers, _borders(_border("bottom", look.accent, 18, 8)))
        return
    title = _style(document, look, "Title", size=size + 2, bold=True, colour=look.main, before=3 * above, after=10, line=1.05)
    subtitle = _style(document, look, "Subtitle", colour=look.grey, **text)
    organisers = _style(document, look, "Cover Organisers", size=12, colour=look.ink, before=14, after=36 if whole else 12)
    if look.cover == "letterhead":
        for style in (title, subtitle):
            style.paragraph_format.left_indent = Pt(14)
            _insert(style, _borders(_border("left", look.accent, 36, 10)))
    else:
        _insert(title, _borders(_border("top", look.main, 96, 14)))
        _insert(organisers, _borders(_border("bottom", look.accent, 24, 10)))


def _add_list_styles(document: Document, look: Look) -> None:
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    lists = [
        ("List Bullet", "•", look.main, 0.75, 3.0),
        ("List Bullet 2", "–", look.main, 1.5, 3.0),
        ("List Bullet 3", "–", look.main, 2.25, 3.0),
        ("Action Bullet", "▪", look.accent, 0.75, 5.0),
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
            el("w:rPr", None, _fonts(look), val("w:color", colour)),
        )
        numbering.append(el("w:abstractNum", {"w:abstractNumId": str(number)}, val("w:multiLevelType", "singleLevel"), level))
    for number in range(1, len(lists) + 1):
        numbering.append(el("w:num", {"w:numId": str(number)}, val("w:abstractNumId", str(number))))
    for number, (name, _, _, indent, after) in enumerate(lists, 1):
        style = _style(document, look, name, size=12, after=after)
        _insert(style, el("w:numPr", None, val("w:numId", str(number))))
        style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Cm(indent), Cm(-0.55)
    # without a sign of ours: dashes and bullets of the writing itself are part of a transcript
    for name, inset in (("Transcript", 0.5), ("Transcript 2", 1.0), ("Transcript 3", 1.5)):
        style = _style(document, look, name, size=12, after=1, line=1.1)
        style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Cm(inset), Cm(-0.4)
    _style(document, look, "Transcript Heading", size=12, bold=True, before=5, after=1, keep_next=True)


def _add_table_style(document: Document, look: Look) -> None:
    _style(document, look, "Table Text", size=10.5, after=0, line=1.1)
    _style(document, look, "Table End", size=6, after=4, line=1.0)
    head = _style(document, look, "Table Head", size=10.5, after=0, line=1.1)
    _style(document, look, "Key Figure Head", size=11, after=0, line=1.1)
    _style(document, look, "Key Figure", size=26, bold=True, colour=look.main, before=2, after=2, line=1.0)
    for style in (head, document.styles["Key Figure Head"]):
        # the table style sets white on teal; a colour here would win over it
        for colour in style.element.rPr.findall(qn("w:color")):
            style.element.rPr.remove(colour)
        style.base_style = None
    style_element = _bare_table_style(document, "Report Table")
    sides = [
        el(f"w:{side}", {"w:val": "single", "w:sz": "6", "w:space": "0", "w:color": look.line}) for side in ("top", "bottom", "insideH")
    ]
    cells = [el(f"w:{side}", {"w:w": str(w), "w:type": "dxa"}) for side, w in (("top", 55), ("left", 100), ("bottom", 55), ("right", 100))]
    header = el(
        "w:tblStylePr",
        {"w:type": "firstRow"},
        el("w:rPr", None, el("w:b"), el("w:bCs"), val("w:color", "FFFFFF")),
        el("w:tcPr", None, _shade(look.main), val("w:vAlign", "bottom")),
    )
    style_element.append(el("w:tblPr", None, el("w:tblBorders", None, *sides), el("w:tblCellMar", None, *cells)))
    style_element.append(header)
    # a sheet beside its transcript: no rules, a quiet header
    _style(document, look, "Sheet Table Head", size=10, bold=True, colour=look.main, after=0, line=1.0)
    sheet_element = _bare_table_style(document, "Sheet Table")
    cells = [el(f"w:{side}", {"w:w": str(w), "w:type": "dxa"}) for side, w in (("top", 50), ("left", 60), ("bottom", 30), ("right", 140))]
    pale = el("w:tblStylePr", {"w:type": "firstRow"}, el("w:tcPr", None, _shade(look.pale)))
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


def _add_headers_and_footers(document: Document, look: Look, kind: str) -> None:
    section = document.sections[0]
    for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
        part.is_linked_to_previous = False
    width = section.page_width - section.left_margin - section.right_margin
    _write_header(section.header, look, "{{ title }}", "{{ date }}" if look.cover == "letterhead" else "", width)
    if look.cover == "letterhead":
        _write_header(section.first_page_header, look, "{{ organisers }}", "{{ kind }}", width)
    _write_footer(section.footer)
    if kind == PHOTO_REPORT:
        # its first page is a page like any other
        _write_footer(section.first_page_footer)


def _write_header(header: _Header, look: Look, left: str, right: str, width_emu: int) -> None:
    head = header.paragraphs[0]._p
    head.append(run(left + (f"\t{right}" if right else "")))
    props = head.get_or_add_pPr()
    props.append(_borders(_border("bottom", look.line, 6, 4)))
    if right:
        props.append(el("w:tabs", None, el("w:tab", {"w:val": "right", "w:pos": str(round(width_emu / 635))})))


def _write_footer(footer: _Footer) -> None:
    foot = footer.paragraphs[0]._p
    for part in (run("{{ page }} "), *field("PAGE", "1"), run(" / "), *field("NUMPAGES", "1")):
        foot.append(part)


def list_templates() -> dict[str, tuple[Look, str]]:
    """File name -> look and kind of report."""
    kinds = (EVENT_REPORT, PHOTO_REPORT)
    return {f"{kind}{'-' if name else ''}{name}.docx": (look, kind) for name, look in LOOKS.items() for kind in kinds}


def main() -> None:
    for name, (look, kind) in list_templates().items():
        save_package(build_template(look, kind), FOLDER / name)


if __name__ == "__main__":
    main()
