"""Looks over a HEIF's table of contents before libheif's binding sees it.

pi_heif 1.4 takes the whole process down with it (segmentation fault) when the type of an item is no text: found by flipping random bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

_MAX_META_BYTES = 16 << 20
"""A table of contents larger than this is no photo's: an iPhone's, with 50 tiles, takes 4 KiB."""
_HEADER_BYTES = 8


def check_heif(stream: IO[bytes]) -> None:
    """Raise ValueError unless every item of the HEIF has a type and names that are text. The stream is left at its beginning."""
    for name, body in _read_boxes(stream):
        if name == b"meta":
            for child, content in _split_boxes(body[4:]):
                if child == b"iinf":
                    _check_items(content)
    stream.seek(0)


def _check_items(content: bytes) -> None:
    """`content`: the body of an 'iinf' box: version and flags, count of entries, then one 'infe' box per item."""
    count_bytes = 2 if content[:1] == b"\0" else 4
    for name, item in _split_boxes(content[4 + count_bytes :]):
        if name != b"infe":
            raise ValueError("unknown entry in the HEIF's table of contents")
        version = item[0] if item else 0
        if version not in (2, 3):
            raise ValueError("unknown version of an item in the HEIF's table of contents")
        # after version and flags (4), item id (2 or 4) and protection (2) come the item's type (4), then its names
        texts = item[4 + (2 if version == 2 else 4) + 2 :]
        if not texts[:4].isascii() or len(texts) < 4:
            raise ValueError("the type of an item in the HEIF is no text")
        texts.decode("utf-8")


def _read_boxes(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of the 'meta' boxes at the top level of a file; other boxes are passed over unread."""
    stream.seek(0, 2)
    end, at = stream.tell(), 0
    while at + _HEADER_BYTES <= end:
        stream.seek(at)
        head = stream.read(16)
        size, header = int.from_bytes(head[:4], "big"), _HEADER_BYTES
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - at
        if size < header:
            raise ValueError("a box of the HEIF has an impossible size")
        if head[4:8] == b"meta":
            stream.seek(at + header)
            yield head[4:8], stream.read(min(size - header, _MAX_META_BYTES))
        at += size


def _split_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each box in `data`. Raises ValueError for a box that reaches beyond it."""
    at = 0
    while at + _HEADER_BYTES <= len(data):
        size = int.from_bytes(data[at : at + 4], "big") or len(data) - at
        if not _HEADER_BYTES <= size <= len(data) - at:
            raise ValueError("a box of the HEIF has an impossible size")
        yield data[at + 4 : at + 8], data[at + _HEADER_BYTES : at + size]
        at += size
