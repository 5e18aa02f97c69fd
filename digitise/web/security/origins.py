"""Where a request comes from: a page elsewhere must not be able to press our buttons (cross-site request forgery).

Browsers say it themselves: Sec-Fetch-Site where the page is trusted (TLS or this computer), Origin with every POST since 2020. See the
Fetch standard, and OWASP's Cross-Site Request Forgery Prevention Cheat Sheet on fetch metadata.
"""

from __future__ import annotations

import urllib.parse
from typing import Literal

from fastapi import Request

from digitise.web.settings import ServerSettings

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
DEFAULT_PORTS = {"http": 80, "https": 443}
Origin = Literal["ours", "elsewhere", "browser that does not say", "no browser"]


def find_origin(request: Request, settings: ServerSettings) -> Origin:
    """Where a request comes from, by what only the browser itself can write into it."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        # none: typed, bookmarked or reloaded by the person
        return "ours" if site in ("same-origin", "none") else "elsewhere"
    origin = request.headers.get("origin")
    if origin is not None:
        return "ours" if _is_ours(origin, request, settings) else "elsewhere"
    return "browser that does not say" if request.headers.get("user-agent", "").startswith("Mozilla/") else "no browser"


def _is_ours(origin: str, request: Request, settings: ServerSettings) -> bool:
    """Whether an Origin header names the address under which the request came, or the public one. 'null' names none."""
    named = _place(origin)
    if named is None:
        return False
    scheme = urllib.parse.urlsplit(origin).scheme
    ours = {_place(f"{scheme}://{request.headers.get('host', '')}"), _place(settings.public_url)}
    return named in ours


def _place(address: str) -> tuple[str, int] | None:
    """Name and port of an address; None for what is none."""
    try:
        parts = urllib.parse.urlsplit(address)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None
