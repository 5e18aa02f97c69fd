"""Draws the pictures of report pages under docs/ from the sample events. Run by `make picture`.

Needs LibreOffice and pdftoppm. What is shown is drawn by samples/draw.py; no real photo is in it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
GAP_PX, GREY = 14, (150, 160, 158)
HEIGHT_PX = 560
MOST_BYTES = 150_000
SHEETS: dict[str, list[tuple[str, str, str, int]]] = {
    "report-connecting-communities.png": [
        ("connecting-communities", "report", "", 1),
        ("connecting-communities", "report", "", 3),
        ("connecting-communities", "report", "", 4),
        ("connecting-communities", "report", "", 8),
    ],
    "report-sticky-wall.png": [
        ("sticky-wall", "report", "", 4),
        ("sticky-wall", "report", "", 5),
        ("sticky-wall", "report", "", 12),
    ],
    "report-world-cafe.png": [
        ("world-cafe", "report", "", 4),
        ("world-cafe", "report", "", 6),
        ("world-cafe", "report", "", 9),
        ("world-cafe", "report", "", 14),
    ],
    "report-photos.png": [
        ("connecting-communities", "photo-report", "", 1),
        ("connecting-communities", "photo-report", "", 3),
        ("connecting-communities", "photo-report", "", 6),
        ("connecting-communities", "photo-report", "", 8),
    ],
    "report-looks.png": [
        ("world-cafe", "report", "civic", 1),
        ("world-cafe", "report", "civic", 4),
        ("world-cafe", "report", "warm", 1),
        ("world-cafe", "report", "warm", 4),
    ],
}
"""Picture -> its pages: sample, file, look, page. Pages follow what is read and arranged: look at the pictures after a change there."""


def main(folder: Path) -> None:
    """Reports that are in `folder` already are taken as they are."""
    for name, pages in SHEETS.items():
        parts = [render_page(make_report(folder, sample, look) / f"{file}.docx", page) for sample, file, look, page in pages]
        save_small(join_pages(parts), ROOT / "docs" / name)


def make_report(folder: Path, sample: str, look: str) -> Path:
    """The folder with a sample's report in a look. The second look of a sample reads nothing again."""
    output = folder / sample / (look or "usual")
    if not (output / "report.docx").exists():
        usual = folder / sample / "usual"
        if look and usual.exists():
            # not the pages that were printed of the usual look
            shutil.copytree(usual, output, ignore=shutil.ignore_patterns("*.pdf", "profile"))
        command = [sys.executable, "-m", "digitise.entry", "report", str(ROOT / "samples" / sample), "--output", str(output), "--quiet"]
        subprocess.run([*command, *(["--template", look] if look else [])], check=True)
    return output


def render_page(document: Path, page: int) -> Image.Image:
    pdf = document.with_suffix(".pdf")
    if not pdf.exists():
        profile = f"-env:UserInstallation={(document.parent / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(document.parent), str(document)]
        subprocess.run(command, check=True, capture_output=True)
    target = pdf.with_name(f"{pdf.stem}-{page}")
    subprocess.run(["pdftoppm", "-f", str(page), "-l", str(page), "-r", "100", "-singlefile", "-png", str(pdf), str(target)], check=True)
    with Image.open(target.with_suffix(".png")) as picture:
        return picture.convert("RGB")


def join_pages(pages: list[Image.Image]) -> Image.Image:
    """Pages side by side on grey, those that lie on their side as wide as they are."""
    shown = [
        p.resize((round(p.width * HEIGHT_PX / max(p.size)), round(p.height * HEIGHT_PX / max(p.size))), Image.Resampling.LANCZOS)
        for p in pages
    ]
    width = sum(p.width + GAP_PX for p in shown) + GAP_PX
    sheet = Image.new("RGB", (width, HEIGHT_PX + 2 * GAP_PX), GREY)
    left = GAP_PX
    for p in shown:
        sheet.paste(p, (left, GAP_PX))
        left += p.width + GAP_PX
    return sheet


def save_small(picture: Image.Image, path: Path, *, most_bytes: int = MOST_BYTES) -> None:
    """As a PNG of at most so many bytes, with as many colours as that allows."""
    for colours in (256, 128, 96, 64, 48, 32):
        # by the median: the faint shades of paper stay smooth
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=2).save(path, optimize=True)
        if path.stat().st_size <= most_bytes:
            return
    raise SystemExit(f"{path} is larger than {most_bytes} bytes")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name))
