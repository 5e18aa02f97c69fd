"""Event -> blocks: which chapters a report has, and in which order. Pure; what is not in the event is not in the report."""

from __future__ import annotations

import re

from digitise.model import Event
from digitise.report.blocks import Block, Bullet, Cell, Contents, Heading, Inline, Link, PageBreak, Paragraph, Run, Table, TitleBlock
from digitise.report.compose_record import compose_photo_record, compose_visual_minutes, compose_words_to_check
from digitise.report.compose_spelling import compose_spellings
from digitise.report.compose_themes import compose_register, compose_rounds, compose_themes, section_title
from digitise.report.draft import Draft, fate_of, open_draft, shorten
from digitise.report.wording import clean_text


def compose_report(event: Event) -> list[Block]:
    """The whole report. The front is composed last: it counts what stands behind it."""
    draft = open_draft(event)
    draft.tables = 1  # the summary's table is the first of the report
    visual = compose_visual_minutes(draft)
    themes = compose_themes(draft)
    rounds = compose_rounds(draft)
    register = compose_register(draft)
    record = compose_photo_record(draft)
    words = compose_words_to_check(draft) + compose_spellings(draft)
    end = _compose_glossary(draft) + _compose_accounting(draft)
    return [*_compose_front(draft), *_compose_background(draft), *visual, *themes, *rounds, *register, *record, *words, *end]


def _compose_front(draft: Draft) -> list[Block]:
    info, labels = draft.event.info, draft.labels
    subtitle = " · ".join(clean_text(part) for part in (info.date, info.place) if part)
    organisers = labels.organised_by.format(names=", ".join(map(clean_text, info.organisers))) if info.organisers else ""
    blocks: list[Block] = [
        TitleBlock(clean_text(info.title), subtitle, organisers, clean_text(info.date), clean_text(info.place)),
        Paragraph((Run(labels.how_made, bold=True),), "note"),
        Paragraph(_made_from(draft), "note"),
    ]
    if draft.notes:
        blocks.append(Paragraph((Run(labels.how_to_check),), "note"))
    if draft.doubts:
        blocks.append(Paragraph((Run(labels.how_doubtful.format(count=len(draft.doubts))),), "note"))
    proposed = [s for s in draft.event.arrangement.sections if s.title_source == "proposed" and s.id in draft.section_anchors]
    if proposed:
        inlines: list[Inline] = [Run(labels.proposed_titles)]
        for i, section in enumerate(proposed):
            inlines += [Run("; ")] if i else []
            inlines.append(Link(shorten(section_title(draft, section), 8), draft.section_anchors[section.id]))
        blocks.append(Paragraph((*inlines, Run(".")), "note"))
    return [*blocks, PageBreak(), Contents(labels.contents), *_compose_summary(draft)]


def _made_from(draft: Draft) -> tuple[Inline, ...]:
    labels, count = draft.labels, len(draft.event.photos)
    photos = f"{count} photos" if labels.language == "en" and count != 1 else "1 photo" if labels.language == "en" else str(count)
    made = labels.made_from.format(photos=photos, generator=re.split("[,;]", clean_text(draft.event.generator))[0])
    return (Run(made + " " + labels.own_words),)


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
    terms = [(clean_text(term), clean_text(meaning)) for term, meaning in sorted(draft.event.info.glossary.items()) if meaning]
    if not terms:
        return []
    table = Table(
        header=(labels.abbreviation, labels.meaning),
        rows=tuple(((Run(term, bold=True),), (Run(meaning),)) for term, meaning in terms),
        widths=(0.35, 0.65),
        caption=labels.abbreviations,
    )
    return [Heading(1, (Run(labels.abbreviations),)), table]


def _compose_accounting(draft: Draft) -> list[Block]:
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
    table = Table(
        header=(labels.what, labels.how_many),
        rows=tuple(rows),
        widths=(0.75, 0.25),
        caption=labels.accounting,
    )
    return [Heading(1, (Run(labels.accounting),)), Paragraph((Run(labels.accounting_intro),), "lead"), table]
