"""One server from start to end: its folder, its port, its words at the start, and an end that keeps nobody waiting."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from importlib import resources
from typing import NamedTuple

import uvicorn
from fastapi import FastAPI

from digitise.errors import DependencyError, OutputError, UsageError
from digitise.locking import lock_file
from digitise.store import output_error
from digitise.web.app import create_app
from digitise.web.connections import choose_protocol
from digitise.web.logs import start_logs
from digitise.web.security.addresses import find_lan_address, is_loopback
from digitise.web.security.passwords import load_password, make_own_folder
from digitise.web.settings import ServerSettings
from digitise.web.streams import OpenStreams

LIBRARIES = ("htmx.min.js", "Sortable.min.js", "tus.min.js")
GRACE_S = 5
"""Longest wait at the end for answers under way: a page takes less than one second, an upload resumes by itself."""
MOST_CONNECTIONS = 1000
"""Open at once; above, callers are told to come back. Twenty phones with live progress need about a hundred."""
BACKLOG = 512
OWN_USER_ONLY = 0o077
OWN_FOLDERS = ("events", "u", "api", "static", "login", "logout", "language", "health")
"""First parts of our own paths. A prefix of that name could not be told from them."""


class Addresses(NamedTuple):
    """Where people reach the server."""

    here: str
    """On this computer."""
    network: str | None
    """From phones in the same network; None where they cannot."""
    public: str | None
    """Behind the proxy."""


class _Server(uvicorn.Server):
    """Says when it is ready, and ends live streams before it waits for answers."""

    def __init__(self, config: uvicorn.Config, *, streams: OpenStreams, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._streams, self._ready = streams, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.close_all()
        await super().shutdown(sockets=sockets)


def run_server(settings: ServerSettings, *, log_requests: bool, ready: Callable[[Addresses], None]) -> None:
    """Serve until Ctrl-C or SIGTERM. ready: called once when people can come.

    Raises UsageError (port taken, no password for a public address), DependencyError (no browser libraries), OutputError (folder cannot
    be written, or another server has it), ConfigError (password file).
    """
    check_settings(settings)
    check_libraries()
    # photos of people: whatever is made from here on, by the workers as well, is for the server's own user alone
    os.umask(OWN_USER_ONLY)
    make_own_folder(settings)
    with hold_folder(settings), contextlib.closing(open_port(settings)) as listening:
        start_logs(requests=log_requests)
        port = listening.getsockname()[1]
        app = create_app(settings)
        server = make_server(app, settings, ready=lambda: ready(find_addresses(settings, port)))
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            server.run(sockets=[listening])
        if app.state.start_error is not None:
            raise app.state.start_error


def make_server(app: FastAPI, settings: ServerSettings, *, ready: Callable[[], None]) -> uvicorn.Server:
    """The server for one application; its port is handed to it when it runs."""
    config = uvicorn.Config(
        app,
        http=choose_protocol(proxied=bool(settings.public_url)),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        proxy_headers=bool(settings.public_url),
        forwarded_allow_ips=",".join(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE_S,
        limit_concurrency=MOST_CONNECTIONS,
    )
    return _Server(config, streams=app.state.streams, ready=ready)


def check_settings(settings: ServerSettings) -> None:
    """Whether these settings are safe and make sense. Raises UsageError, ConfigError."""
    first = settings.prefix.lstrip("/").partition("/")[0]
    if first in OWN_FOLDERS:
        raise UsageError(
            "--public-url", f"its path begins with '/{first}', as pages of ours do", "Choose another path, such as /workshops."
        )
    if settings.public_url and not settings.public_url.lower().startswith(("http://", "https://")):
        raise UsageError("--public-url", "is no web address", "Write it whole: --public-url https://example.org/workshops")
    if load_password(settings) is None and not settings.is_local:
        named = f"--allow-host {settings.allowed_hosts[0]}" if settings.allowed_hosts else f"--host {settings.host}"
        where = f"--public-url {settings.public_url}" if settings.public_url else named
        remedy = "Set one first, with the same --data: digitise serve --set-password"
        raise UsageError(where, "others could reach this server, and it has no password", remedy)


def check_libraries() -> None:
    """Whether the browser's libraries were there when the program was built. Raises DependencyError."""
    folder = resources.files("digitise.web").joinpath("static", "vendor")
    missing = [name for name in LIBRARIES if not folder.joinpath(name).is_file()]
    if missing:
        raise DependencyError(
            "web pages",
            f"their libraries are missing ({', '.join(missing)}): the program was built without npm",
            "In its source folder, install npm (Debian: apt-get install npm) and run: python build_tools/vendor.py",
        )


@contextlib.contextmanager
def hold_folder(settings: ServerSettings) -> Iterator[None]:
    """Keep the data folder to this server. Raises OutputError when another one has it."""
    try:
        handle = (settings.own_folder / "lock").open("a")
    except OSError as e:
        raise output_error(settings.own_folder, e) from e
    with handle:
        if not lock_file(handle):
            raise OutputError(
                str(settings.data), "another digitise server works in this folder", "Stop that one, or choose another with --data."
            )
        yield


def open_port(settings: ServerSettings) -> socket.socket:
    """A listening socket. Raises UsageError where the address is taken, forbidden or not this computer's."""
    try:
        family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = family == socket.AF_INET6 and settings.host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(address[:2], family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except socket.gaierror as e:
        raise UsageError(f"--host {settings.host}", "is no address of this computer", "Leave it out, or use 0.0.0.0 for all.") from e
    except OSError as e:
        raise _say_port(settings, e) from e


def _say_port(settings: ServerSettings, e: OSError) -> UsageError:
    if e.errno == errno.EADDRINUSE:
        remedy = "Perhaps digitise is running already: open it in the browser. Or choose another with --port; --port 0 takes any free one."
        return UsageError(f"port {settings.port}", "another program uses it", remedy)
    if e.errno == errno.EACCES:
        return UsageError(f"port {settings.port}", "this user may not open it", "Choose one above 1024 with --port.")
    if e.errno == errno.EADDRNOTAVAIL:
        return UsageError(f"--host {settings.host}", "is no address of this computer", "Leave it out, or use 0.0.0.0 for all.")
    return UsageError(f"port {settings.port}", f"cannot be opened ({e.strerror or e})", "Choose another with --port.")


def find_addresses(settings: ServerSettings, port: int) -> Addresses:
    """Where a server that listens on `port` is reached."""
    everywhere = settings.host in ("0.0.0.0", "::", "")
    own = "localhost" if everywhere or is_loopback(settings.host) else _bracket(settings.host)
    lan = None if is_loopback(settings.host) else find_lan_address() if everywhere else settings.host
    network = f"http://{_bracket(lan)}:{port}/" if lan else None
    return Addresses(here=f"http://{own}:{port}{settings.prefix}/", network=network, public=settings.public_url or None)


def _bracket(host: str) -> str:
    """A host as it stands in an address."""
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).version == 6:
            return f"[{host}]"
    return host
