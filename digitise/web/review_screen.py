"""Which part of a review one page shows: its sheet, its notes in groups, and where the keys lead. Pure; the templates only print it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

from digitise.web.review_choice import Choice, Only
from digitise.web.review_model import Doubt, Mark, NoteView, PhotoView, ReviewView, SectionView, SheetView, WallView

GroupKind = Literal["section", "actions", "sheet", "unreadable", "duplicates", "aside"]
MarkState = Literal["read", "doubt", "out"]


class SheetPlace(NamedTuple):
    """One picture to step to."""

    sheet: SheetView
    photo: PhotoView
    nth: int
    """From 1, among the sheets that one steps through; 0 for a whole photo all of whose notes stand on its sheets."""


class Row(NamedTuple):
    """A note in the list."""

    note: NoteView
    nth: int
    """Its place in its section, from 1."""
    last: bool
    """Nothing stands behind it there."""


class Group(NamedTuple):
    """Notes under one heading of the list."""

    kind: GroupKind
    rows: tuple[Row, ...]
    section: SectionView | None = None
    open: bool = True
    digest: str = ""
    """Of all that is shown of it: a browser that has it already keeps it. '' where it holds the picked note."""

    @property
    def id(self) -> str:
        """Element id."""
        return f"section-{self.section.id}" if self.section else f"group-{self.kind}"


class DrawnMark(NamedTuple):
    """A note's outline as the picture shows it."""

    note: NoteView
    points: str
    state: MarkState


class Screen(NamedTuple):
    """All that one page shows."""

    view: ReviewView
    choice: Choice
    here: SheetPlace | None
    wall: WallView | None
    """The joined wall that is looked at instead."""
    stepped: tuple[SheetPlace, ...]
    """The sheets that 'next' and 'before' go through."""
    sheets: tuple[SheetPlace, ...]
    """These, and the whole photos."""
    marks: tuple[DrawnMark, ...]
    groups: tuple[Group, ...]
    counts: Counter[Only]
    counts_whole: Counter[Only]
    picked: NoteView | None
    word: int | None
    """Place of the word to check in the picked note's words."""
    word_nth: int
    """Which of the note's words in doubt that is, from 1."""
    next_word: Doubt | None
    word_before: Doubt | None
    mergeable: tuple[NoteView, ...]
    """Notes that the picked one may be merged with, the likeliest first."""
    notes: dict[str, NoteView]
    likely_section: str
    """Where a note that was missed on this sheet most likely belongs: with most of the sheet's others; '' where nothing says so."""

    @property
    def step_next(self) -> SheetPlace | None:
        return self._step(1)

    @property
    def step_back(self) -> SheetPlace | None:
        return self._step(-1)

    def _step(self, by: int) -> SheetPlace | None:
        """The sheet one further. From a whole photo, one steps to its neighbours among the sheets."""
        if self.here is None or self.wall is not None:
            return None
        ids = [p.sheet.id for p in self.sheets]
        now = ids.index(self.here.sheet.id)
        rest = self.sheets[now + 1 :] if by > 0 else self.sheets[:now][::-1]
        return next((p for p in rest if p.nth), None)


