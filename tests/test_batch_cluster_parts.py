"""The parts of reading on a cluster, without one: who gets which photo, what travels, which addresses are taken."""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime
import errno
import hashlib
import socket
import threading
import time
import zipfile
from pathlib import Path

import pytest
from conftest import Run, draw_photo

pytest.importorskip("distributed", reason="pip install 'digitise[cluster]'")

from digitise import intake
from digitise.batch import cluster_worker
from digitise.batch.away import Reference
from digitise.batch.cluster import check_scheduler, split_share
from digitise.batch.cluster_dealing import BLIND_AFTER, Errand, Helper, deal, is_refused_everywhere
from digitise.batch.cluster_parcel import FORMAT, DamagedError, Parcel, keep_answer, reading_settings, stamp_parts, tell_difference
from digitise.batch.cluster_worker import explain_fault, place_photo
from digitise.batch.refusals import ELSEWHERE, Terms, keep_refusal, load_refusals
from digitise.batch.tasks import Piece, refuse_dead
from digitise.config import Config, Limits, Privacy, Reading, SecondReader, without_second_reader
from digitise.errors import DependencyError, DigitiseError, EngineError, UsageError
from digitise.model import Photo, PhotoResult, Source
from digitise.piecework import Share
from digitise.runs import Job, fingerprint_settings
from digitise.store import DiskFullError, Entry, load_entry
from digitise.workers import StartError


def errand(cost_mib: float = 1000, *, tries: int = 0, fingerprint: str = "f") -> Errand:
    source = Source(path="/a.jpg", file="a.jpg", sha256="0" * 64)
    piece = Piece(Job(source, Config(), 1, None), "0" * 16, fingerprint=fingerprint)
    return Errand(piece, 60, cost_mib, tries=tries)


def helper(address: str, *, host: str = "here", threads: int = 1, limit_mib: float = 2000) -> Helper:
    return Helper(address, host, threads, limit_mib, token="t")


def test_each_thread_gets_one_photo() -> None:
    helpers = [helper("one"), helper("two", threads=2, limit_mib=4000)]
    dealt = deal([errand(10) for _ in range(9)], helpers)
    assert [len(h.running) for h in helpers] == [1, 2] and len(dealt) == 3
    assert not deal([errand(10)], helpers)


def test_a_worker_that_must_be_sent_bytes_gets_one_photo_more() -> None:
    far = helper("far")
    far.misses = BLIND_AFTER
    assert len(deal([errand(10) for _ in range(9)], [far])) == 2


def test_a_worker_that_was_not_asked_or_is_of_another_version_gets_none() -> None:
    unknown, other = helper("unknown"), helper("other")
    unknown.token, other.token, other.left_out = "", "", "another version"
    refusing = helper("refusing")
    refusing.refused.add("f")
    assert not deal([errand()], [unknown, other, refusing])
    assert not is_refused_everywhere("f", [unknown, refusing]), "the unknown one may yet do"
    assert is_refused_everywhere("f", [other, refusing])
    assert deal([errand(fingerprint="g")], [unknown, other, refusing])[0][1] is refusing


def test_a_computer_takes_no_more_than_fits_into_the_memory_of_its_workers() -> None:
    helpers = [helper("one", limit_mib=1000), helper("two", limit_mib=1000), helper("three", limit_mib=1000)]
    assert len(deal([errand(1500), errand(1500), errand(1500)], helpers)) == 2
    assert len(deal([errand(9000)], [helper("idle", limit_mib=1000)])) == 1, "a photo for which no computer is large enough goes alone"


def test_small_photos_do_not_overtake_a_large_one_for_ever() -> None:
    helpers = [helper("one"), helper("two")]
    deal([errand(1000)], helpers)
    large, small = errand(3500), errand(1000)
    assert not deal([large, small], helpers), "the computer is held free for it"
    elsewhere = [*helpers, helper("far", host="far", limit_mib=1000)]
    dealt = {t: h.address for t, h in deal([large, small], elsewhere)}
    assert dealt == {large: "far", small: "two"}, "or it goes to one that is idle"


def test_a_photo_whose_worker_died_is_tried_alone_and_first() -> None:
    busy, idle = helper("busy", threads=4, limit_mib=9000), helper("idle", host="far", threads=4, limit_mib=9000)
    deal([errand()], [busy])
    usual, again = errand(), errand(tries=1)
    dealt = dict(deal([usual, again], [busy, idle]))
    assert dealt[again] is idle and dealt[usual] is busy
    assert not deal([errand()], [idle]), "nothing else starts beside it"


