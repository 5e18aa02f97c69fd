"""One event's details: made, changed, deleted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, Any, get_args

from fastapi import APIRouter, FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ConfigDict
from starlette.concurrency import run_in_threadpool

from digitise.errors import ConfigError, OutputError
from digitise.model import Kind
from digitise.web.answers import refuse
from digitise.web.cards import describe_event
from digitise.web.creating import create_event
from digitise.web.deleting import clear_leftovers, delete_event
from digitise.web.details import (
    COLOURS,
    LANGUAGE_CHOICES,
    REPORT_LANGUAGE_CHOICES,
    DetailFields,
    Details,
    DetailsError,
    SomebodyElseError,
    read_details,
    save_details,
)
from digitise.web.door import Door
from digitise.web.logs import log_error
from digitise.web.not_taken import NotTakenError
from digitise.web.pages import room
from digitise.web.rendering import choose_language, make_url
from digitise.web.retention import LONGEST_DAYS, RETENTION_CHOICES, sweep
from digitise.web.shelf import EventPlace, list_places
from digitise.web.site import EventGiven, Site, SiteGiven
from digitise.web.state import change_state, read_state

SWEEP_EVERY_S = 3600.0
"""Retention counts in days; once an hour is soon enough, and uploads that broke off are forgotten by then, too."""
KINDS: tuple[str, ...] = get_args(Kind)
SERVER_DEFAULT = -1
"""In the form: the event is kept as long as the server's setting says."""


class DetailsForm(DetailFields):
    """The fields of both forms. Besides these, what each colour means comes as colour_<name>."""

    model_config = ConfigDict(extra="allow")

    retention_days: int = SERVER_DEFAULT
    seen: str = ""

    def details(self) -> Details:
        """What belongs in event.toml."""
        sent = self.model_extra or {}
        colours = {colour: kind for colour in COLOURS if isinstance(kind := sent.get(f"colour_{colour}"), str)}
        return Details(**self.model_dump(include={*DetailFields.model_fields}), colours=colours)


@contextlib.asynccontextmanager
async def _tidy(app: FastAPI) -> AsyncIterator[None]:
    """While the server runs: what earlier ones left is cleared and taken in, then events whose time is over are deleted."""
    site: Site = app.state.site
    await run_in_threadpool(clear_leftovers, site.settings.data)
    task = asyncio.create_task(_keep_tidy(site))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _keep_tidy(site: Site) -> None:
    while True:
        try:
            await run_in_threadpool(tidy, site)
        except Exception as e:
            # what goes wrong once must not end the deleting of events for as long as the server runs
            log_error(e, request_id="-", route="tidy")
        await asyncio.sleep(SWEEP_EVERY_S)


def tidy(site: Site) -> None:
    """Take in what was complete when an earlier server ended, forget uploads that have expired, delete events whose time is over."""
    sweep(site.settings, site.desk)
    if not site.settings.read_only:
        door = Door(site.settings, site.desk)
        for place in list_places(site.settings.data):
            try:
                door.go_on(place)
            except (OSError, OutputError) as e:
                log_error(e, request_id="-", route="tidy")  # the other events do not wait for this one


router = APIRouter(include_in_schema=False, lifespan=_tidy)
router.include_router(room.router)


@router.get("/events/new")
def event_new(request: Request, site: SiteGiven) -> Response:
    """A new event: only its title is needed."""
    # who works in Welsh has sheets in both languages as a rule: read as Welsh alone, every English word would be in doubt
    return _show_new(request, site, Details(languages="cy en" if choose_language(request) == "cy" else "en"))


@router.post("/events/new")
def event_create(request: Request, site: SiteGiven, form: Annotated[DetailsForm, Form()]) -> Response:
    """Make the event and go to its photos."""
    language = choose_language(request)
    try:
        place = create_event(site.settings, form.details())
    except DetailsError as e:
        return _show_new(request, site, form.details(), errors=e.errors)
    except NotTakenError as e:
        return refuse(request, e.status, e.error(language), e.remedy(language))
    return RedirectResponse(make_url(request, "event_photos", event_id=place.id), status_code=303)


