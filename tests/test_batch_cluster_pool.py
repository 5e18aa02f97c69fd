"""The pool that hands photos to a cluster, on a real one in this process, of which each worker answers as a test says."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import hashlib
import importlib
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="pip install 'digitise[cluster]'")

import distributed

from digitise.batch.cluster import open_cluster
from digitise.batch.cluster_parcel import Answer, Parcel
from digitise.batch.cluster_pool import MEND, SAME_VERSION, ClusterPool
from digitise.batch.model import Trouble
from digitise.batch.tasks import Piece, Read, read_piece
from digitise.config import Config
from digitise.errors import DependencyError
from digitise.model import Photo, PhotoResult, Problem, Source
from digitise.piecework import Share
from digitise.runs import Job
from digitise.store import Entry
from digitise.workers import Call, DiedError

FAULT = Answer(kind="fault", problem=Problem(file="x", reason="it went wrong", remedy="Look."))
SCRIPT: dict[str, list[Answer | str]] = {}
"""Name of a photo -> what is answered to it, one after the other; 'hang' comes back when it is recalled. All else is read."""
SICK: dict[str, Answer | str] = {}
"""Address of a worker -> what it answers to everything."""
ASKED: list[tuple[str, str]] = []
"""Photos and workers."""


def act(text: str, blob: bytes | None) -> Any:
    """In place of `read_parcel`."""
    parcel, here = Parcel.model_validate_json(text), distributed.get_worker()
    name = parcel.source.file
    ASKED.append((name, here.address))
    said: Answer | str | None = SICK.get(here.address)
    if said is None and SCRIPT.get(name):
        said = SCRIPT[name].pop(0)
    if said == "hang":
        key = here.get_current_task()
        while here.state.tasks.get(key) is not None and here.state.tasks[key].state != "cancelled":
            time.sleep(0.02)
        said = Answer(kind="unwanted")
    if isinstance(said, Answer):
        return said.model_dump_json(), {}
    if said is not None:
        return said, {}
    sha = parcel.source.sha256
    photo = Photo(id=sha[:16], file=name, sha256=sha, width_px=10, height_px=10)
    return Answer(
        kind="read", entry=Entry(result=PhotoResult(photo=photo, surfaces=(), notes=()), engine="e", pictures={})
    ).model_dump_json(), {}


async def greet_never() -> str:
    await asyncio.sleep(60)
    return ""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    options = {"processes": False, "n_workers": 3, "threads_per_worker": 1, "memory_limit": "8GiB", "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(protocol="tcp://", host="127.0.0.1", **options) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def workers(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Their addresses."""
    monkeypatch.setattr("digitise.batch.cluster_carrying.read_parcel", act)
    monkeypatch.setattr("digitise.batch.cluster_pool.LOOK_EVERY_S", 0.05)
    for said in (SCRIPT, SICK, ASKED):
        said.clear()  # type: ignore[attr-defined]
    with distributed.Client(address, set_as_default=False) as client:
        yield sorted(client.scheduler_info(n_workers=-1)["workers"])


@contextlib.contextmanager
def opened(address: str, count: int = 3) -> Iterator[ClusterPool]:
    with open_cluster(address, None, share=Share(jobs=1, threads=1, memory_mib=9000)) as pool:
        until = time.monotonic() + 20
        while pool.jobs < count:
            assert time.monotonic() < until
            time.sleep(0.01)
        yield pool


def hand_in(pool: ClusterPool, folder: Path, name: str, *, content: bytes = b"", fingerprint: str = "f") -> concurrent.futures.Future[Any]:
    path = folder / name
    path.write_bytes(content or name.encode())
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    job = Job(Source(path=str(path), file=name, sha256=sha), Config(), 1, folder / f"{sha[:16]}-{fingerprint}")
    return pool.submit(Call(read_piece, (Piece(job, sha[:16], fingerprint=fingerprint),)), timeout_s=60, cost_mib=10)


def test_photos_that_go_wrong_everywhere_are_listed_and_cost_no_worker(address: str, workers: list[str], tmp_path: Path) -> None:
    for i in range(4):
        SCRIPT[f"bad{i}"] = [FAULT] * 9
    SCRIPT["crash"] = [Answer(kind="died", how="killed by signal 6")] * 9
    with opened(address) as pool:
        bad = [hand_in(pool, tmp_path, f"bad{i}") for i in range(4)]
        crash = hand_in(pool, tmp_path, "crash")
        good = [hand_in(pool, tmp_path, f"good{i}") for i in range(4)]
        assert all(future.result(20).problem is None for future in good)
        assert [future.result(20).problem.reason for future in bad] == ["it went wrong"] * 4
        with pytest.raises(DiedError, match="signal 6"):
            crash.result(20)
        assert not pool.take_troubles() and pool.jobs == 3
    for name in ("bad0", "bad3"):
        tried = [where for what, where in ASKED if what == name]
        assert len(set(tried)) == len(tried) == 2, "once more, on another worker"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(Answer(kind="unfit", how="the disk is full"), "disk is full", id="unfit"),
        pytest.param("no answer", "damaged", id="damaged"),
        pytest.param(Answer(kind="read"), "damaged", id="empty"),
        pytest.param(Answer(kind="missing"), "damaged", id="insatiable"),
        pytest.param(FAULT, "3 photos in a row", id="only there"),
    ],
)
def test_a_worker_that_is_to_blame_is_left_out(address: str, workers: list[str], tmp_path: Path, said: Answer | str, words: str) -> None:
    SICK[workers[1]] = said
    with opened(address) as pool:
        futures: list[concurrent.futures.Future[Any]] = []
        troubles: list[Trouble] = []
        while not troubles and len(futures) < 60:
            futures += [hand_in(pool, tmp_path, f"{len(futures) + i}") for i in range(3)]
            assert all(future.result(20).problem is None for future in futures), "others read its photos"
            troubles = pool.take_troubles()
        (trouble,) = troubles
        assert trouble.file == workers[1] and words in trouble.reason and trouble.remedy.startswith(MEND)
        assert pool.jobs == 2


