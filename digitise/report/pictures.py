"""Pictures as they go into the report: no larger than printed, and nothing in them but pixels (no GPS, no camera data)."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

PRINT_DPI = 200
"""Handwriting stays readable on paper; a page-wide picture has 1,260 px and about 200 KB."""
JPEG_QUALITY = 82
MAX_PIXELS = 300_000_000
"""Larger than any cleaned picture of a permitted photo; a file that claims more is not ours."""
CM_PER_INCH = 2.54


def fit_picture(path: Path, *, max_width_cm: float, max_height_cm: float) -> tuple[bytes, tuple[float, float]] | None:
    """JPEG bytes and printed size (width, height, cm) of a picture, or None when the file is missing or no picture.

    Small pictures are not enlarged beyond 100 dpi.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    return None
                picture = ImageOps.exif_transpose(opened)
                picture = _on_white(picture)
    except (OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        return None
    width, height = picture.size
    natural = 100 / CM_PER_INCH
    scale = min(max_width_cm / width, max_height_cm / height, 1 / natural)
    size_cm = (width * scale, height * scale)
    target = tuple(max(1, min(side, round(cm * PRINT_DPI / CM_PER_INCH))) for side, cm in zip(picture.size, size_cm, strict=True))
    picture = picture.resize((target[0], target[1]), Image.Resampling.LANCZOS, reducing_gap=3.0)
    buffer = io.BytesIO()
    # a fresh image: save() would carry the info dictionary (EXIF, XMP, comments) of the opened one
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    clean.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True, dpi=(PRINT_DPI, PRINT_DPI))
    return buffer.getvalue(), size_cm


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        page = Image.new("RGBA", layer.size, "white")
        page.alpha_composite(layer)
        return page.convert("RGB")
    return picture.convert("RGB")
