"""A sheet in marker capitals: what a writer puts right of it in Word keeps the capitals and small letters that they typed."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from test_corrections_actions import NOTE_ID, with_action

from digitise.config import Config
from digitise.corrections import Corrections
from digitise.model import Event
from digitise.pipeline import correct_event
from digitise.report import compose_report, write_docx
from digitise.report.blocks import Table, flatten, inline_text
from digitise.report.docx_base import make_base
from digitise.report.docx_changes import find_changes
from digitise.report.docx_reading import read_docx

EVENT = with_action("MARY EVANS TO RING THE SURGERY IN TREORCI BY END OF MARCH", ("MARY EVANS",), "BY END OF MARCH")


def edit_row(folder: Path, column: int, words: str) -> tuple[Event, Corrections]:
    """The event once a cell of the action's row in the register has other words."""
    report = folder / "report.docx"
    write_docx(EVENT, pictures=folder, template=None, out=report)
    base = make_base(read_docx(report), EVENT, Corrections())
    document = docx.Document(str(report))
    row = next(row for table in document.tables for row in table.rows if "surgery in" in row.cells[1].text)
    first, *rest = row.cells[column].paragraphs[0].runs
    first.text = words
    for run in rest:
        run.text = ""
    document.save(str(report))
    changes = find_changes(base, read_docx(report), origin="o")
    assert not changes.unmerged
    corrections = Corrections(edits=changes.edits, notes=changes.remembered)
    return correct_event(EVENT, corrections, Config()), corrections


def print_row(event: Event) -> list[str]:
    """The action's row in the register."""
    tables = [block for block in flatten(compose_report(event)) if isinstance(block, Table) and block.row_anchors[:1] == ("a_1",)]
    return [inline_text(cell) for cell in tables[0].rows[0]]


@pytest.mark.parametrize("name", ["Mary Evans", "Mair van der Berg, Age Connects", "RHA", "mary"])
def test_an_owner_is_printed_as_it_was_typed(name: str, tmp_path: Path) -> None:
    event, _ = edit_row(tmp_path, 2, name)
    assert print_row(event)[2] == name


def test_a_date_is_printed_as_it_was_typed(tmp_path: Path) -> None:
    event, _ = edit_row(tmp_path, 3, "end of Lent Term")
    assert print_row(event)[3] == "end of Lent Term"


def test_capitals_of_an_owner_nobody_gave_are_set_as_the_wording(tmp_path: Path) -> None:
    action = EVENT.arrangement.actions[0]
    mixed = action.model_copy(update={"owners": ("Mary Evans",)})
    arrangement = EVENT.arrangement.model_copy(update={"actions": (mixed, *EVENT.arrangement.actions[1:])})
    assert print_row(EVENT.model_copy(update={"arrangement": arrangement}))[2] == "Mary Evans", "not all in capitals"
    assert print_row(EVENT)[2] == "Mary evans", "as in its wording"


def test_a_capital_typed_in_the_wording_is_kept_and_the_sheet_is_left_as_it_was(tmp_path: Path) -> None:
    said = "Mary Evans to ring the surgery in Treorci by end of March"
    event, _ = edit_row(tmp_path, 1, said)
    assert print_row(event)[1] == said
    note = event.note(NOTE_ID)
    assert (note.written or note.text) == EVENT.note(NOTE_ID).text


def test_a_capital_and_another_word_typed_at_once_are_both_kept(tmp_path: Path) -> None:
    said = "Mary Evans to ring the surgeries in Treorci by end of March"
    event, _ = edit_row(tmp_path, 1, said)
    assert print_row(event)[1] == said
    assert event.note(NOTE_ID).written == "MARY EVANS TO RING THE SURGERIES IN TREORCI BY END OF MARCH"
