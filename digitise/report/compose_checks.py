"""The last chapter, for people who check the report: words in doubt, what was not printed and why, the account of all notes."""

from __future__ import annotations

from collections.abc import Mapping

from digitise.crops import crop_name
from digitise.model import Note
from digitise.report.blocks import Block, Cell, Heading, Inline, Paragraph, Picture, Run, Span, Table
from digitise.report.compose_record import link_to_chapter, link_to_places
from digitise.report.compose_spelling import compose_spellings
from digitise.report.draft import Draft, anchor_name, fate_of, find_kept, link_to_photo, note_language, set_words, shorten
from digitise.report.wording import bare_letters, capitalise, clean_text

_CROP_CM = (5.2, 2.4)
_SMALL_CROP_CM = (3.5, 2.2)
_MOST_ANSWERED = 60
"""Words of a second reader's answer that are printed; a sticky has 5 to 25."""


def compose_checks(draft: Draft) -> list[Block]:
    """Everything else must be composed before: this counts and lists what was printed and doubted."""
    blocks = [
        *_list_words(draft),
        *compose_spellings(draft),
        *_list_votes(draft),
        *_list_unreadable(draft),
        *_list_duplicates(draft),
        *list_problems(draft),
        *_account(draft),
    ]
    return [Heading(1, (Run(draft.labels.checking),)), *blocks]


def _list_duplicates(draft: Draft) -> list[Block]:
    """Notes that say what another one says. Those seen on several photos are only counted: the photo record names each of them."""
    labels = draft.labels
    rows: list[tuple[Cell, ...]] = []
    seen_again = 0
    for placement in draft.event.arrangement.placements:
        note = draft.notes.get(placement.note_id)
        if placement.fate != "duplicate" or note is None:
            continue
        if placement.seen_again:
            seen_again += 1
            continue
        kept = draft.notes.get(find_kept(placement, draft.placements), note)
        span = Span(draft.take_anchor(anchor_name("d", note.id)), note.id, set_words(draft, note, note.text, reading=False))
        printed = Run(shorten(kept.text, 14), language=note_language(draft, kept))
        rows.append(((span, *link_to_photo(draft, note)), (printed, *link_to_chapter(draft, kept))))
    if not rows and not seen_again:
        return []
    blocks: list[Block] = [Heading(2, (Run(labels.duplicates),))]
    if seen_again:
        blocks.append(Paragraph((Run(labels.seen_twice.format(count=seen_again)),), "lead" if rows else "body"))
    if rows:
        table = Table(header=(labels.note, labels.printed_as), rows=tuple(rows), widths=(0.5, 0.5), caption=labels.duplicates)
        blocks += [Paragraph((Run(labels.duplicates_intro),), "lead"), table]
    return blocks


def _crop(draft: Draft, note: Note, reading: str, size_cm: tuple[float, float] = _CROP_CM) -> Picture:
    alt = draft.labels.crop_alt.format(number=draft.photo_numbers.get(note.photo_id, 0), reading=reading)
    return Picture(crop_name(note.id), alt, *size_cm)


def _second_reading(draft: Draft, note: Note) -> str:
    """The second reader's whole answer, where it says other than the note; ''."""
    second = note.second_reading
    if second is None or bare_letters(second.text) in ("", bare_letters(note.text)):
        return ""
    return draft.labels.second_read.format(reader=clean_text(second.reader), text=shorten(second.text, _MOST_ANSWERED))


def _list_unreadable(draft: Draft) -> list[Block]:
    labels = draft.labels
    notes = [n for n in draft.event.notes if fate_of(draft, n.id) == "unreadable"]
    if not notes:
        return []
    rows: list[tuple[Cell, ...]] = []
    for note in notes:
        reading = shorten(note.text, 30) or labels.nothing_read
        second = _second_reading(draft, note)
        # who was there types here what it says
        span = Span(draft.take_anchor(anchor_name("u", note.id)), note.id if note.text.strip() else "", (Run(reading),))
        as_read: Cell = (span, *([Run(f". {second}")] if second else []), *link_to_photo(draft, note))
        rows.append(((_crop(draft, note, reading, _SMALL_CROP_CM),), as_read))
    table = Table(
        header=(labels.picture, labels.as_read),
        rows=tuple(rows),
        widths=(0.3, 0.7),
        caption=labels.unreadable,
    )
    return [Heading(2, (Run(labels.unreadable),)), Paragraph((Run(labels.unreadable_intro),), "lead"), table]


def _list_votes(draft: Draft) -> list[Block]:
    """Each note with votes: the picture that shows them, and their number; notes left out of the report have none to check."""
    labels = draft.labels
    notes = [n for n in draft.event.notes if n.votes_box is not None and fate_of(draft, n.id) != "set aside"]
    if not notes:
        return []
    counted = {n.id: (Run(labels.votes_unsure if n.votes is None else str(n.votes), bold=True),) for n in notes}
    texts = {"head": labels.votes_to_check, "intro": labels.votes_intro, "column": labels.votes_counted}
    return _compare_with_pictures(draft, counted, **texts, widths=(0.4, 0.4, 0.2))


