"""Which photos may show the same wall, and whether the writing on them bears that out.

Photos are compared by their features in the surface room. Here is what the writing says: before, which pairs are worth comparing,
and after, whether the words that ought to be at the same place are the same words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from shapely.geometry import Point as Place
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from digitise.arranging.wording import fold
from digitise.geometry import map_points, polygon, quad_size
from digitise.model import Note, Overlap, Photo, Point

ALL_PAIRS = 10
"""In an event of so many photos each is compared with each: 45 pairs take about 2 seconds."""
NEIGHBOURS = 2
"""Photos before and after that each photo is compared with: who takes an overview then steps nearer."""
MOST_BY_WORDS = 4
"""Photos that share the rarest words with one photo and are compared with it."""
LEAST_LETTERS = 4
"""Shorter words are on every sheet."""
LEAST_SHARED = 2
"""Words that must be shared."""
COMMON_SHARE = 0.2
"""A word that stands on more than this share of the photos (and on more than COMMON_PHOTOS) tells nothing."""
COMMON_PHOTOS = 4

WORD_LETTERS = 3
"""Words from so many letters on are compared at their places."""
SAME_WORD = 60
"""Least rapidfuzz ratio of two readings of one word: 'brokan' and 'broken' have 83, 'maesteg' and 'trebanos' 27."""
PART_OF_WORD = 85
"""The same for a word that was read together with its neighbours: 'waitmonths' and 'months'."""
SURE_WORD = 0.85
"""Probability of being right from which a reading counts against a join: 84 % of the words on real photos, of which 95 in 100 are right. An
overview's tiny letters are read as anything."""
LEAST_WORDS = 2
LEAST_AGREEMENT = 0.6
"""Of the words that stand at one place on both photos and are surely read, those that are the same word."""
SURE_FEATURES = 0.6
"""Confidence of the features alone from which photos without two words in common are joined, if no word speaks against it; below it much
writing must bear the wall out. A wall has 0.74-1.0, a board on two days 0.22, two sheets of one template 0.22."""
MANY_WORDS = 8
STRONG_AGREEMENT = 0.8
"""What that much is. A board on two days, with its stickies moved: 301 words the same and 45 others (0.87)."""
REACH = 0.35
"""How far a word may stand from where the homography puts it, in heights of its letters."""

Pair = tuple[str, str]


class Piece(NamedTuple):
    """A word, or a note of which no words are known, at its place."""

    note_id: str
    text: str
    """Folded."""
    outline: tuple[Point, ...]
    height: float
    """Of its letters, px."""
    confidence: float

    @property
    def letters(self) -> int:
        return len(self.text.replace(" ", ""))


def propose_pairs(notes: Iterable[Note], photos: Sequence[Photo]) -> list[Pair]:
    """Pairs of photo ids that are worth comparing, the earlier photo first; at most a few for each photo.

    notes: of all photos. Photos that share rare words, that were taken one after the other, and that look nearly the same.
    """
    order = {photo.id: i for i, photo in enumerate(photos)}
    ids = [photo.id for photo in photos]
    if len(ids) <= ALL_PAIRS:
        return [(a, b) for i, a in enumerate(ids) for b in ids[i + 1 :]]
    pairs: set[Pair] = {(p.similar_to, p.id) for p in photos if p.similar_to in order}
    timed = sorted((p for p in photos if p.taken), key=lambda p: (p.taken is None, p.taken, order[p.id]))
    for row in (ids, [p.id for p in timed]):
        pairs |= {(a, b) for i, a in enumerate(row) for b in row[i + 1 : i + 1 + NEIGHBOURS]}
    pairs |= _share_words(notes, ids)
    in_order = {(a, b) if order[a] < order[b] else (b, a) for a, b in pairs}
    return sorted(in_order, key=lambda pair: (order[pair[0]], order[pair[1]]))


