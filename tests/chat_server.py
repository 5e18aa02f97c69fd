"""A small real server of the OpenAI-compatible protocol, for tests: it looks at the pictures that it gets, and answers or fails as told."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

from digitise.config import SecondReader

MODEL = "test-reader"


@dataclass
class ChatServer:
    """What the server does, and what it has seen."""

    port: int = 0
    answer: Callable[[Image.Image], Any] = lambda picture: "?"
    """What the model says of a picture; not a str: sent as the message's content all the same."""
    status: int = 200
    error: str = "as told"
    finish: str = "stop"
    raw: bytes | None = None
    """Sent in place of any answer."""
    wait_s: float = 0.0
    drip: bool = False
    """Send the answer byte by byte for ever."""
    drip_headers: bool = False
    """Send headers one by one for ever."""
    interim: bool = False
    """Send one '100 Continue' after the other for ever."""
    location: str = ""
    key: str = ""
    models: list[str] = field(default_factory=lambda: ["other", MODEL])
    pictures: list[Image.Image] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Method and path of each request."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def settings(self, **more: Any) -> SecondReader:
        return SecondReader(**({"url": self.url, "model": MODEL, "timeout_s": 10.0} | more))


def handler_for(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def reply(self, status: int, body: bytes, *, location: str = "") -> None:
            with contextlib.suppress(OSError):
                while server.interim:
                    self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    time.sleep(0.02)
                if server.drip_headers:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while server.drip_headers:
                    self.wfile.write(b"x")
                    time.sleep(0.02)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(1 << 30 if server.drip else len(body)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            with contextlib.suppress(OSError):
                while server.drip:
                    self.wfile.write(b" ")
                    time.sleep(0.05)
                self.wfile.write(body)

        def do_GET(self) -> None:
            server.asked.append(f"GET {self.path}")
            self.respond({"object": "list", "data": [{"id": name, "object": "model"} for name in server.models]}, "/v1/models")

        def do_POST(self) -> None:
            server.asked.append(f"POST {self.path}")
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.bodies.append(body)
            ((_, part),) = [tuple(p.items()) for m in body["messages"] for p in m["content"] if p["type"] == "image_url"]
            head, _, data = part[1]["url"].partition(",")
            assert head == "data:image/jpeg;base64"
            picture = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
            picture.load()
            assert picture.format == "JPEG" and not picture.getexif()
            server.pictures.append(picture)
            choice = {"index": 0, "message": {"role": "assistant", "content": server.answer(picture)}, "finish_reason": server.finish}
            self.respond({"object": "chat.completion", "model": body["model"], "choices": [choice]}, "/v1/chat/completions")

        def respond(self, data: dict[str, Any], path: str) -> None:
            time.sleep(server.wait_s)
            if server.key and self.headers["Authorization"] != f"Bearer {server.key}":
                self.reply(401, json.dumps({"error": {"message": f"wrong key {self.headers['Authorization']}"}}).encode())
            elif server.location:
                self.reply(307, b"", location=server.location)
            elif server.status != 200:
                self.reply(server.status, json.dumps({"error": {"message": server.error}}).encode())
            elif server.raw is not None:
                self.reply(200, server.raw)
            elif self.path != path:
                self.reply(404, b"not found")
            else:
                self.reply(200, json.dumps(data).encode())

    return Handler


@contextlib.contextmanager
def run_server(**how: Any) -> Iterator[ChatServer]:
    """A server on a free port of this machine while the block runs."""
    server = ChatServer(**how)
    listening = ThreadingHTTPServer(("127.0.0.1", server.port), handler_for(server))
    listening.daemon_threads = True
    server.port = listening.server_port
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.drip = server.drip_headers = server.interim = False
        listening.shutdown()
        listening.server_close()
        thread.join(5)
