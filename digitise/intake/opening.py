"""Opens a picture up to its header: size and page count; no pixels.

Why plugins are called by hand and not through ``Image.open``: Image.open tries every format Pillow knows (some start other programs), and
its guard against decompression bombs is a process-wide global whose default refuses honest photos above 179 megapixels. Here the format is
known by content, only the formats below exist, and the size that the header states is checked against the event's own limit before pixels
are decoded. The plugins' remaining inner guards: TIFF's is replaced below by the same check; WebP and GIF keep Pillow's (179 megapixels,
more than either format is used for), so no picture is let through that the setting forbids.
"""

from __future__ import annotations

import logging
import warnings
from typing import IO, cast

import pi_heif
from PIL import BmpImagePlugin, GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from digitise.config import Limits
from digitise.intake.heif import check_heif
from digitise.intake.metering import MeteredStream, check_jpeg, check_tiff
from digitise.intake.refusing import check_dimensions, check_pages, cut_off
from digitise.intake.sniffing import Format

_SUBFILE_TYPE = 254
_REDUCED_OR_MASK = 0b101
"""Bits of TIFF's NewSubfileType: a thumbnail of another page, a transparency mask of another page."""


class _JpegFile(JpegImagePlugin.JpegImageFile):
    """JPEG whose resolution is not looked for in its EXIF: nobody asks for it, and that would be read before it is measured."""

    def _read_dpi_from_exif(self) -> None:
        pass


class _TiffFile(TiffImagePlugin.TiffImageFile):
    """TIFF without Pillow's own guard; check_dimensions has been called with this page's size."""

    def load_prepare(self) -> None:
        if self._im is None:
            self.im = Image.core.new(self.mode, self._tile_size)  # type: ignore[attr-defined]
        ImageFile.ImageFile.load_prepare(self)


def open_image(stream: IO[bytes], kind: Format, file: str, limits: Limits, *, page: int = 0) -> ImageFile.ImageFile:
    """A picture opened at `page` up to its header, its size checked. Call inside `refusing`: damaged files raise anything."""
    if kind == "webp":
        # the plugin reserves memory for two whole pictures as soon as it opens one
        check_dimensions(file, *_webp_size(stream, file), limits)
    if kind == "heif":
        check_heif(stream)
    if kind == "jpeg":
        check_jpeg(stream)
    if kind == "tiff":
        check_tiff(stream, limits.pages)
    metered = MeteredStream(stream)
    if kind in ("heif", "webp", "tiff"):
        # read whole, at once, or looked over already
        metered.begin_pixels()
    image = _open_plugin(cast(IO[bytes], metered), kind)
    if page:
        image.seek(page)
    check_dimensions(file, *image.size, limits)
    metered.begin_pixels()
    return image


def find_pages(image: ImageFile.ImageFile, kind: Format, file: str, limits: Limits) -> tuple[int, ...]:
    """Frame numbers of the pictures in a file: all pages of a TIFF (without thumbnails and masks), the first frame of anything else."""
    if kind != "tiff":
        return (0,)
    tiff = cast(TiffImagePlugin.TiffImageFile, image)
    pages = []
    # frames are counted by walking, and only as far as the limit: n_frames would follow a chain of millions
    for frame in range(limits.pages + 1):
        try:
            tiff.seek(frame)
        except EOFError:
            break
        if frame == 0 or not int(tiff.tag_v2.get(_SUBFILE_TYPE, 0)) & _REDUCED_OR_MASK:
            pages.append(frame)
        check_pages(file, frame + 1, limits)
    tiff.seek(0)
    return tuple(pages)


def _open_plugin(stream: IO[bytes], kind: Format) -> ImageFile.ImageFile:
    plugins: dict[Format, type[ImageFile.ImageFile]] = {
        "jpeg": _JpegFile,
        "png": PngImagePlugin.PngImageFile,
        "tiff": _TiffFile,
        "webp": WebPImagePlugin.WebPImageFile,
        "heif": pi_heif.HeifImageFile,
        "gif": GifImagePlugin.GifImageFile,
        "bmp": BmpImagePlugin.BmpImageFile,
    }
    return plugins[kind](stream)


def _webp_size(stream: IO[bytes], file: str) -> tuple[int, int]:
    """Width and height in px from the first chunk of a WebP. Raises PhotoError when it is cut off before them."""
    head = stream.read(30)
    stream.seek(0)
    if len(head) < 30:
        raise cut_off(file)
    chunk = head[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def mute_pillow() -> None:
    """Keep Pillow's own words about damaged files off the person's screen, in this process: a Problem says it in theirs."""
    warnings.filterwarnings("ignore", module=r"PIL\.")
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
