"""Photos a minute of `digitise batch`: 1, 2 and 4 workers, Dask on this computer, and a plain loop, in turns on one archive.

    python -m benchmarks.scale PHOTOS [--photos 80] [--rounds 3] [--minutes 60] [--ways naive-1,local-1,…] [--out scale]

PHOTOS: a folder of JPEG photos, such as samples/. They are repeated with changed bytes, ten to an event; --side makes them smaller. Each
way starts from an empty output folder and writes all reports; the ways take turns, each round beginning with another, and medians count.

  naive-N  `digitise report EVENT --jobs 1` for one event after the other: what a person would write as a loop in the shell
  local-N  `digitise batch --workers N`
  dask-N   `digitise batch --workers N --scheduler local`

Each way may use N cores, so that N workers have one thread each, and the loop's one process N. "whole" counts from the start of the
command to its end. "steady" leaves out the first fifth and the last tenth of the photos, where processes start and the last ones run
alone: an archive is long. Efficiency is the steady speed divided by N times that of local-1. The machine should be quiet; 'processor'
(seconds of work for each photo) tells when it was not, or when cores share what they need.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageOps

from benchmarks.memory_slope import list_photos

EVENT_PHOTOS = 10
WAYS = "naive-1,naive-4,local-1,local-2,local-4,dask-2,dask-4"
BEGUN, ENDING = 0.2, 0.9
"""Shares of the photos between which the steady speed is taken."""
DIGITISE = (sys.executable, "-m", "digitise.entry")


class Run(NamedTuple):
    """One way, once."""

    way: str
    round: int
    seconds: float
    moments: tuple[float, ...]
    """When each photo was done, seconds from the start."""
    written: tuple[float, ...]
    """When each event's files were; of the loop, none."""
    processor: float
    """Seconds of work of all its processes."""
    load: float
    """Of the machine before it began."""

    @property
    def whole(self) -> float:
        """Photos a minute."""
        return 60 * len(self.moments) / self.seconds

    @property
    def steady(self) -> float:
        first, last = round(BEGUN * len(self.moments)), round(ENDING * len(self.moments)) - 1
        return 60 * (last - first) / (self.moments[last] - self.moments[first]) if last > first else self.whole


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos_folder", type=Path, metavar="PHOTOS")
    parser.add_argument("--photos", type=int, default=80, help="how many in all (default: 80)")
    parser.add_argument("--side", type=int, help="longer side in px to which photos are made smaller (default: as they are)")
    parser.add_argument("--ways", default=WAYS, help=f"which, in which order (default: {WAYS})")
    parser.add_argument("--rounds", type=int, default=3, help="how often each (default: 3)")
    parser.add_argument("--minutes", type=float, default=60, help="begin no other run after so long (default: 60)")
    parser.add_argument("--out", type=Path, help="write OUT.json and OUT.md")
    options = parser.parse_args(arguments)
    ways = options.ways.split(",")
    latest = time.monotonic() + 60 * options.minutes
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as folder:
        archive = repeat_photos(list_photos(options.photos_folder), Path(folder) / "archive", options.photos, side=options.side)
        for k in range(options.rounds):
            turn = k % len(ways)
            for way in [*ways[turn:], *ways[:turn]]:
                if time.monotonic() > latest:
                    break
                runs.append(measure(way, k, archive, Path(folder) / f"out-{way}-{k}", photos=options.photos))
                print(f"{way}: {runs[-1].whole:.1f} photos a minute, steady {runs[-1].steady:.1f}", file=sys.stderr, flush=True)
                if options.out:
                    save(runs, options.out, about={"photos": options.photos, "side": options.side})
    print(describe(runs))
    return 0


def save(runs: Sequence[Run], out: Path, *, about: dict[str, Any]) -> None:
    """Write OUT.json and OUT.md: after each run, so that a bench that is broken off has told something."""
    about = about | {"cores": os.cpu_count(), "processor": _name_processor()}
    Path(f"{out}.json").write_text(json.dumps(about | {"runs": [run._asdict() for run in runs]}, indent=1), encoding="utf-8")
    Path(f"{out}.md").write_text(describe(runs) + "\n", encoding="utf-8")


