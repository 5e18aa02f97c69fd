"""Check and mend by keys alone on many notes: nothing that has the keyboard is hidden, and each section is near. In a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from review_demo import EVENT_ID, make_event
from web_browser import CHROMIUM, open_browser, visit
from web_client import serve_here

from digitise.web.settings import ServerSettings

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")]

HIDDEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, 44) / 2);
  return !top || !(document.activeElement.contains(top) || top.contains(document.activeElement));
}"""


@pytest.mark.parametrize("width", [360, 1280])
def test_many_notes_by_keys(tmp_path: Path, width: int) -> None:
    folder = make_event(
        tmp_path, sheets=(("Wall", tuple(f"Point {n} about the {{sic|six}}" for n in range(110))), ("Hall", ("One", "Two")))
    )
    (folder.parent / "state.json").write_text('{"created": "2026-03-14T10:00:00Z", "stopped": true}', encoding="utf-8")
    size = {"viewport": {"width": width, "height": 740}}
    with serve_here(ServerSettings(data=tmp_path, workers=1)) as (_, port), open_browser() as browser, visit(browser, **size) as page:
        page.goto(f"http://127.0.0.1:{port}/events/{EVENT_ID}/review?show=whole", wait_until="domcontentloaded")
        page.wait_for_selector("#save-state[data-state=saved]")
        page.focus(".skip[href='#groups']")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "heading-s1"
        for key, heading in (("g", "Hall"), ("g", "Headings and labels"), ("g", "Wall"), ("G", "Headings and labels")):
            page.keyboard.press(key)
            page.wait_for_timeout(150)
            assert page.evaluate("document.activeElement.innerText").startswith(heading) and not page.evaluate(HIDDEN)
        # the bar for several notes stands over the list's foot, not over what has the keyboard
        page.focus("#tick-n1-3")
        page.keyboard.press("Space")
        for key in ["Tab"] * 40 + ["Shift+Tab"] * 40:
            page.keyboard.press(key)
            assert not page.evaluate(HIDDEN), page.evaluate("document.activeElement.outerHTML")
