"""The whole way of an organiser in a real browser against `digitise serve`: photos in, progress, corrections, the Word report out.

Whatever goes wrong unseen fails these tests, too: errors on the console, refusals by the page's policy, faults in the server's log.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, Page, expect
from web_browser import (  # noqa: F401
    AXE,
    CHROMIUM,
    LAPTOP,
    PHONE,
    ask_json,
    check_page,
    fixture_browser,
    open_browser,
    serve_process,
    start_server,
    stop_server,
    visit,
)
from web_journey import (
    add_photos,
    correct_word,
    create_event,
    draw_photos,
    go_by_keys,
    move_note,
    open_review,
    press,
    rename_section,
    row_of,
    section_of,
    show_whole,
    take_report,
    wait_until_ready,
    wait_until_saved,
    wait_until_sent,
)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core comes by: python build_tools/vendor.py --for-tests")
WITH_PADDING = 600_000
"""Bytes after the end of each photo, so that sending takes a while."""


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Ten photos on the phone, one of them damaged."""
    return draw_photos(tmp_path / "phone")


@pytest.fixture
def large_photos(photos: list[Path]) -> list[Path]:
    """The same, but so large that they can be caught on their way."""
    for photo in photos[:-1]:
        photo.write_bytes(photo.read_bytes() + os.urandom(WITH_PADDING))
    return photos


def mend(page: Page) -> None:
    """One word, one section's name, one note's place, on the review page."""
    show_whole(page)
    correct_word(page, "Tuesday lunch club", "Wednesday lunch club")
    rename_section(page, "A place to meet", "What young people want")
    move_note(page, "Slow internet", "Health")


def check_report(report: Path) -> None:
    """The corrections are in the Word file, each where it belongs; what they replaced is not."""
    document = docx.Document(str(report))
    under: dict[str, str] = {}
    heading, whole = "", []
    for element in document.element.body.iter(qn("w:p")):
        text = "".join(part.text or "" for part in element.iter(qn("w:t")))
        style = Paragraph(element, document).style
        heading = text if style is not None and style.name == "Heading 2" else heading
        whole.append(text)
        under[text] = under.get(text, heading)
    assert any("Wednesday lunch club" in text for text in whole) and not any("Tuesday" in text for text in whole)
    (moved,) = {name for text, name in under.items() if "Slow internet" in text and "What was said" in text}
    assert moved == "Health"
    assert "What young people want" in {name for text, name in under.items() if "A place to meet after school" in text}


def stored_hashes(data: Path) -> list[str]:
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in data.glob("events/*/event/photos/*"))


def hashes(photos: list[Path]) -> list[str]:
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in photos)


def test_from_photos_to_a_corrected_report(browser: Browser, photos: list[Path], tmp_path: Path) -> None:
    # one worker: loading the networks in each costs more than reading; the slow ones below take the usual number
    with serve_process(tmp_path / "data", "--workers", "1") as server, visit(browser) as page:
        create_event(page, server.address)
        add_photos(page, photos)
        wait_until_sent(page, len(photos))
        expect(page.locator("li.photo--bad")).to_contain_text("IMG_99.jpg")
        wait_until_ready(page)
        expect(page.locator(".photos__look")).to_contain_text("IMG_99.jpg")
        open_review(page)
        mend(page)
        check_report(take_report(page, tmp_path / "report.docx"))


@needs_axe
@pytest.mark.slow
@pytest.mark.parametrize(
    ("device", "locale"), [(PHONE, "en-GB"), (PHONE, "cy-GB"), (LAPTOP, "en-GB")], ids=["phone", "phone in Welsh", "laptop"]
)
def test_every_page_on_the_way_is_for_everybody(browser: Browser, photos: list[Path], tmp_path: Path, device: dict, locale: str) -> None:
    with serve_process(tmp_path / "data") as server, visit(browser, locale=locale, **device) as page:
        page.goto(server.address)
        check_page(page)
        page.goto(f"{server.address}/events/new")
        press(page.locator("details summary").first)
        check_page(page)
        photos_page = create_event(page, server.address)
        page.wait_for_load_state()
        assert page.locator("html").get_attribute("lang") == locale[:2]
        check_page(page)
        add_photos(page, photos)
        check_page(page)
        wait_until_sent(page, len(photos))
        expect(page.locator("li.photo--bad")).to_have_count(1)
        check_page(page)
        wait_until_ready(page)
        check_page(page)
        open_review(page)
        check_page(page)
        mend(page)
        check_page(page)
        report = take_report(page, tmp_path / "report.docx")
        check_report(report)
        check_page(page)
        page.locator("#edits-file").set_input_files(report)
        press(page.locator("form:has(#edits-file) button"))
        page.locator("form[action*='/forget/']").wait_for()
        check_page(page)
        press(page.locator("form[action*='/forget/'] button"))
        page.locator("#template-file").set_input_files(report)
        press(page.locator("form:has(#template-file) button"))
        page.locator("form[action*='/forget/']").wait_for()
        check_page(page)
        page.goto(f"{photos_page}/settings")
        check_page(page)
        page.goto(f"{photos_page}/room")
        check_page(page)
        press(page.locator("main form button[value=new]"))
        page.locator(".room__address").wait_for()
        check_page(page)
        page.goto(page.locator(".room__address a").get_attribute("href") or "")
        page.locator(".upload__rich").wait_for()
        add_photos(page, photos[:1])
        wait_until_sent(page, 1)
        check_page(page)
        page.goto(server.address)
        check_page(page)


