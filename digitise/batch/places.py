"""Where a batch reads from and writes to: folders of this computer as they are, addresses as work folders that stand for them.

A work folder holds only what is open: photos of a few events, their outputs while they are made, and a small record of each event.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from digitise.batch.away import RECORD_WAY, AwayTree
from digitise.batch.keeping import RUN_FILE, STANDING_FILE, cut_off, is_whole, parse_run, parse_standing, written_names
from digitise.batch.keeping import find_standing as find_standing_here
from digitise.batch.model import Away, EventRecord, News, RunNote, Spot, Standing
from digitise.batch.naming import INDEX_STEM, LOG_FILE, RESERVED
from digitise.errors import DigitiseError, NoInputError, OutputError, UsageError
from digitise.places import work_folder
from digitise.remote import (
    THERE_FILE,
    Address,
    ChangedThereError,
    HeldLease,
    Place,
    Remote,
    RemoteFile,
    bring_listed,
    check_lease,
    connect,
    do_all,
    hold_lease,
    is_leased,
    list_files,
    list_parts,
    load_there,
    lost_to,
    put_file,
    read_small,
    remove_files,
    repeat,
    send_folder,
)
from digitise.remote.local_names import make_safe
from digitise.store import STORE_FOLDER, file_state, hash_file, hash_parts, lock_output

WRITTEN_WAY = f"{STORE_FOLDER}/written.json"
STANDING_WAY = f"{STORE_FOLDER}/{STANDING_FILE}"
_KEPT = (RECORD_WAY, WRITTEN_WAY, f"{STORE_FOLDER}/{THERE_FILE}")
"""Of an event that is done: what the index and the next run want of it."""
_ROOT_STORE = frozenset({f"{STORE_FOLDER}/{name}" for name in (RUN_FILE, STANDING_FILE, "written.json", "writing.json")})
NO_OUTPUT = {"zip": "a ZIP cannot be added to file by file", "http": "a web server takes no files", "https": "a web server takes no files"}


class Places:
    """The two places of a batch as folders of this computer, and what lies behind them."""

    def __init__(self, archive: Place, output: Place, work: Path) -> None:
        # as the walk will have it
        work = Path(os.path.abspath(work))  # noqa: PTH100 - without '..', and links as they are
        self.named_archive, self.named_output, self.work = archive, output, work
        self.archive = archive if isinstance(archive, Path) else work / "photos" / _name_of(archive)
        self.output = output if isinstance(output, Path) else work / "outputs"
        self.tree: AwayTree | None = None
        self.there: Remote | None = None
        """Where the outputs lie, if at an address."""
        self.held: HeldLease | None = None
        self._outputs: dict[str, dict[str, RemoteFile]] = {}
        """Event's folder -> what lies in it at the address, by its way below that folder; '' for the files beside these folders."""
        self._photos: dict[str, tuple[str, ...]] = {}
        """Event -> paths of its fetched files."""
        self._standing_sent = ""
        self._run_sent = False

    @property
    def shown_archive(self) -> str:
        """For people and for the next run: whole, but without what may be secret."""
        return str(self.named_archive.absolute()) if isinstance(self.named_archive, Path) else str(self.named_archive)

    def list_archive(self) -> AwayTree | None:
        """What lies in an archive at an address; None for a folder. Raises NoInputError."""
        if isinstance(self.named_archive, Address) and self.tree is None:
            remote = connect(self.named_archive)
            files = list_files(remote)
            if not files:
                raise NoInputError(
                    str(self.named_archive), "there is nothing", "Check the address: a bucket or folder with photos below it."
                )
            below = _below(self.named_archive, self.named_output)
            self.tree = AwayTree(remote, files, str(self.archive), leave_out=below or "")
        return self.tree

    def give_way(self, spot: Spot) -> Spot:
        """A spot with what a worker needs to know of addresses. Called once for each, before anything else is asked about it."""
        tree, away = self.tree, Away()
        shown = ""
        if tree is not None and isinstance(self.named_archive, Address):
            below = spot.folder.removeprefix(tree.top).lstrip("/")
            shown = tree.remote.show(below)
            away = away.model_copy(update={"archive": self.named_archive, "files": tree.files_of(spot), "top": tree.top})
            self._photos[spot.name] = tuple(path for _, path, _ in away.files)
        if self.there is not None and isinstance(self.named_output, Address):
            token = self.held.lease.token if self.held is not None else ""
            away = away.model_copy(update={"outputs": self.named_output, "token": token})
        return spot.model_copy(update={"shown": shown, "away": away}) if away != Away() else spot

    def state_of(self, path: Path) -> str:
        """As `store.file_state`, of files at addresses, too: by the path that they have once fetched."""
        if self.tree is not None and path.is_relative_to(self.archive):
            return self.tree.state_of(path)
        if self.there is not None and path.is_relative_to(self.output):
            name, _, way = path.relative_to(self.output).as_posix().partition("/")
            file = self._files_at(name).get(way)
            return file.state if file is not None else ""
        return file_state(path)

    def is_whole(self, name: str, record: EventRecord) -> bool:
        """As `keeping.is_whole`, wherever the outputs lie."""
        if self.there is None:
            return is_whole(self.output / name, record)
        return written_names(self.output / name, record) <= self._files_at(name).keys()

    def count_stored(self, name: str) -> int | None:
        """As `keeping.count_stored`, by the listing; None where the outputs are on this computer."""
        if self.there is None:
            return None
        read = [
            way.split("/") for way in self._files_at(name) if way.startswith(f"{STORE_FOLDER}/photos/") and way.endswith("/result.json")
        ]
        return len({parts[2].rpartition("-")[0] for parts in read if len(parts) == 4})

    def list_outputs(self) -> dict[str, dict[str, RemoteFile]]:
        """Events' folders at the address with their files."""
        return {name: files for name, files in self._outputs.items() if name and files}

    def _files_at(self, name: str) -> Mapping[str, RemoteFile]:
        return self._outputs.get(name, {})

    def hear(self, news: News) -> None:
        """Something happened. An event that is done leaves this disk. Raises OutputError when another run has taken the place over."""
        if self.held is not None and self.held.lost:
            raise lost_to(self.held.remote, None)
        if news.what == "event":
            self.forget(news.event, failed=news.outcome == "failed")

    def forget(self, name: str, *, failed: bool) -> None:
        """Take an event's files off this disk. failed: what was read of it stays for the next run."""
        for fetched in self._photos.pop(name, ()):
            Path(fetched).unlink(missing_ok=True)
        if self.there is None:
            return
        kept = (*_KEPT, f"{STORE_FOLDER}/photos") if failed else _KEPT
        folder = self.output / name
        keep = {folder / way for way in kept}
        for path in [*folder.glob("*"), *(folder / STORE_FOLDER).glob("*")]:
            if path in keep or path.name == STORE_FOLDER:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def forget_others(self, names: Collection[str]) -> None:
        """Take away what an earlier run left of events that are none any more."""
        if self.there is None:
            return
        for folder in self.output.iterdir():
            if folder.is_dir() and folder.name not in names and folder.name not in (STORE_FOLDER, *self._outputs):
                shutil.rmtree(folder, ignore_errors=True)

    def remove_outputs(self, name: str, ways: Collection[str]) -> None:
        """Remove files of an event's folder at the address. Raises OutputError, also where another run has taken the place over."""
        assert self.there is not None and self.held is not None
        check_lease(self.there, self.held.lease.token)
        remove_files(self.there, [f"{name}/{way}" for way in ways])

    def bring_root(self) -> None:
        """Bring the index and what belongs to it, and each event's record unless it is here already. What a run that was killed has put by
        halves is taken away. Raises OutputError."""
        assert self.there is not None
        files, parts = list_parts(self.there)
        if self.held is not None:
            remove_files(self.there, [part.way for part in parts])
        for file in files:
            name, _, way = file.way.partition("/")
            if not way or name == STORE_FOLDER:
                self._outputs.setdefault("", {})[file.way] = file
            elif make_safe(name) == name and name.casefold() not in RESERVED:  # another is none of ours
                self._outputs.setdefault(name, {})[way] = file._replace(way=way)
        for path in [*self.output.glob("*"), *(self.output / STORE_FOLDER).glob("*")]:
            if path.is_file() and path.name != "lock":
                path.unlink()
        root = [file for way, file in self._files_at("").items() if _is_root(way)]
        bring_listed(self.there, "", self.output, root, whole=[LOG_FILE])
        self._standing_sent = self._hash_standing()
        do_all(self._bring_record, self.list_outputs())
        # a record that is gone there must not be believed here
        for folder in self.output.iterdir():
            if folder.is_dir() and folder.name != STORE_FOLDER and RECORD_WAY not in self._files_at(folder.name):
                (folder / RECORD_WAY).unlink(missing_ok=True)

    def _bring_record(self, name: str) -> None:
        assert self.there is not None
        wanted = [file for way in (RECORD_WAY, WRITTEN_WAY) if (file := self._files_at(name).get(way)) is not None]
        here = load_there(self.output / name)
        if wanted and not all(f.way in here and here[f.way][0].state == f.state and self._has(name, f.way) for f in wanted):
            bring_listed(self.there, name, self.output / name, wanted)

    def _has(self, name: str, way: str) -> bool:
        path = self.output / name / way
        return path.is_file() and hash_file(path) == load_there(self.output / name)[way][1]

    def _hash_standing(self) -> str:
        path = self.output / STANDING_WAY
        return hash_file(path) if path.is_file() else ""

    def send_standing(self) -> None:
        """So that `status` sees from elsewhere how far the run is. Raises OutputError."""
        now = self._hash_standing()
        if self.there is None or self.held is None or self.held.lost or now in ("", self._standing_sent):
            return
        put_file(self.there, STANDING_WAY, self.output / STANDING_WAY)
        self._standing_sent = now
        run = self.output / STORE_FOLDER / RUN_FILE
        if not self._run_sent and run.is_file():
            put_file(self.there, f"{STORE_FOLDER}/{RUN_FILE}", run)
            self._run_sent = True

    def send_root(self) -> None:
        """Put the index, the log and the standing. An index that somebody edits just then is left alone. Raises OutputError."""
        if self.there is None or self.held is None or self.held.lost:
            return
        there, token = self.there, self.held.lease.token
        edited: set[str] = set()
        while True:
            try:
                send_folder(
                    there,
                    "",
                    self.output,
                    last=STANDING_WAY,
                    wanted=lambda way: _is_root(way) and way not in edited,
                    check=lambda: check_lease(there, token),
                )
            except ChangedThereError as e:
                way = e.subject.removeprefix(there.show("")).lstrip("/")
                if way in edited:
                    raise
                edited.add(way)
                continue
            return


