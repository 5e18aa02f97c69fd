"""Addresses as people write them: told from folders, made whole, and shown without what is secret in them."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from digitise.errors import UsageError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+(://|::)")
"""Two letters at least: 'C:' is a drive."""
_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*://)[^/]*@")
_USER_PART = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*://([^/]*)@")
_HOST = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?@]*)(?=[/?]|$)")
"""Of an address without a name before its host."""
_PORT = re.compile("[0-9]{1,5}")
_BUCKETS = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss")
_LOCAL = ("file", "local")


@dataclasses.dataclass(frozen=True, repr=False)
class Address:
    """Where a tree of files lies that fsspec can reach. As text it is without name, password and query: these may be secrets."""

    url: str
    """Whole. For connecting only; everything that is shown or kept takes `str`."""

    def __str__(self) -> str:
        return "::".join(_USER.sub(r"\1", part.partition("?")[0]) for part in self.url.split("::"))

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"

    def hide_in(self, text: str) -> str:
        """A text of somebody else's about this address, without what is secret in it."""
        for part in self.url.split("::"):
            user = _USER_PART.match(part.partition("?")[0])
            words = [*re.split("[:@]", user.group(1))] if user else []
            words += re.split("[=&]", part.partition("?")[2])
            for word in sorted({form for one in words for form in (one, unquote(one)) if len(one) > 1}, key=len, reverse=True):
                text = text.replace(word, "…")
        return text

    @property
    def protocol(self) -> str:
        """Of the outermost: 'zip' for a ZIP in a bucket."""
        return re.split("://|::", self.url, maxsplit=1)[0].lower()


Place = Path | Address


def parse_place(text: str | Path) -> Place:
    """What a person named: a folder, or an address. `file:` is a folder; 'zip:///photos.zip' is short for 'zip://::file:///photos.zip'.

    Raises UsageError for the file of another machine, and for a password by whose signs the address falls into other parts than were meant.
    """
    if isinstance(text, Path) or not _SCHEME.match(text) or "://" not in text:
        return Path(text)
    _refuse_split_password(text)
    scheme, mark, rest = re.split("(://|::)", text, maxsplit=1)
    if scheme.lower() in _LOCAL and mark == "://" and "::" not in rest:
        return _parse_file(text)
    if scheme.lower() == "zip" and mark == "://" and "::" not in rest:
        return Address(f"zip://::{Path(unquote(rest)).absolute()}")
    address = Address(text if text.endswith("://") else text.rstrip("/"))
    if not address.url.split("::")[-1].partition("?")[0].partition("://")[2].strip("/") and "://" in address.url.split("::")[-1]:
        raise UsageError(str(address), "this address names no place", "Name a bucket or folder behind it: s3://bucket/folder.")
    return address


def _refuse_split_password(text: str) -> None:
    """In 's3://KEY:abc/def@bucket' the host is 'KEY:abc', and what follows is shown as a folder. What stands behind a host's colon is a
    port, and a bucket has none."""
    for part in text.split("::"):
        host = _HOST.match(part)
        if host is None or host[1].lower() in (*_LOCAL, "zip") or host[2].startswith("["):
            continue
        _, colon, port = host[2].partition(":")
        if colon and (host[1].lower() in _BUCKETS or not _PORT.fullmatch(port)):
            reason = (
                "what stands before its first '/', '?' or '::' is neither a bucket nor a computer; perhaps a password has such signs in it"
            )
            remedy = "Leave name and password out of the address, and set them as its own tools want them (docs/addresses.md)."
            raise UsageError(f"{host[1]}://…", reason, remedy)


def _parse_file(text: str) -> Path:
    parts = urlsplit(text)
    if parts.netloc not in ("", "localhost"):
        raise UsageError(text, "names another machine", "Write file:///folder with three strokes, or just the folder.")
    path = unquote(text.partition("://")[2].removeprefix(parts.netloc))
    return Path(path[1:] if re.match(r"/[A-Za-z]:", path) else path)


def is_away(place: Place) -> bool:
    return isinstance(place, Address)


def join_place(place: Place, name: str) -> str:
    """A place below another, to be shown."""
    if isinstance(place, Path):
        return str(place / name)
    first, *chained = str(place).split("::")
    joined = f"{first}{'' if first.endswith('/') else '/'}{name}" if name else first
    return "::".join((joined, *chained))


def require_folder_for(place: Place, what: str) -> Path:
    """Where only a folder will do. Raises UsageError."""
    if isinstance(place, Address):
        raise UsageError(str(place), f"{what} needs a folder of this computer, not an address", "Name a folder.")
    return place