def make_screen(view: ReviewView, choice: Choice) -> Screen:
    """The page that was asked for; what was asked for and is not there falls back to what is."""
    notes = {note.id: note for note in view.notes}
    picked = notes.get(choice.note)
    sheets = list_sheets(view)
    here = _find_sheet(sheets, choice, picked)
    wall = next((w for w in view.walls if w.id == choice.sheet and (not picked or any(m.note_id == picked.id for m in w.marks))), None)
    shown_id = wall.id if wall else here.sheet.id if here else ""
    choice = choice.model_copy(update={"sheet": shown_id, "note": picked.id if picked else ""})
    doubts = _in_order(view)
    marks = wall.marks if wall else here.sheet.marks if here else ()
    # a wall or a whole photo shows notes that have a sheet of their own: what is drawn on it is in its list
    drawn = {m.note_id for m in marks} if wall or (here and here.sheet.what == "whole photo") else set()
    on_sheet = [n for n in view.notes if n.id in drawn or (not wall and here and n.sheet_id == here.sheet.id)]
    scope = on_sheet if choice.show == "sheet" else list(view.notes)
    to_check = {d.note_id for d in view.doubts}
    groups = tuple(g._replace(digest=_digest(g, choice, view, notes)) for g in _group(view, choice, scope, to_check))
    word = _find_word(choice, picked)
    return Screen(
        view=view,
        choice=choice.model_copy(update={"word": word}),
        here=here,
        wall=wall,
        stepped=tuple(s for s in sheets if s.nth),
        sheets=tuple(sheets),
        marks=tuple(_draw(marks, notes)),
        groups=groups,
        counts=_count(scope, to_check),
        counts_whole=_count(view.notes, to_check),
        picked=picked,
        word=word,
        word_nth=sum(w.doubtful for w in picked.words[: word + 1]) if picked and word is not None else 0,
        next_word=find_doubt(view, doubts, choice.note, word, 1),
        word_before=find_doubt(view, doubts, choice.note, word, -1),
        mergeable=_mergeable(view, notes, picked) if picked else (),
        notes=notes,
        likely_section=next((i for i, _ in Counter(n.section_id for n in on_sheet if n.section_id).most_common(1)), ""),
    )


def list_sheets(view: ReviewView) -> list[SheetPlace]:
    """All pictures in order. A whole photo is one to step to only where notes stand on it alone, or where it has no sheets."""
    found: list[SheetPlace] = []
    used = {note.sheet_id for note in view.notes}
    for photo in view.photos:
        for sheet in photo.sheets:
            own = sheet.what != "whole photo" or sheet.id in used or len(photo.sheets) == 1
            found.append(SheetPlace(sheet, photo, 1 + sum(1 for s in found if s.nth) if own else 0))
    return found


def _find_sheet(sheets: list[SheetPlace], choice: Choice, picked: NoteView | None) -> SheetPlace | None:
    wanted = choice.sheet
    if picked and picked.sheet_id and not any(p.sheet.id == wanted and p.photo.id == picked.photo_id for p in sheets):
        wanted = picked.sheet_id
    if picked and picked.sheet_id and choice.show == "sheet":
        wanted = picked.sheet_id
    return next((p for p in sheets if p.sheet.id == wanted), next((p for p in sheets if p.nth), None))


def find_doubt(view: ReviewView, doubts: list[tuple[int, int, Doubt]], note_id: str, word: int | None, by: int) -> Doubt | None:
    """The next (by=1) or last (by=-1) word in doubt, seen from a note and a place in it; from the end it goes on at the start."""
    if not doubts:
        return None
    ids = [note.id for note in view.notes]
    now = (ids.index(note_id), -1 if word is None else word) if note_id in ids else (-1, -1)
    if by > 0:
        return next((d for n, w, d in doubts if (n, w) > now), doubts[0][2])
    return next((d for n, w, d in doubts[::-1] if (n, w) < now), doubts[-1][2])


def _in_order(view: ReviewView) -> list[tuple[int, int, Doubt]]:
    """The words in doubt, each with the place of its note among all notes and its own in the note."""
    places = {note.id: k for k, note in enumerate(view.notes)}
    return sorted(((places[d.note_id], d.word, d) for d in view.doubts if d.note_id in places), key=lambda found: found[:2])


def find_next_doubt(view: ReviewView, note_id: str, word: int | None) -> Doubt | None:
    """Where to go on after a word was settled."""
    return find_doubt(view, _in_order(view), note_id, word, 1)


def _find_word(choice: Choice, picked: NoteView | None) -> int | None:
    if picked is None:
        return None
    if choice.word is not None and choice.word < len(picked.words) and picked.words[choice.word].doubtful:
        return choice.word
    return next((k for k, word in enumerate(picked.words) if word.doubtful), None)


def _is_shown(note: NoteView, only: Only, to_check: set[str]) -> bool:
    if only == "check":
        return note.id in to_check or bool(note.checks)
    if only == "actions":
        return bool(note.actions)
    fates = {"aside": "set aside", "unreadable": "unreadable", "duplicates": "duplicate"}
    return only == "all" or note.fate == fates[only]


