"""What the photo record says of photos of one wall: which is a close-up of which, and the joined picture of a wall taken in parts."""

from __future__ import annotations

from collections.abc import Sequence

from digitise.model import Note, Photo, Wall
from digitise.report.blocks import Block, Inline, Link, Paragraph, Picture, Run
from digitise.report.draft import Draft
from digitise.report.figures import print_figure


def tell_relations(draft: Draft, photo: Photo) -> list[list[Inline]]:
    """One remark for each thing that other photos of the wall have to do with this one."""
    labels = draft.labels
    if photo.part_of in draft.photo_numbers:
        return [[_link_photo(draft, photo.part_of or "", labels.part_of)]]
    told = {photo.id, photo.similar_to}
    same = [i for i in _neighbours(draft, photo.id) if i not in told]
    if not same:
        return []
    links: list[Inline] = []
    for photo_id in same:
        links += [Run(", " if links else " "), _link_photo(draft, photo_id, labels.photo)]
    return [[Run(labels.same_wall), *links, Run(".")]]


def _link_photo(draft: Draft, photo_id: str, wording: str) -> Link:
    number = draft.photo_numbers[photo_id]
    return Link(wording.format(number=number), f"p_{number}")


def _neighbours(draft: Draft, photo_id: str) -> list[str]:
    """Photos that show the same part of a wall, in the event's order; of those that are close-ups of this one, none: they say so."""
    near = {o.other_id if o.photo_id == photo_id else o.photo_id for o in draft.event.overlaps if photo_id in (o.photo_id, o.other_id)}
    return [p.id for p in draft.event.photos if p.id in near and p.part_of != photo_id]


def find_wall(draft: Draft, photo: Photo) -> Wall | None:
    """The joined wall of which a photo shows a part."""
    return next((w for w in draft.event.walls if photo.id in w.photo_ids), None)


def wall_notes(draft: Draft, wall: Wall) -> list[Note]:
    """The notes of a wall, each once where several of its photos show it; `order` counts over all of them."""
    notes = [n for i in wall.photo_ids for n in sorted(_notes_on(draft, i), key=lambda n: n.order)]
    once = [n for n in notes if n.id not in draft.placements or not draft.placements[n.id].seen_again]
    return [n.model_copy(update={"order": k}) for k, n in enumerate(once)]


def _notes_on(draft: Draft, photo_id: str) -> Sequence[Note]:
    return [n for n in draft.event.notes if n.photo_id == photo_id]


def name_photos(draft: Draft, wall: Wall) -> str:
    """'2, 3, 5': the numbers of a wall's photos."""
    return ", ".join(str(draft.photo_numbers[i]) for i in wall.photo_ids if i in draft.photo_numbers)


def print_wall(draft: Draft, wall: Wall, caption: tuple[Inline, ...], size_cm: tuple[float, float]) -> Picture:
    return print_figure(draft, wall.id, wall.picture, notes=wall_notes(draft, wall), caption=caption, size_cm=size_cm)


def print_wall_of(draft: Draft, photo: Photo, size_cm: tuple[float, float]) -> list[Block]:
    """The joined picture, under the first of its photos; under the others, and where it is printed already, the way to it."""
    wall = find_wall(draft, photo)
    if wall is None:
        return []
    if wall.id not in draft.figure_anchors:
        caption = Run(draft.labels.joined_caption.format(numbers=name_photos(draft, wall)))
        return [print_wall(draft, wall, (caption,), size_cm)]
    anchor, figure = draft.figure_anchors[wall.id]
    return [Paragraph((Run(draft.labels.see_figure), Link(f"{draft.labels.figure} {figure}", anchor), Run(".")))]
