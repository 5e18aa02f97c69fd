"""One note on several photos of a wall: which of them are the same note, and which photo shows it best.

A note is the same where its words stand at the same place and are the same words, misreadings allowed. Where nobody could read it on
one photo, its outline decides. What was moved or stuck over between two photos stays two notes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from digitise.arranging.overlaps import SURE_FEATURES, Piece, meet_words, pieces_of
from digitise.arranging.wording import fold, is_readable
from digitise.geometry import map_points, polygon
from digitise.model import Legible, Note, Overlap

SAME_SHARE = 0.5
"""Of the letters of either note: with so many at the same place in the same words they are one. Halves of a note cut in two share
half of it with the whole."""
PART_SHARE = 0.6
"""Of the letters of the smaller of two notes, which one photo shows as a part of the other."""
COVERED = 0.75
"""Of the letters of a note: with so many seen again in its parts it is printed as those parts."""
SAME_PLACE_IOU = 0.4
"""Outlines that share this much are one note where one of them was not read. Two finders of stickies, or two layouts, draw one note's
outline with 0.6 and more in common; neighbours share next to nothing."""
LIKE_TEXT = 45
"""Least rapidfuzz ratio of whole wordings at one place of which one was read badly."""
BADLY_READ = 0.6
"""Mean probability of its words below which a note was read badly: two words in five are wrong. One note in ten on real photos."""
CLEARLY_MORE = 1.15
"""One view must show so much more (letters times confidence) before it wins by that; else the larger letters win."""
CLEARLY_LARGER = 1.25
"""Letters must be so much larger before that counts; else the surer reading wins."""
ONE_NOTE = ("sticky", "card", "bubble", "box")
LEGIBLE_RANK: Mapping[Legible, int] = {"full": 2, "partial": 1, "no": 0}


class View(NamedTuple):
    """A note on one photo, and how well that photo shows it."""

    note: Note
    pieces: tuple[Piece, ...]
    amount: float
    """Letters read times the confidence of their words."""
    height: float
    """Of its letters, px; 0 without any."""

    @property
    def rank(self) -> tuple[int, int, int, float]:
        """Higher is better. Amounts nearer to each other than CLEARLY_MORE mostly count as equal, and so do heights."""
        steps = round(math.log(self.amount + 1) / math.log(CLEARLY_MORE))
        sizes = round(math.log(self.height + 1) / math.log(CLEARLY_LARGER))
        return LEGIBLE_RANK[self.note.legible], steps, sizes, self.note.confidence


class Meeting(NamedTuple):
    """Two notes of two photos that stand at one place."""

    share: float
    """Of the letters of the first note, those found again in the other."""
    other_share: float
    iou: float


class Part(NamedTuple):
    """A note that another photo shows as a part of a larger one."""

    part_id: str
    whole_id: str
    share: float
    """Of the whole's letters, those that stand in the part."""


def find_seen_again(notes: Sequence[Note], overlaps: Sequence[Overlap]) -> dict[str, str]:
    """Note id -> id of the same note on the photo that shows it best. `notes` in reading order; the best are not keys.

    overlaps: confirmed ones. A note that one photo shows in one piece and the other in several is printed once as well.
    """
    shown = {i for o in overlaps for i in (o.photo_id, o.other_id)}
    by_photo: dict[str, list[View]] = {}
    for note in notes:
        if note.photo_id in shown:
            by_photo.setdefault(note.photo_id, []).append(view_of(note))
    views = {v.note.id: v for own in by_photo.values() for v in own}
    sets = {i: {i} for i in views}
    parts: list[Part] = []
    for overlap in overlaps:
        meetings = _meet(overlap, by_photo.get(overlap.photo_id, ()), by_photo.get(overlap.other_id, ()))
        inside = _find_parts(meetings)
        parts += inside
        taken = {i for part in inside for i in (part.part_id, part.whole_id)}
        for (a, b), meeting in sorted(meetings.items(), key=lambda m: (-_strength(m[1]), m[0])):
            if a not in taken and b not in taken and _is_one(views[a], views[b], meeting, sure=overlap.confidence >= SURE_FEATURES):
                taken |= {a, b}
                _join(sets, views, a, b)
    order = {note.id: k for k, note in enumerate(notes)}
    best = {i: max(members, key=lambda m: (*views[m].rank, -order[m])) for i, members in sets.items()}
    found = {i: b for i, b in best.items() if i != b}
    return _settle_parts(parts, best, views, found)


