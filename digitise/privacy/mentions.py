"""What a text says of people: names, telephone numbers, e-mail addresses, postcodes; each with the reason why it is taken for one.

Names are told by titles ('Cllr Price'), given names ('Siân Rees', 'Tegwen'), 'ap' and the like, what the event's settings list, and, not
surely, by standing where notes name people ('Contact: Idris'). What is not sure is listed for a person and never replaced by itself.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

from digitise.privacy.name_words import (
    COMMON_SURNAMES,
    DOUBLE_NAMES,
    GIVEN_NAMES,
    NO_SURNAMES,
    OF_PLACES_BEFORE,
    OF_PLACES_BEHIND,
    SURNAMES,
    TIMES_OF_YEAR,
    TITLES,
)

MentionKind = Literal["name", "phone", "email", "postcode"]

EMAIL = re.compile(r"[\w.+%-]+ ?@ ?[\w-]+(?: ?\. ?[a-zA-Z][\w-]+)+")
"""With a blank where a recogniser likes to put one."""
PHONE = re.compile(r"(?<![\w.])(?:\+ ?44|0044|\(?[0O])[\dOolI ().–-]{7,16}[\dOolI](?!\w)")
"""A British number, national or with its country; 'O' and 'l' are how zeros and ones of handwriting are read."""
SHORT_PHONE = re.compile(
    r"\b(?:tel|telephone|phone|mobile|mob|ring|call|text|ffôn|ffon|symudol|ffoniwch)\b[.:]? *(\d[\d ]{3,9}\d)(?!\w)", re.I
)
"""A number without its area's code, behind a word for it."""
PHONE_DIGITS = range(10, 12)
LEAST_TRUE_DIGITS = 7
POSTCODE = re.compile(r"\b[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")
TOKEN = re.compile(r"[^\W\d_][\w'’.-]*[^\W_]|[^\W\d_]")
"""A word as names have them: O'Neill, Mary-Ann, J.B."""
INITIALS = re.compile(r"(?:[^\W\d_]\.?){1,2}|(?:[^\W\d_]\.)+[^\W\d_]")
"""Also what a name was replaced by: it must stay as it is."""
POSSESSIVE = re.compile(r"['’][sS]?$")
JOINED_BY = re.compile(r"[ \n\t]+$")
"""What may stand between two words of one name."""
WELSH_SONS = frozenset(("ap", "ab", "ferch", "verch"))
CALLED = re.compile(
    r"\b(?:contact|facilitator|host|scribe|chair|name|my name is|i am|cyswllt|enw|fy enw i yw|hwylusydd)\s*[:–-]?\s+$", re.I
)
MOST_WORDS = 4
LEAST_MISREAD = 4
"""Letters of a word that may be misread by one: of shorter ones too many words differ by one."""


class Mention(NamedTuple):
    """Something in a text by which a person can be known."""

    kind: MentionKind
    start: int
    end: int
    text: str
    reason: str
    sure: bool
    """False: listed for a person to decide, and left as it is."""


class Known(NamedTuple):
    """What is known of an event's people."""

    people: tuple[str, ...] = ()
    """Names that are people's, wherever they stand, longest first."""
    parts: frozenset[str] = frozenset()
    """Words of these names that are people's where they stand alone, too, folded."""
    double: frozenset[str] = frozenset()
    """Those of them that are common words besides: people's only behind a title or as an owner."""
    allow: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()
    """Names that some note of the event tells, longest first: so other notes need not."""


def know_people(people: Collection[str], allow: Collection[str] = ()) -> Known:
    """The event's settings, made ready for `find_mentions`."""
    people = [unicodedata.normalize("NFC", name) for name in people]
    words = {_fold(w) for name in people for w in TOKEN.findall(name) if len(w) > 1 and _fold(w) not in NO_SURNAMES | TITLES | WELSH_SONS}
    single = {_fold(name) for name in people if len(name.split()) == 1}
    double = {w for w in words - single if w in DOUBLE_NAMES or w in COMMON_SURNAMES}
    ordered = tuple(sorted(dict.fromkeys(" ".join(n.split()) for n in people), key=lambda n: (-len(n), n)))
    return Known(ordered, frozenset(words - double), frozenset(double), tuple(allow))


def find_mentions(text: str, known: Known, *, owners: Sequence[str] = ()) -> list[Mention]:
    """All that a text says of people, in its order, without overlaps. owners: who is to do what the text says, as it says it."""
    allowed = [m.span() for m in _spell(known.allow).finditer(text)] if known.allow else []
    found: list[Mention] = []
    candidates = (*_listed(text, known), *_nearly_listed(text, known), *_numbers(text), *_named(text, known, owners))
    for mention in sorted(candidates, key=lambda m: not m.sure):  # in this order, but what is sure before what is not
        taken = [(m.start, m.end) for m in found]
        if _overlaps(mention, taken) or (mention.reason not in (LISTED, NEARLY) and _overlaps(mention, allowed)):
            continue
        found.append(mention)
    return sorted(found, key=lambda m: m.start)


LISTED = "listed in event.toml"
LEARNED = "a name that another note tells"
NEARLY = "nearly a name that event.toml or another note tells"


