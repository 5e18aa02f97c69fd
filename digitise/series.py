"""A series of events: their notes.json, read again; what they have in common; one report of them all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from digitise.arranging import find_shared_themes, parse_event_date
from digitise.errors import NoInputError, OutputError, UsageError
from digitise.model import Event, EventInfo, Frozen, Source
from digitise.report import write_series_csv, write_series_docx, write_series_html, write_series_markdown, write_series_xlsx
from digitise.series_model import Series
from digitise.store import atomic_write, free_name, save_written

NOTES = "notes.json"
MOST_BYTES = 500_000_000
"""That of an event with 5,000 notes has 30 MB."""
LEAST_TITLE_WORDS = 2
"""A title that all events begin with has at least so many words in common: 'Connecting Communities', not 'The'."""
Write = Callable[[Series, Path | None, Path], None]
WRITERS: dict[str, Write] = {
    ".docx": lambda series, template, out: write_series_docx(series, template=template, out=out),
    ".html": lambda series, _template, out: write_series_html(series, out),
    ".md": lambda series, _template, out: write_series_markdown(series, out),
    ".xlsx": lambda series, _template, out: write_series_xlsx(series, out),
    ".csv": lambda series, _template, out: write_series_csv(series, out),
}
"""What can be written, by the ending of its name."""


class SeriesOutcome(Frozen):
    """What became of a series; the summary that `--json` prints."""

    title: str
    file: str
    """The report, which has another name than asked for where a person's own work stood there."""
    events: tuple[str, ...]
    """Titles of the events, in order."""
    shared: int
    """Problems that more than one event raised."""
    actions: int


def load_event(path: Path) -> Event:
    """The event of a notes.json. Raises NoInputError where it is none, or one that this version cannot read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("no notes.json is that long")
        return Event.model_validate_json(path.read_bytes())
    except FileNotFoundError as e:
        raise NoInputError(str(path), "there is no notes.json", "Run 'digitise report' on the event first.") from e
    except (OSError, ValueError) as e:
        reason = "is not a notes.json that this version of digitise can read"
        raise NoInputError(str(path), reason, "Run 'digitise report' on the event again.") from e


def find_notes(path: Path) -> Path | None:
    """The notes.json that a path is, or that lies straight in it: a report's folder. None for an event's folder."""
    if path.is_file() and path.suffix.lower() == ".json":
        return path
    return path / NOTES if (path / NOTES).is_file() else None


def is_current(notes: Path, sources: Sequence[Source], settings: Sequence[Path]) -> bool:
    """Whether a report still says what its photos and settings do: the same photos, and no settings written since."""
    try:
        event, written = load_event(notes), notes.stat().st_mtime_ns
        changed = [s for s in settings if s.is_file() and s.stat().st_mtime_ns > written]
    except (NoInputError, OSError):
        return False
    known = {p.sha256 for p in event.photos}
    failed = {p.file for p in event.problems if p.severity == "error"}
    here = {s.sha256 for s in sources if s.file not in failed}
    return not changed and known == here


def join_events(events: Sequence[Event], *, title: str = "", languages: Sequence[str] = ()) -> Series:
    """The series of some events, in their order. title, languages: default is what the events share. Raises DependencyError."""
    info = EventInfo(
        title=title or name_series([e.info.title for e in events]),
        date=_first_to_last([e.info.date for e in events]),
        place=", ".join(dict.fromkeys(e.info.place for e in events if e.info.place)),
        organisers=tuple(dict.fromkeys(name for e in events for name in e.info.organisers)),
        languages=tuple(languages) or tuple(dict.fromkeys(code for e in events for code in e.info.languages)),
    )
    return Series(info=info, events=tuple(events), shared=find_shared_themes(events))


def name_series(titles: Sequence[str]) -> str:
    """The words with which all titles begin; without any, all titles."""
    split = [t.split() for t in titles]
    common = 0
    while all(len(t) > common and _bare(t[common]) == _bare(split[0][common]) for t in split):
        common += 1
    if common >= LEAST_TITLE_WORDS:
        return " ".join(split[0][:common]).rstrip(" ,:;–—-")
    return " / ".join(dict.fromkeys(titles))


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()


def _first_to_last(dates: Sequence[str]) -> str:
    """The first and the last day of those printed, whichever way round the events were given; of wordings that name no day, as given."""
    told = [d for d in dates if d]
    days = [parse_event_date(d) for d in told]
    known = [day for day in days if day]
    if len(known) == len(told):
        told = [printed for _, printed in sorted(zip(known, told, strict=True))]
    return "" if not told else told[0] if told[0] == told[-1] else f"{told[0]} – {told[-1]}"


def refuse_single(paths: Sequence[Path]) -> None:
    """Raises UsageError for fewer than two events."""
    if len(paths) <= 1:
        raise UsageError(str(paths[0]) if paths else "series", "one event is no series", "Name two events or more.")


def refuse_twice(events: Sequence[Event], paths: Sequence[Path]) -> None:
    """Raises UsageError where two events are the same."""
    seen: dict[str, Path] = {}
    for event, path in zip(events, paths, strict=True):
        key = hashlib.sha256(event.model_dump_json().encode()).hexdigest()
        if key in seen:
            raise UsageError(str(path), f"is the same event as {seen[key]}", "Name each event once.")
        seen[key] = path


def choose_writer(out: Path) -> Write:
    """Raises UsageError for a name whose ending says nothing."""
    writer = WRITERS.get(out.suffix.lower())
    if writer is None:
        raise UsageError(
            str(out),
            "ends in none of .docx, .html, .md, .xlsx and .csv",
            "Name the report series.docx, for example, or the action register series.xlsx.",
        )
    if out.is_dir():
        raise UsageError(str(out), "is a folder", "Name a file in it: series.docx.")
    return writer


def write_series(series: Series, *, template: Path | None, out: Path) -> SeriesOutcome:
    """Write the report. A file that a person has edited since it was written is left alone: the new one gets a name beside it.

    Raises UsageError, ConfigError for the template, OutputError.
    """
    writer = choose_writer(out)
    folder = out.absolute().parent
    if not folder.is_dir():
        raise OutputError(str(folder), "there is no such folder", "Make it, or name another place for the report.")
    name = free_name(folder, out.name)
    with atomic_write(folder / name) as part:
        writer(series, template, part)
    save_written(folder, [name])
    actions = sum(len(e.arrangement.actions) for e in series.events)
    titles = tuple(e.info.title for e in series.events)
    return SeriesOutcome(title=series.info.title, file=str(out.parent / name), events=titles, shared=len(series.shared), actions=actions)
