"""Accessibility of a document's looks: contrast of letters and ground, and the size of letters, as Word works them out of styles.

A property is looked for where it binds most: at the words, in their character style, in the paragraph's style, in the table's style for
that row, last in the document's defaults (ECMA-376, part 1, 17.7.2). Each look is reported once, with the first words that have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lxml.etree import _Element

from digitise.report.checking_boxes import UNKNOWN, find_box_ground, holds_box, list_boxed
from digitise.report.checking_finding import Finding
from digitise.report.checking_parts import Doc, Place, heading_level, quote, style_of, text_of
from digitise.report.colours import BODY_CONTRAST, LARGE_BOLD_PT, LARGE_CONTRAST, LARGE_PT, is_colour, measure_contrast
from digitise.report.docx_opening import W

LEAST_BODY_PT, LEAST_SMALL_PT = 12.0, 10.0
"""Of running text; of tables, captions and contents."""
_USUAL_PT = 10.0
"""Word's own, where nothing is said."""
_THEME_NAMES = {
    "text1": "dk1",
    "dark1": "dk1",
    "text2": "dk2",
    "dark2": "dk2",
    "background1": "lt1",
    "light1": "lt1",
    "background2": "lt2",
    "light2": "lt2",
    "hyperlink": "hlink",
    "followedHyperlink": "folHlink",
}
_HIGHLIGHTS = {
    "yellow": "FFFF00",
    "green": "00FF00",
    "cyan": "00FFFF",
    "magenta": "FF00FF",
    "blue": "0000FF",
    "red": "FF0000",
    "darkBlue": "000080",
    "darkCyan": "008080",
    "darkGreen": "008000",
    "darkMagenta": "800080",
    "darkRed": "800000",
    "darkYellow": "808000",
    "darkGray": "808080",
    "lightGray": "C0C0C0",
    "black": "000000",
    "white": "FFFFFF",
}
_SMALL_STYLES = ("caption", "toc", "table", "header", "footer", "footnote", "key figure", "table of")
_OFF = ("0", "false", "off", "none")


class Look(NamedTuple):
    colour: str
    ground: str
    """RRGGBB, or UNKNOWN of some text boxes."""
    points: float
    bold: bool
    style: str
    small: bool
    """Of a table, caption or list of contents."""


