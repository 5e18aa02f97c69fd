"""The review page in a real browser: words checked, notes moved, split, joined, added; by keys and by mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from review_browser import Open, edits, fixture_address, fixture_folder, fixture_open_page, text_of, wait_saved  # noqa: F401
from test_web_review_more import change_event, make_actions
from web_browser import AXE, CHROMIUM, check_page, fixture_browser  # noqa: F401

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")]


def test_words_are_checked_by_keys_alone(open_page: Open, folder: Path) -> None:
    page = open_page()
    assert "5 words left" in page.inner_text("#words-left")
    page.keyboard.press("n")
    page.wait_for_selector("#word-panel:focus")
    assert "sic" in page.inner_text("#word-title")
    page.keyboard.press("1")
    expect(page.locator("#word-title")).to_contain_text("alome")
    assert text_of(page, "n1-1") == "Buses stop at six in the evening"
    page.keyboard.press("r")
    page.keyboard.type("lonely")
    page.keyboard.press("Enter")
    expect(page.locator("#word-title")).to_contain_text("surgary")
    assert page.evaluate("document.activeElement.id") == "word-panel"
    page.keyboard.press("a")
    expect(page.locator("#word-title")).to_contain_text("clinic")
    wait_saved(page)
    assert "2 words left" in page.inner_text("#words-left")
    assert {what for what, _ in edits(folder)} == {"word"}
    page.keyboard.press("p")
    expect(page.locator("#word-title")).to_contain_text("homwork")
    page.keyboard.press("Control+z")
    expect(page.locator("#words-left")).to_contain_text("3 words")
    page.keyboard.press("Control+y")
    expect(page.locator("#words-left")).to_contain_text("2 words")


def test_a_note_is_mended_as_one_types_and_its_facts_too(open_page: Open, folder: Path) -> None:
    page = open_page()
    page.click("#note-n1-3 .row__text")
    page.fill("#text-n1-3", "Community bus for the clinic")
    wait_saved(page)
    assert edits(folder) == [("wording", "sheet:n1-3")]
    page.select_option("#kind-n1-3", "action")
    page.fill("#owners-n1-3", "Interlink, Siân")
    page.fill("#due-n1-3", "end of June")
    page.keyboard.press("Tab")
    wait_saved(page)
    expect(page.locator("#note-n1-3 .row__facts")).to_contain_text("Who: Interlink, Siân")
    expect(page.locator("#note-n1-3 .row__facts")).to_contain_text("When: end of June")
    assert {what for what, _ in edits(folder)} == {"wording", "kind", "owners", "due"}
    page.reload()
    assert text_of(page, "n1-3") == "Community bus for the clinic"
    page.click("#undo")
    expect(page.locator("#note-n1-3 .row__facts")).not_to_contain_text("end of June")


def order(page: Page, section: str) -> list[str]:
    return page.locator(f"#section-{section} .row").evaluate_all("rows => rows.map((row) => row.dataset.note)")


def drag(page: Page, what: str, to: str) -> None:
    """Steps, as a hand makes them: Sortable looks at each."""
    start, end = page.locator(what).bounding_box(), page.locator(to).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 12, start["y"] + start["height"], steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] - 4, steps=12)
    page.wait_for_timeout(200)
    page.mouse.up()


def test_notes_are_moved_by_drag_and_by_keyboard(open_page: Open, folder: Path) -> None:
    page = open_page("?show=whole", height=1600)
    drag(page, "#note-n1-1 .drag", "#note-n3-1")
    expect(page.locator("#section-s3 #note-n1-1")).to_be_visible()
    wait_saved(page)
    assert order(page, "s3") == ["n3-1", "n1-1", "n3-2", "n3-3"]
    expect(page.locator("#told")).to_contain_text("Moved to Young people, place 2 of 4.")
    page.focus("#open-n1-2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#editor:focus")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#told")).to_contain_text("place 2 of 2")
    assert order(page, "s1") == ["n1-3", "n1-2"]
    page.keyboard.press("m")
    page.keyboard.type("What")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#section-s2 #note-n1-2")).to_be_visible()
    expect(page.locator("#told")).to_contain_text("Moved to What already works, place 4 of 4.")
    wait_saved(page)
    assert {("move", "n1-1"), ("move", "n1-2")} <= set(edits(folder))


def test_sections_are_renamed_merged_ordered_and_made(open_page: Open, folder: Path) -> None:
    page = open_page("?show=whole", height=1400)
    page.click("#menu-s2 summary")
    page.fill("#rename-s2", "What helps")
    page.keyboard.press("Enter")
    expect(page.locator("#title-s2")).to_have_text("What helps")
    page.click("#up-s2")
    expect(page.locator("#told")).to_contain_text("Section What helps is now number 1.")
    page.fill("#new-section-title", "Money")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Money")).to_be_visible()
    page.click("#menu-s3 summary")
    page.select_option("#into-s3", label="What helps")
    page.click("#menu-s3 button:has-text('Merge')")
    expect(page.locator("#section-s3")).to_have_count(0)
    assert order(page, "s2")[-3:] == ["n3-1", "n3-2", "n3-3"]
    wait_saved(page)
    assert {"title", "order", "new section", "merge sections"} <= {what for what, _ in edits(folder)}


def test_a_note_is_split_at_the_cursor_joined_and_set_aside(open_page: Open, folder: Path) -> None:
    page = open_page("?note=n2-2")
    page.focus("#text-n2-2")
    page.evaluate("document.querySelector('#text-n2-2').setSelectionRange(17, 17)")
    page.click("[data-split=caret]")
    expect(page.locator("#section-s2 .row")).to_have_count(4)
    assert text_of(page, "n2-2") == "Ring the surgary"
    page.select_option("#join-n2-2", index=0)
    page.click("#editor button:has-text('Join')")
    expect(page.locator("#section-s2 .row")).to_have_count(3)
    page.locator("#editor").focus()
    page.keyboard.press("s")
    expect(page.locator("#group-aside #note-n2-2")).to_be_visible()
    expect(page.locator("#note-n2-2-2 #editor")).to_be_focused()
    page.locator("#open-n2-2").press("Enter")
    expect(page.locator("#note-n2-2 #editor")).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("#section-s2 #note-n2-2")).to_be_visible()


def test_a_heading_is_renamed_where_it_stands(open_page: Open, folder: Path) -> None:
    page = open_page("?show=whole")
    page.focus("#heading-s2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#heading-text-s2:focus")
    page.keyboard.type("What helps")
    page.keyboard.press("Escape")
    expect(page.locator("#heading-s2")).to_be_focused()
    assert page.inner_text("#heading-s2").startswith("What already works")
    page.keyboard.press("Enter")
    page.keyboard.type("What helps")
    page.keyboard.press("Enter")
    expect(page.locator("#heading-s2")).to_have_text("What helps")
    expect(page.locator("#heading-s2")).to_be_focused()
    expect(page.locator("#heading-text-s2")).to_be_hidden()
    # leaving it saves it
    page.click("#heading-s3")
    page.fill("#heading-text-s3", "Young and old")
    page.click("h1")
    expect(page.locator("#heading-s3")).to_have_text("Young and old")
    wait_saved(page)
    assert edits(folder) == [("title", "s2"), ("title", "s3")]
    # menus name the sections as they are now, also where nothing else has changed
    assert "Young and old" in page.locator("#into-s1").inner_text() or "Young and old" in page.inner_html("#into-s1")


def test_several_notes_are_ticked_by_keys_and_joined_moved_and_set_aside(open_page: Open, folder: Path) -> None:
    page = open_page("?show=whole")
    bar = page.locator("#ticked-form")
    expect(bar).to_be_hidden()
    for note in ("n1-2", "n1-3"):
        page.focus(f"#tick-{note}")
        page.keyboard.press("Space")
    expect(page.locator("#ticked-n")).to_have_text("2 notes ticked")
    page.focus("#ticked-join")
    page.keyboard.press("Enter")
    expect(page.locator("#note-n1-2 .row__text")).to_contain_text("Community car")
    expect(bar).to_be_hidden()
    wait_saved(page)
    assert edits(folder) == [("join", "n1-2")]
    # what is ticked stays so while the page is drawn anew
    page.check("#tick-n3-1")
    page.click("#open-n3-2")
    page.wait_for_selector("#editor")
    assert page.is_checked("#tick-n3-1")
    page.keyboard.press("x")
    expect(page.locator("#ticked-n")).to_have_text("2 notes ticked")
    page.keyboard.press("Escape")
    page.select_option("#ticked-into", "s2")
    page.click("#ticked-move")
    expect(page.locator("#rows-s2 #note-n3-2")).to_have_count(1)
    assert order(page, "s2")[-2:] == ["n3-1", "n3-2"]
    page.check("#tick-n2-1")
    page.check("#tick-n2-2")
    page.click("#ticked-aside")
    expect(page.locator("#group-aside .row")).to_have_count(2)
    expect(bar).to_be_hidden()
    page.click("#undo")
    expect(page.locator("#rows-s2 #note-n2-2")).to_have_count(1)


def test_who_and_when_are_typed_into_the_list_of_actions(open_page: Open, folder: Path) -> None:
    change_event(folder, make_actions)
    page = open_page("?show=whole")
    page.click("#to-actions")
    page.fill("#duty-owners-n3-1", "Rhys, Siân")
    page.keyboard.press("Tab")
    expect(page.locator("#duty-due-n3-1")).to_be_focused()
    page.keyboard.type("June")
    page.keyboard.press("Tab")
    wait_saved(page)
    page.wait_for_function("document.querySelector('#review').dataset.revision >= 3")
    assert edits(folder) == [("due", "n3-1"), ("owners", "n3-1")]
    page.reload()
    assert page.input_value("#duty-owners-n3-1") == "Rhys, Siân"


def test_what_is_not_sent_again_stays_as_it_is(open_page: Open, folder: Path) -> None:
    page = open_page("?show=whole")
    page.evaluate("document.getElementById('note-n3-1').dataset.kept = 'yes'")
    with page.expect_response(lambda r: r.request.method == "POST") as answer:
        page.click("#note-n1-3 .row__text")
        page.fill("#text-n1-3", "A bus")
    assert "data-same" in answer.value.text()
    wait_saved(page)
    assert page.get_attribute("#note-n3-1", "data-kept") == "yes"
    # a note that was dragged where the server did not want it goes back
    page.evaluate("document.getElementById('rows-s3').append(document.getElementById('note-n2-1'))")
    page.evaluate("for (const s of ['s2', 's3']) document.getElementById('section-' + s).dataset.digest = ''")
    page.click("#open-n1-3")
    expect(page.locator("#rows-s2 #note-n2-1")).to_have_count(1)


def test_what_is_folded_stays_so_until_another_list_is_shown(open_page: Open) -> None:
    page = open_page("?show=whole")
    page.click("#front summary")
    page.click("#open-n2-3")
    page.locator("#editor button:has-text('Set aside')").click()
    page.click("#group-aside > summary")
    page.click("#open-n2-3")
    expect(page.locator("#group-aside[open] .row--picked")).to_be_visible()
    page.click("#open-n2-3")
    assert page.locator("#front[open]").count() == 1
    page.click("#group-aside > summary")
    page.click("#open-n1-1")
    expect(page.locator("#note-n1-1.row--picked")).to_be_visible()
    assert page.locator("#group-aside[open]").count() == 0
    # what is not sent again stays there, folded
    for group in ("sheet", "aside"):
        expect(page.locator(f"#group-{group} > summary")).to_be_visible()
        assert page.locator(f"#group-{group}[open]").count() == 0
    page.click("#only-aside")
    expect(page.locator("#note-n2-3")).to_be_visible()


def test_a_missed_note_is_boxed_read_and_added(open_page: Open, folder: Path) -> None:
    page = open_page()
    page.click("#add-note")
    area = page.locator("svg.marks").bounding_box()
    assert area
    page.mouse.move(area["x"] + area["width"] * 0.05, area["y"] + area["height"] * 0.585)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.6, area["y"] + area["height"] * 0.68, steps=5)
    page.mouse.up()
    expect(page.locator("#box-text")).to_be_focused(timeout=30000)
    assert "river" in page.input_value("#box-text").lower()
    page.fill("#box-text", "Benches by the river")
    page.click("#box-form button:has-text('Add')")
    expect(page.locator("#section-s1 .row--picked .row__text")).to_have_text("Benches by the river")
    wait_saved(page)
    assert "note" in {what for what, _ in edits(folder)}


def test_a_box_is_drawn_by_keys(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("b")
    first = page.locator("#new-box").bounding_box()
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    then = page.locator("#new-box").bounding_box()
    assert first
    assert then
    assert then["x"] > first["x"]
    assert then["y"] > first["y"]
    assert then["width"] > first["width"]
    page.keyboard.press("Enter")
    expect(page.locator("#box-text")).to_be_focused(timeout=30000)
    page.keyboard.press("Escape")
    expect(page.locator("#box-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#new-box")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "add-note"


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes by: python build_tools/vendor.py --for-tests")
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Open, folder: Path, width: int, scheme: str) -> None:
    change_event(folder, make_actions)
    for query, key in (
        ("", ""),
        ("?show=whole", "x"),
        ("?show=whole&only=actions", ""),
        ("?show=whole&note=n1-3", "x"),
        ("", "n"),
        ("", "b"),
        ("", "?"),
        ("?only=aside", ""),
    ):
        page = open_page(query, width=width, color_scheme=scheme, locale="cy-GB" if key == "n" else "en-GB", bypass_csp=True)
        if query == "?show=whole":
            page.check("#tick-n1-2")
            page.click("#heading-s2")
        elif key:
            page.keyboard.press(key)
            page.wait_for_timeout(500)
        check_page(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_single_keys_can_be_switched_off(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    # not by a single key alone: speech input says such keys by itself
    page.get_by_role("button", name="Keys").click()
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert page.locator("#word-panel").count() == 0


def test_it_works_without_scripts(open_page: Open, browser: Browser, address: str, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address, wait_until="domcontentloaded")
    page.click("#open-n1-3")
    page.fill("#text-n1-3", "Community bus")
    page.click("#text-form-n1-3 button")
    assert text_of(page, "n1-3") == "Community bus"
    page.click("#undo")
    assert text_of(page, "n1-3") == "Community car for the clinic"
    context.close()
