"""Which Welsh words there are and how likely they are.

Forms with their mutations come from `simplemma`'s inflection list, which says that a form exists but not how common it is; no list of Welsh
frequencies comes with a package. So the words that grammar makes common are named here, and all others are taken as equally likely.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import cache

from simplemma.strategies.dictionaries import DefaultDictionaryFactory

NEVER = -1e9
"""Logarithm of the share of a word that no list holds."""
WORD = math.log(2e-5)
COMMON_WORD = math.log(2e-3)
_COMMON_TEXT = """
    y yr a ac i o yn ar at am gan gyda gydag heb hyd wrth dros drwy trwy tan dan rhwng rhag nes mewn fel er erbyn ger
    na nac nad ni nid dim ddim neu ond os pan sut pam pwy beth ble faint pryd
    fi ti chi chwi ef fe fo hi nhw hwy mi un dau dwy tri tair fy dy ei ein eich eu
    mae yw ydy ydi sy sydd oes oedd bu bydd bod fod fydd dyw dydy roedd maen dyma dyna
    hyn hon hwn hynny honno hwnnw yma yna iawn hefyd eto wedi cyn ôl pob bob rhai arall eraill mwy llai cael gael
"""
COMMON = frozenset(_COMMON_TEXT.split())
"""Particles, prepositions, pronouns, forms of 'to be' and the like: about every other word of a Welsh text is one of them."""
_COMMON_STARTS = frozenset(word[:i] for word in COMMON for i in range(1, len(word) + 1))
UNSEEN = frozenset("ŵŷ")
"""The recogniser can hardly speak for these letters (see welsh.py), so words with them count as common ones: dŵr, tŷ, hŷn."""
ENDINGS = ("r", "n", "i", "u", "w", "m", "th", "ch")
"""What Welsh joins to a word by an apostrophe: i'r, sy'n, a'i, o'u, i'w, i'm, a'th, a'ch."""
ONE_LETTER = frozenset("aioyâ")


def log_share(word: str) -> float:
    """Natural logarithm of a lower-case word's estimated share of Welsh text; NEVER for what is no Welsh word."""
    base, mark, ending = word.partition("'")
    if (mark and ending not in ENDINGS) or not is_welsh(base):
        return NEVER
    return COMMON_WORD if base in COMMON or UNSEEN & set(base) else WORD


def log_start_share(start: str) -> float:
    """Natural logarithm of the share of the likeliest Welsh word that begins so (lower case); NEVER where none does."""
    base, mark, ending = start.partition("'")
    if mark:
        return log_share(base) if any(e.startswith(ending) for e in ENDINGS) else NEVER
    if not begins_welsh(base):
        return NEVER
    return COMMON_WORD if base in _COMMON_STARTS or UNSEEN & set(base) else WORD


@cache
def welsh_forms() -> tuple[str, ...]:
    """All Welsh word forms known, about 400,000, in alphabetical order."""
    return tuple(sorted({form.lower() for form in DefaultDictionaryFactory().get_dictionary("cy")}))


def is_welsh(word: str) -> bool:
    """Whether a Welsh form of that spelling exists (lower case). The list has all single letters; those that are no words do not count."""
    if len(word) == 1:
        return word in ONE_LETTER
    forms = welsh_forms()
    place = bisect_left(forms, word)
    return place < len(forms) and forms[place] == word


def begins_welsh(start: str) -> bool:
    """Whether some Welsh form begins so (lower case)."""
    forms = welsh_forms()
    place = bisect_left(forms, start)
    return place < len(forms) and forms[place].startswith(start)
