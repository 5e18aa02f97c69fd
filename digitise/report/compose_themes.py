"""The chapters made of what people wrote: problems with their evidence and actions, what else was said, other points.

Every reported note is printed here once, save headings and labels of sheets, whose place is the photo record.
"""

from __future__ import annotations

from collections.abc import Sequence

from digitise.model import Kind, Note, Section
from digitise.report.bilingual import map_sides, say_in
from digitise.report.blocks import Block, Bullet, Heading, Inline, Paragraph, Run, Span
from digitise.report.compose_actions import print_actions
from digitise.report.compose_quotes import quote
from digitise.report.draft import (
    DEEPEST_LEVEL,
    SHEET_ROLES,
    Draft,
    anchor_name,
    fate_of,
    kind_of,
    link_to_photo,
    note_language,
    print_in_chapter,
    print_votes,
    set_words,
)
from digitise.report.labels import Labels
from digitise.report.wording import LIST_MARKS, bare_letters, capitalise, clean_text

EVIDENCE_WORDS = 45
"""Longest evidence sentence: a reader loses the thread beyond about three printed lines, and has bullets instead."""
_LEAST_HEADED = 3
"""Points of one kind that are worth a heading of their own inside a theme."""


def compose_themes(draft: Draft) -> list[Block]:
    """Problems and actions first; then what else people said: sections without either, and loose notes by kind."""
    labels = draft.labels
    business: list[Block] = []
    rest: list[Block] = []
    aside: list[Block] = []  # house rules and the like: said by nobody
    loose: list[str] = []
    for section in draft.event.arrangement.sections:
        ids = [i for i in section.note_ids if i in draft.notes and fate_of(draft, i) == "reported"]
        if section.title_source == "none":
            loose += ids
        elif ids or section.title_note_id or section.title_source == "edited":
            plain = all(kind_of(draft, i) == "other" for i in ids)
            chapter = business if any(_is_business(draft, i) for i in ids) else aside if plain else rest
            chapter = {"problems": business, "said": rest, "other": aside}[section.chapter] if section.chapter else chapter
            chapter += _compose_section(draft, section, ids)
    loose += [i for i in draft.notes if _belongs_in_chapter(draft, i)]
    loose = [i for i in dict.fromkeys(loose) if i not in draft.body_anchors]
    other = [i for i in loose if _is_business(draft, i)]
    if other:
        # a heading only where there is something else to tell it from
        head = [Heading(2, (Run(labels.other_problems),))] if business else []
        business += [*head, *_compose_notes(draft, other)]
    for kind, title in _part_heads(labels)[:-1]:
        ids = [i for i in loose if i not in other and kind_of(draft, i) == kind]
        rest += [Heading(2, (Run(title),)), *_print_points(draft, ids)] if ids else []
    points = [i for i in loose if i not in other and kind_of(draft, i) == "other"]
    if points and aside:
        aside.append(Heading(2, (Run(labels.also_said),)))
    aside += _print_points(draft, points)
    chapters = ((labels.problems_and_actions, business), (labels.what_people_said, rest), (labels.other_points, aside))
    return [block for title, body in chapters for block in _open_chapter(title, body)]


def _part_heads(labels: Labels) -> tuple[tuple[Kind, str], ...]:
    """What is said beside problems and actions, in the order of printing."""
    return (
        ("strength", labels.what_works),
        ("quote", labels.quotes),
        ("idea", labels.ideas),
        ("question", labels.questions),
        ("other", labels.also_said),
    )


def _open_chapter(title: str, body: list[Block]) -> list[Block]:
    return [Heading(1, (Run(title),)), *body] if body else []


def _is_business(draft: Draft, note_id: str) -> bool:
    return kind_of(draft, note_id) in ("problem", "action") or note_id in draft.actions


def _belongs_in_chapter(draft: Draft, note_id: str) -> bool:
    placement = draft.placements.get(note_id)
    if placement is not None and placement.with_sheet:
        return False
    return fate_of(draft, note_id) == "reported" and (draft.notes[note_id].role not in SHEET_ROLES or _is_business(draft, note_id))


def _compose_section(draft: Draft, section: Section, ids: Sequence[str]) -> list[Block]:
    labels = draft.labels
    anchor = draft.take_anchor(anchor_name("s", section.id))
    draft.section_anchors[section.id] = anchor
    note = draft.notes.get(section.title_note_id or "")
    title: tuple[Inline, ...]
    lead: list[Block] = []
    if note is None:
        title = (Run(clean_text(section.title)),)
    else:
        # a written heading is the note itself, and so is a proposed one with all its words; a shorter one borrows from a note printed below
        whole = note.id in ids and note.id not in draft.actions and _is_whole(section.title, note)
        if whole:
            ids = [i for i in ids if i != note.id]
            kind = map_sides(labels.kinds[kind_of(draft, note.id)], capitalise)
            lead = [Paragraph((Run(kind), *print_votes(draft, note), *link_to_photo(draft, note)), "lead" if ids else "body")]
        place = "n" if whole or (section.title_source == "written" and note.id not in ids) else "h"
        runs = set_words(draft, note, section.title or note.text, strip_stop=True)
        mark = draft.take_anchor(anchor_name(place, note.id))
        if place == "n":
            draft.body_anchors.setdefault(note.id, mark)
        title = (Span(mark, note.id, runs),)
    return [Heading(2, title, anchor), *lead, *_compose_parts(draft, section, ids)]


