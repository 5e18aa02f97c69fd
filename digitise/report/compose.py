"""Event -> blocks: which chapters a report has, and in which order. Pure; what is not in the event is not in the report."""

from __future__ import annotations

from digitise.model import Event
from digitise.report.bilingual import part_languages
from digitise.report.blocks import (
    Block,
    Bullet,
    Cell,
    Contents,
    Heading,
    Inline,
    Link,
    PageBreak,
    PageTurn,
    Paragraph,
    Run,
    Table,
)
from digitise.report.compose_actions import compose_register, print_owner, section_title
from digitise.report.compose_checks import compose_checks
from digitise.report.compose_record import compose_photo_record
from digitise.report.compose_rounds import compose_rounds
from digitise.report.compose_themes import compose_themes
from digitise.report.compose_title import compose_title, name_program
from digitise.report.compose_visual import compose_visual_minutes
from digitise.report.draft import Draft, kind_of, open_draft, shorten
from digitise.report.labels import SECOND_LANGUAGE
from digitise.report.own_words import add_own_words
from digitise.report.sorting import sort_key
from digitise.report.telling_languages import tell_languages
from digitise.report.wording import clean_text

_LEAST_THEMES, _MOST_THEMES = 3, 24
"""Fewer themes need no overview; more are no overview."""
_LOOSE = 0.6
"""Confidence below which a proposed section is said to be loose: four or more of ten of its notes may belong elsewhere."""


def compose_report(event: Event) -> list[Block]:
    """The whole report. The front is composed last: it counts what stands behind it."""
    draft = open_draft(event)
    draft.tables = 1  # the summary's table is the first of the report
    visual = compose_visual_minutes(draft)
    themes = compose_themes(draft)
    rounds = compose_rounds(draft)
    register = compose_register(draft)
    glossary = _compose_glossary(draft)
    record = compose_photo_record(draft)
    checks = compose_checks(draft)
    front = [*_compose_front(draft, themes), *_compose_background(draft)]
    blocks = [*front, *visual, *themes, *rounds, *glossary, *register, *record, *checks]
    return _drop_idle_turns(tell_languages(add_own_words(part_languages(blocks, SECOND_LANGUAGE), event), draft.labels.language))


def _drop_idle_turns(blocks: list[Block]) -> list[Block]:
    """Pages that would be turned back and forth with nothing between: two murals stand on pages of one section."""
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, PageTurn) and kept and isinstance(kept[-1], PageTurn) and kept[-1].landscape != block.landscape:
            kept.pop()
        elif not (isinstance(block, PageBreak) and kept and isinstance(kept[-1], PageTurn)):
            kept.append(block)
    return kept


def _compose_front(draft: Draft, themes: list[Block]) -> list[Block]:
    labels = draft.labels
    blocks: list[Block] = [
        compose_title(draft),
        Paragraph((Run(labels.how_made, bold=True),), "note"),
        Paragraph(_made_from(draft), "note"),
    ]
    check = [labels.how_to_check] if draft.notes else []
    check += [labels.how_doubtful.format(count=len(draft.doubts))] if draft.doubts else []
    if check:
        blocks.append(Paragraph(tuple(Run(text) for text in _put_spaces(check)), "note"))
    proposed = [s for s in draft.event.arrangement.sections if s.title_source == "proposed" and s.id in draft.section_anchors]
    if proposed:
        inlines: list[Inline] = [Run(labels.proposed_titles)]
        for i, section in enumerate(proposed):
            inlines += [Run("; ")] if i else []
            inlines.append(Link(shorten(section_title(draft, section), 8), draft.section_anchors[section.id]))
            inlines += [Run(labels.loose_group)] if section.confidence < _LOOSE else []
        blocks.append(Paragraph((*inlines, Run(".")), "note"))
    return [*blocks, PageBreak(), Contents(labels.contents), *_compose_summary(draft), *_compose_glance(draft, themes)]


def _put_spaces(sentences: list[str]) -> list[str]:
    return [part for k, sentence in enumerate(sentences) for part in ((" ", sentence) if k else (sentence,))]