@pytest.mark.slow
def test_the_whole_way_by_keys_alone(browser: Browser, photos: list[Path], tmp_path: Path) -> None:
    with serve_process(tmp_path / "data") as server, visit(browser) as page:
        keys = page.keyboard
        # Playwright begins to listen some time after expect_file_chooser is called, so that a key pressed at once may be missed
        page.on("filechooser", lambda chooser: None)
        page.goto(server.address)
        go_by_keys(page, "a[href$='/events/new']")
        keys.press("Enter")
        page.locator("#title").wait_for()
        page.wait_for_load_state()
        go_by_keys(page, "#title")
        keys.type("Health day")
        keys.press("Enter")
        page.locator(".upload__rich").wait_for()
        page.wait_for_load_state()
        go_by_keys(page, "[data-pick=files]")
        with page.expect_file_chooser() as chooser:
            keys.press("Enter")
        chooser.value.set_files(photos)
        wait_until_sent(page, len(photos))
        wait_until_ready(page)
        go_by_keys(page, "#photos-head a.button--primary", back=True)
        keys.press("Enter")
        wait_until_saved(page)
        go_by_keys(page, "#show-whole")
        keys.press("Enter")
        page.locator("#groups[data-whole=yes]").wait_for()
        note = row_of(page, "Tuesday")
        go_by_keys(page, f"#open-{note}")
        keys.press("Enter")
        page.wait_for_selector("#editor:focus")
        keys.press("e")
        page.wait_for_selector(f"#text-{note}:focus")
        keys.press("Control+Home")
        keys.press("Control+Shift+ArrowRight")
        keys.type("Wednesday ")
        expect(page.locator(f"#note-{note} .row__text")).to_have_text("Wednesday lunch club")
        wait_until_saved(page)
        keys.press("Escape")
        section = section_of(page, "A place to meet")
        go_by_keys(page, f"#menu-{section} summary")
        keys.press("Enter")
        go_by_keys(page, f"#rename-{section}")
        keys.press("Control+a")
        keys.type("What young people want")
        keys.press("Enter")
        expect(page.locator(f"#title-{section}")).to_have_text("What young people want")
        note = row_of(page, "Slow internet")
        go_by_keys(page, f"#open-{note}")
        keys.press("Enter")
        page.wait_for_selector("#editor:focus")
        keys.press("m")
        keys.type("Health")
        keys.press("Tab")
        keys.press("Enter")
        expect(page.locator(".group", has_text="The clinic is far away").locator(f"#note-{note}")).to_be_visible()
        wait_until_saved(page)
        go_by_keys(page, ".tabs a[href$='/report']", back=True, most=300)
        keys.press("Enter")
        page.locator("#get-report").wait_for()
        go_by_keys(page, "#get-report")
        with page.expect_download() as coming:
            keys.press("Enter")
        coming.value.save_as(tmp_path / "report.docx")
        check_report(tmp_path / "report.docx")


class Wire:
    """A slow link to a server that can be cut: connections break off, new ones are refused."""

    def __init__(self, address: str, *, bytes_per_s: float) -> None:
        self._port = int(address.rpartition(":")[2])
        self._pause_s = 16_384 / bytes_per_s
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.is_cut = False
        self._ends: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._listening.accept()
                try:
                    server = None if self.is_cut else socket.create_connection(("127.0.0.1", self._port))
                except OSError:
                    server = None
                if server is None:
                    phone.close()
                    continue
                self._ends |= {phone, server}
                for start, end, pause_s in ((phone, server, self._pause_s), (server, phone, 0.0)):
                    threading.Thread(target=self._carry, args=(start, end, pause_s), daemon=True).start()

    def _carry(self, start: socket.socket, end: socket.socket, pause_s: float) -> None:
        with contextlib.suppress(OSError):
            while data := start.recv(16_384):
                end.sendall(data)
                time.sleep(pause_s)
        for each in (start, end):
            self._ends.discard(each)
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def wait_for(is_so: Callable[[], object], *, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)


