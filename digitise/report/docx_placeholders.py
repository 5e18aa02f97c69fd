"""Placeholders of a template: '{{ title }}' and the like in its cover, headers, footers, tables and text boxes.

Our own filler rather than docxtpl: see docs/templates.md. Nothing in a template is run, only replaced.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from lxml.etree import _Element

from digitise.errors import ConfigError
from digitise.report.docx_package import blaming_template, list_roots, open_template
from digitise.report.wording import clean_text

REPORT_MARK, EXAMPLES_MARK = "report", "examples"
"""Where the report is written; from where on a template's text is for those who edit it and never gets into a report."""
EXPLAINED = {
    "title": "The event's title.",
    "subtitle": "Date and place on one line.",
    "date": "The event's date.",
    "place": "The event's place.",
    "organisers": "'Organised by' and their names.",
    "kind": "'Event report' or 'Photo report', in the report's language.",
    "page": "The word 'Page', in the report's language.",
    REPORT_MARK: "The report itself, in a paragraph of its own.",
    EXAMPLES_MARK: "From here to the end, the template is for its editors; no report has it.",
}
"""What each placeholder becomes. More come from `fields` under [report] in event.toml."""
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SIMILAR = 0.75
"""A placeholder this like a known one is a slip of the pen; others may be another program's and are left alone."""
_BOUND = {"title": "title", "subject": "subtitle", "creator": "organisers"}
"""Document properties to which Word's own cover pages are tied, and what they show in a report."""


def check_template(path: Path | None, *, fields: Collection[str] = ()) -> None:
    """None is the one shipped. Raises ConfigError naming what a template lacks, or a placeholder that is misspelt."""
    with blaming_template(path):
        names = list_placeholders(open_template(path))
    for name in names:
        near = find_known(name, fields)
        if near and near != name:
            raise ConfigError(str(path), f"the placeholder {{{{ {name} }}}} is not known", f"Did you mean {{{{ {near} }}}}?")


def find_known(name: str, fields: Collection[str] = ()) -> str | None:
    """The placeholder that is meant: the same or one spelt nearly so; None where there is none."""
    known = [*EXPLAINED, *fields]
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=_SIMILAR)
    return name if name in known else near[0] if near else None


def list_placeholders(document: Document) -> list[str]:
    """Names in the order of their first appearance."""
    found = [name for root in list_roots(document) for p in root.iter(qn("w:p")) for name in _PLACEHOLDER.findall(_own_text(p))]
    return list(dict.fromkeys(found))


def fill_template(document: Document, values: Mapping[str, str]) -> set[str]:
    """Fill cover, headers and footers; returns the names that the body has."""
    body, *others = list_roots(document)
    found = fill_placeholders(body, values)
    for root in others:
        fill_placeholders(root, values)
    return found


def fill_placeholders(root: BaseOxmlElement, values: Mapping[str, str]) -> set[str]:
    """Replace '{{ title }}' and the like in all paragraphs under `root`; returns the names that were found.

    A placeholder may be split over several runs, as Word does. A paragraph that held nothing but empty values is removed
    where another paragraph stays beside it, and a table's row where other rows stay.
    """
    found: set[str] = set()
    for p in list(root.iter(qn("w:p"))):
        texts = list(_own_texts(p))
        whole = "".join(t.text or "" for t in texts)
        names = [n for n in _PLACEHOLDER.findall(whole) if n in values]
        if not names:
            continue
        found.update(names)
        filled = _PLACEHOLDER.sub(lambda m: clean_text(values.get(m.group(1), m.group())), whole)
        _spread_text(texts, whole, values)
        if not filled.strip() and not _holds_more(p):
            _remove_line(p)
    found |= _fill_bound(root, values)
    return found


