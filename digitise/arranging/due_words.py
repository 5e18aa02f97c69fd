"""How people write when something is due, English and Welsh, as patterns. Matched without regard to case."""

from __future__ import annotations

import re

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan ionawr", "february feb chwefror", "march mar mawrth fawrth", "april apr ebrill", "may mai fai",
            "june jun mehefin fehefin", "july jul gorffennaf orffennaf", "august aug awst", "september sept sep medi fedi",
            "october oct hydref", "november nov tachwedd dachwedd", "december dec rhagfyr ragfyr",
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
NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12,
           "un": 1, "dau": 2, "dwy": 2, "tri": 3, "tair": 3, "pedwar": 4, "chwech": 6}  # fmt: skip

_MONTH = "(?:" + "|".join(sorted((m for m in MONTHS if m not in {"may", "mar", "mai", "fai"}), key=len, reverse=True)) + "|may|mai|fai)"
_DAY_NAME = (
    "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|fri"
    "|dydd (?:llun|mawrth|mercher|iau|gwener|sadwrn|sul))"
)
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th|af|ain|fed|eg|ydd)?)"
_YEAR = r"(?:\s*,?\s*(?:20)\d\d)?"
_SPELL = r"(?:days?|weeks?|months?|years?|fortnight|diwrnod|wythnos|mis|blwyddyn|fisoedd|wythnosau)"
_OCCASION = (
    r"(?:(?:\w+ )?(?:meeting|session|workshop|event|forum|committee|review|conference|agm|board|panel|half[- ]term)"
    r"|week|month|quarter|year|term|spring|summer|autumn|winter)"
)
_MEETING = r"(?:(?:\w+ )?(?:meeting|session|workshop|event|review|conference|agm|half[- ]term))"
"""What only happens. A board, a forum or a panel may be whoever asked: 'points raised by the Board'."""
_SEASON = r"(?:spring|summer|autumn|winter|easter|christmas|half[- ]term|school|bank)"
_WEEK_OF = (
    r"(?:w/c|w/b|week (?:commencing|beginning)|w/d|wythnos yn (?:dechrau|cychwyn))"
    rf" (?:{_DAY_NAME},? )?{_DAY}(?: of)?(?: {_MONTH})?{_YEAR}"
)
_CLOCK = r"(?:(?:\d{1,2}(?:[.:]\d\d)? ?(?:am|pm)|noon|midday) (?:on )?)?"
DAY_MONTH = r"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])(?![\d/.-])"
"""'12/3'. As often a fraction or a bus, so it needs 'by' or the like before it."""

