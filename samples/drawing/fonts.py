"""Handwriting fonts for the samples: installed from their packages into a cache, never into the repository.

A family comes as several subset files (latin, latin-ext); Welsh ŵ and ŷ stand in latin-ext. So a Face looks up
the file for each character instead of having one file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

PACKAGE_VERSION = "5.3.0"
"""Pinned: another release of a font may draw other pixels."""
FAMILIES: Mapping[str, str] = {
    "annie-use-your-telescope": "OFL-1.1",
    "architects-daughter": "OFL-1.1",
    "caveat-brush": "OFL-1.1",
    "coming-soon": "Apache-2.0",
    "covered-by-your-grace": "OFL-1.1",
    "gloria-hallelujah": "OFL-1.1",
    "gochi-hand": "OFL-1.1",
    "handlee": "OFL-1.1",
    "indie-flower": "OFL-1.1",
    "kalam": "OFL-1.1",
    "mansalva": "OFL-1.1",
    "neucha": "OFL-1.1",
    "patrick-hand": "OFL-1.1",
    "patrick-hand-sc": "OFL-1.1",
    "permanent-marker": "Apache-2.0",
    "schoolbell": "Apache-2.0",
    "shadows-into-light-two": "OFL-1.1",
    "swanky-and-moo-moo": "OFL-1.1",
}
"""Family -> licence."""


class FontsMissingError(Exception):
    """The fonts are neither in the cache nor installable; the message says what to do."""


@dataclass(frozen=True)
class Face:
    """One family: which file holds which character."""

    family: str
    files: tuple[tuple[str, str], ...]
    """(characters, path of a TTF), in order of preference."""

    def font(self, char: str, size_px: float) -> ImageFont.FreeTypeFont:
        """The font that holds `char` at this size. Raises KeyError naming the character and the family."""
        for chars, path in self.files:
            if char in chars:
                return _load(path, round(size_px * 4) / 4)
        raise KeyError(f"{self.family} has no {char!r}")

    @property
    def x_height(self) -> float:
        """Height of 'x' as a share of the font size; sizes are given as x-heights so that all hands compare."""
        _, top, _, bottom = self.font("x", 200.0).getbbox("x", anchor="ls")
        return (bottom - top) / 200.0


@lru_cache(maxsize=256)
def _load(path: str, size_px: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.BASIC)


def default_cache() -> Path:
    """Where fonts are kept: outside the repository."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "digitise-sample-fonts"


def load_faces(cache: Path, *, install: bool) -> dict[str, Face]:
    """All families by name. Installs what is missing when `install`. Raises FontsMissingError."""
    ttf = cache / "ttf"
    missing = [f for f in FAMILIES if not any(ttf.glob(f"{f}-latin-*.ttf"))]
    if missing:
        if not install:
            raise FontsMissingError(f"fonts not in {cache}: {', '.join(missing)}; run 'python -m samples.draw' to install them")
        _install(cache, missing)
    return {family: _face(ttf, family) for family in FAMILIES}


def _install(cache: Path, families: list[str]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FontsMissingError("npm is needed to install the handwriting fonts; install Node.js and run again")
    ttf = cache / "ttf"
    ttf.mkdir(parents=True, exist_ok=True)
    packages = [f"@fontsource/{family}@{PACKAGE_VERSION}" for family in families]
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(cache), *packages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FontsMissingError(f"npm could not install the fonts: {done.stderr.strip()[-500:]}")
    for family in families:
        for source in sorted((cache / "node_modules" / "@fontsource" / family / "files").glob(f"{family}-latin*-400-normal.woff2")):
            font = TTFont(source)
            font.flavor = None
            font.save(ttf / f"{source.stem}.ttf")


def _face(ttf: Path, family: str) -> Face:
    files = []
    for path in sorted(ttf.glob(f"{family}-latin*.ttf"), key=lambda p: len(p.name)):
        chars = "".join(sorted(chr(c) for c in TTFont(path, lazy=True).getBestCmap()))
        files.append((chars, str(path)))
    return Face(family, tuple(files))
