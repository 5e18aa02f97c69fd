"""The files that can be taken away: those that the program wrote, under names that say what they are; never an upload."""

from __future__ import annotations

import re
import urllib.parse
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from digitise.model import Event, Surface
from digitise.store import load_written
from digitise.web.cards import read_settings
from digitise.web.naming import safe_stem
from digitise.web.shelf import EventPlace

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
PICTURES = "pictures"
CHUNK_BYTES = 1 << 18
TITLE_MAX_CHARS = 80
"""Of a title within a file's name."""


class FileKind(NamedTuple):
    """One kind of file, as the report page offers it."""

    kind: str
    """The page's texts about it: takeaway.name_<kind>, what_<kind>, for_<kind>."""
    media: str
    file: str
    """Name in the output folder; '' for one that is put together when somebody asks for it."""
    suffix: str


FILE_KINDS = (
    FileKind("report", DOCX, "report.docx", ".docx"),
    FileKind("photos", DOCX, "photo-report.docx", ".docx"),
    FileKind("page", "text/html; charset=utf-8", "report.html", ".html"),
    FileKind("workbook", XLSX, "actions.xlsx", ".xlsx"),
    FileKind("pictures", ZIP, "", ".zip"),
    FileKind("actions", "text/csv; charset=utf-8", "actions.csv", ".csv"),
    FileKind("notes", "text/csv; charset=utf-8", "notes.csv", ".csv"),
    FileKind("text", "text/markdown; charset=utf-8", "report.md", ".md"),
    FileKind("all", ZIP, "", ".zip"),
)
MAIN_KINDS = ("report", "photos", "all")
"""What most people come for; the others stand below."""


class Offer(NamedTuple):
    """One file that is there."""

    kind: FileKind
    files: Mapping[str, Path]
    """Name in the ZIP -> file. One that is no ZIP has one."""
    size: int
    """Bytes; of a ZIP, of all that is in it, which hardly shrinks."""
    made: datetime
    """UTC, of the newest file in it."""


def list_offers(place: EventPlace, event: Event | None) -> list[Offer]:
    """What can be taken away now. event: names the pictures after their photos."""
    written = load_written(place.report)
    for name in _unwanted(place):
        written.pop(name, None)
    groups: list[tuple[FileKind, dict[str, Path]]] = []
    for kind in FILE_KINDS:
        if kind.file:
            newest = _newest(place.report, kind.file, written)
            groups.append((kind, {newest.name: newest} if newest is not None else {}))
        elif kind.kind == "pictures":
            groups.append((kind, _name_pictures(place.report / PICTURES, event) if event is not None else {}))
        else:
            groups.append((kind, _list_all(place.report, written)))
    return [offer for kind, files in groups if (offer := _offer(kind, files)) is not None]


def find_offer(place: EventPlace, event: Event | None, kind: str) -> Offer | None:
    """One of them by the name of its kind."""
    return next((offer for offer in list_offers(place, event) if offer.kind.kind == kind), None)


def _unwanted(place: EventPlace) -> list[str]:
    """Word files that the event's settings leave out: what lies there is of an earlier run."""
    report = read_settings(place.settings_file).get("report")
    outputs = report.get("outputs") if isinstance(report, dict) else None
    if not isinstance(outputs, list):
        return []
    return [f"{name}.docx" for name in ("report", "photo-report") if name not in outputs]


def _offer(kind: FileKind, files: dict[str, Path]) -> Offer | None:
    there: dict[str, Path] = {}
    size, newest = 0, 0.0
    for name, path in files.items():
        try:
            status = path.stat()
        except OSError:
            continue  # it is just being exchanged
        there[name] = path
        size, newest = size + status.st_size, max(newest, status.st_mtime)
    return Offer(kind, there, size, datetime.fromtimestamp(newest, UTC)) if there else None


