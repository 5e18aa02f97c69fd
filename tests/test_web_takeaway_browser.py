"""The report page in a real browser: the newest report is taken away, edits come back, with scripts and without."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from conftest import Finished
from takeaway_desk import (
    HERE,
    copy_written,
    correct,
    edited,
    make_written,
    settings,
    text_of,
)
from web_client import PAGE, serve_here

from digitise import api
from digitise.web.shelf import EventPlace

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser
from web_browser import AXE, CHROMIUM, check_page, fixture_browser, open_browser, visit  # noqa: F401

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


@pytest.fixture(scope="module")
def made(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_written(finished, tmp_path_factory.mktemp("taken"))


@pytest.fixture
def place(made: Path, tmp_path: Path) -> EventPlace:
    return copy_written(made, tmp_path)


def correct_here(port: int, words: str, into: str) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=PAGE, timeout=60) as client:
        correct(client, words, into)  # type: ignore[arg-type]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes by: python build_tools/vendor.py --for-tests")
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_a_person_takes_the_newest_report_away_and_brings_edits_back(
    place: EventPlace, browser: Browser, tmp_path: Path, width: int
) -> None:
    size = {"width": width, "height": 800}
    with serve_here(settings(place)) as (_, port), visit(browser, base_url=f"http://127.0.0.1:{port}", viewport=size) as page:
        page.goto(HERE)
        check_page(page)
        correct_here(port, "No bus", "No bus after seven")
        page.reload()
        check_page(page)
        with page.expect_download() as downloading:
            page.locator("#get-report").focus()
            page.keyboard.press("Enter")
        download = downloading.value
        assert download.suggested_filename == "Iechyd a lles_ Tŷ'r Dderwen - report.docx"
        data = Path(download.path()).read_bytes()
        assert "No bus after seven" in text_of(data)
        assert page.url.endswith(HERE), "loaded again, it would bring the file again"
        sent = tmp_path / download.suggested_filename
        sent.write_bytes(edited(data, "alone", "lonely"))
        page.set_input_files("#edits-file", sent)
        page.get_by_role("button", name="Look for changes").click()
        page.get_by_role("heading", name="1 change would be taken over").wait_for()
        check_page(page)
        page.get_by_role("button", name="Take the changes over").click()
        page.get_by_role("heading", name="The changes are taken over").wait_for()
        check_page(page)
        page.get_by_role("link", name="To the report").click()
        page.get_by_role("heading", name="The report is ready").wait_for()
        with page.expect_download() as downloading:
            page.locator("#get-report").click()
        assert "People feel lonely" in text_of(Path(downloading.value.path()).read_bytes())


@pytest.mark.slow
def test_it_all_works_without_scripts(place: EventPlace, browser: Browser, tmp_path: Path) -> None:
    bare = {"java_script_enabled": False, "viewport": {"width": 360, "height": 800}}
    with serve_here(settings(place)) as (_, port), visit(browser, base_url=f"http://127.0.0.1:{port}", **bare) as page:
        correct_here(port, "No bus", "No bus after seven")
        page.goto(HERE)
        page.locator("#get-report").click()
        with page.expect_download() as downloading:
            page.locator("#wanted").click()
        assert "No bus after seven" in text_of(Path(downloading.value.path()).read_bytes())
        start = tmp_path / "ours.docx"
        api.new_template(start, look="civic", kind=api.EVENT_REPORT)
        page.set_input_files("#template-file", start)
        page.get_by_role("button", name="Check this template").click()
        page.get_by_role("button", name="Use this template").click()
        page.get_by_text("The look is chosen.").wait_for()
