"""`digitise models`: fetched from a real server of this computer, checked, kept, removed; and nothing fetched without that command."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
from colour_code import draw_coded, make_recogniser
from conftest import Run
from test_cli import wait_for

from digitise import api, weights
from digitise.config import RecogniserName
from digitise.weights import FETCHABLE, KnownModel

FILE = FETCHABLE["medium"].file


class Asked(NamedTuple):
    path: str
    range: str | None


class Server(http.server.ThreadingHTTPServer):
    """Serves `content` under every path, in the manner that a test sets."""

    content = b""
    ranges = True
    status = 200
    length = True
    most_bytes: int | None = None
    """The connection ends after so many."""
    hold: threading.Event | None = None
    """Half of the content comes; the rest waits for this."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []

    def handle_error(self, *_: object) -> None:
        """Silence: clients that leave are what some tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server, wanted = self.server, self.headers.get("Range")
        server.asked.append(Asked(self.path, wanted))
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/moved"))
            self.end_headers()
            return
        if server.status != 200:
            self.send_error(server.status)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and server.ranges else 0
        if start >= len(server.content) > 0:
            self.send_error(416)
            return
        body = server.content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}")
        if server.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if server.hold:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            server.hold.wait(30)
            body = body[len(body) // 2 :]
        self.wfile.write(body[: server.most_bytes])

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the model will lie. No proxy stands between the tests and their server."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "digitise" / "models" / FILE


@pytest.fixture
def medium(server: Server, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small network stands in for the medium one, with its own checksum, and the test's server for its makers'."""
    server.content = make_recogniser(tmp_path / "made" / FILE).read_bytes()
    known = KnownModel(FILE, f"{server.url}/rec/{FILE}", hashlib.sha256(server.content).hexdigest(), 1)
    monkeypatch.setitem(weights.FETCHABLE, "medium", known)
    return data


