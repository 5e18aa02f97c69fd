"""An event's photos: verdicts, and how far reading is."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from digitise.web.cards import describe_event
from digitise.web.desk import Progress
from digitise.web.desk_memory import THUMBNAIL
from digitise.web.door import remove_file
from digitise.web.photo_cards import make_cards, make_head
from digitise.web.progress_stream import stream_progress
from digitise.web.rendering import make_url
from digitise.web.shelf import EventPlace
from digitise.web.site import EventGiven, NoSuchEventError, Site, SiteGiven

router = APIRouter()
STREAM = "text/event-stream"
MOST_STREAMS = 400
"""Open streams of one server. Each is a connection and a few kB; pages without one ask now and then."""
KEY = re.compile(r"[0-9a-f]{16}")


@router.get("/events/{event_id}", include_in_schema=False)
def event_photos(request: Request, site: SiteGiven, place: EventGiven, removed: str = "") -> Response:
    """The event's main page. removed: a browser without scripts has just removed a photo, which the page then says."""
    progress = site.desk.progress(place)
    return site.show(
        request,
        "photos.html",
        event=describe_event(place, retention_days=site.settings.retention_days),
        tab="photos",
        head=make_head(progress),
        cards=make_cards(progress),
        removed=bool(removed),
        limits=site.settings.limits,
        upload_to=make_url(request, "upload_create", event_id=place.id),
        form_to=make_url(request, "event_upload_form", event_id=place.id),
    )


@router.get("/events/{event_id}/photos/part", include_in_schema=False)
def event_photos_part(request: Request, site: SiteGiven, place: EventGiven, key: Annotated[list[str] | None, Query()] = None) -> Response:
    """What changes on that page by itself: its head, and the cards asked for, or all."""
    progress = site.desk.progress(place)
    keys = None if key is None else {k for k in key if KEY.fullmatch(k)}
    return site.show(
        request, "photos_part.html", event=describe_event(place), head=make_head(progress), cards=make_cards(progress, keys=keys)
    )


@router.get("/api/events/{event_id}/progress", response_model=Progress, responses={200: {"content": {STREAM: {}}}, 503: {}})
async def event_progress(request: Request, site: SiteGiven, place: EventGiven, after: int = -1) -> Response | Progress:
    """How far an event is. As text/event-stream: each change, as it comes; `after` (or Last-Event-ID) is the revision known already."""
    if STREAM not in request.headers.get("accept", ""):
        return await asyncio.to_thread(site.desk.progress, place)
    if site.desk.count_watchers() >= MOST_STREAMS:
        raise HTTPException(503, headers={"Retry-After": "30"})
    last = request.headers.get("last-event-id", "")
    known = max(after, int(last) if last.isascii() and last.isdigit() and len(last) < 20 else -1)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream_progress(site.desk, place, after=known), media_type=STREAM, headers=headers)


@router.get("/events/{event_id}/seen/{name}", include_in_schema=False)
def event_thumbnail(place: EventGiven, name: str) -> Response:
    """A small picture, made anew from the pixels of a photo."""
    path = place.seen / name
    if not THUMBNAIL.fullmatch(name) or not path.is_file():
        raise NoSuchEventError(name)
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@router.post("/events/{event_id}/photos/remove", include_in_schema=False)
def event_photo_remove(request: Request, site: SiteGiven, place: EventGiven, file: Annotated[str, Form()]) -> Response:
    """Take one file out of the event."""
    remove_file(place, file, site.desk)
    return _back(request, site, place, "?removed=yes#removed")


@router.post("/events/{event_id}/photos/stop", include_in_schema=False)
def event_stop(request: Request, site: SiteGiven, place: EventGiven) -> Response:
    """Read no more photos for now."""
    site.desk.stop(place)
    return _back(request, site, place)


@router.post("/events/{event_id}/photos/go-on", include_in_schema=False)
def event_go_on(request: Request, site: SiteGiven, place: EventGiven) -> Response:
    """Go on reading, and try again what could not be read."""
    site.desk.go_on(place)
    return _back(request, site, place)


def _back(request: Request, site: Site, place: EventPlace, query: str = "") -> Response:
    """To the photos, as they are now."""
    site.desk.look_now(place)
    return RedirectResponse(make_url(request, "event_photos", event_id=place.id) + query, status_code=303)
