"""The ground on which a text box prints its words: a cover's title often stands in white on a coloured box."""

from __future__ import annotations

from lxml.etree import _Element

from digitise.report.checking_parts import Doc, Place
from digitise.report.colours import is_colour
from digitise.report.docx_opening import W

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_V = "{urn:schemas-microsoft-com:vml}"
UNKNOWN = ""
"""A picture, a gradient, or a colour that is worked out of another one: whether letters can be told from it only a person can see."""
_THEME_NAMES = {"tx1": "dk1", "tx2": "dk2", "bg1": "lt1", "bg2": "lt2"}


def list_boxed(place: Place) -> list[Place]:
    """The paragraphs of the text boxes that hang on a paragraph. Where each is there twice, for old programs too, the new one counts."""
    inside = (p for box in place.element.iter(f"{W}txbxContent") for p in box.iter(f"{W}p"))
    return [Place(p, place.path, ()) for p in dict.fromkeys(inside) if next(p.iterancestors(_FALLBACK), None) is None]


def holds_box(run: _Element) -> bool:
    """Whether words inside a run are those of a text box."""
    return next(run.iter(f"{W}txbxContent"), None) is not None


def find_box_ground(doc: Doc, paragraph: _Element) -> str | None:
    """RRGGBB of the text box that a paragraph stands in, UNKNOWN, or None where it stands in none or in one without a ground of its own."""
    content = next(paragraph.iterancestors(f"{W}txbxContent"), None)
    shape = next(content.iterancestors(f"{_WPS}wsp", f"{_V}shape", f"{_V}rect", f"{_V}roundrect"), None) if content is not None else None
    if shape is None:
        return None
    return _drawn_ground(doc, shape) if shape.tag == f"{_WPS}wsp" else _vml_ground(shape)


def _drawn_ground(doc: Doc, shape: _Element) -> str | None:
    props = shape.find(f"{_WPS}spPr")
    if props is None or props.find(f"{_A}noFill") is not None:
        return None
    solid = props.find(f"{_A}solidFill")
    if solid is None:
        other = next((e for tag in ("gradFill", "blipFill", "pattFill") for e in props.iterfind(f"{_A}{tag}")), None)
        by_style = shape.find(f"{_WPS}style/{_A}fillRef")
        is_styled = by_style is not None and by_style.get("idx") != "0"
        return UNKNOWN if other is not None or is_styled else None
    colour = next(iter(solid), None)
    if colour is None or len(colour):
        return UNKNOWN
    name = str(colour.get("val") or "")
    value = name if colour.tag == f"{_A}srgbClr" else doc.theme.get(_THEME_NAMES.get(name, name), "")
    return value.upper() if is_colour(value) else UNKNOWN


def _vml_ground(shape: _Element) -> str | None:
    if shape.get("filled") in ("f", "false"):
        return None
    value = str(shape.get("fillcolor") or "#FFFFFF").split()[0].lstrip("#")
    return value.upper() if is_colour(value) and shape.find(f"{_V}fill") is None else UNKNOWN
