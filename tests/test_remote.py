"""Addresses in place of folders: told apart, listed, fetched from, written to and held, in memory and on a real S3 server."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import fsspec
import pytest
from conftest import draw_photo
from hypothesis import given, settings
from hypothesis import strategies as st
from s3_server import S3Server, serve_s3

from digitise.batch.away import AwayTree, Reference, fetch_reference, read_away_times, reference_of
from digitise.batch.finding import find_archive
from digitise.batch.model import Archive, Away, Grouping, Spot
from digitise.batch.places import Places, check_places
from digitise.batch.sessions import read_times
from digitise.errors import DependencyError, NoInputError, OutputError, UsageError
from digitise.model import Source
from digitise.remote import (
    Address,
    ChangedThereError,
    LocalNames,
    Wanted,
    bring_folder,
    connect,
    connecting,
    fetch_files,
    hold_lease,
    is_leased,
    join_place,
    leases,
    list_files,
    parse_place,
    send_folder,
)
from digitise.remote.local_names import make_safe
from digitise.store import hash_file

BUCKET = "bucket-of-tests"


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with serve_s3(BUCKET) as running:
        connecting._connect.cache_clear()
        yield running
    connecting._connect.cache_clear()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "PAUSES_S", (0.01, 0.01))
    monkeypatch.setattr(leases, "SETTLE_S", 0.01)


@pytest.fixture
def memory() -> Iterator[Address]:
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    yield Address("memory://box/archive")
    fs.store.clear()


def fill(address: Address, *files: str, content: bytes = b"not looked at") -> None:
    remote = connect(address)
    for file in files:
        remote.fs.pipe_file(remote.path(file), content)


def find(address: Address, by: str = "folder", top: str = "/somewhere/archive") -> Archive:
    remote = connect(address)
    tree = AwayTree(remote, list_files(remote), top)

    def times(paths: object) -> object:
        return read_away_times(address, [tree.files[path] for path in paths])  # type: ignore[attr-defined]

    return find_archive(Path(top), Grouping(by=by), leave_out=[], read_times=times, tree=tree)  # type: ignore[arg-type]


# addresses


def test_addresses_are_told_from_folders(tmp_path: Path) -> None:
    for text in ("archive", "/srv/archive", "C:\\photos", "C:/photos", "2019: a year", "notes::2019"):
        assert parse_place(text) == Path(text)
    assert parse_place("s3://bucket/archive/") == Address("s3://bucket/archive")
    assert parse_place("file:///srv/a%20b") == Path("/srv/a b") == parse_place("file://localhost/srv/a%20b")
    assert parse_place(f"zip://{tmp_path}/x.zip") == Address(f"zip://::{tmp_path}/x.zip") == parse_place(f"zip://::{tmp_path}/x.zip")
    assert parse_place("zip://2019::s3://bucket/x.zip") == Address("zip://2019::s3://bucket/x.zip")
    for wrong in ("file://server/share", "s3://"):
        with pytest.raises(UsageError):
            parse_place(wrong)


def test_what_is_secret_in_an_address_is_not_shown() -> None:
    address = Address("zip://ab::sftp://me:pass@word@host:22/x@y/z.zip?sig=abc")
    assert str(address) == "zip://ab::sftp://host:22/x@y/z.zip" and "pass" not in repr(address) and "sig" not in repr(address)
    spot = Spot(name="a", folder="/x", count=1, stamp="", shown="s3://b/x", away=Away(archive=address, outputs=address, token="t0ken"))
    assert "pass" not in spot.model_dump_json() + repr(spot) and spot.place == "s3://b/x"
    assert join_place(Address("s3://me:pass@host/a?q"), "index.html") == "s3://host/a/index.html" and join_place(Path("a"), "b") == "a/b"


def test_an_unknown_kind_and_a_missing_package_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoInputError, match="not a kind of address"):
        connect(Address("nosuch://a/b"))
    real = connecting.importlib.import_module

    def missing(name: str) -> object:
        if name.startswith("fsspec"):
            raise ImportError(name)
        return real(name)

    monkeypatch.setattr(connecting.importlib, "import_module", missing)
    connecting._connect.cache_clear()
    with pytest.raises(DependencyError, match=r"digitise\[remote\]"):
        connect(Address("s3://a/b"))


def test_nothing_of_it_is_imported_for_folders(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from digitise import api\n"
        "try: api.plan_batch(Path(sys.argv[1]), Path(sys.argv[1]) / 'out', grouping=api.Grouping(), choices=api.BatchChoices(workers=1))\n"
        "finally: print(sorted({'fsspec', 's3fs', 'botocore', 'aiohttp'} & set(sys.modules)))"
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.jpg").write_bytes(b"x")
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_places_that_cannot_work_are_refused_before_any_request(tmp_path: Path) -> None:
    for output in ("zip:///x.zip", "https://host/out"):
        with pytest.raises(UsageError, match="cannot be written"):
            check_places(tmp_path, parse_place(output))
    for output in ("s3://b/archive", "s3://b"):
        with pytest.raises(UsageError, match="own folder or one above"):
            check_places(Address("s3://b/archive"), parse_place(output))
    check_places(Address("s3://b/archive"), Address("s3://b/archive-reports"))
    check_places(Address("s3://b/archive"), Address("s3://b/archive/reports"))


# names


PARTS = st.one_of(
    st.sampled_from(["", ".", "..", "a", "A", "é", "e\u0301", "b.jpg"]), st.text(max_size=8), st.text(min_size=150, max_size=300)
)


@settings(max_examples=50)
@given(st.lists(st.lists(PARTS, min_size=1, max_size=4).map("/".join), max_size=20, unique=True))
def test_every_key_gets_a_place_of_its_own_inside(ways: list[str]) -> None:
    names = LocalNames()
    ways = [way for way in sorted(ways) if way and not way.endswith("/")]
    for folder in sorted({way.rpartition("/")[0] for way in ways if "/" in way}):
        names.name_folder(folder)
    given_names = [names.name_file(way) for way in ways]
    assert len({name.casefold() for name in given_names}) == len(ways)
    folders = {str(parent) for name in given_names for parent in PurePosixPath(name).parents}
    for name in given_names:
        parts = name.split("/")
        assert not set(parts) & {"", ".", ".."} and "\0" not in name and not name.startswith("/")
        assert all(len(part.encode()) <= 255 for part in parts) and name not in folders


def test_usual_names_stay_as_they_are() -> None:
    assert make_safe("Straße – ŵ 1.jpg") == "Straße – ŵ 1.jpg" and LocalNames().name_file("2019/Hall/a b.jpg") == "2019/Hall/a b.jpg"


# listing: the rules are those of folders


def test_the_same_events_are_found_as_in_a_folder(memory: Address, tmp_path: Path) -> None:
    files = (
        "2019/Aberaeron/a.jpg",
        "2019/Aberaeron/b.HEIC",
        "2019/notes.txt",
        "2020/a.png",
        "2020/deeper/a.jpg",
        "world/event.toml",
        "world/table 1/a.jpg",
        "world/own/event.toml",
        "world/own/x/a.jpg",
        "old/2018.zip",
        "e/report/.digitise/lock",
        "e/report/pictures/s1.jpg",
        "e/a.jpg",
        ".trash/a.jpg",
        "e/._a.jpg",
    )
    fill(memory, *files)
    fill(memory, "heads/IMG_1", content=b"\xff\xd8\xff\xe0 and so on")
    fill(memory, "heads/empty", content=b"")
    for file in connect(memory).fs.find("/box/archive"):
        path = tmp_path / "archive" / file.removeprefix("/box/archive/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(connect(memory).fs.cat_file(file))
    for by in ("folder", "toml"):
        here = find_archive(tmp_path / "archive", Grouping(by=by), leave_out=[], read_times=read_times)  # type: ignore[arg-type]
        there = find(memory, by)
        assert [(s.name, s.count, s.whole) for s in there.spots] == [(s.name, s.count, s.whole) for s in here.spots]
        assert there.left_out == here.left_out and len(here.spots) >= 2


def test_by_day_reads_no_more_than_the_headers(server: S3Server, tmp_path: Path) -> None:
    address = Address(f"s3://{BUCKET}/days")
    for name, taken in (("x/1", "2024:05:14 09:30:00"), ("y/2", "2024:05:14 12:00:00"), ("x/3", "2024:05:14 19:00:00"), ("x/4", None)):
        photo = draw_photo(tmp_path / "p.jpg", ("One",), size=(64, 64), taken=taken).read_bytes()
        # what a large photo has behind its header is not fetched
        fill(address, f"{name}.jpg", content=photo + bytes(1 << 20))
    before = len(server.requests)
    found = find(address, "day")
    assert {s.name: s.count for s in found.spots} == {"2024-05-14": 2, "2024-05-14 from 19.00": 1, "x - without a date": 1}
    assert len(server.requests) - before == 1 + 4, "one listing, and one range of each photo"


def test_keys_that_no_disk_takes_are_listed_and_fetched(server: S3Server, tmp_path: Path) -> None:
    address = Address(f"s3://{BUCKET}/odd")
    keys = ["a/ŵ ? x#y%41.jpg", "a/" + "n" * 900 + ".jpg", "a/../../up.jpg", "a//b/x.jpg", "a/b", "a/B/y.jpg", "A/b.jpg", "a/empty.jpg"]
    for key in keys:
        fill(address, key, content=b"" if "empty" in key else key.encode())
    remote = connect(address)
    files = list_files(remote)
    assert {file.way for file in files} == set(keys)
    tree = AwayTree(remote, files, str(tmp_path / "in"))
    fetch_files(remote, [Wanted(file.way, Path(path), file.size) for path, file in tree.files.items()], tmp_path / "in")
    for path, file in tree.files.items():
        assert Path(path).resolve().is_relative_to(tmp_path / "in")
        assert Path(path).read_bytes() == (b"" if "empty" in path else file.way.encode())
    assert not (tmp_path / "up.jpg").exists()


def test_a_changed_file_changes_its_events_stamp(server: S3Server) -> None:
    address = Address(f"s3://{BUCKET}/stamps")
    fill(address, "e/a.jpg", "f/a.jpg")
    before = {s.name: s.stamp for s in find(address).spots}
    assert {s.name: s.stamp for s in find(address, top="/another/place").spots} == before, "wherever it is fetched to"
    fill(address, "e/a.jpg", content=b"not look3d at")
    after = {s.name: s.stamp for s in find(address).spots}
    assert after["e"] != before["e"] and after["f"] == before["f"]


def test_an_archive_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "years.zip", "w") as z:
        z.writestr("2019/a.jpg", b"one")
        z.writestr("2020/b.jpg", b"two")
        z.writestr("../out.jpg", b"three")
    address = parse_place(f"zip://{tmp_path}/years.zip")
    assert isinstance(address, Address)
    assert {"2019", "2020"} <= {s.name for s in find(address).spots}
    places = Places(address, tmp_path / "out", tmp_path / "work")
    tree = places.list_archive()
    assert tree is not None and places.archive.name == "years"
    fetch_files(tree.remote, [Wanted(f.way, Path(p), f.size) for p, f in tree.files.items()], places.archive)
    assert (places.archive / "2019" / "a.jpg").read_bytes() == b"one" and not (tmp_path / "work" / "photos" / "out.jpg").exists()


# fetching


def test_what_fails_is_tried_again_and_then_told(server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address(f"s3://{BUCKET}/faults")
    fill(address, "a.jpg")
    remote = connect(address)
    left = [2]

    def twice(method: str, path: str) -> int | None:
        if path.endswith("a.jpg") and left[0]:
            left[0] -= 1
            return 500
        return None

    wanted = [Wanted("a.jpg", tmp_path / "a.jpg", 13)]
    monkeypatch.setattr(server, "fault", twice)
    fetch_files(remote, wanted, tmp_path)
    assert (tmp_path / "a.jpg").read_bytes() == b"not looked at"
    monkeypatch.setattr(server, "fault", lambda method, path: 403)
    before = len(server.requests)
    with pytest.raises(NoInputError, match="access was refused") as refused:
        fetch_files(remote, wanted, tmp_path)
    assert len(server.requests) - before == 1 and refused.value.subject == f"s3://{BUCKET}/faults/a.jpg", "refusing is final"
    with pytest.raises(OutputError, match="credentials"):
        list_files(connect(address, OutputError))
    monkeypatch.setattr(server, "fault", lambda method, path: None)
    fetch_files(remote, [Wanted("gone.jpg", tmp_path / "gone.jpg", 13)], tmp_path)
    assert not (tmp_path / "gone.jpg").exists(), "its event says so, if it was a photo of it"
    with pytest.raises(NoInputError, match="changed while it was fetched"):
        fetch_files(remote, [Wanted("a.jpg", tmp_path / "b.jpg", 12)], tmp_path)
    assert not (tmp_path / "b.jpg").exists() and not list(tmp_path.glob(".part-*"))


def test_what_does_not_fit_is_not_begun(memory: Address, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="DIGITISE_WORK"):
        fetch_files(connect(memory), [Wanted("a", tmp_path / "a", 1 << 60)], tmp_path)


def test_of_a_film_only_the_beginning_comes(memory: Address, tmp_path: Path) -> None:
    fill(memory, "film.mp4", content=b"\0\0\0\x18ftypmp42" + bytes(100_000))
    fetch_files(connect(memory), [Wanted("film.mp4", tmp_path / "film.mp4", 100_012, head=1024)], tmp_path)
    assert (tmp_path / "film.mp4").stat().st_size == 100_012


def test_a_worker_elsewhere_fetches_the_very_photo(server: S3Server, tmp_path: Path) -> None:
    address = Address(f"s3://{BUCKET}/parcels")
    fill(address, "e/a.jpg")
    away = Away(archive=address, files=(("e/a.jpg", "/here/e/a.jpg", 13),))
    source = Source(path="/here/e/a.jpg", file="a.jpg", sha256=hash_file(_write(tmp_path / "x", b"not looked at")))
    reference = reference_of(Spot(name="e", folder="/here/e", count=1, stamp="", away=away), source)
    assert reference is not None and Reference.model_validate_json(reference.model_dump_json()) == reference
    assert fetch_reference(reference, tmp_path / "scratch").read_bytes() == b"not looked at"
    fill(address, "e/a.jpg", content=b"other bytes!!")
    with pytest.raises(NoInputError):
        fetch_reference(reference, tmp_path / "scratch")


def _write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# an output folder there and here


def send(address: Address, local: Path) -> int:
    return send_folder(connect(address, OutputError), "event", local, last=".digitise/batch.json", check=lambda: None)


def bring(address: Address, local: Path) -> None:
    bring_folder(connect(address, OutputError), "event", local)


@pytest.mark.parametrize("kind", ["s3", "memory", "sftp-like"])
def test_only_what_changed_is_put_and_the_record_last(kind: str, server: S3Server, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = {"s3": f"s3://{BUCKET}/out-{kind}", "memory": "memory://out", "sftp-like": f"dir::file://{tmp_path}/far/out"}[kind]
    address = Address(url.replace("dir::file://", "local://"))
    here = tmp_path / "here"
    bring(address, here)
    for way in ("report.docx", "pictures/a.jpg", ".digitise/photos/p-1/result.json", ".digitise/written.json", ".digitise/batch.json"):
        _write(here / way, way.encode())
    before = len(server.requests)
    assert send(address, here) == 5
    if kind == "s3":
        puts = [request.partition("/event/")[2] for request in server.requests[before:] if request.startswith("PUT")]
        assert puts[-2:] == [".digitise/written.json", ".digitise/batch.json"] and puts[0] == ".digitise/photos/p-1/result.json"
    elsewhere = tmp_path / "elsewhere"
    bring(address, elsewhere)
    assert send(address, elsewhere) == 0
    _write(elsewhere / "report.docx", b"another")
    (elsewhere / "pictures" / "a.jpg").unlink()
    assert send(address, elsewhere) == 1
    ways = {file.way for file in list_files(connect(address))}
    assert "event/pictures/a.jpg" not in ways and "event/report.docx" in ways
    assert "event/.digitise/batch.json" not in ways, "an old record must not speak for new files"
    assert not list((tmp_path / "far").rglob(".part-*"))


@pytest.mark.parametrize("kind", ["s3", "s3 without conditions", "memory"])
def test_an_edit_made_there_is_not_written_over(kind: str, server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address("memory://edited" if kind == "memory" else f"s3://{BUCKET}/edited-{len(kind)}")
    remote = connect(address)
    fill(address, "event/report.docx", content=b"ours")
    here = tmp_path / "here"
    bring(address, here)
    _write(here / "report.docx", b"ours, anew")
    _write(here / "new.csv", b"ours")
    time.sleep(0.01)
    fill(address, "event/report.docx", content=b"theirs")
    if kind == "s3 without conditions":
        real = remote.fs.pipe_file

        def refuse(path: str, data: bytes, **more: object) -> object:
            if "IfMatch" in more or "IfNoneMatch" in more:
                raise NotImplementedError
            return real(path, data, **more)

        monkeypatch.setattr(remote.fs, "pipe_file", refuse)
    with pytest.raises(ChangedThereError):
        send(address, here)
    assert remote.fs.cat_file(remote.path("event/report.docx")) == b"theirs"
    bring(address, here)
    fill(address, "event/mine.docx", content=b"theirs")
    _write(here / "mine.docx", b"ours")
    with pytest.raises(ChangedThereError):
        send(address, here)
    assert remote.fs.cat_file(remote.path("event/mine.docx")) == b"theirs"


def test_bringing_keeps_what_was_read_here_and_nothing_else(memory: Address, tmp_path: Path) -> None:
    fill(memory, "event/.digitise/photos/p-1/result.json", content=b"there")
    here = tmp_path / "here"
    _write(here / ".digitise/photos/p-1/result.json", b"old")
    _write(here / ".digitise/photos/p-2/result.json", b"read, but never put")
    _write(here / ".digitise/photos/p-3/sheet.jpg", b"half")
    _write(here / "report.docx", b"of a run that was killed")
    bring(memory, here)
    found = {p.relative_to(here).as_posix(): p.read_bytes() for p in here.rglob("*") if p.is_file() and p.name != "there.json"}
    assert found == {".digitise/photos/p-1/result.json": b"there", ".digitise/photos/p-2/result.json": b"read, but never put"}


# leases


@pytest.mark.parametrize("url", [f"s3://{BUCKET}/lease", "memory://lease"])
def test_one_run_at_a_time(url: str, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = connect(Address(url), OutputError)
    assert not is_leased(remote)
    with hold_lease(remote) as held:
        assert is_leased(remote)
        with pytest.raises(OutputError, match=r"another run is writing there: .*process"), hold_lease(remote):
            pass
        held.beat()
        assert not held.lost and held.lease.beat == 1
    assert not is_leased(remote) and not list_files(remote)


@pytest.mark.parametrize("url", [f"s3://{BUCKET}/lease-2", "memory://lease-2"])
def test_a_lease_of_another_machine(url: str, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = connect(Address(url), OutputError)
    there = {"token": "x", "holder": "meg@far, process 7", "process": "other-boot room 7-7", "beat": 0, "stamped": 0.0}
    monkeypatch.setattr(leases, "PATIENCE_S", 0.6)
    beats = iter(range(1, 100))

    def look(_: float) -> None:
        fill(Address(url), ".digitise/lease.json", content=json.dumps({**there, "beat": next(beats)}).encode())

    fill(Address(url), ".digitise/lease.json", content=json.dumps(there).encode())
    with monkeypatch.context() as patch:
        patch.setattr(leases.time, "sleep", look)
        with pytest.raises(OutputError, match="meg@far"), hold_lease(remote):
            pass
    # it beats no more
    with hold_lease(remote) as held:
        fill(Address(url), ".digitise/lease.json", content=json.dumps(there).encode())
        held.beat()
        assert held.lost
        with pytest.raises(OutputError, match="taken over by meg@far"):
            leases.check_lease(remote, held.lease.token)
    assert list_files(remote), "another's lease is left alone"


def test_a_killed_run_of_this_machine_is_seen_at_once(memory: Address) -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    name = leases._name_process(ended.pid)
    ended.wait()
    there = {"token": "x", "holder": "me", "process": name, "beat": 0, "stamped": time.time()}
    fill(memory, ".digitise/lease.json", content=json.dumps(there).encode())
    remote, began = connect(memory, OutputError), time.monotonic()
    assert not is_leased(remote)
    with hold_lease(remote):
        assert time.monotonic() - began < 1