def _overlaps(mention: Mention, spans: Sequence[tuple[int, int]]) -> bool:
    return any(mention.start < end and start < mention.end for start, end in spans)


def _listed(text: str, known: Known) -> Iterator[Mention]:
    for names, reason in ((known.people, LISTED), (known.learned, LEARNED)):
        for match in _spell(names).finditer(text) if names else ():
            yield Mention("name", *match.span(), match.group(), reason, True)


def _nearly_listed(text: str, known: Known) -> Iterator[Mention]:
    """Known names of two words and more of which one was misread by a letter: 'Tegven Bowen'."""
    names = _by_part((*known.people, *known.learned))
    tokens = [(m.start(), m.end(), m.group()) for m in TOKEN.finditer(text)] if names else []
    for place, (_, _, word) in enumerate(tokens):
        for parts, nth in names.get(_bare(word), ()):
            first = place - nth
            run = tokens[first : first + len(parts)] if first >= 0 else []
            if len(run) < len(parts) or any(text[a[1] : b[0]].strip() for a, b in itertools.pairwise(run)):
                continue
            far = [Levenshtein.distance(_bare(t), part) for (_, _, t), part in zip(run, parts, strict=True)]
            if sum(far) == 1 and len(parts[far.index(1)]) >= LEAST_MISREAD:
                end = _without_possessive(text, run[0][0], run[-1][1])
                yield Mention("name", run[0][0], end, text[run[0][0] : end], NEARLY, True)


@functools.lru_cache(maxsize=8)
def _by_part(names: tuple[str, ...]) -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """Each word of a name of several words -> all words of that name, and which of them it is."""
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for name in names:
        parts = tuple(_bare(w) for w in TOKEN.findall(name))
        for nth, part in enumerate(parts if len(parts) > 1 else ()):
            found.setdefault(part, []).append((parts, nth))
    return found


def _bare(word: str) -> str:
    """A word without its accents, which are misread before anything else."""
    return "".join(c for c in unicodedata.normalize("NFD", _fold(word)) if not unicodedata.combining(c))