def test_a_photo_that_took_too_long_waits_until_no_other_does_and_holds_no_computer() -> None:
    helpers = [helper("one"), helper("two")]
    late, usual = errand(tries=1), errand()
    late.late = True
    deal([errand(), errand()], helpers)
    assert not deal([late], helpers)
    helpers[0].running.clear()
    assert dict(deal([late, usual], helpers)) == {usual: helpers[0]}
    for each in helpers:
        each.running.clear()
    assert dict(deal([late], helpers)) == {late: helpers[0]}


def test_a_photo_that_went_wrong_goes_to_another_worker_where_there_is_one() -> None:
    one, two = helper("one"), helper("two", host="far")
    bad = errand(tries=1)
    bad.shunned[one] = "it went wrong"
    assert dict(deal([bad], [one])) == {bad: one}
    one.running.clear()
    assert dict(deal([bad], [one, two])) == {bad: two}
    two.running[:] = [errand()]
    assert not deal([bad], [one, two]), "it waits for it"


def test_only_photos_that_a_lost_worker_can_have_begun_count_a_try() -> None:
    lost = helper("lost", threads=2)
    lost.running = [errand() for _ in range(4)]
    for moment, each in zip((3.0, 1.0, 2.0), lost.running, strict=False):
        each.sent_at = moment
    lost.lose()
    lost.lose(until=2.5)
    assert [(e.lost, e.blamed) for e in lost.running] == [(True, False), (True, True), (True, True), (True, False)]
    lost.gone = False
    lost.lose(until=1.5)
    assert [e.blamed for e in lost.running] == [False, True, False, False], "the others were sent to the one in its place"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EngineError("rapidocr", "failed on a picture of shape (1, 2)", "Report it."), "fault"),
        (ValueError("no number"), "fault"),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "fault"),
        (OSError(errno.ENOSPC, "No space left on device"), "unfit"),
        (DiskFullError("/tmp/x", "the disk is full", "Make room."), "unfit"),
        (StartError("worker processes", "they cannot be started", "Close programs."), "unfit"),
    ],
)
def test_a_photos_faults_are_told_from_a_workers(error: Exception, kind: str) -> None:
    answer = explain_fault(error, "a.jpg")
    assert answer.kind == kind and (answer.problem is not None) == (kind == "fault")
    told = f"{answer.how} {answer.problem}"
    assert (error.reason if isinstance(error, DigitiseError) else str(error)) in told


def test_photos_that_come_at_once_share_their_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_worker, "Workers", lambda *_, **__: time.sleep(0.05) or object())
    cluster_worker._readers.cache_clear()
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(cluster_worker.readers, [2] * 4))) == 1
    cluster_worker._readers.cache_clear()


def test_what_a_cluster_gave_up_is_tried_again_by_a_run_without_one(tmp_path: Path) -> None:
    job = Job(Source(path="/a.jpg", file="a.jpg", sha256="0" * 64), Config(), 1, tmp_path / "a-f")
    cluster, alone = (Terms("run", 900, jobs, 1) for jobs in (ELSEWHERE, 4))
    keep_refusal(tmp_path, job, refuse_dead("a.jpg", "killed by signal 9"), cluster)
    assert load_refusals(tmp_path, [job], cluster) and not load_refusals(tmp_path, [job], alone)


def test_a_run_and_a_cluster_on_its_machine_share_the_memory() -> None:
    share = Share(jobs=4, threads=1, memory_mib=8000)
    here, there = split_share("local", share)
    assert here.memory_mib + there.memory_mib <= 8000 and there.jobs == 4 and here.jobs == 1
    assert split_share("tcp://127.0.0.1:8786", share) == (share, share)
    assert split_share("local", share.model_copy(update={"memory_mib": 4000}))[1].jobs == 1


def test_a_parcel_travels_as_json_and_leaves_at_home_what_is_nobodys_business() -> None:
    config = Config(
        title="Secret plans",
        date=datetime.date(2026, 3, 14),
        languages=("en", "cy"),
        glossary={"Ogwen": ""},
        organisers=("Mair",),
        privacy=Privacy(keep_faces=True, names="initials", people=("Ann",)),
        reading=Reading(doubtful_below=0.9, second_reader=SecondReader(url="http://lab.example/v1", model="m7", api_key_env="DIGITISE_K")),
    )
    source = Source(path="/x/á.zip", members=("b.jpg",), file="á.zip/b.jpg", sha256="1" * 64, taken=datetime.datetime(2024, 1, 2))
    parcel = Parcel(token="t", source=source, config=reading_settings(config), fingerprint="f", threads=1, timeout_s=9)
    text = parcel.model_dump_json()
    assert Parcel.model_validate_json(text) == parcel
    assert not [word for word in ("Secret", "Ann", "lab.example", "m7", "DIGITISE_K") if word in text]
    same = fingerprint_settings(without_second_reader(config))
    assert fingerprint_settings(parcel.config) == same, "all that decides what is read goes along"


