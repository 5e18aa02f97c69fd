"""The tree of blocks: every note has its place, nothing is invented, everything can be followed."""

from __future__ import annotations

import itertools

import pytest
from report_demo import demo_event, make_note, make_photo

from digitise.model import Accounting, Action, Arrangement, Event, EventInfo, Placement, Section
from digitise.report import compose_report
from digitise.report.blocks import (
    Block,
    Bullet,
    Heading,
    Link,
    Paragraph,
    Picture,
    Run,
    Span,
    Table,
    flatten,
    inline_text,
    spans,
)
from digitise.report.draft import anchor_name

EVENT = demo_event()
BLOCKS = flatten(compose_report(EVENT))


def small_event(**more: object) -> Event:
    fields = {
        "generator": "digitise",
        "info": EventInfo(title="T"),
        "photos": (),
        "surfaces": (),
        "notes": (),
        "arrangement": Arrangement(placements=(), sections=(), actions=()),
        "accounting": Accounting(seen=0, reported=0, duplicates=0, unreadable=0, set_aside=0),
    }
    return Event.model_validate(fields | more)


def parts(blocks: list[Block]) -> list[object]:
    found: list[object] = []
    for block in blocks:
        if isinstance(block, Table):
            found += [p for row in block.rows for cell in row for p in cell]
        elif isinstance(block, Heading | Paragraph | Bullet):
            found += block.inlines
        elif isinstance(block, Picture):
            found += block.caption
    return found


def anchors(blocks: list[Block]) -> list[str]:
    names = [s.anchor for s in spans(blocks)]
    names += [b.anchor for b in blocks if isinstance(b, Heading | Picture) and b.anchor]
    return names + [a for b in blocks if isinstance(b, Table) for a in b.row_anchors]


def chapter(title: str, blocks: list[Block] = BLOCKS) -> list[Block]:
    start = next(i for i, b in enumerate(blocks) if isinstance(b, Heading) and b.text == title)
    level = blocks[start].level  # type: ignore[union-attr]
    rest = blocks[start + 1 :]
    end = next((i for i, b in enumerate(rest) if isinstance(b, Heading) and b.level <= level), len(rest))
    return rest[:end]


def test_every_reported_note_is_printed_once_in_a_chapter_or_heads_its_sheet() -> None:
    printed = [s.note_id for s in spans(BLOCKS) if s.anchor.startswith("n_")]
    reported = {p.note_id for p in EVENT.arrangement.placements if p.fate == "reported"}
    sheet_only = {n.id for n in EVENT.notes if n.role in ("title", "label")} | {
        s.title_note_id for s in EVENT.arrangement.sections if s.title_source == "proposed"
    }
    assert len(printed) == len(set(printed))
    assert set(printed) == reported - sheet_only


def test_the_transcripts_hold_every_note_but_those_set_aside_word_for_word() -> None:
    transcript = {s.note_id: s.text for s in spans(BLOCKS) if s.anchor.startswith("r_")}
    for note in EVENT.notes:
        fate = next(p.fate for p in EVENT.arrangement.placements if p.note_id == note.id)
        if fate == "set aside":
            assert note.id not in transcript
        elif note.text:
            assert transcript[note.id].startswith(" ".join(note.text.split()))


def test_anchors_are_unique_and_every_link_leads_somewhere() -> None:
    names = anchors(BLOCKS)
    assert len(names) == len(set(names))
    links = [p for p in parts(BLOCKS) if isinstance(p, Link)]
    assert len(links) > 100
    assert {link.target for link in links} <= set(names)
    assert all(len(name) <= 40 and name.replace("_", "").isalnum() and name[0].isalpha() for name in names)


def test_each_doubtful_word_is_doubted_once() -> None:
    runs = [run for span in spans(BLOCKS) for run in span.runs if run.doubt]
    wanted = [w.text for n in EVENT.notes for w in n.words if w.doubtful]
    assert sorted(r.text.lower() for r in runs) == sorted(w.lower() for w in wanted)


