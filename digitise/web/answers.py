"""How the application says no: one sentence on what is wrong and one on what to do, as a page or as JSON. Never a stack trace."""

from __future__ import annotations

from pathlib import PurePath
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from digitise.errors import DigitiseError, ExitCode
from digitise.web.program_words import tell_flat
from digitise.web.rendering import choose_language
from digitise.web.site import NoSuchEventError, Site, site_of
from digitise.web.wording import say

STATUS_OF = {ExitCode.OUTPUT: 507, ExitCode.ENGINE: 500, ExitCode.DEPENDENCY: 500, ExitCode.INTERNAL: 500}
"""Of errors that are not the visitor's; all others are 400."""
WORDS_OF = {
    400: ("common.error_input", "common.error_input_remedy"),
    401: ("common.error_signed_out", "common.error_signed_out_remedy"),
    404: ("common.error_not_found", "common.error_not_found_remedy"),
    405: ("common.error_method", "common.error_input_remedy"),
    422: ("common.error_input", "common.error_input_remedy"),
    500: ("common.error_internal", "common.error_internal_remedy"),
}


def wants_json(request: Request) -> bool:
    """Whether an answer is for a script. Pages ask for text/html in so many words; htmx does, too, but shows errors as messages."""
    path = request.scope["path"].removeprefix(str(getattr(request.state, "prefix", "")))
    page = "text/html" in request.headers.get("accept", "") and "hx-request" not in request.headers
    return path.startswith("/api/") or not page


def refuse(request: Request, status: int, reason: str, remedy: str = "", *, headers: dict[str, str] | None = None) -> Response:
    """An answer that says what is wrong and what to do."""
    if wants_json(request):
        answer: Response = JSONResponse({"error": reason, "remedy": remedy}, status_code=status, headers={"Cache-Control": "no-store"})
    else:
        site: Site = site_of(request)
        heading = say(choose_language(request), "common.error_not_found_heading" if status == 404 else "common.error_heading")
        answer = site.show(request, "error.html", status=status, heading=heading, reason=reason, remedy=remedy)
    answer.headers.update(headers or {})
    return answer


def refuse_by_name(request: Request, status: int, reason: str, remedy: str = "", **values: str) -> Response:
    """The same, with the names of two texts of wording/."""
    language = choose_language(request)
    return refuse(request, status, _fill(language, reason, values), _fill(language, remedy, values))


def _fill(language: str, name: str, values: dict[str, str]) -> str:
    return say(language, name, n=None, **values) if name else ""


def refuse_internal(request: Request) -> Response:
    """A fault of the program. Its number leads to the line in the log."""
    reason, remedy = WORDS_OF[500]
    return refuse_by_name(request, 500, reason, remedy, request_id=getattr(request.state, "request_id", "-"))


def add_answers(app: FastAPI) -> None:
    """Every error that a page may raise becomes such an answer."""
    app.add_exception_handler(NoSuchEventError, _no_such_event)
    app.add_exception_handler(DigitiseError, _digitise_error)
    app.add_exception_handler(RequestValidationError, _bad_input)
    app.add_exception_handler(HTTPException, _http_error)


def _no_such_event(request: Request, _error: Exception) -> Response:
    return refuse_by_name(request, 404, *WORDS_OF[404])


def _digitise_error(request: Request, error: Exception) -> Response:
    e = cast("DigitiseError", error)
    # where files lie on the server is nobody's business
    subject = PurePath(e.subject).name if PurePath(e.subject).is_absolute() else e.subject
    language = choose_language(request)
    reason, remedy = tell_flat(language, f"{e.reason}."), tell_flat(language, e.remedy)
    return refuse(request, STATUS_OF.get(e.exit_code, 400), f"{subject}: {reason}" if subject else reason, remedy)


def _bad_input(request: Request, error: Exception) -> Response:
    """What was sent is not what the address takes. Which fields, for those who write scripts; never their values."""
    answer = refuse_by_name(request, 422, *WORDS_OF[422])
    if wants_json(request):
        e = cast("RequestValidationError", error)
        fields = [{"where": [str(part) for part in found["loc"]], "why": found["type"]} for found in e.errors()]
        language = choose_language(request)
        reason, remedy = (say(language, name) for name in WORDS_OF[422])
        answer = JSONResponse({"error": reason, "remedy": remedy, "fields": fields}, status_code=422, headers={"Cache-Control": "no-store"})
    return answer


def _http_error(request: Request, error: Exception) -> Response:
    """Errors that pages raise as HTTPException: a detail of their own is shown as it stands; a dict may bring error and remedy."""
    e = cast("HTTPException", error)
    headers = dict(e.headers) if e.headers else None
    detail: object = e.detail
    if isinstance(detail, dict):
        if wants_json(request):
            return JSONResponse(detail, status_code=e.status_code, headers=headers)
        return refuse(request, e.status_code, str(detail.get("error", "")), str(detail.get("remedy", "")), headers=headers)
    if e.status_code in WORDS_OF and (e.status_code in (404, 405) or not detail):
        answer = refuse_by_name(request, e.status_code, *WORDS_OF[e.status_code])
        answer.headers.update(headers or {})
        return answer
    return refuse(request, e.status_code, str(detail), headers=headers)
