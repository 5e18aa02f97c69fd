"""Asked changes of notes, as edits: words, what a note is, whose, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable

from digitise.corrections import AddedNote, DueEdit, Edit, FateEdit, JoinEdit, KindEdit, OwnersEdit, WordEdit, WordingEdit, edit_key
from digitise.corrections.words import same_text
from digitise.errors import UsageError
from digitise.model import Note, Placement
from digitise.reviewing.asking import SetDue, SetFate, SetKind, SetOwners, SetWord, SetWording
from digitise.reviewing.words import NOWHERE, find_word, name_word, place_words
from digitise.reviewing.work import Work, without_edit


def set_wording(work: Work, asked: SetWording) -> None:
    note = work.note(asked.note_id)
    if asked.of == "sheet" and same_text(note.written if note.written is not None else note.text, asked.text):
        _accept_all(work, note)
    elif asked.of == "report" and note.written is not None and same_text(note.written, asked.text) and not _join_of(work, note.id):
        work.drop(f"wording:report:{note.id}")
    elif not same_text(note.text, asked.text):
        reword(work, note.id, asked.text, of=asked.of)


def _join_of(work: Work, note_id: str) -> JoinEdit | None:
    edit = work.edit(f"join:{note_id}")
    return edit if isinstance(edit, JoinEdit) else None


def reword(work: Work, note_id: str, text: str, *, of: str = "sheet") -> None:
    """Other words for a note, in the edit that has the last say about them."""
    join, added = _join_of(work, note_id), work.edit(f"note:{note_id}")
    if join is not None:
        work.put(join.model_copy(update={"text": text}))
    elif of == "sheet" and isinstance(added, AddedNote) and work.edit(f"split:{note_id}") is None:
        work.drop(f"wording:sheet:{note_id}", main=False)
        work.put(added.model_copy(update={"text": text}))
    else:
        work.put(WordingEdit(note_id=note_id, of="report" if of == "report" else "sheet", text=text, base=base_text(work, note_id)))


def base_text(work: Work, note_id: str) -> str:
    """What the program read; of a note that is a person's, what it says now."""
    read = work.read(note_id)
    if read is not None:
        return read.text
    known = work.edit(f"wording:sheet:{note_id}") or work.edit(f"wording:report:{note_id}")
    return known.base if isinstance(known, WordingEdit) else work.note(note_id).text


def _accept_all(work: Work, note: Note) -> None:
    """Somebody has checked the words: none is in doubt any more."""
    read = work.read(note.id)
    if read is None or not note.doubtful:
        return
    plain = [w.text for w in note.words] == [w.text for w in read.words] == read.text.split() and same_text(note.text, read.text)
    if plain and note.written is None and _join_of(work, note.id) is None:
        work.put(WordingEdit(note_id=note.id, text=read.text, base=read.text))
        return
    for k, word in enumerate(note.words):
        if word.doubtful:
            base, nth = name_word(read.words, k)
            work.put(WordEdit(note_id=note.id, base=base, nth=nth, text=word.text))


def set_word(work: Work, asked: SetWord) -> None:
    note, read = work.note(asked.note_id), work.read(asked.note_id)
    index = find_word(read.words, asked.base, asked.nth) if read else None
    if index is None or index >= len(note.words):
        raise UsageError(asked.base, "this word is not in the note any more", "Load the page again.")
    if not asked.text:
        _take_out_word(work, note, index)
        return
    start, word = place_words(note.text, note.words)[index], note.words[index]
    wanted = note.text if start == NOWHERE else note.text[:start] + asked.text + note.text[start + len(word.text) :]
    work.put(WordEdit(note_id=note.id, base=asked.base, nth=asked.nth, text=asked.text))
    if not same_text(work.note(note.id).text, wanted):
        # an edit of all its words has the last say
        reported = work.edit(f"wording:report:{note.id}") is not None
        reword(work, note.id, wanted, of="report" if reported else "sheet")


def _take_out_word(work: Work, note: Note, index: int) -> None:
    """What was read as a word is none: a doodle. The others stay; a note that has no others is set aside."""
    texts = {"sheet": note.text} if note.written is None else {"sheet": note.written, "report": note.text}
    found = {of: place_words(text, note.words)[index] for of, text in texts.items()}
    if set(found.values()) == {NOWHERE}:
        raise UsageError(note.words[index].text, "this word is not in the note any more", "Load the page again.")
    for of, text in texts.items():
        start = found[of]
        if start == NOWHERE:
            continue
        rest = _cut_out(text, start, start + len(note.words[index].text))
        if not rest:
            set_fate(work, SetFate(note_id=note.id, fate="set aside"))
            return
        reword(work, note.id, rest, of=of)


