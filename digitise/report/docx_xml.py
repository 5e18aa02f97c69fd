"""WordprocessingML elements, built directly: a thousand notes through python-docx's proxies would take minutes, not a second."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import cast

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.report.wording import clean_text

EMU_PER_CM = 360_000
TWIPS_PER_CM = 567

_FRAME_EMU, _FRAME_COLOUR = 6350, "B8C0C0"
"""Half a point, light grey: no part of what a picture says."""
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"


def el(tag: str, attrs: Mapping[str, str] | None = None, *children: BaseOxmlElement) -> BaseOxmlElement:
    """One element; tag and attribute names carry their prefix, e.g. 'w:p', 'w:val'."""
    element = cast(BaseOxmlElement, OxmlElement(tag))
    for name, value in (attrs or {}).items():
        element.set(qn(name) if ":" in name else name, value)
    element.extend(children)
    return element


def val(tag: str, value: str) -> BaseOxmlElement:
    return el(tag, {"w:val": value})


def run(
    text: str,
    *,
    style: str | None = None,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
    locale: str | None = None,
) -> BaseOxmlElement:
    """w:r. Line breaks and tabs in the text become w:br and w:tab; characters that XML forbids are dropped."""
    r = el("w:r")
    props: list[BaseOxmlElement] = []
    if style:
        props.append(val("w:rStyle", style))
    if bold:
        props += [el("w:b"), el("w:bCs")]
    if italic:
        props += [el("w:i"), el("w:iCs")]
    if underline:
        props.append(val("w:u", "dotted"))
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in text):
        props.append(el("w:rtl"))
    if locale:
        props.append(val("w:lang", locale))
    if props:
        r.append(el("w:rPr", None, *props))
    for i, line in enumerate(clean_text(text).split("\n")):
        if i:
            r.append(el("w:br"))
        for k, part in enumerate(line.split("\t")):
            if k:
                r.append(el("w:tab"))
            t = el("w:t", {"xml:space": "preserve"})
            t.text = part
            r.append(t)
    return r


def field_char(kind: str, *, dirty: bool = False) -> BaseOxmlElement:
    attrs = {"w:fldCharType": kind} | ({"w:dirty": "true"} if dirty else {})
    return el("w:r", None, el("w:fldChar", attrs))


def field_code(code: str) -> BaseOxmlElement:
    text = el("w:instrText", {"xml:space": "preserve"})
    text.text = f" {code} "
    return el("w:r", None, text)


def field(code: str, result: str) -> list[BaseOxmlElement]:
    """A complex field with the result that is shown until the program updates it."""
    return [field_char("begin"), field_code(code), field_char("separate"), run(result), field_char("end")]


def hyperlink(target: str, children: list[BaseOxmlElement], tip: str = "") -> BaseOxmlElement:
    attrs = {"w:anchor": target, "w:history": "1"} | ({"w:tooltip": clean_text(tip)[:250]} if tip else {})
    return el("w:hyperlink", attrs, *children)


def paragraph(style: str | None, *children: BaseOxmlElement, props: tuple[BaseOxmlElement, ...] = ()) -> BaseOxmlElement:
    """w:p. `props` are further children of w:pPr, in schema order."""
    p = el("w:p")
    if style or props:
        p.append(el("w:pPr", None, *((val("w:pStyle", style),) if style else ()), *props))
    p.extend(children)
    return p


def inline_picture(rel_id: str, shape_id: int, name: str, alt: str, size_emu: tuple[int, int]) -> BaseOxmlElement:
    """w:r with an inline picture (never floating: screen readers lose floating ones)."""
    cx, cy = (str(v) for v in size_emu)
    ext, off = el("a:ext", {"cx": cx, "cy": cy}), el("a:off", {"x": "0", "y": "0"})
    # cleaned sheets are as white as the page: a hairline shows where they end
    frame = el("a:ln", {"w": str(_FRAME_EMU)}, el("a:solidFill", None, el("a:srgbClr", {"val": _FRAME_COLOUR})))
    shape = el("pic:spPr", None, el("a:xfrm", None, off, ext), el("a:prstGeom", {"prst": "rect"}, el("a:avLst")), frame)
    fill = el("pic:blipFill", None, el("a:blip", {"r:embed": rel_id}), el("a:stretch", None, el("a:fillRect")))
    naming = el("pic:nvPicPr", None, el("pic:cNvPr", {"id": "0", "name": name}), el("pic:cNvPicPr"))
    data = el("a:graphicData", {"uri": _PIC}, el("pic:pic", None, naming, fill, shape))
    locks = el("wp:cNvGraphicFramePr", None, el("a:graphicFrameLocks", {"noChangeAspect": "1"}))
    inline = el(
        "wp:inline",
        {"distT": "0", "distB": "0", "distL": "0", "distR": "0"},
        el("wp:extent", {"cx": cx, "cy": cy}),
        el("wp:docPr", {"id": str(shape_id), "name": name, "descr": clean_text(alt)}),
        locks,
        el("a:graphic", None, data),
    )
    return el("w:r", None, el("w:drawing", None, inline))
