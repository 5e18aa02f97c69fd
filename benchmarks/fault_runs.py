"""Runs `digitise batch` as people do, in a process group of its own, and says afterwards what was harmed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.fault_archive import draw_archive, held_of, picture_of, strays_in
from benchmarks.fault_inside import VARIABLE, install_into

ROOT = Path(__file__).resolve().parents[1]
LONGEST_S = 300.0
"""For one run of the command on the drawn archive: it takes half a minute of one core."""
WORKERS = 2
PARTIAL = 4


class Row(NamedTuple):
    """One line of the table."""

    done: str
    times: int
    outcome: str
    good: bool
    harm: str = ""
    """What was not as it should be."""


class Ended(NamedTuple):
    code: int
    err: str
    seconds: float


class Site:
    """An archive, an output folder, and a folder for the system's temporary files, in one place."""

    def __init__(self, root: Path, *, seed: int = 0, archive: Path | None = None, output: Path | None = None) -> None:
        """seed: of the archive that is drawn; archive: take this one instead."""
        self.root, self.output, self.temp = root, output or root / "out", root / "temp"
        self.temp.mkdir(parents=True)
        self.archive = archive or root / "archive"
        self.photos = draw_archive(self.archive, seed) if archive is None else 0
        self.before = picture_of(self.archive)
        self.said = root / "said.jsonl"
        """What the last run printed on stdout."""
        self._inside = install_into(root / "inside")

    def start(
        self, *options: object, fault: Mapping[str, Any] | None = None, before: Sequence[object] = (), env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """The command on this archive. before: a command that runs it (setpriv, prlimit); fault: for fault_inside; env: set besides."""
        command = [*before, sys.executable, "-m", "digitise.entry", "batch", self.archive, "--output", self.output, *options]
        if "--workers" not in options:
            command += ["--workers", WORKERS]
        environment = os.environ | {
            "PYTHONPATH": f"{self._inside}{os.pathsep}{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
            "TMPDIR": str(self.temp),
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "XDG_DATA_HOME": str(self.root / "data"),
            VARIABLE: json.dumps(fault) if fault else "",
            **(env or {}),
        }
        with self.said.open("w", encoding="utf-8") as said:
            return subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env=environment,
                stdout=said,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )

    def run(self, *options: object, **how: Any) -> Ended:
        """The whole command, to its end."""
        began = time.monotonic()
        return finish(self.start(*options, **how), began)

    def harm(self, reference: Mapping[str, str] | None = None, *, output: Path | None = None) -> str:
        """What is not as it was or should be; '' when all is well. reference: the outputs of an undisturbed run."""
        found = []
        if picture_of(self.archive) != self.before:
            found.append("photos were changed")
        left = [*strays_in(self.archive), *(strays_in(self.output) if self.output.exists() else []), *map(str, self.temp.iterdir())]
        if left:
            found.append(f"{len(left)} temporary files, first {left[0]}")
        if reference is not None:
            made = held_of(output or self.output)
            # of each report that ever was written what it was made of is kept: a run with a fault may have written one more
            grown = {name for name in made.keys() - reference.keys() if "/.digitise/bases/" in name}
            others = sorted(name for name in (made.keys() | reference.keys()) - grown if made.get(name) != reference.get(name))
            if others:
                found.append(f"{len(others)} outputs differ, first {others[0]}")
        return "; ".join(found)


def finish(process: subprocess.Popen[str], began: float) -> Ended:
    """Wait for a run; one that takes too long is killed, which shows in its code."""
    try:
        _, err = process.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        kill_group(process)
        _, err = process.communicate()
        err += f"\nkilled after {LONGEST_S:g} s"
    return Ended(process.returncode, err, time.monotonic() - began)


def kill_group(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    """A signal for a run and all its workers at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Its processes that take tasks; not multiprocessing's own helper."""
    found = []
    for children in Path(f"/proc/{process.pid}/task").glob("*/children"):
        for pid in map(int, _text(children).split()):
            if "spawn_main" in _text(Path(f"/proc/{pid}/cmdline")):
                found.append(pid)
    return sorted(found)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def last_line(text: str) -> str:
    """The last thing that a run said."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def told(text: str, begins: str = "Error") -> str:
    """What a run said of its error."""
    return next((line for line in text.splitlines() if line.startswith(begins)), last_line(text))
