"""A real S3 server on this computer (moto), whose requests are counted and may be made to fail."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from digitise.remote import Address, connect, connecting, leases

Fault = Callable[[str, str], int | float | None]
"""Method and path -> the status to answer with; seconds (a float) to wait before the answer; None: all is well."""


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        return


class S3Server:
    """Behind `url`, until the end of `serve_s3`."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.fault: Fault = lambda method, path: None
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Silent)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # as it came: WSGI has it undone and in Latin-1
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        query = environ.get("QUERY_STRING", "")
        self.requests.append(f"{method} {path}" + (f"?{query}" if query else ""))
        fault = self.fault(method, path)
        if isinstance(fault, float):
            time.sleep(fault)
        elif fault is not None:
            code = {403: "AccessDenied", 404: "NoSuchKey", 500: "InternalError", 501: "NotImplemented", 503: "SlowDown"}[fault]
            body = "" if method == "HEAD" else f"<Error><Code>{code}</Code><Message>as the test wants it</Message></Error>"
            return Response(body, status=fault, mimetype="application/xml")(environ, start_response)
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer

    def count(self, pattern: str) -> int:
        """Requests so far that look so."""
        return sum(re.search(pattern, request) is not None for request in self.requests)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serve_s3(bucket: str) -> Iterator[S3Server]:
    """A server with one bucket, which this process and its children find by the environment, as they would find Amazon's."""
    import fsspec  # noqa: PLC0415

    server = S3Server()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", server.url)
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "secret-of-the-test"),
            ("AWS_DEFAULT_REGION", "eu-west-2"),
        ):
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        for protocol in ("s3", "s3a"):
            fsspec.get_filesystem_class(protocol).clear_instance_cache()
        fs = fsspec.filesystem("s3", use_listings_cache=False)
        # what moto keeps belongs to the process, and an earlier server of it may have made the bucket
        with suppress(FileExistsError):
            fs.call_s3("create_bucket", Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        connecting._connect.cache_clear()
        try:
            yield server
        finally:
            connecting._connect.cache_clear()
            fsspec.get_filesystem_class("s3").clear_instance_cache()
            server.close()


BUCKET = "bucket-of-tests"


@pytest.fixture(scope="module", name="server")
def fixture_server() -> Iterator[S3Server]:
    with serve_s3(BUCKET) as running:
        yield running


@pytest.fixture(name="quick")
def fixture_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the pauses that a network wants."""
    monkeypatch.setattr(connecting, "PAUSES_S", (0.01, 0.01))
    monkeypatch.setattr(leases, "SETTLE_S", 0.01)


@pytest.fixture(name="memory")
def fixture_memory() -> Iterator[Address]:
    """An address whose files are kept in memory."""
    import fsspec  # noqa: PLC0415

    fs = fsspec.filesystem("memory")
    fs.store.clear()
    yield Address("memory://box/archive")
    fs.store.clear()


def fill(address: Address, *files: str, content: bytes = b"not looked at") -> None:
    """Put files of one content below an address."""
    remote = connect(address)
    for file in files:
        remote.fs.pipe_file(remote.path(file), content)


def write(path: Path, data: bytes) -> Path:
    """Write a file of this computer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