def load_run_at(output: Address) -> RunNote:
    """As `keeping.load_run`, at an address. Raises NoInputError."""
    return parse_run(read_small(connect(output), f"{STORE_FOLDER}/{RUN_FILE}"), str(output))


def find_standing(output: Place) -> Standing:
    """How far the run that writes to a place is or was. Raises NoInputError where there was none."""
    if isinstance(output, Path):
        return find_standing_here(output)
    load_run_at(output)
    remote = connect(output)

    def look() -> Standing:
        return parse_standing(read_small(remote, STANDING_WAY))

    standing = look()
    # it may have ended between two looks
    if standing.state == "running" and not is_leased(remote) and (standing := look()).state == "running":
        return cut_off(standing)
    return standing


def check_places(archive: Place, output: Place) -> None:
    """What can be said of two places without asking a network. Raises NoInputError or UsageError."""
    if isinstance(output, Address) and output.protocol in NO_OUTPUT:
        remedy = "Name a folder or a bucket with --output" + (", and pack it when it is done." if output.protocol == "zip" else ".")
        raise UsageError(str(output), f"reports cannot be written there: {NO_OUTPUT[output.protocol]}", remedy)
    if isinstance(archive, Path):
        if not archive.exists():
            raise NoInputError(str(archive), "does not exist", "Check the name of the folder with the events.")
        if not archive.is_dir():
            raise NoInputError(
                str(archive), "is not a folder", "Name the folder with the events; for one ZIP or PDF use 'digitise report'."
            )
    above = _below(output, archive) is not None
    if isinstance(output, Path):
        if isinstance(archive, Path):
            inside, outside = archive.resolve(), output.resolve()
            above = outside == inside or outside in inside.parents
        if output.exists() and not output.is_dir():
            raise UsageError(str(output), "is a file", "Name a folder with --output.")
    if above:
        reason = "the reports cannot be written into the archive's own folder or one above it"
        raise UsageError(str(output), reason, "Name a folder of its own with --output.")


