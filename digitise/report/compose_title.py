"""What stands at the head of every report: title, date, place, organisers, and which program made it."""

from __future__ import annotations

import re

from digitise.report.blocks import TitleBlock
from digitise.report.draft import Draft
from digitise.report.wording import clean_text


def compose_title(draft: Draft) -> TitleBlock:
    info = draft.event.info
    subtitle = " · ".join(clean_text(part) for part in (info.date, info.place) if part)
    organisers = draft.labels.organised_by.format(names=", ".join(map(clean_text, info.organisers))) if info.organisers else ""
    return TitleBlock(clean_text(info.title), subtitle, organisers, clean_text(info.date), clean_text(info.place))


def name_program(draft: Draft) -> str:
    """'digitise 0.1.0', without the recognisers."""
    return re.split("[,;]", clean_text(draft.event.generator))[0]
