"""Days and months have a capital in English and Welsh, however they were written: 'a Saturday drop-in', 'cinio dydd Sul'.

Many are other words, too ('may', 'march', Welsh 'mai' that, 'iau' liver): those have one only beside what makes them a day or month.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SURE_TEXT = (
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays "
    "january february april june july august september october november december "
    "ionawr chwefror ebrill mehefin fehefin gorffennaf orffennaf tachwedd dachwedd rhagfyr ragfyr"
)
_SURE = frozenset(_SURE_TEXT.split())
_WELSH_DAYS = frozenset(("sul", "llun", "mawrth", "mercher", "iau", "gwener", "sadwrn"))
_PARTS_OF_DAY = frozenset(
    ("dydd", "ddydd", "nydd", "dyddiau", "nos", "nosweithiau", "bore", "fore", "boreau", "pnawn", "bnawn", "prynhawn", "brynhawn")
)
"""Words before a Welsh day."""
_MONTHS = frozenset(("march", "may"))
_WELSH_MONTHS = frozenset(("mawrth", "fawrth", "mai", "fai", "awst", "medi", "fedi", "hydref"))
_BEFORE_MONTH = frozenset(("mis", "fis", "misoedd", "diwedd", "ddiwedd", "dechrau", "ddechrau", "canol", "ganol"))
_DAY_OF_MONTH = re.compile(r"\d{1,2}(?:st|nd|rd|th|af|ain|eg|fed|ydd)?")
_YEAR = re.compile(r"(?:19|20)\d\d")


def set_calendar(tokens: Sequence[str]) -> list[str]:
    """The tokens, those that are a day or month in small letters with a capital."""
    cores = ["".join(c for c in token.casefold() if c.isalnum()) for token in tokens]
    return [_capitalise(token) if token.islower() and _is_date(cores, i) else token for i, token in enumerate(tokens)]


def _is_date(cores: Sequence[str], i: int) -> bool:
    before, here, after = cores[i - 1] if i else "", cores[i], cores[i + 1] if i + 1 < len(cores) else ""
    if here in _SURE or (here in _WELSH_DAYS and before in _PARTS_OF_DAY):
        return True
    dated = _DAY_OF_MONTH.fullmatch(before) is not None or _YEAR.fullmatch(after) is not None
    return (here in _MONTHS and dated) or (here in _WELSH_MONTHS and (dated or before in _BEFORE_MONTH))


def _capitalise(token: str) -> str:
    k = next(i for i, c in enumerate(token) if c.isalpha())
    return token[:k] + token[k].upper() + token[k + 1 :]
