"""Pages are made here: templates, the visitor's language, addresses behind a prefix, files that do not change."""

from __future__ import annotations

import functools
import hashlib
from importlib import resources
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from digitise import __version__
from digitise.web.wording import load_texts, say

UiLanguage = Literal["en", "cy"]
LANGUAGE_COOKIE = "language"


class Pages:
    """The templates of one application."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("digitise.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, request: Request, template: str, *, status: int, values: dict[str, Any]) -> HTMLResponse:
        """A whole page or a part of one. Templates know t(name), url(route), static(file), language and request besides `values`."""
        language = choose_language(request)
        known = {
            "request": request,
            "language": language,
            "version": __version__,
            "t": functools.partial(say, language),
            "url": functools.partial(make_url, request),
            "static": functools.partial(static_url, request),
            "texts": functools.partial(area_texts, language),
        }
        text = self._environment.get_template(template).render(known | values)
        return HTMLResponse(text, status_code=status, headers={"Content-Language": language, "Cache-Control": "no-store"})


def choose_language(request: Request) -> UiLanguage:
    """The language chosen on the page, else the one that the browser asks for first, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    wanted = chosen or request.headers.get("accept-language", "").strip().lower()
    return "cy" if wanted.startswith("cy") else "en"


def make_url(request: Request, name: str, /, **parts: Any) -> str:
    """The path of a route, with the prefix under which a proxy serves the application."""
    return str(request.scope.get("root_path", "")).rstrip("/") + str(request.app.url_path_for(name, **parts))


def static_url(request: Request, file: str) -> str:
    """The path of a file of ours. Its content is part of the address, so browsers may keep it for ever."""
    return f"{make_url(request, 'static', path=file)}?v={_digest(file)}"


def area_texts(language: str, area: str) -> dict[str, tuple[str, ...]]:
    """All texts of one wording file, for the scripts of a page: key -> its forms."""
    return {name.partition(".")[2]: forms for name, forms in load_texts(language).items() if name.startswith(f"{area}.")}


@functools.cache
def _digest(file: str) -> str:
    content = resources.files("digitise.web").joinpath("static").joinpath(*file.split("/")).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]
