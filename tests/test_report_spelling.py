"""Words whose spelling the word list settled are listed with what the ink alone says; doubtful ones and mere capitals are not."""

from __future__ import annotations

import pytest
from report_demo import demo_event

from digitise.model import Event, Word
from digitise.report.blocks import Table, flatten, inline_text
from digitise.report.compose import compose_report
from digitise.report.compose_spelling import settled_words

TITLE = "Spelling settled by the word list"


def with_raw(event: Event, raw: str, *, doubtful: bool = False) -> tuple[Event, str]:
    """The event with another ink's reading for a note's first word; and that word."""
    note = next(n for n in event.notes if n.words and not n.doubtful and len(n.words[0].text) > 3)
    first = note.lines[0].words[0].model_copy(update={"raw": raw, "doubtful": doubtful})
    line = note.lines[0].model_copy(update={"words": (first, *note.lines[0].words[1:])})
    changed = note.model_copy(update={"lines": (line, *note.lines[1:])})
    return event.model_copy(update={"notes": tuple(changed if n.id == note.id else n for n in event.notes)}), first.text


def rows_of(event: Event) -> list[list[str]]:
    tables = [b for b in flatten(compose_report(event)) if isinstance(b, Table) and b.caption == TITLE]
    return [[inline_text(cell) for cell in row] for table in tables for row in table.rows]


def test_a_settled_word_stands_beside_its_ink() -> None:
    event, word = with_raw(demo_event(), "Qxyz")
    (row,) = rows_of(event)
    assert row[1] == f"{word}: Qxyz" and word.lower() in row[0].lower()


def test_a_doubtful_word_is_among_the_words_to_check_instead() -> None:
    assert rows_of(with_raw(demo_event(), "Qxyz", doubtful=True)[0]) == []


def test_an_event_without_such_words_has_no_such_chapter() -> None:
    assert rows_of(demo_event()) == []


@pytest.mark.parametrize(("raw", "settled"), [("", False), ("BUS", False), ("b us", False), ("bus,", False), ("bvs", True), ("buss", True)])
def test_capitals_spaces_and_signs_are_no_other_letters(raw: str, settled: bool) -> None:
    note = demo_event().notes[0]
    word = Word(text="bus", raw=raw, confidence=0.95, quad=((0, 0), (1, 0), (1, 1), (0, 1)))
    line = next(n for n in demo_event().notes if n.lines).lines[0].model_copy(update={"words": (word,)})
    assert bool(settled_words(note.model_copy(update={"lines": (line,)}))) == settled
