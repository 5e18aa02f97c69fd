"""Pages of a PDF as pictures: a scan at its own resolution, anything else at a resolution at which its letters can be read."""

from __future__ import annotations

import math
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from digitise.config import Limits
from digitise.errors import PhotoError
from digitise.intake import pdf_pages
from digitise.intake.refusing import MIN_SIDE_PX, check_dimensions, damaged

POINTS_PER_INCH = 72.0
DPI_PAGE, DPI_POSTER = 300.0, 200.0
"""300 dpi is what scanners use for writing; a poster's letters are large, and at 300 dpi it would take four times the pixels of a phone."""
POSTER_INCHES = 17.0
"""Longest side of A3, rounded up: anything larger is a poster."""
SCAN_COVERS = 0.85
"""Share of the page that one picture must cover for the page to be a scan; scanners leave margins of up to 5 % a side."""

MOST_RENDER_S = 60.0
"""For one page. A poster of vectors takes 3."""
MOST_MORE_MIB = 4096
"""Memory that one page may take in a worker process. A scan of 200 megapixels with its copies takes 2,500."""
MOST_COUNTING_MIB, MOST_COUNTING_S = 1024, 60.0
"""For looking up how many pages there are. A table of a million objects, 4 kB in the file, takes 130 MiB and half a second."""
REMEDY = "Export or scan it again, or leave it out."


def count_pages(stream: IO[bytes], file: str) -> int:
    """Looked up by a process of its own, so that a hostile PDF ends that one; it costs a tenth of a second. Raises PhotoError when the
    PDF is locked, damaged or takes too much."""
    command = [sys.executable, "-P", pdf_pages.__file__, str(MOST_COUNTING_MIB)]
    try:
        counted = subprocess.run(command, input=stream.read(), capture_output=True, timeout=MOST_COUNTING_S, check=False)
    except subprocess.TimeoutExpired as e:
        raise PhotoError(file, f"opening the PDF takes longer than {MOST_COUNTING_S:.0f} s", REMEDY) from e
    if counted.returncode == 0:
        return int(counted.stdout)
    if counted.returncode == pdf_pages.LOCKED:
        raise PhotoError(file, "the PDF is locked with a password", "Save it without a password (print it to PDF), then try again.")
    if counted.returncode == pdf_pages.DAMAGED:
        raise _damaged_pdf(file)
    raise PhotoError(file, f"opening the PDF takes more than {MOST_COUNTING_MIB} MiB of memory", REMEDY)


@contextmanager
def open_pdf(stream: IO[bytes], file: str) -> Iterator[Any]:
    """A PDF whose pages were counted, as pypdfium2.PdfDocument. Raises PhotoError when it is damaged."""
    try:
        document = pdfium.PdfDocument(stream)
    except pdfium.PdfiumError as e:
        raise _damaged_pdf(file) from e
    try:
        yield document
    finally:
        document.close()


def _damaged_pdf(file: str) -> PhotoError:
    return PhotoError(file, "the PDF is damaged or has no pages", REMEDY)


def render_page(stream: IO[bytes], page: int, file: str, limits: Limits) -> npt.NDArray[np.uint8]:
    """Page `page` (0-based) as (H, W, 3) uint8 RGB on white paper. Raises PhotoError."""
    with _fence_memory(), open_pdf(stream, file) as document:
        if page >= len(document):
            raise damaged(file)
        sheet = document[page]
        width_pt, height_pt = sheet.get_size()
        if not (math.isfinite(width_pt) and math.isfinite(height_pt) and width_pt > 0 and height_pt > 0):
            raise damaged(file)
        scale = _choose_scale(sheet, width_pt, height_pt, file, limits)
        check_dimensions(file, math.ceil(width_pt * scale), math.ceil(height_pt * scale), limits)
        bitmap = _render(sheet, math.ceil(width_pt * scale), math.ceil(height_pt * scale), file)
        pixels = bitmap.to_numpy()
        if pixels.ndim == 2:
            pixels = pixels[:, :, None]
        if pixels.shape[2] == 1:
            pixels = np.repeat(pixels, 3, axis=2)
        # a copy: the bitmap's memory is PDFium's and goes with it
        return cast("npt.NDArray[np.uint8]", np.array(pixels[:, :, :3], order="C"))


@contextmanager
def _fence_memory() -> Iterator[None]:
    """End this process, if it is a worker, when PDFium takes more than that: 16 MiB of the letter q, 16 kB in the file, become 1.4 GB as it
    reads them, and it asks nobody in between. Without the fence the whole computer would stand still first."""
    if multiprocessing.parent_process() is None or sys.platform != "linux":
        yield
        return
    import resource  # noqa: PLC0415 - not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    most = [now + (MOST_MORE_MIB << 20), *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(most), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _render(sheet: Any, width_px: int, height_px: int, file: str) -> Any:
    """The page as pypdfium2.PdfBitmap, RGB. Raises PhotoError for one that is drawn for too long: a PDF of 5 kB can say 'fill the page' a
    million times. Step by step, because PDFium looks at the clock only then."""
    bitmap = pdfium.PdfBitmap.new_native(width_px, height_px, pdfium_c.FPDFBitmap_BGR, rev_byteorder=True)
    bitmap.fill_rect(color=(255, 255, 255, 255), left=0, top=0, width=width_px, height=height_px)
    ends = time.monotonic() + MOST_RENDER_S
    pause = pdfium_c.IFSDK_PAUSE(version=1)
    late = type(pause.NeedToPauseNow)(lambda _: time.monotonic() > ends)
    pause.NeedToPauseNow = late
    flags = pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_REVERSE_BYTE_ORDER
    status = pdfium_c.FPDF_RenderPageBitmap_Start(bitmap, sheet, 0, 0, width_px, height_px, 0, flags, pause)
    pdfium_c.FPDF_RenderPage_Close(sheet)
    if status == pdfium_c.FPDF_RENDER_TOBECONTINUED:
        raise PhotoError(file, f"its page takes longer than {MOST_RENDER_S:g} s to draw", "Print it to a picture, and use that instead.")
    if status != pdfium_c.FPDF_RENDER_DONE:
        raise damaged(file)
    return bitmap


def _choose_scale(sheet: Any, width_pt: float, height_pt: float, file: str, limits: Limits) -> float:
    """Pixels per point. Checks the pictures on the page against the limits first: PDFium decodes them whole whatever the scale."""
    pictures = list(sheet.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))
    for picture in pictures:
        width_px, height_px = picture.get_px_size()
        check_dimensions(file, max(width_px, MIN_SIDE_PX), max(height_px, MIN_SIDE_PX), limits)
    longest_inches = max(width_pt, height_pt) / POINTS_PER_INCH
    scale = (DPI_PAGE if longest_inches <= POSTER_INCHES else DPI_POSTER) / POINTS_PER_INCH
    if len(pictures) == 1:
        scale = _scan_scale(pictures[0], width_pt * height_pt) or scale
    return min(scale, math.sqrt(limits.megapixels * 1e6 / (width_pt * height_pt)) * 0.999)


def _scan_scale(picture: Any, page_area_pt: float) -> float | None:
    """Scale at which a picture that fills its page keeps its own pixels; None when it does not fill it."""
    left, bottom, right, top = picture.get_bounds()
    area = (right - left) * (top - bottom)
    width_px, height_px = picture.get_px_size()
    if area < SCAN_COVERS * page_area_pt or area <= 0 or min(width_px, height_px) < MIN_SIDE_PX:
        return None
    # by area, so that a page turned by 90 degrees needs no special case
    return math.sqrt(width_px * height_px / area)
