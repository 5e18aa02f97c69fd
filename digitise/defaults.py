"""What the report says of the event where event.toml is silent: a title from the folder's name, a date from the photos."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from digitise.config import Config
from digitise.model import EventInfo

MAX_EVENT_DAYS = 7
"""Photos further apart than this do not date an event: a camera with a wrong clock is likelier than so long a workshop."""

MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "cy": ["Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"],
}


def describe_event(config: Config, *, folder_name: str, taken: Sequence[datetime]) -> EventInfo:
    """The title block. `taken`: when the photos were taken, where they say so."""
    if isinstance(config.date, str):
        when = config.date
    elif config.date:
        when = _print_days(config.date, config.date, config.report_languages)
    else:
        when = _days_of(taken, config.report_languages)
    return EventInfo(
        title=config.title or readable_title(folder_name),
        date=when,
        place=config.place,
        organisers=config.organisers,
        aims=config.aims,
        languages=config.report_languages,
        glossary=config.glossary,
    )


def readable_title(folder_name: str) -> str:
    """'2026-03-14_health-and-isolation' -> 'Health and isolation'. A name that has capitals keeps them."""
    words = re.sub(r"^\d{4}[-_. ]?\d{2}[-_. ]?\d{2}(?=[-_. ])", "", folder_name)
    words = " ".join(re.sub(r"[-_]+", " ", words).split())
    if not words:
        return folder_name or "Event"
    return words[0].upper() + words[1:] if words.islower() else words


def format_days(first: date, last: date, language: str) -> str:
    """'14 March 2026', '14–15 March 2026', '30 March – 1 April 2026'."""
    months = MONTHS[language]
    end = f"{last.day} {months[last.month - 1]} {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    start = f"{first.day} {months[first.month - 1]}" + (f" {first.year}" if first.year != last.year else "")
    return f"{start} – {end}"


def _print_days(first: date, last: date, languages: Sequence[str]) -> str:
    """In the report's language, or in both where its labels are: '14 Mawrth / March 2026'."""
    if languages[0] != "cy" or "en" not in languages:
        return format_days(first, last, languages[0])
    welsh, english = (format_days(first, last, code) for code in ("cy", "en"))
    if (first.year, first.month) != (last.year, last.month):
        return f"{welsh} / {english}"
    days, month, year = welsh.split()
    return f"{days} {month} / {english.split()[1]} {year}"


def _days_of(taken: Sequence[datetime], languages: Sequence[str]) -> str:
    if not taken:
        return ""
    first, last = min(taken).date(), max(taken).date()
    return _print_days(first, last, languages) if (last - first).days < MAX_EVENT_DAYS else ""
