"""Small views of a note's text that every rule of arranging shares: plain, folded, tokens."""

from __future__ import annotations

import re
import unicodedata

from digitise.hyphens import join_hyphens

UNREADABLE_MARK = "⟨?⟩"
"""Stands for a word nobody could read."""

MARK = re.compile(r"^\s*(?:(?:[-–—•·*▪◦●○□☐☑✓✔✗>»~.]+|\[[ xX✓]?\])\s+|(?:[-=–—]+>|[→➔➜➤►▶⇒])\s*)")
"""An arrow needs no blank behind it; after other marks one tells '- 5 buses' from '-5'."""
_NO_LIST_TEXT = """
    of or out to and in from per times am pm o allan neu i a ac hyd tan
    jan feb mar apr may jun jul aug sept? oct nov dec january february march april june july august september october november december
    ion chwe maw ebr mai meh gorff? awst medi hyd tach rhag ionawr chwefror mawrth ebrill mehefin gorffennaf hydref tachwedd rhagfyr
    fawrth fai fehefin orffennaf fedi dachwedd ragfyr
"""
NUMBER = re.compile(rf"^\s*\(?\d{{1,2}}[.)](?!\d)\s+(?!(?:{'|'.join(_NO_LIST_TEXT.split())})\b)", re.I)
"""The number of a list's point. '10. of 12 said yes' and '14. May' begin with a count and a date, whatever stop was read after them."""
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def one_line(text: str) -> str:
    """The note as one line: line breaks and runs of blanks become one blank, a word broken by a hyphen at a line's end is joined."""
    return re.sub(r"\s+", " ", join_hyphens(unicodedata.normalize("NFC", text))).strip()


def plain(text: str) -> str:
    """One line with straight apostrophes, character for character as long as `one_line`."""
    return one_line(text).replace("’", "'").replace("‘", "'")


def as_written(span: str, text: str) -> str:
    """A span of `plain(text)` with the apostrophes that the note has; the span itself where it is not one slice."""
    start = plain(text).find(span)
    return one_line(text)[start : start + len(span)] if start >= 0 else span


def strip_marks(text: str) -> str:
    """Without leading bullet marks or tick boxes: for print. A number stays, since nobody can be sure that it is no word of the note."""
    previous = None
    while text != previous:
        previous, text = text, MARK.sub("", text, count=1)
    return text.strip()


def strip_bullet(text: str) -> str:
    """Without leading bullet marks, tick boxes or list numbers: for judging what a note says, never for print."""
    previous = None
    while text != previous:
        previous, text = text, NUMBER.sub("", strip_marks(text), count=1)
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


def is_shouting(text: str) -> bool:
    """Marker capitals: most letters are capitals, so capitals say nothing about names."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 6 and sum(c.isupper() for c in letters) / len(letters) > 0.7


def shorten(text: str, *, most_words: int = 9) -> str:
    """The first clause of a text, at most so many words; an ellipsis says that it was cut."""
    line = strip_marks(plain(text)).strip("\"'“”")
    clause = re.split(r"(?<=\w)[.;:!?](?:\s|$)|\s[–—-]\s|\s\(", line, maxsplit=1)[0].strip(" ,.;:")
    if len(clause.split()) < 2:
        clause = line.strip(" ,.;:")
    tokens = clause.split()
    return clause if len(tokens) <= most_words else " ".join(tokens[:most_words]).rstrip(" ,.;:") + "…"
