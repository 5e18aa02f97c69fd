#!/usr/bin/env python3
"""Peak memory of `digitise report` for one photo of 48 megapixels.

The photo is a real or drawn one, enlarged to 8000 x 6000 px, alone in an event folder of its own. The command runs as a person runs it,
in a child process; counted is what all its processes hold together (resident, pages that they share counted for each), sampled from
/proc ten times a second, so on Linux only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
    total = 0
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total = int(line.split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return total / 1024 + sum(resident_mib(int(child)) for child in children)


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
