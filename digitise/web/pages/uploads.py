"""Files come in here, from the organiser's own pages and through links for everybody in the room."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from digitise.web import tus
from digitise.web.cards import describe_event
from digitise.web.desk import PhotoProgress
from digitise.web.door import Door
from digitise.web.keeping import find_upload
from digitise.web.links import find_by_token
from digitise.web.not_taken import NotTakenError
from digitise.web.plain_forms import Arrival, receive_form
from digitise.web.program_words import tell_flat
from digitise.web.rendering import choose_language, make_url
from digitise.web.shelf import EventPlace
from digitise.web.site import EventGiven, NoSuchEventError, Site, SiteGiven, site_of
from digitise.web.state import UploadLink, read_state
from digitise.web.tus import Caller
from digitise.web.wording import say

router = APIRouter()
MOST_SENT = 100
"""Uploads of one plain form whose verdicts a page tells; their ids stand in its address."""
_TONES = {"waiting": "plain", "good": "good", "poor": "warn", "bad": "bad"}
_REFUSED = {"description": "Refused; says why and what to do", "content": {"application/json": {"schema": {"type": "object"}}}}
RESPONSES: dict[int | str, dict[str, Any]] = {status: _REFUSED for status in (400, 403, 404, 408, 409, 412, 413, 415, 423, 503, 507)}


def _described(*headers: str, body: bool = False) -> dict[str, Any]:
    """The protocol's headers, for the API's description; tus.py checks them."""
    schemas: dict[str, dict[str, Any]] = {
        "Tus-Resumable": {"type": "string", "enum": [tus.VERSION]},
        "Upload-Length": {"type": "integer", "minimum": 1},
        "Upload-Offset": {"type": "integer", "minimum": 0},
        "Upload-Metadata": {"type": "string", "pattern": "^filename [A-Za-z0-9+/]+={0,2}$"},
    }
    names = ("Tus-Resumable", *headers)
    extra: dict[str, Any] = {
        "parameters": [{"name": name, "in": "header", "required": name != "Upload-Metadata", "schema": schemas[name]} for name in names]
    }
    if body:
        extra["requestBody"] = {"required": True, "content": {tus.OFFSET_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
    return extra


async def door_of(request: Request) -> Door:
    """The application's door for files; made with the first request that needs it."""
    state = request.app.state
    if not hasattr(state, "door"):
        site = site_of(request)
        state.door = Door(site.settings, site.desk)
    return cast("Door", state.door)


DoorGiven = Annotated[Door, Depends(door_of)]


def organiser(request: Request, place: EventGiven, door: DoorGiven) -> Caller:
    """Somebody who may do everything with the event."""
    return Caller(place, door, by_room=False, address=make_url(request, "upload_create", event_id=place.id))


def room_of(request: Request, token: str) -> tuple[EventPlace, UploadLink]:
    """The event and the link of an address for the room, whether it is open or not. Raises NoSuchEventError."""
    place = find_by_token(site_of(request).settings.data, token)
    link = place and read_state(place).link
    if place is None or link is None:
        raise NoSuchEventError("")
    return place, link


RoomGiven = Annotated[tuple[EventPlace, UploadLink], Depends(room_of)]


def visitor(request: Request, token: str, room: RoomGiven, door: DoorGiven) -> Caller:
    """Somebody in the room, who may add photos while the link is open, and nothing else."""
    place, link = room
    if not link.is_open(datetime.now(UTC)):
        language, closed = choose_language(request), NotTakenError("link_closed", status=410)
        raise HTTPException(closed.status, detail={"error": closed.error(language), "remedy": closed.remedy(language)})
    return Caller(place, door, by_room=True, address=make_url(request, "room_upload_create", token=token))


Organiser = Annotated[Caller, Depends(organiser)]
Visitor = Annotated[Caller, Depends(visitor)]


@router.options("/api/events/{event_id}/uploads", status_code=204, responses={404: _REFUSED})
async def upload_options(caller: Organiser) -> Response:
    """What the upload protocol (tus 1.0) can do here."""
    return tus.options(caller)


