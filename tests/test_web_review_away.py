"""Check and mend while answers are late, refused or older than what is shown, and fields after undo: in a real browser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from review_demo import EVENT_ID, make_event
from web_browser import CHROMIUM, fixture_browser, open_browser, visit  # noqa: F401
from web_client import serve_here

from digitise.corrections import load_corrections
from digitise.events import KEPT_EVENT
from digitise.store import STORE_FOLDER
from digitise.web.settings import ServerSettings

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")]
sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

LATE = """
  const ask = window.fetch;
  window.asked = [];
  window.fetch = async (address, options = {}) => {
    window.asked.push(options.method ?? "GET");
    const answer = await ask(address, options);
    await new Promise((go) => setTimeout(go, options.method === "POST" ? 150 : 100));
    return answer;
  };
"""
"""Answers come as over a network: saved after 150 ms, fetched after 100 ms."""
ONLINE = "dispatchEvent(new Event('online'))"
"""What is waited for between two tries ends with this."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_event(tmp_path)


@pytest.fixture
def event(folder: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the demo event."""
    (folder.parent / "state.json").write_text('{"created": "2026-03-14T10:00:00Z", "stopped": true}', encoding="utf-8")
    with serve_here(ServerSettings(data=tmp_path, workers=1)) as (_, port):
        yield f"http://127.0.0.1:{port}/events/{EVENT_ID}"


@contextlib.contextmanager
def look(browser: sync_api.Browser, address: str, *, script: str = "", expected: tuple[str, ...] = ()) -> Iterator[sync_api.Page]:
    with visit(browser, expected=expected) as page:
        if script:
            page.add_init_script(script)
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_selector("#save-state[data-state=saved], #review:not(:has(#groups))")
        yield page


def kinds(folder: Path) -> list[str]:
    path = folder / "corrections.json"
    return [str(e.what) for e in load_corrections(path).edits] if path.exists() else []


@pytest.mark.parametrize(("link", "held_ms"), [("#open-n1-2", 20), ("#open-n1-2", 130), ("#next-word", 100)])
def test_a_click_is_not_lost_while_a_save_is_on_its_way(
    browser: sync_api.Browser, event: str, folder: Path, link: str, held_ms: int
) -> None:
    with look(browser, f"{event}/review?note=n1-3", script=LATE) as page:
        page.locator("#text-n1-3").press("End")
        page.keyboard.type(" today")
        box = page.locator(link).bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        # a hand: the field is left, and saved, when the button goes down; the link is followed when it comes up
        page.mouse.down()
        page.wait_for_timeout(held_ms)
        page.mouse.up()
        expect(page.locator("#note-n1-2.row--picked" if link == "#open-n1-2" else "#note-n2-2.row--picked")).to_be_visible()
        page.wait_for_selector("#save-state[data-state=saved]")
        assert kinds(folder) == ["wording"]


def test_a_click_is_not_lost_while_a_colleague_saves(browser: sync_api.Browser, event: str) -> None:
    # the stream's news is acted upon while the click waits for its answer
    with look(browser, f"{event}/review", script=LATE.replace("100", "1500")) as mine, look(browser, f"{event}/review?note=n1-1") as theirs:
        mine.wait_for_timeout(1700)
        theirs.click("#word-1")
        mine.wait_for_timeout(200)
        mine.click("#open-n1-3")
        expect(mine.locator("#note-n1-1 .row__text")).to_contain_text("six")
        expect(mine.locator("#note-n1-3.row--picked")).to_be_visible()


def test_fields_show_what_the_server_has_after_undo_and_redo(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, f"{event}/review?note=n1-3") as page:
        for name in ("kind", "undo", "redo"):
            revision = int(page.get_attribute("#review", "data-revision") or "")
            if name == "kind":
                page.select_option("#kind-n1-3", "action")
            else:
                page.click(f"#{name}")
            page.wait_for_selector(f"#review[data-revision='{revision + 1}']")
            assert (
                page.input_value("#kind-n1-3")
                == page.input_value("#facts-form-n1-3 [name=was_kind]")
                == ("idea" if name == "undo" else "action")
            )
        page.fill("#due-n1-3", "June")
        page.keyboard.press("Tab")
        page.wait_for_selector("#note-n1-3 .row__facts:has-text('June')")
        assert kinds(folder) == ["due", "kind"]
        # what is chosen and not pressed yet stays through it
        page.select_option("#move-n1-3", "s2")
        page.select_option("#kind-n1-3", "question")
        page.wait_for_selector("#note-n1-3 .kind--question")
        assert page.input_value("#move-n1-3") == "s2"


def test_the_list_of_sheets_shows_the_one_that_is_looked_at(browser: sync_api.Browser, event: str) -> None:
    with look(browser, f"{event}/review") as page:
        second = page.locator("#sheet-pick option", has_text="2 of 3").get_attribute("value")
        page.select_option("#sheet-pick", second)
        page.wait_for_selector("#note-n2-1")
        page.click("#sheet-next")
        page.wait_for_selector("#note-n3-1")
        page.click("#sheet-back")
        page.wait_for_selector("#note-n2-1")
        assert page.input_value("#sheet-pick") == second


def test_a_field_that_one_only_stands_in_takes_what_others_write(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, f"{event}/review?note=n1-3") as mine, look(browser, f"{event}/review?note=n1-3") as theirs:
        mine.fill("#owners-n1-3", "Rhys")
        mine.keyboard.press("Tab")
        expect(theirs.locator("#owners-n1-3")).to_have_value("Rhys")
        mine.focus("#owners-n1-3")
        theirs.fill("#owners-n1-3", "Siân")
        theirs.keyboard.press("Tab")
        expect(mine.locator("#owners-n1-3")).to_have_value("Siân")
        mine.fill("#due-n1-3", "June")
        mine.keyboard.press("Tab")
        mine.wait_for_selector("#note-n1-3 .row__facts:has-text('June')")
        assert "Siân" in mine.inner_text("#note-n1-3 .row__facts") and sorted(kinds(folder)) == ["due", "owners"]


def test_the_page_hears_of_others_again_after_a_refusal(browser: sync_api.Browser, event: str) -> None:
    with look(browser, f"{event}/review?note=n1-1") as theirs, visit(browser, expected=("502", "404")) as mine:
        # as a proxy does while the server starts
        mine.route("**/live?*", lambda route: route.fulfill(status=502, body="Bad gateway"))
        with mine.expect_response("**/live?*"):
            mine.goto(f"{event}/review", wait_until="domcontentloaded")
        mine.wait_for_timeout(300)
        theirs.click("#word-1")
        theirs.wait_for_selector("#note-n1-1 .row__text:has-text('six')")
        mine.unroute("**/live?*")
        with mine.expect_response("**/live?*"):
            mine.evaluate(ONLINE)
        expect(mine.locator("#note-n1-1 .row__text")).to_contain_text("six")
        # an event that is deleted does not stay to be looked at
        theirs.goto("about:blank")
        mine.request.post(f"{event}/delete", form={"sure": "true"}, headers={"Origin": event.partition("/events")[0]})
        expect(mine.locator("#review")).to_have_count(0)


def test_the_page_before_anything_is_read_hears_again_after_a_refusal(browser: sync_api.Browser, event: str, folder: Path) -> None:
    kept = folder / "report" / STORE_FOLDER / KEPT_EVENT
    kept.rename(kept.with_suffix(".away"))
    with visit(browser, expected=("503", "404")) as page:
        page.route("**/live?*", lambda route: route.fulfill(status=503))
        with page.expect_response("**/live?*"):
            page.goto(f"{event}/review", wait_until="domcontentloaded")
        assert page.locator("#groups").count() == 0
        page.unroute("**/live?*")
        with page.expect_response("**/live?*"):
            page.wait_for_timeout(300)
            page.evaluate(ONLINE)
        kept.with_suffix(".away").rename(kept)
        expect(page.locator("#note-n1-1")).to_be_visible()


def test_what_cannot_be_fetched_by_itself_is_fetched_later_and_only_then_told(browser: sync_api.Browser, event: str) -> None:
    with look(browser, f"{event}/review?note=n1-1") as theirs, look(browser, f"{event}/review", expected=("502",)) as mine:
        mine.route("**/review?*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
        with mine.expect_response("**/review?*"):
            theirs.click("#word-1")
        mine.wait_for_timeout(200)
        # nobody asked for it, and what stands there is not taken away
        assert mine.locator("#messages .notice").count() == 0 and mine.inner_text("#told") == "" and mine.locator("#groups").count() == 1
        # who does ask hears that it cannot be shown, not that something was not saved
        mine.click("#open-n1-3")
        expect(mine.locator("#messages .notice")).to_contain_text("cannot be shown just now")
        mine.unroute("**/review?*")
        expect(mine.locator("#note-n1-1 .row__text")).to_contain_text("six")
        expect(mine.locator("#told")).to_contain_text("Somebody else changed something")


def test_an_older_state_is_shown_and_not_asked_for_without_end(browser: sync_api.Browser, event: str, folder: Path) -> None:
    """As after a backup was put back."""
    with look(browser, f"{event}/review", script=LATE) as page:
        page.evaluate("document.getElementById('review').dataset.revision = '999'")
        before = page.evaluate("asked.length")
        page.click("#open-n1-3")
        expect(page.locator("#note-n1-3.row--picked")).to_be_visible()
        page.wait_for_timeout(500)
        assert page.evaluate("asked.length") - before <= 2
