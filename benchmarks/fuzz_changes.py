"""How fuzzing changes what it begins with: by bytes, and by structure, so that what is changed is still read as a ZIP, as XML or as JSON.

Each change is a pure function of the data and a random number generator: the same seed makes the same file again.
"""

from __future__ import annotations

import copy
import io
import json
import random
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import tomlkit
from lxml import etree
from lxml.etree import _Element

Change = Callable[[bytes, random.Random], bytes]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NUMBERS = (0, 1, 2, 3, 7, 127, 128, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**63 - 1, 2**63, 2**64 - 1)
TEXTS = (
    *("", " ", "\n", "\0", "\u202e", "\ud800", "ﷺ" * 20, "a" * 3000, "=1+1", "{{ title }}", "{% for x in y %}", "../../x", "C:\\x", "%s%n"),
    *("-1", "1e999", "NaN", "0x10", "９９", "99999999999999999999", "Heading 1", "heading ²", "n_1", "own1", "sec1", "Actions", "true"),
    *("(Owner: ", "[1]", "→", "“", "\u2028", "\ufeff", "http://[", "2026-02-30", "31 February", "by 99999 May", "Q9"),
)
VALUES: tuple[Any, ...] = (None, True, -1, 0, 1e308, float("nan"), float("inf"), 10**400, [], {}, [[]], "", "x")
TAGS = (
    *(
        "p",
        "r",
        "t",
        "tbl",
        "tr",
        "tc",
        "sdt",
        "sdtContent",
        "ins",
        "del",
        "moveFrom",
        "moveTo",
        "hyperlink",
        "bookmarkStart",
        "bookmarkEnd",
    ),
    *(
        "fldChar",
        "fldSimple",
        "instrText",
        "tab",
        "br",
        "pPr",
        "rPr",
        "numPr",
        "numId",
        "drawing",
        "txbxContent",
        "smartTag",
        "sectPr",
        "style",
    ),
)
DEEPEST = 300
"""Elements in elements: more than libxml2 lets through."""


def change_bytes(data: bytes, rng: random.Random) -> bytes:
    """A few bytes flipped, put in, taken out, copied elsewhere, made a telling number; or the end cut off."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(7):
            case 0 if at < len(out):
                out[at] ^= 1 << rng.randrange(8)
            case 1 if at < len(out):
                out[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
            case 2:
                out[at:at] = rng.randbytes(rng.randrange(1, 9))
            case 3:
                del out[at : at + rng.randrange(1, 33)]
            case 4:
                start = rng.randrange(len(out) + 1)
                out[at:at] = out[start : start + rng.randrange(1, 65)]
            case 5:
                number = rng.choice(NUMBERS)
                width = rng.choice((2, 4, 8))
                out[at : at + width] = (number % 2 ** (8 * width)).to_bytes(width, rng.choice(("little", "big")))
            case 6 if rng.random() < 0.1:
                del out[at:]
    return bytes(out)


def change_picture(data: bytes, rng: random.Random) -> bytes:
    """Bytes, but a PNG's parts keep their sums: without that nothing behind the first changed byte is ever read."""
    changed = change_bytes(data, rng)
    if not changed.startswith(b"\x89PNG\r\n\x1a\n") or rng.random() < 0.1:
        return changed
    out, at = bytearray(changed[:8]), 8
    while at + 12 <= len(changed):
        size = int.from_bytes(changed[at : at + 4], "big")
        body = changed[at + 4 : at + 8 + size]
        if len(body) < 4 + size:
            break
        out += struct.pack(">I", size) + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + size
    return bytes(out + changed[at:])


def change_pdf(data: bytes, rng: random.Random) -> bytes:
    """Bytes, or one of its words put in place of another: '/Pages' for '/Contents', '3 0 R' for '2 0 R'."""
    if rng.random() < 0.4:
        return change_bytes(data, rng)
    words = data.split(b" ")
    for _ in range(rng.choice((1, 2, 5))):
        at = rng.randrange(len(words))
        words[at] = rng.choice(
            (words[rng.randrange(len(words))], str(rng.choice(NUMBERS)).encode(), b"-1", b"1e38", b"[", b"<<", b"R", b"(")
        )
    return b" ".join(words)


Member = tuple[zipfile.ZipInfo, bytes]


def change_zip(data: bytes, rng: random.Random, change_member: Change = change_bytes) -> bytes:
    """A member changed, doubled, renamed, left out, put in another, packed otherwise; or the ZIP's own bytes."""
    if rng.random() < 0.1:
        return change_bytes(data, rng)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # what claims much is not unpacked here: that is what the program is tried with
            members = [(info, archive.read(info)) for info in archive.infolist()[:200] if info.file_size < 4_000_000]
    except Exception:
        return change_bytes(data, rng)
    for _ in range(rng.choice((1, 1, 1, 2, 3)) if members else 0):
        at = rng.randrange(len(members))
        members[at : at + 1] = _change_member(members, at, rng, change_member) or members[at : at + 1][: len(members) < 2]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            fresh = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            fresh.compress_type, fresh.external_attr = info.compress_type, info.external_attr
            archive.writestr(fresh, content)
    packed = stream.getvalue()
    return change_bytes(packed, rng) if rng.random() < 0.1 else packed


