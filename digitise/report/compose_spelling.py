"""Words whose letters the word list settled although nobody need doubt them: listed with what the ink alone says, never changed in silence.

A word that is likely wrong is marked where it stands and listed among the words to check. These are the others: the program is sure of
them, but their spelling is not the ink's alone, and a reader must be able to see that.
"""

from __future__ import annotations

from digitise.model import Note, Word
from digitise.report.blocks import Block, Cell, Heading, Inline, Paragraph, Run, Table
from digitise.report.compose_record import link_to_places
from digitise.report.draft import Draft, fate_of, note_language, shorten
from digitise.report.wording import bare_letters, clean_text


def compose_spellings(draft: Draft) -> list[Block]:
    """One row per note with such words."""
    labels = draft.labels
    rows: list[tuple[Cell, ...]] = []
    for note in sorted(draft.event.notes, key=lambda n: (draft.photo_numbers.get(n.photo_id, 0), n.order)):
        settled = settled_words(note)
        if not settled or fate_of(draft, note.id) in ("unreadable", "set aside"):
            continue
        inlines: list[Inline] = []
        for word in settled:
            inlines += [*([Run("; ")] if inlines else []), Run(clean_text(word.text), bold=True), Run(f": {clean_text(word.raw)}")]
        rows.append(((Run(shorten(note.text, 25), language=note_language(draft, note)), *link_to_places(draft, note)), tuple(inlines)))
    if not rows:
        return []
    table = Table(header=(labels.as_read, labels.ink_alone), rows=tuple(rows), widths=(0.6, 0.4), caption=labels.settled_words)
    return [Heading(2, (Run(labels.settled_words),)), Paragraph((Run(labels.settled_intro),), "lead"), table]


def settled_words(note: Note) -> list[Word]:
    """Words neither doubtful nor a person's, but with other letters than the ink's own reading; capitals and spaces are none."""
    return [w for w in note.words if w.raw and not w.doubtful and w.source != "person" and bare_letters(w.raw) != bare_letters(w.text)]
