"""Asked changes that make more or fewer notes, as edits: split, merged, added, and edits taken back."""

from __future__ import annotations

from digitise.corrections import (
    AddedNote,
    Edit,
    JoinEdit,
    MoveEdit,
    NewSection,
    PassageEdit,
    SplitEdit,
    edit_key,
    own_passage_id,
    seen_stamp,
)
from digitise.corrections.notes import SAME_PLACE_IOU
from digitise.corrections.words import same_text
from digitise.errors import UsageError
from digitise.geometry import polygon_iou
from digitise.model import Event, Note, Point
from digitise.reviewing.asking import AddNote, DropEdit, MergeNotes, MoveNotes, SettleCheck, SplitNote
from digitise.reviewing.notes import base_text, join_base, reword
from digitise.reviewing.places import move_notes
from digitise.reviewing.work import Work


def split_note(work: Work, asked: SplitNote) -> None:
    note = work.note(asked.note_id)
    join = work.edit(f"join:{note.id}")
    if isinstance(join, JoinEdit):
        _part_joined(work, join, asked.parts)
        return
    placement = work.placement(note.id)
    known = work.edit(f"split:{note.id}")
    base = base_text(work, note.id)
    for key in [edit_key(e) for e in work.edits() if e.what in ("wording", "word") and getattr(e, "note_id", "") == note.id]:
        work.drop(key)
    if not isinstance(known, SplitEdit):
        work.put(SplitEdit(note_id=note.id, parts=asked.parts, base=base))
        return
    # the parts that are there keep their ids: the new ones are numbered behind them, and put in their place
    first = len(known.parts) + 1
    work.put(known.model_copy(update={"parts": (asked.parts[0], *known.parts[1:], *asked.parts[1:])}))
    if placement.fate == "reported" and placement.section_id is not None:
        pieces = tuple(f"{note.id}-{k}" for k in range(first, first + len(asked.parts) - 1))
        move_notes(work, MoveNotes(note_ids=pieces, section_id=placement.section_id, after=note.id))


def _part_joined(work: Work, join: JoinEdit, parts: tuple[str, ...]) -> None:
    """A merged note is cut again: the notes that it was merged of stand by themselves with the new parts as their words."""
    ids = (join.note_id, *join.others)
    if len(parts) > len(ids):
        raise UsageError(
            join.note_id,
            f"this note was merged of {len(ids)} notes, so it can be cut into {len(ids)} parts at most",
            "Cut them once more afterwards.",
        )
    rest = ids[len(parts) :]
    work.drop(f"join:{join.note_id}")
    for note_id, text in zip(ids, parts, strict=False):
        if not same_text(work.note(note_id).text, text):
            reword(work, note_id, text)
    if rest:
        work.put(JoinEdit(note_id=ids[0], others=rest, text=parts[0], base=join_base(work, (ids[0], *rest))))


def merge_notes(work: Work, asked: MergeNotes) -> None:
    lead = work.note(asked.note_id)
    others = tuple(dict.fromkeys(i for i in asked.others if i != lead.id))
    if not others:
        raise UsageError(lead.id, "a note cannot be merged with itself", "Pick another note.")
    notes = [lead, *(work.note(i) for i in others)]
    for note in notes:
        placement = work.placement(note.id)
        if placement.fate == "duplicate" or (note is lead and placement.fate != "reported"):
            raise UsageError(note.id, "this note is not in the report by itself, so it cannot be merged", "Restore it first.")
    text = asked.text or " ".join(" ".join(n.text.split()) for n in notes if n.text.strip())
    if not text:
        raise UsageError(lead.id, "nobody could read these notes", "Type what they say first.")
    members: list[str] = []
    for note in notes:
        earlier = work.edit(f"join:{note.id}")
        members += [note.id, *(earlier.others if isinstance(earlier, JoinEdit) else ())]
        if note is not lead:
            work.drop(f"join:{note.id}")
            work.drop(f"fate:{note.id}")
    work.put(JoinEdit(note_id=lead.id, others=tuple(members[1:]), text=text, base=join_base(work, members)))


