"""An event's details as a form shows them, and event.toml, in which they stand: comments and keys that no form knows are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import tomlkit
from pydantic import BaseModel, ConfigDict, ValidationError
from tomlkit.exceptions import TOMLKitError

from digitise.config import Config
from digitise.errors import ConfigError
from digitise.model import Colour
from digitise.store import hash_parts, write_text
from digitise.web.shelf import EventPlace
from digitise.web.state import hold_event

COLOURS: tuple[str, ...] = tuple(c for c in get_args(Colour) if c != "none")
LANGUAGE_CHOICES = ("en", "cy", "cy en", "en cy")
REPORT_LANGUAGE_CHOICES = ("", "en", "cy", "cy en")
"""'': as on the sheets. The last is a report in both."""
TITLE_MAX_CHARS = 200
LINE_MAX_CHARS = 300
LINES_MAX = 500
"""More lines in one field than anybody types: the names of a whole village are."""
_UK_DATES = ("%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y")


class DetailFields(BaseModel):
    """The form's fields, as text: one thing per line where there can be several. All but the colours, of which each has a field."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    date: str = ""
    place: str = ""
    organisers: str = ""
    aims: str = ""
    next_meeting: str = ""
    languages: str = "en"
    """Codes with a space between: the first is the report's, where that has none of its own."""
    report_languages: str = ""
    """Likewise, of the report's own words; '' for those on the sheets."""
    glossary: str = ""
    """Lines 'TAF = Team Around the Family'."""
    keep_faces: bool = False
    names: str = "keep"
    phones: bool = False
    """Whether telephone numbers are left out; likewise below."""
    emails: bool = False
    postcodes: bool = False
    people: str = ""
    allow: str = ""


class Details(DetailFields):
    """What stands in them."""

    colours: Mapping[str, str] = {}
    """Colour -> kind; '' or missing where it means nothing."""


class DetailsError(Exception):
    """Fields that cannot be saved as they are: field -> name of the text that says why."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(dict(errors))
        self.errors = dict(errors)


class SomebodyElseError(Exception):
    """The settings were changed by somebody else since the person saw them."""


def read_details(place: EventPlace) -> tuple[Details, str]:
    """The form's fields as event.toml has them, and a mark by which a later save knows that it still does. Raises ConfigError."""
    document, text = _parse(place.settings_file)
    return _to_details(document.unwrap()), hash_parts(text)


def save_details(place: EventPlace, details: Details, *, seen: str) -> None:
    """Write changed details into event.toml. `seen`: the mark that came with the details that the person changed.

    Raises DetailsError, SomebodyElseError, ConfigError (the file is no TOML), OutputError, FileNotFoundError.
    """
    with hold_event(place):
        if hash_parts(_parse(place.settings_file)[1]) != seen:
            raise SomebodyElseError
        write_details(place, details)


def change_settings(place: EventPlace, change: Callable[[tomlkit.TOMLDocument], None]) -> None:
    """Change event.toml as a document, keeping its comments: for settings that have no field here. Raises as save_details does."""
    with hold_event(place):
        document, _ = _parse(place.settings_file)
        change(document)
        write_text(place.settings_file, tomlkit.dumps(document))


def write_details(place: EventPlace, details: Details) -> None:
    """Check the details and write them into event.toml. Raises DetailsError, ConfigError, OutputError."""
    document, _ = _parse(place.settings_file)
    errors = _check_lengths(details)
    if not errors:
        _apply(document, details)
        errors = _check_values(document.unwrap())
    if errors:
        raise DetailsError(errors)
    write_text(place.settings_file, tomlkit.dumps(document))


