"""Notes that say the same: one sheet in two photos, one wording written out twice, or one point that several people made."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from digitise.arranging.context import Standing
from digitise.arranging.misreadings import is_misreading
from digitise.arranging.wording import UNREADABLE_MARK, digits, fold, plain, strip_marks
from digitise.model import Note, Photo

SAME_SHEET = 86
"""rapidfuzz ratio from which two notes of near-identical photos may be one: both were read, each with its own misreadings."""
SAME_WORDING = 95
"""The same for photos not known to be alike, and only from LEAST_WORDS words. What the words say decides: misreadings.py."""
LEAST_WORDS = 4
LEAST_WORDS_SAME_PHOTO = 3
"""A longer sentence that stands twice was copied or read twice; two who write 'More buses' made one point each: see `gather_points`."""
SOFT_WORDS = frozenset(("a", "an", "the", "please", "y", "yr"))
"""Words that make no other point of a note."""
ORDER_WORDS = frozenset(("after", "before", "from", "for", "by", "than", "to", "ar", "cyn", "gan", "i", "na", "o", "wedi"))
"""Beside these the order of words says who does what to whom: 'bus from school to town'."""


def find_duplicates(
    notes: Sequence[Note], photos: Sequence[Photo], headings: Container[str] = (), placed: Container[frozenset[str]] = ()
) -> dict[str, str]:
    """Note id -> id of the note that stands for it. `notes` are the readable ones in reading order; representatives are not keys.

    headings: ids of headings; each sheet has its own, unless the photos show the same one.
    placed: pairs of photos of which it is known what stands where, so that `notes` no longer holds both views of one note.
    """
    root = _find_originals(photos)
    folded = [fold(n.text) for n in notes]
    scores = process.cdist(folded, folded, scorer=fuzz.ratio, score_cutoff=SAME_SHEET) if folded else np.zeros((0, 0))
    stands_for: dict[int, int] = {}
    taken: set[tuple[int, str]] = set()
    for j, note in enumerate(notes):
        found = [
            (-float(scores[j, i]), i)
            for i in np.flatnonzero(scores[j, :j]).tolist()
            if i not in stands_for and _is_same(notes[i], note, folded[i], folded[j], float(scores[j, i]), root, headings, placed)
        ]
        # two equal notes of one photo answer to two of the other, one each
        free = [(score, i) for score, i in found if notes[i].photo_id == note.photo_id or (i, note.photo_id) not in taken]
        if free:
            best = min(free)[1]
            stands_for[j] = best
            taken.add((best, note.photo_id))
    return _prefer_best(notes, stands_for)


def gather_points(notes: Sequence[Note], standings: Mapping[str, Standing], themes: Mapping[str, str]) -> dict[str, str]:
    """Note id -> id of the note in whose place it is printed, where several people made one point in the same words.

    notes: the reported ones in reading order, without headings. themes: wordings of headings by id. Under another heading, or in another
    round, the same words answer another question. A note with votes of its own stays.
    """
    first: dict[tuple[object, ...], str] = {}
    stands_for: dict[str, str] = {}
    for note in notes:
        gist = _find_gist(note)
        if not gist or note.votes is not None or note.votes_box is not None or note.role == "label":
            continue
        at = standings[note.id]
        theme = fold(themes.get(at.theme_id or "", ""))
        key = (gist, theme, at.kind, fold(at.kind_heading), at.round, fold(at.question))
        if key in first:
            stands_for[note.id] = first[key]
        else:
            first[key] = note.id
    return stands_for


def _find_gist(note: Note) -> tuple[str, ...]:
    """The words that count, in their order only where that counts; () where some of it was not read."""
    if UNREADABLE_MARK in note.text or note.legible != "full" or note.doubtful:
        return ()
    found = [w for w in fold(strip_marks(plain(note.text))).split() if w not in SOFT_WORDS]
    return tuple(found if ORDER_WORDS.intersection(found) else sorted(found))


def _is_same(  # noqa: PLR0917
    a: Note,
    b: Note,
    fa: str,
    fb: str,
    score: float,
    root: Mapping[str, str],
    headings: Container[str],
    placed: Container[frozenset[str]],
) -> bool:
    """Whether two notes are one; `fa` and `fb` are their folded wordings and `score` their rapidfuzz ratio (0..100)."""
    if not fa or not fb or _numbers(a) != _numbers(b) or (a.id in headings) != (b.id in headings):
        return False
    count = min(len(fa.split()), len(fb.split()))
    if a.photo_id == b.photo_id:
        return fa == fb and count >= LEAST_WORDS_SAME_PHOTO and a.id not in headings
    look_alike = root.get(a.photo_id, a.photo_id) == root.get(b.photo_id, b.photo_id)
    if look_alike and frozenset((a.photo_id, b.photo_id)) not in placed:
        return score >= SAME_SHEET and is_misreading(a, b, alike=True)
    return score >= SAME_WORDING and count >= LEAST_WORDS and a.id not in headings and is_misreading(a, b, alike=False)


def _numbers(note: Note) -> tuple[str, ...]:
    """Also the one that a note begins with, which may be a list's or a date: two points of one list are not the same."""
    return digits(strip_marks(plain(note.text)))


def _find_originals(photos: Sequence[Photo]) -> dict[str, str]:
    """Photo id -> id of the first photo of its chain of look-alikes."""
    parent = {p.id: p.similar_to for p in photos}
    root: dict[str, str] = {}
    for p in photos:
        here, seen = p.id, {p.id}
        while (up := parent.get(here)) is not None and up not in seen:
            here = up
            seen.add(here)
        root[p.id] = here
    return root


def _prefer_best(notes: Sequence[Note], stands_for: Mapping[int, int]) -> dict[str, str]:
    """Of each set of same notes the fullest and best read one is printed; the earliest where they are equal."""
    sets: dict[int, list[int]] = {}
    for copy, original in stands_for.items():
        sets.setdefault(original, [original]).append(copy)
    result: dict[str, str] = {}
    for members in sets.values():
        best = max(members, key=lambda i: (notes[i].legible == "full", round(notes[i].confidence, 1), -i))
        result.update({notes[i].id: notes[best].id for i in members if i != best})
    return result
