"""Settings: event.toml, the person's own settings.toml, their defaults and checks. Every field states its unit and default.

An unknown key is an error that names the key and the nearest known one: a mistyped setting that is silently
ignored is worse than none.
"""

from __future__ import annotations

import datetime
import difflib
import itertools
import os
import stat
import tomllib
import urllib.parse
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from digitise.errors import ConfigError
from digitise.model import Colour, Kind

EngineName = Literal["auto", "rapidocr", "tesseract"]
RecogniserName = Literal["small", "medium"]
BackendName = Literal["auto", "onnxruntime", "openvino"]
Language = Literal["en", "cy"]
Quarters = Literal["calendar", "financial"]
WordReport = Literal["report", "photo-report"]
KEY_PREFIX = "DIGITISE_"
MOST_BYTES = 250_000
"""Of a settings file. One with a glossary of a thousand words has 40,000."""
MOST_DOTS = 500
"""In one of its lines: TOML's reader takes time by the square of a key's parts, 4 s for 20,000."""
MOST_SHOWN = 200
"""Letters of a settings file that a message repeats."""


class Settings(BaseModel):
    """Base of all settings: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnySettings = TypeVar("AnySettings", bound=Settings)


class Limits(Settings):
    """What a photo may cost. Checked from headers, before any pixel is decoded. They can be raised tenfold and more, not switched off:
    event.toml comes with a folder that somebody may have sent."""

    megapixels: float = Field(200.0, gt=0, le=2000)
    """Largest photo, in millions of pixels. Honest panoramas reach 200."""
    file_mib: float = Field(200.0, gt=0, le=20_000)
    """Largest single file, in MiB."""
    pages: int = Field(200, gt=0, le=10_000)
    """Most pages of one PDF or TIFF."""
    zip_entries: int = Field(2000, gt=0, le=100_000)
    """Most entries of one ZIP."""
    zip_unpacked_mib: float = Field(4096.0, gt=0, le=200_000)
    """Largest total size of a ZIP's entries when unpacked, in MiB."""
    photos: int = Field(5000, gt=0, le=200_000)
    """Most photos of one event."""