def _parse(path: Path) -> tuple[tomlkit.TOMLDocument, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigError(path.name, f"cannot be read ({e})", "Ask whoever looks after this server to mend it.") from e
    try:
        return tomlkit.parse(text), text
    except TOMLKitError as e:
        raise ConfigError(path.name, f"is not readable as TOML ({e})", "Ask whoever looks after this server to mend that line.") from e


def _to_details(data: Mapping[str, Any]) -> Details:
    privacy = data.get("privacy")
    privacy = privacy if isinstance(privacy, dict) else {}
    glossary = data.get("glossary")
    colours = data.get("colours")
    languages = " ".join(_strings(data.get("languages"))) or "en"
    report = data.get("report")
    return Details(
        title=_plain(data.get("title")),
        date=_plain(data.get("date")),
        place=_plain(data.get("place")),
        organisers="\n".join(_strings(data.get("organisers"))),
        aims="\n".join(_strings(data.get("aims"))),
        next_meeting=_plain(data.get("next_meeting")),
        languages=languages,
        report_languages=" ".join(_strings(report.get("languages"))) if isinstance(report, dict) else "",
        glossary="\n".join(f"{k} = {v}" if v else k for k, v in glossary.items()) if isinstance(glossary, dict) else "",
        colours={k: str(v) for k, v in colours.items()} if isinstance(colours, dict) else {},
        keep_faces=privacy.get("keep_faces") is True,
        names=_plain(privacy.get("names")) or "keep",
        phones=privacy.get("phones") == "remove",
        emails=privacy.get("emails") == "remove",
        postcodes=privacy.get("postcodes") == "remove",
        people="\n".join(_strings(privacy.get("people"))),
        allow="\n".join(_strings(privacy.get("allow"))),
    )


def _apply(document: tomlkit.TOMLDocument, details: Details) -> None:
    """Set what differs; an emptied field's key is taken out."""
    _put(document, "title", _clean(details.title))
    _put(document, "date", _date_or_words(details.date))
    _put(document, "next_meeting", _date_or_words(details.next_meeting))
    _put(document, "place", _clean(details.place))
    _put(document, "organisers", _lines(details.organisers))
    _put(document, "aims", _lines(details.aims))
    languages = details.languages.split()
    _put(document, "languages", languages if languages != ["en"] or "languages" in document else [])
    _put_report_languages(document, details.report_languages.split())
    _put_table(document, "glossary", _parse_glossary(details.glossary))
    _put_table(document, "colours", {colour: kind for colour, kind in details.colours.items() if kind})
    privacy: dict[str, Any] = {
        "keep_faces": True if details.keep_faces else None,
        "names": details.names if details.names != "keep" else None,
        "phones": "remove" if details.phones else None,
        "emails": "remove" if details.emails else None,
        "postcodes": "remove" if details.postcodes else None,
        "people": _lines(details.people) or None,
        "allow": _lines(details.allow) or None,
    }
    _put_table(document, "privacy", {key: value for key, value in privacy.items() if value is not None})


def _put(table: Any, key: str, value: Any) -> None:
    """Set a key unless it already says so, which keeps how it is written; take it out for '', [] or None."""
    if value in ("", [], None):
        if key in table:
            del table[key]
        return
    old = table.get(key)
    old = old.unwrap() if hasattr(old, "unwrap") else old
    if type(old) is not type(value) or old != value:
        table[key] = value


def _put_report_languages(document: tomlkit.TOMLDocument, languages: list[str]) -> None:
    """The only key of [report] that the form knows: the others stay."""
    table = document.get("report")
    if not isinstance(table, dict):
        if not languages:
            return
        table = tomlkit.table()
        document["report"] = table
    _put(table, "languages", languages)
    if not table:
        del document["report"]


def _put_table(document: tomlkit.TOMLDocument, key: str, values: Mapping[str, Any]) -> None:
    """Make a table hold just `values`, entry by entry, so that comments beside the others stay."""
    table = document.get(key)
    if not isinstance(table, dict):
        if not values:
            return
        table = tomlkit.table()
        document[key] = table
    for old in [k for k in table if k not in values]:
        del table[old]
    for name, value in values.items():
        if table.get(name) != value:
            table[name] = value


def _check_lengths(details: Details) -> dict[str, str]:
    """Fields that are too long to be meant, and those that must not be empty."""
    errors = {}
    if not _clean(details.title):
        errors["title"] = "events.error_title"
    elif len(details.title) > TITLE_MAX_CHARS:
        errors["title"] = "events.error_long"
    for field in ("date", "place", "next_meeting"):
        if len(getattr(details, field)) > LINE_MAX_CHARS:
            errors[field] = "events.error_long"
    for field in ("organisers", "aims", "glossary", "people", "allow"):
        lines = getattr(details, field).splitlines()
        if len(lines) > LINES_MAX or any(len(line) > LINE_MAX_CHARS for line in lines):
            errors[field] = "events.error_long"
    return errors


def _check_values(data: dict[str, Any]) -> dict[str, str]:
    """What the settings' own checks say, by the field of the form; what no field can mend stands under ''."""
    try:
        Config.model_validate(data)
    except ValidationError as e:
        return dict(_field_error(error["loc"]) for error in e.errors())
    return {}


def _field_error(where: tuple[int | str, ...]) -> tuple[str, str]:
    first = str(where[0])
    if where[:2] == ("report", "languages"):
        first = "report_languages"
    if first == "privacy":
        first = str(where[1]) if len(where) > 1 else "people"
    known = ("next_meeting", "date", "people", "allow", "names", "languages", "report_languages", "colours")
    return (first, f"events.error_{first}") if first in known else ("", "events.error_file")


def _parse_glossary(text: str) -> dict[str, str]:
    """'TAF = Team Around the Family' or 'TAF: …' per line; a name alone needs no meaning."""
    entries = {}
    for line in _lines(text):
        name, _, meaning = (part.strip() for part in re.sub(r"\s*[=:]\s*", "=", line, count=1).partition("="))
        if name:
            entries[name] = meaning
    return entries


def _date_or_words(text: str) -> date | str:
    """A day where the text is one as people in the United Kingdom write it; else the words as they are."""
    text = _clean(text)
    for form in ("%Y-%m-%d", *_UK_DATES):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return text


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := _clean(raw))]


def _clean(text: str) -> str:
    """Without what cannot be seen and cannot stand in a Word file."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _plain(value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m}/{value.year:04d}"
    return value if isinstance(value, str) else ""


def _strings(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []
