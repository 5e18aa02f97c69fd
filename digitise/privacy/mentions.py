"""What a text says of people: names, telephone numbers, e-mail addresses, postcodes; each with the reason why it is taken for one.

Names are told by titles ('Cllr Price'), given names ('Siân Rees', 'Tegwen'), 'ap' and the like, what the event's settings list, and, not
surely, by standing where notes name people ('Contact: Idris'). What is not sure is listed for a person and never replaced by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, NamedTuple

from digitise.privacy.known_names import (
    POSSESSIVE,
    TOKEN,
    compose_letters,
    find_nearly_spelled,
    find_spelled,
    fold_word,
    without_possessive,
)
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
POSTCODE = re.compile(
    r"\b(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? {0,2}\d[ABD-HJLNP-UW-Z]{2}|(?i:[a-z]{2}\d\d? +\d(?!nd|rd|st|th)[abd-hjlnp-uw-z]{2}))\b"
)
"""In small letters only where it can hardly be anything else: 'cf37 2dl', not 'q1 2nd'."""
INITIALS = re.compile(r"(?:[^\W\d_]\.?){1,2}|(?:[^\W\d_]\.)+[^\W\d_]")
"""Also what a name was replaced by: it must stay as it is."""
JOINED_BY = re.compile(r"[ \n\t]+$")
"""What may stand between two words of one name."""
WELSH_SONS = frozenset(("ap", "ab", "ferch", "verch"))
CALLED = re.compile(
    r"\b(?:contact|facilitator|host|scribe|chair|name|my name is|i am|cyswllt|enw|fy enw i yw|hwylusydd)\s*[:–-]?\s+$", re.I
)
MOST_WORDS = 4
SMALL_TITLES = frozenset(("cllr", "cyng", "mr", "mrs", "ms"))
"""Titles that are no words, so that a surname behind one may be in small letters."""
WORDS_OF_ONE_LETTER = frozenset("AIOY")
"""Of the two languages: 'A Morris dance'."""


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
    words = {
        fold_word(w) for name in people for w in TOKEN.findall(name) if len(w) > 1 and fold_word(w) not in NO_SURNAMES | TITLES | WELSH_SONS
    }
    single = {fold_word(name) for name in people if len(name.split()) == 1}
    double = {w for w in words - single if w in DOUBLE_NAMES or w in COMMON_SURNAMES}
    ordered = tuple(sorted(dict.fromkeys(" ".join(n.split()) for n in people), key=lambda n: (-len(n), n)))
    return Known(ordered, frozenset(words - double), frozenset(double), tuple(allow))


def find_mentions(text: str, known: Known, *, owners: Sequence[str] = ()) -> list[Mention]:
    """All that a text says of people, in its order, without overlaps. owners: who is to do what the text says, as it says it."""
    text, places = compose_letters(text)
    allowed = list(find_spelled(text, known.allow))
    found: list[Mention] = []
    candidates = (*_numbers(text), *_listed(text, known), *_nearly_listed(text, known), *_named(text, known, owners))
    for mention in sorted(candidates, key=lambda m: not m.sure):  # in this order, but what is sure before what is not
        left = mention if mention.reason in (LISTED, NEARLY) else _without_allowed(mention, allowed)
        if left is not None and not _overlaps(left, [(m.start, m.end) for m in found]):
            found.append(left)
    return [m._replace(start=places[m.start], end=places[m.end]) for m in sorted(found, key=lambda m: m.start)]


LISTED = "listed in event.toml"
LEARNED = "a name that another note tells"
NEARLY = "nearly a name that event.toml or another note tells"


def _without_allowed(mention: Mention, allowed: Sequence[tuple[int, int]]) -> Mention | None:
    """What of a mention does not stay: of 'Siân Interlink' the name before the allowed body; None for nothing."""
    inside = [(start, end) for start, end in allowed if mention.start < end and start < mention.end]
    if mention.kind != "name":
        # an address is not allowed for the sake of a word in it
        return None if any(start <= mention.start and mention.end <= end for start, end in inside) else mention
    first = min((start for start, _ in inside), default=mention.end)
    text = mention.text[: max(0, first - mention.start)].rstrip()
    return mention._replace(end=mention.start + len(text), text=text) if text else None


def _overlaps(mention: Mention, spans: Sequence[tuple[int, int]]) -> bool:
    return any(mention.start < end and start < mention.end for start, end in spans)


def _listed(text: str, known: Known) -> Iterator[Mention]:
    for names, reason in ((known.people, LISTED), (known.learned, LEARNED)):
        for start, end in find_spelled(text, names):
            yield Mention("name", start, end, text[start:end], reason, True)


def _nearly_listed(text: str, known: Known) -> Iterator[Mention]:
    for start, end in find_nearly_spelled(text, (*known.people, *known.learned)):
        yield Mention("name", start, end, text[start:end], NEARLY, True)


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
            start, end = tokens[place][0], without_possessive(text, tokens[place][0], tokens[place + taken - 1][1])
            yield Mention("name", start, end, text[start:end], reason, sure)
        place += max(1, taken)
    for owner in owners:
        words = [fold_word(w) for w in TOKEN.findall(owner)]
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
    folded = fold_word(word)
    before = fold_word(tokens[place - 1][2]) if place and JOINED_BY.search(text[tokens[place - 1][1] : start].lstrip(".")) else ""
    if before in OF_PLACES_BEFORE or (folded in NO_SURNAMES and folded not in DOUBLE_NAMES):
        return 0, "", False
    length = _surnames(text, tokens, place)
    if _is_of_a_place(text, tokens, place, length):
        return 0, "", False
    if INITIALS.fullmatch(word) and word.isupper():
        return _look_at_initials(text, tokens, place, title=before in TITLES)
    if before in TITLES and (_is_capital(word) or (before in SMALL_TITLES and folded in SURNAMES | COMMON_SURNAMES)):
        is_sure = not _shouts(word) or folded in SURNAMES | COMMON_SURNAMES | GIVEN_NAMES | DOUBLE_NAMES
        return length, f"behind the title '{tokens[place - 1][2]}'", is_sure
    if folded in known.parts:
        return length if _is_capital(word) else 1, "part of a name listed in event.toml", True
    if folded in GIVEN_NAMES or (folded.split("-")[0] in GIVEN_NAMES and all(_is_capital(part) for part in word.split("-"))):
        return (length, "a given name with a surname", True) if length > 1 else (1, "a given name", True)
    if folded in DOUBLE_NAMES | known.double and _is_capital(word) and length > 1 and not _shouts(word):
        return length, "a given name with a surname", _is_surname_for_sure(tokens, place)
    if length > 1 and fold_word(tokens[place + 1][2]) in WELSH_SONS:
        return length, "'ap' or the like between two names", True
    if _is_capital(word) and CALLED.search(text[:start]):
        return length, "behind a word for a person", False
    if length > 1 and _is_capital(word) and not _shouts(word) and folded not in TITLES and fold_word(tokens[place + 1][2]) in SURNAMES:
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


def _look_at_initials(text: str, tokens: Sequence[Token], place: int, *, title: bool) -> tuple[int, str, bool]:
    """'J. Evans' and 'Cllr J.B. Featherstone', as `_look_at` gives a name. What a name was replaced by, 'S.R.', stays as it is."""
    last = place
    while last - place < MOST_WORDS and last < len(tokens) and INITIALS.fullmatch(tokens[last][2]) and tokens[last][2].isupper():
        last += 1
    if last >= len(tokens) or not re.fullmatch(r"\.?[ \t]*", text[tokens[last - 1][1] : tokens[last][0]]):
        return 0, "", False
    word = tokens[last][2]
    folded = fold_word(word)
    if not _is_capital(word) or folded in NO_SURNAMES or folded in OF_PLACES_BEHIND:
        return 0, "", False
    length = last - place + _surnames(text, tokens, last)
    is_dotted = "." in text[tokens[place][0] : tokens[last][0]]
    first = tokens[place][2]
    is_word = first in WORDS_OF_ONE_LETTER or (len(first) > 1 and _shouts(word))  # 'TO LEWIS'
    if folded in SURNAMES and (title or is_dotted or not is_word):
        return length, "initials with a surname", True
    if title:
        is_sure = folded in COMMON_SURNAMES or not (_shouts(word) or _is_followed_by_capital(text, tokens, last))
        return length, f"behind the title '{tokens[place - 1][2]}'", is_sure
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
        folded = fold_word(word)
        is_small = not _is_capital(word) and folded not in WELSH_SONS
        if gap == "." and folded in SURNAMES:  # 'sian.rees'
            length += 1
            continue
        if is_small and tokens[place][2].islower() and folded in SURNAMES and JOINED_BY.fullmatch(gap):
            length += 1  # who writes 'jane smith' writes no capitals
            continue
        if not JOINED_BY.fullmatch(gap) or POSSESSIVE.search(last) or is_small:
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
    if length > 1 and fold_word(tokens[place + length - 1][2]) in OF_PLACES_BEHIND:
        return True
    behind = place + length
    if behind >= len(tokens) or length > 1:
        return False
    gap = text[tokens[behind - 1][1] : tokens[behind][0]]
    return gap == " " and fold_word(tokens[behind][2]) in OF_PLACES_BEHIND and not POSSESSIVE.search(tokens[place][2])


def _is_surname_for_sure(tokens: Sequence[Token], place: int) -> bool:
    """'Mark Lewis' but not 'May Fair': only where the second word is no common word, as far as is known here."""
    second = fold_word(tokens[place + 1][2])
    return second in SURNAMES or second in GIVEN_NAMES


def _is_capital(word: str) -> bool:
    return word[:1].isupper()