def _change_member(members: list[Member], at: int, rng: random.Random, change_member: Change) -> list[Member]:
    """What stands in place of a member."""
    info, content = copy.copy(members[at][0]), members[at][1]
    match rng.choice(("change",) * 8 + ("double", "rename", "drop", "empty", "swap", "pack", "link")):
        case "change":
            content = change_member(content, rng)
        case "double":
            return [members[at], (info, change_member(content, rng))]
        case "rename":
            other = rng.choice(members)[0].filename
            info.filename = rng.choice((other, "../" + other, other.upper(), "/etc/x.jpg", "a\\..\\b", "x" * 300))
        case "drop":
            return []
        case "empty":
            content = b""
        case "swap":
            content = rng.choice(members)[1]
        case "pack":
            info.compress_type = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))
        case "link":
            info.external_attr = 0o120777 << 16
    return [(info, content)]


def change_document(data: bytes, rng: random.Random) -> bytes:
    """A Word document with some of its parts changed as XML."""
    return change_zip(data, rng, change_xml)


def change_xml(data: bytes, rng: random.Random) -> bytes:
    """Elements left out, doubled, moved, wrapped, renamed; attributes and texts changed. Bytes where it is no XML."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError:
        return change_bytes(data, rng)
    if rng.random() < 0.03:
        return change_bytes(data, rng)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        _change_element(root, rng)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _change_element(root: _Element, rng: random.Random) -> None:
    elements = [e for e in root.iter() if isinstance(e.tag, str)]
    element, other = rng.choice(elements), rng.choice(elements)
    parent = element.getparent()
    if parent is not None and rng.random() < 0.45:
        _change_place(parent, element, other, rng)
        return
    match rng.randrange(5):
        case 0:
            element.tag = f"{{{W}}}{rng.choice(TAGS)}" if rng.random() < 0.7 else str(other.tag)
        case 1 if element.attrib:
            name = rng.choice(list(element.attrib))
            if rng.random() < 0.3:
                del element.attrib[name]
            else:
                element.set(name, _text(rng, elements))
        case 2:
            element.set(rng.choice([*other.attrib, f"{{{W}}}val"]), _text(rng, elements))
        case 3:
            element.text = _text(rng, elements)
        case _:
            texts = [e for e in elements if e.text and e.text.strip()]
            if texts:
                rng.choice(texts).text = _text(rng, elements)


def _change_place(parent: _Element, element: _Element, other: _Element, rng: random.Random) -> None:
    """An element left out, doubled, put into another, or others around it."""
    match rng.randrange(4):
        case 0:
            parent.remove(element)
        case 1 if len(element) < 200:
            for _ in range(rng.choice((1, 1, 2, 20))):
                parent.insert(parent.index(element), copy.deepcopy(element))
        case 2 if element not in other.iterancestors() and other is not element:
            other.insert(rng.randrange(len(other) + 1), element)
        case _:
            at = parent.index(element)
            for _ in range(rng.choice((1, 1, 2, DEEPEST))):
                around = etree.Element(f"{{{W}}}{rng.choice(TAGS)}")
                around.append(element)
                element = around
            parent.insert(at, element)


def _text(rng: random.Random, elements: list[_Element]) -> str:
    """A telling text, or one that stands elsewhere in the document; without what XML cannot hold."""
    if rng.random() < 0.3:
        other = rng.choice(elements)
        return str(other.text or next(iter(other.attrib.values()), ""))
    text = rng.choice((*TEXTS, str(rng.choice(NUMBERS))))
    return "".join(c for c in text if c >= " " and not 0xD800 <= ord(c) < 0xE000) or "x"


def change_json(data: bytes, rng: random.Random) -> bytes:
    """Values left out, doubled, exchanged, replaced by telling ones. Bytes where it is no JSON."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return change_bytes(data, rng)
    if rng.random() < 0.05:
        return change_bytes(data, rng)
    return json.dumps(_change_tree(tree, rng)).encode()


def change_toml(data: bytes, rng: random.Random) -> bytes:
    """As change_json, for TOML."""
    try:
        tree = tomllib.loads(data.decode())
        if rng.random() < 0.2:
            return change_bytes(data, rng)
        return tomlkit.dumps(_change_tree(tree, rng)).encode()
    except Exception:  # tomlkit raises many kinds of error for what TOML cannot say
        return change_bytes(data, rng)


def _change_tree(tree: Any, rng: random.Random) -> Any:
    for _ in range(rng.choice((1, 1, 2, 4))):
        nodes = _list_nodes(tree)
        if not nodes:
            return tree
        holder, key = rng.choice(nodes)
        other, place = rng.choice(nodes)
        match rng.randrange(7):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder[key:key] = [copy.deepcopy(holder[key])] * rng.choice((1, 2, 50))
            case 2:
                holder[key] = copy.deepcopy(other[place])
            case 3:
                holder[key] = copy.deepcopy(rng.choice(VALUES))
            case 4:
                holder[key] = rng.choice((*TEXTS, *NUMBERS))
            case 5 if isinstance(holder, dict):
                holder[rng.choice((*TEXTS, str(key) + "s"))] = copy.deepcopy(holder[key])
            case 6 if isinstance(holder[key], str):
                holder[key] = rng.choice((holder[key] * 2, holder[key][::-1], holder[key][:1], holder[key] + rng.choice(TEXTS)))
    return tree


def _list_nodes(tree: Any) -> list[tuple[Any, Any]]:
    """Each value of a tree as the list or dictionary that holds it and its place there."""
    found: list[tuple[Any, Any]] = []
    heap = [tree]
    while heap:
        holder = heap.pop()
        places = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        found += [(holder, place) for place in places]
        heap += [holder[place] for place in places]
    return found
