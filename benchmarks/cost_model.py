"""What an archive costs in time: a simulation of `digitise batch` as queues, held against measured runs, and the same on paper.

    python -m benchmarks.cost_model scale.json [--photos 100000] [--machines 1,2,5,10] [--workers 4] [--out cost]

scale.json: as benchmarks/scale.py wrote it. Seconds of reading a photo and of writing an event are taken from its runs with one worker,
and photos are drawn from these; the runs with more workers are then predicted and compared with what was seen. Then a large archive is
simulated on several machines: the leading one looks events over and writes their reports with its own processes, all others only read
(as `--scheduler` does); photos come over one shared line; a worker may die on a photo, which is tried once more while nothing else runs
on its machine. Money and energy are told only where --price-per-hour and --watts are given: of one machine, all its parts together.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import random
import statistics
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

Kind = Literal["survey", "read", "assemble"]
AHEAD = 4
"""As digitise/batch/running.py: photos that wait for each process."""
MAX_TRIES = 2


class Costs(NamedTuple):
    """Seconds of the parts of the work, on one core."""

    start: float
    """Of a process, until it can read its first photo."""
    reads: tuple[float, ...]
    """Measured; photos are drawn from them."""
    assemble: float
    """Writing an event, for each of its photos."""
    survey: float = 0.02
    """Looking an event over, for each of its photos: hashing 5 MB."""


class Site(NamedTuple):
    """Where it runs."""

    machines: int = 1
    workers: int = 4
    """Of each machine; with several machines the leading one has so many, too, which do not read."""
    slowing: float = 1.0
    """How much longer a photo takes while all workers of its machine read: they share memory and caches."""
    line_mib_s: float = 0.0
    """Of the shared line over which photos come; 0: they lie on the machine itself."""
    photo_mib: float = 5.0
    deaths: float = 0.0
    """Share of readings in which the worker dies."""


class Work(NamedTuple):
    photos: int
    event_photos: int


class Outcome(NamedTuple):
    seconds: float
    reading_busy: float
    """Share of the readers' time in which they read."""
    leading_busy: float
    """Share of the time in which the leading machine's processes worked; with one machine they are the readers."""
    line_busy: float
    given_up: int


class _Task(NamedTuple):
    kind: Kind
    event: int
    seconds: float
    tries: int = 0


class _Machine:
    """Processes of one machine."""

    def __init__(self, workers: int) -> None:
        self.workers, self.cold, self.busy = workers, workers, 0
        self.alone: deque[_Task] = deque()
        self.lonely = False
        self.busy_s = 0.0

    @property
    def takes_usual(self) -> bool:
        return not self.alone and not self.lonely and self.busy < self.workers


