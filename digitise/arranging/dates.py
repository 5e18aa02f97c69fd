"""When it is due: the wording as written, and a calendar date only where the wording leaves one reading."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from digitise.arranging.wording import as_written, plain

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan ionawr", "february feb chwefror", "march mar mawrth", "april apr ebrill", "may mai", "june jun mehefin",
            "july jul gorffennaf", "august aug awst", "september sept sep medi", "october oct hydref", "november nov tachwedd",
            "december dec rhagfyr",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon llun",
            "tuesday tue tues mawrth",
            "wednesday wed mercher",
            "thursday thu thur thurs iau",
            "friday fri gwener",
            "saturday sat sadwrn",
            "sunday sun sul",
        )
    )
    for name in names.split()
}
NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12,
           "un": 1, "dau": 2, "dwy": 2, "tri": 3, "tair": 3, "pedwar": 4, "chwech": 6}  # fmt: skip

_MONTH = "(?:" + "|".join(sorted((m for m in MONTHS if m not in {"may", "mar", "mai"}), key=len, reverse=True)) + "|may|mai)"
_DAY_NAME = (
    "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|fri"
    "|dydd (?:llun|mawrth|mercher|iau|gwener|sadwrn|sul))"
)
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th|af|ain|fed|eg|ydd)?)"
_YEAR = r"(?:\s*,?\s*(?:20)\d\d)?"
_SPELL = r"(?:days?|weeks?|months?|years?|diwrnod|wythnos|mis|blwyddyn|fisoedd|wythnosau)"
_OCCASION = (
    r"(?:(?:\w+ )?(?:meeting|session|workshop|event|forum|committee|review|conference|agm|board|panel)"
    r"|week|month|quarter|year|term|spring|summer|autumn|winter)"
)

WHEN = (
    r"(?:\d{4}-\d\d-\d\d"
    r"|\d{1,2}[./]\d{1,2}[./](?:20)?\d\d"
    rf"|(?:{_DAY_NAME},? )?(?:the )?{_DAY}(?: of)? {_MONTH}{_YEAR}"
    rf"|(?:the )?(?:end|start|beginning|middle) of (?:the |this |next )?(?:{_MONTH}{_YEAR}|week|month|year|term|quarter"
    rf"|financial year|school year|summer|day|project|20\d\d)"
    rf"|(?:mid|early|late)[- ]{_MONTH}{_YEAR}"
    rf"|{_MONTH} {_DAY}(?![\d:]){_YEAR}"
    rf"|{_MONTH}{_YEAR}"
    rf"|(?:the |our |this )?next {_OCCASION}|(?:the )?(?:following|coming) {_OCCASION}"
    rf"|(?:next |this )?{_DAY_NAME}"
    rf"|q[1-4](?:\s*20\d\d)?|tomorrow|(?:easter|christmas){_YEAR}|(?:the )?(?:spring|summer|autumn|winter)(?: holidays| term| 20\d\d)?"
    rf"|(?:the next |the )?(?:\d{{1,2}}|{'|'.join(k for k in NUMBERS if len(k) > 2)}) {_SPELL}(?:' time)?"
    r"|20\d\d"
    rf"|(?:ddiwedd|diwedd) (?:y (?:mis|flwyddyn|tymor|wythnos)|(?:mis )?{_MONTH}{_YEAR})|y cyfarfod nesaf|cyfarfod nesaf"
    rf"|yr? (?:wythnos|mis|haf|pasg|nadolig) nesaf|y nadolig|y pasg"
    rf"|(?:mis ){_MONTH}{_YEAR})"
)
_PREPOSITION = (
    r"(?:by|before|prior to|no later than|until|within|due(?: by| on)?|for|at|on|in|over|from|after|during|ahead of|in time for"
    r"|erbyn|cyn|yn|ar|o fewn)"
)
_STRONG = r"(?:by|before|prior to|no later than|until|within|due(?: by| on)?|deadline:?|when:?|erbyn|cyn|o fewn|ahead of|in time for)"
ALONE = r"(?:asap|a\.s\.a\.p\.?|as soon as possible|immediately|straight away|cyn gynted â phosibl|ar unwaith)"
DUE_STRONG = re.compile(rf"\b{_STRONG} (?:the )?(?:{WHEN}|(?:the|our) {_OCCASION})(?![\w-])", re.I)
DUE_ALONE = re.compile(rf"(?<!\w){ALONE}(?!\w)", re.I)
DUE_WEAK = re.compile(
    rf"\b{_PREPOSITION} (?:the )?{WHEN}(?![\w-])|(?<!\w)(?:the )?next (?:meeting|week|month|year|quarter|term)(?!\w)"
    rf"|\bthis (?:week|month|term|year)\b"
    rf"|(?<!\w)(?:y )?cyfarfod nesaf(?!\w)|(?<!\w)(?:wythnos|mis) nesaf(?!\w)|\btomorrow\b|\byfory\b|\btoday\b|\bheddiw\b"
    rf"|(?<!\w)(?:the )?end of (?:the )?(?:{_MONTH}|month){_YEAR}(?!\w)|(?<!\w)diwedd (?:mis )?{_MONTH}(?!\w)",
    re.I,
)
DUE_BARE_END = re.compile(rf"(?:[–—(\[,;:-]|->|→)\s*((?:{WHEN}))\s*[)\]]?\s*[.!]?$", re.I)


DUE_RECURRING = re.compile(
    r"\b(?:on )?the (?:first|second|third|fourth|last) (?:mon|tues|wednes|thurs|fri|satur|sun)day(?: of (?:each|every|the) month)?\b"
    r"|\b(?:on|every|each|bob) (?:dydd (?:llun|mawrth|mercher|iau|gwener|sadwrn|sul)|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|fortnight|week|month|quarter|wythnos|mis)\b"
    r"|\bon (?:\w+ )?(?:mornings|afternoons|evenings|nights|weekdays|weekends)\b"
    r"|\b(?:over|through|during) the (?:spring|summer|autumn|winter|holidays)\b"
    r"|\b(?:dros|trwy|yn ystod) yr? (?:gwanwyn|haf|hydref|gaeaf|gwyliau)\b",
    re.I,
)
"""A rhythm rather than a date; told where the note has nothing nearer to one."""


def find_due(text: str) -> str | None:
    """The wording of an action's date as written ('by end of March', 'at the next meeting', 'asap'); None when there is none."""
    line = plain(text)
    for pattern in (DUE_STRONG, DUE_ALONE, DUE_BARE_END, DUE_WEAK, DUE_RECURRING):
        if matches := [m for m in pattern.finditer(line) if not _is_past_or_topic(line, m)]:
            match = matches[0]
            return as_written((match.group(1) if pattern is DUE_BARE_END else match.group(0)).strip(" ,."), text)
    return None


