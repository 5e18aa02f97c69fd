"""The name at the tail of a speech bubble is somebody's: 'Gwen', which may be a word elsewhere, is replaced there."""

from __future__ import annotations

import pytest
from report_demo import make_note, make_photo

from digitise.config import Privacy
from digitise.model import Accounting, Arrangement, Event, EventInfo, Placement
from digitise.privacy import hide_event


@pytest.mark.parametrize(("name", "shown"), [("Gwen", "G."), ("Gwen, carer", "G., carer"), ("Residents", "Residents")])
def test_a_speakers_name_is_replaced(name: str, shown: str) -> None:
    photo = make_photo(1, "a.jpg")
    speaker = make_note(photo.id, 1, name, role="label")
    bubble = make_note(photo.id, 0, "The white bus is never on time", role="quote", said_by=speaker.id)
    event = Event(
        generator="digitise",
        info=EventInfo(title="T"),
        photos=(photo,),
        surfaces=(),
        notes=(bubble, speaker),
        arrangement=Arrangement(placements=tuple(Placement(note_id=n.id) for n in (bubble, speaker)), sections=(), actions=()),
        accounting=Accounting(seen=2, reported=2, duplicates=0, unreadable=0, set_aside=0),
    )
    hidden = hide_event(event, Privacy(names="initials")).event
    assert [n.text for n in hidden.notes] == [bubble.text, shown]
    assert hidden.notes[0].said_by == hidden.notes[1].id == speaker.id
    assert [n.text for n in hide_event(event, Privacy()).event.notes] == [bubble.text, name]
