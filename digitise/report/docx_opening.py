"""Opens a .docx that somebody sent: nothing in it is run, fetched or believed before it is measured."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from digitise.errors import NoInputError, UsageError
from digitise.report.docx_parts import DocumentTypeError, PackingError, PartReader, TooLargeError
from digitise.zips import LongDirectoryError, open_zip

MOST_BYTES = 500_000_000
"""Of the file. A report of 60 photos has some 25 MB."""
MOST_TEXT_BYTES = 100_000_000
"""Of all parts of text that are read, unpacked. The text of a report with 5,000 notes has some 20 MB."""
MOST_SIGNS = 4_000_000
"""Of '<' and '=' in them, together: 0.9 GB as trees. The report with 5,000 notes has 2,500,000."""
MOST_ENTRIES = 20_000
_OLE = b"\xd0\xcf\x11\xe0"
_AS_DOCX = "Save it in Word or LibreOffice as .docx (Word document), without a password, and import that."
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CUSTOM = "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}"


_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, OSError, RuntimeError, ValueError, OverflowError)
"""What zipfile raises for damaged bytes (NotImplementedError is a RuntimeError)."""


class OpenDocument(NamedTuple):
    """The parts of a Word document that hold text."""

    body: _Element
    styles: _Element | None
    comments: _Element | None
    numbers_of: dict[str, int]
    """How many footnotes and pictures there are: 'footnotes', 'pictures'."""
    document_id: str
    """The name that `write_docx` gave the document; '' where there is none."""


def open_docx(path: Path, *, id_property: str) -> OpenDocument:
    """Read the parts of an edited report. Raises NoInputError or UsageError that say what the file is and what to do."""
    with _open_zip(path) as package:
        return _open_package(path, package, id_property)


def open_parts(path: Path) -> dict[str, _Element]:
    """All parts of a Word document that are XML, by their names in the package. Raises as open_docx does."""
    with _open_zip(path) as package:
        _look_into(path, package)
        return _read_parts(package, [i.filename for i in package.infolist() if i.filename.endswith((".xml", ".rels"))])


@contextmanager
def _open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """The package, measured before it is opened; what goes wrong inside the block is told as what is wrong with the file."""
    try:
        size, head = path.stat().st_size, path.open("rb").read(4)
    except FileNotFoundError as e:
        raise NoInputError(str(path), "does not exist", "Check the name of the edited report.") from e
    except OSError as e:
        raise NoInputError(str(path), f"cannot be read ({e.strerror or e})", "Name the edited report, a .docx.") from e
    if head == _OLE:
        raise UsageError(str(path), "is an old Word document (.doc), or has a password", _AS_DOCX)
    if size > MOST_BYTES:
        raise UsageError(str(path), f"is larger than {MOST_BYTES // 1_000_000} MB", "Take large pictures out of it, and import it again.")
    try:
        with open_zip(path, most_entries=MOST_ENTRIES) as package:
            yield package
    except LongDirectoryError as e:
        raise UsageError(str(path), "has too many parts for a report", _AS_DOCX) from e
    except DocumentTypeError as e:
        reason = "holds a document type definition, which no Word document has"
        raise UsageError(str(path), reason, "Save it again in Word or LibreOffice.") from e
    except PackingError as e:
        raise UsageError(str(path), "is packed in an unusual way", _AS_DOCX) from e
    except TooLargeError as e:
        raise UsageError(str(path), "is too large when unpacked", "This is no report of digitise; make a fresh one.") from e
    except _DAMAGE as e:
        raise UsageError(str(path), "is not a Word document, or is damaged", _AS_DOCX) from e
    except etree.XMLSyntaxError as e:
        raise UsageError(str(path), "is damaged: a part of it is no XML", "Open it in Word, which may mend it, and save it again.") from e


def _open_package(path: Path, package: zipfile.ZipFile, id_property: str) -> OpenDocument:
    names = _look_into(path, package)
    wanted = ("word/document.xml", "word/styles.xml", "word/comments.xml", "docProps/custom.xml")
    parts = _read_parts(package, [name for name in wanted if name in names])
    body, custom = parts["word/document.xml"].find(f"{W}body"), parts.get("docProps/custom.xml")
    if body is None:
        raise UsageError(str(path), "is a Word document without text", _AS_DOCX)
    numbers = {
        "footnotes": len(list(body.iter(f"{W}footnoteReference", f"{W}endnoteReference"))),
        "pictures": len(list(body.iter(f"{W}drawing", f"{W}pict"))),
    }
    found = _find_property(custom, id_property) if custom is not None else ""
    return OpenDocument(body, parts.get("word/styles.xml"), parts.get("word/comments.xml"), numbers, found)


def _look_into(path: Path, package: zipfile.ZipFile) -> set[str]:
    """Names of the parts. Raises UsageError for what is no report."""
    infos = package.infolist()
    names = {info.filename for info in infos}
    if len(infos) > MOST_ENTRIES:
        raise UsageError(str(path), "has too many parts for a report", _AS_DOCX)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UsageError(str(path), "holds macros", "Save it in Word as .docx, which holds none, and import that.")
    if "word/document.xml" not in names:
        raise UsageError(str(path), "is not a Word document", _AS_DOCX)
    return names


def _read_parts(package: zipfile.ZipFile, names: Sequence[str]) -> dict[str, _Element]:
    reader = PartReader(package, most_bytes=MOST_TEXT_BYTES, most_signs=MOST_SIGNS)
    return {name: reader.read(name) for name in names}


def _find_property(custom: _Element, name: str) -> str:
    for entry in custom.iter(f"{_CUSTOM}property"):
        if entry.get("name") == name:
            return "".join(str(text) for text in entry.itertext()).strip()
    return ""