def _share_words(notes: Iterable[Note], ids: Sequence[str]) -> set[Pair]:
    words: dict[str, set[str]] = {i: set() for i in ids}
    for note in notes:
        if note.photo_id in words:
            words[note.photo_id] |= {w for w in fold(note.text).split() if len(w) >= LEAST_LETTERS}
    where: dict[str, list[str]] = {}
    for photo_id in ids:
        for word in words[photo_id]:
            where.setdefault(word, []).append(photo_id)
    most = max(COMMON_PHOTOS, COMMON_SHARE * len(ids), 1)
    rare = {word: found for word, found in where.items() if 1 < len(found) <= min(most, MOST_HOLDERS)}
    pairs: set[Pair] = set()
    for photo_id in ids:
        score: Counter[str] = Counter()
        shared: Counter[str] = Counter()
        for word in words[photo_id] & rare.keys():
            for other in rare[word]:
                if other != photo_id:
                    score[other] += round(1000 * math.log(len(ids) / len(rare[word])))
                    shared[other] += 1
        likely = sorted((-points, other) for other, points in score.items() if shared[other] >= LEAST_SHARED)
        pairs |= {(photo_id, other) for _, other in likely[:MOST_BY_WORDS]}
    return pairs


MOST_HOLDERS = 40
"""Photos that hold a word beyond which it is not followed up, however large the archive is: the search stays short."""


def confirm_overlaps(overlaps: Sequence[Overlap], notes: Iterable[Note]) -> list[Overlap]:
    """Those overlaps that the writing bears out: most words that are surely read and stand at one place are the same word.

    Two sheets of one template have the same print and other handwriting; two walls of one room have the same chair before them.
    """
    by_photo: dict[str, list[Note]] = {}
    for note in notes:
        by_photo.setdefault(note.photo_id, []).append(note)
    return [o for o in overlaps if _is_borne_out(o, by_photo)]


def _is_borne_out(overlap: Overlap, notes: Mapping[str, Sequence[Note]]) -> bool:
    mine = [p for n in notes.get(overlap.photo_id, ()) for p in pieces_of(n)]
    theirs = [p for n in notes.get(overlap.other_id, ()) for p in pieces_of(n)]
    met, same = meet_words(overlap, mine, theirs)
    sure = {i for i, j in met if min(mine[i].confidence, theirs[j].confidence) >= SURE_WORD}
    agreeing = {i for i, _ in same}
    against = sure - agreeing
    if overlap.confidence < SURE_FEATURES:
        return len(agreeing) >= max(MANY_WORDS, STRONG_AGREEMENT * len(agreeing | against))
    if len(agreeing) >= LEAST_WORDS:
        return len(agreeing) >= LEAST_AGREEMENT * len(agreeing | against)
    return not against


def pieces_of(note: Note) -> list[Piece]:
    """A note's words of WORD_LETTERS and more; the whole note as one piece where its words' places are not known."""
    if not note.words:
        x0, y0, x1, y1 = note.bbox
        lines = max(1, note.text.count("\n") + 1)
        whole = Piece(note.id, fold(note.text), note.outline, min(x1 - x0, (y1 - y0) / lines), note.confidence)
        return [whole] if whole.letters >= WORD_LETTERS else []
    pieces = [Piece(note.id, fold(w.text), w.quad, quad_size(w.quad)[1], w.confidence) for w in note.words]
    return [p for p in pieces if p.letters >= WORD_LETTERS]


def meet_words(overlap: Overlap, mine: Sequence[Piece], theirs: Sequence[Piece]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Places of words in `mine` and `theirs` (words of the overlap's two photos) that stand at one place, and those that also agree."""
    if not mine or not theirs:
        return [], []
    there: list[BaseGeometry] = [polygon(p.outline).buffer(REACH * p.height) for p in theirs]
    tree = STRtree(there)
    met: list[tuple[int, int]] = []
    for i, piece in enumerate(mine):
        mapped = polygon(map_points(overlap.homography, piece.outline))
        for j in tree.query(mapped).tolist():
            middle = Place(*polygon(theirs[j].outline).centroid.coords[0])
            if there[j].contains(mapped.centroid) or mapped.buffer(REACH * theirs[j].height).contains(middle):
                met.append((i, j))
    return met, [(i, j) for i, j in met if is_same_word(mine[i].text, theirs[j].text)]


def is_same_word(a: str, b: str) -> bool:
    """Whether two folded words, read at one place, may be readings of one word, or of a word and its neighbours."""
    if fuzz.ratio(a, b) >= SAME_WORD:
        return True
    shorter = min(len(a), len(b))
    return shorter >= LEAST_LETTERS and fuzz.partial_ratio(a, b) >= PART_OF_WORD
