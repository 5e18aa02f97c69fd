"""Draws docs/before-after.png: a sample photo beside the page of the report that was made of it. Run by `make picture`.

Needs LibreOffice and pdftoppm.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageOps
from report_pages import ROOT, make_report, render_page, save_small

SAMPLE = "connecting-communities"
PHOTO = ROOT / "samples" / SAMPLE / "IMG_4102.jpg"
PAGE = 4
"""Of the report: where the sheet on the photo has become a theme with its actions."""
COLOURS = ((72, Image.Quantize.MEDIANCUT), (32, Image.Quantize.MAXCOVERAGE))
HEIGHT_PX, GAP_PX, GREY = 640, 24, (120, 130, 128)


def main(folder: Path) -> None:
    sheet = render_page(make_report(folder, SAMPLE, "") / "report.docx", PAGE)
    with Image.open(PHOTO) as photo:
        parts = [ImageOps.exif_transpose(photo).convert("RGB"), ImageOps.expand(sheet, 2, GREY)]
    parts = [p.resize((round(p.width * HEIGHT_PX / p.height), HEIGHT_PX), Image.Resampling.LANCZOS) for p in parts]
    # the photo's shades and the page's few colours are chosen apart, or the page would lose its own to the paper
    parts = [p.quantize(k, method=m, kmeans=2).convert("RGB") for p, (k, m) in zip(parts, COLOURS, strict=True)]
    picture = Image.new("RGB", (sum(p.width for p in parts) + GAP_PX, HEIGHT_PX), "white")
    picture.paste(parts[0], (0, 0))
    picture.paste(parts[1], (parts[0].width + GAP_PX, 0))
    save_small(picture, ROOT / "docs" / "before-after.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name))
