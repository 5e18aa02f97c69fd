"""The net under all other comparisons of an edited report: what was typed and became no edit is listed, so that nothing goes in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digitise.report.docx_comparison import Comparison
from digitise.report.docx_matching import squeeze
from digitise.report.docx_names import find_note


def list_unsaid(c: Comparison) -> None:
    """List each paragraph with a word that the written document had not, and that stands in no edit and in nothing listed. Comes last."""
    known = {word for block in c.old for word in _words(block.text)}
    for edit in (*c.edits, *c.unmerged):
        known.update(word for text in _texts(edit.model_dump()) for word in _words(text))
    # who types again what a deleted point said brings that note back; 'Idea: ' and the like before a point is its kind
    notes = [note for note_id in c.touched if (note := find_note(c.event, note_id)) is not None]
    known.update(word for text in (*(note.text for note in notes), *c.labels.kinds.values()) for word in _words(text))
    heading = ""
    for block in c.new:
        if block.level:
            heading = squeeze(block.text)
        if not known.issuperset(_words(block.text)):
            c.list(squeeze(block.text), where=heading)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _texts(value: object) -> Iterator[str]:
    """All strings in the data of an edit."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
