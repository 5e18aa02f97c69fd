"""Pixels for a review: a drawn box read at once, notes enlarged, whole photos. Each function is one task for a worker process.

Photos are decoded here and nowhere else in a review; what comes of it are pictures that we made, without metadata, faces blurred and
private words covered as in the report.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from digitise import intake, layout
from digitise.config import Config
from digitise.crops import crop_matrix, cut_note
from digitise.errors import PhotoError
from digitise.geometry import bounds, polygon
from digitise.layout import Sticky
from digitise.model import Frozen, Line, Note, Photo, PhotoResult, Point, Quad, Source, Word
from digitise.pipeline import decode_shown, vocabulary
from digitise.planning import NO_CHOICES, load_settings
from digitise.privacy import cover_words
from digitise.privacy.replacing import Rules, hide_text
from digitise.runs import ready_engine
from digitise.store import hash_file, hash_parts, write_picture

BOX_MARGIN = 0.06
"""Of the box's longer side, read besides: writing that touches the edge of the picture is found badly."""
WHOLE_SIDE_PX = 2000
"""Longer side of a whole photo's picture: letters that can be read on a sheet can be read in it, too, and it stays below a megabyte."""


class BoxReading(Frozen):
    """What stands in a box."""

    text: str
    """'' where nothing could be read."""
    lines: tuple[Line, ...]


def find_photo(folder: Path, source: Source) -> Source:
    """A photo of the event where it lies now. Raises PhotoError when its file is gone or is another one."""
    path = folder / source.path
    if not path.is_file() or (not source.members and hash_file(path) != source.sha256):
        raise PhotoError(source.file, "this photo is not there any more", "Add it again.")
    return source.model_copy(update={"path": str(path)})


def warm_reader(folder: Path, threads: int) -> None:
    """Load what `read_box` needs: the first box then need not wait for it. Raises as that does."""
    config, _ = load_settings(folder, NO_CHOICES)
    ready_engine(config, threads).read(np.full((64, 256, 3), 255, np.uint8))


def read_box(folder: Path, source: Source, outline: tuple[Point, ...], threads: int) -> BoxReading:
    """Read what stands within an outline, photo px, with the event's engine. threads: as this process reads photos.

    Raises PhotoError, ConfigError, EngineError or DependencyError.
    """
    config, _ = load_settings(folder, NO_CHOICES)
    rgb, photo = intake.decode(find_photo(folder, source), limits=config.limits)
    return read_part(rgb, photo, outline, config, threads=threads)


def read_part(rgb: npt.NDArray[np.uint8], photo: Photo, outline: Sequence[Point], config: Config, *, threads: int) -> BoxReading:
    """The same for a decoded photo, (H, W, 3) uint8 RGB. Lines are in photo px."""
    x0, y0, x1, y1 = bounds(outline)
    margin = BOX_MARGIN * max(x1 - x0, y1 - y0)
    left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    part = np.ascontiguousarray(rgb[top : int(y1 + margin) + 1, left : int(x1 + margin) + 1])
    found = ready_engine(config, threads).read(part, vocabulary=vocabulary(config))
    inside = [line for found_line in found if (line := _keep_inside(found_line, [(x - left, y - top) for x, y in outline])) is not None]
    if not inside:
        return BoxReading(text="", lines=())
    # one sheet of paper of the box's size: its lines in the order of reading, as one note
    size = (float(part.shape[1]), float(part.shape[0]))
    corners = ((0.0, 0.0), (size[0], 0.0), size, (0.0, size[1]))
    whole = Sticky(corners, "white", 1.0, "card")
    notes = layout.make_notes(photo=photo, lines=inside, stickies=[whole], surfaces=[], rgb=part)
    text = "\n".join(note.text for note in notes if note.text.strip())
    return BoxReading(text=text, lines=tuple(_shift(line, left, top) for note in notes for line in note.lines))


def hide_reading(found: BoxReading, rules: Rules) -> BoxReading:
    """What was read as others may see it. Where something is replaced, the single words go: they would say it."""
    text = hide_text(found.text, rules)
    return found if text == found.text else BoxReading(text=text, lines=())


def _keep_inside(line: Line, outline: Sequence[Point]) -> Line | None:
    """A line without the words that begin outside the box, its neighbours'; None where none is left."""
    area = polygon(outline)
    words = tuple(w for w in line.words if area.covers(polygon(w.quad).centroid))
    return line.model_copy(update={"words": words}) if words else None


def _shift(line: Line, dx: float, dy: float) -> Line:
    def moved(quad: Quad) -> Quad:
        a, b, c, d = ((x + dx, y + dy) for x, y in quad)
        return (a, b, c, d)

    words = tuple(Word.model_copy(w, update={"quad": moved(w.quad)}) for w in line.words)
    return line.model_copy(update={"quad": moved(line.quad), "words": words})


def name_crop(photo: Photo, note: Note, covered: Sequence[Quad]) -> str:
    """File name of a note's enlarged picture: another one whenever it would look otherwise."""
    line = note.lines[0].quad if note.lines else None
    shape = (note.outline, note.votes_box, line, note.container, photo.faces, tuple(covered))
    return f"{hash_parts('crop', photo.id, repr(shape))}.jpg"


def name_whole(photo: Photo, covered: Sequence[Quad]) -> str:
    """File name of a whole photo's picture."""
    return f"{hash_parts('whole', photo.id, repr((photo.faces, tuple(covered))), str(WHOLE_SIDE_PX))}.jpg"


def whole_size(photo: Photo) -> tuple[int, int, float]:
    """Width, height and scale of a whole photo's picture."""
    scale = min(1.0, WHOLE_SIDE_PX / max(photo.width_px, photo.height_px))
    return max(1, round(photo.width_px * scale)), max(1, round(photo.height_px * scale)), scale


class PictureJob(NamedTuple):
    """Pictures of one photo that a page shows."""

    folder: Path
    """The event's."""
    source: Source
    result: PhotoResult
    """The photo with all its notes, for the faces."""
    covered: Sequence[Quad]
    """Where words stand that no picture may show."""
    wanted: Mapping[str, Note | None]
    """File name -> the note that it shows, None for the whole photo."""
    target: Path
    """Folder of these pictures alone."""


def make_pictures(job: PictureJob) -> None:
    """Write what is wanting; pictures that are not wanted any more go. Raises PhotoError, ConfigError or OutputError."""
    config, _ = load_settings(job.folder, NO_CHOICES)
    rgb = decode_shown(find_photo(job.folder, job.source), job.result, limits=config.limits)
    size = (rgb.shape[1], rgb.shape[0])
    for name, note in job.wanted.items():
        if (job.target / name).is_file():
            continue
        matrix: npt.ArrayLike
        if note is None:
            width, height, scale = whole_size(job.result.photo)
            picture = np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
            matrix = np.diag((scale, scale, 1.0))
        else:
            picture, matrix = cut_note(rgb, note, with_votes=True), crop_matrix(size, note, with_votes=True)
        write_picture(cover_words(picture, job.covered, matrix) if job.covered else picture, job.target / name)
    for old in job.target.glob("*.jpg"):
        if old.name not in job.wanted:
            old.unlink(missing_ok=True)
    if not job.folder.is_dir():
        # the event was deleted meanwhile
        shutil.rmtree(job.target, ignore_errors=True)
