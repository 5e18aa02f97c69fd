"""Templates and packages: find and check the template, fill its placeholders, and save bytes that depend on the content only."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from importlib import resources
from pathlib import Path

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from lxml.etree import _Element

from digitise.errors import ConfigError
from digitise.report.wording import clean_text

DEFAULT_TEMPLATE = "connecting-communities.docx"
REQUIRED_STYLES = ("Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "Caption", "Quote", "Table Grid")
"""Standard names that any house template made from Word's own has; the writer uses styles by name only."""
MAX_TEMPLATE_BYTES = 100_000_000
"""Unpacked. Templates are a few hundred KB; one that claims more is a zip bomb."""
REPORT_MARK = "{{ report }}"
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TEMPLATE_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
_DOCUMENT_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def open_template(path: Path | None) -> Document:
    """The template as a document, checked. None is the one shipped. Raises ConfigError."""
    data, subject = _read_template(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(i.file_size for i in package.infolist()) > MAX_TEMPLATE_BYTES:
                raise ConfigError(subject, "is too large when unpacked", "Use a Word template without large embedded files.")
            if any(name.endswith("vbaProject.bin") for name in package.namelist()):
                raise ConfigError(subject, "holds macros", "Save it in Word as .docx or .dotx, which hold none.")
        document = docx.Document(io.BytesIO(_as_document(data)))
    except ConfigError:
        raise
    except Exception as e:  # python-docx raises KeyError, ValueError, BadZipFile, XMLSyntaxError … for broken packages
        raise ConfigError(subject, "is not a Word document", "Give a .docx or .dotx that Word can open.") from e
    missing = [name for name in REQUIRED_STYLES if find_style(document, name) is None]
    if missing:
        found = sorted(name for name in map(_style_name, document.styles.element.iter(qn("w:style"))) if name)
        reason = f"these styles are missing: {', '.join(missing)}; found: {', '.join(found)}"
        raise ConfigError(subject, reason, "Open it in Word, use each missing style once, and save it again.")
    return document


def check_template(path: Path | None) -> None:
    """None is the one shipped. Raises ConfigError naming what a template lacks, with the list of the styles found."""
    open_template(path)


def _read_template(path: Path | None) -> tuple[bytes, str]:
    if path is None:
        with suppress(ModuleNotFoundError, FileNotFoundError):
            return (resources.files("digitise.templates") / DEFAULT_TEMPLATE).read_bytes(), DEFAULT_TEMPLATE
        # a source checkout that was not installed
        path = Path(__file__).parents[2] / "templates" / DEFAULT_TEMPLATE
    try:
        return path.read_bytes(), str(path)
    except OSError as e:
        reason = f"cannot be read ({e.strerror or e})"
        raise ConfigError(str(path), reason, "Check the path of the template, or leave the setting out.") from e


def _as_document(data: bytes) -> bytes:
    """A .dotx as a .docx: python-docx opens documents only."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if _TEMPLATE_TYPE not in package.read("[Content_Types].xml"):
            return data
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as copy:
            for info in package.infolist():
                content = package.read(info)
                copy.writestr(info, content.replace(_TEMPLATE_TYPE, _DOCUMENT_TYPE) if info.filename == "[Content_Types].xml" else content)
    return buffer.getvalue()


def _style_name(style: BaseOxmlElement) -> str:
    name = style.find(qn("w:name"))
    return str(name.get(qn("w:val"))) if name is not None else ""


def find_style(document: Document, *names: str) -> str | None:
    """Id of the first of these styles that the document has; names as Word shows them, letter case aside."""
    ids = {_style_name(s).lower(): str(s.get(qn("w:styleId"))) for s in document.styles.element.iter(qn("w:style"))}
    return next((ids[name.lower()] for name in names if name.lower() in ids), None)


def fill_placeholders(root: BaseOxmlElement, values: Mapping[str, str]) -> set[str]:
    """Replace '{{ title }}' and the like in all paragraphs under `root`; returns the names that were found.

    A placeholder may be split over several runs, as Word does. A paragraph that held nothing but empty values is removed
    where another paragraph stays beside it.
    """
    found: set[str] = set()
    for p in list(root.iter(qn("w:p"))):
        texts = [t for t in p.iter(qn("w:t"))]
        whole = "".join(t.text or "" for t in texts)
        names = [n for n in _PLACEHOLDER.findall(whole) if n in values]
        if not names:
            continue
        found.update(names)
        filled = _PLACEHOLDER.sub(lambda m: clean_text(values.get(m.group(1), m.group())), whole)
        _spread_text(texts, whole, values)
        if not filled.strip() and _has_neighbour(p):
            remove_element(p)
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
    p: _Element
    for p in document.element.body.iterchildren(qn("w:p")):
        if "".join(t.text or "" for t in p.iter(qn("w:t"))).replace(" ", "") == REPORT_MARK.replace(" ", ""):
            return p
    return None


def drop_thumbnail(document: Document) -> None:
    """A template's preview shows the template, or a document that it was made from; programs would show it as the report's."""
    rels = document.part.package.rels
    for key in [k for k, rel in rels.items() if rel.reltype.endswith("/thumbnail")]:
        del rels[key]


def save_package(document: Document, path: Path) -> None:
    """Same content, same bytes: parts in order of name, dates fixed, [Content_Types].xml first as readers expect. No thumbnail."""
    drop_thumbnail(document)
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as package, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy:
        names = sorted(set(package.namelist()), key=lambda n: (n != "[Content_Types].xml", n != "_rels/.rels", n))
        for name in names:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if name.endswith((".jpg", ".jpeg", ".png")) else zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            copy.writestr(info, package.read(name))
