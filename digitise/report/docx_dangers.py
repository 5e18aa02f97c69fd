"""What a house template may not bring: it becomes every report that is made on it, and reports are opened on other people's computers."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn
from lxml.etree import _Element

from digitise.errors import ConfigError
from digitise.report.docx_parts import DocumentTypeError, PartReader, TooLargeError
from digitise.zips import USUAL_PACKING

MOST_BYTES = 100_000_000
"""Unpacked. Templates are a few hundred KB; one that claims more is a zip bomb."""
MOST_XML_BYTES = 20_000_000
"""Of that, text: as a tree it takes twenty times as much memory. The usual templates have 65 kB."""
MOST_SIGNS = 1_000_000
"""Of '<' and '=' in that text: 220 MB as a tree. The usual templates have 5,000."""
_HARMLESS = ("/hyperlink", "/attachedTemplate")
"""Kinds of what lies elsewhere: a link is followed by a person only, and the name of an attached template is left out of reports."""
_FETCHING_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|RD)\s+\S")
_EMBEDDING = ("/aFChunk", "/oleObject", "/control", "/subDocument")
"""Kinds of what Word takes in or starts: a chunk is HTML or RTF that it converts as it opens the report."""
_OLE_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_PROGRAMS = re.compile(r"macroEnabled|vbaProject|activeX", re.IGNORECASE)


def refuse_dangers(package: zipfile.ZipFile, subject: str) -> None:
    """Look through a template before it is opened. Raises ConfigError for what is too large, runs, or fetches from elsewhere."""
    infos = package.infolist()
    if sum(i.file_size for i in infos) > MOST_BYTES or any(i.compress_type not in USUAL_PACKING for i in infos):
        raise _too_large(subject)
    try:
        reader = PartReader(package, most_bytes=MOST_XML_BYTES, most_signs=MOST_SIGNS)
        types = _read_types(reader)
        if any(i.filename.lower().endswith("vbaproject.bin") for i in infos) or any(map(_PROGRAMS.search, types.values())):
            raise ConfigError(subject, "holds macros", "Save it in Word as .docx or .dotx, which hold none.")
        for name in (i.filename for i in infos if _is_text(i.filename, types)):
            root = reader.read(name)
            if _fetches(root):
                remedy = "In Word, insert pictures instead of linking to them, and take out linked objects and fields."
                raise ConfigError(subject, "fetches something from elsewhere whenever it is opened", remedy)
            if _embeds(root):
                raise ConfigError(subject, "holds an embedded object or document", "In Word, put it in as a picture or as text.")
    except TooLargeError as e:
        raise _too_large(subject) from e
    except DocumentTypeError as e:
        reason = "holds a document type definition, which no Word document has"
        raise ConfigError(subject, reason, "Save it again in Word or LibreOffice.") from e


def _too_large(subject: str) -> ConfigError:
    return ConfigError(subject, "is too large when unpacked", "Use a Word template without large embedded files.")


def _read_types(reader: PartReader) -> dict[str, str]:
    """Name of a part, '/word/document.xml', or ending of names, 'xml', in small letters -> content type."""
    root = reader.read("[Content_Types].xml")
    return {(e.get("PartName") or e.get("Extension") or "").lower(): e.get("ContentType") or "" for e in root if isinstance(e.tag, str)}


def _is_text(name: str, types: Mapping[str, str]) -> bool:
    """Whether Word reads a part as XML: it goes by the list of contents, whatever the part's name ends in."""
    name = name.lower()
    kind = types.get(f"/{name}") or types.get(name.rpartition(".")[2], "")
    return name.endswith((".xml", ".rels")) or kind.lower().endswith("xml")


def drop_attached_template(document: Document) -> None:
    """Word looks for the template that a document names whenever it is opened, also on a server of somebody else's."""
    settings = document.settings.element
    for element in settings.findall(qn("w:attachedTemplate")):
        settings.remove(element)
    rels = document.part.part_related_by(RT.SETTINGS).rels
    for key in [k for k, rel in rels.items() if rel.reltype.endswith("/attachedTemplate")]:
        del rels[key]


def _fetches(root: _Element) -> bool:
    for relationship in root.iter(_RELATIONSHIP):
        if (relationship.get("TargetMode") or "").lower() == "external" and not (relationship.get("Type") or "").endswith(_HARMLESS):
            return True
    # a field's words may stand in several runs
    words = "".join(str(element.text or "") for element in root.iter(qn("w:instrText")))
    simple = " ".join(str(element.get(qn("w:instr")) or "") for element in root.iter(qn("w:fldSimple")))
    return _FETCHING_FIELD.search(f"{words} {simple}") is not None


def _embeds(root: _Element) -> bool:
    relationships = (relationship.get("Type") or "" for relationship in root.iter(_RELATIONSHIP))
    return any(kind.endswith(_EMBEDDING) for kind in relationships) or next(root.iter(_OLE_OBJECT), None) is not None
