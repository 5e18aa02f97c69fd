"""Check and mend in a real browser: what a person typed is never lost unseen, whoever refuses it, changes the same or goes elsewhere."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from review_demo import EVENT_ID, make_event
from test_web_review_page import send
from web_browser import CHROMIUM, PHONE, fixture_browser, open_browser, visit  # noqa: F401
from web_client import open_client, serve_here

from digitise.corrections import load_corrections
from digitise.web.settings import ServerSettings

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")]
sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

TYPED = "#word-panel .inline input[name=text]"
"""Another word for one that is in doubt."""
LOST = "#messages .notice--bad"
LATE = """
  const ask = window.fetch;
  window.fetch = async (...all) => {
    const answer = await ask(...all);
    await new Promise((go) => setTimeout(go, 500));
    return answer;
  };
"""
"""Answers come as over a slow network."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_event(tmp_path)


@pytest.fixture
def event(folder: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the demo event's review."""
    (folder.parent / "state.json").write_text('{"created": "2026-03-14T10:00:00Z", "stopped": true}', encoding="utf-8")
    with serve_here(ServerSettings(data=tmp_path, workers=1)) as (_, port):
        yield f"http://127.0.0.1:{port}/events/{EVENT_ID}/review"


@contextlib.contextmanager
def look(browser: sync_api.Browser, address: str, *, expected: tuple[str, ...] = (), **options: object) -> Iterator[sync_api.Page]:
    with visit(browser, expected=expected, **options) as page:
        page.goto(address, wait_until="domcontentloaded")
        wait_saved(page)
        yield page


def wait_saved(page: sync_api.Page) -> None:
    page.wait_for_selector("#save-state[data-state=saved]")


def edits(folder: Path) -> dict[str, str]:
    """Kind and subject of each edit on disk, and what it asks for."""
    path = folder / "corrections.json"
    found = load_corrections(path).edits if path.exists() else ()
    return {f"{e.what} {e.subject}": str(getattr(e, "text", getattr(e, "title", ""))) for e in found}


def change(folder: Path, do: str, **fields: str) -> None:
    """Somebody else changes something, on another server over the same data."""
    assert send(open_client(folder.parents[2]), do, **fields)[0] == 200


def hold_live(page: sync_api.Page) -> None:
    """The page does not hear of others' changes until it asks."""
    page.route("**/live?*", lambda route: route.abort())


def answer_box(page: sync_api.Page, *, known: tuple[str, ...] = (), text: str = "Bencehs") -> None:
    """A drawn box is answered at once: what is read in it is not the question here."""

    def answer(route: sync_api.Route) -> None:
        asked = json.loads(route.request.post_data or "")
        read = {"photo_id": asked["photo_id"], "outline": asked["outline"], "text": text, "words": [], "pieces": [], "known": known}
        route.fulfill(json=read)

    page.route("**/boxes", answer)


def test_words_of_a_missed_note_stay_when_it_is_refused(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, event, expected=("422",)) as page:
        answer_box(page, known=("n1-2",))
        page.keyboard.press("b")
        for _ in range(5):
            page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        expect(page.locator("#box-said")).to_contain_text("There is a note here already: “Lifts for people")
        page.fill("#box-text", "Benches by the river")
        mark = page.locator("#mark-n1-2 polygon").get_attribute("points") or ""
        corners = [[float(v) for v in point.split(",")] for point in mark.split()]
        page.evaluate("(at) => { document.querySelector('#box-form [name=outline]').value = JSON.stringify(at) }", corners)
        page.click("#box-form button:has-text('Add')")
        expect(page.locator("#box-said")).to_contain_text("There is a note at this place already")
        expect(page.locator("#box-text")).to_have_value("Benches by the river")
        assert edits(folder) == {}
        # another sheet is looked at: the words wait for a box there
        page.click("#sheet-next")
        expect(page.locator("#title-s2")).to_be_visible()
        expect(page.locator("#box-text")).to_have_value("Benches by the river")
        answer_box(page)
        page.click("[data-box=again]")
        for _ in range(12):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#box-said")).to_contain_text("This was read")
        expect(page.locator("#box-text")).to_have_value("Benches by the river")
        page.click("#box-form button:has-text('Add')")
        expect(page.locator("#section-s2 .row--picked .row__text")).to_have_text("Benches by the river")
        expect(page.locator("#box-form")).to_be_hidden()
        assert "Benches by the river" in edits(folder).values()


def test_a_box_can_be_left_while_it_is_read_and_keys_of_others_stay_theirs(browser: sync_api.Browser, event: str) -> None:
    with look(browser, event, **PHONE) as page:
        page.route("**/boxes", lambda _: None)
        page.tap("#add-note")
        page.focus("#box-buttons summary")
        page.keyboard.press("Enter")
        expect(page.locator("#box-buttons[open]")).to_have_count(1)
        before = page.get_attribute("#new-box", "x")
        page.evaluate("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft', altKey: true, bubbles: true}))")
        assert page.get_attribute("#new-box", "x") == before
        page.focus("#box-read")
        page.keyboard.press("Enter")
        expect(page.locator("#box-said")).to_have_text("Reading …")
        expect(page.locator("#box-read")).to_be_focused()
        page.tap("#box-tools [data-box=cancel]")
        expect(page.locator("#box-panel[data-state=draw]")).to_be_visible()
        page.tap("#box-tools [data-box=cancel]")
        expect(page.locator("#box-panel")).to_be_hidden()


def test_two_conflicts_one_behind_the_other_are_both_asked(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, f"{event}?note=n1-3", expected=("409", "ERR_FAILED")) as page:
        hold_live(page)
        page.reload()
        wait_saved(page)
        change(folder, "wording", note_id="n1-3", text="Their words")
        change(folder, "facts", note_id="n1-3", kind="question", was_kind="idea")
        page.evaluate(
            """() => {
              for (const [id, value] of [['text-n1-3', 'My words'], ['kind-n1-3', 'problem']]) {
                const field = document.getElementById(id);
                field.value = value;
                field.dispatchEvent(new Event('input', {bubbles: true}));
              }
              document.getElementById('kind-n1-3').dispatchEvent(new Event('change', {bubbles: true}));
            }"""
        )
        expect(page.locator("#conflict dd").first).to_contain_text("My words")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_timeout(200)
        expect(page.locator("#conflict")).to_be_visible()
        # what is asked is not forgotten by a reload of the page
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        expect(page.locator("#conflict dd").first).to_contain_text("My words")
        page.click("#conflict button:has-text('Keep mine')")
        expect(page.locator("#conflict dd").first).to_contain_text("Problem")
        page.click("#conflict button:has-text('Keep mine')")
        expect(page.locator("#conflict")).to_have_count(0)
        wait_saved(page)
        assert page.locator("form[data-dirty]").count() == 0
        assert edits(folder)["wording sheet:n1-3"] == "My words"
        expect(page.locator("#kind-n1-3")).to_have_value("problem")


def test_what_is_typed_until_a_conflict_is_told_is_in_its_question(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, f"{event}?note=n1-3", expected=("409", "ERR_FAILED")) as page:
        hold_live(page)
        page.add_init_script(LATE)
        page.reload()
        wait_saved(page)
        change(folder, "wording", note_id="n1-3", text="Their words")
        page.fill("#text-n1-3", "My words")
        page.keyboard.press("Control+Enter")
        page.keyboard.type(" and more")
        expect(page.locator("#conflict dd").first).to_contain_text("My words and more")
        page.click("#conflict [data-theirs]")
        expect(page.locator("#text-n1-3")).to_have_value("Their words")


def test_undo_whose_answer_was_lost_takes_one_step_back(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, f"{event}?note=n1-3", expected=("ERR_FAILED",)) as page:
        for kind in ("problem", "question"):
            page.select_option("#kind-n1-3", kind)
            expect(page.locator(f"#note-n1-3 .kind--{kind}")).to_be_visible()
        lost: list[int] = []

        def lose(route: sync_api.Route) -> None:
            if route.request.method != "POST" or lost:
                route.continue_()
                return
            lost.append(route.fetch().status)
            route.abort()

        page.route("**/review", lose)
        page.click("#undo")
        expect(page.locator("#note-n1-3 .kind--problem")).to_be_visible()
        wait_saved(page)
        assert lost == [200]
        assert page.is_enabled("#undo")


@pytest.mark.parametrize("what", ["heading", "report"])
def test_what_another_changed_while_one_typed_is_asked_about(browser: sync_api.Browser, event: str, folder: Path, what: str) -> None:
    with look(browser, f"{event}?note=n1-3", expected=("409",)) as page:
        if what == "heading":
            page.click("#heading-s1")
            page.keyboard.type("Mine")
            change(folder, "rename", section_id="s1", title="Theirs")
        else:
            page.click("#reword-n1-3 summary")
            page.focus("#reword-text-n1-3")
            page.evaluate("document.activeElement.select()")
            page.keyboard.type("Mine", delay=5)
            change(folder, "wording", note_id="n1-3", text="Theirs", of="report")
        page.wait_for_selector("#review:not([data-revision='1']), #conflict[open]")
        if what == "heading":
            page.keyboard.press("Enter")
        expect(page.locator("#conflict dd").nth(1)).to_contain_text("Theirs")
        expect(page.locator("#conflict dd").first).to_contain_text("Mine")
        page.click("#conflict [data-theirs]")
        expect(page.locator("#heading-s1" if what == "heading" else "#note-n1-3 .row__text")).to_contain_text("Theirs")
        wait_saved(page)


def test_a_heading_that_is_left_shows_what_another_made_of_it(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, event) as page:
        page.click("#heading-s1")
        page.keyboard.type("Mine")
        change(folder, "rename", section_id="s1", title="Theirs")
        page.wait_for_selector("#review:not([data-revision='1'])")
        expect(page.locator("#heading-text-s1")).to_have_value("Mine")
        page.keyboard.press("Escape")
        expect(page.locator("#heading-s1")).to_have_text("Theirs")


def test_typed_words_are_saved_by_going_elsewhere(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, f"{event}?note=n1-1") as page:
        page.fill(TYPED, "seven")
        page.click("#next-word")
        expect(page.locator("#note-n1-1 .row__text")).to_contain_text("Buses stop at seven")
        expect(page.locator(TYPED)).to_have_value("")
        wait_saved(page)
        assert list(edits(folder).values()) == ["seven"]
        page.fill(TYPED, "alone")
        page.go_back()
        expect(page.locator("#note-n1-2 .row__text")).to_contain_text("live alone")
        expect(page.locator("#note-n1-1.row--picked")).to_have_count(1)
        page.click("#open-n1-2")
        page.click("#reword-n1-2 summary")
        page.fill("#reword-text-n1-2", "Lifts are missing")
        page.click("#open-n1-2")
        expect(page.locator("#note-n1-2 .row__text")).to_contain_text("Lifts are missing")
        # another reading instead of the typed word is no loss
        page.click("#next-word")
        page.fill(TYPED, "half a wo")
        page.click("#word-1")
        wait_saved(page)
        assert page.locator(LOST).count() == 0
        assert "half a wo" not in edits(folder).values()


def test_typed_words_are_shown_where_their_note_goes(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, f"{event}?note=n1-1&only=check") as page:
        page.fill(TYPED, "seven o'clock")
        change(folder, "wording", note_id="n1-1", text="Buses stop early")
        expect(page.locator(LOST)).to_contain_text("seven o'clock")


def test_a_disk_that_is_full_is_told_and_tried_again(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, f"{event}?note=n1-3", expected=("507",)) as page:
        page.route("**/review", lambda route: route.fulfill(status=507, body='<div id="review" data-error="The disk is full."></div>'))
        page.fill("#text-n1-3", "Community bus")
        expect(page.locator(LOST)).to_contain_text("The disk is full.")
        page.unroute("**/review")
        wait_saved(page)
        assert edits(folder)["wording sheet:n1-3"] == "Community bus"


def test_a_note_that_goes_with_its_only_word_is_told_of_and_brought_back(browser: sync_api.Browser, event: str, folder: Path) -> None:
    change(folder, "wording", note_id="n3-3", text="homwork")
    with look(browser, f"{event}?note=n3-3&word=2") as page:
        page.click("#text-n3-3")
        page.locator("#word-title").click()
        page.click("#word-none")
        expect(page.locator(LOST)).to_contain_text("“homwork” is set aside")
        page.click("#next-word")
        assert edits(folder).keys() >= {"fate n3-3"}
        page.click(f"{LOST} button:has-text('Undo')")
        expect(page.locator(LOST)).to_have_count(0)
        wait_saved(page)
        assert "fate n3-3" not in edits(folder)


def test_after_the_title_is_changed_others_changes_come(browser: sync_api.Browser, event: str, folder: Path) -> None:
    with look(browser, event) as page:
        page.click("#front summary")
        page.fill("#front-title", "Getting round")
        page.keyboard.press("Tab")
        page.wait_for_selector("#review:not([data-revision='1'])")
        change(folder, "wording", note_id="n1-3", text="Their words")
        expect(page.locator("#note-n1-3 .row__text")).to_have_text("Their words")
