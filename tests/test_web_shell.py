"""The frame of the web application: the list of events, languages, errors in sentences, and the server as a process."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from web_client import PAGE, PASSWORD, open_client, serve_here

from digitise.errors import DependencyError, DigitiseError, OutputError, UsageError
from digitise.web import serving
from digitise.web.app import create_app
from digitise.web.desk import Desk
from digitise.web.security.addresses import address_for_phones
from digitise.web.security.passwords import make_own_folder
from digitise.web.settings import ServerSettings, WebLimits

WELSH = PAGE | {"Accept-Language": "cy, en;q=0.5"}


def make_event(data: Path, event_id: str, settings: str) -> Path:
    folder = data / "events" / event_id / "event"
    folder.mkdir(parents=True)
    (folder / "event.toml").write_text(settings, encoding="utf-8")
    return folder


# ---- the first page


def test_the_list_shows_each_event_the_newest_first_and_escapes_what_people_wrote(tmp_path: Path) -> None:
    old = make_event(tmp_path, "aaaaaaaaaa", 'title = "<script>alert(1)</script>"\ndate = 2026-03-14\nplace = "Llŷn & Môn"')
    new = make_event(tmp_path, "bbbbbbbbbb", 'title = "Second"\ndate = "spring 2026"')
    os.utime(old, (1, 1))
    os.utime(new, (2, 2))
    page = open_client(tmp_path).get("/", headers=PAGE).text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert "14/03/2026" in page and "Llŷn &amp; Môn" in page and "spring 2026" in page
    assert page.index("Second") < page.index("&lt;script&gt;alert")


def test_the_list_opens_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand of them would each have to be read whole."""
    make_event(tmp_path, "aaaaaaaaaa", 'title = "First"')
    monkeypatch.setattr(Desk, "progress", lambda self, place: pytest.fail("an event was opened for the list"))
    assert "First" in open_client(tmp_path).get("/", headers=PAGE).text


def test_an_event_with_broken_settings_hides_no_other(tmp_path: Path) -> None:
    make_event(tmp_path, "aaaaaaaaaa", "title = ")
    make_event(tmp_path, "bbbbbbbbbb", 'title = "Whole"')
    (tmp_path / "events" / "not an event").mkdir()
    page = open_client(tmp_path).get("/", headers=PAGE)
    assert page.status_code == 200 and "cannot be read" in page.text and "Whole" in page.text


def test_a_first_visit_says_what_to_do(tmp_path: Path) -> None:
    assert "No events yet" in open_client(tmp_path).get("/", headers=PAGE).text


def test_the_language_is_the_browsers_until_one_is_chosen(tmp_path: Path) -> None:
    client = open_client(tmp_path)
    page = client.get("/", headers=WELSH)
    assert '<html lang="cy">' in page.text and "Eich digwyddiadau" in page.text and page.headers["content-language"] == "cy"
    answer = client.post("/language", data={"language": "en", "back": "/?x=1"})
    assert answer.headers["location"] == "/?x=1"
    assert '<html lang="en">' in client.get("/", headers=WELSH).text
    assert client.post("/language", data={"language": "xx"}).status_code == 303
    assert '<html lang="en">' in client.get("/", headers=WELSH).text


# ---- errors


def test_errors_are_sentences_as_pages_and_as_json(tmp_path: Path) -> None:
    client = open_client(tmp_path)
    page = client.get("/nothing/here", headers=PAGE)
    assert page.status_code == 404 and "Nothing is here" in page.text and 'href="/"' in page.text
    data = client.get("/nothing/here")
    assert data.status_code == 404 and set(data.json()) == {"error", "remedy"} and all(data.json().values())
    assert client.delete("/", headers=PAGE).status_code == 405
    assert "error" in client.get("/nothing", headers=PAGE | {"HX-Request": "true"}).json(), "htmx shows it as a message"
    assert "error" in client.get("/api/nothing", headers=PAGE).json()
    assert client.get("/nothing", headers=WELSH).text.count("Does dim byd yma") >= 1
    bad = client.post("/language", data={})
    assert bad.status_code == 422 and bad.json()["fields"] == [{"where": ["body", "language"], "why": "missing"}]
    assert client.post("/language", data={}, headers=PAGE).status_code == 422


