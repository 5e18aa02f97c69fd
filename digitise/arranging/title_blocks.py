"""The title block of a sheet: the lines at its head that say what event this is, which nobody said at the event.

A title in large letters is often written on several lines, and read as several: 'Connecting' / 'Communities' / 'Health and isolation' /
'Co-design day, 14 March 2026'. One of them alone is a word like any other; one after the other they repeat the event's title.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from digitise.arranging.dates import parse_event_date
from digitise.arranging.sheets import SheetKey, sheet_of
from digitise.arranging.wording import fold, is_readable
from digitise.config import Config
from digitise.model import Note

LEAST_WORDS = 2
"""Words of the event's title that the lines at a sheet's head have to repeat together: one word may be a theme."""
MOST_DATED_WORDS = 8
"""'Co-design day, 14 March 2026': a line with the event's own date is no longer."""
PAPER = ("none", "box", "paper")
"""What stands on a sticky was said by somebody."""


def find_title_blocks(notes: Sequence[Note], config: Config) -> frozenset[str]:
    """Ids of the notes that make up the title blocks of their sheets. `notes` are in reading order; config names the event.

    A block begins with its sheet's first line, and ends before the first one that says anything else.
    """
    on_sheet: dict[SheetKey, list[Note]] = {}
    for note in notes:
        on_sheet.setdefault(sheet_of(note), []).append(note)
    return frozenset(i for found in on_sheet.values() for i in _find_block(found, config))


def _find_block(lines: Sequence[Note], config: Config) -> list[str]:
    title = fold(config.title or "")
    known = [wording for wording in map(fold, (config.place, *config.organisers)) if wording]
    event = parse_event_date(config.date)
    said: list[str] = []
    block: list[str] = []
    for note in lines:
        line = fold(note.text)
        if note.container not in PAPER or not is_readable(note.text):
            break
        if _is_run(" ".join([*said, line]), title):
            said.append(line)
        elif not _is_enough(said, title) or not _says_event(note, line, title, known, event):
            break
        block.append(note.id)
    return block if _is_enough(said, title) and lines[0].role in ("title", "heading", "label") else []


def _says_event(note: Note, line: str, title: str, known: Sequence[str], event: date | None) -> bool:
    """Whether a line below the title is more of it, the place, an organiser or the date of the event."""
    if line in known or (_is_run(line, title) and len(line.split()) >= LEAST_WORDS):
        return True
    return event is not None and parse_event_date(note.text) == event and len(note.text.split()) <= MOST_DATED_WORDS


def _is_run(line: str, title: str) -> bool:
    return bool(line) and f" {line} " in f" {title} "


def _is_enough(said: Sequence[str], title: str) -> bool:
    line = " ".join(said)
    return bool(line) and (line == title or len(line.split()) >= LEAST_WORDS)
