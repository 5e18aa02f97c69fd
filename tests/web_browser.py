"""A real browser and a real `digitise serve` process, for tests that do what people do; what goes wrong unseen in either is a fault."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[1] / "build_tools" / "web" / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
PATIENCE_S = 60
"""How long a page may take at most on a machine with other work. Nothing waits that long when all is well."""
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
LAPTOP = {"viewport": {"width": 1280, "height": 900}}
COMMAND = [sys.executable, "-c", "import sys; from digitise.cli import main; main(sys.argv[1:])", "serve"]

expect.set_options(timeout=PATIENCE_S * 1000)


class Serving(NamedTuple):
    """A server's process."""

    process: subprocess.Popen[str]
    address: str
    """http://127.0.0.1:port"""


def start_server(data: Path, *options: str, port: int = 0) -> Serving:
    """`digitise serve` in a process of its own. Its words go to <data>-server.log."""
    log = data.with_name(f"{data.name}-server.log")
    command = [*COMMAND, "--data", str(data), "--port", str(port), "--limit", "free_mib=0", "--log-requests", *options]
    with log.open("w", encoding="utf-8") as words:
        process = subprocess.Popen(command, stderr=words, stdout=words, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    ends = time.monotonic() + PATIENCE_S
    while " at http" not in (said := log.read_text(encoding="utf-8")):
        assert process.poll() is None and time.monotonic() < ends, said
        time.sleep(0.05)
    where = said.split(" at http", 1)[1].split()[0]
    return Serving(process, f"http://127.0.0.1:{where.rstrip('/').rpartition(':')[2]}")


def stop_server(server: Serving) -> None:
    """As Ctrl-C does."""
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGINT)
        server.process.wait(30)


@contextlib.contextmanager
def serve_process(data: Path, *options: str) -> Iterator[Serving]:
    """A server that is stopped at the end. A fault that it logged fails the test."""
    server = start_server(data, *options)
    try:
        yield server
    finally:
        stop_server(server)
    said = data.with_name(f"{data.name}-server.log").read_text(encoding="utf-8")
    assert "Traceback" not in said and '"level": "error"' not in said.lower(), said


def ask_json(address: str) -> dict[str, object]:
    """What a program hears at an address."""
    with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
        told = json.load(answer)
    assert isinstance(told, dict)
    return told


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def visit(browser: Browser, *, expected: tuple[str, ...] = (), **options: object) -> Iterator[Page]:
    """A page of its own visitor. Errors of scripts, refusals by the policy and failed requests on its console fail the test.

    expected: parts of those that a test causes on purpose."""
    faults: list[str] = []
    context: BrowserContext = browser.new_context(**({"locale": "en-GB"} | LAPTOP | options))  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_S * 1000)

    def hear(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(f"{m.text} {m.location}") if m.type in ("error", "warning") else None)

    context.on("page", hear)
    try:
        yield context.new_page()
        assert [fault for fault in faults if not any(part in fault for part in expected)] == []
    finally:
        context.close()


def check_page(page: Page) -> None:
    """axe-core finds nothing on the page as it is now, and it does not scroll sideways."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run({runOnly: rules})", AXE_RULES)["violations"]
    told = "\n".join(f"{v['id']}: {node['html']} {node['failureSummary']}" for v in found for node in v["nodes"])
    assert not told, f"{page.url}\n{told}"
    assert page.viewport_size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


@pytest.fixture(scope="module", name="browser")
def fixture_browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened
