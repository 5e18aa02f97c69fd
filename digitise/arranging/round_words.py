"""How sheets name their round and table: 'Round 2', '2nd session', 'Rownd gyntaf', 'Table 3', 'Bwrdd C', 'R2 T3'."""

from __future__ import annotations

import re

_NUMBERS_TEXT = (
    "one first 1st i un gyntaf cyntaf 1af|two second 2nd ii dau ail 2il|three third 3rd iii tri trydedd trydydd 3ydd"
    "|four fourth 4th iv pedwar pedwaredd pedwerydd|five fifth 5th v pump|six sixth 6th vi chwech|seven vii saith|eight viii wyth"
    "|nine ix naw|ten x deg"
)
NUMERALS = {word: str(k) for k, words in enumerate(_NUMBERS_TEXT.split("|"), 1) for word in words.split()}
_WORDS = "|".join(sorted((w for w in NUMERALS if len(w) > 1), key=lambda w: (-len(w), w)))
_OF = r"\s*(?:no\.?\s*|number\s*|rhif\s*|#\s*|[:.–-]\s*)?"
_ORDINALS = "first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th|ail|trydedd|pedwaredd|2il|3ydd"
_ROUND = "round|rownd|sesiwn|session|slot"
_TABLE = "table|tabl|bwrdd|group|grŵp|grwp|team|tîm|tim|station|gorsaf|breakout(?: room| group)?"
_ALONE = r"(?=\s*(?:[^\w\s]|$))"
"""'Session I' and 'Team A', not 'the session I liked' or 'Team: a new one'."""
ROUND = re.compile(
    rf"\b(?P<name>{_ROUND})(?:{_OF}(?P<number>\d{{1,2}}|{_WORDS})\b|\s+(?P<letter>[ivx])\b{_ALONE})"
    rf"|\b(?P<before>{_ORDINALS})\s+(?P<after>{_ROUND})\b|^\s*(?P<short>r)\s?(?P<digit>\d)\b(?=\W*t\s?\d\W*$)",
    re.I,
)
TABLE = re.compile(
    rf"\b(?P<name>{_TABLE})(?:{_OF}(?P<number>\d{{1,2}}|{_WORDS})\b|\s*(?P<letter>[a-h])\b{_ALONE})"
    rf"|\b(?P<before>{_ORDINALS})\s+(?P<after>table|bwrdd)\b|(?<=[\d|])\W+(?P<short>t)\s?(?P<digit>\d)\W*$",
    re.I,
)
BARE_PLACE = rf"(?:{_ROUND}|{_TABLE})"
"""'Round' whose number could not be read names no theme."""
_SHORT = {"r": "Round", "t": "Table"}


def name_place(match: re.Match[str] | None) -> str | None:
    """'Table 3' from a match of ROUND or TABLE: the word as written, the number as a digit."""
    if match is None:
        return None
    number = (match["number"] or match["letter"] or match["before"] or match["digit"]).casefold()
    word = match["name"] or match["after"] or _SHORT[match["short"].casefold()]
    return f"{word.split()[0].capitalize()} {NUMERALS.get(number, number.upper())}"
