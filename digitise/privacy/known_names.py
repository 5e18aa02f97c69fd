"""Names that are known, from the settings or from other notes, found however they are written: without their accents, in other capitals,
broken at a line's end, joined by a full stop or a hyphen ('sian.rees'), or misread by a letter."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

TOKEN = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_](?![^\W\d_])|[^\W\d_](?:[^\W\d_]|['’-])*[^\W\d_]|[^\W\d_]")
"""A word as names have them: O'Neill, Mary-Ann, J.B. Digits end it: 'jane2'."""
POSSESSIVE = re.compile(r"['’][sS]?$")
LEAST_MISREAD = 4
"""Letters of a word that may be misread by one: of shorter ones too many words differ by one."""
_BETWEEN_WORDS = r"(?:\s+|\s?[._-]\s?|)"
_WITHIN_WORD = r"(?:-\s*)?"
"""A hyphen at a line's end."""
_PARTED = re.compile(r"[\s._-]")


def fold_word(word: str) -> str:
    """A word in small letters without accents, possessive and marks around it: accents are misread before anything else."""
    return POSSESSIVE.sub("", fold_letters(word)).strip(".'")


def fold_letters(text: str) -> str:
    """A text of the same length in small letters without accents."""
    return "".join(map(_fold_letter, text))


@functools.lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return "'" if base == "’" else base if len(base) == 1 else letter


def find_spelled(text: str, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Start and end of each of the names in a text, the longest first, in any case, over any blanks and line breaks.

    Two words of a name may stand without anything between them where capitals part them: 'SianRees'.
    """
    for match in _spell(names).finditer(fold_letters(text)) if names else ():
        found = text[match.start() : match.end()]
        has_two_capitals = sum(c.isupper() for c in found) > 1 and not found.isupper()
        if match.lastgroup != "several" or _PARTED.search(found) or has_two_capitals:
            yield match.span()


@functools.lru_cache(maxsize=8)
def _spell(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of some names, in folded letters; those of several words in the group of that name."""
    ordered = sorted(names, key=lambda name: -len(name))
    several = [_spell_one(name) for name in ordered if len(name.split()) > 1]
    single = [_spell_one(name) for name in ordered if len(name.split()) == 1]
    groups = [f"(?P<several>{'|'.join(several)})"] if several else []
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join([*groups, *single])})(?![^\W\d_])")


def _spell_one(name: str) -> str:
    return _BETWEEN_WORDS.join(_WITHIN_WORD.join(map(re.escape, fold_letters(part))) for part in name.split())


def find_nearly_spelled(text: str, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Names of two words and more of which one was misread by a letter: 'Tegven Bowen'."""
    known = _by_part(names)
    tokens = [(m.start(), m.end(), m.group()) for m in TOKEN.finditer(text)] if known else []
    for place, (_, _, word) in enumerate(tokens):
        for parts, nth in known.get(fold_word(word), ()):
            first = place - nth
            run = tokens[first : first + len(parts)] if first >= 0 else []
            if len(run) < len(parts) or any(text[a[1] : b[0]].strip() for a, b in itertools.pairwise(run)):
                continue
            far = [Levenshtein.distance(fold_word(t), part) for (_, _, t), part in zip(run, parts, strict=True)]
            if sum(far) == 1 and len(parts[far.index(1)]) >= LEAST_MISREAD:
                yield run[0][0], without_possessive(text, run[0][0], run[-1][1])


@functools.lru_cache(maxsize=8)
def _by_part(names: tuple[str, ...]) -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """Each word of a name of several words -> all words of that name, and which of them it is."""
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for name in names:
        parts = tuple(fold_word(w) for w in TOKEN.findall(name))
        for nth, part in enumerate(parts if len(parts) > 1 else ()):
            found.setdefault(part, []).append((parts, nth))
    return found


def without_possessive(text: str, start: int, end: int) -> int:
    """Where a name ends that may have an 's."""
    tail = POSSESSIVE.search(text[start:end])
    return start + tail.start() if tail else end


def compose_letters(text: str) -> tuple[str, list[int]]:
    """A text whose accents are one with their letters, and for each place in it and its end the place in the text as it was.

    Names of files come from some computers with accents as characters of their own, which no letter's pattern knows.
    """
    if unicodedata.is_normalized("NFC", text):
        return text, list(range(len(text) + 1))
    composed, start = "", 0
    places: list[int] = []
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        letter = unicodedata.normalize("NFC", text[start:end])
        places += [start] * len(letter)
        composed, start = composed + letter, end
    return composed, [*places, len(text)]


def read_file_name(name: str) -> str:
    """A file's name as words, of the same length: '_' and '-' part them, and the ending is none."""
    ending = re.search(r"\.[A-Za-z]\w{1,4}$", name)
    end = ending.start() if ending else len(name)
    return re.sub(r"[_-]", " ", name[:end]) + " " * (len(name) - end)
