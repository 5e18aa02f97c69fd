"""Takes the pictures of the web pages under docs/, on a phone and on a laptop. Run by `make picture`.

Needs Debian's Chromium. A real server reads four photos of a sample event; a blurred one is with them, so that a warning is to be seen.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright
from report_pages import ROOT, save_small

SAMPLE = ROOT / "samples" / "connecting-communities"
PHOTOS = ("IMG_4101.jpg", "IMG_4102.jpg", "IMG_4106.jpg", "IMG_4111.jpg")
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
WIDTHS = {"phone": (360, 740), "laptop": (1280, 860)}
MOST_BYTES = 120_000
PATIENCE_MS = 300_000


def main(folder: Path) -> None:
    photos = draw_photos(folder)
    with serve(folder / "data") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        pages = {name: open_page(browser, *size) for name, size in WIDTHS.items()}
        take(pages, "start", address)
        take(pages, "new-event", f"{address}/events/new")
        event = add_event(pages["laptop"], address, photos)
        take(pages, "reading", event)
        pages["laptop"].locator(".photos__state--good").wait_for(timeout=PATIENCE_MS)
        take(pages, "photos", event)
        take(pages, "check", f"{event}/review", click="#next-word")
        take(pages, "order", f"{event}/review?show=whole")
        take(pages, "report", f"{event}/report")
        take(pages, "settings", f"{event}/settings")
        pages["laptop"].goto(f"{event}/room")
        pages["laptop"].locator("main form button[value=new]").click()
        take(pages, "room", f"{event}/room")
        take(pages, "send", pages["laptop"].locator(".room__address a").get_attribute("href") or "")
        take(pages, "events", address)
        browser.close()


def draw_photos(folder: Path) -> list[Path]:
    """The sample's photos and a blurred one."""
    photos = [SAMPLE / name for name in PHOTOS]
    blurred = folder / "IMG_4199.jpg"
    with Image.open(SAMPLE / "IMG_4112.jpg") as photo:
        photo.filter(ImageFilter.GaussianBlur(9)).save(blurred, quality=85)
    return [*photos, blurred]


@contextmanager
def serve(data: Path) -> Iterator[str]:
    """A server of its own; its address."""
    command = [str(Path(sys.executable).with_name("digitise")), "serve", "--data", str(data), "--port", "0", "--no-log-requests"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            where = next(line for line in server.stderr if " is at " in line)
            yield where.split()[-1].rstrip("/").replace("localhost", "127.0.0.1")
        finally:
            server.terminate()


def open_page(browser: Browser, width: int, height: int) -> Page:
    return browser.new_page(viewport={"width": width, "height": height}, locale="en-GB", has_touch=width < 500, is_mobile=width < 500)


def add_event(page: Page, address: str, photos: list[Path]) -> str:
    """Make an event and send its photos; the address of its pages."""
    page.goto(f"{address}/events/new")
    page.locator("#title").fill("Connecting Communities")
    page.locator("#date").fill("14 March 2026")
    page.locator("main form button.button--primary").click()
    page.locator(".upload__rich").wait_for()
    page.locator("#upload-files").set_input_files(photos)
    page.locator(f".upload__row[data-state=done] >> nth={len(photos) - 1}").wait_for(state="attached", timeout=PATIENCE_MS)
    page.locator("li.photo .photo__verdict").wait_for(timeout=PATIENCE_MS)
    return page.url


def take(pages: dict[str, Page], name: str, address: str, *, click: str = "") -> None:
    """The page as it is seen first, on each device."""
    for device, page in pages.items():
        page.goto(address)
        page.wait_for_timeout(1200)
        if click and page.locator(click).count():
            page.locator(click).click()
            page.wait_for_timeout(1200)
        # small pictures are made when they are first asked for
        page.wait_for_function("[...document.querySelectorAll('.crop')].every((picture) => picture.complete)", timeout=PATIENCE_MS)
        path = ROOT / "docs" / f"web-{name}-{device}.png"
        page.screenshot(path=path)
        with Image.open(path) as taken:
            picture = taken.convert("RGB")
        save_small(picture, path, most_bytes=MOST_BYTES)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
