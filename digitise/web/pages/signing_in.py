"""Signing in with the server's password, and out again."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from digitise.web.rendering import choose_language, make_url
from digitise.web.security.addresses import is_own_path
from digitise.web.security.gate import is_secure
from digitise.web.security.login_limits import LoginLimits
from digitise.web.security.passwords import LONGEST, is_right, load_password
from digitise.web.security.sessions import Sessions
from digitise.web.site import Site, SiteGiven
from digitise.web.wording import say

LONGEST_NEXT = 2000


def make_router(sessions: Sessions, limits: LoginLimits) -> APIRouter:
    """The addresses for signing in and out of one server."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def login(request: Request, site: SiteGiven, next: str = "") -> Response:
        """The form that asks for the password."""
        if request.state.signed_in:
            return RedirectResponse(_where_to(request, next), status_code=303)
        return _show(request, site, next, problem="", status=200)

    @router.post("/login")
    def sign_in(
        request: Request,
        site: SiteGiven,
        password: Annotated[str, Form(max_length=10 * LONGEST)] = "",
        next: Annotated[str, Form(max_length=LONGEST_NEXT)] = "",
    ) -> Response:
        """Check it. Every try costs time and is counted."""
        language = choose_language(request)
        kept = load_password(site.settings)
        if kept is None:
            return RedirectResponse(_where_to(request, next), status_code=303)
        address = request.client.host if request.client else ""
        wait_s = limits.take(address)
        if wait_s > 0:
            problem = say(language, "front.too_many_tries", n=math.ceil(wait_s / 60))
            answer = _show(request, site, next, problem=problem, status=429)
            answer.headers["Retry-After"] = str(math.ceil(wait_s))
            return answer
        if not is_right(kept, password):
            return _show(request, site, next, problem=say(language, "front.wrong_password"), status=403)
        limits.forgive(address)
        answer = RedirectResponse(_where_to(request, next), status_code=303)
        sessions.begin(answer, kept, secure=is_secure(request, site.settings))
        return answer

    @router.post("/logout")
    def logout(request: Request, site: SiteGiven) -> RedirectResponse:
        """End the session, here and for every copy of its cookie."""
        answer = RedirectResponse(make_url(request, "login"), status_code=303)
        sessions.end(answer, request.state.session, secure=is_secure(request, site.settings))
        return answer

    return router


def _where_to(request: Request, path: str) -> str:
    return path if is_own_path(path) else make_url(request, "front")


def _show(request: Request, site: Site, next_path: str, *, problem: str, status: int) -> Response:
    path = next_path if is_own_path(next_path) else ""
    return site.show(request, "login.html", status=status, problem=problem, next=path)
