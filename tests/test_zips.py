"""A ZIP's directory is measured before it is read, whichever of its records says how long it is."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from digitise.zips import LongDirectoryError, open_zip

MANY = 3000


def pack(entries: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for n in range(entries):
            archive.writestr(f"{n:060d}.txt", b"")
    return stream.getvalue()


def hide_in_disk_numbers(data: bytes) -> bytes:
    """A second mark of an end record inside the first: whoever looks for the last one reads the directory's size elsewhere."""
    at = data.rindex(b"PK\5\6")
    size = data[at + 12 : at + 16]
    return data[:at] + b"PK\5\6" + b"PK\5\6" + data[at + 8 : at + 12] + size + b"\0\0\0\0" + b"\0\0"


def hide_in_record_of_64_bits(data: bytes) -> bytes:
    """The record of 64 bits counts, whatever the short one says."""
    at = data.rindex(b"PK\5\6")
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, MANY, MANY, size, at - size)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    return data[:at] + record + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 46, 0, 0)


@pytest.mark.parametrize("disguise", [bytes, hide_in_disk_numbers, hide_in_record_of_64_bits])
def test_a_long_directory_is_refused_before_it_is_read(disguise, tmp_path: Path) -> None:
    data = disguise(pack(MANY))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.infolist()) == MANY, "others would read it"
    (tmp_path / "a.zip").write_bytes(data)
    for source in (data, tmp_path / "a.zip"):
        with pytest.raises(LongDirectoryError):
            open_zip(source, most_entries=100)
        with open_zip(source, most_entries=MANY) as archive:
            assert len(archive.infolist()) == MANY


def test_members_of_any_size_are_read_and_the_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"x" * 2_000_000)
    with open_zip(path, most_entries=1) as archive:
        stream = archive.fp
        assert archive.read("a") == b"x" * 2_000_000 and archive.filename == str(path)
    assert stream.closed
    path.write_bytes(b"PK\3\4 no ZIP")
    with pytest.raises(zipfile.BadZipFile):
        open_zip(path, most_entries=1)
