"""Trees that are large, strange, changing, or worked on by two at once."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from benchmarks.fault_archive import LONG, draw_photo, held_of, pack_zip, write
from benchmarks.fault_disks import without_rights
from benchmarks.fault_kills import undisturbed
from benchmarks.fault_runs import LONGEST_S, PARTIAL, Row, Site, finish, told

LARGE, READ = 10_000, 1_000
"""Files of the tree that is planned, and of the one that is read."""
EVENT_FILES = 100
TINY_PX = 40
OUTPUT_CODE = 6
DEEP = 18
"""Folders of 240 characters below each other: a longer way than Linux takes as one name (4,096 bytes)."""
LARGE_S = 1200.0


def read_odd_names(root: Path, seed: int) -> Iterator[Row]:
    """Every name and every kind of file that a file system allows, read without root's rights."""
    limited = without_rights()
    archive = root / "site" / "archive"
    good = _draw_odd(archive, seed)
    site = Site(root / "site", archive=archive)
    shut = (site.archive / "shut", site.archive / "plain" / "secret.jpg")
    for path in shut:
        path.chmod(0o000)
    ended = site.run("--quiet", before=limited or ())
    second = site.run("--quiet", before=limited or ())
    for path in shut:
        path.chmod(0o755)
    index = json.loads((site.output / "index.json").read_text("utf-8")) if (site.output / "index.json").exists() else {}
    read = index.get("totals", {}).get("photos", 0)
    failed = [line for line in ended.err.splitlines() if line.startswith("Problem: ")]
    wrong = "" if ended.code == second.code == PARTIAL else f"exit codes {ended.code}, {second.code}: {told(ended.err)}"
    if limited is not None and read != good:
        wrong = wrong or f"{read} of {good} photos read"
    for name in ("shut", "secret.jpg", "pipe.jpg", "ph?to.jpg", "caf?") if limited is not None else ("pipe.jpg",):
        wrong = wrong or ("" if any(name in line for line in failed) else f"{name} is not listed")
    outcome = (
        f"{read} of {good} good photos read, {len(failed)} things listed with a reason; {ended.seconds:.0f} s, again {second.seconds:.0f} s"
    )
    done = (
        "names not UTF-8, of 255 bytes, with line ends, marks of direction, only capitals apart, reserved elsewhere; links to "
        "themselves, to each other, upwards, to nothing; a pipe and a folder named .jpg; ways beyond 4,096 bytes; a folder and a "
        "photo that may not be read"
    )
    yield Row(done, 1, outcome, not wrong, wrong or site.harm())
    yield from _change_while_read(root, seed)


def _draw_odd(archive: Path, seed: int) -> int:
    """Gives how many photos can be read."""
    names = [
        "Case",
        "case",
        "con",
        "trailing. ",
        "line\nend\t\x07",
        "-rf",
        "\u202egnp.exe",
        "e\u0301 and \u00e9",
        "x" * 255,
        LONG,
        "%2e%2e",
        "a'b\"c;$(x)`y`",
    ]
    for name in names:
        write(archive / name / "a.jpg", draw_photo(f"{seed} {name}"))
    for name in ("A.JPG", "a.jpg", "n" * 251 + ".jpg"):
        write(archive / "plain" / name, draw_photo(f"{seed} plain {name}"))
    raw = os.fsencode(archive)
    # these two are listed: people are to rename them
    write(Path(os.fsdecode(raw + b"/plain/ph\xf6to.jpg")), draw_photo(f"{seed} raw"))
    write(Path(os.fsdecode(raw + b"/caf\xe9/a.jpg")), draw_photo(f"{seed} raw folder"))
    for link, target in (("self", "self"), ("up", ".."), ("one", "other"), ("other", "one"), ("gone.jpg", "nowhere.jpg")):
        (archive / "plain" / link).symlink_to(target)
    os.mkfifo(archive / "plain" / "pipe.jpg")
    write(archive / "plain" / "folder.jpg" / "a.jpg", draw_photo(f"{seed} folder"))
    write(archive / "plain" / "secret.jpg", draw_photo(f"{seed} secret"))
    write(archive / "shut" / "a.jpg", draw_photo(f"{seed} shut"))
    script = f"import os\nfor i in range({DEEP}):\n    os.mkdir('d' * 240); os.chdir('d' * 240)\nopen('a.jpg', 'wb').close()"
    subprocess.run([sys.executable, "-c", script], cwd=archive / "plain", check=True)
    return len(names) + 3 + 1


