"""The review for scripts: JSON for looking, editing, undoing and reading a drawn box; a stream of others' changes; pictures."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from digitise.errors import DigitiseError, ExitCode, PhotoError, UsageError
from digitise.reviewing import Review
from digitise.web.program_words import tell_flat
from digitise.web.rendering import choose_language
from digitise.web.review_model import BoxAsked, BoxRead, ClientId, EditsAsked, Refused, ReviewView, Saved, StepAsked
from digitise.web.review_reading import Reading, read_reading
from digitise.web.review_service import ReviewConflict
from digitise.web.shelf import EventPlace
from digitise.web.site import EventGiven, NoSuchEventError, Site, SiteGiven

LOOK_S = 2.0
"""How often a stream looks for changes from outside: an import, a new run."""
BEAT_S = 15.0
"""After so long without news a line is sent, so that proxies keep the connection."""
MOST_STREAMS = 200
"""Of one server. Each asks the disk every two seconds; a page without one hears of others' changes with its own next one."""
PICTURE_S = 60.0
"""Longest wait for a picture that is made."""
KEEP_S = 3600
"""How long a browser may show a picture without asking, when its version stands in the address. People may delete an event."""


WORKER_FAULTS = (ExitCode.INTERNAL, ExitCode.ENGINE, ExitCode.DEPENDENCY)


class ReviewRoute(APIRoute):
    """A route that says no in JSON: 409 for a conflict, 422 for what makes no sense, 503 where a worker did not manage."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_refusals(request: Request) -> Response:
            try:
                return await handle(request)
            except ReviewConflict as e:
                said = _say(request, e)
                return _refuse(409, e.refused().model_copy(update={"error": said.error, "remedy": said.remedy}))
            except (UsageError, PhotoError) as e:
                return _refuse(422, _say(request, e))
            except DigitiseError as e:
                if e.exit_code not in WORKER_FAULTS:
                    raise
                return _refuse(503, _say(request, e))
            except (TimeoutError, concurrent.futures.CancelledError):
                return _refuse(503, _say(request, DigitiseError("", "this could not be done just now", "Try again in a moment.")))

        return handle_refusals


def _refuse(status: int, refused: Refused) -> Response:
    return JSONResponse(refused.model_dump(mode="json"), status_code=status, headers={"Cache-Control": "no-store"})


def _say(request: Request, e: DigitiseError) -> Refused:
    """Without its subject, which is an id or a path; in the visitor's language."""
    language = choose_language(request)
    return Refused(error=tell_flat(language, f"{e.reason[:1].upper()}{e.reason[1:]}."), remedy=tell_flat(language, e.remedy))


REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Refused, "description": "There is no such event, or not any more."},
    422: {"model": Refused, "description": "What was sent makes no sense; nothing was saved."},
}
CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Refused, "description": "Somebody else changed the same since; nothing was saved."}
}
BUSY: dict[int | str, dict[str, Any]] = {503: {"model": Refused, "description": "A worker did not manage; try again."}}
router = APIRouter(route_class=ReviewRoute, tags=["review"], responses=REFUSALS)


@router.get("/api/events/{event_id}/review")
def get_review(request: Request, place: EventGiven, site: SiteGiven, client: Annotated[ClientId, Query()] = "nobody") -> ReviewView:
    """The whole review as it is now. client: whose undo is told of."""
    return site.reviews.view(place, client, choose_language(request))


@router.post("/api/events/{event_id}/edits", responses=CONFLICT)
def post_edits(request: Request, place: EventGiven, site: SiteGiven, asked: EditsAsked) -> Saved:
    """Save changes, all or none. They are one step of undo."""
    return site.reviews.edit(place, asked, choose_language(request))


@router.post("/api/events/{event_id}/undo", responses=CONFLICT)
def post_undo(request: Request, place: EventGiven, site: SiteGiven, asked: StepAsked) -> Saved:
    """Take the client's own last step back."""
    return site.reviews.undo(place, asked, choose_language(request))


@router.post("/api/events/{event_id}/redo", responses=CONFLICT)
def post_redo(request: Request, place: EventGiven, site: SiteGiven, asked: StepAsked) -> Saved:
    """Do once more what the client undid last."""
    return site.reviews.redo(place, asked, choose_language(request))


