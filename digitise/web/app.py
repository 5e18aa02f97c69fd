"""The web application is put together here: settings in, an ASGI application out."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from digitise import __version__
from digitise.web.answers import add_answers
from digitise.web.desk import Desk
from digitise.web.pages import events, front, photos, review, takeaway, uploads
from digitise.web.rendering import Pages
from digitise.web.review_service import Reviews
from digitise.web.settings import ServerSettings
from digitise.web.site import Site


def create_app(settings: ServerSettings) -> FastAPI:
    """The application of one server. Its workers start and end with it."""
    desk = Desk(settings)
    site = Site(settings=settings, desk=desk, pages=Pages(read_only=settings.read_only), reviews=Reviews(desk))

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        site.desk.open()
        try:
            yield
        finally:
            site.desk.close()

    app = FastAPI(title="digitise", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.site = site
    add_answers(app)
    with resources.as_file(resources.files("digitise.web").joinpath("static")) as static:
        app.mount("/static", StaticFiles(directory=Path(static)), name="static")
    for page in (front, events, uploads, photos, review, takeaway):
        app.include_router(page.router)
    return app
