"""Whether two wordings differ only as two readings of one writing do, or in what they say.

Two letters tell 'there is a lack' from 'there is no lack', so how alike whole wordings are cannot tell; the words in which they differ can.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from rapidfuzz import fuzz

from digitise.arranging.wording import UNREADABLE_MARK, fold, words
from digitise.model import Note

KNOWN_ZIPF = 2.5
"""Zipf frequency (wordfreq) from which a spelling is a word: 'unsafe' 3.7, 'inaccessible' 3.3; 'munday' 2.2, 'suport' 1.8, 'bnch' 0."""
SAME_WORD = 50
"""Least rapidfuzz ratio of two readings of one word: 'brokan' and 'broken' have 83, 'maesteg' and 'trebanos' 27."""
MOST_LETTERS_LOST = 1
"""A misreading swaps letters or loses one; 'no', 'un' and 'not', written or read together with the next word, are two and more."""
LETTER_WORDS = frozenset("aioy")
"""The words of one letter, English and Welsh; any other letter by itself is a stroke of the pen."""
ARTICLES = frozenset(("a", "an", "the", "y", "yr"))
_NEGATIONS_TEXT = """
    no not never without none nobody nothing nowhere neither nor cannot dim ddim nid nad ni na nac heb byth neb
"""
NEGATIONS = frozenset(_NEGATIONS_TEXT.split())
_NOT = re.compile(r"\w+n't|(?:ca|do|wo|is|are|was|were|does|did|have|has|had|could|would|should|must|need)nt")
"""'can't', also where its apostrophe was not read."""
_LOST = "unread"
"""Stands among folded words for one that nobody could read."""


def is_misreading(a: Note, b: Note, *, alike: bool) -> bool:
    """Whether the words in which two notes differ may be two readings of one word each; True where they do not differ.

    alike: their photos show the same sheet. Only then may a word be lost, or be one that no list has in either reading, as names are.
    """
    words_a, words_b = _split(a.text), _split(b.text)
    spelled = {fold(w): w for text in (a.text, b.text) for w in words(text)}
    doubtful = {w for note in (a, b) for word in note.doubtful for w in _split(word.text)}
    matcher = SequenceMatcher(None, words_a, words_b, autojunk=False)
    return all(
        tag == "equal" or _is_same_piece(words_a[i0:i1], words_b[j0:j1], doubtful, spelled, alike=alike)
        for tag, i0, i1, j0, j1 in matcher.get_opcodes()
    )


def _split(text: str) -> list[str]:
    return fold(text.replace(UNREADABLE_MARK, f" {_LOST} ")).split()


def _is_same_piece(a: Sequence[str], b: Sequence[str], doubtful: Collection[str], spelled: Mapping[str, str], *, alike: bool) -> bool:
    """Whether two runs of words, which stand between the same words, may be two readings of one."""
    both = [*a, *b]
    if _squeeze(a) == _squeeze(b):
        return True  # only blanks or an apostrophe were read differently
    if any(is_negation(w) or any(c.isdigit() for c in w) for w in both):
        return False
    if _LOST in both:
        return alike
    if not a or not b:
        return all(w in ARTICLES or (len(w) == 1 and w not in LETTER_WORDS) or (alike and w in doubtful) for w in both)
    if len(a) == len(b) > 1:
        return all(_is_same_piece([v], [w], doubtful, spelled, alike=alike) for v, w in zip(a, b, strict=True))
    real_a, real_b = (all(_is_word(spelled.get(w, w)) for w in side) for side in (a, b))
    unsure = any(w in doubtful for w in both) or (not (real_a and real_b) and (alike or real_a or real_b))
    return unsure and _is_near(_squeeze(a), _squeeze(b))


def _squeeze(side: Sequence[str]) -> str:
    return "".join(side).replace("'", "").replace("’", "")


def _is_near(a: str, b: str) -> bool:
    """Whether two spellings may be readings of one word: nearly as long, half their letters shared, no n't more ('peoplecantpark')."""
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    adds_not = any(longer[: m.start() + 1] + longer[m.end() :] == shorter for m in re.finditer("nt", longer))
    return len(longer) - len(shorter) <= MOST_LETTERS_LOST and fuzz.ratio(a, b) >= SAME_WORD and not adds_not


def is_negation(word: str) -> bool:
    """Whether a folded word turns a sentence into its opposite."""
    return word in NEGATIONS or _NOT.fullmatch(word.replace("’", "'")) is not None


@lru_cache(maxsize=4096)
def _is_word(word: str) -> bool:
    """Whether English or Welsh has a word so spelled (lower case)."""
    import simplemma  # noqa: PLC0415 - its word list is loaded on first use only
    from wordfreq import zipf_frequency  # noqa: PLC0415 - the same

    if len(word) == 1:
        return word in LETTER_WORDS
    return float(zipf_frequency(word, "en")) >= KNOWN_ZIPF or bool(simplemma.is_known(word, lang="cy"))
