"""Settings: event.toml, its defaults and its checks. Every field states its unit and default.

An unknown key is an error that names the key and the nearest known one: a mistyped setting that is silently
ignored is worse than none.
"""

from __future__ import annotations

import datetime
import difflib
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from digitise.errors import ConfigError
from digitise.model import Colour, Kind

EngineName = Literal["auto", "rapidocr", "tesseract"]
Language = Literal["en", "cy"]


class Settings(BaseModel):
    """Base of all settings: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(Settings):
    """What a photo may cost. Checked from headers, before any pixel is decoded."""

    megapixels: float = Field(200.0, gt=0)
    """Largest photo, in millions of pixels. Honest panoramas reach 200."""
    file_mib: float = Field(200.0, gt=0)
    """Largest single file, in MiB."""
    pages: int = Field(200, gt=0)
    """Most pages of one PDF or TIFF."""
    zip_entries: int = Field(2000, gt=0)
    """Most entries of one ZIP."""
    zip_unpacked_mib: float = Field(4096.0, gt=0)
    """Largest total size of a ZIP's entries when unpacked, in MiB."""
    photos: int = Field(5000, gt=0)
    """Most photos of one event."""


class Reading(Settings):
    """How writing is read."""

    engine: EngineName = "auto"
    """auto: the embedded rapidocr, with tesseract where docs/benchmarks.md shows it to be better."""
    doubtful_below: float = Field(0.90, ge=0, le=1)
    """A word read with less confidence than this is marked for checking."""


class Round(Settings):
    """One round or table of a World Café, Story Café or Open Space."""

    name: str
    """As it stands on the sheets: 'Round 1', 'Table 3'."""
    question: str = ""
    photos: tuple[str, ...] = ()
    """File names (or patterns like 'table3*.jpg') that belong to it, where the sheets do not say so themselves."""


class ReportSettings(Settings):
    """How the report is written."""

    template: str | None = None
    """Path of a .docx or .dotx house template; relative to event.toml."""


class Config(Settings):
    """One event's settings; the whole of event.toml."""

    title: str | None = None
    """Default: the folder's name."""
    date: datetime.date | str | None = None
    """2026-03-14, or any wording such as '14-15 March 2026'. Default: the day the photos were taken."""
    place: str = ""
    organisers: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ("en",)
    """Languages written on the sheets; the first is the report's."""
    glossary: dict[str, str] = Field(default_factory=dict)
    """Local names and acronyms with their meaning ('' where it needs none)."""
    colours: dict[Colour, Kind] = Field(default_factory=dict)
    """What a note's colour means."""
    rounds: tuple[Round, ...] = ()
    reading: Reading = Reading()
    limits: Limits = Limits()
    report: ReportSettings = ReportSettings()

    @field_validator("languages")
    @classmethod
    def _at_least_one(cls, value: tuple[Language, ...]) -> tuple[Language, ...]:
        if not value:
            raise ValueError("name at least one language")
        return value


def load_config(path: Path) -> Config:
    """Read event.toml. A missing file gives the defaults. Raises ConfigError naming the file, the key and the remedy."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Config()
    except IsADirectoryError as e:
        raise ConfigError(str(path), "is a folder, not a file", "Rename the folder, and make the file with 'digitise init'.") from e
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise ConfigError(str(path), f"is not readable as TOML ({e})", "Mend that line, or make a fresh file with 'digitise init'.") from e
    return parse_config(data, subject=str(path))


def parse_config(data: dict[str, Any], *, subject: str) -> Config:
    """Check settings that are already parsed; `subject` names their source in errors. Raises ConfigError."""
    try:
        return Config.model_validate(data)
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = _known_keys(first["loc"][:-1])
            near = difflib.get_close_matches(str(first["loc"][-1]), known, n=1, cutoff=0.5)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
            raise ConfigError(subject, f"unknown key '{where}'", hint) from e
        raise _refuse_value(subject, first) from e


def _refuse_value(subject: str, error: ErrorDetails) -> ConfigError:
    """A wrong value in a person's words, with what would be right."""
    loc = [str(part) for part in error["loc"]]
    if loc[0] == "date":
        return ConfigError(
            subject, "'date' is not a date", 'Write it as 2026-03-14, or in your own words in quotes: "14 and 15 March 2026".'
        )
    if loc[-1] == "[key]":  # a key of a table whose keys are given: the colours
        known = get_args(Colour)
        near = difflib.get_close_matches(loc[-2], known, n=1, cutoff=0.5)
        hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(known)}."
        return ConfigError(subject, f"'{loc[-2]}' in '{loc[0]}' is not known", hint)
    where = ".".join(loc)
    if error["type"] == "tuple_type":
        return ConfigError(subject, f"'{where}' must be a list", f'Write it in square brackets: {where} = ["…", "…"].')
    return ConfigError(subject, f"'{where}' is not valid: {error['msg'].lower()}", "Correct the value.")


def _known_keys(loc: tuple[int | str, ...]) -> list[str]:
    """Names of the settings that may stand at `loc` (a path of keys and list places)."""
    nested: dict[str, type[Settings]] = {"reading": Reading, "limits": Limits, "report": ReportSettings, "rounds": Round}
    model: type[Settings] = Config
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            model = nested.get(part, model)
    return list(model.model_fields)
