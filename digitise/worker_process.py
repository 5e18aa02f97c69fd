"""The life of one worker process, seen from both ends; workers.py says which process gets which task."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, NamedTuple

from digitise.errors import DigitiseError

OOM_SCORE = 800
"""Of at most 1000, which would name it before everything else on the computer. Anybody may raise their own."""


class Raised(NamedTuple):
    """What a process sends in place of a result when the work raised."""

    error: Exception


class Ready(NamedTuple):
    """What a process sends before anything else: it has started, and what happens to it from now on may be its task's doing."""


def start_process(work: Callable[[Any], Any], *, nice: int = 0) -> tuple[Connection, SpawnProcess]:
    """A new process, and the connection by which it takes tasks and gives results. Raises OSError."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, nice), daemon=True)
    # Ctrl-C reaches every process of the terminal; only the parent may act on it. The mask is inherited, so that the child
    # is deaf from its first instruction on, also while it still imports. multiprocessing's own helper process must run before:
    # starting it lets SIGINT through again, and the first worker would hear of Ctrl-C.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    return ours, process


def explain_end(code: int) -> str:
    """How a process ended, in words."""
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _serve(connection: Connection, work: Callable[[Any], Any], nice: int) -> None:
    """The life of one worker process."""
    signal.signal(signal.SIGTERM, _end)
    _go_first_when_memory_runs_out()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    try:
        connection.send(Ready())
        while True:
            try:
                task = connection.recv()
            except (EOFError, OSError):
                raise
            except Exception as e:  # a part of the program that is not there, or no memory to load it: not to be died of
                connection.send(Raised(RuntimeError(f"{type(e).__name__}: {e}")))
                continue
            result = _attempt(work, task)
            try:
                connection.send(result)
            except OSError:
                raise
            except Exception as e:  # a result that cannot travel
                connection.send(Raised(RuntimeError(f"{type(e).__name__}: {e}")))
    except (EOFError, OSError):
        return
    finally:
        # on its way out; an exception in the interpreter's last steps would be shown to the user
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _end(signum: int, frame: object) -> None:
    """As an exception, so that `finally` blocks run and no temporary file stays behind; once, so that they are not cut short."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)


def _go_first_when_memory_runs_out() -> None:
    """Where a photo takes more memory than there is, Linux ends this process and not the one that people talk to."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), encoding="ascii")


def _end_with_parent() -> None:
    """Work must not go on beside the next server's when this one was killed in the middle of it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _attempt(work: Callable[[Any], Any], task: Any) -> Any:
    try:
        return work(task)
    except DigitiseError as e:
        return Raised(e)
    except Exception as e:
        # a foreign exception may not survive pickling; its words do
        return Raised(RuntimeError(f"{type(e).__name__}: {e}"))
