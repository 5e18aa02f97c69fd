"""The photo record: each sheet beside its transcript, named after what heads it, with the way to the chapters; and visual minutes."""

from __future__ import annotations

import pytest
from report_demo import BOX, IDENTITY, demo_event, make_note, make_photo
from test_report_compose import chapter, small_event

from digitise.model import Accounting, Arrangement, Event, Placement, Section, Surface
from digitise.report import compose_report
from digitise.report.blocks import Bullet, Heading, PageTurn, Picture, Run, Spread, Table, flatten, inline_text, spans

EVENT = demo_event()
BLOCKS = flatten(compose_report(EVENT))


def test_a_wall_is_named_after_its_columns() -> None:
    photo = make_photo(1, "a.jpg")
    surface = EVENT.surfaces[0].model_copy(update={"id": f"{photo.id}-s1"})
    heads = [make_note(photo.id, k, t, role="heading", surface_id=surface.id) for k, t in enumerate(["CHILDREN", "OLDER PEOPLE"])]
    below = make_note(photo.id, 3, "Actions", role="heading", surface_id=surface.id, under=heads[0].id)
    blocks = compose_report(small_event(photos=(photo,), surfaces=(surface,), notes=(*heads, below)))
    assert "Photo 1: Children, Older people" in [b.text for b in blocks if isinstance(b, Heading)]


def test_photos_are_named_after_what_heads_their_sheets() -> None:
    names = [b.text for b in BLOCKS if isinstance(b, Heading) and b.level == 3 and b.text.startswith("Photo ")]
    assert names[:2] == ["Photo 1: Mental health support", "Photo 2: Isolation + loneliness"]
    assert names[-1] == "Photo 10"


def with_surface(width: int, height: int, *, role: str = "quote", container: str = "none") -> Event:
    photo = make_photo(1, "a.jpg")
    surface = Surface(
        id=f"{photo.id}-s1", quad=BOX, what="sheet", confidence=1, size_px=(width, height), homography=IDENTITY, picture="a.jpg"
    )
    roles = [("Our town", "title"), ("Now", "heading"), ("“Buses!”", role), ("More trees", "note")]
    notes = tuple(make_note(photo.id, k, t, role=r, surface_id=surface.id, container=container) for k, (t, r) in enumerate(roles))
    return small_event(photos=(photo,), surfaces=(surface,), notes=notes)


@pytest.mark.parametrize(
    ("event", "graphic"),
    [
        (with_surface(3000, 1600), True),
        (with_surface(3000, 2100), False),
        (with_surface(3000, 1600, role="note"), False),
        (with_surface(3000, 1600, container="sticky"), False),
        (with_surface(1000, 1600, container="bubble"), True),
    ],
    ids=["wide roll with a quotation", "whiteboard", "wide without", "sticky notes", "bubbles"],
)
def test_graphic_recordings_become_visual_minutes(event: Event, graphic: bool) -> None:
    blocks = compose_report(event)
    assert any(isinstance(b, Heading) and b.text == "Visual minutes" for b in blocks) == graphic
    turns = [b.landscape for b in blocks if isinstance(b, PageTurn)]
    wide = event.surfaces[0].size_px[0] > event.surfaces[0].size_px[1]
    assert turns == ([True, False] if graphic and wide else [])


def test_two_wide_murals_share_their_pages_on_their_side() -> None:
    events = [with_surface(3000, 1600), with_surface(3000, 1600)]
    photos = (events[0].photos[0], make_photo(2, "b.jpg"))
    notes = [events[0].notes, tuple(n.model_copy(update={"id": f"b-{n.order}", "photo_id": photos[1].id}) for n in events[1].notes)]
    second = events[1].surfaces[0].model_copy(update={"id": f"{photos[1].id}-s1"})
    notes[1] = tuple(n.model_copy(update={"surface_id": second.id}) for n in notes[1])
    event = small_event(photos=photos, surfaces=(events[0].surfaces[0], second), notes=notes[0] + notes[1])
    assert [b.landscape for b in compose_report(event) if isinstance(b, PageTurn)] == [True, False]


def test_sheets_stand_beside_their_transcripts_unless_these_are_long() -> None:
    event = with_surface(1000, 1600, role="note")
    spread = next(b for b in compose_report(event) if isinstance(b, Spread))
    assert [spans([b])[0].text for b in spread.bullets] == ["Our town", "Now", "“Buses!”", "More trees"]
    photo, surface = event.photos[0], event.surfaces[0]
    for count, text in (
        (40, "Note"),
        (20, "A note that takes three lines beside its picture, for it has more to say than usual"),
    ):
        many = tuple(make_note(photo.id, k, f"{text} {k}", surface_id=surface.id) for k in range(count))
        blocks = compose_report(event.model_copy(update={"notes": many}))
        assert not any(isinstance(b, Spread) for b in blocks)
        assert any(isinstance(b, Picture) for b in blocks)


def test_what_heads_a_section_is_called_a_heading_on_its_sheet_whatever_it_looked_like() -> None:
    photo = make_photo(1, "a.jpg")
    notes = (make_note(photo.id, 0, "What stands in the way?"), make_note(photo.id, 1, "More trees"))
    placements = (Placement(note_id=notes[0].id, section_id="s1"), Placement(note_id=notes[1].id, kind="idea", section_id="s1"))
    section = Section(id="s1", title=notes[0].text, title_source="written", title_note_id=notes[0].id, note_ids=(notes[1].id,))
    arrangement = Arrangement(placements=placements, sections=(section,), actions=())
    blocks = compose_report(small_event(photos=(photo,), notes=notes, arrangement=arrangement))
    transcripts = [inline_text(b.inlines) for b in flatten(blocks) if isinstance(b, Bullet) and b.kind.startswith("transcript")]
    assert transcripts == ["What stands in the way? →\u00a0heading", "More trees →\u00a0idea"]


def test_what_only_marks_its_sheet_is_printed_with_it_and_counted_so() -> None:
    photo = make_photo(1, "a.jpg")
    notes = (make_note(photo.id, 0, "8"), make_note(photo.id, 1, "More trees"))
    placements = (Placement(note_id=notes[0].id, with_sheet=True), Placement(note_id=notes[1].id, kind="idea"))
    accounting = Accounting(seen=2, reported=2, duplicates=0, unreadable=0, set_aside=0)
    arrangement = Arrangement(placements=placements, sections=(), actions=())
    blocks = compose_report(small_event(photos=(photo,), notes=notes, arrangement=arrangement, accounting=accounting))
    assert {s.text: s.anchor[0] for s in spans(blocks) if s.text == "8"} == {"8": "r"}
    table = next(b for b in chapter("Account of all notes", blocks) if isinstance(b, Table))
    assert [inline_text(row[1]) for row in table.rows] == ["1", "1", "0", "0", "0", "2"]


def test_english_words_to_check_are_marked_english_in_a_welsh_report() -> None:
    blocks = flatten(compose_report(demo_event(languages=("cy",))))
    rows = next(b for b in chapter("Geiriau i’w gwirio", blocks) if isinstance(b, Table)).rows
    told = {inline_text(row[1]): {r.language for cell in row[1:] for r in cell if isinstance(r, Run) and len(r.text) > 2} for row in rows}
    english = [languages for text, languages in told.items() if text.startswith(("NO DROP-IN", "No drop-in", "RCT CBC", "Taxi cards"))]
    assert len(english) == 3 and all(languages == {"en"} for languages in english), told
