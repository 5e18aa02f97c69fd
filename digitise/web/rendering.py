"""Pages are made here: templates, the visitor's language, addresses behind a prefix, files that do not change."""

from __future__ import annotations

import functools
import hashlib
import urllib.parse
from importlib import resources
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.routing import NoMatchFound

from digitise import __version__
from digitise.web.program_words import tell
from digitise.web.wording import load_texts, say

UiLanguage = Literal["en", "cy"]
LANGUAGE_COOKIE = "language"


class Pages:
    """The templates of one application."""

    def __init__(self, *, read_only: bool = False) -> None:
        self._read_only = read_only
        self._environment = Environment(
            loader=PackageLoader("digitise.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, request: Request, template: str, *, status: int, values: dict[str, Any]) -> HTMLResponse:
        """A whole page or a part of one.

        Templates know, besides `values`: t(name, n=…, gap=…), tell(text) (of the library's own), url(route, …), static(file), texts(area),
        known_route(route), here() (this page's own path), csrf() and csrf_field() (for forms), may_sign_out(), signed_in,
        read_only, language, version and request.
        """
        language = choose_language(request)
        token = str(getattr(request.state, "csrf_token", ""))
        known: dict[str, Any] = {
            "request": request,
            "language": language,
            "version": __version__,
            "read_only": self._read_only,
            "signed_in": bool(getattr(request.state, "signed_in", False)),
            "t": functools.partial(say, language),
            "tell": functools.partial(tell_marked, language),
            "url": functools.partial(make_url, request),
            "static": functools.partial(static_url, request),
            "texts": functools.partial(area_texts, language),
            "known_route": functools.partial(is_route, request),
            "here": functools.partial(own_path, request),
            "csrf": lambda: token,
            "csrf_field": lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(token) if token else "",
            "may_sign_out": lambda: bool(token),
        }
        text = self._environment.get_template(template).render(known | values)
        return HTMLResponse(text, status_code=status, headers={"Content-Language": language, "Cache-Control": "no-store"})


def tell_marked(language: str, text: str) -> Markup:
    """A text of the library's in the page's language; what is not is marked, so that screen readers speak it rightly."""
    foreign = Markup('<span lang="{}">{}</span>')
    return Markup(" ").join(
        words.text if words.language == language else foreign.format(words.language, words.text) for words in tell(language, text)
    )


def choose_language(request: Request) -> UiLanguage:
    """The language chosen on the page, else the one that the browser asks for first, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    wanted = chosen or request.headers.get("accept-language", "").strip().lower()
    return "cy" if wanted.startswith("cy") else "en"


def make_url(request: Request, name: str, /, **parts: Any) -> str:
    """The path of a route, with the prefix under which a proxy serves the application."""
    return prefix_of(request) + str(request.app.url_path_for(name, **parts))


def prefix_of(request: Request) -> str:
    """The path under which a proxy serves the application, '' for none."""
    return str(getattr(request.state, "prefix", ""))


def own_path(request: Request) -> str:
    """Path and query of the page that is shown, to come back to."""
    query = request.scope["query_string"].decode("ascii", "replace")
    return urllib.parse.quote(request.scope["path"]) + (f"?{query}" if query else "")


def is_route(request: Request, name: str, /, **parts: Any) -> bool:
    """Whether the application has a page of this name."""
    try:
        request.app.url_path_for(name, **parts)
    except NoMatchFound:
        return False
    return True


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
