"""World Café, Story Café, Open Space: which sheets and themes belong to which round and table."""

from __future__ import annotations

from collections.abc import Sequence

from digitise.report.blocks import Block, Cell, Heading, Inline, Link, Run, Table
from digitise.report.compose_actions import section_title
from digitise.report.draft import SHEET_ROLES, Draft
from digitise.report.sorting import sort_key
from digitise.report.wording import clean_text


def compose_rounds(draft: Draft) -> list[Block]:
    """World Café, Story Café, Open Space: which sheets and themes belong to which round and table."""
    labels = draft.labels
    groups: dict[tuple[str, str], list[str]] = {}
    for placement in draft.event.arrangement.placements:
        if (placement.round or placement.table) and placement.note_id in draft.notes and placement.fate != "set aside":
            groups.setdefault((placement.round or "–", placement.table or "–"), []).append(placement.note_id)
    if not groups:
        return []
    rows: list[tuple[Cell, ...]] = []
    for (name, table_name), ids in sorted(groups.items(), key=lambda g: [sort_key(part, labels.language) for part in g[0]]):
        said = sum(i in draft.body_anchors and draft.notes[i].role not in SHEET_ROLES for i in ids)
        themes = dict.fromkeys(p.section_id for i in ids if (p := draft.placements[i]).section_id in draft.section_anchors)
        photos = dict.fromkeys(draft.photo_numbers[draft.notes[i].photo_id] for i in ids if draft.notes[i].photo_id in draft.photo_numbers)
        theme_links = [Link(section_title(draft, draft.sections[s]), draft.section_anchors[s], quiet=True) for s in themes if s]
        photo_links = [Link(f"[{n}]", f"p_{n}", labels.photo.format(number=n), quiet=True) for n in photos]
        head = [(Run(clean_text(name), bold=True),), (Run(clean_text(table_name)),), (Run(str(said)),)]
        rows.append((*head, _list_links(theme_links, "; "), _list_links(photo_links, " ")))
    table = Table(
        header=(labels.round, labels.table_no, labels.notes, labels.themes, labels.photos),
        rows=tuple(rows),
        widths=(0.19, 0.13, 0.16, 0.35, 0.17),
        caption=labels.rounds_caption,
        label=labels.table,
        number=draft.next_table(),
    )
    return [Heading(1, (Run(labels.rounds),)), table]


def _list_links(links: Sequence[Link], joint: str) -> Cell:
    cell: list[Inline] = []
    for i, link in enumerate(links):
        cell += [Run(joint), link] if i else [link]
    return tuple(cell) or (Run("–"),)
