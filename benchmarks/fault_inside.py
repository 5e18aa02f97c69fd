"""Faults from within: loaded by every process of a command under test, before the program, as DIGITISE_FAULT asks (JSON).

    {"full": N, "ballast": FILE}        before the N-th file is written, FILE takes all the room that is left on its disk
    {"photo": NAME, "do": DEED}         whoever reads a photo of that name hangs, crashes, or takes memory without end
    {"stillborn": CODE}                 worker processes end before they have begun
    {"trace": FILE}                     each file that is written is named there, a line for each

Nothing here is part of the program; `install_into` makes a folder which, put into PYTHONPATH, has Python load this module.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VARIABLE = "DIGITISE_FAULT"
HOG_STEP_BYTES = 64 << 20


def install_into(folder: Path) -> Path:
    """A folder whose only module is this one under the name by which Python loads it unasked."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(__file__, folder / "sitecustomize.py")
    return folder


def _begin(fault: dict[str, Any]) -> None:
    if "stillborn" in fault and any("--multiprocessing-fork" in part for part in sys.orig_argv):
        os._exit(fault["stillborn"])
    if "full" in fault or "trace" in fault:
        _watch_writes(fault)
    if "photo" in fault:
        _watch_reading(fault)


def _watch_writes(fault: dict[str, Any]) -> None:
    from digitise import store  # only in the command under test  # noqa: PLC0415

    plain = store.atomic_write

    @contextlib.contextmanager
    def watched(path: Path) -> Iterator[Path]:
        if "trace" in fault:
            with Path(fault["trace"]).open("a", encoding="utf-8") as trace:
                trace.write(f"{path}\n")
        else:
            _count(path, fault)
        with plain(path) as part:
            yield part

    store.atomic_write = watched


def _count(path: Path, fault: dict[str, Any]) -> None:
    """Fill the disk before the n-th write, whichever process does it; or before the first write of a file of that name."""
    counter = Path(fault["ballast"] + ".count")
    if isinstance(fault["full"], str):
        due = step_of(path) == fault["full"] and not counter.exists()
        if due:
            counter.touch()
    else:
        with counter.open("a", encoding="ascii") as lines:
            lines.write("x")
        due = counter.stat().st_size == fault["full"]
    if due:
        _fill(Path(fault["ballast"]))


def step_of(path: Path) -> str:
    """What kind of file is written: its name, with that of a photo's own pictures made alike."""
    if path.name.startswith(".part-"):
        return f"an event's {path.suffix} file, as it is made"
    if path.parent.name == "pictures":
        return "pictures/*.jpg"
    if path.parent.parent.name == "photos":
        return f"store/{'result.json' if path.name == 'result.json' else '*' + path.suffix}"
    if path.parent.name == "bases":
        return "store/bases"
    return f".digitise/{path.name}" if path.parent.name == ".digitise" else path.name


def _fill(ballast: Path) -> None:
    with ballast.open("ab", buffering=0) as stream:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    stream.write(bytes(size))


def _watch_reading(fault: dict[str, Any]) -> None:
    from digitise import runs  # noqa: PLC0415

    plain = runs.process_photo  # type: ignore[attr-defined]

    def watched(source: Any, **how: Any) -> Any:
        if Path(source.file).name == fault["photo"]:
            _do(fault)
        return plain(source, **how)

    runs.process_photo = watched  # type: ignore[attr-defined]


def _do(fault: dict[str, Any]) -> None:
    if "log" in fault:
        with Path(fault["log"]).open("a", encoding="ascii") as log:
            log.write(f"{os.getpid()}\n")
    match fault["do"]:
        case "hang":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hog":
            held = []
            while True:
                held.append(os.urandom(HOG_STEP_BYTES))


if __name__ == "sitecustomize" and os.environ.get(VARIABLE):
    _begin(json.loads(os.environ[VARIABLE]))
