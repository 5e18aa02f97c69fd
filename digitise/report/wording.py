"""How participants' words are set for reading: sentence case for marker capitals, doubtful words found again, safe text.

Words are never replaced, added or translated here; only letter case and stops at a piece's end change.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from wordfreq import zipf_frequency

from digitise.model import Note, Word
from digitise.phrases import bare_token
from digitise.report.bilingual import join_sides
from digitise.report.calendar_words import set_calendar

_ILLEGAL = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_CORE = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NUMBER_SUFFIX = re.compile(r"\d+(am|pm|st|nd|rd|th|s|m|k|km|hrs?|mins?)")
_PLAIN_WORD = re.compile(r"[\"“‘'(]*[^\W\d_]?[^\W\d_A-Z]*(?:['’-][^\W\d_A-Z]+)*[.,;:!?)\"”’]*")
LIST_MARKS = "•·∙●○◦▪■□*-–—−→➔>»."
"""What people (and the recogniser, for a dot of ink) put before the points of a list; the report has its own bullets."""
_VOWELS = set("aeiouyŵŷâêîôûáéíóúäëïöüw")
_CAPS_SHARE = 0.8
"""A text counts as marker capitals when this share of its letters is upper case: 'NHS to help' is not, 'LACK OF BUSES (RCT)' is."""
_ACRONYM_LETTERS = 4
"""Longest unknown word in capitals that is kept as an acronym; a longer one is taken for a name."""

_NAMES_TEXT = (
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august september october november "
    "december wales welsh cymru gymru nghymru chymru cymraeg gymraeg chymraeg "
    "england english britain british scotland ireland europe european cardiff caerdydd swansea "
    "abertawe newport casnewydd wrexham wrecsam bangor rhondda cynon taf taff merthyr tydfil pontypridd aberdare caerphilly bridgend "
    "christmas easter facebook google whatsapp twitter instagram youtube microsoft"
)
NAMES = frozenset(_NAMES_TEXT.split())
"""Names that are written with a capital anywhere, yet common enough to look like ordinary words. 'March' and 'May' are
left out: they are words too."""
_ACRONYMS_TEXT = (
    "nhs gp gps uk eu usa bbc ict pdf pr hr tv dwp cctv faq covid ceo ngo cic cvc cbc mp mps wcva rct adhd lgbt lgbtq esol "
    "sen bsl esa cab wi fc rfc ymca qr ai api url gdpr dbs kpi"
)
_NUMBERED_TEXT = "round table group day session phase stage room rownd bwrdd grŵp grwp diwrnod sesiwn cam ystafell"
_NUMBERED = frozenset(_NUMBERED_TEXT.split())
"""Words that are part of a name where a number follows: 'Round 1 - Table 2'."""
_GRAMMAR_TEXT = "It Is Are Was The An In Of On To And For With At From By Or That They We When Yn Yr Ac Ar Gan Mae Sydd"
_GRAMMAR = frozenset(_GRAMMAR_TEXT.split())
"""Words of grammar with a capital that they have at a sentence's beginning only."""
ACRONYMS = frozenset(_ACRONYMS_TEXT.split())
"""Acronyms of everyday use; the event's glossary adds its own."""


@dataclass(frozen=True)
class CaseRules:
    """What is known of names in one event. `spelling` maps a lower-case word to how it is written."""

    spelling: Mapping[str, str]
    lower: Collection[str]
    """Words that somebody wrote in lower case."""


def clean_text(text: str) -> str:
    """Text without the characters that XML 1.0 forbids (controls, lone surrogates), its languages joined where it is ours in two."""
    text = join_sides(text)
    return _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def is_capitals(text: str) -> bool:
    """Whether a text is written in marker capitals, so that its capitals say nothing."""
    letters = [c for c in text if c.isalpha()]
    cased = [c for c in letters if c.isupper() or c.islower()]
    return len(cased) > 1 and sum(c.isupper() for c in cased) >= _CAPS_SHARE * len(cased)


def learn_case(notes: Iterable[Note], glossary: Mapping[str, str]) -> CaseRules:
    """Names and acronyms as the glossary spells them and as mixed-case notes write them in mid sentence."""
    spelling: dict[str, str] = {}
    lower: set[str] = set()
    for note in notes:
        if is_capitals(note.text):
            continue
        words = _CORE.findall(note.text)
        lower.update(w for w in words if w.islower())
        for word in words[1:]:
            # a capital in mid sentence is a name; a note in Title Case Throughout proves nothing
            if word[0].isupper() and not _is_title_case(words):
                spelling.setdefault(word.lower(), word)
    for word in lower:
        spelling.pop(word, None)
    for term in glossary:
        for word in _CORE.findall(term):
            if not word.islower():
                spelling[word.lower()] = word
    return CaseRules(spelling, frozenset(lower))


def _is_title_case(words: Sequence[str]) -> bool:
    long = [w for w in words if len(w) > 3]
    return len(long) > 1 and all(w[0].isupper() for w in long)


