"""Names of an address made into names on this disk: any key of an object store gets a place below one folder, and no two the same."""

from __future__ import annotations

import hashlib
import itertools
import re
import sys
import unicodedata
from pathlib import PurePosixPath

MOST_BYTES = 200
"""Of one part; file systems take 255, and temporary names are longer than the name."""
_WINDOWS = re.compile(r'[<>:"\\|?*\x01-\x1f]|[ .]$')


class LocalNames:
    """Gives each way below an address its way below a folder. Folders first, then files: a key may be both, 'a' and 'a/b.jpg'.

    Ways that differ only in capitals or in how accents are written get names that differ more: some disks could not tell them apart.
    The same ways in the same order give the same names on every system but Windows, which forbids more.
    """

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], str] = {}
        self._folders: dict[str, str] = {"": ""}

    def name_folder(self, way: str) -> str:
        """Of a folder, whose parents need no call of their own."""
        new: list[str] = []
        while way not in self._folders:
            new.append(way)
            way = way.rpartition("/")[0]
        inside = self._folders[way]
        for folder in reversed(new):
            inside = self._folders[folder] = _join(inside, self._take(inside, folder.rpartition("/")[2], f"{folder}/"))
        return inside

    def name_file(self, way: str) -> str:
        parent, _, part = way.rpartition("/")
        inside = self.name_folder(parent)
        return _join(inside, self._take(inside, part, way))

    def _take(self, inside: str, part: str, way: str) -> str:
        name = make_safe(part)
        candidate = name
        # a key may be written as another would be marked, but nobody has keys without end
        for number in itertools.count():
            owner = self._taken.setdefault((inside, unicodedata.normalize("NFC", candidate).casefold()), way)
            if owner == way:
                break
            candidate = _mark(name, f"{way}\0{number}" if number else way)
        return candidate


def make_safe(part: str) -> str:
    """A part of a way as a disk takes it, unchanged where it can be; it never leads out of its folder."""
    safe = part.replace("\0", "_").replace("/", "_")
    if sys.platform == "win32":
        safe = _WINDOWS.sub("_", safe)
    if safe in ("", ".", ".."):
        return _mark("_", part)
    try:
        long = len(safe.encode()) > MOST_BYTES
    except UnicodeEncodeError:
        safe, long = safe.encode("utf-8", "replace").decode(), True
    return _mark(safe, part) if long else safe


def _mark(name: str, way: str) -> str:
    """A name, cut where need be, with some digits of its way's hash before its suffix."""
    suffix = PurePosixPath(name).suffix if len(PurePosixPath(name).suffix.encode()) <= 16 else ""
    stem = name.removesuffix(suffix).encode()[: MOST_BYTES - 30].decode("utf-8", "ignore").rstrip()
    digest = hashlib.sha256(way.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{stem} ~{digest}{suffix}"


def _join(inside: str, name: str) -> str:
    return f"{inside}/{name}" if inside else name