@router.post("/api/events/{event_id}/boxes", responses=BUSY)
def post_box(place: EventGiven, site: SiteGiven, asked: BoxAsked) -> BoxRead:
    """Read what stands in a drawn box. Nothing is saved: the change 'add' does that."""
    return site.reviews.read_box(place, asked)


@router.get(
    "/api/events/{event_id}/live",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/event-stream": {}},
            "description": "Server-sent events 'revision': {revision, who, mine, from_outside, from_run}, and 'reading': {state, told}.",
        },
        **BUSY,
    },
)
async def get_live(
    request: Request,
    place: EventGiven,
    site: SiteGiven,
    *,
    client: Annotated[ClientId, Query()] = "nobody",
    after: Annotated[int, Query(ge=-1, le=2**53)] = -1,
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> Response:
    """Tells the revision at once, then each time that it goes up, and how far photos are that are read. after: a revision that is known."""
    if site.reviews.count_listeners() >= MOST_STREAMS:
        raise HTTPException(503, headers={"Retry-After": "30"})
    known = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else after
    stream = tell_revisions(site, place, client, choose_language(request), after=known)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def tell_revisions(site: Site, place: EventPlace, client: str, language: str, *, after: int) -> AsyncIterator[str]:
    """The text of a stream. It ends when the event is deleted."""
    reviews = site.reviews
    loop, woken = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(woken.set)

    stop = reviews.listen(place, wake)
    told, spoke, reading = after, loop.time(), Reading()
    try:
        while await run_in_threadpool(place.folder.is_dir):
            woken.clear()
            review = await run_in_threadpool(reviews.latest, place)
            known = {photo.id for photo in review.event.photos} if review.event is not None else set[str]()
            now = await run_in_threadpool(read_reading, site.desk, place, known, language)
            if review.revision != told:
                yield _tell(review, client, told)
                told, spoke = review.revision, loop.time()
            if now != reading:
                yield f"event: reading\ndata: {json.dumps(now._asdict())}\n\n"
                reading, spoke = now, loop.time()
            if loop.time() - spoke > BEAT_S:
                yield ": still here\n\n"
                spoke = loop.time()
            try:
                async with asyncio.timeout(LOOK_S):
                    await woken.wait()
            except TimeoutError:
                continue
    finally:
        stop()


def _tell(review: Review, client: str, told: int) -> str:
    """One event. It never says a client's id: with that, somebody could undo another's steps."""
    since = [e for e in review.journal.entries if e.revision > told]
    last = since[-1] if since else None
    said = {
        "revision": review.revision,
        "who": last.author if last else "",
        "mine": bool(since) and all(e.client == client for e in since),
        "from_outside": last is not None and last.did in ("outside", "program"),
        "from_run": any(e.did == "program" for e in since),
    }
    return f"id: {review.revision}\nevent: revision\ndata: {json.dumps(said)}\n\n"


@router.get(
    "/events/{event_id}/pictures/{name}",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The picture."}, 304: {"description": "It is as it was."}, **BUSY},
)
async def event_picture(
    place: EventGiven,
    site: SiteGiven,
    name: str,
    v: Annotated[str, Query(max_length=80)] = "",
    if_none_match: Annotated[str, Header(max_length=2000)] = "",
) -> Response:
    """A cleaned sheet, a joined wall, a note enlarged ('note-<id>.jpg') or a whole photo ('photo-<id>.jpg'), as the report may show it."""
    found = await run_in_threadpool(site.reviews.find_picture, place, name)
    if found is None:
        raise NoSuchEventError(name)
    if found.make is not None:
        future = await run_in_threadpool(site.reviews.make_picture, place, found.make)
        async with asyncio.timeout(PICTURE_S):
            # shielded: others may wait for the same picture
            await asyncio.shield(asyncio.wrap_future(future))
    try:
        status = await run_in_threadpool(found.path.stat)
    except OSError as e:
        raise NoSuchEventError(name) from e
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={KEEP_S}" if v else "private, no-cache", "Vary": "Cookie"}
    if etag in (tag.strip() for tag in if_none_match.replace("W/", "").split(",")):
        return Response(status_code=304, headers=headers)
    return FileResponse(found.path, media_type="image/jpeg", headers=headers, stat_result=status)
