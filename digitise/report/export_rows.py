"""One row per action, note and photo, for the spreadsheet and the CSV files: they print what the report prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from digitise.crops import crop_name, is_shown
from digitise.model import Action, Event, Note, Photo
from digitise.report.compose_actions import print_action, print_due, print_owner, section_title
from digitise.report.draft import Draft, fate_of, find_kept, kind_of, open_draft, set_words
from digitise.report.labels import Labels, choose_labels
from digitise.report.labels_exports import ExportLabels, choose_export_labels
from digitise.report.wording import clean_text


@dataclass(frozen=True, slots=True)
class ActionRow:
    number: str
    action: str
    owner: str
    due: str
    """As the report prints it; `day` is the date alone."""
    day: date | None
    problem: str
    theme: str
    photo: int | None
    file: str
    picture: str
    """File name of the note's close-up, else of its sheet's cleaned picture; '' where there is none."""
    note_id: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    text: str
    """As the report prints it."""
    as_read: str
    """As it stands on the sheet."""
    kind: str
    theme: str
    owner: str
    due: str
    day: date | None
    votes: int | None
    colour: str
    plain_colour: str
    """In English, for programs; '' where it has none."""
    written_on: str
    round: str
    table: str
    photo: int | None
    file: str
    picture: str
    confidence: float | None
    """0..1; None where nothing was read, or a person has typed it."""
    doubtful: str
    fate: str
    printed_as: str
    """The words of the note that is printed in its place."""
    on_board: bool
    """Whether it belongs on an online whiteboard: it is printed in a chapter of the report."""
    note_id: str


@dataclass(frozen=True, slots=True)
class PhotoRow:
    number: int
    file: str
    taken: datetime | None
    notes: int
    pictures: tuple[str, ...]
    remarks: str


@dataclass(frozen=True, slots=True)
class Rows:
    labels: Labels
    words: ExportLabels
    actions: tuple[ActionRow, ...]
    notes: tuple[NoteRow, ...]
    """All notes of the event, in the order of its photos."""
    photos: tuple[PhotoRow, ...]


def make_rows(event: Event, *, languages: tuple[str, ...] = ()) -> Rows:
    """languages: of the labels; default: the event's."""
    draft = open_draft(event)
    draft.labels = choose_labels(languages or event.info.languages)
    words = choose_export_labels(languages or event.info.languages)
    order = {photo.id: k for k, photo in enumerate(event.photos)}
    notes = sorted(event.notes, key=lambda n: (order.get(n.photo_id, len(order)), n.order))
    return Rows(
        labels=draft.labels,
        words=words,
        actions=tuple(_make_action(draft, a) for a in sorted(event.arrangement.actions, key=lambda a: a.number)),
        notes=tuple(_make_note(draft, words, n) for n in notes),
        photos=tuple(_make_photo(draft, p) for p in event.photos),
    )


def one_line(text: str) -> str:
    """Text without line breaks and without what no file may hold."""
    return " ".join(clean_text(text).split())


def _make_action(draft: Draft, action: Action) -> ActionRow:
    note = draft.notes.get(action.note_id)
    answered = [draft.notes[i] for i in action.problem_note_ids if i in draft.notes]
    return ActionRow(
        number=draft.labels.action_short.format(number=action.number),
        action=one_line(print_action(draft, action)),
        owner=one_line(", ".join(print_owner(draft, action, o) for o in action.owners)),
        due=one_line(print_due(draft, action)),
        day=action.due_date,
        problem="; ".join(_say(draft, n) for n in answered),
        theme=_name_theme(draft, action.section_id),
        photo=draft.photo_numbers.get(note.photo_id) if note else None,
        file=_name_file(draft, note),
        picture=_find_picture(draft, note),
        note_id=action.note_id,
    )


