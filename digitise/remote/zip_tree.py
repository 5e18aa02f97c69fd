"""A ZIP as a tree of files at an address. Opened as those in folders are, not as fsspec would: what it says of itself is not believed."""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Mapping
from typing import Any, BinaryIO

from digitise.errors import NoInputError
from digitise.zips import USUAL_PACKING, LongDirectoryError, open_zip

MOST_ENTRIES = 100_000
MOST_UNPACKED_BYTES = 200_000 << 20
"""What limits.zip_entries and limits.zip_unpacked_mib can be raised to: whoever names a ZIP as an archive means it, but it may still be a
trap. The directory is held by the program and by each of its processes."""
MOST_LEVELS = 32
"""Of folders: each of a file's is remembered, with all above it in its name."""
_ENCRYPTED = 0x1


class ZipTree:
    """What is asked of a file system that is only read, by the names that fsspec has for it. Paths are members' names."""

    def __init__(self, source: BinaryIO, shown: str) -> None:
        """source: the ZIP's bytes, which can be sought in. shown: what to call it.

        Raises NoInputError where it holds more than an archive does; BadZipFile, OSError, and on damage ValueError and others.
        """
        self._shown = shown
        try:
            self._zip = open_zip(source, most_entries=MOST_ENTRIES)
        except LongDirectoryError as e:
            raise self._over(f"it has more than {MOST_ENTRIES} entries") from e
        # of two members of one name the last can be read
        self._members = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}
        if len(self._zip.infolist()) > MOST_ENTRIES:
            raise self._over(f"it has more than {MOST_ENTRIES} entries")
        if sum(info.file_size for info in self._zip.infolist()) > MOST_UNPACKED_BYTES:
            raise self._over(f"unpacked it takes more than {MOST_UNPACKED_BYTES >> 30} GiB")
        if any(name.count("/") > MOST_LEVELS for name in self._members):
            raise self._over(f"it has folders more than {MOST_LEVELS} levels deep")

    def _over(self, what: str) -> NoInputError:
        return NoInputError(self._shown, f"{what}; no archive has so much", "Unpack it, if you trust it, and name the folder.")

    def invalidate_cache(self) -> None:
        """Nothing changes in it."""

    def find(self, path: str, *, detail: bool = True) -> dict[str, Mapping[str, Any]]:
        """All members below a folder."""
        above = f"{path}/" if path else ""
        return {name: _describe(info) for name, info in self._members.items() if name.startswith(above)}

    def info(self, path: str) -> Mapping[str, Any]:
        """Raises FileNotFoundError."""
        return _describe(self._member(path))

    def cat_file(self, path: str, start: int = 0, end: int | None = None) -> bytes:
        """Some of a member's bytes, from its beginning on. Raises FileNotFoundError, NoInputError."""
        with self._open(path) as stream:
            return stream.read(-1 if end is None else end)[start:]

    def get_file(self, path: str, local: str) -> None:
        """Unpack a member into a file. Raises FileNotFoundError, NoInputError."""
        with self._open(path) as stream, open(local, "wb") as target:  # noqa: PTH123 - fsspec's habit: a path as text
            shutil.copyfileobj(stream, target, 1 << 20)

    def _member(self, path: str) -> zipfile.ZipInfo:
        info = self._members.get(path)
        if info is None:
            raise FileNotFoundError(path)
        return info

    def _open(self, path: str) -> zipfile.ZipExtFile:
        info = self._member(path)
        if info.flag_bits & _ENCRYPTED:
            raise NoInputError(
                f"{self._shown}/{path}", "it is locked with a password", "Unpack the ZIP with the password, and name the folder."
            )
        if info.compress_type not in USUAL_PACKING or stat.S_ISLNK(info.external_attr >> 16):
            reason = "it is packed in an unusual way, or only a link"
            raise NoInputError(f"{self._shown}/{path}", reason, "Pack the photos again with the computer's own ZIP command.")
        return self._zip.open(info)  # type: ignore[return-value]


def _describe(info: zipfile.ZipInfo) -> Mapping[str, Any]:
    return {"name": info.filename, "size": info.file_size, "type": "file", "CRC": info.CRC}
