"""Notes that say the same because they are the same: one sheet in two photos, or one wording written out twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from digitise.arranging.wording import digits, fold
from digitise.model import Note, Photo

SAME_SHEET = 86
"""rapidfuzz ratio from which two notes of near-identical photos are one: both were read, each with its own misreadings."""
SAME_WORDING = 95
"""The same for photos not known to be alike, and only from LEAST_WORDS words."""
LEAST_WORDS = 4
LEAST_WORDS_SAME_PHOTO = 3
"""Two people who write 'More buses' on two stickies of one wall made two notes; a longer sentence was copied or read twice."""


def find_duplicates(notes: Sequence[Note], photos: Sequence[Photo]) -> dict[str, str]:
    """Note id -> id of the note that stands for it. `notes` are the readable ones in reading order; representatives are not keys."""
    root = _find_originals(photos)
    folded = [fold(n.text) for n in notes]
    stands_for: dict[int, int] = {}
    for j, note in enumerate(notes):
        taken_from: set[int] = {k for k, o in stands_for.items() if notes[k].photo_id == note.photo_id for k in (o,)}
        best, best_score = -1, 0.0
        for i in range(j):
            if i in stands_for or (i in taken_from and notes[i].photo_id != note.photo_id):
                continue
            score = _score_sameness(notes[i], note, folded[i], folded[j], root)
            if score > best_score:
                best, best_score = i, score
        if best >= 0:
            stands_for[j] = best
    return _prefer_best(notes, stands_for)


def _score_sameness(a: Note, b: Note, fa: str, fb: str, root: Mapping[str, str]) -> float:
    """rapidfuzz ratio of two notes' wordings if it makes them one note, else 0."""
    if not fa or not fb or digits(fa) != digits(fb) or _is_heading(a) != _is_heading(b):
        return 0.0
    count = min(len(fa.split()), len(fb.split()))
    if a.photo_id == b.photo_id:
        return 100.0 if fa == fb and count >= LEAST_WORDS_SAME_PHOTO and not _is_heading(a) else 0.0
    alike = root.get(a.photo_id, a.photo_id) == root.get(b.photo_id, b.photo_id)
    if not alike and (count < LEAST_WORDS or _is_heading(a)):
        return 0.0
    score = float(fuzz.ratio(fa, fb))
    return score if score >= (SAME_SHEET if alike else SAME_WORDING) else 0.0


def _is_heading(note: Note) -> bool:
    return note.role in ("title", "heading")


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