@router.post(
    "/api/events/{event_id}/uploads",
    status_code=201,
    responses=RESPONSES,
    openapi_extra=_described("Upload-Length", "Upload-Metadata"),
    response_class=Response,
)
async def upload_create(request: Request, caller: Organiser) -> Response:
    """Begin an upload (tus creation): Upload-Length, and the file's name in Upload-Metadata."""
    return await tus.create(request, caller)


@router.head("/api/events/{event_id}/uploads/{upload_id}", responses=RESPONSES, openapi_extra=_described(), response_class=Response)
async def upload_look(request: Request, upload_id: str, caller: Organiser) -> Response:
    """How much of an upload has come."""
    return await tus.look(request, caller, upload_id)


@router.patch(
    "/api/events/{event_id}/uploads/{upload_id}",
    status_code=204,
    responses=RESPONSES,
    openapi_extra=_described("Upload-Offset", body=True),
    response_class=Response,
)
async def upload_append(request: Request, upload_id: str, caller: Organiser) -> Response:
    """The next bytes of an upload."""
    return await tus.append(request, caller, upload_id)


@router.delete(
    "/api/events/{event_id}/uploads/{upload_id}", status_code=204, responses=RESPONSES, openapi_extra=_described(), response_class=Response
)
async def upload_cancel(request: Request, upload_id: str, caller: Organiser) -> Response:
    """Forget an upload."""
    return await tus.cancel(request, caller, upload_id)


@router.post("/events/{event_id}/photos/add", include_in_schema=False)
async def event_upload_form(request: Request, site: SiteGiven, caller: Organiser) -> Response:
    """Photos by a plain form: back to the photos, or to a page that says which were not taken."""
    arrivals = await _receive(request, caller)
    photos = make_url(request, "event_photos", event_id=caller.place.id)
    if arrivals and all(a.taken and not a.taken.already for a in arrivals):
        return RedirectResponse(photos, status_code=303)
    card = await run_in_threadpool(describe_event, caller.place)
    return site.show(request, "upload_result.html", event=card, arrivals=_in_words(request, arrivals), back=photos, tab="photos")


@router.get("/events/{event_id}/photos/add", include_in_schema=False)
def event_upload_form_again(request: Request, place: EventGiven) -> Response:
    """What became of files was shown under this address; to load it anew leads to the photos."""
    return RedirectResponse(make_url(request, "event_photos", event_id=place.id), status_code=303)


@router.get("/u/{token}", include_in_schema=False)
def room_upload(
    request: Request, site: SiteGiven, token: str, room: RoomGiven, sent: Annotated[str, Query(max_length=MOST_SENT * 33)] = ""
) -> Response:
    """The page for everybody in the room: add photos, hear at once whether they can be read; nothing else of the event.

    sent: ids of uploads, parted by commas, of which browsers without scripts hear here.
    """
    return _room_page(request, site, token, room, _judge_sent(site, room[0], sent, choose_language(request)), sent=sent)


@router.post("/u/{token}", include_in_schema=False)
async def room_upload_form(request: Request, site: SiteGiven, token: str, room: RoomGiven, caller: Visitor) -> Response:
    """Photos from the room by a plain form."""
    arrivals = await _receive(request, caller)
    sent = ",".join([a.upload_id for a in arrivals if a.taken][:MOST_SENT])
    return await run_in_threadpool(_room_page, request, site, token, room, _in_words(request, arrivals), sent=sent)


@router.options("/u/{token}/uploads", include_in_schema=False)
async def room_upload_options(caller: Visitor) -> Response:
    return tus.options(caller)


@router.post("/u/{token}/uploads", include_in_schema=False)
async def room_upload_create(request: Request, caller: Visitor) -> Response:
    return await tus.create(request, caller)


@router.head("/u/{token}/uploads/{upload_id}", include_in_schema=False)
async def room_upload_look(request: Request, upload_id: str, caller: Visitor) -> Response:
    return await tus.look(request, caller, upload_id)


@router.patch("/u/{token}/uploads/{upload_id}", include_in_schema=False)
async def room_upload_append(request: Request, upload_id: str, caller: Visitor) -> Response:
    return await tus.append(request, caller, upload_id)


@router.delete("/u/{token}/uploads/{upload_id}", include_in_schema=False)
async def room_upload_cancel(request: Request, upload_id: str, caller: Visitor) -> Response:
    return await tus.cancel(request, caller, upload_id)


