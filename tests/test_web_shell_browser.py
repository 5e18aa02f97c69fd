"""The frame of the web pages in a real browser: nothing refused by the policy, usable by everybody, by keyboard, narrow and wide."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from web_client import PASSWORD, serve_here

from digitise.web.security.passwords import set_password
from digitise.web.settings import ServerSettings

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).parents[1] / "build_tools" / "web" / "node_modules" / "axe-core" / "axe.min.js"
QUIET = [
    f"--{name}"
    for name in (
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and AXE.is_file()), reason="Chromium or axe-core is missing; 'make setup' fetches both"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[str]:
    """The address of a server with a password and one event."""
    folder = tmp_path / "events" / "aaaaaaaaaa" / "event"
    folder.mkdir(parents=True)
    (folder / "event.toml").write_text('title = "Health day"\ndate = 2026-03-14\nplace = "Bangor"\n', encoding="utf-8")
    settings = ServerSettings(data=tmp_path)
    set_password(settings, PASSWORD)
    with serve_here(settings) as (_, port):
        yield f"http://localhost:{port}"


def open_page(browser: Browser, width: int, scheme: str, wrong: list[str]) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # a refused address is told there, too: the tests ask for some on purpose
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" and "Failed to load resource" not in m.text else None)
    return page


def check_page(page: Page, width: int) -> None:
    """axe-core finds nothing, and the page does not scroll sideways."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    assert not [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "light"), (360, "dark")])
def test_signing_in_the_list_and_errors_are_usable_by_everybody(browser: Browser, locked: str, width: int, scheme: str) -> None:
    wrong: list[str] = []
    page = open_page(browser, width, scheme, wrong)
    page.goto(locked + "/")
    check_page(page, width)
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    check_page(page, width)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your events").wait_for()
    check_page(page, width)
    page.get_by_role("button", name="Cymraeg").click()
    page.get_by_role("heading", name="Eich digwyddiadau").wait_for()
    check_page(page, width)
    page.goto(locked + "/nothing")
    check_page(page, width)
    page.get_by_role("button", name="Allgofnodi").click()
    page.get_by_role("heading", name="Mewngofnodi").wait_for()
    assert not wrong
    page.context.close()


def test_the_first_key_leads_past_the_head_of_the_page(browser: Browser, locked: str) -> None:
    page = open_page(browser, 1280, "light", [])
    page.goto(locked + "/")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your events").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.context.close()


def test_a_page_elsewhere_cannot_frame_us_nor_press_a_button(browser: Browser, locked: str, tmp_path: Path) -> None:
    page = open_page(browser, 1280, "light", [])
    page.goto(locked + "/")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your events").wait_for()
    evil = tmp_path / "evil.html"
    evil.write_text(
        f'<iframe src="{locked}/" name="framed"></iframe>'
        f'<form method="post" action="{locked}/language"><input name="language" value="cy"><button>Win</button></form>',
        encoding="utf-8",
    )
    page.goto(evil.as_uri())
    page.wait_for_timeout(500)
    framed = page.frame("framed")
    assert framed is not None and "Your events" not in framed.content()
    with page.expect_response(lambda answer: answer.url.endswith("/language")) as answered:
        page.get_by_role("button", name="Win").click()
    assert answered.value.status == 403
    page.context.close()
