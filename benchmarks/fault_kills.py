"""Ends at any moment: the whole run, its resumption, its workers; politely and not."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
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
    for name, times, kills in (
        ("kill -9 of all processes at a random moment, resume", KILLS, 1),
        ("the same, the resumption killed, too", TWICE, 2),
    ):
        harms: list[str] = []
        moments: list[float] = []
        kept: list[int] = []
        for _ in range(times):
            shutil.rmtree(site.output, ignore_errors=True)
            for _ in range(kills):
                moments.append(rng.uniform(0.3, whole_s))
                process = site.start("--quiet")
                with contextlib.suppress(Exception):
                    process.wait(moments[-1])
                kill_group(process)
                process.communicate()
            kept.append(len(list(site.output.glob("*/.digitise/photos/*/result.json"))))
            ended = site.run("--quiet")
            harms.append(site.harm(reference) if ended.code == PARTIAL else f"exit code {ended.code}: {told(ended.err)}")
        good = [not harm for harm in harms]
        outcome = (
            f"killed after {min(moments):.0f} to {max(moments):.0f} s, {min(kept)} to {max(kept)} photos read; every output byte-equal"
        )
        yield Row(name, times, outcome if all(good) else f"{sum(good)} of {times} well", all(good), next((h for h in harms if h), ""))


def kill_workers(site: Site, reference: Mapping[str, str], whole_s: float, rng: random.Random) -> Iterator[Row]:
    """Kill one worker of a run, whatever it is doing; the run itself must end well."""
    harms: list[str] = []
    killed = 0
    for _ in range(WORKER_KILLS):
        shutil.rmtree(site.output, ignore_errors=True)
        began = time.monotonic()
        process = site.start("--quiet")
        time.sleep(rng.uniform(0.1 * whole_s, 0.8 * whole_s))
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(rng.choice(workers_of(process)), signal.SIGKILL)
            killed += 1
        ended = finish(process, began)
        harms.append(site.harm(reference) if ended.code == PARTIAL else f"exit code {ended.code}: {told(ended.err)}")
    good = [not harm for harm in harms]
    outcome = (
        "the same run ends as if nothing had happened; every output byte-equal" if all(good) else f"{sum(good)} of {WORKER_KILLS} well"
    )
    yield Row("kill -9 of one worker at a random moment", killed, outcome, all(good), next((h for h in harms if h), ""))


def end_politely(site: Site, reference: Mapping[str, str], whole_s: float, rng: random.Random) -> Iterator[Row]:
    """Ctrl-C (for the whole group, as a terminal sends it) and SIGTERM (for the leader, as systemd sends it first), then resume."""
    for name, number, to_all in (
        ("Ctrl-C (SIGINT to all processes), resume", signal.SIGINT, True),
        ("SIGTERM to the run, resume", signal.SIGTERM, False),
    ):
        harms: list[str] = []
        longest_s = 0.0
        for _ in range(SIGNALS):
            shutil.rmtree(site.output, ignore_errors=True)
            process = site.start("--quiet")
            time.sleep(rng.uniform(0.3 * whole_s, 0.8 * whole_s))
            began = time.monotonic()
            kill_group(process, number) if to_all else process.send_signal(number)
            ended = finish(process, began)
            longest_s = max(longest_s, ended.seconds)
            harm = "" if ended.code in (INTERRUPTED, PARTIAL) else f"exit code {ended.code}: {told(ended.err)}"
            harm = harm or site.harm()
            again = site.run("--quiet")
            harms.append(harm or (site.harm(reference) if again.code == PARTIAL else f"then exit code {again.code}: {told(again.err)}"))
        good = [not harm for harm in harms]
        outcome = f"exit code 130 within {longest_s:.0f} s, no temporary file; after resuming every output byte-equal"
        yield Row(name, SIGNALS, outcome if all(good) else f"{sum(good)} of {SIGNALS} well", all(good), next((h for h in harms if h), ""))


def undisturbed(site: Site, copy_to: Path) -> float:
    """One run to its end, its outputs kept aside. Gives its seconds; raises RuntimeError when it went wrong."""
    ended = site.run("--quiet")
    harm = site.harm()
    if ended.code != PARTIAL or harm:
        raise RuntimeError(f"the undisturbed run went wrong: exit code {ended.code}, {harm or told(ended.err)}")
    shutil.copytree(site.output, copy_to)
    return ended.seconds
