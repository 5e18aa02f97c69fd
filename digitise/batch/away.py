"""Events at an address: listed as a tree, and, when one's turn comes, brought to this disk and back.

Everything between runs as it does for a folder. docs/addresses.md
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

from digitise.batch.keeping import RECORD_FILE
from digitise.batch.model import Spot
from digitise.batch.sessions import judge_time
from digitise.batch.trees import Look, TreeEntry
from digitise.config import Limits, load_config
from digitise.corrections import CORRECTIONS_FILE
from digitise.errors import DigitiseError, NoInputError, OutputError
from digitise.events import KEPT_EVENT, load_kept
from digitise.intake.sniffing import HEAD_BYTES, is_picture, sniff
from digitise.model import Frozen, Source
from digitise.places import settings_file
from digitise.planning import EVENT_FILE
from digitise.remote import (
    Address,
    LocalNames,
    Remote,
    RemoteFile,
    Wanted,
    bring_folder,
    check_lease,
    connect,
    fetch_files,
    look_up,
    read_head,
    read_time,
    send_folder,
)
from digitise.store import STORE_FOLDER, file_state, hash_file, hash_parts, write_text
from digitise.workers import Call

WHOLE_BYTES = 16 << 20
"""Smaller files of an event's folder are fetched whole, whatever they are: templates, word lists. Of larger ones that are no photo only
the first bytes: films stay where they are."""
BESIDE = ".beside"
"""Folder, beside that of the fetched photos, of files that several events may name."""
RECORD_WAY = f"{STORE_FOLDER}/{RECORD_FILE}"


class _AwayEntry:
    """A file or folder of a listing."""

    def __init__(self, path: str, name: str, remote: Remote, file: RemoteFile | None) -> None:
        self.path, self.name, self._remote, self._file = path, name, remote, file

    def is_folder(self) -> bool:
        return self._file is None

    def look(self) -> Look | None:
        return Look(self._file.size, 0, self._file.state) if self._file is not None else None

    def read_head(self) -> bytes:
        if self._file is None or not self._file.size:
            return b""
        try:
            return read_head(self._remote, self._file.way, HEAD_BYTES)
        except (FileNotFoundError, DigitiseError):
            return b""


class AwayTree:
    """A listing as a tree of the paths that its files have once they are fetched. Whole before the walk begins: one listing, no opening."""

    def __init__(self, remote: Remote, files: Sequence[RemoteFile], top: str, *, leave_out: str = "") -> None:
        """leave_out: a way; what lies below it is passed over."""
        names = LocalNames()
        self.remote, self.top = remote, top
        self.files: dict[str, RemoteFile] = {}
        """Path once fetched -> the file."""
        self._folders: dict[str, dict[str, _AwayEntry]] = {top: {}}
        kept = [f for f in files if not leave_out or not f.way.startswith(f"{leave_out}/")]
        for folder in sorted({f.way.rpartition("/")[0] for f in kept if "/" in f.way}):
            self._add_folder(names.name_folder(folder))
        for file in kept:
            way = names.name_file(file.way)
            path = f"{top}/{way}"
            self.files[path] = file
            parent, _, name = path.rpartition("/")
            self._folders[parent][name] = _AwayEntry(path, name, remote, file)

    def _add_folder(self, way: str) -> None:
        parent = self.top
        for name in way.split("/"):
            path = f"{parent}/{name}"
            if path not in self._folders:
                self._folders[path] = {}
                self._folders[parent][name] = _AwayEntry(path, name, self.remote, None)
            parent = path

    def list_folder(self, path: str) -> Sequence[TreeEntry]:
        return list(self._folders[path].values())

    def place(self, path: str) -> str | None:
        return path if path in self._folders else None

    def state_of(self, path: Path) -> str:
        file = self.files.get(os.path.normpath(path))
        return file.state if file is not None else ""

    def call_for_times(self, paths: Sequence[str]) -> Call:
        """The task of finding out when photos were taken."""
        return Call(read_away_times, (self.remote.address, [self.files[path] for path in paths]))

    def files_of(self, spot: Spot) -> tuple[tuple[str, str, int], ...]:
        """What is fetched for an event, as `Away.files` has it."""
        if spot.files:
            paths = list(spot.files)
        elif spot.folder in self.files:  # a ZIP, with the edits that lie beside it
            beside = Path(spot.folder)
            paths = [spot.folder, str(beside.with_name(f"{beside.stem}-{CORRECTIONS_FILE}"))]
        else:
            shut = tuple(f"{path}/" for path in spot.exclude)
            paths = [path for path in self._below(spot.folder) if spot.whole or path.rpartition("/")[0] == spot.folder]
            paths = [path for path in paths if not f"{path}/".startswith(shut)] if shut else paths
        return tuple((self.files[path].way, path, self.files[path].size) for path in paths if path in self.files)

    def _below(self, folder: str) -> Iterator[str]:
        waiting = [folder]
        while waiting:
            for entry in self._folders.get(waiting.pop(), {}).values():
                if entry.is_folder():
                    waiting.append(entry.path)
                else:
                    yield entry.path


def read_away_times(archive: Address, files: Sequence[RemoteFile]) -> list[datetime | None]:
    """When photos at an address were taken, by their first bytes. Runs in a worker. Raises NoInputError where the network fails."""
    remote = connect(archive)
    return [read_time(remote, file, _judge(file.way)) for file in files]


def _judge(way: str) -> Callable[[BytesIO], datetime | None]:
    return lambda stream: judge_time(stream, way.rpartition("/")[2])


class Reference(Frozen):
    """A photo's file at an address, for a worker on another machine that can fetch it itself."""

    address: str
    """Of the archive, as it is shown: without name, password and query. Such a worker has credentials of its own."""
    way: str
    """Of the file below that."""
    sha256: str
    size: int


