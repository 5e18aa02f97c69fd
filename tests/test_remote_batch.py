"""Batches from and to addresses, on a real S3 server: the same bytes as with folders, whatever is killed, cut off or edited meanwhile."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from conftest import Run, draw_photo
from s3_server import S3Server, serve_s3
from test_batch import LONG, VOLATILE, Here, draw_archive, hash_outputs

from digitise import api
from digitise.batch.model import News
from digitise.errors import OutputError
from digitise.remote import connect, connecting, hold_lease, leases

pytestmark = pytest.mark.slow

BUCKET = "archives"
ARCHIVE = f"s3://{BUCKET}/archive"


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with serve_s3(BUCKET) as running:
        yield running


class First:
    """An archive here and at an address, and what a run over folders made of it."""

    def __init__(self, root: Path) -> None:
        self.archive, self.output = draw_archive(root / "archive"), root / "out"
        (self.archive / "half" / "loop").unlink()
        upload(self.archive, "archive")
        self.before = hash_there("archive")
        go(self.archive, self.output)
        self.hashes = hash_outputs(self.output)


@pytest.fixture(scope="module")
def first(server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[First]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitise.batch.running.open_pool", lambda share: Here())
        yield First(tmp_path_factory.mktemp("remote"))


@pytest.fixture(scope="module")
def there(first: First, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The outputs of a run from the address to the address. Look, do not touch; `copy` gives others to change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setattr("digitise.batch.running.open_pool", lambda share: Here())
        go(ARCHIVE, f"s3://{BUCKET}/first")
    return "first"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a computer that has seen nothing yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(connecting, "PAUSES_S", (0.05, 0.05))
    monkeypatch.setattr(leases, "PATIENCE_S", 1.0)
    monkeypatch.setattr(leases, "SETTLE_S", 0.05)
    return tmp_path / "cache"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.batch.running.open_pool", lambda share: Here())


@pytest.fixture
def copy(there: str, tmp_path: Path) -> tuple[str, str]:
    """Addresses of an archive and of its outputs that a test may change."""
    name = re.sub(r"\W", "-", tmp_path.name)
    for place in ("archive", there):
        for key in files_there(place):
            fs().cp_file(f"{BUCKET}/{place}/{key}", f"{BUCKET}/{name}/{'in' if place == 'archive' else 'out'}/{key}")
    return f"{name}/in", f"{name}/out"


def fs() -> Any:
    return fsspec.filesystem("s3", use_listings_cache=False)


def upload(folder: Path, place: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            fs().put_file(str(path), f"{BUCKET}/{place}/{path.relative_to(folder).as_posix()}")


def files_there(place: str) -> list[str]:
    return [key.removeprefix(f"{BUCKET}/{place}/") for key in fs().find(f"{BUCKET}/{place}")]


def hash_there(place: str, *, all_of_it: bool = True) -> dict[str, str]:
    """As `hash_outputs`."""
    keys = files_there(place)
    if not all_of_it:
        keys = [key for key in keys if Path(key).name not in VOLATILE and not key.startswith(".digitise/")]
    return {key: hashlib.sha256(fs().cat_file(f"{BUCKET}/{place}/{key}")).hexdigest() for key in keys}


def go(archive: Path | str, output: Path | str, news: list[News] | None = None, **grouping: Any) -> api.BatchOutcome:
    return api.run_batch(
        api.parse_place(archive),
        api.parse_place(output),
        grouping=api.Grouping(**grouping),
        choices=api.BatchChoices(workers=1),
        tell=lambda one: news.append(one) if news is not None else None,
    )


def s3(place: str) -> str:
    return f"s3://{BUCKET}/{place}"


def test_it_makes_the_very_bytes_that_folders_give(first: First, there: str) -> None:
    assert hash_there(there, all_of_it=False) == first.hashes
    assert hash_there("archive") == first.before, "photos are never changed"
    keys = files_there(there)
    assert {"index.html", "index.xlsx", "index.json", "batch.log", ".digitise/standing.json"} <= set(keys)
    assert not [key for key in keys if "lease" in key or "lock" in key or "there.json" in key or ".part-" in key]
    assert any(key.startswith("ŵŵŵ") for key in keys) and LONG.startswith("ŵŵŵ")


def test_a_second_run_reads_lists_and_writes_nothing(
    here: None, copy: tuple[str, str], server: S3Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, output = copy
    for gone in ("half", "poisoned"):
        fs().rm(f"{BUCKET}/{archive}/{gone}", recursive=True)
    go(s3(archive), s3(output))
    before, begun = hash_there(output, all_of_it=False), len(server.requests)
    monkeypatch.setattr(Here, "submit", lambda *_, **__: pytest.fail("nothing is to do"))
    outcome = go(s3(archive), s3(output))
    assert outcome.standing.events_current == 2 and outcome.standing.reused == 3
    asked = server.requests[begun:]
    assert hash_there(output, all_of_it=False) == before
    assert not [one for one in asked if f"/{archive}/" in one and "list-type" not in one], "no photo is opened"
    events = [one for one in asked if f"/{output}/" in one and "/.digitise/" in one and f"/{output}/.digitise" not in one]
    assert len(events) <= 2 * 2 * 2, "of each event its record and its list of files"
    again = len(server.requests)
    go(s3(archive), s3(output))
    asked = server.requests[again:]
    assert len([one for one in asked if "list-type" in one and "max-keys" not in one]) == 2 and len(asked) < 40
    assert not list((cache / "digitise").rglob("*.jpg")) and not list((cache / "digitise").rglob("*.docx")), "nothing of them stays here"


def test_what_is_changed_costs_itself_and_its_event(here: None, copy: tuple[str, str], server: S3Server, tmp_path: Path) -> None:
    archive, output = copy
    photo = draw_photo(tmp_path / "a.jpg", ("Problems", "The bridge is shut"), taken="2019:03:14 10:00:00")
    fs().put_file(str(photo), f"{BUCKET}/{archive}/2019/Hall/a.jpg")
    begun = len(server.requests)
    outcome = go(s3(archive), s3(output))
    assert (outcome.standing.read, outcome.standing.events_written) == (1, 1)
    assert b"bridge" in fs().cat_file(f"{BUCKET}/{output}/2019 - Hall/report.md")
    assert not [one for one in server.requests[begun:] if one.startswith("PUT") and f"/{output}/ŵ" in one]


def test_an_edited_report_is_kept(here: None, copy: tuple[str, str], tmp_path: Path) -> None:
    archive, output = copy
    fs().pipe_file(f"{BUCKET}/{output}/2019 - Hall/report.docx", b"a person's work")
    fs().pipe_file(f"{BUCKET}/{archive}/2019/Hall/event.toml", b'title = "In the hall"\n')
    outcome = go(s3(archive), s3(output))
    assert (outcome.standing.read, outcome.standing.events_written) == (0, 1)
    assert fs().cat_file(f"{BUCKET}/{output}/2019 - Hall/report.docx") == b"a person's work"
    assert {"2019 - Hall/report-new.docx"} == {key for key in files_there(output) if "-new" in key}


def test_a_report_that_is_edited_in_the_middle_of_the_run_is_kept(
    here: None, copy: tuple[str, str], server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, output = copy
    fs().pipe_file(f"{BUCKET}/{archive}/2019/Hall/event.toml", b'title = "In the hall"\n')
    edited = f"{BUCKET}/{output}/2019 - Hall/report.docx"
    state = ["before"]

    def edit(method: str, path: str) -> None:
        if method == "PUT" and path.endswith("2019 - Hall/.digitise/writing.json") and state[0] == "before":
            state[0] = "edited"
            fs().pipe_file(edited, b"a person's work")

    monkeypatch.setattr(server, "fault", edit)
    outcome = go(s3(archive), s3(output))
    assert state == ["edited"] and outcome.standing.events_written == 1
    assert fs().cat_file(edited) == b"a person's work" and f"{edited.removesuffix('.docx')}-new.docx" in fs().find(f"{BUCKET}/{output}")


def test_an_event_that_cannot_be_fetched_fails_alone(
    run: Run, here: None, copy: tuple[str, str], server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, output = copy
    fs().rm(f"{BUCKET}/{archive}/poisoned", recursive=True)
    for name in ("2019/Hall", "half"):
        fs().pipe_file(f"{BUCKET}/{archive}/{name}/event.toml", b'title = "Another"\n')
    fs().pipe_file(f"{BUCKET}/{archive}/new/a.jpg", fs().cat_file(f"{BUCKET}/{archive}/half/good.jpg"))

    def cut(method: str, path: str) -> int | None:
        return 500 if path.endswith("/Hall/a.jpg") or (method == "PUT" and path.endswith("/half/report.md")) else None

    monkeypatch.setattr(server, "fault", cut)
    ended = run("batch", s3(archive), "--output", s3(output), "--workers", "1")
    assert ended.code == 4 and "Problem: 2019 - Hall: " in ended.err and "Check the network" in ended.err
    assert f"Problem: half: {s3(output)}/half/report.md: it could not be reached" in ended.err
    assert "1 written" in ended.err and f"{s3(output)}/index.html" in ended.err
    log = fs().cat_file(f"{BUCKET}/{output}/batch.log").decode()
    assert "FAILED  2019 - Hall" in log or "FAILED 2019 - Hall" in log
    monkeypatch.setattr(server, "fault", lambda method, path: None)
    assert run("batch", s3(archive), "--output", s3(output), "--workers", "1", "--quiet").code == 4, "cut.jpg stays cut off"
    for name in ("2019 - Hall", "half"):
        assert b"Another" in fs().cat_file(f"{BUCKET}/{output}/{name}/report.md")
    assert not [key for key in files_there(output) if "-new" in key], "the half that was put is known for our own"


def test_a_run_whose_place_was_taken_over_writes_no_more(
    here: None, copy: tuple[str, str], server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, output = copy
    fs().pipe_file(f"{BUCKET}/{archive}/2019/Hall/event.toml", b'title = "Another"\n')
    lease = f"{BUCKET}/{output}/.digitise/lease.json"
    other = b'{"token": "x", "holder": "meg@far, process 7", "process": "", "beat": 3, "stamped": 0.0}'
    before = hash_there(output)

    def take_over(method: str, path: str) -> None:
        if path.endswith("/Hall/a.jpg"):
            fs().pipe_file(lease, other)

    monkeypatch.setattr(server, "fault", take_over)
    with pytest.raises(OutputError, match="taken over by meg@far"):
        go(s3(archive), s3(output))
    monkeypatch.setattr(server, "fault", lambda method, path: None)
    assert fs().cat_file(lease) == other
    fs().rm_file(lease)
    assert hash_there(output) == before


def test_no_secret_is_told_anywhere(run: Run, here: None, there: str, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "fault", lambda method, path: 403)
    ended = run("batch", f"s3://me:hunter2@{BUCKET}/archive", "--output", f"s3://me:hunter2@{BUCKET}/never?sig=hunter2")
    assert ended.code == 6 and "hunter2" not in ended.err + ended.out
    monkeypatch.setattr(server, "fault", lambda method, path: None)
    everything = b"".join(fs().cat_file(f"{BUCKET}/{there}/{key}") for key in files_there(there) if not key.endswith(".npz"))
    assert b"secret-of-the-test" not in everything and os.environ["XDG_CACHE_HOME"].encode() not in everything


def test_status_and_prune(run: Run, here: None, copy: tuple[str, str]) -> None:
    archive, output = copy
    status = run("status", s3(output))
    assert status.code == 0 and status.out.startswith("Finished") and "poisoned" in status.out
    assert run("status", s3("nowhere")).code == 3
    standing = f"{BUCKET}/{output}/.digitise/standing.json"
    fs().pipe_file(standing, fs().cat_file(standing).replace(b'"done"', b'"running"'))
    assert run("status", s3(output)).out.startswith("Cut off")
    with hold_lease(connect(api.parse_place(s3(output)), OutputError)):  # type: ignore[arg-type]
        assert run("status", s3(output)).out.startswith("Running")
    note = f"{BUCKET}/{output}/.digitise/run.json"
    fs().pipe_file(note, fs().cat_file(note).replace(ARCHIVE.encode(), s3(archive).encode()))
    fs().rm(f"{BUCKET}/{archive}/2019", recursive=True)
    fs().mv(f"{BUCKET}/{archive}/half/good.jpg", f"{BUCKET}/{archive}/half/kept.jpg")
    ended = run("prune", s3(output), "--yes")
    assert ended.code == 0 and ended.err.count("event is gone") == 1 and "photo is gone" not in ended.err
    keys = files_there(output)
    assert "2019 - Hall/report.docx" in keys and not [key for key in keys if key.startswith("2019 - Hall/.digitise/photos/")]
    assert [key for key in keys if key.startswith("half/.digitise/photos/")]
    fs().rm(f"{BUCKET}/{archive}", recursive=True)
    assert run("prune", s3(output), "--yes").code == 3


def test_from_a_folder_to_an_address_and_back(here: None, first: First, server: S3Server, tmp_path: Path) -> None:
    go(first.archive, s3("from-folder"))
    assert hash_there("from-folder", all_of_it=False) == first.hashes
    go(ARCHIVE, tmp_path / "out")
    assert hash_outputs(tmp_path / "out") == first.hashes
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as z:
        for path in sorted((first.archive / "half").iterdir()):
            z.write(path, f"half/{path.name}")
    go(f"zip://{tmp_path}/archive.zip", tmp_path / "from-zip")
    assert hash_outputs(tmp_path / "from-zip") == {way: digest for way, digest in first.hashes.items() if way.startswith("half/")}
    assert not list((tmp_path / "cache").rglob("*.jpg"))


def test_by_day_from_an_address(here: None, first: First, tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        fs().cp_file(f"{BUCKET}/archive/2019/Hall/{name}", f"{BUCKET}/days/of/{name[0]}/{name}")
    go(s3("days"), tmp_path / "out", by="day")
    made = tmp_path / "out" / "2019-03-14"
    assert "after six" in (made / "report.md").read_text("utf-8")
    kept = (made / ".digitise" / "event.json").read_text("utf-8")
    assert '"path":"of/a/a.jpg"' in kept and str(tmp_path) not in kept, "photos are named as the archive names them"


def start(output: str, cache: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "digitise.entry", "batch", ARCHIVE, "--output", s3(output), "--workers", "2", "--quiet"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment, start_new_session=True)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("moment", "same_computer"),
    [("/.digitise/photos/", False), ("report.docx$", False), ("batch.json$", True)],
)
def test_a_run_that_is_killed_goes_on_to_the_same_bytes(
    first: First, server: S3Server, tmp_path: Path, moment: str, same_computer: bool
) -> None:
    output = f"killed-{hashlib.sha256(moment.encode()).hexdigest()[:8]}"
    process = start(output, tmp_path / "cache")
    until = time.monotonic() + 150
    try:
        while not server.count(f"^PUT /{BUCKET}/{output}/.*{moment}") and process.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.002)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert [key for key in files_there(output) if key.endswith("lease.json")], "killed while it held the place"
    if not same_computer:
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    outcome = go(ARCHIVE, s3(output))
    assert outcome.standing.state == "done" and len(outcome.troubles) == 2
    assert hash_there(output, all_of_it=False) == first.hashes and hash_there("archive") == first.before


def test_two_runs_on_one_address(run: Run, first: First, server: S3Server, tmp_path: Path) -> None:
    process = start("two", tmp_path / "cache")
    try:
        until = time.monotonic() + 60
        while not server.count(f"^PUT /{BUCKET}/two/.digitise/lease.json"):
            assert time.monotonic() < until and process.poll() is None
            time.sleep(0.01)
        ended = run("batch", ARCHIVE, "--output", s3("two"))
        assert ended.code == 6 and "another run is writing there" in ended.err and f"process {process.pid}" in ended.err
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
