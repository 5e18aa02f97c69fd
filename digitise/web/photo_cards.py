"""What the photos page shows, made of an event's progress: a card for each file, those that need a look, the head of the page."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from digitise.intake.finding import natural_key
from digitise.web.desk import PhotoProgress, Progress

MOST_LISTED = 12
"""Photos that need a look, named at the head of the page; the others are marked in the list."""


class PhotoCard(NamedTuple):
    """One file of the event."""

    photo: PhotoProgress
    key: str
    """Names it in the page's addresses and ids; a file's name may hold anything."""
    stamp: str
    """Changes with what the card shows."""

    @property
    def needs_look(self) -> bool:
        return bool(self.photo.verdicts or self.photo.problem or self.photo.same_as)


class PageHead(NamedTuple):
    """What stands above the photos."""

    progress: Progress
    needing_look: tuple[PhotoCard, ...]
    """The first few of them."""
    more: int
    """How many more need a look."""
    minutes_left: int | None
    """0: less than one."""
    notes: int
    none_usable: bool


def make_cards(progress: Progress, *, keys: Collection[str] | None = None) -> list[PhotoCard]:
    """Cards of the files, in the report's order: by the time taken, then by name. keys: of these only."""
    photos = sorted(progress.photos, key=lambda photo: (photo.taken or datetime.max, natural_key(photo.file)))
    cards = (PhotoCard(photo, key_of(photo.file), _stamp(photo)) for photo in photos)
    return [card for card in cards if keys is None or card.key in keys]


def make_head(progress: Progress) -> PageHead:
    needing = [card for card in make_cards(progress) if card.needs_look]
    left = progress.seconds_left
    return PageHead(
        progress=progress,
        needing_look=tuple(needing[:MOST_LISTED]),
        more=max(0, len(needing) - MOST_LISTED),
        minutes_left=None if left is None else 0 if left < 50 else math.ceil(left / 60),
        notes=sum(photo.notes for photo in progress.photos),
        none_usable=progress.total > 0 and progress.failed == progress.total,
    )


def changed_keys(before: Progress, now: Progress) -> list[str]:
    """Keys of the files whose card is another, new ones among them."""
    known = {photo.file: photo for photo in before.photos}
    return [key_of(photo.file) for photo in now.photos if known.get(photo.file) != photo]


def gone_keys(before: Progress, now: Progress) -> list[str]:
    """Keys of the files that are not there any more."""
    there = {photo.file for photo in now.photos}
    return [key_of(photo.file) for photo in before.photos if photo.file not in there]


def key_of(file: str) -> str:
    return hashlib.sha256(file.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _stamp(photo: PhotoProgress) -> str:
    return hashlib.sha256(repr(photo).encode("utf-8", "surrogateescape")).hexdigest()[:12]
