"""Draws docs/before-after.png: a sample photo beside the page of the report that was made of it. Run by `make picture`.

Needs LibreOffice and pdftoppm.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

ROOT = Path(__file__).parents[1]
EVENT = ROOT / "samples" / "connecting-communities"
PHOTO = EVENT / "IMG_4102.jpg"
PAGE = 3
"""Of the report: where the sheet on the photo has become a theme with its actions."""
HEIGHT_PX, GAP_PX, GREY = 760, 24, (120, 130, 128)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "digitise.cli", "report", str(EVENT), "--output", str(folder)], check=True)
        subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", name, str(folder / "report.docx")], check=True)
        page = ["pdftoppm", "-f", str(PAGE), "-l", str(PAGE), "-r", "110", "-singlefile", "-png"]
        subprocess.run([*page, str(folder / "report.pdf"), str(folder / "page")], check=True)
        with Image.open(PHOTO) as photo, Image.open(folder / "page.png") as sheet:
            parts = [ImageOps.exif_transpose(photo).convert("RGB"), ImageOps.expand(sheet.convert("RGB"), 2, GREY)]
    parts = [p.resize((round(p.width * HEIGHT_PX / p.height), HEIGHT_PX), Image.Resampling.LANCZOS) for p in parts]
    picture = Image.new("RGB", (sum(p.width for p in parts) + GAP_PX, HEIGHT_PX), "white")
    picture.paste(parts[0], (0, 0))
    picture.paste(parts[1], (parts[0].width + GAP_PX, 0))
    picture.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(ROOT / "docs" / "before-after.png", optimize=True)


if __name__ == "__main__":
    main()
