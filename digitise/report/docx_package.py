"""Templates and packages: find and open the template, know its styles, and save bytes that depend on the content only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from digitise.errors import ConfigError, DigitiseError
from digitise.report.docx_dangers import MOST_BYTES, drop_attached_template, refuse_dangers
from digitise.zips import open_zip

EVENT_REPORT, PHOTO_REPORT = "event-report", "photo-report"
REQUIRED_STYLES = ("Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "Caption", "Quote", "Table Grid")
"""Standard names that any house template made from Word's own has; the writer uses styles by name only."""
_MOST_ENTRIES = 2000
"""Of a template: 60 are usual."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TEMPLATE_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
_DOCUMENT_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# written out once: a template has a hundred styles, and each report looks a hundred times for one
_STYLE, _STYLE_ID, _NAME, _VALUE = qn("w:style"), qn("w:styleId"), qn("w:name"), qn("w:val")


def open_template(path: Path | None, *, kind: str = EVENT_REPORT) -> Document:
    """The template as a document, checked. None is the one shipped for that kind. Raises ConfigError."""
    document, subject = open_unchecked(path, kind=kind)
    missing = missing_styles(document)
    if missing:
        reason = f"these styles are missing: {', '.join(missing)}; found: {', '.join(list_styles(document))}"
        raise ConfigError(subject, reason, "Open it in Word, use each missing style once, and save it again.")
    return document


def open_unchecked(path: Path | None, *, kind: str = EVENT_REPORT) -> tuple[Document, str]:
    """The template as a document whatever its styles, and its name. Raises ConfigError where it is no Word document that may be used."""
    data, subject = _read_template(path, kind)
    try:
        with open_zip(data, most_entries=_MOST_ENTRIES) as package:
            refuse_dangers(package, subject)
        document = docx.Document(io.BytesIO(_as_document(data)))
        _try_parts(document)
    except ConfigError:
        raise
    except Exception as e:  # python-docx raises KeyError, ValueError, BadZipFile, XMLSyntaxError … for broken packages
        raise ConfigError(subject, "is not a Word document", "Give a .docx or .dotx that Word can open.") from e
    return document, subject


def _try_parts(document: Document) -> None:
    """python-docx looks into parts when they are asked for: ask for those that a report needs, so that a broken one is seen now."""
    if document.element.body is None:
        raise ValueError("no body")
    _ = document.styles.element, document.settings.element, document.core_properties.title, list_roots(document)


def list_roots(document: Document) -> list[BaseOxmlElement]:
    """The body, and each header and footer that is the template's own, of all sections and kinds of page."""
    roots = [document.element.body]
    for section in document.sections:
        headers = (section.header, section.first_page_header, section.even_page_header)
        for part in (*headers, section.footer, section.first_page_footer, section.even_page_footer):
            if not part.is_linked_to_previous:
                roots.append(part._element)
    return roots


@contextmanager
def blaming_template(path: Path | None) -> Iterator[None]:
    """What goes wrong inside is a house template's doing, and becomes a ConfigError: of a part that Word did not write python-docx and lxml
    raise errors of all kinds, depending on what is wrong. Ours are tried by the tests, and blamed for nothing."""
    try:
        yield
    except DigitiseError:
        raise
    except Exception as e:
        if path is None or not path.is_file():
            raise
        remedy = "Open it in Word, which may mend it, and save it under another name; or make the report without it."
        raise ConfigError(str(path), "is damaged: a part of it is not as Word writes it", remedy) from e


def missing_styles(document: Document) -> list[str]:
    return [name for name in REQUIRED_STYLES if find_style(document, name) is None]


def list_styles(document: Document) -> list[str]:
    """Names of all styles, sorted."""
    return sorted(name for name in map(_style_name, document.styles.element.iter(qn("w:style"))) if name)


def list_shipped() -> dict[str, Traversable]:
    """The templates that come with the program, by name: 'event-report', 'photo-report', and those of other looks."""
    folder: Traversable
    try:
        folder = resources.files("digitise.templates")
    except ModuleNotFoundError:  # a source checkout that was not installed
        folder = Path(__file__).parents[2] / "templates"
    return {f.name.removesuffix(".docx"): f for f in sorted(folder.iterdir(), key=lambda f: f.name) if f.name.endswith(".docx")}


def list_looks() -> list[str]:
    """Names of the looks other than the usual one."""
    return [name.removeprefix(f"{EVENT_REPORT}-") for name in list_shipped() if name.startswith(f"{EVENT_REPORT}-")]


def _read_template(path: Path | None, kind: str) -> tuple[bytes, str]:
    """Bytes and name. A path that is no file but the name of a look or of a template that is shipped stands for that."""
    shipped = list_shipped()
    name = kind if path is None else path.name
    if path is None or not (path.suffix or path.exists()):
        for known in (name, f"{kind}-{name}"):
            if known in shipped:
                return shipped[known].read_bytes(), known
    assert path is not None, "the usual templates are always there"
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(str(path), f"is larger than {MOST_BYTES // 1_000_000} MB", "Take large pictures out of it.")
        return path.read_bytes(), str(path)
    except OSError as e:
        reason = f"cannot be read ({e.strerror or e})"
        remedy = f"Check the path of the template, leave the setting out, or name a look: {', '.join(list_looks())}."
        raise ConfigError(str(path), reason, remedy) from e


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
    name = style.find(_NAME)
    return str(name.get(_VALUE)) if name is not None else ""


def find_style(document: Document, *names: str) -> str | None:
    """Id of the first of these styles that the document has; names as Word shows them, letter case aside."""
    ids = {_style_name(s).lower(): str(s.get(_STYLE_ID)) for s in document.styles.element.iter(_STYLE)}
    return next((ids[name.lower()] for name in names if name.lower() in ids), None)


def drop_thumbnail(document: Document) -> None:
    """A template's preview shows the template, or a document that it was made from; programs would show it as the report's."""
    rels = document.part.package.rels
    for key in [k for k, rel in rels.items() if rel.reltype.endswith("/thumbnail")]:
        del rels[key]


def save_package(document: Document, path: Path) -> None:
    """Same content, same bytes: parts in order of name, dates fixed, [Content_Types].xml first as readers expect. No thumbnail, no name of
    a template that Word would look for."""
    drop_thumbnail(document)
    drop_attached_template(document)
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
