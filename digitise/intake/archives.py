"""Photos inside ZIPs, read member by member into memory: nothing is unpacked to disk, and every size is counted, not believed."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from digitise.config import Limits
from digitise.errors import PhotoError
from digitise.intake.inspecting import Found, inspect, make_sources, refuse_kind, still_stems
from digitise.intake.refusing import check_file_size, cut_off, damaged, empty, over, refusing, to_problem
from digitise.intake.sniffing import HEAD_BYTES, claims_photo, is_junk, is_picture, show_name, sniff
from digitise.model import Problem
from digitise.zips import USUAL_PACKING, LongDirectoryError, open_zip

_CHUNK_BYTES = 1 << 20
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800


def open_archive(path: Path, file: str, limits: Limits) -> zipfile.ZipFile:
    """A ZIP, its number of entries and stated sizes checked. Raises PhotoError, OSError, BadZipFile."""
    try:
        archive = open_zip(path, most_entries=limits.zip_entries)
    except LongDirectoryError as e:
        raise over(file, "it has too many entries", f"{limits.zip_entries}", "zip_entries", "Pack it as several ZIPs") from e
    try:
        _check_entries(archive, file, limits)
    except BaseException:
        archive.close()
        raise
    return archive


def find_in_zip(path: Path, file: str, limits: Limits) -> Iterator[Found]:
    """The photos in a ZIP. Call inside `refusing`; what is wrong with one member becomes a Problem, and the others go on."""
    with open_archive(path, file, limits) as archive:
        listed = [info for info in archive.infolist() if not info.is_dir() and not _is_junk_path(info.filename)]
        infos = {info.filename: info for info in listed}
        for name, count in Counter(info.filename for info in listed).items():
            if count > 1:
                reason = f"{count} files in the ZIP have this name; only the last of them can be read"
                yield Problem(file=f"{file}/{show_name(name)}", reason=reason, remedy="Unpack it, and put the photos in the folder.")
        stems = still_stems(infos)
        locked = 0
        for info in infos.values():
            label = f"{file}/{show_name(shown_name(info))}"
            if info.flag_bits & _ENCRYPTED:
                locked += claims_photo(info.filename)
                continue
            try:
                with refusing(label):
                    yield from _find_in_member(archive, info, file=label, stems=stems, limits=limits)
            except PhotoError as e:
                yield to_problem(e)
    if locked:
        reason = f"{locked} of its photos are locked with a password" if locked > 1 else "a photo in it is locked with a password"
        yield Problem(file=file, reason=reason, remedy="Unpack it with the password, and put the photos themselves in the folder.")


def _find_in_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, file: str, stems: frozenset[str], limits: Limits
) -> Iterator[Found]:
    check_member(info, file)
    if info.file_size == 0:
        if claims_photo(info.filename):
            raise empty(file)
        return
    with archive.open(info) as stream:
        kind = sniff(stream.read(HEAD_BYTES), info.filename)
    if kind == "zip":
        raise PhotoError(file, "it is a ZIP inside a ZIP", "Unpack it, and put its photos in the folder.")
    if not is_picture(kind):
        problem = refuse_kind(kind, info.filename, file, stems)
        if problem:
            yield problem
        return
    data = read_bytes(archive, info, file=file, limits=limits)
    header = inspect(io.BytesIO(data), kind, file, limits)
    sha256 = hashlib.sha256(data).hexdigest()
    yield from make_sources(path=Path(str(archive.filename)), members=(info.filename,), file=file, sha256=sha256, header=header)


def _is_junk_path(name: str) -> bool:
    return any(is_junk(part) for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("..", "/"))


def check_member(info: zipfile.ZipInfo, file: str) -> None:
    """Refuse names that lead out of the ZIP, links and unusual packing. Raises PhotoError about `file`."""
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or ".." in PurePosixPath(name).parts or re.match(r"[A-Za-z]:", name) or "\0" in info.orig_filename:
        raise PhotoError(file, "its name would lead out of the ZIP; such a ZIP may be an attack", "Pack the photos again yourself.")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise PhotoError(file, "it is only a link, not a photo", "Pack the photo itself into the ZIP.")
    if info.compress_type not in USUAL_PACKING:
        raise PhotoError(file, "it is packed in an unusual way", "Pack the photos again with the computer's own ZIP command.")


def shown_name(info: zipfile.ZipInfo) -> str:
    """A member's name for people. macOS writes UTF-8 without saying so, which zipfile then reads as code page 437."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def read_bytes(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, file: str, limits: Limits) -> bytes:
    """A member, whole. Its size is counted while unpacking, whatever the ZIP states. Raises PhotoError past limits.file_mib."""
    check_file_size(file, info.file_size, limits)
    data = bytearray()
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            data += chunk
            check_file_size(file, len(data), limits)
    if len(data) < info.file_size:
        raise cut_off(file)
    return bytes(data)


def read_member(path: Path, member: str, *, file: str, limits: Limits) -> bytes:
    """One member, whole. Raises PhotoError, OSError, BadZipFile."""
    with open_archive(path, file, limits) as archive:
        try:
            info = archive.getinfo(member)
        except KeyError as e:
            raise damaged(file) from e
        check_member(info, file)
        return read_bytes(archive, info, file=file, limits=limits)


def _check_entries(archive: zipfile.ZipFile, file: str, limits: Limits) -> None:
    infos = archive.infolist()
    if len(infos) > limits.zip_entries:
        raise over(file, f"it has {len(infos)} entries", f"{limits.zip_entries}", "zip_entries", "Pack it as several ZIPs")
    stated = sum(info.file_size for info in infos)
    if stated > limits.zip_unpacked_mib * 2**20:
        what = f"unpacked it takes {stated / 2**20:.0f} MiB"
        raise over(file, what, f"{limits.zip_unpacked_mib:g} MiB", "zip_unpacked_mib", "Pack it as several ZIPs")
