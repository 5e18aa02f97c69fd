"""Whether a long batch grows: memory of `digitise batch` over 1,000 photos, process by process, and a straight line through it.

    python -m benchmarks.memory_slope PHOTOS [--photos 1000] [--workers 2] [--out slope.json]

PHOTOS: a folder of JPEG photos, such as samples/. Pieces of them are made small, in several sizes (the networks see many shapes), and
repeated with changed bytes, so that 1,000 take minutes on a quiet machine; what is kept of each photo and event is the same as ever. The
command runs as a person runs it, in a process of its own; resident memory of it and of each worker is sampled from /proc twice a second
(Linux only), and the median of each fifty photos is kept. The line is fitted to what follows the first third: networks load and arenas
grow before. A process counts as flat when its line, less two standard errors, rises by less than FLAT_MIB for 1,000 photos.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

EVENT_PHOTOS = 20
SIDES_PX = (320, 400, 360, 440)
"""Longer side of the small photos."""
PARTS = 3
"""Each photo is cut into so many columns and rows."""
SAMPLED_S = 0.5
STEP = 50
"""Photos for one figure."""
WARM = 1 / 3
"""Of the photos, before the line begins."""
FLAT_MIB = 10.0
"""For 1,000 photos: a hundredth of what a worker holds; over 100,000 photos 1 GB."""


class Sample(NamedTuple):
    """Resident memory at one moment, MiB."""

    photos: int
    parent: float
    workers: dict[int, float]


class Slope(NamedTuple):
    """A line through the figures of one process."""

    process: str
    first_mib: float
    last_mib: float
    per_thousand: float
    """MiB that it rises for 1,000 photos."""
    error: float
    """Standard error of that."""

    @property
    def flat(self) -> bool:
        return self.per_thousand - 2 * self.error < FLAT_MIB


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos_folder", type=Path, metavar="PHOTOS")
    parser.add_argument("--photos", type=int, default=1000, help="how many in all (default: 1000)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (default: 2)")
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long, and tell what was seen (default: 60)")
    parser.add_argument("--out", type=Path, help="JSON file for all figures")
    parser.add_argument("--command", nargs="+", default=[sys.executable, "-m", "digitise.entry"], help="how digitise is started")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        archive = draw_small(list_photos(options.photos_folder), Path(folder) / "archive", options.photos)
        began = time.monotonic()
        samples = watch_batch(
            [*options.command, "batch", str(archive), "--output", str(Path(folder) / "out"), "--workers", str(options.workers)],
            stop_s=60 * options.minutes,
        )
        seconds = time.monotonic() - began
    done = samples[-1].photos if samples else 0
    # when the last photo is done, workers wait for the last report and give memory back
    figures = summarise([sample for sample in samples if sample.photos < done])
    slopes = fit_slopes(figures, start=WARM * done)
    for slope in slopes:
        told = f"{slope.first_mib:.0f} to {slope.last_mib:.0f} MiB, {slope.per_thousand:+.1f} ± {slope.error:.1f} MiB for 1,000 photos"
        print(f"{slope.process}: {told}: {'flat' if slope.flat else 'GROWS'}")
    print(f"{done} photos in {seconds:.0f} s, load {os.getloadavg()[0]:.1f}")
    if options.out:
        told_all = {"photos": options.photos, "workers": options.workers, "seconds": seconds}
        told_all |= {"figures": figures, "slopes": [slope._asdict() | {"flat": slope.flat} for slope in slopes]}
        options.out.write_text(json.dumps(told_all, indent=1), encoding="utf-8")
    return 0 if slopes and all(slope.flat for slope in slopes) else 4


def list_photos(folder: Path) -> list[Path]:
    """The JPEG photos below a folder. Raises SystemExit where there is none."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg"))
    if not found:
        raise SystemExit(f"There is no JPEG photo in {folder}.")
    return found


