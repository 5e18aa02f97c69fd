"""Fuzzing by hand: strangers' files, changed again and again towards code that no file has reached yet, given to one door of the program.

    python -m benchmarks.fuzz --target docx --seconds 600

Needs atheris (a development package), which steers by the coverage of Python code; what compiled libraries do is not seen, only what comes
of it. Whatever breaks a promise of the door (benchmarks/fuzz_doors.py) is kept in --findings with how it came about, and the run goes on;
a run that dies (a crash in a library, no end, too much memory) is begun anew until the time is over. See docs/fuzzing.md.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

NAMES = ("photo", "heic", "pdf", "zip", "settings", "corrections", "notes", "docx", "template")
MOST_BYTES = 1 << 20
"""Of one file."""
MOST_S, MOST_RSS_MIB = 30, 3000
"""At which libFuzzer ends the run: no file may take so long, or a process so much."""
STRUCTURED = 0.7
"""Share of changes by structure; the rest are libFuzzer's own."""
INSTRUMENTED = ["digitise", "PIL", "docx", "zipfile", "tomllib"]
MOST_DEATHS = 20


class Figures(NamedTuple):
    """What one run came to."""

    executions: int
    edges: int
    findings: int
    deaths: int


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=NAMES, required=True)
    parser.add_argument("--seconds", type=int, default=600, help="how long (default: 600)")
    parser.add_argument("--runs", type=int, default=-1, help="at most so many files (default: no limit)")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default: 1)")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="folder for what breaks a promise")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        _fuzz(options)  # ends the process
    figures = run_target(options.target, seconds=options.seconds, runs=options.runs, seed=options.seed, findings=options.findings)
    print(f"{options.target}: {figures.executions} files, {figures.edges} edges, {figures.findings} findings, {figures.deaths} deaths")
    return 4 if figures.findings or figures.deaths else 0


def run_target(target: str, *, seconds: int, runs: int = -1, seed: int = 1, findings: Path) -> Figures:
    """Fuzz one door in processes of its own. findings: made where it is not there."""
    findings.mkdir(parents=True, exist_ok=True)
    findings = findings.absolute()
    ends = time.monotonic() + seconds
    executions = edges = deaths = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as room:
        kept = Path(room) / "kept"
        kept.mkdir()
        while (left := int(ends - time.monotonic())) > 0 and (runs < 0 or executions < runs) and deaths < MOST_DEATHS:
            command = [sys.executable, "-m", "benchmarks.fuzz", "--target", target, "--inside", room, "--findings", str(findings)]
            command += ["--seconds", str(left), "--runs", str(runs if runs < 0 else runs - executions), "--seed", str(seed + deaths)]
            log = findings / f"{target}.log"
            with log.open("ab") as stream:
                start = stream.tell()
                ended = subprocess.run(command, stdout=stream, stderr=stream, check=False, cwd=Path(__file__).parents[1])
            with log.open("rb") as stream:
                stream.seek(start)
                said = stream.read().decode("utf-8", "replace")
            executions += _last(said, r"number_of_executed_units: (\d+)") or _last(said, r"^#(\d+)\s")
            edges = max(edges, _last(said, r"cov: (\d+)"))
            if ended.returncode:
                deaths += 1
            elif runs < 0:
                break
            if not executions:
                break
        found = len(list(kept.iterdir()))
    return Figures(executions, edges, found, deaths)


def _last(said: str, pattern: str) -> int:
    found = re.findall(pattern, said, re.MULTILINE)
    return int(found[-1]) if found else 0


def _fuzz(options: argparse.Namespace) -> None:
    """One process of libFuzzer. Does not return."""
    import atheris  # noqa: PLC0415 - for developers only

    os.environ.setdefault("OMP_NUM_THREADS", "1")
    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=INSTRUMENTED):
        from benchmarks.fuzz_doors import DOORS, BrokenPromiseError, keep_promises  # noqa: PLC0415 - traced while it is imported

    door = DOORS[options.target]
    room: Path = options.inside
    corpus, work = room / "corpus", room / f"work-{os.getpid()}"
    corpus.mkdir(exist_ok=True)
    work.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        for k, seed in enumerate(door.seeds(Path(folder))):
            (corpus / f"seed-{k}").write_bytes(seed)

    def give(data: bytes) -> None:
        try:
            keep_promises(door, data, work)
        except BrokenPromiseError as e:
            _keep_finding(options.findings, door.name, data, e, room / "kept")

    def change(data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < STRUCTURED:
            changed = door.change(data, rng)
            if len(changed) <= most:
                return changed
        return bytes(atheris.Mutate(data, most))

    flags = {
        "runs": options.runs,
        "max_total_time": options.seconds,
        "seed": options.seed,
        "max_len": MOST_BYTES,
        "timeout": MOST_S,
        "rss_limit_mb": MOST_RSS_MIB,
        "artifact_prefix": f"{options.findings}/{options.target}-died-",
        "print_final_stats": 1,
        "len_control": 0,
    }
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in flags.items()), str(corpus)], give, custom_mutator=change)
    atheris.Fuzz()


def _keep_finding(folder: Path, name: str, data: bytes, e: Exception, kept: Path) -> None:
    """One file for each place in the program from which a finding comes; its name in `kept` says that this run had it, whatever an earlier
    one left in the folder."""
    frames = traceback.extract_tb((e.__cause__ or e).__traceback__)
    ours = [f for f in frames if "/digitise/" in f.filename]
    place = [f"{f.filename}:{f.lineno}" for f in (*ours[-1:], frames[-1])]
    key = hashlib.sha256(f"{type(e.__cause__).__name__} {place}".encode()).hexdigest()[:10]
    if (kept / key).exists():
        return
    (kept / key).touch()
    (folder / f"{name}-{key}.bin").write_bytes(data)
    (folder / f"{name}-{key}.txt").write_text("".join(traceback.format_exception(e)), encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