def part_of(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def test_the_pinned_models_are_those_of_the_installed_package() -> None:
    (listed,) = [f for f in files("rapidocr") or [] if f.name == "default_models.yaml"]
    text = Path(str(listed.locate())).read_text(encoding="utf-8")
    for known in FETCHABLE.values():
        assert re.search(rf"model_dir: {re.escape(known.url)}\s+SHA256: {known.sha256}\n", text), known.file
    assert set(get_args(RecogniserName)) == {"small", *FETCHABLE}


def test_a_model_is_fetched_checked_listed_used_and_removed(run: Run, server: Server, medium: Path, tmp_path: Path) -> None:
    assert "medium  not installed" in run("models").out and not server.asked
    ended = run("models", "get", "medium")
    assert ended.code == 0 and ended.out == ""
    size = f"{len(server.content) / (1 << 20):.1f} MiB"
    assert f"Fetching {FILE} ({size})" in ended.err and f"{server.url}/rec/{FILE}" in ended.err and str(medium) in ended.err
    assert 'recogniser = "medium"' in ended.err, "what to do next"
    assert medium.read_bytes() == server.content and list(medium.parent.iterdir()) == [medium]
    assert re.search(r"medium +installed .*SHA-256 as it must be", run("models").out)

    assert run("models", "get", "medium").code == 0 and len(server.asked) == 1, "what is whole is not fetched again"

    event = tmp_path / "event"
    draw_coded(event / "wall.png", ["stone"])
    (event / "event.toml").write_text('[reading]\nrecogniser = "medium"\n')
    (outcome,) = api.report_events([event], jobs=0)
    assert isinstance(outcome, api.Outcome) and "stone" in (event / "report" / "report.md").read_text().lower()
    assert "rapidocr-medium-" in run("check", event).out

    assert run("models", "remove", "medium").code == 0 and not medium.exists()
    assert run("models", "remove", "medium").code == 2, "there is none any more"
    assert len(server.asked) == 1, "nothing but 'models get' goes out"


def test_an_absent_model_is_told_before_the_first_photo_and_nothing_goes_out(
    run: Run, server: Server, medium: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    draw_coded(tmp_path / "event" / "wall.png", ["stone"])
    (tmp_path / "event" / "event.toml").write_text('[reading]\nrecogniser = "medium"\n')
    for command in ("report", "check"):
        ended = run(command, tmp_path / "event")
        assert ended.code == 5 and "digitise models get medium" in ended.err + ended.out
    assert not (tmp_path / "event" / "report").exists() and not server.asked
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "digitise").mkdir(parents=True)
    (tmp_path / "config" / "digitise" / "settings.toml").write_text('[reading]\nrecogniser = "medium"\n')
    assert run("read", tmp_path / "event" / "wall.png").code == 5


def test_a_damaged_model_is_told_and_fetched_again(run: Run, server: Server, medium: Path, tmp_path: Path) -> None:
    medium.parent.mkdir(parents=True)
    medium.write_bytes(server.content[:-1] + b"x")
    assert re.search(r"medium +damaged", run("models").out)
    draw_coded(tmp_path / "event" / "wall.png", ["stone"])
    (tmp_path / "event" / "event.toml").write_text('[reading]\nrecogniser = "medium"\n')
    ended = run("report", tmp_path / "event")
    assert ended.code == 5 and str(medium) in ended.err and "is damaged" in ended.err
    assert run("models", "get", "medium").code == 0 and medium.read_bytes() == server.content


def test_something_else_than_the_model_is_thrown_away(run: Run, server: Server, medium: Path) -> None:
    server.content = b"<html>Please log in</html>"
    ended = run("models", "get", "medium")
    assert ended.code == 5 and "its SHA-256 begins with" in ended.err and server.url in ended.err and "--from" in ended.err
    assert not list(medium.parent.iterdir())


@pytest.mark.parametrize("ranges", [True, False], ids=["the server goes on", "the server begins anew"])
def test_a_broken_connection_is_told_and_the_next_try_goes_on(run: Run, server: Server, medium: Path, ranges: bool) -> None:
    server.most_bytes, server.ranges = 300, ranges
    ended = run("models", "get", "medium")
    assert ended.code == 5 and "the connection ended after 0.0 MiB of 0.0 MiB" in ended.err and "goes on from there" in ended.err
    assert not medium.exists() and part_of(medium).read_bytes() == server.content[:300]
    assert re.search(r"medium +partly fetched", run("models").out)
    server.most_bytes = None
    assert run("models", "get", "medium").code == 0
    assert server.asked[-1].range == "bytes=300-"
    assert medium.read_bytes() == server.content and not part_of(medium).exists()


def test_a_part_of_something_else_does_no_lasting_harm(run: Run, server: Server, medium: Path) -> None:
    medium.parent.mkdir(parents=True)
    part_of(medium).write_bytes(bytes(100))
    assert run("models", "get", "medium").code == 5, "the checksum sees it"
    assert run("models", "get", "medium").code == 0
    medium.unlink()
    part_of(medium).write_bytes(bytes(len(server.content) + 5))
    assert run("models", "get", "medium").code == 0, "a part longer than the whole begins anew"
    part_of(medium).write_bytes(b"abc")
    medium.unlink()
    assert run("models", "remove", "medium").code == 0 and not list(medium.parent.iterdir())


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_server_that_says_no(run: Run, server: Server, medium: Path, status: int) -> None:
    server.status = status
    ended = run("models", "get", "medium")
    assert ended.code == 5 and f"the server answered {status}" in ended.err and server.url in ended.err and "--from" in ended.err
    assert not list(medium.parent.iterdir())


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}", "http://no-such-host.invalid", "http://", "http://[::1", "https://127.0.0.1:{port}"]
)
def test_no_way_to_the_server(run: Run, medium: Path, url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused
        ended = run("models", "get", "medium", "--from", url.format(port=taken.getsockname()[1]))
    assert ended.code == 5 and "cannot be reached" in ended.err and "HTTPS_PROXY" in ended.err and "Traceback" not in ended.err
    assert not medium.exists()


def test_a_server_that_falls_silent(run: Run, server: Server, medium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.download.TIMEOUT_S", 0.3)
    server.hold = threading.Event()
    ended = run("models", "get", "medium")
    server.hold.set()
    assert ended.code == 5 and "the connection broke (timed out)" in ended.err
    assert 0 < part_of(medium).stat().st_size < len(server.content)


def test_a_server_that_never_ends(run: Run, server: Server, medium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.download.LARGEST_BYTES", 200_000)
    server.content, server.length = bytes(1 << 20), False
    ended = run("models", "get", "medium")
    assert ended.code == 5 and "no such model" in ended.err and "size not told" in ended.err


@pytest.mark.parametrize("suffix", ["", "/", f"/{FILE}"])
def test_a_mirror(run: Run, server: Server, medium: Path, suffix: str) -> None:
    assert run("models", "get", "medium", "--from", f"{server.url}/mirror{suffix}").code == 0
    assert server.asked == [Asked(f"/mirror/{FILE}", None)] and medium.is_file()


def test_a_server_that_names_another_place(run: Run, server: Server, medium: Path) -> None:
    medium.parent.mkdir(parents=True)
    part_of(medium).write_bytes(server.content[:100])
    assert run("models", "get", "medium", "--from", f"{server.url}/moved").code == 0
    assert server.asked == [Asked(f"/moved/{FILE}", "bytes=100-"), Asked(f"/{FILE}", "bytes=100-")]


def test_a_copy_on_this_computer(run: Run, server: Server, medium: Path, tmp_path: Path) -> None:
    for copy in (tmp_path / "made", tmp_path / "made" / FILE):
        assert run("models", "get", "medium", "--from", copy).code == 0
        assert medium.read_bytes() == server.content
        medium.unlink()
    (tmp_path / "made" / FILE).write_bytes(b"broken")
    ended = run("models", "get", "medium", "--from", tmp_path / "made")
    assert ended.code == 5 and str(tmp_path / "made" / FILE) in ended.err and not medium.exists()
    ended = run("models", "get", "medium", "--from", tmp_path / "nowhere")
    assert ended.code == 2 and "neither a web address nor a file" in ended.err
    assert not server.asked


def test_the_proxy_of_the_environment_is_used(run: Run, server: Server, medium: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    assert run("models", "get", "medium", "--from", "http://models.example/net").code == 0
    assert server.asked == [Asked(f"http://models.example/net/{FILE}", None)], "a proxy is asked for the whole address"


def test_names_that_are_no_models(run: Run, medium: Path) -> None:
    for command in ("get", "remove"):
        ended = run("models", command, "large")
        assert ended.code == 2 and "'medium'" in ended.err
        ended = run("models", command, "small")
        assert ended.code == 2 and "comes with the program" in ended.err


def test_json_for_programs(run: Run, medium: Path) -> None:
    ended = run("models", "--json")
    assert ended.code == 0 and ended.err == ""
    assert [(m["name"], m["state"]) for m in json.loads(ended.out)] == [("small", "built in"), ("medium", "not installed")]


def test_a_folder_that_cannot_be_written(run: Run, medium: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for place in ("/proc/nowhere", str(tmp_path / "file")):
        monkeypatch.setenv("XDG_DATA_HOME", place)
        ended = run("models", "get", "medium")
        assert ended.code == 6 and place in ended.err and "XDG_DATA_HOME" in ended.err and "Traceback" not in ended.err


@pytest.mark.parametrize("length", [True, False], ids=["seen before", "in the middle"])
def test_a_full_disk(run: Run, server: Server, medium: Path, length: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = medium.parents[3] / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        monkeypatch.setenv("XDG_DATA_HOME", str(disk))
        server.content, server.length = bytes(1 << 20), length
        ended = run("models", "get", "medium")
        assert ended.code == 6 and "full" in ended.err and str(disk) in ended.err
        assert not list(disk.rglob("*.onnx"))
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def test_two_fetches_at_once(run: Run, server: Server, medium: Path) -> None:
    server.hold = threading.Event()
    first = threading.Thread(target=lambda: api.get_model("medium"))
    first.start()
    wait_for(lambda: bool(server.asked) or not first.is_alive())
    ended = run("models", "get", "medium")
    server.hold.set()
    first.join()
    assert ended.code == 6 and "is being fetched already" in ended.err
    assert medium.read_bytes() == server.content


@pytest.mark.slow
def test_ctrl_c_keeps_the_part_and_no_more(server: Server, data: Path) -> None:
    server.content, server.hold = bytes(2 << 20), threading.Event()
    command = [sys.executable, "-m", "digitise.entry", "models", "get", "medium", "--from", server.url]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_for(lambda: (part_of(data).is_file() and part_of(data).stat().st_size > 0) or process.poll() is not None)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    server.hold.set()
    assert process.returncode == 130 and "Interrupted" in err and "Traceback" not in err
    assert not data.exists() and 0 < part_of(data).stat().st_size < 2 << 20


def test_the_program_is_told_where_there_is_no_home(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    ended = run("models", "get", "medium")
    assert ended.code == 5 and "XDG_DATA_HOME" in ended.err
