"""What a review page shows, out of a review as it stands. Pure but for the times of pictures on disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from digitise.corrections import Edit, JoinEdit, PassageEdit, SectionMerge, edit_key, own_passage_id
from digitise.corrections.applying import print_info
from digitise.corrections.table import LEFTOVER, check_id
from digitise.corrections.words import PERSON
from digitise.crops import crop_name
from digitise.model import Accounting, Action, Event, Note, Photo, Placement, Section
from digitise.reviewing import (
    NOWHERE,
    JournalEntry,
    Program,
    Review,
    hide_corrections,
    list_undoable,
    name_crop,
    name_word,
    place_words,
)
from digitise.web.review_marks import choose_sheet, view_sheets, view_wall
from digitise.web.review_model import (
    CheckView,
    Doubt,
    EditMark,
    InfoView,
    NoteView,
    OtherChange,
    PhotoView,
    Piece,
    ReviewView,
    SectionView,
    WordView,
)
from digitise.web.review_telling import name_texts, tell_steps, tell_together

MOST_OTHERS = 20
"""Changes of other people that a page is told of."""
NOTHING = Accounting(seen=0, reported=0, duplicates=0, unreadable=0, set_aside=0)


class Lists(NamedTuple):
    """What is looked up for each note."""

    program: Program
    photos: Mapping[str, Photo]
    read: Mapping[str, Note]
    placements: Mapping[str, Placement]
    sections: Mapping[str, str]
    """Note -> its section."""
    actions: Mapping[str, list[Action]]
    found: Mapping[str, Action | Placement]
    """Note -> what the program found of who does it, and when."""
    duplicates: Mapping[str, list[str]]
    marks: Mapping[str, tuple[EditMark, ...]]
    """By note or section."""
    checks: Mapping[str, list[str]]
    sheets: Mapping[str, str]


def view_nothing(event_id: str, review: Review) -> ReviewView:
    """Before the first run."""
    return ReviewView(event_id=event_id, ready=False, revision=review.revision, info=InfoView(title=""), accounting=NOTHING)


class Shown(NamedTuple):
    """A review, and how it was shown."""

    review: Review
    view: ReviewView


def view_review(event_id: str, review: Review, output: Path, known: Shown | None = None) -> ReviewView:
    """The same for everybody; `for_client` adds what is one person's. known: what was shown last; what is as it was is taken from it."""
    event, program = review.event, review.program
    if event is None or program is None:
        return view_nothing(event_id, review)
    same = {n.id: n for n in known.review.event.notes} if known and known.review.event and known.review.program is program else {}
    notes_then = {n.id: n for n in known.view.notes} if known and same else {}
    photos_then = {p.id: p for p in known.view.photos} if known and same else {}
    edits = hide_corrections(program, review.corrections).edits
    surfaces, mine = defaultdict(list), defaultdict(list)
    for s in event.surfaces:
        surfaces[s.id.rpartition("-s")[0]].append(s)
    for n in event.notes:
        mine[n.photo_id].append(n)
    sheets = {n.id: choose_sheet(n, photo, surfaces[photo.id]) for photo in event.photos for n in mine[photo.id]}
    lists = _look_up(event, program, edits, sheets)
    notes = tuple(_view_note(n, lists, notes_then.get(n.id) if (m := same.get(n.id)) is n or m == n else None) for n in event.notes)
    by_id = {n.id: n for n in notes}
    photos = []
    for photo in event.photos:
        order = sorted(mine[photo.id], key=lambda n: n.order)
        then = photos_then.get(photo.id)
        as_then = then is not None and then.note_ids == tuple(n.id for n in order) and all(same[n.id].outline == n.outline for n in order)
        photos.append(
            PhotoView(
                id=photo.id,
                file=photo.file,
                sheets=then.sheets if then and as_then else view_sheets(photo, surfaces[photo.id], order, program, output),
                note_ids=tuple(n.id for n in order),
                doubtful=sum(by_id[n.id].doubtful for n in order if by_id[n.id].fate == "reported"),
                warnings=photo.warnings,
                similar_to=photo.similar_to or "",
                part_of=photo.part_of or "",
            )
        )
    keys = {check_id(e): edit_key(e) for e in edits} | {own_passage_id(e): edit_key(e) for e in edits if isinstance(e, PassageEdit)}
    return ReviewView(
        event_id=event_id,
        ready=True,
        revision=review.revision,
        info=_view_info(event, edits),
        photos=tuple(photos),
        walls=tuple(view_wall(w, event, output) for w in event.walls),
        sections=tuple(_view_sections(event, lists)),
        notes=notes,
        set_aside=tuple(n.id for n in notes if n.fate == "set aside"),
        unreadable=tuple(n.id for n in notes if n.fate == "unreadable"),
        actions=event.arrangement.actions,
        doubts=tuple(
            Doubt(note_id=i, word=k)
            for i in _in_order(photos, notes)
            if by_id[i].fate == "reported"
            for k, w in enumerate(by_id[i].words)
            if w.doubtful
        ),
        accounting=event.accounting,
        problems=event.problems,
        to_check=tuple(CheckView(**row.model_dump(), key=keys.get(row.id, "")) for row in event.edits_to_check),
    )