def test_an_error_of_the_library_keeps_its_remedy_but_not_the_servers_folders(tmp_path: Path) -> None:
    client = open_client(tmp_path)

    def fail() -> None:
        raise OutputError("/srv/secret/place/report.docx", "the disk is full", "Free some space.")

    client.app.add_api_route("/fail", fail)  # type: ignore[attr-defined]
    answer = client.get("/fail")
    assert answer.status_code == 507
    assert answer.json() == {"error": "report.docx: the disk is full.", "remedy": "Free some space."}


def test_files_of_ours_may_be_kept_and_are_packed(tmp_path: Path) -> None:
    client = open_client(tmp_path)
    sheet = re.search(r'href="(/static/base\.css\?v=\w+)"', client.get("/", headers=PAGE).text)
    assert sheet is not None
    kept = client.get(sheet[1], headers={"Accept-Encoding": "gzip"})
    assert "immutable" in kept.headers["cache-control"] and kept.headers["content-encoding"] == "gzip"
    assert client.get("/static/kit.js").headers["cache-control"] == "no-cache"
    assert client.get("/static/../app.py").status_code == 404


# ---- health


def test_health_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_client(tmp_path, password=PASSWORD) as client:
        assert client.get("/health").json() == {"status": "ok", "disk": "ok", "workers": "ok"}, "and no password was asked for"
        monkeypatch.setattr(client.app.state.site.desk, "is_alive", lambda: False)  # type: ignore[attr-defined]
        assert client.get("/health").json() == {"status": "degraded", "disk": "ok", "workers": "down"}
        (tmp_path / "server").rename(tmp_path / "gone")
        assert client.get("/health").json()["disk"] == "unwritable"
    full = open_client(tmp_path / "full", limits=WebLimits(free_mib=1e12)).get("/health")
    assert full.status_code == 503 and full.json()["disk"] == "low"


# ---- behind a proxy


@pytest.mark.parametrize("kept", [True, False], ids=["prefix handed on", "prefix cut off"])
def test_under_a_prefix_all_addresses_have_it(tmp_path: Path, kept: bool) -> None:
    client = open_client(tmp_path, password=PASSWORD, public_url="https://example.org/w/shops", base_url="https://example.org")
    before = "/w/shops" if kept else ""
    assert client.get(before + "/", headers=PAGE).headers["location"] == "/w/shops/login?next=%2Fw%2Fshops%2F"
    page = client.get(before + "/login", headers=PAGE).text
    addresses = re.findall(r'(?:href|src|action)="([^"#]+)"', page)
    assert addresses and all(a.startswith("/w/shops/") for a in addresses), addresses
    for address in addresses:
        if "/static/" in address:
            assert client.get(address.removeprefix("" if kept else "/w/shops")).status_code == 200, address
    answer = client.post(before + "/login", data={"password": PASSWORD}, headers={"Origin": "https://example.org"})
    assert answer.status_code == 303 and answer.headers["location"] == "/w/shops/"


@pytest.mark.parametrize("url", ["https://example.org/events", "https://example.org/u/x", "example.org"])
def test_a_public_address_that_cannot_work_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="--public-url"):
        serving.check_settings(ServerSettings(data=tmp_path, public_url=url))


def test_phones_are_given_an_address_that_they_can_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi import Request  # noqa: PLC0415

    monkeypatch.setattr("digitise.web.security.addresses.find_lan_address", lambda: "192.168.1.5")

    def address(called: str, **settings: str) -> str | None:
        scope = {"type": "http", "headers": [(b"host", called.encode())], "scheme": "http", "server": ("0.0.0.0", 8765), "path": "/"}
        return address_for_phones(Request(scope), ServerSettings(data=tmp_path, **settings))

    assert address("localhost:8765") is None, "only this computer can reach it"
    assert address("localhost:8765", host="0.0.0.0") == "http://192.168.1.5:8765"
    assert address("10.0.0.7:8765", host="0.0.0.0") == "http://10.0.0.7:8765"
    assert address("localhost:8765", public_url="https://example.org/w/") == "https://example.org/w"


# ---- the server as a process


