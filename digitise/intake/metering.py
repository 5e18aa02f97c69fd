"""What may be read before, and while, a picture is decoded: counted, because a picture's format lets a small file ask for much work.

A JPEG or PNG of 20 MB can consist of five million empty parts, each of which a decoder keeps: 700 MB of memory and 17 s before the first
pixel, as measured. Honest pictures have a few dozen.
"""

from __future__ import annotations

import io
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
"""Of a JPEG: each goes over all of its pixels, and takes 10 bytes. A progressive one has 10, its thumbnail and second picture as many."""
_SCAN = b"\xff\xda"
_CHUNK_BYTES = 1 << 20
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
    """Count a JPEG's scans. Raises TooMuchError; leaves the stream at its start."""
    scans, before = 0, b""
    while chunk := stream.read(_CHUNK_BYTES):
        # in packed pixels 0xFF is followed by 0 or a restart mark: the mark stands nowhere else but in what is embedded
        scans += (before + chunk).count(_SCAN)
        before = chunk[-1:]
    stream.seek(0)
    if scans > MOST_SCANS:
        raise TooMuchError("a JPEG with too many scans")


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
