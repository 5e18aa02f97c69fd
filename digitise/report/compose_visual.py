"""Visual minutes: the graphic recordings among the sheets, as large as the page allows."""

from __future__ import annotations

from collections.abc import Sequence

from digitise.model import Note, Photo
from digitise.report.blocks import Block, Heading, Inline, Link, PageTurn, Picture, Run
from digitise.report.compose_walls import find_wall, name_photos, print_wall, wall_notes
from digitise.report.draft import Draft
from digitise.report.figures import TEXT_WIDTH_CM, print_surface

_MURAL_HEIGHT_CM = 18.0
_WIDE_MURAL = 1.3
"""A mural wider than this gets a page on its side."""
_LANDSCAPE_CM = (24.7, 12.2)
"""What a page of the shipped template on its side has room for under a chapter's heading and above a caption."""
_ROLL = 1.6
"""Width to height of a sheet cut off a paper roll for graphic recording; flipcharts and A sizes have 1.41, whiteboards mostly 1.5."""
_MURAL_CONTAINERS = 3
"""A surface with at least this many bubbles or boxes is a graphic recording, not a list or a wall of stickies."""


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
            blocks += _open_visual(draft, blocks, surface.size_px, print_surface(draft, surface, caption, size_cm))
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
