"""Names of files: what a person's file is called on the server's disk. Nothing that came over the network becomes a path."""

from __future__ import annotations

import re
from collections.abc import Collection

from digitise.intake.sniffing import Kind, show_name

SUFFIXES: dict[Kind, str] = {
    "jpeg": ".jpg",
    "png": ".png",
    "gif": ".gif",
    "bmp": ".bmp",
    "tiff": ".tif",
    "webp": ".webp",
    "heif": ".heic",
    "pdf": ".pdf",
    "zip": ".zip",
}
"""What is taken, by content, and the ending it gets."""
STEM_MAX_BYTES = 120
"""File systems take 255 bytes for a name; a number and an ending come behind."""
SHOWN_MAX_CHARS = 200
_KEPT = frozenset(" -_.()'&+,")
"""Besides letters and digits of any script. No separators, no wildcards, no signs that turn the direction of writing."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that are devices where the event folder is copied to Windows."""


def shown_name(name: str) -> str:
    """A file's name for people to read: its last part, without signs that cannot be seen."""
    last = re.split(r"[/\\]", show_name(name[:4096]))[-1].strip()
    return last[:SHOWN_MAX_CHARS] or "photo"


def stored_name(name: str, kind: Kind, taken: Collection[str]) -> str:
    """Where a file is kept: the person's own name as far as it is harmless, the ending of what it really is, a number where the name is
    taken already. `taken`: names in use; capitals make no difference."""
    stem = safe_stem(shown_name(name))
    used = {other.casefold() for other in taken}
    number = 1
    while (candidate := f"{stem}{f' ({number})' if number > 1 else ''}{SUFFIXES[kind]}").casefold() in used:
        number += 1
    return candidate


def safe_stem(name: str) -> str:
    """A file's name without its ending, harmless on every system."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name)
    stem = "".join(c if c.isalnum() or c in _KEPT else "_" for c in stem)
    # a leading dot hides a file, a leading dash makes it an option of commands
    stem = re.sub(r"\.{2,}", ".", re.sub(r"\s+", " ", stem)).strip(" .-_")
    while len(stem.encode()) > STEM_MAX_BYTES:
        stem = stem[:-1].rstrip(" .")
    if not stem:
        return "photo"
    return f"{stem}_" if _RESERVED.fullmatch(stem) else stem
