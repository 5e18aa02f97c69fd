"""Reads the structure of a tagged PDF, and says what keeps people from reading it; after the checks of the Matterhorn Protocol 1.1 that
a program can make (PDF/UA-1): metadata, viewer preferences, language, figures, headings, tables, lists, links.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf


class Tag(NamedTuple):
    name: str
    """As the PDF has it, after its role map."""
    element: Any
    above: tuple[str, ...]
    """Names of the tags round it, the outermost first."""


def list_tags(pdf: pikepdf.Pdf) -> list[Tag]:
    """All structure elements in reading order."""
    root = pdf.Root.get("/StructTreeRoot")
    roles = {str(k): str(v) for k, v in (root.get("/RoleMap") or {}).items()} if root is not None else {}
    return list(_walk(root.get("/K"), roles, ())) if root is not None else []


def _walk(node: Any, roles: dict[str, str], above: tuple[str, ...]) -> Iterator[Tag]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _walk(child, roles, above)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        name = str(node.S)
        seen = set()
        while name in roles and name not in seen and roles[name] != name:
            seen.add(name)
            name = roles[name]
        name = name.removeprefix("/")
        yield Tag(name, node, above)
        if "/K" in node:
            yield from _walk(node.K, roles, (*above, name))


def list_faults(path: Path, *, title: str, language: str) -> list[str]:
    """What is wrong, in words; [] for a PDF that passes."""
    with pikepdf.open(path) as pdf:
        return [*_document_faults(pdf, title, language), *_tag_faults(list_tags(pdf)), *_page_faults(pdf)]


def _document_faults(pdf: pikepdf.Pdf, title: str, language: str) -> Iterator[str]:
    root = pdf.Root
    if not bool((root.get("/MarkInfo") or {}).get("/Marked", False)):
        yield "the PDF is not marked as tagged"
    if "/StructTreeRoot" not in root:
        yield "there is no structure tree"
    if str(root.get("/Lang") or "") != language:
        yield f"the language is {root.get('/Lang')}, not {language}"
    if not bool((root.get("/ViewerPreferences") or {}).get("/DisplayDocTitle", False)):
        yield "the window shows the file's name, not the title"
    with pdf.open_metadata() as metadata:
        if metadata.get("dc:title") != title:
            yield f"the title is {metadata.get('dc:title')!r}, not {title!r}"
        if str(metadata.get("pdfuaid:part")) != "1":
            yield "it does not claim to be PDF/UA"


def _tag_faults(tags: list[Tag]) -> Iterator[str]:
    if not tags:
        yield "there are no tags"
    level = 0
    for tag in tags:
        if tag.name == "Figure" and not str(tag.element.get("/Alt") or tag.element.get("/ActualText") or "").strip():
            yield "a figure without alternative text"
        if len(tag.name) == 2 and tag.name[0] == "H" and tag.name[1].isdigit():
            if int(tag.name[1]) > level + 1:
                yield f"a heading of level {tag.name[1]} below level {level}"
            level = int(tag.name[1])
        if tag.name == "LI" and (not tag.above or tag.above[-1] != "L"):
            yield "a point outside a list"
        if tag.name in ("TH", "TD") and (not tag.above or tag.above[-1] != "TR"):
            yield "a cell outside a row"
    for tag in tags:
        if tag.name == "Table" and not any(str(t.name) == "TH" for t in _below(tag, tags)):
            yield "a table without a head"


def _below(tag: Tag, tags: list[Tag]) -> Iterator[Tag]:
    start = next(i for i, t in enumerate(tags) if t.element is tag.element)
    for other in tags[start + 1 :]:
        if len(other.above) <= len(tag.above):
            return
        yield other


def _page_faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, 1):
        links = [a for a in page.get("/Annots") or [] if a.get("/Subtype") == "/Link"]
        if links and page.get("/Tabs") != "/S":
            yield f"page {number}: the order of its links is not that of its structure"
        if any("/StructParent" not in a for a in links):
            yield f"page {number}: a link outside the structure"
        if any(not str(a.get("/Contents") or "").strip() for a in links):
            yield f"page {number}: a link without a description"
