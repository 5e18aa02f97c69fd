"""Reviewing by several people and programs at once: nobody overwrites another, and what is damaged costs only itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from reviewing_desk import DOUBTFUL, EVENT, NOTES, REPORTED, SECTIONS, lay_out, save, text_of

from digitise.config import Privacy
from digitise.corrections import Corrections, WordingEdit, corrections_path, load_corrections, lock_corrections, save_corrections
from digitise.errors import DigitiseError, UsageError
from digitise.events import Plan, keep_event
from digitise.reviewing import ChangedSinceError, Desktop, open_desktop, open_review, redo_change, save_changes, undo_change
from digitise.reviewing import asking as ask
from digitise.reviewing.opening import NO_FILE, file_stamp
from digitise.reviewing.words import place_words
from digitise.store import lock_output


@pytest.fixture
def desk(tmp_path: Path) -> Desktop:
    return lay_out(tmp_path)


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
