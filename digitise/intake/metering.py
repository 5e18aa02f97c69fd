"""What may be read before, and while, a picture is decoded: counted, because a picture's format lets a small file ask for much work.

A JPEG or PNG of 20 MB can consist of five million empty parts, each of which a decoder keeps: 700 MB of memory and 17 s before the first
pixel, as measured. Honest pictures have a few dozen.
"""

from __future__ import annotations

import io
import os
import re
import struct
from typing import IO, Any

MOST_HEAD_READS = 100_000
"""Times that bytes may be asked for while a header is read: four for each part of a file. A phone's JPEG needs 60; one with a depth map of
20 MB in its XMP 1,500."""
MOST_HEAD_BYTES = 32 << 20
"""A JPEG's notes about itself: profiles, depth maps. Pillow keeps them twice, and joins pieces of EXIF in
quadratic time: 6 s for so many."""
MOST_READS = 1_000_000
"""The same while pixels are read. A PNG of 200 MB in blocks of 4 KiB needs 250,000."""
MOST_EXIF_BYTES = 1 << 20
"""An EXIF block larger than this is none: cameras' are of 64 KB."""
MOST_VALUES = 200_000
"""Numbers in one field of a TIFF: the strips of the largest picture are 60,000. Each becomes an object of 50 to 230 bytes."""
MOST_FIELDS = 4096
MOST_SCANS = 200
"""Of a JPEG: each goes over all of its pixels, and takes 10 bytes. A progressive one has 10."""
MOST_JPEG_PARTS = 25_000
"""With its scans. A phone's has 15; one with a depth map of 20 MB in its XMP 350."""
_JPEG_MARK = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
"""What begins a part, or ends the picture. In packed pixels 0xFF is followed by 0 or a restart mark, in filling by another 0xFF."""
_SCAN, _END = 0xDA, 0xD9
_FIRST_BYTES, _CHUNK_BYTES = 64, 1 << 20
_BYTE_TYPES = frozenset({1, 2, 6, 7})
_EXIF_IFD = 0x8769


class TooMuchError(ValueError):
    """The file asks for more than its pictures are worth. What it says is taken for damage."""


class MeteredStream:
    """A stream that hands over so many pieces and bytes, and no more. What else it can do is the stream's own."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._reads_left, self._bytes_left = MOST_HEAD_READS, MOST_HEAD_BYTES

    def begin_pixels(self) -> None:
        """The header is read; its pixels may take all of the file, several times over for pages that are looked up again."""
        self._reads_left, self._bytes_left = MOST_READS, 1 << 62

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size)
        self._reads_left -= 1
        self._bytes_left -= len(data)
        if self._reads_left < 0 or self._bytes_left < 0:
            raise TooMuchError("the file has too many parts")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def check_jpeg(stream: IO[bytes]) -> None:
    """Count the scans of a JPEG's own picture: what a phone puts behind its end (a film, a second picture) or into its parts (a small one)
    is not decoded. Raises TooMuchError; leaves the stream at its start."""
    scans = parts = 0
    while (mark := _find_mark(stream)) not in (None, _END):
        scans, parts = scans + (mark == _SCAN), parts + 1
        if scans > MOST_SCANS or parts > MOST_JPEG_PARTS:
            raise TooMuchError("a JPEG with too many scans or parts")
        stream.seek(max(0, int.from_bytes(stream.read(2), "big") - 2), os.SEEK_CUR)
    stream.seek(0)


def _find_mark(stream: IO[bytes]) -> int | None:
    """The next mark of a JPEG, the stream then stands behind it; None at the end of the file."""
    size, before = _FIRST_BYTES, b""  # parts follow each other at once, only pixels are long
    while chunk := stream.read(size):
        if found := _JPEG_MARK.search(before + chunk):
            stream.seek(found.end() - len(before) - len(chunk), os.SEEK_CUR)
            return found[1][0]
        before, size = chunk[-1:], min(2 * size, _CHUNK_BYTES)
    return None


def check_tiff(stream: IO[bytes], pages: int) -> None:
    """Look over a TIFF's tables of contents, of at most one page more than `pages`. Raises TooMuchError; leaves the stream at its start.

    What is damaged is left for Pillow to refuse.
    """
    try:
        head = stream.read(16)
        order = "<" if head[:2] == b"II" else ">"
        big = head[2:4] in (b"+\0", b"\0+")
        (place,) = struct.unpack_from(f"{order}Q", head, 8) if big else struct.unpack_from(f"{order}I", head, 4)
        seen: set[int] = set()
        todo = [place]
        while todo and len(seen) < 2 * (pages + 1):
            place = todo.pop()
            if place and place not in seen:
                seen.add(place)
                todo += _check_table(stream, place, order, big)
    except (struct.error, OSError, OverflowError, ValueError) as e:
        if isinstance(e, TooMuchError):
            raise
    finally:
        stream.seek(0)


def check_exif(exif: bytes) -> None:
    """The same for the table inside an EXIF block. Raises TooMuchError."""
    if len(exif) > MOST_EXIF_BYTES:
        raise TooMuchError("an EXIF block of many megabytes")
    check_tiff(io.BytesIO(exif.removeprefix(b"Exif\0\0")), 1)


def _check_table(stream: IO[bytes], place: int, order: str, big: bool) -> list[int]:
    """One table; gives the places of the next and of the EXIF table."""
    stream.seek(place)
    count_size, entry, next_size = (8, f"{order}HHQQ", 8) if big else (2, f"{order}HHII", 4)
    (fields,) = struct.unpack(f"{order}{'Q' if big else 'H'}", stream.read(count_size))
    if fields > MOST_FIELDS:
        raise TooMuchError("a TIFF with too many fields")
    size = struct.calcsize(entry)
    table = stream.read(size * fields)
    further = []
    for at in range(0, len(table) - size + 1, size):
        tag, kind, count, value = struct.unpack_from(entry, table, at)
        if kind not in _BYTE_TYPES and count > MOST_VALUES:
            raise TooMuchError("a TIFF with too many values")
        if tag == _EXIF_IFD:
            further.append(value)
    if len(further) > 1:
        raise TooMuchError("a TIFF with several EXIF tables")
    return [struct.unpack(f"{order}{'Q' if big else 'I'}", stream.read(next_size))[0], *further]
