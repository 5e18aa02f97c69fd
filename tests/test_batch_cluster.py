"""Archives read on real Dask clusters: started as people start them, on the far side of networks, with everything that can go wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import ACTIONS, PROBLEMS, draw_photo, hash_inputs
from PIL import Image

pytest.importorskip("distributed", reason="pip install 'digitise[cluster]'")

import psutil
from dask_machines import HAZARDS, Machines, await_true, end_family, hash_outputs, readers_of, workers_of

import digitise
from digitise import api
from digitise.errors import DependencyError

pytestmark = pytest.mark.slow


class First(NamedTuple):
    """An archive, and what this machine alone makes of it."""

    archive: Path
    output: Path
    hashes: dict[str, str]


def draw_archive(root: Path) -> Path:
    """Photos in a folder with settings, in a ZIP, on the pages of a PDF and of a TIFF; and a damaged one beside a good one."""
    draw_photo(root / "hall" / "a.jpg", PROBLEMS, taken="2019:03:14 10:00:00")
    draw_photo(root / "hall" / "b.jpg", ACTIONS, taken="2019:03:14 11:00:00")
    (root / "hall" / "event.toml").write_text('title = "In the hall"\nglossary = { Interlink = "" }\nlanguages = ["en", "cy"]\n')
    pages = [Image.open(draw_photo(root / f"{i}.jpg", (f"Page {i}", "Open the gate"))) for i in (1, 2)]
    with zipfile.ZipFile(root / "café.zip", "w") as archive:
        archive.write(root / "1.jpg", "day 1/ŵ.jpg")
    (root / "papers").mkdir()
    for name in ("scan.pdf", "fax.tiff"):
        one, two = (page.copy() for page in pages)
        one.save(root / "papers" / name, save_all=True, append_images=[two])
    for i in (1, 2):
        (root / f"{i}.jpg").unlink()
    draw_photo(root / "half" / "good.jpg", ("One thing",))
    (root / "half" / "cut.jpg").write_bytes((root / "half" / "good.jpg").read_bytes()[:3000])
    return root


def run_batch(archive: Path, output: Path, scheduler: str, tell: Any = lambda news: None, **choices: Any) -> api.BatchOutcome:
    chosen = api.BatchChoices(**({"workers": 1, "scheduler": scheduler} | choices))
    return api.run_batch(archive, output, grouping=api.Grouping(), choices=chosen, tell=tell)


def start_batch(archive: Path, output: Path, *more: str, log: Path, before: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """The command, in a process of its own."""
    command = [*before, sys.executable, "-m", "digitise.entry", "batch", str(archive), "--output", str(output), "--workers", "2", *more]
    with log.open("wb") as stream:
        return subprocess.Popen(command, cwd=log.parent, stdout=stream, stderr=stream, start_new_session=True)


def await_reading(output: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait for the first photo that is read."""
    await_true(lambda: list(output.glob("*/.digitise/photos/*/result.json")) or process.poll() is not None, "a photo is read")
    assert process.poll() is None


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> First:
    root = tmp_path_factory.mktemp("first")
    archive = draw_archive(root / "archive")
    outcome = run_batch(archive, root / "out", "", workers=2)
    assert outcome.standing.read == 8 and len(outcome.troubles) == 1
    return First(archive, root / "out", hash_outputs(root / "out"))


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Two workers with working directories of their own, on which photos of some names are dangerous."""
    root = tmp_path_factory.mktemp("machines")
    (root / "hazards").mkdir()
    (root / "hazards" / "sitecustomize.py").write_text(HAZARDS)
    with Machines(root) as machines:
        machines.start_scheduler()
        for name in ("one", "two"):
            machines.start_worker(name, path=root / "hazards")
        yield machines


def copy_program(to: Path) -> Path:
    """Another version of the program: one with a word more in what decides how photos are read."""
    shutil.copytree(Path(digitise.__file__).parent, to / "digitise", copy_function=os.symlink, ignore=shutil.ignore_patterns("__pycache__"))
    part = to / "digitise" / "geometry.py"
    text = part.read_text("utf-8")
    part.unlink()
    part.write_text(f"{text}\n# another version\n", "utf-8")
    return to


def test_a_crash_costs_one_photo_a_photo_that_hangs_its_time_and_both_free_their_workers(machines: Machines, tmp_path: Path) -> None:
    for name in ("crash", "sick", "well"):
        draw_photo(tmp_path / "archive" / f"{name}.jpg", ("One", name))
    draw_photo(tmp_path / "archive" / "hang.jpg", ("Two",))
    outcome = run_batch(tmp_path / "archive", tmp_path / "out", machines.address, timeout_s=8)
    told = {t.file: t for t in outcome.troubles if t.file}
    assert "the process that read it ended twice (killed by signal 6)" in told["crash.jpg"].reason
    assert told["sick.jpg"].reason == "rapidocr: failed on a picture of shape (1, 2)" and outcome.standing.read == 1
    assert all(t.file.endswith(".jpg") for t in outcome.troubles), "no worker is left out for them"
    assert "took longer than 8 s" in told["hang.jpg"].reason and "--timeout" in told["hang.jpg"].remedy
    for process in machines.started[1:]:
        assert len(workers_of(process)) == 1 and len(readers_of(process)) <= 1
        assert all(reader.status() != psutil.STATUS_ZOMBIE for reader in readers_of(process)), "nothing of them is left"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_batch_that_ends_frees_the_workers(machines: Machines, tmp_path: Path, how: signal.Signals) -> None:
    draw_photo(tmp_path / "archive" / "hang.jpg", ("Two",))
    process = start_batch(tmp_path / "archive", tmp_path / "out", "--scheduler", machines.address, log=tmp_path / "batch.log")
    before = {p.pid for nanny in machines.started[1:3] for p in readers_of(nanny)}
    parcels = [machines.folder / name for name in ("one", "two")]
    await_true(lambda: [p for folder in parcels for p in folder.glob("dask-scratch-space/*/parcel-*")], "a worker has the photo")
    os.killpg(process.pid, how)
    assert process.wait(30) == (130 if how == signal.SIGINT else -how)
    await_true(lambda: not [p for folder in parcels for p in folder.glob("dask-scratch-space/*/parcel-*")], "no worker has it", 30)
    after = {p.pid for nanny in machines.started[1:3] for p in readers_of(nanny)}
    assert len(after - before) == 0 and len(after) <= 1, "the process that read it has ended"


def test_results_are_those_of_this_machine_to_the_byte_and_other_versions_are_left_out(
    machines: Machines, first: First, tmp_path: Path
) -> None:
    before = hash_inputs(first.archive)
    machines.start_worker("late", path=copy_program(tmp_path / "other"))
    news: list[api.News] = []
    outcome = run_batch(first.archive, tmp_path / "out", machines.address, news.append)
    assert hash_outputs(tmp_path / "out") == first.hashes and hash_inputs(first.archive) == before
    assert outcome.standing.read == 8 and outcome.standing.state == "done"
    left_out = [t for t in outcome.troubles if t.file.startswith("tcp://")]
    assert len(left_out) == 1 and "other code there" in left_out[0].reason
    assert [n.trouble for n in news if n.what == "worker"] == left_out
    log = (tmp_path / "out" / "batch.log").read_text("utf-8")
    assert left_out[0].file in log and "left out" in log
    again = run_batch(first.archive, tmp_path / "out", machines.address)
    assert again.standing.read == 0 and again.standing.events_written == 0, "what is done is known again"


def test_with_workers_of_other_versions_only_the_run_says_so(first: First, tmp_path: Path) -> None:
    with Machines(tmp_path) as machines:
        machines.start_scheduler()
        machines.start_worker("other", path=copy_program(tmp_path / "version"))
        with pytest.raises(DependencyError, match="none of its workers can be used") as caught:
            run_batch(first.archive, tmp_path / "out", machines.address)
        assert "other code there" in caught.value.reason and "same version" in caught.value.remedy


def test_a_worker_that_is_killed_and_a_scheduler_that_is_killed_cost_no_result(
    first: First, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitise.batch.cluster.CONNECT_S", 5.0)
    with Machines(tmp_path) as machines:
        scheduler = machines.start_scheduler()
        nannies = [machines.start_worker(name) for name in ("one", "two")]
        killed: list[int] = []

        def kill_worker(news: api.News) -> None:
            busy = [nanny for nanny in nannies if readers_of(nanny)]
            if news.outcome == "read" and busy and not killed:
                (worker,) = workers_of(busy[0])
                killed.append(worker.pid)
                worker.send_signal(signal.SIGKILL)

        outcome = run_batch(first.archive, tmp_path / "out", machines.address, kill_worker)
        assert killed and hash_outputs(tmp_path / "out") == first.hashes
        assert [t.file for t in outcome.troubles] == ["cut.jpg"]

        def kill_scheduler(news: api.News) -> None:
            if news.outcome == "read":
                end_family(scheduler.pid)

        with pytest.raises(DependencyError, match="scheduler is not reached any more") as caught:
            run_batch(first.archive, tmp_path / "cut", machines.address, kill_scheduler)
        assert "leave out --scheduler" in caught.value.remedy and caught.value.exit_code == 5
        assert api.find_standing(tmp_path / "cut").state == "stopped"
    outcome = run_batch(first.archive, tmp_path / "cut", "")
    assert outcome.standing.reused >= 1, "what the cluster had read is not read again"
    assert hash_outputs(tmp_path / "cut") == first.hashes


def test_a_cluster_on_this_machine_is_nobody_elses_and_ends_with_ctrl_c(first: First, tmp_path: Path) -> None:
    process = start_batch(first.archive, tmp_path / "out", "--scheduler", "local", log=tmp_path / "batch.log")
    await_reading(tmp_path / "out", process)
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    assert sum("Dask" in " ".join(p.cmdline()) or "spawn_main" in " ".join(p.cmdline()) for p in family) >= 4, "2 workers and their readers"
    listening = [c.laddr.ip for p in family if p.is_running() for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert listening and set(listening) == {"127.0.0.1"}
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 130
    await_true(lambda: not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE], "all processes ended", 20)
    assert "Traceback" not in (tmp_path / "batch.log").read_text("utf-8")
    outcome = run_batch(first.archive, tmp_path / "out", "local", workers=2)
    assert hash_outputs(tmp_path / "out") == first.hashes and outcome.standing.reused >= 1
