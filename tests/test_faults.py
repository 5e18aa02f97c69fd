"""What is remembered of photos that hung or crashed; and the most telling runs of benchmarks/faults.py, as slow tests."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks is not an installed package

from benchmarks.fault_archive import draw_photo, write
from benchmarks.fault_disks import fill_the_disk, refuse_writing
from benchmarks.fault_photos import poison, starve
from benchmarks.fault_runs import Site
from benchmarks.fault_trees import read_odd_names
from digitise.batch.keeping import save_run
from digitise.batch.log import open_log
from digitise.batch.model import Archive, Grouping, News, RunNote, Trouble
from digitise.batch.naming import name_outputs
from digitise.batch.planning import BatchChoices, BatchPlan
from digitise.batch.pruning import prune_batch
from digitise.batch.refusals import AGAIN, Terms, keep_refusal, load_refusals
from digitise.config import Config
from digitise.errors import EngineError, NoInputError
from digitise.model import Problem, Source
from digitise.planning import Choices
from digitise.reading.networks import _failed
from digitise.runs import Job
from digitise.store import entry_folder

TERMS = Terms("run", 900.0, 4, 1)
PROBLEM = Problem(file="a.jpg", reason="reading it took longer than 900 s", remedy="Make the photo smaller.")


def make_job(output: Path, photo: str = "a" * 16, *, fingerprint: str = "feed", file: str = "a.jpg") -> Job:
    source = Source(path=f"/{file}", file=file, sha256=photo * 4)
    return Job(source, Config(), 1, entry_folder(output, photo, fingerprint))


def test_a_refusal_holds_for_the_same_content_settings_and_terms(tmp_path: Path) -> None:
    told = keep_refusal(tmp_path, make_job(tmp_path), PROBLEM, TERMS)
    assert told.remedy == PROBLEM.remedy + AGAIN
    renamed = make_job(tmp_path, file="b.jpg")
    (found,) = load_refusals(tmp_path, [renamed], TERMS).values()
    assert (found.file, found.reason, found.remedy) == ("b.jpg", told.reason, told.remedy)
    assert load_refusals(tmp_path, [renamed], TERMS._replace(run="another", timeout_s=60.0, jobs=8)), "no more was granted"


@pytest.mark.parametrize(
    ("photo", "fingerprint", "terms"),
    [
        ("b" * 16, "feed", TERMS),
        ("a" * 16, "beef", TERMS),
        ("a" * 16, "feed", TERMS._replace(timeout_s=901.0)),
        ("a" * 16, "feed", TERMS._replace(jobs=3)),
        ("a" * 16, "feed", TERMS._replace(retry=True)),
    ],
)
def test_another_photo_setting_or_more_time_and_room_is_another_chance(tmp_path: Path, photo: str, fingerprint: str, terms: Terms) -> None:
    keep_refusal(tmp_path, make_job(tmp_path), PROBLEM, TERMS)
    assert not load_refusals(tmp_path, [make_job(tmp_path, photo, fingerprint=fingerprint)], terms)
    assert not list((tmp_path / ".digitise" / "refused").iterdir()), "what nobody asks for is forgotten"


def test_a_damaged_refusal_is_none(tmp_path: Path) -> None:
    keep_refusal(tmp_path, make_job(tmp_path), PROBLEM, TERMS)
    (path,) = (tmp_path / ".digitise" / "refused").iterdir()
    path.write_text("{")
    assert not load_refusals(tmp_path, [make_job(tmp_path)], TERMS)


def test_names_do_not_look_like_others_nor_end_lines(tmp_path: Path) -> None:
    """Folders' names are strangers': they become names of output folders, and go into the log."""
    odd = ["safe\u202egnp.exe", "line\nend\x1b[2J", "zero\u200bwidth", "\ufeffmark"]
    names = name_outputs([(name,) for name in odd])
    assert all(name.isprintable() for name in names) and len(set(names)) == len(odd)
    with open_log(tmp_path / "batch.log", leave_out=()) as told:
        told(News(what="event", trouble=Trouble(event="a\x1b[2J", reason="bad\nwritten  another")))
    (line,) = (tmp_path / "batch.log").read_text("utf-8").splitlines()
    assert line.isprintable() and line.endswith("FAILED a\N{REPLACEMENT CHARACTER}[2J: bad written another.")


def test_prune_looks_with_the_settings_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Choices(template=Path("civic"), languages=("cy",))
    save_run(tmp_path / "out", RunNote(archive=str(tmp_path), grouping=Grouping(by="day"), settings=settings))
    asked: list[object] = []

    def find(_places: object, grouping: Grouping, *, choices: BatchChoices, **_: object) -> BatchPlan:
        asked.extend((grouping.by, choices.settings))
        return BatchPlan(Archive(spots=()), ())

    monkeypatch.setattr("digitise.batch.pruning.find_events", find)
    with pytest.raises(NoInputError, match="no event in it any more"):
        prune_batch(tmp_path / "out", confirm=lambda _: pytest.fail("nothing is to be removed"))
    assert asked == ["day", settings]


def test_too_little_memory_for_a_network_is_no_fault_to_report() -> None:
    """ONNX Runtime tells it as any other failure."""
    tensor = np.zeros((1, 3, 32, 32), np.float32)
    assert isinstance(_failed("text finder", tensor, RuntimeError("Failed to allocate memory for requested buffer")), MemoryError)
    assert isinstance(_failed("text finder", tensor, RuntimeError("Concat: shapes differ")), EngineError)


@pytest.mark.slow
@pytest.mark.parametrize(("deed", "sign"), [("hang", "took longer"), ("crash", "killed by signal 11")])
def test_a_photo_that_hangs_or_crashes_is_tried_twice_and_then_remembered(tmp_path: Path, deed: str, sign: str) -> None:
    archive = tmp_path / "archive"
    for name in ("one/a.jpg", "one/b.jpg", "two/b.jpg", "two/c.jpg"):
        write(archive / name, draw_photo(name))
    site = Site(tmp_path, archive=archive)
    assert site.run("--quiet").code == 0
    row = poison(site, None, deed, sign, {"photo": "b.jpg", "do": deed}, "--timeout", 15)
    assert row.good, row.harm


@pytest.mark.slow
def test_workers_that_cannot_begin_end_the_run_with_a_sentence(tmp_path: Path) -> None:
    for row in starve(tmp_path, 1):
        assert row.good, row


@pytest.mark.slow
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    for row in fill_the_disk(tmp_path, 1, only=("pictures/*.jpg", "report.docx", ".digitise/batch.json", "index.html")):
        assert row.good, row


@pytest.mark.slow
def test_where_nothing_may_be_written_or_read_it_is_said(tmp_path: Path) -> None:
    for row in refuse_writing(tmp_path, 1):
        assert row.good, row


@pytest.mark.slow
def test_odd_names_and_links_are_read_or_listed(tmp_path: Path) -> None:
    for row in read_odd_names(tmp_path, 1):
        assert row.good, row
