"""The chapters that let people check: visual minutes, photo record with transcripts, lists of what is not printed, words to check."""

from __future__ import annotations

from collections.abc import Sequence

from digitise.crops import crop_name
from digitise.model import Note, Photo, Surface
from digitise.report.blocks import Block, Bullet, Cell, Heading, Inline, Link, PageTurn, Paragraph, Picture, Run, Span, Spread, Table
from digitise.report.compose_walls import find_wall, name_photos, print_wall, print_wall_of, tell_relations, wall_notes
from digitise.report.draft import Draft, anchor_name, fate_of, find_kept, kind_of, link_to_photo, print_votes, set_words, shorten
from digitise.report.figures import print_figure
from digitise.report.labels import print_date
from digitise.report.wording import bare_letters, capitalise, clean_text

TEXT_WIDTH_CM = 16.0
_SHEET_HEIGHT_CM = 8.4
"""Two sheets with their headings and captions share a page of 24.7 cm text height."""
_UPRIGHT_SHARE, _LYING_SHARE = 0.46, 0.56
"""Of the text width, for the picture of an upright or lying sheet beside its transcript."""
_TOO_WIDE = 2.0
"""Width to height from which a picture beside its transcript would be a mere strip."""
_MOST_BESIDE = 30
"""A longer transcript does not fit beside a picture on one page."""
_MURAL_HEIGHT_CM = 18.0
_WIDE_MURAL = 1.3
"""A mural wider than this gets a page on its side."""
_LANDSCAPE_CM = (24.7, 12.2)
"""What a page of the shipped template on its side has room for under a chapter's heading and above a caption."""
_CROP_CM = (5.2, 2.4)
_SMALL_CROP_CM = (3.5, 2.2)
_ROLL = 1.6
"""Width to height of a sheet cut off a paper roll for graphic recording; flipcharts and A sizes have 1.41, whiteboards mostly 1.5."""
_MURAL_CONTAINERS = 3
"""A surface with at least this many bubbles or boxes is a graphic recording, not a list or a wall of stickies."""
_MOST_ANSWERED = 60
"""Words of a second reader's answer that are printed; a sticky has 5 to 25."""


def compose_visual_minutes(draft: Draft) -> list[Block]:
    blocks: list[Block] = []
    for photo in draft.event.photos:
        wall = find_wall(draft, photo)
        if wall is not None and _is_graphic(wall.size_px, wall_notes(draft, wall)):
            if wall.id not in draft.figure_anchors:
                start = draft.labels.joined_caption.format(numbers=name_photos(draft, wall))
                caption, size_cm = _caption_visual(draft, photo, start), _visual_size(wall.size_px)
                blocks += _open_visual(draft, blocks, wall.size_px, print_wall(draft, wall, caption, size_cm))
            continue
        for surface in draft.surfaces[photo.id]:
            if not surface.picture or not _is_graphic(surface.size_px, [n for n in draft.event.notes if n.surface_id == surface.id]):
                continue
            start = draft.labels.visual_caption.format(number=draft.photo_numbers[photo.id])
            caption, size_cm = _caption_visual(draft, photo, start), _visual_size(surface.size_px)
            blocks += _open_visual(draft, blocks, surface.size_px, _picture(draft, surface, caption, size_cm))
    return blocks


def _caption_visual(draft: Draft, photo: Photo, start: str) -> tuple[Inline, ...]:
    number = draft.photo_numbers[photo.id]
    place = Link(draft.labels.photo.format(number=number), f"p_{number}")
    return (Run(f"{start}. {draft.labels.transcript_in}"), place, Run("."))


def _visual_size(size_px: tuple[int, int]) -> tuple[float, float]:
    return _LANDSCAPE_CM if size_px[0] > _WIDE_MURAL * size_px[1] else (TEXT_WIDTH_CM, _MURAL_HEIGHT_CM)


def _open_visual(draft: Draft, before: Sequence[Block], size_px: tuple[int, int], figure: Picture) -> list[Block]:
    """A mural's figure, a wide one on a page on its side; the first one opens the chapter."""
    blocks: list[Block] = [*([] if before else [Heading(1, (Run(draft.labels.visual_minutes),))]), figure]
    return [PageTurn(True), *blocks, PageTurn(False)] if size_px[0] > _WIDE_MURAL * size_px[1] else blocks


