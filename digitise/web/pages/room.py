"""The QR code for the room: made, shown large, switched off, renewed."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from digitise.web.cards import describe_event
from digitise.web.links import DEFAULT_HOURS, HOURS_CHOICES, change_link, choose_end, open_link
from digitise.web.rendering import make_url, prefix_of
from digitise.web.security.addresses import address_for_phones
from digitise.web.shelf import EventPlace
from digitise.web.site import EventGiven, NoSuchEventError, Site, SiteGiven
from digitise.web.state import UploadLink, read_state

router = APIRouter(include_in_schema=False)
QUIET_MODULES = 4
"""White margin that readers need around a code, in modules (ISO/IEC 18004)."""
PNG_PIXELS_PER_MODULE = 16
"""A code of 45 modules becomes a picture of 850 px: enough for a slide."""


@router.get("/events/{event_id}/room")
def event_room(request: Request, site: SiteGiven, place: EventGiven) -> Response:
    """The code, for a projector or a sheet of paper on each table."""
    link = read_state(place).link
    now = datetime.now(UTC)
    return site.show(
        request,
        "room.html",
        event=describe_event(place),
        tab="photos",
        link=link,
        is_open=link is not None and link.is_open(now),
        expires=link.expires.astimezone() if link else None,
        address=_address(request, site, place, link) if link else "",
        reachable=address_for_phones(request, site.settings) is not None,
        choices=HOURS_CHOICES,
        default=DEFAULT_HOURS,
    )


@router.post("/events/{event_id}/room")
def event_room_change(
    request: Request,
    site: SiteGiven,
    place: EventGiven,
    *,
    do: Annotated[str, Form()],
    hours: Annotated[int, Form()] = DEFAULT_HOURS,
    day: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Make a link ('new'), switch it 'off', or let it hold 'longer', from now."""
    expires = choose_end(hours=hours, day=day, now=datetime.now(UTC))
    if do == "new":
        open_link(site.settings.data, place, expires=expires)
    elif do == "longer":
        change_link(place, on=True, expires=expires)
    elif do == "off":
        change_link(place, on=False)
    return RedirectResponse(make_url(request, "event_room", event_id=place.id), status_code=303)


@router.get("/events/{event_id}/room/code.svg")
def event_room_svg(request: Request, site: SiteGiven, place: EventGiven) -> Response:
    """The code as a drawing, sharp at any size."""
    out = io.BytesIO()
    _code(request, site, place).save(out, kind="svg", border=QUIET_MODULES, dark="#000", light="#fff", xmldecl=False, omitsize=True)
    return Response(out.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.get("/events/{event_id}/room/code.png")
def event_room_png(request: Request, site: SiteGiven, place: EventGiven) -> Response:
    """The code as a picture, for a slide or an e-mail."""
    out = io.BytesIO()
    _code(request, site, place).save(out, kind="png", border=QUIET_MODULES, scale=PNG_PIXELS_PER_MODULE)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="qr-code.png"'}
    return Response(out.getvalue(), media_type="image/png", headers=headers)


def _code(request: Request, site: Site, place: EventPlace) -> segno.QRCode:
    link = read_state(place).link
    if link is None:
        raise NoSuchEventError(place.id)
    # level M: a seventh of the code may be in shadow or glare
    return segno.make_qr(_address(request, site, place, link), error="m", boost_error=False)


def _address(request: Request, site: Site, place: EventPlace, link: UploadLink) -> str:
    """The whole address that the code holds. Where phones cannot reach the server, the one that this computer can open."""
    path = make_url(request, "room_upload", token=link.token)
    base = address_for_phones(request, site.settings)
    if base is None:
        return f"{request.url.scheme}://{request.headers.get('host', '')}{path}"
    if site.settings.public_url:
        # its own path is the prefix, which `path` has already
        return base + path.removeprefix(prefix_of(request))
    return base + path