def test_heading_levels_never_skip() -> None:
    levels = [b.level for b in BLOCKS if isinstance(b, Heading)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_evidence_is_made_of_the_notes_words() -> None:
    evidence = chapter("Mental health support")[0]
    assert isinstance(evidence, Paragraph)
    assert inline_text(evidence.inlines).startswith(
        "What was said: “Lack of support for families” (said 3 times)\u00a0[1]\u00a0[6]; “No drop-in provision in RCT”; “"
    )
    links = [i.text for i in evidence.inlines if isinstance(i, Link)]
    assert links == ["[1]", "[6]", "[1]"], "what was said again has all its photos; other notes of one photo share their reference"
    ours = "".join(i.text for i in evidence.inlines if isinstance(i, Run))
    assert set(ours.replace("What was said:", "").replace("(said 3 times)", "")) <= set(" “”;.\u00a0")


def test_owners_stand_out_in_action_bullets_and_are_named_where_the_wording_lacks_them() -> None:
    bullets = [b for b in BLOCKS if isinstance(b, Bullet) and b.kind == "action"]
    bold = {r.text for b in bullets for i in b.inlines if isinstance(i, Span) for r in i.runs if r.bold}
    assert {"Interlink staff", "RCT CBC", "Interlink", "Age Connects"} <= bold
    text = next(inline_text(b.inlines) for b in bullets if "loneliness" in inline_text(b.inlines))
    assert "(Owner: Public Health Wales; Due: Q2 (30 June 2026))" in text


def test_register_lists_all_actions_and_says_who_is_missing() -> None:
    table = next(b for b in chapter("Action register") if isinstance(b, Table))
    assert [inline_text(row[0]) for row in table.rows] == [f"A{a.number}" for a in EVENT.arrangement.actions]
    assert [inline_text(row[2]) for row in table.rows].count("not named") == sum(not a.owners for a in EVENT.arrangement.actions)
    assert inline_text(table.rows[9][3]) == "30 April 2026"


def test_accounting_adds_up() -> None:
    table = next(b for b in chapter("Account of all notes") if isinstance(b, Table))
    counts = [int(inline_text(row[1])) for row in table.rows]
    assert sum(counts[:-1]) == counts[-1] == len(EVENT.notes)


def test_a_note_without_placement_is_not_lost() -> None:
    photo = make_photo(1, "a.jpg")
    event = small_event(photos=(photo,), notes=(make_note(photo.id, 0, "Forgotten"),))
    assert "Forgotten" in [s.text for s in spans(chapter("Other points", compose_report(event)))]


def test_sections_without_problems_are_what_people_said() -> None:
    photo = make_photo(1, "a.jpg")
    notes = (make_note(photo.id, 0, "WENT WELL", role="heading"), make_note(photo.id, 1, "Tea"), make_note(photo.id, 2, "Cake"))
    placements = (Placement(note_id=notes[0].id), *(Placement(note_id=n.id, kind="strength", section_id="s") for n in notes[1:]))
    section = Section(id="s", title="WENT WELL", title_source="written", title_note_id=notes[0].id, note_ids=(notes[1].id, notes[2].id))
    event = small_event(photos=(photo,), notes=notes, arrangement=Arrangement(placements=placements, sections=(section,), actions=()))
    blocks = compose_report(event)
    assert next(b.text for b in chapter("What people said", blocks) if isinstance(b, Heading)) == "Went well"
    assert not any(isinstance(b, Heading) and b.text == "Problems and actions" for b in blocks)


def test_long_evidence_goes_on_as_bullets() -> None:
    photo = make_photo(1, "a.jpg")
    notes = tuple(make_note(photo.id, k, f"number {k} " + "word " * 18) for k in range(6))
    placements = tuple(Placement(note_id=n.id, kind="problem", section_id="s") for n in notes)
    section = Section(id="s", title="Long", note_ids=tuple(n.id for n in notes))
    event = small_event(photos=(photo,), notes=notes, arrangement=Arrangement(placements=placements, sections=(section,), actions=()))
    body = chapter("Long", compose_report(event))
    lead, *points = [b for b in body if isinstance(b, Paragraph | Bullet)]
    assert isinstance(lead, Paragraph) and inline_text(lead.inlines) == "What was said:"
    assert [len(spans([b])) for b in points] == [1] * 6


@pytest.mark.parametrize("note_id", ["a-b", "a_b", "x" * 80, "ŵ/1"])
def test_anchor_names_fit_word(note_id: str) -> None:
    name = anchor_name("n", note_id)
    assert len(name) <= 36
    assert name.isascii()
    assert len({anchor_name("n", i) for i in ("a-b", "a_b", "x" * 80, "ŵ/1")}) == 4


def test_an_empty_event_says_so() -> None:
    texts = [inline_text(b.inlines) for b in compose_report(small_event()) if isinstance(b, Paragraph)]
    assert "No notes were found on the photos." in texts


def test_welsh_labels_leave_participants_words_alone() -> None:
    welsh = compose_report(demo_event(languages=("cy",)))
    assert [s.text for s in spans(welsh) if s.anchor.startswith("n_")] == [s.text for s in spans(BLOCKS) if s.anchor.startswith("n_")]
    assert any(isinstance(b, Heading) and b.text == "Cofrestr camau gweithredu" for b in welsh)


def arranged(texts: list[tuple[str, str]], *, title: str = "", source: str = "none", **more: object) -> Event:
    """One photo with one section of notes (wording, kind)."""
    photo = make_photo(1, "a.jpg")
    notes = tuple(make_note(photo.id, k, text, language=None) for k, (text, _) in enumerate(texts))
    placements = tuple(Placement(note_id=n.id, kind=kind, section_id="s") for n, (_, kind) in zip(notes, texts, strict=True))  # type: ignore[arg-type]
    note_id = notes[0].id if source == "proposed" else None
    section = Section(id="s", title=title, title_source=source, title_note_id=note_id, note_ids=tuple(n.id for n in notes))  # type: ignore[arg-type]
    arrangement = Arrangement(placements=placements, sections=(section,), actions=())
    return small_event(photos=(photo,), notes=notes, arrangement=arrangement, **more)


def test_a_proposed_title_that_is_a_whole_note_is_not_printed_again() -> None:
    blocks = compose_report(
        arranged([("- No buses at night", "problem"), ("Taxis are dear", "problem")], title="No buses at night", source="proposed")
    )
    body = chapter("No buses at night", blocks)
    assert [inline_text(b.inlines) for b in body if isinstance(b, Paragraph)] == [
        "Problem\u00a0[1]",
        "What was said: “Taxis are dear”\u00a0[1].",
    ]
    assert [s.text for s in spans(blocks) if s.anchor.startswith("n_")] == ["No buses at night", "Taxis are dear"]


def test_a_part_of_a_section_is_not_headed_with_the_sections_own_title() -> None:
    blocks = compose_report(
        arranged([("A hot meal", "idea"), ("A wave kept me going", "quote")], title="In people's own words", source="written")
    )
    body = chapter("In people's own words", blocks)
    assert isinstance(body[0], Paragraph) and body[0].kind == "quote"
    assert [b.text for b in body if isinstance(b, Heading)] == ["Also said"]
    assert [inline_text(b.inlines) for b in body if isinstance(b, Bullet)] == ["Idea: A hot meal\u00a0[1]"]


def test_a_part_of_three_points_has_a_heading_and_smaller_ones_stand_together() -> None:
    notes = [("No buses", "problem"), ("Who pays?", "question"), ("The choir", "strength"), *[(f"Garden {k}", "idea") for k in range(3)]]
    body = chapter("Town", compose_report(arranged(notes, title="Town", source="written")))
    texts = [b.text if isinstance(b, Heading) else inline_text(b.inlines) for b in body if isinstance(b, Heading | Bullet)]
    ideas = [f"Garden {k}\u00a0[1]" for k in range(3)]
    assert texts == ["Ideas not yet actions", *ideas, "Also said", "Strength: The choir\u00a0[1]", "Who pays?\u00a0[1]"]


def test_half_a_quotation_is_closed() -> None:
    body = chapter(
        "Quotes", compose_report(arranged([('It kept me going."', "quote"), ("A wave", "quote")], title="Quotes", source="written"))
    )
    assert [inline_text(b.inlines) for b in body if isinstance(b, Paragraph)] == ["“It kept me going.”\u00a0[1]", "“A wave”\u00a0[1]"]


def test_sub_items_are_set_in_below_the_item_they_stand_under() -> None:
    photo = make_photo(1, "a.jpg")
    levels = [("Sports hall", 0), ("Roof", 1), ("North side", 2), ("Floor", 1), ("Car park", 0)]
    notes = tuple(make_note(photo.id, k, text, level=level) for k, (text, level) in enumerate(levels))
    placements = tuple(Placement(note_id=n.id, kind="idea") for n in notes)
    blocks = compose_report(
        small_event(photos=(photo,), notes=notes, arrangement=Arrangement(placements=placements, sections=(), actions=()))
    )
    assert [b.level for b in blocks if isinstance(b, Bullet) and b.kind == "point"] == [0, 1, 2, 1, 0]
    assert [b.level for b in blocks if isinstance(b, Bullet) and b.kind == "transcript"] == [0, 1, 2, 1, 0]


def test_a_sub_item_without_its_item_is_not_set_in() -> None:
    photo = make_photo(1, "a.jpg")
    notes = (make_note(photo.id, 0, "Hall"), make_note(photo.id, 1, "Roof", level=1))
    placements = (Placement(note_id=notes[0].id, kind="idea"), Placement(note_id=notes[1].id, kind="strength"))
    blocks = compose_report(
        small_event(photos=(photo,), notes=notes, arrangement=Arrangement(placements=placements, sections=(), actions=()))
    )
    assert [b.level for b in blocks if isinstance(b, Bullet) and b.kind == "point"] == [0, 0]


def test_themes_at_a_glance_count_what_each_theme_prints() -> None:
    table = next(b for b in chapter("Themes at a glance") if isinstance(b, Table))
    first = [inline_text(cell) for cell in table.rows[0]]
    assert first == ["Mental health support", "4", "3", "2", "Interlink staff, RCT CBC, Interlink"]
    assert sum(int(inline_text(row[2]).replace("–", "0")) for row in table.rows) == len(EVENT.arrangement.actions)


def test_the_register_names_the_problem_that_an_action_answers() -> None:
    problem = next(p.note_id for p in EVENT.arrangement.placements if p.kind == "problem")
    first, *rest = EVENT.arrangement.actions
    actions = (first.model_copy(update={"problem_note_ids": (problem,)}), *rest)
    blocks = compose_report(EVENT.model_copy(update={"arrangement": EVENT.arrangement.model_copy(update={"actions": actions})}))
    table = next(b for b in chapter("Action register", blocks) if isinstance(b, Table))
    answered = [inline_text(row[4]) for row in table.rows]
    assert answered[:2] == ["Lack of support for families", "none named"]
    # where nobody could tell of any, there is no such column
    assert next(b for b in chapter("Action register") if isinstance(b, Table)).header[4] == "Theme"


def test_notes_seen_on_two_photos_are_counted_not_listed() -> None:
    again = tuple(p.model_copy(update={"seen_again": True}) if p.fate == "duplicate" else p for p in EVENT.arrangement.placements)
    blocks = compose_report(EVENT.model_copy(update={"arrangement": EVENT.arrangement.model_copy(update={"placements": again})}))
    body = chapter("Notes that say the same", blocks)
    assert [inline_text(b.inlines)[:43] for b in body if isinstance(b, Paragraph)] == ["Notes that stand on more than one photo: 3."]
    assert not any(isinstance(b, Table) for b in body)
    assert any(isinstance(b, Table) for b in chapter("Notes that say the same"))


def test_readings_that_differ_in_signs_only_are_no_alternatives() -> None:
    photo = make_photo(1, "a.jpg")
    event = small_event(photos=(photo,), notes=(make_note(photo.id, 0, "{Ask|-Ask|Ask.|Aks|—Aks} Rhys"),))
    (doubt,) = [r.doubt for s in spans(compose_report(event)) for r in s.runs if r.doubt]
    assert doubt.alternatives == ("Aks",)


def test_brackets_round_an_owner_are_not_bold() -> None:
    runs = [r for s in spans(BLOCKS) for r in s.runs if r.bold and "Rhys" in r.text]
    assert {r.text for r in runs} == {"Cllr Rhys"}


def test_an_apostrophe_inside_an_owner_is_bold() -> None:
    photo = make_photo(1, "a.jpg")
    note = make_note(photo.id, 0, "Carers' Hub to pilot a sitting service ('soon')")
    action = Action(number=1, note_id=note.id, text=note.text, owners=("Carers' Hub",))
    arrangement = Arrangement(placements=(Placement(note_id=note.id, kind="action", owners=action.owners),), sections=(), actions=(action,))
    blocks = compose_report(small_event(photos=(photo,), notes=(note,), arrangement=arrangement))
    assert {r.text for s in spans(flatten(blocks)) for r in s.runs if r.bold} == {"Carers' Hub"}


def test_welsh_notes_are_told_by_their_words_where_the_reading_does_not_say() -> None:
    info = EventInfo(title="T", languages=("en", "cy"))
    blocks = compose_report(arranged([("Gardd lysiau wrth ymyl y feddygfa", "idea"), ("Benches by the river", "idea")], info=info))
    languages = {s.text: {r.language for r in s.runs} for s in spans(blocks) if s.anchor.startswith("n_")}
    assert languages == {"Gardd lysiau wrth ymyl y feddygfa": {"cy"}, "Benches by the river": {None}}


def two_photos(*, repeated: int, of: int) -> Event:
    """Two photos with `of` notes each, the first `repeated` of which are the same."""
    photos = (make_photo(1, "a.jpg"), make_photo(2, "b.jpg"))
    notes = tuple(
        make_note(p.id, k, f"Point {k} about the library{' again' * (k >= repeated) * n}") for n, p in enumerate(photos) for k in range(of)
    )
    placements = [Placement(note_id=n.id, kind="idea") for n in notes]
    for k in range(repeated):
        placements[of + k] = Placement(note_id=notes[of + k].id, fate="duplicate", kind="idea", duplicate_of=notes[k].id)
    return small_event(photos=photos, notes=notes, arrangement=Arrangement(placements=tuple(placements), sections=(), actions=()))


@pytest.mark.parametrize(("repeated", "said_twice"), [(1, True), (2, True), (4, False)])
def test_one_sheet_on_two_photos_was_not_said_twice(repeated: int, said_twice: bool) -> None:
    bullets = [b for b in compose_report(two_photos(repeated=repeated, of=6)) if isinstance(b, Bullet) and b.kind == "point"]
    assert any("(said 2 times)" in inline_text(b.inlines) for b in bullets) == said_twice