class Batch:
    """One run, from event to event."""

    def __init__(self, work: Work, site: Site, costs: Costs, *, seed: int = 1) -> None:
        self._work, self._site, self._costs = work, site, costs
        self._random = random.Random(seed)
        self._readers = [_Machine(site.workers) for _ in range(site.machines)]
        self._leader = self._readers[0] if site.machines == 1 else _Machine(site.workers)
        full, rest = divmod(work.photos, work.event_photos)
        self._sizes = [work.event_photos] * full + [rest] * (rest > 0)
        self._left = list(self._sizes)
        self._next_event = self._surveys = self._line_used = 0
        self._first: deque[_Task] = deque()
        self._pieces: deque[_Task] = deque()
        self._happening: list[tuple[float, int, _Machine, _Task, bool]] = []
        self._count = itertools.count()
        self._now = self._line_free = 0.0
        self._given_up = 0

    def run(self) -> Outcome:
        self._fill()
        while self._happening:
            self._now, _, machine, task, died = heapq.heappop(self._happening)
            machine.busy -= 1
            self._settle(machine, task, died)
            self._fill()
        readers = sum(m.busy_s for m in self._readers) / (self._now * self._site.workers * len(self._readers))
        leader = self._leader.busy_s / (self._now * self._site.workers)
        line = self._line_used * self._site.photo_mib / self._site.line_mib_s / self._now if self._site.line_mib_s else 0.0
        return Outcome(self._now, readers, leader, line, self._given_up)

    def _settle(self, machine: _Machine, task: _Task, died: bool) -> None:
        if task.tries == MAX_TRIES - 1:
            machine.lonely = False
        if died:
            machine.cold += 1
            if task.tries + 1 < MAX_TRIES:
                machine.alone.append(task._replace(tries=task.tries + 1))
                return
            self._given_up += 1
        if task.kind == "survey":
            self._surveys -= 1
            self._pieces.extend(_Task("read", task.event, self._random.choice(self._costs.reads)) for _ in range(self._sizes[task.event]))
        elif task.kind == "read":
            self._left[task.event] -= 1
            if not self._left[task.event]:
                self._first.append(_Task("assemble", task.event, self._costs.assemble * self._sizes[task.event]))

    def _fill(self) -> None:
        jobs = self._site.workers * len(self._readers)
        while self._next_event < len(self._sizes) and len(self._pieces) < AHEAD * jobs and self._surveys < 2:
            self._surveys += 1
            self._first.append(_Task("survey", self._next_event, self._costs.survey * self._sizes[self._next_event]))
            self._next_event += 1
        while self._first and self._leader.takes_usual:
            self._begin(self._leader, self._first.popleft())
        for machine in self._readers:
            if machine.alone and not machine.busy:
                machine.lonely = True
                self._begin(machine, machine.alone.popleft())
            while self._pieces and machine.takes_usual:
                self._begin(machine, self._pieces.popleft())

    def _begin(self, machine: _Machine, task: _Task) -> None:
        seconds, died = task.seconds * (self._site.slowing if machine.busy else 1.0), False
        if machine.cold:
            machine.cold -= 1
            seconds += self._costs.start
        if task.kind == "read":
            died = self._random.random() < self._site.deaths
            seconds *= self._random.random() if died else 1.0
        photos = {"survey": self._sizes[task.event], "read": 1, "assemble": 0}[task.kind]
        if self._site.line_mib_s and photos:
            # one after the other: as long as a line that is shared fairly, for all of them together
            self._line_free = max(self._now, self._line_free) + photos * self._site.photo_mib / self._site.line_mib_s
            self._line_used += photos
            seconds += self._line_free - self._now
        machine.busy += 1
        machine.busy_s += seconds
        heapq.heappush(self._happening, (self._now + seconds, next(self._count), machine, task, died))


def simulate(work: Work, site: Site, costs: Costs, *, seed: int = 1) -> Outcome:
    """One run. Raises ZeroDivisionError for no photo."""
    return Batch(work, site, costs, seed=seed).run()


def reckon(work: Work, site: Site, costs: Costs) -> dict[str, float]:
    """The same on paper, in seconds: what each part alone would take. The longest is about how long it takes."""
    read = statistics.mean(costs.reads) * site.slowing
    lead = work.photos * (costs.survey + costs.assemble) / site.workers
    reading = work.photos * read / (site.machines * site.workers)
    line = 2 * work.photos * site.photo_mib / site.line_mib_s if site.line_mib_s else 0.0
    return {"reading": reading + (lead if site.machines == 1 else 0.0), "leading": lead, "line": line}


def learn_costs(runs: Sequence[dict[str, Any]]) -> Costs:
    """From runs of one worker, which does one thing after the other. Raises SystemExit without such a run."""
    reads: list[float] = []
    assembles: list[float] = []
    starts: list[float] = []
    for run in runs:
        if run["way"] != "local-1":
            continue
        moments = sorted([(t, "read") for t in run["moments"]] + [(t, "assemble") for t in run["written"]])
        size = len(run["moments"]) / len(run["written"])
        for (before, _), (after, kind) in itertools.pairwise(moments):
            (reads if kind == "read" else assembles).append((after - before) / (1 if kind == "read" else size))
        starts.append(moments[0][0])
    if not reads:
        raise SystemExit("There is no run of local-1 in it.")
    return Costs(max(0.0, statistics.median(starts) - statistics.mean(reads)), tuple(reads), statistics.mean(assembles))


