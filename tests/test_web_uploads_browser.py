"""A real browser adds photos on a slow link: the network is cut, the page is loaded anew; nothing is lost or doubled."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from web_rooms import jpeg, make_settings, open_room, serving

from digitise.web.creating import create_event
from digitise.web.details import Details

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
SLOW_BYTES_PER_S = 1_500_000

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield chromium
        chromium.close()


@pytest.fixture
def room(tmp_path, browser):
    """The page for the room on a phone with a slow link: page, event, and a folder with four photos of 3 MB."""
    server = make_settings(tmp_path / "data")
    place = create_event(server, Details(title="Day"))
    link = open_room(server.data, place)
    photos = tmp_path / "photos"
    photos.mkdir()
    for n in range(4):
        (photos / f"IMG_{n}.jpg").write_bytes(jpeg(n, extra=os.urandom(3_000_000)))
    with serving(server) as address:
        context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
        page = context.new_page()
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{address}/u/{link.token}")
        page.wait_for_selector(".upload__rich:not([hidden])")
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": SLOW_BYTES_PER_S}
        wire.send("Network.emulateNetworkConditions", slow)
        yield page, place, photos, lambda offline: wire.send("Network.emulateNetworkConditions", slow | {"offline": offline})
        context.close()
        assert not faults


def arrived(place):
    return sorted(path.read_bytes() for path in place.photos.iterdir())


def choose(page, photos):
    page.set_input_files("#upload-files", [str(path) for path in sorted(photos.iterdir())])


def until(page, true, seconds=60):
    """Wait for a condition in the page. Playwright's own way needs eval, which the page's policy forbids."""
    ends = time.monotonic() + seconds
    while not page.evaluate(true):
        assert time.monotonic() < ends, page.inner_text(".upload")
        time.sleep(0.05)


def wait_for_all(page, count):
    until(page, f"document.querySelectorAll('.upload__row[data-state=done]').length == {count}")


def test_the_network_is_cut_in_the_middle(room):
    page, place, photos, set_offline = room
    choose(page, photos)
    until(page, "document.querySelector('.upload__overall progress').value > 0.15")
    set_offline(True)
    page.wait_for_selector(".upload__row[data-state=again]")
    time.sleep(1)
    set_offline(False)
    wait_for_all(page, 4)
    assert arrived(place) == sorted(path.read_bytes() for path in photos.iterdir())
    assert not list(place.incoming.glob("*.part"))


def test_the_page_is_loaded_anew_in_the_middle(room):
    page, place, photos, _ = room
    page.on("dialog", lambda dialog: dialog.accept())
    choose(page, photos)
    until(page, "document.querySelector('.upload__overall progress').value > 0.3")
    before = sum(path.stat().st_size for path in place.root.rglob("*") if path.suffix in (".part", ".jpg"))
    page.reload()
    until(page, "document.querySelectorAll('.upload__row').length == 4", 20)
    wait_for_all(page, 4)
    assert arrived(place) == sorted(path.read_bytes() for path in photos.iterdir()) and before > 1_000_000
    assert not list(place.incoming.glob("*.part"))


def test_a_file_is_cancelled_and_another_is_no_photo(room):
    page, place, photos, _ = room
    (photos / "notes.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    choose(page, photos)
    page.locator(".upload__row", has_text="IMG_2.jpg").locator("[data-cancel]").click()
    wait_for_all(page, 3)
    page.wait_for_selector(".upload__row[data-state=refused]:has-text('SVG')")
    assert sorted(path.name for path in place.photos.iterdir()) == ["IMG_0.jpg", "IMG_1.jpg", "IMG_3.jpg"]
    choose(page, photos)
    wait_for_all(page, 4)
    assert len(arrived(place)) == 4 and "Already here" in page.inner_text(".upload__list")
