"""Owners and dates of actions that a person worded otherwise."""

from __future__ import annotations

import pytest
from report_demo import demo_event

from digitise.config import Config
from digitise.corrections import Corrections, WordingEdit
from digitise.model import Action, Event
from digitise.pipeline import correct_event

EVENT = demo_event()
NOTE_ID = EVENT.arrangement.actions[0].note_id


def with_action(text: str, owners: tuple[str, ...], due: str | None = None) -> Event:
    """The demo event with other words, owners and date in its first action."""
    notes = tuple(n.model_copy(update={"text": text, "lines": ()}) if n.id == NOTE_ID else n for n in EVENT.notes)
    first = EVENT.arrangement.actions[0].model_copy(update={"text": text, "owners": owners, "due": due, "due_date": None})
    rest = tuple(a for a in EVENT.arrangement.actions if a.note_id != NOTE_ID)
    arrangement = EVENT.arrangement.model_copy(update={"actions": (first, *rest)})
    return EVENT.model_copy(update={"notes": notes, "arrangement": arrangement})


def reword(event: Event, text: str) -> Action:
    edit = WordingEdit(note_id=NOTE_ID, of="report", text=text, base=event.note(NOTE_ID).text)
    corrected = correct_event(event, Corrections(edits=(edit,)), Config())
    return next(a for a in corrected.arrangement.actions if a.note_id == NOTE_ID)


@pytest.mark.parametrize(
    ("was", "owners", "now", "left"),
    [
        ("Library to lend tablets", ("Library",), "Town Library to lend tablets and laptops", ("Town Library",)),
        ("Ann to write the review", ("Ann",), "Write the annual review", ()),
        ("Sue to raise it", ("Sue",), "Raise the issue", ()),
        ("Lend tablets and chargers (Ann)", ("Ann",), "Lend tablets, says ANN, to all", ("Ann",)),
        ("Town Library, lend us the hall", ("Town Library",), "Town Library, lend us the big hall", ("Town Library",)),
    ],
)
def test_an_owner_stays_with_new_words_only_as_whole_words_and_once(
    was: str, owners: tuple[str, ...], now: str, left: tuple[str, ...]
) -> None:
    assert reword(with_action(was, owners), now).owners == left


@pytest.mark.parametrize(("now", "due"), [("Write to the Mayor", None), ("Write to them in late May", "May")])
def test_a_date_stays_with_new_words_only_as_whole_words(now: str, due: str | None) -> None:
    found = reword(with_action("Write by May", (), "May"), now).due
    assert found == due or (due is not None and found is not None and due in found)
