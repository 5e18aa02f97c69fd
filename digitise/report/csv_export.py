"""actions.csv: the action register for spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from digitise.model import Event
from digitise.report.compose_actions import print_action, print_due, print_owner, section_title
from digitise.report.draft import open_draft
from digitise.report.wording import clean_text
from digitise.store import atomic_write

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_actions_csv(event: Event, out: Path) -> None:
    """Write the actions as UTF-8 CSV with a byte order mark, which Excel needs for ŵ and ŷ. Raises OutputError."""
    with atomic_write(out) as part:
        part.write_text(render_actions_csv(event), encoding="utf-8-sig", newline="")


def render_actions_csv(event: Event) -> str:
    """Columns as in the report's register, with the day as ISO date, the photo's file and the note's id added."""
    draft = open_draft(event)
    labels = draft.labels
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    names = (labels.number, labels.action, labels.owner, labels.due, "due_date", labels.theme, labels.file, "note_id")
    writer.writerow(map(clean_text, names))
    files = {photo.id: photo.file for photo in event.photos}
    for action in sorted(event.arrangement.actions, key=lambda a: a.number):
        note = draft.notes.get(action.note_id)
        section = draft.sections.get(action.section_id or "")
        cells = [
            labels.action_short.format(number=action.number),
            print_action(draft, action),
            ", ".join(print_owner(draft, action, o) for o in action.owners),
            print_due(draft, action),
            action.due_date.isoformat() if action.due_date else "",
            section_title(draft, section) if section and section.title_source != "none" else "",
            files.get(note.photo_id, "") if note else "",
            action.note_id,
        ]
        writer.writerow([guard_cell(" ".join(clean_text(c).split())) for c in cells])
    return buffer.getvalue()


def guard_cell(text: str) -> str:
    """A cell that a spreadsheet would run as a formula, made text by a leading apostrophe."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) else text