def reference_of(spot: Spot, source: Source) -> Reference | None:
    """Where the very bytes of a source's file lie at an address; None where they are in a folder of this computer. `Piece.reference` has it
    ready. For a page of a PDF or a member of a ZIP it is the whole file, whose hash is then not the source's."""
    if spot.away is None or spot.away.archive is None:
        return None
    found = next(((way, size) for way, path, size in spot.away.files if path == source.path), None)
    return Reference(address=str(spot.away.archive), way=found[0], sha256=source.sha256, size=found[1]) if found else None


def fetch_reference(reference: Reference, folder: Path) -> Path:
    """Fetch a photo's file into a folder; its path there.

    Raises NoInputError where it cannot be fetched, or is not what was meant any more; DependencyError without the extra.
    """
    remote = connect(Address(reference.address))
    path = folder / LocalNames().name_file(reference.way.rpartition("/")[2])
    fetch_files(remote, [Wanted(reference.way, path, reference.size)], folder)
    if not path.is_file() or hash_file(path) != reference.sha256:
        raise NoInputError(remote.show(reference.way), "is not there any more as it was", "Run the same command again.")
    return path


def bring_spot(spot: Spot, output: Path) -> None:
    """Bring an event's photos, and what lies in its output folder at an address, to this disk. Nothing to do for folders of this computer.

    Raises NoInputError or OutputError where the network fails or the disk has no room.
    """
    if spot.away is None:
        return
    bring_outputs(spot, output)
    if spot.away.archive is None:
        return
    remote, top = connect(spot.away.archive), Path(spot.away.top)
    try:
        # first the settings, which say how large a photo may be
        fetch_files(remote, [Wanted(way, Path(path), size) for way, path, size in spot.away.files if _is_settings(path)], top)
        most_bytes = int(_load_limits(spot, output).file_mib * 2**20)
        fetch_files(remote, [_want(remote, *file, most_bytes) for file in spot.away.files if not _is_settings(file[1])], top)
    except OutputError:
        # what came takes the room of others
        for _, path, _ in spot.away.files:
            Path(path).unlink(missing_ok=True)
        raise


def _is_settings(path: str) -> bool:
    return path.rpartition("/")[2] == EVENT_FILE


def _load_limits(spot: Spot, output: Path) -> Limits:
    """Raises ConfigError."""
    folder = settings_folder(spot, output)
    return load_config(folder / EVENT_FILE if folder.is_dir() else None, own=settings_file()).limits


def settings_folder(spot: Spot, output: Path) -> Path:
    """Where an event's settings and edits lie: beside its photos; where these lie among those of other events, in its output folder."""
    return output if spot.files else Path(spot.folder)


