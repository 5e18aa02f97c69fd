"""What the fault runs work on: an archive of a dozen small events that is drawn anew for each seed, and how folders are compared."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pillow_heif
from PIL import Image, ImageDraw, ImageFont

LONG = "ŵ" * 60 + " — café ☕ " + "x" * 60
"""More bytes than an output folder's name may have, and as many as fit into a name at all."""
WORDS = ("bus", "hall", "council", "garden", "youth", "library", "bridge", "market", "school", "river", "path", "clinic")
SIZE_PX = (420, 190)
TIMES = re.compile(rb'<td class="number">\d+\.\d</td>')
UNHELD = frozenset({"batch.log", "standing.json", "lock", "index.xlsx"})
"""Files that tell moments (and that of the lock, which is empty). The workbook holds the seconds that index.json has, in a ZIP that
holds the time; what is in it is compared there."""


def draw_photo(seed: str, *, kind: str = "JPEG", title: str = "Ideas", size: tuple[int, int] = SIZE_PX) -> bytes:
    """A sheet with two typed lines that the seed chooses; EXIF says when it was taken."""
    rng = random.Random(seed)
    picture = Image.new("RGB", size, (236, 234, 228))
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(34)
    for i, line in enumerate((title, f"A {rng.choice(WORDS)} by the {rng.choice(WORDS)}")):
        pen.text((30, 30 + i * 70), line, fill=(20, 30, 90), font=font)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"2024:05:{rng.randrange(1, 28):02} 10:{rng.randrange(60):02}:00"
    stream = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(stream, quality=80)
    elif kind == "PDF":
        picture.save(stream, "PDF", resolution=100.0)
    else:
        picture.save(stream, kind, exif=exif)
    return stream.getvalue()


def draw_archive(root: Path, seed: int) -> int:
    """A dozen events, one folder inside one of them that leads back to the top, two photos that cannot be used. Gives how many can."""

    def photo(name: str, kind: str = "JPEG", title: str = "Ideas") -> bytes:
        return draw_photo(f"{seed} {name}", kind=kind, title=title)

    good = {
        "2019/Hall/a.jpg": photo("a"),
        "2019/Hall/b.jpg": photo("b", title="Actions"),
        f"{LONG}/a.jpg": photo("c"),
        "half/good.jpg": photo("d"),
        "scans/pages.pdf": photo("e", kind="PDF"),
        "phones/IMG_1.HEIC": photo("f", kind="HEIF"),
        "Llanfair Caereinion – Neuadd Goffa/llun ŵyl.png": photo("g", kind="PNG"),
        "autumn/day one/a.jpg": photo("h"),
        "autumn/day two/b.jpg": photo("i"),
        "notice/a.jpg": photo("j"),
        "-rf & 'quotes' 100%/a b.jpg": photo("k"),
        "copied/again.jpg": photo("a"),
        "2019/Café ☕/a.jpg": photo("l"),
        "2019/cafe/a.jpg": photo("m"),
    }
    for name, data in good.items():
        write(root / name, data)
    write(root / "autumn" / "event.toml", b'title = "Hydref / Autumn"\nlanguages = ["en"]\n')
    write(root / "half" / "cut.jpg", good["half/good.jpg"][:3000])
    write(root / "notice" / "letter.jpg", b"Dear all,\nthe photos follow tomorrow.\n")
    zipped = {"first.jpg": photo("n"), "sub/second.jpg": photo("o")}
    write(root / "sent in" / "photos.zip", pack_zip(zipped))
    (root / "half" / "loop").symlink_to(root)
    return len(good) + len(zipped)


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def pack_zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 1, 10, 0, 0)), data)
    return stream.getvalue()


def picture_of(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file below a folder with its hash and its time: what must be the same after a run. Links are not followed."""
    found = {}
    for path in sorted(_files(folder)):
        name = os.fsencode(path.relative_to(folder)).decode("utf-8", "replace")
        found[name] = (hashlib.sha256(_bytes_of(path)).hexdigest(), path.lstat().st_mtime_ns)
    return found


def _bytes_of(path: Path) -> bytes:
    if path.is_symlink():
        return os.fsencode(path.readlink())
    return path.read_bytes() if path.is_file() else b""  # reading a pipe would wait for ever


def held_of(output: Path) -> dict[str, str]:
    """What two runs must make alike, byte for byte: every file of an output folder but those in UNHELD.

    Seconds of work are taken out of the events' records and the index first, and the hashes of the index in the list of what was written.
    """
    found = {}
    for path in sorted(_files(output)):
        if path.name not in UNHELD:
            found[path.relative_to(output).as_posix()] = hashlib.sha256(_without_times(path, output)).hexdigest()
    return found


def _without_times(path: Path, output: Path) -> bytes:
    data = path.read_bytes()
    if path.parent == output and path.name == "index.html":
        return TIMES.sub(b"", data)
    if path == output / "index.json" or path.name == "batch.json":
        return json.dumps(_drop(json.loads(data), ("seconds",))).encode()
    if path.parent == output / ".digitise" and path.name in ("written.json", "writing.json"):
        return json.dumps(sorted(json.loads(data))).encode()
    return data


def _drop(value: object, keys: Sequence[str]) -> object:
    if isinstance(value, dict):
        return {k: _drop(v, keys) for k, v in value.items() if k not in keys}
    return [_drop(v, keys) for v in value] if isinstance(value, list) else value


def strays_in(folder: Path) -> list[str]:
    """Temporary files that the program left in a folder."""
    return [str(path) for path in _files(folder) if path.name.startswith(".part-")]


def _files(folder: Path) -> list[Path]:
    return [Path(top) / name for top, folders, files in os.walk(folder) for name in (*files, *_links(top, folders))]


def _links(top: str, folders: Sequence[str]) -> list[str]:
    # Path.is_symlink raises where a way is too long
    return [name for name in folders if os.path.islink(os.path.join(top, name))]  # noqa: PTH114, PTH118