def _compare_with_pictures(
    draft: Draft, told: Mapping[str, Cell], *, head: str, intro: str, column: str, widths: tuple[float, float, float]
) -> list[Block]:
    """One row per note, in the order of the photos, to go through them side by side: close-up, words, what is to be checked.

    told: note id -> the last cell; column: its head.
    """
    rows: list[tuple[Cell, ...]] = []
    for note_id in sorted(told, key=lambda i: (draft.photo_numbers.get(draft.notes[i].photo_id, 0), draft.notes[i].order)):
        note = draft.notes[note_id]
        text = shorten(note.text, 25)
        said = Run(text, language=note_language(draft, note))
        rows.append(((_crop(draft, note, text),), (said, *link_to_places(draft, note)), told[note_id]))
    table = Table((draft.labels.picture, draft.labels.as_read, column), tuple(rows), widths, head)
    return [Heading(2, (Run(head),)), Paragraph((Run(intro),), "lead"), table]


def list_problems(draft: Draft, *, level: int = 2) -> list[Block]:
    """Photos that were left out, and photos to look at, with the reason and what to do."""
    labels, blocks = draft.labels, list[Block]()
    failed = [p for p in draft.event.problems if p.severity == "error"]
    if failed:
        rows = tuple(((Run(clean_text(p.file)),), (Run(clean_text(p.reason)),), (Run(clean_text(p.remedy)),)) for p in failed)
        table = Table(
            (labels.file, labels.reason, labels.remedy), rows, (0.3, 0.35, 0.35), labels.not_used, labels.table, draft.next_table()
        )
        blocks += [Heading(level, (Run(labels.not_used),)), table]
    looks = [(p.file, capitalise(f"{p.reason.rstrip('.')}. {p.remedy}")) for p in draft.event.problems if p.severity == "warning"]
    for photo in draft.event.photos:
        told = [text.lower() for file, text in looks if file == photo.file]
        looks += [(photo.file, w) for w in photo.warnings if not any(w.lower().rstrip(".") in text for text in told)]
    if looks:
        rows2 = tuple(((Run(clean_text(file)),), (Run(clean_text(text)),)) for file, text in looks)
        table = Table((labels.file, labels.what_to_see), rows2, (0.35, 0.65), labels.look_at)
        blocks += [Heading(level, (Run(labels.look_at),)), table]
    return blocks


def _list_words(draft: Draft) -> list[Block]:
    """One row per note with words in doubt: its close-up, what was read, what else it may be."""
    labels = draft.labels
    by_note: dict[str, list[Inline]] = {}
    for doubt in draft.doubts:
        others = f": {', '.join(doubt.alternatives)}" if doubt.alternatives else ""
        language = note_language(draft, draft.notes[doubt.note_id])
        words = by_note.setdefault(doubt.note_id, [])
        reading = labels.second_mark.format(word=doubt.reading) if doubt.reader else doubt.reading
        words += [*([Run("; ")] if words else []), Run(reading, bold=True, language=language)]
        words += [Run(others, language=language)] if others else []
    for note in draft.event.notes:
        second = _second_reading(draft, note)
        if second and fate_of(draft, note.id) not in ("unreadable", "set aside"):
            words = by_note.setdefault(note.id, [])
            words.append(Run(f". {second}" if words else second))
    if not by_note:
        return []
    told = {note_id: tuple(words) for note_id, words in by_note.items()}
    texts = {"head": labels.words_to_check, "intro": labels.check_intro, "column": labels.other_readings}
    return _compare_with_pictures(draft, told, **texts, widths=(0.36, 0.34, 0.3))


def _account(draft: Draft) -> list[Block]:
    labels, account = draft.labels, draft.event.accounting
    chapters = sum(fate_of(draft, i) == "reported" for i in draft.body_anchors)
    lines = [
        (labels.notes_reported, chapters),
        (labels.notes_with_sheet, account.reported - chapters),
        (labels.notes_duplicate, account.duplicates),
        (labels.notes_unreadable, account.unreadable),
        (labels.notes_aside, account.set_aside),
    ]
    rows: list[tuple[Cell, ...]] = [((Run(what),), (Run(str(count)),)) for what, count in lines]
    rows.append(((Run(labels.notes_seen, bold=True),), (Run(str(account.seen), bold=True),)))
    table = Table(header=(labels.what, labels.how_many), rows=tuple(rows), widths=(0.75, 0.25), caption=labels.accounting)
    return [Heading(2, (Run(labels.accounting),)), Paragraph((Run(labels.accounting_intro),), "lead"), table]