def sentence_case(tokens: Sequence[str], rules: CaseRules, *, language: str | None) -> list[str]:
    """Marker capitals as a sentence, token by token; of text that is not in capitals only days and months are given theirs."""
    if not is_capitals(" ".join(tokens)):
        return _lower_stray(set_calendar(tokens))
    set_tokens = [_CORE.sub(lambda m: _set_word(m.group(), rules, language), token) for token in tokens]
    for i, token in enumerate(set_tokens[:-1]):
        if bare_token(token) in _NUMBERED and set_tokens[i + 1][:1].isdigit():
            set_tokens[i] = capitalise(token)
    start = True
    for i, token in enumerate(set_tokens):
        if start and any(c.isalnum() for c in token):
            set_tokens[i], start = capitalise(token), False
        start = start or token.rstrip("\"'”’)").endswith((".", "!", "?"))
    return set_calendar(set_tokens)


def _lower_stray(tokens: Sequence[str]) -> list[str]:
    """'when It is busy' -> 'when it is busy': a word of grammar between two words in small letters is no name."""
    around = ["", *tokens, ""]
    return [
        token.lower() if token in _GRAMMAR and before.isalpha() and before.islower() and after[:1].islower() else token
        for before, token, after in zip(around, tokens, around[2:], strict=False)
    ]


def _set_word(word: str, rules: CaseRules, language: str | None) -> str:
    low = word.lower()
    if low in rules.spelling:
        return rules.spelling[low]
    if any(c.isdigit() for c in word):
        return low if _NUMBER_SUFFIX.fullmatch(low) else word
    if language != "cy" and re.split("['’]", low)[0] == "i":
        return word[0] + low[1:]
    if low in NAMES:
        return capitalise(low)
    if low in ACRONYMS or (len(word) > 1 and not _VOWELS & set(low)):
        return word
    return low if low in rules.lower or len(word) == 1 or language == "cy" else _set_by_frequency(word, low)


def _set_by_frequency(word: str, low: str) -> str:
    """Rare words: short ones are taken for acronyms, long ones for names, all else for words."""
    if max(zipf_frequency(low, "en"), zipf_frequency(re.split("['’]", low)[0], "en")) > 0:
        return low
    return word if len(word) <= _ACRONYM_LETTERS else capitalise(low)


def count_list_marks(tokens: Sequence[str]) -> int:
    """How many tokens at the start are only bullets or dashes of a hand-written list; never all of them."""
    count = next((i for i, token in enumerate(tokens) if token.strip(LIST_MARKS)), 0)
    return count


def strip_list_mark(token: str) -> str:
    """'-volunteers' -> 'volunteers', '•Ask' -> 'Ask'; '-5', '.5' and '-' stay."""
    bare = token.lstrip(LIST_MARKS)
    return bare if bare[:1].isalpha() or bare[:1] in ("(", "“", '"', "‘", "'") else token


def open_with_capital(token: str) -> str:
    """The first word of a point or heading; addresses and names like iPhone keep their small letter."""
    return capitalise(token) if _PLAIN_WORD.fullmatch(token) else token


def capitalise(text: str) -> str:
    """First letter in upper case, the rest untouched."""
    for i, c in enumerate(text):
        if c.isalnum():
            return text[:i] + c.upper() + text[i + 1 :]
    return text


def match_words(tokens: Sequence[str], words: Sequence[Word]) -> list[int | None]:
    """For each token of a text the place of the word it was read as, or None where a person has changed it.

    A word that was read with a space inside belongs to the first of its tokens; a token joined of a line's end and the next one's
    beginning belongs to the doubtful one of the two, else to the first.
    """
    read: list[tuple[str, int | None]] = []
    for place, word in enumerate(words):
        parts = clean_text(word.text).split()
        if parts and read and (joined := _joined_token(read[-1][0], parts[0], tokens)):
            _, before = read.pop()
            first_doubtful = before is not None and (words[before].doubtful or not word.doubtful)
            read += [(joined, before if first_doubtful else place), *((part, None) for part in parts[1:])]
        else:
            read += [(part, place if i == 0 else None) for i, part in enumerate(parts)]
    found: list[int | None] = [None] * len(tokens)
    matcher = difflib.SequenceMatcher(a=[t for t, _ in read], b=list(tokens), autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        for k in range(size):
            found[b + k] = read[a + k][1]
    return found


def _joined_token(end: str, start: str, tokens: Sequence[str]) -> str | None:
    """The token that hyphens.join_hyphens has made of a line's end and the next one's start; None where it has not."""
    if len(end) < 2 or not end.endswith("-"):
        return None
    return next((joined for joined in (end[:-1] + start, end + start) if joined in tokens), None)


def bare_letters(text: str) -> str:
    """Letters and digits alone, without case: what two wordings share when they differ only in capitals, spaces and signs."""
    return "".join(c for c in text.casefold() if c.isalnum())
