"""The review page in a real browser, open at two people's at once, and where the network is gone for a moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from review_browser import Open, edits, fixture_address, fixture_folder, fixture_open_page, text_of, wait_saved  # noqa: F401
from web_browser import CHROMIUM, fixture_browser  # noqa: F401

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")]


def test_two_people_see_each_other_and_choose_where_they_clash(open_page: Open, folder: Path) -> None:
    mine, theirs = open_page("?note=n1-3"), open_page("?note=n1-3", expected=("409",))
    theirs.focus("#text-n1-3")
    theirs.keyboard.press("End")
    theirs.keyboard.type(" and school", delay=5)
    mine.fill("#text-n1-3", "Community bus")
    mine.keyboard.press("Tab")
    wait_saved(mine)
    expect(theirs.locator("#conflict")).to_be_visible()
    assert "Community bus" in theirs.inner_text("#conflict")
    assert "and school" in theirs.inner_text("#conflict")
    theirs.click("#conflict button:has-text('Keep both')")
    expect(theirs.locator("#conflict")).to_have_count(0)
    wait_saved(theirs)
    expect(mine.locator("#note-n1-3 .row__text")).to_contain_text("and school")
    assert text_of(mine, "n1-3") == "Community bus Community car for the clinic and school"


def test_what_is_typed_stays_while_others_change_other_things(open_page: Open) -> None:
    mine, theirs = open_page("?note=n1-3"), open_page("?note=n1-1")
    mine.focus("#text-n1-3")
    mine.keyboard.press("Home")
    theirs.click("#word-1")
    expect(mine.locator("#note-n1-1 .row__text")).to_contain_text("six")
    assert mine.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == ["text-n1-3", 0]
    mine.keyboard.type("Our ")
    wait_saved(mine)
    expect(theirs.locator("#note-n1-3 .row__text")).to_have_text("Our Community car for the clinic")


def test_saving_waits_for_the_network(open_page: Open, folder: Path) -> None:
    page = open_page("?note=n1-3", expected=("ERR_INTERNET_DISCONNECTED",))
    page.context.set_offline(True)
    page.fill("#text-n1-3", "Community bus")
    expect(page.locator("#save-state")).to_have_text("Not saved yet, trying again")
    page.context.set_offline(False)
    wait_saved(page)
    assert edits(folder) == [("wording", "sheet:n1-3")]