WHEN = (
    r"(?:\d{4}-\d\d-\d\d"
    r"|\d{1,2}[./]\d{1,2}[./](?:20)?\d\d"
    rf"|{_WEEK_OF}"
    rf"|{_CLOCK}(?:{_DAY_NAME},? )?(?:the )?{_DAY}(?: of)? {_MONTH}{_YEAR}"
    rf"|(?:the )?(?:end|start|beginning|middle) of (?:the |this |next )?(?:{_MONTH}{_YEAR}|week|month|year|term|quarter"
    rf"|financial year|school year|summer|day|project|20\d\d)"
    rf"|(?:mid|early|late)[- ](?:{_MONTH}{_YEAR}|(?:spring|summer|autumn|winter))"
    rf"|{_MONTH} {_DAY}(?![\d:]){_YEAR}"
    rf"|{_MONTH}{_YEAR}"
    rf"|(?:the |our |this )?next {_OCCASION}|(?:the )?(?:following|coming) {_OCCASION}"
    rf"|{_CLOCK}(?:next |this )?{_DAY_NAME}(?: {_DAY}(?!\w))?"
    rf"|q[1-4](?:\s*(?:20\d\d|\d\d/\d\d))?|tomorrow|(?:easter|christmas){_YEAR}"
    rf"|(?:the )?{_SEASON} holidays|(?:the )?(?:spring|summer|autumn|winter)(?: term| 20\d\d)?|(?:the )?new year"
    rf"|(?:the next |the )?(?:\d{{1,2}}(?: ?[-–] ?\d{{1,2}})?|an?|{'|'.join(k for k in NUMBERS if len(k) > 2)}) {_SPELL}(?:' time)?"
    r"|20\d\d"
    rf"|(?:ddiwedd|diwedd) (?:y (?:mis|flwyddyn|tymor|wythnos)|(?:mis )?{_MONTH}{_YEAR})|y cyfarfod nesaf|cyfarfod nesaf"
    rf"|yr? (?:wythnos|mis|haf|pasg|nadolig|tymor|flwyddyn) nesaf|(?:tymor|wythnos|mis) nesaf|y nadolig|y pasg|yr haf"
    rf"|(?:mis ){_MONTH}{_YEAR})"
)
_PREPOSITION = (
    r"(?:by|before|prior to|no later than|until|within|due(?: by| on)?|for|at|on|in|over|from|after|during|ahead of|in time for"
    r"|erbyn|cyn|yn|ar|o fewn|yn ystod)"
)
_STRONG = (
    r"(?:by|before|prior to|no later than|until|till|within|due(?::| by| on)?|deadline:?|when\?|when:?|pryd:|erbyn|cyn|o fewn"
    r"|ahead of|in time for)"
)
_ALONE = (
    r"(?:asap|a\.s\.a\.p\.?|as soon as possible|immediately|straight away|right away|in due course|cyn gynted â phosibl|ar unwaith"
    r"|maes o law)"
)
DUE_STRONG = re.compile(
    rf"(?<!\w){_STRONG} (?:the )?(?:{WHEN}|{DAY_MONTH}|\d{{1,2}}(?:st|nd|rd|th)|half[- ]term|weekend)(?![\w-])"
    rf"|(?<!\w){_STRONG} (?:the|our) {_MEETING}(?![\w-])"
    rf"|(?<!\w)(?:before|prior to|ahead of|in time for|cyn) (?:the|our) {_OCCASION}(?![\w-])",
    re.I,
)
DUE_ALONE = re.compile(rf"(?<!\w){_ALONE}(?!\w)", re.I)
DUE_WEAK = re.compile(
    rf"\b{_PREPOSITION} (?:the )?{WHEN}(?![\w-])(?! meeting| session| event| agm)"
    r"|(?<!\w)(?:the )?next (?:meeting|week|month|year|quarter|term)(?!\w)"
    rf"|\bat (?:the|our) (?:next )?(?:agm|{_MONTH} (?:meeting|session|event|agm))(?!\w)|\bfor the (?:agm|{_MONTH} meeting)(?!\w)"
    rf"|\bthis (?:week|month|term|year|spring|summer|autumn|winter)\b"
    rf"|(?<!\w){_WEEK_OF}(?!\w)|\bwithin the (?:week|month|year)\b|(?<!\w)(?:mid|early|late)[- ]{_MONTH}{_YEAR}(?!\w)"
    rf"|(?<!\w)(?:y )?cyfarfod nesaf(?!\w)|(?<!\w)(?:wythnos|mis|tymor) (?:nesaf|yma|hwn)(?!\w)"
    rf"|\btomorrow\b|\btonight\b|\byfory\b|\btoday\b|\bheddiw\b|\bheno\b"
    rf"|(?<!\w)(?:the )?end of (?:the )?(?:{_MONTH}|month|week){_YEAR}(?!\w)|(?<!\w)diwedd (?:mis )?{_MONTH}(?!\w)",
    re.I,
)
DUE_BARE_END = re.compile(rf"(?:[–—(\[,;:]|(?<!\d)-|->|→)\s*((?:{WHEN}|{DAY_MONTH}))\s*[)\]]?\s*[.!]?$", re.I)
DUE_WHOLE = re.compile(
    rf"(?:(?:{_STRONG}|{_PREPOSITION}) )?(?:the )?(?:{WHEN}|{DAY_MONTH}|{_ALONE}|\d{{1,2}}(?:st|nd|rd|th)|(?:our )?{_MEETING})[.!]?", re.I
)
"""What stands in a 'When' column."""
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