def _compose_parts(draft: Draft, section: Section, ids: Sequence[str]) -> list[Block]:
    """A section's notes; the columns of a plan one after the other under their own heads, what stands in none of them before."""
    parts = [(draft.notes[p.title_note_id], [i for i in p.note_ids if i in ids]) for p in section.parts if p.title_note_id in draft.notes]
    columned = {i for _, part in parts for i in part}
    kind = section.kind if section.title_source == "written" else None
    blocks = _compose_notes(draft, [i for i in ids if i not in columned], section.title, kind)
    for head, part in parts:
        runs = set_words(draft, head, head.text, strip_stop=True, mark=False)
        blocks += [Heading(3, runs), *_compose_column(draft, part)] if part else []
    return blocks


def _compose_column(draft: Draft, ids: Sequence[str]) -> list[Block]:
    """What stands in one column of a plan, in its order: actions as such, each other point with its kind."""
    blocks: list[Block] = []
    for i in ids:
        acts = i in draft.actions or kind_of(draft, i) == "action"
        blocks += print_actions(draft, draft.notes[i]) if acts else _print_points(draft, [i], named=True)
    return blocks


def _is_whole(title: str, note: Note) -> bool:
    """Whether a proposed title says all that its note says."""
    return [t.strip(LIST_MARKS) for t in title.split()] == [
        t.strip(LIST_MARKS) for t in clean_text(note.text).split() if t.strip(LIST_MARKS)
    ]


def _compose_notes(draft: Draft, ids: Sequence[str], title: str = "", own_kind: Kind | None = None) -> list[Block]:
    """Evidence, actions, then the rest by kind: a longer part under a heading of its own, what little there is of others together.

    own_kind: the kind that the section's title names.
    """
    labels = draft.labels
    actions = [i for i in ids if i in draft.actions or kind_of(draft, i) == "action"]
    problems = [i for i in ids if kind_of(draft, i) == "problem" and i not in actions]
    blocks = _print_evidence(draft, problems)
    if actions and any(isinstance(block, Bullet) for block in blocks):
        blocks.append(Heading(3, (Run(labels.actions),)))
    blocks += [block for i in actions for block in print_actions(draft, draft.notes[i])]
    parts = [(kind, head, [i for i in ids if kind_of(draft, i) == kind and i not in actions]) for kind, head in _part_heads(labels)]
    parts = [part for part in parts if part[2]]
    if not blocks:
        # a section 'What already works' does not say so twice, and one of a single kind needs no heading
        own = next((part for part in parts if len(parts) == 1 or part[0] == own_kind or _says_same(part[1], title)), None)
        if own is not None:
            blocks += _print_points(draft, own[2])
            parts.remove(own)
    few = [i for kind, _, part in parts if len(part) < _LEAST_HEADED or kind == "other" for i in part]
    for _, head, part in parts:
        if not set(part) & set(few):
            blocks += [Heading(3, (Run(head),)), *_print_points(draft, part)]
    if few:
        also = [Heading(3, (Run(labels.also_said),))] if blocks else []
        blocks += [*also, *_print_points(draft, few, named=True)]
    return blocks


def _says_same(head: str, title: str) -> bool:
    return bare_letters(title) in [bare_letters(say_in(head, side)) for side in (0, 1)]


def _print_evidence(draft: Draft, ids: Sequence[str]) -> list[Block]:
    """One sentence: our joining words, the notes' own content words in quotation marks. More than a sentence holds becomes a list."""
    if not ids:
        return []
    if sum(len(draft.notes[i].text.split()) for i in ids) > EVIDENCE_WORDS:
        return [Paragraph((Run(draft.labels.what_was_said.rstrip()),), "lead"), *_print_points(draft, ids)]
    inlines: list[Inline] = [Run(draft.labels.what_was_said)]
    first: Note | None = None
    for k, i in enumerate(ids):
        note = draft.notes[i]
        # notes of one photo that follow each other share one reference; what was said several times has all its own
        several = bool(draft.repeats[i])
        span, *more = print_in_chapter(draft, note, set_words(draft, note, note.text, strip_stop=True), source=several)
        inlines += [Run("; “" if k else "“"), span, Run("”"), *more]
        first = None if several else first or note
        following = draft.notes[ids[k + 1]] if k + 1 < len(ids) else None
        if first is not None and (following is None or following.photo_id != note.photo_id or draft.repeats[following.id]):
            inlines += link_to_photo(draft, first)
            first = None
    return [Paragraph((*inlines, Run(".")))]


def _print_points(draft: Draft, ids: Sequence[str], *, named: bool = False) -> list[Block]:
    """Bullets, quotations as such. named: each point says first what it is, for want of a heading that does."""
    blocks: list[Block] = []
    for place, i in enumerate(ids):
        note = draft.notes[i]
        runs, kind = set_words(draft, note, note.text), kind_of(draft, i)
        if kind == "quote":
            said, opening, closing = quote(runs, note_language(draft, note))
            span, *more = print_in_chapter(draft, note, said)
            blocks.append(Paragraph(tuple(x for x in (Run(opening), span, Run(closing), *more) if x != Run("")), "quote"))
            continue
        inlines = print_in_chapter(draft, note, runs)
        asked = kind == "question" and note.text.rstrip().endswith("?")
        name = [Run(map_sides(draft.labels.kinds[kind], capitalise) + ": ")] if named and kind != "other" and not asked else []
        blocks.append(Bullet((*name, *inlines), level=_find_level(draft, ids[:place], note)))
    return blocks


def _find_level(draft: Draft, before: Sequence[str], note: Note) -> int:
    """How far a sub-item is set in: as far as on its sheet, where the item above it stands above it here, too."""
    level, below = 0, note
    for i in reversed(before):
        above = draft.notes[i]
        if above.photo_id != note.photo_id or above.order >= below.order:
            break
        if above.level < below.level:
            level, below = level + 1, above
    return min(level, DEEPEST_LEVEL)
