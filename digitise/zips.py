"""ZIPs that somebody sent, opened without believing what they say of themselves: photos in archives, Word documents, templates."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import BinaryIO, cast

BYTES_PER_ENTRY = 1024
"""Allowance for one entry's record in a ZIP's directory: 46 bytes, its name, dates and rights. The directory is read into memory whole, and
takes ten times as much there, before its entries can be counted: so its size is looked at first."""
_END_BYTES = 1 << 17
"""What may be read at least: the end record with the longest comment takes half of that."""
USUAL_PACKING = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""LZMA and bzip2 are left out: nobody's phone or Word makes them, and an LZMA member may ask for 4 GiB of memory before its first byte."""


class LongDirectoryError(ValueError):
    """The ZIP's directory has room for many more entries than are allowed."""


class _MeasuredStream(io.BufferedReader):
    """Refuses to hand over more than `most` bytes at once. Whatever way zipfile finds the directory (its own end record, that of 64 bits,
    one inside the comment), it asks for the whole of it."""

    most: int | None

    def __init__(self, source: Path | bytes | BinaryIO, most: int) -> None:
        raw = io.BytesIO(source) if isinstance(source, bytes) else io.FileIO(os.fspath(source)) if isinstance(source, Path) else source
        super().__init__(cast(io.RawIOBase, raw))
        self.most = most
        self._size = self.seek(0, io.SEEK_END)

    def read(self, size: int | None = -1, /) -> bytes:
        if self.most is not None:
            left = max(0, self._size - self.tell())
            if (left if size is None or size < 0 else min(size, left)) > self.most:
                raise LongDirectoryError("the directory of the ZIP is too long")
        return super().read(size)


class _MeasuredZip(zipfile.ZipFile):
    """Closes its own stream."""

    def __init__(self, stream: _MeasuredStream) -> None:
        self._stream = stream
        super().__init__(stream)

    def close(self) -> None:
        super().close()
        self._stream.close()


def open_zip(source: Path | bytes | BinaryIO, *, most_entries: int) -> zipfile.ZipFile:
    """A ZIP, its directory measured before it is read. Raises LongDirectoryError, BadZipFile, OSError, and on damage ValueError and others.

    It may still have more than `most_entries`, with short names: count them.
    """
    stream = _MeasuredStream(source, max(_END_BYTES, most_entries * BYTES_PER_ENTRY))
    try:
        archive = _MeasuredZip(stream)
    except BaseException:
        stream.close()
        raise
    stream.most = None
    return archive
