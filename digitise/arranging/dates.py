"""When it is due: the wording as written, and a calendar date only where the wording leaves one reading."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import NamedTuple

from digitise.arranging.due_words import (
    DAY_MONTH,
    DUE_ALONE,
    DUE_BARE_END,
    DUE_RECURRING,
    DUE_STRONG,
    DUE_WEAK,
    DUE_WHOLE,
    MONTHS,
    NUMBERS,
    WEEKDAYS,
)
from digitise.arranging.wording import as_written, plain
from digitise.config import Quarters

NEXT_MEETING = re.compile(r"\bnext (?:\w+ )?(?:meeting|session|forum|workshop)\b|\bcyfarfod nesaf\b")
QUARTER = re.compile(r"\bq([1-4])(?:\s*(20\d\d))?")
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_DAY_AND_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|af|ain|fed|eg|ydd)?(?: of)? {_MONTH}\b(?:,? (20\d\d))?")
_MONTH_AND_DAY = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (20\d\d))?")
_MONTH_END = re.compile(rf"\b(?:end of|ddiwedd|diwedd) (?:mis )?{_MONTH}\b(?:,? (20\d\d))?")


def find_due(text: str) -> str | None:
    """The wording of an action's date as written ('by end of March', 'at the next meeting', 'asap'); None when there is none."""
    line = plain(text)
    for pattern in (DUE_STRONG, DUE_ALONE, DUE_BARE_END, DUE_WEAK, DUE_RECURRING):
        if matches := [m for m in pattern.finditer(line) if not _is_past_or_topic(line, m)]:
            match = matches[0]
            return as_written((match.group(1) if pattern is DUE_BARE_END else match.group(0)).strip(" ,."), text)
    return None


def is_due(text: str) -> bool:
    """Whether a text says nothing but when: a cell of a 'When' column."""
    return DUE_WHOLE.fullmatch(plain(text).strip(" .!")) is not None


def _is_past_or_topic(line: str, match: re.Match[str]) -> bool:
    """'from the meeting in March', 'data for 2010': a time that the action is about, not when it is due."""
    wording = match.group(0).casefold()
    if re.match(r"(?:from|in|for|during|over|after|at|on) (?:the )?20\d\d$", wording) and not line.rstrip(" .").endswith(match.group(0)):
        return True
    if wording.startswith("from ") and line.rstrip(" .").endswith(match.group(0)) and not line[: match.start()].endswith("meeting "):
        return False
    return bool(re.match(r"(?:from|since) |(?:for|over|during) (?:the )?(?:next )?\w+ (?:day|week|month|year)s?$", wording))


class Calendar(NamedTuple):
    """What is known of the days around the event."""

    event: date | None
    next_meeting: date | None = None
    quarters: Quarters | None = None


def parse_due(wording: str | None, calendar: Calendar | date | None) -> date | None:
    """The calendar date of a due wording, or None where it has more than one reading.

    Day before month, as in Wales and England. A date without a year is the first such day on or after the event; a period that has an
    end ('next month', 'end of the year') is its last day. 'Q2' (calendar or financial), 'next Friday' (this week's or the one after),
    'by March' (its start or its end), 'next meeting' and 'asap' stay without a date, unless the calendar knows the meeting or the quarters.
    A date instead of a calendar is the event's.
    """
    low = plain(wording or "").casefold()
    event, next_meeting, quarters = calendar if isinstance(calendar, Calendar) else Calendar(calendar)
    if next_meeting is not None and NEXT_MEETING.search(low):
        return next_meeting
    if quarters is not None and (match := QUARTER.search(low)):
        return _end_quarter(int(match[1]), match[2], quarters, event)
    if found := _parse_day(low, event):
        return found
    return _parse_span(low, event) if event is not None else None


def _end_quarter(number: int, year: str | None, quarters: Quarters, event: date | None) -> date | None:
    """The last day of a quarter; without a year, of the first one that ends on or after the event."""
    month = 3 * number if quarters == "calendar" else 3 * (number % 4) + 3
    if year is not None and quarters == "financial" and number == 4:
        year = str(int(year) + 1)  # Q4 of the year that began in 2026 ends in March 2027
    return _in_year(0, month, year, event)