class SecondReader(Settings):
    """A vision-language model that the person runs, asked about doubtful notes only."""

    url: str
    """Base address of an OpenAI-compatible server: http://127.0.0.1:11434/v1."""
    model: str = Field(min_length=1)
    """Its name there."""
    api_key_env: str | None = None
    """Name of the environment variable that holds the key, where the server asks for one; never the key itself. It begins with
    DIGITISE_, so that the event.toml of a folder that somebody sent cannot have other secrets handed to a server of theirs."""
    timeout_s: float = Field(120.0, gt=0, le=3600)
    """Longest wait for one note, s. A small model on a plain processor takes up to a minute for a picture."""
    most_notes: int = Field(40, gt=0)
    """Most notes of one photo that it is asked about; the least legible first."""

    @field_validator("url")
    @classmethod
    def _base_address(cls, value: str) -> str:
        parts = urllib.parse.urlsplit(value)  # raises ValueError for a broken address
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("write an address that begins with http:// or https://, such as http://127.0.0.1:11434/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("leave names, keys and anything behind '?' out of it; name the key's environment variable in api_key_env")
        if not value.isascii() or not value.isprintable() or " " in value or parts.port == 0:
            raise ValueError("it holds signs that an address cannot have")
        return value.rstrip("/")

    @field_validator("api_key_env")
    @classmethod
    def _name_of_ours(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(KEY_PREFIX):
            raise ValueError(f"it is the name of an environment variable that begins with {KEY_PREFIX}, not the key itself")
        return value


class Reading(Settings):
    """How writing is read."""

    engine: EngineName = "auto"
    """auto: the embedded rapidocr, with tesseract where docs/benchmarks.md shows it to be better."""
    recogniser: str = "small"
    """Which network the embedded engine reads with: a RecogniserName, or the path of an ONNX file, relative to the settings' file."""
    backend: BackendName = "auto"
    """What runs the embedded engine's networks. auto: onnxruntime, see docs/scale.md for why."""
    doubtful_below: float = Field(0.94, ge=0, le=1)
    """A word that is right with less probability than this is marked for checking. On the real photos 78 % of the wrong words
    fall below, and 43 % of those below are wrong; at 0.90 72 % and 50 %."""
    second_reader: SecondReader | None = None
    """Off unless its table is there; `second_reader = false` in event.toml switches that of the person's own settings off."""

    @field_validator("second_reader", mode="before")
    @classmethod
    def _false_is_off(cls, value: object) -> object:
        return None if value is False else value

    @field_validator("recogniser")
    @classmethod
    def _name_or_file(cls, value: str) -> str:
        if value not in get_args(RecogniserName) and not is_model_file(value):
            raise ValueError(f"it is {', '.join(map(repr, get_args(RecogniserName)))} or the path of a file that ends in .onnx")
        return value


class Round(Settings):
    """One round or table of a World Café, Story Café or Open Space."""

    name: str
    """As it stands on the sheets: 'Round 1', 'Table 3'."""
    question: str = ""
    photos: tuple[str, ...] = ()
    """File names (or patterns like 'table3*.jpg') that belong to it, where the sheets do not say so themselves."""
    starts: datetime.time | None = None
    """Photos taken from then on belong to it, where neither sheet nor file name says otherwise: "10:30"."""
    ends: datetime.time | None = None
    """Default: when the next round starts."""


class ReportSettings(Settings):
    """How the report is written."""

    template: str | None = None
    """Path of a .docx or .dotx house template, relative to event.toml, or the name of a look that is shipped."""
    languages: tuple[Language, ...] = ()
    """Languages of the report's own words, where they are others than those on the sheets: ("cy",) for a Welsh report of mixed sheets."""
    outputs: tuple[WordReport, ...] = get_args(WordReport)
    """Which Word files are written. The others always are."""
    fields: dict[str, str] = Field(default_factory=dict)
    """The house template's own placeholders: contact = "…" fills {{ contact }}."""


class Privacy(Settings):
    """What the report keeps to itself; see docs/privacy.md."""

    keep_faces: bool = False
    """True: people's faces in pictures are not blurred."""
    names: Literal["keep", "initials", "remove"] = "keep"
    """What becomes of people's names, those found and those listed, in every output."""
    phones: Literal["keep", "remove"] = "keep"
    emails: Literal["keep", "remove"] = "keep"
    postcodes: Literal["keep", "remove"] = "keep"
    people: tuple[str, ...] = ()
    """Names that are people's, whether or not the program would take them for such."""
    allow: tuple[str, ...] = ()
    """Names, numbers and addresses that stay as they are. A name that is also among the people is replaced all the same."""

    @field_validator("people", "allow")
    @classmethod
    def _no_blank(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not any(c.isalnum() for c in name) for name in value):
            raise ValueError("one of the names has no letter in it")
        return value

    @model_validator(mode="after")
    def _people_need_names(self) -> Privacy:
        if self.people and self.names == "keep":
            raise ValueError('people are listed, but names = "keep" would print them; write names = "initials" or names = "remove"')
        return self


class Config(Settings):
    """One event's settings; the whole of event.toml."""

    title: str | None = None
    """Default: the folder's name."""
    date: datetime.date | str | None = None
    """2026-03-14, or any wording such as '14-15 March 2026'. Default: the day the photos were taken."""
    next_meeting: datetime.date | None = None
    """The day that 'at the next meeting' means, where one is arranged."""
    quarters: Quarters | None = None
    """What 'Q2' means: April to June (calendar) or July to September (financial). Default: it stays a wording without a date."""
    place: str = ""
    organisers: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ("en",)
    """Languages written on the sheets; where [report] names none, they are the report's, too."""
    glossary: dict[str, str] = Field(default_factory=dict)
    """Local names and acronyms with their meaning ('' where it needs none)."""
    colours: dict[Colour, Kind] = Field(default_factory=dict)
    """What a note's colour means."""
    rounds: tuple[Round, ...] = ()
    reading: Reading = Reading()
    limits: Limits = Limits()
    report: ReportSettings = ReportSettings()
    privacy: Privacy = Privacy()

    @field_validator("languages")
    @classmethod
    def _at_least_one(cls, value: tuple[Language, ...]) -> tuple[Language, ...]:
        if not value:
            raise ValueError("name at least one language")
        return value

    @property
    def report_languages(self) -> tuple[Language, ...]:
        """Languages of the report's own words; with Welsh first and English second they are in both."""
        return self.report.languages or self.languages


class OwnSettings(Settings):
    """A person's settings for all events; the whole of settings.toml."""

    reading: Reading = Reading()


def is_model_file(recogniser: str) -> bool:
    """Whether a choice of recogniser is the path of a file rather than a name."""
    return recogniser.lower().endswith(".onnx")


def without_second_reader(config: Config) -> Config:
    """The same settings, but nobody is asked."""
    return config.model_copy(update={"reading": config.reading.model_copy(update={"second_reader": None})})


def load_config(path: Path | None, *, own: Path | None = None) -> Config:
    """Read event.toml; what it leaves open is taken from `own`, the person's settings.toml. A missing file gives the defaults.

    Raises ConfigError naming the file, the key and the remedy.
    """
    general = _read_toml(own) if own else {}
    if general:
        _validate(OwnSettings, general, subject=str(own))
    return parse_config(_merge(general, _read_toml(path) if path else {}), subject=str(path or own))


def parse_config(data: dict[str, Any], *, subject: str) -> Config:
    """Check settings that are already parsed; `subject` names their source in errors. Raises ConfigError."""
    return _validate(Config, data, subject=subject)


def _read_toml(path: Path) -> dict[str, Any]:
    """A settings file as it stands, but for the path of a recogniser, which is made absolute: {} when there is none."""
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            # a pipe, or a link to a device, would be waited for, or read, for ever
            raise ConfigError(str(path), "is not an ordinary file", "Put the file itself in its place.")
        if status.st_size > MOST_BYTES:
            raise ConfigError(
                str(path), f"is larger than {MOST_BYTES // 1000} kB", "Make it shorter, or make a fresh file with 'digitise init'."
            )
        text = path.read_text(encoding="utf-8-sig")
        if max(map(str.count, text.splitlines(), itertools.repeat(".")), default=0) > MOST_DOTS:
            raise ValueError("a line with hundreds of dots")
        data = tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except IsADirectoryError as e:
        raise ConfigError(str(path), "is a folder, not a file", "Rename the folder, and make the file with 'digitise init'.") from e
    except (OSError, ValueError, RecursionError) as e:
        # ValueError: of TOML, of UTF-8, and of a number with thousands of digits
        raise ConfigError(
            str(path), f"is not readable as TOML ({_show(e)})", "Mend that line, or make a fresh file with 'digitise init'."
        ) from e
    reading = data.get("reading")
    if isinstance(reading, dict) and isinstance(name := reading.get("recogniser"), str) and is_model_file(name):
        reading["recogniser"] = str(path.absolute().parent / os.path.expanduser(name))  # noqa: PTH111 - Path's own raises for "~nobody"
    return data


def _show(said: object) -> str:
    """Words of a settings file as a message may repeat them: short, and without signs that a terminal obeys."""
    text = "".join(c if c.isprintable() else "\ufffd" for c in str(said))
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _merge(general: dict[str, Any], special: dict[str, Any]) -> dict[str, Any]:
    """Tables joined key by key; where both name a value, the special one holds.

    A second reader is taken whole: the key of a person's own server must not go to an address that an event's file names.
    """
    joined = general | special
    for key in general.keys() & special.keys():
        if key != "second_reader" and isinstance(general[key], dict) and isinstance(special[key], dict):
            joined[key] = _merge(general[key], special[key])
    return joined


def _validate(model: type[AnySettings], data: dict[str, Any], *, subject: str) -> AnySettings:
    try:
        return model.model_validate(data)
    except ValidationError as e:
        # a mistyped key of a needed setting makes two errors: the unknown name says more than the missing one
        first = min(e.errors(), key=lambda error: error["type"] != "extra_forbidden")
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = _known_keys(model, first["loc"][:-1])
            near = difflib.get_close_matches(str(first["loc"][-1]), known, n=1, cutoff=0.5)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
            raise ConfigError(subject, f"unknown key '{_show(where)}'", hint) from e
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
        return ConfigError(subject, f"'{_show(loc[-2])}' in '{loc[0]}' is not known", hint)
    where = _show(".".join(loc))
    if error["type"] == "missing":
        return ConfigError(subject, f"'{where}' is missing", "Add it; docs/event-toml.md says what it is.")
    if error["type"] == "tuple_type":
        return ConfigError(subject, f"'{where}' must be a list", f'Write it in square brackets: {where} = ["…", "…"].')
    said = _show(error["msg"].removeprefix("Value error, ").lower())
    return ConfigError(subject, f"'{where}' is not valid: {said}", "Correct the value.")


def _known_keys(model: type[Settings], loc: tuple[int | str, ...]) -> list[str]:
    """Names of the settings that may stand in a file of that shape at `loc` (a path of keys and list places)."""
    nested: dict[str, type[Settings]] = {
        "reading": Reading,
        "second_reader": SecondReader,
        "limits": Limits,
        "report": ReportSettings,
        "privacy": Privacy,
        "rounds": Round,
    }
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            model = nested.get(part, model)
    return list(model.model_fields)
