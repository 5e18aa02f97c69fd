"""What every answer tells the browser: nothing from elsewhere, nothing inline, nothing framed, no address given away."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import MutableHeaders

from digitise.web.security.addresses import is_loopback, split_host

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS_POLICY = "camera=(self), " + ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb")
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # an upload link is in its page's address: other sites never see it. 'no-referrer' would take the Origin from our own forms, too
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


def add_headers(headers: MutableHeaders, request: Request, *, secure: bool) -> None:
    """Put them on an answer. What a page set itself for its cache stays."""
    for name, value in HEADERS.items():
        headers[name] = value
    # elsewhere browsers ignore it and say so in the console
    if secure or is_loopback(split_host(request.headers.get("host", ""))):
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if headers.get("content-type", "").startswith("text/event-stream"):
        # nginx would collect live progress until there is enough of it
        headers["X-Accel-Buffering"] = "no"
    if "cache-control" not in headers:
        headers["Cache-Control"] = "no-store"
