"""Small views of a note's text that every rule of arranging shares: plain, folded, tokens, and which language it is in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

UNREADABLE_MARK = "⟨?⟩"
"""Stands for a word nobody could read."""

BULLET = re.compile(r"^\s*(?:[-–—•·*▪◦●○□☐☑✓✔✗]+|\[[ xX✓]?\]|\(?\d{1,2}[.)](?!\d))\s+")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_WELSH_MARKERS_TEXT = """
    y yr yn ac ar i'r o'r a'r mae nid oes dim ddim gan wedi bod sydd sy'n cael gwneud gyda gydag eisiau angen mwy llai pobl bobl plant
    blant dros rhwng heb fel beth pam sut pwy ble pryd hyn rhaid dylai gallwn gall bydd cyngor cymuned gymuned gwasanaethau grŵp
    tîm trafnidiaeth iechyd ein eich ei eu am diffyg gormod digon problemau syniadau camau cwestiynau gweithredu trefnu creu
    cysylltu gofyn
"""
WELSH_MARKERS = frozenset(_WELSH_MARKERS_TEXT.split())
"""Frequent Welsh words that are not words of English."""


def one_line(text: str) -> str:
    """The note as one line: line breaks and runs of blanks become one blank, a word broken by a hyphen at a line's end is joined."""
    joined = re.sub(r"(?<=[a-zà-ÿŵŷ])-\s*\n\s*(?=[a-zà-ÿŵŷ])", "", unicodedata.normalize("NFC", text))
    return re.sub(r"\s+", " ", joined).strip()


def plain(text: str) -> str:
    """One line with straight apostrophes, character for character as long as `one_line`."""
    return one_line(text).replace("’", "'").replace("‘", "'")


def as_written(span: str, text: str) -> str:
    """A span of `plain(text)` with the apostrophes that the note has; the span itself where it is not one slice."""
    start = plain(text).find(span)
    return one_line(text)[start : start + len(span)] if start >= 0 else span


def strip_bullet(text: str) -> str:
    """Without leading bullet marks, tick boxes or list numbers."""
    previous = None
    while text != previous:
        previous, text = text, BULLET.sub("", text, count=1)
    return text.strip()


def fold(text: str) -> str:
    """For comparing wordings: case, accents, punctuation and blanks do not count."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", strip_bullet(plain(text))) if not unicodedata.combining(c))
    return " ".join(WORD.findall(bare.casefold().replace("&", " and ")))


def words(text: str) -> list[str]:
    """Words in lower case; apostrophes inside words are kept."""
    return [w.casefold() for w in WORD.findall(plain(text))]


def digits(text: str) -> tuple[str, ...]:
    """The numbers in a text, in order: two wordings with different numbers are never the same."""
    return tuple(re.findall(r"\d+", text))


def is_readable(text: str) -> bool:
    """Whether at least one letter or digit of it was read."""
    return bool(WORD.search(text.replace(UNREADABLE_MARK, " ")))


def is_welsh(text: str) -> bool:
    """Whether a text is more likely Welsh than English: at least a fifth of its words are frequent Welsh ones, or it has ŵ or ŷ."""
    tokens = words(text)
    hits = sum(1 for w in tokens if w in WELSH_MARKERS or re.search("[ŵŷ]", w))
    return bool(tokens) and hits / len(tokens) >= 0.2


def is_shouting(text: str) -> bool:
    """Marker capitals: most letters are capitals, so capitals say nothing about names."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 6 and sum(c.isupper() for c in letters) / len(letters) > 0.7


def shorten(text: str, *, most_words: int = 9) -> str:
    """The first clause of a text, at most so many words; an ellipsis says that it was cut."""
    line = strip_bullet(plain(text)).strip("\"'“”")
    clause = re.split(r"(?<=\w)[.;:!?](?:\s|$)|\s[–—-]\s|\s\(", line, maxsplit=1)[0].strip(" ,.;:")
    if len(clause.split()) < 2:
        clause = line.strip(" ,.;:")
    tokens = clause.split()
    return clause if len(tokens) <= most_words else " ".join(tokens[:most_words]).rstrip(" ,.;:") + "…"


def any_word(pattern_words: Iterable[str]) -> str:
    """A regular expression's alternatives, longest first."""
    return "|".join(re.escape(w) for w in sorted(set(pattern_words), key=lambda w: (-len(w), w)))