def _newest(folder: Path, name: str, written: Mapping[str, str]) -> Path | None:
    """The file of that name that was written last: where a person changed one on the disk, the next was written beside it."""
    path = Path(name)
    pattern = re.compile(rf"{re.escape(path.stem)}(-new(-\d+)?)?{re.escape(path.suffix)}")
    found = [folder / other for other in written if pattern.fullmatch(other) and (folder / other).is_file()]
    return max(found, key=lambda p: p.stat().st_mtime, default=None)


def _list_all(folder: Path, written: Mapping[str, str]) -> dict[str, Path]:
    """All that the program wrote, as it lies there: the pages find their pictures."""
    plain = [name for name in sorted(written) if re.fullmatch(r"(pictures/)?[^/\\]+", name) and ".." not in name]
    return {name: folder / name for name in plain if (folder / name).is_file()}


def _name_pictures(folder: Path, event: Event) -> dict[str, Path]:
    """The cleaned sheets and joined walls, in the event's order, named after their photos."""
    of_photo: dict[str, list[Surface]] = {}
    for surface in event.surfaces:
        of = next((p.id for p in event.photos if surface.id.startswith(f"{p.id}-")), "")
        if of and surface.picture:
            of_photo.setdefault(of, []).append(surface)
    named: dict[str, Path] = {}
    for k, photo in enumerate(event.photos, 1):
        sheets = of_photo.get(photo.id, [])
        for n, surface in enumerate(sheets, 1):
            tail = f"-{n}" if len(sheets) > 1 else ""
            named[f"{k:02d}-{safe_stem(photo.file.rpartition('/')[2])}{tail}.jpg"] = folder / surface.picture
    for k, wall in enumerate(event.walls, 1):
        named[f"wall-{k}.jpg"] = folder / wall.picture
    return {name: path for name, path in named.items() if path.parent == folder and path.is_file()}


def download_name(title: str, what: str, suffix: str) -> str:
    """'Health day - report.docx': what a file is called on the person's own computer."""
    first = safe_stem(f"{title[:TITLE_MAX_CHARS]}.x") if title.strip() else ""
    return f"{first} - {what}{suffix}" if first else f"{what}{suffix}"


def say_attachment(name: str) -> str:
    """Content-Disposition of a file to be saved (RFC 6266): a name in ASCII, and the whole one (RFC 8187) where that differs."""
    plain = re.sub(r"[^A-Za-z0-9 ._()+,-]", "_", name)
    whole = f"; filename*=UTF-8''{urllib.parse.quote(name, safe='')}" if plain != name else ""
    return f'attachment; filename="{plain}"{whole}'


class _Sink:
    """Takes what zipfile writes until somebody fetches it; it cannot seek, so that zipfile writes sizes behind each file."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def fetch(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def stream_zip(files: Mapping[str, Path], *, inside: str) -> Iterator[bytes]:
    """A ZIP of these files in a folder of that name, made while it is sent: never more than a quarter of a MiB in memory.

    Pictures and Word files are stored as they are, they do not shrink. A file that is gone meanwhile is left out.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as package:  # type: ignore[call-overload] # write and flush are all it needs
        for name, path in files.items():
            try:
                source = path.open("rb")
            except OSError:
                continue
            with source:
                info = zipfile.ZipInfo.from_file(path, f"{inside}/{name}", strict_timestamps=False)
                info.external_attr = 0o644 << 16
                shrinks = path.suffix in (".html", ".md", ".csv", ".json")
                info.compress_type = zipfile.ZIP_DEFLATED if shrinks else zipfile.ZIP_STORED
                with package.open(info, "w") as target:
                    while chunk := source.read(CHUNK_BYTES):
                        target.write(chunk)
                        yield sink.fetch()
    yield sink.fetch()


def list_kinds(offers: Sequence[Offer]) -> tuple[list[Offer], list[Offer]]:
    """What most people come for, and the rest."""
    main = [offer for name in MAIN_KINDS for offer in offers if offer.kind.kind == name]
    return main, [offer for offer in offers if offer.kind.kind not in MAIN_KINDS]
