"""What a person did to a report in Word or LibreOffice, as edits: the edited document compared with what was written."""

from __future__ import annotations

from digitise.report.docx_changes_notes import find_note_changes
from digitise.report.docx_changes_sections import find_section_changes
from digitise.report.docx_changes_unsaid import list_unsaid
from digitise.report.docx_changes_words import find_dropped_chapters, find_register_changes, find_word_changes
from digitise.report.docx_comparison import Changes, close_comparison, open_comparison
from digitise.report.docx_names import Base
from digitise.report.docx_reading import Reading

__all__ = ["Changes", "find_changes"]


def find_changes(base: Base, edited: Reading, *, origin: str) -> Changes:
    """All edits of a document, measured against what the program had written into it. Pure; finds none where none were made.

    origin: name of the document, which becomes that of its edits.
    """
    c = open_comparison(base, edited, origin=origin)
    find_dropped_chapters(c)
    find_note_changes(c)
    find_section_changes(c)
    find_register_changes(c)
    find_word_changes(c)
    list_unsaid(c)
    if edited.pictures > base.reading.pictures:
        c.list(f"{edited.pictures - base.reading.pictures} × {c.labels.picture}", where=c.labels.picture)
    for words in (*edited.boxes, *edited.comments):
        c.list(words, where="")
    if edited.footnotes:
        c.list(f"{edited.footnotes} × ¹", where="")
    return close_comparison(c)
