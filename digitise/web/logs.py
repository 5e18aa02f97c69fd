"""What the server writes down of its work: one line of JSON for each request. No names of files, no addresses of people, no queries and no
upload links: of an address only its pattern ('/events/{event_id}')."""

from __future__ import annotations

import datetime
import json
import logging
import sys
import traceback
from typing import Any

LOGGER = logging.getLogger("digitise.web")
OWN_PATHS = ("digitise", "starlette", "fastapi", "uvicorn")
MOST_FRAMES = 12


class JsonLines(logging.Formatter):
    """A record as one line. Of what other libraries say only the pattern is kept: their values may hold names of files."""

    def format(self, record: logging.LogRecord) -> str:
        known: dict[str, Any] = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # the first line: uvicorn puts whole traces into some
            "event": str(record.msg).partition("\n")[0],
        }
        known |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            known["error"] = type(record.exc_info[1]).__name__
            known["where"] = where_of(record.exc_info[1])
        return json.dumps(known, ensure_ascii=False)


def where_of(error: BaseException) -> list[str]:
    """The innermost places of an error: module, line and function. Its words are left out: they may quote what people sent."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def start_logs(*, requests: bool) -> None:
    """Write to stderr. requests: a line for each request, too; otherwise only what goes wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(logging.INFO if requests else logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"


def log_request(*, request_id: str, method: str, route: str, status: int, ms: float) -> None:
    """One answered request. Of programs that ask every few seconds whether all is well, only answers that it is not."""
    if route == "/health" and status == 200:
        return
    level = logging.ERROR if status >= 500 else logging.INFO
    fields = {"request_id": request_id, "method": method, "route": route, "status": status, "ms": round(ms, 1)}
    LOGGER.log(level, "request", extra={"fields": fields})


def log_error(error: BaseException, *, request_id: str, route: str) -> None:
    """A fault of the program."""
    fields = {"request_id": request_id, "route": route}
    LOGGER.error("fault", exc_info=(type(error), error, error.__traceback__), extra={"fields": fields})


def _short(filename: str) -> str:
    """A source file from its package on: folders of the machine can name its people."""
    parts = filename.replace("\\", "/").split("/")
    starts = [i for i, part in enumerate(parts) if part in OWN_PATHS]
    return "/".join(parts[starts[-1] :]) if starts else parts[-1]