def _in_order(photos: Iterable[PhotoView], notes: Iterable[NoteView]) -> list[str]:
    return list(dict.fromkeys((*(i for photo in photos for i in photo.note_ids), *(n.id for n in notes))))


def _look_up(event: Event, program: Program, edits: Sequence[Edit], sheets: Mapping[str, str]) -> Lists:
    actions, duplicates, checks = defaultdict(list), defaultdict(list), defaultdict(list)
    for action in event.arrangement.actions:
        actions[action.note_id].append(action)
    for placement in event.arrangement.placements:
        if placement.duplicate_of:
            duplicates[placement.duplicate_of].append(placement.note_id)
    for row in event.edits_to_check:
        checks[row.note_id].append(row.id)
    return Lists(
        program=program,
        photos={photo.id: photo for photo in event.photos},
        read={n.id: n for n in program.event.notes},
        placements={p.note_id: p for p in event.arrangement.placements},
        sections={i: s.id for s in event.arrangement.sections for i in s.note_ids},
        actions=actions,
        found={p.note_id: p for p in program.event.arrangement.placements} | {a.note_id: a for a in program.event.arrangement.actions},
        duplicates=duplicates,
        marks=_mark_edits(edits),
        checks=checks,
        sheets=sheets,
    )


def _mark_edits(edits: Iterable[Edit]) -> dict[str, tuple[EditMark, ...]]:
    marks: dict[str, list[EditMark]] = defaultdict(list)
    for edit in edits:
        mark = EditMark(key=edit_key(edit), what=edit.what, author=edit.author, from_web=edit.origin == "web")
        for subject in subjects_of(edit):
            marks[subject].append(mark)
    return {subject: tuple(found) for subject, found in marks.items()}


def subjects_of(edit: Edit) -> tuple[str, ...]:
    """Ids of the notes and sections that an edit is about."""
    if isinstance(edit, JoinEdit):
        return (edit.note_id, *edit.others)
    if isinstance(edit, SectionMerge):
        return (edit.into.id,)
    section = getattr(edit, "section", None)
    return tuple(i for i in (getattr(edit, "note_id", "") or getattr(edit, "section_id", "") or (section.id if section else ""),) if i)


def _view_note(note: Note, lists: Lists, then: NoteView | None) -> NoteView:
    """then: how the very same note was shown."""
    read, placement = lists.read.get(note.id), lists.placements[note.id]
    words = then.words if then is not None else view_words(note, read)
    actions = lists.actions.get(note.id, [])
    photo = lists.photos.get(note.photo_id)
    duty = actions[0] if actions else placement
    found = lists.found.get(note.id)
    return NoteView(
        id=note.id,
        photo_id=note.photo_id,
        sheet_id=lists.sheets.get(note.id, "") if note.outline else "",
        text=note.text,
        read=read.text if read else "",
        written=note.written,
        words=words,
        pieces=then.pieces if then is not None else cut_text(note.text, words),
        doubtful=sum(w.doubtful for w in words),
        legible=note.legible,
        role=note.role,
        container=note.container,
        colour=note.colour,
        votes=note.votes,
        votes_unsure=note.votes is None and note.votes_box is not None,
        said_by=note.said_by or "",
        leads_to=note.leads_to,
        by_person=note.by == "person",
        kind=placement.kind,
        kind_reason=placement.kind_reason,
        owners=duty.owners,
        due=duty.due or "",
        due_date=actions[0].due_date if actions else None,
        found_owners=found.owners if found else (),
        found_due=(found.due or "") if found else "",
        actions=tuple(a.number for a in actions),
        fate=placement.fate,
        with_sheet=placement.with_sheet,
        duplicate_of=placement.duplicate_of or "",
        seen_again=placement.seen_again,
        duplicates=tuple(lists.duplicates.get(note.id, ())),
        section_id=lists.sections.get(note.id, ""),
        crop=crop_name(note.id) if photo is not None and len(note.outline) > 2 else "",
        crop_version=name_crop(photo, note, lists.program.covered.get(photo.id, ())).removesuffix(".jpg") if photo is not None else "",
        edited=lists.marks.get(note.id, ()),
        checks=tuple(lists.checks.get(note.id, ())),
    )


