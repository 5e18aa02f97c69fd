"""Words with digits in them that are usual words once the digits are the letters they look like: "2one" for "zone".

The word model knows nothing of what mixes digits and letters, so such a reading looks like a code. It stays as it is; a person is asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import product

from digitise.reading.lexicon import Lexicon

LOOK_ALIKES = {"0": "o", "1": "il", "2": "z", "5": "s", "6": "bg", "8": "b", "9": "gq"}
"""Small letters or capitals that each digit is written like. 4 and A are left out: "4way" and "4part" are no words with an a."""
MIXED = re.compile(r"^(?=.*\d)[^\W_]+(?:['’][^\W\d_]+)?$")
LEAST_LETTERS = 2
"""Codes have fewer: B1, Q2, A4."""
LETTERS_PER_DIGIT, MOST_DIGITS = 2, 3
"""Codes have fewer letters: S106, CF37, COVID19; nobody reads a word with more digits."""
LABELLED = re.compile(r"^([^\W\d_]{2,})\d+$")
"""A word with its number, written without a space: "Table5" is not "Tables"."""
SHORT, USUAL_SHORT = 2, math.log(3e-4)
"""With so few letters only the commonest words are likelier than a quantity or a code: "0ur" and "n0t", not "6in", "9am", "PS5"."""
USUAL = math.log(3e-6)
"""Words rarer than this are not what somebody most likely wrote: loam, slob, LDL."""
MOST_WORDS = 3


def find_meant_words(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Usual words that a reading becomes by taking its digits for letters, likeliest first; () for codes and for words without digits.

    Signs round the word are left out. Letters are capitals where all others of the word are.
    """
    core = text.strip(".,;:!?()[]\"“”‘’'")
    letters, digits = sum(c.isalpha() for c in core), sum(c.isdigit() for c in core)
    if not MIXED.match(core) or digits > MOST_DIGITS or letters < max(LEAST_LETTERS, LETTERS_PER_DIGIT * digits):
        return ()
    labelled = LABELLED.match(core)
    if labelled and lexicon.is_known(labelled.group(1).lower()):
        return ()
    options: list[Sequence[str]] = [LOOK_ALIKES.get(c, "") if c.isdigit() else c.lower().replace("’", "'") for c in core]
    found = [(lexicon.log_probability(word), word) for parts in product(*options) if lexicon.is_known(word := "".join(parts))]
    least = USUAL_SHORT if letters <= SHORT else USUAL
    capitals = all(c.isupper() for c in core if c.isalpha())
    return tuple(word.upper() if capitals else word for share, word in sorted(found, reverse=True)[:MOST_WORDS] if share >= least)