def _change_while_read(root: Path, seed: int) -> Iterator[Row]:
    """Photos come, go and change while a run reads them; the next run makes what a first run over the last state makes."""
    site = Site(root / "changing", seed=seed)
    process, began = site.start("--quiet"), time.monotonic()
    stop = threading.Event()

    def change() -> None:
        for i in itertools.count():
            if stop.wait(0.5):
                return
            write(site.archive / "2019" / "Hall" / "a.jpg", draw_photo(f"{seed} version {i}"))
            write(site.archive / "notice" / f"new {i % 4}.jpg", draw_photo(f"{seed} new {i}"))
            (site.archive / "notice" / f"new {(i + 2) % 4}.jpg").unlink(missing_ok=True)

    thread = threading.Thread(target=change)
    thread.start()
    first = finish(process, began)
    stop.set()
    thread.join()
    site = Site(root / "still", archive=site.archive, output=site.output)
    time.sleep(2.1)  # a file whose time is that young is not believed to be whole
    again = site.run("--quiet")
    fresh = Site(root / "fresh", archive=site.archive)
    fresh.run("--quiet")
    texts = [{p.parent.name: p.read_text("utf-8") for p in place.output.glob("*/report.md")} for place in (site, fresh)]
    wrong = "" if first.code == again.code == PARTIAL else f"exit codes {first.code}, {again.code}: {told(again.err)}"
    others = sorted(name for name in texts[0].keys() | texts[1].keys() if texts[0].get(name) != texts[1].get(name))
    wrong = wrong or (f"other reports: {others}" if others else "")
    outcome = f"exit code {first.code}, what changed is listed or read anew; the next run's reports say what those of a first run say"
    yield Row("photos change, come and go twice a second while they are read", 1, outcome, not wrong, wrong or site.harm())


def run_two(root: Path, seed: int) -> Iterator[Row]:
    """Two runs at once: into one folder, and over one archive into two folders."""
    site = Site(root / "site", seed=seed)
    undisturbed(site, root / "reference")
    reference = held_of(root / "reference")
    shutil.rmtree(site.output)
    first, began = site.start("--quiet"), time.monotonic()
    time.sleep(4)
    second = site.run("--quiet")
    ended = finish(first, began)
    wrong = "" if second.code == OUTPUT_CODE and "another run" in second.err else f"the second: exit code {second.code}"
    wrong = wrong or ("" if ended.code == PARTIAL else f"the first: exit code {ended.code}: {told(ended.err)}")
    said = told(second.err).rpartition(": ")[2]
    outcome = f"the second ends with exit code 6 after {second.seconds:.0f} s ({said}); the first is not disturbed"
    yield Row("two runs into one folder at once", 1, outcome, not wrong, wrong or site.harm(reference))
    shutil.rmtree(site.output)
    other = Site(root / "other", archive=site.archive)
    runs = [(place.start("--quiet", "--workers", 1), time.monotonic()) for place in (site, other)]
    codes = [finish(*run).code for run in runs]
    wrong = "" if codes == [PARTIAL] * 2 else f"exit codes {codes}"
    yield Row(
        "two runs over one archive into two folders at once",
        1,
        "all outputs of both byte-equal",
        not wrong,
        wrong or site.harm(reference) or other.harm(reference),
    )


