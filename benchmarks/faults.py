"""What `digitise batch` does when things go wrong, tried with the real command line: a table for docs/reliability.md.

    python -m benchmarks.faults [--only kills,disks,…] [--seed N] [--write docs/reliability.md] [--where FOLDER]

Draws an archive of 13 small events, disturbs runs over it, and compares with an undisturbed one. Every line ends with a look at the photos
(hashes and times as before), at the outputs (byte-equal where that is promised) and for temporary files left in archive, output or the
system's folder for them. Linux; as root it also mounts small disks and limits memory by cgroups, else it says what it left out.
All of it takes about 40 minutes on two free cores; --only picks groups. --write replaces the table between the page's marks.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from benchmarks.fault_archive import held_of
from benchmarks.fault_cluster import kill_in_cluster
from benchmarks.fault_disks import fill_the_disk, lose_folders, refuse_writing
from benchmarks.fault_kills import end_politely, kill_at_any_moment, kill_workers, undisturbed
from benchmarks.fault_photos import move_the_clock, poison_photos, starve
from benchmarks.fault_runs import Row, Site
from benchmarks.fault_trees import read_large_tree, read_odd_names, run_two

MARKS = ("<!-- table of benchmarks/faults.py -->", "<!-- end of the table -->")
SEED = 6


def _kills(root: Path, seed: int) -> Iterator[Row]:
    rng = random.Random(seed)
    site = Site(root / "site", seed=seed)
    whole_s = undisturbed(site, root / "reference")
    reference = held_of(root / "reference")
    for disturb in (kill_at_any_moment, kill_workers, end_politely):
        yield from disturb(site, reference, whole_s, rng)


GROUPS: dict[str, tuple[Callable[[Path, int], Iterator[Row]], ...]] = {
    "kills": (_kills,),
    "disks": (fill_the_disk, refuse_writing, lose_folders),
    "photos": (poison_photos, starve, move_the_clock),
    "cluster": (kill_in_cluster,),
    "trees": (read_odd_names, run_two, read_large_tree),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(GROUPS), help=f"groups, of {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--where", type=Path, help="a folder on the disk to use (default: the system's temporary folder)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page")
    options = parser.parse_args(arguments)
    # a shell that runs this in the background has it ignore Ctrl-C, and each run inherits that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    rows: list[Row] = []
    for group in options.only.split(","):
        for place, disturb in enumerate(GROUPS[group]):
            with tempfile.TemporaryDirectory(dir=options.where, prefix=f"faults-{group}-{place}-", ignore_cleanup_errors=True) as folder:
                for row in disturb(Path(folder), options.seed):
                    rows.append(row)
                    print(_as_line(row), flush=True)
    seconds = time.monotonic() - began
    machine = f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    told = f"{date.today().isoformat()}, seed {options.seed}, {machine}, {seconds / 60:.0f} minutes"
    print(f"{sum(row.good for row in rows)} of {len(rows)} as they should be; {told}")
    if options.write is not None:
        write_table(options.write, rows, told)
    return 0 if all(row.good for row in rows) else 1


def write_table(page: Path, rows: Sequence[Row], told: str) -> None:
    """Put the table between the page's marks."""
    lines = ["| Done | Times | Outcome | Photos, outputs, temporary files |", "|---|---|---|---|", *map(_as_cells, rows)]
    table = "\n".join([MARKS[0], f"Run of {told}.", "", *lines, MARKS[1]])
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(f"{re.escape(MARKS[0])}.*{re.escape(MARKS[1])}", lambda _: table, text, flags=re.DOTALL), encoding="utf-8")


def _as_cells(row: Row) -> str:
    cells = (row.done, str(row.times) if row.times else "-", row.outcome, row.harm or ("as they should be" if row.times else "-"))
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _as_line(row: Row) -> str:
    return f"{'ok ' if row.good else 'BAD'}  {row.done} ({row.times}): {row.outcome}" + (f"  [{row.harm}]" if row.harm else "")


if __name__ == "__main__":
    sys.exit(main())
