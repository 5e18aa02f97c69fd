"""Which photos of a wall are close-ups of which, and which together show more than any of them: those can be joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from digitise.geometry import FloatArray
from digitise.model import Overlap

PART_SHARE = 0.75
"""A photo of which another shows so much is a close-up of a part, or the same view again; the rest is edge, floor and ceiling."""
MOST_JOINED = 12
"""Photos in one joined picture; errors add up from photo to photo, and letters get too small."""


class Group(NamedTuple):
    """Photos that together show one wall."""

    photo_ids: tuple[str, ...]
    """In the event's order."""
    reference: str
    """The photo in whose plane the others are laid: the one that overlaps most of them."""
    matrices: tuple[FloatArray, ...]
    """For each photo, 3x3: its px -> px of the reference photo."""


def find_overviews(overlaps: Sequence[Overlap]) -> dict[str, str]:
    """Photo id -> id of the photo that shows all of it and more; of several the widest."""
    found: dict[str, tuple[float, str]] = {}
    for overlap in overlaps:
        mine, theirs = overlap.shares
        for photo_id, other_id, share, back in (
            (overlap.photo_id, overlap.other_id, mine, theirs),
            (overlap.other_id, overlap.photo_id, theirs, mine),
        ):
            if share >= PART_SHARE > back:
                found[photo_id] = min(found.get(photo_id, (1.0, other_id)), (back, other_id))
    return {photo_id: other_id for photo_id, (_, other_id) in found.items()}


def group_parts(overlaps: Sequence[Overlap], photo_ids: Sequence[str]) -> list[Group]:
    """Groups of photos that show different parts of a wall, in the event's order. `photo_ids` gives that order.

    Close-ups are left out, and of photos that show the same the first stays.
    """
    inner = set(find_overviews(overlaps))
    inner |= {o.other_id for o in overlaps if min(o.shares) >= PART_SHARE}
    links = [o for o in overlaps if o.photo_id not in inner and o.other_id not in inner]
    groups: list[Group] = []
    grouped: set[str] = set()
    for photo_id in photo_ids:
        if photo_id in grouped:
            continue
        members = _reach(photo_id, links)
        grouped |= members
        if 2 <= len(members) <= MOST_JOINED:
            groups.append(_lay_out([i for i in photo_ids if i in members], links))
    return groups


def _reach(photo_id: str, links: Sequence[Overlap]) -> set[str]:
    reached, edge = {photo_id}, [photo_id]
    while edge:
        here = edge.pop()
        near = {o.other_id if o.photo_id == here else o.photo_id for o in links if here in (o.photo_id, o.other_id)}
        edge += sorted(near - reached)
        reached |= near
    return reached


def _lay_out(members: Sequence[str], links: Sequence[Overlap]) -> Group:
    """All members in one plane, each through the surest overlap with one that is laid already."""
    counts: Mapping[str, int] = {i: sum(i in (o.photo_id, o.other_id) for o in links) for i in members}
    reference = max(members, key=lambda i: (counts[i], -members.index(i)))
    laid: dict[str, FloatArray] = {reference: np.eye(3)}
    while len(laid) < len(members):
        open_links = [o for o in links if (o.photo_id in laid) != (o.other_id in laid)]
        link = max(open_links, key=lambda o: (o.confidence, o.photo_id, o.other_id))
        matrix = np.asarray(link.homography, float).reshape(3, 3)
        if link.other_id in laid:
            laid[link.photo_id] = laid[link.other_id] @ matrix
        else:
            laid[link.other_id] = laid[link.photo_id] @ np.linalg.inv(matrix)
    return Group(tuple(members), reference, tuple(laid[i] for i in members))