def _made_from(draft: Draft) -> tuple[Inline, ...]:
    labels, count = draft.labels, len(draft.event.photos)
    photos = (labels.one_photo if count == 1 else labels.many_photos).format(count=count)
    made = labels.made_from.format(photos=photos, generator=name_program(draft))
    return (Run(made), Run(" "), Run(labels.own_words))


def _compose_summary(draft: Draft) -> list[Block]:
    labels, event = draft.labels, draft.event
    actions = event.arrangement.actions
    problems = sum(p.kind == "problem" and p.fate == "reported" for p in event.arrangement.placements)
    figures = [
        (labels.photos, len(event.photos)),
        (labels.notes, event.accounting.seen),
        (labels.problems, problems),
        (labels.actions, len(actions)),
        (labels.actions_without_owner, sum(not a.owners for a in actions)),
        (labels.words_to_check, len(draft.doubts)),
    ]
    table = Table(
        header=tuple(name for name, _ in figures),
        rows=(tuple((Run(str(count)),) for _, count in figures),),
        widths=tuple(1 / len(figures) for _ in figures),
        caption=labels.figures_caption,
        label=labels.table,
        number=1,
        kind="figures",
    )
    blocks: list[Block] = [Heading(1, (Run(labels.summary),)), table]
    if not draft.notes:
        blocks.append(Paragraph((Run(labels.nothing_found),)))
    return blocks


def _compose_glance(draft: Draft, themes: list[Block]) -> list[Block]:
    """One row per theme, in the order of printing: what a reader who has one minute wants to know, and where to go on."""
    labels = draft.labels
    by_anchor = {draft.section_anchors[i]: draft.sections[i] for i in draft.section_anchors if i in draft.sections}
    chapters = [b for b in themes if isinstance(b, Heading) and (b.level == 1 or b.anchor in by_anchor)]
    said = next((k for k, b in enumerate(chapters) if b.text == labels.other_points and b.level == 1), len(chapters))
    sections = [by_anchor[b.anchor] for b in chapters[:said] if b.anchor in by_anchor]
    if not _LEAST_THEMES <= len(sections) <= _MOST_THEMES:
        return []
    rows: list[tuple[Cell, ...]] = []
    for section in sections:
        actions = [a for a in draft.event.arrangement.actions if a.section_id == section.id]
        problems = sum(kind_of(draft, i) == "problem" for i in section.note_ids)
        other = len(set(section.note_ids) - {a.note_id for a in actions}) - problems
        owners = dict.fromkeys(print_owner(draft, a, o) for a in actions for o in a.owners)
        counts = [(Run(str(count) if count > 0 else "–"),) for count in (problems, len(actions), other)]
        title = Link(section_title(draft, section), draft.section_anchors[section.id], quiet=True)
        rows.append(((title,), *counts, (Run(", ".join(owners) or "–"),)))
    table = Table(
        header=(labels.theme, labels.problems, labels.actions, labels.other_points, labels.owner),
        rows=tuple(rows),
        widths=(0.28, 0.16, 0.15, 0.13, 0.28),
        caption=labels.glance_caption,
    )
    return [Heading(2, (Run(labels.glance),)), table]


def _compose_background(draft: Draft) -> list[Block]:
    aims = [clean_text(aim) for aim in draft.event.info.aims if aim.strip()]
    if not aims:
        return []
    labels = draft.labels
    return [
        Heading(1, (Run(labels.background),)),
        Paragraph((Run(labels.aims),), "lead"),
        *(Bullet((Run(aim),)) for aim in aims),
    ]


def _compose_glossary(draft: Draft) -> list[Block]:
    labels = draft.labels
    terms = [(clean_text(term), clean_text(meaning)) for term, meaning in draft.event.info.glossary.items() if meaning]
    terms.sort(key=lambda term: sort_key(term[0], labels.language))
    if not terms:
        return []
    table = Table(
        header=(labels.abbreviation, labels.meaning),
        rows=tuple(((Run(term, bold=True),), (Run(meaning),)) for term, meaning in terms),
        widths=(0.35, 0.65),
        caption=labels.abbreviations,
    )
    return [Heading(1, (Run(labels.abbreviations),)), table]