def view_of(note: Note) -> View:
    pieces = tuple(pieces_of(note))
    heights = sorted(p.height for p in pieces)
    amount = sum(len(w.text) * w.confidence for w in note.words) or len(note.text) * note.confidence
    return View(note, pieces, amount, heights[len(heights) // 2] if heights else 0.0)


def _meet(overlap: Overlap, mine: Sequence[View], theirs: Sequence[View]) -> dict[tuple[str, str], Meeting]:
    """How the notes of an overlap's two photos meet, by their ids; only those that do."""
    own, other = [p for v in mine for p in v.pieces], [p for v in theirs for p in v.pieces]
    letters = {v.note.id: sum(p.letters for p in v.pieces) for v in (*mine, *theirs)}
    shared: dict[tuple[str, str], tuple[set[int], set[int]]] = {}
    for i, j in meet_words(overlap, own, other)[1]:
        left, right = shared.setdefault((own[i].note_id, other[j].note_id), (set(), set()))
        left.add(i)
        right.add(j)
    ious = _overlay(overlap, mine, theirs)
    meetings: dict[tuple[str, str], Meeting] = {}
    for pair in shared.keys() | ious.keys():
        left, right = shared.get(pair, (set(), set()))
        counts = sum(own[i].letters for i in left), sum(other[j].letters for j in right)
        shares = [count / max(1, letters[note_id]) for count, note_id in zip(counts, pair, strict=True)]
        meetings[pair] = Meeting(shares[0], shares[1], ious.get(pair, 0.0))
    return meetings


def _overlay(overlap: Overlap, mine: Sequence[View], theirs: Sequence[View]) -> dict[tuple[str, str], float]:
    """Jaccard index of the notes' outlines on the overlap's second photo, of those that share enough."""
    there: list[BaseGeometry] = [polygon(v.note.outline) for v in theirs]
    tree = STRtree(there)
    found: dict[tuple[str, str], float] = {}
    for view in mine:
        mapped = polygon(map_points(overlap.homography, view.note.outline))
        for j in tree.query(mapped).tolist():
            union = mapped.union(there[j]).area
            iou = float(mapped.intersection(there[j]).area / union) if union > 0 else 0.0
            if iou >= SAME_PLACE_IOU:
                found[view.note.id, theirs[j].note.id] = iou
    return found


def _find_parts(meetings: Mapping[tuple[str, str], Meeting]) -> list[Part]:
    """Notes that lie in a larger one of the other photo: two or more in one, or one that holds less than half of it."""
    lying: dict[str, list[Part]] = {}
    for (a, b), meeting in meetings.items():
        for part, whole, share, back in (a, b, meeting.share, meeting.other_share), (b, a, meeting.other_share, meeting.share):
            if share >= PART_SHARE and back > 0:
                lying.setdefault(whole, []).append(Part(part, whole, back))
    return [p for parts in lying.values() if len(parts) > 1 or parts[0].share < SAME_SHARE for p in parts]


def _strength(meeting: Meeting) -> float:
    return min(meeting.share, meeting.other_share) + meeting.iou


def _is_one(a: View, b: View, meeting: Meeting, *, sure: bool) -> bool:
    """Whether two notes are one. sure: that the photos show one wall needs no words to tell it, so that a place alone may."""
    if meeting.share >= SAME_SHARE and meeting.other_share >= SAME_SHARE:
        return True
    if not sure or meeting.iou < SAME_PLACE_IOU:
        return False
    if not (_is_read(a) and _is_read(b)):
        return True
    badly = min(a.note.confidence, b.note.confidence) < BADLY_READ
    return badly and fuzz.ratio(fold(a.note.text), fold(b.note.text)) >= LIKE_TEXT


def _is_read(view: View) -> bool:
    return view.note.legible != "no" and is_readable(view.note.text)


def _join(sets: dict[str, set[str]], views: Mapping[str, View], a: str, b: str) -> None:
    """Join two notes' sets, unless that would make two notes of one photo one."""
    joined = sets[a] | sets[b]
    photos = [views[i].note.photo_id for i in joined]
    if len(set(photos)) == len(photos):
        for i in joined:
            sets[i] = joined


def _settle_parts(parts: Sequence[Part], best: Mapping[str, str], views: Mapping[str, View], found: Mapping[str, str]) -> dict[str, str]:
    """`found` with the notes that one photo shows whole and another in parts: the whole is printed, or all of its parts."""
    by_whole: dict[str, dict[str, float]] = {}
    for part in parts:
        if best[part.part_id] != best[part.whole_id]:
            by_whole.setdefault(best[part.whole_id], {})[best[part.part_id]] = part.share
    settled = dict(found)
    for whole, shares in by_whole.items():
        free = {part: share for part, share in shares.items() if part not in settled and whole not in settled}
        if not free:
            continue
        view = views[whole]
        covered = sum(free.values()) >= COVERED and sum(views[p].amount for p in free) * CLEARLY_MORE >= view.amount
        # what is written on one sticky is one note, and two stickies are two; else the larger letters show better where a note ends
        holders = view.note.container in ONE_NOTE, all(views[p].note.container in ONE_NOTE for p in free)
        whole_px, part_px = view.height, max(views[p].height for p in free)
        one = whole_px > CLEARLY_LARGER * part_px if all(holders) else holders[0] or (whole_px > part_px and not holders[1])
        if covered and not one:
            settled[whole] = max(free, key=lambda p: (free[p], p))
            continue
        for part_id, share in free.items():
            if views[part_id].amount <= CLEARLY_MORE * share * view.amount or (covered and one):
                settled[part_id] = whole
    return {i: _follow(i, settled) for i in settled}


def _follow(note_id: str, settled: Mapping[str, str]) -> str:
    """The note at the end of a chain."""
    seen = {note_id}
    while note_id in settled and settled[note_id] not in seen:
        note_id = settled[note_id]
        seen.add(note_id)
    return note_id


def place_with_views(notes: Sequence[Note], seen_again: Mapping[str, str]) -> list[Note]:
    """The notes with what only another photo of their wall shows: the heading above them, and that they are a heading.

    A close-up of a sticky does not show the card over its column. Headings are replaced by their best view, so that one heading is one.
    """
    by_id = {n.id: n for n in notes}
    above: dict[str, str] = {}
    heads: dict[str, Note] = {}
    led = {n.under for n in notes}
    for note in notes:
        kept = seen_again.get(note.id)
        if kept is None:
            continue
        if note.under is not None:
            above.setdefault(kept, note.under)
        if note.role in ("title", "heading") and note.id in led:
            heads.setdefault(kept, note)
    standing = {n.id: n.under for n in notes}
    placed: list[Note] = []
    for note in notes:
        under = note.under if note.under is not None else above.get(note.id)
        under = seen_again.get(under, under) if under is not None else None
        changed: dict[str, object] = {}
        if under != note.under and not _is_under(under, note.id, standing):
            standing[note.id] = under
            changed["under"] = under
        if note.id in heads and note.role not in ("title", "heading"):
            changed["role"] = heads[note.id].role
        if note.id in seen_again and note.role in ("title", "heading"):
            # a title leads all of its own photo: two readings of one title must not become two themes
            changed["text"] = by_id[seen_again[note.id]].text
        placed.append(note.model_copy(update=changed) if changed else note)
    return placed


def _is_under(note_id: str | None, other: str, standing: Mapping[str, str | None]) -> bool:
    """Whether a note is, or stands at whatever depth under, another: then that one must not come to stand under it."""
    seen: set[str] = set()
    while note_id is not None and note_id not in seen:
        if note_id == other:
            return True
        seen.add(note_id)
        note_id = standing.get(note_id)
    return False