def test_differences_are_named() -> None:
    ours = stamp_parts()
    assert FORMAT and tell_difference(ours, ours) == ""
    assert "numpy is 1.0 there" in tell_difference(ours | {"numpy": "1.0"}, ours)
    assert "onnxruntime is missing there" in tell_difference({k: v for k, v in ours.items() if k != "onnxruntime"}, ours)
    assert "digitise is 0.0 there and" in tell_difference(ours | {"digitise": "0.0 x"}, ours)
    assert "has other code there" in tell_difference(ours | {"digitise": ours["digitise"][:-1] + "!"}, ours)


@pytest.mark.parametrize("kind", ["file", "member", "pages"])
def test_a_photo_is_read_in_place_or_from_its_bytes(tmp_path: Path, kind: str) -> None:
    photo = draw_photo(tmp_path / "a.jpg", ("One",))
    path, blob = photo, photo.read_bytes()
    if kind == "member":
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(photo, "day/a.jpg")
        photo.unlink()
    sources, _ = intake.find_sources(tmp_path, limits=Limits())
    source = sources[0].model_copy(update={"pages": 2} if kind == "pages" else {})
    before = intake.decode(source, limits=Limits())[1]
    parcel = Parcel(token="t", source=source, config=Config(), fingerprint="f", threads=1, timeout_s=9)
    there, work, kept = tmp_path / "moved", tmp_path / "work", tmp_path / "kept"
    work.mkdir()
    assert place_photo(parcel, None, work, kept=kept) == source
    if kind == "member":
        hostile = source.model_copy(update={"members": ("p." + "x" * 300,)})
        placed = place_photo(parcel.model_copy(update={"source": hostile}), blob, work, kept=kept)
        assert placed is not None and Path(placed.path).read_bytes() == blob
    path.rename(there)
    assert place_photo(parcel, None, work, kept=kept) is None, "it is not there any more"
    path.write_bytes(b"PK or something else")
    assert place_photo(parcel, None, work, kept=kept) is None, "it is another file"
    placed = place_photo(parcel, blob, work, kept=kept)
    assert placed is not None and Path(placed.path).parent == work and not placed.members
    assert intake.decode(placed, limits=Limits())[1] == before, "what is known of the photo does not tell the way that it came"
    other = tmp_path / "other"
    other.mkdir()
    again = place_photo(parcel, None, other, kept=kept)
    assert (again is not None) == (kind == "pages"), "a file of several pages travels once"


@pytest.mark.parametrize("pages", [1, 2])
def test_a_photo_at_an_address_is_fetched_by_the_worker(tmp_path: Path, pages: int) -> None:
    pytest.importorskip("fsspec")
    blob = draw_photo(tmp_path / "a.jpg", ("One",)).read_bytes()
    with zipfile.ZipFile(tmp_path / "store.zip", "w") as archive:
        archive.write(tmp_path / "a.jpg", "hall/a.jpg")
    digest = hashlib.sha256(blob).hexdigest()
    reference = Reference(address=f"zip::{tmp_path / 'store.zip'}", way="hall/a.jpg", sha256=digest, size=len(blob))
    source = Source(path="/elsewhere/a.jpg", file="a.jpg", sha256=digest, pages=pages)
    parcel = Parcel(token="t", source=source, reference=reference, config=Config(), fingerprint="f", threads=1, timeout_s=9)
    (tmp_path / "work").mkdir()
    placed = place_photo(Parcel.model_validate_json(parcel.model_dump_json()), None, tmp_path / "work", kept=tmp_path / "kept")
    assert placed is not None and Path(placed.path).read_bytes() == blob
    other = {"sha256": "0" * 64}
    gone = parcel.model_copy(update={"reference": reference.model_copy(update=other), "source": source.model_copy(update=other)})
    assert place_photo(gone, None, tmp_path / "work", kept=tmp_path / "kept2") is None, "what is another photo there is not read"