@contextlib.contextmanager
def open_places(archive: Place, output: Place, *, dry: bool = False) -> Iterator[Places]:
    """Make two places ready to be worked on; afterwards what was made stands at the address, and nothing but records on this disk.

    dry: nothing is written at any address, nobody is kept from it, and nothing stays. Raises OutputError where another run holds the
    output's address, NoInputError or DependencyError.
    """
    if isinstance(archive, Path) and isinstance(output, Path):
        yield Places(archive, output, output)
        return
    if isinstance(archive, Address):
        connect(archive)  # what cannot work is told before anything is made
    with contextlib.ExitStack() as stack:
        root = work_folder() or Path(tempfile.gettempdir()) / "digitise"
        if dry:
            root.mkdir(parents=True, exist_ok=True)
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=root)))
        places = Places(archive, output, root / hash_parts(_key(archive), _key(output)))
        if isinstance(output, Address):
            places.there = connect(output, OutputError)
            if not dry:
                places.held = stack.enter_context(hold_lease(places.there))
        try:
            stack.enter_context(lock_output(places.work))
        except OutputError as e:
            raise OutputError(str(output) if e.reason.startswith("another run") else e.subject, e.reason, e.remedy) from e
        # from here on nobody else works in it
        if isinstance(archive, Address):
            shutil.rmtree(places.archive.parent, ignore_errors=True)  # of a run that was killed
            stack.callback(shutil.rmtree, places.archive.parent, ignore_errors=True)
        if places.there is not None:
            places.output.mkdir(parents=True, exist_ok=True)
            places.bring_root()
        try:
            # not before what an earlier run left here is gone, and no more when the last word is sent
            with repeat(places.send_standing, "standing") if places.held is not None else contextlib.nullcontext():
                yield places
        except BaseException:
            with contextlib.suppress(DigitiseError):
                places.send_root()
            raise
        places.send_root()


def _is_root(way: str) -> bool:
    """Whether a file beside the events' folders is any business of the program: whatever else lies there is left alone, and where it is."""
    index = "/" not in way and way.startswith(INDEX_STEM) and make_safe(way) == way
    return index or way == LOG_FILE or way in _ROOT_STORE


def _key(place: Place) -> str:
    return str(place.resolve()) if isinstance(place, Path) else str(place)


def _name_of(address: Address) -> str:
    """The last part of an address: an event's name where its photos lie right there."""
    parts = [part for part in str(address).replace("::", "/").split("/") if part and not part.endswith(":")]
    name = make_safe(parts[-1]) if parts else "archive"
    return name.removesuffix(".zip") if address.protocol == "zip" else name


def _below(upper: Place, lower: Place) -> str | None:
    """The way from one address to another that lies below it; '' where they are the same; None else."""
    if not isinstance(upper, Address) or not isinstance(lower, Address):
        return None
    above, below = upper.url.rstrip("/"), lower.url.rstrip("/")
    if above == below:
        return ""
    return below.removeprefix(f"{above}/") if below.startswith(f"{above}/") else None