def repeat_photos(originals: Sequence[Path], archive: Path, count: int, *, side: int | None = None) -> Path:
    """So many photos, ten to an event; what follows a JPEG's end mark makes its bytes others', and nothing of the picture."""
    drawn = [_shrink(path, side) for path in originals]
    for i, data in zip(range(count), itertools.cycle(drawn), strict=False):
        folder = archive / f"event {i // EVENT_PHOTOS:04}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{i:06}.jpg").write_bytes(data + f"\n{i}".encode())
    return archive


def _shrink(path: Path, side: int | None) -> bytes:
    if side is None:
        return path.read_bytes()
    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((side, side))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def measure(way: str, turn: int, archive: Path, output: Path, *, photos: int) -> Run:
    """One way, from an empty output folder. Raises SystemExit where not every photo is read."""
    kind, _, number = way.partition("-")
    cores = int(number)
    load, before = os.getloadavg()[0], _processor_s()
    began = time.monotonic()
    written: list[float] = []
    if kind == "naive":
        moments = _run_loop(archive, output, cores, began)
    else:
        command = [*DIGITISE, "batch", str(archive), "--output", str(output), "--workers", str(cores), "--quiet", "--json-lines"]
        moments, written = _run_batch([*command, *(["--scheduler", "local"] if kind == "dask" else [])], cores, began)
    seconds = time.monotonic() - began
    if len(moments) != photos:
        raise SystemExit(f"{way}: {len(moments)} of {photos} photos were read.")
    return Run(way, turn, seconds, tuple(moments), tuple(written), _processor_s() - before, load)


def _run_loop(archive: Path, output: Path, cores: int, began: float) -> list[float]:
    moments: list[float] = []
    for event in sorted(archive.iterdir()):
        command = [*DIGITISE, "report", str(event), "--output", str(output / event.name), "--jobs", "1", "--quiet"]
        start = time.monotonic()
        _start(command, cores).communicate()
        count, end = len(list(event.iterdir())), time.monotonic()
        # an event's photos, as if done evenly
        moments += [start - began + (end - start) * (i + 1) / count for i in range(count)]
    return moments


def _run_batch(command: Sequence[str], cores: int, began: float) -> tuple[list[float], list[float]]:
    child = _start(command, cores)
    assert child.stdout is not None
    moments: dict[tuple[str, str], list[float]] = {("photo", "read"): [], ("event", "written"): []}
    for line in child.stdout:
        news = json.loads(line)
        moments.get((news["what"], news["outcome"]), []).append(time.monotonic() - began)
    child.wait()
    return moments["photo", "read"], moments["event", "written"]


def _start(command: Sequence[str], cores: int) -> subprocess.Popen[str]:
    """A command that may use so many cores; its workers inherit that."""
    mine = sorted(os.sched_getaffinity(0))
    taken = ",".join(map(str, mine[:cores]))
    return subprocess.Popen(["taskset", "-c", taken, *command], stdout=subprocess.PIPE, text=True)


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _name_processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def describe(runs: Sequence[Run]) -> str:
    """A table of Markdown: medians, and the lowest and highest of the steady speeds."""
    by_way: dict[str, list[Run]] = {}
    for run in runs:
        by_way.setdefault(run.way, []).append(run)
    one = statistics.median(r.steady for r in by_way["local-1"]) if "local-1" in by_way else None
    lines = ["| way | runs | photos a minute, whole | steady (range) | efficiency | processor s for a photo | load before |"]
    lines.append("|---|---|---|---|---|---|---|")
    for way, found in by_way.items():
        steady = [r.steady for r in found]
        middle = statistics.median(steady)
        efficiency = f"{middle / one / int(way.partition('-')[2]):.2f}" if one else "-"
        processor = statistics.median(r.processor / len(r.moments) for r in found)
        loads = statistics.median(r.load for r in found)
        whole = statistics.median(r.whole for r in found)
        span = f"{middle:.1f} ({min(steady):.1f} to {max(steady):.1f})"
        lines.append(f"| {way} | {len(found)} | {whole:.1f} | {span} | {efficiency} | {processor:.1f} | {loads:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
