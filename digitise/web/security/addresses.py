"""Addresses: under which names the server may be called, what people's phones can reach, where a page may send somebody."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import urllib.parse

from fastapi import Request

from digitise.web.settings import ServerSettings

LOOPBACK_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")
LONGEST_PATH = 2000


def is_own_path(path: str) -> bool:
    """Whether a path leads to a page of this server and nowhere else: '//elsewhere' and '/\\elsewhere' are other sites to a browser."""
    return (
        path.startswith("/") and not path.startswith(("//", "/\\")) and len(path) <= LONGEST_PATH and all(" " <= c != "\x7f" for c in path)
    )


def split_host(host: str) -> str:
    """The name in a Host header without its port and brackets, in lower case; '' for what is no such thing."""
    try:
        return (urllib.parse.urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def allows_host(host: str, settings: ServerSettings) -> bool:
    """Whether a Host header names this server.

    A page elsewhere can make a browser call us by a name of its own that it points to our address (DNS rebinding). It cannot do so by a
    bare address, so these are always good; names must be known ones.
    """
    name = split_host(host)
    if not name:
        return False
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(name)
        return True
    machine = socket.gethostname().lower()
    known = {*LOOPBACK_NAMES, machine, f"{machine.partition('.')[0]}.local", split_host(settings.host)}
    known |= {split_host(urllib.parse.urlsplit(settings.public_url).netloc), *(name.lower() for name in settings.allowed_hosts)}
    return name in known


def is_loopback(address: str) -> bool:
    """Whether a name or address means this computer alone."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address in LOOPBACK_NAMES


def find_lan_address() -> str | None:
    """This computer's address in its own network, None without one. Nothing is sent: the system only says which way it would go."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # a documentation address (RFC 5737): nobody's
        probe.connect(("192.0.2.1", 9))
        address = str(probe.getsockname()[0])
        return None if is_loopback(address) else address
    return None


def address_for_phones(request: Request, settings: ServerSettings) -> str | None:
    """The beginning of addresses that others in the room can open, without '/' at its end; None where only this computer can.

    Behind a proxy that is the public address; else the one by which the organiser called the server, unless that is a name for
    this computer alone.
    """
    if settings.public_url:
        return settings.public_url.rstrip("/")
    if settings.is_local:
        return None
    host = request.headers.get("host", "")
    if is_loopback(split_host(host)):
        lan = find_lan_address()
        return f"http://{lan}:{request.scope['server'][1]}" if lan and request.scope.get("server") else None
    return f"{request.url.scheme}://{host}"
