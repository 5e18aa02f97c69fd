"""Quotation marks: one pair round what somebody said, whatever marks, or half of a pair, stand on the sheet."""

from __future__ import annotations

import re
from dataclasses import replace

from digitise.report.blocks import Run

_DOUBLE = '"“”„'
_SINGLE = "'‘’"
_OPENING = re.compile(rf"^[{_DOUBLE}{_SINGLE}]+\s*")
_CLOSING = re.compile(rf"[{_DOUBLE}{_SINGLE}]+(?=[.,;!?]*$)")
_ELIDED = re.compile(r"['‘’](?:tis|twas|em|cause|cos|til|n)\b", re.I)
"""English words that begin with an apostrophe; Welsh has too many to list: 'Dw, 'Rwy, 'Sdim."""


def quote(runs: tuple[Run, ...], language: str | None) -> tuple[tuple[Run, ...], str, str]:
    """A note's runs without the quotation marks at their ends, and the marks to print round them.

    Marks inside, of words quoted by who speaks, leave all as it was written. language: 'en', 'cy' or None.
    """
    text = "".join(run.text for run in runs)
    doubles = [i for i, c in enumerate(text) if c in _DOUBLE]
    opening, closing = _OPENING.search(text), _CLOSING.search(text.rstrip())
    if opening and (_ELIDED.match(text) or (language == "cy" and opening.group()[0] in _SINGLE and not closing)):
        opening = None
    ends = {*(range(opening.end()) if opening else ()), *(range(closing.start(), closing.end()) if closing else ())}
    if any(i not in ends for i in doubles):
        # who copies a pair copies both; one mark alone in mid sentence is a slip of the pen or of the reading
        return (runs, "", "") if len(doubles) % 2 == 0 else (runs, "" if opening else "“", "" if closing else "”")
    if closing and closing.group()[0] in _SINGLE and not opening and text[closing.start() - 1 : closing.start()].isalpha():
        closing = None  # 'my parents\''
    return _cut(runs, opening.end() if opening else 0, closing.span() if closing else (len(text), len(text))), "“", "”"


def _cut(runs: tuple[Run, ...], start: int, end: tuple[int, int]) -> tuple[Run, ...]:
    """Runs without the characters before `start` and those of the span `end`."""
    kept: list[Run] = []
    at = 0
    for run in runs:
        text = "".join(c for i, c in enumerate(run.text, at) if i >= start and not end[0] <= i < end[1])
        at += len(run.text)
        if text:
            kept.append(replace(run, text=text))
    return tuple(kept)