def read_large_tree(root: Path, seed: int) -> Iterator[Row]:
    """Tiny pictures, one file in a hundred bad in each of eight ways: all planned, a tenth read."""
    limited = without_rights()
    bad = _draw_large(root / "large", LARGE)
    site = Site(root / "site", archive=root / "large")
    began = time.monotonic()
    process = site.start("--dry-run", before=limited or ())
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    lines = site.said.read_text("utf-8").splitlines()
    code = os.waitstatus_to_exitcode(status)
    wrong = "" if code == 0 and len(lines) == LARGE // EVENT_FILES else f"exit code {code}, {len(lines)} events"
    outcome = f"planned in {seconds:.0f} s with {usage.ru_maxrss >> 10} MiB at most; {len(lines)} events"
    yield Row(f"a tree of {LARGE:,} files, 1 % bad in each of {len(bad)} ways: --dry-run", 1, outcome, not wrong, wrong or site.harm())
    shutil.rmtree(root / "large")

    bad = _draw_large(root / "archive", READ)
    site = Site(root / "read", archive=root / "archive")
    began = time.monotonic()
    process = site.start("--quiet", before=limited or ())
    timer = threading.Timer(LARGE_S - LONGEST_S, process.kill)
    timer.start()
    process.communicate()
    timer.cancel()
    seconds = time.monotonic() - began
    log = (site.output / "batch.log").read_text("utf-8")
    index = json.loads((site.output / "index.json").read_text("utf-8"))
    names = [path.name for kind, paths in bad.items() for path in paths if limited is not None or kind != "no permission"]
    silent = [name for name in names if name not in log]
    read = index["totals"]["photos"]
    good = READ - len(names)
    wrong = (
        ""
        if process.returncode == PARTIAL and read == good and not silent
        else f"exit code {process.returncode}, {read} of {good} read, not listed: {silent[:3]}"
    )
    reasons = Counter(line.rpartition("bad ")[2].split(".")[0] for line in log.splitlines() if "FAILED" in line and "bad " in line)
    outcome = f"{read} photos in reports, {sum(reasons.values())} bad ones listed by name; {seconds / 60:.1f} minutes"
    yield Row(f"a tree of {READ:,} files, 1 % bad in each of {len(bad)} ways: read", 1, outcome, not wrong, wrong or site.harm())


def _draw_large(root: Path, count: int) -> dict[str, list[Path]]:
    """Kinds of bad files with their paths; all others are pictures of one colour that differ in their bytes."""
    stream = io.BytesIO()
    Image.new("RGB", (TINY_PX, TINY_PX), (230, 230, 220)).save(stream, "JPEG")
    jpeg = stream.getvalue()
    ways = {
        "cut off": ("jpg", jpeg[: len(jpeg) * 2 // 3]),
        "other suffix": ("png", b"%!PS-Adobe-3.0\n" + bytes(200)),
        "empty": ("jpg", b""),
        "text": ("jpg", b"Dear all,\nhere are the photos.\n"),
        "encrypted ZIP": ("zip", _encrypted_zip(jpeg)),
        "encrypted PDF": ("pdf", ENCRYPTED_PDF),
        "bomb": ("png", _huge_png()),
        "no permission": ("jpg", jpeg + b"shut"),
    }
    bad: dict[str, list[Path]] = {way: [] for way in ways}
    for i in range(count):
        folder = root / f"event {i // EVENT_FILES:03}"
        folder.mkdir(parents=True, exist_ok=True)
        place = i % EVENT_FILES
        if place < len(ways):
            way = list(ways)[place]
            suffix, data = ways[way]
            path = folder / f"{i:05} bad {way}.{suffix}"
            bad[way].append(path)
        else:
            path, data = folder / f"{i:05}.jpg", jpeg + f"\n{i}".encode()
        path.write_bytes(data)
        if path.name.endswith("bad no permission.jpg"):
            path.chmod(0o000)
    return bad


ENCRYPTED_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF\n"
)


def _encrypted_zip(jpeg: bytes) -> bytes:
    """A ZIP whose member says that it is encrypted: bit 0 of its flags, in both its headers."""
    data = bytearray(pack_zip({"a.jpg": jpeg}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _huge_png() -> bytes:
    """A PNG that says it has 3,600 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
