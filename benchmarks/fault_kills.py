"""Ends at any moment: the whole run, its resumption, its workers; politely and not."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.fault_runs import PARTIAL, Row, Site, finish, kill_group, told, workers_of

INTERRUPTED = 130
KILLS = 20
TWICE = 5
WORKER_KILLS = 6
SIGNALS = 4


def kill_at_any_moment(site: Site, reference: Mapping[str, str], whole_s: float, rng: random.Random) -> Iterator[Row]:
    """Kill the process group of a run, or of a run and of its resumption, then let one run to its end."""
    once = "kill -9 of all processes at a random moment, resume"
    for name, times, kills in ((once, KILLS, 1), ("the same, the resumption killed, too", TWICE, 2)):
        harms: list[str] = []
        moments: list[float] = []
        kept: list[int] = []
        for _ in range(times):
            shutil.rmtree(site.output, ignore_errors=True)
            for kill in range(kills):
                moments.append(_kill_running(site, rng, whole_s if not kill else whole_s / 2))
            kept.append(len(list(site.output.glob("*/.digitise/photos/*/result.json"))))
            ended = site.run("--quiet")
            harms.append(site.harm(reference) if ended.code == PARTIAL else f"exit code {ended.code}: {told(ended.err)}")
        good = [not harm for harm in harms]
        outcome = f"killed after {min(moments):.0f} to {max(moments):.0f} s, {min(kept)} to {max(kept)} photos read; all outputs byte-equal"
        yield Row(name, times, outcome if all(good) else f"{sum(good)} of {times} well", all(good), next((h for h in harms if h), ""))


def _kill_running(site: Site, rng: random.Random, whole_s: float) -> float:
    """Start a run and kill it while it runs. One that has ended by then (the machine is less busy now) is begun anew and killed sooner."""
    while True:
        moment_s = rng.uniform(0.3, whole_s)
        began = time.monotonic()
        process = site.start("--quiet")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(moment_s)
            process.communicate()
            whole_s = 0.9 * min(whole_s, time.monotonic() - began)
            shutil.rmtree(site.output, ignore_errors=True)
            continue
        kill_group(process)
        process.communicate()
        return moment_s


def kill_workers(site: Site, reference: Mapping[str, str], whole_s: float, rng: random.Random) -> Iterator[Row]:
    """Kill one worker of a run, whatever it is doing; the run itself must end well."""
    harms: list[str] = []
    while len(harms) < WORKER_KILLS:
        shutil.rmtree(site.output, ignore_errors=True)
        began = time.monotonic()
        process = site.start("--quiet")
        time.sleep(rng.uniform(0.1 * whole_s, 0.8 * whole_s))
        workers = workers_of(process)
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(workers), signal.SIGKILL)
        ended = finish(process, began)
        if not workers:  # it had not begun, or had ended already
            whole_s = min(whole_s, ended.seconds)
            continue
        harms.append(site.harm(reference) if ended.code == PARTIAL else f"exit code {ended.code}: {told(ended.err)}")
    good = [not harm for harm in harms]
    outcome = "the run ends as if nothing had happened; all outputs byte-equal" if all(good) else f"{sum(good)} of {WORKER_KILLS} well"
    yield Row("kill -9 of one worker at a random moment", WORKER_KILLS, outcome, all(good), next((h for h in harms if h), ""))


def end_politely(site: Site, reference: Mapping[str, str], whole_s: float, rng: random.Random) -> Iterator[Row]:
    """Ctrl-C (for the whole group, as a terminal sends it) and SIGTERM (for the leader, as systemd sends it first), then resume."""
    for name, number, to_all in (
        ("Ctrl-C (SIGINT to all processes), resume", signal.SIGINT, True),
        ("SIGTERM to the run, resume", signal.SIGTERM, False),
    ):
        harms: list[str] = []
        longest_s, reached = 0.0, 0
        for _ in range(SIGNALS):
            shutil.rmtree(site.output, ignore_errors=True)
            process = site.start("--quiet")
            time.sleep(rng.uniform(0.3 * whole_s, 0.8 * whole_s))
            began = time.monotonic()
            kill_group(process, number) if to_all else process.send_signal(number)
            ended = finish(process, began)
            if ended.code == INTERRUPTED:
                longest_s, reached = max(longest_s, ended.seconds), reached + 1
            harm = "" if ended.code in (INTERRUPTED, PARTIAL) else f"exit code {ended.code}: {told(ended.err)}"
            harm = harm or site.harm()
            again = site.run("--quiet")
            harms.append(harm or (site.harm(reference) if again.code == PARTIAL else f"then exit code {again.code}: {told(again.err)}"))
        good = [not harm for harm in harms]
        before = f" ({SIGNALS - reached} had ended before)" if reached < SIGNALS else ""
        outcome = f"exit code 130 within {longest_s:.0f} s{before}, no temporary file; after resuming all outputs byte-equal"
        yield Row(name, SIGNALS, outcome if all(good) else f"{sum(good)} of {SIGNALS} well", all(good), next((h for h in harms if h), ""))


def undisturbed(site: Site, copy_to: Path) -> float:
    """One run to its end, its outputs kept aside. Gives its seconds; raises RuntimeError when it went wrong."""
    ended = site.run("--quiet")
    harm = site.harm()
    if ended.code != PARTIAL or harm:
        raise RuntimeError(f"the undisturbed run went wrong: exit code {ended.code}, {harm or told(ended.err)}")
    shutil.copytree(site.output, copy_to)
    return ended.seconds