def _is_graphic(size_px: tuple[int, int], notes: Sequence[Note]) -> bool:
    """Whether a sheet is a graphic recording: it has speech bubbles and boxes, or it is a wide roll with headings and somebody's words."""
    if any(n.container in ("sticky", "card") and n.text for n in notes):
        return False
    drawn = sum(n.container in ("bubble", "box") for n in notes)
    quoted = any(n.role == "quote" for n in notes)
    headings = sum(n.role in ("title", "heading") for n in notes)
    wide = size_px[0] >= _ROLL * size_px[1]
    return drawn >= _MURAL_CONTAINERS or (wide and quoted and headings >= 2)


def compose_photo_record(draft: Draft) -> list[Block]:
    labels = draft.labels
    blocks: list[Block] = []
    if draft.event.photos:
        blocks.append(Heading(2, (Run(labels.sheets),)))
        for photo in draft.event.photos:
            blocks += _compose_photo(draft, photo)
    blocks += _list_duplicates(draft) + _list_unreadable(draft) + _list_votes(draft) + _list_problems(draft)
    return [Heading(1, (Run(labels.photo_record),)), *blocks] if blocks else []


def _compose_photo(draft: Draft, photo: Photo) -> list[Block]:
    labels, number = draft.labels, draft.photo_numbers[photo.id]
    title = f"{labels.photo.format(number=number)}: {clean_text(photo.file)}"
    blocks: list[Block] = [Heading(3, (Run(title),), draft.take_anchor(f"p_{number}"))]
    remarks: list[list[Inline]] = []
    if photo.copies:
        remarks.append([Run(labels.copies.format(files=", ".join(map(clean_text, photo.copies))))])
    if photo.similar_to in draft.photo_numbers:
        other = draft.photo_numbers[photo.similar_to or ""]
        remarks.append([Link(labels.looks_like.format(number=other), f"p_{other}")])
    remarks += tell_relations(draft, photo)
    if remarks:
        blocks.append(Paragraph(tuple(i for k, remark in enumerate(remarks) for i in [*([Run(" ")] if k else []), *remark]), "lead"))
    blocks += print_wall_of(draft, photo, (TEXT_WIDTH_CM, _SHEET_HEIGHT_CM))
    notes = sorted((n for n in draft.event.notes if n.photo_id == photo.id and fate_of(draft, n.id) != "set aside"), key=lambda n: n.order)
    surfaces = draft.surfaces[photo.id]
    for k, surface in enumerate(surfaces, 1):
        if surface.id in draft.figure_anchors:
            anchor, figure = draft.figure_anchors[surface.id]
            blocks.append(Paragraph((Run(labels.see_figure), Link(f"{labels.figure} {figure}", anchor), Run("."))))
        written = _transcribe(draft, [n for n in notes if n.surface_id == surface.id])
        if surface.id not in draft.figure_anchors and surface.picture:
            caption = _sheet_caption(draft, photo, k, len(surfaces))
            picture = _picture(draft, surface, caption, (TEXT_WIDTH_CM, _SHEET_HEIGHT_CM))
            width, height = surface.size_px
            if written and len(written) <= _MOST_BESIDE and width < _TOO_WIDE * height:
                share = _UPRIGHT_SHARE if width < height else _LYING_SHARE
                blocks.append(Spread(picture, tuple(written), (labels.picture, labels.read_from_it), share))
                continue
            blocks.append(picture)
        blocks += written
    if not any(s.picture for s in surfaces):
        blocks.append(Paragraph((Run(labels.no_picture),)))
    on_sheets = {s.id for s in surfaces}
    blocks += _transcribe(draft, [n for n in notes if n.surface_id not in on_sheets])
    if not notes:
        blocks.append(Paragraph((Run(labels.no_writing + "."),)))
    return blocks


def _sheet_caption(draft: Draft, photo: Photo, k: int, count: int) -> tuple[Inline, ...]:
    labels, number = draft.labels, draft.photo_numbers[photo.id]
    caption = labels.sheet_of.format(sheet=k, number=number) if count > 1 else labels.photo.format(number=number)
    if photo.taken:
        days = {p.taken.date() for p in draft.event.photos if p.taken}
        when = f"{photo.taken:%H:%M}" if len(days) == 1 else f"{print_date(photo.taken.date(), labels)}, {photo.taken:%H:%M}"
        caption = f"{caption}, {labels.taken.format(when=when)}"
    return (Run(caption),)


