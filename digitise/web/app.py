"""The web application is put together here: settings in, an ASGI application out."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import Scope

from digitise import __version__
from digitise.web.answers import add_answers
from digitise.web.desk import Desk
from digitise.web.pages import events, front, health, photos, review, review_api, signing_in, takeaway, uploads
from digitise.web.rendering import Pages
from digitise.web.review_service import Reviews
from digitise.web.security.gate import Gate
from digitise.web.security.login_limits import LoginLimits
from digitise.web.security.passwords import load_secret, make_own_folder
from digitise.web.security.sessions import Sessions
from digitise.web.settings import ServerSettings
from digitise.web.site import Site
from digitise.web.streams import OpenStreams

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}
"""FastAPI could send traces to wherever the environment says, with words of errors in them."""


class OwnFiles(StaticFiles):
    """Files of ours. With their content's hash in the address they may be kept for ever; without it a browser asks each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        kept = b"v=" in scope.get("query_string", b"")
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
        return answer


def create_app(settings: ServerSettings) -> FastAPI:
    """The application of one server. Its workers start and end with it. Raises OutputError where its folder cannot be written."""
    make_own_folder(settings)
    desk = Desk(settings)
    site = Site(settings=settings, desk=desk, pages=Pages(read_only=settings.read_only), reviews=Reviews(desk, settings))
    sessions = Sessions(settings, load_secret(settings))
    streams = OpenStreams()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            site.desk.open()
        except Exception as e:
            # uvicorn would only say that it could not start
            app.state.start_error = e
            raise
        try:
            yield
        finally:
            site.desk.close()

    app = FastAPI(
        title="digitise",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        telemetry=NO_TELEMETRY,
    )
    app.state.site, app.state.streams, app.state.start_error = site, streams, None
    add_answers(app)
    app.add_middleware(Gate, settings=settings, sessions=sessions, streams=streams)
    with resources.as_file(resources.files("digitise.web").joinpath("static")) as static:
        app.mount("/static", GZipMiddleware(OwnFiles(directory=Path(static))), name="static")
    app.include_router(signing_in.make_router(sessions, LoginLimits()))
    for page in (front, health, events, uploads, photos, review, review_api, takeaway):
        app.include_router(page.router)
    return app
