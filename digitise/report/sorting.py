"""The order of words as a dictionary of the report's language has it.

Welsh has letters of two signs, each with a place of its own: ch stands behind c, dd behind d, ff, ng (behind g), ll, ph, rh, th. Accents
and capitals decide only between words that are otherwise the same; numbers go by their size.
"""

from __future__ import annotations

import re
import unicodedata

_WELSH = "a b c ch d dd e f ff g ng h i j k l ll m n o p ph q r rh s t th u v w x y z"
_RANKS = {
    "cy": {letter: rank for rank, letter in enumerate(_WELSH.split())},
    "en": {chr(ord("a") + k): k for k in range(26)},
}
_NUMBER_RANK, _SPACE_RANK, _LETTER_RANK = 1, 0, 2
"""A shorter name before a longer one that begins with it; numbers before letters."""
_TWO_LETTERS = re.compile(
    r"""(?<=\bban)(?=g)            # Bangor
    | (?<=\blan)(?=g) | (?<=\bllan)(?=g)  # Llangollen, Llangefni: llan and a name
    | (?<=\bdan)(?=gos) | (?<=\bar)(?=hol) | (?<=\bpar)(?=ha) | (?<=\bbyr)(?=h) | (?<=\bmyn)(?=gu)
    """,
    re.VERBOSE,
)
"""Where n and g, or r and h, are two letters although they look like one. No rule tells them all: these are common on sheets, and the
rest stands a few lines from its place."""

SortKey = tuple[tuple[tuple[int, int], ...], str, str]


def sort_key(text: str, language: str) -> SortKey:
    """What to sort by. Equal only for equal texts, so that the order is the same each time."""
    ranks = _RANKS.get(language, _RANKS["en"])
    bare = _drop_accents(text.casefold())
    parted = _TWO_LETTERS.sub("\x00", bare) if language == "cy" else bare
    places: list[tuple[int, int]] = []
    k = 0
    while k < len(parted):
        number = re.match(r"\d+", parted[k:])
        if number:
            places.append((_NUMBER_RANK, int(number.group())))
            k += number.end()
            continue
        size = 2 if parted[k : k + 2] in ranks else 1
        letter = parted[k : k + size]
        if letter in ranks:
            places.append((_LETTER_RANK, ranks[letter]))
        elif letter.isalpha():
            places.append((_LETTER_RANK, len(ranks) + ord(letter)))
        elif letter.isspace() and places:
            places.append((_SPACE_RANK, 0))
        k += size
    return (tuple(places), text.casefold(), text)


def _drop_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