def _picture(draft: Draft, surface: Surface, caption: tuple[Inline, ...], size_cm: tuple[float, float]) -> Picture:
    notes = [n for n in draft.event.notes if n.surface_id == surface.id]
    return print_figure(draft, surface.id, surface.picture, notes=notes, caption=caption, size_cm=size_cm)


def _transcribe(draft: Draft, notes: Sequence[Note]) -> list[Bullet]:
    """The writing as it was, in reading order, each note with a link to where the report prints it."""
    here = {n.id: n for n in notes}
    blocks: list[Bullet] = []
    for note in notes:
        heading = note.role in ("title", "heading")
        runs = set_words(draft, note, note.text, reading=False, bold=(note.text,) if heading else ()) or (
            Run(draft.labels.unreadable_here),
        )
        if fate_of(draft, note.id) == "unreadable" and note.text.strip():
            runs = (*runs, Run(" " + draft.labels.unreadable_here))
        span = Span(draft.take_anchor(anchor_name("r", note.id)), note.id, runs)
        inlines = (span, *print_votes(draft, note), *_link_to_chapter(draft, note))
        blocks.append(Bullet(inlines, "transcript heading" if heading else "transcript", 0 if heading else _depth(note, here)))
    return blocks


def _depth(note: Note, here: dict[str, Note]) -> int:
    above = here.get(note.under or "")
    return note.level or int(above is not None and above.role not in ("title", "heading"))


def _link_to_chapter(draft: Draft, note: Note) -> list[Inline]:
    placement = draft.placements.get(note.id)
    printed = note.id if placement is None or placement.fate != "duplicate" else find_kept(placement, draft.placements)
    anchor = draft.body_anchors.get(printed)
    if anchor is None:
        return []
    return [Run(" →\u00a0"), Link(_name_place(draft, note, printed), anchor)]


def _name_place(draft: Draft, note: Note, printed: str) -> str:
    """What the report made of a note: 'A3' for an action, else its kind."""
    labels = draft.labels
    if printed != note.id:
        kept = draft.notes[printed]
        if draft.placements[note.id].seen_again and kept.photo_id in draft.photo_numbers:
            return labels.seen_better.format(number=draft.photo_numbers[kept.photo_id])
        return labels.said_already
    if note.id in draft.actions:
        return ", ".join(labels.action_short.format(number=a.number) for a in draft.actions[note.id])
    if note.role in ("title", "heading") and kind_of(draft, note.id) == "other":
        return labels.heading
    return labels.kinds[kind_of(draft, note.id)]


def _list_duplicates(draft: Draft) -> list[Block]:
    labels = draft.labels
    rows: list[tuple[Cell, ...]] = []
    for placement in draft.event.arrangement.placements:
        note = draft.notes.get(placement.note_id)
        if placement.fate != "duplicate" or note is None:
            continue
        kept = draft.notes.get(find_kept(placement, draft.placements), note)
        text: Inline = Run(shorten(kept.text, 14))
        if kept.id in draft.body_anchors:
            text = Link(shorten(kept.text, 14), draft.body_anchors[kept.id])
        span = Span(draft.take_anchor(anchor_name("d", note.id)), note.id, set_words(draft, note, note.text, reading=False))
        printed: Cell = (text, *link_to_photo(draft, kept))
        if placement.seen_again and kept.photo_id in draft.photo_numbers:
            printed = (Run(f"{labels.seen_better.format(number=draft.photo_numbers[kept.photo_id])}: "), *printed)
        rows.append(((span,), tuple(link_to_photo(draft, note)[1:]), printed))
    if not rows:
        return []
    table = Table(
        header=(labels.note, labels.source, labels.printed_as),
        rows=tuple(rows),
        widths=(0.42, 0.1, 0.48),
        caption=labels.duplicates,
    )
    return [Heading(2, (Run(labels.duplicates),)), Paragraph((Run(labels.duplicates_intro),), "lead"), table]


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
        as_read = (Run(f"{reading}. {second}" if second else reading),)
        rows.append(((_crop(draft, note, reading, _SMALL_CROP_CM),), tuple(link_to_photo(draft, note)[1:]), as_read))
    table = Table(
        header=(labels.picture, labels.source, labels.as_read),
        rows=tuple(rows),
        widths=(0.4, 0.1, 0.5),
        caption=labels.unreadable,
    )
    return [Heading(2, (Run(labels.unreadable),)), Paragraph((Run(labels.unreadable_intro),), "lead"), table]


