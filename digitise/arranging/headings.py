"""What a heading says: a theme ('Transport'), a kind ('Problems', 'Camau gweithredu'), a round or table, or several of these."""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz import fuzz

from digitise.arranging.heading_words import (
    ABOUT_THE_DAY,
    AFTER,
    KIND_PHRASES,
    LINK,
    NEUTRAL,
    NUMBERING,
    PAST,
    QUALIFIERS,
    WELSH,
    WELSH_PLURAL,
)
from digitise.arranging.round_words import BARE_PLACE, ROUND, TABLE, name_place
from digitise.arranging.wording import digits, fold, plain, strip_bullet
from digitise.kind_words import KIND_NOUNS
from digitise.model import Kind

SAME_HEADING = 86
"""rapidfuzz ratio (0..100) from which two headings are one: one misread letter in seven is allowed for."""
SHORT_HEADING = 6
"""Headings with fewer letters must be equal: 'Work' is not 'Word'."""

CONTINUED = re.compile(r"[\s(,–-]*\b(?:cont(?:'?d|inued|\.)?|parhad|page \d+|tudalen \d+|\d+ of \d+|\d+/\d+)\.?\s*\)?\s*$", re.I)
WHOLE_CONFIDENCE = 0.95
JOINED_CONFIDENCE = 0.85
"""'Transport problems': a theme and a kind in one."""
MENTION_CONFIDENCE = 0.5
"""'What are the barriers to joining in?'"""
MOST_THEME_WORDS = 4
EDGE = " \t:;,.–—-/|()[]→>=*_\"'“”"


class Heading(NamedTuple):
    """What one heading says."""

    theme: str
    """The theme's wording, '' when the heading names none."""
    kind: Kind | None
    kind_confidence: float
    round: str | None
    table: str | None
    wording: str = ""
    """The heading as one line, without list marks and '(cont.)': the title of a section where it names no theme."""
    horizon: bool = False
    """Whether it is a column of a plan by time: 'Now', 'Next', 'Later'."""


def parse_heading(text: str) -> Heading:
    """Read a heading: 'Round 2 – Table 3: Transport – problems' has all four parts."""
    line = re.sub(NUMBERING + r"\s*[.:)–—-]*\s*(?=\w)", "", CONTINUED.sub("", strip_bullet(plain(text))), flags=re.I)
    round_match, table_match = ROUND.search(line), TABLE.search(line)
    rest = TABLE.sub(" | ", ROUND.sub(" | ", line))
    parts = [p.strip(EDGE) for p in re.split(r"\s*[|:/]\s*|\s+[–—-]+\s+|\s*[–—]\s*|\(|\)", rest)]
    kinds: list[tuple[Kind, float]] = []
    themes: list[str] = []
    for part in (p for p in parts if fold(p) and not re.fullmatch(f"{NUMBERING}|{BARE_PLACE}", fold(p))):
        found, theme = _parse_part(part)
        kinds += found
        if theme:
            themes.append(theme)
    distinct = {k for k, _ in kinds}
    kind, confidence = (kinds[0][0], max(c for _, c in kinds)) if len(distinct) == 1 else (None, 0.0)
    theme = _as_written(rest, themes)
    return Heading(theme, kind, confidence, name_place(round_match), name_place(table_match), _capitalise(line.strip(EDGE)))


def is_bare_heading(heading: Heading) -> bool:
    """Whether a line says nothing but what a heading says: 'Actions', 'Round 2 – Table 3'."""
    return not heading.theme and (
        heading.round is not None
        or heading.table is not None
        or (heading.kind is not None and heading.kind_confidence >= WHOLE_CONFIDENCE and len(heading.wording.split()) <= MOST_THEME_WORDS)
    )