def _spread_text(texts: list[_Element], whole: str, values: Mapping[str, str]) -> None:
    """Put each value into the run in which its placeholder begins; the other runs keep their own text and style."""
    owner = [i for i, t in enumerate(texts) for _ in (t.text or "")]
    parts = [""] * len(texts)
    position = 0
    for match in _PLACEHOLDER.finditer(whole):
        for k in range(position, match.start()):
            parts[owner[k]] += whole[k]
        parts[owner[match.start()]] += clean_text(values.get(match.group(1), match.group()))
        position = match.end()
    for k in range(position, len(whole)):
        parts[owner[k]] += whole[k]
    for t, part in zip(texts, parts, strict=True):
        t.text = part
        t.set(qn("xml:space"), "preserve")


def _has_neighbour(p: _Element) -> bool:
    above = p.getparent()
    return above is not None and any(sibling is not p and sibling.tag == qn("w:p") for sibling in above)


def remove_element(element: _Element) -> None:
    above = element.getparent()
    if above is not None:
        above.remove(element)


def find_report_mark(document: Document) -> _Element | None:
    """The paragraph that holds {{ report }}: the report is written in its place."""
    return _find_mark(document, REPORT_MARK)


def drop_examples(document: Document) -> None:
    """Take away what a template says to its editors: its comments, and all from {{ examples }} on."""
    body = document.element.body
    mark = _find_mark(document, EXAMPLES_MARK)
    if mark is not None:
        for element in [mark, *mark.itersiblings()]:
            if element.tag != qn("w:sectPr"):
                body.remove(element)
    for root in list_roots(document):
        for tag in ("w:commentRangeStart", "w:commentRangeEnd", "w:commentReference"):
            for element in list(root.iter(qn(tag))):
                remove_element(element)
    if any(rel.reltype.endswith("/comments") for rel in document.part.rels.values()):
        comments = document.part._comments_part.element
        for comment in list(comments):
            comments.remove(comment)


def _find_mark(document: Document, name: str) -> _Element | None:
    p: _Element
    for p in document.element.body.iterchildren(qn("w:p")):
        if _PLACEHOLDER.fullmatch(_own_text(p).strip()) and _PLACEHOLDER.findall(_own_text(p)) == [name]:
            return p
    return None


def _own_texts(p: _Element) -> Iterator[_Element]:
    """The pieces of a paragraph's text, without those of text boxes that hang on it."""
    for t in p.iter(qn("w:t")):
        if next(t.iterancestors(qn("w:p"))) is p:
            yield t


def _own_text(p: _Element) -> str:
    return "".join(t.text or "" for t in _own_texts(p))


def _holds_more(p: _Element) -> bool:
    """Whether a paragraph without text has a picture, a text box or a section's end in it."""
    return next(p.iter(qn("w:drawing"), qn("w:pict"), qn("w:sectPr"), qn("w:object")), None) is not None


def _remove_line(p: _Element) -> None:
    row = next(p.iterancestors(qn("w:tr")), None)
    if row is not None and not any((t.text or "").strip() for t in row.iter(qn("w:t"))) and not _holds_more(row):
        if next(row.itersiblings(qn("w:tr")), None) is not None or next(row.itersiblings(qn("w:tr"), preceding=True), None) is not None:
            remove_element(row)
    elif _has_neighbour(p):
        remove_element(p)


def _fill_bound(root: BaseOxmlElement, values: Mapping[str, str]) -> set[str]:
    """Word's own cover pages show document properties in content controls; other programs show what stands in them."""
    found: set[str] = set()
    for control in root.iter(qn("w:sdt")):
        binding = control.find(f"{qn('w:sdtPr')}/{qn('w:dataBinding')}")
        path = str(binding.get(qn("w:xpath"))) if binding is not None else ""
        name = next((value for prop, value in _BOUND.items() if re.search(rf"coreProperties.*[:/]{prop}\b", path)), None)
        texts = list(control.iter(qn("w:t")))
        if name is not None and name in values and texts:
            texts[0].text = clean_text(values[name])
            for rest in texts[1:]:
                rest.text = ""
            found.add(name)
    return found