def _list_votes(draft: Draft) -> list[Block]:
    """Each note with votes: the picture that shows them, and their number; notes left out of the report have none to check."""
    labels = draft.labels
    notes = [n for n in draft.event.notes if n.votes_box is not None and fate_of(draft, n.id) != "set aside"]
    if not notes:
        return []
    rows: list[tuple[Cell, ...]] = []
    for note in sorted(notes, key=lambda n: (draft.photo_numbers.get(n.photo_id, 0), n.order)):
        text = shorten(note.text, 25)
        target = draft.body_anchors.get(note.id, anchor_name("r", note.id))
        count = labels.votes_unsure if note.votes is None else str(note.votes)
        rows.append(((_crop(draft, note, text),), (Link(text, target), *link_to_photo(draft, note)), (Run(count, bold=True),)))
    table = Table(
        header=(labels.picture, labels.as_read, labels.votes_counted),
        rows=tuple(rows),
        widths=(0.4, 0.4, 0.2),
        caption=labels.votes_to_check,
    )
    return [Heading(2, (Run(labels.votes_to_check),)), Paragraph((Run(labels.votes_intro),), "lead"), table]


def _list_problems(draft: Draft) -> list[Block]:
    labels, blocks = draft.labels, list[Block]()
    failed = [p for p in draft.event.problems if p.severity == "error"]
    if failed:
        rows = tuple(((Run(clean_text(p.file)),), (Run(clean_text(p.reason)),), (Run(clean_text(p.remedy)),)) for p in failed)
        table = Table(
            (labels.file, labels.reason, labels.remedy), rows, (0.3, 0.35, 0.35), labels.not_used, labels.table, draft.next_table()
        )
        blocks += [Heading(2, (Run(labels.not_used),)), table]
    looks = [(p.file, capitalise(f"{p.reason.rstrip('.')}. {p.remedy}")) for p in draft.event.problems if p.severity == "warning"]
    for photo in draft.event.photos:
        told = [text.lower() for file, text in looks if file == photo.file]
        looks += [(photo.file, w) for w in photo.warnings if not any(w.lower().rstrip(".") in text for text in told)]
    if looks:
        rows2 = tuple(((Run(clean_text(file)),), (Run(clean_text(text)),)) for file, text in looks)
        table = Table((labels.file, labels.what_to_see), rows2, (0.35, 0.65), labels.look_at)
        blocks += [Heading(2, (Run(labels.look_at),)), table]
    return blocks


def compose_words_to_check(draft: Draft) -> list[Block]:
    """One row per note with words in doubt: its close-up, what was read, what else it may be."""
    labels = draft.labels
    by_note: dict[str, list[Inline]] = {}
    for doubt in draft.doubts:
        others = ", ".join(doubt.alternatives) or labels.no_other
        words = by_note.setdefault(doubt.note_id, [])
        reading = labels.second_mark.format(word=doubt.reading) if doubt.reader else doubt.reading
        words += [*([Run("; ")] if words else []), Run(reading, bold=True), Run(f": {others}")]
    for note in draft.event.notes:
        second = _second_reading(draft, note)
        if second and fate_of(draft, note.id) not in ("unreadable", "set aside"):
            words = by_note.setdefault(note.id, [])
            words.append(Run(f". {second}" if words else second))
    if not by_note:
        return []
    rows: list[tuple[Cell, ...]] = []
    # in the order of the photos: so a person goes through them side by side
    for note_id in sorted(by_note, key=lambda i: (draft.photo_numbers.get(draft.notes[i].photo_id, 0), draft.notes[i].order)):
        note = draft.notes[note_id]
        target = draft.body_anchors.get(note_id, anchor_name("r", note_id))
        text = shorten(note.text, 25)
        rows.append(((_crop(draft, note, text),), (Link(text, target), *link_to_photo(draft, note)), tuple(by_note[note_id])))
    table = Table(
        header=(labels.picture, labels.as_read, labels.other_readings),
        rows=tuple(rows),
        widths=(0.36, 0.34, 0.3),
        caption=labels.words_to_check,
    )
    return [Heading(1, (Run(labels.words_to_check),)), Paragraph((Run(labels.check_intro),), "lead"), table]
