"""Is an upload what an event can use? Told from its content by intake's own rules, before it is put among the photos.

Only first bytes and a ZIP's list are looked at here; pictures are decoded in worker processes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from digitise.config import Limits
from digitise.errors import PhotoError
from digitise.intake.archives import check_member, open_archive
from digitise.intake.sniffing import HEAD_BYTES, Kind, claims_photo, sniff
from digitise.web.naming import SUFFIXES
from digitise.web.not_taken import NotTakenError

_ENCRYPTED = 0x1
_PAGES_OF_THE_WEB = (b"<svg", b"<?xml", b"<!doctype", b"<html", b"<script")
_REASON_OF: dict[Kind, str] = {"movie": "film", "raw": "raw", "foreign": "foreign"}


def check_head(head: bytes, name: str) -> Kind:
    """What a file is, from its first HEAD_BYTES bytes. Raises NotTakenError for what is not read."""
    kind = sniff(head[:HEAD_BYTES], name)
    if kind in SUFFIXES:
        return kind
    reason = _REASON_OF.get(kind, "other")
    if kind == "none" and any(mark in head[:HEAD_BYTES].lower() for mark in _PAGES_OF_THE_WEB):
        reason = "drawing"
    raise NotTakenError(reason, status=415)


def check_content(path: Path, name: str, limits: Limits) -> Kind:
    """The same for a whole file; a ZIP's list is checked as well: its length, its stated sizes, where its names lead."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise NotTakenError("empty", status=415)
    kind = check_head(head, name)
    if kind == "zip":
        _check_zip(path, limits)
    return kind


def _check_zip(path: Path, limits: Limits) -> None:
    try:
        archive = open_archive(path, path.name, limits)
    except PhotoError as e:
        raise NotTakenError("zip_large", status=413, n=limits.zip_entries, mib=f"{limits.zip_unpacked_mib:.0f}") from e
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as e:
        raise NotTakenError("zip_damaged", status=415) from e
    with archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        try:
            for info in members:
                check_member(info, path.name)
        except PhotoError as e:
            raise NotTakenError("zip_unsafe", status=415) from e
        photos = [info for info in members if claims_photo(info.filename)]
        if not photos:
            raise NotTakenError("zip_empty", status=415)
        if all(info.flag_bits & _ENCRYPTED for info in photos):
            raise NotTakenError("zip_locked", status=415)