def bring_outputs(spot: Spot, output: Path) -> None:
    if spot.away is not None and spot.away.outputs is not None:
        bring_folder(connect(spot.away.outputs, OutputError), spot.name, output)


def name_sources(spot: Spot, output: Path) -> None:
    """In what is kept of an event by day, photos are named by their ways below the archive: their places on this disk are gone tomorrow."""
    kept = load_kept(output) if spot.files and spot.away is not None and spot.away.archive is not None else None
    if kept is None or spot.away is None:
        return
    ways = {path: way for way, path, _ in spot.away.files}
    paths = [os.path.normpath(output / source.path) for source in kept.sources]
    sources = tuple(s.model_copy(update={"path": ways.get(path, s.path)}) for s, path in zip(kept.sources, paths, strict=True))
    write_text(output / STORE_FOLDER / KEPT_EVENT, kept.model_copy(update={"sources": sources}).model_dump_json())


def send_spot(spot: Spot, output: Path) -> None:
    """Put what has changed in an event's output folder to its address, the record last. Raises ChangedThereError, OutputError."""
    if spot.away is None or spot.away.outputs is None:
        return
    remote, token = connect(spot.away.outputs, OutputError), spot.away.token
    send_folder(remote, spot.name, output, last=RECORD_WAY, check=lambda: check_lease(remote, token))


def is_fetched(spot: Spot, path: Path, output: Path) -> bool:
    """Whether a file is one of those that come with the event itself, whose states are the spot's."""
    away, plain = spot.away, Path(os.path.normpath(path))
    return away is not None and (_is_own(spot, plain) or (away.outputs is not None and plain.is_relative_to(output.parent)))


def _is_own(spot: Spot, path: Path) -> bool:
    return spot.away is not None and any(str(path) == fetched for _, fetched, _ in spot.away.files)


def bring_beside(spot: Spot, path: Path) -> tuple[Path, str]:
    """A file that an event's settings name, and that may lie in another folder of the archive, such as its house template: where it is
    on this disk, and its state. path: where it would be among fetched photos.

    At an address it comes to a place where it stays until the run ends: what lies among the photos of another event goes with these.
    """
    away, plain = spot.away, Path(os.path.normpath(path))
    if away is None or away.archive is None or not plain.is_relative_to(away.top) or _is_own(spot, plain):
        return path, file_state(path)
    remote, way = connect(away.archive), plain.relative_to(away.top).as_posix()
    file = look_up(remote, way)
    if file is None:
        return path, ""
    kept = _beside(away.top) / hash_parts(file.state) / way
    if not kept.is_file():
        fetch_files(remote, [Wanted(way, kept, file.size)], kept.parent)
    return kept, file.state


def _beside(top: str) -> Path:
    return Path(top).parent / BESIDE


def _want(remote: Remote, way: str, path: str, size: int, most_bytes: int) -> Wanted:
    """What of a file is fetched. Of a photo that is larger than is allowed, only what tells that it is one: it is refused by its size."""
    name = way.rpartition("/")[2]
    if 0 <= size <= WHOLE_BYTES or name == CORRECTIONS_FILE or name.endswith(".onnx"):
        return Wanted(way, Path(path), size)
    try:
        kind = sniff(read_head(remote, way, HEAD_BYTES), name)
    except FileNotFoundError:
        kind = "none"
    whole = kind == "zip" or (is_picture(kind) and size <= most_bytes)
    return Wanted(way, Path(path), size, 0 if whole else HEAD_BYTES)


@contextlib.contextmanager
def naming(spot: Spot, output: Path) -> Iterator[None]:
    """Errors name addresses, and not the places on this disk that stand for them."""
    try:
        yield
    except DigitiseError as e:
        if spot.away is None:
            raise
        raise type(e)(*(_name_away(text, spot, output) for text in (e.subject, e.reason, e.remedy))) from e


def _name_away(text: str, spot: Spot, output: Path) -> str:
    away = spot.away
    assert away is not None
    if away.archive is not None:
        text = re.sub(rf"{re.escape(str(_beside(away.top)))}/[0-9a-f]+", str(away.archive), text)
        text = text.replace(spot.folder, spot.place).replace(away.top, str(away.archive))
    if away.outputs is not None:
        text = text.replace(str(output), f"{away.outputs}/{spot.name}")
    return text