def _parse_day(low: str, event: date | None) -> date | None:  # noqa: PLR0911 - one return per form of day
    """A day that is named: '2026-05-01', '1.5.26', '3 April', 'end of March', 'by 12/4', 'by the 20th'."""
    if match := re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", low):
        return _safe_date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.search(r"\b(\d{1,2})[./](\d{1,2})[./]((?:20)?\d\d)\b", low):
        return _safe_date(int(match[3]) % 100 + 2000, int(match[2]), int(match[1]))
    if match := _DAY_AND_MONTH.search(low):
        return _in_year(int(match[1]), MONTHS[match[2]], match[3], event)
    if match := _MONTH_AND_DAY.search(low):
        return _in_year(int(match[2]), MONTHS[match[1]], match[3], event)
    if match := _MONTH_END.search(low):
        return _in_year(0, MONTHS[match[1]], match[2], event)
    if match := re.search(rf"\b{DAY_MONTH}$", low):
        day, month = re.split(r"[./-]", match[0])
        return _in_year(int(day), int(month), None, event)
    if match := re.search(r"\b(?:christmas|nadolig)(?: (20\d\d))?\b(?! holiday| nesaf)", low):
        return _in_year(25, 12, match[1], event)
    if event and (match := re.search(r"\b(\d{1,2})(?:st|nd|rd|th)$", low)):
        this = _safe_date(event.year, event.month, int(match[1]))
        first = event.replace(day=1) + timedelta(days=31)
        return this if this and this >= event else _safe_date(first.year, first.month, int(match[1]))
    return None


def _parse_span(low: str, event: date) -> date | None:  # noqa: PLR0911 - one return per form of span
    """A day told by its distance from the event, or the last day of a period that is."""
    if re.search(r"\b(?:today|tonight|heddiw|heno)\b", low):
        return event
    if re.search(r"\b(?:tomorrow|yfory)\b", low):
        return event + timedelta(days=1)
    month = re.search(r"\b(?:end of (?:the |this )?month|this month|within the month|diwedd y mis|y mis (?:yma|hwn))\b", low)
    if month or re.search(r"\b(?:next month|mis nesaf)\b", low):
        first = event.replace(day=1) + timedelta(days=0 if month else 31)
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    if re.search(r"\bend of (?:the |this )?year\b|\bthis year\b|diwedd y flwyddyn", low):
        return date(event.year, 12, 31)
    if re.search(r"\bend of (?:the |this )?financial year\b", low):
        return _in_year(31, 3, None, event)
    if match := re.search(
        r"\b(?:within|in|o fewn) (?:the next )?(\d{1,2}|[a-z]+) (day|week|fortnight|month|diwrnod|wythnos|mis)s?(?:au)?\b", low
    ):
        number = int(match[1]) if match[1].isdigit() else NUMBERS.get(match[1], 0)
        return _move_on(event, number, match[2]) if number else None
    if (match := re.search(r"\b(?:by|on|due|erbyn)(?: \S+(?:am|pm))? (?:dydd )?([a-z]+)$", low)) and match[1] in WEEKDAYS:
        return event + timedelta(days=(WEEKDAYS[match[1]] - event.weekday() - 1) % 7 + 1)
    return None


def _move_on(event: date, number: int, unit: str) -> date | None:
    if unit in {"month", "mis"}:
        months = event.month - 1 + number
        year, month = event.year + months // 12, months % 12 + 1
        return _safe_date(year, month, min(event.day, calendar.monthrange(year, month)[1]))
    return event + timedelta(days=number * {"fortnight": 14, "week": 7, "wythnos": 7}.get(unit, 1))


DATE_IN_TEXT = re.compile(r"\d{1,2}(?:st|nd|rd|th)?(?: of)? [^\W\d_]+,? 20\d\d|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]20\d\d")
"""A full date."""


def parse_event_date(value: date | str | None) -> date | None:
    """The event's date: a date, or the last full date in a wording such as '14-15 March 2026'. None without one."""
    if value is None or isinstance(value, date):
        return value
    found = DATE_IN_TEXT.findall(plain(value))
    return parse_due(found[-1], None) if found else None


def _in_year(day: int, month: int, year: str | None, event: date | None) -> date | None:
    """A day of a month (0: the last), in the year named or the first one on or after the event."""
    if year is None and event is None:
        return None
    first = int(year) if year is not None else (event.year if event else 0)
    for y in (first,) if year is not None else (first, first + 1):
        found = _safe_date(y, month, day or calendar.monthrange(y, month)[1])
        if found and (event is None or year is not None or found >= event):
            return found
    return None


def _safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
