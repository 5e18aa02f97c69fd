"""The photo record: each sheet as it was, cleaned, with its writing typed out beside it and the way to where the report prints it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from digitise.model import Note, Photo, Surface
from digitise.report.blocks import Block, Bullet, Heading, Inline, Link, PageBreak, Paragraph, Run, Span, Spread, inline_text
from digitise.report.compose_walls import print_wall_of, tell_relations
from digitise.report.draft import (
    DEEPEST_LEVEL,
    Draft,
    anchor_name,
    fate_of,
    find_kept,
    kind_of,
    link_to_photo,
    print_votes,
    set_words,
    shorten,
)
from digitise.report.figures import TEXT_WIDTH_CM, print_surface
from digitise.report.labels import print_date
from digitise.report.wording import clean_text

_TOO_WIDE = 2.0
"""Width to height from which a picture beside its transcript would be a mere strip."""
_MOST_LINES = 34
"""A longer transcript does not fit beside a picture on one page; of a row that is higher than two, LibreOffice prints no more."""
_LETTERS_PER_CM = 4.0
"""Of 12 pt Arial some 4.9; other faces are wider, and words break."""
_NAME_WORDS = 8
"""Of a sheet's heading, in the heading of its photo."""
_MOST_NAMES = 3
"""Sheets of one photo, or columns of one wall, that its heading names."""


@dataclass(frozen=True)
class SheetForm:
    """How the sheets are printed."""

    heading_level: int
    width_cm: float
    height_cm: float
    """Most that a picture takes of the page's height."""
    upright_share: float
    lying_share: float | None
    """Of the text width, for the picture of an upright or lying sheet beside its transcript; None: the transcript stands below."""
    with_chapters: bool
    """Whether each note leads to where a chapter prints it."""


RECORD = SheetForm(heading_level=3, width_cm=TEXT_WIDTH_CM, height_cm=7.4, upright_share=0.46, lying_share=0.56, with_chapters=True)
"""Two sheets with their headings and captions share a page of 24.7 cm text height."""


def compose_photo_record(draft: Draft) -> list[Block]:
    labels = draft.labels
    if not draft.event.photos:
        return []
    blocks: list[Block] = [PageBreak(), Heading(1, (Run(labels.photo_record),)), Heading(2, (Run(labels.sheets),))]
    return blocks + [block for photo in draft.event.photos for block in compose_photo(draft, photo, RECORD)]


def compose_photo(draft: Draft, photo: Photo, form: SheetForm) -> list[Block]:
    labels, number = draft.labels, draft.photo_numbers[photo.id]
    notes = sorted((n for n in draft.event.notes if n.photo_id == photo.id and fate_of(draft, n.id) != "set aside"), key=lambda n: n.order)
    title = ": ".join(part for part in (labels.photo.format(number=number), _name_photo(draft, draft.surfaces[photo.id], notes)) if part)
    blocks: list[Block] = [Heading(form.heading_level, (Run(title),), draft.take_anchor(f"p_{number}"))]
    remarks: list[list[Inline]] = []
    if photo.copies:
        remarks.append([Run(labels.copies.format(files=", ".join(map(clean_text, photo.copies))))])
    if photo.similar_to in draft.photo_numbers:
        other = draft.photo_numbers[photo.similar_to or ""]
        remarks.append([Link(labels.looks_like.format(number=other), f"p_{other}")])
    remarks += tell_relations(draft, photo)
    if remarks:
        blocks.append(Paragraph(tuple(i for k, remark in enumerate(remarks) for i in [*([Run(" ")] if k else []), *remark]), "lead"))
    blocks += print_wall_of(draft, photo, (form.width_cm, form.height_cm))
    surfaces = draft.surfaces[photo.id]
    for k, surface in enumerate(surfaces, 1):
        if surface.id in draft.figure_anchors:
            anchor, figure = draft.figure_anchors[surface.id]
            blocks.append(Paragraph((Run(labels.see_figure), Link(f"{labels.figure} {figure}", anchor), Run("."))))
        written = _transcribe(draft, [n for n in notes if n.surface_id == surface.id], form)
        if surface.id not in draft.figure_anchors and surface.picture:
            caption = _sheet_caption(draft, photo, k, len(surfaces))
            picture = print_surface(draft, surface, caption, (form.width_cm, form.height_cm))
            width, height = surface.size_px
            share = form.upright_share if width < height else form.lying_share
            if share and written and _count_lines(written, 1 - share) <= _MOST_LINES and width < _TOO_WIDE * height:
                blocks.append(Spread(picture, tuple(written), (labels.picture, labels.read_from_it), share))
                continue
            blocks.append(picture)
        blocks += written
    if not any(s.picture for s in surfaces):
        blocks.append(Paragraph((Run(labels.no_picture),)))
    on_sheets = {s.id for s in surfaces}
    blocks += _transcribe(draft, [n for n in notes if n.surface_id not in on_sheets], form)
    if not notes:
        blocks.append(Paragraph((Run(labels.no_writing + "."),)))
    return blocks


