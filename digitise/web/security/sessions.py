"""Who is signed in: a signed cookie, good until it expires, its owner signs out or the password is changed."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import secrets
import threading
import time
from typing import NamedTuple

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from digitise.store import write_text
from digitise.web.security.passwords import Password
from digitise.web.settings import ServerSettings

COOKIE = "digitise_session"
ENDED_FILE = "ended.json"
ID_BYTES = 16
DAY_S = 24 * 3600.0
LONGEST_COOKIE = 512


class Session(NamedTuple):
    """One signed-in browser."""

    id: str
    csrf_token: str
    """What its forms carry, for browsers that do not say where a request comes from."""


class Sessions:
    """The sessions of one server. What people ended by signing out is remembered over a restart."""

    def __init__(self, settings: ServerSettings, secret: str) -> None:
        self._settings, self._secret = settings, secret
        self._lock = threading.Lock()
        self._ended: dict[str, float] = {}
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads((settings.own_folder / ENDED_FILE).read_text(encoding="utf-8"))
            self._ended = {str(k): float(v) for k, v in kept.items()}

    def find(self, request: Request, password: Password) -> Session | None:
        """The session that a request belongs to."""
        cookie = request.cookies.get(COOKIE, "")
        if not 0 < len(cookie) <= LONGEST_COOKIE:
            return None
        try:
            session_id = self._signer(password).loads(cookie, max_age=int(self._settings.cookie_days * DAY_S))
        except BadData:
            return None
        if not isinstance(session_id, str) or session_id in self._ended:
            return None
        return Session(session_id, self._csrf_token(session_id))

    def begin(self, response: Response, password: Password, *, secure: bool) -> None:
        """Sign somebody in. secure: the cookie travels over TLS only."""
        cookie = str(self._signer(password).dumps(secrets.token_hex(ID_BYTES)))
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=int(self._settings.cookie_days * DAY_S),
            path=self._settings.prefix + "/",
            httponly=True,
            samesite="lax",  # strict would ask again for the password of everybody who comes by a link in a message
            secure=secure,
        )

    def end(self, response: Response, session: Session | None, *, secure: bool) -> None:
        """Sign somebody out: a copy of the cookie is good for nothing from now on."""
        response.delete_cookie(COOKIE, path=self._settings.prefix + "/", httponly=True, samesite="lax", secure=secure)
        if session is None:
            return
        now = time.time()
        with self._lock:
            kept = {k: until for k, until in self._ended.items() if until > now}
            self._ended = kept | {session.id: now + self._settings.cookie_days * DAY_S}
            write_text(self._settings.own_folder / ENDED_FILE, json.dumps(self._ended))

    def _signer(self, password: Password) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._secret + password.fingerprint, salt="digitise.session", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def _csrf_token(self, session_id: str) -> str:
        return hmac.new(self._secret.encode(), b"csrf:" + session_id.encode(), hashlib.sha256).hexdigest()
