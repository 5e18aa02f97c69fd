"""Addresses where not all is as it should be: other runs at the same moment, hostile names and ZIPs, servers that heed no condition."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

import pytest
from conftest import draw_photo
from s3_server import BUCKET, S3Server, fill, fixture_memory, fixture_quick, fixture_server, write  # noqa: F401

from digitise.batch import places as places_module
from digitise.batch.away import AwayTree, bring_beside, bring_spot, read_away_times
from digitise.batch.model import Away, Spot
from digitise.batch.places import open_places
from digitise.batch.planning import find_times
from digitise.errors import NoInputError, OutputError, UsageError
from digitise.remote import (
    Address,
    ChangedThereError,
    LocalNames,
    RemoteFile,
    Wanted,
    bring_folder,
    connect,
    fetch_files,
    hold_lease,
    is_leased,
    leases,
    list_files,
    mirroring,
    parse_place,
    send_folder,
    zip_tree,
)
from digitise.store import DiskFullError, free_name
from digitise.workers import Call, Died, DiedError

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITISE_WORK", str(tmp_path / "work"))


# other runs


@pytest.mark.parametrize("away", [True, False])
def test_a_second_run_that_is_refused_takes_nothing_away(memory: Address, tmp_path: Path, away: bool) -> None:
    output = Address("memory://box/out") if away else tmp_path / "out"
    with open_places(memory, output) as first:
        photo = write(first.archive / "e" / "a.jpg", b"fetched")
        with pytest.raises(OutputError, match="another run"), open_places(memory, output):
            pass
        assert photo.is_file()
    assert not photo.exists()


def test_what_takes_long_or_fails_does_not_hold_up_the_lease(memory: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT_S", 0.01)
    done = []

    def fail() -> None:
        done.append(time.monotonic())
        raise RuntimeError

    until = time.monotonic() + 3
    with hold_lease(connect(memory, OutputError)) as held, leases.repeat(fail, "failing"):
        while (held.lease.beat < 3 or len(done) < 3) and time.monotonic() < until:
            time.sleep(0.01)
        assert held.lease.beat >= 3 and len(done) >= 3 and not held.lost


def test_an_old_standing_is_not_put_over_a_newer_one(memory: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT_S", 0.01)
    with open_places(tmp_path, memory) as places:
        write(places.output / ".digitise/standing.json", b"old")
    remote = connect(memory)
    fill(memory, ".digitise/standing.json", ".digitise/run.json", content=b"newer, of another computer")
    real = places_module.list_parts

    def slowly(*args: object) -> object:
        time.sleep(0.1)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(places_module, "list_parts", slowly)
    with open_places(tmp_path, memory) as places:
        assert remote.fs.cat_file(remote.path(".digitise/standing.json")) == b"newer, of another computer"
        write(places.output / ".digitise/run.json", b"ours")
        write(places.output / ".digitise/standing.json", b"newest")
        until = time.monotonic() + 3
        while remote.fs.cat_file(remote.path(".digitise/run.json")) != b"ours" and time.monotonic() < until:
            time.sleep(0.01)
        assert remote.fs.cat_file(remote.path(".digitise/standing.json")) == b"newest"


def test_who_lost_the_place_prunes_nothing(memory: Address, tmp_path: Path) -> None:
    fill(memory, "e/.digitise/photos/p-1/result.json")
    lease = b'{"token": "x", "holder": "meg@far, process 7", "process": "", "beat": 3, "stamped": 0.0}'
    with open_places(tmp_path, memory) as places:
        fill(memory, ".digitise/lease.json", content=lease)
        with pytest.raises(OutputError, match="taken over by meg@far"):
            places.remove_outputs("e", [".digitise/photos/p-1/result.json"])
    assert "e/.digitise/photos/p-1/result.json" in {file.way for file in list_files(connect(memory))}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="Linux only")
def test_a_run_that_ended_and_was_not_asked_how_is_dead() -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    name = leases._name_process(ended.pid)
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    there = leases.Lease("x", "me", name)
    assert name and leases._is_alive_here(there) is False
    ended.wait()


@pytest.mark.parametrize("beat", ["1e999", "[" * 100_000, '"\\u00b2"'])
def test_a_damaged_lease_is_nobodys(memory: Address, beat: str) -> None:
    fill(memory, ".digitise/lease.json", content=b'{"token":"x","holder":"m","process":"","stamped":0,"beat":%s}' % beat.encode())
    assert not is_leased(connect(memory))


def test_a_server_that_heeds_no_condition_keeps_edits(server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address(f"s3://{BUCKET}/heedless")
    remote = connect(address, OutputError)
    real = remote.fs.pipe_file
    monkeypatch.setattr(remote.fs, "pipe_file", lambda path, data, **_: real(path, data))
    fill(address, "event/report.docx", content=b"ours")
    bring_folder(remote, "event", tmp_path)
    fill(address, "event/report.docx", "event/notes.csv", content=b"theirs")
    for name in ("report.docx", "notes.csv"):
        write(tmp_path / name, b"ours, anew")
        with pytest.raises(ChangedThereError):
            send_folder(remote, "event", tmp_path, check=lambda: None)
        (tmp_path / name).unlink()
        assert remote.fs.cat_file(remote.path(f"event/{name}")) == b"theirs"


# outputs


def test_our_own_large_report_is_known_again(memory: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirroring, "LARGE_BYTES", 100, raising=False)
    monkeypatch.setattr(mirroring, "SMALL_BYTES", 25)
    report = bytes(range(200))
    fill(memory, "event/report.docx", "event/film.mp4", content=report)
    hashes = mirroring.json.dumps({"report.docx": mirroring.hash_file(write(tmp_path / "x", report))})
    fill(memory, "event/.digitise/written.json", content=hashes.encode())
    bring_folder(connect(memory), "event", tmp_path / "here")
    assert free_name(tmp_path / "here", "report.docx") == "report.docx"
    film = (tmp_path / "here" / "film.mp4").read_bytes()
    assert film == b"\0" * 200 and free_name(tmp_path / "here", "film.mp4") == "film-new.mp4", "somebody's is only there"


def test_odd_names_beside_the_reports_stop_nothing(server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Address(f"s3://{BUCKET}/odd-outputs")
    odd = (
        "n" * 300,
        "y2019",
        "y2019/.digitise/batch.json",
        "../.digitise/batch.json",
        "m" * 300 + "/.digitise/batch.json",
        "batch.log/.digitise/batch.json",
    )
    monkeypatch.setattr(mirroring, "LARGE_BYTES", 5, raising=False)
    fill(there, "batch.log", content=b"what earlier runs did")
    fill(there, *odd, "index.html", "event/pictures", "event/.digitise", "event/pictures/s1.jpg")
    with open_places(tmp_path, there) as places:
        found = {p.relative_to(places.work).as_posix() for p in places.work.rglob("*") if p.is_file() and ".digitise/" not in p.as_posix()}
        assert found == {"outputs/index.html", "outputs/batch.log"}, "nothing but the index is fetched"
        assert (places.output / "batch.log").read_bytes() == b"what earlier runs did", "of the log more than the beginning"
        assert (places.output / "y2019/.digitise/batch.json").is_file()
        assert not (places.work / ".digitise/batch.json").exists()
        write(places.output / "gone" / ".digitise" / "batch.json", b"{}")
        places.forget_others({"event"})
        assert not (places.output / "gone").exists() and (places.output / "y2019").exists()
        bring_folder(connect(there), "event", tmp_path / "here")
    assert (tmp_path / "here/pictures/s1.jpg").is_file()
    assert set(odd) <= {file.way for file in list_files(connect(there))}


# archives


def test_damaged_photos_and_lost_ones_have_no_time(memory: Address, tmp_path: Path) -> None:
    good = draw_photo(tmp_path / "p.jpg", ("One",), size=(64, 64), taken="2024:05:14 09:30:00").read_bytes()
    fill(memory, "cut.jpg", content=b"\xff\xd8\xff\xe1\xff\xff" + bytes(300_000))
    fill(memory, "good.jpg", content=good)
    files = [RemoteFile("cut.jpg", 300_006, ""), RemoteFile("gone.jpg", 300_006, ""), RemoteFile("good.jpg", len(good), "")]
    assert read_away_times(memory, files) == [None, None, datetime(2024, 5, 14, 9, 30)]


class Deadly:
    """A pool whose processes a certain photo ends."""

    def submit(self, call: Call, **_: object) -> Future[object]:
        done: Future[object] = Future()
        if "deadly" in call.args[0]:
            done.set_exception(DiedError(Died("was killed")))
        else:
            done.set_result([datetime(2024, 5, 14)] * len(call.args[0]))
        return done


def test_a_photo_that_ends_its_process_costs_no_other_its_time() -> None:
    found = find_times(["a", "b", "deadly", "c", "d"], Deadly(), lambda paths: Call(print, (paths,)), 4)  # type: ignore[arg-type]
    assert [time is None for time in found] == [False, False, True, False, False]


def test_keys_made_to_collide_get_places_of_their_own() -> None:
    keys, names = ["IMG.jpg", "img ~f0958aed.jpg", "img.jpg"], LocalNames()
    for _ in range(3):  # whoever knows the rule can prepare each next name, but not all of them
        made = LocalNames()
        for key in keys[:-1]:
            made.name_file(key)
        keys.insert(-1, made.name_file("img.jpg"))
    assert len({names.name_file(key).casefold() for key in keys}) == len(keys)
    assert names.name_folder("a/" * 3000 + "b").count("/") == 3000
    tree = AwayTree(connect(Address("memory://x")), [RemoteFile("a/" * 1500 + "b.jpg", 1, "")], "/top")
    assert len(tree.files_of(Spot(name="e", folder="/top", whole=True, count=1, stamp=""))) == 1


def test_a_folder_that_cannot_be_listed_is_not_taken_for_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/x.jpg", "b/deeper/y.jpg", "c/.part-1.jpg"):
        write(tmp_path / name, b"x")
    remote = connect(Address(f"local://{tmp_path}"))
    assert [file.way for file in list_files(remote)] == ["a/x.jpg", "b/deeper/y.jpg"]
    assert list_files(remote, "nowhere") == []
    real = type(remote.fs).ls

    def refuse(fs: object, path: str, **more: object) -> object:
        if path.endswith("deeper"):
            raise PermissionError
        return real(fs, path, **more)

    monkeypatch.setattr(type(remote.fs), "ls", refuse)
    with pytest.raises(NoInputError, match="access was refused"):
        list_files(remote)


def pack(path: Path, *names: str, packing: int = zipfile.ZIP_DEFLATED) -> Address:
    with zipfile.ZipFile(path, "w", packing) as z:
        for name in names:
            z.writestr(name, b"a photo")
    address = parse_place(f"zip://{path}")
    assert isinstance(address, Address)
    return address


def test_an_archive_in_a_zip_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoInputError, match="levels deep"):
        connect(pack(tmp_path / "deep.zip", "a/" * 1500 + "a.jpg"))
    odd = connect(pack(tmp_path / "lzma.zip", "a.jpg", packing=zipfile.ZIP_LZMA))
    with pytest.raises(NoInputError, match="unusual way"):
        fetch_files(odd, [Wanted("a.jpg", tmp_path / "a.jpg", 7)], tmp_path)
    many = [f"{i}.jpg" for i in range(5)]
    monkeypatch.setattr(zip_tree, "MOST_UNPACKED_BYTES", 30)
    with pytest.raises(NoInputError, match="unpacked it takes more"):
        connect(pack(tmp_path / "large.zip", *many))
    monkeypatch.setattr(zip_tree, "MOST_ENTRIES", 4)
    with pytest.raises(NoInputError, match="more than 4 entries"):
        connect(pack(tmp_path / "many.zip", *many))
    with pytest.raises(NoInputError, match="more than 4 entries"):
        connect(pack(tmp_path / "long.zip", *(f"{i}{'n' * 60_000}" for i in range(3))))


def test_a_zip_in_a_bucket_is_read_in_ranges(memory: Address, tmp_path: Path) -> None:
    pack(tmp_path / "x.zip", "2019/a.jpg", "2020/b.jpg")
    fill(memory, "x.zip", content=(tmp_path / "x.zip").read_bytes())
    remote = connect(Address(f"zip://2019::{memory.url}/x.zip"))
    assert [(file.way, file.size) for file in list_files(remote)] == [("a.jpg", 7)]
    fetch_files(remote, [Wanted("a.jpg", tmp_path / "a.jpg", 7), Wanted("b.jpg", tmp_path / "b.jpg", -1)], tmp_path)
    assert (tmp_path / "a.jpg").read_bytes() == b"a photo" and not (tmp_path / "b.jpg").exists()


def test_photos_that_are_too_large_stay_where_they_are(memory: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.batch.away.WHOLE_BYTES", 10)
    photo = draw_photo(tmp_path / "p.jpg", ("One",), size=(64, 64)).read_bytes()
    fill(memory, "e/event.toml", content=b"[limits]\nfile_mib = 0.05\n")
    contents = {"small.jpg": photo, "large.jpg": photo + bytes(100_000), "film.jpg": b"\0\0\0\x18ftypmp42" + bytes(30_000)}
    for name, content in contents.items():
        fill(memory, f"e/{name}", content=content)
    files = list_files(connect(memory))
    away = Away(archive=memory, files=tuple((f.way, f"{tmp_path}/in/{f.way}", f.size) for f in files), top=f"{tmp_path}/in")
    spot = Spot(name="e", folder=f"{tmp_path}/in/e", count=3, stamp="", away=away)
    bring_spot(spot, tmp_path / "out")
    for name, content in contents.items():
        assert (tmp_path / "in/e" / name).stat().st_size == len(content), "refused by their sizes, as in a folder"
    kept = {name: (tmp_path / "in/e" / name).stat().st_blocks * 512 < len(content) for name, content in contents.items()}
    assert kept == {"small.jpg": False, "large.jpg": True, "film.jpg": True}
    monkeypatch.setattr("digitise.remote.fetching.ROOM_BYTES", 1 << 60)
    fill(memory, "house.docx")
    with pytest.raises(OutputError, match="DIGITISE_WORK") as refused:
        bring_beside(spot, tmp_path / "in" / "house.docx")
    assert not isinstance(refused.value, DiskFullError), "the event fails alone"


def test_a_disk_that_fills_up_while_an_event_is_fetched_ends_that_event(
    memory: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(memory, "a.jpg", "b.jpg")
    real = connect(memory)

    def full(*_: object, **__: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(real.fs), "cat_file", full)
    away = Away(archive=memory, files=tuple((name, f"{tmp_path}/in/{name}", 12) for name in ("a.jpg", "b.jpg")), top=f"{tmp_path}/in")
    write(tmp_path / "in" / "a.jpg", b"fetched")
    with pytest.raises(OutputError, match="DIGITISE_WORK") as refused:
        bring_spot(Spot(name="e", folder=f"{tmp_path}/in", count=2, stamp="", away=away), tmp_path / "out")
    assert not isinstance(refused.value, DiskFullError) and not list((tmp_path / "in").glob("*.jpg"))


@pytest.mark.parametrize(
    "text",
    ["s3://AK:hunter2/def@bucket/x", "sftp://u:hunter2/ss@host", "sftp://u:hunter2?ss@host/x", "zip://a::s3://AK:hunter2::x@b/y.zip"],
)
def test_a_password_that_takes_an_address_apart_is_refused_and_not_told(text: str) -> None:
    with pytest.raises(UsageError, match="Leave name and password out") as refused:
        parse_place(text)
    assert "hunter2" not in str(refused.value) and "def@" not in str(refused.value)
    assert str(parse_place("sftp://host:22/a@b")) == "sftp://host:22/a@b"