@functools.lru_cache(maxsize=8)
def _spell(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of some names, the longest first, in any case, over any blanks and line breaks."""
    spelled = (r"\s+".join(_accents_or_not(part) for part in name.split()) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(spelled)})(?!\w)", re.I)


def _accents_or_not(word: str) -> str:
    """A pattern for a word whose accents may have been overlooked: 'Siân' or 'Sian'."""
    plain = (unicodedata.normalize("NFD", c)[0] for c in word)
    return "".join(re.escape(c) if c == p else f"[{re.escape(c)}{re.escape(p)}]" for c, p in zip(word, plain, strict=True))


def _numbers(text: str) -> Iterator[Mention]:
    for match in EMAIL.finditer(text):
        yield Mention("email", *match.span(), match.group(), "an e-mail address", True)
    for match in PHONE.finditer(text):
        true = sum(c.isdigit() for c in match.group())
        digits = len(re.sub(r"[^\dOolI]", "", re.sub(r"^(?:\+ ?44|0044) ?(?:\(0\))?", "0", match.group())))
        if digits in PHONE_DIGITS and true >= LEAST_TRUE_DIGITS:
            yield Mention("phone", *match.span(), match.group(), "a telephone number", True)
    for match in SHORT_PHONE.finditer(text):
        yield Mention("phone", *match.span(1), match.group(1), "a number behind a word for telephone", True)
    for match in POSTCODE.finditer(text):
        yield Mention("postcode", *match.span(), match.group(), "a postcode", True)


def _named(text: str, known: Known, owners: Sequence[str]) -> Iterator[Mention]:
    tokens = [(m.start(), m.end(), m.group()) for m in TOKEN.finditer(text)]
    place = 0
    while place < len(tokens):
        taken, reason, sure = _look_at(text, tokens, place, known)
        if taken:
            start, end = tokens[place][0], _without_possessive(text, tokens[place][0], tokens[place + taken - 1][1])
            yield Mention("name", start, end, text[start:end], reason, sure)
        place += max(1, taken)
    for owner in owners:
        words = [_fold(w) for w in TOKEN.findall(owner)]
        if not words or any(w in TITLES for w in words) or len(words) > MOST_WORDS or not _is_capital(owner):
            continue
        is_given = words[0] in GIVEN_NAMES | DOUBLE_NAMES | known.parts | known.double
        sure = is_given and (len(words) == 1 or words[-1] not in OF_PLACES_BEHIND)
        for match in re.finditer(r"(?<!\w)" + r"\s+".join(re.escape(p) for p in owner.split()) + r"(?!\w)", text):
            reason = "an owner with a given name" if sure else "an owner: a person or a body"
            yield Mention("name", *match.span(), match.group(), reason, sure)


Token = tuple[int, int, str]


def _look_at(text: str, tokens: Sequence[Token], place: int, known: Known) -> tuple[int, str, bool]:  # noqa: PLR0911 - one return per rule
    """How many words from `place` on are one name, 0 for none; why; whether it is sure."""
    start, _, word = tokens[place]
    folded = _fold(word)
    before = _fold(tokens[place - 1][2]) if place and JOINED_BY.search(text[tokens[place - 1][1] : start].lstrip(".")) else ""
    if before in OF_PLACES_BEFORE or (folded in NO_SURNAMES and folded not in DOUBLE_NAMES):
        return 0, "", False
    length = _surnames(text, tokens, place)
    if _is_of_a_place(text, tokens, place, length):
        return 0, "", False
    if before in TITLES and _is_capital(word) and not INITIALS.fullmatch(word):
        is_sure = not _shouts(word) or folded in SURNAMES | COMMON_SURNAMES | GIVEN_NAMES | DOUBLE_NAMES
        return length, f"behind the title '{tokens[place - 1][2]}'", is_sure
    if folded in known.parts:
        return length if _is_capital(word) else 1, "part of a name listed in event.toml", True
    if folded in GIVEN_NAMES or (folded.split("-")[0] in GIVEN_NAMES and all(_is_capital(part) for part in word.split("-"))):
        return (length, "a given name with a surname", True) if length > 1 else (1, "a given name", True)
    if folded in DOUBLE_NAMES | known.double and _is_capital(word) and length > 1 and not _shouts(word):
        return length, "a given name with a surname", _is_surname_for_sure(tokens, place)
    if length > 1 and _fold(tokens[place + 1][2]) in WELSH_SONS:
        return length, "'ap' or the like between two names", True
    if _is_capital(word) and CALLED.search(text[:start]):
        return length, "behind a word for a person", False
    if length > 1 and _is_capital(word) and not _shouts(word) and folded not in TITLES and _fold(tokens[place + 1][2]) in SURNAMES:
        return length, "before a surname", False
    if (
        folded in DOUBLE_NAMES - TIMES_OF_YEAR
        and _is_capital(word)
        and not _shouts(word)
        and before
        and not text[:start].rstrip().endswith((".", "!", "?"))
    ):
        return 1, "a given name or a common word", False
    return 0, "", False


def _surnames(text: str, tokens: Sequence[Token], place: int) -> int:
    """Words of the name that begins at `place`: those behind it that are known names, and one capitalised word that nothing contradicts.

    Of 'Gareth Bring Cakes' only the first word is a name: a second capital behind it means that all words are written with one.
    """
    length = 1
    shouting = _shouts(tokens[place][2])
    while place + length < len(tokens) and length < MOST_WORDS:
        start, _, word = tokens[place + length]
        last = tokens[place + length - 1][2]
        gap = text[tokens[place + length - 1][1] : start]
        folded = _fold(word)
        if not JOINED_BY.fullmatch(gap) or POSSESSIVE.search(last) or (not _is_capital(word) and folded not in WELSH_SONS):
            break
        if folded in WELSH_SONS:
            if not (place + length + 1 < len(tokens) and _is_capital(tokens[place + length + 1][2])):
                break
            length += 2
            continue
        if folded in SURNAMES or (folded in GIVEN_NAMES | DOUBLE_NAMES and folded not in NO_SURNAMES):
            length += 1
            continue
        if len(word) == 1 and _is_followed_by_capital(text, tokens, place + length):
            length += 2  # an initial between two names
            continue
        unknown = folded in NO_SURNAMES or "\n" in gap or shouting or (_shouts(word) and len(word) > 1)
        return length if unknown or _is_followed_by_capital(text, tokens, place + length) else length + 1
    return length


def _shouts(word: str) -> bool:
    return word.isupper() and len(word) > 1


def _is_followed_by_capital(text: str, tokens: Sequence[Token], place: int) -> bool:
    if place + 1 >= len(tokens):
        return False
    gap = text[tokens[place][1] : tokens[place + 1][0]]
    return bool(JOINED_BY.fullmatch(gap)) and "\n" not in gap and _is_capital(tokens[place + 1][2])


def _is_of_a_place(text: str, tokens: Sequence[Token], place: int, length: int) -> bool:
    """'George Street', 'Alexandra Road': the last word, or the one behind, is a place's."""
    if length > 1 and _fold(tokens[place + length - 1][2]) in OF_PLACES_BEHIND:
        return True
    behind = place + length
    if behind >= len(tokens) or length > 1:
        return False
    gap = text[tokens[behind - 1][1] : tokens[behind][0]]
    return gap == " " and _fold(tokens[behind][2]) in OF_PLACES_BEHIND and not POSSESSIVE.search(tokens[place][2])


def _is_surname_for_sure(tokens: Sequence[Token], place: int) -> bool:
    """'Mark Lewis' but not 'May Fair': only where the second word is no common word, as far as is known here."""
    second = _fold(tokens[place + 1][2])
    return second in SURNAMES or second in GIVEN_NAMES


def _fold(word: str) -> str:
    return POSSESSIVE.sub("", word.casefold()).strip(".'’")


def _is_capital(word: str) -> bool:
    return word[:1].isupper()


def _without_possessive(text: str, start: int, end: int) -> int:
    tail = POSSESSIVE.search(text[start:end])
    return start + tail.start() if tail else end
