"""Names of events' output folders: to be read by people, possible on every system, and each used once."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from digitise.store import hash_parts

INDEX_STEM = "index"
LOG_FILE = "batch.log"
RESERVED = frozenset({f"{INDEX_STEM}.html", f"{INDEX_STEM}.xlsx", f"{INDEX_STEM}.json", LOG_FILE, ".digitise"})
"""What the batch itself writes beside the events' folders."""
MOST_BYTES = 120
"""Of one name: file systems take 255, and Windows 260 for the whole path."""
JOINT = " - "
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]')
"""With what nobody sees, or what turns the direction of writing: a name must not look like another."""
_EDGES = re.compile(r"^[\s.]+|[\s.]+$")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def name_outputs(places: Sequence[Sequence[str]]) -> list[str]:
    """A name for each place, given as the parts of its path below the archive.

    Where two would have the same name, or ones that differ only in capitals, or where one had to be cut, a few digits of the path's hash
    stand behind it: so a name does not depend on the order of the events.
    """
    plain = [_make_plain(JOINT.join(parts)) for parts in places]
    seen = Counter(name.casefold() for name in plain)
    names: list[str] = []
    for parts, name in zip(places, plain, strict=True):
        fits = len(name.encode()) <= MOST_BYTES
        good = fits and seen[name.casefold()] == 1 and name.casefold() not in RESERVED and not _DEVICES.fullmatch(name)
        names.append(name if good else f"{cut_bytes(name, MOST_BYTES)} ~{hash_parts(*parts)[:8]}")
    return names


def _make_plain(name: str) -> str:
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    return _EDGES.sub("", _FORBIDDEN.sub("_", text)) or "event"


def cut_bytes(name: str, most: int) -> str:
    """The beginning of a name, no longer than so many bytes of UTF-8."""
    return name.encode()[:most].decode("utf-8", "ignore").rstrip()
