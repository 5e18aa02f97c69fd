"""The Word template of an event's reports: which one it is, another one chosen, an own one put in its place."""

from __future__ import annotations

import contextlib
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit
from pydantic import ValidationError

from digitise import api
from digitise.model import Frozen
from digitise.store import atomic_write, write_text
from digitise.web.cards import read_settings
from digitise.web.details import change_settings
from digitise.web.shelf import EventPlace

OWN_TEMPLATE = "house-template.docx"
"""Name of an uploaded template beside event.toml, whatever it was called."""
OWN = "own"
"""The choice of that one in forms; looks are chosen by their names."""
RECORD = "template.json"


class TemplateRecord(Frozen):
    """What an own template was called, and when it came."""

    name: str
    at: datetime


class TemplateInUse(NamedTuple):
    """What an event's reports are made on."""

    choice: str
    """A look's name or OWN; '' for a file that somebody named in event.toml by hand."""
    named: str
    """As event.toml says it; '' for the usual look."""
    own: TemplateRecord | None
    """The uploaded one, in use or not."""


def find_template(place: EventPlace) -> TemplateInUse:
    """The template in use."""
    own = _read_record(place) if (place.folder / OWN_TEMPLATE).is_file() else None
    looks = api.list_template_looks()
    report = read_settings(place.settings_file).get("report")
    named = report.get("template") if isinstance(report, dict) else None
    if not isinstance(named, str) or not named:
        return TemplateInUse(looks[0], "", own)
    choice = OWN if named == OWN_TEMPLATE else named if named in looks else ""
    return TemplateInUse(choice, named, own)


def template_fields(place: EventPlace) -> tuple[str, ...]:
    """Placeholders of the event's own, which its template may hold."""
    report = read_settings(place.settings_file).get("report")
    fields = report.get("fields") if isinstance(report, dict) else None
    return tuple(str(name) for name in fields) if isinstance(fields, dict) else ()


def choose_template(place: EventPlace, choice: str) -> bool:
    """Have the event's next report made on a look, or on its own template. False where there is none of that name.

    Raises ConfigError where event.toml is no TOML, OutputError, FileNotFoundError where the event was deleted.
    """
    looks = api.list_template_looks()
    if choice == OWN:
        if not (place.folder / OWN_TEMPLATE).is_file():
            return False
        value = OWN_TEMPLATE
    elif choice in looks:
        value = "" if choice == looks[0] else choice
    else:
        return False
    change_settings(place, lambda document: _put(document, value))
    return True


def keep_template(place: EventPlace, document: Path, name: str) -> None:
    """Put an uploaded template, checked before, in the place of an earlier one and use it. Raises as choose_template does."""
    with atomic_write(place.folder / OWN_TEMPLATE) as part:
        shutil.copyfile(document, part)
    write_text(place.root / RECORD, TemplateRecord(name=name, at=datetime.now(UTC)).model_dump_json())
    choose_template(place, OWN)


def _put(document: tomlkit.TOMLDocument, value: str) -> None:
    report: Any = document.get("report")
    if report is None:
        if not value:
            return
        report = document["report"] = tomlkit.table()
    if value:
        report["template"] = value
    else:
        report.pop("template", None)


def _read_record(place: EventPlace) -> TemplateRecord:
    with contextlib.suppress(OSError, ValidationError):
        return TemplateRecord.model_validate_json((place.root / RECORD).read_bytes())
    return TemplateRecord(name=OWN_TEMPLATE, at=datetime.fromtimestamp((place.folder / OWN_TEMPLATE).stat().st_mtime, UTC))
