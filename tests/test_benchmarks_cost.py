"""The cost model against what can be reckoned by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks is not an installed package

from benchmarks.cost_model import Costs, Site, Work, learn_costs, reckon, simulate
from benchmarks.memory_slope import fit_slopes
from benchmarks.scale import Run

PLAIN = Costs(start=0.0, reads=(4.0,), assemble=0.5, survey=0.0)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_share_the_work(workers: int) -> None:
    found = simulate(Work(400, 20), Site(workers=workers), PLAIN)
    assert found.seconds == pytest.approx(400 * 4.5 / workers, rel=0.03), "but for the end, where not all have something to do"
    assert found.seconds == pytest.approx(max(reckon(Work(400, 20), Site(workers=workers), PLAIN).values()), rel=0.03)


def test_many_machines_wait_for_the_one_that_leads() -> None:
    work, site = Work(4000, 20), Site(machines=20, workers=4)
    found = simulate(work, site, PLAIN)
    assert found.seconds == pytest.approx(4000 * 0.5 / 4, rel=0.05)
    assert found.leading_busy > 0.95 > found.reading_busy


def test_a_slow_line_is_what_counts() -> None:
    site = Site(machines=10, workers=4, line_mib_s=2.0, photo_mib=5.0)
    found = simulate(Work(400, 20), site, PLAIN._replace(assemble=0.0))
    # each photo is fetched twice: looked over, and read
    assert found.seconds == pytest.approx(2 * 400 * 5 / 2, rel=0.05)
    assert found.line_busy > 0.95


def test_photos_that_kill_cost_time_and_are_given_up_after_two_tries() -> None:
    calm = simulate(Work(400, 20), Site(workers=4), PLAIN)
    stormy = simulate(Work(400, 20), Site(workers=4, deaths=0.1), PLAIN)
    assert stormy.seconds > 1.1 * calm.seconds and 0 < stormy.given_up < 20
    assert simulate(Work(40, 20), Site(workers=4, deaths=1.0), PLAIN).given_up == 40


def test_costs_are_learnt_from_a_run_of_one_worker() -> None:
    run = Run("local-1", 0, 30.0, moments=(9.0, 13.0, 20.0, 24.0), written=(16.0, 27.0), processor=20.0, load=0.0)
    found = learn_costs([run._asdict()])
    assert found.reads == (4.0, 4.0, 4.0) and found.assemble == 1.5 and found.start == 5.0


def test_a_line_through_memory_tells_what_grows() -> None:
    figures = [{"photos": 50.0 * k, "parent": 130 + 0.002 * 50 * k, "worker 1": 700 + 0.1 * 50 * k} for k in range(20)]
    parent, worker = fit_slopes(figures, start=300)
    assert parent.per_thousand == pytest.approx(2) and parent.flat
    assert worker.per_thousand == pytest.approx(100) and not worker.flat
