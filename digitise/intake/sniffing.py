"""Tells what a file is from its first bytes. A suffix only says what a file claims to be."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from typing import Literal, TypeGuard

Format = Literal["jpeg", "png", "gif", "bmp", "tiff", "webp", "heif", "pdf"]
Kind = Format | Literal["zip", "raw", "movie", "foreign", "none"]
"""A format that is read, or: an archive, a camera's raw picture, a film, a picture format that is not read, anything else."""

HEAD_BYTES = 1024
"""How much of a file is enough to know it: PDF readers accept the '%PDF-' mark anywhere in the first 1024 bytes."""

RAW_SUFFIXES = frozenset({".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf"})
"""Raw pictures are TIFF by content, but what a TIFF reader finds in them is a thumbnail: only the suffix tells."""
READ_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif", ".hif", ".pdf", ".zip"}
)
PHOTO_SUFFIXES = READ_SUFFIXES | RAW_SUFFIXES | {".avif", ".jp2", ".jxl"}
"""Names that promise a photo: when the content is something else the person must hear of it."""
OFFICE_SUFFIXES = frozenset(
    {".docx", ".dotx", ".docm", ".xlsx", ".xlsm", ".pptx", ".potx", ".odt", ".ods", ".odp"}
    | {".epub", ".jar", ".pages", ".numbers", ".key", ".idml", ".kmz", ".whl"}
)
"""Documents that are ZIPs inside."""
JUNK_NAMES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "icon\r"})
"""What Windows and macOS leave in folders (besides names that begin with a dot)."""

_RIFF_FORMS: dict[bytes, Kind] = {b"WEBP": "webp", b"AVI ": "movie"}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
_FOREIGN_BRANDS = frozenset({b"avif", b"avis", b"jp2 ", b"crx "})
_BMP_HEADER_BYTES = frozenset({12, 40, 52, 56, 64, 108, 124})
_OFFICE_FIRST_MEMBERS = (b"[Content_Types].xml", b"mimetype", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/")


def is_junk(name: str) -> bool:
    """Hidden files and the operating systems' own, by the last part of the name: '._IMG_1.jpg', '.DS_Store', 'Thumbs.db'."""
    return name.startswith(".") or name.lower() in JUNK_NAMES


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def is_picture(kind: Kind) -> TypeGuard[Format]:
    """Something to be decoded: a format that is read, but no ZIP."""
    return kind not in ("zip", "none", "raw", "movie", "foreign")


def claims_photo(name: str) -> bool:
    return suffix_of(name) in PHOTO_SUFFIXES


def show_name(name: str) -> str:
    """A file name for people: composed accents as people type them, no control characters, no undecodable bytes."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    return "".join(c if c.isprintable() else "�" for c in text)


def sniff(head: bytes, name: str = "") -> Kind:
    """What a file is, from its first HEAD_BYTES bytes; `name` only tells raw pictures and office documents apart."""
    kind: Kind = next((kind for marks, kind in _MARKS if head.startswith(marks)), "none")
    if kind == "tiff" and suffix_of(name) in RAW_SUFFIXES:
        return "raw"
    if kind == "zip" and _is_office(head, name):
        return "none"
    return kind if kind != "none" else _sniff_container(head)


def _sniff_container(head: bytes) -> Kind:
    """Formats that are not told by their first bytes alone."""
    if head[:4] == b"RIFF":
        return _RIFF_FORMS.get(head[8:12], "none")
    if head[4:8] == b"ftyp":
        return _sniff_brand(head)
    # two letters alone would make a picture of a text that begins with "BM"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_BYTES:
        return "bmp"
    if b"%PDF-" in head[:HEAD_BYTES] and not head.lstrip().startswith(b"<"):
        return "pdf"
    return "none"


_MARKS: tuple[tuple[tuple[bytes, ...], Kind], ...] = (
    ((b"\xff\xd8\xff",), "jpeg"),
    ((b"\x89PNG\r\n\x1a\n",), "png"),
    ((b"GIF87a", b"GIF89a"), "gif"),
    ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "tiff"),
    ((b"PK\3\4", b"PK\5\6"), "zip"),
    ((b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  "), "foreign"),
    ((b"FUJIFILMCCD-RAW", b"IIRO", b"IIU\0"), "raw"),
    ((b"\x1aE\xdf\xa3", b"\0\0\1\xba"), "movie"),
)


def _sniff_brand(head: bytes) -> Kind:
    """The kind of an ISO media file: HEIF, AVIF and films share one container."""
    size = min(max(int.from_bytes(head[:4], "big"), 12), 256)
    brands = {head[8:12], *(head[i : i + 4] for i in range(16, size, 4))}
    if head[8:12] == b"crx ":
        return "raw"
    if brands & {b"avif", b"avis"} and not brands & {b"heic", b"heix"}:
        return "foreign"
    if head[8:12] in _HEIF_BRANDS:
        return "heif"
    return "foreign" if brands & _FOREIGN_BRANDS else "movie"


def _is_office(head: bytes, name: str) -> bool:
    suffix = suffix_of(name)
    return suffix in OFFICE_SUFFIXES or (suffix != ".zip" and head[30:].startswith(_OFFICE_FIRST_MEMBERS))
