"""A Dask cluster as people start one: `dask scheduler` and `dask worker` as programs of their own, for the tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import psutil

from digitise.store import hash_file

DASK = str(Path(sys.executable).with_name("dask"))
START_S = 90.0
"""For a program to be there, also on a machine that is busy with other tests."""

HAZARDS = """
import multiprocessing, os, sys, time

def watch(event, arguments):
    if event == "open" and not multiprocessing.current_process().name.startswith("Dask"):
        name = str(arguments[0])
        if name.endswith("crash.jpg") and multiprocessing.parent_process() is not None:
            os.abort()
        if name.endswith("hang.jpg") and multiprocessing.parent_process() is not None:
            time.sleep(3600)
        if name.endswith("sick.jpg") and multiprocessing.parent_process() is not None:
            from digitise.errors import EngineError
            raise EngineError("rapidocr", "failed on a picture of shape (1, 2)", "Report it.")

sys.addaudithook(watch)
"""
"""A sitecustomize.py: the process that reads a photo of one of these names crashes, never comes back or cannot read
it; Dask's own processes do not."""


VOLATILE = {"batch.json", "lock"}
"""Files of an event that tell times, and its lock."""


class Machines:
    """What was started, and ends with the block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def __enter__(self) -> Machines:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self.started:
            end_family(process.pid)
            process.wait()

    def run(self, name: str, *arguments: str, before: Sequence[str] = (), path: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a Dask program in a working directory of its own. before: a program that starts it; path: goes before all else that
        Python imports."""
        here = self.folder / name
        here.mkdir()
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("DASK_", "PYTEST"))}
        paths = [str(path) if path else "", os.environ.get("PYTHONPATH", "")]
        env = clean | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        with (self.folder / f"{name}.log").open("wb") as log:
            command = [*before, DASK, *arguments]
            process = subprocess.Popen(command, cwd=here, env=env, stdout=log, stderr=log, start_new_session=True)
        self.started.append(process)
        return process

    def start_scheduler(
        self, *more: str, host: str = "127.0.0.1", scheme: str = "tcp", before: Sequence[str] = ()
    ) -> subprocess.Popen[bytes]:
        port = free_port()
        self.address = f"{scheme}://{host}:{port}"
        process = self.run(
            "scheduler", "scheduler", "--host", f"{scheme}://{host}", "--port", str(port), "--no-dashboard", *more, before=before
        )
        self.await_line("scheduler", "Scheduler at")
        return process

    def start_worker(self, name: str, *more: str, before: Sequence[str] = (), path: Path | None = None) -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--memory-limit", "2GiB", "--no-dashboard", "--local-directory", ".")
        return self.run(name, "worker", self.address, *options, *more, before=before, path=path)

    def await_line(self, name: str, words: str) -> None:
        await_true(lambda: words in (self.folder / f"{name}.log").read_text("utf-8", "replace"), f"{name} says {words}")


def await_true(is_so: Callable[[], object], what: str, seconds: float = START_S) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"not in {seconds:g} s: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end_family(pid: int) -> None:
    """Kill a process and all that it has started."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The Dask workers below a nanny."""
    return [p for p in psutil.Process(process.pid).children() if "spawn_main" in " ".join(p.cmdline())]


def readers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes that read photos below a nanny's workers."""
    found = []
    for worker in workers_of(process):
        try:
            found += [p for p in worker.children() if "spawn_main" in " ".join(p.cmdline())]
        except psutil.NoSuchProcess:
            continue
    return found


def hash_outputs(output: Path) -> dict[str, str]:
    """Of all events' files, those of their stores too."""
    files = (p for p in sorted(output.glob("*/**/*")) if p.is_file() and p.name not in VOLATILE and p.parent != output / ".digitise")
    return {p.relative_to(output).as_posix(): hash_file(p) for p in files}
