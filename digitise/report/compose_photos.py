"""The photo report: what facilitators send the same evening. Only the cleaned sheets, in order of time, with what was read from them."""

from __future__ import annotations

from datetime import datetime

from digitise.model import Event
from digitise.report.blocks import Block, Paragraph, Run
from digitise.report.compose_checks import list_problems
from digitise.report.compose_record import SheetForm, compose_photo
from digitise.report.compose_title import compose_title, name_program
from digitise.report.draft import open_draft

PHOTOS = SheetForm(heading_level=1, width_cm=17.0, height_cm=14.0, upright_share=0.58, lying_share=None, with_chapters=False)
"""A sheet with its transcript fills most of a page, so that it can be read on paper."""


def compose_photo_report(event: Event) -> list[Block]:
    """The numbers of the photos are those of the event report, whatever the order."""
    draft = open_draft(event)
    labels = draft.labels
    photos = sorted(event.photos, key=lambda p: (p.taken is None, p.taken or datetime.min))
    sheets = [block for photo in photos for block in compose_photo(draft, photo, PHOTOS)]
    made = [Run(labels.photos_made_from.format(generator=name_program(draft)))]
    if draft.doubts:
        made += [Run(" "), Run(labels.photos_doubtful)]
    none = [] if sheets else [Paragraph((Run(labels.nothing_found),))]
    return [compose_title(draft), Paragraph(tuple(made), "note"), *none, *sheets, *list_problems(draft, level=1)]