def half_sent(data: Path) -> int:
    """Bytes of uploads that are on their way."""
    return sum(path.stat().st_size for path in data.glob("events/*/incoming/*.part"))


NO_NETWORK = ("net::ERR_", "Failed to load resource")


@pytest.mark.slow
def test_the_network_is_cut_while_photos_are_sent(browser: Browser, large_photos: list[Path], tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serve_process(data) as server, visit(browser, expected=NO_NETWORK) as page:
        wire = Wire(server.address, bytes_per_s=400_000)
        create_event(page, wire.address)
        add_photos(page, large_photos)
        wait_for(lambda: len(stored_hashes(data)) >= 2 and half_sent(data) > 200_000)
        wire.cut()
        page.locator(".upload__row[data-state=again]").first.wait_for()
        # which file it caught, and how far that was, differs; that sent bytes are kept is held by test_web_uploads.py
        assert len(stored_hashes(data)) < len(large_photos), "something was on its way when the network was cut"
        time.sleep(2)
        wire.is_cut = False
        wait_until_sent(page, len(large_photos))
        assert stored_hashes(data) == hashes(large_photos)
        wait_until_ready(page)
        open_review(page)
        mend(page)
        check_report(take_report(page, tmp_path / "report.docx"))
        wire.close()


@pytest.mark.slow
def test_the_page_is_loaded_again_while_photos_are_read(browser: Browser, photos: list[Path], tmp_path: Path) -> None:
    with serve_process(tmp_path / "data", "--workers", "1") as server, visit(browser) as page:
        where = create_event(page, server.address)
        add_photos(page, photos)
        wait_until_sent(page, len(photos))
        bar = page.locator("#photos-head progress")
        event = where.rpartition("/")[2]
        progress = f"{server.address}/api/events/{event}/progress"
        wait_for(lambda: int(str(ask_json(progress)["read"])) >= 2, seconds=120)
        page.reload()
        shown = float(bar.get_attribute("value") or 0)
        assert 2 <= shown < len(photos) and float(bar.get_attribute("max") or 0) == len(photos)
        wait_for(lambda: not bar.count() or float(bar.get_attribute("value") or 0) > shown, seconds=120)
        page.locator("#photos-stop").click()
        page.locator("#photos-go-on").wait_for()
        page.reload()
        page.locator(".photos__state--warn").wait_for()
        page.locator("#photos-go-on").click()
        wait_until_ready(page)
        assert ask_json(progress)["failed"] == 1


@pytest.mark.slow
def test_the_server_is_killed_while_photos_are_sent_and_read(browser: Browser, large_photos: list[Path], tmp_path: Path) -> None:
    """The page stays open all the while, and nobody touches it."""
    data = tmp_path / "data"
    first = start_server(data, "--workers", "1")
    port = int(first.address.rpartition(":")[2])
    server, wire = first, Wire(first.address, bytes_per_s=70_000)
    try:
        with visit(browser, expected=NO_NETWORK) as page:
            create_event(page, wire.address)
            add_photos(page, large_photos)
            wait_for(
                lambda: half_sent(data) > 100_000 and list(data.glob("events/*/event/report/.digitise/photos/*/result.json")), seconds=120
            )
            read = {path: path.stat().st_mtime_ns for path in data.glob("events/*/event/report/.digitise/photos/*/result.json")}
            assert len(stored_hashes(data)) < len(large_photos)
            os.kill(first.process.pid, signal.SIGKILL)
            first.process.wait()
            time.sleep(1)
            server = start_server(data, port=port)
            wait_until_sent(page, len(large_photos))
            assert stored_hashes(data) == hashes(large_photos)
            wait_until_ready(page)
            assert all(path.stat().st_mtime_ns == at for path, at in read.items()), "what was read before is not read again"
            assert page.locator("li.photo").count() == len(large_photos)
            open_review(page)
            mend(page)
            check_report(take_report(page, tmp_path / "report.docx"))
    finally:
        stop_server(server)
        wire.close()