def view_words(note: Note, read: Note | None) -> tuple[WordView, ...]:
    """The words of a note, with the names by which one of them can be changed. read: as the program made it."""
    words = note.words
    names = read.words if read is not None and len(read.words) == len(words) else words
    return tuple(
        WordView(
            text=word.text,
            start=start,
            doubtful=word.doubtful and start != NOWHERE,
            checked=word.source == PERSON,
            alternatives=tuple(dict.fromkeys(a for a in (*word.alternatives, word.second_reading) if a and a != word.text)),
            base=base,
            nth=nth,
        )
        for k, (word, start) in enumerate(zip(words, place_words(note.text, words), strict=True))
        for base, nth in (name_word(names, k),)
    )


def cut_text(text: str, words: Sequence[WordView]) -> tuple[Piece, ...]:
    """A text cut where words in doubt, or words that were checked, begin and end."""
    pieces: list[Piece] = []
    at = 0
    for k, word in enumerate(words):
        if word.start >= at and (word.doubtful or word.checked) and text.startswith(word.text, word.start):
            if word.start > at:
                pieces.append(Piece(text=text[at : word.start]))
            pieces.append(Piece(text=word.text, word=k))
            at = word.start + len(word.text)
    return (*pieces, Piece(text=text[at:])) if at < len(text) else tuple(pieces)


def _view_sections(event: Event, lists: Lists) -> list[SectionView]:
    found = [_view_section(s, lists) for s in event.arrangement.sections]
    last = [s for s in found if s.leftover] or [SectionView(id=LEFTOVER, title="", title_source="none", leftover=True)]
    return [*(s for s in found if not s.leftover), *last]


def _view_section(section: Section, lists: Lists) -> SectionView:
    return SectionView(
        id=section.id,
        title=section.title,
        title_source=section.title_source,
        chapter=section.chapter,
        leftover=section.title_source == "none",
        note_ids=section.note_ids,
        edited=tuple(m for m in lists.marks.get(section.id, ()) if m.what != "move"),
    )


def _view_info(event: Event, edits: Iterable[Edit]) -> InfoView:
    marks = tuple(EditMark(key=edit_key(e), what=e.what, author=e.author, from_web=e.origin == "web") for e in edits if e.what == "info")
    lines = {field: print_info(event.info, field) for field in ("title", "date", "place", "organisers")}
    return InfoView(**lines, edited=marks)


def for_client(view: ReviewView, review: Review, client: str, language: str) -> ReviewView:
    """The view with what is one person's: their undo, and what others did, in their language."""
    done, undone = list_undoable(review.journal.entries, client)
    others = [e for e in review.journal.entries if e.client != client and e.revision > 1][-MOST_OTHERS:]
    texts = name_texts(review)
    return view.model_copy(
        update={
            "can_undo": bool(done),
            "can_redo": bool(undone),
            "undo": tell_together(done[-1].steps, review, texts, language) if done else "",
            "redo": tell_together(undone[-1].steps, review, texts, language) if undone else "",
            "others": tuple(_view_other(e, review, texts, language) for e in reversed(others)),
        }
    )


def _view_other(entry: JournalEntry, review: Review, texts: Mapping[str, str], language: str) -> OtherChange:
    notes = {n.id for n in review.event.notes} if review.event else set()
    subjects = tuple(dict.fromkeys(i for s in entry.steps if s.main for e in (s.before, s.after) if e is not None for i in subjects_of(e)))
    return OtherChange(
        revision=entry.revision,
        who=entry.author,
        at=entry.at,
        from_outside=entry.did in ("outside", "program"),
        told=tuple(tell_steps(entry.steps, review, texts, language)),
        note_ids=tuple(i for i in subjects if i in notes),
        section_ids=tuple(i for i in subjects if i not in notes),
    )