def _name_photo(draft: Draft, surfaces: Sequence[Surface], notes: Sequence[Note]) -> str:
    """What stands at the head of a photo's first sheets, in sentence case; '' where nothing does."""
    names: list[str] = []
    for surface_id in dict.fromkeys([*(s.id for s in surfaces), None]):
        heads = [n for n in notes if n.surface_id == surface_id and n.role in ("title", "heading") and n.text.strip()]
        title = next((n for n in heads if n.role == "title"), None)
        lower = {n.id for n in heads}
        # without a title the headings of the columns, but not what stands below one of them
        named = [title] if title else [n for n in heads if n.under not in lower][:_MOST_NAMES]
        words = ["".join(run.text for run in set_words(draft, n, n.text, strip_stop=True, mark=False)) for n in named]
        names.append(", ".join(shorten(text, _NAME_WORDS) for text in words))
    names = [name for name in names if name]
    return "; ".join(names[:_MOST_NAMES]) + ("…" if len(names) > _MOST_NAMES else "")


def _sheet_caption(draft: Draft, photo: Photo, k: int, count: int) -> tuple[Inline, ...]:
    labels, number = draft.labels, draft.photo_numbers[photo.id]
    parts = [labels.sheet_of.format(sheet=k, number=number)] if count > 1 else []
    parts.append(clean_text(photo.file))
    if photo.taken:
        days = {p.taken.date() for p in draft.event.photos if p.taken}
        when = f"{photo.taken:%H:%M}" if len(days) == 1 else f"{print_date(photo.taken.date(), labels)}, {photo.taken:%H:%M}"
        parts.append(labels.taken.format(when=when))
    caption = ", ".join(parts)
    return (Run(caption),)


def _transcribe(draft: Draft, notes: Sequence[Note], form: SheetForm) -> list[Bullet]:
    """The writing as it was, in reading order, each note with a link to where the report prints it."""
    here = {n.id: n for n in notes}
    blocks: list[Bullet] = []
    for note in notes:
        heading = note.role in ("title", "heading")
        text = note.written or note.text
        runs = set_words(draft, note, text, reading=False, bold=(text,) if heading else ()) or (Run(draft.labels.unreadable_here),)
        if fate_of(draft, note.id) == "unreadable" and note.text.strip():
            runs = (*runs, Run(" " + draft.labels.unreadable_here))
        span = Span(draft.take_anchor(anchor_name("r", note.id)), note.id, runs)
        inlines = (span, *print_votes(draft, note), *(link_to_chapter(draft, note) if form.with_chapters else ()))
        blocks.append(Bullet(inlines, "transcript heading" if heading else "transcript", 0 if heading else _depth(note, here)))
    return blocks


def _count_lines(written: Sequence[Bullet], share: float) -> int:
    """Lines of a transcript in a column of that share of the text's width, on the safe side."""
    return sum(math.ceil(len(inline_text(bullet.inlines)) / (_LETTERS_PER_CM * share * TEXT_WIDTH_CM)) for bullet in written)


def _depth(note: Note, here: dict[str, Note]) -> int:
    above = here.get(note.under or "")
    return min(DEEPEST_LEVEL, note.level) or int(above is not None and above.role not in ("title", "heading"))


def link_to_chapter(draft: Draft, note: Note) -> list[Inline]:
    """' → A3', ' → idea': leads to where a chapter prints the note; nothing where none does."""
    placement = draft.placements.get(note.id)
    printed = note.id if placement is None or placement.fate != "duplicate" else find_kept(placement, draft.placements)
    anchor = draft.body_anchors.get(printed)
    if anchor is None:
        return []
    return [Run(" "), Link("→\u00a0" + _name_place(draft, note, printed).replace(" ", "\u00a0"), anchor, quiet=True)]


def link_to_places(draft: Draft, note: Note) -> list[Inline]:
    """Where a note is to be corrected, and where its sheet can be seen."""
    return link_to_chapter(draft, note) + link_to_photo(draft, note)


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
    heads = note.role in ("title", "heading") or any(
        s.title_note_id == note.id and s.title_source == "written" for s in draft.event.arrangement.sections
    )
    if heads and kind_of(draft, note.id) == "other":
        return labels.heading
    said = next((n for n in draft.notes.values() if n.said_by == note.id), None) if note.role == "label" else None
    if said is not None:
        return labels.kinds[kind_of(draft, said.id)]
    return labels.kinds[kind_of(draft, note.id)]
