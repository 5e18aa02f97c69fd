"""The library's own sentences in the visitor's language. It words its errors in English; wording/program.toml has the same in Welsh."""

from __future__ import annotations

import functools
import re
import string
from typing import NamedTuple

from digitise.errors import DigitiseError
from digitise.web.wording import load_texts

AREA = "program."
HERE = "_here"
"""Ends the name of what the pages say instead of the entry without it, where the library speaks of the terminal."""
_NUMBER = r"[0-9][0-9.,]*"


class Words(NamedTuple):
    """A piece of text, and the language that it is in."""

    text: str
    language: str


class _Sentence(NamedTuple):
    name: str
    pattern: re.Pattern[str]
    fixed_chars: int
    """Letters that are no gap: of two sentences that fit, the one with more of them is meant."""


def tell(language: str, text: str) -> list[Words]:
    """A text of the library's, sentence by sentence. What nobody has translated stays in English and says so."""
    if not text:
        return []
    if language == "en":
        return [Words(" ".join(words.text for words in _tell_parts(language, text)), "en")]
    return _tell_parts(language, text)


def _tell_parts(language: str, text: str) -> list[Words]:
    if not text:
        return []
    whole = _translate(language, text)
    if whole is not None:
        return [Words(whole, language)]
    for end in (match.start() for match in re.finditer(r"\. ", text)):
        first = _translate(language, text[: end + 1]) or _translate(language, text[:end])
        if first is not None:
            return [Words(first.rstrip(".") + ".", language), *_tell_parts(language, text[end + 2 :])]
    return [Words(text, "en")]


def tell_error(language: str, error: DigitiseError) -> list[Words]:
    """An error without its subject: what is wrong, and what to do."""
    return tell(language, f"{error.reason[:1].upper()}{error.reason[1:]}. {error.remedy}".strip())


def tell_error_flat(language: str, error: DigitiseError) -> str:
    return " ".join(words.text for words in tell_error(language, error))


def tell_flat(language: str, text: str) -> str:
    """As `tell`, where a text cannot say what language its parts are in."""
    return " ".join(words.text for words in tell(language, text))


def find_sentence(text: str) -> str | None:
    """Name of the entry of the table that a text is."""
    found = _find(text)
    return found[0] if found else None


def _translate(language: str, text: str) -> str | None:
    stripped = text.removesuffix(".")
    found = _find(text) or (_find(stripped) if stripped != text else None)
    if found is None:
        return None
    name, gaps = found
    texts = load_texts(language)
    forms = texts.get(AREA + name + HERE) or texts[AREA + name]
    filled = {gap: _translate(language, value) or value for gap, value in gaps.items()}
    told = forms[0].format(**filled)
    told = told[:1].upper() + told[1:] if text[:1].isupper() else told
    return told + "." if text.endswith(".") and not told.endswith(".") else told


def _find(text: str) -> tuple[str, dict[str, str]] | None:
    for sentence in _sentences():
        match = sentence.pattern.fullmatch(text)
        if match is not None:
            return sentence.name, match.groupdict()
    return None


@functools.cache
def _sentences() -> tuple[_Sentence, ...]:
    """The table, the most telling first."""
    made = [_compile(name.removeprefix(AREA), forms[0]) for name, forms in load_texts("en").items() if _is_said(name)]
    return tuple(sorted(made, key=lambda sentence: -sentence.fixed_chars))


def _is_said(name: str) -> bool:
    return name.startswith(AREA) and not name.endswith(HERE)


def _compile(name: str, text: str) -> _Sentence:
    """A sentence as a pattern: its first letter may be a capital."""
    pattern, fixed_chars = "", 0
    for literal, gap, _, _ in string.Formatter().parse(text):
        at_start = not pattern and literal[:1].isalpha()
        pattern += f"[{literal[0].lower()}{literal[0].upper()}]{re.escape(literal[1:])}" if at_start else re.escape(literal)
        fixed_chars += len(literal)
        if gap is not None:
            # at the beginning, a sentence before this one is not part of it
            any_words = ".+?" if pattern else r"(?:(?!\. ).)+?"
            pattern += f"(?P<{gap}>{_NUMBER if gap.startswith('n') else any_words})"
    return _Sentence(name, re.compile(pattern, re.DOTALL), fixed_chars)