def add_note(work: Work, asked: AddNote) -> None:
    outline: tuple[Point, ...] = ()
    if asked.photo_id:
        outline = clip_outline(work.program.event, asked.photo_id, asked.outline)
        twin = find_twin(work.event, asked.photo_id, outline)
        if twin is not None:
            raise UsageError(twin.id, "there is a note at this place already", "Correct its words, or split it.")
    note_id = work.new_id()
    work.put(AddedNote(note_id=note_id, text=asked.text, kind=asked.kind, photo_id=asked.photo_id, outline=outline))
    if asked.section_id is not None:
        move_notes(work, MoveNotes(note_ids=(note_id,), section_id=asked.section_id))


def clip_outline(event: Event, photo_id: str, outline: tuple[Point, ...]) -> tuple[Point, ...]:
    """A drawn outline, photo px, within its photo. Raises UsageError for an unknown photo or for what is no area."""
    photo = next((p for p in event.photos if p.id == photo_id), None)
    if photo is None:
        raise UsageError(photo_id, "this photo is not in the event any more", "Load the page again.")
    inside = tuple((min(max(x, 0.0), float(photo.width_px)), min(max(y, 0.0), float(photo.height_px))) for x, y in outline)
    xs, ys = [x for x, _ in inside] or [0.0], [y for _, y in inside] or [0.0]
    if len(inside) < 3 or min(max(xs) - min(xs), max(ys) - min(ys)) < LEAST_SIDE_PX:
        raise UsageError(photo_id, "the box is too small, or lies outside the photo", "Draw it round the whole note.")
    return inside


LEAST_SIDE_PX = 8.0
"""Nothing can be read that is lower than this."""


def find_twin(event: Event, photo_id: str, outline: tuple[Point, ...]) -> Note | None:
    """A note of the report that stands where the outline does, as corrections would take it for the same: none is added there."""
    reported = {p.note_id for p in event.arrangement.placements if p.fate == "reported"}
    near = [n for n in event.notes if n.photo_id == photo_id and len(n.outline) > 2 and n.text.strip() and n.id in reported]
    return max(
        (n for n in near if polygon_iou(n.outline, outline) >= SAME_PLACE_IOU), key=lambda n: polygon_iou(n.outline, outline), default=None
    )


def settle_check(work: Work, asked: SettleCheck) -> None:
    row = next((row for row in work.event.edits_to_check if row.id == asked.check_id), None)
    if row is None:
        return
    passage = next((e for e in work.edits() if isinstance(e, PassageEdit) and own_passage_id(e) == row.id), None)
    if passage is not None:
        work.drop(edit_key(passage))
    elif any(u.id == row.id for u in work.corrections.unmerged):
        work.settle(unmerged=row.id)
    else:
        work.settle(seen=seen_stamp(row.id, row.reason, row.now))


def drop_edit(work: Work, asked: DropEdit) -> None:
    """Take an edit back, and with what it had made the edits of that."""
    edit = work.edit(asked.key)
    if edit is None:
        return
    work.drop(asked.key)
    gone = _made_by(edit)
    for other in work.edits():
        if getattr(other, "note_id", "") in gone or (isinstance(other, MoveEdit) and other.section.id in gone):
            drop_edit(work, DropEdit(key=edit_key(other)))
        elif isinstance(other, JoinEdit) and gone & set(other.others):
            rest = tuple(i for i in other.others if i not in gone)
            if rest:
                work.put(other.model_copy(update={"others": rest}))
            else:
                work.drop(edit_key(other))


def _made_by(edit: Edit) -> set[str]:
    """Ids of notes and sections that are there because of this edit."""
    match edit:
        case AddedNote():
            return {edit.note_id}
        case SplitEdit():
            return {f"{edit.note_id}-{k}" for k in range(2, len(edit.parts) + 1)}
        case NewSection():
            return {edit.section_id}
        case _:
            return set()