@router.get("/events/{event_id}/settings")
def event_settings(request: Request, site: SiteGiven, place: EventGiven, saved: bool = False) -> Response:
    """An event's details, how long it is kept, and its deletion."""
    try:
        details, seen = read_details(place)
    except ConfigError as e:
        return _show_settings(request, site, place, Details(), broken=f"{e.reason}. {e.remedy}".strip())
    return _show_settings(request, site, place, details, seen=seen, saved=saved)


@router.post("/events/{event_id}/settings")
def event_settings_save(request: Request, site: SiteGiven, place: EventGiven, form: Annotated[DetailsForm, Form()]) -> Response:
    """Save the details. What is wrong is told beside its field, and nothing is saved."""
    details = form.details()
    try:
        save_details(place, details, seen=form.seen)
    except DetailsError as e:
        return _show_settings(request, site, place, details, seen=form.seen, errors=e.errors)
    except SomebodyElseError:
        _, seen = read_details(place)
        return _show_settings(request, site, place, details, seen=seen, errors={"": "events.error_somebody_else"}, status=409)
    days = None if form.retention_days == SERVER_DEFAULT else min(max(0, form.retention_days), LONGEST_DAYS)
    if days != read_state(place).retention_days:
        change_state(place, lambda state: state.model_copy(update={"retention_days": days}))
    site.desk.look_again(place)
    return RedirectResponse(make_url(request, "event_settings", event_id=place.id) + "?saved=true", status_code=303)


@router.post("/events/{event_id}/delete")
def event_delete(request: Request, site: SiteGiven, place: EventGiven, sure: Annotated[bool, Form()] = False) -> Response:
    """Delete the event and everything of it, once the box is ticked."""
    if site.settings.read_only:
        language, refusal = choose_language(request), NotTakenError("read_only", status=403)
        return refuse(request, refusal.status, refusal.error(language), refusal.remedy(language))
    if not sure:
        details, seen = read_details(place)
        return _show_settings(request, site, place, details, seen=seen, errors={"sure": "events.error_sure"})
    delete_event(site.settings.data, place, site.desk)
    return RedirectResponse(make_url(request, "front"), status_code=303)


@router.get("/events/{event_id}/delete")
def event_delete_again(request: Request, place: EventGiven) -> Response:
    """The question was shown under this address; to load it anew, or in the other language, leads back to the settings."""
    return RedirectResponse(make_url(request, "event_settings", event_id=place.id), status_code=303)


def _show_new(request: Request, site: Site, details: Details, *, errors: dict[str, str] | None = None) -> Response:
    return _show_fields(request, site, "event_new.html", details, errors)


def _show_settings(
    request: Request,
    site: Site,
    place: EventPlace,
    details: Details,
    *,
    seen: str = "",
    errors: dict[str, str] | None = None,
    saved: bool = False,
    broken: str = "",
    status: int = 422,
) -> Response:
    card = describe_event(place, retention_days=site.settings.retention_days)
    days = read_state(place).retention_days
    return _show_fields(
        request,
        site,
        "event_settings.html",
        details,
        errors,
        status=status,
        event=card,
        tab="settings",
        seen=seen,
        saved=saved,
        broken=broken,
        retention=SERVER_DEFAULT if days is None else days,
        retention_choices=sorted({*RETENTION_CHOICES, *([days] if days else [])}),
        server_days=site.settings.retention_days,
        server_default=SERVER_DEFAULT,
    )


def _show_fields(
    request: Request, site: Site, template: str, details: Details, errors: dict[str, str] | None, *, status: int = 422, **more: Any
) -> Response:
    """A page with an event's fields. status: where there are errors."""
    values = {"colours": COLOURS, "kinds": KINDS, "language_choices": LANGUAGE_CHOICES, "report_language_choices": REPORT_LANGUAGE_CHOICES}
    return site.show(request, template, status=status if errors else 200, details=details, errors=errors or {}, **values, **more)
