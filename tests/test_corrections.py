"""The overlay of people's edits: nothing is lost, the books balance, the order of edits means nothing, stale edits are told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from conftest import share
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_demo import demo_event, make_note

from digitise.config import Config
from digitise.corrections import (
    AddedNote,
    ChapterEdit,
    Corrections,
    DueEdit,
    Edit,
    FateEdit,
    InfoEdit,
    JoinEdit,
    KindEdit,
    MoveEdit,
    NewSection,
    OrderEdit,
    OwnersEdit,
    ParagraphEdit,
    PassageEdit,
    Remembered,
    SectionMerge,
    SectionRef,
    SplitEdit,
    TitleEdit,
    WordEdit,
    WordingEdit,
    combine_edits,
    corrections_path,
    describe_edit,
    drop_edit,
    edit_key,
    load_corrections,
    own_id,
    render_schema,
    save_corrections,
    seen_stamp,
    settle_edit,
)
from digitise.corrections.words import carry_words, is_correction
from digitise.edits_model import OwnRun
from digitise.errors import ConfigError
from digitise.model import Event, Note, Part, PhotoResult
from digitise.pipeline import correct_event, name_notes
from digitise.report import compose_report

EVENT = demo_event()
IDS = [n.id for n in EVENT.notes]
SECTIONS = [s.id for s in EVENT.arrangement.sections]
ROOT = Path(__file__).parents[1]


def note_id(photo: int, n: int) -> str:
    return f"{photo:02d}ab12cd34ef56ab-n{n:03d}"


def correct(*edits: Edit, event: Event = EVENT, **more: object) -> Event:
    return correct_event(event, Corrections.model_validate({"edits": edits, **more}), Config())


def section(event: Event, section_id: str) -> tuple[str, ...]:
    return next(s.note_ids for s in event.arrangement.sections if s.id == section_id)


def ref(section_id: str) -> SectionRef:
    found = next((s for s in EVENT.arrangement.sections if s.id == section_id), None)
    return SectionRef(id=section_id, title=found.title, note_ids=found.note_ids) if found else SectionRef(id=section_id, title="Gone")


ids = st.sampled_from([*IDS, "n0gone", "own0note1"])
texts = st.sampled_from(["Ring the council", "NO BUS", "Interlink to act by end of May", "x", "Llŷn <&>"])
refs = st.sampled_from([*SECTIONS, "sec-gone", "own0section"]).map(ref)
kinds = st.sampled_from(["problem", "action", "strength", "idea", "question", "quote", "other"])
chapters = st.sampled_from(["problems", "said", "other"])
runs = st.lists(st.builds(OwnRun, text=texts, bold=st.booleans()), max_size=2).map(tuple)
edits = st.one_of(
    st.builds(WordingEdit, note_id=ids, text=texts, base=texts, of=st.sampled_from(["sheet", "report"])),
    st.builds(WordEdit, note_id=ids, base=st.sampled_from(["two", "NO", "gone"]), text=texts, nth=st.integers(0, 2)),
    st.builds(KindEdit, note_id=ids, kind=kinds, base=kinds),
    st.builds(OwnersEdit, note_id=ids, owners=st.lists(texts, max_size=2).map(tuple), base=st.just(())),
    st.builds(DueEdit, note_id=ids, due=st.none() | st.just("by end of May"), base=st.none()),
    st.builds(FateEdit, note_id=ids, fate=st.sampled_from(["reported", "set aside"]), base=st.just("reported")),
    st.builds(MoveEdit, note_id=ids, section=refs, after=st.none() | st.just("") | ids),
    st.builds(TitleEdit, section=refs, title=texts, base=texts),
    st.builds(ChapterEdit, section=refs, chapter=chapters),
    st.builds(NewSection, section_id=st.just("own0section"), title=texts),
    st.builds(SectionMerge, section=refs, into=refs),
    st.builds(OrderEdit, sections=st.lists(refs, max_size=4).map(tuple)),
    st.builds(SplitEdit, note_id=ids, parts=st.lists(texts, min_size=2, max_size=3).map(tuple), base=texts),
    st.builds(JoinEdit, note_id=ids, others=st.lists(ids, min_size=1, max_size=2).map(tuple), text=texts, base=texts),
    st.builds(AddedNote, note_id=st.just("own0note1"), text=texts, kind=kinds, photo_id=st.sampled_from(["", EVENT.photos[0].id, "gone"])),
    st.builds(InfoEdit, field=st.sampled_from(["title", "date", "place", "organisers"]), value=texts, base=texts),
    st.builds(ParagraphEdit, paragraph_id=st.just("own0par"), runs=runs, after=st.just(("start",))),
    st.builds(PassageEdit, base=st.sampled_from(["Aims of the event:", "Nowhere"]), runs=runs),
)


def by_key(found: list[Edit]) -> tuple[Edit, ...]:
    return tuple({edit_key(e): e for e in found}.values())


many = st.lists(edits, max_size=12).map(by_key)


@settings(max_examples=share(120), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(many, st.randoms(use_true_random=False))
def test_any_edits_in_any_order_keep_every_note_and_balance(found: tuple[Edit, ...], random: object) -> None:
    corrected = correct(*found)  # raises where the accounts do not balance
    assert [n.id for n in corrected.notes][: len(IDS)] == IDS, "the program's notes, in their order: pictures hang on it"
    assert corrected.accounting.balanced and corrected.accounting.seen == len(corrected.notes)
    placed = Counter(i for s in corrected.arrangement.sections for i in s.note_ids)
    assert not placed or max(placed.values()) == 1, "a note stands in one section"
    fates = {p.note_id: p.fate for p in corrected.arrangement.placements}
    assert all(fates[i] == "reported" for i in placed)
    assert [a.number for a in corrected.arrangement.actions] == list(range(1, len(corrected.arrangement.actions) + 1))
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert correct(*shuffled) == corrected


@settings(max_examples=share(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(many)
def test_no_edit_is_silent(found: tuple[Edit, ...]) -> None:
    corrected = correct(*found)
    told = {e.id for e in corrected.edits_to_check}
    text = {n.id: n.text for n in corrected.notes}
    joined = {i for e in found if isinstance(e, JoinEdit) for i in (e.note_id, *e.others)}
    for edit in found:
        stamp = own_id("edit", edit_key(edit))
        if getattr(edit, "note_id", "") == "n0gone" and not (isinstance(edit, FateEdit) and edit.fate == "set aside"):
            assert stamp in told, edit
        if isinstance(edit, WordingEdit) and edit.of == "report" and edit.note_id in text and edit.note_id not in joined:
            assert text[edit.note_id] == edit.text
        assert describe_edit(edit, text)
    blocks = compose_report(corrected)
    assert blocks


@settings(max_examples=share(60), deadline=None)
@given(many, many)
def test_reading_a_document_twice_changes_nothing(kept: tuple[Edit, ...], found: tuple[Edit, ...]) -> None:
    first, lost = combine_edits(Corrections(edits=kept), found, before=(), origin="doc:a.docx")
    again, lost_again = combine_edits(Corrections(edits=first), found, before=(), origin="doc:a.docx")
    assert again == first and lost_again == lost
    assert {edit_key(e) for e in first} == {edit_key(e) for e in (*kept, *found)}, "nobody's edit is dropped"


def test_an_edit_taken_back_in_the_document_is_taken_back() -> None:
    old = WordingEdit(note_id=IDS[1], text="first", base="b", origin="doc1:a.docx")
    new = WordingEdit(note_id=IDS[1], text="second", base="b")
    edited, _ = combine_edits(Corrections(edits=(old,)), [new], before=[old], origin="doc2:b.docx")
    assert [e.text for e in edited if isinstance(e, WordingEdit)] == ["second"]
    back, _ = combine_edits(Corrections(edits=edited), [], before=[old], origin="doc2:b.docx")
    assert back == (old,)


def test_two_people_who_edit_the_same_are_told() -> None:
    mine = WordingEdit(note_id=IDS[1], text="mine", base="b", origin="doc1:a.docx")
    yours = WordingEdit(note_id=IDS[1], text="yours", base="b")
    combined, lost = combine_edits(Corrections(edits=(mine,)), [yours], before=[], origin="doc1:b.docx")
    assert combined == (mine,)
    assert [(u.yours, u.other, u.reason) for u in lost] == [("yours", "mine", "conflict")]


def test_a_note_read_otherwise_keeps_the_persons_words_and_says_so() -> None:
    edit = WordingEdit(note_id=IDS[1], text="LACK OF HELP FOR FAMILIES", base="LACK OF SUPPORT FOR FAMILIES")
    assert correct(edit).edits_to_check == ()
    notes = tuple(n.model_copy(update={"text": "LACK OF SUPPER FOR FAMILIES"}) if n.id == IDS[1] else n for n in EVENT.notes)
    (told,) = correct(edit, event=EVENT.model_copy(update={"notes": notes})).edits_to_check
    assert (told.reason, told.yours, told.before, told.now) == (
        "changed",
        "LACK OF HELP FOR FAMILIES",
        "LACK OF SUPPORT FOR FAMILIES",
        "LACK OF SUPPER FOR FAMILIES",
    )
    seen = (seen_stamp(told.id, told.reason, told.now),)
    assert correct(edit, event=EVENT.model_copy(update={"notes": notes}), seen=seen).edits_to_check == ()
    caught_up = tuple(n.model_copy(update={"text": edit.text}) if n.id == IDS[1] else n for n in EVENT.notes)
    assert correct(edit, event=EVENT.model_copy(update={"notes": caught_up})).edits_to_check == (), "the program reads it so by now"


def without(event: Event, gone: str) -> Event:
    arrangement = event.arrangement
    return event.model_copy(
        update={
            "notes": tuple(n for n in event.notes if n.id != gone),
            "arrangement": arrangement.model_copy(
                update={
                    "placements": tuple(p for p in arrangement.placements if p.note_id != gone),
                    "sections": tuple(
                        s.model_copy(update={"note_ids": tuple(i for i in s.note_ids if i != gone)}) for s in arrangement.sections
                    ),
                    "actions": tuple(a for a in arrangement.actions if a.note_id != gone),
                }
            ),
        }
    )


OUTLINE = ((0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0))


def test_a_note_that_is_not_found_any_more_is_put_back_in_its_section() -> None:
    gone = note_id(1, 7)
    edit = WordingEdit(note_id=gone, text="Map what surgeries offer", base="Map what each GP surgery already offers")
    remembered = Remembered(note_id=gone, photo_id=EVENT.photos[0].id, outline=OUTLINE, text=edit.base, kind="action", section=ref("sec1"))
    corrected = correct(edit, event=without(EVENT, gone), notes=(remembered,))
    assert corrected.note(gone).text == "Map what surgeries offer" and corrected.note(gone).by == "person"
    assert gone in section(corrected, "sec1")
    assert [a.text for a in corrected.arrangement.actions if a.note_id == gone] == ["Map what surgeries offer"]
    assert [e.reason for e in corrected.edits_to_check] == ["not found"]


def test_an_edit_of_a_photo_that_was_taken_out_waits() -> None:
    gone = note_id(1, 7)
    edit = WordingEdit(note_id=gone, text="x", base="y")
    remembered = Remembered(note_id=gone, photo_id="ffff", outline=OUTLINE, text="y")
    corrected = correct(edit, event=without(EVENT, gone), notes=(remembered,))
    assert gone not in {n.id for n in corrected.notes}
    assert [e.reason for e in corrected.edits_to_check] == ["no photo"]


def test_an_edited_note_has_its_id_back_after_a_run_that_missed_it() -> None:
    note = make_note("p1", 0, "Parking", outline=OUTLINE)
    remembered = Remembered(note_id="nabc", photo_id="p1", outline=OUTLINE, text="Parking")
    result = PhotoResult(photo=EVENT.photos[0].model_copy(update={"id": "p1"}), notes=(note,))
    (named,) = name_notes(result, None, Corrections(notes=(remembered,)))
    assert named.id == "nabc"
    (other,) = name_notes(result, None, Corrections())
    assert other.id != "nabc"


def test_what_a_person_added_gives_its_id_to_no_note_of_the_programs() -> None:
    added = AddedNote(note_id="ownabc", text="Parking", photo_id="p1", outline=OUTLINE)
    mine = make_note("p1", 0, "Parking", outline=OUTLINE).model_copy(update={"id": "ownabc", "by": "person"})
    previous = EVENT.model_copy(update={"notes": (mine,)})
    result = PhotoResult(photo=EVENT.photos[0].model_copy(update={"id": "p1"}), notes=(make_note("p1", 0, "Parking", outline=OUTLINE),))
    (named,) = name_notes(result, previous, Corrections(edits=(added,)))
    assert named.id != "ownabc"


def test_a_marked_note_that_the_program_finds_later_counts_once() -> None:
    photo = EVENT.photos[0].id
    added = AddedNote(note_id="ownabc", text="Parking by the hall", photo_id=photo, outline=OUTLINE)
    found = Note(id="nnew", photo_id=photo, outline=OUTLINE, text="Parkin by the hal")
    corrected = correct(added, event=EVENT.model_copy(update={"notes": (*EVENT.notes, found)}))
    fates = {p.note_id: (p.fate, p.duplicate_of) for p in corrected.arrangement.placements}
    assert fates["nnew"] == ("duplicate", "ownabc") and fates["ownabc"] == ("reported", None)


def test_words_typed_for_a_note_nobody_could_read_bring_it_into_the_report() -> None:
    unreadable = next(p.note_id for p in EVENT.arrangement.placements if p.fate == "unreadable")
    corrected = correct(WordingEdit(note_id=unreadable, text="Cwm hall is cold", base=""))
    assert corrected.accounting.unreadable == EVENT.accounting.unreadable - 1
    assert any(unreadable in s.note_ids for s in corrected.arrangement.sections)


def test_a_doubtful_word_is_accepted_or_retyped() -> None:
    note = EVENT.note(note_id(3, 2))
    assert [w.text for w in note.doubtful] == ["two"]
    accepted = correct(WordEdit(note_id=note.id, base="two", text="two")).note(note.id)
    assert not accepted.doubtful and accepted.text == note.text
    retyped = correct(WordEdit(note_id=note.id, base="two", text="ten")).note(note.id)
    assert not retyped.doubtful and retyped.text == "Taxi cards only work with ten firms"
    (told,) = correct(WordEdit(note_id=note.id, base="too", text="ten")).edits_to_check
    assert told.reason == "changed"


def test_checking_a_whole_note_settles_its_words() -> None:
    note = EVENT.note(note_id(3, 2))
    assert not correct(WordingEdit(note_id=note.id, text=note.text, base=note.text)).note(note.id).doubtful


def test_the_sheet_keeps_its_words_where_the_report_says_it_otherwise() -> None:
    note = EVENT.note(note_id(1, 7))
    corrected = correct(WordingEdit(note_id=note.id, of="report", text="Ask every surgery", base=note.text)).note(note.id)
    assert (corrected.text, corrected.written) == ("Ask every surgery", note.text)


def test_an_action_worded_otherwise_takes_owner_and_date_from_its_words_unless_a_person_gave_them() -> None:
    action = note_id(2, 5)
    words = WordingEdit(note_id=action, of="report", text="Menter Iaith to start a phone circle by 30 April", base="Age Connects to start")
    found = next(a for a in correct(words).arrangement.actions if a.note_id == action)
    assert found.owners == ("Menter Iaith",) and found.due is not None and "30 April" in found.due
    given = OwnersEdit(note_id=action, owners=("Cllr Rhys",), base=())
    assert next(a for a in correct(words, given).arrangement.actions if a.note_id == action).owners == ("Cllr Rhys",)


def test_a_plan_keeps_its_columns_and_a_note_goes_into_the_column_of_the_one_before() -> None:
    first, *rest = EVENT.arrangement.sections
    head, a, b, c, d = first.title_note_id or "", *first.note_ids[:4]
    plan = first.model_copy(update={"parts": (Part(title_note_id=head, note_ids=(a, b)), Part(title_note_id=head, note_ids=(c, d)))})
    event = EVENT.model_copy(update={"arrangement": EVENT.arrangement.model_copy(update={"sections": (plan, *rest)})})
    moved = MoveEdit(note_id=a, section=ref(first.id), after=c)
    gone = FateEdit(note_id=d, fate="set aside", base="reported")
    parts = correct(moved, gone, event=event).arrangement.sections[0].parts
    assert [part.note_ids for part in parts] == [(b,), (c, a)]


def test_a_section_with_another_id_but_the_same_notes_is_meant() -> None:
    edit = TitleEdit(section=ref("sec3"), title="Transport", base="Getting about")
    sections = tuple(s.model_copy(update={"id": "sec-new"}) if s.id == "sec3" else s for s in EVENT.arrangement.sections)
    moved = EVENT.model_copy(update={"arrangement": EVENT.arrangement.model_copy(update={"sections": sections})})
    assert next(s for s in correct(edit, event=moved).arrangement.sections if s.id == "sec-new").title == "Transport"


def test_a_section_that_is_gone_is_made_again_of_its_notes() -> None:
    edit = TitleEdit(section=ref("sec3"), title="Transport", base="Getting about")
    scattered = ref("sec3").note_ids
    kept = [s for s in EVENT.arrangement.sections if s.id != "sec3"]
    sections = tuple(s.model_copy(update={"note_ids": (*s.note_ids, *scattered[k::5])}) for k, s in enumerate(kept))
    corrected = correct(edit, event=EVENT.model_copy(update={"arrangement": EVENT.arrangement.model_copy(update={"sections": sections})}))
    assert set(section(corrected, "sec3")) == set(scattered)


@pytest.mark.parametrize(
    ("text", "printed", "edited", "carried"),
    [
        ("NO DROP-ON\nPROVISION", "No drop-on provision", "No drop-in provision", "NO DROP-IN\nPROVISION"),
        ("- Short term lending", "Short term lending", "Short term funding", "- Short term funding"),
        ("Parking", "Parking", "Parking at the hall", "Parking at the hall"),
        ("two  firms", "Two firms", "Ten firms", "Ten  firms"),
    ],
)
def test_corrections_keep_lines_and_capitals_of_the_sheet(text: str, printed: str, edited: str, carried: str) -> None:
    assert carry_words(text, printed, edited) == carried


def test_a_correction_is_told_from_another_wording() -> None:
    assert is_correction("No drop-on provision", "No drop-in provision")
    assert is_correction("work with two firms", "work with ten firms", ["two"])
    assert not is_correction("work with two firms", "work with ten firms")
    assert not is_correction("No bus", "No bus after six")


def test_the_file_lies_beside_the_photos_and_comes_back_whole(tmp_path: Path) -> None:
    assert corrections_path(tmp_path) == tmp_path / "corrections.json"
    (tmp_path / "day.zip").write_bytes(b"")
    assert corrections_path(tmp_path / "day.zip") == tmp_path / "day-corrections.json"
    assert load_corrections(tmp_path / "corrections.json") == Corrections()
    kept = Corrections(edits=(WordingEdit(note_id="n1", text="Ŵyl", base="Wyl"),))
    save_corrections(tmp_path / "corrections.json", kept)
    assert load_corrections(tmp_path / "corrections.json") == kept


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"[]", "damaged"),
        (b'{"schema_version": "1"}', "not a number"),
        (b'{"schema_version": 99}', "newer version"),
        (b'{"schema_version": 1, "edits": [{"what": "spell"}]}', "not valid"),
        (b'{"schema_version": 1, "edits": [{"what": "fate", "note_id": "../../x", "fate": "set aside", "base": "reported"}]}', "note_id"),
        (b'{"schema_version": 1, "edit": []}', "'edit' is not valid"),
        ("ÿ".encode("latin-1"), "damaged"),
    ],
)
def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "corrections.json"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=says) as e:
        load_corrections(path)
    assert str(path) in str(e.value) and path.read_bytes() == data


def test_settling_an_edit_replaces_the_one_before() -> None:
    kept = settle_edit(Corrections(), WordingEdit(note_id="n1", text="a", base="x"))
    kept = settle_edit(kept, WordingEdit(note_id="n1", text="b", base="x"))
    assert [e.text for e in kept.edits if isinstance(e, WordingEdit)] == ["b"]
    assert drop_edit(kept, edit_key(kept.edits[0])) == Corrections()


def test_the_schema_file_and_the_page_say_what_the_models_say() -> None:
    assert (ROOT / "docs" / "corrections.schema.json").read_text("utf-8") == render_schema(), "write it anew"
    page = (ROOT / "docs" / "corrections.md").read_text("utf-8")
    for field in Corrections.model_fields:
        assert f"`{field}`" in page
    for name in Corrections.model_json_schema()["$defs"]:
        assert f"`{name}`" in page, name
