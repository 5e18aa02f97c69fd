"""The review of a small drawn event in a real browser, opened by one visitor or more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from review_demo import EVENT_ID, make_event
from web_browser import visit
from web_client import serve_here

from digitise.corrections import load_corrections
from digitise.web.settings import ServerSettings

Open = Callable[..., Page]


@pytest.fixture(name="folder")
def fixture_folder(tmp_path: Path) -> Path:
    return make_event(tmp_path)


@pytest.fixture(name="address")
def fixture_address(folder: Path, tmp_path: Path) -> Iterator[str]:
    """A server on a free port; the address of the demo event's review."""
    with serve_here(ServerSettings(data=tmp_path, workers=1)) as (_, port):
        yield f"http://127.0.0.1:{port}/events/{EVENT_ID}/review"


@pytest.fixture(name="open_page")
def fixture_open_page(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the review as another visitor each time, as wide as is asked for."""
    with ExitStack() as visits:

        def open_one(query: str = "", *, width: int = 1280, height: int = 900, expected: tuple[str, ...] = (), **options: object) -> Page:
            page = visits.enter_context(visit(browser, expected=expected, viewport={"width": width, "height": height}, **options))
            page.goto(address + query, wait_until="domcontentloaded")
            wait_saved(page)
            return page

        yield open_one


def wait_saved(page: Page) -> None:
    page.wait_for_selector("#save-state[data-state=saved]")


def edits(folder: Path) -> list[tuple[str, str]]:
    """Kind and subject of each edit on disk."""
    path = folder / "corrections.json"
    return [(e.what, e.subject) for e in load_corrections(path).edits] if path.exists() else []


def text_of(page: Page, note: str) -> str:
    return " ".join(page.locator(f"#note-{note} .row__text").inner_text().replace("(to check)", "").split())