def _make_note(draft: Draft, words: ExportLabels, note: Note) -> NoteRow:
    placement = draft.placements.get(note.id)
    fate = fate_of(draft, note.id)
    actions = draft.actions.get(note.id, [])
    aside = fate == "set aside"
    kept = draft.notes.get(find_kept(placement, draft.placements)) if placement and fate == "duplicate" else None
    with_sheet = bool(placement and placement.with_sheet) or note.id in _list_title_notes(draft)
    became = words.fates[placement.fate if placement else "reported"]
    if placement and placement.seen_again:
        became = words.seen_again
    elif with_sheet:
        became = words.with_sheet
    return NoteRow(
        text=one_line(words.not_printed) if aside else _say(draft, note),
        as_read="" if aside else clean_text(note.written or note.text),
        kind="" if with_sheet or fate != "reported" else one_line(draft.labels.kinds[kind_of(draft, note.id)]),
        theme=_name_theme(draft, placement.section_id if placement else None),
        owner="" if aside else one_line(", ".join(dict.fromkeys(print_owner(draft, a, o) for a in actions for o in a.owners))),
        due="" if aside else one_line("; ".join(d for a in actions if (d := print_due(draft, a)))),
        day=next((a.due_date for a in actions if a.due_date), None),
        votes=note.votes,
        colour=one_line(words.colours[note.colour]),
        plain_colour="" if note.colour == "none" else note.colour,
        written_on=one_line(words.containers[note.container]),
        round=one_line(placement.round or "") if placement else "",
        table=one_line(placement.table or "") if placement else "",
        photo=draft.photo_numbers.get(note.photo_id),
        file=_name_file(draft, note),
        picture="" if aside else _find_picture(draft, note),
        confidence=round(note.confidence, 2) if note.by == "program" and note.words else None,
        doubtful="" if aside else ", ".join(one_line(w.text) for w in note.doubtful),
        fate=one_line(became),
        printed_as=_say(draft, kept) if kept and kept.id != note.id else "",
        on_board=fate == "reported" and not with_sheet,
        note_id=note.id,
    )


def _list_title_notes(draft: Draft) -> set[str]:
    """Headings that people wrote and that are themes' titles: the report prints them as such, not as points."""
    return {s.title_note_id for s in draft.sections.values() if s.title_source == "written" and s.title_note_id}


def _make_photo(draft: Draft, photo: Photo) -> PhotoRow:
    labels = draft.labels
    remarks = list(photo.warnings)
    if photo.copies:
        remarks.append(labels.copies.format(files=", ".join(photo.copies)))
    if photo.similar_to in draft.photo_numbers:
        remarks.append(labels.looks_like.format(number=draft.photo_numbers[photo.similar_to or ""]))
    if photo.part_of in draft.photo_numbers:
        remarks.append(labels.part_of.format(number=draft.photo_numbers[photo.part_of or ""]))
    return PhotoRow(
        number=draft.photo_numbers[photo.id],
        file=one_line(photo.file),
        taken=photo.taken.replace(microsecond=0, tzinfo=None) if photo.taken else None,
        notes=sum(n.photo_id == photo.id for n in draft.event.notes),
        pictures=tuple(s.picture for s in draft.surfaces[photo.id] if s.picture),
        remarks=one_line(" ".join(remarks)),
    )


def _say(draft: Draft, note: Note) -> str:
    return one_line("".join(run.text for run in set_words(draft, note, note.text, mark=False)))


def _name_theme(draft: Draft, section_id: str | None) -> str:
    section = draft.sections.get(section_id or "")
    return one_line(section_title(draft, section)) if section and section.title_source != "none" else ""


def _name_file(draft: Draft, note: Note | None) -> str:
    number = draft.photo_numbers.get(note.photo_id) if note else None
    return one_line(draft.event.photos[number - 1].file) if number else ""


def _find_picture(draft: Draft, note: Note | None) -> str:
    """The note's close-up where there is one, else its sheet."""
    if note is None:
        return ""
    if is_shown(note):
        return crop_name(note.id)
    surfaces: Sequence[str] = [s.picture for s in draft.surfaces[note.photo_id] if s.picture and s.id == note.surface_id]
    return surfaces[0] if surfaces else next((s.picture for s in draft.surfaces[note.photo_id] if s.picture), "")