def _is_past_or_topic(line: str, match: re.Match[str]) -> bool:
    """'from the meeting in March', 'data for 2010': a time that the action is about, not when it is due."""
    wording = match.group(0).casefold()
    if re.match(r"(?:from|in|for|during|over|after|at|on) (?:the )?20\d\d$", wording) and not line.rstrip(" .").endswith(match.group(0)):
        return True
    if wording.startswith("from ") and line.rstrip(" .").endswith(match.group(0)) and not line[: match.start()].endswith("meeting "):
        return False
    return bool(re.match(r"(?:from|since) |(?:for|over|during) (?:the )?(?:next )?\w+ (?:day|week|month|year)s?$", wording))


def parse_due(wording: str | None, event: date | None) -> date | None:  # noqa: PLR0911 - one return per form of date
    """The calendar date of a due wording, or None where it has more than one reading.

    Day before month, as in Wales and England. A date without a year is the first such day on or after the event. 'Q2' (calendar or
    financial), 'next Friday' (this week's or the one after), 'by March' (its start or its end) stay without a date.
    """
    low = plain(wording or "").casefold()
    if match := re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", low):
        return _safe_date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.search(r"\b(\d{1,2})[./](\d{1,2})[./]((?:20)?\d\d)\b", low):
        return _safe_date(int(match[3]) % 100 + 2000, int(match[2]), int(match[1]))
    month = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
    if match := re.search(rf"\b(\d{{1,2}})(?:st|nd|rd|th|af|ain|fed|eg|ydd)?(?: of)? {month}\b(?:,? (20\d\d))?", low):
        return _in_year(int(match[1]), MONTHS[match[2]], match[3], event)
    if match := re.search(rf"\b{month} (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (20\d\d))?", low):
        return _in_year(int(match[2]), MONTHS[match[1]], match[3], event)
    if match := re.search(rf"\b(?:end of|ddiwedd|diwedd) (?:mis )?{month}\b(?:,? (20\d\d))?", low):
        return _in_year(0, MONTHS[match[1]], match[2], event)
    if event is None:
        return None
    if re.search(r"\bend of (?:the |this )?month\b|diwedd y mis", low):
        return _safe_date(event.year, event.month, calendar.monthrange(event.year, event.month)[1])
    if re.search(r"\btomorrow\b|\byfory\b", low):
        return event + timedelta(days=1)
    if match := re.search(r"\b(?:within|in|o fewn) (?:the next )?(\d{1,2}|[a-z]+) (day|week|diwrnod|wythnos)(?:s|au)?\b", low):
        number = int(match[1]) if match[1].isdigit() else NUMBERS.get(match[1], 0)
        return event + timedelta(days=number * (7 if match[2] in {"week", "wythnos"} else 1)) if number else None
    if (match := re.search(r"\b(?:by|before|on|erbyn|cyn) (?:dydd )?([a-z]+)$", low)) and (match[1] in WEEKDAYS) and "before" not in low:
        return event + timedelta(days=(WEEKDAYS[match[1]] - event.weekday() - 1) % 7 + 1)
    return None


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
