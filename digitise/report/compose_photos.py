"""The photo report: what facilitators send the same evening. Only the cleaned sheets, in order of time, with what was read from them."""

from __future__ import annotations

from datetime import datetime

from digitise.model import Event
from digitise.report.bilingual import part_languages
from digitise.report.blocks import Block, Contents, PageBreak, Paragraph, Run
from digitise.report.compose_checks import list_problems
from digitise.report.compose_record import SheetForm, compose_photo
from digitise.report.compose_title import compose_title, name_program
from digitise.report.draft import open_draft
from digitise.report.labels import SECOND_LANGUAGE
from digitise.report.telling_languages import tell_languages

PHOTOS = SheetForm(heading_level=1, width_cm=17.0, height_cm=17.0, upright_share=0.62, lying_share=None, with_chapters=False)
"""A photo fills a page with its transcript, so that it can be read on paper."""

_LEAST_LISTED = 3
"""Photos from which a list of them helps."""


def compose_photo_report(event: Event) -> list[Block]:
    """The numbers of the photos are those of the event report, whatever the order."""
    draft = open_draft(event)
    labels = draft.labels
    photos = sorted(event.photos, key=lambda p: (p.taken is None, p.taken or datetime.min))
    sheets = [block for photo in photos for block in (PageBreak(), *compose_photo(draft, photo, PHOTOS))]
    problems = list_problems(draft, level=1)
    made = [Run(labels.photos_made_from.format(generator=name_program(draft)))]
    if draft.doubts:
        made += [Run(" "), Run(labels.photos_doubtful)]
    none = [] if sheets else [Paragraph((Run(labels.nothing_found),))]
    contents = [Contents(labels.contents)] if len(photos) >= _LEAST_LISTED else []
    last = [PageBreak(), *problems] if problems else []
    blocks = [compose_title(draft), Paragraph(tuple(made), "note"), *contents, *none, *sheets, *last]
    return tell_languages(part_languages(blocks, SECOND_LANGUAGE), labels.language)
