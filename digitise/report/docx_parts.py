"""Parts of a Word document that somebody sent, as XML: measured while they are unpacked, and before they are parsed."""

from __future__ import annotations

import re
import zipfile

from lxml import etree
from lxml.etree import _Element

from digitise.zips import USUAL_PACKING

_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_USUAL_ENCODINGS = frozenset({b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"})
"""The first two are all that the format has. In others a sign may be written so that it is not counted (in UTF-7 '<' is '+ADw-')."""


class DocumentTypeError(ValueError):
    """A part begins with a document type definition: with entities, which may stand for a file, an address or a bomb."""


class TooLargeError(ValueError):
    """The parts have more bytes or signs than are allowed."""


class PackingError(ValueError):
    """A part is packed as neither Word nor LibreOffice does it."""


class PartReader:
    """Reads parts of one package, as long as together they keep to so many bytes, and so many '<' and '='.

    As a tree each of those signs takes up to 220 bytes, however short it is in the file.
    """

    def __init__(self, package: zipfile.ZipFile, *, most_bytes: int, most_signs: int) -> None:
        self._package = package
        self._bytes_left, self._signs_left = most_bytes, most_signs

    def read(self, name: str) -> _Element:
        """One part. Raises PackingError, TooLargeError, DocumentTypeError, XMLSyntaxError, KeyError, and what zipfile raises on damage."""
        if self._package.getinfo(name).compress_type not in USUAL_PACKING:
            raise PackingError("packed in an unusual way")
        with self._package.open(name) as stream:
            data = stream.read(self._bytes_left + 1)
        self._bytes_left -= len(data)
        self._signs_left -= data.count(b"<") + data.count(b"=")
        if self._bytes_left < 0 or self._signs_left < 0:
            raise TooLargeError("too large when unpacked")
        return _parse(data)


def _parse(data: bytes) -> _Element:
    """XML without entities, without the network."""
    declared = _ENCODING.findall(data[: data.find(b"?>") + 1])
    if any(encoding.lower() not in _USUAL_ENCODINGS for encoding in declared):
        raise ValueError("an encoding that no Word document has")
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False))
    # of what was parsed, not looked for as text: an encoding or a sign written by its number would hide it
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentTypeError("a document type definition")
    return root
