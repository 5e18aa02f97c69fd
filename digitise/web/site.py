"""What the pages share: the server's settings, its worker processes, and how a page is made."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from digitise.web.desk import Desk
from digitise.web.rendering import Pages
from digitise.web.review_service import Reviews
from digitise.web.settings import ServerSettings
from digitise.web.shelf import EventPlace, find_place


@dataclasses.dataclass(frozen=True)
class Site:
    """One running application."""

    settings: ServerSettings
    desk: Desk
    pages: Pages
    reviews: Reviews

    def show(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page in the visitor's language."""
        return self.pages.render(request, template, status=status, values=values)


class NoSuchEventError(Exception):
    """Nothing is there under this address, or not any more."""


def site_of(request: Request) -> Site:
    """The application that a request came to."""
    return cast("Site", request.app.state.site)


def event_of(request: Request, event_id: str) -> EventPlace:
    """The event in the address. Raises NoSuchEventError."""
    place = find_place(site_of(request).settings.data, event_id)
    if place is None:
        raise NoSuchEventError(event_id)
    return place


SiteGiven = Annotated[Site, Depends(site_of)]
EventGiven = Annotated[EventPlace, Depends(event_of)]