def _count(notes: Iterable[NoteView], to_check: set[str]) -> Counter[Only]:
    kinds: tuple[Only, ...] = ("all", "check", "actions", "aside", "unreadable", "duplicates")
    return Counter(only for note in notes for only in kinds if _is_shown(note, only, to_check))


def _group(view: ReviewView, choice: Choice, scope: list[NoteView], to_check: set[str]) -> tuple[Group, ...]:
    """The notes of `scope` that the filter lets through, and the picked one: in sections, then what stands in none."""
    wanted = {n.id: n for n in scope if n.id == choice.note or _is_shown(n, choice.only, to_check)}
    whole = choice.show == "whole" and choice.only == "all"
    groups: list[Group] = []
    if choice.only == "actions":
        acts = sorted((n for n in wanted.values() if n.actions), key=lambda n: n.actions)
        return (Group("actions", tuple(Row(n, k, n is acts[-1]) for k, n in enumerate(acts, 1))),) if acts else ()
    for section in view.sections:
        last = len(section.note_ids)
        rows = tuple(Row(wanted[i], k, k == last) for k, i in enumerate(section.note_ids, 1) if i in wanted)
        if rows or (whole and not (section.leftover and not section.note_ids)):
            groups.append(Group("section", rows, section))
    kinds: tuple[tuple[GroupKind, str], ...] = (("unreadable", "unreadable"), ("duplicates", "duplicate"), ("aside", "set aside"))
    placed = {row.note.id for group in groups for row in group.rows}
    rest = [n for n in wanted.values() if n.id not in placed]
    for kind, fate in kinds:
        rows = tuple(Row(n, 0, True) for n in rest if n.fate == fate)
        if rows:
            groups.append(Group(kind, rows, open=not whole or any(r.note.id == choice.note for r in rows)))
    rows = tuple(Row(n, 0, True) for n in rest if n.fate == "reported")
    if rows:
        groups.append(Group("sheet", rows, open=not whole or any(r.note.id == choice.note for r in rows)))
    return tuple(groups)


def _digest(group: Group, choice: Choice, view: ReviewView, notes: dict[str, NoteView]) -> str:
    """Within one server process. Besides its notes a row shows the words of those that it names, and a section's menu all sections."""
    if any(row.note.id == choice.note for row in group.rows):
        return ""
    named = tuple(notes[i].text for row in group.rows for i in (row.note.duplicate_of, row.note.said_by, *row.note.leads_to) if i in notes)
    menu = tuple((s.id, s.title) for s in view.sections) if group.section else ()
    return f"{hash((group.kind, group.section, group.rows, named, menu, choice.show, choice.only)) & (2**64 - 1):016x}"


def _draw(marks: Iterable[Mark], notes: dict[str, NoteView]) -> Iterable[DrawnMark]:
    """The largest first, so that a small outline within a large one can be picked."""
    known = [m for m in marks if m.note_id in notes and m.outline]
    for mark in sorted(known, key=_box_area, reverse=True):
        note = notes[mark.note_id]
        state: MarkState = "out" if note.fate != "reported" else "doubt" if note.doubtful else "read"
        yield DrawnMark(note, " ".join(f"{x:.0f},{y:.0f}" for x, y in mark.outline), state)


def _box_area(mark: Mark) -> float:
    xs, ys = [p[0] for p in mark.outline], [p[1] for p in mark.outline]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


MOST_MERGEABLE = 40
"""Notes offered to be merged with: those of the same sheet, from the next one on. A list of all is no help."""


def _mergeable(view: ReviewView, notes: dict[str, NoteView], picked: NoteView) -> tuple[NoteView, ...]:
    fellows = [n for n in view.notes if n.sheet_id == picked.sheet_id and n.photo_id == picked.photo_id]
    section = next((s for s in view.sections if s.id == picked.section_id), None)
    others = [notes[i] for i in section.note_ids if i in notes] if section else []
    at = next((k for k, n in enumerate(fellows) if n.id == picked.id), -1)
    found = {n.id: n for n in [*fellows[at + 1 :], *fellows[:at], *others] if n.id != picked.id and n.text and n.fate != "set aside"}
    return tuple(found.values())[:MOST_MERGEABLE]
