"""Blocks -> Word: the editable report, on a template's styles.

Each note's words stand in a bookmark named after the note. Bookmarks, not content controls: LibreOffice 7.4 drops tag, title
and id of content controls inside a paragraph when it saves .docx, and keeps every bookmark with its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.run import Run as DocxRun
from lxml.etree import _Element

from digitise import __version__
from digitise.model import Event
from digitise.report.bilingual import join_sides
from digitise.report.blocks import (
    Block,
    Bullet,
    Contents,
    Heading,
    PageBreak,
    PageTurn,
    Paragraph,
    Picture,
    Run,
    Spread,
    Table,
    TitleBlock,
)
from digitise.report.compose import compose_report
from digitise.report.compose_photos import compose_photo_report
from digitise.report.compose_series import compose_series
from digitise.report.docx_house import add_plain_styles
from digitise.report.docx_identity import name_document
from digitise.report.docx_language import set_language
from digitise.report.docx_package import PHOTO_REPORT, blaming_template, list_roots, open_template, save_package
from digitise.report.docx_placeholders import drop_examples, fill_template, find_report_mark, remove_element
from digitise.report.docx_sections import close_section, find_page, measure_text, share_headers
from digitise.report.docx_sheet import (
    LOCALES,
    STYLES,
    Sheet,
    build_bullet,
    build_caption,
    build_figure,
    build_inlines,
    build_words,
    place,
    wrap_in_bookmark,
)
from digitise.report.docx_spread import build_spread
from digitise.report.docx_table import build_table
from digitise.report.docx_xml import TWIPS_PER_CM, el, field_char, field_code, hyperlink, paragraph, run, val
from digitise.report.labels import Labels, choose_labels
from digitise.report.series_labels import choose_series_labels
from digitise.report.telling_languages import tell_other
from digitise.report.wording import clean_text
from digitise.series_model import Series
from digitise.store import atomic_write

UNDATED = datetime(1980, 1, 1)
"""Date of a report whose photos have none: the document must not depend on the day it is written."""
AUTHOR = "digitise"
_USUAL_TEXT_CM = (16.0, 24.0)
"""Of a template that does not say how large its pages are."""
NO_FIELDS: Mapping[str, str] = MappingProxyType({})


def write_docx(event: Event, *, pictures: Path, template: Path | None, out: Path, fields: Mapping[str, str] = NO_FIELDS) -> None:
    """Write the Word report. `pictures` is the folder that Surface.picture and 'note-<id>.jpg' name files in; missing ones
    are said to be missing. fields: the house's own placeholders. Raises ConfigError for a template that cannot be used, OutputError
    where `out` cannot be written."""
    blocks = compose_report(event)
    with blaming_template(template):
        sheet = _lay_out_sheet(open_template(template), choose_labels(event.info.languages), pictures)
        _write_blocks(event, blocks, sheet, {**fields, "kind": sheet.labels.event_report}, out)


def write_photo_docx(event: Event, *, pictures: Path, template: Path | None, out: Path, fields: Mapping[str, str] = NO_FIELDS) -> None:
    """Write the photo report: the cleaned sheets with what was read from them. As for write_docx; its words in doubt have no comments."""
    blocks = compose_photo_report(event)
    with blaming_template(template):
        sheet = _lay_out_sheet(open_template(template, kind=PHOTO_REPORT), choose_labels(event.info.languages), pictures)
        sheet.comments = False
        _write_blocks(event, blocks, sheet, {**fields, "kind": sheet.labels.photo_report}, out)


def write_series_docx(series: Series, *, template: Path | None, out: Path) -> None:
    """Write the report of a series; it has no pictures. As for write_docx."""
    blocks, kind = compose_series(series), join_sides(choose_series_labels(series.info.languages).kind)
    with blaming_template(template):
        sheet = _lay_out_sheet(open_template(template), choose_labels(series.info.languages), out.parent)
        _write_blocks(series.whole, blocks, sheet, {"kind": kind}, out)


def _write_blocks(event: Event, blocks: Sequence[Block], sheet: Sheet, fields: Mapping[str, str], out: Path) -> None:
    document = sheet.document
    drop_examples(document)
    add_plain_styles(document)
    title = next((b for b in blocks if isinstance(b, TitleBlock)), TitleBlock(event.info.title, "", ""))
    mark = find_report_mark(document)  # before the title is filled in: it may say anything
    cover = "title" in fill_template(document, {**fields, **_name_values(title, sheet.labels)})
    at = next((i for i, b in enumerate(blocks) if isinstance(b, Contents)), 0)
    # a cover that prints the title does it for us
    front = [e for block in blocks[:at] if not (cover and isinstance(block, TitleBlock)) for e in build_block(sheet, block)]
    break_before, sheet.break_before = sheet.break_before, False
    chapters: list[BaseOxmlElement] = []
    for block in blocks[at:]:
        if isinstance(block, PageTurn):
            close_section(sheet, chapters, landscape=not block.landscape)
            sheet.text_width_cm, sheet.text_height_cm = measure_text(sheet, landscape=block.landscape)
        elif not (cover and isinstance(block, TitleBlock)):
            chapters += build_block(sheet, block)
    # the contents list the headings, so they are built when all chapters are
    sheet.break_before = break_before
    elements = [*front, *(_build_contents(sheet, blocks[at]) if blocks else []), *chapters]
    if elements and elements[-1].tag == qn("w:tbl"):
        # Word wants a paragraph behind a table that ends a document
        elements.append(paragraph(sheet.style("table end")))
    _insert_body(document, mark, elements)
    _tell_title_language(sheet, title)
    share_headers(sheet)
    stamp = max((p.taken for p in event.photos if p.taken), default=UNDATED).replace(microsecond=0, tzinfo=None)
    if sheet.comments:
        _add_comments(sheet, stamp)
    _set_properties(document, event, sheet.labels, stamp)
    set_language(document, sheet.labels.locale, STYLES)
    name_document(document, blocks)
    with atomic_write(out) as part:
        save_package(document, part)


def _lay_out_sheet(document: Document, labels: Labels, pictures: Path) -> Sheet:
    body = document.element.body
    used = [int(b.get(qn("w:id")) or 0) for b in body.iter(qn("w:bookmarkStart"))]
    shapes = [int(s.get("id") or 0) for s in body.iter(qn("wp:docPr"))]
    sheet = Sheet(
        document=document,
        labels=labels,
        pictures=pictures,
        text_width_cm=_USUAL_TEXT_CM[0],
        text_height_cm=_USUAL_TEXT_CM[1],
        bookmark_ids=count(max(used, default=0) + 1),
        shape_ids=count(max(shapes, default=0) + 1),
        styles={},
        page=find_page(document, find_report_mark(document)),
    )
    width, height = measure_text(sheet, landscape=False)
    if width > 0 and height > 0:
        sheet.text_width_cm, sheet.text_height_cm = width, height
    return sheet


def _name_values(title: TitleBlock, labels: Labels) -> dict[str, str]:
    """What the placeholders of a template become."""
    return {
        "title": title.title,
        "subtitle": title.subtitle,
        "organisers": title.organisers,
        "date": title.date,
        "place": title.place,
        "page": labels.page,
    }


def _tell_title_language(sheet: Sheet, title: TitleBlock) -> None:
    """Title, place and names are as event.toml has them, which may be in another language than the report."""
    words = (title.title, title.subtitle, title.organisers, title.place)
    told = {clean_text(text): tell_other(text, sheet.labels.language) for text in words}
    for text in (t for root in list_roots(sheet.document) for t in root.iter(qn("w:t"))):
        locale = LOCALES.get(told.get(text.text or "") or "")
        line = text.getparent()
        if locale and line is not None and line.find(f"{qn('w:rPr')}/{qn('w:lang')}") is None:
            props = line.find(qn("w:rPr"))
            if props is None:
                props = el("w:rPr")
                line.insert(0, props)
            props.append(val("w:lang", locale))


def _insert_body(document: Document, mark: _Element | None, elements: Sequence[BaseOxmlElement]) -> None:
    """Where the template has {{ report }}, else after its own text."""
    if mark is not None:
        for element in elements:
            mark.addprevious(element)
        if mark.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None:
            remove_element(mark)
        else:
            # it ends its section, and must stay to do so
            for run_element in [e for e in mark if e.tag != qn("w:pPr")]:
                mark.remove(run_element)
        return
    body = document.element.body
    last = body.find(qn("w:sectPr"))
    for element in elements:
        if last is None:
            body.append(element)
        else:
            last.addprevious(element)


def build_block(sheet: Sheet, block: Block) -> list[BaseOxmlElement]:
    """One block as paragraphs and tables. A page break becomes a property of the paragraph after it: no empty paragraphs."""
    elements: list[BaseOxmlElement] = []
    match block:
        case PageBreak():
            sheet.break_before = True
        case TitleBlock():
            lines = [("Title", block.title), ("Subtitle", block.subtitle), ("Subtitle", block.organisers)]
            elements = [paragraph(sheet.style(style), run(text)) for style, text in lines if text]
        case Heading():
            elements = [_build_heading(sheet, block)]
        case Paragraph():
            keep = (el("w:keepNext"),) if block.kind == "lead" else ()
            elements = [place(sheet, block.kind, build_inlines(sheet, block.inlines), keep)]
        case Bullet():
            elements = [build_bullet(sheet, block)]
        case Picture():
            elements = build_figure(sheet, block, max_width_cm=sheet.text_width_cm)
        case Table():
            caption = (
                [build_caption(sheet, block.label, block.number, block.caption_runs or (Run(block.caption),), keep_next=True)]
                if block.number
                else []
            )
            elements = [*caption, build_table(sheet, block)]
        case Spread():
            elements = [build_spread(sheet, block), paragraph(sheet.style("table end"))]
        case Contents() | PageTurn():
            pass
    return elements


def _build_heading(sheet: Sheet, heading: Heading) -> BaseOxmlElement:
    children = build_inlines(sheet, heading.inlines)
    if heading.anchor:
        children = wrap_in_bookmark(sheet, heading.anchor, children)
    if heading.level <= 2:
        name = f"_Toc{len(sheet.headings) + 1:06d}"
        sheet.headings.append((heading.level, heading.inlines, name))
        children = wrap_in_bookmark(sheet, name, children)
    return place(sheet, f"Heading {heading.level}", children)


def _build_contents(sheet: Sheet, contents: Block) -> list[BaseOxmlElement]:
    """A contents field filled with real entries: links to the headings, so that programs that do not update fields show it too.

    Without page numbers: only a program that lays out pages knows them, and a wrong number is worse than none. 'dirty' has Word
    put them in when it opens the document. LibreOffice 7.4 shows the entries as they are and numbers them on 'Update Index'.
    """
    if not isinstance(contents, Contents) or not sheet.headings:
        return []
    elements = [place(sheet, "contents", [run(contents.heading)])]
    for k, (level, inlines, name) in enumerate(sheet.headings):
        children = [hyperlink(name, build_words(sheet, inlines))]
        if k == 0:
            children = [field_char("begin", dirty=True), field_code('TOC \\o "1-2" \\h \\z \\u'), field_char("separate"), *children]
        if k == len(sheet.headings) - 1:
            children.append(field_char("end"))
        elements.append(paragraph(sheet.style(f"toc {level}"), *children, props=(_tab_stop(sheet),)))
    return elements


def _tab_stop(sheet: Sheet) -> BaseOxmlElement:
    position = str(round(sheet.text_width_cm * TWIPS_PER_CM))
    return el("w:tabs", None, el("w:tab", {"w:val": "right", "w:leader": "dot", "w:pos": position}))


def _add_comments(sheet: Sheet, stamp: datetime) -> None:
    for element, doubt in sheet.doubts:
        template = sheet.labels.check_comment if doubt.alternatives else sheet.labels.check_comment_none
        text = template.format(reading=doubt.reading, alternatives=", ".join(doubt.alternatives))
        if doubt.reader:
            text = f"{text} {sheet.labels.second_taken.format(reader=doubt.reader)}"
        _add_comment(sheet, element, text, stamp)
    for element, text in sheet.remarks:
        _add_comment(sheet, element, text, stamp)


def _add_comment(sheet: Sheet, element: BaseOxmlElement, text: str, stamp: datetime) -> None:
    word = DocxRun(element, sheet.document._body)  # type: ignore[arg-type]
    comment = sheet.document.add_comment(word, text=clean_text(text), author=AUTHOR, initials="d")
    comment._comment_elm.set(qn("w:date"), stamp.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _move_mark_behind_notes(element)


def _move_mark_behind_notes(word: BaseOxmlElement) -> None:
    """Put a comment's mark at the end of its paragraph; its range stays at the word.

    LibreOffice 7.4 ends a bookmark one letter early when a comment's mark stands before that end in the same paragraph.
    """
    mark = next(e for e in word.itersiblings(qn("w:r")) if e.find(qn("w:commentReference")) is not None)
    above = mark.getparent()
    if above is not None:
        above.append(mark)


def _set_properties(document: Document, event: Event, labels: Labels, stamp: datetime) -> None:
    """Title for screen readers; nothing that changes from run to run."""
    core = document.core_properties
    core.title = clean_text(event.info.title)[:255]
    core.author = clean_text(", ".join(event.info.organisers))[:255] or AUTHOR
    core.last_modified_by = AUTHOR
    core.language = labels.locale
    core.comments = clean_text(f"{event.generator or AUTHOR + ' ' + __version__}")[:255]
    core.created = core.modified = stamp.replace(tzinfo=UTC)
    core.revision = 1
