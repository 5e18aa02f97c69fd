"""Photos per minute of `digitise batch` with 1, 2, 4 worker processes, and what the process that leads them holds in memory.

    python -m benchmarks.scale PHOTOS [--photos N] [--workers 1,2,4]

PHOTOS: a folder of JPEG photos. They are repeated with changed bytes, ten to an event, so that none is taken for another. Each number of
workers starts from an empty output folder. Efficiency is the speed divided by that of one worker times the number of workers; the
machine should be quiet.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitise import api

EVENT_PHOTOS = 10
PAGE_BYTES = resource.getpagesize()


class Measured(NamedTuple):
    """One run."""

    workers: int
    photos: int
    seconds: float
    per_minute: float
    efficiency: float
    """Against the first run."""
    slope_mib: float
    """Growth of the leading process for 1,000 photos, MiB: least squares over the second half of the run."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos_folder", type=Path, metavar="PHOTOS")
    parser.add_argument("--photos", type=int, default=40, help="how many in all (default: 40)")
    parser.add_argument("--workers", default="1,2,4", help="numbers of workers (default: 1,2,4)")
    options = parser.parse_args(arguments)
    originals = sorted(p for p in options.photos_folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg"))
    if not originals:
        print("There is no JPEG photo in it.", file=sys.stderr)
        return 3
    rows: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        archive = repeat_photos(originals, Path(folder) / "archive", options.photos)
        for workers in map(int, options.workers.split(",")):
            rows.append(measure(archive, Path(folder) / f"out-{workers}", workers, rows[0] if rows else None))
            print(_as_line(rows[-1]), flush=True)
    print(json.dumps({"load": os.getloadavg(), "cores": os.cpu_count(), "runs": [row._asdict() for row in rows]}))
    return 0


def repeat_photos(originals: Sequence[Path], archive: Path, count: int) -> Path:
    """So many photos, ten to an event; what follows a JPEG's end mark makes its bytes others', and nothing of the picture."""
    for i, original in zip(range(count), itertools.cycle(originals), strict=False):
        folder = archive / f"event {i // EVENT_PHOTOS:04}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{i:06}.jpg").write_bytes(original.read_bytes() + f"\n{i}".encode())
    return archive


def measure(archive: Path, output: Path, workers: int, first: Measured | None) -> Measured:
    held: list[tuple[int, float]] = []

    def tell(news: api.News) -> None:
        if news.what == "photo" and news.standing is not None:
            held.append((news.standing.done, _held_mib()))

    began = time.monotonic()
    outcome = api.run_batch(archive, output, grouping=api.Grouping(), choices=api.BatchChoices(workers=workers), tell=tell)
    seconds = time.monotonic() - began
    per_minute = 60 * outcome.standing.read / seconds
    efficiency = per_minute / workers / (first.per_minute / first.workers) if first else 1.0
    return Measured(workers, outcome.standing.read, round(seconds, 1), round(per_minute, 2), round(efficiency, 3), round(_slope(held), 2))


def _held_mib() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES / (1 << 20)


def _slope(held: Sequence[tuple[int, float]]) -> float:
    later = held[len(held) // 2 :]
    if len(later) < 2:
        return 0.0
    photos, mib = zip(*later, strict=True)
    return float(np.polyfit(photos, mib, 1)[0] * 1000)


def _as_line(row: Measured) -> str:
    speed = f"{row.per_minute:.1f} photos a minute, efficiency {row.efficiency:.2f}"
    return f"{row.workers} workers: {row.photos} photos in {row.seconds:.0f} s, {speed}, memory {row.slope_mib:+.1f} MiB for 1,000 photos"


if __name__ == "__main__":
    sys.exit(main())
