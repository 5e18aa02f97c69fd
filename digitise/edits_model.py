"""What people wrote into a report themselves, as the event holds it; laid there by corrections/, printed by report/own_words.py."""

from __future__ import annotations

from typing import Literal

from digitise.frozen import Frozen

ParagraphStyle = Literal["body", "bullet", "quote", "heading 1", "heading 2", "heading 3"]


class OwnRun(Frozen):
    """A stretch of a person's own text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


class OwnParagraph(Frozen):
    """A paragraph that a person added to the report."""

    id: str
    style: ParagraphStyle = "body"
    runs: tuple[OwnRun, ...]
    after: tuple[str, ...] = ()
    """Places behind which it may stand, the best first: bookmarks of notes and headings, or 'text:' and a heading's words; 'start' is
    the first place of all."""


class OwnPassage(Frozen):
    """Words of the program's own that a person put otherwise."""

    id: str
    base: str
    under: str = ""
    """Words of the heading above it."""
    nth: int = 0
    runs: tuple[OwnRun, ...] = ()
    alone: bool = False
    """Of a chapter's heading that was taken out: what stands under it stays."""


class EditToCheck(Frozen):
    """A person's edit that should be looked at again. It is kept all the same."""

    id: str
    reason: Literal["changed", "not found", "no photo", "no place", "conflict", "not kept"]
    """changed: the program says something else now than when the edit was made. not found: the note is not found on its photo any more.
    no photo: its photo is not in the event. no place: it is about a passage or section that is gone. conflict: two people or two places
    of the document say different things. not kept: the program cannot print it."""
    note_id: str = ""
    about: str = ""
    """What the edit is about: 'wording', 'owners' … as in corrections.json; or the words beside which it stood."""
    yours: str
    before: str = ""
    """What the program said when the edit was made."""
    now: str = ""
    """What it says now, or what the report prints instead."""
