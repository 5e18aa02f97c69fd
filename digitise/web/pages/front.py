"""The first page: all events. And the language of the pages."""

from __future__ import annotations

import datetime
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digitise.config import load_config
from digitise.errors import ConfigError
from digitise.web.rendering import LANGUAGE_COOKIE, choose_language, make_url
from digitise.web.security.addresses import is_own_path
from digitise.web.shelf import EventPlace, list_places
from digitise.web.site import Site, SiteGiven
from digitise.web.wording import say

router = APIRouter(include_in_schema=False)

LANGUAGE_LASTS_S = 365 * 24 * 3600


class ListedEvent(NamedTuple):
    """One event as the list shows it."""

    id: str
    title: str
    when: str
    place: str
    state: str
    read: int
    total: int
    changed: float
    """When its folder was last changed, seconds since 1970: the newest stands first."""


@router.get("/")
def front(request: Request, site: SiteGiven) -> HTMLResponse:
    """All events, the newest first."""
    language = choose_language(request)
    listed = [event for place in list_places(site.settings.data) if (event := _look_at(site, place, language)) is not None]
    listed.sort(key=lambda event: (-event.changed, event.title, event.id))
    return site.show(request, "front.html", events=listed)


@router.post("/language")
def choose_language_of_pages(
    request: Request, language: Annotated[str, Form(max_length=2)], back: Annotated[str, Form(max_length=2000)] = ""
) -> RedirectResponse:
    """Show the same page in the other language from now on."""
    answer = RedirectResponse(back if is_own_path(back) else make_url(request, "front"), status_code=303)
    if language in ("en", "cy"):
        answer.set_cookie(
            LANGUAGE_COOKIE, language, max_age=LANGUAGE_LASTS_S, httponly=True, samesite="lax", path=make_url(request, "front")
        )
    return answer


def _look_at(site: Site, place: EventPlace, language: str) -> ListedEvent | None:
    """What the list says of one event; None where it was deleted meanwhile."""
    try:
        changed = place.folder.stat().st_mtime
    except OSError:
        return None
    progress = site.desk.overview(place)
    try:
        config = load_config(place.folder / "event.toml")
        title, when, where = config.title or place.id, _say_date(config.date), config.place
    except ConfigError:
        # one event with a broken file must not hide the others
        title, when, where = f"{place.id} ({say(language, 'front.settings_broken')})", "", ""
    return ListedEvent(
        id=place.id, title=title, when=when, place=where, state=progress.state, read=progress.read, total=progress.total, changed=changed
    )


def _say_date(date: datetime.date | str | None) -> str:
    """14/03/2026: the same in both languages. Wordings of the organiser's stay as they are."""
    return date.strftime("%d/%m/%Y") if isinstance(date, datetime.date) else date or ""
