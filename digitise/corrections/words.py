"""A person's words laid over those that were read: which words were settled by it, and which stay in doubt."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher

from digitise.model import Line, Note, Word

PERSON = "person"
"""`Word.source` of a word that a person typed or accepted."""


def same_text(a: str, b: str) -> bool:
    """Whether two wordings are one but for spaces and line breaks."""
    return a.split() == b.split()


def settle_words(note: Note, text: str) -> tuple[Line, ...]:
    """The note's lines once a person has given its text.

    The same text: they have checked it all. Else the words that they left as they were stay as doubtful as they were, a word for
    which they typed one other becomes that word, and all others lose their doubt: what was read there is not printed any more.
    """
    words = list(note.words)
    tokens = text.split()
    read = [w.text for w in words]
    settled = list(words)
    if read == tokens:
        settled = [_settle(w, w.text) for w in words]
    else:
        for op, i0, i1, j0, j1 in SequenceMatcher(None, read, tokens, autojunk=False).get_opcodes():
            for k in range(i0, i1):
                if op != "equal":
                    settled[k] = _settle(words[k], tokens[j0 + k - i0] if i1 - i0 == j1 - j0 else words[k].text)
    return _put_back(note, settled)


def settle_word(note: Note, *, read: str, nth: int, text: str) -> Note | None:
    """The note with one word accepted or retyped; None when it has no such word."""
    places = [k for k, w in enumerate(note.words) if read in (w.text, w.raw)]
    if nth >= len(places):
        return None
    words = list(note.words)
    words[places[nth]] = _settle(words[places[nth]], text)
    return note.model_copy(update={"lines": _put_back(note, words), "text": _replace_word(note.text, read, nth, text)})


def _replace_word(text: str, read: str, nth: int, new: str) -> str:
    found = [m for m in re.finditer(r"\S+", text) if m.group() == read]
    if nth >= len(found):
        return text
    return text[: found[nth].start()] + new + text[found[nth].end() :]


def _settle(word: Word, text: str) -> Word:
    raw = word.raw or (word.text if text != word.text else "")
    return word.model_copy(update={"text": text, "raw": raw, "doubtful": False, "confidence": 1.0, "source": PERSON})


def _put_back(note: Note, words: list[Word]) -> tuple[Line, ...]:
    rest = iter(words)
    return tuple(line.model_copy(update={"words": tuple(next(rest) for _ in line.words)}) for line in note.lines)


def carry_words(text: str, printed: str, edited: str) -> str:
    """`text` with the words exchanged that a person exchanged in its printed form, which may lack list marks and capitals.

    So 'NO DROP-ON\\nPROVISION', printed as 'No drop-on provision' and edited to 'No drop-in provision', keeps its capitals and lines.
    Where words came or went, or the printed form has other words, it is what the person wrote.
    """
    old, new = printed.split(), edited.split()
    found = list(re.finditer(r"\S+", text))
    skip = len(found) - len(old)
    alike = skip >= 0 and all(_bare(m.group()) == _bare(o) for m, o in zip(found[skip:], old, strict=True))
    if not alike or len(old) != len(new):
        return edited
    for match, before, after in reversed(list(zip(found[skip:], old, new, strict=True))):
        if before != after:
            word = after.upper() if match.group().isupper() and len(match.group()) > 1 else after
            text = text[: match.start()] + word + text[match.end() :]
    return text


def _bare(word: str) -> str:
    return "".join(c for c in word.casefold() if c.isalnum()) or word


def is_correction(before: str, after: str, doubtful: Collection[str] = ()) -> bool:
    """Whether a person put right what was read rather than said it otherwise: as many words, each like the one it replaces.

    doubtful: words of the note that were in doubt; any other word may stand in their place.
    """
    old, new, doubted = before.split(), after.split(), {_bare(word) for word in doubtful}
    return len(old) == len(new) and all(a == b or _bare(a) in doubted or _alike(a, b) for a, b in zip(old, new, strict=True))


def is_recased(before: str, after: str, carried: str) -> bool:
    """Whether a person gave a word other capitals, 'evans' -> 'Evans', which it has not in `carried`, what carry_words made of it.

    before and after have as many words.
    """
    kept = set(carried.split())
    return any(_case(a) != _case(b) and b not in kept for a, b in zip(before.split(), after.split(), strict=True))


def _case(word: str) -> tuple[bool, bool, bool]:
    """Of a word's letters: whether the first is a capital, whether another one is, whether one is small."""
    letters = [c for c in word if c.isalpha()]
    return letters[:1] != [] and letters[0].isupper(), any(c.isupper() for c in letters[1:]), any(c.islower() for c in letters)


LIKE = 0.5
"""Similarity of two words of which one is a misreading of the other; 'drop-on' and 'drop-in' have 0.86, 'vehicels' and 'cars' 0.33."""


def _alike(a: str, b: str) -> bool:
    return SequenceMatcher(None, a.casefold(), b.casefold(), autojunk=False).ratio() >= LIKE