def _cut_out(text: str, start: int, end: int) -> str:
    """A text without what stands there, and without the blank or the empty line that this would leave."""
    before, after = text[:start].rstrip(" "), text[end:].lstrip(" ")
    gap = " " if before and after and before[-1] != "\n" and after[0] != "\n" else ""
    return "\n".join(line for line in f"{before}{gap}{after}".split("\n") if line.strip())


def set_kind(work: Work, asked: SetKind) -> None:
    note_id, added = work.note(asked.note_id).id, work.edit(f"note:{asked.note_id}")
    if isinstance(added, AddedNote) and work.edit(f"kind:{note_id}") is None:
        work.put(added.model_copy(update={"kind": asked.kind}))
        return
    known = work.edit(f"kind:{note_id}")
    plain = _plain_placement(work, f"kind:{note_id}", note_id).kind
    base = known.base if isinstance(known, KindEdit) else plain
    _put_unless(work, KindEdit(note_id=note_id, kind=asked.kind, base=base), plain == asked.kind)


def set_owners(work: Work, asked: SetOwners) -> None:
    key = f"owners:{work.note(asked.note_id).id}"
    known, now = work.edit(key), [owners for owners, _ in _plain_duties(work, key, asked.note_id)]
    wanted = tuple(dict.fromkeys(asked.owners))
    base = known.base if isinstance(known, OwnersEdit) else now[0]
    _put_unless(work, OwnersEdit(note_id=asked.note_id, owners=wanted, base=base), set(now) == {wanted})


def set_due(work: Work, asked: SetDue) -> None:
    key = f"due:{work.note(asked.note_id).id}"
    known, now = work.edit(key), [due for _, due in _plain_duties(work, key, asked.note_id)]
    base = known.base if isinstance(known, DueEdit) else now[0]
    _put_unless(work, DueEdit(note_id=asked.note_id, due=asked.due or None, base=base), set(now) == {asked.due or None})


def _plain_placement(work: Work, key: str, note_id: str) -> Placement:
    """What holds of a note without one edit."""
    event = without_edit(work, key) if work.edit(key) else work.event
    return next(p for p in event.arrangement.placements if p.note_id == note_id)


def _plain_duties(work: Work, key: str, note_id: str) -> list[tuple[tuple[str, ...], str | None]]:
    """Owners and date of each of a note's actions without one edit; of a note that is none, of the note."""
    event = without_edit(work, key) if work.edit(key) else work.event
    actions = [(a.owners, a.due) for a in event.arrangement.actions if a.note_id == note_id]
    return actions or [(p.owners, p.due) for p in event.arrangement.placements if p.note_id == note_id]


def _put_unless(work: Work, edit: Edit, so_without: bool) -> None:
    """An edit, unless what it asks for holds without it."""
    if so_without:
        work.drop(edit_key(edit))
    else:
        work.put(edit)


def set_fate(work: Work, asked: SetFate) -> None:
    note = work.note(asked.note_id)
    key, placement = f"fate:{note.id}", work.placement(note.id)
    if placement.fate == asked.fate:
        return
    if asked.fate == "reported":
        if not note.text.strip():
            raise UsageError(
                note.id, "nobody could read this note, so there is nothing to bring back", "Type what it says; then it is back."
            )
        _take_out_of_joins(work, note)
        if work.edit(key):
            work.drop(key)
        if work.placement(note.id).fate == "reported":
            work.main.add(key)
            return
    work.put(FateEdit(note_id=note.id, fate=asked.fate, base=work.placement(note.id).fate))


def _take_out_of_joins(work: Work, note: Note) -> None:
    """The note stands by itself again; its words leave those of the note with which a person had merged it."""
    for edit in work.edits():
        if isinstance(edit, JoinEdit) and note.id in edit.others:
            rest = tuple(i for i in edit.others if i != note.id)
            if rest:
                text = " ".join(edit.text.split()).replace(" ".join(note.text.split()), "", 1).strip() or edit.text
                work.put(
                    edit.model_copy(update={"others": rest, "text": " ".join(text.split()), "base": join_base(work, (edit.note_id, *rest))})
                )
            else:
                work.drop(edit_key(edit))


def join_base(work: Work, note_ids: Iterable[str]) -> str:
    """What the program said of notes that are merged."""
    return " / ".join(read.text for i in note_ids if (read := work.read(i)) is not None)