def check(runs: Sequence[dict[str, Any]], costs: Costs, event_photos: int) -> list[dict[str, float]]:
    """Predicted and seen seconds of each number of workers; the slowing is learnt from the processor's time."""
    found: dict[int, list[dict[str, Any]]] = {}
    for run in runs:
        kind, _, number = run["way"].partition("-")
        if kind == "local":
            found.setdefault(int(number), []).append(run)
    alone = statistics.median(run["processor"] for run in found[1])
    rows = []
    for workers, seen in sorted(found.items()):
        photos = len(seen[0]["moments"])
        slowing = max(1.0, statistics.median(run["processor"] for run in seen) / alone)
        site = Site(workers=workers, slowing=slowing)
        predicted = statistics.median(simulate(Work(photos, event_photos), site, costs, seed=k).seconds for k in range(25))
        rows.append(
            {
                "workers": workers,
                "slowing": slowing,
                "predicted": predicted,
                "unslowed": statistics.median(
                    simulate(Work(photos, event_photos), site._replace(slowing=1.0), costs, seed=k).seconds for k in range(25)
                ),
                "seen": statistics.median(run["seconds"] for run in seen),
            }
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scale", type=Path, help="JSON file of benchmarks/scale.py")
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--event-photos", type=int, default=20, help="photos of an event (default: 20)")
    parser.add_argument("--machines", default="1,2,5,10", help="machines that read, one leads besides (default: 1,2,5,10)")
    parser.add_argument("--workers", type=int, default=4, help="of each machine (default: 4)")
    parser.add_argument("--line", type=float, default=100.0, help="MiB/s of the shared line, from two machines on (default: 100)")
    parser.add_argument("--photo-mib", type=float, default=5.0, help="size of a photo (default: 5)")
    parser.add_argument("--deaths", type=float, default=0.001, help="share of readings in which the worker dies (default: 0.001)")
    parser.add_argument("--price-per-hour", type=float, help="of one machine, in your money")
    parser.add_argument("--watts", type=float, help="that one machine draws while it works")
    parser.add_argument("--out", type=Path, help="write OUT.json and OUT.md")
    options = parser.parse_args(arguments)
    runs = json.loads(options.scale.read_text(encoding="utf-8"))["runs"]
    costs = learn_costs(runs)
    checked = check(runs, costs, next(round(len(run["moments"]) / len(run["written"])) for run in runs if run["written"]))
    lines = [
        f"A photo {statistics.mean(costs.reads):.2f} s (median {statistics.median(costs.reads):.2f}, longest {max(costs.reads):.2f}), "
        f"a report {costs.assemble:.2f} s for each of its photos, a process {costs.start:.1f} s to start.",
        "",
        "| workers | slowing | predicted, s | without slowing, s | seen, s | off by |",
        "|---|---|---|---|---|---|",
    ]
    for row in checked:
        off = row["predicted"] / row["seen"] - 1
        told = (
            f"| {row['workers']} | {row['slowing']:.2f} | {row['predicted']:.0f} | {row['unslowed']:.0f} | {row['seen']:.0f} | {off:+.1%} |"
        )
        lines.append(told)
    slowing = max((row["slowing"] for row in checked if row["workers"] <= options.workers), default=1.0)
    lines += ["", "| machines that read | hours | hours on paper | readers busy | leading busy | line busy | given up | machine hours | |"]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    told_all: dict[str, Any] = {"checked": checked, "large": []}
    for machines in map(int, options.machines.split(",")):
        line = options.line if machines > 1 else 0.0
        site = Site(machines, options.workers, slowing, line, options.photo_mib, options.deaths)
        work = Work(options.photos, options.event_photos)
        found, paper = simulate(work, site, costs), max(reckon(work, site, costs).values()) / 3600
        hours = found.seconds / 3600
        spent = hours * (machines + (machines > 1))
        money = [f"{spent * options.price_per_hour:.2f} in money"] if options.price_per_hour else []
        energy = [f"{spent * options.watts / 1000:.1f} kWh"] if options.watts else []
        shares = f"{found.reading_busy:.0%} | {found.leading_busy:.0%} | {found.line_busy:.0%}"
        lines.append(
            f"| {machines} | {hours:.1f} | {paper:.1f} | {shares} | {found.given_up} | {spent:.1f} | {', '.join(money + energy)} |"
        )
        told_all["large"].append({"site": site._asdict(), "outcome": found._asdict(), "paper_h": paper})
    print("\n".join(lines))
    if options.out:
        Path(f"{options.out}.json").write_text(json.dumps(told_all, indent=1), encoding="utf-8")
        Path(f"{options.out}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
