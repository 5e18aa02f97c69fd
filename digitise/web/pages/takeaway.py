"""The report and all other files of an event; house templates and edited reports come back in here."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from digitise import api
from digitise.errors import ConfigError, UsageError
from digitise.web.cards import describe_event
from digitise.web.rendering import choose_language, make_url
from digitise.web.review_model import StepAsked
from digitise.web.review_service import ReviewConflict
from digitise.web.shelf import EventPlace
from digitise.web.site import EventGiven, NoSuchEventError, Site, SiteGiven
from digitise.web.takeaway_documents import (
    DocumentRefusedError,
    Purpose,
    StoredDocument,
    drop_document,
    find_document,
    keep_document,
    load_finding,
    path_of,
)
from digitise.web.takeaway_files import DOCX, FILE_KINDS, download_name, find_offer, say_attachment, stream_zip
from digitise.web.takeaway_jobs import PATIENCE_S, Jobs, client_of
from digitise.web.takeaway_template import choose_template, find_template, keep_template
from digitise.web.takeaway_view import MOST_PROBLEMS, is_current, say_size, tell_import, view_takeaway
from digitise.web.wording import say

router = APIRouter(include_in_schema=False)
NO_STORE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
KINDS = tuple(kind.kind for kind in FILE_KINDS)
MOST_CHANGES = 200
"""Changes listed on a page; a report that was written all anew would fill hundreds."""


class Visit(NamedTuple):
    """Who looks at which event."""

    request: Request
    site: Site
    place: EventPlace
    jobs: Jobs

    def to(self, route: str, query: str = "", **parts: str) -> Response:
        """To another page of this event."""
        return RedirectResponse(make_url(self.request, route, event_id=self.place.id, **parts) + query, status_code=303)

    def find(self, purpose: Purpose, token: str) -> StoredDocument:
        """A document that waits for an answer. Raises NoSuchEventError."""
        stored = find_document(self.place, token, purpose)
        if stored is None:
            raise NoSuchEventError(token)
        return stored

    def show(self, name: str, *, status: int = 200, **values: Any) -> Response:
        return self.site.show(self.request, name, status=status, event=describe_event(self.place), tab="report", size=say_size, **values)


async def visit_of(request: Request, site: SiteGiven, place: EventGiven) -> Visit:
    """With what goes on for the report pages, made with the first request that needs it; on the event loop, so made once."""
    state = request.app.state
    if not hasattr(state, "takeaway_jobs"):
        state.takeaway_jobs = Jobs(site)
    return Visit(request, site, place, state.takeaway_jobs)


VisitGiven = Annotated[Visit, Depends(visit_of)]


@router.get("/events/{event_id}/report")
def event_report(visit: VisitGiven, want: str = "", said: str = "") -> Response:
    """The whole page. want: a file to be had as soon as it is written. said: what a form just did."""
    return _show(visit, want=want, said=said)


@router.get("/events/{event_id}/report/part")
def event_report_part(visit: VisitGiven, want: str = "") -> Response:
    """What changes on it by itself."""
    view = view_takeaway(visit.site, visit.jobs, visit.place, wanted=want)
    return visit.show("takeaway_part.html", view=view, most_problems=MOST_PROBLEMS)


@router.post("/events/{event_id}/report/write")
def event_report_write(visit: VisitGiven, want: Annotated[str, Form()] = "") -> Response:
    """Write the files anew where they are old, and come back to the page."""
    visit.jobs.write(visit.place)
    visit.jobs.wait(visit.place)
    return visit.to("event_report", f"?want={want}" if want in KINDS else "")


@router.get("/events/{event_id}/report/files/{kind}")
def event_download(visit: VisitGiven, kind: str, as_it_is: bool = False) -> Response:
    """One file. One that is older than what people changed since is handed out only if they say so."""
    event = None
    with contextlib.suppress(ConfigError):
        event = visit.site.reviews.latest(visit.place).event
    offer = find_offer(visit.place, event, kind)
    if offer is None:
        raise NoSuchEventError(kind)
    if not as_it_is and not is_current(visit.site, visit.place):
        return visit.to("event_report", f"?want={kind}")
    what = say(choose_language(visit.request), f"takeaway.name_{kind}")
    name = download_name(describe_event(visit.place).title, what, offer.kind.suffix)
    headers = NO_STORE | {"Content-Disposition": say_attachment(name)}
    if offer.kind.file:
        return FileResponse(next(iter(offer.files.values())), media_type=offer.kind.media, headers=headers)
    packed = stream_zip(offer.files, inside=name.removesuffix(".zip"))
    return StreamingResponse(packed, media_type=offer.kind.media, headers=headers)


@router.get("/events/{event_id}/report/template/new")
def template_start(visit: VisitGiven, look: str = "", kind: str = api.EVENT_REPORT) -> Response:
    """A template that explains itself, to be changed in Word."""
    looks = api.list_template_looks()
    if look not in ("", *looks) or kind not in (api.EVENT_REPORT, api.PHOTO_REPORT):
        raise NoSuchEventError(look)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.docx"
        api.new_template(path, look=look or looks[0], kind=kind)
        content = path.read_bytes()
    name = download_name("", say(choose_language(visit.request), "takeaway.name_template"), ".docx")
    return Response(content, media_type=DOCX, headers=NO_STORE | {"Content-Disposition": say_attachment(name)})


@router.post("/events/{event_id}/report/template")
def template_choose(visit: VisitGiven, choice: Annotated[str, Form(max_length=64)] = "") -> Response:
    """A look, or the own template again."""
    if not choose_template(visit.place, choice):
        return _show(visit, error="template_gone", status=422)
    return _template_chosen(visit)


@router.post("/events/{event_id}/report/template/check")
async def template_check(visit: VisitGiven) -> Response:
    """An own template comes: it is kept aside and looked at."""
    return await _receive(visit, "template")


@router.get("/events/{event_id}/report/template/{token}")
def template_found(visit: VisitGiven, token: str) -> Response:
    """What was found in it, and whether to use it."""
    stored = visit.find("template", token)
    finding = visit.jobs.look(visit.place, stored)
    return visit.show("takeaway_template.html", stored=stored, finding=finding, waits=finding is None)


@router.post("/events/{event_id}/report/template/{token}")
def template_use(visit: VisitGiven, token: str) -> Response:
    """Use it."""
    stored = visit.find("template", token)
    finding = load_finding(visit.place, stored.token, "look")
    if finding is None or not finding.may_use:
        return visit.to("template_found", token=token)
    keep_template(visit.place, path_of(visit.place, stored), stored.name)
    drop_document(visit.place, stored.token)
    return _template_chosen(visit)


@router.post("/events/{event_id}/report/edits")
async def edits_check(visit: VisitGiven) -> Response:
    """An edited report comes: it is kept aside and compared with what the program had written."""
    return await _receive(visit, "edits")


@router.get("/events/{event_id}/report/edits/{token}")
def edits_found(visit: VisitGiven, token: str, said: str = "") -> Response:
    """What was changed in it; after a yes, what became of it."""
    stored = visit.find("edits", token)
    brought = load_finding(visit.place, token, "bring")
    finding = brought or visit.jobs.look(visit.place, stored)
    done = brought is not None and not brought.error
    review = visit.site.reviews.view(visit.place, client_of(stored)) if done else None
    return visit.show(
        "takeaway_edits.html",
        stored=stored,
        finding=finding,
        told=tell_import(finding.outcome if finding is not None else None, choose_language(visit.request)),
        done=done,
        waits=finding is None or (not done and visit.jobs.is_bringing(visit.place, stored)),
        may_retry=brought is not None and brought.error == "busy",
        may_undo=review is not None and review.can_undo,
        undone=review is not None and review.can_redo,
        conflict=said == "conflict",
        most_changes=MOST_CHANGES,
    )


@router.post("/events/{event_id}/report/edits/{token}")
def edits_bring(visit: VisitGiven, token: str, earlier: Annotated[str, Form()] = "keep") -> Response:
    """Take the changes over, and have the report written anew."""
    stored = visit.find("edits", token)
    visit.jobs.bring(visit.place, stored, apart=earlier != "replace", patience_s=PATIENCE_S)
    return visit.to("edits_found", token=token)


@router.post("/events/{event_id}/report/edits/{token}/undo")
def edits_undo(visit: VisitGiven, token: str) -> Response:
    """Take them back, unless somebody changed the same since."""
    stored = visit.find("edits", token)
    try:
        visit.site.reviews.undo(visit.place, StepAsked(client=client_of(stored)))
    except ReviewConflict:
        return visit.to("edits_found", "?said=conflict", token=token)
    except UsageError:
        return visit.to("edits_found", token=token)  # it is undone already
    visit.jobs.write(visit.place)
    return visit.to("edits_found", "?said=undone", token=token)


@router.post("/events/{event_id}/report/forget/{purpose}/{token}")
def document_forget(visit: VisitGiven, purpose: Purpose, token: str) -> Response:
    """Nothing is to be done with an upload."""
    drop_document(visit.place, visit.find(purpose, token).token)
    return visit.to("event_report")


async def _receive(visit: Visit, purpose: Purpose) -> Response:
    async with visit.request.form(max_files=1, max_fields=10) as form:
        sent = form.get("document")
        if not isinstance(sent, UploadFile) or not sent.filename:
            return await run_in_threadpool(_show, visit, error="none", about=purpose, status=422)
        try:
            stored = await run_in_threadpool(keep_document, visit.place, visit.site.settings, purpose, sent.filename, sent.file)
        except DocumentRefusedError as e:
            return await run_in_threadpool(_show, visit, error=e.text, values=e.values, about=purpose, status=422)
    await run_in_threadpool(visit.jobs.look, visit.place, stored, patience_s=PATIENCE_S)
    return visit.to("template_found" if purpose == "template" else "edits_found", token=stored.token)


def _template_chosen(visit: Visit) -> Response:
    visit.site.desk.look_again(visit.place)
    visit.jobs.write(visit.place)
    return visit.to("event_report", "?said=template")


def _show(
    visit: Visit,
    *,
    want: str = "",
    said: str = "",
    error: str = "",
    values: dict[str, str] | None = None,
    about: Purpose = "template",
    status: int = 200,
) -> Response:
    told = say(choose_language(visit.request), f"takeaway.document_{error}", n=None, **(values or {})) if error else ""
    return visit.show(
        "takeaway.html",
        status=status,
        view=view_takeaway(visit.site, visit.jobs, visit.place, wanted=want),
        most_problems=MOST_PROBLEMS,
        in_use=find_template(visit.place),
        looks=api.list_template_looks(),
        said=said if said == "template" else "",
        error=told,
        about=about,
    )
