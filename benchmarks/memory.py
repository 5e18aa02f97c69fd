#!/usr/bin/env python3
"""Peak memory of `digitise report` for one photo of 48 megapixels.

The photo is a real or drawn one, enlarged to 8000 x 6000 px, alone in an event folder of its own. The command runs as a person runs it,
in a child process; counted is what all its processes hold together (resident, pages that they share counted for each), sampled ten
times a second.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from PIL import Image, ImageOps

SIZE_PX = (8000, 6000)
SAMPLED_S = 0.1
BAR_MIB = 2048


def draw_photo(source: Path, target: Path) -> None:
    """The picture at `source`, filled out to SIZE_PX, as JPEG."""
    with Image.open(source) as opened:
        picture = ImageOps.fit(ImageOps.exif_transpose(opened).convert("RGB"), SIZE_PX, Image.Resampling.BICUBIC)
    picture.save(target, quality=90)


def resident_mib(pid: int) -> float:
    """Resident memory of a process and all its descendants, MiB. Pages that they share are counted for each."""
    total = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in (family := psutil.Process(pid), *family.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss / 2**20
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", type=Path, help="a photo of a wall; it is enlarged")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        event = Path(folder) / "event"
        event.mkdir()
        draw_photo(args.photo, event / "photo.jpg")
        command = [str(Path(sys.executable).with_name("digitise")), "report", str(event), "--output", str(Path(folder) / "out")]
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, resident_mib(child.pid))
            time.sleep(SAMPLED_S)
        seconds = time.perf_counter() - start
        if child.returncode:
            print(child.stderr.read() if child.stderr else "", file=sys.stderr)
            return child.returncode
    verdict = "under" if peak < BAR_MIB else "over"
    print(f"{SIZE_PX[0]} x {SIZE_PX[1]} px: {peak:.0f} MiB at most in all processes together ({verdict} {BAR_MIB} MiB), {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
