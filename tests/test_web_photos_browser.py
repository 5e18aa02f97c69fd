"""A real browser on the photos page: what phones and laptops are offered, what folds away, pictures enlarged; and all without scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_events import add_photo, make_place, pretend_all_is_done
from playwright.sync_api import Browser, Page, expect, sync_playwright
from web_browser import ARGUMENTS, CHROMIUM, LAPTOP, PHONE
from web_client import serve_here
from web_rooms import jpeg, make_settings, serving

from digitise.web.creating import create_event
from digitise.web.desk_memory import EventMemory, save_memory
from digitise.web.details import Details, read_details
from digitise.web.settings import ServerSettings
from digitise.web.shelf import list_places

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield chromium
        chromium.close()


def open_page(browser: Browser, **options: object) -> tuple[Page, list[str]]:
    page = browser.new_context(locale="en-GB", **options).new_page()  # type: ignore[arg-type]
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page, faults


def files(folder: Path, count: int) -> list[str]:
    folder.mkdir()
    for n in range(count):
        (folder / f"IMG_{n}.jpg").write_bytes(jpeg(n))
    (folder / "song.jpg").write_bytes(b"hello" * 300)
    return [str(path) for path in sorted(folder.iterdir())]


def test_phones_are_offered_the_camera_and_laptops_folders(tmp_path: Path, browser: Browser) -> None:
    server = make_settings(tmp_path / "data")
    place = create_event(server, Details(title="Day"))
    with serving(server) as address:
        for options, on_phone in ((PHONE, True), (LAPTOP, False)):
            page, faults = open_page(browser, **options)
            page.goto(f"{address}/events/{place.id}")
            page.wait_for_selector(".upload__rich:not([hidden])")
            assert page.is_visible("[data-pick=camera]") == on_phone
            assert page.is_visible("[data-pick=folder]") == page.is_visible(".upload__drop") == (not on_phone)
            assert page.get_attribute("[data-input=camera]", "capture") == "environment" and not faults


def test_what_arrived_stands_below_alone_and_failures_stay(tmp_path: Path, browser: Browser) -> None:
    server = make_settings(tmp_path / "data")
    place = create_event(server, Details(title="Day"))
    save_memory(place, EventMemory(state="ready", read=3, total=3))
    with serving(server) as address:
        page, faults = open_page(browser, **PHONE)
        page.goto(f"{address}/events/{place.id}")
        page.set_input_files("#upload-files", files(tmp_path / "photos", 3))
        expect(page.locator(".upload__row[data-state=done]")).to_have_count(3)
        expect(page.locator("[data-overall]")).to_contain_text("3 files arrived")
        expect(page.locator(".upload__row:visible")).to_have_count(1)
        assert page.locator(".upload__row:visible").inner_text().startswith("song.jpg")
        assert not faults


def test_a_small_picture_opens_larger_by_key_and_the_focus_comes_back(tmp_path: Path, browser: Browser) -> None:
    place = make_place(tmp_path / "data")
    add_photo(place, "good.jpg")
    pretend_all_is_done(place)
    with serve_here(ServerSettings(data=tmp_path / "data", workers=1)) as (_, port):
        page, faults = open_page(browser, **LAPTOP)
        page.goto(f"http://127.0.0.1:{port}/events/{place.id}")
        page.focus(".photo__open")
        page.keyboard.press("Enter")
        expect(page.locator("#photos-large")).to_be_visible()
        assert page.inner_text("#photos-large-name") == "good.jpg" and page.evaluate("document.activeElement.closest('dialog') !== null")
        assert page.evaluate("document.querySelector('#photos-large img').naturalWidth") > 0
        page.keyboard.press("Escape")
        expect(page.locator("#photos-large")).to_be_hidden()
        assert page.evaluate("document.activeElement.className") == "photo__open" and not faults


def test_all_that_organisers_need_works_without_scripts(tmp_path: Path, browser: Browser) -> None:
    server = make_settings(tmp_path / "data")
    with serving(server) as address:
        page, _ = open_page(browser, **PHONE, java_script_enabled=False)
        page.goto(address)
        page.click("text=New event")
        page.fill("#title", "Day")
        page.click("text=Make the event")
        (place,) = list_places(server.data)
        page.set_input_files("#upload-files", files(tmp_path / "photos", 2))
        page.click("text=Send")
        assert "IMG_1.jpg: Arrived" in page.inner_text("main") and "song.jpg: This is not a photo" in page.inner_text("main")
        page.click("text=Cymraeg")  # the page of a form cannot be loaded anew: it leads to the photos
        assert page.url.endswith(f"/events/{place.id}") and "Lluniau" in page.inner_text("h1")
        page.click("text=English")
        page.click("nav >> text=Settings")
        page.fill("#place", "Hall")
        page.select_option("#report_languages", "cy en")
        page.click("button:text('Save')")
        assert "Saved." in page.inner_text("main")
        assert (read_details(place)[0].place, read_details(place)[0].report_languages) == ("Hall", "cy en")
        page.click("text=Delete the event")
        assert "Nothing was deleted yet" in page.inner_text("#errors")
        page.click("text=Cymraeg")
        assert page.url.endswith("/settings") and place.folder.is_dir()
        page.check("#sure")
        page.locator(".settings__delete button").click()
        assert not place.root.exists() and page.url.rstrip("/") == address.rstrip("/")


def test_a_photo_of_which_the_time_is_known_later_moves_to_its_place(tmp_path: Path, browser: Browser) -> None:
    """The order in which files arrive is not that in which they were taken."""
    place = make_place(tmp_path / "data")
    for n in (2, 3):
        add_photo(place, f"b{n}.jpg")
    pretend_all_is_done(place)
    with serve_here(ServerSettings(data=tmp_path / "data", workers=1)) as (_, port):
        page, faults = open_page(browser, **LAPTOP)
        page.goto(f"http://127.0.0.1:{port}/events/{place.id}")
        page.wait_for_selector(".upload__rich:not([hidden])")
        page.set_input_files("#upload-files", {"name": "b1.jpg", "mimeType": "image/jpeg", "buffer": jpeg(7, size=(320, 240))})
        ends = time.monotonic() + 30
        names: list[str | None] = []
        while names != ["b1.jpg", "b2.jpg", "b3.jpg"]:
            assert time.monotonic() < ends, names
            names = [card.get_attribute("data-name") for card in page.locator(".photo").all()]
            time.sleep(0.1)
        assert not faults


def test_after_a_photo_is_removed_by_keys_one_goes_on_at_the_next(tmp_path: Path, browser: Browser) -> None:
    place = make_place(tmp_path / "data")
    for name in ("a.jpg", "b.jpg"):
        add_photo(place, name)
    pretend_all_is_done(place)
    with serve_here(ServerSettings(data=tmp_path / "data", workers=1)) as (_, port):
        page, faults = open_page(browser, **LAPTOP)
        page.goto(f"http://127.0.0.1:{port}/events/{place.id}")
        for name, then in (("a.jpg", "li.photo[data-name='b.jpg']"), ("b.jpg", "[data-pick=files]")):
            page.locator(f"li.photo[data-name='{name}'] summary").press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.locator(then)).to_be_focused()
            expect(page.locator("#messages .notice").last).to_contain_text(f"{name} was removed, and its notes with it.")
            # what stands in the messages is said by itself: it is not said twice
            assert "removed" not in page.inner_text("#told")
        assert not list(place.photos.iterdir()) and not faults


@pytest.mark.parametrize("refused", ["**/photos/part?*", "**/progress?*"])
def test_what_was_told_while_a_proxy_refused_is_shown_later(tmp_path: Path, browser: Browser, refused: str) -> None:
    place = make_place(tmp_path / "data")
    add_photo(place, "a.jpg")
    pretend_all_is_done(place)
    with serve_here(ServerSettings(data=tmp_path / "data", workers=1)) as (_, port):
        page, faults = open_page(browser, **LAPTOP)
        page.route(refused, lambda route: route.fulfill(status=502, body="Bad gateway"))
        page.goto(address := f"http://127.0.0.1:{port}/events/{place.id}", wait_until="domcontentloaded")
        with page.expect_response(refused):
            headers = {"Origin": f"http://127.0.0.1:{port}"}
            page.request.post(f"{address}/photos/remove", form={"file": "a.jpg"}, headers=headers)
        # no other news comes after it
        page.wait_for_timeout(1000)
        page.unroute(refused)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#photos-head[data-state=empty]")).to_be_visible()
        expect(page.locator("li.photo")).to_have_count(0)
        assert not faults
