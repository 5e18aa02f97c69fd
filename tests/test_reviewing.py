"""Reviewing: what people ask for becomes corrections; nothing is lost, everything can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reviewing_desk import DOUBTFUL, EVENT, HEADINGS, NOTES, REPORTED, SECTIONS, fate_of, lay_out, save, section_of, text_of

from digitise.config import Config
from digitise.corrections import Corrections, WordingEdit, corrections_path, save_corrections
from digitise.errors import UsageError
from digitise.model import Event
from digitise.pipeline import correct_event
from digitise.reviewing import Desktop, open_review, redo_change, save_changes, undo_change
from digitise.reviewing import asking as ask
from digitise.reviewing.changes import make_changes
from digitise.reviewing.opening import Program, open_program


@pytest.fixture
def desk(tmp_path: Path) -> Desktop:
    return lay_out(tmp_path)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    found = open_program(lay_out(tmp_path_factory.mktemp("event")).output, Config())
    assert found is not None
    return found


def changes_of(event: Event) -> st.SearchStrategy[ask.Change]:
    """A change of anything that is in an event; some that are refused among them."""
    notes = st.sampled_from([*(n.id for n in event.notes), "gone"])
    sections = st.sampled_from([*(s.id for s in event.arrangement.sections), "sec-other", "gone"])
    texts = st.sampled_from(["Ring the council", "NO BUS", "Interlink to act by end of May", "x", "Llŷn <&>"])
    words = st.sampled_from([(n.id, w.text) for n in event.notes for w in n.words][:80])
    return st.one_of(
        st.builds(ask.SetWording, note_id=notes, text=texts, of=st.sampled_from(["sheet", "report"])),
        st.builds(lambda w, t: ask.SetWord(note_id=w[0], base=w[1], text=t), words, st.sampled_from(["bus", "drop in", "the"])),
        st.builds(lambda n: ask.SetWording(note_id=n.id, text=n.text), st.sampled_from([n for n in event.notes if n.text.strip()])),
        st.builds(ask.SetKind, note_id=notes, kind=st.sampled_from(["problem", "action", "idea", "quote"])),
        st.builds(ask.SetOwners, note_id=notes, owners=st.lists(texts, max_size=2).map(tuple)),
        st.builds(ask.SetDue, note_id=notes, due=st.sampled_from(["", "by end of May"])),
        st.builds(ask.SetFate, note_id=notes, fate=st.sampled_from(["reported", "set aside"])),
        st.builds(ask.SplitNote, note_id=notes, parts=st.lists(texts, min_size=2, max_size=3).map(tuple)),
        st.builds(ask.MergeNotes, note_id=notes, others=st.lists(notes, min_size=1, max_size=2).map(tuple)),
        st.builds(ask.AddNote, text=texts, section_id=st.none() | sections),
        st.builds(
            ask.MoveNotes,
            note_ids=st.lists(notes, min_size=1, max_size=3).map(tuple),
            section_id=sections,
            after=st.none() | st.just("") | notes,
        ),
        st.builds(ask.AddSection, title=texts, note_ids=st.lists(notes, max_size=2).map(tuple)),
        st.builds(ask.RenameSection, section_id=sections, title=texts),
        st.builds(ask.MergeSections, section_id=sections, into=sections),
        st.builds(ask.OrderSections, section_ids=st.lists(sections, min_size=1, max_size=4).map(tuple)),
        st.builds(ask.SetChapter, section_id=sections, chapter=st.sampled_from(["problems", "said", "other"])),
        st.builds(ask.SetInfo, field=st.sampled_from(["title", "date", "place", "organisers"]), value=st.sampled_from(["", "A day, out"])),
    )


class Ids:
    """Ids that are the same each time."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self) -> str:
        self.given += 1
        return f"own{self.given:012d}"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_asked_for_no_note_is_lost_and_the_books_balance(program: Program, data: st.DataObject) -> None:
    corrections, event, ids = Corrections(), program.event, Ids()
    for _ in range(data.draw(st.integers(1, 10))):
        change = data.draw(changes_of(event))
        try:
            made = make_changes(program, corrections, [change], event=event, new_id=ids)
        except UsageError:
            continue
        corrections, event = made.corrections, made.event
        assert event.accounting.balanced
        assert set(NOTES) <= {n.id for n in event.notes}
        reported = {p.note_id for p in event.arrangement.placements if p.fate == "reported" and not p.with_sheet}
        placed = [i for s in event.arrangement.sections for i in s.note_ids]
        assert len(placed) == len(set(placed)), "a note is printed once"
        assert reported <= {*placed, *HEADINGS}
        assert len({s.id for s in event.arrangement.sections}) == len(event.arrangement.sections)
        assert correct_event(program.event, Corrections.model_validate_json(corrections.model_dump_json()), Config()) == event
        for placement in event.arrangement.placements:
            if placement.fate == "duplicate":
                leader = next(p for p in event.arrangement.placements if p.note_id == placement.duplicate_of)
                assert leader.fate != "duplicate" or leader.note_id in NOTES


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.data())
def test_all_undone_is_as_if_nothing_had_been_done_and_all_redone_as_before(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    desk = lay_out(tmp_path_factory.mktemp("event"))
    review, ids, done = open_review(desk), Ids(), 0
    first = review.event
    for _ in range(data.draw(st.integers(1, 6))):
        assert review.event is not None
        change = data.draw(changes_of(review.event))
        try:
            found = save_changes(desk, [change], seen=review.revision, client="ann", known=review, new_id=ids)
        except UsageError:
            continue
        review, done = found.review, done + (found.entry is not None)
    changed = (review.corrections, review.event)
    for _ in range(done):
        review = undo_change(desk, client="ann", known=review).review
    assert review.corrections == Corrections()
    assert review.event == first
    with pytest.raises(UsageError, match="nothing of yours to be undone"):
        undo_change(desk, client="ann", known=review)
    review = open_review(desk)  # as after a restart of the server
    for _ in range(done):
        review = redo_change(desk, client="ann", known=review).review
    assert (review.corrections, review.event) == changed


# one change after the other


def test_wording_is_a_correction_of_the_sheet_or_a_rewording_of_the_report(desk: Desktop) -> None:
    a, b = REPORTED[:2]
    review = save(desk, ask.SetWording(note_id=a, text="Other words"), ask.SetWording(note_id=b, text="Put otherwise", of="report"))
    assert review.event is not None
    one, two = (next(n for n in review.event.notes if n.id == i) for i in (a, b))
    assert (one.text, one.written) == ("Other words", None)
    assert (two.text, two.written) == ("Put otherwise", NOTES[b].text)
    assert review.corrections.edits[1].base == NOTES[a].text  # type: ignore[union-attr]
    assert {r.note_id for r in review.corrections.notes} == {a, b}, "known again although a run misses them"
    review = save(desk, ask.SetWording(note_id=b, text=NOTES[b].text, of="report"))
    assert text_of(review, b) == NOTES[b].text


def test_the_same_words_mean_that_somebody_has_checked_them(desk: Desktop) -> None:
    review = save(desk, ask.SetWording(note_id=DOUBTFUL.id, text=DOUBTFUL.text))
    assert review.event is not None
    assert not next(n for n in review.event.notes if n.id == DOUBTFUL.id).doubtful
    assert text_of(review, DOUBTFUL.id) == DOUBTFUL.text


@pytest.mark.parametrize("before", [[], ["sheet"], ["report"], ["sheet", "report"], ["merge"]])
def test_a_doubtful_word_is_replaced_whatever_was_done_to_the_note_before(desk: Desktop, before: list[str]) -> None:
    word = DOUBTFUL.doubtful[0]
    other = next(i for i in REPORTED if i != DOUBTFUL.id and NOTES[i].text.strip())
    for step in before:
        if step == "merge":
            save(desk, ask.MergeNotes(note_id=DOUBTFUL.id, others=(other,)))
        else:
            text = text_of(open_review(desk), DOUBTFUL.id)
            save(desk, ask.SetWording(note_id=DOUBTFUL.id, text=f"{text} {step}", of=step))
    text = text_of(open_review(desk), DOUBTFUL.id)
    review = save(desk, ask.SetWord(note_id=DOUBTFUL.id, base=word.text, nth=0, text="quite"))
    assert text_of(review, DOUBTFUL.id).split() == text.replace(word.text, "quite", 1).split()
    assert review.event is not None
    assert word.text not in [w.text for w in next(n for n in review.event.notes if n.id == DOUBTFUL.id).doubtful]


def test_a_note_moves_where_it_is_put_and_others_stay(desk: Desktop) -> None:
    rows = {s.id: s.note_ids for s in EVENT.arrangement.sections}
    target = max(SECTIONS, key=lambda s: len(rows[s]))
    moved = [i for i in REPORTED if i not in rows[target]][:3]
    anchor = rows[target][1]
    for note_id in moved:
        save(desk, ask.MoveNotes(note_ids=(note_id,), section_id=target, after=anchor))
    review = open_review(desk)
    assert review.event is not None
    row = next(s.note_ids for s in review.event.arrangement.sections if s.id == target)
    assert row == (*rows[target][:2], *reversed(moved), *rows[target][2:]), "each came directly behind the anchor"
    home = next(s for s in SECTIONS if s != target)
    review = save(desk, ask.MoveNotes(note_ids=(moved[1],), section_id=home, after=""))
    assert review.event is not None
    row = next(s.note_ids for s in review.event.arrangement.sections if s.id == target)
    assert row == (*rows[target][:2], moved[2], moved[0], *rows[target][2:]), "what stood behind a note that left stays"
    assert section_of(review.event, moved[1]) == (home, 0)


def test_a_split_note_can_be_split_again_merged_and_put_together(desk: Desktop) -> None:
    a = REPORTED[0]
    review = save(desk, ask.SplitNote(note_id=a, parts=("One and two", "Three")))
    assert [text_of(review, i) for i in (a, f"{a}-2")] == ["One and two", "Three"]
    review = save(desk, ask.SplitNote(note_id=a, parts=("One", "Two")))
    assert [text_of(review, i) for i in (a, f"{a}-3", f"{a}-2")] == ["One", "Two", "Three"]
    at = [section_of(review.event, i)[1] for i in (a, f"{a}-3", f"{a}-2")]
    assert at == sorted(at)
    review = save(desk, ask.MergeNotes(note_id=a, others=(f"{a}-3", f"{a}-2")))
    assert text_of(review, a) == "One Two Three"
    review = save(desk, ask.SplitNote(note_id=a, parts=("One", "2", "3")))
    assert [text_of(review, i) for i in (a, f"{a}-3", f"{a}-2")] == ["One", "2", "3"]
    review = save(desk, ask.DropEdit(key=f"split:{a}"))
    assert text_of(review, a) != NOTES[a].text or f"{a}-2" not in {n.id for n in review.event.notes}  # type: ignore[union-attr]


def test_what_is_cut_off_a_heading_stands_in_its_section(desk: Desktop) -> None:
    heading = min(HEADINGS)
    section_id = next(p.section_id for p in EVENT.arrangement.placements if p.note_id == heading)
    review = save(desk, ask.SplitNote(note_id=heading, parts=("The heading", "And a point")))
    assert section_of(review.event, f"{heading}-2")[0] == section_id


def test_a_merged_note_can_be_taken_out_again(desk: Desktop) -> None:
    a, b, c = REPORTED[:3]
    review = save(desk, ask.MergeNotes(note_id=a, others=(b, c)))
    assert (fate_of(review, b), fate_of(review, c)) == ("duplicate", "duplicate")
    review = save(desk, ask.SetFate(note_id=b, fate="reported"))
    assert (fate_of(review, b), fate_of(review, c)) == ("reported", "duplicate")
    assert " ".join(NOTES[b].text.split()) not in text_of(review, a)
    review = save(desk, ask.SetFate(note_id=c, fate="reported"))
    assert fate_of(review, c) == "reported"
    assert text_of(review, a) == NOTES[a].text


def test_set_aside_and_restored_leaves_no_edit(desk: Desktop) -> None:
    review = save(desk, ask.SetFate(note_id=REPORTED[0], fate="set aside"))
    assert fate_of(review, REPORTED[0]) == "set aside"
    review = save(desk, ask.SetFate(note_id=REPORTED[0], fate="reported"))
    assert (fate_of(review, REPORTED[0]), review.corrections) == ("reported", Corrections())


def test_an_unreadable_note_is_brought_back_by_its_words(desk: Desktop) -> None:
    note_id = next(p.note_id for p in EVENT.arrangement.placements if p.fate == "unreadable")
    with pytest.raises(UsageError, match="nobody could read"):
        save(desk, ask.SetFate(note_id=note_id, fate="reported"))
    assert fate_of(save(desk, ask.SetWording(note_id=note_id, text="It says so")), note_id) == "reported"


def test_a_missed_note_is_added_with_its_place(desk: Desktop) -> None:
    photo = EVENT.photos[0]
    outline = ((3000.0, 2000.0), (3400.0, 2000.0), (3400.0, 9000.0), (3000.0, 9000.0))
    review = save(desk, ask.AddNote(text="Missed", kind="idea", photo_id=photo.id, outline=outline, section_id=SECTIONS[1]))
    assert review.event is not None
    note = review.event.notes[-1]
    assert (note.text, note.by, note.photo_id, note.bbox) == (
        "Missed",
        "person",
        photo.id,
        (3000.0, 2000.0, 3400.0, float(photo.height_px)),
    )
    assert section_of(review.event, note.id)[0] == SECTIONS[1]
    with pytest.raises(UsageError, match="there is a note at this place already"):
        save(desk, ask.AddNote(text="Again", photo_id=photo.id, outline=outline))
    with pytest.raises(UsageError, match="outside"):
        save(desk, ask.AddNote(text="Out", photo_id=photo.id, outline=((-5, -5), (-1, -5), (-1, -1))))
    review = save(desk, ask.SetWording(note_id=note.id, text="Missed it"), ask.SetKind(note_id=note.id, kind="action"))
    assert [e.what for e in review.corrections.edits] == ["move", "note"], "one edit holds what a person added"


def test_sections_are_made_named_sorted_merged_and_put_into_chapters(desk: Desktop) -> None:
    review = save(desk, ask.AddSection(title="Mine", chapter="other", note_ids=tuple(REPORTED[:2])))
    assert review.event is not None
    mine = next(s for s in review.event.arrangement.sections if s.title == "Mine")
    assert (mine.note_ids, mine.chapter) == (tuple(REPORTED[:2]), "other")
    review = save(desk, ask.RenameSection(section_id=mine.id, title="Ours"), ask.RenameSection(section_id=SECTIONS[0], title="First"))
    review = save(
        desk, ask.OrderSections(section_ids=(mine.id, *reversed(SECTIONS))), ask.SetChapter(section_id=SECTIONS[0], chapter="said")
    )
    assert review.event is not None
    assert [s.id for s in review.event.arrangement.sections if s.title_source != "none"] == [mine.id, *reversed(SECTIONS)]
    review = save(desk, ask.MergeSections(section_id=mine.id, into=SECTIONS[0]))
    assert section_of(review.event, REPORTED[0])[0] == section_of(review.event, REPORTED[1])[0] == SECTIONS[0]
    assert "Ours" not in [s.title for s in review.event.arrangement.sections]  # type: ignore[union-attr]
    review = save(
        desk, ask.RenameSection(section_id=SECTIONS[1], title=next(s.title for s in EVENT.arrangement.sections if s.id == SECTIONS[1]))
    )
    assert "title:" + SECTIONS[1] not in {f"{e.what}:{e.subject}" for e in review.corrections.edits}


def test_an_edit_to_check_is_settled_or_taken_back(desk: Desktop) -> None:
    path = corrections_path(desk.folder)
    stale = WordingEdit(note_id=REPORTED[0], text="Mine", base="What it said once")
    save_corrections(path, Corrections(edits=(stale, stale.model_copy(update={"note_id": REPORTED[1]}))))
    review = open_review(desk)
    assert review.event is not None
    one, two = review.event.edits_to_check
    review = save(desk, ask.SettleCheck(check_id=one.id))
    assert review.event is not None and [row.id for row in review.event.edits_to_check] == [two.id]
    review = save(desk, ask.DropEdit(key=f"wording:sheet:{two.note_id}"))
    assert review.event is not None and not review.event.edits_to_check
    assert text_of(review, two.note_id) == NOTES[two.note_id].text
    for _ in range(2):
        review = undo_change(desk, client="ann").review
    assert review.event is not None and len(review.event.edits_to_check) == 2


@pytest.mark.parametrize(
    "change",
    [
        ask.SetKind(note_id="gone", kind="idea"),
        ask.RenameSection(section_id="gone", title="x"),
        ask.MoveNotes(note_ids=(REPORTED[0],), section_id="gone"),
        ask.SetWord(note_id=REPORTED[0], base="never-read", text="x"),
        ask.MergeNotes(note_id=REPORTED[0], others=(REPORTED[0],)),
        ask.MergeSections(section_id=SECTIONS[0], into=SECTIONS[0]),
        ask.AddNote(text="x", photo_id="gone", outline=((0, 0), (9, 0), (9, 9))),
        ask.SetInfo(field="title", value=""),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_and_nothing_is_saved(desk: Desktop, change: ask.Change) -> None:
    with pytest.raises(UsageError) as refused:
        save(desk, ask.SetKind(note_id=REPORTED[0], kind="quote"), change)
    assert refused.value.reason and refused.value.remedy.endswith(".")
    assert not corrections_path(desk.folder).exists(), "all of a request, or none"


# several people