def draw_small(originals: Sequence[Path], archive: Path, count: int) -> Path:
    """So many small photos, twenty to an event; what follows a JPEG's end mark makes each file's bytes its own."""
    drawn = [piece for original in originals for piece in cut_pieces(original)]
    # pieces of one photo come in different events: within one they would be taken for parts of a wall
    drawn = [piece for k in range(PARTS**2) for piece in drawn[k :: PARTS**2]]
    for i, data in zip(range(count), itertools.cycle(drawn), strict=False):
        folder = archive / f"event {i // EVENT_PHOTOS:04}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{i:06}.jpg").write_bytes(data + f"\n{i}".encode())
    return archive


def cut_pieces(original: Path) -> list[bytes]:
    """Small JPEG files of the parts of a photo."""
    with Image.open(original) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    width, height = picture.width // PARTS, picture.height // PARTS
    pieces = []
    for k in range(PARTS**2):
        left, top = k % PARTS * width, k // PARTS * height
        piece = picture.crop((left, top, left + width, top + height))
        side = SIDES_PX[k % len(SIDES_PX)]
        piece.thumbnail((side, side))
        stream = io.BytesIO()
        piece.save(stream, "JPEG", quality=85)
        pieces.append(stream.getvalue())
    return pieces


def watch_batch(command: Sequence[str], *, stop_s: float) -> list[Sample]:
    """Run a batch and sample its memory until it ends, or for so long."""
    child = subprocess.Popen([*command, "--json-lines", "--quiet"], stdout=subprocess.PIPE, text=True)
    done = [0]
    reader = threading.Thread(target=_count_photos, args=(child, done), daemon=True)
    reader.start()
    samples: list[Sample] = []
    latest = time.monotonic() + stop_s
    while child.poll() is None and time.monotonic() < latest:
        parent, workers = _resident_mib(child.pid), {pid: _resident_mib(pid) for pid in _find_workers(child.pid)}
        if parent and done[0]:
            samples.append(Sample(done[0], parent, {pid: mib for pid, mib in workers.items() if mib}))
        time.sleep(SAMPLED_S)
    child.terminate()
    child.wait()
    return samples


def _count_photos(child: subprocess.Popen[str], done: list[int]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        standing = json.loads(line).get("standing")
        if standing:
            done[0] = standing["read"]


def _find_workers(pid: int) -> Iterator[int]:
    """Processes that work for a batch; multiprocessing's own helper is none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        # a process is child of the thread that started it
        children += [c for t in Path(f"/proc/{pid}/task").iterdir() if t.name != str(pid) for c in (t / "children").read_text().split()]
    except OSError:
        return
    for child in map(int, children):
        try:
            if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes():
                yield child
        except OSError:
            continue


def _resident_mib(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    except (OSError, IndexError):
        return 0.0


def summarise(samples: Sequence[Sample]) -> list[dict[str, float]]:
    """Medians of each fifty photos: of the leading process, and of each worker in the order in which they appeared."""
    pids = list(dict.fromkeys(pid for sample in samples for pid in sample.workers))
    rows = []
    for step, group in itertools.groupby(samples, key=lambda s: s.photos // STEP):
        found = list(group)
        row = {"photos": float((step + 0.5) * STEP), "parent": round(statistics.median(s.parent for s in found), 2)}
        for k, pid in enumerate(pids, 1):
            seen = [s.workers[pid] for s in found if pid in s.workers]
            if seen:
                row[f"worker {k}"] = round(statistics.median(seen), 2)
        rows.append(row)
    return rows


def fit_slopes(figures: Sequence[dict[str, float]], *, start: float) -> list[Slope]:
    """Least squares through each process's figures from `start` photos on; processes with fewer than four figures are left out."""
    slopes = []
    for name in dict.fromkeys(key for row in figures for key in row if key != "photos"):
        points = [(row["photos"], row[name]) for row in figures if name in row and row["photos"] >= start]
        if len(points) < 4:
            continue
        x, y = (np.array(axis, float) for axis in zip(*points, strict=True))
        slope, offset = np.polyfit(x, y, 1)
        rest = y - (slope * x + offset)
        error = float(np.sqrt((rest**2).sum() / (len(x) - 2) / ((x - x.mean()) ** 2).sum()))
        slopes.append(Slope(name, float(y[0]), float(y[-1]), float(slope * 1000), error * 1000))
    return slopes


if __name__ == "__main__":
    sys.exit(main())
