"""A Dask cluster whose scheduler or workers are killed in the middle of a run. Left out where Dask is not installed."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fault_archive import held_of
from benchmarks.fault_disks import wait_for_photos
from benchmarks.fault_kills import undisturbed
from benchmarks.fault_runs import PARTIAL, ROOT, Row, Site, finish, told

WORKERS = 2
BEFORE_KILL = 3
"""Photos that are read by then: of 16."""
CALM_CODES = (PARTIAL, 5)


def kill_in_cluster(root: Path, seed: int) -> Iterator[Row]:
    """Kill a worker, then (in another run) the scheduler; then one more run over a new cluster."""
    if importlib.util.find_spec("distributed") is None:
        yield Row("Dask scheduler or worker killed", 0, "left out: needs Dask ([cluster])", True)
        return
    site = Site(root / "site", seed=seed)
    undisturbed(site, root / "reference")
    reference = held_of(root / "reference")
    for victim in ("worker", "scheduler"):
        shutil.rmtree(site.output, ignore_errors=True)
        with cluster(root / victim) as (address, scheduler, workers):
            process, began = site.start("--quiet", "--scheduler", address), time.monotonic()
            wait_for_photos(site, BEFORE_KILL)
            (scheduler if victim == "scheduler" else workers[0]).kill()
            ended = finish(process, began)
        wrong = "" if ended.code in CALM_CODES and "Traceback" not in ended.err else f"exit code {ended.code}: {told(ended.err)}"
        said = "the other worker reads the rest" if ended.code == PARTIAL else told(ended.err)[:200].replace(address, "tcp://…")
        if victim == "scheduler":
            with cluster(root / "again") as (address, _, _):
                again = site.run("--quiet", "--scheduler", address)
            wrong = wrong or ("" if again.code == PARTIAL else f"then exit code {again.code}: {told(again.err)}")
            said += "; with a new scheduler the next run goes on"
        outcome = f"exit code {ended.code}, {said}; all outputs byte-equal to one made without a cluster"
        yield Row(f"kill -9 of the Dask {victim} in the middle", 1, outcome, not wrong, wrong or site.harm(reference))


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers as processes of their own: its address, and these."""
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "TMPDIR": str(folder)}

    def begin(*command: str) -> subprocess.Popen[bytes]:
        given = [sys.executable, "-m", "dask", *command]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(given, cwd=folder, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)

    started: list[subprocess.Popen[bytes]] = []
    try:
        port = address.rpartition(":")[2]
        started.append(begin("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"))
        worker = ("worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        started += [begin(*worker) for _ in range(WORKERS)]
        yield address, started[0], started[1:]
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
