"""The sheet on which one Word document is built: styles by their use, bookmarks, inline text, pictures, captions."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.report.blocks import FIGURE, Bullet, Doubt, Inline, Link, Picture, Run, Span
from digitise.report.docx_package import find_style
from digitise.report.docx_xml import EMU_PER_CM, el, hyperlink, inline_picture, paragraph, run
from digitise.report.docx_xml import field as word_field
from digitise.report.labels import Labels
from digitise.report.pictures import fit_picture

LOCALES = {"en": "en-GB", "cy": "cy-GB"}
_FALLBACKS: dict[str, tuple[str, ...]] = {
    "note": ("Report Note", "Body Text", "Normal"),
    "body": ("Body Text", "Normal"),
    "lead": ("Body Text", "Normal"),
    "quote": ("Quote",),
    "point": ("List Bullet",),
    "point 1": ("List Bullet 2", "List Bullet"),
    "point 2": ("List Bullet 3", "List Bullet 2", "List Bullet"),
    "action": ("Action Bullet", "List Bullet"),
    "transcript": ("Transcript", "List Bullet"),
    "transcript 1": ("Transcript 2", "List Bullet 2", "List Bullet"),
    "transcript 2": ("Transcript 3", "List Bullet 3", "List Bullet 2", "List Bullet"),
    "transcript heading": ("Transcript Heading", "Normal"),
    "caption": ("Caption",),
    "contents": ("TOC Heading", "Subtitle"),
    "toc 1": ("toc 1", "Normal"),
    "toc 2": ("toc 2", "Normal"),
    "picture": ("Picture", "Normal"),
    "table": ("Report Table", "Table Grid"),
    "spread": ("Sheet Table", "Normal Table", "Table Normal"),
    "spread head": ("Sheet Table Head", "Table Head", "Normal"),
    "table head": ("Table Head", "Normal"),
    "table text": ("Table Text", "Normal"),
    "key figure": ("Key Figure", "Normal"),
    "key figure head": ("Key Figure Head", "Normal"),
    "table end": ("Table End", "Normal"),
    "link": ("Hyperlink",),
    "source link": ("Source Link", "Hyperlink"),
    "doubtful": ("Doubtful Word",),
}
"""The style of each use: ours where the template has it, else a standard one."""
_HEADINGS = ("Title", "Subtitle", "Cover Organisers", "Heading 1", "Heading 2", "Heading 3")
STYLES = tuple(dict.fromkeys((*_HEADINGS, *(name for names in _FALLBACKS.values() for name in names))))
"""All styles in which a report may write."""


@dataclass
class Sheet:
    """What is known while one document is written."""

    document: Document
    labels: Labels
    pictures: Path
    text_width_cm: float
    text_height_cm: float
    bookmark_ids: count[int]
    shape_ids: count[int]
    styles: dict[str, str | None]
    page: BaseOxmlElement
    """Page set-up (w:sectPr) of the section in which the report is written."""
    headings: list[tuple[int, tuple[Inline, ...], str]] = field(default_factory=list)
    """Level, words and bookmark of each heading that the contents list."""
    doubts: list[tuple[BaseOxmlElement, Doubt]] = field(default_factory=list)
    remarks: list[tuple[BaseOxmlElement, str]] = field(default_factory=list)
    """Runs, and what a comment beside each says of people's edits."""
    break_before: bool = False
    comments: bool = True
    """Whether a doubtful word has a comment beside its mark."""
    added: list[BaseOxmlElement] = field(default_factory=list)
    """Page set-ups of the sections that were added before the template's own."""

    def style(self, use: str) -> str | None:
        """Id of the style for a use of _FALLBACKS, or of the style of that name."""
        if use not in self.styles:
            self.styles[use] = find_style(self.document, *_FALLBACKS.get(use, (use,)))
        return self.styles[use]


def place(sheet: Sheet, use: str, children: list[BaseOxmlElement], props: tuple[BaseOxmlElement, ...] = ()) -> BaseOxmlElement:
    if sheet.break_before:
        props = (*props, el("w:pageBreakBefore"))
        sheet.break_before = False
    return paragraph(sheet.style(use), *children, props=props)


def wrap_in_bookmark(sheet: Sheet, name: str, children: list[BaseOxmlElement]) -> list[BaseOxmlElement]:
    number = str(next(sheet.bookmark_ids))
    return [el("w:bookmarkStart", {"w:id": number, "w:name": name}), *children, el("w:bookmarkEnd", {"w:id": number})]