def test_an_answer_is_kept_as_it_should_be_or_not_at_all(tmp_path: Path) -> None:
    photo = Photo(id="1" * 16, file="a.jpg", sha256="1" * 64, width_px=10, height_px=10)
    result = PhotoResult(photo=photo, surfaces=(), notes=())
    entry = Entry(result=result, engine="e", pictures={"s1.jpg": hashlib.sha256(b"jpeg").hexdigest()})
    folder = tmp_path / "entry"
    keep_answer(folder, photo.id, entry, {"s1.jpg": b"jpeg"})
    assert load_entry(folder) == entry
    for beside in ({"s1.jpg": b"other"}, {}, {"s1.jpg": b"jpeg", "more.jpg": b""}):
        with pytest.raises(ValueError, match="file"):
            keep_answer(tmp_path / "bad", photo.id, entry, beside)
    evil = entry.model_copy(update={"pictures": {"../s1.jpg": hashlib.sha256(b"jpeg").hexdigest()}})
    with pytest.raises(ValueError, match="file"):
        keep_answer(tmp_path / "bad", photo.id, evil, {"../s1.jpg": b"jpeg"})
    with pytest.raises(DamagedError, match="another photo"):
        keep_answer(tmp_path / "bad", "2" * 16, entry, {"s1.jpg": b"jpeg"})
    assert not (tmp_path / "bad").exists() and not (tmp_path / "s1.jpg").exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("host:8786", "no address"),
        ("http://host:8786", "no address"),
        ("tcp://host", "no address"),
        ("tcp://host:99999", "no address"),
        ("tcp://8.8.8.8:8786", "open internet"),
        ("tcp://[2001:4860:4860::8888]:8786", "open internet"),
    ],
)
def test_addresses_that_cannot_be_meant_are_refused(address: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_scheduler(address, None)


@pytest.mark.parametrize(
    "address", ["local", "tcp://127.0.0.1:8786", "tcp://192.168.1.5:8786", "tcp://[fe80::1]:8786", "tls://8.8.8.8:8786"]
)
def test_addresses_of_ones_own_network_are_taken(address: str) -> None:
    check_scheduler(address, None)


def test_certificates_must_be_there_and_make_sense(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ca\.pem"):
        check_scheduler("tls://127.0.0.1:8786", tmp_path)
    with pytest.raises(UsageError, match="tls://127"):
        check_scheduler("tcp://127.0.0.1:8786", tmp_path)
    for scheduler in ("", "local"):
        with pytest.raises(UsageError, match="--scheduler tls://"):
            check_scheduler(scheduler, tmp_path)


def test_what_is_only_planned_is_checked_as_well(run: Run, tmp_path: Path) -> None:
    draw_photo(tmp_path / "archive" / "a.jpg", ("One",))
    ended = run("batch", tmp_path / "archive", "--output", tmp_path / "out", "--dry-run", "--scheduler", "http://x")
    assert ended.code == 2 and "no address of a Dask scheduler" in ended.err


def test_without_dask_the_extra_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.batch.cluster.importlib.util.find_spec", lambda name: None)
    with pytest.raises(DependencyError, match=r"digitise\[cluster\]"):
        check_scheduler("local", None)
    draw_photo(tmp_path / "archive" / "a.jpg", ("One",))
    ended = run("batch", tmp_path / "archive", "--output", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:8786")
    assert ended.code == 5 and "digitise[cluster]" in ended.err and not (tmp_path / "out").exists()


def test_no_scheduler_there_is_told_before_any_work(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.batch.cluster.CONNECT_S", 0.5)
    draw_photo(tmp_path / "archive" / "a.jpg", ("One",))
    ended = run("batch", tmp_path / "archive", "--output", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9")
    assert ended.code == 5 and "dask scheduler" in ended.err and "--scheduler" in ended.err


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing said"),
        pytest.param(bytes.fromhex("15030300020246"), id="a refusal by TLS, held open"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", id="a web server"),
        pytest.param(bytes(16), id="zeros"),
    ],
)
def test_another_program_at_the_address_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr("digitise.batch.cluster.CONNECT_S", 0.6)
    draw_photo(tmp_path / "archive" / "a.jpg", ("One",))
    taken: list[socket.socket] = []  # the connections stay open, as those of a program that waits

    def answer_all() -> None:
        with contextlib.suppress(OSError):
            while True:
                taken.append(listening.accept()[0])
                taken[-1].recv(8)
                taken[-1].sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer_all, daemon=True).start()
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        ended = run("batch", tmp_path / "archive", "--output", tmp_path / "out", "--scheduler", address)
    for connection in taken:
        connection.close()
    assert ended.code == 5 and f"{address}: no Dask scheduler answers there" in ended.err
    assert "EiB" not in ended.err and "()" not in ended.err
