"""Points that were cut out of a report and pasted elsewhere, where programs drop their bookmarks."""

from __future__ import annotations

from digitise.report.docx_matching import match_blocks
from digitise.report.docx_reading import Mark, ReadBlock

MANY = 400
"""Pairs of so many are more than are compared letter by letter."""
WORDS = [f"Point {k} about the bus to the {k % 7} valleys" for k in range(MANY)]
WRITTEN = [ReadBlock(text=text, marks=(Mark(name=f"n_{k}", start=0, end=len(text)),)) for k, text in enumerate(WORDS)]


def test_any_number_of_points_is_found_by_their_words() -> None:
    matching = match_blocks(WRITTEN, [ReadBlock(text=text) for text in reversed(WORDS)])
    assert matching.old_of == {j: MANY - 1 - j for j in range(MANY)} and not matching.untried


def test_what_is_too_much_to_look_for_is_told() -> None:
    matching = match_blocks(WRITTEN, [ReadBlock(text=f"{text} and back") for text in reversed(WORDS)])
    assert matching.untried == set(matching.gone) and len(matching.untried) > 300
