"""Accessibility of a document's text: headings, lists, gaps, links, languages, title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.etree import _Element

from digitise.report.checking_finding import Finding
from digitise.report.checking_parts import Doc, Place, R, heading_level, is_listed, quote, style_of, text_of
from digitise.report.docx_opening import W
from digitise.report.languages import tell_language

_DC = "{http://purl.org/dc/elements/1.1/}"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TYPED_MARK = re.compile(r"\s*(?:[•·●▪◦‣–—*-]|\d{1,2}[.)]|[a-z][.)])[\s\u00a0]+\S")
_VAGUE = frozenset(
    {"here", "click here", "click", "link", "this link", "this", "more", "read more", "see more"}
    | {"yma", "cliciwch yma", "dolen", "rhagor", "mwy", "darllen mwy"}
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_GAP = re.compile(r"[ \u00a0]{4,}")
_LEAST_WORDS = 6
"""Of a stretch whose language is judged: fewer are names as often as not."""
_LEAST_LETTERS = 3
"""Of a word that counts there: pieces of words, as the report quotes what the ink says, are in no language."""
_FIELD_TARGET = re.compile(r"\s*(?:REF|PAGEREF|NOTEREF)\s+(\S+)|.*\\l\s+\"([^\"]+)\"")


def check_headings(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    last = 0
    seen = False
    for place in places:
        level = heading_level(doc, place.element) if place.element.tag == f"{W}p" else 0
        if not level:
            continue
        text = text_of(place.element)
        if not text.strip():
            yield Finding.make("headings", "an empty heading", place.path)
            continue
        if place.cells:
            yield Finding.make("headings", f"the heading {quote(text)} stands in a table", place.path, warn=True)
        if not seen and level > 1:
            yield Finding.make("headings", f"the first heading, {quote(text)}, is of level {level}, not 1", place.path)
        elif seen and level > last + 1:
            yield Finding.make("headings", f"{quote(text)} is of level {level} below one of level {last}", place.path)
        seen, last = True, level
    if not seen:
        yield Finding.make("headings", "there is no heading", "")


def check_title(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    core = doc.parts.get("docProps/core.xml")
    found = core.find(f"{_DC}title") if core is not None else None
    title = " ".join((found.text or "").split()) if found is not None else ""
    if not title:
        yield Finding.make("title", "the document has no title property", "")
    paragraphs = [p.element for p in places if p.element.tag == f"{W}p"]
    titled = [p for p in paragraphs if any(doc.style_name(s.get(f"{W}styleId")).lower() == "title" for s in doc.chain(style_of(doc, p)))]
    shown = [" ".join(text_of(p).split()) for p in titled or paragraphs]
    if title and not any(_same(title, text) for text in shown if text):
        yield Finding.make("title", f"the title property, {quote(title)}, is not what the document is headed with", "", warn=True)
    if not any(text_of(p).strip() for p in titled):
        yield Finding.make("title", "no paragraph has the style Title", "", warn=True)


def _same(title: str, text: str) -> bool:
    return title.casefold() == text.casefold() or (len(title) >= 250 and text.casefold().startswith(title.casefold()))


def check_languages(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    usual = _find_language([e for e in doc.defaults if e.tag == f"{W}rPrDefault"])
    if not usual:
        yield Finding.make("language", "the document does not say which language it is in", "")
    for place in places:
        if place.element.tag != f"{W}p":
            continue
        base = _find_language(doc.chain(style_of(doc, place.element))) or usual
        stretches: dict[str, list[str]] = {}
        for run in place.element.iter(f"{W}r"):
            own = run.find(f"{W}rPr/{W}lang")
            code = str(own.get(f"{W}val") or base) if own is not None else base
            if code and not _LANGUAGE.fullmatch(code):
                yield Finding.make("language", f"{quote(text_of(run))} is said to be in “{code}”, which names no language", place.path)
            stretches.setdefault(code, []).append(text_of(run))
        for code, words in stretches.items():
            text = "".join(words)
            words_in_it = sum(sum(c.isalpha() for c in word) >= _LEAST_LETTERS for word in text.split())
            told = tell_language(text, ("en", "cy")) if words_in_it >= _LEAST_WORDS else None
            if told and code and told != code.split("-")[0].lower() and code.split("-")[0].lower() in ("en", "cy"):
                name = "Welsh" if told == "cy" else "English"
                yield Finding.make("language", f"{quote(text)} seems to be {name} but is marked {code}", place.path, warn=True)


def _find_language(holders: Sequence[_Element] | Iterator[_Element]) -> str:
    for holder in holders:
        lang = holder.find(f"{W}rPr/{W}lang")
        if lang is not None and lang.get(f"{W}val"):
            return str(lang.get(f"{W}val"))
    return ""


def check_gaps(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    """Empty paragraphs, and spaces in a row. Word itself wants a paragraph behind a table, in a cell, and where a section ends."""
    for k, place in enumerate(places):
        if place.element.tag != f"{W}p":
            continue
        text = text_of(place.element)
        if _GAP.search(text.strip()):
            yield Finding.make("spacing", f"spaces in a row in {quote(text)}", place.path, warn=True)
        if not _is_empty(place.element) or place.element.find(f"{W}pPr/{W}sectPr") is not None:
            continue
        before = place.element.getprevious()
        alone = place.cells and len(list(place.cells[-1].iterfind(f"{W}p"))) == 1
        if not alone and (before is None or before.tag != f"{W}tbl"):
            follows = next((text_of(p.element) for p in places[k + 1 :] if text_of(p.element).strip()), "")
            yield Finding.make("spacing", f"an empty paragraph{f' before {quote(follows)}' if follows else ''}", place.path)


def _is_empty(paragraph: _Element) -> bool:
    seen = (f"{W}drawing", f"{W}pict", f"{W}object", f"{W}br", f"{W}sym", f"{W}fldSimple", f"{W}instrText", f"{W}ptab")
    return not text_of(paragraph).strip() and next(paragraph.iter(*seen), None) is None


def check_lists(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    """Two or more paragraphs in a row that begin with a typed bullet or number."""
    row: list[Place] = []
    for place in [*places, None]:
        typed = place is not None and place.element.tag == f"{W}p" and _TYPED_MARK.match(text_of(place.element))
        if place is not None and typed and not is_listed(doc, place.element) and not heading_level(doc, place.element):
            row.append(place)
            continue
        if len(row) > 1:
            yield Finding.make("lists", f"{len(row)} points with typed marks, from {quote(text_of(row[0].element))}", row[0].path)
        row = []


def check_links(doc: Doc, places: Sequence[Place]) -> Iterator[Finding]:
    names = [str(b.get(f"{W}name")) for part in (doc.body, *doc.edges) for b in part.iter(f"{W}bookmarkStart")]
    known = set(names)
    for name in sorted({n for n in names if names.count(n) > 1}) if len(known) < len(names) else ():
        yield Finding.make("links", f"two places have the same bookmark, {name}", "")
    targets = _list_targets(doc)
    for place in places:
        if place.element.tag != f"{W}p":
            continue
        for link in place.element.iter(f"{W}hyperlink"):
            text, anchor, tip = " ".join(text_of(link).split()), link.get(f"{W}anchor"), (link.get(f"{W}tooltip") or "").strip()
            outside = targets.get(link.get(f"{R}id") or "")
            if anchor and not outside and anchor not in known and anchor != "_top":
                yield Finding.make("links", f"{quote(text)} leads to the bookmark {anchor}, which is not there", place.path)
            if not text and next(link.iter(f"{W}drawing", f"{W}pict"), None) is None:
                yield Finding.make("links", "a link without words", place.path)
            elif _is_vague(text) and not tip:
                yield Finding.make("links", f"the link {quote(text)} does not say where it leads", place.path)
            elif _ADDRESS.fullmatch(text) and not tip:
                yield Finding.make("links", f"a link is a bare address: {text[:60]}", place.path, warn=True)
        for code in place.element.iter(f"{W}instrText"):
            match = _FIELD_TARGET.match(code.text or "")
            named = str(match[1] or match[2] or "") if match else ""
            if named and named not in known:
                yield Finding.make("links", f"a field refers to the bookmark {named}, which is not there", place.path)


def _is_vague(text: str) -> bool:
    """'here' says nothing, and neither does a number or sign alone."""
    return text.casefold().strip(" .:;!?[]()→") in _VAGUE or (bool(text) and not any(c.isalpha() for c in text))


def _list_targets(doc: Doc) -> dict[str, str]:
    root = doc.parts.get("word/_rels/document.xml.rels")
    return {str(e.get("Id")): str(e.get("Target")) for e in root} if root is not None else {}
