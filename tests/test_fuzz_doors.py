"""Each door for strangers' files under a fixed small number of changed ones. Longer by hand: docs/fuzzing.md."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks is not an installed package

from benchmarks.fuzz import NAMES, _keep_finding, run_target
from benchmarks.fuzz_changes import change_document, change_json, change_picture, change_toml, change_zip
from benchmarks.fuzz_doors import DOORS, BrokenPromiseError, Door, keep_promises
from benchmarks.fuzz_seeds import make_corrections, make_documents, make_pictures, make_settings, make_zips
from digitise.errors import ConfigError

EXAMPLES = {"docx": 50, "template": 30}
"""The others are quicker."""


def test_the_doors_are_those_that_can_be_named() -> None:
    assert tuple(DOORS) == NAMES


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_doors_keep_their_promises(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    door, room = DOORS[name], tmp_path_factory.mktemp("room")
    seeds = door.seeds(tmp_path_factory.mktemp("seeds"))
    for data in seeds:
        keep_promises(door, data, room)

    @settings(max_examples=EXAMPLES.get(name, 120), derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(seeds), st.integers(0, 2**32), st.integers(1, 3))
    def give(data: bytes, seed: int, times: int) -> None:
        rng = random.Random(seed)
        for _ in range(times):
            data = door.change(data, rng)
        keep_promises(door, data, room)

    give()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["photo", "docx"])
def test_a_short_run_by_coverage(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    figures = run_target(name, seconds=60, runs=40, findings=tmp_path)
    assert figures.executions >= 40 and figures.edges > 200, (tmp_path / f"{name}.log").read_text(errors="replace")[-3000:]
    assert not figures.deaths and not figures.findings, [p.read_text() for p in tmp_path.glob("*.txt")]


def test_a_finding_of_an_earlier_run_counts_in_this_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], *, stdout: IO[bytes], **_: object) -> subprocess.CompletedProcess[bytes]:
        kept = Path(command[command.index("--inside") + 1]) / "kept"
        for _ in range(2):
            try:
                leak(kept, kept)
            except KeyError as e:
                _keep_finding(tmp_path, "photo", b"x", e, kept)
        stdout.write(b"stat::number_of_executed_units: 3\n")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert [run_target("photo", seconds=9, findings=tmp_path).findings for _ in range(2)] == [1, 1]


def leak(path: Path, room: Path) -> None:
    raise KeyError("a hidden fault")


def blame_another(path: Path, room: Path) -> None:
    raise ConfigError("another.toml", "is wrong", "Mend it.")


def say_nothing_to_do(path: Path, room: Path) -> None:
    raise ConfigError(str(path), "has a bad key", "")


def write_elsewhere(path: Path, room: Path) -> None:
    (room.parent / "out.txt").write_text("x")


def change_it(path: Path, room: Path) -> None:
    path.write_bytes(b"changed")


@pytest.mark.parametrize("enter", [leak, blame_another, say_nothing_to_do, write_elsewhere, change_it])
def test_a_broken_promise_is_seen(enter, tmp_path: Path) -> None:
    door = Door("bad", "event.toml", make_settings, change_toml, enter)
    with pytest.raises(BrokenPromiseError):
        keep_promises(door, b"x = 1", tmp_path)


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (make_pictures, change_picture),
        (make_zips, change_zip),
        (make_settings, change_toml),
        (make_corrections, change_json),
        (make_documents, change_document),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_changes_are_the_same_for_the_same_seed_and_change_something(make, change, tmp_path: Path) -> None:
    data = make(tmp_path)[0]
    made = [change(data, random.Random(seed)) for seed in range(6)]
    assert made == [change(data, random.Random(seed)) for seed in range(6)]
    assert sum(one != data for one in made) >= 4
