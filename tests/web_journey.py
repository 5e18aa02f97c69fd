"""The way of an organiser through the web application, step by step, as a person takes it: by what stands on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Locator, Page, expect

SHEETS = (
    ("Buses", "No bus after six o'clock", "Taxis cost too much"),
    ("Being alone", "People feel alone at night", "Nobody knows the neighbours"),
    ("Actions", "Interlink to ring the council", "Open the hall on Sundays"),
    ("What works", "Tuesday lunch club", "The walking group"),
    ("Young people", "A place to meet after school", "Music nights in the hall"),
    ("Health", "The clinic is far away", "Wait of three weeks"),
    ("Money", "Heating is too dear", "A fund for small repairs"),
    ("Food", "Share the garden", "Cook together on Fridays"),
    ("Online", "Slow internet in the valley", "Help with forms online"),
)
TITLE = "Health day"


def draw_photos(folder: Path, count: int = len(SHEETS)) -> list[Path]:
    """Small photos that can be read, and a damaged one."""
    folder.mkdir(parents=True, exist_ok=True)
    photos = [draw_sheet(folder / f"IMG_{n + 1}.jpg", lines, minute=n) for n, lines in enumerate(SHEETS[:count])]
    broken = draw_sheet(folder / "IMG_99.jpg", ("Lost", "Nobody will read this"), minute=59)
    broken.write_bytes(broken.read_bytes()[:700])
    return [*photos, broken]


def draw_sheet(path: Path, lines: Sequence[str], *, minute: int) -> Path:
    """A heading with notes below it, as a JPEG with its time: as small as can be read, since most of the way's time goes into reading."""
    picture = Image.new("RGB", (380, 200), (236, 234, 228))
    pen = ImageDraw.Draw(picture)
    for n, line in enumerate(lines):
        pen.text((25, 20 + n * 57 + 12 * bool(n)), line, fill=(20, 30, 90), font=ImageFont.load_default(22 if n else 38))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"2026:03:14 10:{minute:02}:00"
    picture.save(path, "JPEG", quality=90, exif=exif)
    return path


def is_phone(page: Page) -> bool:
    return page.viewport_size is not None and page.viewport_size["width"] < 500


def press(locator: Locator) -> None:
    """With a finger where there is a touch screen, with the mouse elsewhere."""
    if is_phone(locator.page):
        locator.tap()
    else:
        locator.click()


def create_event(page: Page, address: str, *, title: str = TITLE) -> str:
    """From the first page to an event; the address of its photos."""
    page.goto(address)
    press(page.locator("a[href$='/events/new']").first)
    page.locator("#title").fill(title)
    page.locator("#date").fill("14 March 2026")
    press(page.locator("main form button.button--primary"))
    page.wait_for_url(re.compile(r"/events/(?!new)[^/]+$"))
    return page.url


def add_photos(page: Page, photos: list[Path]) -> None:
    """Choose files, as from a camera roll."""
    page.locator(".upload__rich").wait_for()
    page.locator("#upload-files").set_input_files(photos)


def wait_until_sent(page: Page, count: int) -> None:
    expect(page.locator(".upload__row[data-state=done]")).to_have_count(count)


def wait_until_ready(page: Page, *, seconds: float = 240) -> None:
    """The photos page says so by itself."""
    page.locator(".photos__state--good").wait_for(timeout=seconds * 1000)


def wait_until_saved(page: Page) -> None:
    page.wait_for_selector("#save-state[data-state=saved]")


def open_review(page: Page) -> None:
    press(page.locator("#photos-head a.button--primary"))
    wait_until_saved(page)


def show_whole(page: Page) -> None:
    """All notes in their sections, as in the report."""
    press(page.locator("#show-whole"))
    page.locator("#groups[data-whole=yes]").wait_for()


def row_of(page: Page, text: str) -> str:
    """The id of the note with these words."""
    return page.locator(".row", has=page.locator(".row__text", has_text=text)).first.get_attribute("data-note") or ""


def section_of(page: Page, text: str) -> str:
    """The id of the section in which the note with these words stands."""
    held = page.locator(".group", has=page.locator(".row__text", has_text=text))
    return held.first.get_attribute("data-section") or ""


def correct_word(page: Page, old: str, new: str) -> None:
    """Open the note that holds a word and type another in its place."""
    note = row_of(page, old)
    press(page.locator(f"#open-{note}"))
    field = page.locator(f"#text-{note}")
    field.fill(field.input_value().replace(old, new))
    expect(page.locator(f"#note-{note} .row__text")).to_contain_text(new)
    wait_until_saved(page)


def rename_section(page: Page, note_text: str, title: str) -> None:
    section = section_of(page, note_text)
    press(page.locator(f"#menu-{section} summary"))
    page.locator(f"#rename-{section}").fill(title)
    page.locator(f"#rename-{section}").press("Enter")
    expect(page.locator(f"#title-{section}")).to_have_text(title)
    wait_until_saved(page)


def move_note(page: Page, text: str, section: str) -> None:
    """Open a note and choose the section by its name."""
    note = row_of(page, text)
    press(page.locator(f"#open-{note}"))
    page.locator(f"#move-{note}").select_option(label=section)
    press(page.locator("#move-form button:not([name])"))
    expect(page.locator(".group", has_text=section).locator(f"#note-{note}")).to_be_visible()
    wait_until_saved(page)


def take_report(page: Page, target: Path) -> Path:
    """To the report's page, and the Word file from there."""
    press(page.locator(".tabs a[href$='/report']"))
    with page.expect_download() as coming:
        press(page.locator("#get-report"))
    coming.value.save_as(target)
    return target


def go_by_keys(page: Page, to: str, *, back: bool = False, most: int = 150) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does; it must then be seen."""
    for _ in range(most):
        if page.evaluate("(to) => document.activeElement.matches(to)", to):
            assert page.evaluate("document.activeElement.matches(':focus-visible')"), to
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"no key leads to {to}")