def check_contrast(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    for look, (text, path) in _list_looks(doc, places).items():
        large = look.points >= LARGE_PT or (look.points >= LARGE_BOLD_PT and look.bold)
        least = LARGE_CONTRAST if large else BODY_CONTRAST
        if look.ground == UNKNOWN:
            continue
        ratio = measure_contrast(look.colour, look.ground)
        if ratio < least:
            what = f"{look.style}: #{look.colour} on #{look.ground} has a contrast of {ratio:.1f}:1, not {least:g}:1, as in {quote(text)}"
            yield Finding.make("contrast", what, path)


def check_sizes(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    told: set[tuple[str, float]] = set()
    for look, (text, path) in _list_looks(doc, places).items():
        least = LEAST_SMALL_PT if look.small else LEAST_BODY_PT
        if look.points < least and (look.style, look.points) not in told:
            told.add((look.style, look.points))
            what = f"{look.style}: letters of {look.points:g} pt, not {least:g}, as in {quote(text)}"
            yield Finding.make("text size", what, path, warn=True)
    for place in places:
        if place.element.tag == f"{W}p" and _find(doc, _paragraph_holders(doc, place), f"{W}pPr/{W}jc") == "both":
            yield Finding.make("text size", f"{quote(text_of(place.element))} is justified", place.path, warn=True)
            return


def _list_looks(doc: Doc, places: Sequence[Place]) -> dict[Look, tuple[str, str]]:
    """Each look with the first words that have it and where they stand."""
    looks: dict[Look, tuple[str, str]] = {}
    for place in places:
        if place.element.tag != f"{W}p":
            continue
        for inner in (place, *list_boxed(place)):
            above = _paragraph_holders(doc, inner)
            for run in inner.element.iter(f"{W}r"):
                text = text_of(run)
                if text.strip() and not holds_box(run) and next(run.iterancestors(f"{W}p")) is inner.element:
                    looks.setdefault(_find_look(doc, inner, run, above), (text, place.path))
    return looks


def _find_look(doc: Doc, place: Place, run: _Element, above: Sequence[_Element]) -> Look:
    own = run.find(f"{W}rPr/{W}rStyle")
    holders = [run, *doc.chain(own.get(f"{W}val") if own is not None else None), *above]
    style = style_of(doc, place.element)
    name = doc.style_name(style)
    size = _find(doc, holders, f"{W}rPr/{W}sz")
    ground = _find_ground(doc, place, holders)
    bold = _find(doc, holders, f"{W}rPr/{W}b")
    small = bool(place.cells) or (not heading_level(doc, place.element) and name.lower().startswith(_SMALL_STYLES))
    points = float(size) / 2 if size and size.isdigit() else _USUAL_PT
    used = doc.style_name(own.get(f"{W}val")) if own is not None else name
    return Look(_find_colour(doc, holders, ground), ground, points, bold is not None and bold not in _OFF, used or style, small)


def _paragraph_holders(doc: Doc, place: Place) -> list[_Element]:
    """What may say how a paragraph looks, the most binding first."""
    table = [part for cell in reversed(place.cells) for part in _table_holders(doc, cell)]
    return [place.element, *doc.chain(style_of(doc, place.element)), *table, *doc.defaults]


def _table_holders(doc: Doc, cell: _Element) -> Iterator[_Element]:
    """The parts of a table's style that are for this cell, the most binding first: first row, bands, all of it."""
    row = cell.getparent()
    table = row.getparent() if row is not None else None
    style = table.find(f"{W}tblPr/{W}tblStyle") if table is not None else None
    if row is None or table is None or style is None:
        return
    rows = list(table.iterfind(f"{W}tr"))
    look = table.find(f"{W}tblPr/{W}tblLook")
    first = look is None or look.get(f"{W}firstRow") not in ("0", "false")
    banded = look is None or look.get(f"{W}noHBand") not in ("1", "true")
    k = rows.index(row)
    wanted = ["firstRow"] if first and k == 0 else ["band1Horz" if (k - first) % 2 == 0 else "band2Horz"] if banded else []
    for part in doc.chain(style.get(f"{W}val")):
        yield from (e for name in wanted for e in part.iterfind(f"{W}tblStylePr") if e.get(f"{W}type") == name)
        yield part


def _find(doc: Doc, holders: Sequence[_Element], path: str) -> str | None:
    """The value of a property where it binds most; '1' for one that is merely there."""
    for holder in holders:
        found = holder.find(path)
        if found is not None:
            return str(found.get(f"{W}val") or "1")
    return None


def _find_colour(doc: Doc, holders: Sequence[_Element], ground: str) -> str:
    for holder in holders:
        found = holder.find(f"{W}rPr/{W}color")
        if found is not None:
            colour = _read_colour(doc, found, "val", "themeColor")
            if colour:
                return colour
            break
    if ground == UNKNOWN:
        return "000000"
    # Word prints letters of the colour 'auto' in black, or in white on a dark ground
    return max(("000000", "FFFFFF"), key=lambda c: (measure_contrast(c, ground) >= BODY_CONTRAST, c == "000000"))


def _find_ground(doc: Doc, place: Place, holders: Sequence[_Element]) -> str:
    mark = _find(doc, holders, f"{W}rPr/{W}highlight")
    if mark in _HIGHLIGHTS:
        return _HIGHLIGHTS[mark or ""]
    for holder in holders:
        for props in ("rPr", "pPr", "tcPr", "tblPr"):
            colour = _read_colour(doc, holder.find(f"{W}{props}/{W}shd"), "fill", "themeFill")
            # a cell's own ground lies over its table's, and under its paragraphs'
            if colour:
                return _own_ground(doc, place) or colour if props in ("tcPr", "tblPr") else colour
    box = find_box_ground(doc, place.element)
    if box is not None and not place.cells:
        return box
    page = doc.parts["word/document.xml"].find(f"{W}background")
    return _own_ground(doc, place) or _read_colour(doc, page, "color", "themeColor") or "FFFFFF"


def _own_ground(doc: Doc, place: Place) -> str:
    for cell in reversed(place.cells):
        colour = _read_colour(doc, cell.find(f"{W}tcPr/{W}shd"), "fill", "themeFill")
        if colour:
            return colour
    return ""


def _read_colour(doc: Doc, element: _Element | None, plain: str, themed: str) -> str:
    """RRGGBB; '' for none and 'auto'. The theme's colour counts before the plain one, which programs write for those without themes."""
    if element is None:
        return ""
    name = str(element.get(f"{W}{themed}") or "")
    base = doc.theme.get(_THEME_NAMES.get(name, name), "")
    if is_colour(base):
        tint, shade = (element.get(f"{W}{themed}{part}" if themed != "themeColor" else f"{W}theme{part}") for part in ("Tint", "Shade"))
        return _mix(base, tint, "FF") if tint else _mix(base, shade, "00") if shade else base.upper()
    value = element.get(f"{W}{plain}")
    return str(value).upper() if is_colour(value) else ""


def _mix(colour: str, part: str, other: str) -> str:
    """Lightened or darkened; part: two hex digits, how much of the colour stays."""
    share = int(part, 16) / 255 if len(part) == 2 else 1.0
    sides = (round(int(colour[i : i + 2], 16) * share + int(other, 16) * (1 - share)) for i in (0, 2, 4))
    return "".join(f"{side:02X}" for side in sides)