def _parse_part(part: str) -> tuple[list[tuple[Kind, float]], str]:  # noqa: PLR0911 - one return per form of heading
    """Kinds (with confidence) and theme of one part of a heading that punctuation sets off."""
    key = _key(part)
    if re.fullmatch(NEUTRAL, key):
        return [], ""
    if re.fullmatch(ABOUT_THE_DAY, key):
        return [("other", WHOLE_CONFIDENCE)], part
    if (whole := _whole_kind(key)) is not None:
        return [(whole, WHOLE_CONFIDENCE)], ""
    pieces = [_whole_kind(p) for p in re.split(r" (?:and|or|ac?) |, ", key)]
    if len(pieces) > 1 and all(p is not None for p in pieces):
        return [(p, WHOLE_CONFIDENCE) for p in pieces if p is not None], ""
    asks = re.match(r"(?:what|which|how|why|beth|pa|sut|pam) ", key) is not None
    for kind, noun in KIND_NOUNS.items():
        if asks and (re.search(rf"\b{noun}\b", key) or any(re.match(rf"(?:{p})\b", key) for p in KIND_PHRASES[kind])):
            return [(kind, MENTION_CONFIDENCE)], part
        if asks:
            continue
        after = re.fullmatch(rf"{QUALIFIERS}({noun}){AFTER}{LINK} (.+)", key) or re.fullmatch(rf"()(?={WELSH_PLURAL}\b){noun} (.+)", key)
        if after:
            short = len(after.group(2).split()) <= MOST_THEME_WORDS
            return [(kind, JOINED_CONFIDENCE if short else MENTION_CONFIDENCE)], _tail(part, after.group(2)) if short else part
        before = re.fullmatch(rf"{QUALIFIERS}(.+?)(?: related| based)? {noun}(?<=s){AFTER}", key)
        if before and len(before.group(1).split()) <= MOST_THEME_WORDS:
            return [(kind, JOINED_CONFIDENCE)], _middle(part, before.group(1))
    return [], part


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", plain(text).casefold().replace("&", " and ").replace("+", " and ")).strip(EDGE + "?!")


def _whole_kind(key: str) -> Kind | None:
    """The kind that a whole heading sets: its noun with qualifiers, or a phrase."""
    key = key.strip(EDGE + "?!")
    for kind, noun in KIND_NOUNS.items():
        if re.fullmatch(f"{QUALIFIERS}{noun}{AFTER}", key) or any(re.fullmatch(p, key) for p in KIND_PHRASES[kind]):
            return kind
    return None


def _tail(part: str, key_tail: str) -> str:
    """The last words of `part` as written, as many as `key_tail` has, with a capital at the start."""
    return _capitalise(" ".join(part.split()[-len(key_tail.split()) :]).strip(EDGE + "?!"))


def _middle(part: str, key: str) -> str:
    """The words of `part` as written that are `key` when folded; all of `part` where they cannot be found."""
    start = plain(part).casefold().find(key)
    return _capitalise(part[start : start + len(key)].strip(EDGE + "?!")) if start >= 0 else part


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _as_written(rest: str, themes: list[str]) -> str:
    """The themes of a heading's parts; two neighbouring parts keep the punctuation between them."""
    if len(themes) > 1:
        start, end = rest.find(themes[0]), rest.rfind(themes[-1]) + len(themes[-1])
        between = rest[start:end]
        if start >= 0 and "|" not in between and not any(_whole_kind(_key(p)) for p in re.split(r"[:/–—-]", between)):
            return between + (")" if between.count("(") > between.count(")") else "")
    return " – ".join(themes)


def says_same_kind(a: str, b: str) -> bool:
    """Whether two headings name one kind and nothing besides, one in English and one in Welsh: 'What already works', 'Beth sy'n gweithio'.

    What went well is not what works: both tell of what was, or neither does.
    """
    keys = [_key(a), _key(b)]
    kinds = {_whole_kind(key) for key in keys}
    if len(kinds) != 1 or None in kinds or len({bool(re.search(PAST, key)) for key in keys}) != 1:
        return False
    return len({bool(re.search(WELSH, key)) for key in keys}) == 2


def is_same_heading(a: str, b: str) -> bool:
    """Same or near-same wording: case, punctuation and '(cont.)' do not count, single misread letters neither, numbers do."""
    fa, fb = fold(CONTINUED.sub("", plain(a))), fold(CONTINUED.sub("", plain(b)))
    if fa == fb:
        return bool(fa)
    if min(len(fa), len(fb)) < SHORT_HEADING or digits(fa) != digits(fb):
        return False
    return fuzz.ratio(fa, fb) >= SAME_HEADING
