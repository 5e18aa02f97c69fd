"""One source -> RGB pixels as the photographer saw them, and the facts about the photo."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from digitise.config import Limits
from digitise.intake.archives import read_member
from digitise.intake.colour import to_srgb
from digitise.intake.exif import read_orientation, read_taken, turn
from digitise.intake.likeness import compute_dhash
from digitise.intake.opening import open_image
from digitise.intake.pdf import render_page
from digitise.intake.refusing import check_file_size, not_a_picture, refusing
from digitise.intake.sniffing import HEAD_BYTES, Kind, is_picture, sniff, suffix_of
from digitise.model import Photo, Source

RgbArray = npt.NDArray[np.uint8]

_TURNED_BY_DECODER = frozenset({"tiff", "heif"})
"""Pillow turns a TIFF, and libheif a HEIC, while decoding; turning by EXIF as well would turn twice."""


def decode(source: Source, *, limits: Limits) -> tuple[RgbArray, Photo]:
    """(H, W, 3) uint8 RGB in sRGB, C-contiguous, turned upright, and its Photo (quality warnings are not filled in).

    Raises PhotoError, and nothing else, for whatever is wrong with the file.
    """
    with refusing(source.file), _open_source(source, limits) as (stream, kind):
        if not is_picture(kind):
            raise not_a_picture(source.file, kind, suffix_of(source.members[0] if source.members else source.path))
        taken = source.taken
        if kind == "pdf":
            rgb = render_page(stream, source.page, source.file, limits)
        else:
            image = open_image(stream, kind, source.file, limits, page=source.page)
            image.load()
            # a PNG may state its EXIF behind the pixels, where finding it before decoding is impossible
            taken = taken or read_taken(image)
            orientation = 1 if kind in _TURNED_BY_DECODER else read_orientation(image)
            rgb = to_srgb(image)
            image.close()
            rgb = turn(rgb, orientation)
        return rgb, _describe(source, rgb, taken)


@contextmanager
def _open_source(source: Source, limits: Limits) -> Iterator[tuple[IO[bytes], Kind]]:
    """The encoded bytes of a source as a stream, and what they are. Raises PhotoError and OSError."""
    path = Path(source.path)
    if source.members:
        data = read_member(path, source.members[0], file=source.file, limits=limits)
        yield io.BytesIO(data), sniff(data[:HEAD_BYTES], source.members[0])
        return
    with path.open("rb") as stream:
        check_file_size(source.file, path.stat().st_size, limits)
        kind = sniff(stream.read(HEAD_BYTES), path.name)
        stream.seek(0)
        yield stream, kind


def photo_id(source: Source) -> str:
    """Stable name of a photo: the beginning of its hash, and the page of a file that has several."""
    return source.sha256[:16] + (f"-{source.page + 1}" if source.pages > 1 else "")


def _describe(source: Source, rgb: RgbArray, taken: datetime | None) -> Photo:
    height_px, width_px = rgb.shape[:2]
    return Photo(
        id=photo_id(source),
        file=source.file,
        sha256=source.sha256,
        page=source.page,
        width_px=width_px,
        height_px=height_px,
        taken=taken,
        copies=source.copies,
        dhash=compute_dhash(rgb),
    )
