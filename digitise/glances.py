"""A first glance at a photo, within seconds of its arrival: should it be taken again, while the room is still set up?

Everything that touches a file's bytes runs in a worker process. What a glance finds is small, has no pixels and is kept by its caller.
"""

from __future__ import annotations

import functools
import statistics
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from digitise import intake
from digitise.config import Limits
from digitise.errors import PhotoError
from digitise.intake.quality import BLOWN_OUT, BLURRED, DARK, EMPTY, SMALL_LETTERS
from digitise.model import Frozen, Problem, Source
from digitise.privacy import FaceNetwork, blur_faces, find_faces, open_face_network
from digitise.reading import Edge, Networks, look_quickly
from digitise.store import atomic_write, hash_parts

VerdictCode = Literal[
    "dark", "blown_out", "empty", "blurred", "small_letters", "cut_off_left", "cut_off_right", "cut_off_top", "cut_off_bottom"
]
SENTENCES: dict[VerdictCode, str] = {
    "dark": DARK,
    "blown_out": BLOWN_OUT,
    "empty": EMPTY,
    "blurred": BLURRED,
    "small_letters": SMALL_LETTERS,
    "cut_off_left": "Writing is cut off on the left: step back until all of it is in the picture, and take it again.",
    "cut_off_right": "Writing is cut off on the right: step back until all of it is in the picture, and take it again.",
    "cut_off_top": "Writing is cut off at the top: step back until all of it is in the picture, and take it again.",
    "cut_off_bottom": "Writing is cut off at the bottom: step back until all of it is in the picture, and take it again.",
}
"""What each verdict says to a person, with its remedy."""
CODES: dict[str, VerdictCode] = {sentence: code for code, sentence in SENTENCES.items()}

CUT_OFF: dict[Edge, VerdictCode] = {
    "left": "cut_off_left",
    "right": "cut_off_right",
    "top": "cut_off_top",
    "bottom": "cut_off_bottom",
}

LEAST_LINES = 3
"""Lines from which their height says something of the photo."""
THUMBNAIL_PX = 480
"""Longest side of the small picture: enough to know the sheet again on a phone, about 30 KB."""
THUMBNAIL_QUALITY = 80
FACES_PX = 960
"""Longest side at which faces are sought for it: those smaller than 16 px there are 8 px high in the small picture."""
GLANCE_STAMP = "1"
"""Raised when a glance would come out otherwise than before; older ones are then made again."""


class Glance(Frozen):
    """One picture at first sight."""

    photo_id: str
    width_px: int
    height_px: int
    dhash: str
    verdicts: tuple[VerdictCode, ...] = ()
    """What is wrong with it; () for a good photo."""


class FileLook(Frozen):
    """What lies in one file, by its headers."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()


def look_into(path: Path, file: str, limits: Limits) -> FileLook:
    """The pictures in one file: one, or the pages of a PDF or TIFF, or the members of a ZIP. file: its name for people."""
    intake.mute_pillow()
    sources, problems = intake.find_sources(path, limits=limits)
    return FileLook(
        sources=tuple(s.model_copy(update={"file": file + s.file.removeprefix(path.name)}) for s in sources),
        problems=tuple(p.model_copy(update={"file": file + p.file.removeprefix(path.name)}) for p in problems),
    )


def glance_at(source: Source, *, limits: Limits, thumbnail: Path | None, hide_faces: bool = True, threads: int = 1) -> Glance:
    """Decode one picture, judge it, and write its small picture, without metadata and with people's faces blurred.

    Raises PhotoError when the picture cannot be used.
    """
    _prepare_process(threads)
    try:
        rgb, photo = intake.decode(source, limits=limits)
        look = look_quickly(rgb, _networks(threads))
    except MemoryError as e:
        raise PhotoError(source.file, "there was not enough memory for it", "Make the picture smaller.") from e
    small_letters = intake.letter_warning(statistics.median(look.heights_px)) if len(look.heights_px) >= LEAST_LINES else ()
    verdicts = [CODES[sentence] for sentence in (*intake.assess_quality(rgb), *small_letters)]
    cut_off = [CUT_OFF[edge] for edge in look.cut_off]
    if thumbnail is not None:
        write_thumbnail(rgb, thumbnail, faces=open_face_network(threads) if hide_faces else None)
    return Glance(photo_id=photo.id, width_px=photo.width_px, height_px=photo.height_px, dhash=photo.dhash, verdicts=(*verdicts, *cut_off))


def write_thumbnail(rgb: npt.NDArray[np.uint8], path: Path, *, faces: FaceNetwork | None) -> None:
    """A small JPEG of a photo, (H, W, 3) uint8 RGB, made of its pixels alone."""
    middle = intake.shrink(rgb, FACES_PX)
    if faces is not None:
        middle = blur_faces(middle, find_faces(middle, (), network=faces))
    with atomic_write(path) as part:
        Image.fromarray(intake.shrink(middle, THUMBNAIL_PX)).save(part, "JPEG", quality=THUMBNAIL_QUALITY, optimize=True)


def warm_up(threads: int = 1) -> None:
    """Load what a glance needs: the first photo then need not wait for it."""
    _prepare_process(threads)
    look_quickly(np.full((64, 64, 3), 255, np.uint8), _networks(threads))


def stamp_glances(limits: Limits, *, hide_faces: bool) -> str:
    """Changes whenever a file would be judged otherwise."""
    return hash_parts(GLANCE_STAMP, limits.model_dump_json(), str(hide_faces))


@functools.cache
def _networks(threads: int) -> Networks:
    """One per process, for finding writing only: the recogniser in it is never loaded."""
    return Networks(threads=threads)


@functools.cache
def _prepare_process(threads: int) -> None:
    cv2.setNumThreads(threads)
    intake.mute_pillow()