@router.get("/u/{token}/uploads/{upload_id}", include_in_schema=False)
def room_upload_verdict(request: Request, site: SiteGiven, upload_id: str, room: RoomGiven) -> Response:
    """Whether a photo that somebody in the room sent can be read. Only who knows the upload's own address hears it.

    Also after the link's end: who sent a photo in the last minute still hears that it must be taken again.
    """
    place, _ = room
    upload = find_upload(place, upload_id)
    if upload is None or not upload.by_room or upload.taken is None:
        raise NoSuchEventError(upload_id)
    verdict = judge(site.desk.verdict_of(place, upload.taken.name), choose_language(request))
    return JSONResponse(verdict, headers={"Cache-Control": "no-store"})


def judge(photo: PhotoProgress, language: str) -> dict[str, Any]:
    """What the desk says of one file: state 'waiting', 'good', 'poor' or 'bad', and sentences. Names of other photos are left out."""
    if photo.state == "checking":
        return {"state": "waiting", "sentences": []}
    sentences = [f"{r.part}: {tell_flat(language, r.text)}" if r.part else tell_flat(language, r.text) for r in photo.reasons]
    for verdict in photo.verdicts:
        what = say(language, f"photos.what_{verdict.code}")
        if verdict.part:
            what = say(language, "photos.in_part", part=verdict.part, what=what)
        sentences.append(f"{what[:1].upper()}{what[1:]}. {say(language, f'photos.how_{verdict.code}')}")
    state = "bad" if photo.problem else "poor" if sentences else "good"
    if photo.same_as and not sentences:
        sentences = [say(language, "uploads.same_as_another")]
    return {"state": state, "sentences": sentences}


def _judge_sent(site: Site, place: EventPlace, sent: str, language: str) -> list[dict[str, str]]:
    """Of files that somebody in the room sent by a plain form: what the desk says of each, for a page."""
    told = []
    for upload_id in sent.split(","):
        upload = find_upload(place, upload_id)
        if upload is None or not upload.by_room or upload.taken is None:
            continue
        verdict = judge(site.desk.verdict_of(place, upload.taken.name), language)
        words = " ".join(verdict["sentences"]) or say(
            language, f"uploads.{'checking' if verdict['state'] == 'waiting' else 'verdict_good'}"
        )
        told.append({"file": upload.name, "tone": _TONES[verdict["state"]], "words": words})
    return told


async def _receive(request: Request, caller: Caller) -> list[Arrival]:
    try:
        return await receive_form(request, caller.place, caller.door, by_room=caller.by_room)
    except NotTakenError as e:
        return [Arrival("", refusal=e)]


def _in_words(request: Request, arrivals: list[Arrival]) -> list[dict[str, str]]:
    """What became of each file, for a page."""
    language = choose_language(request)
    told = []
    for arrival in arrivals:
        if arrival.refusal:
            words = f"{arrival.refusal.error(language)} {arrival.refusal.remedy(language)}"
            told.append({"file": arrival.shown, "tone": "bad", "words": words})
        elif arrival.taken:
            already = arrival.taken.already
            told.append({"file": arrival.shown, "tone": "good", "words": say(language, f"uploads.{'already' if already else 'arrived'}")})
    return told


def _room_page(
    request: Request, site: Site, token: str, room: tuple[EventPlace, UploadLink], arrivals: list[dict[str, str]], *, sent: str
) -> Response:
    """sent: ids of uploads of which a page without scripts asks by a button: to load itself anew would drop files just chosen."""
    place, link = room
    waits = request.method == "POST" or any(arrival["tone"] == "plain" for arrival in arrivals)
    look_again = f"{make_url(request, 'room_upload', token=token)}?sent={quote(sent, safe=',')}" if sent and arrivals and waits else ""
    is_open = link.is_open(datetime.now(UTC))
    title = describe_event(place).title
    values = {"room_title": title, "token": token, "is_open": is_open, "arrivals": arrivals, "limits": site.settings.limits}
    values["look_again"] = look_again
    return site.show(request, "upload.html", status=200 if is_open else 410, **values)