class Running:
    """`digitise serve` on a free port."""

    def __init__(self, data: Path, *options: str) -> None:
        command = [sys.executable, "-m", "digitise.entry", "serve", "--data", str(data), "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self.said = ""
        while "Ctrl-C" not in self.said:
            line = self.process.stderr.readline()
            assert line, f"it ended: {self.said}"
            self.said += line
        found = re.search(r"http://localhost:\d+/", self.said)
        assert found is not None, self.said
        self.url = found[0]

    def end(self, number: int) -> tuple[int, str]:
        """Its exit code, and what it said since."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    server = Running(tmp_path / "data")
    yield server
    if server.process.poll() is None:
        server.process.kill()
        server.process.communicate()


def test_the_printed_address_works_and_an_end_is_no_error(running: Running) -> None:
    assert "Your events" in httpx.get(running.url, headers=PAGE).text
    assert httpx.get(running.url + "health").json()["status"] == "ok"
    code, said = running.end(signal.SIGTERM)
    assert code == 0 and "Traceback" not in said


@pytest.mark.slow
def test_one_server_has_the_folder_and_a_killed_one_leaves_it(running: Running, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "digitise.entry", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 6 and "another digitise server" in second.stderr and "Traceback" not in second.stderr
    running.end(signal.SIGKILL)
    again = Running(tmp_path / "data")
    assert again.end(signal.SIGINT)[0] == 0


def test_the_folder_is_one_servers(tmp_path: Path) -> None:
    settings = ServerSettings(data=tmp_path)
    make_own_folder(settings)
    with serving.hold_folder(settings), pytest.raises(OutputError, match="another digitise server"), serving.hold_folder(settings):
        pass
    with serving.hold_folder(settings):
        pass


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = ServerSettings(data=tmp_path, port=taken.getsockname()[1])
        with pytest.raises(UsageError, match="--port"):
            serving.open_port(settings)
    for host in ("203.0.113.1", "no.such.name.invalid"):
        with pytest.raises(UsageError, match="--host"):
            serving.open_port(ServerSettings(data=tmp_path, host=host))


def test_live_streams_do_not_hold_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "GRACE_S", 30)
    with contextlib.ExitStack() as until_the_end:
        server, port = until_the_end.enter_context(serve_here(ServerSettings(data=tmp_path)))
        answer = until_the_end.enter_context(httpx.stream("GET", f"http://127.0.0.1:{port}/ticking", timeout=20))
        chunks = answer.iter_bytes()
        assert next(chunks).startswith(b"data") and answer.headers["x-accel-buffering"] == "no"
        began = time.monotonic()
        server.should_exit = True
        for _ in chunks:
            pass
    assert time.monotonic() - began < 10


def test_without_the_browsers_libraries_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "LIBRARIES", ("missing.js",))
    with pytest.raises(DependencyError, match="npm"):
        serving.check_libraries()


def test_wrong_options_are_said_in_words(run, tmp_path: Path) -> None:
    assert "free_mib" not in run("serve", "--data", tmp_path, "--limit", "free_mib=0", "--host", "0.0.0.0").err
    for options in (["--limit", "speed=1"], ["--limit", "events=many"], ["--limit", "events=0"]):
        ended = run("serve", "--data", tmp_path, *options)
        assert ended.code == 2 and "--limit" in ended.err
    ended = run("serve", "--data", tmp_path, "--host", "0.0.0.0")
    assert ended.code == 2 and "--set-password" in ended.err
    assert not (tmp_path / "server").exists()


def test_the_password_is_set_from_a_pipe(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, PASSWORD.encode() + b"\n")
    os.close(writing)
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert run("serve", "--data", tmp_path, "--set-password").code == 0
    assert open_client(tmp_path).post("/login", data={"password": PASSWORD}).status_code == 303


@pytest.mark.slow
def test_other_commands_do_not_load_the_web() -> None:
    code = "import sys, digitise.cli; sys.exit(any(m.startswith(('fastapi', 'uvicorn', 'digitise.web.app')) for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_start_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def fail(_desk: Desk) -> None:
        raise OutputError("queue.json", "cannot be read", "Delete it.")

    monkeypatch.setattr(Desk, "open", fail)
    monkeypatch.setattr("digitise.web.serving.start_logs", lambda requests: None)
    with pytest.raises(OutputError, match=r"Delete it\."):
        serving.run_server(ServerSettings(data=tmp_path, port=0), log_requests=False, ready=lambda addresses: None)


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DigitiseError, match="--data"):
        create_app(ServerSettings(data=tmp_path / "file" / "inside"))


def test_limits_are_documented_with_their_defaults() -> None:
    page = (Path(__file__).parents[1] / "docs" / "deploy.md").read_text(encoding="utf-8")
    for key, value in WebLimits().model_dump().items():
        assert f"| `{key}` | {value:g} |" in page, key