def test_a_photo_sent_to_a_worker_that_was_started_anew_counts_no_try_unless_it_was_with_the_old_one(
    address: str, workers: list[str], tmp_path: Path
) -> None:
    SCRIPT["innocent"] = [Answer(kind="stranger", alive_s=999)] * 5
    SCRIPT["guilty"] = [Answer(kind="stranger", alive_s=0)] * 5
    with opened(address) as pool:
        innocent, guilty = hand_in(pool, tmp_path, "innocent"), hand_in(pool, tmp_path, "guilty")
        assert innocent.result(20).problem is None
        assert "was lost" in guilty.result(20).problem.reason
        assert hand_in(pool, tmp_path, "more").result(20).problem is None
        assert not pool.take_troubles()
    assert sum(name == "guilty" for name, _ in ASKED) == 2


def test_an_event_waits_for_a_worker_that_suits_it(
    address: str, workers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitise.batch.cluster_pool.NO_WORKER_S", 0.8)
    SCRIPT["welsh"] = [Answer(kind="otherwise", how="no Welsh")] * 3
    SCRIPT["comes"] = [*SCRIPT["welsh"]]
    with opened(address) as pool:
        began = time.monotonic()
        with pytest.raises(DependencyError, match="no worker of the cluster reads with this event's settings"):
            hand_in(pool, tmp_path, "welsh").result(20)
        assert time.monotonic() - began >= 0.8
        assert len([t for t in pool.take_troubles() if "no Welsh" in t.reason]) == 3
        monkeypatch.setattr("digitise.batch.cluster_pool.NO_WORKER_S", 60)
        comes = hand_in(pool, tmp_path, "comes", fingerprint="g")
        with pytest.raises(TimeoutError):
            comes.result(0.5)
        with pool._changed:
            pool._lose(next(iter(pool._helpers.values())))  # it is away for a moment
        assert comes.result(20).problem is None


def test_what_is_cancelled_or_closed_ends_soon(address: str, workers: list[str], tmp_path: Path) -> None:
    SCRIPT["one"] = SCRIPT["two"] = ["hang"] * 9
    SCRIPT["again"] = [Answer(kind="otherwise", how="no Welsh")] * 3
    with opened(address) as pool:
        one, two, again = (hand_in(pool, tmp_path, name) for name in ("one", "two", "again"))
        until = time.monotonic() + 20
        while len(ASKED) < 3:
            assert time.monotonic() < until
            time.sleep(0.01)
        began = time.monotonic()
        for future in (one, again):
            pool.cancel(future)
            with pytest.raises(concurrent.futures.CancelledError):
                future.result(10)
        assert not two.done()
        last = hand_in(pool, tmp_path, "again", fingerprint="h")
    assert time.monotonic() - began < 10
    assert two.cancelled() or isinstance(two.exception(0), concurrent.futures.CancelledError)
    assert last.done()


def test_a_worker_that_says_nothing_stops_nobody(address: str, workers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.batch.cluster_pool.greet", greet_never)
    monkeypatch.setattr("digitise.batch.cluster_pool.GREET_S", 0.2)
    monkeypatch.setattr("digitise.batch.cluster_pool.FIRST_WORKER_S", 0.5)
    with pytest.raises(DependencyError, match="no worker that answers"), opened(address):
        pass
    monkeypatch.setattr("digitise.batch.cluster_pool.tell_difference", lambda theirs, ours: "another version")
    module = importlib.import_module("digitise.batch.cluster_worker")
    monkeypatch.setattr("digitise.batch.cluster_pool.greet", module.greet)
    with pytest.raises(DependencyError, match="another version") as caught, opened(address):
        pass
    assert caught.value.remedy == SAME_VERSION


def test_large_photos_are_sent_without_a_word_of_dask(address: str, workers: list[str], tmp_path: Path) -> None:
    SCRIPT["large"] = [Answer(kind="missing")]
    with opened(address) as pool, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert hand_in(pool, tmp_path, "large", content=bytes(11_000_000)).result(30) == Read(None, pytest.approx(0, abs=30))
    assert not [w for w in caught if "graph" in str(w.message)]


def test_what_the_second_reader_is_to_be_asked_is_for_the_batch_to_ask(
    address: str, workers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitise.batch.cluster_pool.notes_to_ask", lambda notes, settings: [1])
    SCRIPT["bad"] = [FAULT] * 2
    with opened(address) as pool:
        assert hand_in(pool, tmp_path, "read").result(20).asks
        assert not hand_in(pool, tmp_path, "bad").result(20).asks, "of which nothing was read"
