"""Outputs at an address: what is put there and in which order, edits of others, one run at a time; in memory and on a real S3 server."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from s3_server import BUCKET, S3Server, fill, fixture_memory, fixture_quick, fixture_server, write  # noqa: F401

from digitise.batch.places import open_places
from digitise.errors import OutputError
from digitise.remote import (
    Address,
    ChangedThereError,
    bring_folder,
    connect,
    hold_lease,
    is_leased,
    leases,
    list_files,
    send_folder,
)

pytestmark = pytest.mark.usefixtures("quick")


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
        write(here / way, way.encode())
    before = len(server.requests)
    assert send(address, here) == 5
    if kind == "s3":
        puts = [request.partition("/event/")[2] for request in server.requests[before:] if request.startswith("PUT")]
        assert puts[-2:] == [".digitise/written.json", ".digitise/batch.json"] and puts[0] == ".digitise/photos/p-1/result.json"
    elsewhere = tmp_path / "elsewhere"
    bring(address, elsewhere)
    assert send(address, elsewhere) == 0
    write(elsewhere / "report.docx", b"another")
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
    write(here / "report.docx", b"ours, anew")
    write(here / "new.csv", b"ours")
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
    write(here / "mine.docx", b"ours")
    with pytest.raises(ChangedThereError):
        send(address, here)
    assert remote.fs.cat_file(remote.path("event/mine.docx")) == b"theirs"


def test_bringing_keeps_what_was_read_here_and_nothing_else(memory: Address, tmp_path: Path) -> None:
    fill(memory, "event/.digitise/photos/p-1/result.json", content=b"there")
    here = tmp_path / "here"
    write(here / ".digitise/photos/p-1/result.json", b"old")
    write(here / ".digitise/photos/p-2/result.json", b"read, but never put")
    write(here / ".digitise/photos/p-3/sheet.jpg", b"half")
    write(here / "report.docx", b"of a run that was killed")
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
    monkeypatch.setattr(leases, "PATIENCE_S", 0.2)
    monkeypatch.setattr(leases, "_FIRST_LOOK_S", 0.05)
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


def test_an_index_that_is_edited_during_the_run_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    address = Address("memory://rooted")
    fill(address, "index.html", "index.json", "somebody's.txt", content=b"ours")
    with open_places(tmp_path, address) as places:
        for name in ("index.html", "index.json", ".digitise/standing.json", ".digitise/written.json"):
            write(places.output / name, b"anew")
        time.sleep(0.01)
        fill(address, "index.html", content=b"theirs")
    remote = connect(address)
    found = {file.way: remote.fs.cat_file(remote.path(file.way)) for file in list_files(remote)}
    assert found == {
        "index.html": b"theirs",
        "index.json": b"anew",
        "somebody's.txt": b"ours",
        ".digitise/standing.json": b"anew",
        ".digitise/written.json": b"anew",
    }


def test_an_output_bucket_that_is_not_there_is_told_at_once(server: S3Server) -> None:
    with pytest.raises(OutputError, match="Check that the bucket"), hold_lease(connect(Address("s3://no-such-bucket/out"), OutputError)):
        pass
