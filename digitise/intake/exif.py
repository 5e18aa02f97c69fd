"""When a photo was taken and how the camera was held, from its EXIF. Anything illegal in there counts as absent."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from PIL import Image

from digitise.intake.metering import check_exif

_ORIENTATION, _DATE_TIME = 0x0112, 0x0132
_EXIF_IFD, _DATE_TIME_ORIGINAL, _SUBSEC, _SUBSEC_ORIGINAL = 0x8769, 0x9003, 0x9290, 0x9291
_DATE = re.compile(r"(\d{4})[:/-](\d\d?)[:/-](\d\d?)[ T](\d\d?):(\d\d?):(\d\d?)")


def read_taken(image: Image.Image) -> datetime | None:
    """DateTimeOriginal with its fraction of a second, else DateTime; camera's local time, no zone. Decodes no pixels."""
    try:
        exif = _read_exif(image)
        own = exif.get_ifd(_EXIF_IFD)
        return _parse_date(own.get(_DATE_TIME_ORIGINAL), own.get(_SUBSEC_ORIGINAL)) or _parse_date(exif.get(_DATE_TIME), own.get(_SUBSEC))
    except Exception:  # an illegal EXIF block fails in as many ways as it has bytes; the photo is good without it
        return None


def _read_exif(image: Image.Image) -> Image.Exif:
    """Raises TooMuchError for a block that is not worth reading; a TIFF's own table is measured when it is opened."""
    block = image.info.get("exif")
    if isinstance(block, bytes):
        check_exif(block)
    # the base class's own: PngImageFile.getexif decodes the whole picture to look for a chunk behind the pixels
    return Image.Image.getexif(image)


def read_orientation(image: Image.Image) -> int:
    """EXIF (or XMP) orientation 1..8; 1 when absent or illegal."""
    try:
        value = _read_exif(image).get(_ORIENTATION, 1)
        return int(value) if value in range(1, 9) else 1
    except Exception:  # as above
        return 1


def turn(rgb: npt.NDArray[np.uint8], orientation: int) -> npt.NDArray[np.uint8]:
    """The picture as the photographer saw it. (H, W, 3) -> (H, W, 3) or (W, H, 3), C-contiguous."""
    turns = {
        2: rgb[:, ::-1],
        3: rgb[::-1, ::-1],
        4: rgb[::-1],
        5: rgb.transpose(1, 0, 2),
        6: np.rot90(rgb, -1),
        7: rgb[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(rgb, 1),
    }
    return np.ascontiguousarray(turns.get(orientation, rgb))


def _parse_date(value: object, fraction: object) -> datetime | None:
    text = _text(value)
    found = _DATE.match(text)
    if not found:
        return None
    try:
        when = datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:  # '0000:00:00 00:00:00' of a camera without a clock
        return None
    digits = re.match(r"\d{1,6}", _text(fraction))
    return when + timedelta(seconds=float(f"0.{digits.group()}")) if digits else when


def _text(value: object) -> str:
    return value.decode("ascii", "replace").strip("\0 ") if isinstance(value, bytes) else str(value or "").strip("\0 ")
