"""The gate that every request passes: its checks in order, its headers, its line in the log.

known host -> address behind a prefix -> signed in -> from a page of ours -> not read-only -> not too long -> the page itself
"""

from __future__ import annotations

import hmac
import secrets
import string
import time
import urllib.parse
from typing import Any

import anyio
from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitise.errors import ConfigError
from digitise.web.answers import refuse, refuse_by_name, refuse_internal, wants_json
from digitise.web.logs import log_error, log_request
from digitise.web.rendering import make_url, own_path
from digitise.web.security.addresses import allows_host
from digitise.web.security.bodies import choose_limit, count_body, says_too_much, too_large
from digitise.web.security.headers import add_headers
from digitise.web.security.origins import SAFE_METHODS, find_origin
from digitise.web.security.passwords import Password, load_password
from digitise.web.security.sessions import COOKIE, Sessions
from digitise.web.settings import ServerSettings
from digitise.web.streams import OpenStreams

OPEN_PATHS = ("/login", "/language", "/health")
OPEN_FOLDERS = ("/static/", "/u/")
"""Reached without the password: what signing in needs, and links that are themselves the key."""
READ_ONLY_PATHS = ("/login", "/logout", "/language")
"""What may be posted in demo mode: it changes nothing of anybody's."""
PROXY_HEADERS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""No browser sends these by itself: who comes with one comes through a proxy, and may be anybody."""
MOST_FIELDS = 1000
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
GONE_AWAY = 499
"""In the log only, as nginx has it: the visitor left before there was an answer."""


class Gate:
    """The outermost part of the application, an ASGI middleware."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings, sessions: Sessions, streams: OpenStreams) -> None:
        self._app, self._settings, self._sessions, self._streams = app, settings, sessions, streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # a copy: what is put in here must not reach the next request on the same connection
        scope = dict(scope, state=dict(scope.get("state") or {}))
        # browsers send ASCII; Starlette fails on what is not even UTF-8
        scope["query_string"] = urllib.parse.quote_from_bytes(scope["query_string"], safe=string.punctuation).encode()
        request = Request(scope, receive)
        request.state.request_id = secrets.token_hex(8)
        request.state.signed_in, request.state.csrf_token, request.state.session = False, "", None
        self._set_prefix(request)
        answer = _Answer(request, send, secure=is_secure(request, self._settings))
        began = time.perf_counter()
        try:
            refusal, receive = await self._check(request, receive)
            if refusal is not None:
                await refusal(scope, receive, answer.send)
            else:
                await self._serve(scope, receive, answer)
        except (ClientDisconnect, anyio.get_cancelled_exc_class()) as e:
            # the visitor went away; nobody is left to be answered
            answer.status = answer.status if answer.started else GONE_AWAY
            if not isinstance(e, ClientDisconnect):
                raise
        except Exception as e:
            log_error(e, request_id=request.state.request_id, route=route_of(scope))
            if not answer.started:
                await refuse_internal(request)(scope, receive, answer.send)
            else:
                raise ConnectionResetError("the answer broke off") from None
        finally:
            elapsed = (time.perf_counter() - began) * 1000
            log_request(
                request_id=request.state.request_id, method=_plain(request.method), route=route_of(scope), status=answer.status, ms=elapsed
            )

    async def _serve(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        with anyio.CancelScope() as cancel:
            self._streams.add(cancel)
            try:
                await self._app(scope, receive, answer.send)
            finally:
                self._streams.remove(cancel)
        if cancel.cancelled_caught and answer.started and not answer.ended:
            await answer.send({"type": "http.response.body", "body": b"", "more_body": False})

    def _set_prefix(self, request: Request) -> None:
        """Proxies may hand the prefix on or cut it off; from here on the path has it, and root_path says how long it is."""
        prefix = self._settings.prefix
        request.state.prefix = prefix
        if not prefix:
            return
        path = request.scope["path"]
        if path != prefix and not path.startswith(prefix + "/"):
            request.scope["path"] = prefix + path
        request.scope["root_path"] = prefix
        # behind a proxy the address under which the server was called is not the one people see
        request.scope["scheme"] = urllib.parse.urlsplit(self._settings.public_url).scheme

    async def _check(self, request: Request, receive: Receive) -> tuple[Response | None, Receive]:
        """A refusal, or None; and what the body is to be received from."""
        if not allows_host(request.headers.get("host", ""), self._settings):
            # 421: a request for another server's name (RFC 9110, 15.5.20)
            return refuse_by_name(request, 421, "common.error_host", "common.error_host_remedy"), receive
        path = request.scope["path"].removeprefix(self._settings.prefix) or "/"
        try:
            password = load_password(self._settings)
        except (ConfigError, OSError):
            # it is there and cannot be read: nobody gets in
            password = Password("")
        if (refusal := self._check_session(request, password, path)) is not None:
            return refusal, receive
        limit = choose_limit(request, self._settings.limits, upload=request.state.signed_in or path.startswith("/u/"))
        if says_too_much(request, limit):
            return refuse(request, 413, too_large(request, limit)), receive
        receive = count_body(request, receive, limit)
        if request.method in SAFE_METHODS:
            return None, receive
        if self._settings.read_only and path not in READ_ONLY_PATHS:
            return refuse_by_name(request, 403, "common.error_read_only", "common.error_read_only_remedy"), receive
        return await self._check_origin(request, receive, limit)

    def _check_session(self, request: Request, password: Password | None, path: str) -> Response | None:
        if password is None and self._settings.is_local:
            if any(name in request.headers for name in PROXY_HEADERS):
                # a proxy before a server that nobody told of it, and that therefore asks for no password
                return refuse_by_name(request, 403, "common.error_proxy", "common.error_proxy_remedy")
            request.state.signed_in = True
            return None
        session = self._sessions.find(request, password) if password is not None and password.kept else None
        if session is not None:
            request.state.signed_in, request.state.csrf_token, request.state.session = True, session.csrf_token, session
            return None
        if path in OPEN_PATHS or path.startswith(OPEN_FOLDERS):
            return None
        if request.method in SAFE_METHODS and not wants_json(request):
            query = urllib.parse.urlencode({"next": own_path(request)})
            return RedirectResponse(f"{make_url(request, 'login')}?{query}", status_code=303)
        return refuse_by_name(request, 401, "common.error_signed_out", "common.error_signed_out_remedy")

    async def _check_origin(self, request: Request, receive: Receive, limit: int) -> tuple[Response | None, Receive]:
        """Whether what changes something was asked for by a page of ours, or by no browser and with nobody's cookie."""
        origin = find_origin(request, self._settings)
        if origin == "ours" or (origin == "no browser" and COOKIE not in request.cookies):
            return None, receive
        if origin != "elsewhere" and request.state.csrf_token:
            token, receive = await _read_token(request, receive, limit)
            if hmac.compare_digest(token.encode(), request.state.csrf_token.encode()):
                return None, receive
        return refuse_by_name(request, 403, "common.error_origin", "common.error_input_remedy"), receive


class _Answer:
    """Sends an answer with the headers that all have, and knows how far it is."""

    def __init__(self, request: Request, send: Send, *, secure: bool) -> None:
        self._request, self._send, self._secure = request, send, secure
        self.status, self.started, self.ended = 500, False, False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            headers = MutableHeaders(scope=message)
            add_headers(headers, self._request, secure=self._secure)
            headers["X-Request-ID"] = self._request.state.request_id
        elif message["type"] == "http.response.body":
            self.ended = not message.get("more_body", False)
        await self._send(message)


def is_secure(request: Request, settings: ServerSettings) -> bool:
    """Whether the visitor's browser speaks TLS."""
    return settings.is_https or request.scope.get("scheme") == "https"


def route_of(scope: dict[str, Any] | Scope) -> str:
    """The pattern of the page that answered; never the address itself, which may be an upload link."""
    route = scope.get("route")
    return str(getattr(route, "path", "") or ("/static" if scope.get("endpoint") is not None else "none"))


async def _read_token(request: Request, receive: Receive, limit: int) -> tuple[str, Receive]:
    """The token of a request, from its header or its plain form, whose body can be received again. Uploads must bring the header."""
    given = request.headers.get(CSRF_HEADER, "")
    if given or request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return given, receive
    body = b""
    more = True
    while more and len(body) <= limit:
        message = await receive()
        if message["type"] != "http.request":
            return "", receive
        body += message.get("body", b"")
        more = message.get("more_body", False)
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        fields = urllib.parse.parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return "", again  # more fields than any form of ours has
    return fields.get(CSRF_FIELD, [""])[0], again


def _plain(method: str) -> str:
    """A method as it goes into the log: anything may be sent as one."""
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
