"""Reviewing: what people ask for becomes corrections; nothing is lost, everything can be undone, nobody overwrites another."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_demo import demo_event

from digitise.config import Config, Privacy
from digitise.corrections import Corrections, WordingEdit, corrections_path, load_corrections, lock_corrections, save_corrections
from digitise.errors import DigitiseError, UsageError
from digitise.events import KEPT_EVENT, KeptEvent, Plan, keep_event
from digitise.model import Event
from digitise.pipeline import correct_event
from digitise.reviewing import ChangedSinceError, Desktop, Review, open_desktop, open_review, redo_change, save_changes, undo_change
from digitise.reviewing import asking as ask
from digitise.reviewing.changes import make_changes
from digitise.reviewing.opening import NO_FILE, Program, file_stamp, open_program
from digitise.reviewing.words import place_words
from digitise.store import STORE_FOLDER, lock_output

EVENT = demo_event()
NOTES = {n.id: n for n in EVENT.notes}
PLACED = {i for s in EVENT.arrangement.sections for i in s.note_ids}
REPORTED = [n.id for n in EVENT.notes if n.id in PLACED]
HEADINGS = {p.note_id for p in EVENT.arrangement.placements if p.fate == "reported"} - PLACED
SECTIONS = [s.id for s in EVENT.arrangement.sections if s.title_source != "none"]
DOUBTFUL = next(n for n in EVENT.notes if n.doubtful and n.id in REPORTED)


def lay_out(folder: Path, event: Event = EVENT, settings_text: str = "") -> Desktop:
    """An event folder as a run leaves it."""
    (folder / "event" / "report" / STORE_FOLDER).mkdir(parents=True)
    (folder / "event" / "event.toml").write_text(settings_text, encoding="utf-8")
    kept = KeptEvent(event=event, sources=())
    (folder / "event" / "report" / STORE_FOLDER / KEPT_EVENT).write_text(kept.model_dump_json(), encoding="utf-8")
    return open_desktop(folder / "event", folder / "journal.jsonl")


@pytest.fixture
def desk(tmp_path: Path) -> Desktop:
    return lay_out(tmp_path)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    found = open_program(lay_out(tmp_path_factory.mktemp("event")).output, Config())
    assert found is not None
    return found


def save(desk: Desktop, *changes: ask.Change, client: str = "ann", seen: int | None = None) -> Review:
    now = open_review(desk)
    return save_changes(desk, changes, seen=now.revision if seen is None else seen, client=client, author=client.title()).review


def text_of(review: Review, note_id: str) -> str:
    assert review.event is not None
    return next(n.text for n in review.event.notes if n.id == note_id)


def section_of(event: Event | None, note_id: str) -> tuple[str, int]:
    assert event is not None
    return next(((s.id, s.note_ids.index(note_id)) for s in event.arrangement.sections if note_id in s.note_ids), ("", -1))


def fate_of(review: Review, note_id: str) -> str:
    assert review.event is not None
    return next(p.fate for p in review.event.arrangement.placements if p.note_id == note_id)


# any sequence of edits


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


def test_different_things_merge_in_silence_and_the_same_thing_is_a_conflict(desk: Desktop) -> None:
    seen = open_review(desk).revision
    save(desk, ask.SetWording(note_id=REPORTED[0], text="Ann's"), client="ann", seen=seen)
    save(desk, ask.SetKind(note_id=REPORTED[0], kind="quote"), client="bob", seen=seen)
    with pytest.raises(ChangedSinceError) as refused:
        save(desk, ask.SetWording(note_id=REPORTED[0], text="Bob's"), client="bob", seen=seen)
    (clash,) = refused.value.clashes
    assert (clash.mine.after.text, clash.theirs.after.text, clash.entry.author) == ("Bob's", "Ann's", "Ann")  # type: ignore[union-attr]
    review = open_review(desk)
    assert text_of(review, REPORTED[0]) == "Ann's"
    assert text_of(save(desk, ask.SetWording(note_id=REPORTED[0], text="Bob's"), client="bob"), REPORTED[0]) == "Bob's", (
        "insisting is possible"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ask.SetWording(note_id=REPORTED[0], text="A"), ask.SplitNote(note_id=REPORTED[0], parts=("a", "b"))),
        (ask.SplitNote(note_id=REPORTED[0], parts=("a", "b")), ask.SetWording(note_id=REPORTED[0], text="A")),
        (ask.SetWording(note_id=REPORTED[1], text="A"), ask.MergeNotes(note_id=REPORTED[0], others=(REPORTED[1],))),
        (ask.SetFate(note_id=REPORTED[1], fate="set aside"), ask.MergeNotes(note_id=REPORTED[2], others=(REPORTED[0], REPORTED[1]))),
        (ask.SetWord(note_id=DOUBTFUL.id, base=DOUBTFUL.doubtful[0].text, text="a"), ask.SetWording(note_id=DOUBTFUL.id, text="A")),
        (ask.MoveNotes(note_ids=(REPORTED[0],), section_id=SECTIONS[1]), ask.MoveNotes(note_ids=(REPORTED[0],), section_id=SECTIONS[2])),
        (ask.OrderSections(section_ids=tuple(reversed(SECTIONS))), ask.OrderSections(section_ids=(*SECTIONS[1:], SECTIONS[0]))),
        (ask.RenameSection(section_id=SECTIONS[0], title="A"), ask.RenameSection(section_id=SECTIONS[0], title="B")),
        (ask.SetInfo(field="title", value="A"), ask.SetInfo(field="title", value="B")),
    ],
)
def test_what_touches_the_same_is_a_conflict(desk: Desktop, first: ask.Change, second: ask.Change) -> None:
    seen = open_review(desk).revision
    after = save(desk, first, client="ann", seen=seen)
    with pytest.raises((ChangedSinceError, UsageError)):
        save(desk, second, client="bob", seen=seen)
    assert open_review(desk).corrections == after.corrections


def test_what_was_taken_back_meanwhile_is_no_conflict(desk: Desktop) -> None:
    seen = open_review(desk).revision
    save(desk, ask.SetWording(note_id=REPORTED[0], text="Ann's"), client="ann", seen=seen)
    undo_change(desk, client="ann")
    assert text_of(save(desk, ask.SetWording(note_id=REPORTED[0], text="Bob's"), client="bob", seen=seen), REPORTED[0]) == "Bob's"


def test_undo_takes_back_ones_own_step_and_never_another_persons(desk: Desktop) -> None:
    a, b = REPORTED[:2]
    save(desk, ask.SetWording(note_id=a, text="Ann's"), client="ann")
    save(desk, ask.SetWording(note_id=b, text="Bob's"), client="bob")
    review = undo_change(desk, client="ann").review
    assert (text_of(review, a), text_of(review, b)) == (NOTES[a].text, "Bob's")
    redo_change(desk, client="ann")
    save(desk, ask.SetWording(note_id=a, text="Bob's, too"), client="bob")
    with pytest.raises(ChangedSinceError):
        undo_change(desk, client="ann")
    assert text_of(open_review(desk), a) == "Bob's, too"
    with pytest.raises(UsageError, match="nothing of yours"):
        undo_change(desk, client="cat")


def test_a_note_that_another_has_worked_on_is_not_undone_away(desk: Desktop) -> None:
    review = save(desk, ask.AddNote(text="Mine"), client="ann")
    assert review.event is not None
    save(desk, ask.SetOwners(note_id=review.event.notes[-1].id, owners=("Bob",)), client="bob")
    with pytest.raises(ChangedSinceError):
        undo_change(desk, client="ann")


def test_many_at_once_lose_nothing(desk: Desktop) -> None:
    """Four people, each with their own notes, and all at one note: every answer is true."""
    shared, clients, errors, won = REPORTED[0], ["ann", "bob", "cat", "dan"], list[BaseException](), list[str]()
    seen = open_review(desk).revision
    start = threading.Barrier(len(clients))

    def work(k: int) -> None:
        try:
            start.wait()
            for note_id in REPORTED[1 + 5 * k : 6 + 5 * k]:
                save(desk, ask.SetWording(note_id=note_id, text=f"{clients[k]} was here"), client=clients[k], seen=seen)
            try:
                save(desk, ask.SetWording(note_id=shared, text=clients[k]), client=clients[k], seen=seen)
                won.append(clients[k])
            except ChangedSinceError:
                pass
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    review = open_review(desk)
    assert [text_of(review, i) for i in REPORTED[1:21]] == [f"{c} was here" for c in clients for _ in range(5)]
    assert won == [text_of(review, shared)], "one of them was told that it is saved, and it is"
    assert review.revision == seen + 21
    assert load_corrections(corrections_path(desk.folder)) == review.corrections


# beside other programs


def test_a_report_that_is_being_written_does_not_hold_up_an_edit(desk: Desktop) -> None:
    with lock_output(desk.output):
        save(desk, ask.SetKind(note_id=REPORTED[0], kind="quote"))
    assert len(load_corrections(corrections_path(desk.folder)).edits) == 1


def test_an_edit_waits_for_whoever_writes_the_corrections(desk: Desktop) -> None:
    path, done = corrections_path(desk.folder), threading.Event()
    review = open_review(desk)

    def edit() -> None:
        save_changes(desk, [ask.SetKind(note_id=REPORTED[0], kind="quote")], seen=review.revision, client="ann", known=review)
        done.set()

    with lock_corrections(path):
        thread = threading.Thread(target=edit)
        thread.start()
        kept = load_corrections(path)
        assert not done.wait(0.1)
        save_corrections(
            path, kept.model_copy(update={"edits": (WordingEdit(note_id=REPORTED[1], text="Imported", base=NOTES[REPORTED[1]].text),)})
        )
    thread.join()
    assert [e.what for e in load_corrections(path).edits] == ["kind", "wording"], "neither has overwritten the other"


def test_an_import_meanwhile_is_a_revision_and_can_be_in_conflict(desk: Desktop) -> None:
    review = save(desk, ask.SetKind(note_id=REPORTED[5], kind="quote"))
    path = corrections_path(desk.folder)
    imported = WordingEdit(note_id=REPORTED[0], text="Imported", base=NOTES[REPORTED[0]].text, origin="x:report.docx")
    save_corrections(path, review.corrections.model_copy(update={"edits": (*review.corrections.edits, imported)}))
    now = open_review(desk, review)
    assert (now.revision, now.journal.entries[-1].did) == (review.revision + 1, "outside")
    with pytest.raises(ChangedSinceError):
        save_changes(desk, [ask.SetWording(note_id=REPORTED[0], text="Mine")], seen=review.revision, client="ann", known=now)
    done = save_changes(desk, [ask.SetWording(note_id=REPORTED[1], text="Mine")], seen=review.revision, client="ann", known=now)
    assert [e.origin for e in done.review.corrections.edits] == ["web", "x:report.docx", "web"]


def test_what_changed_while_nobody_was_there_is_met_with_a_page_loaded_anew(desk: Desktop) -> None:
    review = save(desk, ask.SetKind(note_id=REPORTED[5], kind="quote"))
    save_corrections(corrections_path(desk.folder), Corrections())
    with pytest.raises(ChangedSinceError, match="Load it again"):
        save(desk, ask.SetWording(note_id=REPORTED[0], text="Mine"), client="bob", seen=review.revision)
    with pytest.raises(ChangedSinceError):
        undo_change(desk, client="ann")
    save(desk, ask.SetWording(note_id=REPORTED[0], text="Mine"), client="bob")


def test_a_new_run_is_a_revision(desk: Desktop) -> None:
    review = save(desk, ask.SetKind(note_id=REPORTED[5], kind="quote"))
    plan = Plan(folder=desk.folder, output=desk.output, config=desk.config, template=None, sources=(), problems=())
    keep_event(plan, EVENT)
    assert open_review(desk, review).revision == review.revision, "a report was made of the same reading"
    keep_event(plan, EVENT.model_copy(update={"generator": "another"}))
    now = open_review(desk, review)
    assert (now.revision, now.journal.entries[-1].did) == (review.revision + 1, "program")
    assert now.event is not None and now.event.generator == "another"
    assert undo_change(desk, client="ann", known=now).review.corrections == Corrections()


# the journal


def test_half_a_line_at_the_journals_end_costs_that_line_alone(desk: Desktop) -> None:
    save(desk, ask.SetKind(note_id=REPORTED[0], kind="quote"))
    review = save(desk, ask.SetKind(note_id=REPORTED[1], kind="quote"))
    content = desk.journal.read_bytes()
    desk.journal.write_bytes(content[:-20])
    now = open_review(desk)
    assert now.corrections == review.corrections, "the edits themselves are elsewhere"
    assert now.journal.entries[-1].blind
    review = save(desk, ask.SetKind(note_id=REPORTED[2], kind="quote"))
    assert [e.revision for e in open_review(desk).journal.entries] == [1, 2, 3, 4]
    assert undo_change(desk, client="ann").review.revision == 5


def test_the_journal_is_bounded(desk: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitise.reviewing.journal.MOST_ENTRIES", 4)
    seen = open_review(desk).revision
    for k in range(20):
        save(desk, ask.SetWording(note_id=REPORTED[0], text=f"Words {k}"))
    assert len(open_review(desk).journal.entries) <= 8
    with pytest.raises(ChangedSinceError, match="Load it again"):
        save(desk, ask.SetKind(note_id=REPORTED[1], kind="quote"), client="bob", seen=seen)


def test_a_review_can_be_looked_at_without_writing(desk: Desktop) -> None:
    looked = desk._replace(keep=False)
    before = sorted(p.name for p in desk.folder.rglob("*"))
    assert open_review(looked).event == EVENT
    with pytest.raises(UsageError, match="only be looked at"):
        save_changes(looked, [ask.SetKind(note_id=REPORTED[0], kind="quote")], seen=1, client="ann")
    assert sorted(p.name for p in desk.folder.rglob("*")) == before and not desk.journal.exists()


def test_before_the_first_run_nothing_can_be_changed(tmp_path: Path) -> None:
    (tmp_path / "event").mkdir()
    desk = open_desktop(tmp_path / "event", tmp_path / "journal.jsonl")
    assert open_review(desk).event is None
    with pytest.raises(UsageError, match="nothing has been read"):
        save_changes(desk, [ask.SetKind(note_id=REPORTED[0], kind="quote")], seen=0, client="ann")


def test_a_damaged_file_of_corrections_is_never_written_over(desk: Desktop) -> None:
    corrections_path(desk.folder).write_text("{", encoding="utf-8")
    with pytest.raises(DigitiseError, match="damaged"):
        save(desk, ask.SetKind(note_id=REPORTED[0], kind="quote"))
    assert corrections_path(desk.folder).read_text(encoding="utf-8") == "{"


# privacy


def test_names_are_replaced_in_a_review_as_in_the_report(tmp_path: Path) -> None:
    named = REPORTED[0]
    notes = tuple(n.model_copy(update={"text": "Ring Siân Rees"}) if n.id == named else n for n in EVENT.notes)
    desk = lay_out(tmp_path, EVENT.model_copy(update={"notes": notes}), '[privacy]\nnames = "initials"\npeople = ["Siân Rees"]\n')
    assert desk.config.privacy == Privacy(names="initials", people=("Siân Rees",))
    review = open_review(desk)
    assert text_of(review, named) == "Ring S.R."
    review = save(desk, ask.SetWording(note_id=REPORTED[1], text="Siân Rees to call"))
    assert text_of(review, REPORTED[1]) == "S.R. to call"
    assert "Siân Rees to call" in corrections_path(desk.folder).read_text(encoding="utf-8"), "the file keeps what was typed"


def test_words_are_found_in_a_text_that_was_edited() -> None:
    words = NOTES[DOUBTFUL.id].words
    plain = " ".join(w.text for w in words)
    assert [plain[s : s + len(w.text)] for s, w in zip(place_words(plain, words), words, strict=True)] == [w.text for w in words]
    assert place_words("quite other", words) == [-1] * len(words)
    assert place_words(f"New {plain}", words)[0] == 4


def test_a_desktop_has_no_stamp_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert file_stamp(tmp_path / "none") == NO_FILE
