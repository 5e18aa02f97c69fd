"""One source -> RGB pixels as the photographer saw them, and the facts about the photo."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from digitise.config import Limits
from digitise.errors import PhotoError
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
CHANGED = "the photo was changed while it was read"


def decode(source: Source, *, limits: Limits) -> tuple[RgbArray, Photo]:
    """(H, W, 3) uint8 RGB in sRGB, C-contiguous, turned upright, and its Photo (quality warnings are not filled in).

    Raises PhotoError, and nothing else, for whatever is wrong with the file; also when it is no longer the one that was found.
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


def read_encoded(source: Source, *, limits: Limits) -> bytes:
    """The bytes of a photo's file, or of its member of a ZIP, as they were found. Raises PhotoError."""
    with refusing(source.file), _open_source(source, limits) as (stream, _):
        return stream.read()


@contextmanager
def _open_source(source: Source, limits: Limits) -> Iterator[tuple[IO[bytes], Kind]]:
    """The encoded bytes of a source as a stream, and what they are. Raises PhotoError and OSError.

    What is made of a photo is kept under the hash by which it was found: other bytes are refused, wherever they come from.
    """
    path = Path(source.path)
    if source.members:
        data = read_member(path, source.members[0], file=source.file, limits=limits)
        _check_same(source, io.BytesIO(data))
        yield io.BytesIO(data), sniff(data[:HEAD_BYTES], source.members[0])
        return
    with path.open("rb") as held, open(held.fileno(), "rb", closefd=False) as stream:
        # decoders close what they are given
        check_file_size(source.file, path.stat().st_size, limits)
        kind = sniff(stream.read(HEAD_BYTES), path.name)
        stream.seek(0)
        try:
            yield stream, kind
        except Exception:
            # what became of the photo says more than what a decoder makes of it
            _check_same(source, held)
            raise
        # when all is done with it, so that nothing can be written between the look and the reading
        _check_same(source, held)


def _check_same(source: Source, stream: io.BufferedIOBase) -> None:
    stream.seek(0)
    if hashlib.file_digest(stream, "sha256").hexdigest() != source.sha256:
        raise PhotoError(source.file, CHANGED, "Run the same command again when nothing writes into the folder any more.")


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