def build_inlines(sheet: Sheet, inlines: Sequence[Inline], *, bold: bool = False) -> list[BaseOxmlElement]:
    elements: list[BaseOxmlElement] = []
    for inline in inlines:
        if isinstance(inline, Span):
            elements += wrap_in_bookmark(sheet, inline.anchor, [_build_run(sheet, r, bold) for r in inline.runs])
        elif isinstance(inline, Link):
            elements += _build_link(sheet, inline)
        else:
            elements.append(_build_run(sheet, inline, bold))
    return elements


def _build_link(sheet: Sheet, link: Link) -> list[BaseOxmlElement]:
    """A link to a bookmark. To a figure it is Word's own cross-reference, which follows when figures are added or taken out."""
    if link.target.startswith(FIGURE):
        return word_field(f"REF {link.target} \\h", link.text)
    style = sheet.style("source link" if link.quiet else "link")
    return [hyperlink(link.target, [run(link.text, style=style, locale=_other_locale(sheet, link.language))], link.tip)]


def build_words(sheet: Sheet, inlines: Sequence[Inline]) -> list[BaseOxmlElement]:
    """The words alone, each in its language: no bookmarks, links, styles or comments."""
    runs = [r for inline in inlines for r in (inline.runs if isinstance(inline, Span) else (inline,))]
    return [run(r.text, locale=_other_locale(sheet, r.language)) for r in runs]


def _other_locale(sheet: Sheet, language: str | None) -> str | None:
    """Locale of a stretch that is not in the report's own language."""
    locale = LOCALES.get(language or "")
    return None if locale == sheet.labels.locale else locale


def _build_run(sheet: Sheet, piece: Run, bold: bool) -> BaseOxmlElement:
    locale = _other_locale(sheet, piece.language)
    style = sheet.style("doubtful") if piece.doubt else None
    dotted = piece.doubt is not None and style is None
    element = run(piece.text, style=style, underline=dotted, bold=bold or piece.bold, italic=piece.italic, locale=locale)
    if piece.doubt is not None:
        sheet.doubts.append((element, piece.doubt))
    if piece.remark:
        sheet.remarks.append((element, piece.remark))
    return element


def build_picture(sheet: Sheet, picture: Picture, *, max_width_cm: float) -> BaseOxmlElement | None:
    """The run that shows a picture; None when its file is missing or broken."""
    width = min(picture.max_width_cm, max_width_cm)
    height = min(picture.max_height_cm, sheet.text_height_cm * 0.85)
    fitted = fit_picture(sheet.pictures / picture.file, max_width_cm=width, max_height_cm=height)
    if fitted is None:
        return None
    data, size_cm = fitted
    rel_id, _ = sheet.document.part.get_or_add_image(io.BytesIO(data))
    emu = (round(size_cm[0] * EMU_PER_CM), round(size_cm[1] * EMU_PER_CM))
    number = next(sheet.shape_ids)
    return inline_picture(rel_id, number, f"Picture {number}", picture.alt, emu)


def build_caption(
    sheet: Sheet, label: str, number: int, inlines: Sequence[Inline], *, anchor: str = "", keep_next: bool = False
) -> BaseOxmlElement:
    children = [run(f"{label}\u00a0"), *word_field(f"SEQ {label.split(maxsplit=1)[0]} \\* ARABIC", str(number))]
    if anchor:
        children = wrap_in_bookmark(sheet, anchor, children)
    props = (el("w:keepNext"),) if keep_next else ()
    return place(sheet, "caption", [*children, run(": "), *build_inlines(sheet, inlines)], props)


def build_figure(sheet: Sheet, picture: Picture, *, max_width_cm: float, keep: bool = True) -> list[BaseOxmlElement]:
    """A picture and its caption; a picture that is not there is said to be missing.

    keep: hold both on one page; in a table's row, which is not split anyway, LibreOffice would hold the whole table to what follows.
    """
    together = (el("w:keepNext"),) if keep else ()
    image = build_picture(sheet, picture, max_width_cm=max_width_cm)
    caption = build_caption(sheet, picture.label, picture.number, picture.caption, anchor=picture.anchor)
    if image is None:
        return [place(sheet, "body", [run(sheet.labels.no_picture)], together), caption]
    return [place(sheet, "picture", [image], together), caption]


def build_bullet(sheet: Sheet, bullet: Bullet) -> BaseOxmlElement:
    use = f"{bullet.kind} {bullet.level}" if bullet.kind in ("point", "transcript") and bullet.level else bullet.kind
    return place(sheet, use, build_inlines(sheet, bullet.inlines))
