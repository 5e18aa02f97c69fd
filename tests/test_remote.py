"""Addresses in place of folders: told apart, listed, fetched from, written to and held, in memory and on a real S3 server."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import fsspec
import pytest
from conftest import draw_photo
from hypothesis import given, settings
from hypothesis import strategies as st
from s3_server import BUCKET, S3Server, fill, fixture_memory, fixture_quick, fixture_server, write  # noqa: F401

from digitise.batch.away import AwayTree, Reference, bring_beside, bring_spot, fetch_reference, naming, read_away_times, reference_of
from digitise.batch.finding import find_archive
from digitise.batch.model import Archive, Away, Grouping, Spot
from digitise.batch.places import Places, check_places
from digitise.batch.sessions import read_times
from digitise.errors import DependencyError, NoInputError, OutputError, UsageError
from digitise.model import Source
from digitise.remote import (
    Address,
    LocalNames,
    Wanted,
    connect,
    connecting,
    fetch_files,
    join_place,
    list_files,
    parse_place,
)
from digitise.remote.local_names import make_safe
from digitise.store import hash_file

pytestmark = pytest.mark.usefixtures("quick")


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


@pytest.mark.slow
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
    source = Source(path="/here/e/a.jpg", file="a.jpg", sha256=hash_file(write(tmp_path / "x", b"not looked at")))
    reference = reference_of(Spot(name="e", folder="/here/e", count=1, stamp="", away=away), source)
    assert reference is not None and Reference.model_validate_json(reference.model_dump_json()) == reference
    assert fetch_reference(reference, tmp_path / "scratch").read_bytes() == b"not looked at"
    fill(address, "e/a.jpg", content=b"other bytes!!")
    with pytest.raises(NoInputError):
        fetch_reference(reference, tmp_path / "scratch")


def test_a_house_template_may_lie_in_another_folder_of_the_archive(memory: Address, tmp_path: Path) -> None:
    fill(memory, "house.docx")
    fill(memory, "e/event.toml", content=b"title = 'A'\n\n")
    away = Away(archive=memory, files=(("e/event.toml", f"{tmp_path}/in/e/event.toml", 13),), top=f"{tmp_path}/in")
    spot = Spot(name="e", folder=f"{tmp_path}/in/e", count=1, stamp="", away=away)
    bring_spot(spot, tmp_path / "out")
    # of the event beside it, which may be done, and its files gone, before this one is written
    (tmp_path / "in" / "house.docx").write_bytes(b"for a while")
    house, state = bring_beside(spot, tmp_path / "in" / "e" / "../house.docx")
    (tmp_path / "in" / "house.docx").unlink()
    (file,) = [file for file in list_files(connect(memory)) if file.way == "house.docx"]
    assert house.read_bytes() == b"not looked at" and state == file.state
    assert AwayTree(connect(memory), [file], "/x").state_of(Path("/x/e/../house.docx")) == state
    with pytest.raises(OutputError, match=f"^{re.escape(str(memory))}/house.docx: is damaged"), naming(spot, tmp_path / "out"):
        raise OutputError(str(house), "is damaged", "")
    for template in ("../../../etc/passwd", "none.docx", "event.toml"):
        path = tmp_path / "in" / "e" / template
        assert bring_beside(spot, path)[0] == path
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["event.toml", "house.docx"]


def test_a_server_that_does_not_answer_is_given_up(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"connect_timeout": 1, "read_timeout": 0.2, "retries": {"max_attempts": 1}}
    monkeypatch.setitem(fsspec.config.conf, "s3", {"config_kwargs": settings})
    connecting._connect.cache_clear()
    monkeypatch.setattr(connecting, "PAUSES_S", ())
    remote = connect(Address(f"s3://{BUCKET}/slow"))
    remote.fs.retries = 1
    monkeypatch.setattr(server, "fault", lambda method, path: 0.5)
    with pytest.raises(NoInputError, match="could not be reached"):
        list_files(remote)
    connecting._connect.cache_clear()
